"""The finished paper: the review's counts in its tables, its numbers in the text, nothing loose."""

import csv
import json
import re

import pytest
from building import parsed, report_pages
from conftest import ROOT
from descriptive_data import laid_out, printed
from docx import Document
from lxml import html

pytestmark = pytest.mark.pipeline

POPULATIONS = ("all", "publications", "posters")
#: What the abstract and the results must say, as the review prints it.
SAID = {
    "response.median_weeks": "2 weeks (95% CI 1–10 weeks)",
    "response.time_range": "24 h to 6 months",
    "response.logrank_p": "p = 0.241",
    "patients.all": "84",
    "treatment.sirolimus.all": "83 (98.8%)",
}


@pytest.fixture(scope="module")
def site(built_report):
    return built_report.site


@pytest.fixture(scope="module")
def page(site):
    return parsed(site / "index.html")


@pytest.fixture(scope="module")
def pages(site):
    """The paper and its supplement."""
    return [parsed(path) for path in report_pages(site)]


@pytest.fixture(scope="module")
def exhibits(pages):
    return {node["id"]: node for page in pages for node in page.select(".exhibit")}


@pytest.fixture(scope="module")
def word(site):
    return Document(site / "index.docx")


@pytest.fixture(scope="module")
def pdf(pdf_texts):
    return squeezed("".join(text for texts in pdf_texts.values() for text in texts))


@pytest.fixture(scope="module")
def registry(built_report):
    files = built_report.results.glob("*.json")
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in files)
    return {entry["id"]: entry for document in documents for entry in document["results"]}


def squeezed(text):
    """Without blanks and soft hyphens, which lines and links put anywhere."""
    return re.sub(r"[\s\u00a0\u00ad\u200b\u202f\u2009]+", "", text)


def words(node):
    return " ".join(node.get_text("", strip=False).split())


def unmarked(node):
    """The words of a node without the letters that say what its numbers rest on."""
    marks = {
        id(text) for mark in node.select("sup.standing") for text in mark.find_all(string=True)
    }
    return " ".join("".join(t for t in node.find_all(string=True) if id(t) not in marks).split())


def rows_of(table, read=words):
    return [[read(cell) for cell in row.select("th, td")] for row in table.select("tr")]


def counts(section):
    """The rows that a table must have: label, and the count of each population, as printed."""
    claims = {row["result_id"]: row for row in printed(f"{section}.") if row["kind"] == "count"}
    for _, line in laid_out(section):
        ids = [f"{section}.{line.id}.{population}" for population in POPULATIONS]
        yield line.label, [claims[id]["value"] for id in ids if id in claims]


@pytest.mark.parametrize(
    ("label", "section", "at_least"),
    [("tbl-characteristics", "characteristics", 20), ("tbl-treatment", "treatment", 13)],
)
def test_every_cell_shows_the_count_that_the_review_prints(page, label, section, at_least):
    expected = list(counts(section))
    table = page.select_one(f"#{label} table")
    shown = [row for row in rows_of(table, unmarked)[1:] if any(row[1:])]
    assert len(expected) >= at_least and len(shown) == len(expected)
    for (name, printed_counts), (heading, *cells) in zip(expected, shown, strict=True):
        assert heading.startswith(name)
        assert [cell.split(" ")[0] for cell in cells] == printed_counts, name


def test_percentages_are_those_printed_but_for_the_ones_found_to_be_cut_off(page):
    wrong = {
        ("Everolimus", 0): "1.1",
        ("5–15 ng/ml", 0): "30.9",
        ("Not reported, level", 0): "67.8",
    }
    found = {}
    for section, label in (
        ("characteristics", "tbl-characteristics"),
        ("treatment", "tbl-treatment"),
    ):
        claims = {r["result_id"]: r for r in printed(f"{section}.") if r["kind"] == "percent"}
        shown = [row for row in rows_of(page.select_one(f"#{label} table"))[1:] if any(row[1:])]
        for (block, line), (_, *cells) in zip(laid_out(section), shown, strict=True):
            for column, population in enumerate(POPULATIONS):
                claim = claims.get(f"{section}.{line.id}.{population}")
                here = re.search(r"\((.+)\)", cells[column])
                if claim and here and here[1] != claim["value"]:
                    name = line.label + (f", {block}" if line.label == "Not reported" else "")
                    found[name, column] = claim["value"]
    assert found == wrong


def test_the_text_says_what_the_registry_holds(pages, registry):
    links = [link for page in pages for link in page.select("a.result[data-result]")]
    assert len(links) > 60
    for link in links:
        assert unmarked(link) == " ".join(registry[link["data-result"]]["text"].split())
    for id, text in SAID.items():
        assert {unmarked(link) for link in links if link["data-result"] == id} == {text}


