"""What the sensitivity analyses convert, leave out and join."""

import math

import numpy as np
import pandas as pd
import pytest

from case_review import registry
from case_review.analyses import response, sensitivity
from case_review.statistics import logrank, survival
from case_review.values import Estimate

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


def test_sign_test_limits_of_25_are_the_8th_and_the_18th():
    found = survival.sign_test_limits(range(1, 26), [1] * 25)
    assert found == Estimate(13.0, 8.0, 18.0)


@pytest.mark.parametrize("n, level", [(2, 0.5), (5, 0.9375), (5, 0.95), (6, 0.95), (25, 0.9)])
def test_sign_test_limits_equal_their_definition(n, level):
    # P(fewer than k heads in n tosses), counted; a probability that equals the tail is allowed
    below = [sum(math.comb(n, i) for i in range(k)) / 2**n for k in range(n + 1)]
    k = max(k for k in range(n // 2 + 1) if below[k] <= (1 - level) / 2 + 1e-12)
    found = survival.sign_test_limits(range(1, n + 1), [1] * n, level)
    limits = (k, n + 1 - k) if k else (math.nan, math.nan)
    np.testing.assert_array_equal([found.lower, found.upper], limits)


def test_month_lengths_change_only_months(patients, frame):
    assert sensitivity.reported_hours(patients, 30) == frame["time"].tolist()
    # with 28 days the fourth and the fifth patient are tied
    tied = [168, 336, 504, 672, 672, 1344]
    assert sensitivity.reported_hours(patients, 28) == tied


def test_the_follow_up_of_a_censored_patient_has_the_length_of_the_months(patients):
    # With 28 days the follow-up of 2 months ends before the response on day 57, with 30 after it.
    later = patients.assign(time_hours=[168, 336, 504, 672, 57 * 24, 1440])
    later.loc[4, ["response_time_value", "response_time_unit"]] = [57, "days"]
    for months in (28, 30):
        hours = [168, 336, 504, 672, 57 * 24, 2 * months * 24]
        assert sensitivity.reported_hours(later, months) == hours
    # where the follow-up is not given in months, its hours stay
    later["follow_up_months"] = np.nan
    assert sensitivity.reported_hours(later, 28)[-1] == 1440


def test_the_log_rank_test_is_that_of_patients_with_a_group(frame):
    columns = frame["time"], frame["event"], frame["group"]
    assert response.log_rank(frame).p == logrank.logrank(*columns).p
    nobody = pd.DataFrame([("7", "R4", 10, 1, None)], columns=frame.columns)
    assert response.log_rank(pd.concat([frame, nobody])).p == logrank.logrank(*columns).p


def test_a_group_that_vanishes_leaves_no_comparison(frame):
    alone = [
        frame[frame["group"] == "x"],
        frame.assign(group=None),
        frame.assign(event=0),
    ]
    for part in alone:
        test = response.log_rank(part)
        assert math.isnan(test.p)
        assert test.p_value.prose == "no comparison"


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
    assert sensitivity.later_studies(evidence.iloc[:0], 0.95).empty


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


def test_identifiers():
    assert registry.identifier("log-log") == "log_log"
    assert registry.identifier("30.4375") == "30_4375"


def test_words_for_ranges():
    def median(estimate, lower=1, upper=math.nan):
        return Estimate(estimate, lower, upper, "weeks", most=1)

    found = [median(2.0), median(1.5), median(math.nan)]
    span = sensitivity.range_of_estimates(found)
    assert span.prose == "1.5–2 weeks"
    assert (span.value, span.low, span.high, span.unit) == (None, 1.5, 2.0, "weeks")
    assert sensitivity.range_of_estimates([median(1.0), median(1.04)]).prose == "1 week"
    assert sensitivity.range_of_estimates([median(math.nan)]).prose == "not estimable"
    assert sensitivity.outermost_limits(found).prose == "1 week to not estimable"
    known = [median(2, 0.5, 4), median(2, 1, 6)]
    assert sensitivity.outermost_limits(known).prose == "0.5–6 weeks"
    assert sensitivity.outermost_limits(known).fields()["value"] is None
    beyond = [median(9, math.nan, math.nan), *known]
    assert sensitivity.outermost_limits(beyond).prose == "0.5 weeks to not estimable"
    assert sensitivity.outermost_limits([]).prose == "not estimable"


def test_words_for_ranges_of_p_values():
    span = sensitivity.range_of_p_values([0.2, 0.04, math.nan])
    assert span.prose == "p = 0.040 to 0.200"
    assert (span.low, span.high) == (0.04, 0.2)
    assert sensitivity.range_of_p_values([0.2, 0.2001]).prose == "p = 0.200"
    assert sensitivity.range_of_p_values([0.0002, 0.3]).prose == "p < 0.001 to 0.300"
    assert sensitivity.range_of_p_values([math.nan]).prose == "no comparison"
