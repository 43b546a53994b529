"""Quarto and the embedded renderer make the same report; skipped where Quarto is not installed."""

import re
import shutil

import pytest
from bs4 import BeautifulSoup
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from case_review import rendering

pytestmark = [
    pytest.mark.quarto,
    pytest.mark.skipif(shutil.which("quarto") is None, reason="Quarto is not installed"),
]


@pytest.fixture(scope="module")
def sites(built_report, tmp_path_factory):
    """The embedded renderer's site, and Quarto's of the same notebooks."""
    out = tmp_path_factory.mktemp("quarto") / "site"
    rendering.render(built_report, "quarto", out)
    return built_report.site, out


@pytest.fixture(scope="module")
def pages(sites):
    return [BeautifulSoup((site / "index.html").read_bytes(), "lxml") for site in sites]


def said(element):
    """An element's text with its blanks made alike."""
    return re.sub(r"\s+", " ", element.get_text().replace("\u200b", "")).strip()


def texts(page, selector):
    """What the elements say that a browser draws.

    The embedded page calls an empty first heading `Row`, unseen.
    """
    found = (e for e in page.select(selector) if e.find_parent("template") is None)
    return [text for e in found if (text := said(e)) not in ("", "Row")]


@pytest.mark.parametrize(
    "what",
    [
        "caption, figcaption",
        "a.result",
        "a.crossref, a.quarto-xref",
        ".csl-entry",
        "table th, table td",
        "h2, h3, h4",
    ],
)
def test_the_pages_say_the_same(pages, what):
    embedded, quarto = pages
    if what.startswith("h2"):
        # The embedded page gives the abstract a heading, and has headings outside the text;
        # Quarto's gives the licence one.
        wanted = texts(embedded, "main h2, main h3, main h4")
        wanted.remove("Abstract")
        found = texts(quarto, "main :is(h1:not(.title), h2:not(.quarto-appendix-heading), h3)")
    else:
        wanted, found = texts(embedded, what), texts(quarto, what)
    assert len(wanted) > 5
    assert found == wanted


def test_figures_have_the_same_descriptions(pages):
    embedded, quarto = (
        [e.get("alt") or e.get("aria-label") for e in page.select("figure img, figure svg")]
        for page in pages
    )
    assert quarto == embedded and all(quarto)


def test_every_link_leads_somewhere(sites):
    _, site = sites
    ids = {
        path: {e["id"] for e in BeautifulSoup(path.read_bytes(), "lxml").select("[id]")}
        for path in site.rglob("*.html")
    }
    broken = []
    for path in ids:
        for link in BeautifulSoup(path.read_bytes(), "lxml").select("a[href]"):
            target, _, anchor = link["href"].partition("#")
            if ":" in target:
                continue
            file = (path.parent / target).resolve() if target else path
            if not file.is_file() or (anchor and file in ids and anchor not in ids[file]):
                broken.append(f"{path.name}: {link['href']}")
    assert ids and not broken


def test_the_page_names_each_other_format_once(pages):
    links = [link["href"] for link in pages[1].select(".quarto-alternate-formats a")]
    assert links == ["index.pdf", "index.docx"]


def test_rendering_twice_gives_the_same_page(sites, built_report, tmp_path):
    rendering.render(built_report, "quarto", tmp_path / "again")
    for name in ("index.html", "index.pdf", "index.docx"):
        assert (tmp_path / "again" / name).read_bytes() == (sites[1] / name).read_bytes(), name


def test_the_page_loads_nothing_and_tells_no_path(sites):
    _, site = sites
    text = (site / "index.html").read_text(encoding="utf-8")
    page = BeautifulSoup(text, "lxml")
    loaded = [
        e.get("src") or e.get("href") for e in page.select("script[src], img[src], link[href]")
    ]
    assert all(url.startswith(("data:", "#")) for url in loaded)
    assert str(site.parent) not in text and "/case-review-" not in text
    assert re.search(r"Rendered by Quarto \d", page.get_text())


def test_the_pdf_and_the_word_file_have_all_exhibits_and_the_footer(sites, pages):
    _, site = sites
    pdf = "".join(page.extract_text() for page in PdfReader(site / "index.pdf").pages)
    word = Document(site / "index.docx")
    elements = word.element.body.iter(qn("w:p"))
    paragraphs = "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in elements)
    for text in (pdf, paragraphs):
        text = re.sub(r"\s+", " ", text)
        assert "Rendered by Quarto" in text and "Where the numbers come from" in text
        for caption in texts(pages[0], "caption, figcaption"):
            assert caption.split(":")[0] + ":" in text
    assert len(word.inline_shapes) == len(pages[0].select("figure svg"))


def test_the_word_files_are_set_alike(sites):
    """Captions, notes, statements and alignments; no table stands in a table."""
    embedded, quarto = (Document(site / "index.docx").element.body for site in sites)
    assert not quarto.xpath(".//w:tbl//w:tbl") and not quarto.xpath(".//w:p[count(w:pPr) > 1]")
    for style in ("TableCaption", "ImageCaption", "ExhibitNotes", "Statement", "TableText"):
        query = f'.//w:p[w:pPr/w:pStyle/@w:val="{style}"]'
        wanted, found = ([words(p) for p in body.xpath(query)] for body in (embedded, quarto))
        assert wanted and found == wanted, style
    aligned = ".//w:tc//w:pPr/w:jc/@w:val"
    assert quarto.xpath(aligned) == embedded.xpath(aligned)
    described = ".//w:drawing//*[local-name()='docPr']/@descr"
    assert quarto.xpath(described) == embedded.xpath(described) and all(quarto.xpath(described))


def words(paragraph):
    return " ".join("".join(t.text or "" for t in paragraph.iter(qn("w:t"))).split())
