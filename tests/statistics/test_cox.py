"""The hazard ratio against statsmodels and a case that can be solved by hand."""

import math

import numpy as np
import pytest
from statsmodels.duration.hazard_regression import PHReg

from case_review.statistics import cox


def test_by_hand():
    # a at 1 and 3, b at 2: the likelihood r/(2r + 1) * 1/(1 + r) * 1 is largest at r = 1/sqrt(2)
    found = cox.hazard_ratios([1, 3, 2], [1, 1, 1], list("aab"), "b")["a"]
    assert found.estimate == pytest.approx(1 / math.sqrt(2), rel=1e-6)


def test_with_ties_equals_statsmodels():
    random = np.random.default_rng(5)
    time, event = random.integers(1, 9, 60), random.integers(0, 2, 60)
    group = random.integers(0, 2, 60)
    fit = PHReg(time, group[:, None].astype(float), status=event, ties="efron").fit()
    found = cox.hazard_ratios(time, event, group, 0)[1]
    half = 1.959963984540054 * fit.bse[0]
    expected = np.exp([fit.params[0], fit.params[0] - half, fit.params[0] + half])
    assert [found.estimate, found.lower, found.upper] == pytest.approx(expected, rel=1e-5)


def test_other_direction_is_the_reciprocal():
    data = [5, 3, 8, 1, 9, 4], [1, 1, 1, 1, 0, 1], list("abbaab")
    a, b = cox.hazard_ratios(*data, "b")["a"], cox.hazard_ratios(*data, "a")["b"]
    assert a.estimate * b.estimate == pytest.approx(1, rel=1e-6)
    assert a.lower * b.upper == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("event", [[1, 1, 0, 0], [1, 1, 1, 1]])
def test_without_a_maximum_it_is_not_estimable(event):
    # no event in b; then all of a before all of b
    found = cox.hazard_ratios([1, 2, 3, 4], event, list("aabb"), "b")["a"]
    assert math.isnan(found.estimate) and math.isnan(found.lower) and math.isnan(found.upper)


def test_refuses_what_cannot_be_compared():
    with pytest.raises(ValueError, match="between 0 and 1, not 95"):
        cox.hazard_ratios([1, 2], [1, 1], list("ab"), "a", 95)
    with pytest.raises(ValueError, match="the reference 'c' is none of the groups: a, b"):
        cox.hazard_ratios([1, 2], [1, 1], list("ab"), "c")
