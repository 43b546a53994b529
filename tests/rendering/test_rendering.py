"""The embedded renderer on a small manuscript with hand-made executed notebooks."""

import base64
import hashlib
import io
import json
import re
import shutil
import zipfile

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from building import note_made, waiting
from conftest import ROOT
from docx import Document
from pypdf import PdfReader

from case_review import registry
from case_review.errors import ReviewError
from case_review.exhibits import Row, Table
from case_review.notebook import FigureOutput
from case_review.project import PARAMS_VARIABLE, Project
from case_review.rendering import ast, columns, data_page, figures, provenance, render
from case_review.rendering.word import packed, parts_of
from case_review.values import Count, Estimate

HOSTILE = "<script>alert('x')</script> **b** $x$ @tbl-one {{< result a.b >}} #set \\n [l](u)"
#: Types of script elements that browsers do not run.
DATA = ("application/json", "application/ld+json")
COUNT = Count(30, of=84)
MANUSCRIPT = """---
title: A small review
bibliography: references.bib
author:
  - name: Ada Example
abstract: |
  We saw {{< result small.count >}}.
---

# Results

In all, {{< result small.count >}} responded (@tbl-one, @fig-one) [@smith].

::: {.note}
`{{< result small.count >}}` stays as it is.
:::

{{< embed _executed/01_small.ipynb#tbl-one >}}

{{< embed _executed/01_small.ipynb#fig-one >}}

{{< embed _executed/01_small.ipynb#tbl-two >}}

# References

::: {#refs}
:::
"""


def table(cell):
    data = pd.DataFrame({"a": [1]})
    rows = [Row(["Block", ""], heading=True), Row([cell, COUNT], indent=1, mark="a")]
    rows.append(Row(["Longest", Estimate(1 / 3, 0.1, 4, "weeks", digits=1)]))
    return Table(["Row", "All"], rows, data, notes=[("a", "A note below.")])


def code_cell(source, **data):
    output = nbformat.v4.new_output("display_data", data=data)
    return nbformat.v4.new_code_cell(source, outputs=[output], id=source.split()[2])


def figure():
    from matplotlib.figure import Figure

    from case_review.exhibits import style

    style.use()
    drawing = Figure(figsize=(3, 2))
    drawing.add_subplot().plot([0, 1], [0, 1])
    return FigureOutput(drawing)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("site") / "é project {x}"
    for folder in ("notebooks", "data/raw", "data/clean", "report/_executed", "report/exhibits"):
        (root / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "report/styles", root / "report/styles")
    (root / "params.yml").write_text("", encoding="utf-8")
    (root / "data/raw/patients.csv").write_text("a\n1\n", encoding="utf-8")
    drawn = figure()
    book = nbformat.v4.new_notebook()
    png = base64.b64encode(drawn.png).decode()
    options = '#| label: fig-one\n#| fig-cap: "A line."\n#| fig-alt: "A rising \\"line\\"."'
    book.cells = [
        nbformat.v4.new_markdown_cell("# Title\n\n<b>bold</b>", id="title"),
        code_cell(
            '#| label: tbl-one\n#| tbl-cap: "Rows."', **{"text/markdown": table(HOSTILE).markdown()}
        ),
        code_cell(options, **{"image/svg+xml": drawn.svg, "image/png": png}),
        code_cell(
            '#| label: tbl-two\n#| tbl-cap: "More."', **{"text/markdown": table("plain").markdown()}
        ),
    ]
    nbformat.write(book, root / "report/_executed/01_small.ipynb")
    (root / "report/exhibits/tbl-one.csv").write_text("a\n1\n", encoding="utf-8")
    details = {"n": 30, "of": 84, "low": 21.0, "high": 42.0, "unit": "patients"}
    inputs = {"data/raw/patients.csv": "abcdef0123456789"}
    details |= {"cell": "tbl-one", "inputs": inputs, "label": "Rows counted"}
    result = registry.Result("small.count", 30, text="30 (35.7%)", **details)
    shown = [
        {"row": row, "column": column, "result": id, "label": "Weeks (All)", **value.fields()}
        for (row, column, value), id in zip(table("x").values(), ("small.count", ""), strict=True)
    ]
    tables = {"tbl-one": {"inputs": {"data/raw/other.csv": "fedcba987654"}, "cells": shown}}
    registry.write(root / "report/results/01_small.json", "01_small", {}, [result], tables=tables)
    bib = "@article{smith, author={Smith, Jo}, title={On things}, journal={J}, year={2001}}\n"
    (root / "report/references.bib").write_text(bib, encoding="utf-8")
    (root / "report/index.qmd").write_text(MANUSCRIPT, encoding="utf-8")
    nbformat.write(book, root / "notebooks/01_small.ipynb")
    note_made(Project(root), "01_small")
    return Project(root)


