"""The Word file: styles, numbers and references that Word can update, tables, pictures, data."""

import io
import re
import shutil
import subprocess
import zipfile

import numpy as np
import pytest
from docx import Document
from lxml import etree
from PIL import Image

from case_review.rendering import ast, manuscript, provenance, word
from case_review.rendering.docx import bookmark
from case_review.rendering.word import tag

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def path(built_report):
    return built_report.site / "index.docx"


@pytest.fixture(scope="module")
def document(path):
    return Document(path)


@pytest.fixture(scope="module")
def found(built_report):
    return manuscript.read(built_report)


def codes(element):
    return [node.text.strip() for node in element.iter(tag("instrText"))]


def captions(document, style):
    return [p for p in document.paragraphs if p.style.name == style]


def test_paragraphs_have_real_styles(document):
    names = {paragraph.style.name for paragraph in document.paragraphs}
    wanted = {"Title", "Author", "Abstract", "Keywords", "Statement", "Heading 1", "Heading 2"}
    wanted |= {"Table Caption", "Image Caption", "Exhibit Notes", "Bibliography"}
    assert wanted <= names, wanted - names
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    assert {p.style.name for cell in cells for p in cell.paragraphs} == {"Table Text"}


def test_captions_count_in_fields_inside_bookmarks(document, found):
    body = document.element.body
    marks = {node.get(tag("name")) for node in body.iter(tag("bookmarkStart"))}
    for kind, style in (("Table", "Table Caption"), ("Figure", "Image Caption")):
        exhibits = [e for e in found.exhibits.values() if e.name.startswith(kind)]
        said = captions(document, style)
        assert len(said) == len(exhibits)
        for shown, paragraph in zip(exhibits, said, strict=True):
            assert codes(paragraph._p) == [rf"SEQ {kind} \* ARABIC"]
            assert paragraph.text.startswith(f"{shown.name}: ")
            assert bookmark(shown.label) in marks


def test_references_are_fields_that_show_the_right_number(document, found):
    names = {bookmark(e.label): e.name for e in found.exhibits.values() if e.name}
    text = etree.tostring(document.element.body, encoding="unicode")
    seen = re.findall(r"> REF (\w+) .*?separate.*?<w:t[^>]*>([^<]+)<", text)
    assert {name for name, _ in seen} == set(names)
    assert all(names[name] == shown.replace("\xa0", " ") for name, shown in seen)


def test_figures_and_tables_are_listed_at_the_end(document, found):
    names = [paragraph.text for paragraph in document.paragraphs]
    begin = names.index("Figures and tables") + 1
    exhibits = {label: str(name) for label, name in found.names.items() if name.exhibit}
    listed = document.paragraphs[begin : begin + len(exhibits)]
    assert {paragraph.style.name for paragraph in listed} == {"Small Text"}
    led = {code.split()[1] for paragraph in listed for code in codes(paragraph._element)}
    assert led == {bookmark(label) for label in exhibits}
    said = [" ".join(words.split()[:2]) for words in names[begin : begin + len(exhibits)]]
    assert sorted(said) == sorted(exhibits.values())
    assert all(len(paragraph.text) > 30 for paragraph in listed)


def test_bookmarks_are_unique_and_names_short_enough(document):
    starts = list(document.element.body.iter(tag("bookmarkStart")))
    for key in ("id", "name"):
        values = [node.get(tag(key)) for node in starts]
        assert len(values) == len(set(values))
    assert all(len(node.get(tag("name"))) <= 40 for node in starts)
    assert bookmark("fig-a") == "ref_fig_a"
    assert len(bookmark("fig-" + "very-" * 20)) <= 40


def test_numbers_lead_to_the_appendix_and_on_to_the_cell(document, found, path):
    body = document.element.body
    marks = {node.get(tag("name")) for node in body.iter(tag("bookmarkStart"))}
    anchors = {node.get(tag("anchor")) for node in body.iter(tag("hyperlink"))}
    wanted = {provenance.anchor(result) for result in found.used.values()}
    assert wanted <= marks and wanted <= anchors
    targets = {relation.target_ref for relation in document.part.rels.values()}
    for result in found.used.values():
        assert provenance.cell_address(result) in targets
        assert (path.parent / f"notebooks/{result.notebook}.html").is_file()


def test_tables_repeat_their_head_and_fit_the_page(document):
    width = 11906 - 2 * 1134
    for table in document.tables:
        rows = table._tbl.findall(tag("tr"))
        assert rows[0].find(f"{tag('trPr')}/{tag('tblHeader')}") is not None
        assert all(row.find(f"{tag('trPr')}/{tag('cantSplit')}") is not None for row in rows)
        grid = [int(column.get(tag("w"))) for column in table._tbl.iter(tag("gridCol"))]
        assert 0 < sum(grid) <= width + len(grid)
        assert min(grid) >= 300


