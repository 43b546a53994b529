"""The Quarto path without Quarto: its Lua code under pandoc, and a stand-in for the program."""

import io
import json
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest
from building import ROOT
from docx import Document

from case_review import registry, rendering
from case_review.build import freshness
from case_review.build.release import release
from case_review.errors import ReviewError
from case_review.rendering import ast, forms, marks, quarto
from case_review.values import DETERMINED, EXTRACTED, MARKS, PRINTED, VARIES

RESULT = {"id": "small.count", "text": "12 of 84", "cell": "count"}
HANDED = {
    "anchors": {"small.count": "number-small-count"},
    "tooltips": {"small.count": "small.count = 12; n = 12 of 84"},
    "columns": {"tbl-one": [0.25, 0.75]},
    "numbers": {
        "tbl-one": [
            {
                "row": 1,
                "column": 2,
                "key": "tbl-one:0:1",
                "url": "notebooks/01.html#c",
                "title": "2",
            }
        ]
    },
    "sources": {"tbl-one": json.dumps({**ast.parse("[CSV](exhibits/tbl-one.csv)")})},
    "frames": forms.FRAMES,
    "end": json.dumps(ast.parse("# Where the numbers come from")),
    "foot": json.dumps(ast.parse("Rendered by Quarto 1.2.3.")),
}
# What Quarto offers to extensions, as far as ours uses it.
STAND_IN = """
quarto = {
  project = { directory = "." },
  doc = { is_format = function(name) return FORMAT:match(name) ~= nil end },
}
"""
# Quarto calls a shortcode by its name with its arguments as inlines.
CALLER = """
local shortcodes = dofile("result.lua")
function Code(code)
  if code.classes:includes("call") then
    return shortcodes["result"]({ pandoc.Inlines({ pandoc.Str(code.text) }) }, {}, {})
  end
end
"""
EMBEDDED = """
::: {.quarto-embed-nb-cell notebook="/home/ada/01.ipynb" notebook-cellId="cell-tbl-one"}
| a | b |
|:--|:--|
| 1 | 2 |
:::
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with what Quarto's project folder holds, and our Lua code."""
    (tmp_path / "results").mkdir()
    document = {"notebook": "01_small", "results": [RESULT]}
    (tmp_path / "results" / "01_small.json").write_text(json.dumps(document), encoding="utf-8")
    code = (ROOT / "report/_extensions/result/result.lua").read_text(encoding="utf-8")
    (tmp_path / "result.lua").write_text(code, encoding="utf-8")
    (tmp_path / "call.lua").write_text(STAND_IN + CALLER, encoding="utf-8")
    code = (ROOT / "report/_filters/provenance.lua").read_text(encoding="utf-8")
    (tmp_path / "provenance.lua").write_text(STAND_IN + code, encoding="utf-8")
    return tmp_path


def hand_over(folder):
    (folder / quarto.HANDED).write_text(json.dumps(HANDED), encoding="utf-8")


def convert(folder, name, text, form):
    return ast.pandoc(["-f", "markdown", "-t", form, f"--lua-filter={name}.lua"], text, folder)[0]


def test_a_number_leads_to_its_cell(folder):
    made = convert(folder, "call", "`small.count`{.call}", "html")
    assert 'href="notebooks/01_small.html#count"' in made
    assert 'class="result"' in made and 'data-result="small.count"' in made
    assert "12 of 84</a>" in made and "notebook 01_small, cell count" in made
    # Quarto would take the element for an embedded notebook.
    assert "data-notebook" not in made


def test_the_page_has_the_same_bytes_every_time(folder):
    made = {convert(folder, "call", "`small.count`{.call}", "html") for _ in range(8)}
    assert len(made) == 1


def test_a_number_has_what_was_handed_over(folder):
    hand_over(folder)
    made = convert(folder, "call", "`small.count`{.call} `small.count`{.call}", "html")
    assert made.count("small.count = 12; n = 12 of 84") == 2
    assert made.count('id="number-small-count"') == 1


def test_a_number_leads_to_the_appendix_in_print(folder):
    assert convert(folder, "call", "`small.count`{.call}", "typst").strip() == "12 of 84"
    assert convert(folder, "call", "`small.count`{.call}", "plain").strip() == "12 of 84"
    hand_over(folder)
    made = convert(folder, "call", "`small.count`{.call}", "typst").strip()
    assert made == '#number("number-small-count")[12 of 84]'
    made = convert(folder, "call", "`small.count`{.call}", "native")
    assert '"#number-small-count"' in made


