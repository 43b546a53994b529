"""Every construct through Quarto as through the embedded renderer; skipped where it is missing."""

import re
import shutil

import constructs_project
import pytest
from bs4 import BeautifulSoup
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from case_review.rendering import embedded, quarto

pytestmark = [
    pytest.mark.quarto,
    pytest.mark.skipif(shutil.which("quarto") is None, reason="Quarto is not installed"),
]


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """The sites of the manuscript of all constructs: the embedded renderer's, and Quarto's."""
    base = tmp_path_factory.mktemp("constructs")
    project = constructs_project.make(base / "project")
    for name, render in (("embedded", embedded.render_into), ("quarto", quarto.render_into)):
        (base / name).mkdir()
        render(project, base / name)
    return base / "embedded", base / "quarto"


@pytest.fixture(scope="module")
def pages(sites):
    """The pages; each says of itself what rendered it."""
    found = [BeautifulSoup((site / "index.html").read_bytes(), "lxml") for site in sites]
    for page in found:
        page.select_one("footer").decompose()
    return found


def said(text):
    return re.sub(r"\s+", " ", text.replace("\u200b", "")).strip()


def texts(page):
    """What the elements of the text say, in order."""
    shown = "p, li, dt, dd, figcaption, caption, h1, h2, h3, th, td, pre, .line-block, .csl-entry"
    found = (said(each.get_text()) for each in page.select_one("main").select(shown))
    return [text for text in found if text]


def test_the_pages_say_the_same(pages):
    wanted, found = map(texts, pages)
    assert found == wanted and len(found) > 90


def test_references_lead_to_the_same_places_and_these_are_there(pages):
    wanted, found = (
        [(said(a.get_text()), a["href"]) for a in page.select("a[href^='#']")] for page in pages
    )
    ids = {f"#{each['id']}" for each in pages[1].select("[id]")}
    assert found == wanted and {href for _, href in found} <= ids


def test_pictures_have_the_same_descriptions(pages):
    wanted, found = (
        [each.get("alt") or each.get("aria-label") for each in page.select("main :is(img, svg)")]
        for page in pages
    )
    assert found == wanted and len(found) == 6 and all(found)


def test_formulas_are_the_same(pages):
    # Brackets are told to be brackets by newer versions of pandoc only.
    wanted, found = (
        [said(math.get_text()) for math in page.select("main p math")] for page in pages
    )
    assert found == wanted and len(found) > 5


def test_print_says_the_same(sites):
    wanted, found = (
        " ".join(page.extract_text() for page in PdfReader(site / "index.pdf").pages)
        for site in sites
    )
    wanted, found = (re.findall(r"[^\W\d_]{3,}|\[\d+\]", text) for text in (wanted, found))
    own = {"the", "embedded", "renderer", "pandoc", "Typst", "Quarto", "Rendered"}
    assert [w for w in found if w not in own] == [w for w in wanted if w not in own]
    captions = ["Figure 1: A photo", "Figure 2: Two panels", "Figure 3:", "(a) Left", "(b) Right"]
    text = said("".join(p.extract_text() for p in PdfReader(sites[1] / "index.pdf").pages))
    for caption in [*captions, *(f"Table {number}:" for number in range(1, 7))]:
        assert caption in text


def test_word_says_the_same_in_the_same_styles(sites):
    wanted, found = ([*paragraphs(site)] for site in sites)
    assert found == wanted and len(found) > 90
    described = ".//w:drawing//*[local-name()='docPr']/@descr"
    wanted, found = (Document(site / "index.docx").element.body.xpath(described) for site in sites)
    assert found == wanted and all(found)


def paragraphs(site):
    """Style and text of each paragraph that has one, without date and footer."""
    for each in Document(site / "index.docx").element.body.iter(qn("w:p")):
        style = each.xpath("string(w:pPr/w:pStyle/@w:val)")
        text = said("".join(t.text or "" for t in each.iter(qn("w:t"), qn("m:t"))))
        if each.find(f".//{qn('m:oMath')}") is not None:
            text = re.sub(r"[()]", "", text)  # which are no text to newer versions of pandoc
        if text and style != "Date" and not text.startswith("Rendered by"):
            yield style, text