def following(table):
    """The paragraph after a table, for bookmarks between them are no content."""
    return next(node for node in table.itersiblings() if node.tag == tag("p"))


def style_of(paragraph):
    """The id of its style; pandoc leaves an empty paragraph without one between two tables."""
    style = paragraph.find(f"{tag('pPr')}/{tag('pStyle')}")
    return style.get(tag("val")) if style is not None else ""


def test_tables_keep_their_notes_and_a_distance_from_the_text(document):
    noted = spaced = 0
    for table in (table._tbl for table in document.tables):
        after = following(table)
        if style_of(after) == "ExhibitNotes":
            noted += 1
            assert kept(table.findall(tag("tr"))[-1])
        while style_of(after) == "ExhibitNotes":
            after = following(after)
        if style_of(after) in ("BodyText", "FirstParagraph"):
            spaced += 1
            assert int(after.find(f"{tag('pPr')}/{tag('spacing')}").get(tag("before"))) > 100
    assert noted > 5 and spaced > 3


def kept(row):
    """Whether a row stays with the next one."""
    return all(p.find(f"{tag('pPr')}/{tag('keepNext')}") is not None for p in row.iter(tag("p")))


def test_long_tables_go_on_over_the_page_but_leave_no_row_alone(document):
    lengths = []
    for table in document.tables:
        rows = list(table.rows)
        stay = [kept(row._tr) for row in rows]
        assert all(stay[:2]) and all(stay[-3:-1]) and (len(rows) > 8 or all(stay[:-1]))
        lengths.append(len(rows))
        for row, stays in zip(rows[2:-3], stay[2:-3], strict=True):
            texts = [cell.text.strip() for cell in row.cells]
            assert len(rows) <= 8 or stays == (bool(texts[0]) and not any(texts[1:])), texts
    assert max(lengths) > 100


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftoppm")),
    reason="soffice (LibreOffice) or pdftoppm (poppler) is not installed",
)
def test_pages_of_a_word_processor_are_full(path, tmp_path):
    """The highest white gap of each page but the last, as a share of its height."""
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, path]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    pdf = tmp_path / "index.pdf"
    subprocess.run(["pdftoppm", "-r", "30", "-gray", pdf, tmp_path / "p"], check=True)
    gaps = []
    for page in sorted(tmp_path.glob("p-*.pgm"))[:-1]:
        grey = np.asarray(Image.open(page))
        gaps.append(np.diff(np.flatnonzero((grey < 200).any(axis=1))).max() / len(grey))
    assert 20 < len(gaps) < 40
    assert max(gaps) < 0.45 and np.mean(gaps) < 0.12, gaps
    assert sum(gap > 0.3 for gap in gaps) <= len(gaps) / 10, gaps


def test_labels_of_rows_are_indented_as_paragraphs(document):
    labels = [row.cells[0].paragraphs[0] for table in document.tables for row in table.rows]
    assert not [label.text for label in labels if label.text.startswith("\u2003")]
    depths = {label.paragraph_format.left_indent for label in labels} - {None}
    assert len(depths) > 1


def test_no_word_of_a_table_is_broken_in_the_fonts_of_the_styles(document):
    """By the widths of Calibri's letters at nine points, about 87 twentieths of a point each."""
    for table in document.tables:
        grid = [int(column.get(tag("w"))) for column in table._tbl.iter(tag("gridCol"))]
        for row in table.rows:
            for width, cell in zip(grid, row.cells, strict=True):
                longest = max(map(len, re.split(r"[\s\u200b]+", cell.text)))
                assert longest < 6 or 87 * longest + 140 <= width + 20, cell.text


def test_pictures_have_alternative_texts_and_fit(document, found):
    drawn = [e for e in found.exhibits.values() if e.label.startswith("fig-")]
    pictures = list(document.element.body.iter("{*}docPr"))
    said = [node.get("descr") for node in pictures]
    assert said == [" ".join(exhibit.alt.split()) for exhibit in drawn]
    assert all(
        shape.width.cm <= 17.01 and shape.height.cm <= 9.6 for shape in document.inline_shapes
    )


def test_metadata_and_page(document, found):
    core = document.core_properties
    assert core.title == ast.text(found.tree["meta"]["title"]["c"])
    assert core.author and core.language == "en-GB"
    assert core.keywords.split(", ") == [
        ast.text(entry["c"]) for entry in found.tree["meta"]["keywords"]["c"]
    ]
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert core.title in section.header.paragraphs[0].text
    assert codes(section.footer._element) == ["PAGE", "NUMPAGES"]


def test_the_archive_is_in_order_and_without_times(path):
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        assert entries[0].filename == "[Content_Types].xml"
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                etree.parse(io.BytesIO(archive.read(entry)))


def test_missing_styles_are_named(tmp_path):
    from case_review.errors import ReviewError

    with pytest.raises(ReviewError, match=r"report/styles/word\.xml"):
        word.reference(tmp_path / "word.xml", {}, tmp_path / "x.docx")
