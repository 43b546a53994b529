"""Kaplan–Meier curves, medians and restricted means of many samples of the same patients at once.

A sample is a row of weights: how often each patient counts in it. Times are taken as they are;
`inputs.checked` has made those equal that differ by rounding. Within, a row is a time or a patient
and goes through all samples, for there are thousands of these and numpy is quick along rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from case_review.statistics.inputs import check_horizon, check_weights
from case_review.statistics.survival import TOLERANCE

#: Samples of up to so many numbers are kept, because hundreds of data sets have one size.
_KEPT = 1_000_000


def resampled(sizes: Sequence[int], resamples: int, seed: int) -> tuple[np.ndarray, ...]:
    """How often each member of groups of these sizes is drawn, with replacement, in each sample.

    Returns
    -------
    tuple of arrays
        Of each group, samples x members; they cannot be written to.
    """
    one = _kept if sum(sizes) * resamples <= _KEPT else _kept.__wrapped__
    return one(tuple(int(size) for size in sizes), int(resamples), seed)


@lru_cache(maxsize=8)
def _kept(sizes: tuple[int, ...], resamples: int, seed: int) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    drawn = tuple(random.multinomial(n, np.full(n, 1 / n), resamples) for n in sizes)
    for counts in drawn:
        counts.setflags(write=False)
    return drawn


def alike(*columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Patients who are alike in all columns: one of each kind, and each patient's kind."""
    table = np.column_stack([np.asarray(column, dtype=float) for column in columns])
    _, first, kind = np.unique(table, axis=0, return_index=True, return_inverse=True)
    return first, kind.ravel()


