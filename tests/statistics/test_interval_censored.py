"""Turnbull's estimate by hand, against Kaplan–Meier and against lifelines."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest

from case_review.analyses import sensitivity
from case_review.statistics import interval_censored as ic
from case_review.statistics import survival


def test_innermost_intervals_by_hand():
    # (0,2], (1,3], (4,5]: mass can lie only in (1,2] and (4,5]
    assert ic.cells(np.array([0, 1, 4]), np.array([2, 3, 5])).tolist() == [[1, 2], [4, 5]]
    # (0,1] and (1,2] do not overlap
    assert ic.cells(np.array([0, 1]), np.array([1, 2])).tolist() == [[0, 1], [1, 2]]


def test_probabilities_by_hand():
    found, mass = ic.estimate([0, 1, 4], [2, 3, 5])
    assert found.tolist() == [[1, 2], [4, 5]]
    assert mass == pytest.approx([2 / 3, 1 / 3], abs=1e-6)


def test_narrow_intervals_give_kaplan_meier():
    random = np.random.default_rng(4)
    time, event = random.integers(2, 15, 40), random.integers(0, 2, 40)
    right = np.where(event == 1, time, np.inf)
    # the event lies in the last hundredth before its time; a censored patient outlives its time
    left = np.where(event == 1, time - 0.01, time)
    found = ic.curve(left, right)
    km = survival.kaplan_meier(time, event)
    for row in found[np.isfinite(found["right"])].itertuples():
        expected = km.with_event(row.right).estimate
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
    _, weighted = ic.estimate(left, right, [2, 1, 0, 1])
    found, repeated = ic.estimate(left[[0, 0, 1, 3]], right[[0, 0, 1, 3]])
    assert ic.median_cell(ic.cells(left, right), weighted)[1] == pytest.approx(
        ic.median_cell(found, repeated)[1]
    )
    assert weighted.sum() == pytest.approx(1, abs=1e-6)


def test_median_lies_in_its_cell_and_limits_are_reproducible():
    left, right = np.array([0.0, 0, 1, 1, 3]), np.array([1.0, 1, 2, 2, 4])
    found = ic.median(left, right, 200, seed=7)
    assert (found.left, found.estimate) == (1, 2)
    assert (found.lower, found.upper) == (0, 4)
    assert found == ic.median(left, right, 200, seed=7)


def test_each_sample_has_cells_of_its_own(monkeypatch):
    # Without the second patient nothing parts (0,1], (1,2] and (2,4]: the median lies in (0,4].
    left, right = np.array([0.0, 1, 2, 0]), np.array([4.0, 2, 3, 1])

    class Drawn:
        def multinomial(self, *_, **__):
            return np.array([[4, 0, 0, 0]] * 3)

    monkeypatch.setattr(ic.np.random, "default_rng", lambda seed: Drawn())
    found = ic.median(left, right, 3, seed=1)
    assert (found.lower, found.upper) == (0, 4)


def test_limits_equal_those_of_samples_written_out():
    random = np.random.default_rng(6)
    left = random.integers(0, 12, 20).astype(float)
    right = left + random.integers(1, 6, 20)
    found = ic.median(left, right, 60, seed=3)
    drawn = np.random.default_rng(3).multinomial(20, np.full(20, 1 / 20), size=60)
    ends = []
    for counts in drawn:
        who = np.repeat(np.arange(20), counts)
        cells, mass = ic.estimate(left[who], right[who])
        ends.append(ic.median_cell(cells, mass))
    lows, highs = sorted(e[0] for e in ends), sorted(e[1] for e in ends)
    # 2.5% of 60 samples is one and a half: the second from either end
    assert (found.lower, found.upper) == (lows[1], highs[58])


def test_a_response_at_the_start_has_an_interval():
    patients = pd.DataFrame(
        {
            "response_time_value": [0, 0.01, 3],
            "response_time_unit": ["days", "hours", "days"],
            "time_hours": [0, 0, 72],
            "event": [1, 1, 1],
        }
    )
    left, right = sensitivity.visit_intervals(patients, 30.4375, gap=1)
    assert (left.tolist(), right.tolist()) == ([-1, -1, 48], [0, 0, 72])
    found = ic.median(left, right, 50, seed=1)
    assert (found.left, found.estimate, found.lower) == (0, 0, 0)


def test_the_estimate_is_the_most_likely_one():
    # Gentleman and Geyer, Biometrika 1994;81:618: at the maximum no cell's derivative exceeds n
    random = np.random.default_rng(9)
    for _ in range(20):
        left = random.integers(0, 10, 25).astype(float)
        right = np.where(random.random(25) < 0.2, np.inf, left + random.integers(1, 7, 25))
        cells, mass = ic.estimate(left, right)
        inside = (left[:, None] <= cells[:, 0]) & (cells[:, 1] <= right[:, None])
        slope = (1 / (inside @ mass)) @ inside
        assert (slope <= 25 * (1 + 1e-3)).all()
        assert slope[mass > 1e-3] == pytest.approx(25, rel=1e-3)
        assert mass.sum() == pytest.approx(1)


def test_a_median_at_the_end_of_a_cell_lies_in_it():
    # four patients with a cell each: after the second, exactly half have had the event
    found = ic.median([0, 1, 2, 3], [1, 2, 3, 4], 10, seed=1)
    assert (found.left, found.estimate) == (1, 2)


def test_a_median_that_is_not_reached_is_not_estimable():
    found, mass = ic.estimate([1, 2, 0], [math.inf, math.inf, 1])
    assert all(math.isnan(x) for x in ic.median_cell(found, mass))
    assert math.isnan(ic.percentile(np.array([1.0, np.inf]), 0.975))


def test_a_median_between_visits_prints_itself():
    found = ic.Median(2, 0.4, 6, unit="weeks", left=1)
    assert found.prose == "between 1 and 2 weeks (bootstrap limits 0.4–6 weeks)"
    assert (found.point.prose, found.cell) == ("between 1 and 2 weeks", "1–2 (0.4–6)")
    assert found.begin.prose == "1 week"
    nowhere = ic.Median(math.nan, 2, math.nan, unit="weeks")
    assert nowhere.prose == "not estimable (bootstrap limits 2 weeks to not estimable)"


def test_visits_from_reported_times():
    patients = pd.DataFrame(
        {
            "response_time_value": [2, 0.5, None],
            "response_time_unit": ["months", "weeks", None],
            "time_hours": [1461, 84, 500],
            "event": [1, 1, 0],
        }
    )
    left, right = sensitivity.visit_intervals(patients, 30.4375, gap=1)
    assert left.tolist() == [731, 0, 500]  # 730.5 hours round away from zero
    assert right.tolist() == [1461, 84, math.inf]


def test_refusals():
    with pytest.raises(ValueError, match="at position 1 it runs from 3 to 3"):
        ic.estimate([1, 3], [2, 3])
    with pytest.raises(ValueError, match="2 left ends and 1 right"):
        ic.estimate([1, 2], [3])
