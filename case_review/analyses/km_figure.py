"""The figure of time to response: rising curves, medians, and who is still at risk.

Laid out after the KMunicate recommendations (Morris et al., BMJ Open 2019;9:e030215): curves with
bands above, medians with limits beneath, and below the axis how many patients are at risk, have
responded and were censored, which add up to the number of patients at every tick.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import PercentFormatter

from case_review import formatting
from case_review.analyses import response_report as words
from case_review.analyses.response import OVERALL, Comparison, Summary
from case_review.exhibits import labelling, style

#: Height in inches of one line of the table under the axis.
_LINE = 0.148
#: Where the comparison may stand, in fractions of the plot (left, bottom, right, top): below curves
#: that have risen, or above curves that have not.
_LOWER_RIGHT, _UPPER_LEFT = (0.5, 0.0, 1.0, 0.26), (0.0, 0.76, 0.5, 1.0)
_ROWS = ("At risk", "Responded", "Censored")


def draw(
    found: Sequence[Summary],
    compared: Comparison,
    ticks_weeks: Sequence[float],
    few_at_risk: int,
    conf_level: float = 0.95,
):
    """Draw the figure.

    Parameters
    ----------
    found
        All patients first, then the groups; see `response.summaries`.
    compared
        What is printed beside the curves.
    ticks_weeks
        Positions of the ticks and of the columns under the axis.
    few_at_risk
        Where fewer patients than this remain at risk the curves are grey.

    Returns
    -------
    matplotlib Figure
    """
    style.use()
    looks = _looks(found)
    heights = [2.75, 0.25 * len(found) + 0.1, _LINE * (len(_ROWS) + 1.35) * len(found)]
    figure, (main, strip, below) = plt.subplots(
        3,
        1,
        sharex=True,
        figsize=(style.FULL_WIDTH, sum(heights) + 0.75),
        height_ratios=heights,
    )
    figure.get_layout_engine().set(h_pad=0.02, hspace=0.0)
    for summary in [*found[1:], found[0]]:
        _curve(main, summary, looks[summary.key], few_at_risk)
    _axis(main, found, ticks_weeks, conf_level)
    place = _free_corner(found, main.get_xlim()[1])
    _comparison(main, place, found, compared, conf_level)
    _medians(main, strip, found, looks, conf_level)
    _at_risk(below, found, looks, ticks_weeks)
    _label_curves(figure, main, found, looks, place)
    return figure


def _looks(found: Sequence[Summary]) -> Mapping[str, tuple]:
    groups = [summary.key for summary in found if summary.key != OVERALL]
    return {OVERALL: style.OVERALL_STYLE} | dict(zip(groups, style.GROUP_STYLES, strict=False))


# -- the curves ------------------------------------------------------------------------------------


def steps(summary: Summary) -> pd.DataFrame:
    """The rising curve as steps: weeks, proportion with limits, and patients after each step.

    `at_risk`, `responded` and `censored` add up to all patients. The first row is the start of
    treatment. A limit that is not estimable is NaN.
    """
    fitted = summary.curve
    leaving = fitted["events"] + fitted["censored"]
    rising = pd.DataFrame(
        {
            "time": fitted["time"],
            "at_risk": fitted["at_risk"] - leaving,
            "responded": fitted["events"].cumsum(),
            "censored": fitted["censored"].cumsum(),
            "proportion": 1 - fitted["survival"],
            "lower": 1 - fitted["upper"],
            "upper": 1 - fitted["lower"],
        }
    )
    if rising["time"].iloc[0] > 0:
        start = pd.DataFrame([[0.0, summary.n, 0, 0, 0.0, 0.0, 0.0]], columns=rising.columns)
        rising = pd.concat([start, rising], ignore_index=True)
    return rising


def coordinates(found: Sequence[Summary]) -> pd.DataFrame:
    """Every plotted point of every curve: the exhibit's CSV."""
    parts = [steps(summary).assign(group=summary.key, label=summary.label) for summary in found]
    frame = pd.concat(parts, ignore_index=True)
    columns = ["group", "label", "time_weeks", *frame.columns[1:-2]]
    return frame.rename(columns={"time": "time_weeks"})[columns]


