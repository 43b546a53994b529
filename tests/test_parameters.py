"""Wrong parameters are refused before anything runs, each with file, line, name and value."""

import shutil

import pytest
from conftest import ROOT, write_notebook

from case_review import parameters
from case_review.errors import ReviewError
from case_review.project import PARAMS_VARIABLE, Project


@pytest.fixture
def project(tmp_path):
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "params.yml", tmp_path / "params.yml")
    return Project(tmp_path)


@pytest.fixture
def alternative(project, monkeypatch):
    """Load with another parameter file of the given content."""
    monkeypatch.setenv(PARAMS_VARIABLE, "other.yml")

    def load(text):
        (project.root / "other.yml").write_text(text, encoding="utf-8")
        return parameters.load(project)

    return load


def test_the_project_s_own_parameters_are_accepted_as_written(project):
    values = parameters.load(project).values
    assert values["shared"]["month_days"] == 30.4375
    first = values["treatment"]["dose_groups"][0]
    assert first == {
        "id": "dose_lt_0_05_mg_kg",
        "label": "< 0.05 mg/kg/day",
        "unit": "mg/kg/day",
        "high": 0.05,
    }
    assert type(first) is dict and type(first["high"]) is float


GROUPS = "treatment:\n  level_groups:\n    - {id: a, label: A, unit: ng/ml, low: 1, high: 5}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "shared:\n  conf_levle: 0.9",
            "line 2: unknown name shared.conf_levle; did you mean conf_level?",
        ),
        ("respones: {}", "line 1: unknown name respones; did you mean response?"),
        ("shared:\n  conf_level: 95", "line 2: shared.conf_level should be less than 1, found 95"),
        ("shared:\n\n  seed: '1'", "line 3: shared.seed should be a valid integer, found '1'"),
        ("shared:\n  seed: true", "line 2: shared.seed should be a valid integer, found True"),
        ("shared:\n  month_days: .nan", "line 2: shared.month_days should be a finite number"),
        ("shared:\n  conf_type: logit", "line 2: shared.conf_type should be 'log', 'log-log' or"),
        ("response:\n  landmarks_weeks: [1, 4, 2]", "cut-points should increase: 2 follows 4"),
        ("response:\n  ticks_weeks: 3", "line 2: response.ticks_weeks should be a valid list"),
        (
            GROUPS + "    - {id: b, label: B, unit: ng/ml, low: 4, high: 9}",
            "line 4: treatment.level_groups: groups a and b overlap",
        ),
        (
            GROUPS + "    - {id: a, label: B, unit: ng/ml, low: 5}",
            "line 4: treatment.level_groups: the id a stands twice",
        ),
        (
            GROUPS + "    - {id: b, label: B, unit: ng/ml, low: 9, high: 6}",
            "line 4: treatment.level_groups: group b: `low` (9.0) should be below `high` (6.0)",
        ),
        (
            GROUPS + "    - {id: b, label: B, unit: ng/ml}",
            "line 4: treatment.level_groups: group b has neither `low` nor `high`",
        ),
        (
            GROUPS + "    - {id: b, label: B, unit: ng/ml, low: 5, heigh: 6}",
            "unknown name treatment.level_groups[2].heigh; did you mean high?",
        ),
        (GROUPS + "    - {id: b, unit: ng/ml, low: 5}", "treatment.level_groups[2].label is miss"),
        ("cleaning:\n  events: {flu: In Fections}", "line 2: cleaning.events.flu should match"),
        ("shared:\n  seed: 1\n  seed: 2", "line 3: found duplicate key"),
        ("shared: [1, 2", "line 1: "),
        ("- 1", "line 1: expected sections"),
        ("shared: 3", "line 1: section shared should hold `name: value` entries, found 3"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(alternative, text, expected):
    with pytest.raises(ReviewError) as caught:
        alternative(text)
    assert str(caught.value).startswith("other.yml, line ")
    assert expected in str(caught.value)


def test_all_problems_are_told_at_once(alternative):
    with pytest.raises(ReviewError) as caught:
        alternative("shared:\n  sed: 1\n  conf_level: 0\nresponse:\n  few_at_risk: -1\n")
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "other.yml, line 2",
        "other.yml, line 3",
        "other.yml, line 5",
    ]


@pytest.mark.parametrize(
    ("closed", "overlap"),
    [("left", False), ("right", False), ("neither", False), ("both", True)],
)
def test_a_shared_boundary_belongs_to_one_group_only(alternative, closed, overlap):
    text = GROUPS + f"    - {{id: b, label: B, unit: ng/ml, low: 5, high: 9, closed: {closed}}}"
    text = text.replace("high: 5}", f"high: 5, closed: {closed}}}")
    if overlap:
        with pytest.raises(ReviewError, match="overlap"):
            alternative(text)
    else:
        assert len(alternative(text).values["treatment"]["level_groups"]) == 2


def test_ages_in_different_units_are_compared(alternative):
    rows = "    - {id: a, label: A, unit: months, high: 25}\n"
    rows += "    - {id: b, label: B, unit: years, low: 2}\n"
    with pytest.raises(ReviewError, match="groups a and b overlap"):
        alternative("characteristics:\n  age_groups:\n" + rows)
    assert alternative("characteristics:\n  age_groups:\n" + rows.replace("25", "24"))


def test_another_file_is_completed_entry_by_entry(alternative):
    values = alternative("response:\n  few_at_risk: 4\n").values
    assert values["response"]["few_at_risk"] == 4
    assert values["response"]["landmarks_weeks"] == [1, 2, 4, 8, 12]
    assert values["shared"]["seed"] == 20141112


def test_a_missing_file_is_named(project, monkeypatch):
    monkeypatch.setenv(PARAMS_VARIABLE, "nope.yml")
    with pytest.raises(ReviewError, match=r"nope\.yml does not exist"):
        parameters.load(project)


def test_a_notebook_gets_its_section_and_the_shared_keys_it_declares(project):
    section = {"landmarks_weeks": [1], "ticks_weeks": [0], "few_at_risk": 0}
    write_notebook(project.notebooks / "05_response.ipynb", {**section, "conf_level": 0})
    values = parameters.load(project).for_notebook("05_response")
    assert values == {
        "landmarks_weeks": [1, 2, 4, 8, 12],
        "ticks_weeks": [0, 1, 2, 4, 8, 12, 26],
        "few_at_risk": 5,
        "conf_level": 0.95,
    }


def test_a_parameter_cell_that_disagrees_is_refused(project):
    write_notebook(project.notebooks / "05_response.ipynb", {"ticks_week": [0], "few_at_risk": 0})
    with pytest.raises(ReviewError) as caught:
        parameters.load(project).for_notebook("05_response")
    text = str(caught.value)
    assert "declares ticks_week, which is neither" in text and "mean ticks_weeks?" in text
    assert "does not declare landmarks_weeks" in text


def test_a_notebook_of_one_s_own_may_have_a_section_without_a_model(alternative, project):
    write_notebook(project.notebooks / "08_growth.ipynb", {"window": 0})
    assert alternative("growth:\n  window: 3\n").for_notebook("08_growth") == {"window": 3}
    with pytest.raises(ReviewError, match="unknown name grwoth; did you mean growth"):
        alternative("grwoth:\n  window: 3\n")
