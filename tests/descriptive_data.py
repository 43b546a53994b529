"""The clean tables and the printed numbers, for the tests of the descriptive notebooks."""

import csv
import io
from fractions import Fraction
from functools import cache

import pandas as pd
from conftest import ROOT

from case_review.analyses import descriptive, grouping, treatment
from case_review.data import cleaning, reading
from case_review.formatting import round_half_away
from case_review.parameters import loading
from case_review.project import Project

VALUES = loading.load(Project(ROOT)).values


@cache
def clean_tables():
    """What 01_cleaning would write, made here because the tests run before any report is built."""
    values = VALUES["cleaning"]
    source = reading.read(ROOT / "data" / "raw")
    tables = cleaning.Cleaning(
        source, values["diagnoses"], values["events"], VALUES["shared"]["month_days"]
    ).run()
    files = {name: io.StringIO(table.to_csv(index=False)) for name, table in tables.items()}
    return {
        name: pd.read_csv(file, keep_default_na=False, na_values=[""])
        for name, file in files.items()
    }


def read(name):
    return clean_tables()[name].copy()


def characteristics_frame():
    values, patients = VALUES["characteristics"], read("patients")
    month_days = VALUES["shared"]["month_days"]
    groups = values["age_groups"]
    patients["age_group"] = [
        grouping.age_group(hours, groups, month_days) for hours in patients["age_hours"]
    ]
    names = ["sex", "age_group", "onset", "diagnosis", "anomaly", "type", "lymphatic", "symptoms"]
    return descriptive.tidy(patients, read("posters"), names, {"age_group": groups})


def treatment_frame():
    values = VALUES["treatment"]
    doses, levels = values["dose_groups"], values["level_groups"]
    patients = treatment.grouped(read("patients"), doses, levels)
    names = ["drug", "dose_group", "level_group", "cotreatments"]
    labels = {"dose_group": doses, "level_group": levels}
    return patients, descriptive.tidy(patients, read("posters"), names, labels)


def printed(prefix):
    """The claims that point to a result of this prefix."""
    with (ROOT / "data" / "raw" / "published.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["result_id"].startswith(prefix)]


def disagreements(claims, results):
    """Printed values that the results do not give at the printed precision, as claim and values."""
    found = {result["id"]: result for result in results}
    wrong = {}
    for claim in claims:
        result = found[claim["result_id"]]
        value = Fraction(str(result["value"]))
        if claim["unit"] == "%":
            value = Fraction(100 * result["n"], result["of"])
        digits = len(claim["value"].partition(".")[2])
        if round_half_away(value, digits) != round_half_away(Fraction(claim["value"]), digits):
            wrong[claim["claim_id"]] = (claim["value"], str(round_half_away(value, digits)))
    return wrong
