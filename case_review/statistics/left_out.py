"""Median and log-rank test without each of the reports in turn, from counts that are made once.

Whom a report adds to the counts at each time is taken off the counts of all, so that the time grows
with the number of reports and of distinct times, not with reports times patients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from case_review.statistics import logrank, survival
from case_review.statistics.inputs import check_conf, checked, grouping
from case_review.values import Estimate


@dataclass(frozen=True)
class Analysis:
    """What some of the patients give: how many they are, their median time, and the test."""

    n: int
    median: Estimate
    test: logrank.Logrank


def without_each(
    time,
    event,
    group,
    report,
    conf_type: str = "log",
    conf_level: float = 0.95,
    per: float = 1,
    unit: str = "",
) -> dict[object, Analysis]:
    """The median time to the event, and the log-rank test, without each report in turn.

    Equal to `survival.kaplan_meier` and `logrank.logrank` of the patients of all other reports.

    Parameters
    ----------
    time, event, group, report
        One entry per patient. A patient without a group is in no test. Where nobody with a group
        has an event, all are taken as one group: the test then says that there is no comparison.
    conf_type, conf_level, per, unit
        Of the median, as for `survival.kaplan_meier`.

    Returns
    -------
    dict
        By report, in order; without a report that has all the patients.

    Raises
    ------
    ValueError
        If a patient has no report; see also `inputs.checked`.
    """
    check_conf(conf_type, conf_level)
    time, event = checked(time, event, group=group, report=report)
    names, index, _ = grouping(group, len(time))
    member, reports = pd.factorize(np.asarray(report, dtype=object), sort=True)
    if np.any(member < 0):
        given = int(np.sum(member >= 0))
        raise ValueError(f"each of {len(time)} patients needs a report; {given} have one")
    times, place = np.unique(time, return_inverse=True)
    how = {"unit": unit, "most": 1, "conf_level": conf_level}
    # A column for each group, and a last one for those in none.
    shape = (len(times), len(names) + 1)
    everybody = _counts(place, index, event, shape)
    found = {}
    for name, own in zip(reports, _members(member, len(reports)), strict=True):
        if len(own) == len(time):
            continue
        theirs = _counts(place[own], index[own], event[own], shape)
        leaving, died = everybody[0] - theirs[0], everybody[1] - theirs[1]
        n, numbers = _median(
            times / per, leaving.sum(axis=1), died.sum(axis=1), conf_type, conf_level
        )
        test = _tested(leaving[:, :-1], died[:, :-1], names)
        found[name] = Analysis(n, Estimate(*numbers, **how, n=n), test)
    return found


def _members(member: np.ndarray, reports: int) -> Iterator[np.ndarray]:
    """The patients of each report."""
    order = np.argsort(member, kind="stable")
    return iter(np.split(order, np.cumsum(np.bincount(member, minlength=reports))[:-1]))


def _counts(place, index, event, shape) -> tuple[np.ndarray, np.ndarray]:
    """Patients, and those with the event, by time and group; those in no group come last."""
    cell = place * shape[1] + np.where(index < 0, shape[1] - 1, index)
    size = shape[0] * shape[1]
    leaving = np.bincount(cell, minlength=size).reshape(shape)
    return leaving, np.bincount(cell[event], minlength=size).reshape(shape)


def _at_risk(leaving: np.ndarray) -> np.ndarray:
    return np.cumsum(leaving[::-1], axis=0)[::-1]


def _median(times, leaving, died, conf_type, conf_level) -> tuple[int, tuple[float, float, float]]:
    """The number of patients, and their median with its limits."""
    there = leaving > 0
    n, d = _at_risk(leaving)[there], died[there]
    curve = np.cumprod((n - d) / n)
    limits = survival.band(curve, survival.standard_error(n, d), conf_type, conf_level)
    return int(n[0]), tuple(survival.crossing(times[there], own) for own in (curve, *limits))


def _tested(leaving: np.ndarray, died: np.ndarray, names: tuple) -> logrank.Logrank:
    """The test of those who have a group."""
    own = leaving.any(axis=0)
    leaving, died = leaving[:, own], died[:, own]
    groups = tuple(name for name, has in zip(names, own, strict=True) if has)
    moments = died.any(axis=1)
    if not moments.any():
        zero = np.zeros(1)
        return logrank.tested(zero, np.ones((1, 1)), zero, ("",))
    d, n = died[moments].sum(axis=1).astype(float), _at_risk(leaving)[moments].astype(float)
    return logrank.tested(d, n, died.sum(axis=0).astype(float), groups)
