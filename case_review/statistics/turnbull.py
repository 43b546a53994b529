"""The likelihood of interval-censored times, maximised for many weightings of the same patients.

An interior-point method ends on the Kuhn–Tucker conditions of the likelihood, not on small steps:
steps get small long before the maximum is reached where a cell's probability falls to zero slowly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Probability times slope, on average over cells, at which the conditions hold (both are fractions
#: of 1, and one of them is 0 at the maximum), and the error that the slopes may have.
_COMPLEMENTARY, _DUAL = 1e-18, 1e-12
_MOST_STEPS = 200
#: A cell with less than this carries no probability.
NOTHING = 1e-7
#: Numbers in one array of matrices: samples are dealt with in so many at once.
_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Ends:
    """The ends of all intervals in order, and where each patient's interval begins and closes.

    At equal values a right end comes before a left end, as intervals are open on the left.

    Parameters
    ----------
    value, begins
        Of each distinct end, ascending: its value, and whether it is a left end.
    left, right
        Each patient's interval as positions among the ends.
    """

    value: np.ndarray
    begins: np.ndarray
    left: np.ndarray
    right: np.ndarray

    @classmethod
    def of(cls, left: np.ndarray, right: np.ndarray) -> Ends:
        """The ends of the intervals (left, right]."""
        keys = sorted({(x, False) for x in right.tolist()} | {(x, True) for x in left.tolist()})
        place = {key: i for i, key in enumerate(keys)}
        values, begins = zip(*keys, strict=True)
        return cls(
            np.array(values, dtype=float),
            np.array(begins),
            np.array([place[x, True] for x in left.tolist()]),
            np.array([place[x, False] for x in right.tolist()]),
        )

    def cells(self, counted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Turnbull's cells of samples (samples x patients: who counts at all).

        A cell begins at a left end and closes at a right end with no other end of the sample in
        between. It is known by the position of its right end alone: whichever patient's interval
        holds it in one sample holds it in all.

        Returns
        -------
        tuple of arrays
            Samples x ends: whether a cell closes there, and the position of the end before.
        """
        ends, patients = np.arange(len(self.value)), np.arange(len(self.left))
        has = np.zeros((len(patients), len(ends)))
        has[patients, self.left] = has[patients, self.right] = 1
        there = counted.astype(float) @ has > 0
        last = np.maximum.accumulate(np.where(there, ends, -1), axis=1)
        before = np.hstack([np.full((len(there), 1), -1), last[:, :-1]])
        return there & ~self.begins & (before >= 0) & self.begins[before], before

    def inside(self, columns: np.ndarray) -> np.ndarray:
        """Whether each patient's interval holds the cells that close at `columns` (0 or 1)."""
        holds = (self.left[:, None] < columns) & (columns <= self.right[:, None])
        return holds.astype(float)


