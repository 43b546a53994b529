"""Cut-points are written once: their labels are read back as the intervals that they name."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from case_review.units.intervals import between, by_id, find, of_group, parse

NUMBERS = st.decimals(0, 500, places=3, allow_nan=False).map(lambda x: x.normalize())
UNITS = st.sampled_from(
    ["months", "years", "weeks", "days", "hours", "mg/kg/day", "mg/m2/day", "ng/ml", "%", "g"]
)
CLOSED = st.sampled_from(["left", "right", "both", "neither"])
TIMES = ["hours", "days", "weeks", "months", "years"]


@st.composite
def groups(draw):
    """A group as params.yml may write it: one end or two, in one unit or in two of time."""
    group = {
        "id": "x",
        "unit": draw(UNITS),
        "closed": draw(CLOSED),
        "digits": draw(st.integers(0, 3)),
    }
    ends = draw(st.sampled_from([("low",), ("high",), ("low", "high")]))
    group |= {end: float(draw(NUMBERS)) for end in ends}
    if group["unit"] in TIMES and draw(st.booleans()):
        group["high_unit"] = draw(st.sampled_from(TIMES))
    return group


@given(groups(), st.sampled_from([28, 30.4375]))
def test_a_label_names_its_interval(group, month_days):
    interval = of_group(group, month_days)
    back = parse(interval.label, month_days)
    assert (back.low, back.high, back.scale) == (interval.low, interval.high, interval.scale)
    assert back.within(interval) and interval.within(back)
    # Of two ends, print does not say which belong to it.
    if not (interval.low_printed and interval.high_printed) or group["closed"] == "both":
        assert back == interval
    assert parse(back.label, month_days) == back


@given(groups(), NUMBERS)
def test_a_value_lies_in_it_as_its_ends_say(group, number):
    interval = of_group(group)
    assume("high_unit" not in group)
    low, high = (Fraction(str(group.get(end, inf))) if end in group else None
                 for end, inf in (("low", 0), ("high", 0)))  # fmt: skip
    value = Fraction(number)
    above = low is None or value > low or (value == low and group["closed"] in ("left", "both"))
    below = high is None or value < high or (value == high and group["closed"] in ("right", "both"))
    assert interval.contains(number, group["unit"]) == (above and below)


@given(groups(), groups())
def test_intervals_that_overlap_reach_into_each_other_or_touch(one, other):
    a, b = of_group(one), of_group(other)
    assume(not a.empty and not b.empty)
    assert a.overlaps(b) == b.overlaps(a) and a.reaches(b) == b.reaches(a)
    if a.overlaps(b) and not a.reaches(b):
        assert a.high == b.low or b.high == a.low or a.low == a.high or b.low == b.high


@pytest.mark.parametrize(
    ("group", "label", "short"),
    [
        ({"unit": "months", "high": 2}, "< 2 months", "< 2"),
        ({"unit": "months", "high": 1}, "< 1 month", "< 1"),
        ({"unit": "months", "high": 2, "closed": "both"}, "≤ 2 months", "≤ 2"),
        ({"unit": "years", "low": 18}, "≥ 18 years", "≥ 18"),
        ({"unit": "years", "low": 18, "closed": "neither"}, "> 18 years", "> 18"),
        ({"unit": "mg/m2/day", "high": 1.0, "digits": 1}, "< 1.0 mg/m²/day", "< 1.0"),
        ({"unit": "mg/m2/day", "low": 1.5, "high": 1.6}, "1.5–1.6 mg/m²/day", "1.5–1.6"),
        ({"unit": "g", "high": 0.00005, "digits": 1}, "< 0.00005 g", "< 0.00005"),
        ({"unit": "g", "high": 3e5}, "< 300000 g", "< 300000"),
        ({"unit": "months", "low": 2, "high": 2, "high_unit": "years"},
         "2 months–2 years", "2 months–2 years"),
        ({"unit": "weeks", "low": 1, "high": 1, "high_unit": "years"},
         "1 week–1 year", "1 week–1 year"),
    ],
)  # fmt: skip
def test_labels_are_made_from_ends_and_unit(group, label, short):
    assert (of_group(group).label, of_group(group).short) == (label, short)


@pytest.mark.parametrize(
    "text", ["old", "", "2 months", "< 2", "about < 2 months", "< 2 months or so", "2 mg–3 ml"]
)
def test_what_is_no_label_is_refused(text):
    with pytest.raises(ValueError, match="expected an interval with its unit, such as '< 2 mon"):
        parse(text)


def test_units_in_another_spelling_are_the_same_scale():
    assert parse("< 1.0 mg/m2/day") == parse("< 1.0 mg/m²/day")
    assert parse("<24 months") == parse("< 2 years")
    assert parse("5 to 15 ng/ml") == parse("5-15 ng/ml") == between(5, 15, "ng/ml")
    assert find("a target of 5–15 ng/ml") == between(5, 15, "ng/ml")


def test_lengths_of_months_matter_only_between_units():
    months = by_id([{"id": "young", "unit": "months", "high": 2}], 30.44)["young"]
    assert not months.contains(2, "months") and months.contains(Decimal("1.99"), "months")
    assert months.contains(60, "days") and not months.contains(61, "days")
