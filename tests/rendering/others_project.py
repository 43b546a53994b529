"""A small project with a figure and a table that are one of many, as a notebook leaves them."""

import base64
import shutil

import nbformat
import pandas as pd
from building import ROOT, note_made
from matplotlib.figure import Figure

from case_review import registry
from case_review.exhibits import Row, Table, style
from case_review.exhibits.drawn import FigureOutput, as_svg, write_others
from case_review.project import Project
from case_review.values import DETERMINED, Estimate, Number, Spread, Varying, ends

SETS = 10
TEXT = """---
title: Small
---

::: {.reconstructed}
**Reconstructed data.** Not original.
:::

::: {.standing-key}
**Numbers.** ^p^ printed; ^d^ the same in every data set; ^v^ varies between data sets.
:::

::: {.note}
A note.
:::

# Results

The ratio is {{< result small.ratio >}}, the count {{< result small.count >}}, and what follows is
long enough for a line to break somewhere near {{< result small.ratio >}} and
{{< result small.ratio >}}.

{{< embed _executed/01_small.ipynb#fig-one >}}

{{< embed _executed/01_small.ipynb#tbl-one >}}

{{< embed _executed/01_small.ipynb#tbl-sorted >}}
"""
VALUES = {
    "small.ratio": Varying(Estimate(1.3, 0.6, 2.9, digits=2), Spread(0.54, 1.98, 1.06)),
    "small.count": Number(25, "patients").stands(DETERMINED),
}


def drawing(level):
    """A figure whose line is at `level`."""
    style.use()
    figure = Figure(figsize=(3, 2))
    figure.add_subplot().plot([0, 1], [level, level], label=f"level {level}")
    return figure


def table(level):
    """A table that names `level`, with a note."""
    rows = [Row(["Level", Number(level)]), Row(["Other", Number(100 - level)])]
    return Table(["Name", "n"], rows, pd.DataFrame({"n": [level]}), notes=[f"Of level {level}."])


def make(root):
    """Write the project into `root`."""
    for folder in ("data/raw", "data/clean", "report/_executed", "report/exhibits"):
        (root / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "report/styles", root / "report/styles")
    project = Project(root)
    drawn = FigureOutput(drawing(0))
    data = {"image/svg+xml": drawn.svg, "image/png": base64.b64encode(drawn.png).decode()}
    cells = {
        '#| label: fig-one\n#| fig-cap: "A line."\n#| fig-alt: "A level line."': data,
        '#| label: tbl-one\n#| tbl-cap: "Rows."': {"text/markdown": table(0).markdown()},
        '#| label: tbl-sorted\n#| tbl-cap: "Sorted."\n#| interactive: table': {
            "text/markdown": table(0).markdown()
        },
    }
    book = nbformat.v4.new_notebook()
    for source, shown in cells.items():
        output = nbformat.v4.new_output("display_data", data=shown)
        book.cells.append(nbformat.v4.new_code_cell(source, outputs=[output]))
    nbformat.write(book, root / "report/_executed/01_small.ipynb")
    levels = range(1, SETS + 1)
    svgs = [as_svg(drawing(level)) for level in levels]
    write_others(project.exhibits, "fig-one", svgs, "svg")
    for label in ("tbl-one", "tbl-sorted"):
        texts = [table(level).markdown() for level in levels]
        write_others(project.exhibits, label, texts, "md")
    results = [
        registry.Result(id, text=value.prose, cell="tbl-one", **value.fields(), **ends(value))
        for id, value in VALUES.items()
    ]
    registry.write(root / "report/results/01_small.json", "01_small", {}, results)
    (root / "params.yml").write_text("", encoding="utf-8")
    (root / "report/index.qmd").write_text(TEXT, encoding="utf-8")
    (root / "notebooks").mkdir()
    nbformat.write(book, root / "notebooks/01_small.ipynb")
    note_made(project, "01_small")
    return project
