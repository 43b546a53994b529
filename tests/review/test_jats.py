"""The JATS file: its structure, its numbers, and references that lead somewhere."""

import re

import pytest
from lxml import etree

from case_review.errors import ReviewError
from case_review.rendering import ast, jats, manuscript, provenance
from case_review.rendering.manuscript import Manuscript

pytestmark = pytest.mark.pipeline
HREF = "{http://www.w3.org/1999/xlink}href"


@pytest.fixture(scope="module")
def article(built_report):
    return etree.parse(str(built_report.site / "index.jats.xml")).getroot()


@pytest.fixture(scope="module")
def found(built_report):
    return manuscript.read(built_report)


def text(node):
    return " ".join("".join(node.itertext()).split())


def test_it_is_an_article_of_the_archiving_set(article):
    tree = article.getroottree()
    assert tree.docinfo.public_id.startswith("-//NLM//DTD JATS (Z39.96) Journal Archiving")
    assert article.tag == "article"
    assert [child.tag for child in article] == ["front", "body", "back"]
    assert article.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


def test_the_front_says_what_an_archive_asks(article, found):
    meta = article.find("front/article-meta")
    front = found.tree["meta"]
    assert text(meta.find("title-group/article-title")) == ast.text(front["title"]["c"])
    assert text(meta.find("contrib-group/contrib"))
    assert len(meta.find("abstract").findall(".//p")) >= 4
    keywords = [text(node) for node in meta.iterfind("kwd-group/kwd")]
    assert keywords == [ast.text(entry["c"]) for entry in front["keywords"]["c"]]
    date = meta.find("pub-date")
    numbers = [int(date.findtext(part)) for part in ("year", "month", "day")]
    assert date.get("iso-8601-date") == "{}-{:02}-{:02}".format(*numbers)


def test_every_reference_leads_to_something_of_its_kind(article):
    tags = {node.get("id"): node.tag for node in article.iter() if node.get("id")}
    ids = [node.get("id") for node in article.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    kinds = {"fig": "fig", "table": "table-wrap", "bibr": "ref", "sec": "sec", "app": "app"}
    references = article.findall(".//xref")
    assert {node.get("ref-type") for node in references} >= {"fig", "table", "bibr"}
    for node in references:
        assert tags[node.get("rid")] == kinds[node.get("ref-type")]


def test_exhibits_have_label_caption_and_content(article, found, built_report):
    exhibits = {e.label: e for e in found.exhibits.values() if e.name}
    shown = {node.get("id"): node for node in article.iter("fig", "table-wrap")}
    assert set(shown) == set(exhibits)
    for label, node in shown.items():
        assert node.findtext("label") == exhibits[label].name
        assert text(node.find("caption"))
        assert exhibits[label].name not in text(node.find("caption"))
        if node.tag == "fig":
            graphic = node.find("graphic")
            assert (built_report.site / graphic.get(HREF)).is_file()
            assert len(text(graphic.find("alt-text"))) > 40
        else:
            assert node.find("table/thead") is not None and node.find("table/tbody") is not None
    assert any(node.find("table-wrap-foot") is not None for node in shown.values())
    assert all(node.getparent().tag == "table-wrap" for node in article.iter("table-wrap-foot"))


def test_references_are_elements_in_the_order_of_their_numbers(article, built_report):
    listed = article.findall("back/ref-list/ref")
    assert article.findtext("back/ref-list/title") == "References"
    labels = [node.findtext("label") for node in listed]
    assert labels == [str(number) for number in range(1, len(listed) + 1)]
    assert all(node.find("element-citation/article-title") is not None for node in listed[:5])
    numbers = {node.get("id"): label for node, label in zip(listed, labels, strict=True)}
    cited = [node for node in article.iter("xref") if node.get("ref-type") == "bibr"]
    assert cited and all(numbers[node.get("rid")] == text(node) for node in cited)


def test_numbers_lead_to_their_rows(article, found):
    links = {(node.get(HREF), text(node)) for node in article.iter("ext-link")}
    for result in found.used.values():
        shown = " ".join(result.text.split()) + result.mark
        assert (provenance.address(result), shown) in links


def test_the_supplement_is_an_appendix_and_nothing_is_left_unresolved(article):
    assert article.findtext("back/app-group/app/title") == "Supplement"
    assert article.find("body/sec[@id='supplement']") is None
    assert not re.search(r"\{\{<|\?@|@(fig|tbl)-|cr-result", etree.tostring(article).decode())


def test_a_reference_to_nothing_is_refused(built_report, tmp_path):
    tree = ast.parse("# One\n\nSee [there](#tbl-none).\n")
    with pytest.raises(ReviewError, match="tbl-none"):
        jats.write(built_report, Manuscript(tree, []), tree, tmp_path, tmp_path)


def test_a_structured_abstract_has_titled_sections(article):
    sections = article.findall("front/article-meta/abstract/sec")
    titles = [section.findtext("title") for section in sections]
    assert titles == ["Background", "Methods", "Results", "Conclusions"]
    for section, title in zip(sections, titles, strict=True):
        assert len(section.findall("p")) == 1
        assert not text(section.find("p")).startswith((title, ".", " "))


def test_an_abstract_without_headings_is_left_as_it_is(built_report, tmp_path):
    tree = ast.parse("---\ntitle: T\nabstract: |\n  We **saw** it.\n---\n\n# One\n")
    jats.write(built_report, Manuscript(tree, []), tree, tmp_path, tmp_path)
    abstract = etree.parse(str(tmp_path / "index.jats.xml")).find(".//abstract")
    assert [node.tag for node in abstract] == ["p"] and text(abstract).strip() == "We saw it."
