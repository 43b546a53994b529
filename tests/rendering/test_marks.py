"""Marks behind numbers, what they say in words, and numbers that may not stand without a range."""

import json
import re
import shutil
import zipfile

import nbformat
import pytest
from bs4 import BeautifulSoup
from building import waiting
from conftest import ROOT
from docx import Document
from lxml import etree
from pypdf import PdfReader

from case_review import registry
from case_review.errors import ReviewError
from case_review.exhibits import Row, Table
from case_review.project import Project
from case_review.rendering import manuscript, provenance, render
from case_review.rendering.word import tag
from case_review.values import (
    DETERMINED,
    EXTRACTED,
    PRINTED,
    SAID_OF_COUNT,
    Count,
    Estimate,
    Number,
    Spread,
    Varying,
    ends,
)

RATIO = Varying(
    Estimate(1.3, 0.6, 2.9, digits=2), Spread(0.541, 1.98, 1.06, proved=True), Spread(0.2, 9)
)
VALUES = {
    "small.printed": Count(30, of=84).stands(PRINTED),
    "small.determined": Number(25, "sets").stands(DETERMINED),
    "small.ratio": RATIO,
    "small.found": Varying(Count(3, of=60), Spread(0, 4, 2)),
    "small.one_set": Varying(Number(3.7, "weeks")),
    "small.extracted": Number(7, "months").stands(EXTRACTED),
    "small.plain": Number(8, "years"),
}
MARKS = dict(zip(VALUES, "pdvvv", strict=False)) | {"small.extracted": "", "small.plain": ""}
SHOWN = {
    "small.printed": "30 (35.7%)",
    "small.determined": "25 sets",
    "small.ratio": "0.54 to 1.98",
    "small.found": "0 to 4 of 60",
    "small.one_set": "3.7 weeks",
    "small.extracted": "7 months",
    "small.plain": "8 years",
}
HEADER = "---\ntitle: Small\nabstract: |\n  It is {{< result small.ratio >}}.\n---\n\n"
KEY = "::: {.standing-key}\n**Numbers.** ^p^ printed; ^d^ determined; ^v^ varies.\n:::\n\n"
BODY = "# Results\n\n" + "".join(f"A {{{{< result {id} >}}}} b.\n\n" for id in VALUES)
EMBED = "{{< embed _executed/01_small.ipynb#tbl-one >}}\n\n"
ENDING = "# Conclusion\n\nSo {{< result small.found >}} it is.\n"
MANUSCRIPT = HEADER + KEY + BODY + EMBED + ENDING
TABLE = Table(["Row", "All"], [Row([id, value]) for id, value in VALUES.items()])


