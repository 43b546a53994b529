"""The PDF: PDF/UA-1 as the typesetter enforces it, metadata, links, whole tables, legible text."""

import re

import pytest
from conftest import ROOT
from pypdf import PdfReader

from case_review.errors import ReviewError
from case_review.rendering import ast, manuscript, pdf, provenance
from case_review.rendering.cells import Exhibit
from case_review.rendering.manuscript import Manuscript

pytestmark = pytest.mark.pipeline

#: Points; smaller text is not legible in print.
SMALLEST = 6.5


@pytest.fixture(scope="module")
def document(built_report):
    return PdfReader(built_report.site / "index.pdf")


@pytest.fixture(scope="module")
def texts(pdf_texts):
    return [" ".join(text.split()) for text in pdf_texts]


def elements(node, kind):
    """Structure elements of one kind."""
    node = node.get_object()
    if isinstance(node, list):
        return [found for child in node for found in elements(child, kind)]
    if not isinstance(node, dict):
        return []
    found = [node] if node.get("/S") == kind else []
    return found + (elements(node["/K"], kind) if "/K" in node else [])


def test_it_claims_and_carries_what_pdf_ua_wants(document):
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_object().get_data().decode("utf-8")
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", metadata)
    tree = root["/StructTreeRoot"]
    figures = elements(tree["/K"], "/Figure")
    assert len(figures) >= 8
    assert all(len(figure["/Alt"]) > 40 for figure in figures)
    tables = elements(tree["/K"], "/Table")
    assert tables and all(elements(table["/K"], "/TH") for table in tables)
    for page in document.pages:
        for note in page.get("/Annots", []):
            assert note.get_object().get("/Contents") or "/StructParent" in note.get_object()


def test_a_figure_without_words_is_refused(built_report, tmp_path):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="10pt"/>'
    shown = Exhibit("01_x", "fig-x", "A line.", "", svg=drawing, name="Figure 1")
    tree = ast.parse("# One\n\nText.\n", "markdown")
    title = {"t": "MetaInlines", "c": ast.words("A title")}
    tree["meta"]["title"] = title
    tree["blocks"] += pdf.FORM.figure(shown, ast.words("A line."), tmp_path)
    source = (tmp_path / "fig-x.svg").read_text()
    assert source == drawing
    # An empty alternative text is none.
    for block in tree["blocks"]:
        if block["t"] == "RawBlock":
            block["c"][1] = block["c"][1].replace(', alt: ""', "")
    with pytest.raises(ReviewError, match="alt"):
        pdf.write(built_report, Manuscript(tree, []), tree, tmp_path, tmp_path)
    assert not (tmp_path / "index.pdf").exists()


def test_metadata_say_title_authors_and_keywords(document):
    front = ast.parse((ROOT / "report" / "index.qmd").read_text(encoding="utf-8"))["meta"]
    assert document.metadata.title == ast.text(front["title"]["c"])
    authors = [ast.text(author["c"]) for author in front["author"]["c"]]
    assert document.metadata.author == ", ".join(authors)
    for word in front["keywords"]["c"]:
        assert ast.text(word["c"]) in document.metadata["/Keywords"]


def test_every_number_leads_to_its_row_and_every_row_to_its_cell(built_report, document):
    used = manuscript.read(built_report).used
    notes = [note.get_object() for page in document.pages for note in page.get("/Annots", [])]
    addresses = {note["/A"].get("/URI") for note in notes if "/A" in note}
    for result in used.values():
        address = provenance.cell_address(result)
        assert address in addresses, result.id
        assert (built_report.site / address.split("#")[0]).is_file()
    entries = [entry for entry in document.outline if not isinstance(entry, list)]
    (head,) = (entry for entry in entries if entry.title == "Where the numbers come from")
    start = (document.get_destination_page_number(head), -head.top)
    pages = {page.indirect_reference.idnum: i for i, page in enumerate(document.pages)}
    places = [note["/Dest"] for note in notes if "/Dest" in note]
    places = [place for place in places if not isinstance(place, str)]  # headings have names
    rows = {(pages[place[0].idnum], -round(place[3])) for place in places}
    rows = {row for row in rows if row > start}
    # As many places in the appendix are linked to as there are numbers in the text.
    assert len(rows) == len(used)


def test_pages_have_running_head_and_number(document, texts):
    total = len(texts)
    for number, text in enumerate(texts, 1):
        assert f"{number} / {total}" in text
    assert all(document.metadata.title in text for text in texts[1:])
    assert "Reconstructed data." in texts[0] and "Audit." in texts[0]


def test_a_caption_stands_on_the_page_of_its_exhibit(built_report, texts):
    exhibits = [e for e in manuscript.read(built_report).exhibits.values() if e.name]
    for shown in exhibits:
        pages = [text for text in texts if f"{shown.name}: " in text]
        assert len(pages) == 1, shown.name
        if shown.markdown and shown.label.startswith("tbl-"):
            # The first body row stands below the caption, on the same page.
            lines = [line for line in shown.markdown.splitlines() if line.startswith("|")]
            first = re.sub(r"&\w+;|\*\*|\\", "", lines[2].split("|")[1]).strip()
            words = first.split("^")[0].split()[:2]
            assert " ".join(words) in pages[0].split(f"{shown.name}: ", 1)[1], shown.name


def test_the_text_of_figures_is_legible_in_print(built_report):
    for path in sorted(built_report.exhibits.glob("fig-*.svg")):
        svg = path.read_text(encoding="utf-8")
        width = float(re.search(r'width="([\d.]+)pt"', svg)[1])
        scale = min(1.0, 17 / 2.54 * 72 / width)
        sizes = [float(size) for size in re.findall(r"font(?:-size)?:[^;\"]*?([\d.]+)px", svg)]
        assert sizes and min(sizes) * scale >= SMALLEST, path.name
