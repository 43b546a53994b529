"""The notebook of the sensitivity analyses with other patients: its cells, run without a kernel."""

import pickle

import descriptive_data
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from building import ROOT

from case_review.exhibits import tables
from case_review.exhibits.drawn import drawings
from case_review.notebook import Notebook
from case_review.parameters.params_file import cells, source_of
from case_review.statistics import logrank, rmst, small_groups, survival
from case_review.values import Estimate

FAST = {
    "npmle_resamples": 100,
    "bootstrap_resamples": 100,
    "permutation_samples": 1000,
    "max_splits": 5000,
    "group_by": "arm",
    "conf_types": ["log", "plain"],
    "rmst_horizon": 3,
}
COLUMNS = ["study", "year", "design", "population", "n_evaluable", "n_response"]
LATER = [("A", 2016, "trial", "p", 40, 30), ("B", 2018, "trial", "p", 10, 2)]


@pytest.fixture
def patients():
    """Nine patients in three arms and a tenth in none; all responded after whole days."""
    days = [2, 5, 9, 16, 20, 28, 6, 12, 33, 14]
    return pd.DataFrame(
        {
            "patient_id": list("1234567890"),
            "report_id": ["R1"] * 3 + ["R2"] * 3 + ["R3"] * 4,
            "arm": [*"xyzxyzxyz", "other"],
            "time_hours": [24 * day for day in days],
            "event": 1,
            "response_time_value": days,
            "response_time_unit": "days",
            "follow_up_months": np.nan,
        }
    )


@pytest.fixture(scope="module")
def known():
    """What the notebook gave of the same patients, groups and choices before."""
    return {}


@pytest.fixture
def run(monkeypatch, known):
    """What the notebook records (text by id) and the tables it shows (by heading of column 1)."""

    def of(patients, groups, *others, **parameters):
        given = pickle.dumps((patients, groups, others, parameters))
        if given not in known:
            known[given] = run_anew(patients, groups, *others, **parameters)
        return known[given]

    def run_anew(patients, groups, later=(), **parameters):
        evidence = pd.DataFrame(later, columns=COLUMNS)
        nothing = descriptive_data.nothing_known()
        clean = {"patients": patients, "later_evidence": evidence, **nothing}
        shown = []
        monkeypatch.chdir(ROOT)
        monkeypatch.setattr(Notebook, "read", lambda self, name: self.rests_on(clean[name].copy()))
        monkeypatch.setattr(Notebook, "_read_known", lambda self: {})
        monkeypatch.setattr(Notebook, "table", lambda self, table: shown.append(table))
        monkeypatch.setattr(Notebook, "figure", lambda self, figure, **others: lay_out(figure))
        names = {}
        for cell in cells(ROOT / "notebooks" / "07_sensitivity.ipynb"):
            if cell["cell_type"] == "code":
                exec(compile(source_of(cell), cell["id"], "exec"), names)
                if "parameters" in cell["metadata"].get("tags", []):
                    names |= FAST | {"groups": groups} | parameters
        results = {result.id: result for result in names["nb"].recorded}
        return names, results, {table.columns[0]: table for table in shown}

    return of


def lay_out(given):
    for figure in drawings(given, True):
        figure.draw_without_rendering()
        plt.close(figure)


def cell_texts(table):
    return [[tables.printed(cell) for cell in row.cells] for row in table.rows]


