"""GRIM, GRIMMER and DEBIT against all samples there are, R's scrutiny, and sound data."""

import math
from fractions import Fraction
from itertools import combinations_with_replacement
from statistics import mean, pstdev, stdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from case_review.audit import prints
from case_review.statistics import granularity


def span(text):
    return prints.read(text).span


def printed(value, digits=2):
    return span(f"{value:.{digits}f}")


def test_means_of_25_whole_numbers_lie_four_hundredths_apart():
    assert list(granularity.sums(span("4.72"), 25)) == [118]
    assert not granularity.sums(span("4.74"), 25)
    assert granularity.sums(span("4.74"), 25, items=2)  # 237/50


def test_halves_are_rounded_either_way():
    # 1/8 is 0.125
    assert granularity.sums(span("0.12"), 8) and granularity.sums(span("0.13"), 8)


def test_percentages_of_150():
    possible = {f"{percent / 10:.1f}" for percent in range(1001)}
    possible = {text for text in possible if granularity.counts(span(text), 150)}
    assert possible == {f"{100 * count / 150:.1f}" for count in range(151)}


def test_coarse_prints_tell_nothing():
    assert granularity.always_possible(Fraction(1, 100), 100)
    assert not granularity.always_possible(Fraction(1, 100), 99)
    assert granularity.always_possible(Fraction(1, 100), 50, items=2)


#: Data sets pigs1 and pigs5 of R's scrutiny 0.5 (Jung; github.com/lhdjung/scrutiny at a56a945),
#: with what its grim_map and grimmer_map say of them.
PIGS1 = {
    "7.22": (32, True), "4.74": (25, False), "5.23": (29, False), "2.57": (24, False),
    "6.77": (27, False), "2.68": (28, True), "7.01": (29, False), "7.38": (26, True),
    "3.14": (27, False), "6.89": (31, False), "5.00": (25, True), "0.24": (28, False),
}  # fmt: skip
PIGS5 = [
    ("7.22", "5.30", 38, False), ("4.74", "6.55", 31, True), ("5.23", "2.55", 35, False),
    ("2.57", "2.57", 30, True), ("6.77", "2.18", 33, False), ("2.68", "2.59", 34, True),
    ("7.01", "6.68", 35, False), ("7.38", "3.65", 32, True), ("3.14", "5.32", 33, False),
    ("6.89", "4.18", 37, True), ("5.00", "2.18", 31, True), ("0.24", "6.43", 34, True),
]  # fmt: skip
PIGS3 = [
    ("0.53", "0.50", True), ("0.44", "0.50", True), ("0.77", "0.42", True), ("0.19", "0.35", False),
    ("0.34", "0.47", True), ("0.93", "0.25", True), ("0.12", "0.33", True),
]  # fmt: skip


def test_means_as_scrutiny_says():
    for text, (n, possible) in PIGS1.items():
        assert bool(granularity.sums(span(text), n)) is possible, text


def test_deviations_as_scrutiny_says():
    for centre, sd, n, possible in PIGS5:
        assert granularity.sd_possible(span(centre), span(sd), n) is possible, centre


def test_binary_deviations_as_scrutiny_says():
    for centre, sd, possible in PIGS3:
        assert granularity.binary_sd_possible(span(centre), span(sd), 1683) is possible, centre


@pytest.mark.parametrize(("n", "steps"), [(2, 6), (3, 5), (5, 4), (6, 3), (7, 2), (4, 1)])
def test_samples_on_a_scale_exist_exactly_where_one_can_be_written_down(n, steps):
    samples = combinations_with_replacement(range(1, steps + 2), n)
    there = {(sum(sample), sum(value**2 for value in sample)) for sample in samples}
    for total in range(n - 1, n * (steps + 1) + 2):
        for square in range(n * (steps + 1) ** 2 + 2):
            centre, variance = Fraction(total, n), Fraction(square * n - total**2, n * (n - 1))
            if variance < 0:
                continue
            root = Fraction(math.isqrt(variance.numerator * 10**20 // variance.denominator), 10**10)
            sd = root - Fraction(1, 10**9), root + Fraction(1, 10**9)
            found = granularity.sd_possible((centre, centre), sd, n, scale=(1, steps + 1))
            assert found is ((total, square) in there), (total, square)


@given(st.lists(st.integers(0, 10), min_size=2, max_size=60), st.integers(1, 3))
def test_printed_whole_numbers_are_always_possible(values, digits):
    centre, sd = printed(mean(values), digits), printed(stdev(values), digits)
    assert granularity.sums(centre, len(values))
    assert granularity.sd_possible(centre, sd, len(values))
    assert granularity.sd_possible(centre, sd, len(values), scale=(0, 10))
    assert granularity.sd_possible(centre, printed(pstdev(values), digits), len(values), divisor=0)


@given(st.lists(st.lists(st.integers(1, 7), min_size=4, max_size=4), min_size=2, max_size=30))
def test_printed_means_of_items_are_always_possible(people):
    scores = [mean(answers) for answers in people]
    centre, sd = printed(mean(scores)), printed(stdev(scores))
    assert granularity.sd_possible(centre, sd, len(people), items=4, scale=(1, 7))


@given(st.integers(2, 3000), st.data())
def test_printed_zeros_and_ones_are_always_possible(n, data):
    ones = data.draw(st.integers(0, n))
    sd = math.sqrt(ones * (n - ones) / (n * (n - 1)))
    assert granularity.binary_sd_possible(printed(ones / n), printed(sd), n)


@given(st.integers(2, 40), st.data())
def test_binary_deviations_are_exact(n, data):
    """Whatever is possible is the deviation of some number of ones."""
    centre, sd = (data.draw(st.integers(0, 100)) / 100 for _ in range(2))
    some = any(
        centre - 0.005 <= ones / n <= centre + 0.005
        and sd - 0.005 <= math.sqrt(ones * (n - ones) / (n * (n - 1))) <= sd + 0.005
        for ones in range(n + 1)
    )
    near = [abs(abs(ones / n - centre) - 0.005) for ones in range(n + 1)]
    assume(min(near) > 1e-9)
    assert granularity.binary_sd_possible(printed(centre), printed(sd), n) is some


def test_the_largest_deviation_is_that_of_values_at_the_ends():
    assert granularity.largest_sd(3.0, 4, 1.0, 5.0) == pytest.approx(stdev([1, 1, 5, 5]))
    assert granularity.largest_sd(2.0, 4, 1.0, 5.0) == pytest.approx(stdev([1, 1, 1, 5]))


def test_long_scales_and_large_samples_are_bounded():
    assert granularity.sd_possible(span("50.0"), span("20.0"), 400, scale=(0, 100))
    assert not granularity.sd_possible(span("50.0"), span("50.5"), 400, scale=(0, 100))
    assert not granularity.sd_possible(span("1.50"), span("0.20"), 40, scale=(1, 2))


def test_of_very_many_values_nothing_is_said():
    assert granularity.sd_possible(span("5"), span("0.000000"), 10**9, scale=(1, 9))
    assert not granularity.sd_possible(span("5"), span("0.300000"), 20)
