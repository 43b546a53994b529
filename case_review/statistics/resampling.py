"""Answers from reshuffled and resampled data: permutation log-rank, bootstrap by report."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

from case_review.statistics.inputs import (
    check_draws,
    check_horizon,
    check_level,
    checked,
    group_index,
    grouping,
    members,
)
from case_review.statistics.interval_censored import percentile
from case_review.statistics.splits import random_splits
from case_review.statistics.weighted import (
    alike,
    medians,
    resampled,
    restricted_means,
    together,
    weighted_curves,
)
from case_review.values import Estimate, PValue

#: Sums closer than this are one and the same; scores are sums of a few fractions below 10.
_SAME = 1e-9

#: Below this number of clusters intervals that rest on resampled clusters tend to be too narrow:
#: Cameron, Gelbach and Miller (Rev Econ Stat 2008;90:414) call five to thirty few.
FEW_CLUSTERS = 30

#: Limits of a bootstrap by their names: plain percentiles, or percentiles corrected for bias and
#: for a spread that changes with the estimate.
LIMITS = ("percentile", "BCa")


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
    unusable
        Splits in which the statistic has no value; they do not count in `p`.
    """

    p: float
    splits: int
    as_extreme: int
    exact: bool
    unusable: int = 0

    @property
    def p_value(self) -> PValue:
        """The p-value as a value."""
        return PValue(self.p)