def _curve(axes, summary: Summary, look: tuple, few_at_risk: int) -> None:
    colour, line = look
    points = steps(summary)
    width = 1.2 if summary.key == OVERALL else 1.9
    for part, few in _by_number_at_risk(points, few_at_risk):
        shade = style.GREY if few else colour
        axes.step(
            part["time"], part["proportion"], where="post", color=shade, linestyle=line, lw=width
        )
        if summary.key != OVERALL:
            band = {"step": "post", "color": shade, "alpha": 0.10 if few else 0.16, "lw": 0}
            axes.fill_between(part["time"], part["lower"], part["upper"], **band)
        else:
            # Outlined, not shaded, so that the bands of the groups can be told apart.
            for limit in ("lower", "upper"):
                axes.step(part["time"], part[limit], where="post", color=shade, lw=0.5, alpha=0.6)
    censored = points[points["censored"].diff().fillna(points["censored"]) > 0]
    axes.plot(censored["time"], censored["proportion"], "|", color=colour, ms=8, mew=1.4, zorder=4)


def _by_number_at_risk(points: pd.DataFrame, few_at_risk: int):
    """The curve in two parts that touch: with enough patients at risk, and with few."""
    few = (points["at_risk"] < few_at_risk).to_numpy()
    first = int(few.argmax()) if few.any() else len(points)
    if first > 0:
        yield points.iloc[: first + 1], False
    if first < len(points):
        yield points.iloc[first:], True


def _label_curves(
    figure, axes, found: Sequence[Summary], looks: Mapping[str, tuple], taken: tuple
) -> None:
    """Write each name beside its curve, off all curves and off the comparison's text."""
    figure.canvas.draw()  # settles the layout, and so the size of the axes
    curves = {summary.key: _dense(steps(summary)) for summary in found}
    curves |= {
        f"median of {summary.key}": np.column_stack(
            [np.full(50, summary.median.estimate), np.linspace(0, 0.5, 50)]
        )
        for summary in found
        if not math.isnan(summary.median.estimate)
    }
    labels = {summary.key: summary.label for summary in [*found[1:], found[0]]}
    for key, (x, y) in labelling.place(axes, labels, curves, taken=[taken]).items():
        clear = {"facecolor": "white", "alpha": 0.75, "lw": 0, "pad": 0.6}
        look = {"color": looks[key][0], "weight": "semibold", "size": 9}
        axes.text(x, y, labels[key], va="bottom", bbox=clear, **look)


def _dense(points: pd.DataFrame, spacing: int = 400) -> np.ndarray:
    """Points along the drawn steps, close enough to stand for the line."""
    x = np.repeat(points["time"].to_numpy(), 2)[1:]
    y = np.repeat(points["proportion"].to_numpy(), 2)[:-1]
    along = np.concatenate(
        [[0], np.cumsum(np.abs(np.diff(x)) / max(x[-1], 1e-9) + np.abs(np.diff(y)))]
    )
    at = np.linspace(0, along[-1], spacing)
    return np.column_stack([np.interp(at, along, x), np.interp(at, along, y)])


def _axis(axes, found: Sequence[Summary], ticks_weeks, conf_level: float) -> None:
    end = max(max(ticks_weeks), *(summary.curve["time"].iloc[-1] for summary in found))
    axes.set_xlim(-0.012 * end, end * 1.015)
    axes.set_xticks(list(ticks_weeks), [f"{tick:g}" for tick in ticks_weeks])
    axes.tick_params(labelbottom=True)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol="%"))
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_ylabel(f"Patients who have responded (pointwise {formatting.ci(conf_level)})")
    axes.set_xlabel("Weeks since start of treatment")
    axes.grid(axis="y", color=style.LIGHT, lw=0.5)
    axes.set_axisbelow(True)


def _free_corner(found: Sequence[Summary], end: float) -> tuple[float, float, float, float]:
    """The lower right corner, unless a curve runs through it."""
    begins, _, _, top = _LOWER_RIGHT
    reached = [
        points.loc[points["time"] <= begins * end, "proportion"].iloc[-1]
        for points in map(steps, found)
    ]
    return _LOWER_RIGHT if min(reached) > top else _UPPER_LEFT


