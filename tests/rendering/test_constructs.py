"""Every construct of `docs/manuscript.md`, in all four forms of one manuscript."""

import os
import re
import zipfile
from copy import deepcopy

import pytest
from bs4 import BeautifulSoup
from constructs_project import make
from docx import Document
from lxml import etree
from pypdf import PdfReader

from case_review.rendering import embedded

P = "P < 0.05 & |x| > 2"
CAPTION = f"# As in Smith (2001) and (Jones 2002), see Figure 1, left; n < 2 of {P} “q” * _ ~"
#: What all forms say, blanks apart.
SAID = (
    "Constructs & all of them",
    f"One line, {P} (Smith 2001), with",
    "The first paragraph cites (Smith 2001; Jones 2002, 33), says 25 over two lines, and "
    "{{< result a.count >}} as code.",
    "It goes on.",
    "See Section “Sections and references” and Section “A heading with 25, x^2 and”, Figure 1, "
    "Table 1, Equation 1 and see Figure 3, panel B as in Fig. 1, 3, Figure 3, panel B, Table 1, "
    "Figure 2, Figure 2 (a) and Table 4. Jones (2002, 33) has it too (see Smith 2001, chap. 2).",
    "struck, H2O, x2, Small, under, mot, “quoted ‘twice’”, a b, a–b, a--b, c...d, a hard",
    f"a link with {P}, an anchor and a link to it. {{{{< result a.count >}}}} is written so.",
    "- dash", "+ plus, - 3 = x", "1. one", "= two", "{{< result a.count >}} in a fence",
    "An example,", "another; see (2).", "- defined", "First", "Second", "- Quoted.", "Deeper.",
    "A line", "and its second & last", "indented {{< result a.count >}}", f"Its text, {P}.",
    "A second paragraph.", "- Inline, with", "as in Figure 3, by (Smith 2001)",
    "Without a number, # * < @ \\ “quoted”.", "(a) Left, one", "(b) Right",
    "Two panels, 25 in all.", f"Own, with {P} and Figure 3.", "- a", "+ b", "= c", "/ d", "# e",
    "*f* _g_", "@x <y>", "In a table.", "Spanned", "of two", "over two rows", "Without rows",
    "No rows.", "In a div.", "@none", "Between.", f"A title with {P}", "refers to Table 1.",
    "and a list", "Beware & <b>", "Outer.", "Tip", "Inner.", "Other <things>",
)  # fmt: skip


def squeezed(text):
    """Without blanks, soft hyphens and the letters of formulas, which each form has its own of."""
    return re.sub(r"[\s\u00a0\u00ad\u200b]+", "", text).casefold()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    project = make(tmp_path_factory.mktemp("constructs") / "p")
    out = tmp_path_factory.mktemp("site")
    embedded.render_into(project, out)
    return out


@pytest.fixture(scope="module")
def page(site):
    return BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "lxml")


@pytest.fixture(scope="module")
def article(site):
    return etree.parse(str(site / "index.jats.xml")).getroot()


@pytest.fixture(scope="module")
def word(site):
    return Document(site / "index.docx")


@pytest.fixture(scope="module")
def texts(site, page, article, word):
    """The text of each form."""
    pdf = "".join(found.extract_text() for found in PdfReader(site / "index.pdf").pages)
    with zipfile.ZipFile(site / "index.docx") as archive:
        parts = [etree.fromstring(archive.read(f"word/{n}.xml")) for n in ("document", "footnotes")]
    letters = [node.text or "" for part in parts for node in part.iter("{*}t")]
    for unread in page.select("annotation, script, style, title"):
        unread.extract()
    own = deepcopy(article)
    for tex in own.iter("tex-math"):
        tex.text = ""
    jats = "".join(own.itertext())
    return {"html": page.get_text(), "pdf": pdf, "docx": "".join(letters), "jats": jats}


@pytest.mark.parametrize("form", ["html", "pdf", "docx", "jats"])
def test_every_form_says_all_of_it(texts, form):
    text = squeezed(texts[form])
    missing = [said for said in SAID if squeezed(said) not in text]
    assert missing == []
    assert not re.search(r"cr-result|none\.at\.all|\?@|@(fig|tbl|eq|sec)-|\\text|:::", texts[form])


@pytest.mark.parametrize("form", ["html", "docx"])
def test_captions_of_cells_may_say_what_the_text_may(texts, form):
    # Both have a list of figures and one of tables besides.
    assert squeezed(texts[form]).count(squeezed(CAPTION)) == 4


def test_every_link_of_the_page_leads_somewhere_and_no_id_stands_twice(page):
    ids = [node["id"] for node in page.select("[id]")]
    assert len(ids) == len(set(ids))
    targets = {link["href"][1:] for link in page.select("a[href^='#']")}
    assert targets <= {*ids}
    assert {"fig-photo", "fig-left", "tbl-own", "eq-one", "sec-two", "anchor"} <= targets
    assert page.select("a a") == []


