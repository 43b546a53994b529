"""GRIM, GRIMMER and DEBIT of printed numbers: what is found, with which assumption, what is not."""

import pytest
from audit_claims import claims, outcomes

from case_review.audit.checks import granularity
from case_review.audit.findings import INCONSISTENT, NOTE, ROUNDING

SET = "t1.score.all"


def only(check, found):
    findings, _, _ = outcomes(check, found)
    assert len(findings) == 1, [finding.line() for finding in findings]
    return findings[0]


def test_a_percentage_that_no_count_gives_is_found_without_numerator():
    found = claims({"t1.a.all.pct": "67.4"}, denominator={"t1.a.all.pct": "150"})
    finding = only(granularity.shares, found)
    assert (finding.kind, finding.severity) == ("share", INCONSISTENT)
    assert finding.expected == "67.3 (101/150) or 68.0 (102/150)"


def test_the_total_of_the_population_is_a_note_for_some_may_not_have_answered():
    finding = only(granularity.shares, claims({"t1.total.all.n": "150", "t1.a.all.pct": "67.4"}))
    assert finding.severity == NOTE and "if all 150 answered" in finding.explanation
    assert finding.others == ("t1.total.all.n",)


@pytest.mark.parametrize("text", ["54.0", "54", "100.0", "<1", "~37", "-3.4", "120.1"])
def test_percentages_that_a_count_gives_or_that_are_none_are_left_alone(text):
    found = claims({"t1.a.all.pct": text}, kind={"pct": "level"}, denominator={"pct": "50"})
    assert outcomes(granularity.shares, found)[0] == []


def test_digits_that_were_cut_off_are_told_as_such():
    found = claims({"t1.a.all.pct": "16.6"}, denominator={"t1.a.all.pct": "6"})
    finding = only(granularity.shares, found)
    assert (finding.kind, finding.severity) == ("truncation", ROUNDING)
    assert finding.expected == "0.0 (0/6) or 16.7 (1/6)"


def test_drafted_percentages_that_are_no_shares_are_left_alone():
    cells = {"denominator": {"t1.a.all.pct": "30"}, "statement": {"pct": "Cutoff (IHC)"}}
    drafted = claims({"t1.a.all.pct": "1"}, sure={"pct": "likely"}, **cells)
    assert outcomes(granularity.shares, drafted)[0] == []
    assert outcomes(granularity.shares, claims({"t1.a.all.pct": "1"}, **cells))[0]


@pytest.mark.parametrize(
    "cells",
    [{"statement": {"pct": "Male, % of known"}}, {"sure": {"pct": "certain"}}],
)
def test_percentages_that_may_be_of_fewer_than_all_are_not_held_to_the_total(cells):
    prints = {"t1.total.all.n": "150", "t1.a.all.pct": "67.4"}
    assert outcomes(granularity.shares, claims(prints, **cells)) == ([], set(), {})
    beside = prints | {"t1.a.all.n": "29"}
    assert outcomes(granularity.shares, claims(beside)) == ([], set(), {})


def test_weighted_percentages_are_a_note():
    cells = {"denominator": {"t1.a.all.pct": "150"}, "statement": {"pct": "Weighted share"}}
    assert only(granularity.shares, claims({"t1.a.all.pct": "67.4"}, **cells)).severity == NOTE


def test_of_many_people_every_percentage_is_possible():
    found = claims({"t1.a.all.pct": "67.4"}, denominator={"t1.a.all.pct": "1000"})
    assert outcomes(granularity.shares, found) == ([], set(), {"t1.a.all.pct": "coarse"})


@pytest.mark.parametrize("counted", ["unit", "items"])
def test_a_mean_of_whole_numbers_that_no_sum_gives_is_found(counted):
    prints = {f"{SET}.mean": "4.74", f"{SET}.n": "25"}
    if counted == "items":
        found = claims(prints | {f"{SET}.items": "1"})
    else:
        found = claims(prints, unit={"mean": "visits"})
    finding = only(granularity.means, found)
    assert (finding.kind, finding.severity) == ("grim", INCONSISTENT)
    assert finding.expected == "4.720 (118/25) or 4.760 (119/25)"
    assert finding.others == (f"{SET}.n",)


