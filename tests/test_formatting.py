"""Every printed form of a number, with the cases where common rounding goes wrong."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_review import formatting


@pytest.mark.parametrize(
    ("n", "of", "expected"),
    [
        (30, 84, "35.7"),
        (73, 84, "86.9"),
        (1, 84, "1.2"),
        (26, 84, "31.0"),  # 30.952...; the review prints the truncated 30.9
        (1, 16, "6.3"),  # 6.25: half away from zero, where round() gives 6.2
        (1, 80, "1.3"),  # 1.25
        (3, 80, "3.8"),  # 3.75
        (59, 59, "100.0"),
        (0, 7, "0.0"),
    ],
)
def test_percent_rounds_halves_away_from_zero(n, of, expected):
    assert formatting.percent(n, of) == expected


def test_percent_of_nobody_is_refused():
    with pytest.raises(ValueError, match="not defined"):
        formatting.percent(0, 0)


@given(st.integers(1, 10_000), st.data())
def test_percent_is_within_half_a_unit_of_the_exact_value(of, data):
    n = data.draw(st.integers(0, of))
    printed = Decimal(formatting.percent(n, of))
    assert abs(Fraction(printed) - Fraction(100 * n, of)) <= Fraction(1, 20)


def test_negative_halves_round_away_from_zero():
    assert formatting.round_half_away(Fraction(-1, 4), 1) == Decimal("-0.3")
    assert formatting.round_half_away(-0.25, 1) == Decimal("-0.3")


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (2.0, None, "2"),
        (1.5, None, "1.5"),
        (100.0, None, "100"),
        (0.12345, None, "0.123"),
        (0.6, 2, "0.60"),
        (-3.04, 1, "−3.0"),
        (-0.04, 1, "0.0"),
        (float("nan"), None, "not estimable"),
        (None, 2, "not estimable"),
    ],
)
def test_number(value, digits, expected):
    assert formatting.number(value, digits) == expected


def test_whole_numbers_have_their_thousands_parted_and_percents_no_blank():
    assert formatting.number(-1234) == "−1,234"
    assert formatting.with_unit("1.5", "%") == "1.5%"


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.2414, "p = 0.241"),
        (0.0005, "p < 0.001"),
        (0.9994, "p = 0.999"),
        (0.9996, "p > 0.999"),
        (1.0, "p = 1.000"),
    ],
)
def test_p_value(p, expected):
    assert formatting.p_value(p) == expected
