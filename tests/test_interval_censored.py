"""Turnbull's estimate by hand, against Kaplan–Meier and against lifelines."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest

from case_review import interval_censored as ic
from case_review import survival


def test_innermost_intervals_by_hand():
    # (0,2], (1,3], (4,5]: mass can lie only in (1,2] and (4,5]
    assert ic.cells(np.array([0, 1, 4]), np.array([2, 3, 5])).tolist() == [[1, 2], [4, 5]]
    # (0,1] and (1,2] do not overlap
    assert ic.cells(np.array([0, 1]), np.array([1, 2])).tolist() == [[0, 1], [1, 2]]


def test_probabilities_by_hand():
    found, mass = ic.estimate([0, 1, 4], [2, 3, 5])
    assert found.tolist() == [[1, 2], [4, 5]]
    assert mass[0] == pytest.approx([2 / 3, 1 / 3], abs=1e-6)


def test_narrow_intervals_give_kaplan_meier():
    random = np.random.default_rng(4)
    time, event = random.integers(2, 15, 40), random.integers(0, 2, 40)
    right = np.where(event == 1, time, np.inf)
    # the event lies in the last hundredth before its time; a censored patient outlives its time
    left = np.where(event == 1, time - 0.01, time)
    found = ic.curve(left, right)
    km = survival.curve(time, event)
    for row in found[np.isfinite(found["right"])].itertuples():
        expected = 1 - survival.survival_at(km, row.right).estimate
        assert row.proportion == pytest.approx(expected, abs=1e-4)


def test_equals_lifelines_with_shifted_left_ends():
    from lifelines import KaplanMeierFitter

    left = np.array([0.0, 1, 2, 3, 2, 5, 4, 0])
    right = np.array([2.0, 3, 4, 6, 5, 8, 7, 4])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = KaplanMeierFitter().fit_interval_censoring(left + 1e-6, right, tol=1e-10)
    found = ic.curve(left, right)
    # lifelines puts a cell's mass at its right end in the upper curve, at its left end in this one
    other = other.survival_function_["NPMLE_estimate_lower"]
    assert found["right"].tolist() == [2, 3, 4, 5, 6]
    assert 1 - found["proportion"].to_numpy() == pytest.approx(
        other.loc[found["right"]].to_numpy(), abs=1e-4
    )


def test_weights_are_repeated_patients():
    left, right = np.array([0.0, 1, 2, 3]), np.array([2.0, 3, 5, 6])
    _, weighted = ic.estimate(left, right, [[2, 1, 0, 1], [1, 1, 1, 1]])
    found, repeated = ic.estimate(left[[0, 0, 1, 3]], right[[0, 0, 1, 3]])
    assert ic.median_cell(ic.cells(left, right), weighted[0])[1] == pytest.approx(
        ic.median_cell(found, repeated[0])[1]
    )
    assert weighted.sum(axis=1) == pytest.approx([1, 1], abs=1e-6)


def test_median_lies_in_its_cell_and_limits_are_reproducible():
    left, right = np.array([0.0, 0, 1, 1, 3]), np.array([1.0, 1, 2, 2, 4])
    found = ic.median(left, right, 200, seed=7)
    assert (found.left, found.right) == (1, 2)
    assert (found.lower, found.upper) == (0, 4)
    assert found == ic.median(left, right, 200, seed=7)


def test_a_median_that_is_not_reached_is_not_estimable():
    found, mass = ic.estimate([1, 2, 0], [math.inf, math.inf, 1])
    assert all(math.isnan(x) for x in ic.median_cell(found, mass[0]))
    assert math.isnan(ic.percentile(np.array([1.0, np.inf]), 0.975))


def test_visits_from_reported_times():
    patients = pd.DataFrame(
        {
            "response_time_value": [2, 0.5, None],
            "response_time_unit": ["months", "weeks", None],
            "time_hours": [1461, 84, 500],
            "event": [1, 1, 0],
        }
    )
    left, right = ic.visit_intervals(patients, 30.4375, gap=1)
    assert left.tolist() == [731, 0, 500]  # 730.5 hours round away from zero
    assert right.tolist() == [1461, 84, math.inf]


def test_refusals():
    with pytest.raises(ValueError, match="end after it begins"):
        ic.estimate([1], [1])
    with pytest.raises(ValueError, match="2 left ends and 1 right"):
        ic.estimate([1, 2], [3])
