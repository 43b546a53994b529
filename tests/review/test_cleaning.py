"""Cleaning: what it converts and classifies, what it writes down, what it refuses."""

import shutil

import pandas as pd
import pytest
from conftest import ROOT
from descriptive_data import COLUMNS
from notebook_cells import run_cells
from ruamel.yaml import YAML

from case_review.data import reading
from case_review.data.cleaning import Cleaning, other_exposures
from case_review.data.reading import DataError
from case_review.units import to_hours

PARAMS = YAML(typ="safe").load((ROOT / "params.yml").read_text(encoding="utf-8"))


def clean(folder=ROOT / "data" / "raw", month_days=30.4375):
    return cleaning_of(reading.read(folder, COLUMNS), month_days).run()


def cleaning_of(raw, month_days=30.4375):
    terms = PARAMS["cleaning"]
    return Cleaning(raw, terms["diagnoses"], terms["events"], month_days)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "raw")
    return tmp_path / "raw"


def change(folder, name, row, **cells):
    table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    for column, value in cells.items():
        table.loc[row - 2, column] = value
    table.to_csv(folder / f"{name}.csv", index=False)


def test_a_file_of_later_studies_may_say_nothing_of_their_exposure(folder):
    assert set(clean(folder)["later_evidence"]["exposure"]) == {"sirolimus"}
    change(folder, "later_evidence", 2, exposure="")
    assert other_exposures(reading.read(folder, COLUMNS)) == []
    path = folder / "later_evidence.csv"
    pd.read_csv(path, dtype=str).drop(columns="exposure").to_csv(path, index=False)
    assert other_exposures(reading.read(folder, COLUMNS)) == []
    assert set(clean(folder)["later_evidence"]["exposure"]) == {""}


@pytest.mark.parametrize(
    ("value", "unit", "hours"),
    [("24", "hours", 24), ("1", "days", 24), ("1.5", "weeks", 252), ("6", "months", 4383),
     ("1", "months", 731), ("3", "months", 2192), ("2", "years", 17532)],
)  # fmt: skip
def test_reported_times_in_hours(value, unit, hours):
    # 30.4375 days are 730.5 hours, so odd months fall on a half and round away from zero.
    assert to_hours(value, unit, 30.4375) == hours


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="found 'wk', expected one of hours, days"):
        to_hours("2", "wk", 30)


def test_counts_of_the_review_survive_cleaning():
    tables = clean()
    patients, posters = tables["patients"], tables["posters"]
    assert patients["anomaly"].value_counts().to_dict() == {"tumour": 15, "malformation": 10}
    tumours = posters.query("variable == 'anomaly' and level == 'tumour'")["n"].sum()
    assert tumours == 15
    lymphatic = posters.query("variable == 'lymphatic' and level == 'yes'")["n"].sum()
    assert lymphatic + (patients["lymphatic"] == "yes").sum() == 73
    assert patients["time_hours"].sort_values().iloc[[0, 8, 12, 18, 24]].tolist() == [
        24, 168, 336, 1680, 4383,
    ]  # fmt: skip


def test_patients_alone_are_cleaned_as_with_the_other_tables(folder):
    raw = reading.read(folder, COLUMNS)
    own = {name: raw.tables[name] for name in ("reports", "patients", "posters", "adverse_events")}
    alone = cleaning_of(reading.Raw(own, columns=COLUMNS)).patients()
    pd.testing.assert_frame_equal(alone, clean()["patients"], check_exact=True)
    change(folder, "patients", 4, diagnosis="haemangiom")
    with pytest.raises(DataError, match="row 4, column diagnosis: found 'haemangiom'"):
        cleaning_of(reading.read(folder, COLUMNS)).patients()


def test_derived_counts_of_a_poster_sum_to_its_patients():
    tables = clean()
    sizes = tables["reports"].set_index("report_id")["n_patients"]
    sums = tables["posters"].groupby(["report_id", "variable"])["n"].sum()
    for (report, _), total in sums.items():
        assert total == sizes[report]


def test_every_conversion_and_classification_is_in_the_ledger():
    tables = clean()
    ledger, patients = tables["ledger"], tables["patients"]
    times = ledger.query("table == 'patients' and column == 'response_time_value'")
    assert len(times) == len(patients) == 25
    classified = ledger.query("table == 'patients' and kind == 'classification'")
    assert classified["row"].tolist() == list(range(2, 27))
    first = times.iloc[0]
    assert first["after"] == f"{patients['time_hours'].iloc[0]} hours"


def test_a_patient_without_response_is_censored_at_last_follow_up(folder):
    change(
        folder, "patients", 2, response="no", response_time_value="", response_time_unit="",
        response_criterion="", follow_up_months="4",
    )  # fmt: skip
    patient = clean(folder)["patients"].iloc[0]
    assert (patient["event"], patient["time_hours"]) == (0, 2922)


def test_a_misspelt_diagnosis_names_its_place_and_the_nearest_name(folder):
    change(folder, "patients", 4, diagnosis="haemangiom")
    with pytest.raises(DataError) as caught:
        clean(folder)
    message = str(caught.value)
    assert "data/raw/patients.csv, row 4, column diagnosis: found 'haemangiom'" in message
    assert "Is 'haemangioma' meant?" in message


def test_all_unknown_terms_come_at_once(folder):
    change(folder, "patients", 4, diagnosis="x", response_time_unit="fortnights")
    change(folder, "adverse_events", 2, event="hiccups")
    with pytest.raises(DataError) as caught:
        clean(folder)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("text", ["a | b", "<script>", "{{< result x >}}", "=1+1", "\u202ex", "🧪"])
def test_text_is_carried_through_as_it_is(folder, text):
    change(folder, "patients", 3, drug=text)
    assert clean(folder)["patients"]["drug"].iloc[1] == text


def test_numbers_about_reconstructed_rows_vary_and_the_others_do_not():
    ran = run_cells("01_cleaning")
    standing = {id: result.standing for id, result in ran.results.items()}
    assert standing == {"cleaning.changes": "varies", "cleaning.expectations": "method"}
    cells = {label: table["cells"] for label, table in ran.names["nb"]._tables.items()}
    assert all(cell["standing"] for table in cells.values() for cell in table)
    ledger = {cell["label"]: cell["standing"] for cell in cells["tbl-ledger"]}
    said = {kind: {label for label in ledger if ledger[label] == kind} for kind in ledger.values()}
    of_patients = {"patients (Conversions)", "patients (Classifications)"}
    assert said["determined"] == {*of_patients, "All tables (Conversions)"}
    assert said["method"] == {"patients (Recodes)", "posters (Recodes)"}
    assert "posters (Classifications)" in said["varies"] and len(ledger) == 9


def test_what_the_ledger_says_the_print_fixes_is_the_same_in_other_sets(built_report):
    columns = ["age_hours", "response_time_value", "diagnosis"]
    own = pd.read_csv(built_report.clean / "patients.csv")[columns].count()
    others = pd.read_csv(built_report.clean / "other_patients.csv").groupby("set")[columns].count()
    assert len(others) > 5 and (others == own).all(axis=None)
