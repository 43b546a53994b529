"""One visual language for all figures: font, palette, sizes, and byte-identical output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import matplotlib as mpl
import matplotlib.style
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import PercentFormatter
from matplotlib.transforms import Bbox

from case_review.exhibits.look import (  # noqa: F401
    BANDS,
    BLACK,
    BLUE,
    COLUMN_WIDTH,
    FONT,
    FULL_WIDTH,
    GREEN,
    GREY,
    GROUP_STYLES,
    LIGHT,
    LINEAR,
    MUTED,
    NARROW_WIDTH,
    ORANGE,
    OVERALL_STYLE,
    PALE,
    PURPLE,
    SKY,
    SMALL,
    SQUARE_ROOT,
    TEXT,
    TIME_AXIS,
    VERMILLION,
    YELLOW,
    font_folder,
    looks,
)
from case_review.exhibits.shown import BACKEND

#: Proportions on an axis, in per cent.
PERCENT = PercentFormatter(1, symbol="%", decimals=0)
#: Inches above and below what a figure shows.
_MARGIN = 0.05


#: What our figures have of their own, beside seaborn's style; sizes as matplotlib has them.
_OWN = {
    "font.family": FONT,
    "font.size": TEXT,
    "text.color": "black",
    "text.parse_math": False,  # a label with two dollar signs is text
    "axes.prop_cycle": cycler(color=[colour for colour, _ in GROUP_STYLES]),
    "axes.titlesize": TEXT,
    "axes.labelsize": TEXT,
    "axes.labelcolor": "black",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "grid.color": LIGHT,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": BLACK,
    "ytick.labelcolor": BLACK,
    **dict.fromkeys(("xtick.major.size", "ytick.major.size"), 3.5),
    **dict.fromkeys(("xtick.minor.size", "ytick.minor.size"), 2),
    "lines.solid_capstyle": "projecting",
    "patch.edgecolor": "w",
    "image.cmap": "viridis",
    "savefig.dpi": 300,
    "svg.fonttype": "none",
    "svg.hashsalt": "case-review",
    "figure.constrained_layout.use": True,
}


@cache
def use() -> None:
    """Set the theme: seaborn's, in our font, with text kept as text in SVG and no random ids.

    Its style is taken from matplotlib, which has a copy, because seaborn itself loads SciPy's
    statistics: a second and a half that most figures need for nothing else.
    """
    for weight in ("Regular", "Semibold", "Bold", "It"):
        font_manager.fontManager.addfont(font_folder() / f"SourceSansPro-{weight}.ttf")
    if mpl.get_backend(auto_select=False) != BACKEND:
        mpl.use("agg")
    mpl.rcdefaults()  # a user's own settings change no figure of the report
    mpl.style.use(["seaborn-v0_8-ticks", _OWN])


def width(narrow: bool) -> float:
    """Width in inches of a drawing for print and wide screens, or for narrow ones."""
    return NARROW_WIDTH if narrow else FULL_WIDTH


def panels(
    height: float,
    widths: Sequence[float] = (1,),
    sharey: bool = False,
    narrow: bool = False,
    heights: Sequence[float] = (),
):
    """An empty figure with panels side by side, or for a narrow screen one below another.

    Parameters
    ----------
    height
        Of a panel, in inches.
    widths
        Of the panels side by side, relative to each other.
    sharey
        Whether the panels have their rows in common.
    narrow
        Whether it is for a narrow screen.
    heights
        Of the panels one below another, if not `height` each.

    Returns
    -------
    tuple
        The figure, and its axes or the list of them.
    """
    import matplotlib.pyplot as plt

    use()
    ratios = list(widths)
    if narrow:
        each = list(heights) or [height] * len(ratios)
        size = (NARROW_WIDTH, sum(each))
        return plt.subplots(len(each), 1, figsize=size, height_ratios=each, sharey=sharey)
    size = (FULL_WIDTH, height)
    return plt.subplots(1, len(ratios), figsize=size, width_ratios=ratios, sharey=sharey)


def time_axis(unit: str, origin: str = "start of treatment") -> str:
    """What an axis of time is called; times run from `origin`."""
    return f"{unit.capitalize()} since {origin}"


def time_scale(axes, scale: str) -> None:
    """Let the x axis have times as they are, or their square roots, which is `SQUARE_ROOT`.

    The axis is marked, so that what is made of the drawing can run in the same way.

    Raises
    ------
    ValueError
        If the scale is another.
    """
    if scale not in (LINEAR, SQUARE_ROOT):
        raise ValueError(f"an axis of time is {LINEAR} or {SQUARE_ROOT}, not {scale!r}")
    if scale == SQUARE_ROOT:
        axes.set_xscale("function", functions=(_root, _square))
        axes.minorticks_off()
    if not any(other.xaxis.get_gid() for other in axes.figure.axes):  # a name stands once
        axes.xaxis.set_gid(f"time-axis-{scale.replace(' ', '-')}")


def _root(x):
    """Square roots; below 0, where an axis may have a margin, they run on in the same way."""
    return np.sign(x) * np.sqrt(np.abs(x))


def _square(x):
    return np.sign(x) * np.square(x)


def proportion_axis(axes) -> None:
    """Let the y axis run from none to all, in per cent."""
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PERCENT)


def name_rows(axes, names: Sequence[tuple[str, bool]], size: float = TEXT) -> None:
    """Name the rows at 0, -1, -2 and so on of a figure that lists them.

    Parameters
    ----------
    names
        Text of each row, and whether it is a heading.
    size
        Of what is no heading, in points.
    """
    axes.set_yticks([-row for row in range(len(names))], [text for text, _ in names])
    axes.set_ylim(0.3 - len(names), 0.7)
    axes.tick_params(axis="y", length=0)
    for tick, (_, heading) in zip(axes.get_yticklabels(), names, strict=True):
        tick.set(size=TEXT if heading else size, weight="semibold" if heading else "normal")


def write_beside(axes, text: str, point: tuple, offset: tuple, **look) -> None:
    """Write a text so many points to the right of and above a point of the plot."""
    axes.annotate(text, point, offset, textcoords="offset points", **look)


@contextmanager
def laid_out(figure) -> Iterator[None]:
    """Make a figure's layout once, as fine as a PNG is drawn, and leave it however often it is.

    Meanwhile the figure has that many dots per inch.
    """
    engine, dpi = figure.get_layout_engine(), figure.dpi
    finest = mpl.rcParams["savefig.dpi"]
    try:
        figure.dpi = dpi if finest == "figure" else finest
        if engine is None:
            figure.draw_without_rendering()
        else:
            engine.execute(figure)
        none = {"figure.constrained_layout.use": False, "figure.autolayout": False}
        with mpl.rc_context(none):
            figure.set_layout_engine(None)
            try:
                yield
            finally:
                figure.set_layout_engine(engine)
    finally:
        figure.dpi = dpi


def foot(figure, text: str, shown: Bbox | None = None) -> None:
    """Put small print at the right below everything that the figure shows, which `filled` finds."""
    bottom = (shown or filled(figure)).y0 / figure.get_figheight()
    figure.text(1, bottom - 0.03 / figure.get_figheight(), text, ha="right", va="top").set(
        size=SMALL, color=GREY, in_layout=False
    )


def frame(figure, shown: Bbox) -> Bbox:
    """What to save of a figure, in inches: its whole width, and as much height as it fills.

    Anything that sticks out at a side widens the frame instead of being cut off.

    Parameters
    ----------
    shown
        What `filled` has found, with or without the small print, which is looked at here.
    """
    inches = figure.dpi_scale_trans.inverted()
    texts = [text.get_window_extent().transformed(inches) for text in figure.texts]
    all_of_it = Bbox.union([shown, *texts])
    right = max(figure.get_figwidth(), all_of_it.x1)
    bottom, top = all_of_it.y0 - _MARGIN, all_of_it.y1 + _MARGIN
    return Bbox.from_extents(min(0, all_of_it.x0), bottom, right, top)


def filled(figure) -> Bbox:
    """What a figure fills, in inches, with its layout made if it has one."""
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
    return figure.get_tightbbox()


@cache
def text_width(text: str, size: float = TEXT, weight: str = "normal") -> float:
    """The width in mm of one line of text in the figure font."""
    # A blank at an end has no outline, so it is measured between two strokes.
    return (_extent(f"|{text}|", size, weight) - _extent("||", size, weight)) * 25.4 / 72


@cache
def _extent(text: str, size: float, weight: str) -> float:
    """From the first stroke of a text to its last, in points, without drawing what is between."""
    use()
    font = FontProperties(family=FONT, weight=weight, size=size)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
