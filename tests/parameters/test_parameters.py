"""What a notebook is given; refusals are listed in test_robustness_parameters.py."""

import ast
import shutil

import pytest
from conftest import PARAMS, ROOT, write_notebook

from case_review.build import dependencies, freshness
from case_review.errors import ReviewError
from case_review.notebook import Notebook
from case_review.parameters import loading, params_file, writing
from case_review.project import PARAMS_VARIABLE, Project


@pytest.fixture
def project(tmp_path):
    (tmp_path / "notebooks").mkdir()
    shutil.copy(PARAMS, tmp_path / "params.yml")
    return Project(tmp_path)


@pytest.fixture
def alternative(project, monkeypatch):
    """Load with another parameter file of the given content."""
    monkeypatch.setenv(PARAMS_VARIABLE, "other.yml")

    def load(text):
        (project.root / "other.yml").write_text(text, encoding="utf-8")
        return loading.load(project)

    return load


def test_parameters_are_read_as_written(project):
    values = loading.load(project).values
    assert values["shared"]["month_days"] == 30.4375
    first = values["treatment"]["dose_groups"][0]
    assert first == {"id": "short", "unit": "mg/kg/day", "high": 1}
    assert type(first) is dict and type(values["sensitivity"]["publication_odds"]) is float


def test_a_notebook_gets_its_section_and_the_shared_keys_it_declares(project):
    section = {"landmarks": [1], "ticks": [0], "few_at_risk": 0, "time_axis": ""}
    write_notebook(project.notebooks / "05_response.ipynb", {**section, "conf_level": 0})
    values = loading.load(project).for_notebook("05_response")
    assert values == {
        "landmarks": [4, 8, 12],
        "ticks": [0, 4, 8, 12, 26],
        "few_at_risk": 3,
        "time_axis": "linear",
        "conf_level": 0.95,
    }


def test_a_parameter_cell_that_disagrees_is_refused(project):
    write_notebook(project.notebooks / "05_response.ipynb", {"ticks_week": [0], "few_at_risk": 0})
    with pytest.raises(ReviewError) as caught:
        loading.load(project).for_notebook("05_response")
    text = str(caught.value)
    assert "declares ticks_week, which is neither" in text and "mean ticks?" in text
    assert "does not declare landmarks" in text


def test_a_long_entry_is_read_where_it_stands(project, monkeypatch):
    section = {"landmarks": [1], "few_at_risk": 0, "time_axis": ""}
    path = project.notebooks / "05_response.ipynb"
    write_notebook(path, section, 'ticks = nb.setting("ticks")')
    assert set(loading.load(project).for_notebook("05_response")) == set(section)
    monkeypatch.chdir(project.root)
    nb = Notebook("05_response")
    assert nb.setting("ticks") == [0, 4, 8, 12, 26]
    assert nb.parameters == {"ticks": [0, 4, 8, 12, 26]}
    with pytest.raises(ReviewError, match=r"tick is not in section response .* mean ticks"):
        nb.setting("tick")


def test_a_long_entry_of_another_section_is_read_by_both_names(project, monkeypatch):
    path = project.notebooks / "01_cleaning.ipynb"
    read = "d, e, f = nb.setting('diagnoses'), nb.setting('events'), nb.setting('safety.effects')"
    write_notebook(path, {}, read, "own = nb.setting('columns')")
    loading.load(project).for_notebook("01_cleaning")
    monkeypatch.chdir(project.root)
    nb = Notebook("01_cleaning")
    assert nb.setting("safety.effects")[0]["category"] == "clinical"
    assert list(nb.parameters) == ["safety.effects"]
    stamp = dependencies.notebook_stamp(project, "01_cleaning")
    choices = project.root / "params.yml"
    choices.write_text(choices.read_text("utf-8").replace("label: Low", "label: Few"))
    changed = dependencies.notebook_stamp(project, "01_cleaning")
    assert freshness.differences(stamp, changed) == ["params.yml: safety.effects changed"]
    write_notebook(path, {}, read.replace("effects", "effect"))
    with pytest.raises(ReviewError, match=r"not in section safety .* mean effects"):
        loading.load(project).for_notebook("01_cleaning")


