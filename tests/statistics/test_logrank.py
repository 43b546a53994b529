"""The log-rank test with one, two and more groups, and hazard ratios against a reference."""

import math

import numpy as np
import pytest
from lifelines import CoxPHFitter
from lifelines.statistics import multivariate_logrank_test
from statsmodels.duration.hazard_regression import PHReg

from case_review.statistics import cox, logrank

TIME = [1, 2, 2, 3, 5, 5, 6, 8, 9, 12, 13, 15, 16, 20, 21]
EVENT = [1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0]
GROUP = list("abcabcabcabcabc")


def test_one_group_is_no_comparison_rather_than_an_error():
    test = logrank.logrank([1, 2], [1, 1], ["a", "a"])
    assert test.df == 0 and math.isnan(test.chisq) and math.isnan(test.p)
    assert test.p_value.prose == test.statistic.cell == "no comparison"
    assert logrank.pairwise_logrank([1, 2], [1, 1], ["a", "a"]) == {}
    assert cox.hazard_ratios([1, 2], [1, 1], ["a", "a"], "a") == {}


def test_three_groups_have_two_degrees_of_freedom():
    test = logrank.logrank(TIME, EVENT, GROUP)
    other = multivariate_logrank_test(TIME, GROUP, EVENT)
    assert test.df == 2
    assert test.chisq == pytest.approx(other.test_statistic, abs=1e-10)
    assert test.p_value.p == pytest.approx(other.p_value, abs=1e-12)


def test_pairs_are_the_tests_of_two_groups_alone():
    pairs = logrank.pairwise_logrank(TIME, EVENT, GROUP)
    assert list(pairs) == [("a", "b"), ("a", "c"), ("b", "c")]
    kept = [i for i, group in enumerate(GROUP) if group != "b"]
    alone = logrank.logrank(*(np.array(column)[kept] for column in (TIME, EVENT, GROUP)))
    assert pairs["a", "c"].chisq == pytest.approx(alone.chisq, abs=1e-12)


@pytest.mark.parametrize("reference", ["a", "b", "c"])
def test_hazard_ratios_come_from_one_model(reference):
    found = cox.hazard_ratios(TIME, EVENT, GROUP, reference)
    others = [group for group in "abc" if group != reference]
    assert list(found) == others
    design = np.array([[float(g == other) for other in others] for g in GROUP])
    model = PHReg(np.array(TIME), design, status=np.array(EVENT), ties="efron").fit()
    for number, other in enumerate(others):
        assert found[other].estimate == pytest.approx(math.exp(model.params[number]), rel=1e-6)
        low, high = np.exp(model.conf_int()[number])
        assert (found[other].lower, found[other].upper) == pytest.approx((low, high), rel=1e-6)


def test_a_group_without_events_has_no_ratio_and_leaves_the_others_as_they_are():
    found = cox.hazard_ratios([*TIME, 4, 7], [*EVENT, 0, 0], [*GROUP, "d", "d"], "a")
    alone = cox.hazard_ratios(TIME, EVENT, GROUP, "a")
    assert math.isnan(found["d"].estimate) and found["d"].prose.startswith("not estimable")
    assert found["b"].estimate == pytest.approx(alone["b"].estimate, rel=1e-9)
    with_none = cox.hazard_ratios([*TIME, 4, 7], [*EVENT, 0, 0], [*GROUP, "d", "d"], "d")
    assert all(math.isnan(ratio.estimate) for ratio in with_none.values())


def test_a_reference_that_is_no_group_is_refused():
    with pytest.raises(ValueError, match="'z' is none of the groups: a, b, c"):
        cox.hazard_ratios(TIME, EVENT, GROUP, "z")


def test_lifelines_gives_the_same_ratio_of_two_groups():
    import pandas as pd

    exposed = [group == "a" for group in GROUP]
    frame = pd.DataFrame({"t": TIME, "e": EVENT, "x": np.array(exposed, dtype=float)})
    expected = CoxPHFitter().fit(frame, "t", "e").hazard_ratios_.iloc[0]
    assert cox.hazard_ratios(TIME, EVENT, exposed, False)[True].estimate == pytest.approx(
        expected, rel=1e-5
    )
