"""The figure and the table of the consistent sets of response times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from case_review import formatting
from case_review.analyses.response import HOURS_PER_WEEK
from case_review.analyses.sensitivity import SIGN_TEST
from case_review.audit import curve_statistics as cs
from case_review.audit.curves import ConsistentSets
from case_review.exhibits import Row, Table, style
from case_review.formatting import number
from case_review.statistics import inputs, resampling


@dataclass(frozen=True)
class Quantity:
    """One statistic over all sets.

    Parameters
    ----------
    key, label, unit
        How it is recorded and shown.
    values
        One value per set.
    used
        The value of the set that the report uses, or None.
    digits
        Decimals shown.
    """

    key: str
    label: str
    unit: str
    values: np.ndarray
    used: float | None
    digits: int

    @property
    def range_text(self) -> str:
        """`1.2 to 4.5 weeks`."""
        low, high = (number(float(end), self.digits) for end in self.ends)
        return f"{low} to {high}{' ' + self.unit if self.unit else ''}"

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest value."""
        return float(self.values.min()), float(self.values.max())


@dataclass(frozen=True)
class Conclusion:
    """A statement and in how many sets it holds."""

    key: str
    label: str
    holds: int
    of: int

    @property
    def in_all(self) -> bool:
        """Whether it holds in every set."""
        return self.holds == self.of


def one_set(times: Sequence[int], second: Sequence[bool]) -> ConsistentSets:
    """A single set of uncensored times, such as the one in use, in the form of many."""
    order = np.argsort(np.asarray(times), kind="stable")
    return ConsistentSets(
        np.asarray(times)[order][None, :], np.asarray(second, dtype=bool)[order][None, :]
    )


def quantities(
    sets: ConsistentSets,
    used: ConsistentSets | None,
    labels: Sequence[str],
    horizon_weeks: float,
    conf_level: float = 0.95,
) -> list[Quantity]:
    """Medians per group, log-rank p, hazard ratio, difference in mean time and permutation p.

    Ratio and difference are those of the first group against the second, as in the main analysis.

    Parameters
    ----------
    sets, used
        The consistent sets and the one in use (None if it has censored times).
    labels
        Names of the first and the second group.
    horizon_weeks
        Horizon of the restricted mean, fixed beforehand.
    conf_level
        Level of the hazard ratio's limits.
    """
    weeks, groups = f"{number(horizon_weeks)} weeks", f"{labels[0].lower()} v {labels[1].lower()}"
    shown = {
        "median_first": (f"Median, {labels[0].lower()}", "weeks", 1),
        "median_second": (f"Median, {labels[1].lower()}", "weeks", 1),
        "hazard_ratio": (f"Hazard ratio, {groups}", "", 2),
        "rmst_difference": (f"Difference in mean time up to {weeks}, {groups}", "weeks", 1),
        "logrank_p": ("Log-rank p", "", 4),
        "permutation_p": ("Exact permutation p", "", 3),
    }
    all_values = _values(sets, horizon_weeks, conf_level)
    of_used = _values(used, horizon_weeks, conf_level) if used is not None else {}
    return [
        Quantity(
            key, *shown[key][:2], all_values[key],
            float(of_used[key][0]) if of_used else None, shown[key][2],
        )
        for key in shown
    ]  # fmt: skip


def _values(sets: ConsistentSets, horizon_weeks: float, conf_level: float) -> dict:
    times, second = sets.times, sets.second
    score, variance = cs.logrank_parts(times, second)
    horizon = horizon_weeks * HOURS_PER_WEEK
    return {
        "median_first": cs.group_medians(times, second, False) / HOURS_PER_WEEK,
        "median_second": cs.group_medians(times, second, True) / HOURS_PER_WEEK,
        "hazard_ratio": cs.hazard_ratios(times, ~second, conf_level)[0],
        "rmst_difference": cs.rmst_differences(times, ~second, horizon)[0] / HOURS_PER_WEEK,
        "logrank_p": stats.chi2.sf(score**2 / variance, 1),
        "permutation_p": np.array(
            [_permutation_p(t, s) for t, s in zip(times, second, strict=True)]
        ),
    }


def _permutation_p(times: np.ndarray, second: np.ndarray) -> float:
    """Over all splits, however many, so that no random numbers are needed."""
    event = np.ones(len(times))
    return resampling.permutation_logrank(times, event, second, math.inf, 0, 0).p


