"""Values print themselves: prose, cell, and fields, each from the value's own numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.lib.pretty import pretty

from case_review import values
from case_review.values import (
    DETERMINED,
    METHOD,
    PRINTED,
    VARIES,
    ChiSquare,
    Count,
    Estimate,
    Number,
    Part,
    Proportion,
    PValue,
    Range,
    Spread,
    Text,
    Varying,
)

NAN = math.nan


@pytest.mark.parametrize(
    "value, prose, cell",
    [
        (Count(30, of=84), "30 (35.7%)", "30 (35.7)"),
        (Count(0, of=84), "0 (0.0%)", "0"),
        (Count(0, of=27), "0 (0.0%)", "0"),
        (Count(0, of=0), "0 of 0", "0"),
        (Count(1234), "1,234", "1,234"),
        (Count(30, of=84, low=0.256, high=0.469), "30 (35.7%)", "30 (35.7; 25.6–46.9)"),
        (Number(12, "weeks"), "12 weeks", "12"),
        (Number(1, "weeks"), "1 week", "1"),
        (Number(2.0), "2", "2"),
        (Number(-0.5, digits=1), "−0.5", "−0.5"),
        (Number(NAN, "weeks"), "not estimable", "not estimable"),
        (Estimate(2, 1, 10, "weeks"), "2 weeks (95% CI 1–10 weeks)", "2 (1–10)"),
        (Estimate(4, 1, NAN, "weeks"), "4 weeks (95% CI 1 week to not estimable)",
         "4 (1 to not estimable)"),
        (Estimate(NAN, NAN, NAN, "weeks"), "not estimable (95% CI not estimable)",
         "not estimable (not estimable)"),
        (Estimate(1, 0.5, 1, "weeks"), "1 week (95% CI 0.5–1 weeks)", "1 (0.5–1)"),
        (Estimate(2, NAN, NAN, "weeks"), "2 weeks (95% CI not estimable)", "2 (not estimable)"),
        (Estimate(1, 0, 2, conf_level=0.9), "1 (90% CI 0–2)", "1 (0–2)"),
        (Estimate(0.6084, 0.2684, 1.379, digits=2), "0.61 (95% CI 0.27–1.38)", "0.61 (0.27–1.38)"),
        (Estimate(1.26, 0.31, 2.75, "weeks", most=1), "1.3 weeks (95% CI 0.3–2.8 weeks)",
         "1.3 (0.3–2.8)"),
        (Estimate(-1.5, -3, 0.25, digits=1, conf_level=0.9), "−1.5 (90% CI −3.0 to 0.3)",
         "−1.5 (−3.0 to 0.3)"),
        (Proportion(0.6, 0.323, 0.837), "60.0% (95% CI 32.3–83.7%)", "60.0 (32.3–83.7)"),
        (Proportion(1.0, NAN, NAN), "100.0% (95% CI not estimable)", "100.0 (not estimable)"),
        (Proportion(NAN, NAN, NAN), "not estimable", "not estimable"),
        (PValue(0.2414), "p = 0.241", "0.241"),
        (PValue(0.0001), "p < 0.001", "< 0.001"),
        (PValue(0.9999), "p > 0.999", "> 0.999"),
        (PValue(NAN), "not estimable", "not estimable"),
        (Range(1, 10, "weeks"), "1–10 weeks", "1–10"),
        (Range(0.551, 1.8, digits=2, word=" to "), "0.55 to 1.80", "0.55 to 1.80"),
        (Range(1, NAN, "weeks"), "1 week to not estimable", "1 to not estimable"),
        (Range(NAN, NAN, "weeks"), "not estimable", "not estimable"),
        (Text("24 h", 24, unit="hours"), "24 h", "24 h"),
    ],
)  # fmt: skip
def test_forms(value, prose, cell):
    assert (value.prose, value.cell) == (prose, cell)


def test_a_count_can_be_shown_beside_its_limits():
    share = Count(30, of=84, low=0.256, high=0.469)
    assert (share.point.prose, share.point.cell) == ("30 (35.7%)", "30 (35.7)")
    assert (share.limits.prose, share.limits.cell) == ("25.6–46.9%", "25.6–46.9")
    assert share.point.fields() == share.limits.fields() == share.fields()
    assert Count(0, of=84, low=0.0, high=0.04).point.cell == "0"


@pytest.mark.parametrize(
    "count, prose, cell",
    [
        (Count(30, of=84), "35.7%", "35.7"),
        (Count(0, of=84), "0.0%", "0"),
        (Count(30, of=84, low=0.256, high=0.469), "35.7%", "35.7 (25.6–46.9)"),
        (Count(0, of=25, low=0.0, high=0.137), "0.0%", "0.0 (0.0–13.7)"),
    ],
)
def test_the_share_of_a_count_keeps_its_numbers(count, prose, cell):
    assert (count.share.prose, count.share.cell) == (prose, cell)
    assert count.share.fields() == count.fields()


def test_fields_are_unrounded_and_hold_no_nan():
    empty = {"value": None, "low": None, "high": None, "unit": "", "n": None, "of": None}
    assert Estimate(4 / 3, 1, NAN, "weeks", n=25).fields() == empty | {
        "value": 4 / 3, "low": 1, "unit": "weeks", "n": 25,
    }  # fmt: skip
    assert Count(3, of=4, low=0.25, high=0.75).fields() == empty | {
        "value": 3, "low": 1.0, "high": 3.0, "unit": "patients", "n": 3, "of": 4,
    }  # fmt: skip
    assert Range(1.5, 2, "weeks").fields() == empty | {
        "low": 1.5, "high": 2, "unit": "weeks",
    }  # fmt: skip
    assert PValue(NAN).fields() == empty
    assert Text("all splits").fields() == empty | {"value": "all splits"}
    assert Text("24 h", 24, unit="hours").fields() == empty | {"value": 24, "unit": "hours"}


def test_parts_print_alone_and_keep_all_numbers():
    found = Estimate(2, 1, 10, "weeks")
    assert (found.point.prose, found.limits.prose) == ("2 weeks", "1–10 weeks")
    assert found.point.fields() == found.limits.fields() == found.fields()


def test_a_cell_may_spell_out_the_unit_and_lead_to_the_whole():
    found = Estimate(2, 1, 10, "weeks")
    assert (found.point.cell, found.point.spelled.cell) == ("2", "2 weeks")
    assert found.limits.spelled.whole is found.point.spelled.whole is found
    p = PValue(0.2)
    assert (p.spelled.cell, p.spelled.whole) == ("p = 0.200", p)
    assert p.spelled.fields() == p.fields()


def test_plain_numbers_and_texts_become_values():
    assert values.of(3, "reports") == Number(3, "reports")
    assert values.of("yes") == Text("yes")
    count = Count(1)
    assert values.of(count) is count


numbers = st.one_of(st.just(NAN), st.floats(-1e6, 1e6))


@given(numbers, numbers, numbers)
def test_whatever_the_numbers_nothing_prints_nan_or_a_hyphen_for_a_minus(a, b, c):
    for value in (Estimate(a, b, c, "weeks"), Estimate(a, b, c, digits=2), Range(b, c), Number(a)):
        for text in (value.prose, value.cell):
            assert "nan" not in text and "-" not in text
        assert all(x is None or x == x for x in value.fields().values())


# -- what a number rests on ------------------------------------------------------------------------

RATIO = Estimate(1.3, 0.6, 2.9, digits=2)


@pytest.mark.parametrize(
    "one, spread, prose, cell",
    [
        (RATIO, Spread(0.541, 1.979, 1.06), "0.54 to 1.98", "1.06 [0.54–1.98]"),
        (Count(3, of=60), Spread(0, 4, 2), "0 to 4 of 60", "2 [0–4]"),
        (Count(3), Spread(0, 1234, 2), "0 to 1,234", "2 [0–1,234]"),
        (PValue(0.033), Spread(0.0001, 0.81, 0.2), "p < 0.001 to 0.810", "0.200 [< 0.001–0.810]"),
        (Proportion(0.6, 0.3, 0.8), Spread(0.5, 0.7, 0.6), "50.0 to 70.0%", "60.0 [50.0–70.0]"),
        (Number(-1.5, "weeks", digits=1), Spread(-5.1, 5.2, 0.1), "−5.1 to 5.2 weeks",
         "0.1 [−5.1 to 5.2]"),
        (Range(1, 10, "weeks"), Spread(3, 11, 9), "3 to 11 weeks", "9 [3–11]"),
        (Text("24 h", 24, unit="hours"), Spread(20, 30, 24), "20 to 30 hours", "24 [20–30]"),
        (Estimate(2, 1, 10, "weeks"), Spread(1, NAN, 2), "1 week to not estimable",
         "2 [1 to not estimable]"),
        (Number(2, "weeks"), Spread(1, 3), "1 to 3 weeks", "[1–3]"),
        (RATIO, Spread(1.061, 1.064, 1.062), "1.06", "1.06"),
        (Number(2, "weeks"), None, "2 weeks", "2"),
        (RATIO, None, "1.30 (95% CI 0.60–2.90)", "1.30 (0.60–2.90)"),
    ],
)  # fmt: skip
def test_what_varies_is_shown_as_its_range_and_in_a_cell_with_the_middle(one, spread, prose, cell):
    found = Varying(one, spread)
    assert (found.prose, found.cell) == (prose, cell)


def test_the_parts_of_an_estimate_that_varies():
    found = Varying(RATIO, Spread(0.54, 1.98, 1.06), Spread(0.2, 9))
    assert found.point is found
    assert (found.limits.prose, found.limits.cell) == ("0.20–9.00", "0.20–9.00")
    assert (found.spelled.cell, found.spelled.whole) == ("0.54 to 1.98", found)
    alone = Varying(RATIO)
    assert (alone.limits.cell, alone.limits.whole) == ("0.60–2.90", alone)
    assert Varying(Count(3, of=60), Spread(0, 4, 2)).share.cell == "2 [0–4]"


def test_a_part_is_taken_of_the_whole_with_its_standing():
    found = Varying(RATIO, Spread(0.54, 1.98, 1.06), Spread(0.2, 9))
    assert RATIO.limits.of_whole(found) == found.limits
    assert RATIO.point.of_whole(found) is found
    assert RATIO.spelled.of_whole(found).cell == "0.54 to 1.98"
    own = values.Part("about one", "one", RATIO)
    assert own.of_whole(found) == values.Part("about one", "one", found)


def test_the_fields_of_what_varies_are_the_middle_and_the_outermost_limits():
    found = Varying(Estimate(1.3, 0.6, 2.9, n=25), Spread(0.54, 1.98, 1.06), Spread(0.2, NAN))
    fields = found.fields()
    assert (fields["value"], fields["low"], fields["high"], fields["n"]) == (1.06, 0.2, None, 25)
    fields = Varying(RATIO, Spread(0.54, 1.98, NAN)).fields()
    assert (fields["value"], fields["low"], fields["high"]) == (None, None, None)
    assert Varying(RATIO).fields() == RATIO.fields()
    count = Varying(Count(3, of=60), Spread(0, 4, 2)).fields()
    assert (count["value"], count["n"], count["of"]) == (2, None, 60)


def test_registry_and_csv_hold_what_a_value_and_its_parts_rest_on():
    nothing = {"least": None, "most": None, "proved": None}
    assert values.ends(RATIO) == {"standing": "", **nothing}
    assert values.ends(RATIO.stands(PRINTED)) == {"standing": PRINTED, **nothing}
    assert values.ends(RATIO.stands(DETERMINED).limits) == {"standing": DETERMINED, **nothing}
    assert values.ends(Varying(RATIO)) == {"standing": VARIES, **nothing}
    found = Varying(RATIO, Spread(0.54, NAN, proved=True), Spread(0.2, 9))
    said = {"standing": VARIES, "least": 0.54, "most": None, "proved": True}
    assert values.ends(found) == values.ends(found.limits) == values.ends(found.spelled) == said


def test_what_follows_from_numbers_and_choices_rests_on_the_numbers():
    def following(*standings):
        return values.following(*(Number(1).stands(standing) for standing in standings))

    assert following(PRINTED, METHOD) == following(DETERMINED, METHOD) == DETERMINED
    assert following(METHOD) == METHOD and following(METHOD, VARIES) == VARIES


def test_where_only_the_limits_vary_the_words_say_so():
    median = Estimate(2, 1, 10, "weeks")
    found = Varying(median, Spread(2, 2, 2), Spread(0.5, 12))
    assert found.prose == "2 weeks (limits within 0.5–12 weeks)"
    assert Varying(median, Spread(1, 2, 2), Spread(0.5, 12)).prose == "1 to 2 weeks"
    assert Varying(Number(2), Spread(2, 2, 2)).prose == "2"


def test_a_standing_changes_no_number():
    for value in (RATIO, Count(3, of=4), PValue(0.2), Text("x"), Range(1, 2), Number(1)):
        stands = value.stands(PRINTED)
        assert stands == value and stands.standing == PRINTED and value.standing == ""
        assert (stands.prose, stands.cell, stands.fields()) == (
            value.prose, value.cell, value.fields(),
        )  # fmt: skip


def test_what_is_computed_from_a_printed_count_is_not_printed_where_it_stands_alone():
    count = Count(12, of=60, low=0.108, high=0.323).stands(PRINTED)
    assert [values.ends(each)["standing"] for each in (count, count.point)] == [PRINTED] * 2
    alone = (count.limits, count.share)
    assert [values.ends(each)["standing"] for each in alone] == [DETERMINED] * 2
    median = Estimate(2, 1, 10, "weeks").stands(PRINTED)  # whose limits are printed with it
    assert values.ends(median.limits)["standing"] == PRINTED
    varies = Varying(Count(3, of=60))
    assert values.ends(varies.share)["standing"] == VARIES


def test_a_range_is_printed_if_both_its_ends_are():
    ends = [Number(n).stands(standing) for n, standing in enumerate((PRINTED, DETERMINED, VARIES))]
    assert values.together(ends[0], ends[0]) == PRINTED
    assert values.together(*ends[:2]) == DETERMINED
    assert values.together(*ends) == VARIES


def test_every_standing_has_its_letter_and_what_is_marked_its_words():
    assert set(values.MARKS) == {*values.STANDINGS, ""}
    letters = [letter for letter in values.MARKS.values() if letter]
    assert len(letters) == len(set(letters))
    assert {kind for kind in values.MARKS if values.MARKS[kind]} == set(values.SAID)


@given(numbers, numbers, numbers)
def test_whatever_the_spread_nothing_prints_nan_or_a_hyphen_for_a_minus(least, most, middle):
    for one in (RATIO, Number(1, "weeks"), Count(3, of=60), Range(1, 2, "weeks")):
        found = Varying(one, Spread(least, most, middle))
        for text in (found.prose, found.cell):
            assert "nan" not in text and "-" not in text
        assert all(x is None or x == x for x in (found.fields() | found.ends()).values())


# -- percentages of few, and chi-square ------------------------------------------------------------


@pytest.mark.parametrize(
    "value, cell, coarse",
    [
        (Count(7, of=15), "7 (46.7)", "7 (47)"),
        (Count(1, of=8), "1 (12.5)", "1 (13)"),  # halves away from zero
        (Count(10, of=20), "10 (50.0)", "10 (50.0)"),
        (Count(0, of=5), "0", "0"),
        (Count(7), "7", "7"),
        (Count(7, of=15).share, "46.7", "47"),
        (Count(3, of=10, low=0.066, high=0.652), "3 (30.0; 6.6–65.2)", "3 (30; 7–65)"),
        (Proportion(0.4, 0.163, 0.677, n=6, of=15), "40.0 (16.3–67.7)", "40 (16–68)"),
        (Proportion(0.4, 0.163, 0.677, n=25), "40.0 (16.3–67.7)", "40.0 (16.3–67.7)"),
        (Proportion(0.4, 0.163, 0.677, n=15).point, "40.0", "40"),
        (Estimate(1.234, 0.5, 3, digits=2, n=10), "1.23 (0.50–3.00)", "1.23 (0.50–3.00)"),
        (
            Varying(Proportion(0.4, 0.1, 0.7, n=15), Spread(1 / 3, 0.8, 0.5)),
            "50.0 [33.3–80.0]",
            "50 [33–80]",
        ),
    ],
)
def test_percentages_of_fewer_than_twenty_lose_their_decimals(value, cell, coarse):
    shown = value.coarse(20)
    assert (value.cell, shown.cell) == (cell, coarse)
    assert shown.fields() == value.fields()
    assert value.coarse(0).cell == cell


def test_words_of_ones_own_stay_as_they_are():
    part = Part("7 of 15", "7/15", Count(7, of=15))
    assert part.coarse(20) is part


def test_chi_square_has_its_degrees_of_freedom_also_where_it_varies():
    one = ChiSquare(1.3733, 1)
    assert one.prose == one.cell == "χ² = 1.37 (1 df)"
    varying = Varying(one, Spread(0.0002, 10.113, 0.4))
    assert varying.prose == "χ² = 0.00 to 10.11 (1 df)"
    assert varying.cell == "χ² = 0.40 [0.00–10.11] (1 df)"
    assert varying.fields()["value"] == 0.4 and one.fields()["value"] == 1.3733


def test_a_notebook_shows_a_value_as_it_is_read():
    assert pretty(Count(12, of=60)) == Count(12, of=60).prose
    assert pretty({"p": PValue(0.0001)}) == "{'p': p < 0.001}"
