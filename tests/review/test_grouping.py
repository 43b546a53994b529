"""Groups of ages, doses and target levels, at their limits and outside."""

import math

import pytest
from conftest import ROOT

from case_review.analyses.grouping import (
    ACROSS,
    UNCLASSIFIED,
    groups_of,
    interval_group,
    target_groups,
)
from case_review.parameters import loading
from case_review.project import Project
from case_review.units import intervals

VALUES = loading.load(Project(ROOT)).values
AGES = intervals.by_id(VALUES["characteristics"]["age_groups"], VALUES["shared"]["month_days"])
DOSES = intervals.by_id(VALUES["treatment"]["dose_groups"])
LEVELS = intervals.by_id(VALUES["treatment"]["level_groups"])


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (8, "weeks", "age_1"),
        (2, "months", "age_2"),
        (23, "months", "age_2"),
        (24, "months", "age_3"),
        (2, "years", "age_3"),
        (13, "years", "age_4"),
        # As printed: 13–18 years and > 18 years.
        (18, "years", "age_4"),
        (216, "months", "age_4"),
        (18.5, "years", "age_5"),
    ],
)
def test_a_shared_age_belongs_to_the_older_group_unless_the_print_says_so(value, unit, expected):
    assert groups_of([value], [unit], AGES) == [expected]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.04, "mg/kg/day", "dose_1"),
        (0.05, "mg/kg/day", "dose_2"),
        (0.1, "mg/kg/day", "dose_2"),
        (0.11, "mg/kg/day", UNCLASSIFIED),
        (0.1, "mg/m2/day", "dose_3"),
        (1.0, "mg/m2/day", UNCLASSIFIED),
        (1.6, "mg/m2/day", "dose_4"),
        (2.0, "mg/m2/day", UNCLASSIFIED),
        (2.01, "mg/m2/day", "dose_5"),
        (1.6, "mg/day", UNCLASSIFIED),
        (1.6, math.nan, UNCLASSIFIED),
    ],
)
def test_doses_stay_on_their_own_scale(value, unit, expected):
    assert groups_of([value], [unit], DOSES) == [expected]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (5, 15, "level_1"),
        (10, 12, "level_1"),
        (2, 5, "level_2"),
        (4, 10, ACROSS),
        (0, 20, ACROSS),
        (10, 20, UNCLASSIFIED),
        (5, 20, UNCLASSIFIED),
        (5, 5, "level_1"),
        (20, 25, UNCLASSIFIED),
        (5, math.nan, UNCLASSIFIED),
    ],
)
def test_a_target_belongs_where_it_lies_within(low, high, expected):
    assert target_groups([low], [high], "ng/ml", LEVELS) == [expected]


@pytest.mark.parametrize(
    ("label", "groups", "expected"),
    [
        ("2 months–2 years", AGES, "age_2"),
        ("< 6 weeks", AGES, "age_1"),
        ("3–12 years", AGES, "age_3"),
        ("> 18 years", AGES, "age_5"),
        ("1–3 years", AGES, ACROSS),
        ("≥ 10 years", AGES, ACROSS),
        ("< 0.04 mg/kg/day", DOSES, "dose_1"),
        ("0.04–0.06 mg/kg/day", DOSES, ACROSS),
        ("0.08–0.2 mg/kg/day", DOSES, UNCLASSIFIED),
        ("1.7–1.9 mg/m²/day", DOSES, UNCLASSIFIED),
        ("5–10 mg/day", DOSES, UNCLASSIFIED),
    ],
)
def test_a_printed_group_belongs_where_it_lies_within(label, groups, expected):
    assert interval_group(intervals.parse(label), groups) == expected


def test_every_group_is_its_own():
    for groups in (AGES, DOSES, LEVELS):
        for id, group in groups.items():
            assert interval_group(intervals.parse(group.label), groups) == id


def test_what_is_not_reported_has_no_group():
    assert groups_of([math.nan, 1.6], [None, "mg/m2/day"], DOSES) == [None, "dose_4"]
    assert groups_of([math.nan], [None], AGES) == [None]
    assert target_groups([math.nan], [math.nan], "ng/ml", LEVELS) == [None]
