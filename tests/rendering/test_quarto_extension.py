"""The Quarto path without Quarto: its Lua code under pandoc, and a stand-in for the program."""

import json
import re
import subprocess
import sys
import zipfile

import pytest
from building import ROOT

from case_review import registry, rendering
from case_review.build import freshness
from case_review.build.release import release
from case_review.errors import ReviewError
from case_review.rendering import ast, converter, embedded, marks, quarto
from case_review.values import DETERMINED, EXTRACTED, MARKS, METHOD, PRINTED, VARIES

RESULT = {"id": "small.count", "text": "12 of 84", "cell": "count"}
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


@pytest.fixture
def folder(tmp_path):
    """A folder with what Quarto's project folder holds, and our Lua code."""
    (tmp_path / "results").mkdir()
    document = {"notebook": "01_small", "results": [RESULT]}
    (tmp_path / "results" / "01_small.json").write_text(json.dumps(document), encoding="utf-8")
    code = (ROOT / "report/_extensions/result/result.lua").read_text(encoding="utf-8")
    (tmp_path / "result.lua").write_text(code, encoding="utf-8")
    (tmp_path / "call.lua").write_text(STAND_IN + CALLER, encoding="utf-8")
    return tmp_path


def convert(folder, name, text, form):
    return ast.pandoc(["-f", "markdown", "-t", form, f"--lua-filter={name}.lua"], text, folder)[0]


def test_a_number_leads_to_its_cell(folder):
    made = convert(folder, "call", "`small.count`{.call}", "html")
    assert 'href="notebooks/01_small.html#number-small-count"' in made
    assert 'class="result"' in made and 'data-result="small.count"' in made
    assert "12 of 84</a>" in made and "notebook 01_small, cell count" in made
    # Quarto would take the element for an embedded notebook.
    assert "data-notebook" not in made


def test_the_page_has_the_same_bytes_every_time(folder):
    made = {convert(folder, "call", "`small.count`{.call}", "html") for _ in range(8)}
    assert len(made) == 1


def test_a_number_is_plain_in_print(folder):
    for form in ("typst", "plain"):
        assert convert(folder, "call", "`small.count`{.call}", form).strip() == "12 of 84"


@pytest.fixture
def standing(folder):
    """Says what the one result rests on."""

    def say(standing):
        document = {"notebook": "01_small", "results": [RESULT | {"standing": standing}]}
        (folder / "results" / "01_small.json").write_text(json.dumps(document), encoding="utf-8")

    return say


@pytest.mark.parametrize("kind", [PRINTED, DETERMINED, VARIES, EXTRACTED, METHOD])
def test_a_number_is_marked_as_the_embedded_renderer_marks_it(folder, standing, kind):
    standing(kind)
    made = convert(folder, "call", "`small.count`{.call}", "html")
    result = registry.Recorded("small.count", 12, text="12 of 84", standing=kind, notebook="n")
    element = "".join(node["c"][1] for node in marks.in_page(result))
    assert f"12 of 84{element}</a>" in made
    assert ('class="result varies"' in made) == (kind == VARIES)
    letter = f"^({MARKS[kind]})" if MARKS[kind] else ""
    assert convert(folder, "call", "`small.count`{.call}", "plain").strip() == f"12 of 84{letter}"


def test_an_unknown_result_fails(folder):
    with pytest.raises(ReviewError, match=r"no notebook recorded a result small\.cuont"):
        convert(folder, "call", "`small.cuont`{.call}", "html")


# -- a program that stands in for Quarto -----------------------------------------------------------

PROGRAM = """#!{python}
import json, pathlib, subprocess, sys
if sys.argv[1:] == ["--version"]:
    sys.exit(print("1.2.3"))
here = pathlib.Path.cwd()
render, source, to, form, *options, output, name = sys.argv[1:]
assert [render, source, to, output] == ["render", "index.qmd", "--to", "--output"], sys.argv
(here / ".gitignore").write_text("/.quarto/")
(here / "index_files").mkdir()
settings = json.loads((here / "_quarto.yml").read_text(encoding="utf-8"))
handed = here / "handed.json"
(here / "_written").mkdir()
{fault}
command = [{pandoc!r}, "-f", "json", "-t", form + settings["variant"], *options, str(handed)]
subprocess.run([*command, "-o", str(here / "_written" / name)], check=True)
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a `quarto` first on the PATH that does `fault` in the middle of its work."""

    def put(fault=""):
        path = tmp_path / "bin" / "quarto"
        path.parent.mkdir(exist_ok=True)
        pandoc = converter.pandoc_path()
        text = PROGRAM.format(python=sys.executable, pandoc=pandoc, fault=fault)
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
    """A project with a manuscript and a notebook."""
    report = small_project.report
    (report / "index.qmd").write_text("---\ntitle: Small\n---\n\nText.\n", encoding="utf-8")
    for folder in ("styles", "_extensions"):
        subprocess.run(["cp", "-r", str(ROOT / "report" / folder), str(report)], check=True)
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1"}
    cell |= {"outputs": [], "execution_count": 1}
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
    assert {f"_site/index.{ending}" for ending in ("html", "pdf", "docx", "jats.xml")} <= new
    assert "_site/notebooks/01_small.html" in new
    assert "Quarto 1.2.3 (Typst" in after["_site/index.html"].decode()