def test_pdf_and_word_say_the_same_numbers(pages, pdf, word):
    text = squeezed("".join(node.text or "" for node in word.element.body.iter() if node.text))
    for link in (link for page in pages for link in page.select("a.result")):
        assert squeezed(words(link)) in pdf
        assert squeezed(words(link)) in text


def test_word_has_the_tables_of_the_page(exhibits, word):
    of_word = [[[cell.text.strip() for cell in row.cells] for row in t.rows] for t in word.tables]
    for label in ("tbl-characteristics", "tbl-treatment", "tbl-response", "tbl-findings"):
        rows = rows_of(exhibits[label].table)
        wanted = [[squeezed(cell) for cell in row] for row in rows]
        # The page names the column of row headings for those who cannot see that it is one.
        wanted[0][0] = wanted[0][0].removeprefix("Row")
        assert wanted in [[[squeezed(c) for c in row] for row in table] for table in of_word], label


def test_exhibits_are_numbered_without_a_gap_in_every_form(exhibits, pdf, word):
    captions = [words(node.select_one("caption, figcaption")) for node in exhibits.values()]
    for kind in ("Table", "Figure"):
        numbers = [int(m[1]) for c in captions if (m := re.match(rf"{kind} (\d+):", c))]
        assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 6
    paragraphs = squeezed("".join(node.text or "" for node in word.element.body.iter()))
    for caption in captions:
        assert squeezed(caption) in pdf
        assert squeezed(caption) in paragraphs


def test_every_exhibit_is_referred_to_and_every_reference_cited(pages, exhibits):
    prose = [page.select_one("main") for page in pages]
    targets = {link["href"].partition("#")[2] for each in prose for link in each.select("p a")}
    assert exhibits.keys() <= targets, exhibits.keys() - targets
    entries = {f"#{node['id']}" for page in pages for node in page.select("#refs .csl-entry")}
    bib = (ROOT / "report" / "references.bib").read_text(encoding="utf-8")
    assert {f"#ref-{key}" for key in re.findall(r"^@\w+\{(\w+),", bib, re.MULTILINE)} == entries
    # A range such as [25–28] links its ends only, but the citation names all.
    for page, each in zip(pages, prose, strict=True):
        cited = " ".join(node["data-cites"] for node in each.select(".citation")).split()
        own = {f"#{node['id']}" for node in page.select("#refs .csl-entry")}
        assert {f"#ref-{key}" for key in cited} == own and own


def test_every_link_of_the_pages_leads_somewhere(site):
    anchors = {}
    found = [
        (path, link["href"]) for path in report_pages(site) for link in parsed(path).select("a")
    ]
    for page, href in dict.fromkeys(found):
        target, _, anchor = href.partition("#")
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        path = site / target if target else page
        assert path.is_file(), href
        if path not in anchors and path.suffix == ".html":
            anchors[path] = set(html.parse(path, html.HTMLParser(encoding="utf-8")).xpath("//@id"))
        assert not anchor or anchor in anchors[path], href


def test_reconstruction_is_stated_first_and_under_each_exhibit_that_rests_on_it(
    pages, exhibits, built_report
):
    for page, first in zip(pages, ("Introduction", "Patients and treatment by"), strict=True):
        text = words(page.select_one("main"))
        assert text.index("are reconstructed") < text.index(first)
    patients = built_report.raw / "patients.csv"
    with patients.open(encoding="utf-8", newline="") as lines:
        assert {row["provenance"] for row in csv.DictReader(lines)} == {"reconstructed"}
    for label in ("tbl-patients", "tbl-adverse-events", "tbl-response"):
        assert "reconstructed" in words(exhibits[label]).lower()
    for label in ("tbl-characteristics", "tbl-treatment"):  # all of it is printed in the review
        assert "reconstructed" not in words(exhibits[label]).lower()
    for label in ("fig-km", "fig-swimmer", "fig-dose-level"):
        drawn = exhibits[label].img["src"].partition("?")[0]
        drawing = (built_report.site / drawn).read_text(encoding="utf-8")
        assert "reconstructed" in (words(exhibits[label]) + drawing).lower()


def test_nothing_is_left_unresolved_and_the_renderer_is_named(pages, pdf, word, registry):
    paragraphs = squeezed("".join(node.text or "" for node in word.element.body.iter()))
    for text in ("".join(squeezed(words(page)) for page in pages), pdf, paragraphs):
        assert not re.search(r"\{\{<|\?@|\?var|@(fig|tbl)-|undefined", text)
        assert "theembeddedrenderer(pandoc3" in text or "Quarto" in text
        assert squeezed(registry["audit.summary"]["text"]) in text
