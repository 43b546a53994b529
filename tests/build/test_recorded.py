"""The list of results for whoever writes the text."""

import subprocess
import sys

import pytest

from case_review import registry
from case_review.build import recorded
from case_review.errors import ReviewError
from case_review.project import Project


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    for name, results in {
        "02_counts": [registry.Result("patients.all", text="84", value=84, cell="counts")],
        "05_response": [
            registry.Result("response.median_weeks", text="2 weeks", value=2, cell="medians"),
            registry.Result("response.n", text="25", value=25, cell="n", label="Patients of Götz"),
        ],
    }.items():
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text('{"cells": []}', encoding="utf-8")
        registry.write(project.results / f"{name}.json", name, {}, results)
    return project


def test_it_lists_id_text_and_cell(project):
    assert recorded.lines(project, width=200) == [
        "patients.all           84  [02_counts#counts]",
        "response.median_weeks  2 weeks  [05_response#medians]",
        "response.n             25  [05_response#n]",
    ]


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("response.*", ["response.median_weeks", "response.n"]),
        ("MEDIAN", ["response.median_weeks"]),
        ("2 week", ["response.median_weeks"]),
        ("götz", ["response.n"]),
        ("*.all", ["patients.all"]),
    ],
)
def test_a_pattern_chooses(project, pattern, ids):
    assert [line.split()[0] for line in recorded.lines(project, pattern, 200)] == ids


def test_what_does_not_fit_the_terminal_is_cut(project):
    lines = recorded.lines(project, width=30)
    assert lines[0] == "patients.all           84  [0…" and max(map(len, lines)) == 30


def test_nothing_that_fits_and_nothing_at_all_are_said(project, tmp_path):
    with pytest.raises(ReviewError, match="None of 3 results fits 'hazard'"):
        recorded.lines(project, "hazard")
    for path in project.results.iterdir():
        path.unlink()
    with pytest.raises(ReviewError, match="Run `make notebooks` first"):
        recorded.lines(project)


def test_who_reads_the_first_lines_only_gets_no_error(built_report):
    command = f"{sys.executable} -m case_review results | head -1"
    look = {"cwd": built_report.root, "capture_output": True, "text": True}
    done = subprocess.run(command, shell=True, **look)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""
