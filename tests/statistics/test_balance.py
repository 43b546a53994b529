"""Standardised differences against closed forms, published numbers and each other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_review.statistics import balance


def test_means_by_hand():
    # Means 2 and 5, variances 1 and 4: 3 / sqrt(2.5).
    assert balance.of_numbers([1, 2, 3], [3, 5, 7]) == pytest.approx(3 / math.sqrt(2.5), abs=1e-15)


def test_proportions_by_hand():
    # 3 of 4 and 1 of 4: 0.5 / sqrt((0.1875 + 0.1875) / 2).
    one, other = ["a", "a", "a", "b"], ["a", "b", "b", "b"]
    assert balance.of_levels(one, other) == pytest.approx(0.5 / math.sqrt(0.1875), abs=1e-15)


def test_three_levels_by_hand():
    # Shares (.5, .25, .25) and (.25, .25, .5); of the last two levels the gap is (0, -.25) and the
    # mean covariance [[.1875, -.09375], [-.09375, .21875]].
    one, other = list("aabc"), list("abcc")
    covariance = np.array([[0.1875, -0.09375], [-0.09375, 0.21875]])
    gap = np.array([0, -0.25])
    expected = math.sqrt(gap @ np.linalg.inv(covariance) @ gap)
    assert balance.of_levels(one, other) == pytest.approx(expected, abs=1e-12)


def test_of_more_groups_the_mean_over_pairs():
    values, groups = [1, 2, 3, 3, 5, 7, 2, 3, 4], list("aaabbbccc")
    pairs = [
        balance.of_numbers([1, 2, 3], [3, 5, 7]),
        balance.of_numbers([1, 2, 3], [2, 3, 4]),
        balance.of_numbers([3, 5, 7], [2, 3, 4]),
    ]
    assert balance.difference(values, groups).value == pytest.approx(np.mean(pairs), abs=1e-15)


def test_missing_values_and_patients_of_no_group_are_left_out():
    known = balance.difference([1.0, 2, 3, 3, 5, 7], list("aaabbb")).value
    values = [1.0, None, 2, 3, 3, 5, 7, 90]
    assert balance.difference(values, ["a", "a", "a", "a", "b", "b", "b", None]).value == known
    levels = balance.difference(["x", None, "y", "x", "y"], ["a", "a", "a", "b", None]).value
    assert levels == balance.of_levels(["x", "y"], ["x"])


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([], []),
        ([1, 2], ["a", "a"]),
        ([1.0, 2, 5], ["a", "a", "b"]),
        ([1, 1, 2, 2], list("aabb")),
        (["x", "x", "y", "y"], list("aabb")),
        (["x", "y", "z", "z"], list("aabb")),
        ([None, None, 1.0, 2.0], list("aabb")),
    ],
)
def test_what_is_not_defined_is_not_estimable(values, groups):
    found = balance.difference(values, groups)
    assert math.isnan(found.value)
    assert found.cell == "not estimable"


def test_like_groups_do_not_differ():
    assert balance.difference(["x", "x"], ["a", "b"]).value == 0
    assert balance.difference([4, 4, 4, 4], list("aabb")).cell == "0.00"


def test_as_many_groups_as_values():
    with pytest.raises(ValueError, match="2 values and 1 groups"):
        balance.difference([1, 2], ["a"])


@given(st.lists(st.sampled_from("abcd"), min_size=3), st.lists(st.sampled_from("abcd"), min_size=3))
def test_it_is_the_same_whatever_levels_are_called_and_which_group_is_first(one, other):
    renamed = str.maketrans("abcd", "dbca")
    found = balance.of_levels(one, other)
    turned = balance.of_levels(other, one)
    called = balance.of_levels(*([x.translate(renamed) for x in part] for part in (one, other)))
    assert found == pytest.approx(turned, abs=1e-6, nan_ok=True)
    assert found == pytest.approx(called, abs=1e-6, nan_ok=True)


_NUMBERS = st.lists(st.integers(-50, 50), min_size=2, max_size=20)


@given(_NUMBERS, _NUMBERS, st.integers(1, 9), st.integers(-9, 9))
def test_it_does_not_depend_on_the_unit(one, other, factor, shift):
    moved = [[factor * x + shift for x in values] for values in (one, other)]
    found = balance.of_numbers(one, other)
    assert balance.of_numbers(*moved) == pytest.approx(found, rel=1e-9, nan_ok=True)
