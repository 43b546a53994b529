"""The largest value of a statistic over all sets of times that agree with the print, with proof.

Without censoring a set is a path: at each time of the grid some patients of each group respond, and
what is left at risk is the next state. The log-rank score and its variance are sums over the steps
of the path, and so are the statistics asked for, with gains that depend on time and state. That
makes the best path under a linear price on score and variance a matter of dynamic programming, and
the price a bound for all paths whose chi-square fits (Lagrangian relaxation: M. L. Fisher, Manage
Sci 1981;27:1). What no price excludes is enumerated, equal states merged. If the enumeration was
never cut short, nothing is larger than what it found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

#: Relative slack of the window of chi-square in bounds, far above the rounding of sums of floats.
_SLACK = 1e-9
#: Parts that the range of the variance is divided into, for tight bounds in each.
_PARTS = 6
#: Directions in which partial paths are asked whether they can still reach the window.
_DIRECTIONS = 16
#: Widths of the enumeration that are tried before the one that is given.
_WIDTHS = (300, 3000, 30_000)
#: Rounds of the search for prices, and the steepest price in ranges of the statistic.
_ROUNDS, _STEEPEST = 40, 50


@dataclass(frozen=True)
class Steps:
    """All steps that a path may take at one time of the grid.

    Parameters
    ----------
    hours
        The time.
    start, end
        Index of the state before and after, among the states of this time and of the next.
    first
        Where the steps of each state begin (they are sorted by `start`); one more entry at the end.
    risk, risk_second
        Patients at risk before the step, all and of the second group.
    events, events_second
        Patients who respond at this time, all and of the second group.
    score, variance
        What the step adds to the log-rank score of the second group and to its variance.
    """

    hours: int
    start: np.ndarray
    end: np.ndarray
    first: np.ndarray
    risk: np.ndarray
    risk_second: np.ndarray
    events: np.ndarray
    events_second: np.ndarray
    score: np.ndarray
    variance: np.ndarray


#: What a step adds to a statistic.
Gain = Callable[[Steps], np.ndarray]


@dataclass(frozen=True)
class Largest:
    """The largest sum of gains that was found.

    Parameters
    ----------
    value
        The sum; minus infinity if there is no path.
    times, second
        A set that attains it: sorted hours, and whether the patient is in the second group.
    proved
        Whether every other path was shown not to be larger.
    """

    value: float
    times: np.ndarray
    second: np.ndarray
    proved: bool


@dataclass(frozen=True)
class _Region:
    """Scores of one sign and variances between two ends whose chi-square lies in the window."""

    sign: int
    ends: tuple[float, float]
    window: tuple[float, float]

    def touching(self, price: np.ndarray) -> float:
        """The variance where the outer edge is parallel to a price, within the ends."""
        if price[1] == 0:
            return self.ends[1]
        root = np.sqrt(self.window[1])
        return float(np.clip((price[0] * root / (2 * price[1])) ** 2, *self.ends))

    def support(self, price: np.ndarray) -> float:
        """Largest price[0] * score + price[1] * variance in the region.

        Along an edge that is convex under the price it lies at an end, else where it is touched.
        """
        at = np.array([*self.ends, self.touching(price)])
        scores = self.sign * np.sqrt(np.outer(self.window, at))
        return float((price[0] * scores + price[1] * at).max())


class Lattice:
    """All sets of uncensored times on a grid that have the printed order statistics.

    Parameters
    ----------
    grid
        Times in hours that patients may have, sorted; the anchors' times are added.
    sizes
        Patients in the first and second group.
    anchors
        Sorted position (from 0) to the time that stands there.
    window
        Smallest and largest log-rank chi-square.
    """

    def __init__(
        self,
        grid: Sequence[int],
        sizes: tuple[int, int],
        anchors: Mapping[int, int],
        window: tuple[float, float],
    ):
        self.sizes = sizes
        self.window = (window[0] * (1 - _SLACK), window[1] * (1 + _SLACK))
        self.exact_window = window
        ends = min(anchors.values()), max(anchors.values())
        inside = {int(time) for time in grid if ends[0] <= time <= ends[1]}
        self.steps = self._steps(sorted(inside | set(anchors.values())), anchors)

    def _steps(self, hours: list[int], anchors: Mapping[int, int]) -> list[Steps]:
        n, states, found = sum(self.sizes), [(sum(self.sizes), self.sizes[1])], []
        for time in hours:
            least = max([p + 1 for p, t in anchors.items() if t <= time], default=0)
            most = min([p for p, t in anchors.items() if t > time], default=n)
            rows, after = [], {}
            for index, (risk, second) in enumerate(states):
                for d in range(max(0, least - (n - risk)), most - (n - risk) + 1):
                    for d2 in range(max(0, d - (risk - second)), min(d, second) + 1):
                        key = (risk - d, second - d2)
                        rows.append((index, after.setdefault(key, len(after)), risk, second, d, d2))
            start, end, *counts = np.array(rows, dtype=np.int64).reshape(-1, 6).T
            first = np.searchsorted(start, np.arange(len(states) + 1))
            found.append(Steps(time, start, end, first, *counts, *_logrank(*counts)))
            states = list(after)
        return found

    def suffixes(self, gains: list[np.ndarray] | None, price: Sequence[float]) -> list[np.ndarray]:
        """The most that paths from each state on can add, with a price on score and variance."""
        best = np.zeros(1)
        found = [best]
        for k in range(len(self.steps) - 1, -1, -1):
            step = self.steps[k]
            added = best[step.end] - price[0] * step.score - price[1] * step.variance
            if gains is not None:
                added += gains[k]
            best = np.maximum.reduceat(added, step.first[:-1])
            found.append(best)
        return found[::-1]

    def best_path(self, gains, price) -> tuple[float, np.ndarray]:
        """The most of all paths at a price, and (gain, score, variance) of such a path."""
        suffix, state, sums = self.suffixes(gains, price), 0, np.zeros(3)
        for k, step in enumerate(self.steps):
            own = slice(step.first[state], step.first[state + 1])
            added = gains[k][own] - price[0] * step.score[own] - price[1] * step.variance[own]
            j = step.first[state] + int(np.argmax(added + suffix[k + 1][step.end[own]]))
            sums += gains[k][j], step.score[j], step.variance[j]
            state = step.end[j]
        return float(suffix[0][0]), sums

    @property
    def hours(self) -> np.ndarray:
        """The times of the grid."""
        return np.array([step.hours for step in self.steps])

    @cached_property
    def directions(self) -> list[tuple[np.ndarray, list[np.ndarray]]]:
        """Prices without gains, and their suffixes: what the rest of a path can still reach."""
        angles = 2 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
        prices = np.column_stack([np.cos(angles), np.sin(angles)])
        return [(price, self.suffixes(None, price)) for price in prices]

    @cached_property
    def regions(self) -> list[_Region]:
        """The window of chi-square, by the sign of the score and by the variance."""
        low = -self.suffixes(None, (0, 1))[0][0]
        high = self.suffixes(None, (0, -1))[0][0]
        edges = np.linspace(low - _SLACK, high + _SLACK, _PARTS + 1).clip(0)
        parts = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
        return [_Region(sign, part, self.window) for sign in (1, -1) for part in parts]


def _logrank(risk, second, events, events_second) -> tuple[np.ndarray, np.ndarray]:
    score = events_second - events * second / np.maximum(risk, 1)
    spread = events * second * (risk - second) * (risk - events)
    return score, spread / np.maximum(risk**2 * np.maximum(risk - 1, 1), 1)


def _prices(lattice: Lattice, gains: list[np.ndarray], region: _Region) -> list[tuple]:
    """Prices with low bounds for a region, lowest first, as (bound, price): cutting planes."""
    from scipy.optimize import linprog  # takes half a second to import

    most = lattice.best_path(gains, (0, 0))[0]
    size = most + lattice.best_path([-gain for gain in gains], (0, 0))[0] or 1.0
    limits = [(-_STEEPEST * size, _STEEPEST * size)] * 2 + [(None, None)]
    price, found, rows, right = np.zeros(2), [], [], []
    for _ in range(_ROUNDS):
        value, (gain, score, variance) = lattice.best_path(gains, price)
        found.append((value + region.support(price), price))
        # The bound is convex in the price; each point of the region gives a plane below it.
        for at in (*region.ends, region.touching(price)):
            for c in region.window:
                there = region.sign * np.sqrt(c * at)
                rows.append([there - score, at - variance, -1.0])
                right.append(-gain)
        best = linprog([0, 0, 1], A_ub=rows, b_ub=right, bounds=limits)
        if best.status != 0 or min(b for b, _ in found) - best.fun < 1e-7 * size:
            break
        price = best.x[:2]
    return sorted(found, key=lambda pair: pair[0])


class _Sweep:
    """The enumeration of the paths of one region that may be better than what is known."""

    def __init__(self, lattice: Lattice, gains, region: _Region, priced):
        self.lattice, self.gains, self.region = lattice, gains, region
        cuts = [(region.support(price), price, suffix) for price, suffix in priced]
        # What excludes most comes first, so that little is left for the others to look at.
        self.cuts = sorted(cuts, key=lambda cut: cut[0] + cut[2][0][0])

    def run(self, needed: float, width: int):
        """(value, times, second) of the best path, if any has `needed`; and whether it was cut."""
        state, sums, trail, cut = np.zeros(1, dtype=np.int64), np.zeros((3, 1)), [], False
        for k, step in enumerate(self.lattice.steps):
            count = step.first[state + 1] - step.first[state]
            parent = np.repeat(np.arange(len(state)), count)
            taken = np.arange(len(parent)) - np.repeat(np.cumsum(count) - count, count)
            taken += step.first[state][parent]
            added = (self.gains[k][taken], step.score[taken], step.variance[taken])
            sums = sums[:, parent] + np.array(added)
            state = step.end[taken]
            rank = self._ranks(k + 1, state, sums, needed)
            keep = np.flatnonzero(rank > -np.inf)
            keep = keep[_merged(state[keep], sums[:, keep])]
            if len(keep) > width:
                cut = True
                order = np.argsort(-rank[keep], kind="stable")
                keep = np.sort(keep[order[:width]])
            state, sums = state[keep], sums[:, keep]
            trail.append((parent[keep], taken[keep]))
        value, score, variance = sums
        low, high = self.lattice.exact_window
        fits = (score**2 >= low * variance) & (score**2 <= high * variance)
        if not fits.any():
            return None, cut
        best = int(np.argmax(np.where(fits, value, -np.inf)))
        return (float(value[best]), *self._set(trail, best)), cut

    def _ranks(self, k: int, state, sums, needed: float) -> np.ndarray:
        """The bound of each partial path; minus infinity where it cannot matter."""
        rank, alive = np.full(len(state), -np.inf), np.arange(len(state))
        value, bounds = sums, np.full(len(state), np.inf)
        for support, price, suffix in self.cuts:
            bound = value[0] - price[0] * value[1] - price[1] * value[2]
            bounds = np.minimum(bounds, bound + suffix[k][state] + support)
            keep = bounds >= needed
            alive, state, value, bounds = alive[keep], state[keep], value[:, keep], bounds[keep]
        for price, suffix in self.lattice.directions:
            bound = suffix[k][state] - price[0] * value[1] - price[1] * value[2]
            keep = bound + self.region.support(price) >= -_SLACK
            alive, state, value, bounds = alive[keep], state[keep], value[:, keep], bounds[keep]
        rank[alive] = bounds
        return rank

    def _set(self, trail, at: int) -> tuple[np.ndarray, np.ndarray]:
        times, second = [], []
        for step, (parent, taken) in zip(self.lattice.steps[::-1], trail[::-1], strict=True):
            j = taken[at]
            d, d2 = int(step.events[j]), int(step.events_second[j])
            times += [step.hours] * d
            second += [True] * d2 + [False] * (d - d2)
            at = parent[at]
        return np.array(times[::-1]), np.array(second[::-1])


def _merged(state: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Indices of the best of all partial paths with the same state, score and variance."""
    marks = np.rint(sums[1:] * 1e10).astype(np.int64)
    order = np.lexsort((-sums[0], marks[1], marks[0], state))
    same = np.ones(len(order), dtype=bool)
    same[:1] = False
    for key in (state, *marks):
        same[1:] &= key[order][1:] == key[order][:-1]
    return np.sort(order[~same])


