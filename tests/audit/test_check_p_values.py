"""P-values of printed statistics: Sandoval 2017, one-sided tests, decisions, what is not said."""

import pytest
from audit_claims import claims, outcomes

from case_review.audit.checks.reported_tests import p_values
from case_review.audit.findings import INCONSISTENT, NOTE, ROUNDING


def said(found):
    return outcomes(p_values, found)


def test_the_two_errors_that_statcheck_finds_in_sandoval_2017():
    findings, agreed, _ = said(
        claims(
            {
                "text.a.all.t": "2.80", "text.a.all.df2": "18", "text.a.all.p": "=.006",
                "text.b.all.t": "3.66", "text.b.all.df2": "19", "text.b.all.p": "<.001",
                "text.c.all.F": "14.04", "text.c.all.df1": "1", "text.c.all.df2": "35",
                "text.c.all.p": "=.001",
            },
            value={"text.a.all.p": "0.006", "text.b.all.p": "0.001", "text.c.all.p": "0.001"},
        )
    )  # fmt: skip
    assert [one.claim_id for one in findings] == ["text.a.all.p", "text.b.all.p"]
    assert findings[0].explanation == (
        "t(18) = 2.80 gives p = 0.012 (two-sided). The printed value is the one-sided one."
    )
    assert findings[1].expected == "0.0016 to 0.0017"
    assert agreed >= {"text.c.all.p", "text.c.all.F", "text.c.all.df2"}


def test_one_sided_tests_that_say_so_agree():
    prints = {"x.a.all.t": "2.80", "x.a.all.df2": "18", "x.a.all.p": "0.006"}
    assert said(claims(prints, statement={"p": "one-tailed p"}))[0] == []
    assert said(claims(prints | {"x.a.all.sided": "1"}))[0] == []
    findings = said(claims(prints | {"x.a.all.sided": "1", "x.a.all.p": "0.012"}))[0]
    assert "The printed value is the two-sided one." in findings[0].explanation


def test_a_p_value_on_the_other_side_of_five_percent_is_said():
    prints = {"x.a.all.chi2": "3.10", "x.a.all.df": "1", "x.a.all.p": "0.04"}
    finding = said(claims(prints))[0][0]
    assert finding.explanation == (
        "χ²(1) = 3.10 gives p = 0.078 to 0.079. The two lie on different sides of 0.05."
    )


@pytest.mark.parametrize(
    ("p", "agrees"),
    [("ns", True), ("n.s.", True), (">0.05", True), ("<0.05", False), ("0.08", True),
     ("0.1", True), ("0.079", True), ("0.080", False), ("<0.08", True)],
)  # fmt: skip
def test_prints_of_one_p_value(p, agrees):
    prints = {"x.a.all.chi2": "3.10", "x.a.all.df": "1", "x.a.all.p": p}
    assert (said(claims(prints))[0] == []) is agrees


def test_welch_degrees_of_freedom_are_rounded():
    # t(4.5) to t(4.6) cover p = 0.053; t(5) does not
    prints = {"x.a.all.t": "2.59", "x.a.all.df2": "4.6", "x.a.all.p": "0.053"}
    assert said(claims(prints))[0] == []
    assert said(claims(prints | {"x.a.all.df2": "5"}))[0]


def test_statistics_without_degrees_of_freedom_are_named():
    prints = {"x.a.all.F": "6.74", "x.a.all.df1": "1", "x.a.all.p": "0.013"}
    assert said(claims(prints)) == ([], set(), {"x.a.all.F": "freedom"})


def test_what_is_no_p_value_or_no_statistic_is_left_alone():
    prints = {"x.a.all.r": "1.70", "x.a.all.df2": "17", "x.a.all.p": "0.01"}
    assert said(claims(prints)) == ([], set(), {"x.a.all.r": "freedom"})
    assert said(claims(prints | {"x.a.all.p": "1.3"}))[0] == []
    assert said(claims({"x.a.all.p": "0.01"})) == ([], set(), {})


def test_zero_is_less_than_the_last_digit():
    prints = {"x.a.all.z": "4.10", "x.a.all.p": "0.000"}
    assert said(claims(prints))[0] == []
    assert said(claims(prints | {"x.a.all.z": "1.00"}))[0]


@pytest.mark.parametrize("words", ["Bonferroni-adjusted", "exact test", "by permutation"])
def test_p_values_of_more_than_the_statistic_are_notes(words):
    prints = {"x.a.all.t": "2.80", "x.a.all.df2": "18", "x.a.all.p": "0.03"}
    assert said(claims(prints))[0][0].severity == INCONSISTENT
    assert said(claims(prints, statement={"p": words}))[0][0].severity == NOTE


def test_one_unit_of_the_last_digit_stands_for_less():
    prints = {"x.a.all.t": "6.65", "x.a.all.df": "22", "x.a.all.p": "=.0001"}
    finding = said(claims(prints, value={"p": "0.0001"}))[0][0]
    assert finding.severity == ROUNDING
    assert finding.explanation.endswith("Most likely <0.0001 is meant.")
    more = said(claims(prints | {"x.a.all.p": "=.0002"}, value={"p": "0.0002"}))[0][0]
    assert more.severity == INCONSISTENT