def together(weights: np.ndarray, kind: np.ndarray, member: np.ndarray | None = None) -> np.ndarray:
    """Weights of patients who are alike, added up (samples x kinds).

    Curves depend on nothing else, and many patients have few different times.

    Parameters
    ----------
    weights
        Samples x patients, or samples x reports.
    kind
        The kind of each patient, see `alike`.
    member
        The report of each patient, where weights are of reports.
    """
    order = np.argsort(kind, kind="stable")
    starts = np.flatnonzero(np.diff(kind[order], prepend=-1))
    column = order if member is None else member[order]
    found = np.empty((len(starts), len(weights)))
    at_once = max(1, _KEPT // len(kind))
    for start in range(0, len(weights), at_once):
        part = weights[start : start + at_once].T[column]
        found[:, start : start + at_once] = _blocks(part, starts)
    return found.T


def resampled_kinds(
    kinds: Sequence[np.ndarray], resamples: int, seed: int
) -> tuple[np.ndarray, ...]:
    """How often each kind of patient is there in the data, and then in each sample.

    The samples are those of `resampled`, for groups whose members have these `kinds`; of many
    patients the drawn numbers are not kept, only their sums by kind.

    Returns
    -------
    tuple of arrays
        Of each group, (1 + samples) x kinds.
    """
    sizes = [len(kind) for kind in kinds]
    if sum(sizes) * resamples <= _KEPT:
        drawn = [[one] for one in resampled(sizes, resamples, seed)]
    else:
        random = np.random.default_rng(seed)
        drawn = (_in_parts(random, size, int(resamples)) for size in sizes)
    return tuple(
        np.vstack([np.bincount(kind), *(together(part, kind) for part in parts)])
        for kind, parts in zip(kinds, drawn, strict=True)
    )


def _in_parts(random: np.random.Generator, size: int, resamples: int) -> Iterator[np.ndarray]:
    """The samples of one group, some at a time; the same as all at once."""
    at_once = max(1, _KEPT // size)
    for start in range(0, resamples, at_once):
        yield random.multinomial(size, np.full(size, 1 / size), min(at_once, resamples - start))


def weighted_curves(
    time: np.ndarray, event: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Kaplan–Meier curves of many samples of the same patients.

    Parameters
    ----------
    time, event
        One entry per patient; event as booleans.
    weights
        Samples x patients: how often each patient counts.

    Returns
    -------
    tuple of arrays
        Distinct event times, and survival just after each (samples x times). A sample keeps its
        last value where nobody is left at risk.

    Raises
    ------
    ValueError
        If a weight is missing, infinite or negative.
    """
    times, events, at_risk = _counts(time, event, weights)
    return times, _survival(events, at_risk).T


def medians(times: np.ndarray, survival: np.ndarray, level: float = 0.5) -> np.ndarray:
    """The time at which each row of `survival` falls below `level`; see `survival.crossing`."""
    below = survival < level + TOLERANCE
    first = below.argmax(axis=1)
    rows = np.arange(len(survival))
    reached = survival[rows, first]
    lower = survival < reached[:, None]
    flat = (np.abs(reached - level) < TOLERANCE) & lower.any(axis=1)
    end = np.where(flat, lower.argmax(axis=1), first)
    return np.where(below[rows, first], (times[first] + times[end]) / 2, np.nan)


def restricted_means(
    time: np.ndarray, event: np.ndarray, weights: np.ndarray, horizon: float
) -> np.ndarray:
    """Restricted mean time of each sample.

    NaN for a sample without patients, or whose curve ends before the horizon with patients who had
    not had the event; `rmst.restricted_mean` refuses the same.

    Raises
    ------
    ValueError
        If the horizon is not positive and finite; see also `weighted_curves`.
    """
    return restricted_moments(time, event, weights, horizon)[0]


def restricted_moments(
    time: np.ndarray, event: np.ndarray, weights: np.ndarray, horizon: float
) -> tuple[np.ndarray, np.ndarray]:
    """Restricted mean time of each sample and its Greenwood variance; see `rmst.restricted_mean`.

    Both are NaN where `restricted_means` are, and refused where these are.
    """
    check_horizon(horizon)
    times, events, at_risk = _counts(time, event, weights)
    survival = _survival(events, at_risk)
    last = np.where(weights.T > 0, time[:, None], -np.inf).max(axis=0)
    known = (last >= horizon) | ((survival[-1] <= 0) & np.isfinite(last))
    edges = np.concatenate([[0.0], np.minimum(times, horizon), [horizon]])
    areas = survival * np.diff(edges[1:])[:, None]
    after = _running(np.add, areas[::-1])[::-1]
    alive = at_risk - events
    # Where everybody left has the event the curve is 0 from there on, and so is the area.
    weight = np.where(alive > 0, events, 0) / np.where(alive > 0, at_risk * alive, 1)
    # Numpy adds up a sample that lies together more exactly than one number of each row at a time.
    variances = np.ascontiguousarray((after**2 * weight).T).sum(axis=1)
    means = edges[1] + after[0]
    return np.where(known, means, math.nan), np.where(known, variances, math.nan)


def _counts(time: np.ndarray, event: np.ndarray, weights: np.ndarray):
    """Distinct event times, and the events and patients at risk at each (times x samples)."""
    weights = np.atleast_2d(check_weights(weights, len(time)))
    times = np.unique(time[event]) if event.any() else np.unique(time)
    order = np.argsort(time, kind="stable")
    first = np.searchsorted(time[order], times)
    ordered = weights.T[order]
    # What lies between two event times has no event, so that each block adds up to one time's.
    events = _blocks(ordered * event[order, None], first)
    before = _running(np.add, np.vstack([np.zeros(len(weights)), ordered]))
    return times, events, before[-1] - before[first]


def _survival(events: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    share = events / np.where(at_risk > 0, at_risk, 1)  # where nobody is at risk nobody has one
    return _running(np.multiply, 1 - share)


def _running(operation: np.ufunc, rows: np.ndarray) -> np.ndarray:
    """`operation.accumulate` down the rows, which in numpy goes through one column at a time."""
    found = np.array(rows)
    for before, row in pairwise(found):
        operation(before, row, out=row)
    return found


def _blocks(rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The sum of each block of rows; `np.add.reduceat` goes through one column at a time."""
    found = rows[starts]
    for block, (start, end) in zip(found, pairwise([*starts, len(rows)]), strict=True):
        if end - start > 1:
            rows[start:end].sum(axis=0, out=block)
    return found