@pytest.fixture(scope="module")
def site(template):
    render(template, "embedded", template.site)
    return template.site


@pytest.fixture
def project(template, tmp_path):
    shutil.copytree(template.root, tmp_path / "p", ignore=shutil.ignore_patterns("_site"))
    return Project(tmp_path / "p")


def page(site):
    return BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")


def scripts_of(found):
    """What the scripts of a page say, but not the JSON that they read."""
    run = (s for s in found.select("script") if s.get("type") not in DATA)
    return "".join(script.string for script in run)


def text_of(node):
    return " ".join(node.get_text().replace("\u200b", "").split())


def pdf_text(site):
    pages = PdfReader(site / "index.pdf").pages
    return " ".join(" ".join(found.extract_text() for found in pages).split())


def test_a_number_links_to_its_cell_and_says_where_it_comes_from(site):
    links = page(site).select("a.result[data-result]")
    assert [link.get_text() for link in links] == ["30 (35.7%)"] * 2
    assert links[0]["href"] == "notebooks/01_small.html#number-small-count"
    assert links[0]["title"] == (
        "small.count = 30 patients; interval 25 to 50%; n = 30 of 84; "
        "notebook 01_small, cell tbl-one; patients.csv abcdef01"
    )


def test_exhibits_are_numbered_captioned_and_referred_to(site):
    found = page(site)
    assert [text_of(caption) for caption in found.select("caption")] == [
        "Table 1: Rows.",
        "Table 2: More.",
    ]
    assert text_of(found.select_one("figcaption")) == "Figure 1: A line."
    drawn = found.select_one("figure img")
    assert drawn["alt"] == 'A rising "line".' and drawn["loading"] == "lazy"
    svg = (site / drawn["src"].partition("?")[0]).read_text(encoding="utf-8")
    assert "<style>@font-face" in svg and "<metadata" not in svg
    refs = found.select("a.crossref")
    assert [(ref["href"], ref.get_text()) for ref in refs] == [
        ("#tbl-one", "Table\u00a01"),
        ("#fig-one", "Figure\u00a01"),
    ]
    assert all(found.select(ref["href"]) for ref in refs)
    assert text_of(found.select_one(".exhibit-notes")) == "a A note below."
    assert found.select_one("#tbl-one .exhibit-sources a")["href"] == "exhibits/tbl-one.csv"


def test_the_title_block_states_the_licence(project):
    source = project.report / "index.qmd"
    stated = "license:\n  text: CC BY 4.0\n  url: https://example.org/by\n"
    text = source.read_text(encoding="utf-8").replace("abstract: |", f"{stated}abstract: |")
    source.write_text(text, encoding="utf-8")
    render(project, "embedded", project.site)
    link = page(project.site).select_one(".title-block a[rel=license]")
    assert (link["href"], link.get_text()) == ("https://example.org/by", "CC BY 4.0")
    assert "Licence CC BY 4.0" in " ".join(pdf_text(project.site).split())


