"""A figure as a notebook shows it: the same bytes every time, in the forms the report needs.

An exhibit that is one of many, drawn from one of the data sets that agree with the print, has the
others beside it: `fig-x.others/1.svg`, `tbl-x.others/1.md` and so on, which the page shows in turn.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from case_review.files import write_text


class FigureOutput:
    """A matplotlib figure as SVG (HTML, PDF) and PNG (DOCX), drawn free of dates and closed.

    It keeps its width, so that text has the size that the style gives it.
    """

    def __init__(self, figure):
        png = io.BytesIO()
        figure.savefig(png, format="png", bbox_inches=_frame(figure), metadata={"Software": None})
        self.png = png.getvalue()
        self.svg = as_svg(figure)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": self.svg, "image/png": self.png}


def as_svg(figure) -> str:
    """A matplotlib figure as SVG, drawn free of dates; the figure is closed."""
    import matplotlib.pyplot as plt

    svg = io.StringIO()
    figure.savefig(svg, format="svg", bbox_inches=_frame(figure), metadata={"Date": None})
    plt.close(figure)
    return svg.getvalue()


def _frame(figure):
    from case_review.exhibits import style

    return style.frame(figure)


def write_others(exhibits: Path, label: str, others: Sequence[str], ending: str) -> None:
    """Write the other drawings or tables of an exhibit, from 1 on, into its folder.

    Parameters
    ----------
    exhibits
        The folder of exhibits.
    others
        SVG of figures, or Markdown of tables.
    ending
        `svg` or `md`.
    """
    for number, text in enumerate(others, 1):
        write_text(_folder(exhibits, label) / f"{number}.{ending}", text)


def read_others(exhibits: Path, label: str) -> list[str]:
    """What `write_others` wrote, in order; nothing for an exhibit that is the only one."""
    files = [path for path in _folder(exhibits, label).glob("*.*") if path.stem.isdigit()]
    return [
        path.read_text(encoding="utf-8") for path in sorted(files, key=lambda path: int(path.stem))
    ]


def _folder(exhibits: Path, label: str) -> Path:
    return exhibits / f"{label}.others"
