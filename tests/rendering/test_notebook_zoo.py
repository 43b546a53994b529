"""Notebooks as people write them: one is run once in a real kernel, and its page made once."""

import base64
import io
import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, opening, start_project
from PIL import Image

from case_review.build import cell_outputs, runner
from case_review.rendering import ast, columns, framing, pages
from case_review.rendering.back import Places
from case_review.rendering.cells import Notebooks
from case_review.rendering.origins import Origins
from case_review.rendering.recorded_pages import Recorded

NAME = "10_zoo"
TEXTS = {
    "maths": "# Zoo\n\n## Maths & more\n\nInline $\\hat{S}(t)$ and\n\n$$\n\\lambda(t)\n$$\n\nand "
    "\\begin{equation}a=b\\end{equation} and \\newpage",
    "pictures": "![pasted](attachment:lesion.png) ![beside](../report/photo.png) "
    "![none](../report/none.png) ![far](https://example.org/x.png)",
    "links": "[self](#Maths-&-more), [cell](#drawn), [page](10_zoo.ipynb#Maths-&-more), "
    "[nowhere](#nowhere), [other](05_response.ipynb), [raw](../data/raw/a.csv), "
    "[words](../data/raw/README.md), [settings](../params.yml), [out](../../../etc/passwd), "
    "[text](../report/index.qmd), [bad](javascript:alert(1)), https://example.org",
    "html": '<b id="drawn" onclick="x()">bold</b> H<sub>2</sub>O<br>next '
    "<script>alert(1)</script> "
    '<img src="../report/photo.png" width="20" onerror="x()"> $x^2$\n\n## <i>Slanted</i>',
    "lists": "Text:\n- one\n  1. nested\n- [ ] open\n\n| a | b |\n|---|---|\n| 1 | $y$ |\n\n"
    "Note[^1].\n\n[^1]: Here.\n\nU+0006: \x06.",
    "again": "Note[^1].\n\n[^1]: Elsewhere.",
}
PLOT = "fig, ax = plt.subplots(figsize=(3, 2)); ax.plot([1, 2], clip_on=True); ax.set_title('T')\n"
CODE = {
    "early": "import matplotlib.pyplot as plt\nplt.plot([1, 2])",
    "open": f"import pandas as pd, sys, time\nfrom IPython.display import *\n{opening(NAME)}",
    "drawn": "#| label: drawn\n#| fig-alt: Rising.\nplt.plot([1, 2]); print('a')\n"
    "plt.show(); print('b')",
    "last": f"{PLOT}fig",
    "last-again": f"{PLOT}fig",
    "axes": "pd.Series([1, 2]).plot()",
    "left": "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\nplt.plot([3, 4]);",
    "two": f"{PLOT}display(fig)\nfig2, ax2 = plt.subplots(figsize=(2, 2)); ax2.plot([1]);",
    "closed": "plt.plot([1]); plt.close('all')",
    "huge": "plt.figure(figsize=(100, 4)); plt.plot([1]);",
    "none": "#| label: none\ntry:\n    nb.figure(plt.gcf(), pd.DataFrame())\n"
    "except Exception as error:\n    print(error)",
    "mine": f"#| label: fig-mine\n{PLOT}nb.figure(ax, data=pd.DataFrame({{'x': [1]}}))",
    "frame": "pd.DataFrame({('a', 'b'): [1, 2], ('a', 'c'): [3, 4]})",
    "styler": "pd.DataFrame({'a': [1]}).style.set_properties(**{'color': 'red'})"
    ".set_table_styles([{'selector': 'th.col_heading', 'props': 'color: blue'}])",
    "outputs": "display(HTML('<p>plain</p><script>alert(2)</script>'), Latex(r'$\\alpha$'),\n"
    "  Math(r'\\beta'), JSON({'k': [1]}), Markdown('*said* $z$ <u>under</u>'))\n"
    "display(Latex(r'\\begin{tabular}{l}cell\\\\\\end{tabular}'))\n"
    "display({'application/vnd.plotly.v1+json': {}, 'text/plain': 'FigureWidget'}, raw=True)",
    "frames": "display(IFrame('https://example.org', 9, 9), HTML('<audio src=x></audio>'))",
    "svg": "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"><script>x</script></svg>'))",
    "gif": f"display(Image(data={base64.b64encode(b'GIF89a')!r}, format='gif', alt='Moves'))",
    "ids": "import uuid\nprint(uuid.uuid4(), object())",
    "altair": "import altair as alt\n"
    "alt.Chart(pd.DataFrame({'a': [1]})).mark_bar().encode(x='a:O')",
    "signs": "print('\\x1b[31mred\\x1b[0m \\x1b]8;;u\\x07link\\x1b]8;;\\x07 \\x00bac\\x08k\\x06')",
    "bar": "from tqdm import tqdm\nfor _ in tqdm(range(3)): time.sleep(.02)\nprint('1%\\r99%')",
    "long-bar": "for i in range(6000): print(f'\\r{i:0>50}', end='')",
    "endless": "for i in range(25_000): print('x' * 9)\nprint('the end')",
    "many": "for i in range(900): display(i)",
}


