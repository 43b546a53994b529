"""The example reviews: made by `new` from their answers, with their own files, and built."""

import csv
import importlib.util
import json
import re
import subprocess
import sys

import pytest
from building import ROOT, make, parsed

from case_review.living import examples
from case_review.project import Project

pytestmark = pytest.mark.pipeline

EXAMPLES = examples.listed(Project(ROOT))


def results_of(root):
    return {
        one["id"]: one
        for path in (root / "report" / "results").glob("*.json")
        for one in json.loads(path.read_text("utf-8"))["results"]
    }


def patients_of(example):
    with (example / "data/raw/patients.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.name)
def built(request, template):
    return request.param, examples.build(template, request.param).root


def test_there_are_two_of_them():
    assert len(EXAMPLES) == 2


def test_it_counts_its_own_patients_and_outcomes(built):
    example, root = built
    rows, found = patients_of(example), results_of(root)
    assert found["patients.all"]["value"] == len(rows)
    event = "died" if "died" in rows[0] else "response"
    time = "died_value" if event == "died" else "response_time_value"
    analysed = [row for row in rows if row[event] == "no" or (row[event] and row[time])]
    had = sum(row[event] == "yes" for row in analysed)
    assert (found["response.responders"]["value"], found["response.responders"]["of"]) == (
        had, len(analysed))  # fmt: skip
    assert found["response.left_out"]["value"] == len(rows) - len(analysed)
    assert 0 < had < len(analysed)


def test_a_model_is_fitted_where_it_is_asked_for_and_events_allow_it(built):
    example, root = built
    found = results_of(root)
    fitted = {id for id in found if id.startswith("response.adjusted.")}
    if example.name == "herbal-liver":
        assert fitted == set()
        return
    ratio = found["response.adjusted.sex_male"]
    assert ratio["low"] < ratio["value"] < ratio["high"]
    assert found["response.adjusted.events"]["value"] >= 30
    assert found["response.adjusted.patients"]["of"] == found["response.responders"]["of"]
    pooled = found["sensitivity.pooled.proportion"]
    assert pooled["low"] < pooled["value"] < pooled["high"]
    assert found["sensitivity.pooled.reports"]["value"] == 7


def test_its_pages_speak_of_itself_alone(built):
    example, root = built
    text = parsed(root / "report/_site/index.html").main.get_text(" ")
    foreign = ["sirolimus", "mTOR", "haemangio", "malformation", "reconstructed", "weeks (95"]
    foreign += ["responded", "response"] if example.name == "herbal-liver" else ["Malformation"]
    # A notebook's name is no word of the text.
    assert [word for word in foreign if re.search(rf"(?<![\w.]){re.escape(word)}", text)] == []
    assert "not estimable | Does not hold" not in text and "{" not in text
    own = {"herbal-liver": ["Died, n (%)", "days"], "three-drugs": ["Thalidomide", "Transfusions"]}
    assert all(word in text for word in own[example.name])
    figure = (root / "report/exhibits/fig-km.svg").read_text("utf-8")
    unit = {"herbal-liver": "Days", "three-drugs": "Months"}[example.name]
    origin = {"herbal-liver": "first symptom"}.get(example.name, "start of treatment")
    assert f"{unit} since {origin}" in figure
    assert (f"by time since {origin}" in text) and (origin == "start of treatment") == (
        "since start of treatment" in text)  # fmt: skip


def test_its_report_lies_where_the_documentation_takes_it_from(built, template):
    example, root = built
    site = template.report / examples.FOLDER / example.name
    for name in ("index.html", "index.pdf", "index.docx"):
        assert (site / name).read_bytes() == (root / "report/_site" / name).read_bytes()


def test_its_documentation_is_a_site(built, tmp_path):
    if importlib.util.find_spec("mkdocs") is None:
        pytest.skip("mkdocs is not installed: `make docs` installs it")
    command = [sys.executable, "-m", "mkdocs", "--quiet", "build", "--strict", "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=built[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tutorial.html").is_file() and not (tmp_path / "examples.html").exists()


def test_where_there_are_no_examples_it_is_said(tmp_path):
    with pytest.raises(examples.ReviewError, match="no examples here"):
        examples.main(Project(tmp_path))


def test_its_repository_is_clean_and_its_own_tests_pass(built):
    _, root = built
    status = subprocess.run(["git", "status", "--short"], cwd=root, capture_output=True, text=True)
    assert status.stdout == ""
    assert "3 passed" in make(root, "test")
