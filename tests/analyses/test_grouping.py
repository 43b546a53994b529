"""Groups of ages, doses and target levels, at their limits and outside."""

import math

import pytest
from conftest import ROOT

from case_review.analyses.grouping import ACROSS, UNCLASSIFIED, age_group, group_of, interval_group
from case_review.errors import ReviewError
from case_review.parameters import loading
from case_review.project import Project
from case_review.units import to_hours

VALUES = loading.load(Project(ROOT)).values
AGES = VALUES["characteristics"]["age_groups"]
DOSES = VALUES["treatment"]["dose_groups"]
LEVELS = VALUES["treatment"]["level_groups"]
MONTH = VALUES["shared"]["month_days"]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (8, "weeks", "age_lt_2_months"),
        (2, "months", "age_2_months_to_2_years"),
        (23, "months", "age_2_months_to_2_years"),
        (24, "months", "age_2_to_13_years"),
        (2, "years", "age_2_to_13_years"),
        (13, "years", "age_13_to_18_years"),
        (18, "years", "age_gt_18_years"),
    ],
)
def test_a_shared_age_belongs_to_the_older_group(value, unit, expected):
    assert age_group(to_hours(value, unit, MONTH), AGES, MONTH) == expected


def test_a_unit_that_is_no_time_is_refused():
    with pytest.raises(ReviewError, match="unit 'mg' is no unit of time"):
        age_group(5, [{"id": "a", "unit": "mg", "high": 2}], MONTH)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.04, "mg/kg/day", "dose_lt_0_05_mg_kg"),
        (0.05, "mg/kg/day", "dose_0_05_to_0_1_mg_kg"),
        (0.1, "mg/kg/day", "dose_0_05_to_0_1_mg_kg"),
        (0.11, "mg/kg/day", UNCLASSIFIED),
        (0.1, "mg/m2/day", "dose_lt_1_0_mg_m2"),
        (1.0, "mg/m2/day", UNCLASSIFIED),
        (1.6, "mg/m2/day", "dose_1_5_to_1_6_mg_m2"),
        (2.0, "mg/m2/day", UNCLASSIFIED),
        (2.01, "mg/m2/day", "dose_gt_2_0_mg_m2"),
        (1.6, "mg/day", UNCLASSIFIED),
    ],
)
def test_doses_stay_on_their_own_scale(value, unit, expected):
    assert group_of(value, unit, DOSES) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (5, 15, "level_5_to_15"),
        (10, 12, "level_5_to_15"),
        (2, 5, "level_1_to_5"),
        (4, 10, ACROSS),
        (0, 20, ACROSS),
        (10, 20, UNCLASSIFIED),
        (5, 20, UNCLASSIFIED),
        (5, 5, "level_5_to_15"),
        (20, 25, UNCLASSIFIED),
        (5, math.nan, UNCLASSIFIED),
    ],
)
def test_a_target_belongs_where_it_lies_within(low, high, expected):
    assert interval_group(low, high, LEVELS) == expected


def test_what_is_not_reported_has_no_group():
    assert group_of(math.nan, None, DOSES) is None
    assert age_group(math.nan, AGES, MONTH) is None
    assert interval_group(math.nan, math.nan, LEVELS) is None