def _comparison(
    axes, place: tuple, found: Sequence[Summary], compared: Comparison, conf_level: float
) -> None:
    labels = {summary.key: summary.label for summary in found}
    ratio = words.ratio_text(compared.hazard_ratio, conf_level)
    first, second = labels[compared.first].lower(), labels[compared.second].lower()
    low = place == _LOWER_RIGHT
    axes.text(
        0.985 if low else 0.03,
        0.05 if low else 0.98,
        f"Hazard ratio {ratio}\n{first} v {second}\n"
        f"Log-rank test: {formatting.p_value(compared.logrank.p)}",
        transform=axes.transAxes,
        ha="right" if low else "left",
        va="bottom" if low else "top",
        linespacing=1.35,
    )


# -- medians and numbers at risk -------------------------------------------------------------------


def _medians(main, strip, found, looks: Mapping[str, tuple], conf_level: float) -> None:
    """Dotted lines at one half in the plot, and below it each median with its limits."""
    end = main.get_xlim()[1]
    for position, summary in enumerate([*found[1:], found[0]]):
        median, (colour, _) = summary.median, looks[summary.key]
        text = words.median_text(median, conf_level)
        right = 0.0
        if not math.isnan(median.estimate):
            dotted = {"color": colour, "lw": 0.9, "linestyle": ":"}
            main.plot([0, median.estimate, median.estimate], [0.5, 0.5, 0], **dotted)
            low = 0.0 if math.isnan(median.lower) else median.lower
            right = end if math.isnan(median.upper) else median.upper
            strip.plot([low, right], [-position] * 2, color=colour, lw=1.6, solid_capstyle="butt")
            strip.plot(median.estimate, -position, "o", color=colour, ms=5)
            if math.isnan(median.upper):
                strip.plot(right, -position, ">", color=colour, ms=5, clip_on=False)
        _median_text(strip, text, right, position, end)
    strip.set_ylim(-len(found) + 0.4, 0.6)
    strip.set_yticks([-i for i in range(len(found))], [s.label for s in [*found[1:], found[0]]])
    for label, summary in zip(strip.get_yticklabels(), [*found[1:], found[0]], strict=True):
        label.set_color(looks[summary.key][0])
    strip.tick_params(length=0, labelbottom=False)
    strip.spines[:].set_visible(False)


def _median_text(strip, text: str, right: float, position: int, end: float) -> None:
    beside = right < 0.6 * end
    strip.annotate(
        f"median {text}",
        (right if beside else end, -position),
        xytext=(6, 0) if beside else (0, 5),
        textcoords="offset points",
        ha="left" if beside else "right",
        va="center" if beside else "bottom",
        size=8,
    )


def at_ticks(summary: Summary, ticks_weeks: Sequence[float]) -> pd.DataFrame:
    """Patients at risk, responded and censored after each tick; a row sums to all patients."""
    points = steps(summary)
    rows = []
    for tick in ticks_weeks:
        reached = points[points["time"] <= tick]
        if reached.empty:
            rows.append((summary.n, 0, 0))
        else:
            rows.append(tuple(reached[["at_risk", "responded", "censored"]].iloc[-1]))
    return pd.DataFrame(rows, index=list(ticks_weeks), columns=list(_ROWS), dtype=int)


def _at_risk(axes, found: Sequence[Summary], looks: Mapping[str, tuple], ticks_weeks) -> None:
    """Three rows of numbers per group, in axes that share the time axis."""
    block = len(_ROWS) + 1.35
    axes.set_ylim(block * len(found), 0)
    for number, summary in enumerate([*found[1:], found[0]]):
        counts = at_ticks(summary, ticks_weeks)
        top = number * block + 0.6
        left = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center", "size": 8}
        axes.text(
            -0.015, top, summary.label, color=looks[summary.key][0], weight="semibold", **left
        )
        for line, name in enumerate(_ROWS, start=1):
            axes.text(-0.015, top + line, name, **left)
            for tick, value in counts[name].items():
                axes.text(tick, top + line, str(value), ha="center", va="center", size=8)
    axes.set_axis_off()
