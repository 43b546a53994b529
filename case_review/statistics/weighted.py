"""Kaplan–Meier curves, medians and restricted means of many samples of the same patients at once.

A sample is a row of weights: how often each patient counts in it. Times are taken as they are;
`inputs.checked` has made those equal that differ by rounding.
"""

from __future__ import annotations

import math

import numpy as np

from case_review.statistics.inputs import check_horizon, check_weights
from case_review.statistics.survival import TOLERANCE


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
    return times, _survival(events, at_risk)


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
    last = np.where(weights > 0, time, -np.inf).max(axis=1)
    known = (last >= horizon) | ((survival[:, -1] <= 0) & np.isfinite(last))
    edges = np.concatenate([[0.0], np.minimum(times, horizon), [horizon]])
    areas = np.hstack([np.ones((len(survival), 1)), survival]) * np.diff(edges)
    after = np.cumsum(areas[:, ::-1], axis=1)[:, -2::-1]
    alive = at_risk - events
    # Where everybody left has the event the curve is 0 from there on, and so is the area.
    weight = np.divide(events, at_risk * alive, out=np.zeros_like(events), where=alive > 0)
    variances = (after**2 * weight).sum(axis=1)
    return np.where(known, areas.sum(axis=1), math.nan), np.where(known, variances, math.nan)


def _counts(time: np.ndarray, event: np.ndarray, weights: np.ndarray):
    """Distinct event times, and the events and patients at risk at each (samples x times)."""
    weights = np.atleast_2d(check_weights(weights, len(time)))
    times = np.unique(time[event]) if event.any() else np.unique(time)
    events = weights @ (event[:, None] & (time[:, None] == times)).astype(float)
    return times, events, weights @ (time[:, None] >= times).astype(float)


def _survival(events: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    share = np.divide(events, at_risk, out=np.zeros_like(events), where=at_risk > 0)
    return np.cumprod(1 - share, axis=1)