def test_the_footer_names_every_data_file_and_other_parameters(project, monkeypatch):
    (project.raw / "patients.xlsx").write_bytes(b"sheet")
    (project.raw / "README.md").write_text("about")
    other = project.root / "mine.yml"
    other.write_text("response: {}\n", encoding="utf-8")
    start = hashlib.sha256(other.read_bytes()).hexdigest()[:8]
    assert not any("Parameters" in said for said in provenance.footer(project, "a renderer"))
    monkeypatch.setenv(PARAMS_VARIABLE, "mine.yml")
    said = provenance.footer(project, "a renderer")
    assert said[0] == "Rendered by a renderer."
    assert said[2] == f"Parameters: mine.yml {start}."
    listed = data_page.sums(project)
    assert "raw/patients.xlsx" in listed and "README" not in listed
    assert said[3].startswith("Data: 2 files, whose SHA-256 are listed in data/SHA256SUMS")
    assert said[3].endswith(f"begins with {hashlib.sha256(listed.encode()).hexdigest()[:16]}.")


def test_a_missing_run_and_a_missing_notebook_have_their_own_remedies(project):
    (project.notebooks / "01_small.ipynb").unlink()
    (project.executed / "01_small.ipynb").unlink()
    with pytest.raises(ReviewError, match=r"no notebooks/01_small\.ipynb: correct the name"):
        render(project, "embedded", project.site)
    project.notebooks.mkdir(exist_ok=True)
    (project.notebooks / "01_small.ipynb").write_text('{"cells": []}')
    with pytest.raises(ReviewError, match="Run `make notebooks` first"):
        render(project, "embedded", project.site)


def test_hostile_cell_text_is_shown_literally_everywhere(site):
    found = page(site)
    assert HOSTILE in text_of(found)
    assert "alert" not in scripts_of(found)
    assert HOSTILE.replace(" ", "") in pdf_text(site).replace(" ", "")
    rows = Document(site / "index.docx").tables[0].rows
    assert rows[2].cells[0].text.strip("\u2003 ").removesuffix("a") == HOSTILE


def test_page_needs_nothing_from_elsewhere(site):
    found = page(site)
    policy = found.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'")
    assert found.html["lang"] == "en-GB"
    assert not found.select("script[src], iframe")
    files = [image["src"].partition("?")[0] for image in found.select("img")]
    files += json.loads(found.select_one("#beside").string).values()
    assert len(files) == 2 and all((site / name).is_file() for name in files)
    assert all(link["href"].startswith("data:") for link in found.select("link"))
    assert "data:font/woff;base64," in found.style.get_text()
    hrefs = [link["href"] for link in found.select("a[href]") if link["href"][0] != "#"]
    assert hrefs and all((site / href.split("#")[0]).is_file() for href in hrefs)


def test_notebook_pages_have_the_cells_as_anchors(site):
    html = (site / "notebooks/01_small.html").read_text(encoding="utf-8")
    found = BeautifulSoup(html, "html.parser")
    assert found.h1.get_text() == "Title"
    assert {"tbl-one", "fig-one", "tbl-two"} <= {node["id"] for node in found.select("[id]")}
    assert found.strong.get_text() == "bold"
    assert "alert" not in scripts_of(found)


def test_notebook_pages_lead_back_to_the_places_in_the_report(site):
    html = (site / "notebooks/01_small.html").read_text(encoding="utf-8")
    cell = BeautifulSoup(html, "html.parser").select_one("#tbl-one")
    assert [(link["href"], link.get_text()) for link in cell.select(".cell-places a")] == [
        ("#tbl-one", "Cell tbl-one"),
        ("../index.html#tbl-one", "Table 1"),
    ]
    (row,) = cell.select("table.recorded tbody tr")
    assert row["id"] == "number-small-count"
    words = [node.get_text() for node in row.select("th, td")]
    assert [words[0], words[1], words[3]] == ["Rows counted", "30 (35.7%)", "small.count"]
    places = [(link["href"], link.get_text()) for link in row.select("a")]
    assert places == [
        ("../index.html#number-small-count", "Abstract"),
        ("../index.html#number-small-count-2", "Results"),
        ("../index.html#tbl-one", "Table 1"),
    ]
    ids = {node["id"] for node in page(site).select("[id]")}
    assert {href.partition("#")[2] for href, _ in places} <= ids


