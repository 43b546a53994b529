"""Repeated analyses, their results and their summary."""

import math

import numpy as np
import pandas as pd
import pytest

from case_review import formatting, values
from case_review.analyses import (
    repetition_report,
    response,
    selection_report,
    sensitivity,
    sensitivity_report,
)
from case_review.analyses.verdicts import FAILS, HOLDS, RESERVED, Line
from case_review.statistics import logrank, resampling, rmst, survival
from case_review.statistics.interval_censored import Median

GROUPS = {"x": "First", "y": "Second"}


@pytest.fixture
def patients():
    """Four patients in days, one in months, one censored; times in hours with 30-day months."""
    return pd.DataFrame(
        {
            "patient_id": list("123456"),
            "report_id": ["R1", "R1", "R2", "R2", "R3", "R3"],
            "arm": ["x", "y", "x", "y", "x", "y"],
            "time_hours": [168, 336, 504, 672, 720, 1440],
            "event": [1, 1, 1, 1, 1, 0],
            "response_time_value": [7, 14, 21, 28, 1, None],
            "response_time_unit": ["days"] * 4 + ["months", None],
            "follow_up_months": [None] * 5 + [2],
        }
    )


@pytest.fixture
def frame(patients):
    return response.times(patients, "arm", GROUPS)


def test_interval_types(frame):
    found = sensitivity.interval_types(frame, ["log", "plain"], 0.95)
    assert list(found) == ["log", "plain", "sign test"]
    assert found["log"].estimate == 3.5  # S runs along one half from week 3 to week 4
    assert math.isnan(found["sign test"].estimate)  # one patient is censored
    whole = sensitivity.interval_types(frame.assign(event=1), [], 0.95)
    assert whole["sign test"] == values.Estimate(3.5, 1.0, 1440 / 168)


def test_sign_test_limits_of_25_are_the_8th_and_the_18th():
    found = survival.sign_test_limits(range(1, 26), [1] * 25)
    assert found == values.Estimate(13.0, 8.0, 18.0)


