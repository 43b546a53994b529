"""A made-up review of 3 reports and 12 adults on one of two regimens, as another group may have it.

    PYTHONPATH=. python tests/made_up_review.py FOLDER [VARIANT]

writes it over the project copy in FOLDER: its own data, which count as extracted, its own choices
(`made_up_review.yml`) and a short manuscript that embeds what the notebooks show. There is no
printed review, so the notebooks that audit one, or that only this review has, are deleted. A
variant (`VARIANTS`) changes what real data sets have otherwise: nobody responded, no doses, a third
group, names in other alphabets.
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from building import copy_sources
from ruamel.yaml import YAML

from case_review.data.schema import AUDITED, SHOWN, TABLES
from case_review.living import starting
from case_review.project import Project
from expectations import renew

#: Notebooks that audit a printed review, draw rows from one, or have their own place in this one.
WITHOUT = ("00_reconstruction", "06_audit", "08_background", "09_statements", "10_statement_places")
#: Columns that a file may leave out, which this review has in a variant alone.
_LEFT_OUT = ("follow_up_value", "follow_up_unit", "date_added")
HEADINGS = {
    name: [column for column in table.columns if column not in _LEFT_OUT]
    for name, table in (TABLES | AUDITED | SHOWN).items()
}
_REPORTS = ("Archer 2019", "Baker 2021", "Cole 2023")
_RESPONSE = ("response_criterion", "response_time_value", "response_time_unit")
MANUSCRIPT = """---
title: "A made-up review"
author: [Nobody]
lang: en-GB
---

# Results

Of {{< result patients.all >}} patients, {{< result response.responders >}} responded.

