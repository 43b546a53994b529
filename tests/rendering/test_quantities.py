"""Recorded numbers in words, as cards and tooltips say them."""

import pytest

from case_review import registry
from case_review.rendering import provenance, quantities
from case_review.values import PRINTED, Count, Estimate, Number, Proportion, PValue, Range, ends


def recorded(value):
    result = registry.Result("a.b", text=value.prose, **value.fields(), **ends(value))
    return registry.Recorded(**vars(result), notebook="01_small")


@pytest.mark.parametrize(
    ("value", "said", "limits"),
    [
        (Count(1), "1 patient", ""),
        (Count(12, of=60, low=0.108, high=0.323), "12 patients", "10.8 to 32.3%"),
        (Estimate(2, 1, 10, "weeks"), "2 weeks", "1 to 10 weeks"),
        (Estimate(2, 1, float("nan"), "weeks"), "2 weeks", "1 week to not estimable"),
        (Estimate(2, 0, 1, "weeks"), "2 weeks", "0 to 1 weeks"),
        (Proportion(0, 0, 0.137, n=0, of=25), "0%", "0 to 13.7%"),
        (Number(20 / 7, "weeks"), "2.85714 weeks", ""),
        (Number(1.6, "mg/m2/day"), "1.6 mg/m²/day", ""),
        (Number(None, "weeks"), "not estimable", ""),
        (PValue(0.2414241), "0.241424", ""),
        (Range(24, 4383, "hours"), "", "24 to 4383 hours"),
    ],
)
def test_a_number_is_said_with_its_unit_in_six_digits_and_a_range_by_its_ends(value, said, limits):
    result = recorded(value)
    assert (quantities.value(result), quantities.interval(result)) == (said, limits)


def test_a_tooltip_says_a_range_once():
    said = provenance.tooltip(recorded(Range(24, 4383, "hours").stands(PRINTED)))
    assert said.startswith("a.b = 24 to 4383 hours; printed in the review; ")


@pytest.mark.parametrize(
    ("shown", "place"),
    [
        ("2 (1–10)", "number-a-b"),
        ("2", "number-a-b"),
        ("2.0", "tbl-one:0:1"),
        ("−2", "tbl-one:0:1"),
        ("1 to not estimable", "tbl-one:0:1"),
        ("", "number-a-b"),
    ],
)
def test_a_cell_leads_to_its_own_place_if_the_row_does_not_show_it(shown, place):
    result = recorded(Estimate(2, 1, 10, "weeks"))
    assert provenance.address(result, "tbl-one:0:1", shown) == f"notebooks/01_small.html#{place}"
