"""Restricted means by hand, and against SciPy-free brute force."""

import math

import numpy as np
import pytest

from case_review.statistics import rmst


def test_mean_and_variance_by_hand():
    # 1, 2, 4 with events and 3 censored, horizon 3.5: S = 1, 3/4, 1/2 from 2 on
    found = rmst.restricted_mean([1, 2, 3, 4], [1, 1, 0, 1], 3.5)
    assert found.mean == pytest.approx(1 + 0.75 + 0.5 * 1.5)
    # A(1) = 0.75 + 0.75 = 1.5, A(2) = 0.75
    assert found.variance == pytest.approx(1.5**2 / (4 * 3) + 0.75**2 / (3 * 2))


def test_without_censoring_it_is_the_mean_of_shortened_times():
    random = np.random.default_rng(2)
    time = random.integers(1, 40, 25)
    found = rmst.restricted_mean(time, np.ones(25), 20)
    shortened = np.minimum(time, 20)
    assert found.mean == pytest.approx(shortened.mean())
    assert found.variance == pytest.approx(shortened.var() / 25)


def test_difference_by_hand():
    found = rmst.difference([1, 3, 2, 4], [1] * 4, list("aabb"), "a", 4)
    assert found.estimate == pytest.approx(-1.0)
    error = math.sqrt(0.5 + 0.5)  # variances of (1, 3) and (2, 4) are 1, over two patients each
    assert found.lower == pytest.approx(-1 - 1.959963985 * error)
    assert found.p == pytest.approx(0.3173105, abs=1e-6)


def test_a_curve_that_has_reached_zero_may_end_before_the_horizon():
    assert rmst.restricted_mean([1, 2], [1, 1], 10).mean == pytest.approx(1.5)


def test_refusals():
    with pytest.raises(ValueError, match="between 0 and 1, not 95"):
        rmst.difference([1, 2], [1, 1], list("ab"), "a", 1, 95)
    with pytest.raises(ValueError, match="beyond the last follow-up"):
        rmst.restricted_mean([1, 2], [1, 0], 10)
    with pytest.raises(ValueError, match="greater than 0"):
        rmst.restricted_mean([1], [1], 0)
    with pytest.raises(ValueError, match="two groups"):
        rmst.difference([1, 2], [1, 1], ["a", "a "], "b", 1)