def test_what_quarto_rendered_can_be_released(manuscript, program, tmp_path):
    program()
    source = manuscript.executed / "01_small.ipynb"
    (manuscript.notebooks / source.name).write_bytes(source.read_bytes())
    rendering.render(manuscript, "auto")
    freshness.record_site(manuscript, manuscript.site, "site")
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
    [("sys.exit('ERROR: the filter failed')", "the filter failed"), ("sys.exit(0)", "wrote no ")],
)
def test_a_failing_quarto_leaves_the_previous_report(manuscript, program, fault, words):
    manuscript.site.mkdir()
    (manuscript.site / "index.html").write_text("The previous report.", encoding="utf-8")
    before = contents(manuscript.report)
    program(fault)
    with pytest.raises(ReviewError, match=words):
        rendering.render(manuscript, "quarto")
    assert contents(manuscript.report) == before


@pytest.mark.parametrize(
    "printed, code, words",
    [
        ("ERROR: the filter failed\n    at main (quarto.ts:1)", 1, "the filter failed"),
        ("WARN Unable to resolve crossref @fig-x", 0, "@fig-x"),
        ("[WARNING] Citeproc: citation smith not found", 0, "smith"),
        ("ERROR: In file index.qmd\n(line 3, column 6) Field toc has value 5", 1, "line 3, col"),
        ("ERROR: no label in HERE/index.typ", 1, "label in report/index.typ"),
        ("error: no label\n    ┌─ index.typ:3:5\n3 │ See", 1, "index.typ:3:5"),
        ("", 3, "ended with code 3"),
    ],
)
def test_a_failing_quarto_is_told_in_its_own_words(tmp_path, printed, code, words):
    printed = printed.replace("HERE", str(tmp_path))
    command = ["sh", "-c", 'printf "%s" "$0" >&2; exit "$1"', printed, str(code)]
    with pytest.raises(ReviewError) as error:
        quarto._run(command, tmp_path, {})
    assert words in str(error.value) and "quarto.ts" not in str(error.value)


@pytest.mark.parametrize("text", ["{{< var x >}}", "See @fig-none.", "::: {.panel-tabset}\n:::"])
def test_what_is_refused_is_refused_alike_before_quarto_starts(manuscript, program, text, tmp_path):
    program("sys.exit('Quarto was started')")
    path = manuscript.report / "index.qmd"
    path.write_text(f"---\ntitle: Small\n---\n\n{text}\n", encoding="utf-8")
    told = []
    for render in (quarto.render_into, embedded.render_into):
        with pytest.raises(ReviewError, match=r"^report/index\.qmd, line 5: ") as error:
            render(manuscript, tmp_path)
        told.append(str(error.value))
    assert told[0] == told[1]


def test_a_quarto_that_cannot_be_started_is_named(manuscript, program, tmp_path):
    program()
    (tmp_path / "bin" / "quarto").write_text("no program", encoding="utf-8")
    with pytest.raises(ReviewError, match=r"bin/quarto cannot be started: .*RENDERER=embedded"):
        rendering.render(manuscript, "quarto")


def test_the_lowest_version_is_said_alike_to_all():
    files = ("report/_quarto.yml", "report/_extensions/result/_extension.yml")
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in files]
    said = [re.search(r'^quarto-required: "(.+)"$', text, re.MULTILINE) for text in texts]
    assert {match[1] for match in said} == {quarto._SETTINGS["quarto-required"]} == {">=1.7.0"}


def test_without_quarto_the_message_names_the_other_renderer(manuscript, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ReviewError, match="RENDERER=embedded"):
        rendering.render(manuscript, "quarto")
