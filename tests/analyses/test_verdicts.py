"""The rules that say whether a conclusion survives."""

import math

import pytest

from case_review.analyses import verdicts
from case_review.analyses.verdicts import FAILS, HOLDS, RESERVED
from case_review.values import Estimate

MAIN = Estimate(2.0, 1.0, 10.0)


@pytest.mark.parametrize(
    "found, expected",
    [
        (Estimate(2, 1, 10), HOLDS),
        (Estimate(3, 1.5, 9), HOLDS),
        (Estimate(2, 0.5, 9), RESERVED),
        (Estimate(2, 1, math.nan), RESERVED),
        (Estimate(11, 2, 12), FAILS),
        (Estimate(math.nan, math.nan, math.nan), FAILS),
    ],
)
def test_median(found, expected):
    assert verdicts.of_median(found, MAIN) == expected


def test_a_limit_that_is_not_estimable_sets_no_bound():
    assert verdicts.of_median(Estimate(2, 1, math.nan), Estimate(2, 1, math.nan)) == HOLDS


def test_difference():
    assert verdicts.of_p_value(0.241, 0.95) == HOLDS
    assert verdicts.of_p_value(0.05, 0.95) == HOLDS  # as the rule says: at least 0.05
    assert verdicts.of_p_value(0.0499, 0.95) == FAILS
    assert verdicts.of_interval(-3, 1, 0) == HOLDS
    assert verdicts.of_interval(1.01, 3, 1) == FAILS
    assert verdicts.of_interval(math.nan, math.nan, 0) == HOLDS  # what is unknown excludes nothing
    assert verdicts.of_interval(math.nan, -0.5, 0) == FAILS


def test_repetitions():
    assert verdicts.of_repetitions([HOLDS, HOLDS]) == HOLDS
    assert verdicts.of_repetitions([HOLDS, FAILS]) == RESERVED
    assert verdicts.of_repetitions([RESERVED, RESERVED]) == RESERVED
    assert verdicts.of_repetitions([FAILS, FAILS]) == FAILS


def test_proportion():
    assert verdicts.of_proportion(0.863, [0.8, 0.5]) == HOLDS
    assert verdicts.of_proportion(0.8, [0.8, 0.5]) == HOLDS
    assert verdicts.of_proportion(0.5, [0.8, 0.5]) == RESERVED
    assert verdicts.of_proportion(0.76, [0.8, 0.5]) == RESERVED
    assert verdicts.of_proportion(0.4, [0.5, 0.8]) == FAILS
    assert "at least 80%" in verdicts.proportion_rule([0.5, 0.8])


def test_later_studies():
    assert verdicts.of_later_studies([0.9, 1.0], 0.863) == HOLDS
    assert verdicts.of_later_studies([0.9, 0.8], 0.863) == RESERVED
    assert verdicts.of_later_studies([0.9, 0.8, 0.7], 0.863) == FAILS
