"""The constraint model: which patient and which report has which level of every variable.

A patient of a publication has exactly one level of each variable; a poster has a count for each
level. The counts must add up to every printed margin at once (OR-tools CP-SAT, one worker, so that
a seed decides the outcome).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from case_review.errors import ReviewError
from case_review.reconstruction.specification import Specification

#: Draws of report sizes that are tried before the printed numbers are called contradictory.
_SIZES_TRIED = 50


@dataclass(frozen=True)
class Solution:
    """What the solver found.

    Parameters
    ----------
    sizes
        Patients per report, publications first.
    with_safety
        Whether the report gives data on adverse events, in the order of `sizes`.
    patients
        Per patient of a publication: the value of every variable.
    events
        Per patient of a publication: the events (standard terms) they had.
    reduced, stopped
        Numbers (from 0) of the patients whose dose was reduced, or who stopped.
    posters
        Per poster: for every variable the count of each value.
    poster_events
        Per poster: patients with each event, and with `any`.
    """

    sizes: list[int]
    with_safety: list[bool]
    patients: list[dict[str, str]]
    events: list[list[str]]
    reduced: list[int]
    stopped: int
    posters: list[dict[str, dict[str, int]]]
    poster_events: list[dict[str, int]]


class _Model:
    """One attempt with given report sizes."""

    def __init__(self, specification: Specification, sizes: list[int], groups: Sequence[str]):
        self.spec, self.model = specification, cp_model.CpModel()
        self.first = specification.number(specification["reports"]["publications"])
        self.sizes, self.groups = sizes, groups
        self.report_of = [r for r in range(self.first) for _ in range(sizes[r])]
        self.poster_sizes = sizes[self.first :]
        self.posters = range(len(self.poster_sizes))
        self.patients = range(len(groups))
        variables = specification.variables
        self.is_level = [{v: self._flags(i, v) for v in variables} for i in self.patients]
        self.count = [{v: self._counts(r, v) for v in variables} for r in self.posters]

    def _flags(self, i: int, variable: str) -> dict:
        values = self.spec.values(variable)
        flags = {x: self.model.new_bool_var(f"{i} {variable} {x}") for x in values}
        self.model.add_exactly_one(flags.values())
        return flags

    def _counts(self, r: int, variable: str) -> dict:
        size, name = self.poster_sizes[r], f"poster {r} {variable}"
        values = self.spec.values(variable)
        counts = {x: self.model.new_int_var(0, size, f"{name} {x}") for x in values}
        self.model.add(sum(counts.values()) == size)
        return counts

    def _sum(self, variable: str, values, population: str = "all"):
        terms = []
        if population != "posters":
            terms += [flags[variable][x] for flags in self.is_level for x in values]
        if population != "publications":
            terms += [counts[variable][x] for counts in self.count for x in values]
        return sum(terms)

    def bind_margins(self) -> None:
        """What is printed of each variable, and that no other value is as frequent as the mode."""
        for claim, variable, values, population in self.spec.margins():
            self.model.add(self._sum(variable, values, population) == self.spec.number(claim))
        for variable, entry in self.spec["in_total"].items():
            for value in self.spec.treated(variable) if "mode" in entry else ():
                if not entry["levels"][value]:
                    self.model.add(self._sum(variable, [value]) >= 1)
                    self.model.add(self._sum(variable, [value]) < self.spec.number(entry["mode"]))

    def bind_patients(self) -> None:
        """Diagnoses agree with the arm whose response time the patient has; stated implications."""
        for flags, group in zip(self.is_level, self.groups, strict=True):
            for value, flag in flags["diagnosis"].items():
                if self.spec.group_of(value) != group:
                    self.model.add(flag == 0)
            for rule in self.spec["implications"]:
                ((variable, value),) = rule["if"].items()
                for other, implied in rule["then"].items():
                    self.model.add_implication(flags[variable][value], flags[other][implied])

    def bind_safety(self) -> None:
        """Reports without data, patients without events, and the number with each event."""
        model, spec, safety = self.model, self.spec, self.spec["safety"]
        missing = spec.number(safety["patients_without_data"])
        self.has = [model.new_bool_var(f"safety {r}") for r in range(len(self.sizes))]
        model.add(sum(~h for h in self.has) == spec.number(spec["reports"]["without_safety"]))
        model.add(sum(n * ~h for n, h in zip(self.sizes, self.has, strict=True)) == missing)
        events, n = safety["events"], self.patients
        self.event = [{k: model.new_bool_var(f"{i} {k}") for k in events} for i in n]
        self.any = [model.new_bool_var(f"{i} any") for i in n]
        for i, flags in enumerate(self.event):
            model.add_max_equality(self.any[i], flags.values())
            model.add_implication(self.any[i], self.has[self.report_of[i]])
        self.poster_event = [self._poster_events(r) for r in self.posters]
        for key, entry in events.items():
            everywhere = [f[key] for f in self.event] + [c[key] for c in self.poster_event]
            model.add(sum(everywhere) == spec.number(entry["claim"]))
        patients = sum(self.sizes) - missing - spec.number(safety["no_event"])
        model.add(sum(self.any) + sum(c["any"] for c in self.poster_event) == patients)
        for counts in self.poster_event:
            model.add(counts[safety["told"]["event"]] == 0)

    def _poster_events(self, r: int) -> dict:
        size, has = self.poster_sizes[r], self.has[self.first + r]
        keys = [*self.spec["safety"]["events"], "any"]
        counts = {k: self.model.new_int_var(0, size, f"poster {r} {k}") for k in keys}
        self.model.add(counts["any"] <= size * has)
        for key in keys[:-1]:
            self.model.add(counts[key] <= counts["any"])
        self.model.add(sum(counts[key] for key in keys[:-1]) >= counts["any"])
        return counts

    def bind_actions(self) -> None:
        """Who reduced the dose, and the one who stopped, as the text describes them."""
        model, stopped = self.model, self.spec["stopped"]
        told = self.spec["safety"]["told"]["event"]
        self.stop = [model.new_bool_var(f"{i} stopped") for i in self.patients]
        self.reduce = [model.new_bool_var(f"{i} reduced") for i in self.patients]
        model.add_exactly_one(self.stop)
        model.add(sum(self.reduce) == self.spec.number(self.spec["safety"]["dose_reduced"]))
        for i, flags in enumerate(self.is_level):
            model.add_implication(self.stop[i], flags["diagnosis"][stopped["diagnosis"]])
            model.add_implication(self.stop[i], flags["dose_group"][stopped["dose_group"]])
            model.add_implication(self.stop[i], self.event[i][stopped["event"]])
            model.add_implication(self.reduce[i], self.any[i])
            # Treatment went on unchanged through what the text tells case by case.
            model.add_implication(self.reduce[i], ~self.event[i][told])
            model.add_at_most_one(self.reduce[i], self.stop[i], self.event[i][told])

    def solve(self, seed: int) -> Solution | None:
        """A solution that the seed decides, or None if these report sizes allow none."""
        self.bind_margins()
        self.bind_patients()
        self.bind_safety()
        self.bind_actions()
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed % 2**31
        solver.parameters.randomize_search = True
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None

        def values(unknown: dict) -> dict:
            return {key: solver.value(x) for key, x in unknown.items()}

        def chosen(flags: dict) -> list:
            return [key for key, x in values(flags).items() if x]

        return Solution(
            sizes=self.sizes,
            with_safety=[bool(solver.value(h)) for h in self.has],
            patients=[{v: chosen(f)[0] for v, f in flags.items()} for flags in self.is_level],
            events=[chosen(flags) for flags in self.event],
            reduced=chosen(dict(enumerate(self.reduce))),
            stopped=chosen(dict(enumerate(self.stop)))[0],
            posters=[{v: values(n) for v, n in counts.items()} for counts in self.count],
            poster_events=[values(counts) for counts in self.poster_event],
        )


def solve(specification: Specification, groups: Sequence[str], seed: int) -> Solution:
    """Levels for every patient and poster that agree with all printed numbers.

    Parameters
    ----------
    groups
        The arm of each patient of a publication.
    seed
        Decides which of the many consistent data sets is found.

    Raises
    ------
    ReviewError
        If no data set agrees with all printed numbers.
    """
    rng = np.random.default_rng(seed)
    for _ in range(_SIZES_TRIED):
        found = _Model(specification, _draw_sizes(specification, rng), groups).solve(seed)
        if found:
            return found
    raise ReviewError(
        "data/raw/published.csv: no data set agrees with all printed numbers that "
        "data/raw/reconstruction.yml binds. `python -m case_review audit data/raw/published.csv` "
        "lists sums that do not hold; correct a misread number, or unbind a contradictory one."
    )


def _draw_sizes(specification: Specification, rng) -> list[int]:
    """Patients per report: at least one each, the two large series among the posters."""
    reports, number = specification["reports"], specification.number
    total = {p: number(f"table1.total.{p}.n") for p in ("publications", "posters")}
    series = [number(claim) for claim in reports["series"]]
    publications = _composition(total["publications"], number(reports["publications"]), rng)
    others = number(reports["posters"]) - len(series)
    posters = [*series, *_composition(total["posters"] - sum(series), others, rng)]
    return publications + [int(n) for n in rng.permutation(posters)]


def _composition(total: int, parts: int, rng) -> list[int]:
    """`total` split at random into `parts` positive numbers."""
    cuts = np.sort(rng.choice(np.arange(1, total), parts - 1, replace=False))
    return [int(n) for n in np.diff([0, *cuts, total])]
