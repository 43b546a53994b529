"""Two-group statistics of many small sets of uncensored times at once.

Arrays have one row per set and one column per patient, sorted by time within a row. One set alone
belongs to `case_review.survival`, which knows censoring; these functions exist because hundreds of
sets are compared here, and thousands of labellings tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class _Ties:
    """Where each time's block of ties begins and ends (half-open), same shape as the times."""

    first: np.ndarray
    last: np.ndarray

    @classmethod
    def of(cls, times: np.ndarray) -> _Ties:
        rows = np.atleast_2d(times)
        return cls(
            np.stack([np.searchsorted(row, row, side="left") for row in rows]),
            np.stack([np.searchsorted(row, row, side="right") for row in rows]),
        )

    def at_risk(self) -> np.ndarray:
        return self.first.shape[1] - self.first

    def of_second(self, second: np.ndarray) -> np.ndarray:
        """Members of the second group at risk at each time."""
        from_here = np.cumsum(second[:, ::-1], axis=1)[:, ::-1]
        return np.take_along_axis(from_here, np.broadcast_to(self.first, second.shape), axis=1)


def logrank_parts(times: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Observed minus expected events of the second group, and its variance (R `survdiff`).

    Parameters
    ----------
    times
        Sorted and uncensored; shape (sets, patients), or (patients,) if all sets share them.
    second
        Whether the patient is in the second group; shape (sets, patients).
    """
    ties = _Ties.of(times)
    risk, group, tied = ties.at_risk(), ties.of_second(second), ties.last - ties.first
    score = second.sum(axis=1) - (group / risk).sum(axis=1)
    # Each of d tied events carries 1/d of the hypergeometric variance; the last patient has none.
    spread = group * (risk - group) * (risk - tied) / (risk**2 * np.maximum(risk - 1, 1))
    return score, spread.sum(axis=1)


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
    ties = _Ties.of(times)
    risk, group, tied = ties.at_risk(), ties.of_second(second), ties.last - ties.first
    events = np.cumsum(np.pad(second.astype(int), ((0, 0), (1, 0))), axis=1)
    before, after = (np.take_along_axis(events, end, axis=1) for end in (ties.first, ties.last))
    tied_group = after - before
    share = (np.arange(times.shape[1]) - ties.first) / tied
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
    z = stats.norm.isf((1 - conf_level) / 2) / np.sqrt(information)
    return np.exp(beta), np.exp(beta - z), np.exp(beta + z)


def group_medians(times: np.ndarray, second: np.ndarray, of_second: bool) -> np.ndarray:
    """Kaplan–Meier medians of one group per set, in hours (no censoring: the sample's median)."""
    members = times[second == of_second].reshape(len(times), -1)
    return np.median(members, axis=1)


def rmst_differences(times: np.ndarray, second: np.ndarray, horizon: float) -> np.ndarray:
    """Restricted mean time of the second group minus the first, in hours, up to `horizon`."""
    capped = np.minimum(times, horizon)
    n_second = second.sum(axis=1)
    in_second = (capped * second).sum(axis=1) / n_second
    in_first = (capped * ~second).sum(axis=1) / (times.shape[1] - n_second)
    return in_second - in_first


def permutation_p(times: np.ndarray, second: np.ndarray) -> float:
    """Exact two-sided permutation p of the log-rank score of one set.

    All splits into groups of these sizes are counted, not sampled: the scores 1 - Nelson–Aalen
    are fixed, so a split's score is a sum over its second group, and the sums over two halves of
    the patients are matched in sorted order (Horowitz and Sahni, J ACM 1974;21:277).
    """
    ties = _Ties.of(times)
    # Every event adds 1/(at risk) to the cumulative hazard, all ties of a time at once.
    scores = 1 - np.cumsum(1 / ties.at_risk()[0])[ties.last[0] - 1]
    size = int(second.sum())
    observed = abs(scores[second].sum()) - _TOLERANCE
    half = len(scores) // 2
    left, right = _subset_sums(scores[:half]), _subset_sums(scores[half:])
    extreme = total = 0
    for k, sums in left.items():
        others = right.get(size - k)
        if others is None:
            continue
        total += len(sums) * len(others)
        extreme += (len(others) - np.searchsorted(others, observed - sums, side="left")).sum()
        extreme += np.searchsorted(others, -observed - sums, side="right").sum()
    return float(extreme / total)


def _subset_sums(scores: np.ndarray) -> dict[int, np.ndarray]:
    """Sorted sums of all subsets, by size of the subset."""
    n = len(scores)
    sums = {0: np.zeros(1)}
    for k in range(1, n + 1):
        members = np.array(list(combinations(range(n), k)))
        sums[k] = np.sort(scores[members].sum(axis=1))
    return sums


def step_heights(times: np.ndarray, at: Sequence[float]) -> np.ndarray:
    """Proportion responding by each time of `at`; shape (sets, times)."""
    return np.stack([(times <= t).mean(axis=1) for t in at], axis=1)
