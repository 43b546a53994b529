"""Names of other treatments, drugs and reports: one spelling each, or a cell that is told."""

import pytest
from conftest import ROOT
from descriptive_data import COLUMNS

from case_review.data import names, reading, rules, times
from case_review.data.cleaning import Cleaning
from case_review.parameters import loading
from case_review.project import Project


@pytest.fixture(scope="module")
def whole():
    return reading.read(ROOT / "data" / "raw", COLUMNS)


def with_cell(whole, table, column, value, row=2):
    tables = {name: frame.copy() for name, frame in whole.tables.items()}
    tables[table].loc[row, column] = value
    return reading.Raw(tables, columns=COLUMNS)


TIDY = {
    "prednisolone (tapered)": "prednisolone (tapered)",
    "β-blocker": "β-blocker",
    "vincristine/bleomycin": "vincristine/bleomycin",
    "Steroids": "steroids",
    "steroids ;  Vincristine": "steroids;vincristine",
    "; steroids;;STEROIDS": "steroids",
    "None": "none",
    "topical  tacrolimus": "topical tacrolimus",
    "co trimoxazole": "co trimoxazole",  # beside `co-trimoxazole`
    "IV Ig (0.4 g/kg)": "IV Ig (0.4 g/kg)",
    "IFN-α 2b;5-fluorouracil": "5-fluorouracil;IFN-α 2b",
    "": "",
}


@pytest.mark.parametrize("value", TIDY)
def test_any_text_is_a_name_and_has_one_spelling(whole, value):
    tidy, problems = names.lists(with_cell(whole, "patients", "cotreatments", value))
    assert problems == [] and tidy["patients"][2] == TIDY[value]


@pytest.mark.parametrize("value", ["Steroids", "None", "vincristine;steroids"])
def test_a_repair_is_in_the_ledger(whole, value):
    terms = loading.load(Project(ROOT)).values["cleaning"]
    raw = with_cell(whole, "patients", "cotreatments", value)
    tables = Cleaning(raw, terms["diagnoses"], terms["events"], 30.4375).run()
    ledger = tables["ledger"].query("table == 'patients' and column == 'cotreatments' and row == 2")
    (line,) = ledger.to_dict("records")
    assert (line["kind"], line["before"]) == ("recode", value)
    assert line["after"] == tables["patients"]["cotreatments"].iloc[0]


def test_the_usual_spelling_is_kept_whichever_comes_first(whole):
    raw = with_cell(whole, "patients", "cotreatments", "PREDNISOLONE")
    for row in (3, 4):
        raw.tables["patients"].loc[row, "cotreatments"] = "prednisolone"
    assert names.lists(raw)[0]["patients"][2] == "prednisolone"


TOLD = {
    ";;;": "only separators stand here. Write `none` if nothing else was given, and leave the cell",
    "no": "'no' is no name of a treatment. Write `none` if nothing else was given",
    "steroids;unknown": "'unknown' is no name of a treatment",
    "...": "'...' is no name of a treatment",
    "none;steroids": "`none` stands beside other treatments",
    "co-trimoxazole, steroids": "treatments are joined by `;`, and a name holds no comma",
    "steroids and vincristine": "Write `steroids;vincristine`.",
    "Steroids/vincristine": "Write `steroids;vincristine`.",
    "steroids\u200b": "it holds a character that cannot be seen",
    "steroids;vitamin NaN": "'vitamin NaN' reads like a missing number",
    "x" * 101: "a name of 101 characters; at most 100",
}


@pytest.mark.parametrize("value", TOLD)
def test_what_could_be_read_in_two_ways_is_told(whole, value):
    problem, *_ = names.problems(with_cell(whole, "patients", "cotreatments", value))
    assert str(problem).startswith("data/raw/patients.csv, row 2, column cotreatments: found '")
    assert TOLD[value] in problem.message