@dataclass(frozen=True)
class Bootstrap:
    """Limits from resampled reports.

    Parameters
    ----------
    median
        Median time of all patients, in the unit of the data.
    differences
        Restricted mean of each group minus that of the reference, by group.
    unusable
        By group, the samples that tell nothing of its difference: without patients of one of the
        two groups, or with one that was not followed up to the horizon.
    clusters
        Reports that were drawn from.
    method
        How the limits are made: one of `LIMITS`.
    """

    median: Estimate
    differences: dict[object, Estimate]
    unusable: dict[object, int]
    clusters: int = 0
    method: str = "percentile"

    @property
    def few_clusters(self) -> bool:
        """Whether there are so few reports that the limits are probably too narrow."""
        return self.clusters < FEW_CLUSTERS


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

    The statistic is the quadratic form of observed minus expected events in their covariance over
    all splits: the sum over groups of (O - E)² / n, but for a constant (Hothorn et al., Am Stat
    2006;60:257). With two groups that is the distance of observed from expected events in one of
    them. Up to `max_splits` splits all are counted, so that the p-value is exact; beyond, `samples`
    random splits are drawn with `seed`, and the observed split counts as one of them (Phipson and
    Smyth, Stat Appl Genet Mol Biol 2010;9:39).

    Raises
    ------
    ValueError
        If there are fewer than two groups, no events, or splits to be drawn and no whole number of
        at least one of them; see also `inputs.checked`.
    """
    time, event = checked(time, event, group=group)
    _, index = group_index(group, len(time))
    if not event.any():
        raise ValueError("a permutation test needs at least one event; all patients are censored")
    scores = logrank_scores(time, event)
    sizes = np.sort(np.bincount(index))
    sums = np.bincount(index, scores)
    observed = float((sums**2 / np.bincount(index)).sum()) * (1 - _SAME) - _SAME**2
    splits = _multinomial(sizes)
    if splits <= max_splits:
        if len(sizes) == 2:
            hits = splits_as_extreme(scores, int(sizes[0]), np.abs(sums).max() - _SAME)
        else:
            hits = _as_extreme(scores[None, :], np.zeros(1), sizes.tolist(), observed)
        return Permutation(hits / splits, splits, hits, exact=True)
    check_draws(samples, "samples")
    random = np.random.default_rng(seed)
    different, often = np.unique(scores, return_counts=True)
    hits = 0
    for parts in random_splits(often, sizes, samples, random):
        distance = sum(
            (part @ different) ** 2 / size for part, size in zip(parts, sizes, strict=True)
        )
        hits += int((distance >= observed).sum())
    return Permutation((hits + 1) / (samples + 1), samples, hits, exact=False)


def _multinomial(sizes) -> int:
    """In how many ways patients can be split into groups of these sizes."""
    total = int(sum(sizes))
    return math.factorial(total) // math.prod(math.factorial(int(size)) for size in sizes)


def _as_extreme(rest: np.ndarray, before: np.ndarray, sizes: list[int], least: float) -> int:
    """How many splits have a sum of squared sums over sizes of at least `least`.

    Parameters
    ----------
    rest
        Scores that belong to no group yet: ways to fill the earlier groups x patients.
    before
        What the earlier groups contribute in each of these ways.
    sizes
        Of the groups still to be filled.
    """
    size, *others = sizes
    if not others:
        return int((before + rest.sum(axis=1) ** 2 / size >= least).sum())
    chosen = np.array(list(combinations(range(rest.shape[1]), size)))
    free = np.ones((len(chosen), rest.shape[1]), dtype=bool)
    np.put_along_axis(free, chosen, False, axis=1)
    left = np.nonzero(free)[1].reshape(len(chosen), -1)
    at_once = max(1, 200_000 // len(chosen))
    count = 0
    for start in range(0, len(rest), at_once):
        part = rest[start : start + at_once]
        sums = part[:, chosen].sum(axis=2) ** 2 / size
        so_far = (before[start : start + at_once, None] + sums).ravel()
        count += _as_extreme(part[:, left].reshape(len(so_far), -1), so_far, others, least)
    return count


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
    parts = _sums(scores[:half], size), _sums(scores[half:], size)
    count = 0
    for sums, others in zip(parts[0], parts[1][::-1], strict=True):
        sums, others = np.sort(sums), np.sort(others)
        beyond = np.searchsorted(others, distance - sums, side="left")
        count += int((len(others) - beyond).sum())
        count += int(np.searchsorted(others, -distance - sums, side="right").sum())
    return count


def _sums(values: np.ndarray, most: int) -> list[np.ndarray]:
    """The sums of all subsets of 0, 1, ... `most` values; none where there are fewer values."""
    sums, last = np.zeros(1), np.full(1, -1)
    found = [sums]
    for _ in range(most):
        # From each subset come those with one later value more.
        more = len(values) - 1 - last
        subset = np.repeat(np.arange(len(last)), more)
        place = np.arange(len(subset)) - np.repeat(np.cumsum(more) - more, more)
        last = last[subset] + 1 + place
        sums = sums[subset] + values[last]
        found.append(sums)
    return found


def bootstrap_by_report(
    time,
    event,
    group,
    report,
    reference,
    horizon: float,
    resamples: int,
    seed: int,
    conf_level: float = 0.95,
    unit: str = "",
    limits: str = "percentile",
) -> Bootstrap:
    """Resample whole reports, since patients of one report resemble each other.

    Reports are drawn with replacement, as many as there are (Field and Welsh, J R Stat Soc B
    2007;69:369); limits are percentiles of the resampled estimates, as they are or corrected. The
    estimates themselves are those of the data.

    Parameters
    ----------
    time, event, group, report
        One entry per patient; a patient without a group takes part in the median alone.
    reference
        The group that the others are compared with.
    horizon
        Of the restricted means, in the unit of `time`, whose name in print is `unit`.
    resamples, seed, conf_level
        Number of samples, seed of the random numbers, level of the limits.
    limits
        `percentile`, or `BCa`: bias-corrected and accelerated (Efron, J Am Stat Assoc 1987;82:171),
        with the acceleration from leaving out each report in turn. These are not estimable where
        the estimate without one of the reports is not.

    Raises
    ------
    ValueError
        If there are groups, and `reference` is none of them; if a patient has no report; if the
        level is not between 0 and 1, the horizon not positive and finite, the number of samples
        below one, or the kind of limits unknown; see also `inputs.checked`.
    """
    check_level(conf_level)
    check_draws(resamples, "resamples")
    check_horizon(horizon)
    if limits not in LIMITS:
        raise ValueError(f"limits must be one of {', '.join(LIMITS)}, not {limits!r}")
    time, event = checked(time, event, group=group, report=report)
    groups = members(group, len(time), reference)
    member, reports = pd.factorize(np.asarray(report, dtype=object), sort=True)
    if len(member) != len(time) or np.any(member < 0):
        given = int(np.sum(member >= 0))
        raise ValueError(f"each of {len(time)} patients needs a report; {given} have one")
    (drawn,) = resampled([len(reports)], resamples, seed)
    # First the data as they are, then the samples, then the data without each of the reports.
    kept = [np.ones((1, len(reports)), dtype=int), drawn]
    kept += [1 - np.eye(len(reports), dtype=int)] if limits == "BCa" else []
    _, index, _ = grouping(group, len(time))
    first, kind = alike(time, event, index)
    weights = np.vstack([together(some, kind, member) for some in kept])
    time, event, groups = time[first], event[first], {k: own[first] for k, own in groups.items()}
    parts = (resamples, limits, conf_level)
    times, survival = weighted_curves(time, event, weights)
    found = np.nan_to_num(medians(times, survival), nan=np.inf)
    median = replace(_limits(found, *parts), unit=unit, most=1)
    means = {
        name: restricted_means(time, event, weights * own, horizon) for name, own in groups.items()
    }
    differences, unusable = {}, {}
    for name in groups:
        if name != reference:
            values = means[name] - means[reference]
            differences[name] = replace(_limits(values, *parts), unit=unit, digits=1)
            unusable[name] = int(np.isnan(values[1 : resamples + 1]).sum())
    return Bootstrap(median, differences, unusable, len(reports), limits)


def _limits(values: np.ndarray, resamples: int, limits: str, conf_level: float) -> Estimate:
    """The first value with limits from the samples that follow; infinite ones are not estimable.

    Samples that are NaN are left out. The values after the samples leave one cluster out each.
    """
    samples, without = values[1 : resamples + 1], values[resamples + 1 :]
    samples = samples[~np.isnan(samples)]
    estimate = float(values[0]) if np.isfinite(values[0]) else math.nan
    tails = np.array([(1 - conf_level) / 2, (1 + conf_level) / 2])
    if limits == "BCa":
        tails = _corrected(tails, estimate, samples, without)
    ends = (math.nan if np.isnan(tail) else percentile(samples, tail) for tail in tails)
    return Estimate(estimate, *ends, conf_level=conf_level)


def _corrected(
    tails: np.ndarray, estimate: float, samples: np.ndarray, without: np.ndarray
) -> np.ndarray:
    """The tails of BCa limits; NaN where they do not exist."""
    if math.isnan(estimate) or not len(samples) or not np.isfinite(without).all():
        return np.full(2, math.nan)
    # Many samples may equal the estimate, a median above all: half of them lie below.
    near = np.isclose(samples, estimate, rtol=0, atol=_SAME * max(1.0, abs(estimate)))
    below = ((samples < estimate) & ~near).mean() + near.mean() / 2
    if not 0 < below < 1:
        return np.full(2, math.nan)
    away = without.mean() - without
    spread = (away**2).sum() ** 1.5
    acceleration = (away**3).sum() / (6 * spread) if spread > 0 else 0.0
    bias = special.ndtri(below)
    moved = bias + special.ndtri(tails)
    return special.ndtr(bias + moved / (1 - acceleration * moved))
