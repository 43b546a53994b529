"""The rules that say whether a conclusion survives."""

import math

import pandas as pd
import pytest

from case_review.analyses import verdict_rules, verdicts
from case_review.analyses.verdicts import FAILS, HOLDS, RESERVED, Judge, Line
from case_review.values import Estimate, PValue, Range, Spread, Text, Varying

MAIN = Estimate(2.0, 1.0, 10.0)
NAN = math.nan
COUNTS = pd.DataFrame(
    [
        ("intervals", "median", 0, 995, 5, 1000, False),
        ("intervals_plain", "median", 10, 990, 0, 1000, False),
        ("months", "median", 0, 0, 1000, 1000, False),
        ("months", "difference", 0, 0, 1000, 1000, True),
        ("rare", "difference", 1000, 0, 0, 1000, True),
        ("rmst", "difference", 6, 60, 934, 1000, False),
    ],
    columns=["analysis", "conclusion", "fails", "reserved", "holds", "sets", "beyond"],
)
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
    assert verdicts.of_proportion(NAN, [0.8, 0.5]) == ""
    assert verdicts.of_p_value(NAN, 0.95) == verdicts.of_interval(NAN, NAN, 0) == ""
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
    assert "at least 80%" in verdict_rules.proportion_rule([0.5, 0.8], "Nearly all")


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
    judge = Judge(COUNTS.iloc[:0], reconstructed=False)
    assert judge.note(lines, CONCLUSIONS) == [said + "No difference: does not hold."]
    assert judge.note(lines[:1], CONCLUSIONS) == []
    assert [judge.of_line(line) for line in lines] == ["", HOLDS, RESERVED, FAILS]
    assert judge.summary(lines) == {
        "median": {"holds": 0, "reserved": 1, "fails": 0},
        "difference": {"holds": 0, "reserved": 0, "fails": 1},
    }


def test_of_one_of_many_sets_no_verdict_is_given_but_counts_over_all():
    lines = [
        Line("main", "median", "Main", MAIN),
        Line("intervals", "median", "plain", MAIN, FAILS, part="plain"),
        Line("months", "median", "Months", MAIN, HOLDS),
        Line("rmst", "difference", "RMST", Estimate(1, 0.1, 2), FAILS),
        Line("response", "proportion", "Response", MAIN, RESERVED, fixed=True),
    ]
    judge = Judge(COUNTS, reconstructed=True)
    assert [judge.of_line(line) for line in lines] == [
        "",
        "Holds in none of 1,000 sets drawn (with reservation in 990, not in 10)",
        "Holds in all 1,000 sets drawn",
        "Holds in 934 of 1,000 sets drawn (with reservation in 60, not in 6)",
        RESERVED,
    ]
    said = judge.of_analyses(lines)
    assert said["intervals", "median"] == "Holds in 5 of 1,000 sets drawn (with reservation in 995)"
    assert said["response", "proportion"] == RESERVED
    note = "The review's conclusion. No difference: holds in 934 of 1,000 sets drawn (with"
    assert judge.note(lines[3:4], CONCLUSIONS) == [f"{note} reservation in 60, not in 6)."]
    assert judge.summary(lines) == {
        "median": {"all": 1, "some": 1, "none": 0},
        "difference": {"all": 0, "some": 1, "none": 0},
        "proportion": {"holds": 0, "reserved": 1, "fails": 0},
    }


def test_a_note_tells_each_part_of_an_analysis_and_names_analyses_that_test_the_same():
    lines = [
        Line("intervals", "median", "Limits: sign test", MAIN, RESERVED, part="plain"),
        Line("rmst", "difference", "Means", MAIN),
        Line("rmst", "difference", "Means, test", PValue(0.2), HOLDS),
        Line("months", "difference", "Months", PValue(0.2), HOLDS),
    ]
    (note,) = Judge(COUNTS.assign(beyond=False), True).note(lines, CONCLUSIONS, {"rmst": "means"})
    assert note == (
        "The review's conclusion. Median time (plain): holds in none of 1,000 sets drawn (with "
        "reservation in 990, not in 10). No difference (means): holds in 934 of 1,000 sets drawn "
        "(with reservation in 60, not in 6). No difference: holds in all 1,000 sets drawn."
    )


def test_that_sets_beyond_the_drawn_ones_say_otherwise_is_told_and_explained():
    """A range that passes the level must not stand beside words that deny it."""
    line = Line("months", "difference", "Months", PValue(0.2), HOLDS)
    judge = Judge(COUNTS, reconstructed=True)
    words = "Holds in all 1,000 sets drawn, not in all possible ones"
    assert judge.of_line(line) == words
    said = f"The review's conclusion. No difference: {verdicts.in_a_sentence(words)}."
    assert judge.note([line], CONCLUSIONS) == [said, verdict_rules.SETS_RULE]
    rare = Line("rare", "difference", "Rare", PValue(0.2), FAILS)
    said = "Holds in none of 1,000 sets drawn (not in 1,000), yet in some possible ones"
    assert judge.of_line(rare) == said
    line = Line("months", "median", "Months", MAIN, HOLDS)
    assert len(judge.note([line], CONCLUSIONS)) == 1


def test_other_limits_of_the_main_estimate_stand_beside_it():
    main = MAIN.stands("printed")
    other = Varying(MAIN, Spread(2, 2, 2), Spread(0.5, 12))
    point, limits = verdicts.with_limits(main, other)
    assert (point.whole, point.cell, limits.whole) == (main, "2", other)
    assert verdicts.with_limits(main, Text("none")) == (Text("none"), "")


def test_sets_of_other_groups_are_not_counted():
    line = Line("rmst", "difference", "RMST", MAIN, FAILS)
    judge = Judge(COUNTS.iloc[:0], reconstructed=True)
    assert judge.of_line(line) == verdicts.NOT_COUNTED
    assert judge.of_analyses([line]) == {("rmst", "difference"): verdicts.NOT_COUNTED}
    assert judge.summary([line]) == {}


def test_a_line_names_units_and_leads_to_its_numbers():
    median = Estimate(2, 1, NAN, "weeks")
    name, point, limits = Line("k", "median", "Name", median, HOLDS).cells
    assert name == "Name"
    assert (point.cell, limits.cell) == ("2 weeks", "1 week to not estimable")
    assert point.whole is limits.whole is median
    _, p, nothing = Line("k", "difference", "Name", PValue(0.2)).cells
    assert (p.cell, nothing) == ("p = 0.200", "")
    outer = Range(1, 12, "weeks")
    assert Line("k", "median", "Name", median, limits=outer).cells[2].cell == "1–12 weeks"


def test_a_line_of_what_varies_shows_the_range_and_the_outermost_limits():
    found = Varying(Estimate(2, 1, 10, "weeks"), Spread(1.5, 3, 2), Spread(0.5, NAN))
    _, point, limits = Line("k", "median", "Name", found, HOLDS).cells
    assert (point.cell, limits.cell) == ("1.5 to 3 weeks", "0.5 weeks to not estimable")
    assert point.whole is limits.whole is found
    missing = Varying(Estimate(2, 1, 10, "weeks"), Spread(1.5, 3, 2))
    assert Line("k", "median", "Name", missing).cells[2].cell == "not estimable"
    unknown = Varying(Estimate(2, 1, 10, "weeks"))
    assert [x.cell for x in Line("k", "median", "N", unknown).cells[1:]] == [
        "2 weeks",
        "1–10 weeks",
    ]
