"""Paper and supplement: PDF/UA-1 as the typesetter enforces it, links, full pages, whole tables."""

import re
import shutil
import subprocess
from functools import cache

import pytest
from bs4 import BeautifulSoup
from building import parsed, report_pages
from conftest import ROOT
from pypdf import PdfReader

from case_review.errors import ReviewError
from case_review.rendering import ast, manuscript, pdf, provenance
from case_review.rendering.cells import Exhibit
from case_review.rendering.manuscript import Manuscript

pytestmark = pytest.mark.pipeline

#: Points; smaller text is not legible in print.
SMALLEST = 6.5
#: The paper and the supplement.
FILES = ("index.pdf", "supplement.pdf")
#: Where text stands on a page, as shares of its height: the margins of `report.typ`.
TOP, FOOT = 2.1 / 29.7, 1 - 1.9 / 29.7
#: Points; the left edges of a page and of the paper's second column.
LEFT, SECOND = 2 / 2.54 * 72, 10.85 / 2.54 * 72
#: How far a page reaches down at least, and how high a hole in it is at most, as shares of that.
FULL, HOLE = 0.85, 0.12
#: Pages of the paper at most.
LONGEST = 12


@pytest.fixture(scope="module")
def documents(built_report):
    return {name: PdfReader(built_report.site / name) for name in FILES}


@pytest.fixture(scope="module")
def texts(pdf_texts):
    return {name: [" ".join(text.split()) for text in pages] for name, pages in pdf_texts.items()}


def elements(node, kind):
    """Structure elements of one kind."""
    node = node.get_object()
    if isinstance(node, list):
        return [found for child in node for found in elements(child, kind)]
    if not isinstance(node, dict):
        return []
    found = [node] if node.get("/S") == kind else []
    return found + (elements(node["/K"], kind) if "/K" in node else [])


def addresses(document):
    """Where the links of a document lead that lead out of it."""
    notes = [note.get_object() for page in document.pages for note in page.get("/Annots", [])]
    return [note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})]


@pytest.mark.parametrize("name", FILES)
def test_it_claims_and_carries_what_pdf_ua_wants(documents, name):
    document = documents[name]
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_object().get_data().decode("utf-8")
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", metadata)
    tree = root["/StructTreeRoot"]
    figures = elements(tree["/K"], "/Figure")
    assert len(figures) >= 4
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


def test_metadata_say_title_authors_and_keywords(documents):
    front = ast.parse((ROOT / "report" / "index.qmd").read_text(encoding="utf-8"))["meta"]
    title = ast.text(front["title"]["c"])
    titles = [documents[name].metadata.title for name in FILES]
    assert titles == [title, f"Supplement: {title}"]
    authors = [ast.text(author["c"]) for author in front["author"]["c"]]
    for document in documents.values():
        assert document.metadata.author == ", ".join(authors)
        for word in front["keywords"]["c"]:
            assert ast.text(word["c"]) in document.metadata["/Keywords"]


def test_every_number_leads_to_its_row_and_every_row_to_its_cell(built_report, documents):
    used = manuscript.read(built_report).used
    paper, supplement = (documents[name] for name in FILES)
    rows = {provenance.anchor(result): result for result in used.values()}
    led = {each.partition("#nameddest=")[2] for each in addresses(paper)}
    notes = [n.get_object() for page in supplement.pages for n in page.get("/Annots", [])]
    led |= {str(note["/Dest"]) for note in notes if "/Dest" in note}
    assert rows.keys() <= led
    assert rows.keys() <= supplement.named_destinations.keys()
    cells = set(addresses(supplement))
    for result in rows.values():
        address = provenance.cell_address(result)
        assert address in cells, result.id
        assert (built_report.site / address.split("#")[0]).is_file()


def test_links_between_the_documents_lead_to_places_that_are_there(documents):
    for name, other in (FILES, FILES[::-1]):
        led = [each for each in addresses(documents[name]) if each.startswith(other)]
        places = {each.removeprefix(f"{other}#nameddest=") for each in led} - {other}
        assert places and places <= documents[other].named_destinations.keys()
        # What is in the document itself is not looked for in the other.
        assert not places & documents[name].named_destinations.keys()