def test_many_places_of_a_number_are_folded(project):
    text = "{{< result small.count >}} again.\n\n" * 9
    with (project.report / "index.qmd").open("a", encoding="utf-8") as stream:
        stream.write(f"\n{text}")
    render(project, "embedded", project.site, formats=("html",))
    html = (project.site / "notebooks/01_small.html").read_text(encoding="utf-8")
    row = BeautifulSoup(html, "html.parser").select_one("#number-small-count")
    assert len(row.select("td > a")) == 6 and row.summary.get_text() == "6 more"
    assert len(row.select("a")) == 12


def test_policy_admits_exactly_the_scripts_of_the_page(site):
    for path in site.rglob("*.html"):
        found = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        policy = found.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
        run = [s for s in found.select("script") if s.get("type") not in DATA]
        digests = [hashlib.sha256(s.string.encode("utf-8")).digest() for s in run]
        allowed = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
        assert re.search("script-src ([^;]*);", policy)[1].split() == ["'strict-dynamic'", *allowed]
        assert "unsafe-eval" not in policy


def test_card_says_what_the_registry_holds(site):
    found = json.loads(waiting(site / "index.html", "provenance")[0])
    count = ["Rows counted", 0, 0, "30 patients", "", "25 to 50%", "30 of 84"]
    assert found["cards"] == {
        "": {"small.count": count},
        "tbl-one": {
            "1:1": [*count[:5], "", "30 of 84"],
            "2:1": ["Weeks (All)", 0, 1, "0.333333 weeks", "", "0.1 to 4 weeks"],
        },
    }
    assert (found["said"], found["code"], found["up"]) == ([""], [], "")
    assert found["origins"] == [["01_small", "tbl-one", [], [0]], ["01_small", "tbl-one", [], [1]]]
    assert found["files"] == [
        ["raw/patients.csv", "data/raw/patients.csv", [], "",
         "data/index.html#file-raw-patients-csv"],
        ["raw/other.csv", "", [], "", ""],  # which is not there
    ]  # fmt: skip


def test_a_number_in_a_table_leads_to_its_row_and_stays_what_it_was(site):
    links = page(site).select("#tbl-one tbody a.result")
    assert [(link["data-number"], link.get_text()) for link in links] == [
        ("tbl-one:1:1", "30 (35.7)"), ("tbl-one:2:1", "0.3 (0.1–4.0)"),
    ]  # fmt: skip
    places = ["number-small-count", "tbl-one:2:1"]
    assert [link["href"] for link in links] == [f"notebooks/01_small.html#{p}" for p in places]
    assert "title" not in links[1].attrs  # hundreds of them would weigh more than the table
    assert all(link.parent.get_text() == link.get_text() for link in links)
    assert page(site).select("#tbl-two a.result") == []
    html = (site / "notebooks/01_small.html").read_text(encoding="utf-8")
    own = BeautifulSoup(html, "html.parser")
    assert [link["href"] for link in own.select("#tbl-one tbody a.result")] == [
        f"#{place}" for place in places
    ]
    assert own.find(id="tbl-one:2:1").get_text() == "0.3 (0.1–4.0)"
    assert '"2:1"' in own.select_one("#provenance").string


def test_tables_have_header_cells_with_a_scope(site):
    found = page(site).select_one("#tbl-one")
    assert [cell["scope"] for cell in found.select("thead th")] == ["col", "col"]
    assert [cell["scope"] for cell in found.select("tbody th")] == ["rowgroup", "row", "row"]
    assert found.select_one(".table-scroll")["aria-label"] == "Table 1: Rows."


@pytest.mark.parametrize(("label", "kind"), [("tbl-one", "survival"), ("fig-one", "table")])
def test_an_impossible_interaction_is_refused(project, label, kind):
    path = project.executed / "01_small.ipynb"
    book = nbformat.read(path, as_version=4)
    cell = next(c for c in book.cells if c.source.startswith(f"#| label: {label}"))
    cell.source += f"\n#| interactive: {kind}"
    nbformat.write(book, path)
    with pytest.raises(ReviewError, match=f"cell {label} of notebook 01_small: `#\\| interactive"):
        render(project, "embedded", project.site)


