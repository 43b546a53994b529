"""What this review has of its own passes what the package offers: choices, rows, header."""

import argparse
import csv
import json
import runpy
import shutil

import pytest
from bench import rows
from building import changed, copy_sources, make, ran
from conftest import ROOT
from descriptive_data import VALUES
from grown_review import grow

from case_review import registry
from case_review.data import names, raw_file, reading, rules, times
from case_review.data.schema import SHOWN
from case_review.living import importing
from case_review.living.scenarios import declared
from case_review.project import Project
from case_review.rendering import header, labels


def test_this_reviews_file_waits_for_reports_that_can_be_told_apart():
    text = (ROOT / "data/raw/appraisal.csv").read_text(encoding="utf-8")
    assert text == ",".join(SHOWN["appraisal"].columns) + "\n"


def test_this_review_has_two_dozen_scenarios_and_each_has_a_reason():
    found = declared.read(Project(ROOT))
    assert len(found.scenarios) >= 24
    assert found.scenarios[0].name == declared.MAIN and not found.scenarios[0].choices
    assert all(one.reason for one in found.scenarios[1:])
    texts = [json.dumps(one.values, sort_keys=True) for one in found.scenarios]
    assert len(set(texts)) == len(texts)


def test_the_project_s_own_header_and_settings_are_accepted():
    source = (ROOT / "report/index.qmd").read_text(encoding="utf-8").splitlines()
    found = header.read(Project(ROOT), source)
    assert found.lang == "en-GB" and found.licence[0] == "CC BY 4.0"
    assert [path.name for path in found.sources.csl] == ["vancouver.csl"]


def test_every_entry_of_the_report_s_list_names_a_result(built_report):
    ids = registry.load(built_report.results)
    known = {id: words for id, words in labels.read(built_report).items() if id[:6] != "value."}
    numbered = {pattern: f"entry {n}" for n, pattern in enumerate(known)}
    used = {labels.of(numbered, id, "") for id in ids}
    assert [pattern for pattern, entry in numbered.items() if entry not in used] == []


def test_the_reference_says_bounds_and_what_stands_here():
    reference = runpy.run_path(str(ROOT / "docs" / "reference.py"))["pages"]()
    row = next(x for x in reference["parameters.md"].splitlines() if "| `conf_level` |" in x)
    assert "at least 0.5, below 1" in row and "| `0.95` |" in row
    row = next(x for x in reference["parameters.md"].splitlines() if "| `month_days` |" in x)
    assert 'length of a reported "month"' in row
    assert "\n## Estimate\n" in reference["values.md"]


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    root = tmp_path_factory.mktemp("grown")
    for name in ("data/raw", "notebooks", "report"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("_*"))
    grow(root, 5)
    return root


def test_a_grown_review_meets_all_rules(grown):
    raw, problems = reading.attempt(grown / "data" / "raw")
    assert not problems and len(raw.tables["patients"]) == 125
    compared = rules.checks(raw.tables)
    assert (compared["found"] == compared["expected"]).all() and len(compared) > 1000
    assert not [*names.problems(raw), *times.problems(raw)]


def test_each_row_changes_one_file_and_each_run_differently(tmp_path):
    copy_sources(tmp_path)
    named = {
        "a sentence of the manuscript": "report/index.qmd",
        "a caption of 04": "notebooks/04_safety.ipynb",
        "a comment in 04": "notebooks/04_safety.ipynb",
        "a parameter of 03": "params.yml",
        "a cell of the data": "data/raw/patients.csv",
    }
    changing = {
        row.name: row.change
        for row in rows.ROWS
        if row.copy == "project" and row.change not in (rows.nothing, rows.unmake)
    }
    assert changing.keys() == named.keys()
    for name, change in changing.items():
        path = tmp_path / named[name]
        texts = [path.read_text(encoding="utf-8")]
        for number in (1, 2):
            change(tmp_path, number)
            texts.append(path.read_text(encoding="utf-8"))
        assert len(set(texts)) == 3, name
        if path.suffix == ".ipynb":
            cells = ["\n".join(map(str, json.loads(text)["cells"])) for text in texts]
            lines = [set(text.splitlines()) for text in cells]
            assert len(lines[0] - lines[2]) == len(lines[2] - lines[0]) == 1, name


def test_a_dose_cut_point_reruns_treatment_and_the_audit_only(built_report, tmp_path):
    root = tmp_path / "a réview, copied"
    shutil.copytree(built_report.root, root, symlinks=True)
    with changed(root / "params.yml", "low: 0.05, high: 0.1,", "low: 0.05, high: 0.11,"):
        status = make(root, "status")
        assert "03_treatment: params.yml: dose_groups changed" in status
        rerun = ran(make(root, "notebooks"))
    assert rerun[0] == "03_treatment" and rerun[-2:] == ["06_audit", "10_statement_places"]
    assert not {"01_cleaning", "02_characteristics", "04_safety", "05_response"} & set(rerun)


def test_the_patients_of_this_review_come_out_as_they_went_in(tmp_path):
    """A group's sheet of the same patients: other names of columns, and units beside numbers."""
    with (ROOT / "data" / "raw" / "patients.csv").open(newline="", encoding="utf-8") as stream:
        ours = list(csv.DictReader(stream))
    head = {
        "Study": "report_id", "Patient No": "patient_id", "Gender": "sex", "Age at start": "age",
        "Onset": "onset", "Dx": "diagnosis", "Symptoms": "symptoms", "Drug": "drug",
        "Starting dose": "dose_value", "Dose unit": "dose_unit", "Target level [ng/mL]": "level",
        "Days to level": "level_time_days",
        "Other treatments": "cotreatments", "Response": "response",
        "Response assessed by": "response_criterion", "Time to response": "response_time",
        "Follow-up (months)": "follow_up_months", "Treatment status": "treatment_status",
    }  # fmt: skip

    def typed(row, name):
        if name == "level":
            low, high = row["level_low_ng_ml"], row["level_high_ng_ml"]
            return f"{low} – {high}" if low else "NR"
        if f"{name}_unit" in row:
            return f"{row[f'{name}_value']} {row[f'{name}_unit']}".strip() or "n.r."
        return row[name] or "?"

    project = Project(tmp_path / "review")
    project.raw.mkdir(parents=True)
    (project.root / "data" / "import").mkdir()
    path = tmp_path / "sheet.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        lines = ([typed(row, name) for name in head.values()] for row in ours)
        csv.writer(stream).writerows([list(head), *lines])
    words = {"adverse": "no", "'Days to level' have": "days"}
    options = argparse.Namespace(sheet="", dictionary=None, replace=False)
    code = importing.main(
        project, path, VALUES, options, lambda q: next((w for k, w in words.items() if k in q), "")
    )
    assert code == 0
    with (project.raw / "patients.csv").open(newline="", encoding="utf-8") as stream:
        found = list(csv.DictReader(stream))
    assert [row | {"provenance": "reconstructed"} for row in found] == ours


def test_all_raw_files_are_declared():
    assert raw_file.undeclared(ROOT / "data" / "raw") == []
