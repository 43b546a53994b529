"""What this review's tables may hold, as far as a group's sheet must be turned into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from case_review.analyses.response import unit_column
from case_review.data.schema import TABLES, Column
from case_review.living.importing import headers
from case_review.living.importing.values import is_missing

#: Targets that are a number with its unit in two columns.
PAIRS = {
    "age": ("age_value", "age_unit"),
    "dose": ("dose_value", "dose_unit"),
    "response_time": ("response_time_value", "response_time_unit"),
}
#: Targets that are a number in one unit.
SINGLE = {
    "level_low_ng_ml": "ng/ml",
    "level_high_ng_ml": "ng/ml",
    "level_time_days": "days",
    "follow_up": "months",
}
LEVEL = "level"
DATES = ("start_date", "response_date", "follow_up_date")
#: Targets that are read as words, with a choice of values or without one.
WORDS = (
    "sex", "onset", "diagnosis", "symptoms", "drug", "cotreatments", "response",
    "response_criterion", "treatment_status",
)  # fmt: skip
#: What every patient needs; if no column holds it, the mapping says it for all.
NEEDED = ("report", "diagnosis", "drug", "response")


@dataclass(frozen=True)
class Facts:
    """The review's own words.

    Parameters
    ----------
    columns
        The columns of patients.csv, as the review has them.
    events
        Category of each adverse event that the review knows.
    categories, actions
        Categories of adverse events, and what may be done about the treatment.
    levels
        What posters may be counted by, with the levels that are known.
    month_days
        Days of a month.
    derived
        What diagnoses stand for, such as `type`.
    missing
        Words for a value that nobody reported, besides those that any review has.
    drugs
        Drugs that are compared, by their names without capitals; others are in lower case.
    outcome
        The columns of the outcome by those that a response has, where it is another one.
    called
        What headers call the outcome, with the target that each is for.
    """

    columns: dict[str, Column]
    events: dict[str, str]
    categories: tuple[str, ...]
    actions: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]
    month_days: str = "30.4375"
    derived: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    drugs: Mapping[str, str] = field(default_factory=dict)
    outcome: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """The column that a review has for the outcome where another one has a response."""
        return self.outcome.get(name, name)

    def is_missing(self, text: str) -> bool:
        """Whether a cell says that there is no value."""
        return is_missing(text, self.missing)

    def allowed(self, target: str) -> tuple[str, ...]:
        """The values of a target; empty where any word will do."""
        if target == "event_action":
            return self.actions
        column = self.columns.get(self.column(target))
        return column.values if column else ()

    def units(self, target: str) -> tuple[str, ...]:
        """The units that a target's numbers may have in our tables; empty where any will do."""
        if target in PAIRS:
            return self.columns[self.column(PAIRS[target][1])].values
        return (SINGLE.get(target, "ng/ml"),)


def of(values: Mapping) -> Facts:
    """The facts that parameters tell; `values` are all sections of params.yml."""
    cleaning, safety = values["cleaning"], values["safety"]
    columns = dict(TABLES["patients"].columns)
    derived = {fact for entry in cleaning["diagnoses"].values() for fact in entry}
    for name, told in (cleaning.get("columns") or {}).items():
        if name in derived:
            continue
        facts = ("type", "unit", "values", "lowest", "highest")
        given = {key: told[key] for key in facts if told.get(key) is not None}
        if "values" in given:
            given["values"] = tuple(map(str, given["values"]))
        known = columns.get(name, Column(name, told.get("meaning") or name))
        columns[name] = replace(known, **given)
    effects = {effect["id"]: effect["category"] for effect in safety["effects"]}
    levels = {
        variable: columns[variable].values if variable in columns else ()
        for variable in TABLES["posters"].columns["variable"].values
    }
    levels["diagnosis"] = tuple(cleaning["diagnoses"])
    levels["adverse_events"] = ("any",)
    return Facts(
        columns,
        {word: effects[term] for word, term in cleaning["events"].items() if term in effects},
        tuple(safety["categories"]),
        TABLES["adverse_events"].columns["action"].values,
        levels,
        str(values["shared"]["month_days"]),
        frozenset(derived),
        frozenset(" ".join(word.split()).casefold() for word in cleaning["missing"]),
        _compared(values["shared"]),
        *_outcome(values["shared"]["outcome"]),
    )


def _compared(shared: Mapping) -> dict[str, str]:
    return {name.casefold(): name for name in shared["groups"] if shared["group_by"] == "drug"}


def _outcome(outcome: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The columns of the outcome, and what headers call it, if it is no response."""
    names = ("response", *PAIRS["response_time"])
    columns = (outcome["event"], outcome["time"], unit_column(outcome["time"]))
    noun, (event, time, unit) = outcome["noun"], columns
    called = {
        "response": [event, noun, outcome["past"]],
        "response_time": [time, f"time to {noun}", f"time until {noun}"],
        "response_time_unit": [unit, f"unit of time to {noun}"],
        "response_date": [f"date of {noun}", f"{noun} date"],
    }  # fmt: skip
    own = {} if columns == names else dict(zip(names, columns, strict=True))
    # What was converted is told by the column of the number.
    own |= {"response_time": time} if own else {}
    return own, {headers.folded(name): target for target, said in called.items() for name in said}