def test_the_data_are_in_the_site_with_their_checksums(site):
    content = (site / "data/raw/patients.csv").read_bytes()
    sums = (site / "data/SHA256SUMS").read_text(encoding="utf-8")
    assert sums == f"{hashlib.sha256(content).hexdigest()}  raw/patients.csv\n"


def test_pdf_and_word_say_where_the_numbers_come_from(site):
    pdf = pdf_text(site)
    document = Document(site / "index.docx")
    rows = document.tables[-1].rows
    numbers = [[cell.text.replace("\u200b", "") for cell in row.cells] for row in rows]
    assert "Where the numbers come from" in pdf and "data/SHA256SUMS" in pdf
    assert numbers[1][0] == "Notebook 01_small"
    assert numbers[2] == ["small.count", "30 (35.7%)", "tbl-one"]
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    for place in (pdf, " ".join(paragraphs), text_of(page(site).footer)):
        assert "the embedded renderer (pandoc 3" in place
        assert "no commit known" in place
    for caption in ("Table 1: Rows.", "Figure 1: A line.", "Table 2: More."):
        assert caption in paragraphs
        assert caption in pdf


def test_pdf_has_metadata_and_the_figure_as_drawing(site):
    reader = PdfReader(site / "index.pdf")
    assert reader.metadata.title == "A small review"
    assert reader.metadata.author == "Ada Example"
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"


def test_word_holds_the_figure_with_its_alt_text(site):
    with zipfile.ZipFile(site / "index.docx") as archive:
        assert any(name.endswith(".png") for name in archive.namelist())
        assert b'w:styleId="ExhibitNotes"' in archive.read("word/styles.xml")
        assert "A rising &quot;line&quot;." in archive.read("word/document.xml").decode()


def test_code_is_left_alone(site):
    assert "{{< result small.count >}}" in text_of(page(site).select_one(".note"))


def test_citations_are_listed(site):
    assert "On Things" in text_of(page(site).select_one("#refs"))


def test_frames_of_tables_bear_their_citations_as_readers_see_them(project):
    text = MANUSCRIPT.replace(
        "# References\n\n::: {#refs}\n:::\n", "| a |\n|---|\n| one |\n\n: As [@smith]."
    )
    (project.report / "index.qmd").write_text(text, encoding="utf-8")
    render(project, "embedded", project.site)
    found = page(project.site)
    cited = found.select_one("caption .citation")
    assert cited and "@" not in cited.get_text()
    frame = cited.find_parent(class_="table-scroll")
    assert frame["aria-label"] == text_of(frame.caption)
    assert len(found.select("#refs .csl-entry")) == 1


STYLE = """<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
  <info><title>T</title><id>t</id><updated>2020-01-01T00:00:00+00:00</updated></info>
  <citation><layout prefix="[" suffix="]"><text value="MARK"/></layout></citation>
  <bibliography><layout><text variable="title"/></layout></bibliography>
</style>
"""


def test_the_header_s_citation_style_wins_over_the_project_s(project):
    def cited(header, settings):
        text = MANUSCRIPT.replace("bibliography: references.bib\n", header)
        (project.report / "index.qmd").write_text(text, encoding="utf-8")
        (project.report / "_quarto.yml").write_text(settings, encoding="utf-8")
        render(project, "embedded", project.site)
        return text_of(page(project.site).main)

    for mark in ("one", "two"):
        path = project.report / f"{mark}.csl"
        path.write_text(STYLE.replace("MARK", mark), encoding="utf-8")
    whole = "bibliography: [references.bib]\ncsl: two.csl\n"
    assert "[two]" in cited("", whole)
    assert "[one]" in cited("csl: one.csl\n", whole)
    assert "[one]" in cited("bibliography: references.bib\ncsl: one.csl\n", "")


