"""A result that a notebook no longer records stops the build and is named with its place."""

import json

import pytest

from case_review import registry
from case_review.audit import held_results
from case_review.errors import ReviewError
from case_review.project import Project


def result(id, cell="estimates"):
    return registry.Result(id, 1, text="1", cell=cell)


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path)
    made.results.mkdir(parents=True)
    made.expectations.mkdir()
    record(made, "05_a", {"weeks": [1, 2]}, "a.one", "a.two")
    record(made, "06_b", {}, "b.own")
    assert held_results.accept(made) == 3
    return made


def record(project, notebook, parameters, *ids):
    path = project.results / f"{notebook}.json"
    registry.write(path, notebook, parameters, [result(id) for id in ids])


def hold(project, *own, parameters=None):
    held = project.expectations / held_results.HELD
    held_results.hold(project, held, "06_b", parameters or {}, [result(id) for id in own])


def test_nothing_missing_and_something_new_passes(project):
    record(project, "05_a", {"weeks": [1, 2]}, "a.two", "a.one", "a.new")
    hold(project, "b.own", "b.new")
    listed = json.loads((project.expectations / "results.json").read_text())
    assert listed["05_a"]["results"] == {"a.one": "estimates", "a.two": "estimates"}


def test_a_notebook_that_records_nothing_is_not_listed(project):
    record(project, "08_c", {})
    assert held_results.accept(project) == 3
    assert set(json.loads((project.expectations / "results.json").read_text())) == {"05_a", "06_b"}


def test_a_missing_result_is_named_with_its_notebook_and_cell(project):
    record(project, "05_a", {"weeks": [1, 2]}, "a.one")
    with pytest.raises(ReviewError) as error:
        hold(project)
    lines = str(error.value).split("\n")
    assert lines[0] == "2 result(s) are no longer recorded:"
    assert lines[1:3] == [
        "  a.two: notebooks/05_a.ipynb, cell estimates",
        "  b.own: notebooks/06_b.ipynb, cell estimates",
    ]
    assert "case_review.audit accept" in lines[3]


def test_a_notebook_that_is_gone_loses_all_its_results(project):
    (project.results / "05_a.json").unlink()
    with pytest.raises(ReviewError, match=r"a\.one: notebooks/05_a\.ipynb"):
        hold(project, "b.own")


def test_other_parameters_may_name_other_results(project):
    record(project, "05_a", {"weeks": [1, 2, 4]}, "a.four")
    hold(project, parameters={"seed": 2})


def test_what_runs_counts_and_not_its_last_output(project):
    with pytest.raises(ReviewError, match=r"b\.own"):
        hold(project, "b.other")


def test_a_missing_list_says_how_to_make_it(project):
    (project.expectations / "results.json").unlink()
    with pytest.raises(ReviewError, match=r"results\.json does not exist.*audit accept"):
        hold(project, "b.own")
