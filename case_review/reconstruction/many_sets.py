"""Two-group statistics of many small sets of uncensored times at once.

Arrays have one row per set and one column per patient, sorted by time within a row. One set alone
belongs to `statistics.survival`, which knows censoring; these functions exist because hundreds of
sets are compared here, and thousands of labellings tried.
"""

from __future__ import annotations

import numpy as np
from scipy import special


def _risk_sets(times: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, ...]:
    """Where each time's block of ties begins and ends (half-open), and who is at risk there.

    The last two are the patients at risk at each time, and those of them in the second group.
    """
    rows = np.atleast_2d(times)
    number, place = rows.shape[1], np.arange(rows.shape[1])
    changes = np.ones((len(rows), number + 1), dtype=bool)
    changes[:, 1:-1] = rows[:, 1:] != rows[:, :-1]
    first = np.maximum.accumulate(np.where(changes[:, :-1], place, 0), axis=1)
    last = np.where(changes[:, 1:], place + 1, number)[:, ::-1]
    last = np.minimum.accumulate(last, axis=1)[:, ::-1]
    from_here = np.cumsum(second[:, ::-1], axis=1)[:, ::-1]
    if len(first) == 1:
        group = from_here.take(first[0], axis=1)
    else:
        group = np.take_along_axis(from_here, first, axis=1)
    return first, last, number - first, group


def logrank_parts(times: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Observed minus expected events of the second group, and its variance (R `survdiff`).

    Parameters
    ----------
    times
        Sorted and uncensored; shape (sets, patients), or (patients,) if all sets share them.
    second
        Whether the patient is in the second group; shape (sets, patients).
    """
    first, last, risk, group = _risk_sets(times, second)
    tied = last - first
    score = second.sum(axis=1) - (group / risk).sum(axis=1)
    # Each of d tied events carries 1/d of the hypergeometric variance; the last patient has none.
    spread = group * (risk - group) * (risk - tied) / (risk**2 * np.maximum(risk - 1, 1))
    return score, spread.sum(axis=1)


def logrank_p(times: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Log-rank p-values between the groups, one per set; parameters as for `logrank_parts`."""
    score, variance = logrank_parts(times, second)
    return special.chdtrc(1, score**2 / variance)


def hazard_ratios(
    times: np.ndarray, second: np.ndarray, conf_level: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cox hazard ratios of the second group against the first with Wald limits, ties after Efron.

    One Newton iteration over all sets at once; D. R. Cox, J R Stat Soc B 1972;34:187, B. Efron,
    J Am Stat Assoc 1977;72:557.

    Returns
    -------
    tuple of arrays
        Ratio, lower and upper limit per set.
    """
    first, last, risk, group = _risk_sets(times, second)
    tied = last - first
    events = np.cumsum(np.pad(second.astype(int), ((0, 0), (1, 0))), axis=1)
    before, after = (np.take_along_axis(events, end, axis=1) for end in (first, last))
    tied_group = after - before
    share = (np.arange(times.shape[1]) - first) / tied
    ones = group - share * tied_group
    zeros = (risk - group) - share * (tied - tied_group)
    beta = np.zeros(len(times))
    observed = second.sum(axis=1)
    for _ in range(30):
        weight = ones * np.exp(beta)[:, None]
        chance = weight / (weight + zeros)
        information = (chance * (1 - chance)).sum(axis=1)
        step = (observed - chance.sum(axis=1)) / information
        beta = beta + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-10:
            break
    z = -special.ndtri((1 - conf_level) / 2) / np.sqrt(information)
    return np.exp(beta), np.exp(beta - z), np.exp(beta + z)


def of_group(times: np.ndarray, second: np.ndarray, of_second: bool) -> np.ndarray:
    """The times of one group, which has one size in all sets; shape (sets, patients)."""
    return times[second == of_second].reshape(len(times), -1)


def group_medians(times: np.ndarray, second: np.ndarray, of_second: bool) -> np.ndarray:
    """Kaplan–Meier medians of one group per set, in hours (no censoring: the sample's median)."""
    return np.median(of_group(times, second, of_second), axis=1)