def test_pictures_are_in_the_page_and_in_the_site(site, page):
    shown = {image["alt"]: image["src"] for image in page.select("main img:not(.drawing > img)")}
    assert {*shown} == {
        f'Two "halves" & a < b, {P}.', "A blue square.", "a blue dot & more", "Left.", "Right.",
    }  # fmt: skip
    assert all(source.startswith("data:image/") for source in shown.values())
    assert len(page.select("#fig-panels .panels-2 > figure")) == 2
    assert (site / "a_photo.png").is_file() and (site / "dir/b.jpg").is_file()


def test_formulas_are_formulas(page, article, word):
    assert page.select_one("#eq-one math mo").find_next("mtext") or page.select_one("#eq-one")
    assert "(1)" in re.sub(r"\s", "", page.select_one("#eq-one").get_text())
    linked = [link for link in page.select("a.result[data-result='a.count']") if link.find("math")]
    assert [link.math.get_text(strip=True)[:4] for link in linked] == ["n=25"]
    equation = article.find(".//disp-formula[@id='eq-one']")
    assert equation.findtext("label") == "(1)" and equation.find(".//tex-math") is not None
    math = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
    assert len(list(word.element.body.iter(math))) >= 8


def test_spans_and_lists_are_kept(page, article, word):
    cell = page.find("td", string="over two rows")
    assert (cell["colspan"], cell["rowspan"]) == ("2", "2")
    assert [item.get_text() for item in page.select("td ul li")] == ["a list", "of two"]
    cell = next(td for td in article.iter("td") if td.text == "over two rows")
    assert (cell.get("colspan"), cell.get("rowspan")) == ("2", "2")
    table = next(t for t in word.tables if t.cell(0, 0).text == "Spanned")
    assert table.cell(0, 0)._tc is table.cell(0, 1)._tc
    assert table.cell(3, 0).text == table.cell(4, 1).text == "over two rows"


def test_word_has_alternative_texts_and_places_for_its_references(word):
    tag = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    body = word.element.body
    names = {node.get(f"{tag}name") for node in body.iter(f"{tag}bookmarkStart")}
    fields = re.findall(r"REF (\S+) ", "".join(node.text for node in body.iter(f"{tag}instrText")))
    anchors = {node.get(f"{tag}anchor") for node in body.iter(f"{tag}hyperlink")} - {None}
    assert {*fields} <= names and {"ref_fig_photo", "ref_tbl_own"} <= {*fields}
    assert anchors <= names and {"eq-one", "sec-two", "fig-left", "anchor"} <= anchors
    said = [node.get("descr") for node in body.iter("{*}docPr")]
    assert all(said) and f'A line: a < b & "c", {P}.' in said


def test_jats_has_its_own_elements_for_all_of_it(article):
    alts = [node.text for node in article.iter("alt-text")]
    assert f'Two "halves" & a < b, {P}.' in alts and "a blue dot & more" in alts
    tags = {node.tag for node in article.iter() if isinstance(node.tag, str)}
    assert tags >= {
        "fig-group", "disp-formula", "inline-formula", "boxed-text", "def-list", "disp-quote",
        "verse-line", "preformat", "inline-graphic", "fn", "table-wrap-foot", "strike", "sc",
    }  # fmt: skip
    assert all(len(body) for body in article.iter("tbody"))
    assert [node.tag for node in article.find("front/article-meta/abstract")] == ["p"]
    assert all(node.getparent().tag == "table-wrap" for node in article.iter("table-wrap-foot"))
    assert not [
        node for foot in article.iter("table-wrap-foot") for node in foot.iter("table-wrap")
    ]
    labels = {node.get("id"): node.findtext("label") for node in article.iter("fig", "table-wrap")}
    assert labels["fig-line"] == "Figure 3" and labels["tbl-div"] == "Table 3"
    kinds = {node.get("rid"): node.get("ref-type") for node in article.iter("xref")}
    wanted = {"fig-panels": "fig", "eq-one": "disp-formula", "sec-two": "sec", "tbl-own": "table"}
    assert kinds.items() >= wanted.items()


def test_jats_is_valid(site):
    """By the DTD that the file names; archives check it before anything else."""
    path = os.environ.get("JATS_DTD")
    if not path:
        pytest.skip(
            "no package of the lock has the DTD: name JATS-archivearticle1-mathml3.dtd in JATS_DTD"
        )
    text = (site / "index.jats.xml").read_text(encoding="utf-8")
    # Without its name, which leads lxml to the network.
    article = etree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", text).encode())
    dtd = etree.DTD(path)
    assert dtd.validate(article), dtd.error_log


def test_the_notebook_s_page_has_captions_without_marks(site):
    html = (site / "notebooks/01_own.html").read_text(encoding="utf-8")
    caption = BeautifulSoup(html, "lxml").select_one("#tbl-cells caption")
    links = {link.get_text(): link["href"] for link in caption.select("a")}
    assert links["smith"] == "../index.html#ref-smith"
    assert links["Figure\u00a01"] == "../index.html#fig-photo"
    assert P in caption.get_text() and "{{<" not in caption.get_text()
