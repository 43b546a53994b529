"""Quartiles against R, by hand, and against the standard library."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_review.statistics import summaries


def test_as_r_has_them():
    # R: quantile(c(1, 2, 4, 8, 16, 32), c(.25, .5, .75)) gives 2.5, 6, 14.
    found = summaries.quartiles([32, 4, 8, 1, 16, 2], "weeks")
    assert (found.q1, found.median, found.q3, found.n) == (2.5, 6, 14, 6)
    assert found.prose == "6 weeks (quartiles 2.5–14 weeks)"
    assert found.cell == "6 (2.5–14)"
    assert found.point.cell == "6"
    expected = {"value": 6, "low": 2.5, "high": 14, "unit": "weeks", "n": 6, "of": None}
    assert found.fields() == expected


def test_missing_values_are_left_out_and_none_at_all_is_not_estimable():
    assert summaries.quartiles([1, None, float("nan"), 3]).n == 2
    nobody = summaries.quartiles([None, None], "years")
    assert nobody.cell == nobody.prose == "not estimable"
    assert nobody.fields()["value"] is None
    assert nobody.n == 0


def test_decimals_can_be_fixed():
    assert summaries.quartiles([1, 2], digits=2).cell == "1.50 (1.25–1.75)"


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=40))
def test_as_the_standard_library_has_them(values):
    found = summaries.quartiles(values)
    expected = statistics.quantiles(values, n=4, method="inclusive")
    assert [found.q1, found.median, found.q3] == pytest.approx(expected, abs=1e-6)
