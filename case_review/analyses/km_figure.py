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

from case_review import formatting
from case_review.analyses import km_below
from case_review.data.schema import OVERALL
from case_review.exhibits import labelling, style
from case_review.exhibits.steps import draw_band
from case_review.statistics.survival import KaplanMeier

#: How a curve goes on where few are at risk: width and opacity relative to those before.
_FEW = (0.55, 0.5)


#: What the marks are, for the caption.
SAID = (
    "Shaded: pointwise confidence bands, of all patients as outlines; small vertical lines: "
    "patients who are censored. Below: medians with their confidence intervals (CI), and numbers "
    "at risk, that is, still followed without the outcome just before that time (as R counts them)."
)


def draw(
    curves: Mapping[str, KaplanMeier],
    labels: Mapping[str, str],
    *,
    ticks: Sequence[float],
    y_label: str,
    x_label: str = style.TIME_AXIS,
    x_limit: float | None = None,
    title: str = "",
    few_at_risk: int = 0,
    comparison: Sequence[str] = (),
    at_risk: str = "before",
    time_axis: str = style.LINEAR,
    past: str = "responded",
    narrow: bool = False,
):
    """Draw the figure.

    Parameters
    ----------
    curves, labels
        Curves and their names in print by key, at most six beside that of all patients
        (`OVERALL`), which is drawn thin and black. All in one unit of time.
    ticks
        Times of the ticks and of the columns under the axis.
    x_label, y_label, title
        What the axes and the figure are called.
    x_limit
        Time at which the axis ends; by default the last tick or the end of the longest curve.
    few_at_risk
        Where fewer patients than this remain at risk the curves are thin and pale, which the
        figure says below.
    comparison
        Lines of text that stand in a free corner of the plot.
    at_risk
        Whether the table counts patients `before` or `after` the events of a tick; see `at_ticks`.
    time_axis
        `style.LINEAR`, or `style.SQUARE_ROOT` where many respond early; see `style.time_scale`.
    past
        What patients with the event did: a row of the table.
    narrow
        Whether it is for a narrow screen: names stand above what they name, not beside it.

    Returns
    -------
    matplotlib Figure
    """
    style.use()
    looks = style.looks(curves, OVERALL)
    # All patients come last: over the curves of the groups, and below them in the lists.
    curves = {key: curves[key] for key in sorted(curves, key=lambda key: key == OVERALL)}
    end = x_limit or max(*ticks, *(km.curve["time"].iloc[-1] for km in curves.values()))
    ticks = [tick for tick in ticks if tick <= end]
    few = any((km.curve["at_risk"] < few_at_risk).any() for km in curves.values())
    note = f"Thin and pale: fewer than {few_at_risk} patients at risk" if few else ""
    spaces = km_below.spaces(len(curves), narrow)
    heights = [2.75, spaces.row * len(curves) + 0.1, spaces.table(len(curves), bool(note))]
    size_of_all = (style.width(narrow), sum(heights) + 0.75)
    figure, axes = plt.subplots(3, sharex=True, figsize=size_of_all, height_ratios=heights)
    main, strip, below = axes
    figure.get_layout_engine().set(h_pad=0.02, hspace=0.0)
    for key, km in curves.items():
        shade = 0 if key == OVERALL else min(0.16, 0.5 / len(curves))
        _curve(main, km, looks[key], few_at_risk, shade)
    _axes(main, end, ticks, time_axis)
    main.set(xlabel=x_label, ylabel=y_label, title=title)
    # Marked, so that what is made of the drawing can be called the same.
    main.xaxis.label.set_gid("x-label")
    main.yaxis.label.set_gid("y-label")
    taken = _comparison(main, curves, comparison, narrow) if comparison else []
    for key, km in curves.items():
        _median(main, km, looks[key][0])
    medians = {key: km.median() for key, km in curves.items()}
    km_below.medians(strip, medians, labels, looks, spaces, narrow)
    counts = {key: at_ticks(km, ticks, at_risk, past) for key, km in curves.items()}
    km_below.at_risk(below, counts, labels, looks, spaces, note)
    _label_curves(figure, main, curves, labels, looks, taken)
    return figure


# -- the curves ------------------------------------------------------------------------------------