def test_two_groups_and_a_patient_without_one(run, patients):
    names, results, shown = run(patients, {"x": "First", "y": "Second"}, LATER)
    two = patients[patients["arm"].isin(["x", "y"])]
    columns = two["time_hours"], two["event"], two["arm"]
    # everybody is in the median, patients with a group alone are in the comparison
    whole = survival.kaplan_meier(patients["time_hours"] / 168, patients["event"]).median()
    assert names["main"] == whole
    assert names["test"].p == logrank.logrank(*columns).p
    found = results["sensitivity.rmst.difference"]
    two = two.sort_values("time_hours")
    weeks = two["time_hours"] / 168, two["event"], two["arm"], "y", 3
    expected = small_groups.bootstrap_t_difference(*weeks, 100, 20141112)["x"]
    assert (found.value, found.low) == pytest.approx((expected.estimate, expected.lower))
    exact = small_groups.permutation_mean_difference(*weeks, 20, 0, 0)["x"]
    assert results["sensitivity.rmst.permutation_p"].value == pytest.approx(exact.p)
    verdict = "holds" if exact.p >= 0.05 else "does not hold"
    assert results["sensitivity.rmst.verdict_difference"].text == verdict
    assert results["sensitivity.permutation.splits"].value == 20
    assert {"sensitivity.bootstrap.difference", "sensitivity.rmst.p"} < set(results)
    assert results["sensitivity.publication.response"].n == 10
    assert results["sensitivity.later.below"].text == "1 of 2"
    assert results["sensitivity.later.verdict_proportion"].text == "holds with reservation"
    assert [row[0] for row in cell_texts(shown["Analysis"])][-1].startswith("2 groups of patients")


def test_each_report_is_left_out_once(run, patients):
    names, results, _ = run(patients, {"x": "First", "y": "Second"})
    rest = patients[patients["report_id"] != "R3"]
    expected = survival.kaplan_meier(rest["time_hours"], rest["event"]).median().estimate / 168
    found = results["sensitivity.leave_one_out.median_r3"]
    assert (found.value, found.n) == (pytest.approx(expected), 6)
    assert results["sensitivity.leave_one_out.repetitions"].value == 3
    assert len(names["without"]) == 3


def test_three_groups(run, patients):
    groups = {"x": "First", "y": "Second", "z": "Third"}
    names, results, shown = run(patients, groups)
    assert names["test"].df == 2
    for name in ("rmst.difference", "rmst.p", "bootstrap.difference", "bootstrap.unusable"):
        assert {f"sensitivity.{name}.x", f"sensitivity.{name}.y"} < set(results)
        assert f"sensitivity.{name}" not in results
    assert results["sensitivity.permutation.splits"].value == 1680
    first_column = [row[0] for row in cell_texts(shown[""])]
    assert first_column[-2:] == [
        "Difference of restricted means, First, weeks",
        "Difference of restricted means, Second, weeks",
    ]
    assert results["sensitivity.rmst.welch.x"].unit == "weeks"
    summary = [row[0] for row in cell_texts(shown["Analysis"])]
    assert "Main analysis, hazard ratio, First" in summary
    assert sum(name.startswith("Difference of restricted means") for name in summary) == 4
    statistic = cell_texts(shown["Log-rank test"])[0][1]
    assert statistic == f"χ² = {names['test'].chisq:.2f} (2 df)"
    assert shown["Median, weeks, by type of interval"].columns[1:] == [
        "All patients",
        *groups.values(),
    ]
    assert results["sensitivity.summary.difference_holds"].of == 5


@pytest.mark.parametrize("groups", [{"x": "Only"}, {}])
def test_one_group_or_none_says_that_there_is_no_comparison(run, patients, groups):
    _, results, shown = run(patients, groups)
    assert cell_texts(shown["Log-rank test"]) == [
        ["Chi-square approximation", "no comparison", "no comparison"]
    ]
    assert cell_texts(shown[""])[-1][1] == "no comparison"
    assert {row[-1] for row in cell_texts(shown["Days in a month"])} == {"no comparison"}
    assert not any("difference" in name for name in results)
    summary = [row[0] for row in cell_texts(shown["Analysis"])]
    assert "No difference between the groups" not in summary
    assert summary[0] == "Median time to response"
    assert results["sensitivity.summary.median_holds"].of == 5


def test_the_sign_test_does_not_apply_to_censored_patients(run, patients):
    patients.loc[0, ["event", "response_time_value", "time_hours"]] = [0, np.nan, 1000]
    names, results, shown = run(patients, {"x": "First", "y": "Second"})
    rows = cell_texts(shown["Median, weeks, by type of interval"])
    # the censored patient belongs to the first group
    assert rows[-2][:3] == ["sign test", "not applicable", "not applicable"]
    assert rows[-2][3] != "not applicable"
    assert results["sensitivity.intervals.sign_test.overall"].text == "not applicable"
    line = next(line for line in names["lines"] if line.analysis == "Limits: sign test")
    assert line.verdict == ""
    whole = survival.kaplan_meier(patients["time_hours"] / 168, patients["event"]).median()
    assert names["intervals"]["overall"]["log"] == whole


