"""Who is left out by choice, and which responses count."""

import pandas as pd
import pytest
from test_cleaning import clean

from case_review.data import choosing
from case_review.errors import ReviewError

NOTHING = {"reports": [], "patients": {}}


@pytest.fixture(scope="module")
def tables():
    return clean()


def lines(chosen):
    ledger = chosen["ledger"]
    return ledger[ledger["reason"].str.startswith("shared.")]


def test_nothing_is_chosen_unless_somebody_says_so(tables):
    chosen = choosing.choose(tables, NOTHING, [])
    assert list(chosen) == list(tables)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(chosen[name], table)
    assert choosing.told(chosen["ledger"]) == []


def test_a_report_is_left_out_of_every_table(tables):
    chosen = choosing.choose(tables, {"reports": ["R13", "P06"], "patients": {}}, [])
    for name in ("reports", "patients", "posters", "adverse_events"):
        assert not chosen[name]["report_id"].isin(["R13", "P06"]).any(), name
    assert len(chosen["patients"]) == 20  # R13 has five of the 25
    assert list(lines(chosen)["before"]) == ["R13", "P06"]
    assert choosing.told(chosen["ledger"]) == [
        "shared.exclude.reports names the report: 2 of reports.csv."
    ]


def test_patients_are_left_out_by_a_value_with_their_adverse_events(tables):
    drug = {"reports": [], "patients": {"drug": ["everolimus"]}}
    chosen = choosing.choose(tables, drug, [])
    assert set(chosen["patients"]["drug"]) == {"sirolimus"}
    # R01 described two patients, one of whom took everolimus.
    assert chosen["reports"].set_index("report_id")["n_patients"]["R01"] == 1
    assert list(lines(chosen)["key"]) == ["R01-2 / R01"]
    gone = set(tables["patients"]["patient_id"]) - set(chosen["patients"]["patient_id"])
    assert not chosen["adverse_events"]["patient_id"].isin(gone).any()


def test_a_report_without_patients_is_left_out(tables):
    where = {"reports": [], "patients": {"report_id": ["R02"]}}
    assert "R02" not in set(choosing.choose(tables, where, [])["reports"]["report_id"])


def test_a_response_that_does_not_count_is_censored_at_its_time(tables):
    before = tables["patients"]
    after = choosing.choose(tables, NOTHING, ["biological", "imaging", "combined"])["patients"]
    clinical = before["response_criterion"] == "clinical"
    assert after["event"].tolist() == (~clinical).astype(int).tolist()
    assert after["time_hours"].tolist() == before["time_hours"].tolist()
    assert before["event"].eq(1).all()  # the tables that were given stay as they are


def test_an_event_that_is_not_known_stays_unknown(tables):
    patients = tables["patients"].assign(event=tables["patients"]["event"].astype("Int64"))
    first = patients.index[0]
    patients.loc[first, "event"] = pd.NA
    criteria = ["biological", "imaging", "combined"]
    after = choosing.choose(tables | {"patients": patients}, NOTHING, criteria)["patients"]
    assert after["event"].isna().sum() == 1 and pd.isna(after.at[first, "event"])
    assert (after["event"] == 0).sum() == 9


@pytest.mark.parametrize(
    ("exclude", "criteria", "message"),
    [
        ({"reports": ["R99"], "patients": {}}, [],
         r"shared.exclude.reports: 'R99' is no report_id in data/raw/reports.csv; there are P01"),
        ({"reports": [], "patients": {"drug": ["placebo"]}}, [],
         r"patients.drug: 'placebo' is no drug in data/clean/patients.csv; there are everolimus"),
        ({"reports": [], "patients": {"drugg": ["x"]}}, [], r"has no such column; it has "),
        (NOTHING, ["lab"], r"shared.response_criteria: 'lab' is no response_criterion"),
        ({"reports": [], "patients": {"drug": ["sirolimus", "everolimus"]}}, [],
         r"no patient is left"),
    ],
)  # fmt: skip
def test_a_choice_that_meets_nobody_is_refused(tables, exclude, criteria, message):
    with pytest.raises(ReviewError, match=message):
        choosing.choose(tables, exclude, criteria)
