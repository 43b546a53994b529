"""t and F of printed means: errors that are known, and what may be sound all the same."""

import pytest
from audit_claims import claims, outcomes

from case_review.audit.checks import group_means
from case_review.audit.findings import INCONSISTENT, NOTE

#: Group size of the first pizza paper: F 1.34, where 1.08 to 1.27 is possible.
SIZES = {"t1.x.half.n": "62", "t1.x.full.n": "60"}
ROW = {
    "t1.x.half.mean": "3.00", "t1.x.half.sd": "1.55", "t1.x.full.mean": "3.28",
    "t1.x.full.sd": "1.29", "t1.x.all.F": "1.34",
}  # fmt: skip
TOTALS = {"t1.total.half.n": "62", "t1.total.full.n": "60"}


def found(prints, **cells):
    return outcomes(group_means.statistics, claims(prints, **cells))


def only(prints, **cells):
    findings = found(prints, **cells)[0]
    assert len(findings) == 1
    return findings[0]


def test_an_f_with_its_degrees_of_freedom_cannot_be_of_these_means():
    finding = only(ROW | SIZES | {"t1.x.all.df2": "120"})
    assert (finding.kind, finding.severity) == ("statistic", INCONSISTENT)
    assert finding.expected == "1.08 to 1.27 or 1.09 to 1.27 (Welch)"
    assert set(finding.others) == set(ROW) - {"t1.x.all.F"} | set(SIZES)


def test_degrees_of_freedom_may_stand_in_the_statement():
    finding = only(ROW | TOTALS, statement={"F": "x, F(1, n-2)"})
    assert finding.severity == INCONSISTENT
    assert only(ROW | TOTALS, statement={"F": "x, F(1, 117)"}).severity == NOTE


@pytest.mark.parametrize(
    ("change", "cells", "words"),
    [
        ({}, {}, "without covariates"),
        ({"t1.x.all.df2": "118"}, {}, "degrees of freedom (118)"),
        ({"t1.x.all.df2": "120"}, {"statement": {"F": "adjusted for age"}}, "something else"),
    ],
)
def test_an_f_that_may_be_of_something_else_is_a_note(change, cells, words):
    finding = only(ROW | SIZES | change, **cells)
    assert finding.severity == NOTE and words in finding.explanation


def test_fewer_answers_make_a_statistic_smaller_but_not_larger():
    smaller = ROW | TOTALS | {"t1.x.all.F": "0.90", "t1.x.all.df2": "120"}
    assert only(smaller).severity == NOTE
    assert only(smaller | {"t1.x.all.F": "1.34"}).severity == INCONSISTENT


T = {
    "t1.x.a.mean": "68.65", "t1.x.a.sd": "3.67", "t1.x.a.n": "43", "t1.x.b.mean": "66.51",
    "t1.x.b.sd": "9.44", "t1.x.b.n": "52",
}  # fmt: skip


@pytest.mark.parametrize("t", ["1.40", "-1.41", "1.50", "−1.5"])
def test_student_and_welch_are_both_right(t):
    assert found(T | {"t1.x.all.t": t})[0] == []


@pytest.mark.parametrize("t", ["0.00", "-0.00", "0.0"])
def test_a_statistic_of_nought_is_of_equal_means(t):
    equal = T | {"t1.x.b.mean": "68.65"}
    assert found(equal | {"t1.x.all.t": t})[0] == []
    assert only(equal | {"t1.x.all.t": "0.10"}).severity == INCONSISTENT


def test_a_t_of_neither_is_found():
    finding = only(T | {"t1.x.all.t": "1.38"})
    assert finding.severity == INCONSISTENT
    assert finding.expected == "1.39 to 1.41 (common variance) or 1.50 to 1.51 (Welch)"


def test_standard_errors_printed_as_deviations_are_told():
    # deviations of 2 and 2.5 of 25 and 36 people, printed as 0.40 and 0.42
    prints = {
        "t1.x.a.mean": "5.00", "t1.x.a.sd": "0.40", "t1.x.a.n": "25", "t1.x.b.mean": "6.20",
        "t1.x.b.sd": "0.42", "t1.x.b.n": "36", "t1.x.all.t": "2.07",
    }  # fmt: skip
    finding = only(prints)
    assert finding.explanation.endswith("It fits if the deviations are standard errors.")


def test_the_same_people_twice_are_a_note():
    same = T | {"t1.x.a.n": "43", "t1.x.b.n": "43", "t1.x.all.t": "2.10"}
    finding = only(same)
    assert finding.severity == NOTE and "measured twice" in finding.explanation


def test_levels_of_one_population_are_groups_as_well():
    prints = {
        f"t1.site.{level}.all.{name}": text
        for level, row in {"a": "1.00 0.50 9", "b": "1.40 0.60 11", "c": "1.90 0.40 8"}.items()
        for name, text in zip(("mean", "sd", "n"), row.split(), strict=True)
    }
    assert found(prints | {"t1.site.all.f": "6.4"})[0] == []
    finding = only(prints | {"t1.site.all.f": "7.4", "t1.site.all.df2": "25"})
    assert finding.expected.startswith("6.")


def test_groups_without_size_or_with_more_people_than_all_are_left_alone():
    assert found(ROW) == ([], set(), {})
    assert found(ROW | SIZES | {"t1.total.all.n": "100"})[0] == []


def test_the_p_of_an_f_without_degrees_of_freedom_follows_from_the_groups():
    prints = ROW | TOTALS | {"t1.x.all.F": "0.76", "t1.x.all.p": "0.37"}
    check = group_means.p_values
    findings = outcomes(check, claims(prints, statement={"F": "F(1, n-2)"}))[0]
    assert [one.expected for one in findings] == ["0.384 to 0.388"]
    assert findings[0].severity == INCONSISTENT
    assert outcomes(check, claims(prints))[0][0].severity == NOTE
    assert outcomes(check, claims(prints | {"t1.x.all.p": "0.39"}))[0] == []


@pytest.mark.parametrize(("sizes", "severity"), [(SIZES, INCONSISTENT), (TOTALS, NOTE)])
def test_the_p_of_a_t_without_degrees_of_freedom_does_too(sizes, severity):
    # R: 2 * pt(-2.18, c(60, 120)) is 0.0332 and 0.0312.
    row = {key: text for key, text in ROW.items() if not key.endswith("F")}
    prints = row | sizes | {"t1.x.all.t": "2.18", "t1.x.all.p": "0.20"}
    (finding,) = outcomes(group_means.p_values, claims(prints))[0]
    assert (finding.claim_id, finding.severity) == ("t1.x.all.p", severity)
    assert finding.explanation == "t(120) = 2.18 gives p = 0.031 to 0.034."
    for sound in ("0.03", "0.033", "<0.05"):
        assert outcomes(group_means.p_values, claims(prints | {"t1.x.all.p": sound}))[0] == []


def test_a_p_of_one_side_is_right_where_it_is_said():
    row = {key: text for key, text in ROW.items() if not key.endswith("F")}
    prints = row | SIZES | {"t1.x.all.t": "2.18", "t1.x.all.p": "0.016"}
    assert len(outcomes(group_means.p_values, claims(prints))[0]) == 1
    said = {"p": "one-sided p"}
    assert outcomes(group_means.p_values, claims(prints, statement=said))[0] == []
