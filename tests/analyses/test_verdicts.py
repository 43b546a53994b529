"""The rules that say whether a conclusion survives."""

import math

import pytest

from case_review.analyses import verdicts
from case_review.analyses.verdicts import FAILS, HOLDS, RESERVED, Line
from case_review.values import Estimate, PValue, Range, Text

MAIN = Estimate(2.0, 1.0, 10.0)
NAN = math.nan
CONCLUSIONS = {"median": "Median time", "difference": "No difference"}


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
    assert verdicts.of_interval(NAN, 0.5, 0) == HOLDS  # what is unknown excludes nothing
    assert verdicts.of_interval(NAN, -0.5, 0) == FAILS
    assert verdicts.of_interval(0.5, NAN, 0) == FAILS


def test_what_does_not_apply_takes_no_part():
    assert verdicts.of_median(Text(verdicts.NOT_APPLICABLE), MAIN) == ""
    assert verdicts.of_median(MAIN, Estimate(NAN, NAN, NAN)) == ""
    assert verdicts.of_interval(NAN, NAN, 0) == ""
    assert verdicts.of_p_value(NAN, 0.95) == ""
    assert verdicts.of_repetitions(["", HOLDS, HOLDS]) == HOLDS
    assert verdicts.of_repetitions(["", ""]) == verdicts.of_repetitions([]) == ""


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


def test_lines_of_one_analysis_share_a_verdict():
    lines = [
        Line("main", "median", "Main", MAIN),
        Line("intervals", "median", "log", MAIN, HOLDS),
        Line("intervals", "median", "plain", Estimate(2, 1, 12), RESERVED),
        Line("rmst", "difference", "RMST", Estimate(1, 0.1, 2), FAILS),
    ]
    assert verdicts.of_analyses(lines) == {
        ("intervals", "median"): RESERVED,
        ("rmst", "difference"): FAILS,
    }
    said = "The review's conclusion. Median time: holds with reservation. "
    assert verdicts.note(lines, CONCLUSIONS) == [said + "No difference: does not hold."]
    assert verdicts.note(lines[:1], CONCLUSIONS) == []


def test_a_line_names_units_and_leads_to_its_numbers():
    median = Estimate(2, 1, NAN, "weeks")
    name, point, limits, verdict = Line("k", "median", "Name", median, HOLDS).cells
    assert (name, verdict) == ("Name", HOLDS)
    assert (point.cell, limits.cell) == ("2 weeks", "1 week to not estimable")
    assert point.whole is limits.whole is median
    _, p, nothing, _ = Line("k", "difference", "Name", PValue(0.2)).cells
    assert (p.cell, nothing) == ("p = 0.200", "")
    outer = Range(1, 12, "weeks")
    assert Line("k", "median", "Name", median, limits=outer).cells[2].cell == "1–12 weeks"
