"""Differences of restricted means in groups too small for the normal approximation.

A permutation test, bootstrap-t limits and Welch's interval, to stand beside `rmst.differences`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, islice

import numpy as np

from case_review.statistics import rmst
from case_review.statistics.inputs import (
    check_draws,
    check_horizon,
    check_level,
    checked,
    members,
)
from case_review.statistics.interval_censored import percentile
from case_review.statistics.resampling import Permutation, splits_as_extreme
from case_review.statistics.splits import random_splits
from case_review.statistics.weighted import (
    alike,
    resampled_kinds,
    restricted_means,
    restricted_moments,
    together,
)

#: Differences closer than this, relative to the times, are one and the same.
_SAME = 1e-9
#: Splits that are looked at in one go.
_AT_ONCE = 5000


@dataclass(frozen=True)
class Difference(rmst.Difference):
    """A difference of restricted means with limits that say how they were made.

    Parameters
    ----------
    method
        `bootstrap-t` or `Welch`, to be printed beside the limits. The p-value is of the same
        method; NaN where it gives none.
    unusable
        Samples that tell nothing of the difference.
    """

    method: str = field(default="", compare=False)
    unusable: int = field(default=0, compare=False)


def followed_up(time, event, horizon: float) -> np.ndarray:
    """Whether each patient's time up to `horizon` is known: event, or censored at it or later."""
    check_horizon(horizon)
    time, event = checked(time, event)
    return event | (time >= horizon)


def permutation_mean_difference(
    time, event, group, reference, horizon: float, max_splits: int, samples: int, seed: int
) -> dict[object, Permutation]:
    """The difference of restricted means against all ways to split the patients of two groups.

    Counts the splits into groups of these sizes in which the difference is at least as large, in
    either direction. The p-value is exact for the hypothesis that times (and censoring) have one
    distribution in both groups, however small they are; it is the usual companion of
    `rmst.differences`, whose p-value is an approximation for large groups.

    If everybody is followed up to the horizon or the event, the splits are counted by
    `resampling.splits_as_extreme`: all 3,268,760 of 15 and 10 patients within milliseconds. Else
    each split needs two curves, some 10 microseconds; a split in which a group's curve ends before
    the horizon has no difference, does not count, and is told as unusable.

    Parameters
    ----------
    time, event, group
        One entry per patient; a patient without a group is in none of them.
    reference
        The group that the others are compared with, each with the patients of the two alone.
    horizon
        In the unit of `time`.
    max_splits, samples, seed
        Up to `max_splits` splits all are counted; beyond, `samples` random ones are drawn, and the
        observed split counts as one of them (Phipson and Smyth, Stat Appl Genet Mol Biol
        2010;9:39).

    Returns
    -------
    dict
        By group, in order, without the reference; empty where there is no other group.

    Raises
    ------
    ValueError
        If `reference` is none of the groups, the horizon not positive and finite, or splits are to
        be drawn and `samples` is no whole number of at least 1; where the observed difference does
        not exist, as in `rmst.differences`; see also `inputs.checked`.
    """
    check_horizon(horizon)
    time, event = checked(time, event, group=group)
    groups = members(group, len(time), reference)
    found = {}
    for name, own in groups.items():
        if name == reference:
            continue
        both = own | groups[reference]
        data = time[both], event[both], own[both]
        for part in (data[2], ~data[2]):
            rmst.mean_and_variance(data[0][part], data[1][part], horizon)  # refuses what has none
        random = np.random.default_rng(seed)
        found[name] = _permuted(*data, horizon, max_splits, samples, random)
    return found


def _permuted(time, event, first, horizon, max_splits, samples, random) -> Permutation:
    """The test of the patients in `first` against the others."""
    patients, size = len(time), int(first.sum())
    splits = math.comb(patients, size)
    exact = splits <= max_splits
    if not exact:
        check_draws(samples, "samples")
    slack = _SAME * max(1.0, min(horizon, float(time.max())))
    if (event | (time >= horizon)).all():
        scores = np.minimum(time, horizon)
        scores = scores - scores.mean()
        # With the sizes fixed the difference grows with the distance of one group's sum from 0.
        least = abs(scores[first].sum()) - slack
        if exact:
            small = min(size, patients - size)
            hits = splits_as_extreme(scores, small, least)
            return Permutation(hits / splits, splits, hits, exact=True)
        different, often = np.unique(scores, return_counts=True)
        drawn = random_splits(often, (size, patients - size), samples, random)
        hits = sum(int((np.abs(part @ different) >= least).sum()) for part, _ in drawn)
        return Permutation((hits + 1) / (samples + 1), samples, hits, exact=False)

    # What comes after the horizon counts for nothing but that the patient was still there.
    one, kind = alike(np.minimum(time, horizon), event & (time <= horizon))
    time, event = np.minimum(time, horizon)[one], (event & (time <= horizon))[one]
    often = np.bincount(kind)

    def differences(part):
        means = (restricted_means(time, event, own, horizon) for own in (part, often - part))
        return np.abs(np.subtract(*means))

    least = differences(np.bincount(kind[first], minlength=len(often))[None, :])[0] - slack
    hits = unusable = 0
    if exact:
        parts = (together(part, kind) for part in _all(patients, size))
    else:
        sizes = (size, patients - size)
        parts = (part for part, _ in random_splits(often, sizes, samples, random))
    for part in parts:
        distance = differences(part)
        known = ~np.isnan(distance)
        hits += int((distance[known] >= least).sum())
        unusable += int((~known).sum())
    if exact:
        return Permutation(hits / (splits - unusable), splits, hits, True, unusable)
    return Permutation((hits + 1) / (samples - unusable + 1), samples, hits, False, unusable)