@pytest.fixture
def standing(folder):
    """Says what the one result rests on."""

    def say(standing):
        document = {"notebook": "01_small", "results": [RESULT | {"standing": standing}]}
        (folder / "results" / "01_small.json").write_text(json.dumps(document), encoding="utf-8")

    return say


@pytest.mark.parametrize("kind", [PRINTED, DETERMINED, VARIES, EXTRACTED])
def test_a_number_is_marked_as_the_embedded_renderer_marks_it(folder, standing, kind):
    standing(kind)
    made = convert(folder, "call", "`small.count`{.call}", "html")
    result = registry.Recorded("small.count", 12, text="12 of 84", standing=kind, notebook="n")
    element = "".join(node["c"][1] for node in marks.in_page(result))
    assert f"12 of 84{element}</a>" in made
    assert ('class="result varies"' in made) == (kind == VARIES)
    letter = f"^({MARKS[kind]})" if MARKS[kind] else ""
    assert convert(folder, "call", "`small.count`{.call}", "plain").strip() == f"12 of 84{letter}"
    hand_over(folder)
    made = convert(folder, "call", "`small.count`{.call}", "typst").strip()
    mark = f', mark: "{MARKS[kind]}"' if MARKS[kind] else ""
    assert made == f'#number("number-small-count"{mark})[12 of 84]'
    made = convert(folder, "call", "`small.count`{.call}", "native")
    assert ("Superscript" in made) == bool(MARKS[kind]) and '"#number-small-count"' in made


def test_the_key_of_the_marks_is_framed(folder):
    hand_over(folder)
    made = convert(folder, "provenance", "::: {.standing-key}\n^v^ varies.\n:::\n", "typst")
    assert made.index("#framed[") < made.index("#super[v] varies")


def test_an_unknown_result_fails(folder):
    with pytest.raises(ReviewError, match=r"no notebook recorded a result small\.cuont"):
        convert(folder, "call", "`small.cuont`{.call}", "html")


def test_the_page_gets_sources_columns_and_footer(folder):
    hand_over(folder)
    made = convert(folder, "provenance", EMBEDDED, "html")
    assert 'href="exhibits/tbl-one.csv"' in made and "/home/ada" not in made
    assert "width: 25%" in made and "width: 75%" in made
    assert made.index("exhibits/tbl-one.csv") < made.index("Rendered by Quarto 1.2.3.")
    assert "Where the numbers come from" not in made


def test_a_number_in_a_table_leads_to_its_cell(folder):
    hand_over(folder)
    made = convert(folder, "provenance", EMBEDDED, "html")
    link = '<a href="notebooks/01.html#c" class="result"'
    assert made.count(link) == 1 and 'data-number="tbl-one:0:1" title="2">2</a>' in made
    assert "notebooks/01" not in convert(folder, "provenance", EMBEDDED, "typst")


def test_print_gets_the_appendix(folder):
    hand_over(folder)
    made = convert(folder, "provenance", EMBEDDED, "typst")
    assert "= Where the numbers come from" in made and "tbl-one.csv" not in made
    assert "25%" in made and "75%" in made


def test_print_hangs_the_labels_of_rows_and_widens_shared_tables(folder):
    hand_over(folder)
    text = EMBEDDED.replace("| 1 | 2 |", "| \u2003\u2003Bone – skin | 2 |\n| **All** | 3 |")
    made = convert(folder, "provenance", text, "typst")
    assert "#row-label(2)[" in made and "#row-label(0)[" in made
    assert made.index("#wide[") < made.index("#table(") < made.index("Where the numbers come from")
    free = {**HANDED, "columns": {"tbl-one": []}}
    (folder / quarto.HANDED).write_text(json.dumps(free), encoding="utf-8")
    assert "#wide[" not in convert(folder, "provenance", EMBEDDED, "typst")
    assert "row-label" not in convert(folder, "provenance", text, "html")


def test_print_frames_what_the_page_frames(folder):
    hand_over(folder)
    text = "::: {.reconstructed}\nNot original.\n:::\n\n::: {.other}\nText.\n:::\n"
    made = convert(folder, "provenance", text, "typst")
    assert made.count("#framed[") == 1 and made.index("#framed[") < made.index("Not original.")
    assert "#framed" not in convert(folder, "provenance", text, "html")