def conclusions(
    sets: ConsistentSets,
    found: Sequence[Quantity],
    labels: Sequence[str],
    horizon_weeks: float,
    conf_level: float = 0.95,
) -> list[Conclusion]:
    """What one may want to conclude, and in how many sets it holds.

    The median survives another type of interval if its limits stay within those of type `log`,
    with which all sets agree; see `verdicts.of_median`.
    """
    value = {quantity.key: quantity.values for quantity in found}
    _, low, high = cs.hazard_ratios(sets.times, ~sets.second, conf_level)
    difference, error = cs.rmst_differences(
        sets.times, ~sets.second, horizon_weeks * HOURS_PER_WEEK
    )
    half = stats.norm.isf((1 - conf_level) / 2) * error
    ci = formatting.ci(conf_level)
    alpha = 1 - conf_level
    first, second = labels[0], labels[1].lower()
    stated = {
        f"median_{kind.replace('-', '_').replace(' ', '_')}": (
            f"{ci} of the median by {kind} within that by log", holds,
        )
        for kind, holds in _interval_types(sets, conf_level).items()
    }  # fmt: skip
    stated |= {
        "no_difference_logrank": (
            "No significant difference, log-rank test", value["logrank_p"] > alpha,
        ),
        "no_difference_permutation": (
            "No significant difference, exact permutation test", value["permutation_p"] > alpha,
        ),
        "ratio_includes_one": (f"{ci} of the hazard ratio includes 1", (low < 1) & (high > 1)),
        "mean_includes_zero": (
            f"{ci} of the difference in mean time includes 0", np.abs(difference) <= half,
        ),
        "earlier_median": (
            f"{first} have the earlier median", value["median_first"] < value["median_second"],
        ),
        "faster_first": (
            f"{first} respond faster than {second} by the hazard ratio", value["hazard_ratio"] > 1,
        ),
    }  # fmt: skip
    return [
        Conclusion(key, label, int(np.sum(holds)), len(sets))
        for key, (label, holds) in stated.items()
    ]


def _interval_types(sets: ConsistentSets, conf_level: float) -> dict[str, np.ndarray]:
    """By type of interval, whether the median's limits lie within those of type `log`."""
    low, high = cs.median_limits(sets.times, "log", conf_level)
    found = {}
    for kind in [*inputs.CONF_TYPES[1:], SIGN_TEST]:
        lower, upper = cs.median_limits(sets.times, kind, conf_level)
        found[kind] = (low <= lower) & (upper <= high)
    return found


def table(found: Sequence[Quantity], stated: Sequence[Conclusion]) -> Table:
    """Ranges over the sets, then the conclusions with the number of sets they hold in."""
    rows = [Row(["Statistic", "", ""], heading=True)]
    for q in found:
        used = "" if q.used is None else _with_unit(q.used, q)
        rows.append(Row([q.label, used, q.range_text], indent=1))
    rows.append(Row(["Conclusion holds in", "", ""], heading=True))
    for c in stated:
        text = f"all {c.of} sets" if c.in_all else f"{c.holds} of {c.of} sets"
        rows.append(Row([c.label, "", text], indent=1))
    data = pd.DataFrame(
        [
            {"key": q.key, "used": q.used, "low": q.ends[0], "high": q.ends[1], "unit": q.unit}
            for q in found
        ]
        + [{"key": c.key, "holds": c.holds, "of": c.of} for c in stated]
    )
    return Table(["", "Set used", "Over all consistent sets"], rows, data)


def _with_unit(value: float, quantity: Quantity) -> str:
    unit = f" {quantity.unit}" if quantity.unit else ""
    return f"{number(value, quantity.digits)}{unit}"


# -- the figure ------------------------------------------------------------------------------------


def envelope(sets: ConsistentSets, of_second: bool) -> pd.DataFrame:
    """Lowest, highest and middle proportion responding of one group over the sets, at each time."""
    at = np.concatenate([[0], np.unique(sets.times)])
    members = sets.times[sets.second == of_second].reshape(len(sets), -1)
    heights = cs.step_heights(members, at)
    low, middle, high = np.quantile(heights, [0, 0.5, 1], axis=0)
    return pd.DataFrame({"weeks": at / HOURS_PER_WEEK, "low": low, "middle": middle, "high": high})


def figure(
    sets: ConsistentSets,
    used: ConsistentSets | None,
    labels: Sequence[str],
    ticks_weeks: Sequence[float],
):
    """The envelope of all consistent curves behind the curve used, one panel per group.

    The y axis is the proportion responding; both are named beside what they are drawn as.

    Returns
    -------
    tuple
        The matplotlib figure and the plotted coordinates.
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import PercentFormatter

    style.use()
    drawing, axes = plt.subplots(1, 2, figsize=(style.FULL_WIDTH, 3.0), sharey=True)
    frames = []
    for index, (axis, label) in enumerate(zip(axes, labels, strict=True)):
        colour, line = style.GROUP_STYLES[index]
        band = envelope(sets, bool(index))
        weeks = band["weeks"]
        axis.fill_between(
            weeks, band["low"], band["high"],
            step="post", color=colour, alpha=0.18, lw=0, label="All consistent sets",
        )  # fmt: skip
        if used is not None:
            members = used.times[used.second == bool(index)].reshape(1, -1)
            band["used"] = cs.step_heights(members, band["weeks"] * HOURS_PER_WEEK)[0]
            axis.step(
                weeks, band["used"], where="post", color=colour, ls=line, lw=1.6,
                label="Set used in this report",
            )  # fmt: skip
        band.insert(0, "group", label)
        frames.append(band)
        end = max(*ticks_weeks, weeks.max())
        axis.set(xlabel="Weeks since start of treatment", ylim=(0, 1.02))
        axis.set_title(label, color=colour, weight="semibold")
        axis.set_xlim(-0.012 * end, 1.015 * end)
        axis.set_xticks(ticks_weeks, [number(tick) for tick in ticks_weeks])
        axis.yaxis.set_major_formatter(PercentFormatter(1, symbol="%", decimals=0))
        axis.legend(loc="lower right", fontsize=8)
    axes[0].set_ylabel("Patients who have responded")
    return drawing, pd.concat(frames, ignore_index=True)
