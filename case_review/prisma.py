"""The flow diagram of the selection of reports (after PRISMA 2020), from the screening table."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd

from case_review import style

#: How the steps that end the selection are called: they share the diagram's last line.
INCLUDED = "included"


def draw(screening: pd.DataFrame):
    """A box per step from top to bottom; steps that end in `included` stand side by side.

    `screening` has the columns step, n_reports (missing: not printed) and note.
    """
    style.use()
    last = screening["step"].str.endswith(INCLUDED)
    steps, ends = screening[~last], screening[last]
    levels = len(steps) + 1
    figure, axes = plt.subplots(figsize=(style.FULL_WIDTH, 0.62 * levels))
    axes.set(xlim=(0, 1), ylim=(-levels + 0.5, 0.5))
    axes.axis("off")
    for level, row in enumerate(steps.itertuples()):
        _box(axes, 0.5, -level, _text(row))
        if level:
            _arrow(axes, (0.5, -level + 0.7), (0.5, -level + 0.3))
    for place, row in enumerate(ends.itertuples()):
        x = (place + 1) / (len(ends) + 1)
        _box(axes, x, -levels + 1, _text(row), bold=True)
        _arrow(axes, (0.5, -levels + 1.7), (x, -levels + 1.3))
    return figure


def _text(row) -> str:
    number = "number not printed" if pd.isna(row.n_reports) else f"n = {int(row.n_reports):,}"
    return f"{row.step[:1].upper()}{row.step[1:]}\n{number}"


def _box(axes, x: float, y: float, text: str, bold: bool = False) -> None:
    known = "not printed" not in text
    axes.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        color=style.BLACK if known else style.GREY,
        weight="semibold" if bold else "normal",
        bbox={
            "boxstyle": "round,pad=0.4",
            "facecolor": "white",
            "edgecolor": style.BLUE if known else style.GREY,
            "linestyle": "-" if known else "--",
        },
    )


def _arrow(axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate(
        "", xy=end, xytext=start, arrowprops={"arrowstyle": "-|>", "color": style.GREY, "lw": 0.9}
    )
