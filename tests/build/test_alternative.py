"""Another parameter file has its own results and its own report; those of params.yml stay."""

import json

import pytest
from building import content, make, told

from case_review.build import alternative
from case_review.errors import ReviewError
from case_review.project import PARAMS_VARIABLE, Project


@pytest.mark.pipeline
def test_another_parameter_file_leaves_results_and_report_alone(small):
    before = content(small)
    (small / "mine.yml").write_text("doses:\n  low: 0.01\n", encoding="utf-8")

    def made(*settings):
        return make(small, "report", "FORMATS=html", "PARAMS=mine.yml", *settings)

    assert "report/_site_mine: the report is ready" in made()
    assert content(small) == before
    copy = small / "report" / "_build" / "params" / "mine"

    def low(root):
        results = json.loads((root / "report/results/02_doses.json").read_text("utf-8"))["results"]
        return next(each for each in results if each["id"] == "doses.low")["n"]

    assert low(copy) < low(small)
    page = (small / "report/_site_mine/index.html").read_text("utf-8")
    assert page != (small / "report/_site/index.html").read_text("utf-8")
    assert "report/_site_mine is up to date" in made()
    assert "_site is up to date" in make(small, "report", "FORMATS=")
    assert "Everything is up to date" in make(small, "status", "PARAMS=mine.yml", "FORMATS=html")
    assert "doses.low" in make(small, "results", "PARAMS=mine.yml")
    # A source that is changed or gone is so in the copy as well; an error says where to look.
    text = small / "report" / "index.qmd"
    text.write_text(text.read_text("utf-8") + "\nMore {{< result none.such >}}.\n", "utf-8")
    (small / "report" / "labels.yml").unlink()
    settings = ("FORMATS=html", "PARAMS=mine.yml", "OUT=else where")
    lines = told(make(small, "report", *settings, expect=2))
    assert "none.such" in lines[-2]
    assert lines[-1] == f"(What was made with these parameters is in {copy}.)"
    assert not (copy / "report" / "labels.yml").exists()
    assert content(small) == before


@pytest.fixture
def other(small_project, monkeypatch):
    def choose(name):
        monkeypatch.setenv(PARAMS_VARIABLE, str(name))
        return small_project

    return choose


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        ("watch", [], "make watch is for params.yml: leave out PARAMS="),
        ("build", ["release"], "make release is for params.yml: leave out PARAMS="),
        ("build", ["report"], "none.yml does not exist. PARAMS= takes a path"),
    ],
)
def test_what_another_parameter_file_cannot_do_is_said(other, command, arguments, message):
    with pytest.raises(ReviewError, match=message):
        alternative.go_on(other("none.yml"), command, arguments, "report/_site")


def test_its_report_goes_to_no_folder_of_the_project(other):
    project = other("mine.yml")
    (project.root / "mine.yml").touch()
    with pytest.raises(ReviewError, match=r"OUT=.*data/raw: "):
        alternative.go_on(project, "build", ["report"], "data/raw")
    assert not (project.build / alternative.FOLDER).exists()


def test_files_of_one_name_in_two_folders_have_two_copies(other, tmp_path):
    assert alternative.name(other("mine.yml")) == "mine"
    assert alternative.name(other("my file.2.yml")) == "my_file_2"
    names = {alternative.name(other(tmp_path / folder / "mine.yml")) for folder in "ab"}
    assert len(names) == 2 and all(name.startswith("mine-") for name in names)


def test_params_yml_by_another_spelling_is_itself(other):
    assert not alternative.is_other(other("./params.yml"))
    project = other("notebooks/../params.yml")
    assert not alternative.is_other(project)
    assert alternative.go_on(project, "build", ["report"], "report/_site") is None
    assert alternative.is_copy(Project(project.build / "params" / "mine"))
