"""The most likely estimate of interval-censored times, against optimisers of other kinds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from case_review.statistics import interval_censored as ic
from case_review.statistics import turnbull


def holds(left, right, cells):
    return ((left[:, None] <= cells[:, 0]) & (cells[:, 1] <= right[:, None])).astype(float)


def drawn(seed):
    """Random intervals with ties, some of them open to the right."""
    random = np.random.default_rng(seed)
    n = random.integers(3, 30)
    left = random.integers(0, random.integers(3, 15), n).astype(float)
    right = left + random.integers(1, 6, n)
    right[random.random(n) < random.choice([0, 0.3])] = math.inf
    return left, right


def by_slsqp(inside):
    """The largest log likelihood, and its probabilities, by sequential quadratic programming."""
    size = inside.shape[1]
    found = minimize(
        lambda m: -np.log(np.maximum(inside @ m, 1e-12)).sum(),
        np.full(size, 1 / size),
        jac=lambda m: -(1 / np.maximum(inside @ m, 1e-12)) @ inside,
        bounds=[(0, 1)] * size,
        constraints={"type": "eq", "fun": lambda m: m.sum() - 1, "jac": np.ones_like},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    return -found.fun, found.x


def test_a_median_carries_probability():
    # EM steps get small long before the middle cell has lost its probability
    left, right = np.array([0.0, 0, 1, 4]), np.array([1.0, 2, 5, 6])
    cells, mass = ic.estimate(left, right)
    assert cells.tolist() == [[0, 1], [1, 2], [4, 5]]
    assert mass == pytest.approx([0.5, 0, 0.5], abs=1e-12)
    assert ic.median_cell(cells, mass) == (0, 1)
    found = ic.median(left, right, 10, seed=1)
    assert (found.left, found.estimate) == (0, 1)
    assert ic.medians(left, right, np.ones(4)).tolist() == [[0, 1]]


@pytest.mark.parametrize("seed", range(60))
def test_it_is_as_likely_as_the_optimum_of_another_method(seed):
    left, right = drawn(seed)
    cells, mass = ic.estimate(left, right)
    inside = holds(left, right, cells)
    likelihood, other = by_slsqp(inside)
    assert np.log(inside @ mass).sum() >= likelihood - 1e-9
    # what each patient's interval holds is the same in every most likely estimate
    assert inside @ mass == pytest.approx(inside @ other, abs=1e-5)


@pytest.mark.parametrize("seed", range(60))
def test_the_conditions_of_kuhn_and_tucker_hold_to_ten_places(seed):
    left, right = drawn(1000 + seed)
    cells, mass = ic.estimate(left, right)
    inside = holds(left, right, cells)
    slope = (1 / (inside @ mass)) @ inside / len(left)
    assert mass.min() >= 0 and mass.sum() == pytest.approx(1, abs=1e-12)
    assert slope.max() <= 1 + 1e-10
    assert slope[mass > 0] == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_many_steps_of_self_consistency_lead_to_the_same(seed):
    left, right = drawn(seed)
    cells, mass = ic.estimate(left, right)
    inside = holds(left, right, cells)
    slow = np.full(len(cells), 1 / len(cells))
    for _ in range(20_000):
        new = slow * ((1 / (inside @ slow)) @ inside) / len(left)
        if np.array_equal(new, slow):
            break
        slow = new
    assert inside @ mass == pytest.approx(inside @ slow, abs=1e-4)


@pytest.mark.parametrize("seed", range(40))
def test_many_samples_at_once_have_the_medians_of_each(seed):
    left, right = drawn(2000 + seed)
    random = np.random.default_rng(seed)
    n = len(left)
    weights = random.multinomial(n, np.full(n, 1 / n), size=25)
    found = ic.medians(left, right, weights)
    for row, (begin, end) in zip(weights, found, strict=True):
        who = np.repeat(np.arange(n), row)
        alone = ic.median_cell(*ic.estimate(left[who], right[who]))
        np.testing.assert_array_equal(alone, (begin, end))


intervals = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), min_size=1, max_size=15)


@settings(max_examples=40, deadline=None)
@given(intervals, st.randoms(use_true_random=False))
def test_the_order_of_patients_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    found = []
    for order in (rows, shuffled):
        left, width = np.array(order, dtype=float).T
        found.append(ic.estimate(left, left + width)[1])
    assert found[0] == pytest.approx(found[1], abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(intervals, st.integers(2, 5))
def test_every_patient_twice_changes_nothing(rows, times):
    left, width = np.array(rows, dtype=float).T
    cells, mass = ic.estimate(left, left + width)
    _, more = ic.estimate(left, left + width, np.full(len(rows), times))
    assert more == pytest.approx(mass, abs=1e-9)
    assert ic.median_cell(cells, mass) == ic.median_cell(cells, more)


def test_cells_of_samples_are_the_cells_of_their_patients():
    left, right = drawn(7)
    random = np.random.default_rng(7)
    ends = turnbull.Ends.of(left, right)
    counted = random.random((20, len(left))) < 0.5
    counted[:, 0] = True
    closes, before = ends.cells(counted)
    for row, closing, begin in zip(counted, closes, before, strict=True):
        (at,) = np.nonzero(closing)
        own = np.column_stack([ends.value[begin[at]], ends.value[at]])
        np.testing.assert_array_equal(own, ic.cells(left[row], right[row]))