@pytest.mark.parametrize("n, level", [(2, 0.5), (5, 0.9375), (5, 0.95), (6, 0.95), (25, 0.9)])
def test_sign_test_limits_equal_their_definition(n, level):
    # P(fewer than k heads in n tosses), counted; a probability that equals the tail is allowed
    below = [sum(math.comb(n, i) for i in range(k)) / 2**n for k in range(n + 1)]
    k = max(k for k in range(n // 2 + 1) if below[k] <= (1 - level) / 2 + 1e-12)
    found = survival.sign_test_limits(range(1, n + 1), [1] * n, level)
    limits = (k, n + 1 - k) if k else (math.nan, math.nan)
    np.testing.assert_array_equal([found.lower, found.upper], limits)


def test_month_lengths_change_only_months(patients, frame):
    short, own = sensitivity.month_lengths(patients, frame, [28, 30], "log", 0.95)
    assert (short.name, own.name) == ("28", "30")
    assert own.median.estimate == sensitivity.repeat(frame, "", "log", 0.95).median.estimate
    assert (own.median.estimate, own.p) == (3.5, pytest.approx(_logrank(frame)))
    # with 28 days the fourth and the fifth patient are tied, which changes the log-rank test
    tied = logrank.logrank([168, 336, 504, 672, 672, 1344], patients["event"], patients["arm"])
    assert short.p == pytest.approx(tied.p)
    assert short.p != pytest.approx(own.p)


def _logrank(frame):
    return logrank.logrank(frame["time"], frame["event"], frame["group"]).p


def test_each_report_is_left_out_once(frame):
    found = sensitivity.leave_one_report_out(frame, "log", 0.95)
    assert [(x.name, x.n) for x in found] == [("R1", 4), ("R2", 4), ("R3", 4)]
    assert found[2].median.estimate == 2.5
    assert sensitivity.extremes(found)["median_min"] == 2.5


def test_a_group_that_vanishes_has_no_p_value(frame):
    assert math.isnan(sensitivity.repeat(frame[frame["group"] == "x"], "", "log", 0.95).p)


def test_later_studies_have_exact_and_score_limits():
    evidence = pd.DataFrame(
        {
            "study": ["A"],
            "year": [2016],
            "design": ["trial"],
            "population": ["p"],
            "n_evaluable": [57],
            "n_response": [47],
        }
    )
    row = sensitivity.later_studies(evidence, 0.95).iloc[0]
    assert (round(row.low, 3), round(row.high, 3)) == (0.701, 0.913)
    assert row.low < row.wilson_low < row.proportion < row.wilson_high < row.high


def test_tipping_curve_and_surface():
    curve = sensitivity.tipping_curve(25, 25, 26, 0.95)
    assert curve["failures"].tolist() == list(range(27))
    assert curve.loc[curve["proportion"] < 0.8, "failures"].min() == 7
    surface = sensitivity.selection_surface(25, 25, [0.5, 1.0], 2, 0.95)
    assert len(surface) == 6
    q = 0.025 ** (1 / 25)
    assert surface["lower"].iloc[0] == pytest.approx(0.5 * q / (1 - q + 0.5 * q))
    assert surface["lower"].iloc[1] == pytest.approx(q)
    assert surface.query("odds == 1")["lower"].is_monotonic_decreasing


def test_results_of_publication_bias():
    found = {
        r["id"].removeprefix("sensitivity.publication."): r
        for r in selection_report.publication_results(25, 25, 0.5, [0.8, 0.5], 0.95)
    }
    assert found["response"]["text"] == "100.0% (95% CI 86.3–100.0%)"
    assert found["failures_80"]["value"] == 7
    assert found["failures_50"]["value"] == 26
    assert found["lower_selected"]["text"] == "75.9%"


def test_identifiers():
    assert sensitivity_report.identifier("log-log") == "log_log"
    assert sensitivity_report.identifier("30.4375") == "30_4375"


def test_words_for_ranges():
    def repetition(median, p):
        return sensitivity.Repetition("", 9, values.Estimate(median, 1, math.nan), p)

    found = [repetition(1.5, 0.2), repetition(2.0, 0.04)]
    assert repetition_report.spread_texts(found) == ("1.5–2 weeks", "p = 0.040 to 0.200")
    main = values.Estimate(2, 1, math.nan)
    median, difference = repetition_report.repetition_lines("k", "Name", found, main, 0.95)
    assert (median.verdict, median.limits) == (HOLDS, "1 week to not estimable")
    assert difference.verdict == RESERVED


def test_a_median_between_visits():
    main = values.Estimate(2, 1, 10)
    line = sensitivity_report.between_line(Median(1, 2, 0.4, 6), main)
    assert line.estimate == "between 1 and 2 weeks"
    assert (line.limits, line.verdict) == ("0.4–6 weeks", RESERVED)


def test_verdicts_of_one_analysis_are_joined():
    lines = [
        Line("main", "Main", "2", "1–10", "", "median"),
        Line("intervals", "log", "2", "1–10", HOLDS, "median"),
        Line("intervals", "plain", "2", "1–12", RESERVED, "median"),
        Line("rmst", "RMST", "1", "0.1–2", FAILS, "difference"),
    ]
    found = {r["id"]: r["text"] for r in sensitivity_report.verdict_results(lines)}
    assert found == {
        "sensitivity.intervals.verdict_median": "holds with reservation",
        "sensitivity.rmst.verdict_difference": "does not hold",
        "sensitivity.summary.median_holds": "0 of 1",
        "sensitivity.summary.median_reserved": "1 of 1",
        "sensitivity.summary.median_fails": "0 of 1",
        "sensitivity.summary.difference_holds": "0 of 1",
        "sensitivity.summary.difference_reserved": "0 of 1",
        "sensitivity.summary.difference_fails": "1 of 1",
    }


def test_summary_table_stands_under_its_conclusions():
    lines = [
        Line("a", "Test A", "p = 0.3", "", HOLDS, "difference"),
        Line("b", "Test B", "2 weeks", "1–10 weeks", HOLDS, "median"),
    ]
    table = sensitivity_report.summary_table(lines, ["A rule."], 0.9)
    assert table.columns[2] == "90% CI"
    assert [row.cells[0] for row in table.rows] == [
        "Median time to response",
        "Test B",
        "No difference between the groups",
        "Test A",
        "Response in nearly all patients",
    ]
    assert table.markdown().rstrip().endswith("A rule.")


def test_every_number_of_repeated_analyses_is_recorded():
    found = [
        sensitivity.Repetition("R1", 9, values.Estimate(1.5, 1, 4), 0.2),
        sensitivity.Repetition("R2", 8, values.Estimate(2, 0.5, math.nan), math.nan),
    ]
    texts = {
        r["id"].removeprefix("sensitivity.k."): r["text"]
        for r in repetition_report.all_results("k", found, 0.9)
    }
    assert texts == {
        "median_r1": "1.5 weeks (90% CI 1–4 weeks)",
        "p_r1": "p = 0.200",
        "median_r2": "2 weeks (90% CI 0.5 weeks to not estimable)",
        "p_r2": "not estimable",
        "median_range": "1.5–2 weeks",
        "p_range": "p = 0.200",
        "limits": "0.5 weeks to not estimable",
        "repetitions": "2",
    }


def test_every_table_names_the_level_of_its_limits(frame):
    means = {"x": rmst.Restricted(2.0, 0.25), "y": rmst.Restricted(1.0, 0.25)}
    difference = rmst.Difference(1.0, -0.2, 2.2, 0.1)
    median = values.Estimate(2, 1, 3)
    line = sensitivity_report.rmst_line(difference)
    bootstrap = resampling.Bootstrap(median, values.Estimate(1, -1, 2), 10, 0)
    repeated = [sensitivity.Repetition("28", 9, median, 0.2)]
    intervals = {"overall": {"log": median}, "x": {"log": median}}
    tables = [
        sensitivity_report.rmst_table(means, difference, GROUPS, [line], 0.9),
        sensitivity_report.interval_table(intervals, GROUPS, [line], 0.9),
        repetition_report.bootstrap_table(bootstrap, median, difference, [line], 0.9),
        repetition_report.repetition_table(repeated, "Days", [line], 0.9),
    ]
    for table in tables:
        assert "90% CI" in " ".join(table.columns)
        assert table.notes[-1][1].endswith("No difference between the groups: holds.")
    half = 1.6448536 * 0.5
    recorded = {r["id"]: r for r in sensitivity_report.rmst_results(means, difference, 8, 0.9)}
    assert recorded["sensitivity.rmst.x"]["low"] == pytest.approx(2 - half)
    assert recorded["sensitivity.rmst.difference"]["text"] == "1.0 weeks (90% CI −0.2 to 2.2 weeks)"


def test_no_text_keeps_the_usual_level_when_another_is_chosen(frame):
    studies = sensitivity.later_studies(
        pd.DataFrame(
            [("A", 2016, "trial", "p", 40, 30)],
            columns=["study", "year", "design", "population", "n_evaluable", "n_response"],
        ),
        0.9,
    )
    found = sensitivity.interval_types(frame, ["log"], 0.9)
    texts = [
        r["text"]
        for results in (
            selection_report.later_results(studies, 0.8, 0.9),
            selection_report.publication_results(25, 25, 0.5, [0.8], 0.9),
            sensitivity_report.interval_results({"overall": found}, 0.9),
        )
        for r in results
    ]
    assert formatting.ci(0.9) == "90% CI"
    assert sum("90% CI" in text for text in texts) >= 3
    assert not any("95% CI" in text for text in texts)


def test_a_difference_without_variance_is_said_to_be_not_estimable():
    difference = rmst.difference([1, 2], [1, 1], list("xy"), "x", 8)
    means = {"x": rmst.Restricted(1.0, 0.0), "y": rmst.Restricted(2.0, 0.0)}
    texts = {
        r["id"]: r["text"] for r in sensitivity_report.rmst_results(means, difference, 8, 0.95)
    }
    assert texts["sensitivity.rmst.p"] == "not estimable"
    assert texts["sensitivity.rmst.difference"] == "\u22121.0 weeks (95% CI not estimable)"
    assert sensitivity_report.rmst_line(difference).verdict == HOLDS


def test_the_follow_up_of_a_censored_patient_has_the_length_of_the_months(patients, frame):
    # With 28 days the follow-up of 2 months ends before the response on day 57, with 30 after it.
    later = patients.assign(time_hours=[168, 336, 504, 672, 57 * 24, 1440])
    later.loc[4, ["response_time_value", "response_time_unit"]] = [57, "days"]
    short, own = sensitivity.month_lengths(later, frame, [28, 30], "log", 0.95)
    for found, months in ((short, 28), (own, 30)):
        hours = [168, 336, 504, 672, 57 * 24, 2 * months * 24]
        assert found.p == pytest.approx(_logrank(frame.assign(time=hours)))
    assert short.p != pytest.approx(own.p)


def test_a_later_study_contradicts_the_review_only_by_its_upper_limit():
    studies = pd.DataFrame(
        {"n_response": [5, 9], "n_evaluable": [10, 10], "proportion": [0.5, 0.9],
         "low": [0.2, 0.6], "high": [0.8, 0.99]}
    )  # fmt: skip
    found = {r["id"]: r for r in selection_report.later_results(studies, 0.85, 0.95)}
    assert found["sensitivity.later.below"]["text"] == "1 of 2"
    assert selection_report.later_line(studies, 0.85).verdict == RESERVED
