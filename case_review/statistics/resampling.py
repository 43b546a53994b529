"""Answers from reshuffled and resampled data: permutation log-rank, bootstrap by report."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from case_review.statistics.inputs import check_level, checked, group_index, two_groups
from case_review.statistics.interval_censored import percentile
from case_review.statistics.survival import crossing
from case_review.values import Estimate

#: Sums closer than this are one and the same; scores are sums of a few fractions below 10.
_SAME = 1e-9


@dataclass(frozen=True)
class Permutation:
    """A permutation test.

    Parameters
    ----------
    p
        Two-sided p-value.
    splits
        Splits of the patients that were looked at.
    as_extreme
        Splits at least as far from equality as the observed one.
    exact
        Whether these were all possible splits; if not, they were drawn at random.
    """

    p: float
    splits: int
    as_extreme: int
    exact: bool


@dataclass(frozen=True)
class Bootstrap:
    """Percentile limits from resampled reports.

    Parameters
    ----------
    median
        Median time, in the unit of the data.
    difference
        Difference of restricted means, first group minus second.
    resamples
        Samples drawn.
    unusable
        Samples that tell nothing of the difference: without patients of one of the groups, or with
        a group that was not followed up to the horizon.
    """

    median: Estimate
    difference: Estimate
    resamples: int
    unusable: int


def logrank_scores(time: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Each patient's contribution to observed minus expected: event minus cumulative hazard.

    The hazard is that of all patients together (Nelson and Aalen); the scores of a group add up to
    its observed minus expected events in the log-rank test (Peto and Peto, J R Stat Soc A
    1972;135:185), and the scores of all patients to 0.
    """
    moments, d = np.unique(time[event], return_counts=True)
    n = len(time) - np.searchsorted(np.sort(time), moments, side="left")
    hazard = np.concatenate([[0.0], np.cumsum(d / n)])
    return event - hazard[np.searchsorted(moments, time, side="right")]


def permutation_logrank(
    time, event, group, max_splits: int, samples: int, seed: int
) -> Permutation:
    """The log-rank test against all ways to split the patients into groups of these sizes.

    The statistic is the distance of observed from expected events in one group. Up to `max_splits`
    splits all are counted, so that the p-value is exact; beyond, `samples` random splits are drawn
    with `seed`, and the observed split counts as one of them (Phipson and Smyth, Stat Appl Genet
    Mol Biol 2010;9:39).

    Raises
    ------
    ValueError
        If there are not two groups, or no events; see also `inputs.checked`.
    """
    time, event = checked(time, event)
    groups, index = group_index(group, len(time))
    if len(groups) != 2:
        raise ValueError(f"a permutation test compares two groups, found {len(groups)}")
    if not event.any():
        raise ValueError("a permutation test needs at least one event; all patients are censored")
    scores = logrank_scores(time, event)
    size = int(min(np.bincount(index)))
    smaller = int(np.argmin(np.bincount(index)))
    observed = abs(scores[index == smaller].sum()) - _SAME
    splits = math.comb(len(time), size)
    if splits <= max_splits:
        hits = splits_as_extreme(scores, size, observed)
        return Permutation(hits / splits, splits, hits, exact=True)
    random = np.random.default_rng(seed)
    hits = 0
    for _ in range(samples):
        hits += bool(abs(random.permutation(scores)[:size].sum()) >= observed)
    return Permutation((hits + 1) / (samples + 1), samples, hits, exact=False)


def splits_as_extreme(scores: np.ndarray, size: int, distance: float) -> int:
    """How many groups of `size` patients have scores that sum to at least `distance` from 0.

    No group is left out. The patients are halved; a group takes j from one half and the rest from
    the other, so its sum is one of the first half's sums plus one of the second's. With the latter
    sorted, those beyond `distance` are counted by their positions (the two lists of Horowitz and
    Sahni, J ACM 1974;21:277).
    """
    if distance <= 0:
        return math.comb(len(scores), size)
    half = len(scores) // 2
    first, second = scores[:half], scores[half:]
    count = 0
    for j in range(max(0, size - len(second)), min(size, half) + 1):
        sums, others = _sums(first, j), np.sort(_sums(second, size - j))
        count += int((len(others) - np.searchsorted(others, distance - sums, side="left")).sum())
        count += int(np.searchsorted(others, -distance - sums, side="right").sum())
    return count


