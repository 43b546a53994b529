"""P-values and ratios of printed counts: Gautret 2020, named tests, blocks, adjusted ratios."""

import pytest
from audit_claims import claims, outcomes

from case_review.audit.checks import count_tables
from case_review.audit.findings import INCONSISTENT, NOTE

#: Days, negative of 20 treated and of 16 controls, and the p-values of Gautret's Table 2.
DAYS = {
    "d3": (10, 1, "0.005"), "d4": (12, 4, "0.04"), "d5": (13, 3, "0.006"), "d6": (14, 2, "0.001"),
}  # fmt: skip


def table(days=DAYS, **cells):
    prints = {}
    for day, (treated, control, p) in days.items():
        prints |= {
            f"t2.neg.{day}.treated.n": str(treated), f"t2.neg.{day}.treated.denominator": "20",
            f"t2.neg.{day}.control.n": str(control), f"t2.neg.{day}.control.denominator": "16",
            f"t2.neg.{day}.all.p": p,
        }  # fmt: skip
    return claims(prints, **cells)


def found(some):
    return outcomes(count_tables.p_values, some)


def test_gautret_table_2_is_chi_squared_and_once_should_be_exact():
    findings, agreed, _ = found(table())
    assert [(one.claim_id, one.severity) for one in findings] == [("t2.neg.d3.all.p", NOTE)]
    assert "0.0091 by Fisher's exact test" in findings[0].explanation
    assert {f"t2.neg.{day}.all.p" for day in ("d4", "d5", "d6")} <= agreed


def test_gautret_table_2_is_not_fishers_test_if_that_is_said():
    findings, agreed, _ = found(table(statement={"p": "Fisher's exact test"}))
    assert [one.claim_id.split(".")[2] for one in findings] == ["d3", "d4", "d5"]
    assert {one.severity for one in findings} == {INCONSISTENT}
    assert findings[1].explanation == (
        "The counts 12/20 and 4/16 give p = 0.036 (χ²) or 0.078 (χ² with Yates's correction) or "
        "0.049 (Fisher's exact test). The printed value is that of Fisher's exact test, one-sided, "
        "χ² and χ² with N − 1."
    )
    assert "t2.neg.d6.all.p" in agreed


def test_one_sided_p_values_are_accepted_where_they_are_said_to_be():
    days = {"d5": (13, 3, "0.0066")}
    assert found(table(days))[0][0].severity == NOTE
    assert found(table(days, statement={"p": "one-sided p"}))[0] == []


def test_three_groups_and_two_of_them():
    prints = {
        "t3.neg.a.n": "1", "t3.neg.b.n": "5", "t3.neg.c.n": "5", "t3.neg.all.p": "0.002",
        "t3.neg.a.denominator": "16", "t3.neg.b.denominator": "14", "t3.neg.c.denominator": "6",
    }  # fmt: skip
    assert found(claims(prints))[0] == []
    assert found(claims(prints | {"t3.neg.all.p": "0.30"}))[0][0].severity == NOTE
    # fisher.test of the first two groups alone is 0.07249
    assert "t3.neg.all.p" in found(claims(prints | {"t3.neg.all.p": "0.0725"}))[1]


def test_totals_of_the_table_are_the_denominators_where_none_stand_beside():
    prints = {
        "t1.total.a.n": "20", "t1.total.b.n": "16", "t1.x.a.n": "13", "t1.x.b.n": "3",
        "t1.x.all.p": "0.30",
    }  # fmt: skip
    finding = found(claims(prints, statement={"p": "chi-squared"}))[0][0]
    assert finding.severity == NOTE  # some may not have answered
    assert "13/20 and 3/16" in finding.explanation


LEVELS = {"t1.total.a.n": "30", "t1.total.b.n": "40"} | {
    f"t1.grade.{level}.{arm}.n": str(n)
    for level, counts in {"one": (15, 10), "two": (10, 16), "three": (5, 14)}.items()
    for arm, n in zip("ab", counts, strict=True)
}


@pytest.mark.parametrize("where", ["t1.grade.all.p", "t1.grade.one.all.p"])
def test_the_p_value_of_a_block_may_stand_above_it_or_in_its_first_row(where):
    # chisq.test(matrix(c(15, 10, 5, 10, 16, 14), 3))$p.value is 0.06967
    assert found(claims(LEVELS | {where: "0.070"}))[0] == []
    assert found(claims(LEVELS | {where: "0.56"}))[0]


def test_a_p_value_beside_an_estimate_is_not_of_the_counts():
    # RECOVERY, dexamethasone: an age-adjusted rate ratio; chi-squared of the counts is 0.016
    prints = {
        "a.died.dexa.n": "482", "a.died.dexa.denominator": "2104", "a.died.usual.n": "1110",
        "a.died.usual.denominator": "4321", "a.died.all.p": "<0.001",
    }  # fmt: skip
    assert found(claims(prints))[0][0].severity == NOTE
    beside = {"a.died.all.low": "0.75", "a.died.all.high": "0.93"}
    assert found(claims(prints | beside)) == ([], set(), {})


RATIO = {
    "t.mi.aspirin.n": "104", "t.mi.aspirin.denominator": "11037", "t.mi.placebo.n": "189",
    "t.mi.placebo.denominator": "11034",
}  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "text"), [("or", "0.55"), ("or", "1.83"), ("rr", "0.550"), ("rr", "1.82")]
)
def test_ratios_in_either_direction_agree(measure, text):
    some = claims(RATIO | {f"t.mi.all.{measure}": text})
    assert outcomes(count_tables.ratios, some)[0] == []


def test_other_ratios_may_be_adjusted_unless_they_are_said_to_be_crude():
    prints = RATIO | {"t.mi.all.or": "0.75"}
    finding = outcomes(count_tables.ratios, claims(prints))[0][0]
    assert (finding.kind, finding.severity, finding.expected) == ("ratio", NOTE, "0.55 or 1.83")
    finding = outcomes(count_tables.ratios, claims(prints, statement={"or": "crude OR"}))[0][0]
    assert finding.severity == INCONSISTENT


def test_an_odds_ratio_that_is_a_risk_ratio_is_told():
    prints = {"t.x.a.n": "10", "t.x.a.denominator": "20", "t.x.b.n": "5", "t.x.b.denominator": "20"}
    finding = outcomes(count_tables.ratios, claims(prints | {"t.x.all.or": "2.00"}))[0][0]
    assert finding.explanation.endswith("give 3.00 or 0.33. What is printed is their risk ratio.")
