"""Expectations: the data meet them, and each kind of damage is found and named."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT
from descriptive_data import COLUMNS

from case_review.data import expectations, reading
from case_review.data.cleaning import Cleaning
from case_review.data.schema import POSTER_VARIABLES
from case_review.errors import ReviewError
from case_review.parameters import loading
from case_review.project import Project


@pytest.fixture(scope="module")
def tables():
    return reading.read(ROOT / "data" / "raw", COLUMNS).tables


def damaged(tables, name, row, column, value):
    copy = {key: table.copy() for key, table in tables.items()}
    copy[name].loc[row, column] = value
    return copy


def first(table, query):
    """The number of the first row that meets the query."""
    return table.query(query).index[0]


def test_the_raw_data_meet_every_expectation(tables):
    report = expectations.validate(Project(ROOT), "raw", tables)
    assert report.success and len(report.outcomes) >= 90
    report.raise_for_failures()


def test_an_outcome_tells_what_was_seen_in_numbers(tables):
    report = expectations.validate(
        Project(ROOT), "raw", damaged(tables, "patients", 5, "sex", "femlae")
    )
    own = [outcome for outcome in report.outcomes if outcome.table == "patients"]
    (broken,) = (outcome for outcome in own if not outcome.success)
    assert (broken.unexpected_count, broken.element_count) == (1, 25)
    assert broken.seen.cell == "1 of 25 rows" and broken.seen.fields()["n"] == 1
    sizes = {o.seen.cell for o in own if o.unexpected_count is None}
    assert sizes == {"25 rows", f"{len(tables['patients'].columns)} columns"}
    assert expectations.Outcome("s", "t", "c", "typed", True, "int64", []).seen.cell == "int64"
    counts = report.to_frame()["unexpected_count"]
    assert {type(count) for count in counts} == {int, type(None)}


def test_broken_expectations_name_file_column_row_and_value(tables):
    broken = damaged(tables, "patients", 5, "sex", "femlae")
    aged = first(tables["patients"].loc[6:], "age_unit != ''")
    aimed = first(tables["patients"].loc[aged + 1 :], "level_low_ng_ml != ''")
    broken["patients"].loc[aged, "age_unit"] = "moons"
    broken["patients"].loc[aimed, ["level_low_ng_ml", "level_high_ng_ml"]] = ["15", "5"]
    report = expectations.validate(Project(ROOT), "raw", broken)
    assert len(report.failures) == 3
    with pytest.raises(ReviewError) as caught:
        report.raise_for_failures()
    message = str(caught.value)
    assert "data/raw/patients.csv, row 5, column sex: found 'femlae'; sex is one of" in message
    assert f"row {aged}, column age_unit: found 'moons'" in message
    assert f"row {aimed}, column level_high_ng_ml: found '5 and 15'" in message


def test_outcomes_count_what_they_looked_at(tables):
    broken = damaged(tables, "patients", 5, "sex", "femlae")
    outcomes = expectations.validate(Project(ROOT), "raw", broken).outcomes
    counts = {
        (o.suite, o.description): (o.element_count, o.unexpected_count, len(o.problems))
        for o in outcomes
    }
    sex = "sex is one of: male, female, or empty"
    assert counts["patients_raw", sex] == (25, 1, 1)
    assert counts["patients_raw", "the table has at least 1 row"] == (25, None, 0)
    (across,) = (o for o in outcomes if o.suite == "across_raw" and o.unexpected_count is not None)
    assert across.element_count > 100 and across.unexpected_count == 0
    assert all(type(n) in (int, type(None)) for one in counts.values() for n in one)


def test_every_message_names_its_suite(tables):
    broken = damaged(tables, "patients", 5, "sex", "femlae")
    broken["reports"] = broken["reports"].iloc[:0]
    broken["posters"].loc[2, "n"] = "50"
    problems = expectations.validate(Project(ROOT), "raw", broken).problems
    assert len(problems) > 3
    for problem in problems:
        suite = "across" if "expected" in problem.message else Path(problem.file).stem
        assert f"(expectations/{suite}_raw.json)" in problem.message


ACROSS = {
    "a sum": ("posters", 2, "n", "50", "sum to the poster's patients"),
    "a report": ("patients", 2, "report_id", "R99", "not in reports.csv"),
    "a size": ("reports", 2, "n_patients", "9", "all listed in patients.csv"),
    "a printed total": ("published", 2, "value", "85", "as printed"),
    "a response without time": ("patients", 3, "response_time_value", "", "is given exactly"),
    "a dose without unit": ("patients", 4, "dose_unit", "", "dose_unit is given exactly"),
    "one patient twice": ("adverse_events", 2, "n_patients", "2", "names a patient counts this"),
    "an event of nobody": ("adverse_events", 2, "patient_id", "", "expected given: an event"),
    "events without safety data": (
        "posters",
        "variable == 'adverse_events' and level == ''",
        "level",
        "none",
        "'given'; expected empty: adv",
    ),
    "a variable left out": (
        "posters",
        "variable == 'sex' and not (variable + report_id).duplicated(keep=False)",
        "variable",
        "onset",
        "of every poster by sex",
    ),
    "a misspelt level": (
        "posters",
        "variable == 'sex' and level == 'male'",
        "level",
        "mail",
        "the level of sex is one of: male",
    ),
    "half a ratio": ("published", 9, "denominator", "", "denominator is given exactly where"),
    "a percentage of patients": ("published", 9, "unit", "patients", "the unit of a percentage is"),
}


@pytest.mark.parametrize("case", ACROSS)
def test_rules_between_tables(tables, case):
    name, row, column, value, message = ACROSS[case]
    if isinstance(row, str):
        row = first(tables[name], row)
    report = expectations.validate(Project(ROOT), "raw", damaged(tables, name, row, column, value))
    assert not report.success
    assert message in str(report)


def most_events(tables):
    """Of the poster with most patients with any event: their number, and all counts by event."""
    any_event = tables["posters"].query("variable == 'adverse_events' and level == 'any'")
    poster = any_event.loc[any_event["n"].astype(int).idxmax()]
    told = tables["adverse_events"].query("report_id == @poster.report_id")["n_patients"]
    return int(poster["n"]), told.astype(int)


def test_no_more_patients_have_an_event_than_any(tables):
    n_any, told = most_events(tables)
    more = damaged(tables, "adverse_events", told.index[0], "n_patients", str(n_any + 1))
    report = expectations.validate(Project(ROOT), "raw", more)
    assert f"row {told.index[0]}, column n_patients: found '{n_any + 1}'; " in str(report)
    assert f"expected {n_any}: no more" in str(report)


def test_each_patient_with_an_event_has_one_that_is_told(tables):
    n_any, told = most_events(tables)
    fewer = {key: table.copy() for key, table in tables.items()}
    fewer["adverse_events"].loc[told.index, "n_patients"] = "1"
    assert len(told) < n_any
    report = expectations.validate(Project(ROOT), "raw", fewer)
    assert f"found '{n_any}'; expected {len(told)}: pat" in str(report)


def test_posters_are_counted_by_the_variables_of_their_suite():
    path = ROOT / "expectations" / "posters_raw.json"
    (allowed,) = (
        one["kwargs"]["value_set"]
        for one in json.loads(path.read_text(encoding="utf-8"))["expectations"]
        if one["kwargs"].get("column") == "variable" and "value_set" in one["kwargs"]
    )
    assert tuple(allowed) == POSTER_VARIABLES


@pytest.fixture(scope="module")
def clean():
    terms = loading.load(Project(ROOT)).values["cleaning"]
    source = reading.read(ROOT / "data" / "raw", COLUMNS)
    made = Cleaning(source, terms["diagnoses"], terms["events"], 30.4375).run()
    del made["ledger"]
    return made


CLEAN = {
    "a misspelt value": ("patients", 3, "sex", "mail", "found 'mail'; sex is one of: male, female"),
    "an anomaly left out": ("patients", 4, "anomaly", "", "anomaly is given in every row"),
    "a report left out": ("patients", 5, "report_id", "", "report_id is given in every row"),
    "a response censored": ("patients", 6, "event", 0, "found '0'; event is 1 with a response"),
    "ends exchanged": ("patients", 2, "level_low_ng_ml", 50, "the upper end of a target level is"),
    "an unknown variable": ("posters", 2, "variable", "sexx", "found 'sexx'; variable is one of"),
    "an event of no kind": ("adverse_events", 2, "category", "", "category is given in every row"),
    "a step twice": ("screening", 3, "step", "retrieved", "step is unique"),
}


@pytest.mark.parametrize("case", CLEAN)
def test_clean_tables_have_rules_of_their_own(clean, case):
    name, row, column, value, message = CLEAN[case]
    tables = {key: table.copy() for key, table in clean.items()}
    tables[name].loc[tables[name].index[row - 2], column] = value
    report = expectations.validate(Project(ROOT), "clean", tables)
    assert message in str(report)
    found = column if "ends" not in case else "level_high_ng_ml"
    assert f"data/clean/{name}.csv, row {row}, column {found}" in str(report)


def test_clean_rows_have_one_key_and_whole_numbers_no_fraction(clean):
    tables = {key: table.copy() for key, table in clean.items()}
    tables["posters"] = pd.concat([tables["posters"], tables["posters"].iloc[:1]])
    tables["patients"]["time_hours"] = tables["patients"]["time_hours"].astype(float) + 0.5
    hours, *rows = map(str, expectations.validate(Project(ROOT), "clean", tables).problems)
    assert hours.startswith("data/clean/patients.csv, column time_hours: time_hours holds whole")
    named = " / ".join(tables["posters"].iloc[0][["report_id", "variable", "level"]])
    key = f", column report_id / variable / level: found '{named}'; report_id, variable, level"
    last = len(tables["posters"]) + 1
    assert [row.split(key)[0] for row in rows] == [
        f"data/clean/posters.csv, row {row}" for row in (2, last)
    ]


def test_the_clean_data_meet_every_expectation(clean):
    report = expectations.validate(Project(ROOT), "clean", clean)
    assert report.success and len(report.outcomes) >= 95, str(report)


def test_suites_are_diffable():
    for path in sorted((ROOT / "expectations").glob("*_*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert "id" not in document
        for expectation in document["expectations"]:
            assert "id" not in expectation and expectation["meta"]["notes"], path.name


def test_a_table_without_suite_is_refused(tmp_path, tables):
    shutil.copytree(ROOT / "expectations", tmp_path / "expectations")
    shutil.copy(ROOT / "params.yml", tmp_path)
    (tmp_path / "expectations" / "posters_raw.json").unlink()
    with pytest.raises(ReviewError, match=r"no suite posters_raw\.json"):
        expectations.validate(Project(tmp_path), "raw", tables)


def test_validation_leaves_no_folder_of_great_expectations(tables, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    expectations.validate(Project(ROOT), "raw", tables)
    assert not list(tmp_path.iterdir())
