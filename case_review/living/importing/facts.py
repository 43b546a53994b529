"""What this review's tables may hold, as far as a group's sheet must be turned into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from case_review.data.schema import TABLES, Column

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
    """

    columns: dict[str, Column]
    events: dict[str, str]
    categories: tuple[str, ...]
    actions: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]
    month_days: str = "30.4375"

    def allowed(self, target: str) -> tuple[str, ...]:
        """The values of a target; empty where any word will do."""
        if target == "event_action":
            return self.actions
        column = self.columns.get(target)
        return column.values if column else ()

    def units(self, target: str) -> tuple[str, ...]:
        """The units that a target's numbers may have in our tables; empty where any will do."""
        if target in PAIRS:
            return self.columns[PAIRS[target][1]].values
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
    )
