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
#: What each says of itself.
RENDERED = re.compile(r"Rendered by (the embedded renderer|Quarto \d[\d.]*) \([^)]*\)")


@pytest.fixture(scope="module")
def sites(built_report, tmp_path_factory):
    """The embedded renderer's site, and Quarto's of the same notebooks."""
    made = []
    for name in ("embedded", "quarto"):
        made.append(tmp_path_factory.mktemp(name) / "site")
        rendering.render(built_report, name, made[-1])
    return made


@pytest.fixture(scope="module", params=["index.html", "supplement.html"])
def pages(sites, request):
    return [BeautifulSoup((site / request.param).read_bytes(), "lxml") for site in sites]


def said(text):
    """A text with its blanks made alike."""
    return re.sub(r"\s+", " ", text).strip()


def elements(page, selector):
    """The elements with their attributes and texts; a formula's own belong to pandoc's version."""
    found = []
    for each in page.select(selector):
        if not each.find_parent("math"):
            text = RENDERED.sub("", said(each.get_text()))
            attrs = {name: value for name, value in each.attrs.items() if value != ""}
            found.append((each.name, attrs, "" if each.name == "math" else text))
    return found


@pytest.mark.parametrize(
    "what", ["head *", "header *", "nav *", "main *", "footer *", "body > script"]
)
def test_the_pages_have_the_same_elements(pages, what):
    wanted, found = (elements(page, what) for page in pages)
    if what == "main *":
        assert len(wanted) > 1500
        said = [[text for name, _, text in each if name == "table"] for each in (wanted, found)]
        assert said[0] == said[1]
    assert found == wanted and wanted


def test_the_sites_have_the_same_files(sites):
    wanted, found = (
        {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
        for site in sites
    )
    assert found == wanted and {"index.html", "index.pdf", "index.docx", "index.jats.xml"} <= found


def test_the_pages_name_their_renderer(pages):
    names = [RENDERED.search(said(page.select_one("footer").get_text()))[1] for page in pages]
    assert names[0] == "the embedded renderer" and names[1].startswith("Quarto ")


def test_the_page_offers_the_other_forms(sites):
    page = BeautifulSoup((sites[1] / "index.html").read_bytes(), "lxml")
    links = {link["href"] for link in page.select(".downloads a")}
    assert {"index.pdf", "index.docx", "index.jats.xml"} <= links


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


def test_rendering_twice_gives_the_same_bytes(sites, built_report, tmp_path, monkeypatch):
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "kept"))  # all is made anew
    rendering.render(built_report, "quarto", tmp_path / "again")
    starts = ("index.", "supplement.")
    names = [path.name for path in sites[1].iterdir() if path.name.startswith(starts)]
    assert len(names) >= 6
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (sites[1] / name).read_bytes(), name


def test_the_page_tells_no_path(sites):
    text = (sites[1] / "index.html").read_text(encoding="utf-8")
    assert str(sites[1].parent) not in text and "/case-review-" not in text


def test_print_says_the_same_on_the_same_pages(sites):
    for path in sorted(sites[0].glob("*.pdf")):
        wanted, found = (
            [RENDERED.sub("", said(page.extract_text())) for page in PdfReader(file).pages]
            for file in (path, sites[1] / path.name)
        )
        assert found == wanted and wanted, path.name


def test_word_says_the_same_in_the_same_styles(sites):
    wanted, found = (Document(site / "index.docx").element.body for site in sites)
    assert paragraphs(found) == paragraphs(wanted) and len(paragraphs(found)) > 500
    for query in (".//w:tc//w:pPr/w:jc/@w:val", ".//w:drawing//*[local-name()='docPr']/@descr"):
        assert found.xpath(query) == wanted.xpath(query) and all(found.xpath(query))


def paragraphs(body):
    """Style and text of each paragraph."""
    found = []
    for each in body.iter(qn("w:p")):
        text = said("".join(t.text or "" for t in each.iter(qn("w:t"), qn("m:t"))))
        found.append((each.xpath("string(w:pPr/w:pStyle/@w:val)"), RENDERED.sub("", text)))
    return found


def test_jats_has_the_same_words(sites):
    wanted, found = (BeautifulSoup((site / "index.jats.xml").read_bytes(), "xml") for site in sites)
    names = [[each.name for each in page.find_all()] for page in (wanted, found)]
    assert names[0] == names[1]
    assert said(found.get_text()) == said(wanted.get_text())
