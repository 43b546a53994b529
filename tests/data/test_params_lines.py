"""What a message says of params.yml leads to its line."""

import pytest

from case_review.data import params_lines
from case_review.data.problems import Problem
from case_review.project import PARAMS_VARIABLE, Project

PARAMS = """# choices
cleaning:
  diagnoses:
    FL: {}
  columns: {sex: {values: [a]}}
safety:
  effects: []
"""
SAID = {
    "not in params.yml (cleaning.diagnoses).": "not in params.yml, line 3 (cleaning.diagnoses).",
    "see params.yml (safety.effects)": "see params.yml, line 7 (safety.effects)",
    "params.yml (cleaning.columns.sex)": "params.yml, line 5 (cleaning.columns.sex)",
    "params.yml (cleaning.columns.age)": "params.yml, line 5 (cleaning.columns.age)",
    "params.yml (nothing.such)": "params.yml (nothing.such)",
    "params.yml (cleaning.diagnoses.FL.x)": "params.yml (cleaning.diagnoses.FL.x)",
}


def told(project, message):
    return params_lines.numbered(project)(Problem("a.csv", 2, "x", "y", message)).message


@pytest.mark.parametrize("message", SAID)
def test_an_entry_has_its_line(tmp_path, message):
    (tmp_path / "params.yml").write_text(PARAMS)
    assert told(Project(tmp_path), message) == SAID[message]


def test_the_file_in_force_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv(PARAMS_VARIABLE, "mine.yml")
    (tmp_path / "params.yml").write_text(PARAMS)
    (tmp_path / "mine.yml").write_text("cleaning:\n\n  diagnoses: {}\n")
    assert told(Project(tmp_path), "params.yml (cleaning.diagnoses)").startswith("mine.yml, line 3")
    assert told(Project(tmp_path), "params.yml (safety.effects)").startswith("params.yml, line 7")


@pytest.mark.parametrize("text", [None, "a: [", "- 1", "cleaning: 3"])
def test_parameters_that_cannot_be_read_are_told_elsewhere(tmp_path, text):
    if text is not None:
        (tmp_path / "params.yml").write_text(text)
    assert "cleaning.diagnoses)" in told(Project(tmp_path), "params.yml (cleaning.diagnoses)")
