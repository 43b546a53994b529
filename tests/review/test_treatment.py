"""Treatment against the printed numbers, and a dose between the printed groups."""

import html

import pandas as pd
import pytest
from descriptive_data import (
    ROOT,
    disagreements,
    lines_of,
    printed,
    project_of,
    read,
    run_notebook,
)

from case_review import registry
from case_review.analyses import treatment

NAME = "03_treatment"
PATIENTS = read("patients")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the notebook with other parameters, cells or clean tables."""

    def run(params=None, figures=False, **tables):
        project = project_of(tmp_path, params)
        for name, table in tables.items():
            table.to_csv(project.clean / f"{name}.csv", index=False)
        monkeypatch.chdir(tmp_path)
        nb, shown = run_notebook(project, NAME, figures=figures)
        return {result.id: result for result in nb.recorded}, shown

    return run


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """The notebook as it stands: results by id, what its cells showed."""
    with pytest.MonkeyPatch.context() as patch:
        project = project_of(tmp_path_factory.mktemp("treatment"))
        patch.chdir(project.root)
        nb, shown = run_notebook(project, NAME)
        return {result.id: result for result in nb.recorded}, shown


def test_printed_numbers_differ_only_in_three_roundings(notebook):
    wrong = disagreements(printed("treatment."), notebook[0].values())
    assert wrong == {
        "table2.drug.everolimus.all.pct": ("1.1", "1.2"),
        "table2.level.5_to_15.all.pct": ("30.9", "31.0"),
        "table2.level.not_reported.all.pct": ("67.8", "67.9"),
    }


def test_texts_for_prose(notebook):
    texts = {id: result.text for id, result in notebook[0].items()}
    assert texts["treatment.dose_most_common_value"] == "1.6 mg/m²/day"
    assert texts["treatment.dose_most_common.all"] == "16 (66.7%)"
    assert texts["treatment.level_most_common_low"] == "5"
    assert texts["treatment.cotreatment_most_common_name"] == "steroids and vincristine"
    assert texts["treatment.status_not_reported.all"] == "2 (14.3%)"


def test_a_dose_between_the_groups_gets_a_row_of_its_own(run):
    patients = PATIENTS.copy()
    patients.loc[patients["dose_value"] == 0.8, "dose_value"] = 1.2
    results, shown = run(patients=patients)
    assert results["treatment.dose_unclassified.all"].value == 1
    assert results["treatment.dose_3.all"].value == 0
    names = [*(f"dose_{i}" for i in range(1, 6)), "dose_unclassified", "dose_not_reported"]
    assert sum(results[f"treatment.{name}.all"].value for name in names) == 84
    # With both percentages in the supplement.
    rows = lines_of(shown["treatment-reported"])
    # The review counts no such patient: another set could have more of them.
    assert rows["In none of these groups"][:2] == ["1 (1.2)^v^", "4.2^v^"]
    assert rows["**Sirolimus starting dosage**"][1] == "of 24^d^"


def test_a_target_across_two_groups_is_reported_as_such(run):
    patients = PATIENTS.copy()
    known = patients.index[patients["level_low_ng_ml"].notna()]
    patients.loc[known[0], ["level_low_ng_ml", "level_high_ng_ml"]] = [3, 8]
    patients.loc[known[1], ["level_low_ng_ml", "level_high_ng_ml"]] = [10, 20]
    results, shown = run(patients=patients)
    rows = list(lines_of(shown["treatment-table"]))
    at = rows.index("5–15 ng/ml")
    assert rows[at + 2 : at + 4] == ["Across two of these groups", "In none of these groups"]
    names = ["level_1", "level_2", "level_across", "level_unclassified", "level_not_reported"]
    counts = [results[f"treatment.{name}.all"].value for name in names]
    assert counts[2:4] == [1, 1] and sum(counts) == 84


def test_a_moved_limit_leaves_no_label_behind(run):
    """The dose limit stands twice in params.yml, as an end of either group, and nowhere else."""
    params = (ROOT / "params.yml").read_text(encoding="utf-8")
    assert params.count("0.05") == 2
    patients = PATIENTS.copy()
    doses = patients.index[patients["dose_unit"] == "mg/kg/day"]
    patients.loc[doses, "dose_value"] = [0.055, 0.055, 0.06, 0.08]
    results, shown = run(params.replace("0.05", "0.06"), figures=True, patients=patients)
    ids = [f"treatment.dose_{i}.publications" for i in range(1, 6)]
    assert [results[id].value for id in ids] == [2, 2, 1, 16, 2]
    # The poster's own group, below 0.05 mg/kg/day, lies within the moved one.
    assert results["treatment.dose_1.posters"].value == 1
    for cell in ("treatment-table", "treatment-reported"):
        rows = list(lines_of(shown[cell]))
        at = rows.index("**Sirolimus starting dosage**")
        assert rows[at + 1 : at + 3] == ["< 0.06 mg/kg/day", "0.06–0.1 mg/kg/day"]
        assert "0.05" not in shown[cell].text
    bands = html.unescape(shown["dose-level-figure"].svg)
    assert ">< 0.06<" in bands and ">0.06–0.1<" in bands
    assert "< 0.05<" not in bands and "0.05–" not in bands


def test_a_poster_s_group_that_a_moved_limit_parts_is_shown_as_such(run):
    posters = read("posters")
    posters = posters.replace({"level": {"< 0.05 mg/kg/day": "0.05–0.1 mg/kg/day"}})
    params = (ROOT / "params.yml").read_text(encoding="utf-8").replace("0.05", "0.06")
    results, _ = run(params, posters=posters)
    assert results["treatment.dose_across.posters"].value == 1


def test_drugs_are_counted_whatever_their_names(run):
    names = {
        "prednisolone (tapered)": "prednisolone_tapered",
        "β-blocker": "beta_blocker",
        "IFN-α 2b": "ifn_alpha_2b",
        "vincristine/bleomycin": "vincristine_bleomycin",
        "co-trimoxazole, steroids": "co_trimoxazole_steroids",
        "Müller's": "muller_s",
    }
    patients = PATIENTS.copy()
    patients.loc[patients.index[: len(names)], "cotreatments"] = list(names)
    results, shown = run(patients=patients)
    for name, id in names.items():
        assert results[f"treatment.cotreatment.{id}"].value == shown["drugs"][name] == 1


def test_two_names_that_read_alike_are_told_apart(run):
    patients = PATIENTS.copy()
    patients.loc[patients.index[:3], "cotreatments"] = ["IV Ig", "IV-Ig", "IV-Ig"]
    results, _ = run(patients=patients)
    other = registry.identifiers(["IV Ig", "IV-Ig"])["IV-Ig"]
    assert results["treatment.cotreatment.iv_ig"].value == 1
    assert results[f"treatment.cotreatment.{other}"].value == 2


def test_nothing_known_is_no_error(run):
    """Without doses, levels, durations and other drugs the notebook counts nobody."""
    nothing = ["dose_value", "dose_unit", "level_low_ng_ml", "level_high_ng_ml"]
    nothing += ["level_time_days", "cotreatments", "follow_up_months", "treatment_status"]
    posters = read("posters")
    posters.loc[posters["variable"] != "drug", "level"] = None
    results, _ = run(patients=PATIENTS.assign(**dict.fromkeys(nothing)), posters=posters)
    assert results["treatment.dose_reported.all"].value == 0
    assert results["treatment.cotreatment_reported.all"].text == "0 (0.0%)"
    assert "treatment.dose_most_common.all" not in results


def test_a_drug_that_is_named_twice_is_given_once():
    combinations = pd.Series({"a;b": 3, "b": 2, "c;c": 1})
    assert treatment.patients_by_drug(combinations).to_dict() == {"a": 3, "b": 5, "c": 1}