{{< embed _executed/02_characteristics.ipynb#tbl-characteristics >}}

{{< embed _executed/03_treatment.ipynb#tbl-treatment >}}

{{< embed _executed/04_safety.ipynb#tbl-adverse-events >}}

{{< embed _executed/05_response.ipynb#fig-km >}}

{{< embed _executed/07_sensitivity.ipynb#tbl-sensitivity >}}
"""


@dataclass
class Review:
    """What a variant may change.

    Parameters
    ----------
    tables
        The rows of each raw table; a table without rows has its headings alone, and one that is
        not here has no file.
    params
        The content of `params.yml`.
    headings
        The columns of tables without rows.
    """

    tables: dict[str, list[dict]]
    params: dict
    headings: dict[str, list[str]]

    def set(self, table: str, column: str, value, where: Callable = lambda row: True) -> None:
        """Give a column of a table one value, in the rows that `where` chooses."""
        for row in self.tables[table]:
            if where(row):
                row[column] = value

    def drop(self, *columns: str) -> None:
        """Leave cells of all patients empty."""
        for column in columns:
            self.set("patients", column, "")


def review(headings: dict[str, list[str]]) -> Review:
    """The made-up review before any variant."""
    params = YAML().load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    patients = [_patient(i) for i in range(12)]
    events = [("1", "nausea", "clinical", "none"), ("1", "vomiting", "clinical", "none")]
    events += [("2", "low platelets", "laboratory", "stopped")]
    steps = {"retrieved": 100, "publications included": len(_REPORTS)}
    later = {"study": "Dale et al.", "year": 2025, "n_evaluable": 30, "n_response": 21}
    tables = {
        "patients": patients,
        "adverse_events": [
            {"patient_id": patient, "event": event, "category": category, "n_patients": 1,
             "action": action, "report_id": _REPORTS[int(patient) - 1]}
            for patient, event, category, action in events
        ],
        "screening": [{"step": step, "n_reports": n} for step, n in steps.items()],
        "posters": [],
        "later_evidence": [later | {"design": "cohort", "source": "made up"}],
        "published": [],
        "published_checks": [],
        "audit_questions": [],
    }  # fmt: skip
    return Review(tables, params, headings)


def _patient(i: int) -> dict:
    responded = i % 4 != 3
    row = {
        "patient_id": f"{i + 1}",
        "report_id": _REPORTS[i % 3],
        "sex": ("female", "male")[i % 2],
        "age_value": 30 + 3 * i,
        "age_unit": "years",
        "diagnosis": ("RA", "B-ALL", "ANCA vasculitis")[i % 3],
        "drug": ("combined", "alone")[i % 2],
        "dose_value": (0.5, 1, 1.5)[i % 3],
        "dose_unit": "mg/kg/day",
        "level_low_ng_ml": 10,
        "level_high_ng_ml": 15,
        "cotreatments": "none",
        "response": "yes" if responded else "no",
        "follow_up_months": 6 + i % 3,
        "treatment_status": "stopped",
    }
    time = ("clinical", i + 2, "weeks") if responded else ("", "", "")
    return row | dict(zip(_RESPONSE, time, strict=True))


def _reports(rows: list[dict], informative: str) -> list[dict]:
    names = dict.fromkeys(row["report_id"] for row in rows)
    return [
        {
            "report_id": name,
            "kind": "publication",
            "n_patients": sum(row["report_id"] == name for row in rows),
            "adverse_events_reported": informative,
        }
        for name in names
    ]


# -- variants --------------------------------------------------------------------------------------


def _fail(review: Review, where: Callable = lambda row: True) -> None:
    """Let patients be without a response."""
    review.set("patients", "response", "no", where)
    for column in _RESPONSE:
        review.set("patients", column, "", where)


def _first(row: dict) -> bool:
    return row["patient_id"] == "1"


def group_without_response(review: Review) -> None:
    """None of those on zinc alone responded."""
    _fail(review, lambda row: row["drug"] == "alone")


def nobody_responded(review: Review) -> None:
    """No patient responded."""
    _fail(review)


def no_events(review: Review) -> None:
    """The reports looked for adverse events, and there was none."""
    review.tables["adverse_events"] = []


def no_safety(review: Review) -> None:
    """No report says anything about adverse events."""
    del review.tables["adverse_events"]


def one_report(review: Review) -> None:
    """All patients are of one report."""
    review.set("patients", "report_id", _REPORTS[0])
    review.set("adverse_events", "report_id", _REPORTS[0])
    review.set("screening", "n_reports", 1, lambda row: row["step"] == "publications included")


def time_zero(review: Review) -> None:
    """A patient responded at once."""
    review.set("patients", "response_time_value", 0, _first)


def no_dose(review: Review) -> None:
    """No report gives a dose."""
    review.drop("dose_value", "dose_unit")


def no_age(review: Review) -> None:
    """No report gives an age."""
    review.drop("age_value", "age_unit")


def empty_group(review: Review) -> None:
    """Nobody is in one of the groups."""
    review.set("patients", "drug", "combined")


def one_group(review: Review) -> None:
    """One group is compared with nothing; the others are in none."""
    del review.params["shared"]["groups"]["combined"]


def no_groups(review: Review) -> None:
    """Patients are not compared in groups."""
    review.params["shared"]["groups"] = {}


def three_groups(review: Review) -> None:
    """A third regimen, which four patients had."""
    review.set("patients", "drug", "copper", lambda row: int(row["patient_id"]) > 8)
    review.params["shared"]["groups"]["copper"] = "Copper alone"
    row = {"id": "copper", "label": "Copper alone", "level": "copper"}
    review.params["treatment"]["blocks"][0]["rows"].append(row)


def ungrouped(review: Review) -> None:
    """A patient had neither regimen."""
    review.set("patients", "drug", "diet", _first)
    row = {"id": "diet", "label": "Diet", "level": "diet"}
    review.params["treatment"]["blocks"][0]["rows"].append(row)


def no_group_value(review: Review) -> None:
    """Of one patient it is not known which group they are in."""
    review.params["shared"] |= {"group_by": "sex", "groups": {"female": "Women", "male": "Men"}}
    review.set("patients", "sex", "", _first)


def group_keys_with_blanks(review: Review) -> None:
    """The groups are called in the sheet as people call them."""
    review.set("patients", "drug", "Zinc + copper", lambda row: row["drug"] == "combined")
    groups = {"alone": "Zinc alone", "Zinc + copper": "Zinc with copper"}
    review.params["shared"]["groups"] = groups
    review.params["treatment"]["blocks"][0]["rows"][1]["level"] = "Zinc + copper"


def report_name(review: Review) -> None:
    """A report is called as one cites it."""
    for table in ("patients", "adverse_events"):
        review.set(table, "report_id", "Götz (2023)", lambda row: row["report_id"] == _REPORTS[0])


def cotreatment_name(review: Review) -> None:
    """A treatment is named with its dose."""
    review.set("patients", "cotreatments", "IV Ig (0.4 g/kg)", _first)


def _event(review: Review, events: dict[str, str]) -> None:
    """Events by name with the effect that each counts as, of the first patient."""
    first = review.tables["adverse_events"][0]
    review.tables["adverse_events"] = [first | {"event": event} for event in events]
    review.params["cleaning"]["events"] = events
    for effect in events.values():
        if effect not in [one["id"] for one in review.params["safety"]["effects"]]:
            one = {"id": effect, "label": effect.capitalize(), "category": "clinical"}
            review.params["safety"]["effects"].append(one)


def cyrillic_event(review: Review) -> None:
    """An event is written in another alphabet."""
    _event(review, {"сыпь": "rash", "nausea": "gastrointestinal"})


def greater_and_less(review: Review) -> None:
    """Two events differ in a sign alone."""
    _event(review, {"AST > 3 ULN": "much", "AST < 3 ULN": "little"})


def response_without_time(review: Review) -> None:
    """A patient responded, nobody says when."""
    review.set("patients", "response_time_value", "", _first)
    review.set("patients", "response_time_unit", "", _first)


def response_unknown(review: Review) -> None:
    """Nobody says whether a patient responded."""
    review.set("patients", "response", "", _first)
    for column in _RESPONSE:
        review.set("patients", column, "", _first)


def no_follow_up(review: Review) -> None:
    """A patient without response has no follow-up, and neither has one with a response."""
    review.set("patients", "follow_up_months", "", lambda row: row["patient_id"] in ("1", "4"))


def no_action(review: Review) -> None:
    """Nobody says what was done about an event."""
    review.tables["adverse_events"][0]["action"] = ""


def no_levels(review: Review) -> None:
    """Levels in blood were not measured, so that there are no groups of them."""
    review.drop("level_low_ng_ml", "level_high_ng_ml")
    del review.params["treatment"]["level_groups"]
    review.params["treatment"]["blocks"].pop()


def no_posters(review: Review) -> None:
    """There is no file of posters."""
    del review.tables["posters"]


def no_screening(review: Review) -> None:
    """There is no file of the selection, and no diagram of it."""
    del review.tables["screening"]
    for name in ("flow", "flow_included"):
        del review.params["characteristics"][name]


def no_later(review: Review) -> None:
    """Nobody looked for later studies."""
    del review.tables["later_evidence"]


def own_columns(review: Review) -> None:
    """The sheet has columns that only this group has: a word, a whole number, a date."""
    for row in review.tables["patients"]:
        i = int(row["patient_id"])
        row |= {"comorbidity": ("diabetes", "")[i % 2], "grade": i % 4, "death": f"2024-01-{i:02}"}
    review.params["cleaning"]["columns"] = {
        "comorbidity": {"values": ["diabetes"], "meaning": "What else the patient has."},
        "grade": {"type": "whole", "lowest": 0, "highest": 4, "meaning": "Grade of the disease."},
        "death": {"label": "date of death", "meaning": "The day the patient died."},
    }


def own_values(review: Review) -> None:
    """The dose is a number of days, and symptoms are of this group's own kinds."""
    for row in review.tables["patients"]:
        symptoms = ("hospitalised", "not hospitalised")[int(row["patient_id"]) % 2]
        row |= {"dose_value": 10 * row["dose_value"], "dose_unit": "days", "symptoms": symptoms}
    for group in review.params["treatment"]["dose_groups"]:
        group["unit"] = "days"


def own_facts(review: Review) -> None:
    """Diagnoses stand for one thing, which no other review has."""
    for name, entry in review.params["cleaning"]["diagnoses"].items():
        review.params["cleaning"]["diagnoses"][name] = {"disease": entry["anomaly"]}
    review.params["characteristics"]["blocks"][2]["variable"] = "disease"


def follow_up_days(review: Review) -> None:
    """Follow-up is given in days."""
    for row in review.tables["patients"]:
        months = row.pop("follow_up_months")
        row |= {"follow_up_value": 30 * months, "follow_up_unit": "days"}


def outcome_death(review: Review) -> None:
    """The outcome is death, in columns of one's own."""
    names = {"response": "died", "response_time_value": "died_value",
             "response_time_unit": "died_unit"}  # fmt: skip
    for row in review.tables["patients"]:
        row.pop("response_criterion")
        for old, new in names.items():
            row[new] = row.pop(old)
    review.params["shared"]["outcome"] = {
        "event": "died", "time": "died_value", "unit": "weeks", "noun": "death", "past": "died",
    }  # fmt: skip
    review.params["cleaning"]["columns"] = {
        "died": {"values": ["yes", "no"], "meaning": "Whether the patient died."},
        "died_value": {"type": "number", "unit": "died_unit", "lowest": 0, "highest": 1000,
                       "meaning": "Time to death."},
        "died_unit": {"values": ["days", "weeks"], "meaning": "Unit of the time to death."},
    }  # fmt: skip


def base(review: Review) -> None:
    """The review as it is."""


VARIANTS: dict[str, Callable[[Review], None]] = {
    change.__name__: change
    for change in (
        base, group_without_response, nobody_responded, no_events, no_safety, one_report,
        time_zero, no_dose, no_age, empty_group, one_group, no_groups, three_groups, ungrouped,
        no_group_value, group_keys_with_blanks, report_name, cotreatment_name, cyrillic_event,
        greater_and_less, response_without_time, response_unknown, no_follow_up, no_action,
        no_levels, no_posters, no_screening, no_later, own_columns, own_facts, own_values,
        follow_up_days, outcome_death,
    )
}  # fmt: skip


# -- the files -------------------------------------------------------------------------------------


def write(root: Path, variant: str = "") -> None:
    """Put the sources of the made-up review into a folder, which is made; see `VARIANTS`."""
    copy_sources(root)
    for name in ("tests", "docs", ".ci"):
        shutil.rmtree(root / name, ignore_errors=True)
    for name in WITHOUT:
        (root / "notebooks" / f"{name}.ipynb").unlink(missing_ok=True)
    (root / "report" / "previous.json").unlink(missing_ok=True)  # which tells of other results
    raw = root / "data" / "raw"
    made = review(HEADINGS)
    VARIANTS[variant or "base"](made)
    made.tables["reports"] = _reports(
        made.tables["patients"], "yes" if "adverse_events" in made.tables else "no"
    )
    for path in [*raw.glob("*.csv"), *raw.glob("*.yml")]:
        path.unlink()
    for name, rows in made.tables.items():
        _write(raw / f"{name}.csv", HEADINGS[name], rows)
    with (root / "params.yml").open("w", encoding="utf-8") as stream:
        YAML().dump(made.params, stream)
    (root / "report" / "index.qmd").write_text(MANUSCRIPT, encoding="utf-8")
    renew.write(Project(root))
    starting.drop_own_rule(Project(root))


def _write(path: Path, heading: list[str], rows: list[dict]) -> None:
    """The columns of any review, and those of one's own behind."""
    columns = list(dict.fromkeys([*heading, *(name for row in rows for name in row)]))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        extracted = {"provenance": "extracted"} if "provenance" in columns else {}
        writer.writerows(row | extracted for row in rows)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or (sys.argv[2:] or ["base"])[0] not in VARIANTS:
        sys.exit(f"usage: {Path(__file__).name} FOLDER [VARIANT], one of {', '.join(VARIANTS)}")
    write(Path(sys.argv[1]), *sys.argv[2:])