def test_a_long_entry_that_does_not_exist_is_refused_before_the_run(project):
    section = {"landmarks": [1], "few_at_risk": 0, "time_axis": ""}
    path = project.notebooks / "05_response.ipynb"
    write_notebook(path, section, "x = nb.setting('tick_weeks')")
    with pytest.raises(ReviewError) as caught:
        loading.load(project).for_notebook("05_response")
    assert str(caught.value).splitlines() == [
        'notebooks/05_response.ipynb: nb.setting("tick_weeks") is not in section response of '
        "params.yml; did you mean ticks?",
        "notebooks/05_response.ipynb: the cell tagged `parameters` does not declare ticks, "
        'which section response of params.yml sets, nor does nb.setting("ticks") read it',
    ]


def test_what_a_parameters_cell_says_otherwise_is_named(project, monkeypatch):
    path = project.notebooks / "05_response.ipynb"
    section = loading.load(project).values["response"]
    write_notebook(path, {**section, "conf_level": 0.95})
    assert params_file.overruled(project, "05_response") == []
    write_notebook(path, {"conf_level": 0.9, **section, "few_at_risk": 6})
    lines = (project.root / "params.yml").read_text(encoding="utf-8").splitlines()
    (first,) = (n for n, line in enumerate(lines, 1) if line.startswith("  conf_level:"))
    (other,) = (n for n, line in enumerate(lines, 1) if line.startswith("  few_at_risk:"))
    place = "notebooks/05_response.ipynb, cell parameters:"
    write = " (`make parameters` writes what it says into the cells)"
    assert params_file.overruled(project, "05_response") == [
        f"{place} conf_level = 0.9 was not used; params.yml, line {first}, decides and says 0.95"
        + write,
        f"{place} few_at_risk = 6 was not used; params.yml, line {other}, decides and says 3"
        + write,
    ]
    (project.root / "mine.yml").write_text("shared:\n  conf_level: 0.9\n", encoding="utf-8")
    monkeypatch.setenv(PARAMS_VARIABLE, "mine.yml")
    assert len(params_file.overruled(project, "05_response")) == 2


def test_who_is_left_out_is_checked_with_its_line(alternative):
    text = "shared:\n  exclude:\n    reports: [R01]\n    patients: {drugg: [everolimus]}\n"
    with pytest.raises(ReviewError, match=r"other.yml, line 4: .*did you mean drug\?"):
        alternative(text)
    with pytest.raises(ReviewError, match=r"line 2: .*imagng is no value .*did you mean imaging\?"):
        alternative("shared:\n  response_criteria: [imagng]\n")


def test_a_review_may_leave_out_what_nobody_chooses(project):
    text = (project.root / "params.yml").read_text(encoding="utf-8")
    assert "exclude:" not in text and "response_criteria:" not in text
    shared = loading.load(project).values["shared"]
    assert shared["exclude"] == {"reports": [], "patients": {}}
    assert shared["response_criteria"] == []


def test_the_cells_get_the_values_of_the_file_and_keep_the_rest(project):
    path = project.notebooks / "05_response.ipynb"
    shutil.copy(ROOT / "notebooks" / path.name, path)
    writing.into_notebooks(project)
    assert writing.into_notebooks(project) == []
    before = path.read_bytes()
    text = before.decode().replace("conf_level = 0.95", "conf_level = 0.9  # wide")
    ticks = text[text.index("ticks = [") :].partition("\\n")[0]
    path.write_text(text.replace(ticks, "ticks = [\\n\",\n    \"    0,\\n\",\n    \"]"), "utf-8")
    assert params_file.declared(path)["ticks"] == [0]
    assert writing.into_notebooks(project) == ["05_response.ipynb"]
    assert params_file.overruled(project, "05_response") == []
    after = path.read_text("utf-8")
    assert after.replace("0.95  # wide", "0.95") == before.decode()
    assert writing.into_notebooks(project) == []


@pytest.mark.parametrize("value", [
    "a \"b\" \u00e9", 1, 2.5, True, None, [], {}, ["x" * 50, "y" * 50], {"a": {"b": [1, "c"]}},
])  # fmt: skip
def test_a_value_is_read_as_it_was_written(value):
    assert ast.literal_eval(writing._literal(value)) == value