def test_references_have_the_numbers_of_the_whole_and_stand_where_they_are_cited(
    built_report, documents, texts
):
    pages = [parsed(path) for path in report_pages(built_report.site)]
    listed = [entry for page in pages for entry in page.select("#refs > [id]")]
    entries = {entry["id"]: entry.get_text() for entry in listed}
    heads = {id: " ".join(text.split())[:30].replace(" ", "") for id, text in entries.items()}
    found = {
        name: {id for id, head in heads.items() if head in "".join(texts[name]).replace(" ", "")}
        for name in FILES
    }
    assert found["index.pdf"] | found["supplement.pdf"] == heads.keys()
    assert 0 < len(found["supplement.pdf"]) < len(found["index.pdf"])
    for name in FILES:
        document = documents[name]
        notes = [n.get_object() for each in document.pages for n in each.get("/Annots", [])]
        assert not any("ref-" in each for each in addresses(document))
        cited = [note["/Dest"] for note in notes if "/Dest" in note]
        assert any(not isinstance(place, str) for place in cited)  # named are exhibits and headings


@pytest.mark.parametrize("name", FILES)
def test_pages_have_running_head_and_number(documents, texts, name):
    total = len(texts[name])
    for number, text in enumerate(texts[name], 1):
        assert f"{number} / {total}" in text
    assert all(documents[name].metadata.title in text for text in texts[name][1:])
    assert "Reconstructed data." in texts[name][0] and "Numbers." in texts[name][0]


def test_the_paper_has_its_length_and_says_where_the_rest_is(texts, built_report):
    assert len(texts["index.pdf"]) <= LONGEST
    names = [e.name for e in manuscript.read(built_report).exhibits.values() if e.name]
    for one, other in (FILES, FILES[::-1]):
        (said,) = re.findall(r"with (Tables? .*?): ", texts[one][0])
        ends = re.findall(r"(Table|Figure)s? (\d+)(?:–(\d+))?", said)
        own = {f"{kind} {n}" for kind, a, b in ends for n in range(int(a), int(b or a) + 1)}
        shown = {each for each in names if f"{each}: " in " ".join(texts[other])}
        assert own == shown


def test_the_supplement_lists_the_exhibits_of_both_with_their_pages(texts, built_report, documents):
    found = manuscript.read(built_report)
    pages = texts["supplement.pdf"]
    (begin,) = (n for n, page in enumerate(pages) if " Figures and tables Figure 1 " in page)
    assert f"Figures and tables: page {begin + 1}." in pages[0]
    text = " ".join(pages[begin : begin + 2]).partition(" Figures and tables ")[2]
    # The list may go on on the next page.
    ends = r"(?= (?:Figure|Table) \d| Where the numbers| Version \d| Supplement: | \d+ / )"
    for label, name in ((label, name) for label, name in found.names.items() if name.exhibit):
        said, where = re.search(rf"{name} (\S.+?) (\d+|paper){ends}", text).groups()
        assert len(said) > 20 and "Figure " not in said and "Table " not in said
        numbers = [number for number, page in enumerate(pages, 1) if f"{name}: " in page]
        assert where == (str(numbers[0]) if numbers else "paper"), name
        if not numbers:
            assert f"index.pdf#nameddest={label}" in addresses(documents["supplement.pdf"])


def test_a_caption_stands_on_the_page_of_its_exhibit(built_report, texts):
    exhibits = [e for e in manuscript.read(built_report).exhibits.values() if e.name]
    every = [text for pages in texts.values() for text in pages]
    for shown in exhibits:
        pages = [text for text in every if f"{shown.name}: " in text]
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


# -- pages as they are seen ------------------------------------------------------------------------


@cache
def program(name):
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} (poppler-utils) is not installed: nobody looks at the pages")
    return found


@cache
def inked(path):
    """For each page, the rows of the text area that are not white, as shares of its height."""
    command = [program("pdftoppm"), "-r", "30", "-gray", str(path)]
    done = subprocess.run(command, capture_output=True, check=True)
    pages, left = [], done.stdout
    while left:
        head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", left)
        width, height = int(head[1]), int(head[2])
        dots = left[head.end() : head.end() + width * height]
        left = left[head.end() + width * height :]
        rows = [min(dots[y * width : (y + 1) * width]) < 200 for y in range(height)]
        top, foot = round(TOP * height), round(FOOT * height)
        pages.append([(y - top) / (foot - top) for y in range(top, foot) if rows[y]])
    return pages


def lines_of(path, edges):
    """For each page, where lines end that begin at one of the left edges, and their words."""
    command = [program("pdftotext"), "-bbox-layout", str(path), "-"]
    found = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    pages = []
    for page in BeautifulSoup(found, "html.parser").select("page"):
        height, lines = float(page["height"]), []
        for line in page.select("line"):
            at = (float(line["ymax"]) / height - TOP) / (FOOT - TOP)
            indent = min(abs(float(line["xmin"]) - edge) for edge in edges)
            if at < 1.01:
                lines.append((at, indent < 8, " ".join(line.get_text().split())))
        pages.append(lines)
    return pages