@pytest.mark.parametrize(
    ("header", "settings", "place"),
    [
        ("csl: nature.csl\nbibliography: references.bib\n", "", "index.qmd, line 3: csl"),
        ("bibliography:\n  - references.bib\n  - no.bib\n", "", "index.qmd, line 5: bibliography"),
        ("", "lang: en\nbibliography: no.bib\n", "_quarto.yml, line 2: bibliography"),
        ("", "", "index.qmd cites, but names no references"),
    ],
)
def test_a_missing_file_of_citations_is_named_with_its_place(project, header, settings, place):
    text = MANUSCRIPT.replace("bibliography: references.bib\n", header)
    (project.report / "index.qmd").write_text(text, encoding="utf-8")
    (project.report / "_quarto.yml").write_text(settings, encoding="utf-8")
    with pytest.raises(ReviewError) as caught:
        render(project, "embedded", project.site)
    assert place in str(caught.value)


def test_rendering_twice_gives_the_same_bytes(project, site):
    render(project, "embedded", project.site)
    for path in (found for found in site.rglob("*") if found.is_file()):
        assert (project.site / path.relative_to(site)).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{{< result small.count >}}.", "{{< result small.cuont >}}.", "small.cuont"),
        ("#tbl-two >}}", "#tbl-three >}}", "no cell labelled tbl-three"),
        ("01_small.ipynb#tbl-two", "09_none.ipynb#tbl-two", "09_none.ipynb does not exist"),
        ("@fig-one", "@fig-two", "@fig-two: no embedded cell"),
        ("@fig-one", "@sec-one", "no heading has this label"),
        ("@fig-one", "@lst-one", "cross-references @lst-"),
        ("@smith", "@jones", "no entry jones"),
        ("{.note}", "{.wild}", ".wild is not known"),
        ("In all,", "In <b>all</b>,", "raw html"),
        ("In all,", "In {{< var x >}},", "not supported"),
        ("#fig-one >}}", "#tbl-one >}}", "embedded twice"),
    ],
)
def test_what_is_unknown_is_refused_with_file_and_line(project, old, new, message):
    text = MANUSCRIPT.replace(old, new)
    (project.report / "index.qmd").write_text(text, encoding="utf-8")
    project.site.mkdir()
    (project.site / "index.html").write_text("old", encoding="utf-8")
    with pytest.raises(ReviewError, match=r"report/index\.qmd, line") as caught:
        render(project, "embedded", project.site)
    assert message in str(caught.value)
    number = max(n for n, line in enumerate(text.splitlines(), 1) if new in line)
    assert f"line {number}:" in str(caught.value)
    assert (project.site / "index.html").read_text(encoding="utf-8") == "old"
    assert [path.name for path in project.report.glob("._site*")] == []


def test_a_typed_number_is_refused(project):
    text = MANUSCRIPT.replace("In all,", "In all 44 patients,")
    (project.report / "index.qmd").write_text(text, encoding="utf-8")
    with pytest.raises(ReviewError, match="line 12: '44' is typed"):
        render(project, "embedded", project.site)


def test_active_svg_is_refused():
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
    with pytest.raises(ReviewError, match="active content"):
        figures.inline_svg(svg, "fig-x", "x")
    with pytest.raises(ReviewError, match="active content"):
        figures.inline_svg(svg.replace("<script>1</script>", '<g onload="a()"/>'), "fig-x", "x")


def test_columns_leave_room_for_their_longest_word():
    row = ["1", "a denominator", "word " * 40]
    narrow = Table(["No.", "Kind", "Explanation"], [Row(row)], pd.DataFrame(), align="lll")
    table = ast.parse(narrow.markdown())["blocks"][0]
    widths = [width["c"] for _, width in columns.specs(table)]
    assert widths == [round(share / 108, 4) for share in (5, 15, 88)]
    short = Table(["No.", "Kind"], [Row(["1", "b"])], pd.DataFrame())
    free = columns.specs(ast.parse(short.markdown())["blocks"][0])
    assert [width["t"] for _, width in free] == ["ColWidthDefault"] * 2


def test_zip_is_normalised():
    archives = []
    for day, names in ((1, "ba"), (2, "ab")):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name in names:
                archive.writestr(zipfile.ZipInfo(name, (2020, 1, day, 0, 0, 0)), name)
        archives.append(packed(parts_of(stream.getvalue())))
    assert archives[0] == archives[1]