def _all(patients: int, size: int) -> Iterator[np.ndarray]:
    """All groups of `size` patients, as rows of 0 and 1, some thousands at a time."""
    every = combinations(range(patients), size)
    while chosen := list(islice(every, _AT_ONCE)):
        part = np.zeros((len(chosen), patients))
        np.put_along_axis(part, np.array(chosen), 1.0, axis=1)
        yield part


def bootstrap_t_difference(
    time,
    event,
    group,
    reference,
    horizon: float,
    resamples: int,
    seed: int,
    conf_level: float = 0.95,
    unit: str = "",
) -> dict[object, Difference]:
    """Difference of restricted means with bootstrap-t limits.

    Patients are drawn with replacement within their group; each sample's difference, less the
    observed one, is divided by its own standard error (Greenwood), and the quantiles of these
    ratios take the place of those of the normal distribution (Efron and Tibshirani, An Introduction
    to the Bootstrap, 1993, section 12.5; Hall, Ann Stat 1988;16:927). It allows for skewed times
    and unequal variances, and suits groups of about 8 patients or more; in smaller ones, or where
    most times are equal, many samples have no variance, and limits are soon not estimable. Patients
    count as independent of one another: for reports see `resampling.bootstrap_by_report`.

    Parameters
    ----------
    time, event, group
        One entry per patient; a patient without a group is in none of them.
    reference
        The group that the others are compared with.
    horizon
        In the unit of `time`, whose name in print is `unit`.
    resamples, seed, conf_level
        Number of samples, seed of the random numbers, level of the limits.

    Returns
    -------
    dict
        By group, in order, without the reference. Limits are NaN where the data have no variance.
        Unusable samples have no restricted mean within the horizon, or no variance and the observed
        difference itself; one without variance and with another difference is infinitely far off.

    Raises
    ------
    ValueError
        If `reference` is none of the groups, the level, horizon or number of samples impossible,
        or a group was not followed up to the horizon; see also `inputs.checked`.
    """
    check_level(conf_level)
    check_draws(resamples, "resamples")
    check_horizon(horizon)
    time, event = checked(time, event, group=group)
    groups = members(group, len(time), reference)
    same = {name: alike(time[own], event[own]) for name, own in groups.items()}
    samples = resampled_kinds([kind for _, kind in same.values()], resamples, seed)
    moments = {}
    for (name, own), weights in zip(groups.items(), samples, strict=True):
        part = (time[own], event[own])
        rmst.mean_and_variance(*part, horizon)  # refuses what has no restricted mean
        one, _ = same[name]  # the first row of the weights is the data as they are
        moments[name] = restricted_moments(part[0][one], part[1][one], weights, horizon)
    how = {"unit": unit, "digits": 1, "conf_level": conf_level, "method": "bootstrap-t"}
    return {
        name: _studentised(moments[name], moments[reference], horizon, how)
        for name in moments
        if name != reference
    }


def _studentised(first: tuple, second: tuple, horizon: float, how: dict) -> Difference:
    difference, variance = first[0] - second[0], first[1] + second[1]
    estimate, error = float(difference[0]), math.sqrt(variance[0])
    if error == 0:
        return Difference(estimate, math.nan, math.nan, **how)
    away, spread = difference[1:] - estimate, np.sqrt(variance[1:])
    away = np.where(np.abs(away) < _SAME * horizon, 0.0, away)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = away / spread  # 0 / 0 is NaN, and left out
    usable = ratios[~np.isnan(ratios)]
    tail = (1 - how["conf_level"]) / 2
    low, high = (estimate - percentile(usable, end) * error for end in (1 - tail, tail))
    return Difference(estimate, low, high, **how, unusable=len(ratios) - len(usable))


def welch_difference(
    time, event, group, reference, horizon: float, conf_level: float = 0.95, unit: str = ""
) -> dict[object, Difference]:
    """Difference of restricted means with Welch's interval and p-value (Biometrika 1947;34:28).

    For patients who were all followed up to the horizon or the event: the restricted mean is then
    the mean of times cut off at the horizon, and this is the t test for unequal variances.

    Parameters
    ----------
    time, event, group, reference, horizon, conf_level, unit
        As for `rmst.differences`.

    Returns
    -------
    dict
        By group, in order, without the reference. Limits and p are NaN for a group of one patient,
        and where neither group's times vary within the horizon.

    Raises
    ------
    ValueError
        If a patient of a group is censored before the horizon (see `followed_up`): the interval is
        not applicable then; else as `rmst.differences`.
    """
    check_level(conf_level)
    known = followed_up(time, event, horizon)
    time, event = checked(time, event, group=group)
    groups = members(group, len(time), reference)
    lost = int(sum((own & ~known).sum() for own in groups.values()))
    if lost:
        raise ValueError(
            f"Welch's interval is not applicable: {lost} of {len(time)} patients are censored "
            f"before the horizon ({horizon:g})"
        )
    capped = {name: np.minimum(time[own], horizon) for name, own in groups.items()}
    how = {"unit": unit, "digits": 1, "conf_level": conf_level, "method": "Welch"}
    found = {}
    for name, own in capped.items():
        other = capped[reference]
        if name == reference:
            continue
        estimate, low, high, p = float(own.mean() - other.mean()), math.nan, math.nan, math.nan
        if min(len(own), len(other)) > 1 and np.ptp(own) + np.ptp(other) > 0:
            from scipy import stats  # takes a second to import

            test = stats.ttest_ind(own, other, equal_var=False)
            low, high = map(float, test.confidence_interval(conf_level))
            p = float(test.pvalue)
        found[name] = Difference(estimate, low, high, **how, p=p)
    return found
