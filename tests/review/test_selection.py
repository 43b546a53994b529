"""What `make validate` says of screening.csv: it must agree with its boxes and the reports."""

import shutil
import subprocess
import sys

import pytest
from building import ROOT, copy_sources, surroundings
from descriptive_data import COLUMNS
from ruamel.yaml import YAML

from case_review.data import reading, selection

VALUES = YAML(typ="safe").load((ROOT / "params.yml").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(ROOT / "data" / "raw", tmp_path / "raw")


def found(folder, values=VALUES):
    return list(map(str, selection.of_raw(values)(reading.attempt(folder, COLUMNS)[0])))


def put(folder, old, new):
    path = folder / "screening.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_file_as_it_stands_agrees(folder):
    assert found(folder) == []


def test_other_reports_than_are_listed_are_told_with_their_row(folder):
    put(folder, "publications included,14", "publications included,13")
    (said,) = found(folder)
    assert "screening.csv, row 10, column n_reports: found '13'; expected 14, as many publ" in said
    left_out = {**VALUES["shared"], "exclude": {"reports": ["R01"], "patients": {}}}
    assert found(folder, {**VALUES, "shared": left_out}) == []


def test_a_number_that_is_missing_or_none_is_told(folder):
    put(folder, "posters included,9", "posters included,")
    (said,) = found(folder)
    assert "column n_reports: expected 9, as many posters as data/raw/reports.csv lists" in said
    put(folder, "posters included,", "posters included,nine")
    assert len(found(folder)) == 1


def test_a_step_without_box_and_a_box_without_step_are_both_told(folder):
    put(folder, "retrieved,6076", "found,6076")
    step, row = found(folder)
    assert "the step 'retrieved' of params.yml (characteristics.flow) has no row" in step
    assert "row 2, column step: found 'found'; it has no box" in row


def test_without_a_diagram_nothing_is_asked_of_it(folder):
    (folder / "screening.csv").write_text("step,n_reports,note\n", encoding="utf-8")
    assert found(folder) != []
    without = {**VALUES["characteristics"], "flow": [], "flow_included": None}
    assert found(folder, {**VALUES, "characteristics": without}) == []


def test_the_command_sees_it(tmp_path):
    copy_sources(tmp_path)
    put(tmp_path / "data" / "raw", "publications included,14", "publications included,13")
    done = subprocess.run(
        [sys.executable, "-m", "case_review", "validate"],
        cwd=tmp_path, env=surroundings(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "screening.csv, row 10, column n_reports: found '13'; expected 14" in done.stderr