def put(project, text):
    (project.report / "index.qmd").write_text(text, encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("marks")
    for folder in ("data/raw", "data/clean", "report/_executed", "report/exhibits"):
        (root / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "report/styles", root / "report/styles")
    (root / "params.yml").write_text("", encoding="utf-8")
    (root / "report/exhibits/tbl-one.others").mkdir()
    output = nbformat.v4.new_output("display_data", data={"text/markdown": TABLE.markdown()})
    source = '#| label: tbl-one\n#| tbl-cap: "Rows."'
    cells = [nbformat.v4.new_code_cell(source, outputs=[output], id="one")]
    book = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(book, root / "report/_executed/01_small.ipynb")
    results = [
        registry.Result(id, text=value.prose, cell="tbl-one", **value.fields(), **ends(value))
        for id, value in VALUES.items()
    ]
    shown = [
        {"row": row, "column": column, "result": id, **value.fields(), **ends(value)}
        for (row, column, value), id in zip(TABLE.values(), VALUES, strict=True)
    ]
    tables = {"tbl-one": {"inputs": {}, "cells": shown}}
    registry.write(root / "report/results/01_small.json", "01_small", {}, results, tables=tables)
    return put(Project(root), MANUSCRIPT)


@pytest.fixture(scope="module")
def site(template):
    render(template, "embedded", template.site)
    return template.site


@pytest.fixture(scope="module")
def page(site):
    return BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")


@pytest.fixture
def project(template, tmp_path):
    shutil.copytree(template.root, tmp_path / "p", ignore=shutil.ignore_patterns("_site"))
    return Project(tmp_path / "p")


@pytest.mark.parametrize("id", VALUES)
def test_the_page_marks_a_number_inside_its_link(page, id):
    link = page.select_one(f"#results ~ p a.result[data-result='{id}'], p a[data-result='{id}']")
    marks = link.select("sup")
    assert link.get_text() == SHOWN[id] + MARKS[id]
    assert [mark.get_text() for mark in marks] == [MARKS[id]] * bool(MARKS[id])
    standing = VALUES[id].standing
    for mark in marks:
        assert mark["class"] == ["standing"] and mark["data-standing"] == standing
        assert (mark["role"], mark["aria-label"]) == ("img", f"({standing})")
        assert mark.next_sibling is None and not mark.previous_sibling.endswith((" ", "\n"))
    assert ("varies" in link["class"]) == (MARKS[id] == "v")


@pytest.mark.parametrize("name", ["index.html", "notebooks/01_small.html"])
def test_tables_mark_numbers_alike_on_every_page(site, name):
    found = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
    cells = found.select("#tbl-one table:not(.recorded) tbody td")
    assert [[m["data-standing"] for m in cell.select("a sup.standing")] for cell in cells] == [
        [value.standing] if MARKS[id] else [] for id, value in VALUES.items()
    ]
    assert cells[2].get_text() == "1.06 [0.54–1.98]v"


def test_a_notebook_page_marks_what_leads_back_to_the_report(site):
    html = (site / "notebooks/01_small.html").read_text(encoding="utf-8")
    rows = BeautifulSoup(html, "html.parser").select("#tbl-one table.recorded tbody tr")
    assert [row.td.get_text() for row in rows] == [SHOWN[id] + MARKS[id] for id in VALUES]
    assert all(f"../index.html#{row['id']}" in str(row.select("a")) for row in rows)


def test_cards_say_in_words_what_a_number_rests_on_and_how_far_it_varies(site):
    found = json.loads(waiting(site / "index.html", "provenance")[0])
    parts = ("label", "standing", "origin", "value", "range", "interval", "n")

    def card(table, place):
        card = dict(zip(parts, found["cards"][table][place], strict=False))
        return card | {"standing": found["said"][card["standing"]]}

    said = {id: card("", id) for id in VALUES}
    assert said["small.printed"]["standing"] == SAID_OF_COUNT
    assert said["small.determined"]["standing"].startswith("the same in every data set")
    assert said["small.extracted"]["standing"].startswith("computed from rows that were extracted")
    assert said["small.plain"]["standing"] == ""
    ratio = said["small.ratio"]
    assert [ratio[part] for part in parts[3:6]] == ["1.06", "0.541 to 1.98", "0.2 to 9"]
    assert ratio["standing"].endswith("it is proved that none lies outside the range")
    assert said["small.found"]["standing"].endswith("the range is the widest found")
    assert said["small.found"]["range"] == "0 to 4 patients" and "n" not in said["small.found"]
    assert said["small.one_set"]["value"] == "3.7 weeks" and "range" not in said["small.one_set"]
    assert said["small.one_set"]["standing"].endswith("this is its value in one of them")
    assert card("tbl-one", "2:1") == ratio


def test_tooltips_say_it_as_well(template):
    used = manuscript.read(template).used
    assert provenance.tooltip(used["small.ratio"]) == (
        "small.ratio = 0.541 to 1.98, middle 1.06; outermost limits 0.2 to 9; varies between data "
        "sets that agree with the print; it is proved that none lies outside the range; "
        "notebook 01_small, cell tbl-one"
    )
    assert f"; {SAID_OF_COUNT}; " in provenance.tooltip(used["small.printed"])


def test_the_pdf_shows_marks_and_explains_them(site):
    found = PdfReader(site / "index.pdf").pages
    text = re.sub(r"[\s\u00ad\u200b]+", "", "".join(each.extract_text() for each in found))
    for id in VALUES:
        assert f"A{SHOWN[id]}{MARKS[id]}b.".replace(" ", "") in text
    assert "Numbers.pprinted;ddetermined;vvaries." in text
    for words in ("varies,proved", "varies,found", "varies,oneset", "extracted"):
        assert words in text


def test_word_shows_marks_as_superscripts_and_has_a_column_of_standings(site):
    document = Document(site / "index.docx")
    said = {}
    for link in document.element.body.iter(tag("hyperlink")):
        if (link.get(tag("anchor")) or "").startswith("number-"):
            runs = [
                ("".join(t.text for t in run.iter(tag("t"))), run.find(f".//{tag('vertAlign')}"))
                for run in link.iter(tag("r"))
            ]
            raised = "".join(t for t, at in runs if at is not None and at.get(tag("val")))
            said["".join(text for text, at in runs if at is None)] = raised
    assert said == {SHOWN[id]: MARKS[id] for id in VALUES}
    numbers = [[cell.text.replace("\u200b", "") for cell in row.cells] for row in
               document.tables[-1].rows]  # fmt: skip
    assert numbers[0] == ["Result", "As shown", "Standing", "Cell"]
    rows = {row[0]: row[1:3] for row in numbers[2:]}
    assert rows["small.ratio"] == ["0.54 to 1.98v", "varies, proved"]
    assert rows["small.one_set"] == ["3.7 weeksv", "varies, one set"]
    assert rows["small.extracted"] == ["7 months", "extracted"]
    styles = {p.style.name for p in document.paragraphs if p.text.startswith("Numbers.")}
    assert styles == {"Statement"}
    with zipfile.ZipFile(site / "index.docx") as archive:
        etree.fromstring(archive.read("word/document.xml"))


def test_jats_marks_numbers_and_boxes_the_key(site):
    article = etree.parse(str(site / "index.jats.xml"))
    links = ["".join(node.itertext()) for node in article.iter("ext-link")]
    marks = [node.xpath("string(sup)") for node in article.iter("ext-link")]
    shown = dict(zip(links, marks, strict=True))
    assert shown == {SHOWN[id] + MARKS[id]: MARKS[id] for id in VALUES}
    (box,) = article.xpath("//boxed-text[@content-type='standing-key']")
    assert box.xpath(".//sup/text()") == ["p", "d", "v"]


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("It is {{< result small.ratio", "It is {{< result small.one_set", "the abstract"),
        ("title: Small", 'title: "After {{< result small.one_set >}}"', "the title"),
        ("# Results", "# Results of {{< result small.one_set >}}", "a heading"),
        ("So {{< result small.found", "So {{< result small.one_set", "the conclusion"),
        ("# Conclusion\n", "# Conclusions\n\n## More\n\nIn {{< result small.one_set >}}.\n",
         "the conclusion"),
    ],
)  # fmt: skip
def test_a_number_of_one_set_does_not_stand_where_conclusions_are_drawn(project, old, new, part):
    text = MANUSCRIPT.replace(old, new)
    with pytest.raises(ReviewError) as caught:
        manuscript.read(put(project, text))
    needle = next(line for line in new.splitlines() if "one_set" in line)
    line = next(n for n, each in enumerate(text.splitlines(), 1) if needle in each)
    assert f"report/index.qmd, line {line}: {{{{< result small.one_set >}}}}" in str(caught.value)
    assert f"stands in {part} without its range: '3.7 weeks'" in str(caught.value)


def test_it_may_stand_in_the_text_and_behind_a_conclusion(project):
    bare = "On {{< result small.one_set >}}.\n"
    text = f"{MANUSCRIPT}\n# Data\n\n{bare}\n## A conclusion of sorts\n\n{bare}"
    assert "small.one_set" in manuscript.read(put(project, text)).used