def _sums(values: np.ndarray, size: int) -> np.ndarray:
    """The sums of all subsets of `size` values."""
    chosen = np.array(list(combinations(range(len(values)), size)), dtype=int)
    return values[chosen].sum(axis=1) if size else np.zeros(1)


def bootstrap_by_report(
    time, event, group, report, of, horizon: float, resamples: int, seed: int, conf_level: float
) -> Bootstrap:
    """Resample whole reports, since patients of one report resemble each other.

    Reports are drawn with replacement, as many as there are (Field and Welsh, J R Stat Soc B
    2007;69:369); limits are percentiles of the resampled estimates. The estimates themselves are
    those of the data.

    Parameters
    ----------
    time, event, group, report
        One entry per patient; `group` holds two values.
    of
        The group that the difference starts from.
    horizon
        Of the restricted means, in the unit of `time`.
    resamples, seed, conf_level
        Number of samples, seed of the random numbers, level of the limits.

    Raises
    ------
    ValueError
        If `group` does not hold exactly two values, one of them `of`; if a patient has no report;
        if the level is not between 0 and 1; see also `inputs.checked`.
    """
    check_level(conf_level)
    time, event = checked(time, event)
    first = two_groups(group, len(time), of)
    member, reports = pd.factorize(np.asarray(report, dtype=object), sort=True)
    if len(member) != len(time) or np.any(member < 0):
        given = int(np.sum(member >= 0))
        raise ValueError(f"each of {len(time)} patients needs a report; {given} have one")
    random = np.random.default_rng(seed)
    drawn = random.multinomial(len(reports), np.full(len(reports), 1 / len(reports)), resamples)
    # the first row is the data as they are
    weights = np.vstack([np.ones(len(reports), dtype=int), drawn])[:, member].astype(float)
    times, survival = weighted_curves(time, event, weights)
    medians = np.array([crossing(times, row) for row in survival])
    differences = restricted_means(time, event, weights * first, horizon)
    differences -= restricted_means(time, event, weights * ~first, horizon)
    unusable = int(np.isnan(differences[1:]).sum())
    usable = differences[~np.isnan(differences)]
    return Bootstrap(
        _limits(np.nan_to_num(medians, nan=np.inf), conf_level),
        _limits(usable, conf_level),
        resamples,
        unusable,
    )


def _limits(values: np.ndarray, conf_level: float) -> Estimate:
    """The first value with percentile limits of the others; infinite ones are not estimable."""
    tail = (1 - conf_level) / 2
    estimate = float(values[0]) if np.isfinite(values[0]) else math.nan
    return Estimate(estimate, percentile(values[1:], tail), percentile(values[1:], 1 - tail))


def weighted_curves(
    time: np.ndarray, event: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Kaplan–Meier curves of many samples of the same patients.

    Parameters
    ----------
    weights
        Samples x patients: how often each patient counts.

    Returns
    -------
    tuple of arrays
        Distinct event times, and survival just after each (samples x times). A sample keeps its
        last value where nobody is left at risk.
    """
    times = np.unique(time[event]) if event.any() else np.unique(time)
    events = weights @ (event[:, None] & (time[:, None] == times)).astype(float)
    at_risk = weights @ (time[:, None] >= times).astype(float)
    share = np.divide(events, at_risk, out=np.zeros_like(events), where=at_risk > 0)
    return times, np.cumprod(1 - share, axis=1)


def restricted_means(
    time: np.ndarray, event: np.ndarray, weights: np.ndarray, horizon: float
) -> np.ndarray:
    """Restricted mean time of each sample.

    NaN for a sample without patients, or whose curve ends before the horizon with patients who had
    not had the event; `rmst.restricted_mean` refuses the same.
    """
    times, survival = weighted_curves(time, event, weights)
    last = np.where(weights > 0, time, -np.inf).max(axis=1)
    known = (last >= horizon) | ((survival[:, -1] <= 0) & np.isfinite(last))
    edges = np.concatenate([[0.0], np.minimum(times, horizon), [horizon]])
    levels = np.hstack([np.ones((len(weights), 1)), survival])
    means = levels @ np.diff(edges)
    return np.where(known, means, np.nan)
