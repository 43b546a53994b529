"""What a review declares of its own: columns, words for missing, diagnoses, the outcome."""

import pandas as pd
import pytest
from made_up_review import VARIANTS, write
from ruamel.yaml import YAML

from case_review.data import declared, reading, rules, schema, suites
from case_review.data.cleaning import Cleaning
from case_review.errors import ReviewError
from case_review.parameters import loading
from case_review.project import Project

OWN = {
    "grade": {"type": "whole", "highest": 4},
    "pain_value": {"type": "number", "unit": "pain_unit", "lowest": 1},
    "pain_unit": {"values": ["VAS", "NRS"], "label": "scale of pain"},
    "sex": {"values": ["f", "m"]},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Projects of the made-up review by variant."""
    known = {}

    def make(variant):
        if variant not in known:
            known[variant] = tmp_path_factory.mktemp(variant)
            write(known[variant], variant)
        return Project(known[variant])

    return make


def cleaned(project):
    """The clean tables of a project, and the raw ones."""
    terms = loading.load(project).values["cleaning"]
    raw = reading.read(project.raw, declared.of(project))
    return Cleaning(raw, terms["diagnoses"], terms["events"], 30.4375).run(), raw


def test_a_column_is_declared_or_changed_by_a_review():
    columns = schema.of({"columns": OWN})
    raw, clean = columns.tables["patients"].columns, columns.clean["patients"].columns
    assert (raw["grade"].lowest, raw["grade"].highest, raw["grade"].type) == (0, 4, "whole")
    assert raw["pain_unit"].given_with == "pain_value"
    assert clean["pain_unit"].said == "scale of pain"
    assert raw["sex"].values == ("f", "m") and raw["sex"].meaning == "Sex."
    assert list(clean)[-3:] == ["grade", "pain_value", "pain_unit"]
    assert "pain_unit" in columns.tables["posters"].columns["variable"].values
    said = [one["meta"]["notes"] for one in suites.declared("patients", "raw", columns)]
    assert "grade lies between 0 and 4" in said and "pain_value is at least 1" in said
    assert "sex is one of: f, m, or empty" in said
    assert "grade" not in schema.ANY.tables["patients"].columns


def test_diagnoses_stand_for_whatever_a_review_says():
    diagnoses = {"x": {"organ": "B cell", "rare": True}, "y": {"rare": False}}
    columns = schema.of({"diagnoses": diagnoses}).clean["patients"].columns
    assert columns["rare"].values == ("yes", "no") and columns["rare"].required
    assert not columns["organ"].required and not columns["organ"].values
    assert "anomaly" not in columns


def test_own_columns_are_read_and_cleaned(made):
    tables, _ = cleaned(made("own_columns"))
    assert tables["patients"]["grade"].tolist()[:4] == [1, 2, 3, 0]
    assert tables["patients"]["death"].tolist()[0] == "2024-01-01"
    tables, _ = cleaned(made("own_facts"))
    assert set(tables["patients"]["disease"]) == {"immune", "malignant"}


@pytest.mark.parametrize("variant", ["no_safety", "no_posters", "no_screening", "no_later"])
def test_a_table_that_is_not_there_has_no_rows(made, variant):
    tables, raw = cleaned(made(variant))
    assert any(table.empty for table in raw.tables.values()) and not raw.unsound
    assert len(tables["patients"]) == 12


def test_reports_and_patients_are_needed(tmp_path):
    with pytest.raises(ReviewError, match=r"patients\.csv: the file is missing(?s:.*)reports\.csv"):
        reading.read(tmp_path)


def test_a_word_for_missing_is_an_empty_cell(tmp_path):
    for name, text in (
        ("patients", "patient_id,report_id,diagnosis,drug,provenance,sex,response\n"
                     "1,A,x,y,extracted,NR,kA\n"),
        ("reports", "report_id,kind,n_patients,adverse_events_reported,provenance\n"
                    "A,publication,1,no,extracted\n"),
    ):  # fmt: skip
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    raw = reading.read(tmp_path, schema.of({"missing": ["k.A.", "ka"]}))
    row = raw.tables["patients"].iloc[0]
    assert row["sex"] == row["response"] == row["age_value"] == ""
    assert [change.before for change in raw.changes] == ["NR", "kA"]
    assert reading.read(tmp_path).tables["patients"]["response"][2] == "kA"


def test_an_unknown_column_is_to_be_declared(made, tmp_path):
    path = made("own_columns").raw / "patients.csv"
    (tmp_path / "patients.csv").write_bytes(path.read_bytes())
    _, problems = reading.attempt_table(tmp_path, "patients")
    assert {p.column for p in problems} == {"comorbidity", "grade", "death"}
    assert "Declare it in params.yml (cleaning.columns), or remove it" in str(problems[0])


LEFT_OUT = {
    "response_without_time": ("the time to response is not known", ["1"]),
    "response_unknown": ("whether there was a response is not known", ["1"]),
    "no_follow_up": ("without response, and without a follow-up", ["4"]),
}


@pytest.mark.parametrize("variant", LEFT_OUT)
def test_a_patient_without_a_usable_time_is_kept_and_told(made, variant):
    tables, raw = cleaned(made(variant))
    why, who = LEFT_OUT[variant]
    ledger = tables["ledger"][tables["ledger"]["kind"] == "left out"]
    assert ledger["reason"].str.startswith(why).all()
    assert ledger["key"].str.split(" / ").str[0].tolist() == who
    patients = tables["patients"].set_index("patient_id")
    assert len(patients) == 12 and patients.loc[who, "time_hours"].isna().all()
    assert patients["time_hours"].notna().sum() == 11
    found = rules.checks(raw.tables, columns=raw.columns)
    assert (found["found"] == found["expected"]).all()


def test_a_time_to_what_did_not_happen_is_a_contradiction(made):
    raw = reading.read(made("base").raw)
    patients = raw.tables["patients"]
    patients.loc[2, "response"] = "no"
    found = rules.checks(raw.tables)
    found = found[found["found"] != found["expected"]]
    assert found["rule"].tolist() == ["those without response (response) have no time to it"]


def test_follow_up_in_another_unit_is_converted(made):
    tables, _ = cleaned(made("follow_up_days"))
    patients = tables["patients"]
    assert "follow_up_value" not in patients
    assert patients["follow_up_months"].tolist()[:2] == [5.91, 6.9]
    censored = patients.loc[patients["event"] == 0, "time_hours"].tolist()
    assert censored[0] == 180 * 24


def test_death_is_the_outcome(made):
    project = made("outcome_death")
    tables, raw = cleaned(project)
    assert tables["patients"]["event"].sum() == 9
    assert tables["patients"]["time_hours"].iloc[0] == 2 * 168
    column = raw.columns.clean["patients"].columns["time_hours"]
    assert column.said == "time to death or censoring"


WRONG = {
    "a column of every review": ({"patient_id": {}}, {}, "is the same in every review"),
    "a text with bounds": ({"grade": {"lowest": 1}}, {}, "give it `type: number`"),
    "a number with values": ({"n": {"type": "number", "values": ["1"]}}, {}, "has no `values`"),
    "ends exchanged": ({"n": {"type": "whole", "lowest": 2, "highest": 1}}, {}, "is above"),
    "no such event": ({}, {"event": "respons"}, "did you mean response?"),
    "an event of many values": ({}, {"event": "sex"}, "with the values yes and no"),
    "a time without unit": ({}, {"time": "level_time_days"}, "whose `unit` is the column"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_parameters_cannot_declare(made, tmp_path, case):
    columns, outcome, message = WRONG[case]
    text = (made("base").root / "params.yml").read_text(encoding="utf-8")
    params = YAML().load(text)
    params["cleaning"]["columns"] = columns
    default = {"event": "response", "time": "response_time_value", "unit": "weeks"}
    params["shared"]["outcome"] = default | {"noun": "x", "past": "y"} | outcome
    with (tmp_path / "params.yml").open("w", encoding="utf-8") as stream:
        YAML().dump(params, stream)
    with pytest.raises(ReviewError, match=r"params\.yml, line") as caught:
        loading.load(Project(tmp_path))
    assert message in str(caught.value) and len(str(caught.value).splitlines()) == 1


def test_a_column_in_words_reads_as_text(made):
    project = made("own_columns")
    text = declared.of(project).text_columns("patients", ["comorbidity", "grade", "death"])
    assert text == ["comorbidity", "death"] and "base" in VARIANTS
    assert pd.api.types.is_integer_dtype(cleaned(project)[0]["patients"]["grade"])
