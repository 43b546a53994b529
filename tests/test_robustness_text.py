"""Text is text: a cell's characters reach every form of the report as these characters.

A notebook reads hostile cells from a clean table and shows them in a table, its notes, a figure
and a recorded number. Nothing may execute, and no table may break.
"""

import csv
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, opening, start_project, write_notebook
from docx import Document

from case_review.build import runner
from case_review.exhibits import tables
from case_review.rendering import render

TEXTS = {
    "pipe": "a | b",
    "stars": "*not emphasis* **nor strong**",
    "underscores": "_a_ __b__",
    "script": "<script>document.title='executed'</script>",
    "image": "<img src=x onerror=\"document.title='executed'\">",
    "end of table": "</td></tr></table>",
    "comment": "<!-- gone?",
    "entity": "R&amp;D",
    "shortcode": "{{< result other.count >}}",
    "embed": "{{< embed _executed/01_small.ipynb#tbl-texts >}}",
    "mathematics": "$x^2$ and \\(y\\)",
    "cross-reference": "@fig-texts",
    "citation": "[@nobody]",
    "footnote": "[^1] and ^[note]",
    "link": "[text](http://example.org)",
    "picture": "![](http://example.org/x.png)",
    "address": "https://example.org/x?a=b&c=d",
    "formula": '=HYPERLINK("http://example.org","x")',
    "formula with plus": "+1+1",
    "formula with minus": "-1+1",
    "formula with at": "@SUM(A1)",
    "command": "=cmd|' /C calc'!A0",
    "code of Typst": '#panic("executed") #set text(red)',
    "code of TeX": "\\newpage \\input{x}",
    "raw attribute": "`<b>x</b>`{=html}",
    "backslash": "back\\slash \\",
    "quotation": "'a' \"b\"",
    "dashes": "a -- b --- c ...",
    "heading": "# heading",
    "list": "1. item",
    "fence": "::: {.note}",
    "code": "``` and ~~~",
    "comment of Typst": "x // y /* z",
    "right-to-left mark": "left\u200fright",
    "right-to-left override": "x \u202etxet",
    "Hebrew": "\u05e9\u05dc\u05d5\u05dd",
    "emoji": "\U0001f9ea tube \u2764\ufe0f",
    "accents": "naïve Müller ångström ½ ≤ µg",
    "long word": "x" * 80,
}
MANUSCRIPT = """---
title: A small review
author:
  - name: Ada Example
abstract: |
  We saw {{< result small.count >}}.
---

# Results

Of all, {{< result small.count >}} (@tbl-texts, @fig-texts).

{{< embed _executed/01_small.ipynb#tbl-texts >}}

{{< embed _executed/01_small.ipynb#fig-texts >}}
"""
RECORDED = "*30* <b>of</b> {{< result small.count >}} | $x$"
TABLE = """#| label: tbl-texts
#| tbl-cap: "Texts."
import pandas as pd
from case_review.exhibits import Row, Table
texts = nb.read("texts")
rows = [Row([name, text, "1"]) for name, text in zip(texts["name"], texts["text"])]
notes = [("a", text) for text in texts["text"]]
nb.table(Table(["Name", "Text", "n"], rows, texts, notes=notes, align="llr"))"""
FIGURE = """#| label: fig-texts
#| fig-cap: "Texts."
#| fig-alt: "Texts."
import matplotlib.pyplot as plt
from case_review.exhibits import style
style.use()
figure, axes = plt.subplots(figsize=(6, 9))
for i, text in enumerate(texts["text"]):
    axes.text(0, i / len(texts), text)
nb.figure(figure, texts)"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = start_project(tmp_path_factory.mktemp("text") / "tëxt {x}")
    shutil.copytree(ROOT / "report" / "styles", made.report / "styles")
    (made.report / "index.qmd").write_text(MANUSCRIPT, encoding="utf-8")
    (made.report / "references.bib").write_text("", encoding="utf-8")
    frame = pd.DataFrame({"name": list(TEXTS), "text": list(TEXTS.values())})
    frame.to_csv(made.clean / "texts.csv", index=False)
    record = f"#| label: count\nnb.record('small.count', 30, {RECORDED!r})"
    write_notebook(made.notebooks / "01_small.ipynb", opening("01_small"), TABLE, FIGURE, record)
    before, environment = Path.cwd(), dict(os.environ)
    os.chdir(made.root)
    try:
        runner.run(made, "01_small")
        render(made, "embedded")
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)
    return made


def page(project):
    text = (project.site / "index.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


def shown(node):
    """The characters of a node, without the breaks that only help a line to end."""
    return " ".join(node.get_text().replace("\u200b", "").split())


def plain(text):
    return " ".join(text.split())


def test_the_page_shows_the_characters(project):
    table = page(project).select_one("#tbl-texts table")
    rows = [[shown(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    assert rows == [[name, plain(text), "1"] for name, text in TEXTS.items()]
    notes = shown(page(project).select_one("#tbl-texts .exhibit-notes"))
    for text in TEXTS.values():
        assert plain(text) in notes
    links = page(project).select("a.result")
    # what a number rests on is a mark after it
    assert {link.select_one("sup.standing").extract().get_text() for link in links} == {"d"}
    assert {link.get_text() for link in links} == {RECORDED}


def test_the_page_holds_no_element_of_a_cell(project):
    for path in project.site.rglob("*.html"):
        found = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert not found.select("[onerror], img[src=x], math")
        assert not any("executed'" in (s.string or "") for s in found.select("script")
                       if s.get("type") != "application/json")  # fmt: skip
        for link in found.select("[href], [src]"):
            assert "example.org" not in (link.get("href") or link.get("src"))


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium")
@pytest.mark.parametrize("name", ["index.html", "notebooks/01_small.html"])
def test_nothing_executes_in_a_browser(project, name):
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", f"--user-data-dir={profile}", "--virtual-time-budget=2000",
             "--dump-dom", (project.site / name).as_uri()],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    found = BeautifulSoup(done.stdout, "html.parser")
    assert found.title and "executed" not in found.title.get_text()
    assert plain(TEXTS["script"]) in shown(found)


def test_the_word_file_shows_the_characters(project):
    document = Document(project.site / "index.docx")
    tables = [t for t in document.tables if len(t.rows) == len(TEXTS) + 1]
    assert len(tables) == 1
    for row, (name, text) in zip(tables[0].rows[1:], TEXTS.items(), strict=True):
        cells = [plain(cell.text.replace("\u200b", "")) for cell in row.cells]
        assert cells == [name, plain(text), "1"]
    fields = document.element.xpath("//w:instrText")
    assert not any("example.org" in (field.text or "") for field in fields)
    targets = [rel.target_ref for rel in document.part.rels.values() if rel.is_external]
    assert not any("example.org" in target for target in targets)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs Poppler")
def test_the_pdf_shows_the_characters(project):
    done = subprocess.run(
        ["pdftotext", "-raw", str(project.site / "index.pdf"), "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = squeezed(done.stdout)
    for name, text in TEXTS.items():
        if name not in ("Hebrew", "right-to-left override"):
            # No font of the project has this one; a box would hide what it was.
            text = text.replace("\U0001f9ea", "‹U+1F9EA›")
            assert squeezed(text) in found, name
    assert "".join(reversed(TEXTS["Hebrew"])) in found or TEXTS["Hebrew"] in found


def squeezed(text):
    """Without blanks, soft breaks and marks of direction, which lay-out may move."""
    return re.sub("[\\s\u200b\u200e\u200f\u202a-\u202e\u00ad\ufe0f\u2066-\u2069]", "", text)


def test_the_figure_shows_the_characters(project):
    drawn = (project.exhibits / "fig-texts.svg").read_text(encoding="utf-8")
    texts = {plain(t.get_text()) for t in BeautifulSoup(drawn, "xml").select("text")}
    for name, text in TEXTS.items():
        assert plain(text) in texts, name


@pytest.mark.parametrize("label", ["tbl-texts", "fig-texts"])
def test_exhibits_are_safe_in_a_spreadsheet(project, label):
    with (project.site / "exhibits" / f"{label}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert [row[0] for row in rows] == list(TEXTS)
    for (_, cell), text in zip(rows, TEXTS.values(), strict=True):
        assert cell.removeprefix("'") == text.removeprefix("'")
        assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))


def test_the_executed_notebook_keeps_the_table_in_one_piece(project):
    book = nbformat.read(project.executed / "01_small.ipynb", as_version=4)
    (cell,) = [c for c in book.cells if "tbl-texts" in c.source and c.cell_type == "code"]
    lines = cell.outputs[0].data["text/markdown"].splitlines()
    assert sum(line.startswith("| ") for line in lines) == len(TEXTS) + 2


@pytest.mark.parametrize(
    ("cell", "safe"),
    [("=1+1", "'=1+1"), ("＝1", "'＝1"), ("\n=1", "'\n=1"), (" =1", "' =1"), ("a=1", "a=1"),
     (-1.5, -1.5)],
)  # fmt: skip
def test_what_a_spreadsheet_would_compute_is_marked_as_text(cell, safe):
    frame = pd.DataFrame({"=a": [cell]})
    made = tables.spreadsheet_safe(frame)
    assert made.iloc[0, 0] == safe and list(made.columns) == ["'=a"]