@pytest.mark.parametrize("unit", ["", "years", "points", "days"])
def test_where_values_may_have_decimals_it_is_a_note_that_says_so(unit):
    found = claims({f"{SET}.mean": "4.74", f"{SET}.n": "25"}, unit={"mean": unit})
    finding = only(granularity.means, found)
    assert finding.severity == NOTE and "not measured ones, is not printed" in finding.explanation


@pytest.mark.parametrize("unit", ["kg", "cm", "mg/l", "mmHg", "°C", "kg/m2", "%", "10^9/L", "min"])
def test_measured_values_have_any_mean(unit):
    found = claims({f"{SET}.mean": "4.74", f"{SET}.n": "25", f"{SET}.sd": "1.01"},
                   unit={"mean": unit})  # fmt: skip
    assert outcomes(granularity.means, found) == ([], set(), {f"{SET}.mean": "measured"})
    assert outcomes(granularity.deviations, found) == ([], set(), {f"{SET}.sd": "measured"})


def test_items_make_the_steps_smaller():
    prints = {f"{SET}.mean": "4.74", f"{SET}.n": "25", f"{SET}.items": "2"}
    assert outcomes(granularity.means, claims(prints))[0] == []
    finding = only(granularity.means, claims(prints | {f"{SET}.mean": "4.73"}))
    assert "25 means of 2 whole numbers each" in finding.explanation
    assert finding.severity == INCONSISTENT


def test_notes_on_a_drafted_table_are_one():
    prints = {}
    for row in "abc":
        prints |= {f"t1.{row}.all.mean": "4.74", f"t1.{row}.all.n": "25"}
    assert len(outcomes(granularity.means, claims(prints))[0]) == 3
    drafted = claims(prints, sure=dict.fromkeys(["mean", "n"], "certain"))
    finding = only(granularity.means, drafted)
    assert {"t1.b.all.mean", "t1.c.all.mean"} < set(finding.others)
    assert finding.explanation.startswith("3 means do not fit whole numbers")


def test_a_deviation_of_odd_squares_is_found():
    prints = {f"{SET}.mean": "5.23", f"{SET}.sd": "2.55", f"{SET}.n": "35"}
    finding = only(granularity.deviations, claims(prints | {f"{SET}.items": "1"}))
    assert finding.kind == "grimmer"
    # A program that divides by n would print it, so it is no more than a note.
    assert finding.severity == NOTE and "divided by n instead" in finding.explanation


def test_a_deviation_that_the_scale_forbids_is_found():
    # 10 numbers from 1 to 5 with a mean of 1.50 sum to 15, so their squares to at most 35
    prints = {f"{SET}.mean": "1.50", f"{SET}.sd": "1.35", f"{SET}.n": "10"}
    assert outcomes(granularity.deviations, claims(prints))[0] == []
    scale = {f"{SET}.min": "1", f"{SET}.max": "5"}
    finding = only(granularity.deviations, claims(prints | scale | {f"{SET}.items": "1"}))
    assert "10 whole numbers from 1 to 5 with a mean of 1.50" in finding.explanation
    assert finding.severity == INCONSISTENT


def test_an_impossible_mean_is_told_of_once():
    prints = {f"{SET}.mean": "4.74", f"{SET}.sd": "1.00", f"{SET}.n": "25"}
    assert outcomes(granularity.deviations, claims(prints))[0] == []


def test_zeros_and_ones_have_one_deviation_for_each_mean():
    prints = {f"{SET}.mean": "0.19", f"{SET}.sd": "0.35", f"{SET}.n": "1683"}
    found = claims(prints, statement={"mean": "Mean of a binary variable"})
    finding = only(granularity.binary, found)
    assert (finding.kind, finding.expected) == ("debit", "0.3884 to 0.3963")
    assert outcomes(granularity.binary, claims(prints))[0] == []  # may be any small number
    shares = claims(prints, statement={"mean": "Proportion of days covered"})
    assert outcomes(granularity.binary, shares)[0] == []
    prints[f"{SET}.sd"] = "0.39"
    found = claims(prints, statement={"mean": "Mean of a binary variable"})
    assert outcomes(granularity.binary, found)[1] == set(prints)
