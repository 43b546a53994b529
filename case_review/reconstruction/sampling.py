"""One whole data set that agrees with the print, drawn at random from a stated distribution.

Everything printed is kept exactly; what is left free is drawn, each choice uniformly:

1. patients per report: every way to spread them over the reports, at least one each;
2. the reports without safety data: every choice of them that has the printed number of patients;
3. times and groups: see `times`; then which patient, and so which report, has which of them;
4. the levels of each variable: every way to give the printed numbers to the patients, variables
   independently of one another; unprinted numbers of levels: every patient takes any of them;
5. who had adverse events, and which: every choice among the patients with safety data;
6. which patients had a lower dose, and which of their events it is put down to.

Choices that break what is printed or stated in `reconstruction.yml` are drawn again, so the set is
a draw from this distribution, given all conditions. A set is decided by seed and number alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from case_review.errors import ReviewError
from case_review.reconstruction import times
from case_review.reconstruction.specification import POPULATIONS, Specification

#: How often a choice is drawn again before the printed numbers are called contradictory.
_TRIES, _BATCH = 4000, 64


@dataclass(frozen=True)
class DataSet:
    """A data set that agrees with the print.

    Parameters
    ----------
    sizes
        Patients per report, publications first; so are the patients, report by report.
    with_safety
        Whether the report gives data on adverse events, in the order of `sizes`.
    report
        Number of each patient's report, from 0.
    hours, second
        Of each patient of a publication: time to response, and whether in the second group.
    levels
        By variable, the level of each patient.
    events
        By event (standard term), the patients who had it.
    reduced
        By patient with a reduced dose, the event that it is put down to.
    stopped
        The patient who stopped.
    """

    sizes: np.ndarray
    with_safety: np.ndarray
    report: np.ndarray
    hours: np.ndarray
    second: np.ndarray
    levels: dict[str, np.ndarray]
    events: dict[str, np.ndarray]
    reduced: dict[int, str]
    stopped: int


class _Contradiction(ReviewError):
    def __init__(self, what: str):
        super().__init__(
            f"data/raw/published.csv: no data set agrees with all printed numbers that "
            f"data/raw/reconstruction.yml binds: {what}. `python -m case_review audit "
            "data/raw/published.csv` lists sums that do not hold; correct a misread number, or "
            "unbind a contradictory one."
        )


class Sampler:
    """Draws data sets that agree with the print.

    Parameters
    ----------
    specification
        What binds them.
    month_days
        Length of a month in days, for the printed times that are given in months.

    Raises
    ------
    ReviewError
        If printed numbers contradict each other.
    """

    def __init__(self, specification: Specification, month_days: float):
        self.spec, number = specification, specification.number
        response = specification["response"]
        self.printed = times.read_printed(specification.claims, response["ids"], month_days)
        self.grid = times.grid(response["grid"], month_days)
        self.anchors = self.printed.anchors()
        totals = (number(f"table1.total.{population}.n") for population in POPULATIONS)
        self.n_first, self.n_posters = totals
        self.n = self.n_first + self.n_posters
        self.first = np.arange(self.n) < self.n_first
        #: By variable, the printed levels of the patients of each population, in no order.
        self.levels = {
            variable: [_spread(counts) for counts in self._population_counts(variable)]
            for variable in specification["by_population"]
        }

    def draw(self, seed: int, index: int) -> DataSet:
        """The data set with this seed and number."""
        rng = np.random.default_rng([seed, index])
        hours, second = times.draw(self.printed, self.anchors, self.grid, rng)
        order = rng.permutation(len(hours))
        hours, second = hours[order], second[order]
        for _ in range(_TRIES):
            sizes = self._sizes(rng)
            silent = self._silent(sizes, rng)
            if silent is None:
                continue
            report = np.repeat(np.arange(len(sizes)), sizes)
            levels = self._levels(second, self._in_series(report, sizes), rng)
            safety = self._safety(~silent[report], levels, rng)
            if safety is not None:
                return DataSet(sizes, ~silent, report, hours, second, levels, *safety)
        raise _Contradiction("reports, safety data and adverse events do not fit together")

    # -- reports -----------------------------------------------------------------------------------

    def _sizes(self, rng) -> np.ndarray:
        """Patients per report: at least one each, the series that are described among the posters.

        The posters stand in random order.
        """
        reports, number = self.spec["reports"], self.spec.number
        series = [number(claim) for claim in reports["series"]]
        publications = _composition(self.n_first, number(reports["publications"]), rng)
        others = number(reports["posters"]) - len(series)
        posters = [*series, *_composition(self.n_posters - sum(series), others, rng)]
        return np.array([*publications, *rng.permutation(posters)])

    def _in_series(self, report: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Whether each patient is in one of the described series, the first posters of its size."""
        found = np.zeros(len(sizes), dtype=bool)
        begin = self.spec.number(self.spec["reports"]["publications"])
        for claim in self.spec["reports"]["series"]:
            fits = (sizes == self.spec.number(claim)) & ~found
            found[begin + int(np.argmax(fits[begin:]))] = True
        return found[report]

    def _silent(self, sizes: np.ndarray, rng) -> np.ndarray | None:
        """The reports without safety data; None if no choice has the printed number of patients."""
        number = self.spec.number(self.spec["reports"]["without_safety"])
        patients = self.spec.number(self.spec["safety"]["patients_without_data"])
        return choose_with_sum(sizes, number, patients, rng)

    # -- levels of variables -----------------------------------------------------------------------

    def _population_counts(self, variable: str) -> list[dict[str, int]]:
        """Patients with each level, of each population."""
        entry = self.spec["by_population"][variable]
        found = []
        for population, total in zip(POPULATIONS, (self.n_first, self.n_posters), strict=True):
            counts = {
                level: self.spec.number(f"{entry['claim']}.{path}.{population}.n")
                for level, path in entry["levels"].items()
            }
            if sum(counts.values()) != total:
                raise _Contradiction(
                    f"{entry['claim']} adds up to {sum(counts.values())} {population}, not {total}"
                )
            found.append(counts)
        return found

    def _levels(self, second: np.ndarray, series: np.ndarray, rng) -> dict[str, np.ndarray]:
        """The level of every patient, by variable."""
        levels = {v: np.empty(self.n, dtype=object) for v in self.spec["by_population"]}
        linked = self._linked(rng)
        for variable, found in levels.items():
            first, posters = self.levels[variable]
            found[self.first] = linked.get(variable, first)
            if variable == "diagnosis":
                names = list(self.spec["response"]["groups"])
                group = np.array([names.index(self.spec.group_of(level)) for level in first])
                for index in range(len(names)):
                    found[: self.n_first][second == index] = rng.permutation(first[group == index])
            elif variable not in linked:
                found[self.first] = rng.permutation(first)
            free = ~self.first
            if variable in self.spec["reports"].get("series_without", ()):
                found[series] = ""
                free = free & ~series
                posters = posters[np.argsort(posters != "", kind="stable")][int(series.sum()) :]
            found[free] = rng.permutation(posters)
            self._name_within(variable, found, rng)
        levels |= {variable: self._in_total(variable, rng) for variable in self.spec["in_total"]}
        return {variable: levels[variable] for variable in self.spec.variables}

    def _linked(self, rng) -> dict[str, np.ndarray]:
        """The levels in publications of the variables that `implications` binds to one another."""
        rules = self.spec["implications"]
        variables = sorted({v for rule in rules for v in (*rule["if"], *rule["then"])})
        levels = {variable: self.levels[variable][0] for variable in variables}
        several = np.tile(np.arange(self.n_first), (_BATCH, 1))
        for _ in range(_TRIES // _BATCH):
            order = {variable: rng.permuted(several, axis=1) for variable in variables}
            holds = np.ones(_BATCH, dtype=bool)
            for rule in rules:
                ((variable, value),) = rule["if"].items()
                has = (levels[variable] == value)[order[variable]]
                for other, implied in rule["then"].items():
                    broken = has & (levels[other] != implied)[order[other]]
                    holds &= ~broken.any(axis=1)
            if holds.any():
                return {v: levels[v][order[v][int(holds.argmax())]] for v in variables}
        raise _Contradiction("no patient can have what `implications` says")

    def _name_within(self, variable: str, found: np.ndarray, rng) -> None:
        """Give the values that footnotes name to patients with the level that they are part of."""
        entry = self.spec["by_population"][variable]
        for value, level in self.spec.within(variable).items():
            number = self.spec.number(f"{entry['claim']}.{entry['within'][value]}.all.n")
            candidates = np.flatnonzero(found == level)
            if number > len(candidates):
                raise _Contradiction(f"{number} patients have {value!r}, and fewer {level!r}")
            found[rng.choice(candidates, number, replace=False)] = value

    def _in_total(self, variable: str, rng) -> np.ndarray:
        """The printed numbers of all patients together, given to them at random."""
        totals = self.spec.totals(variable)
        shared = _shared(variable, totals.rest, totals.free, totals.mode, rng)
        unknown = {"": self.n - totals.reported}
        return rng.permutation(_spread(totals.counts | shared | unknown))

    # -- adverse events ----------------------------------------------------------------------------

    def _safety(self, informative: np.ndarray, levels: Mapping[str, np.ndarray], rng):
        """Events, reduced doses and the patient who stopped; None if these reports allow none."""
        spec, number = self.spec, self.spec.number
        safety, stop = spec["safety"], spec["stopped"]
        might_stop = self.first & informative & (levels["diagnosis"] == stop["diagnosis"])
        might_stop &= levels["dose_group"] == stop["dose_group"]
        told, fewer = len(safety["told"]["patients"]), number(safety["dose_reduced"])
        known = np.flatnonzero(informative)
        n_any = len(known) - number(safety["no_event"])
        for _ in range(_BATCH):
            some = rng.choice(known, n_any, replace=False)
            stoppers, own = some[might_stop[some]], some[self.first[some]]
            if len(stoppers) and len(own) >= told + fewer + 1:
                break
        else:
            return None
        stopped = int(rng.choice(stoppers))
        others = rng.permutation(own[own != stopped])
        described, reduced = others[:told], others[told : told + fewer]
        events = self._events(some, stopped, described, rng)
        put_down = {}
        for patient in sorted(int(i) for i in reduced):
            had = [key for key, patients in events.items() if patient in patients]
            put_down[patient] = had[rng.integers(len(had))]
        return events, put_down, stopped

    def _events(self, some: np.ndarray, stopped: int, described: np.ndarray, rng):
        """The patients with each event, so that everybody in `some` had at least one."""
        safety, stop = self.spec["safety"], self.spec["stopped"]["event"]
        told = safety["told"]["event"]
        sizes = {k: self.spec.number(e["claim"]) for k, e in safety["events"].items() if k != told}
        for _ in range(_TRIES // _BATCH):
            had = {}
            for key, size in sizes.items():
                lots = rng.random((_BATCH, len(some)))
                if key == stop:
                    lots[:, some == stopped] = -1
                ranks = lots.argsort(axis=1).argsort(axis=1)
                had[key] = ranks < size
            everybody = np.isin(some, described) | np.logical_or.reduce(list(had.values()))
            fits = np.flatnonzero(everybody.all(axis=1))
            if fits.size:
                found = {key: np.sort(some[flags[fits[0]]]) for key, flags in had.items()}
                found[told] = np.sort(described)
                return {key: found[key] for key in safety["events"]}
        raise _Contradiction("the adverse events are too few for the patients who had any")


def choose_with_sum(sizes: np.ndarray, number: int, total: int, rng) -> np.ndarray | None:
    """A choice of `number` entries that add up to `total`, all such choices equally likely.

    Returns
    -------
    array of bool or None
        Who is chosen; None if there is no such choice.
    """
    # Which sums there are at all is soon found, as bits: those of k entries in the k-th stretch.
    stretch = int(sizes.sum()) + 1
    reached = 1
    for size in sizes.tolist():
        reached |= reached << stretch + size
    if total >= stretch or not reached >> number * stretch + total & 1:
        return None
    # ways[i][k, s]: how many choices of k of the entries from i on add up to s.
    ways = [np.zeros((number + 1, total + 1)) for _ in range(len(sizes) + 1)]
    ways[-1][0, 0] = 1
    for i in range(len(sizes) - 1, -1, -1):
        ways[i] += ways[i + 1]
        if sizes[i] <= total:
            ways[i][1:, sizes[i] :] += ways[i + 1][:-1, : total + 1 - sizes[i]]
    chosen = np.zeros(len(sizes), dtype=bool)
    for i, size in enumerate(sizes):
        with_it = ways[i + 1][number - 1, total - size] if number and size <= total else 0
        if rng.random() * ways[i][number, total] < with_it:
            chosen[i] = True
            number, total = number - 1, total - size
    return chosen


def _composition(total: int, parts: int, rng) -> list[int]:
    """`total` split at random into `parts` positive numbers, all ways equally likely."""
    cuts = sorted(rng.choice(np.arange(1, total), parts - 1, replace=False).tolist())
    return [end - start for start, end in pairwise([0, *cuts, total])]


def _spread(counts: Mapping[str, int]) -> np.ndarray:
    return np.repeat(np.array(list(counts), dtype=object), list(counts.values()))


def _shared(variable: str, rest: int, free: Sequence[str], most: int | None, rng) -> dict:
    """How many patients have each of the levels whose numbers are not printed.

    Each is given to somebody, and to fewer than `most`, the number of the most frequent one.
    """
    if not free and not rest:
        return {}
    for _ in range(_TRIES if free and rest >= 0 else 0):
        counts = rng.multinomial(rest, np.full(len(free), 1 / len(free)))
        if most is None or (counts.min() >= 1 and counts.max() < most):
            return dict(zip(free, counts.tolist(), strict=True))
    raise _Contradiction(f"{rest} patients cannot be spread over the levels of {variable}")
