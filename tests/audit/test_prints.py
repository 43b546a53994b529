"""How papers print numbers is read once, with what each may have been before it was rounded."""

import math
import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_review.audit import prints
from case_review.audit.cells import Unreadable, count, number
from case_review.audit.prints import Span


def read(text):
    """What is read, as text and signs."""
    found = prints.read(text)
    return found and (str(found.number), found.relation, found.marks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("96 032", "96032"),
        ("n = 22 447", "22447"),
        ("6\u202f076.5", "6076.5"),
        ("6\u2009076", "6076"),
        ("1,234", "1234"),
        ("1,234.5", "1234.5"),
        ("1.234", "1.234"),
        ("1.234.567", "1234567"),
        ("1.234,5", "1234.5"),
        ("1'234", "1234"),
        ("12,5", "12.5"),
        ("0,123", "0.123"),
        ("49·0", "49.0"),
        ("(20).0", "20.0"),
        ("−5.6", "-5.6"),
        ("– 5.6", "-5.6"),
        (".05", "0.05"),
        ("1.2 × 10−5", "0.000012"),
        ("1.2×10⁻⁵", "0.000012"),
        ("4.5 × 10⁹/L", "4.5"),
        ("0.36904761904761907", "0.36904761904761907"),  # of a spreadsheet
    ],
)
def test_a_number_is_read_whatever_its_separators(text, expected):
    assert read(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "relation", "marks"),
    [
        ("36.9*", "=", "*"),
        ("39.1c", "=", "c"),
        ("36.9†", "=", "†"),
        ("35.8B", "=", "B"),
        ("8.16*** (4)", "=", "***"),
        ("36.9ᵃ", "=", "ᵃ"),
        ("12a,b", "=", "a,b"),
        ("~37%", "~", ""),
        ("≈ 37", "~", ""),
        ("<1", "<", ""),
        ("P<0.001", "<", ""),
        ("&gt;.25", ">", ""),
        ("<= 5", "≤", ""),
        ("=0.013", "=", ""),
        ("5 mg", "=", ""),
        ("3rd", "=", ""),
    ],
)
def test_signs_before_and_marks_behind_a_number_are_no_part_of_it(text, relation, marks):
    assert read(text)[1:] == (relation, marks)


@pytest.mark.parametrize("text", ["one case", "COVID-19", "IL6", "", "–", "1" * 16])
def test_names_words_and_endless_digits_are_no_numbers(text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31 (36.9%)", ["31", "36.9"]),
        ("36–58", ["36", "58"]),
        ("-7 to -5", ["-7", "-5"]),
        ("44.16 ± 18.99", ["44.16", "18.99"]),
        ("men – 36", ["36"]),
        ("HR 0.83 (0.75–0.93)", ["0.83", "0.75", "0.93"]),
    ],
)
def test_all_numbers_of_a_cell_are_read(text, expected):
    assert [str(one.number) for one in prints.numbers(text)] == expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("36.9", Fraction("36.85"), Fraction("36.95")),
        ("~37", 36, 38),
        ("<0.05", -math.inf, Fraction("0.05")),
        ("≥ 5", 5, math.inf),
        ("0.000012", Fraction("0.0000115"), Fraction("0.0000125")),
    ],
)
def test_what_a_number_was_rounded_from(text, low, high):
    assert prints.read(text).span == Span(low, high)


@given(st.integers(0, 10**8), st.integers(0, 6))
def test_what_was_rounded_lies_in_the_span_of_its_print(whole, digits):
    exact = Fraction(whole, 997)
    shown = f"{Decimal(exact.numerator) / exact.denominator:.{digits}f}"
    found = prints.read(shown)
    assert found.digits == digits and exact in found.span


@given(st.integers(1000, 10**9), st.sampled_from([" ", "\u00a0", "\u2009", "\u202f", ",", "'"]))
def test_grouped_digits_are_the_number_they_group(whole, separator):
    assert prints.read(f"{whole:,}".replace(",", separator)).number == whole


def test_spans_add_and_subtract_as_intervals():
    left, right = prints.read("44.1").span, prints.read("38.5").span
    assert left - right == Span(Fraction("5.5"), Fraction("5.7"))
    assert (left - right).meets(prints.read("5.7").span)
    assert not (left - right).meets(prints.read("5.8").span)


@pytest.mark.parametrize("text", ["(20).0", "20.0)%", "20..0", "5%%", "[3)"])
def test_misplaced_signs_are_seen(text):
    assert prints.misprinted(text)


@pytest.mark.parametrize("text", ["36.9*", "31 (36.9%)", "~37%", "<1", "47.5 %", "n = 31/84 (37)"])
def test_usual_signs_are_not_misplaced(text):
    assert not prints.misprinted(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("50%", "50"), ("36,9", "36.9"), ("−5.6", "-5.6"), ("<0.001", "0.001"), ("96 032", "96032"),
     ("1,234.5", "1234.5"), ("P<0.001", "0.001"), ("1.2e-05", "0.000012"), ("0,123", "0.123")],
)  # fmt: skip
def test_a_cell_that_can_mean_one_thing_is_read(text, expected):
    assert str(number(text).number) == expected


@pytest.mark.parametrize("text", ["2014-11", "many", "4_0", "8e9999999", "31 (36.9)", "1" * 10, ""])
def test_a_cell_of_other_things_is_no_number(text):
    assert number(text) is None


def test_a_cell_that_can_mean_two_things_is_refused():
    with pytest.raises(Unreadable, match=r"may be 1234 or 1\.234"):
        number("1,234")


def test_a_count_may_be_a_bound_and_never_a_part():
    assert count("<5") is None
    assert count("96 032") == 96032
    for text, said in (("2.5", "whole number"), ("-3", "not a number"), ("few", "not a number")):
        with pytest.raises(Unreadable, match=said):
            count(text)


@given(st.text(alphabet="0123456789.,·'−–+<>≤~%()*†abeEPx×^⁻⁵ \u2009\u00a0", max_size=40))
def test_any_text_is_read_or_passed_over(text):
    for one in prints.readings(text):
        assert one.digits >= 0 and one.number in one.span
    assert prints.misprinted(text) in (True, False)


@pytest.mark.parametrize("text", [" ", "- ", "1 ", "1,", "1.000", "<", "(", "1*", "1x10", "a-"])
def test_long_texts_take_no_time(text):
    began = time.monotonic()
    prints.readings(text * 2000)
    assert time.monotonic() - began < 1