def png():
    stream = io.BytesIO()
    Image.new("RGB", (2, 2), (200, 30, 30)).save(stream, "png")
    return stream.getvalue()


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = start_project(tmp_path_factory.mktemp("zoo") / "a réview {x}")
    shutil.copytree(ROOT / "report/styles", made.report / "styles")
    (made.report / "photo.png").write_bytes(png())
    (made.report / "index.qmd").write_text("")
    (made.raw / "a.csv").write_text("a\n1\n")
    (made.raw / "README.md").write_text("# Dictionary\n")
    cells = [
        *(nbformat.v4.new_markdown_cell(text, id=id) for id, text in TEXTS.items()),
        nbformat.v4.new_raw_cell("raw \\cell", id="raw"),
        *(nbformat.v4.new_code_cell(text, id=f"c-{id}") for id, text in CODE.items()),
    ]
    pasted = base64.b64encode(png()).decode()
    cells[1]["attachments"] = {"lesion.png": {"image/png": pasted}}
    path = made.notebooks / f"{NAME}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    before, folder = dict(os.environ), Path.cwd()
    runner.run(made, NAME)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(before)
    return made


@pytest.fixture(scope="module")
def cells(project):
    book = nbformat.read(project.executed / f"{NAME}.ipynb", as_version=4)
    return {cell.id.removeprefix("c-"): cell for cell in book.cells}


@pytest.fixture(scope="module")
def made(project):
    """The page, and what was said while it was made."""
    with pytest.MonkeyPatch.context() as patch:
        said = io.StringIO()
        patch.setattr("sys.stderr", said)
        on_site = {"data/raw/a.csv": "data/raw/a.csv"}
        recorded = Recorded(project, NAME, Places(), Origins({}, {}, {}), {})
        notebooks = Notebooks(project)
        tree = pages.page(notebooks, NAME, {}, {}, recorded, lambda path: on_site.get(path, ""))
    tree["blocks"] = framing.framed(columns.fitted(tree["blocks"]))
    text, warned = ast.pandoc(["-f", "json", "-t", "html5", "--mathml"], json.dumps(tree))
    assert not warned
    return BeautifulSoup(text, "html.parser"), said.getvalue()


@pytest.fixture(scope="module")
def page(made):
    return made[0]


@pytest.fixture(scope="module")
def shown(page, cells):
    """By cell, what its part of the page shows."""
    parts = page.select(".cell")
    ids = [id for id, cell in cells.items() if cell.cell_type == "code"]
    return dict(zip(ids, parts, strict=True))


def outputs(cell, kind):
    return [o.data[kind] for o in cell.outputs if kind in o.get("data", {})]


def printed(cell):
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


# -- figures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "count"),
    [("early", 1), ("drawn", 1), ("last", 1), ("axes", 1), ("left", 1), ("two", 2), ("closed", 0),
     ("huge", 1), ("none", 0), ("mine", 1), ("altair", 1), ("open", 0)],
)  # fmt: skip
def test_every_figure_stands_in_its_own_cell_once(cells, shown, id, count):
    assert len(outputs(cells[id], "image/svg+xml")) == count
    assert len(shown[id].select("div.drawing > svg")) == count
    assert "<Axes" not in shown[id].get_text() and "Line2D" not in shown[id].get_text()


def test_a_figure_appears_where_it_is_shown(cells, shown):
    kinds = [output.output_type for output in cells["drawn"].outputs]
    assert kinds == ["stream", "display_data", "stream"]
    assert shown["drawn"].svg["aria-label"] == "Rising."


def test_figures_have_the_same_bytes_every_time(cells):
    first, second = cells["last"].outputs[0].data, cells["last-again"].outputs[0].data
    assert first == second and "<dc:date>" not in first["image/svg+xml"]


def test_a_giant_figure_keeps_a_picture_that_programs_can_open(cells):
    (content,) = outputs(cells["huge"], "image/png")
    assert max(Image.open(io.BytesIO(base64.b64decode(content))).size) <= 6000


def test_a_figure_of_an_earlier_cell_is_no_exhibit(project, cells):
    assert "the figure is empty" in printed(cells["none"])
    assert not list(project.exhibits.glob("none.*"))
    assert (project.exhibits / "fig-mine.svg").is_file()


# -- what cells print ------------------------------------------------------------------------------


