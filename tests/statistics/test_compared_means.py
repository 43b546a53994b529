"""Ranges of t and F against published re-analyses, scipy, and every point of the intervals."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from case_review.statistics import compared_means
from case_review.statistics.compared_means import Group


def near(value, half=0.005):
    return value - half, value + half


def group(n, mean, sd):
    return Group(n, near(mean), near(sd))


#: F of two rounded means and deviations of the pizza papers, as van der Zee, Anaya and Brown
#: (BMC Nutr 2017;3:54) give them: sizes, means, deviations, smallest and largest F.
PIZZA = [
    ((62, 60), (44.16, 46.08), (18.99, 14.46), "0.39", "0.40"),
    ((62, 60), (3.00, 3.28), (1.55, 1.29), "1.08", "1.27"),
    ((62, 60), (180.84, 182.31), (48.37, 48.41), "0.03", "0.03"),
    ((41, 26), (6.68, 7.97), (1.49, 1.21), "13.41", "14.04"),
    ((41, 26), (6.64, 7.81), (1.48, 1.22), "11.07", "11.62"),
    ((18, 21), (2.94, 1.28), (2.13, 0.46), "11.93", "12.36"),
    ((18, 21), (3.89, 1.53), (2.59, 1.02), "14.62", "15.01"),
]


@pytest.mark.parametrize(("sizes", "means", "sds", "low", "high"), PIZZA)
def test_f_of_the_pizza_papers(sizes, means, sds, low, high):
    found = compared_means.f_statistic(list(map(group, sizes, means, sds)))
    assert [f"{end:.2f}" for end in found] == [low, high]


def test_t_of_exact_summaries_is_that_of_scipy():
    exact = [Group(12, (3.1, 3.1), (1.2, 1.2)), Group(19, (4.4, 4.4), (2.3, 2.3))]
    for equal, found in ((True, compared_means.pooled_t), (False, compared_means.welch_t)):
        expected = stats.ttest_ind_from_stats(3.1, 1.2, 12, 4.4, 2.3, 19, equal_var=equal)
        assert found(*exact) == pytest.approx((abs(expected.statistic),) * 2)


def test_f_of_exact_summaries_is_that_of_the_data():
    random = np.random.default_rng(4)
    data = [random.normal(mean, 1, n) for mean, n in ((0, 7), (0.5, 9), (1, 12), (0.2, 5))]
    exact = [Group(len(x), (x.mean(),) * 2, (x.std(ddof=1),) * 2) for x in data]
    assert compared_means.f_statistic(exact) == pytest.approx((stats.f_oneway(*data)[0],) * 2)


def test_paired_t_lies_within_its_range():
    random = np.random.default_rng(5)
    before = random.normal(0, 1, 20)
    after = before + random.normal(0.4, 0.5, 20)
    exact = [Group(20, (x.mean(),) * 2, (x.std(ddof=1),) * 2) for x in (before, after)]
    low, high = compared_means.paired_t(*exact)
    assert low <= abs(stats.ttest_rel(before, after).statistic) <= high


groups = st.lists(
    st.tuples(st.integers(2, 60), st.floats(-3, 3), st.floats(0.1, 3)), min_size=2, max_size=4
)


@given(groups, st.lists(st.floats(-1, 1), min_size=8, max_size=8))
def test_all_means_and_deviations_within_give_an_f_within(rows, shifts):
    found = compared_means.f_statistic([group(*row) for row in rows])
    moved = [
        (n, mean + 0.005 * shifts[2 * i], sd + 0.005 * shifts[2 * i + 1])
        for i, (n, mean, sd) in enumerate(rows)
    ]
    inside = compared_means.f_statistic([Group(n, (m, m), (s, s)) for n, m, s in moved])[0]
    assert found[0] * (1 - 1e-9) - 1e-12 <= inside <= found[1] * (1 + 1e-9) + 1e-12


@given(groups)
def test_the_ends_of_f_are_reached_on_a_grid_of_means(rows):
    low, high = compared_means.f_statistic([group(*row) for row in rows])

    def smallest_and_largest(change):
        grid = product(*[np.linspace(mean - 0.005, mean + 0.005, 5) for _, mean, _ in rows])
        exact = [
            [Group(n, (m, m), (sd + change,) * 2) for (n, _, sd), m in zip(rows, ms, strict=True)]
            for ms in grid
        ]
        found = [compared_means.f_statistic(one)[0] for one in exact]
        return min(found), max(found)

    assert smallest_and_largest(-0.005)[1] == pytest.approx(high, rel=1e-9, abs=1e-12)
    least = smallest_and_largest(0.005)[0]
    # The true minimum lies between points of the grid, at most half a step of each mean away.
    assert low <= least * (1 + 1e-9) + 1e-12
    assert math.sqrt(least) - math.sqrt(low) <= 0.1 * (math.sqrt(high) - math.sqrt(low)) + 0.05


def test_means_that_may_be_equal_give_zero():
    assert compared_means.f_statistic([group(9, 1.0, 1), group(9, 1.01, 1)])[0] < 1e-25
    assert compared_means.welch_t(group(9, 1.0, 1), group(9, 1.0, 1))[0] == 0


def test_deviations_that_may_be_zero_give_any_statistic():
    one, other = Group(5, near(1.0), (0, 0.005)), Group(5, near(2.0), (0, 0.005))
    assert compared_means.pooled_t(one, other)[1] == math.inf


def test_what_has_no_f_is_refused():
    with pytest.raises(ValueError, match="11 groups"):
        compared_means.f_statistic([group(5, 1, 1)] * 11)