def largest(
    lattice: Lattice,
    gain: Gain,
    above: Callable[[float], float],
    width: int = 30_000,
    known: float = -np.inf,
) -> Largest:
    """The largest sum of gains over all sets, with the set that has it.

    Parameters
    ----------
    gain
        What each step adds.
    above
        The smallest value that counts as larger than a given one.
    width
        Partial paths kept at once; where there are more, the result is not proved.
    known
        A sum that a set is known to have; without a larger one no set is given back.
    """
    gains = [np.asarray(gain(step), dtype=float) for step in lattice.steps]
    bounds, prices = {}, []
    for region in lattice.regions:
        found = _prices(lattice, gains, region)
        bounds[region] = found[0][0]
        prices += [price for _, price in found]
    # A price that is good for one region is good for partial paths of another.
    priced = [(price, lattice.suffixes(gains, price)) for price in np.unique(prices, axis=0)]
    value, witness = known, (np.array([]), np.array([]))
    for limit in sorted({*(w for w in _WIDTHS if w < width), width}):
        proved = True
        for region in sorted(bounds, key=bounds.get, reverse=True):
            needed = above(value)
            if bounds[region] >= needed:
                found, cut = _Sweep(lattice, gains, region, priced).run(needed, limit)
                proved &= not cut
                if found and found[0] >= needed:
                    value, *witness = found
        if proved:
            break
    return Largest(value, *witness, proved)
