"""Parameters that cannot be used are refused before any kernel starts, all of them at once.

Each with file, line, name and value. What an alternative file leaves out comes from `params.yml`.
"""

import json
import math
import shutil

import pytest
from conftest import PARAMS, write_notebook

from case_review.__main__ import main
from case_review.analyses import descriptive, grouping
from case_review.build import runner
from case_review.errors import ReviewError
from case_review.exhibits import style
from case_review.parameters import loading
from case_review.project import PARAMS_VARIABLE, Project
from case_review.units import intervals


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


#: A section with level groups and the block that shows them; more groups may follow at once.
GROUPS = "treatment:\n  level_groups:\n    - {id: a, unit: ng/ml, low: 1, high: 5}\n"
BLOCK = """
  blocks:
    - {id: level, heading: Level, variable: level_group, groups: level_groups}
"""
SEVEN = ", ".join(f"g{i}: G" for i in range(7))
REFUSED = {
    "a misspelt entry": (
        "shared:\n  conf_levle: 0.9",
        "line 2: unknown name shared.conf_levle; did you mean conf_level?",
    ),
    "a misspelt section": (
        "respones: {}",
        "line 1: unknown name respones; did you mean response?",
    ),
    "an unknown entry": ("shared:\n  zzz: 0.9", "line 2: unknown name shared.zzz"),
    "out of bounds": (
        "shared:\n  conf_level: 95",
        "line 2: shared.conf_level should be less than 1, found 95",
    ),
    "a text for a number": (
        "shared:\n\n  seed: '1'",
        "line 3: shared.seed should be a valid integer, found '1'",
    ),
    "a truth for a number": (
        "shared:\n  seed: true",
        "line 2: shared.seed should be a valid integer, found True",
    ),
    "no number": ("shared:\n  month_days: .nan", "line 2: shared.month_days should be a finite"),
    "a date for a number": ("shared:\n  seed: 2014-11-12", "line 2: shared.seed should be a valid"),
    "an unknown choice": (
        "shared:\n  conf_type: logit",
        "line 2: shared.conf_type should be 'log', 'log-log' or",
    ),
    "nothing where a value belongs": (
        "shared:\n  seed:",
        "line 2: shared.seed should be a valid integer, found None",
    ),
    "unordered cut-points": (
        "response:\n  landmarks: [1, 4, 2]",
        "cut-points should increase: 2 follows 4",
    ),
    "one number for a list": (
        "response:\n  ticks: 3",
        "line 2: response.ticks should be a valid list",
    ),
    "overlapping groups": (
        GROUPS + "    - {id: b, unit: ng/ml, low: 4, high: 9}",
        "line 4: treatment.level_groups: groups a and b overlap",
    ),
    "overlapping groups in different units": (
        "characteristics:\n  age_groups:\n    - {id: a, unit: months, high: 25}\n"
        "    - {id: b, unit: years, low: 2}\n",
        "line 4: characteristics.age_groups: groups a and b overlap",
    ),
    "a group twice": (
        GROUPS + "    - {id: a, unit: ng/ml, low: 5}",
        "line 4: treatment.level_groups: the id a stands twice",
    ),
    "a group upside down": (
        GROUPS + "    - {id: b, unit: ng/ml, low: 9, high: 6}",
        "line 4: treatment.level_groups: group b: `low` (9.0) should be below `high` (6.0)",
    ),
    "a group without limits": (
        GROUPS + "    - {id: b, unit: ng/ml}",
        "line 4: treatment.level_groups: group b has neither `low` nor `high`",
    ),
    "a misspelt limit": (
        GROUPS + "    - {id: b, unit: ng/ml, low: 5, heigh: 6}",
        "unknown name treatment.level_groups[2].heigh; did you mean high?",
    ),
    "a label that could disagree with the limits": (
        GROUPS + "    - {id: b, label: B, unit: ng/ml, low: 5}",
        "line 4: unknown name treatment.level_groups[2].label",
    ),
    "a limit below zero": (
        GROUPS + "    - {id: b, unit: mg, low: -1}",
        "line 4: treatment.level_groups[2].low should be greater than or equal to 0, found -1",
    ),
    "a unit that no label can hold": (
        GROUPS + "    - {id: b, unit: per ml, low: 5}",
        "line 4: treatment.level_groups[2].unit should match",
    ),
    "ends on two scales": (
        GROUPS + "    - {id: b, unit: months, low: 5, high: 9, high_unit: mg}",
        "line 4: treatment.level_groups: group b: `unit` (months) and `high_unit` (mg) should be",
    ),
    "ages in a unit of no time": (
        "characteristics:\n  age_groups:\n    - {id: a, unit: mg, high: 2}\n",
        "line 3: characteristics.age_groups: group a: unit 'mg' is no unit of time; use one of ho",
    ),
    "a block of groups that there are none of": (
        GROUPS + BLOCK.replace("groups: level_groups", "groups: levle_groups"),
        "line 6: treatment.blocks: block level is made of levle_groups, which section treatment "
        "does not define; did you mean level_groups?",
    ),
    "a block with rows and groups": (
        GROUPS + BLOCK.replace("groups:", "rows: [{id: a, label: A}], groups:"),
        "line 6: treatment.blocks: block level needs `rows`, or `groups`",
    ),
    "a row id twice": (
        GROUPS + BLOCK + "    - {id: x, heading: X, variable: x, rows: [{id: a, label: A}]}\n",
        "line 7: treatment.blocks: the row id a stands twice",
    ),
    "a subset called like a row": (
        GROUPS + BLOCK + "    - {id: x, heading: X, variable: x, rows: [{id: y, label: Y, "
        "includes: [{id: y, label: Y, diagnosis: y}]}]}\n",
        "line 7: treatment.blocks: the row id y stands twice",
    ),
    "a column to compare by that there is none of": (
        "shared:\n  group_by: anomalie",
        "line 2: shared.group_by: anomalie is no column of the clean patients; did you mean anom",
    ),
    "a group that nobody can fall into": (
        "shared:\n  group_by: anomaly\n  groups: {imune: I, malignant: M}",
        "line 3: shared.groups: nobody can belong to imune, for no diagnosis of "
        "cleaning.diagnoses has this anomaly; did you mean immune?",
    ),
    "seven groups to compare": (
        f"shared:\n  group_by: sex\n  groups: {{{SEVEN}}}",
        "line 3: shared.groups should have at most 6 items",
    ),
    "a group that is called as all patients are": (
        "shared:\n  group_by: sex\n  groups:\n    male: M\n    overall: O",
        "line 5: shared.groups: overall is what all patients are called",
    ),
    "a column to adjust for that there is none of": (
        "response:\n  adjust_for:\n    sexe: Sex",
        "line 3: response.adjust_for: sexe is no column of the clean patients, nor age; "
        "did you mean sex?",
    ),
    "a column to adjust for in several units": (
        "response:\n  adjust_for: {age: Age, dose_value: Dose}",
        "line 2: response.adjust_for.dose_value: its unit may differ by row (dose_unit)",
    ),
    "an event that no table lists": (
        "cleaning:\n  events: {flu: platelet}",
        "line 2: cleaning.events: flu counts as platelet, which safety.effects does not list; "
        "did you mean platelets?",
    ),
    "an effect of no category": (
        "safety:\n  categories: {clinical: C}",
        "safety.effects: platelets has the category laboratory, which safety.cat",
    ),
    "an id that is none": (
        "cleaning:\n  events: {flu: In Fections}",
        "line 2: cleaning.events.flu should match",
    ),
    "an entry twice": ("shared:\n  seed: 1\n  seed: 2", "line 3: found duplicate key"),
    "no YAML": ("shared: [1, 2", "line 1: "),
    "tabs": ("shared:\n\tseed: 1", "line 2: found character"),
    "a list of sections": ("- 1", "line 1: expected sections"),
    "no sections": ("seed", "line 1: expected sections such as `shared:`, found none"),
    "a section without a name": ("shared: {}\n1: {}", "line 2: 1 is no name of a section"),
    "a section that is a number": (
        "shared: 3",
        "line 1: section shared should hold `name: value` entries, found 3",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_named_with_its_line(alternative, case):
    text, expected = REFUSED[case]
    with pytest.raises(ReviewError) as caught:
        alternative(text)
    lines = str(caught.value).splitlines()
    assert any(expected in line for line in lines), lines
    assert all(line.startswith(("other.yml, line ", "params.yml, line ")) for line in lines)


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
    text = GROUPS + f"    - {{id: b, unit: ng/ml, low: 5, high: 9, closed: {closed}}}"
    text = text.replace("high: 5}", f"high: 5, closed: {closed}}}") + BLOCK
    if overlap:
        with pytest.raises(ReviewError, match="overlap"):
            alternative(text)
    else:
        assert len(alternative(text).values["treatment"]["level_groups"]) == 2


@pytest.mark.parametrize("text", ["response:\n  few_at_risk: 4\n", "response:\n  few_at_risk: 4"])
def test_another_file_is_completed_entry_by_entry(alternative, text):
    values = alternative(text).values
    assert values["response"]["few_at_risk"] == 4
    assert values["response"]["landmarks"] == [4, 8, 12]
    assert values["shared"]["seed"] == 7


@pytest.mark.parametrize("text", ["", "# only a remark\n", "shared:\n", "\ufeff", "---\n"])
def test_a_file_that_says_nothing_changes_nothing(alternative, project, monkeypatch, text):
    found = alternative(text).values
    monkeypatch.delenv(PARAMS_VARIABLE)
    assert found == loading.load(project).values


def test_a_missing_file_is_named(project, monkeypatch):
    monkeypatch.setenv(PARAMS_VARIABLE, "nope.yml")
    with pytest.raises(ReviewError, match=r"nope\.yml does not exist"):
        loading.load(project)


def test_a_file_that_is_no_text_is_named(project, monkeypatch):
    monkeypatch.setenv(PARAMS_VARIABLE, "other.yml")
    (project.root / "other.yml").write_bytes("shared: {}  # é".encode("latin-1"))
    with pytest.raises(ReviewError, match=r"other\.yml, line 1: this cannot be read as UTF-8"):
        loading.load(project)


def test_a_folder_is_no_parameter_file(project, monkeypatch):
    monkeypatch.setenv(PARAMS_VARIABLE, "notebooks")
    with pytest.raises(ReviewError, match="notebooks cannot be read"):
        loading.load(project)


def test_a_notebook_of_one_s_own_may_have_a_section_without_a_model(alternative, project):
    write_notebook(project.notebooks / "08_growth.ipynb", {"window": 0})
    assert alternative("growth:\n  window: 3\n").for_notebook("08_growth") == {"window": 3}
    with pytest.raises(ReviewError, match="unknown name grwoth; did you mean growth"):
        alternative("grwoth:\n  window: 3\n")
    for value in ("2014-11-12", ".nan", "[1, .inf]", "{a: 2014-11-12}"):
        with pytest.raises(ReviewError, match=r"other\.yml, line 2: growth\.window.* should be a"):
            alternative(f"growth:\n  window: {value}\n")


@pytest.mark.parametrize("step", ["build data", "run 01_cleaning"])
def test_wrong_parameters_are_refused_before_a_kernel_starts(
    small_project, monkeypatch, capsys, step
):
    project = small_project
    write_notebook(project.notebooks / "01_cleaning.ipynb", "1")
    path = project.root / "params.yml"
    path.write_text(path.read_text().replace("few_at_risk", "few_at_rsik"))
    monkeypatch.setattr(runner, "_execute", lambda *_: pytest.fail("a kernel was started"))
    assert main(step.split()) == 1
    told = capsys.readouterr().err
    assert "unknown name response.few_at_rsik; did you mean few_at_risk?" in told
    assert "response.few_at_risk is missing" in told


def test_a_group_that_nobody_falls_into_has_a_row_of_zeros(alternative):
    """Completed, not refused: the limits are sound, and the data may change."""
    import pandas as pd

    text = GROUPS.replace("low: 1, high: 5", "low: 1, high: 15")
    text += "    - {id: b, unit: ng/ml, low: 90}" + BLOCK
    values = alternative(text).values["treatment"]
    levels = intervals.by_id(values["level_groups"])
    lows, highs = [2, 10, 5, math.nan], [5, 15, 20, math.nan]
    patients = pd.DataFrame({"report_id": list("aabc"), "population": "publications"})
    patients["level_group"] = grouping.target_groups(lows, highs, "ng/ml", levels)
    nobody = pd.DataFrame(columns=["report_id", "population", "variable", "level", "n"])
    groups, of = {"level_group": levels}, {"all": len(patients)}
    frame = descriptive.long_form(patients, nobody, ["level_group"], groups)
    (block,) = descriptive.blocks(values["blocks"], groups, frame, of)
    counts = {x.id: descriptive.count(frame, x.variable, x.level) for x in block.lines}
    assert counts["b"] == 0 and sum(counts.values()) == len(patients)


def test_a_group_of_nobody_is_left_out_of_the_comparison():
    import pandas as pd

    from case_review.analyses import response

    patients = pd.DataFrame({"anomaly": ["a", "a"], "time_hours": [24, 48], "event": [1, 1]})
    patients[["patient_id", "report_id"]] = [["1", "r"], ["2", "r"]]
    times = response.times(patients, "anomaly", {"a": "A", "b": "B"})
    assert response.arms(times, {"a": "A", "b": "B"}) == {"a": "A"}


@pytest.mark.parametrize("number", [0, 1, 3, len(style.GROUP_STYLES)])
def test_any_number_of_groups_that_a_figure_can_tell_apart(alternative, number):
    groups = {f"g{i}": f"Group {i}" for i in range(number)}
    text = f"shared:\n  group_by: sex\n  groups: {json.dumps(groups)}"
    assert alternative(text).values["shared"]["groups"] == groups