def maximise(inside: np.ndarray, weights: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Probabilities of cells at which the likelihood of each sample is largest.

    The sum over patients of weight times log of the probability of their interval is largest just
    if no cell's slope exceeds the sum of the weights, and equals it where there is probability
    (Gentleman and Geyer, Biometrika 1994;81:618). Newton steps are taken on these conditions and
    their slacks together, inside the region where both are positive (a primal-dual interior-point
    method; Wright, Primal-Dual Interior-Point Methods, 1997). Where several estimates are equally
    likely the result lies in their midst, whatever the order of patients.

    Parameters
    ----------
    inside
        Patients x cells: whether the interval of a patient holds the cell.
    weights
        Samples x patients: how often each counts; every row has a positive sum.
    cells
        Samples x cells: which cells the sample has; each patient who counts has one at least.

    Returns
    -------
    Array
        Samples x cells, rows sum to 1; 0 for a cell that the sample does not have.
    """
    samples, size = cells.shape
    found = np.empty((samples, size))
    at_once = max(1, _AT_ONCE // (size * max(inside.shape)))
    for start in range(0, samples, at_once):
        part = slice(start, start + at_once)
        share = weights[part] / weights[part].sum(axis=1, keepdims=True)
        found[part] = _interior(inside, share, cells[part])
    return found


def _maximised_once(inside: np.ndarray, weights: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """`maximise`, but once for samples that are the same; patients with the same cells are one.

    Many samples differ only in which of several such patients they have.
    """
    kinds, kind = np.unique(inside, axis=0, return_inverse=True)
    together = weights @ np.eye(len(kinds))[kind.ravel()]
    key = np.hstack([together, cells])
    first: dict[bytes, int] = {}
    same = [first.setdefault(row.tobytes(), number) for number, row in enumerate(key)]
    different, place = np.unique(same, return_inverse=True)
    return maximise(kinds, together[different], cells[different])[place]


def _interior(inside: np.ndarray, share: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """`maximise` of samples at once; `share` are weights that sum to 1."""
    found, left = np.empty(cells.shape), np.arange(len(cells))
    mass = cells / cells.sum(axis=1, keepdims=True)
    for _ in range(10):  # self-consistency comes near the maximum quickly, and slows down then
        mass = mass * _slopes(inside, share, mass)[0]
    mass = np.where(cells, np.maximum(mass, 1e-3), 0.0)
    slack = np.where(cells, np.maximum(1 - _slopes(inside, share, mass)[0], 1e-2), 1.0)
    centring = np.full((len(cells), 1), 0.1)
    diagonal = np.arange(cells.shape[1])
    both = (cells[:, :, None] & cells[:, None, :]).astype(float)
    for _ in range(_MOST_STEPS):
        slope, curvature = _slopes(inside, share, mass)
        gap = (mass * slack).sum(axis=1, keepdims=True) / cells.sum(axis=1, keepdims=True)
        error = np.abs(np.where(cells, 1 - slope - slack, 0)).max(axis=1)
        done = (gap[:, 0] < _COMPLEMENTARY) & (error < _DUAL)
        if done.any():
            found[left[done]] = mass[done]
            state = (left, mass, slack, share, cells, both, centring, slope, curvature, gap)
            state = [array[~done] for array in state]
            left, mass, slack, share, cells, both, centring, slope, curvature, gap = state
            if not len(left):
                return found / found.sum(axis=1, keepdims=True)
        # A cell that the sample does not have gets an equation of its own: no change.
        matrix = np.matmul(inside.T * curvature[:, None, :], inside)
        matrix *= both
        safe = np.where(cells, mass, 1.0)
        matrix[:, diagonal, diagonal] += slack / safe
        wanted = centring * gap
        right = np.where(cells, slope - 1 + wanted / safe, 0.0)
        step = np.linalg.solve(matrix, right[..., None])[..., 0]
        change = np.where(cells, (wanted - slack * step) / safe - slack, 0.0)
        length = np.minimum(_room(mass, step), _room(slack, change))
        length = np.minimum(1.0, np.maximum(0.995, 1 - gap) * length)
        mass, slack = mass + length * step, slack + length * change
        centring = np.where(length > 0.9, 0.01, np.where(length > 0.5, 0.1, 0.4))
    raise ArithmeticError(f"the likelihood of intervals has not settled in {_MOST_STEPS} steps")


def _slopes(inside: np.ndarray, share: np.ndarray, mass: np.ndarray):
    """The slope of the log likelihood in each cell's direction, and each patient's curvature."""
    # a patient who does not count may have lost all probability
    likelihood = np.where(share > 0, mass @ inside.T, 1.0)
    ratio = share / likelihood
    return ratio @ inside, ratio / likelihood


def _room(value: np.ndarray, step: np.ndarray) -> np.ndarray:
    """How many steps can be taken before the first value of a sample is zero."""
    falling = step < 0
    rooms = np.divide(-value, step, out=np.full(value.shape, np.inf), where=falling)
    return rooms.min(axis=1, keepdims=True)


def polished(inside: np.ndarray, weights: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """One estimate with exact zeros, where these satisfy the conditions as well; else as it is."""
    share, used = weights / weights.sum(), mass > NOTHING
    new = np.where(used, mass, 0.0)
    new /= new.sum()
    for _ in range(5):
        slope, curvature = _slopes(inside, share, new)
        matrix = (inside.T * curvature) @ inside
        step = np.linalg.lstsq(matrix[np.ix_(used, used)], slope[used] - 1, rcond=1e-12)[0]
        new[used] += step
    if not (new >= 0).all():
        return mass
    slope = _slopes(inside, share, new)[0]
    fits = slope.max() <= 1 + 1e-11 and np.abs(slope[used] - 1).max() <= 1e-11
    return new if fits else mass


def medians(left: np.ndarray, right: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The cell (p, q] in which the estimate of each sample reaches one half; NaN if nowhere.

    The cells of a sample fall into stretches that no interval of the sample joins. How much
    probability a stretch holds is known beforehand, the share of its patients, so that only the
    stretch with the median needs an estimate, and only if it has more cells than one.

    Parameters
    ----------
    left, right
        Interval of each patient.
    weights
        Samples x patients.

    Returns
    -------
    Array
        Samples x 2.
    """
    ends = Ends.of(left, right)
    closes, before = ends.cells(weights > 0)
    samples, size = closes.shape
    ends_at = np.eye(size)[ends.right]
    # Does an interval of the sample run on from this end to the next?
    runs = ((ends.left[:, None] < np.arange(size)) & (np.arange(size) < ends.right[:, None])) * 1.0
    joined = (weights > 0).astype(float) @ runs > 0
    through = np.cumsum(weights @ ends_at, axis=1)
    half = through[:, -1:] / 2
    last = (~joined & (through >= half * (1 - 1e-12))).argmax(axis=1)
    place = np.arange(size)
    earlier = ~joined & (place < last[:, None])
    first = np.where(earlier.any(axis=1), size - earlier[:, ::-1].argmax(axis=1), 0)
    here = closes & (place >= first[:, None]) & (place <= last[:, None])
    cell = here.argmax(axis=1)
    several = np.flatnonzero(here.sum(axis=1) > 1)
    if len(several):
        columns = np.flatnonzero(here[several].any(axis=0))
        right_end = ends.right[None, :]
        begin, end = first[several, None], last[several, None]
        own = np.where((right_end >= begin) & (right_end <= end), weights[several], 0.0)
        inside, cells = ends.inside(columns), here[several][:, columns]
        mass = _maximised_once(inside, own, cells)
        sought = half[several, 0] - (through[several, end[:, 0]] - own.sum(axis=1))
        reached = np.cumsum(mass, axis=1) > (sought / own.sum(axis=1) - NOTHING)[:, None]
        cell[several] = columns[(reached & (mass > NOTHING)).argmax(axis=1)]
    rows = np.arange(samples)
    found = np.column_stack([ends.value[before[rows, cell]], ends.value[cell]])
    found[~np.isfinite(found[:, 1])] = np.nan
    return found