def test_word_frames_what_the_page_frames(folder):
    hand_over(folder)
    text = "::: {.reconstructed}\nNot original.\n:::\n\n::: {.note}\nText.\n:::\n"
    made = as_docx(folder, text)
    assert '"custom-style" , "Statement"' in made and '"custom-style" , "Boxed Text"' in made


def test_word_takes_the_figure_as_png(folder):
    text = "![](index_files/figure-docx/_executed-05_x-fig-km-output-1.svg)"
    assert "output-1.svg" in convert(folder, "provenance", text, "native")
    assert "output-1.svg" in as_docx(folder, text)
    (folder / "exhibits").mkdir()
    (folder / "exhibits" / "fig-km.png").write_bytes(b"png")
    assert "exhibits/fig-km.png" in as_docx(folder, text)


def as_docx(folder, text):
    """What the filter makes of a text when the format is Word's."""
    (folder / "as-docx.lua").write_text(
        'FORMAT = "docx"\n' + (folder / "provenance.lua").read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    return convert(folder, "as-docx", text, "native")


def test_without_anything_handed_over_the_manuscript_stays_as_it_is(folder):
    assert convert(folder, "provenance", "Text.", "html").strip() == "<p>Text.</p>"


# As Quarto writes an exhibit into a Word file: in a cell, with the caption's properties doubled.
CELL = """
```{=openxml}
<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:tcPr/>
<w:bookmarkStart w:id="90" w:name="tbl-one"/>
<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:pPr><w:jc w:val="left"/></w:pPr>
<w:r><w:t>Table 1: One.</w:t></w:r></w:p>
<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:tcPr/>
<w:p><w:pPr><w:jc w:val="right"/><w:jc w:val="center"/></w:pPr><w:r><w:t>12</w:t></w:r></w:p>
</w:tc></w:tr></w:tbl>
<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>A note.</w:t></w:r></w:p>
<w:bookmarkEnd w:id="90"/><w:p/></w:tc></w:tr></w:tbl>
```

Text.
"""


def test_the_word_file_has_exhibits_in_the_text(tmp_path):
    written = tmp_path / "word.docx"
    ast.pandoc(["-f", "markdown", "-t", "docx", "-o", str(written)], CELL)
    shown = SimpleNamespace(label="tbl-one", svg="", alt="")
    found = SimpleNamespace(exhibits={"tbl-one": shown})
    body = Document(io.BytesIO(quarto._unframed(written.read_bytes(), found))).element.body
    (table,) = body.xpath(".//w:tbl")
    assert table.getparent() is body and table.xpath(".//w:jc/@w:val") == ["right"]
    styles = [p.xpath("string(w:pPr/w:pStyle/@w:val)") for p in body.xpath("./w:p")]
    assert styles[:2] == ["TableCaption", "ExhibitNotes"]
    assert table.getnext().xpath("string(.)").strip() == "A note."
    found.exhibits = {}
    body = Document(io.BytesIO(quarto._unframed(written.read_bytes(), found))).element.body
    assert len(body.xpath(".//w:tbl")) == 2


# -- a program that stands in for Quarto -----------------------------------------------------------

PROGRAM = """#!{python}
import json, pathlib, sys
if sys.argv[1:] == ["--version"]:
    sys.exit(print("1.2.3"))
here = pathlib.Path.cwd()
assert sys.argv[1] == "render", sys.argv
(here / ".gitignore").write_text("/.quarto/")
(here / "index_files").mkdir()
handed = json.loads((here / "_case-review.json").read_text(encoding="utf-8"))
for notebook in here.glob("_executed/*.ipynb"):
    text = notebook.read_text(encoding="utf-8")
    assert "text/html" not in text and '"execution_count": null' in text
    assert '"tags"' not in text
    assert "/svg'><style>@font-face" in text and "é</text>" in text
assert "@font-face" in (here / "styles" / "quarto.css").read_text(encoding="utf-8")
{fault}
site = here / "_site"
site.mkdir()
(site / "index.html").write_text(handed["foot"], encoding="utf-8")
(site / "index.pdf").write_bytes(b"%PDF-1.7")
assert (here / "_reference.docx").is_file()
(site / "index.docx").write_bytes(pathlib.Path({word!r}).read_bytes())
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a `quarto` first on the PATH that does `fault` in the middle of its work."""

    word = tmp_path / "word.docx"
    ast.pandoc(["-f", "markdown", "-t", "docx", "-o", str(word)], "Text.")

    def put(fault=""):
        path = tmp_path / "bin" / "quarto"
        path.parent.mkdir(exist_ok=True)
        text = PROGRAM.format(python=sys.executable, word=str(word), fault=fault)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(path.parent), prepend=":")

    return put


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def manuscript(small_project):
    """A project with a manuscript and a notebook that shows HTML and a drawing."""
    report = small_project.report
    (report / "index.qmd").write_text("---\ntitle: Small\n---\n\nText.\n", encoding="utf-8")
    for folder in ("styles", "_filters", "_extensions"):
        subprocess.run(["cp", "-r", str(ROOT / "report" / folder), str(report)], check=True)
    output = {"output_type": "display_data", "metadata": {}}
    svg = [
        "<?xml version='1.0'?>\n",
        "<svg xmlns='http://www.w3.org/2000/svg'><text>é</text></svg>",
    ]
    output["data"] = {"text/html": "<b>1</b>", "text/plain": "1", "image/svg+xml": svg}
    cell = {"cell_type": "code", "id": "a", "metadata": {"tags": []}, "source": "1"}
    cell["outputs"] = [output]
    cell["execution_count"] = 1
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    small_project.executed.mkdir()
    path = small_project.executed / "01_small.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return small_project


