"""The data-quality pages list every expectation and hide nothing that failed."""

import json

import pytest

from case_review import registry
from case_review.project import Project
from case_review.rendering import quality_pages


def outcome(suite, table, success=True, observed="0 of 25 rows unexpected", unexpected=()):
    return {
        "suite": suite, "table": table, "column": "sex", "description": "sex is a|b",
        "success": success, "observed": observed, "unexpected": list(unexpected),
    }  # fmt: skip


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    path = quality_pages.outcomes_file(project)
    path.parent.mkdir(parents=True)
    odd = [["row 3", "<b>*x*"]]
    stages = {
        "raw": [
            outcome("patients_raw", "patients"),
            outcome("patients_raw", "patients", False, "1 of 25", odd),
            outcome("reports_raw", "reports"),
        ],
        "clean": [outcome("patients_clean", "patients"), outcome("reports_clean", "reports")],
    }
    path.write_text(json.dumps(stages), encoding="utf-8")
    return project


def record(project, **cells):
    results = [
        registry.Result(f"a.{cell}", 1, text="1", cell=cell, inputs=dict.fromkeys(inputs, "0" * 64))
        for cell, inputs in cells.items()
    ]
    registry.write(project.results / "05_x.json", "05_x", {}, results)


def test_without_checked_data_there_are_no_suites(tmp_path):
    assert quality_pages.suites(Project(tmp_path)) == []


def test_overview_counts_and_links_every_suite(project):
    text = quality_pages.overview(quality_pages.suites(project))
    assert "# Raw data: 2 of 3 expectations met" in text
    assert "# Clean data: 2 of 2 expectations met" in text
    assert r"| [patients\_raw](patients_raw.html) | patients | 2 | 1 |" in text


def test_page_of_a_suite_shows_each_expectation_with_what_was_observed(project):
    text = quality_pages.page(quality_pages.suites(project)[0])
    assert "1 of 2 expectations on the raw table patients are met." in text
    assert r"| 1 | sex is a\|b | sex | yes | 0 of 25 rows unexpected |" in text
    assert r"| 2 | sex is a\|b | sex | **no** | 1 of 25; row 3: \<b\>\*x\* |" in text


def test_rules_that_join_tables_are_not_ascribed_to_one(project):
    suite = quality_pages.Suite("across_raw", "raw", "across", (outcome("across_raw", "across"),))
    assert r"| [across\_raw](across_raw.html) | several | 1 | 1 |" in quality_pages.overview(
        [suite]
    )
    assert "1 of 1 expectations on the raw tables taken together are met." in quality_pages.page(
        suite
    )


def test_a_cell_is_guarded_by_the_suites_of_what_it_read(project):
    record(project, one=["data/clean/patients.csv"], two=["data/raw/reports.csv"])
    one, two = (quality_pages.guarding(project, "05_x", cell) for cell in ("one", "two"))
    assert [suite.name for suite in one] == ["patients_raw", "patients_clean"]
    assert [suite.name for suite in two] == ["reports_raw"]


def test_a_cell_that_records_nothing_is_guarded_as_its_notebook_is(project):
    record(project, one=["data/clean/patients.csv"], two=["data/raw/reports.csv"])
    names = [s.name for s in quality_pages.guarding(project, "05_x", "fig-other")]
    assert names == ["patients_raw", "reports_raw", "patients_clean"]
    assert quality_pages.guarding(project, "09_none", "fig-other") == []