def test_control_characters_go_and_progress_keeps_its_last_state(cells, shown, page):
    assert printed(cells["signs"]) == "red link bak\n"
    assert printed(cells["bar"]).splitlines()[0] == "99%"
    assert re.search(r"100%\|█+\| 3/3\n$", printed(cells["bar"]))
    assert printed(cells["long-bar"]) == f"{5999:0>50}"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", shown["signs"].get_text())
    assert "uuid" not in printed(cells["ids"]) and "0x0>" in printed(cells["ids"])
    assert printed(cells["ids"]).startswith("00000000-0000-4000-8000-000000000000 ")


def test_endless_output_is_cut_and_says_so(cells, shown):
    text = printed(cells["endless"])
    assert len(text) < cell_outputs.MOST_PRINTED + 200
    assert "[output cut: a cell keeps 200,000 characters" in text and text.endswith("the end\n")
    assert len(cells["many"].outputs) == cell_outputs.MOST_OUTPUTS + 1
    assert "[output cut: a cell keeps 500 outputs" in shown["many"].get_text()


# -- what cells display ----------------------------------------------------------------------------


def test_tables_of_pandas_are_tables_with_their_colours(shown):
    rows = [[c.get_text() for c in row.select("th, td")] for row in shown["frame"].select("tr")]
    assert rows[1:] == [["Row", "b", "c"], ["0", "1", "3"], ["1", "2", "4"]] and "a" in rows[0]
    assert shown["styler"].td["style"] == "color: red"
    assert "color: blue" in shown["styler"].select("th")[1]["style"]
    assert not shown["styler"].select("style, [id^=T_]")


def test_other_outputs_are_shown_safely_or_named(shown, page):
    found = shown["outputs"]
    assert "plain" in found.get_text() and "does not show" in found.get_text()
    assert len(found.select("math")) == 3 and found.select_one("em").get_text() == "said"
    assert found.table.get_text(strip=True) == "cell"
    assert '"k": [' in found.get_text() and "application/vnd.plotly.v1+json" in found.get_text()
    assert "(iframe)" in shown["frames"].get_text() and "(audio)" in shown["frames"].get_text()
    assert shown["gif"].img["src"].startswith("data:image/gif;base64,")
    assert shown["svg"].img["src"].startswith("data:image/svg+xml;base64,")
    assert not page.select("script, iframe, audio, style:not(svg style)")
    assert not [n for n in page.select("*") if any(name.startswith("on") for name in n.attrs)]


# -- what Markdown cells say -----------------------------------------------------------------------


def test_formulas_html_and_lists_are_as_in_jupyter(page):
    text = page.get_text()
    assert len([m for m in page.select("math") if not m.find_parent(class_="cell")]) == 5
    assert "$" not in "".join(p.get_text() for p in page.select("p:not(.cell p)"))
    assert "\\newpage" in text and "raw \\cell" in text
    assert page.strong.get_text() == "bold" and page.sub.get_text() == "2"
    assert page.select_one("ul > li > ol") and page.select_one("li input[type=checkbox]")
    notes = [note.get_text() for note in page.select("#footnotes li")]
    assert len(notes) == 2 and "Here." in notes[0] and "Elsewhere." in notes[1]
    assert "U+0006" in text and "alert(1)" not in page.select_one("h2 + p").get_text()


def test_pictures_stand_in_the_page_or_are_named(made):
    page, said = made
    sources = [image["src"] for image in page.select("p:not(.cell p) > img")]
    assert len(sources) == 3 and all(s.startswith("data:image/png;base64,") for s in sources)
    assert "cell 2: report/none.png: there is no such file in the project" in said
    assert "[picture “none”: report/none.png" in page.get_text()
    assert "https://example.org/x.png is not in the project" in page.get_text()


def test_links_lead_to_the_site_or_are_named(made):
    page, said = made
    links = {a.get_text(): a["href"] for a in page.select("p:not(.cell p) a[href]")}
    assert {name: links.get(name) for name in ("self", "cell", "page", "raw", "words", "text")} == {
        "self": "#section-maths-more",
        "cell": "#drawn",
        "page": "10_zoo.html#section-maths-more",
        "raw": "../data/raw/a.csv",
        "words": "../data/index.html",
        "text": "../index.html",
    }
    assert links["https://example.org"] == "https://example.org"
    assert not {"nowhere", "other", "settings", "out", "bad"} & set(links)
    assert page.find(id="section-maths-more") and page.find(id="drawn")["class"] == ["cell"]
    for problem in ("#nowhere", "notebooks/05_response.ipynb", "../../etc/passwd", "javascript:"):
        assert re.search(rf"notebook 10_zoo, cell 3: .*{re.escape(problem)}", said), problem
    assert "settings (params.yml in the project's folder)" in page.get_text()


def test_no_two_elements_have_one_id(page):
    ids = [node["id"] for node in page.select("[id]")]
    assert len(ids) == len(set(ids))