def steps(km: KaplanMeier) -> pd.DataFrame:
    """The rising curve as steps: time, proportion with limits, and patients after each step.

    `at_risk`, `responded` and `censored` add up to all patients. The first row is the start of
    treatment. A limit that is not estimable is NaN.
    """
    fitted = km.curve
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
        start = pd.DataFrame([[0.0, km.n, 0, 0, 0.0, 0.0, 0.0]], columns=rising.columns)
        rising = pd.concat([start, rising], ignore_index=True)
    return rising


def coordinates(
    curves: Mapping[str, KaplanMeier], labels: Mapping[str, str], unit: str = "weeks"
) -> pd.DataFrame:
    """Every plotted point of every curve, in their unit of time: the exhibit's CSV."""
    parts = [steps(km).assign(group=key, label=labels[key]) for key, km in curves.items()]
    frame = pd.concat(parts, ignore_index=True)
    columns = ["group", "label", f"time_{unit}", *frame.columns[1:-2]]
    return frame.rename(columns={"time": f"time_{unit}"})[columns]


def described(curves: Mapping[str, KaplanMeier], labels: Mapping[str, str], unit: str) -> str:
    """What can be seen, for those who do not see it."""
    said = []
    for key, km in curves.items():
        share = 1 - km.curve["survival"].iloc[-1]
        end = formatting.with_unit(f"{km.curve['time'].iloc[-1]:.3g}", unit)
        said.append(f"{labels[key]}: {share:.0%} after {end}")
    return (
        f"A step curve for each of {len(curves)} sets of patients, rising from none at the start. "
        f"{'; '.join(said)}. A table below gives medians and numbers at risk."
    )


def _curve(axes, km: KaplanMeier, look: tuple, few_at_risk: int, shade: float) -> None:
    """One curve, its censored patients, and its band: shaded, or outlined where `shade` is 0."""
    colour, line = look
    points = steps(km)
    width = 1.9 if shade else 1.2
    for part, few in _by_number_at_risk(points, few_at_risk):
        # In its own colour and line, so that the curves can be told apart to their ends.
        thinner, paler = _FEW if few else (1, 1)
        look = {"color": colour, "linestyle": line, "lw": thinner * width, "alpha": paler}
        axes.step(part["time"], part["proportion"], where="post", **look)
        if shade:
            limits = (part[name].to_list() for name in ("time", "lower", "upper"))
            draw_band(axes, *limits, color=colour, alpha=paler * shade)
            continue
        # So that the bands of the groups can be told apart.
        look = {"color": colour, "lw": 0.5, "alpha": 0.6 * paler}
        for limit in ("lower", "upper"):
            axes.step(part["time"], part[limit], where="post", **look)
    censored = points[points["censored"].diff().fillna(points["censored"]) > 0]
    axes.plot(censored["time"], censored["proportion"], "|", color=colour, ms=8, mew=1.4, zorder=4)


def _median(axes, km: KaplanMeier, colour: str) -> None:
    """Dotted lines from one half to the median."""
    median = km.median().estimate
    if not math.isnan(median):
        dotted = {"color": colour, "lw": 0.9, "linestyle": ":"}
        axes.plot([0, median, median], [0.5, 0.5, 0], **dotted)


def _by_number_at_risk(points: pd.DataFrame, few_at_risk: int):
    """The curve in two parts that touch: with enough patients at risk, and with few."""
    few = (points["at_risk"] < few_at_risk).to_numpy()
    first = int(few.argmax()) if few.any() else len(points)
    if first > 0:
        yield points.iloc[: first + 1], False
    if first < len(points):
        yield points.iloc[first:], True


def _label_curves(figure, axes, curves, labels, looks, taken: Sequence[tuple]) -> None:
    """Write each name beside its curve, off all curves and off what is taken."""
    figure.draw_without_rendering()  # settles the layout, and so the size of the axes
    lines = {key: _dense(axes, steps(km)) for key, km in curves.items()}
    medians = {key: km.median().estimate for key, km in curves.items()}
    lines |= {
        f"median of {key}": np.column_stack([np.full(50, median), np.linspace(0, 0.5, 50)])
        for key, median in medians.items()
        if not math.isnan(median)
    }
    names = {key: labels[key] for key in curves}
    for key, (x, y) in labelling.place(axes, names, lines, taken=taken).items():
        clear = {"facecolor": "white", "alpha": 0.75, "lw": 0, "pad": 0.6}
        look = {"color": looks[key][0], "weight": "semibold", "size": 9}
        axes.text(x, y, names[key], va="bottom", bbox=clear, **look)


