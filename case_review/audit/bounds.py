"""What the printed numbers leave open: smallest and largest value over all data that agree.

Each question is a small integer program over the joint counts of a few printed variables, solved
with CP-SAT until it has proved both ends: no data set that agrees with these counts lies outside.
Where the ends meet, the printed numbers determine an unprinted result. Either way the answer is a
fact of the print and the same whatever rows are reconstructed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import pandas as pd
from ortools.sat.python import cp_model

from case_review.audit.claims import Claims, require_columns
from case_review.data.schema import AUDITED
from case_review.errors import ReviewError
from case_review.values import DETERMINED, Text, Value

QUESTION_COLUMNS = tuple(AUDITED["audit_questions"].columns)
#: Counts of adverse-event reporting that `safety_bounds` needs, each given by a claim.
SAFETY_KEYS = (
    "first_reports", "second_reports", "first_patients", "second_patients",
    "missing_reports", "missing_patients", "no_event",
)  # fmt: skip


@dataclass(frozen=True)
class Bound(Value):
    """The answer to one question: `21` patients, or `between 6 and 15`.

    Parameters
    ----------
    id, topic, question
        What is counted.
    low, high
        Smallest and largest number.
    of
        All patients, or reports, of the population asked about.
    unit
        What is counted.
    standing
        The bounds themselves are determined by the print, also where they leave a number open.
    """

    id: str
    topic: str
    question: str
    low: int
    high: int
    of: int
    unit: str = "patients"
    standing: str = field(default=DETERMINED, kw_only=True, compare=False)

    @property
    def determined(self) -> bool:
        """Whether all data sets that agree with the print give one value."""
        return self.low == self.high

    @property
    def prose(self) -> str:
        """`21` or `between 6 and 15`."""
        return str(self.low) if self.determined else f"between {self.low} and {self.high}"

    @property
    def cell(self) -> str:
        """`determined: 21` or `between 6 and 15`."""
        return f"determined: {self.prose}" if self.determined else self.prose

    def fields(self) -> dict:
        """The number where it is determined, its bounds, and the denominator."""
        value = self.low if self.determined else None
        return Text(self.prose, value, self.low, self.high, self.unit, of=self.of).fields()


class JointCounts:
    """The joint distribution of some printed variables in one population, as integer unknowns.

    A variable is a block of categories that partition the patients (`table1.type`): its levels are
    the finest categories printed, so sub-categories are kept and their headings are sums.
    """

    def __init__(self, claims: Claims, variables: Sequence[str], population: str):
        self.model = cp_model.CpModel()
        known = {name: leaves(claims, name, population) for name in variables}
        totals = {name: sum(levels.values()) for name, levels in known.items()}
        if len(set(totals.values())) > 1:
            raise ReviewError(
                f"the categories of {', '.join(totals)} sum to different totals in {population} "
                f"({totals}), so they cannot be crossed. Run the audit of the printed numbers."
            )
        self.total = next(iter(totals.values()))
        self.cells = {
            key: self.model.new_int_var(0, self.total, "&".join(key))
            for key in product(*known.values())
        }
        for axis, levels in enumerate(known.values()):
            for level, count in levels.items():
                members = [cell for key, cell in self.cells.items() if key[axis] == level]
                self.model.add(sum(members) == count)

    def together(self, categories: str):
        """The number of patients in all of `a & b`; `a | b` means in either."""
        wanted = _split(categories)
        chosen = [
            cell
            for key, cell in self.cells.items()
            if all(any(_within(level, category) for level in key) for category in wanted)
        ]
        return sum(chosen) if chosen else 0


def leaves(claims: Claims, variable: str, population: str) -> dict[str, int]:
    """The finest categories of a variable and their printed counts.

    Raises
    ------
    ReviewError
        If no category of the variable is printed for the population.
    """
    counts = {
        ".".join([claim.place, *claim.path]): claims.number(claim.claim_id)
        for claim in claims
        if claim.claim_id.startswith(f"{variable}.")
        and (claim.population, claim.measure, claim.kind) == (population, "n", "count")
    }
    counts.pop(variable, None)
    parents = {name.rpartition(".")[0] for name in counts}
    finest = {name: count for name, count in counts.items() if name not in parents}
    if not finest:
        raise ReviewError(
            f"{claims.source} prints no categories (kind `count`) of {variable} in {population}."
        )
    return finest


def questions(claims: Claims, table: pd.DataFrame, source: str) -> list[Bound]:
    """Answer every question of a table.

    Parameters
    ----------
    claims
        The printed numbers.
    table
        Text cells with `QUESTION_COLUMNS`. `together` lists categories joined by ` & `, either of
        two categories of one variable by ` | `. A row of role `question` asks how many patients
        are in all of them; a row of role `fact` says that at least `at_least` (a claim id) are,
        because the text reports such a patient. Population is one, or several joined by `+`.
    source
        How messages name the table.
    """
    require_columns(table, QUESTION_COLUMNS, source)
    rows = table.to_dict("records")
    facts = [row for row in rows if row["role"] == "fact"]
    return [_answer(claims, row, facts) for row in rows if row["role"] == "question"]


def _answer(claims: Claims, row: Mapping[str, str], facts) -> Bound:
    low = high = total = 0
    for population in row["population"].split("+"):
        model = _model(claims, row["together"], facts, population.strip())
        ends = _extremes(model.model, model.together(row["together"]))
        low, high, total = low + ends[0], high + ends[1], total + model.total
    return Bound(row["id"], row["topic"], row["question"], low, high, total)


def _model(claims: Claims, together: str, facts, population: str) -> JointCounts:
    variables = _variables(together)
    known = [fact for fact in facts if fact["population"] == population]
    # A fact that shares a variable with the question narrows it, through its other variables too.
    for fact in known:
        if _variables(fact["together"]) & variables:
            variables |= _variables(fact["together"])
    model = JointCounts(claims, sorted(variables), population)
    for fact in known:
        if _variables(fact["together"]) <= variables:
            model.model.add(model.together(fact["together"]) >= claims.number(fact["at_least"]))
    return model


def _split(together: str, sign: str = "&") -> list[str]:
    return [part.strip() for part in together.split(sign)]


def _variables(together: str) -> set[str]:
    return {".".join(category.split(".")[:2]) for category in _split(together)}


def _within(level: str, category: str) -> bool:
    return any(f"{level}.".startswith(f"{name}.") for name in _split(category, "|"))


def _extremes(model: cp_model.CpModel, expression) -> tuple[int, int]:
    if isinstance(expression, int):
        return expression, expression
    ends = []
    for aim in (model.minimize, model.maximize):
        aim(expression)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        status = solver.solve(model)
        if status != cp_model.OPTIMAL:
            raise ReviewError(
                "the printed numbers contradict each other: no data set agrees with all of them "
                f"({solver.status_name(status)}). Run the audit of the printed numbers."
            )
        ends.append(round(solver.objective_value))
    return tuple(ends)


def safety_bounds(
    claims: Claims,
    ids: Mapping[str, str],
    events: Mapping[str, str],
    known: Mapping[str, str],
    name: str,
) -> list[Bound]:
    """How reports, patients and adverse events can lie between two populations.

    Unknown are, per population, the reports without safety data, their patients, the patients
    without and with any event, and those with each event. Every report has at least one patient;
    a patient with an event has safety data; whoever has any event has at least one that is named.
    What happened to patients without safety data is not asked.

    Parameters
    ----------
    claims
        The printed numbers.
    ids
        The claim of each of `SAFETY_KEYS`.
    events
        What a reader calls each event, and the claim of its number of patients.
    known
        For some of these events a claim: so many patients at least are of the first population.
    name
        How the first population is called in the questions.
    """
    number = {key: claims.number(ids[key]) for key in SAFETY_KEYS}
    patients = {label: claims.number(claim_id) for label, claim_id in events.items()}
    model, unknown = _safety_model(number, patients)
    for label, claim_id in known.items():
        model.add(unknown[label] >= claims.number(claim_id))
    reported = "Patients reported with any adverse event"
    questions = {
        "reports_missing": f"Reports without safety data, {name}",
        "patients_with_data": f"Patients with safety data, {name}",
        "any_event": f"{reported}, {name}",
        "any_event_all": f"{reported}, all reports with safety data",
    }
    questions |= {label: f"Reported with {label}, {name}" for label in events}
    slugs = {label: claim_id.split(".")[-3] for label, claim_id in events.items()}
    first, second = number["first_patients"], number["second_patients"]
    of = dict.fromkeys(questions, (first, "patients"))
    of["reports_missing"] = (number["first_reports"], "reports")
    of["any_event_all"] = (first + second - number["missing_patients"], "patients")
    return [
        Bound(
            f"safety_{slugs.get(x, x)}", "Safety", question, *_extremes(model, unknown[x]), *of[x]
        )
        for x, question in questions.items()
    ]


def _safety_model(number: Mapping[str, int], patients: Mapping[str, int]):
    model = cp_model.CpModel()
    most = number["first_patients"] + number["second_patients"]
    any_event = most - number["missing_patients"] - number["no_event"]
    if any_event < 0:
        raise ReviewError("more patients are printed without an event than have safety data")

    def unknown_in_first(label: str, total: int):
        """A count in the first population; the second has the rest of `total`."""
        first = model.new_int_var(0, total, label)
        return first, total - first

    reports = unknown_in_first("reports_missing", number["missing_reports"])
    missing = unknown_in_first("patients_missing", number["missing_patients"])
    without = unknown_in_first("no_event", number["no_event"])
    with_any = unknown_in_first("any_event", any_event)
    event = {key: unknown_in_first(f"event {key}", total) for key, total in patients.items()}
    for side, population in enumerate(("first", "second")):
        told = number[f"{population}_reports"] - reports[side]
        left = number[f"{population}_patients"] - missing[side]
        model.add(missing[side] >= reports[side])
        model.add(left >= told)
        model.add(without[side] + with_any[side] == left)
        for counts in event.values():
            model.add(counts[side] <= with_any[side])
        model.add(sum(counts[side] for counts in event.values()) >= with_any[side])
        # No report, no patients.
        model.add(missing[side] <= most * reports[side])
        model.add(left <= most * told)
    unknown = {
        "reports_missing": reports[0],
        "patients_with_data": number["first_patients"] - missing[0],
        "any_event": with_any[0],
        "any_event_all": any_event,
        **{label: counts[0] for label, counts in event.items()},
    }
    return model, unknown
