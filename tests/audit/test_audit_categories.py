"""Labels are read as intervals; gaps and overlaps of a scale are named in its own words."""

import math

import pandas as pd
import pytest
from audit_tables import row

from case_review.audit.checks.categories import coverage
from case_review.audit.claims import from_frame
from case_review.units.intervals import find

HOURS = 730.5  # a month


@pytest.mark.parametrize(
    ("label", "low", "high", "low_closed", "high_closed"),
    [
        ("< 2 months", 0, 2 * HOURS, True, False),
        ("2 months–2 years", 2 * HOURS, 24 * HOURS, True, True),
        ("2-13 years", 24 * HOURS, 156 * HOURS, True, True),
        ("> 18 years", 216 * HOURS, math.inf, False, False),
        ("≥ 18 years", 216 * HOURS, math.inf, True, False),
        ("dose ≤0.5 mg/kg/day", 0, 0.5, True, True),
        ("5 to 15 ng/ml", 5, 15, True, True),
    ],
)
def test_labels_become_intervals(label, low, high, low_closed, high_closed):
    interval = find(label)
    assert (float(interval.low), float(interval.high)) == (low, high)
    assert (interval.low_closed, interval.high_closed) == (low_closed, high_closed)


@pytest.mark.parametrize("label", ["Male", "Not reported", "Kind 2", "n = 84", "2 patients"])
def test_other_labels_are_none(label):
    assert find(label) is None


def differences(*labels):
    rows = [
        row(f"t.age.g{i}.all.n", 1, f"Table I, row {label}, column All", "count")
        for i, label in enumerate(labels)
    ]
    found = list(coverage(from_frame(pd.DataFrame(rows))))
    return [(finding.kind, finding.difference) for finding in found]


def test_categories_that_cover_a_scale_once_give_nothing():
    assert differences("< 2 years", "2–13 years", "> 13 years") == []
    assert differences("≥ 5 mg", "< 5 mg") == []
    assert differences("0–4 years", "5–9 years", "≥ 10 years") == []  # completed years


def test_values_between_categories_are_a_gap():
    assert differences("< 1.0 mg/m2", "1.5–1.6 mg/m2", "> 2.0 mg/m2") == [
        ("gap", "from 1.0 mg/m2 and below 1.5 mg/m2"),
        ("gap", "above 1.6 mg/m2 and up to 2.0 mg/m2"),
    ]


def test_a_single_value_can_be_missed():
    assert differences("< 5 mg", "> 5 mg") == [("gap", "exactly 5 mg")]


def test_ends_of_the_scale_can_be_missed():
    assert differences("1–5 ng/ml", "5–15 ng/ml") == [
        ("gap", "below 1 ng/ml"),
        ("overlap", "exactly 5 ng/ml"),
        ("gap", "above 15 ng/ml"),
    ]


def test_a_range_can_lie_in_two_categories():
    assert differences("< 3 years", "2–13 years", "> 13 years") == [
        ("overlap", "from 2 years to 3 years")
    ]


def test_scales_are_judged_apart():
    assert differences("< 1 mg/kg", "≥ 1 mg/kg", "< 30 mg/m²", "≥ 30 mg/m2") == []


def test_units_of_time_are_compared():
    assert differences("< 12 months", "1–2 years", "> 24 months") == []
    assert differences("< 11 months", "1–2 years", "> 24 months") == [
        ("gap", "from 11 months and below 1 years")
    ]