def test_two_rows_of_a_poster_that_say_the_same_are_told(whole):
    posters = whole.tables["posters"].query("variable == 'cotreatments' and level != ''")
    report = posters["report_id"].mode()[0]
    one, two = posters.index[posters["report_id"] == report][:2]
    raw = with_cell(whole, "posters", "level", posters.at[one, "level"].upper(), two)
    (problem,) = names.problems(raw)
    assert (problem.row, problem.column) == (two, "level")
    assert problem.message.startswith(f"it says the same as row {one}")


def test_spellings_of_one_name_are_told(whole):
    raw = with_cell(whole, "reports", "report_id", "r01", 3)
    (problem,) = names.problems(raw)
    assert problem.column == "report_id" and "in capitals or blanks only" in problem.message
    row = whole.tables["posters"].query("variable == 'drug' and level == 'sirolimus'").index[0]
    (problem,) = names.problems(with_cell(whole, "posters", "level", "Sirolimus", row))
    assert (problem.row, problem.value) == (row, "Sirolimus")


TIMES = {
    ("age", "119", "years"): "119 years is more than 110 years (age_hours in case_review/data/col",
    ("age", "1e-90", "days"): "1e-90 days is less than half an hour, and times are kept in whole h",
    ("response_time", "1e-90", "weeks"): "1e-90 weeks is less than half an hour",
    ("response_time", "0.00001", "months"): "0.00001 months is less than half an hour",
    ("response_time", "1000", "months"): "1000 months is more than 60 years",
}


@pytest.mark.parametrize("case", TIMES)
def test_a_time_beyond_bounds_in_its_unit_is_told(whole, case):
    what, number, unit = case
    raw = with_cell(whole, "patients", f"{what}_value", number)
    raw.tables["patients"].loc[2, f"{what}_unit"] = unit
    problem, *_ = times.problems(raw)
    assert (problem.row, problem.column, problem.value) == (2, f"{what}_value", number)
    assert TIMES[case] in problem.message


@pytest.mark.parametrize(
    ("number", "unit"), [("110", "years"), ("0", "days"), ("0.5", "weeks"), ("120", "months")]
)
def test_a_time_within_bounds_stands(whole, number, unit):
    raw = with_cell(whole, "patients", "age_value", number)
    raw.tables["patients"].loc[2, "age_unit"] = unit
    assert times.problems(raw) == []


@pytest.mark.parametrize("column", ["level_low_ng_ml", "level_time_days", "follow_up_months"])
def test_a_number_next_to_nothing_is_told(whole, column):
    problem, *_ = times.problems(with_cell(whole, "patients", column, "1e-90"))
    assert problem.column == column and problem.value == "1e-90"


def broken(tables):
    found = rules.checks(tables)
    return found[found["found"] != found["expected"]]


def test_posters_without_rows_are_told(whole):
    posters = whole.tables["posters"]
    wrong = broken(whole.tables | {"posters": posters.iloc[:0]})
    listed = whole.tables["reports"].query("kind == 'poster'")["report_id"]
    found = wrong.loc[wrong["column"] == "report_id", "found"]
    assert list(found) == [f"{name} (not in posters.csv)" for name in listed]
    for name in listed[:2]:
        wrong = broken(whole.tables | {"posters": posters[posters["report_id"] != name]})
        assert f"{name} (not in posters.csv)" in set(wrong["found"])


def test_a_poster_that_tells_of_events_has_some_or_their_count(whole):
    posters, events = whole.tables["posters"], whole.tables["adverse_events"]
    counted = posters["variable"] == "adverse_events"
    report = posters.loc[counted & (posters["level"] == "none"), "report_id"].iloc[0]
    assert report not in set(events["report_id"])
    without = posters[~(counted & (posters["report_id"] == report))]
    wrong = broken(whole.tables | {"posters": without})
    (line,) = wrong[wrong["column"] == "adverse_events_reported"].to_dict("records")
    assert (line["found"], line["expected"]) == ("yes", "no") and "or its events" in line["rule"]


def test_publications_without_patients_are_told(whole):
    wrong = broken(whole.tables | {"patients": whole.tables["patients"].iloc[:0]})
    sizes = wrong[wrong["column"] == "n_patients"]
    assert set(sizes["expected"]) == {"0"}
    assert len(sizes) == (whole.tables["reports"]["kind"] == "publication").sum()
