"""Limits of proportions against closed forms, published tables and each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from case_review.statistics import proportions


def test_all_of_25_has_a_closed_form():
    low, high = proportions.exact(25, 25)
    assert low == pytest.approx(0.025 ** (1 / 25), abs=1e-12)
    assert round(low, 3) == 0.863
    assert high == 1.0


def test_none_of_60_has_a_closed_form():
    assert proportions.exact(0, 60) == (0.0, pytest.approx(1 - 0.025 ** (1 / 60), abs=1e-12))


def test_exact_limits_equal_scipy():
    reference = stats.binomtest(20, 60).proportion_ci(0.95, method="exact")
    assert proportions.exact(20, 60) == pytest.approx((reference.low, reference.high), abs=1e-9)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_exact_limits_are_quantiles_of_the_beta_distribution_to_the_last_digit(level):
    tail = (1 - level) / 2
    for of in (1, 2, 7, 25, 84, 1000):
        for n in {0, 1, of // 3, of // 2, of - 1, of}:
            low = stats.beta.ppf(tail, n, of - n + 1) if n else 0
            high = stats.beta.isf(tail, n + 1, of - n) if n < of else 1
            assert proportions.exact(n, of, level) == (low, high)


@given(st.integers(1, 2000), st.data(), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_wilson_limits_are_those_of_scipy_to_the_last_bit(of, data, level):
    n = data.draw(st.integers(0, of))
    reference = stats.binomtest(n, of).proportion_ci(level, method="wilson")
    assert proportions.wilson(n, of, level) == (reference.low, reference.high)


def test_wilson_limits_of_newcombe():
    # Newcombe, Stat Med 1998;17:857, table I, method 3: 81/263 and 15/148.
    assert proportions.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert proportions.wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert proportions.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_proportions_and_counts_carry_their_exact_limits():
    share, patients = proportions.proportion(20, 60, 0.9), proportions.count(20, 60, 0.9)
    low, high = proportions.exact(20, 60, 0.9)
    assert (share.estimate, share.lower, share.upper) == (20 / 60, low, high)
    assert (share.n, share.of, share.conf_level) == (20, 60, 0.9)
    assert (patients.n, patients.of, patients.low, patients.high) == (20, 60, low, high)
    assert patients.unit == "patients"
    assert proportions.count(1, 4, unit="reports").fields()["unit"] == "reports"
    assert proportions.proportion(25, 25).prose == "100.0% (95% CI 86.3–100.0%)"


@given(st.integers(1, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_exact_limits_mirror_and_hold_the_proportion(counts):
    n, of = counts
    low, high = proportions.exact(n, of)
    assert low <= n / of <= high
    assert proportions.exact(of - n, of) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize(
    "n, of", [(1, 0), (-1, 5), (6, 5), (1.5, 5), (float("nan"), 5), (1, float("inf"))]
)
def test_impossible_counts_are_refused(n, of):
    with pytest.raises(ValueError, match="patients"):
        proportions.exact(n, of)


def test_a_level_of_95_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        proportions.wilson(1, 2, 95)


def test_selection_at_equal_odds_changes_nothing():
    assert proportions.with_selection(0.8, 1) == pytest.approx(0.8)


def test_selection_by_hand():
    # 80 successes all published, 20 failures of which a quarter is: 80 / 85 is published.
    assert proportions.with_selection(80 / 85, 0.25) == pytest.approx(0.8)
    surface = proportions.with_selection(np.array([[0.5], [0.9]]), np.array([0.5, 1.0]))
    assert surface == pytest.approx(np.array([[1 / 3, 0.5], [9 / 11, 0.9]]))


def test_tipping_odds_invert_the_selection():
    q = 0.025 ** (1 / 25)
    odds = proportions.tipping_odds(q, 0.5)
    assert odds == pytest.approx((1 - q) / q)
    assert proportions.with_selection(q, odds) == pytest.approx(0.5)


def test_tipping_failures_by_hand():
    assert proportions.tipping_failures(25, 25, 0.8) == 7  # 25/31 = 80.6 %, 25/32 = 78.1 %
    assert proportions.tipping_failures(25, 25, 0.5) == 26  # 25/50 is not below one half
    assert proportions.tipping_failures(4, 5, 0.8) == 1
    assert proportions.tipping_failures(1, 5, 0.8) == 0
    failures = proportions.tipping_failures(25, 25, 0.8, conf_level=0.95)
    assert proportions.exact(25, 25 + failures)[0] < 0.8
    assert proportions.exact(25, 24 + failures)[0] >= 0.8