def test_without_later_studies_nothing_is_concluded_from_them(run, patients):
    _, results, shown = run(patients, {"x": "First", "y": "Second"})
    assert results["sensitivity.later.studies"].value == 0
    assert "sensitivity.later.range" not in results
    assert not any("later studies" in row[0] for row in cell_texts(shown["Analysis"]))


def test_no_text_keeps_the_usual_level_when_another_is_chosen(run, patients):
    _, results, shown = run(patients, {"x": "First", "y": "Second"}, LATER, conf_level=0.9)
    texts = [result.text for result in results.values()]
    assert sum("90% CI" in text for text in texts) > 10
    printed = texts + [note for table in shown.values() for _, note in table.notes]
    printed += [name for table in shown.values() for name in table.columns]
    printed += [text for table in shown.values() for row in cell_texts(table) for text in row]
    assert not any("95% CI" in text for text in printed)
    for name, table in shown.items():
        heads = " ".join([*table.columns, *(row[0] for row in cell_texts(table))])
        assert name == "Log-rank test" or "90% CI" in heads
    mean = results["sensitivity.rmst.x"]
    own = patients[patients["arm"] == "x"]["time_hours"] / 168
    expected = rmst.restricted_mean(own, [1] * 3, 3, 0.9)
    assert Estimate(mean.value, mean.low, mean.high) == expected


def test_a_difference_without_variance_is_said_to_be_not_estimable(run, patients):
    pair = patients.iloc[:2]
    _, results, _ = run(pair, {"x": "First", "y": "Second"})
    assert results["sensitivity.rmst.p"].text == "not estimable"
    assert results["sensitivity.rmst.difference"].text == "−0.4 weeks (95% CI not estimable)"
    assert results["sensitivity.rmst.permutation_p"].value == 1
    # a single report leaves nobody when it is left out
    assert results["sensitivity.leave_one_out.median_range"].text == "not estimable"


def test_publication_bias_of_25_responses(run, patients):
    many = pd.concat([patients] * 3, ignore_index=True).iloc[:25]
    _, results, _ = run(many, {"x": "First", "y": "Second"})
    found = {id.removeprefix("sensitivity.publication."): r for id, r in results.items()}
    assert found["response"].text == "100.0% (95% CI 86.3–100.0%)"
    assert (found["failures_80"].value, found["failures_50"].value) == (7, 26)
    assert found["lower_selected"].text == "75.9%"


def test_welch_does_not_apply_to_censored_patients(run, patients):
    patients.loc[0, ["event", "response_time_value", "follow_up_months"]] = [0, np.nan, 0.1]
    groups = {"x": "First", "y": "Second"}
    names, results, _ = run(patients, groups, rmst_horizon=2)
    assert "sensitivity.rmst.welch" not in results
    # Each split needs two curves: six patients with a group allow 20 splits.
    assert names["tests"]["x"].splits == 20
    assert "sensitivity.rmst.permutation_p" in results


def test_the_check_of_proportional_hazards_stands_below_the_ratio(run, patients):
    _, _, shown = run(patients, {"x": "First", "y": "Second"})
    names = [row[0] for row in cell_texts(shown["Analysis"])]
    place = names.index("Main analysis, hazard ratio")
    assert names[place + 1] == "Check of proportional hazards"
    assert "Main analysis, log-rank test, χ² with 1 df" in names


def test_few_reports_are_called_few(run, patients):
    _, results, shown = run(patients, {"x": "First", "y": "Second"})
    names = [row[0] for row in cell_texts(shown["Analysis"])]
    assert "Reports resampled (3, few), percentile limits" in names
    assert results["sensitivity.bootstrap.reports"].value == 3
    assert any("3 reports are few" in text for _, text in shown[""].notes)


def test_marks_are_named_by_their_numbers(run, patients):
    _, results, _ = run(patients, {"x": "First", "y": "Second"})
    high, low = (results[f"sensitivity.publication.mark_{end}"] for end in ("high", "low"))
    assert (high.text, high.value, low.text, low.value) == ("80%", 0.8, "50%", 0.5)
