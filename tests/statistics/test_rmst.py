"""Restricted means by hand, and against SciPy-free brute force."""

import math

import numpy as np
import pytest

from case_review.statistics import rmst


def test_mean_and_variance_by_hand():
    # 1, 2, 4 with events and 3 censored, horizon 3.5: S = 1, 3/4, 1/2 from 2 on
    mean, variance = rmst.mean_and_variance([1, 2, 3, 4], [1, 1, 0, 1], 3.5)
    assert mean == pytest.approx(1 + 0.75 + 0.5 * 1.5)
    # A(1) = 0.75 + 0.75 = 1.5, A(2) = 0.75
    assert variance == pytest.approx(1.5**2 / (4 * 3) + 0.75**2 / (3 * 2))


def test_a_restricted_mean_carries_limits_unit_and_level():
    # the times 1, 2, 4 and 5 have mean 3 and variance 2.5, of which a quarter is the mean's
    found = rmst.restricted_mean([1, 2, 4, 5], [1] * 4, 9, 0.9, "weeks")
    half = 1.6448536 * math.sqrt(2.5 / 4)
    assert (found.lower, found.upper) == pytest.approx((3 - half, 3 + half))
    assert found.prose == "3.0 weeks (90% CI 1.7–4.3 weeks)"
    assert found.n == 4


def test_without_censoring_it_is_the_mean_of_shortened_times():
    random = np.random.default_rng(2)
    time = random.integers(1, 40, 25)
    mean, variance = rmst.mean_and_variance(time, np.ones(25), 20)
    shortened = np.minimum(time, 20)
    assert mean == pytest.approx(shortened.mean())
    assert variance == pytest.approx(shortened.var() / 25)


def test_difference_by_hand():
    found = rmst.differences([1, 3, 2, 4], [1] * 4, list("aabb"), "b", 4)["a"]
    assert found.estimate == pytest.approx(-1.0)
    error = math.sqrt(0.5 + 0.5)  # variances of (1, 3) and (2, 4) are 1, over two patients each
    assert found.lower == pytest.approx(-1 - 1.959963985 * error)
    assert found.p == pytest.approx(0.3173105, abs=1e-6)
    assert found.p_value.prose == "p = 0.317"


def test_each_of_three_groups_is_compared_with_the_reference():
    random = np.random.default_rng(6)
    time, group = random.integers(1, 20, 30), np.array(list("abc") * 10, dtype=object)
    event = np.ones(30, dtype=int)
    found = rmst.differences(time, event, group, "b", 12, 0.9, "weeks")
    assert list(found) == ["a", "c"]
    for name, one in found.items():
        pair = np.isin(group, [name, "b"])
        alone = rmst.differences(time[pair], event[pair], group[pair], "b", 12, 0.9)[name]
        assert (one, one.p) == (alone, alone.p)
        assert one.prose.startswith(one.point.prose) and "weeks (90% CI" in one.prose
    # patients without a group belong to none, and alone they leave nothing to compare
    group[group == "c"] = None
    assert rmst.differences(time, event, group, "b", 12, 0.9) == {"a": found["a"]}
    assert rmst.differences(time, event, [None] * 30, "b", 12) == {}
    assert rmst.differences([1, 2], [1, 1], ["a", "a"], "a", 12) == {}


def test_a_curve_that_has_reached_zero_may_end_before_the_horizon():
    assert rmst.restricted_mean([1, 2], [1, 1], 10).estimate == pytest.approx(1.5)


def test_refusals():
    with pytest.raises(ValueError, match="between 0 and 1, not 95"):
        rmst.differences([1, 2], [1, 1], list("ab"), "b", 1, 95)
    with pytest.raises(ValueError, match="beyond the last follow-up"):
        rmst.restricted_mean([1, 2], [1, 0], 10)
    with pytest.raises(ValueError, match="greater than 0"):
        rmst.restricted_mean([1], [1], 0)
    with pytest.raises(ValueError, match="reference 'z' is none of the groups: a, b"):
        rmst.differences([1, 2], [1, 1], list("ab"), "z", 1)
    with pytest.raises(ValueError, match="1 entries for 2 patients"):
        rmst.differences([1, 2], [1, 1], ["a"], "a", 1)
    with pytest.raises(ValueError, match="reference 'b' is none of the groups"):
        rmst.differences([1, 2], [1, 1], ["a", "a "], "b", 1)