def _dense(axes, points: pd.DataFrame, spacing: int = 400) -> np.ndarray:
    """Points along the drawn steps, close enough to stand for the line."""
    drawn = axes.transScale  # on a scale of time, points that lie equally close
    x = np.repeat(points["time"].to_numpy(), 2)[1:]
    y = np.repeat(points["proportion"].to_numpy(), 2)[:-1]
    x, y = drawn.transform(np.column_stack([x, y])).T
    along = np.concatenate(
        [[0], np.cumsum(np.abs(np.diff(x)) / max(x[-1], 1e-9) + np.abs(np.diff(y)))]
    )
    at = np.linspace(0, along[-1], spacing)
    dense = np.column_stack([np.interp(at, along, x), np.interp(at, along, y)])
    return drawn.inverted().transform(dense)


def _axes(axes, end: float, ticks: Sequence[float], time_axis: str) -> None:
    style.time_scale(axes, time_axis)
    # A margin at either side that looks alike on any scale.
    last = axes.transScale.transform((end, 0))[0]
    margins = axes.transScale.inverted().transform([(-0.012 * last, 0), (1.015 * last, 0)])
    axes.set_xlim(*margins[:, 0])
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.tick_params(labelbottom=True)
    style.proportion_axis(axes)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.grid(axis="y", lw=0.5)


def _comparison(axes, curves, lines: Sequence[str], narrow: bool) -> list[tuple]:
    """Write the lines below curves that have risen, or above curves that have not.

    Returns the box that they stand in, in fractions of the plot: left, bottom, right, top. In a
    narrow figure they stand above the plot.
    """
    if narrow:
        title = axes.get_title()
        axes.set_title("\n".join([*([title] if title else []), *lines]), loc="left")
        axes.set_title("")
        return []
    height = 0.02 + 0.08 * len(lines)
    corners = [(0.5, 0.0, 1.0, height), (0.0, 1 - height, 0.5, 1.0)]
    points = np.concatenate([_dense(axes, steps(km)) for km in curves.values()])
    points = axes.transAxes.inverted().transform(axes.transData.transform(points))

    def inside(corner):
        return np.sum((points >= corner[:2]) & (points <= corner[2:]), axis=1).tolist().count(2)

    place = min(corners, key=inside)
    where = {"x": 0.03, "y": 0.98, "ha": "left", "va": "top"}
    if place == corners[0]:
        where = {"x": 0.985, "y": 0.05, "ha": "right", "va": "bottom"}
    axes.text(s="\n".join(lines), transform=axes.transAxes, linespacing=1.35, **where)
    return [place]


# -- numbers at risk -------------------------------------------------------------------------------


def at_ticks(
    km: KaplanMeier, ticks: Sequence[float], at_risk: str = "before", past: str = "responded"
) -> pd.DataFrame:
    """Patients at risk, responded and censored at each tick; a row sums to all patients.

    Parameters
    ----------
    km
        The curve of the patients.
    ticks
        In the unit of the curve.
    at_risk
        `before` counts as at risk whose time is at the tick or later, as R's `n.risk` does: who
        responds or is censored at the tick itself is still at risk. `after` counts them as having
        responded or been censored.
    past
        What patients with the event did: the name of their column.

    Raises
    ------
    ValueError
        If `at_risk` is neither.
    """
    if at_risk not in ("before", "after"):
        raise ValueError(f"at_risk must be before or after, not {at_risk!r}")
    times, side = km.curve["time"].to_numpy(float), {"before": "left", "after": "right"}[at_risk]
    rows = np.searchsorted(times, list(ticks), side=side)
    gone = {past.capitalize(): "events", "Censored": "censored"}
    left = {
        name: np.concatenate([[0], km.curve[column].cumsum()])[rows]
        for name, column in gone.items()
    }
    remaining = km.n - sum(left.values())
    return pd.DataFrame({"At risk": remaining, **left}, index=list(ticks))
