"""The supplement as a page and a PDF of its own, where the manuscript has one."""

import re

import pytest
from bs4 import BeautifulSoup
from building import parsed
from constructs_project import TEXT, make
from pypdf import PdfReader

from case_review.rendering import ast, embedded, html, supplement
from case_review.rendering.assemble import FORMS

MORE = """
See @tbl-more.

# Appendix {#supplement}

## Further rows

As in @tbl-own, @fig-line, @eq-one and at [a place](#anchor) [@smith].

| a | b |
|---|---|
| x | {{< result a.count >}} |

: More rows. {#tbl-more}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("supplement")
    body, references = TEXT.split("\n# References")
    before, after = MORE.split("\n# Appendix")
    text = f"{body}\n{before}\n# References{references}\n# Appendix{after}"
    (folder / "site").mkdir()
    embedded.render_into(make(folder / "p", text), folder / "site")
    return folder / "site"


def text_of(path):
    return "".join(page.extract_text() for page in PdfReader(path).pages)


def led(path):
    """The addresses that a document's links lead to outside of it."""
    notes = [n.get_object() for page in PdfReader(path).pages for n in page.get("/Annots", [])]
    return {note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})}


def test_what_follows_its_heading_is_a_document_of_its_own(site):
    paper, other = (text_of(site / name) for name in ("index.pdf", "supplement.pdf"))
    assert "Further rows" in other and "Further rows" not in paper
    assert "Where the numbers come from" in other and "Where the numbers" not in paper
    assert PdfReader(site / "supplement.pdf").metadata.title.startswith("Appendix: ")
    # The number follows those of the paper, as on the page.
    page = parsed(site / "supplement.html")
    (caption,) = (c.get_text() for c in page.select("caption") if "More rows" in c.get_text())
    number = re.match(r"Table (\d+)", caption)[1]
    assert f"Table {number}: More rows." in " ".join(other.split())


def test_the_page_of_the_supplement_leads_to_the_paper_s_and_back(site):
    paper, other = parsed(site / "index.html"), parsed(site / "supplement.html")
    assert other.h1.get_text() == "Appendix" and paper.h1.get_text() in other.title.get_text()
    assert "Further rows" in other.main.get_text() and "Further rows" not in paper.main.get_text()
    led = {link["href"] for link in other.main.select("a")}
    assert {f"index.html#{name}" for name in ("tbl-own", "fig-line", "eq-one", "anchor")} <= led
    assert "supplement.html#tbl-more" in {link["href"] for link in paper.main.select("a")}
    for page, there in ((paper, "supplement.html"), (other, "index.html")):
        assert there in {link["href"] for link in page.select(".site a")}
        last = page.select("main > *")[-1].a
        assert last["href"] == there and last.get_text().startswith(("Appendix, with", "Paper"))
    articles = [{e["id"] for e in page.select(".csl-entry")} for page in (paper, other)]
    assert articles[1] == {"ref-smith"} and len(articles[0]) > 1


def test_links_lead_from_one_to_the_other_and_articles_are_listed_where_cited(site):
    assert "supplement.pdf#nameddest=tbl-more" in led(site / "index.pdf")
    names = ("tbl-own", "fig-line", "anchor")
    assert {f"index.pdf#nameddest={name}" for name in names} <= led(site / "supplement.pdf")
    places = PdfReader(site / "index.pdf").named_destinations
    assert set(names) <= places.keys()
    assert "Jones, Al" in text_of(site / "index.pdf")
    other = text_of(site / "supplement.pdf")
    assert "Smith, Jo" in other and "Jones, Al" not in other


def test_the_page_offers_it_with_the_pdf_and_not_without(site):
    page = (site / "index.html").read_text("utf-8")
    assert [link["href"] for link in BeautifulSoup(page, "html.parser").select(".downloads a")][
        :3
    ] == ["index.pdf", "supplement.pdf", "index.docx"]
    assert page.count("supplement.pdf") == 2  # and in the description for search engines
    assert "supplement.pdf" not in html.without(page, ["typst"])
    assert FORMS["typst"].supplement.name == "supplement.pdf"


def test_without_its_heading_there_is_one_document(tmp_path):
    tree = ast.parse("# One\n\nText.\n\n## Supplement {#supplement}\n\nText.\n", "markdown")
    (part,) = supplement.parts(tree, "a.pdf", "b.pdf")
    assert (part.file, part.blocks, part.heading) == ("a.pdf", tree["blocks"], "")
    (tmp_path / "site").mkdir()
    embedded.render_into(make(tmp_path / "p"), tmp_path / "site", ["html", "typst"])
    assert not list((tmp_path / "site").glob("supplement.*"))
    assert "supplement." not in (tmp_path / "site" / "index.html").read_text("utf-8")


def test_a_table_longer_than_a_page_is_whole_and_repeats_its_head(tmp_path):
    rows = "\n".join(f"| row {number} | {'word ' * 12} | {number} |" for number in range(150))
    head = "---\ntitle: Long\nlang: en-GB\n---\n\n# One\n\n"
    text = f"{head}| A | B | C |\n|---|---|--:|\n{rows}\n\n: Long. {{#tbl-long}}\n\nMore text.\n"
    (tmp_path / "site").mkdir()
    embedded.render_into(make(tmp_path / "p", text), tmp_path / "site", ["html", "typst"])
    pages = [page.extract_text() for page in PdfReader(tmp_path / "site/index.pdf").pages]
    every = " ".join("".join(pages).split())
    assert all(f"row {number} word" in every for number in range(150))
    assert sum("A B C" in " ".join(page.split()) for page in pages) >= 3
    # Over both columns: a row is one line.
    assert re.search(r"row 7 (?:word ){12}7\n", "\n".join(pages))