@pytest.mark.parametrize("name", FILES)
def test_pages_are_full_and_have_no_holes(built_report, name):
    pages = inked(built_report.site / name)
    assert len(pages) > 5
    ends = {number: round(rows[-1], 3) for number, rows in enumerate(pages[:-1], 1)}
    assert {number: end for number, end in ends.items() if end < FULL} == {}
    holes = {
        number: round(max(b - a for a, b in zip([0, *rows], rows, strict=False)), 3)
        for number, rows in enumerate(pages[1:-1], 2)
    }
    assert {number: hole for number, hole in holes.items() if hole > HOLE} == {}


@pytest.mark.parametrize("name", FILES)
def test_no_heading_stands_at_the_foot_of_a_page(built_report, documents, name):
    found = manuscript.read(built_report)
    heads = {
        re.sub(r"&\w+;|\\", "", cell).strip()
        for shown in found.exhibits.values()
        for cell in re.findall(r"^\| (?:&emsp;)*\*\*(.*?)\*\*", shown.markdown or "", re.M)
    }
    assert len(heads) > 20

    def titles(entries):
        for entry in entries:
            yield from titles(entry) if isinstance(entry, list) else [entry.title]

    heads |= set(titles(documents[name].outline))
    edges = [LEFT, SECOND] if name == "index.pdf" else [LEFT]
    for number, lines in enumerate(lines_of(built_report.site / name, edges), 1):
        last = max(at for at, _, _ in lines)
        low = {text for at, begins, text in lines if begins and at > last - 0.01}
        assert not low & heads, f"page {number}"


def test_long_tables_repeat_their_heads(texts):
    pages = texts["supplement.pdf"]
    assert sum("The review states" in text for text in pages) >= 2
    assert sum("Result As shown Standing Cell" in text for text in pages) >= 2


def test_no_figure_stands_between_the_pieces_of_a_table(built_report):
    path = str(built_report.site / "supplement.pdf")
    command = [program("pdftotext"), "-layout", path, "-"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    heads = {}
    for shown in manuscript.read(built_report).exhibits.values():
        if shown.name.startswith("Table") and f"{shown.name}: " in text:
            cells = shown.markdown.splitlines()[0].strip("|").split("|")
            words = [re.escape(cell.split()[0]) for cell in cells if cell.strip()]
            heads[shown.name] = re.compile(r"\s*" + r"\s.*?".join(words))
    pieces, seen = [], ""
    for line in text.splitlines():
        if caption := re.match(r"\s*((?:Table|Figure) \d+): ", line):
            seen = caption[1]
        elif names := [name for name, head in heads.items() if head.match(line)]:
            assert seen in names, f"{line.strip()}: after {seen}"
            pieces.append(seen)
    assert len(set(pieces)) > 15 and len(pieces) > len(set(pieces)) + 3


def test_everything_keeps_to_one_left_edge(built_report):
    """Captions begin where the text begins, to half a point, or stand beside a narrow drawing."""
    for name in FILES:
        command = [program("pdftotext"), "-bbox-layout", str(built_report.site / name), "-"]
        found = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        words = BeautifulSoup(found, "html.parser").select("word")
        captions = [
            word for word in words if word.get_text() in ("Table", "Figure")
            and re.fullmatch(r"\d+:", getattr(word.find_next("word"), "text", ""))
        ]  # fmt: skip
        assert len(captions) >= 8
        places = [(word.get_text(), round(float(word["xmin"]) - LEFT)) for word in captions]
        assert {at for kind, at in places if kind == "Table"} == {0}
        aside = [at for kind, at in places if at]
        assert len(aside) <= 1 and all(at > (SECOND - LEFT) / 2 for at in aside)


def test_units_are_not_divided_and_written_in_one_way(texts, built_report):
    every = " ".join(text for pages in texts.values() for text in pages)
    assert "mg/m²/day" in every
    assert not re.search(r"mg/ (?:kg|m)|mg/(?:kg|m²)/ day", every)
    pages = [parsed(path) for path in report_pages(built_report.site)]
    units = {unit.get_text() for page in pages for unit in page.select("span.unit")}
    assert units >= {"mg/m²/day", "mg/kg/day"}
    for text in (every, *(page.select_one("main").get_text() for page in pages)):
        assert "mg/m2" not in text
