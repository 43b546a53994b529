"""07_sensitivity says the same whichever of the sets that agree with the print it is given."""

import re

import pandas as pd
import pytest
from descriptive_data import SETS, clean_tables, drawn, known_tables, project_of, run_notebook

from case_review.analyses import sensitivity
from case_review.values import DETERMINED, EXTRACTED, METHOD, PRINTED, VARIES

NAME = "07_sensitivity"


@pytest.fixture(scope="module")
def of_sets(tmp_path_factory):
    """Results and tables of the notebook for two of the sets drawn."""

    def of(index):
        folder = tmp_path_factory.mktemp("set")
        project = project_of(folder)
        for name, table in drawn(index).items():
            table.to_csv(project.clean / f"{name}.csv", index=False)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            notebook, shown = run_notebook(project, NAME)
        texts = {key: one.text for key, one in shown.items() if hasattr(one, "text")}
        return {result.id: result for result in notebook.recorded}, texts

    return of(2), of(5)


def test_the_sets_differ():
    one, other = (drawn(index)["patients"] for index in (2, 5))
    assert not one["time_hours"].equals(other["time_hours"])


def test_every_result_is_the_same_in_words_and_numbers(of_sets):
    (one, _), (other, _) = of_sets
    assert one.keys() == other.keys() and len(one) > 80
    for id, result in one.items():
        again = other[id]
        told = (result.text, result.value, result.low, result.high, result.standing)
        assert told == (again.text, again.value, again.low, again.high, again.standing), id


def test_every_table_is_the_same(of_sets):
    (_, one), (_, other) = of_sets
    assert one == other
    assert {"interval-types", "permutation", "rmst", "months", "bootstrap", "summary"} <= set(one)


def test_every_result_has_a_standing_and_a_range_if_it_varies(of_sets):
    (results, _), _ = of_sets
    known = {PRINTED, DETERMINED, VARIES, METHOD, EXTRACTED}
    assert {result.standing for result in results.values()} <= known
    unknown = [r.id for r in results.values() if r.standing == VARIES and r.least is None]
    assert unknown == []
    varies = {id for id, result in results.items() if result.standing == VARIES}
    assert {"sensitivity.rmst.difference", "sensitivity.leave_one_out.p_range"} <= varies
    assert not any(re.search(r"leave_one_out\.(median|p)_r\d", id) for id in results)


def test_verdicts_are_counts_over_the_sets_drawn(of_sets):
    (results, tables), _ = of_sets
    counts = known_tables()["verdicts"].set_index(["analysis", "conclusion"])
    row = counts.loc[("rmst", "difference")]
    held = "all" if row.holds == SETS else f"{row.holds} of"
    text = results["sensitivity.rmst.verdict_difference"].text
    assert text.startswith(f"holds in {held} {SETS} sets")
    last = [line.split(" | ")[-1] for line in tables["summary"].splitlines() if "&emsp;" in line]
    ones = [cell.strip(" |") for cell in last if "sets" not in cell and cell.strip(" |–")]
    assert len(ones) == 3  # the proportion of responders is printed, and so are those of studies


def test_the_summary_counts_analyses_over_all_sets(of_sets):
    (results, _), _ = of_sets
    for conclusion in ("median", "difference"):
        found = [
            results[f"sensitivity.summary.{conclusion}_{name}"] for name in ("all", "some", "none")
        ]
        assert sum(result.value for result in found) == found[0].of == 5
        assert f"sensitivity.summary.{conclusion}_holds" not in results
    assert results["sensitivity.summary.proportion_holds"].of == 3


def test_other_sets_are_shown_if_they_have_all_groups():
    others = clean_tables()["other_patients"]
    groups = {"tumour": "Tumours", "malformation": "Malformations"}
    found = sensitivity.with_groups(others, "anomaly", groups)
    assert [len(rows) for rows in found] == [25] * others["set"].nunique()
    assert sensitivity.with_groups(others, "anomaly", groups | {"none": "None"}) == []
    assert sensitivity.with_groups(others.iloc[:0], "anomaly", groups) == []
    assert sensitivity.with_groups(pd.DataFrame(columns=["set"]), "anomaly", {}) == []
