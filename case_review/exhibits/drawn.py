"""A figure as a notebook shows it: the same bytes every time, in the forms the report needs.

An exhibit that is one of many, drawn from one of the data sets that agree with the print, has the
others beside it: `fig-x.others/1.svg`, `tbl-x.others/1.md` and so on, which the page shows in turn.
A figure that was drawn for narrow screens as well has these drawings in `fig-x.narrow/`: its own in
`0.svg`, then those of the others. One that was drawn for the head of the page has that drawing in
`fig-x.brief/0.svg`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import signature
from pathlib import Path

from case_review.errors import ReviewError
from case_review.files import write_bytes, write_text

#: The most pixels that a side of a PNG has; a larger figure is drawn with fewer to the inch.
_MOST_PIXELS = 6000
#: What names within an SVG are made from; without it matplotlib would draw them at random.
_SALT = "case-review"


class FigureOutput:
    """A matplotlib figure as SVG (HTML, PDF) and PNG (DOCX), drawn free of dates and closed.

    It keeps its width, so that text has the size that the style gives it, and both forms have one
    layout. `foot` is small print below everything, and `words` fill places in its cell's options.
    """

    def __init__(self, figure, foot: str = "", words: Mapping[str, str] | None = None):
        self.words = dict(words or {})
        with _framed(figure, foot) as frame:
            self.png, self.svg = _png(figure, frame), _svg(figure, frame)
        close(figure)

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = {"image/svg+xml": self.svg, "image/png": self.png}
        return (data, {"words": self.words}) if self.words else data


def as_svg(figure, foot: str = "") -> str:
    """A matplotlib figure as SVG, drawn free of dates and random names."""
    with _framed(figure, foot) as frame:
        return _svg(figure, frame)


def as_last_svg(figure, foot: str = "") -> str:
    """What `as_svg` gives; then the figure is closed."""
    svg = as_svg(figure, foot)
    close(figure)
    return svg


def as_png(figure) -> bytes:
    """A matplotlib figure as PNG, as fine as the style says while it is no giant."""
    with _framed(figure) as frame:
        return _png(figure, frame)


@contextmanager
def _framed(figure, foot: str = "") -> Iterator:
    """What to save of a figure while its layout, made once, stays as it is."""
    from case_review.exhibits import measuring, style

    with measuring.once(), style.laid_out(figure):
        shown = style.filled(figure)
        if foot:
            style.foot(figure, foot, shown)
        yield style.frame(figure, shown)


def _svg(figure, frame) -> str:
    import matplotlib as mpl

    svg = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": _SALT}):
        figure.savefig(svg, format="svg", bbox_inches=frame, metadata={"Date": None})
    return svg.getvalue()


def _png(figure, frame) -> bytes:
    import matplotlib as mpl

    dpi = mpl.rcParams["savefig.dpi"]
    dpi = min(figure.dpi if dpi == "figure" else dpi, _MOST_PIXELS / max(frame.size))
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=dpi, bbox_inches=frame, metadata={"Software": None})
    return png.getvalue()


def close(figure) -> None:
    """Take a figure out of those that pyplot holds open; it can still be drawn."""
    import matplotlib.pyplot as plt

    plt.close(figure)


def has_content(figure) -> bool:
    """Whether anything was drawn: more than the empty sheet that `plt.figure()` gives."""
    return any(part is not figure.patch for part in figure.get_children())


def figure_of(given):
    """The matplotlib figure that is given, or that given axes or a seaborn grid lie in.

    Raises
    ------
    ReviewError
        If it is nothing of the kind, or nothing was drawn in it.
    """
    from matplotlib.figure import FigureBase

    figure = given if isinstance(given, FigureBase) else getattr(given, "figure", None)
    if not isinstance(figure, FigureBase):
        raise ReviewError(
            f"a figure was expected, and {type(given).__name__} was given: hand over a matplotlib "
            "figure, such as the first of `figure, axes = plt.subplots()`"
        )
    figure = figure.get_figure(root=True)
    if not has_content(figure):
        raise ReviewError(
            "the figure is empty: nothing was drawn in it. A figure belongs to the cell that draws "
            "it, so draw it in this cell, or keep it under a name: "
            "`figure, axes = plt.subplots()`"
        )
    return figure


def drawings(given, narrow: bool) -> list:
    """The figure that is given; of a function that draws one, also that for narrow screens.

    Parameters
    ----------
    given
        See `figure_of`, or a function that returns such a thing and has an argument `narrow`:
        whether what it draws is for a narrow screen, with panels one below another.
    narrow
        Whether the second drawing is asked for.

    Raises
    ------
    ReviewError
        If a function has no such argument, and as `figure_of` does.
    """
    if not isinstance(given, Callable):
        return [figure_of(given)]
    if "narrow" not in signature(given).parameters:
        raise ReviewError(
            "a function that draws a figure is called with narrow=False, for print, and with "
            "narrow=True, for narrow screens: give it an argument `narrow`, and hand it on to "
            "`style.panels`"
        )
    return [figure_of(given(narrow=which)) for which in (False, True)[: 1 + narrow]]


def briefs(given) -> list:
    """The drawing for the head of the page, of a function that has an argument `brief`; or nothing.

    It is as wide as one for narrow screens, and low: panels side by side, and what needs words or
    much room is left out.
    """
    asked = isinstance(given, Callable) and "brief" in signature(given).parameters
    return [figure_of(given(brief=True))] if asked else []


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
        write_text(exhibits / f"{label}.others" / f"{number}.{ending}", text)


def read_others(exhibits: Path, label: str) -> list[str]:
    """What `write_others` wrote, in order; nothing for an exhibit that is the only one."""
    return _read(exhibits / f"{label}.others")


def write_figure(
    exhibits: Path,
    label: str,
    shown: FigureOutput,
    others: Sequence[str],
    narrow: Sequence[str],
    brief: Sequence[str] = (),
) -> None:
    """Write a figure with its other drawings, all of them for narrow screens, its own first, and
    the one for the head of the page, if there is one.
    """
    write_bytes(exhibits / f"{label}.svg", shown.svg.encode("utf-8"))
    write_bytes(exhibits / f"{label}.png", shown.png)
    write_others(exhibits, label, others, "svg")
    for kind, svgs in (("narrow", narrow), ("brief", brief)):
        for number, svg in enumerate(svgs):
            write_text(exhibits / f"{label}.{kind}" / f"{number}.svg", svg)


def read_narrow(exhibits: Path, label: str) -> list[str]:
    """What `write_figure` wrote, in order; nothing for a figure that was drawn once."""
    return _read(exhibits / f"{label}.narrow")


def read_brief(exhibits: Path, label: str) -> str:
    """The drawing for the head of the page; empty for a figure that has none."""
    return next(iter(_read(exhibits / f"{label}.brief")), "")


def _read(folder: Path) -> list[str]:
    files = [path for path in folder.glob("*.*") if path.stem.isdigit()]
    return [
        path.read_text(encoding="utf-8") for path in sorted(files, key=lambda path: int(path.stem))
    ]