def test_a_quarto_on_the_path_is_used_and_writes_nothing_beside_the_sources(manuscript, program):
    program()
    before = contents(manuscript.report)
    rendering.render(manuscript, "auto")
    after = contents(manuscript.report)
    assert {name: after.get(name) for name in before} == before
    new = set(after) - set(before)
    assert new and all(name.startswith("_site/") for name in new)
    assert {"_site/index.html", "_site/index.pdf", "_site/index.docx"} <= new
    assert "_site/notebooks/01_small.html" in new
    assert "1.2.3." in json.loads(after["_site/index.html"])["blocks"][0]["c"][1][0]["c"][-1]["c"]


def test_what_quarto_rendered_can_be_released(manuscript, program, tmp_path):
    program()
    source = manuscript.executed / "01_small.ipynb"
    (manuscript.notebooks / source.name).write_bytes(source.read_bytes())
    rendering.render(manuscript, "auto")
    freshness.record_site(manuscript, manuscript.site, "site", "")
    for folder in ("_executed", "_site", "_build"):
        with (manuscript.root / ".gitignore").open("a", encoding="utf-8") as ignored:
            ignored.write(f"report/{folder}\n")
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for arguments in (["init"], ["add", "."], ["commit", "-m", "x"]):
        command = ["git", *identity, *arguments]
        subprocess.run(command, cwd=manuscript.root, check=True, capture_output=True)
    with zipfile.ZipFile(release(manuscript, tmp_path)) as archive:
        names = {name.partition("/report/_site/")[2] for name in archive.namelist()}
    assert {"index.html", "index.pdf", "index.docx", "notebooks/01_small.html"} <= names


@pytest.mark.parametrize(
    "fault, words",
    [
        ("sys.exit('ERROR: the filter failed\\n    at main (quarto.ts:1)')", "the filter failed"),
        ("print('WARN Unable to resolve crossref @fig-x', file=sys.stderr)", "@fig-x"),
        ("print('[WARNING] Citeproc: citation smith not found')", "smith"),
        ("sys.exit(0)", "index.html"),
    ],
)
def test_a_failing_quarto_leaves_the_previous_report(manuscript, program, fault, words):
    manuscript.site.mkdir()
    (manuscript.site / "index.html").write_text("The previous report.", encoding="utf-8")
    before = contents(manuscript.report)
    program(fault)
    with pytest.raises(ReviewError) as error:
        rendering.render(manuscript, "quarto")
    assert words in str(error.value) and "quarto.ts" not in str(error.value)
    assert contents(manuscript.report) == before


def test_without_quarto_the_message_names_the_other_renderer(manuscript, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ReviewError, match="RENDERER=embedded"):
        rendering.render(manuscript, "quarto")
