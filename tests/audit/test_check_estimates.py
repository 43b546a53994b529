"""Ratios, limits and p-values of printed estimates: what is sound, what is odd, what cannot be."""

import pytest
from audit_claims import claims, outcomes

from case_review.audit.checks import estimates, proportion_intervals, spread
from case_review.audit.findings import IMPOSSIBLE, INCONSISTENT, NOTE


def ratio(estimate, low, high, p=None, measure="hr", **cells):
    prints = {f"t.x.all.{measure}": estimate, "t.x.all.low": low, "t.x.all.high": high}
    cells.setdefault("kind", {"low": "limit", "high": "limit"})
    return claims(prints | ({"t.x.all.p": p} if p else {}), **cells)


def severities(check, found):
    return [one.severity for one in outcomes(check, found)[0]]


@pytest.mark.parametrize(
    "print",
    [
        ("0.83", "0.75", "0.93"), ("0.64", "0.51", "0.81"), ("0.82", "0.72", "0.94"),
        ("1.19", "0.92", "1.55"),  # RECOVERY, N Engl J Med 2021;384:693
        ("0.05", "0.01", "0.1"), ("2.0", "0.5", "8.0"), ("1", "0", "3"), ("1.0", "1.0", "1.0"),
    ],
)  # fmt: skip
def test_ratios_midway_between_their_limits_agree(print):
    assert severities(estimates.midway, ratio(*print)) == []


def test_a_ratio_off_the_middle_is_a_note():
    finding = outcomes(estimates.midway, ratio("1.20", "1.05", "1.40"))[0][0]
    assert (finding.kind, finding.severity) == ("limits", NOTE)
    assert finding.expected == "1.21 to 1.22"
    assert finding.others == ("t.x.all.low", "t.x.all.high")


def test_a_ratio_midway_on_the_natural_scale_is_told():
    finding = outcomes(estimates.midway, ratio("2.00", "1.00", "3.00"))[0][0]
    assert "midway on the natural scale" in finding.explanation and finding.severity == NOTE


def test_a_ratio_close_to_a_limit_is_of_other_numbers():
    assert severities(estimates.midway, ratio("1.10", "1.05", "4.00")) == [INCONSISTENT]
    assert severities(estimates.midway, ratio("3.60", "1.05", "4.00")) == [INCONSISTENT]
    assert severities(estimates.midway, ratio("2.60", "1.05", "4.00")) == [NOTE]
    # an exact interval of one event against three: within what exact methods do
    assert severities(estimates.midway, ratio("0.333", "0.006", "4.15")) == [NOTE]


def test_outside_its_limits_an_estimate_is_out_of_order_and_told_of_there():
    assert outcomes(estimates.midway, ratio("5.00", "1.00", "3.00")) == ([], set(), {})


def test_medians_and_values_are_ratios_if_they_are_called_so():
    plain = ratio("6", "4", "12", measure="median", kind={"low": "range", "high": "range"})
    assert outcomes(estimates.midway, plain) == ([], set(), {})
    named = ratio("1.20", "1.05", "1.40", measure="value", statement={"value": "aOR of death"})
    assert severities(estimates.midway, named) == [NOTE]
    other = ratio("1.20", "1.05", "1.40", measure="value", statement={"value": "for or against"})
    assert outcomes(estimates.midway, other) == ([], set(), {})


@pytest.mark.parametrize(
    ("print", "p", "severity"),
    [
        (("0.83", "0.75", "0.93"), "<0.001", None),
        (("0.83", "0.75", "0.93"), "0.001", None),
        (("0.50", "0.40", "0.62"), "0.0001", None),  # less is meant
        (("1.30", "0.98", "1.72"), "0.04", None),  # another test may well give this
        (("1.30", "0.80", "2.11"), "0.01", INCONSISTENT),
        (("0.64", "0.51", "0.81"), "0.30", INCONSISTENT),
        (("0.64", "0.51", "0.81"), "0.03", NOTE),
    ],
)
def test_p_values_against_limits(print, p, severity):
    found = severities(estimates.p_values, ratio(*print, p))
    assert found == ([severity] if severity else [])


def test_a_contradiction_says_what_the_limits_say():
    finding = outcomes(estimates.p_values, ratio("1.30", "0.80", "2.11", "0.01"))[0][0]
    assert "The limits hold 1, which is not what this p-value says." in finding.explanation


#: 10 of 50 and 20 of 50: an odds ratio of 0.375, Fisher's p = 0.0486 (R's fisher.test).
COUNTS = {
    "t1.x.drug.n": "10", "t1.x.drug.denominator": "50", "t1.x.placebo.n": "20",
    "t1.x.placebo.denominator": "50", "t1.x.all.low": "0.15", "t1.x.all.high": "0.92",
}  # fmt: skip


@pytest.mark.parametrize(
    ("odds", "p", "severity"),
    [
        ("0.38", "0.001", INCONSISTENT),  # the ratio of the counts, and no p-value of theirs
        ("0.36", "0.001", NOTE),  # one that is adjusted may have another test
        ("0.38", "0.049", None),
        ("0.36", "0.049", None),
    ],
)
def test_beside_the_ratio_of_counts_a_p_value_is_of_the_counts_or_of_the_limits(odds, p, severity):
    prints = COUNTS | {"t1.x.all.or": odds, "t1.x.all.p": p}
    found = severities(estimates.p_values, claims(prints))
    assert found == ([severity] if severity else [])


def test_the_exact_p_value_of_counts_need_not_be_that_of_limits():
    # 3 of 97 and 4 of 103: Fisher's p = 1, while the limits of the risk ratio give about 0.77.
    prints = {
        "t1.x.drug.n": "3", "t1.x.drug.denominator": "97", "t1.x.placebo.n": "4",
        "t1.x.placebo.denominator": "103", "t1.x.all.rr": "0.80", "t1.x.all.low": "0.18",
        "t1.x.all.high": "3.46", "t1.x.all.p": "1.00",
    }  # fmt: skip
    assert severities(estimates.p_values, claims(prints)) == []


def test_limits_of_another_level_are_no_contradiction():
    wide = ratio("1.30", "0.80", "2.11", "0.01", statement={"hr": "HR (99% CI)"})
    assert severities(estimates.p_values, wide) == [NOTE]


@pytest.mark.parametrize("words", ["p for trend", "p for interaction", "one-sided p"])
def test_p_values_of_something_else_are_left_alone(words):
    found = ratio("1.30", "0.80", "2.11", "0.01", statement={"p": words})
    assert outcomes(estimates.p_values, found) == ([], set(), {})


def test_the_p_value_of_all_levels_may_stand_in_the_row_of_one():
    prints = {
        "t.age.b.all.hr": "1.30", "t.age.b.all.low": "0.80", "t.age.b.all.high": "2.11",
        "t.age.c.all.hr": "2.30", "t.age.c.all.low": "1.50", "t.age.c.all.high": "3.53",
        "t.age.b.all.p": "0.001",
    }  # fmt: skip
    found = claims(prints, kind={"low": "limit", "high": "limit"})
    assert severities(estimates.p_values, found) == [NOTE]


def test_a_drafted_row_may_be_a_level_of_a_variable():
    prints = {
        "t.b.all.or": "1.30", "t.b.all.low": "0.80", "t.b.all.high": "2.11", "t.b.all.p": "0.001",
        "t.c.all.or": "2.30", "t.c.all.low": "1.50", "t.c.all.high": "3.53",
    }  # fmt: skip
    kinds = {"low": "limit", "high": "limit"}
    assert severities(estimates.p_values, claims(prints, kind=kinds)) == [INCONSISTENT]
    drafted = claims(prints, kind=kinds, sure=dict.fromkeys(["or", "low", "high", "p"], "certain"))
    assert severities(estimates.p_values, drafted) == [NOTE]


def test_another_test_beside_an_estimate_is_a_note():
    found = ratio("1.30", "0.80", "2.11", "0.01", statement={"p": "log-rank test"})
    assert severities(estimates.p_values, found) == [NOTE]


def test_the_group_of_reference_is_left_alone():
    assert outcomes(estimates.midway, ratio("1", "0.19", "1.04")) == ([], set(), {})


def test_notes_on_a_drafted_table_are_one():
    prints = {
        f"t.{row}.all.{name}": text
        for row in "abc"
        for name, text in (("hr", "1.20"), ("low", "1.05"), ("high", "1.40"))
    }
    kinds = {"low": "limit", "high": "limit"}
    drafted = claims(prints, kind=kinds, sure=dict.fromkeys(["hr", "low", "high"], "certain"))
    assert len(severities(estimates.midway, claims(prints, kind=kinds))) == 3
    assert severities(estimates.midway, drafted) == [NOTE]


def test_differences_have_their_own_null():
    prints = ("3.0", "-1.0", "7.0")
    words = {"statement": {"value": "Mean difference"}}
    assert severities(estimates.p_values, ratio(*prints, "0.14", "value", **words)) == []
    assert severities(estimates.p_values, ratio(*prints, "0.001", "value", **words)) == [NOTE]


def share(low, high, n="157", of="783", **cells):
    return claims(
        {"t.x.all.pct": "20.1", "t.x.all.low": low, "t.x.all.high": high},
        numerator={"pct": n}, denominator={"pct": of}, **cells,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high"),
    [("17.3", "23.0"), ("17.4", "23.0"), ("17.2", "22.9"), ("17", "23")],
)
def test_limits_of_a_percentage_by_any_method_agree(low, high):
    # exact (Arshad, Int J Infect Dis 2020;97:396), Wilson, Wald; exact as whole numbers
    assert outcomes(proportion_intervals.limits, share(low, high))[1]


def test_other_limits_of_a_percentage_are_a_note_and_narrow_ones_more():
    finding = outcomes(proportion_intervals.limits, share("15.9", "24.5"))[0][0]
    assert finding.severity == NOTE and "17.3 to 23.0 (exact (Clopper–Pearson))" in finding.expected
    assert severities(proportion_intervals.limits, share("19.0", "21.2")) == [INCONSISTENT]
    survey = share("19.0", "21.2", statement={"pct": "Weighted share"})
    assert severities(proportion_intervals.limits, survey) == [NOTE]


def test_limits_of_another_level():
    # binom.test(157, 783, conf.level = 0.9)$conf.int is 0.1771 to 0.2255
    found = share("17.7", "22.6", statement={"pct": "Dead (90% CI)"})
    assert outcomes(proportion_intervals.limits, found)[0] == []


def test_a_deviation_cannot_be_larger_than_the_range_allows():
    prints = {
        "t.x.all.mean": "3.0", "t.x.all.sd": "2.7", "t.x.all.min": "1", "t.x.all.max": "5",
        "t.x.all.n": "20",
    }  # fmt: skip
    finding = outcomes(spread.deviations, claims(prints))[0][0]
    assert finding.severity == IMPOSSIBLE
    # of values from 0.5 to 5.5 with a mean of 3: 2.5 times the root of 20/19
    assert finding.expected == "at most 2.56"
    assert outcomes(spread.deviations, claims(prints | {"t.x.all.sd": "2.0"}))[1]
    # Without a size of its own two values are allowed for: 2.5 times the root of 2.
    bare = {key: text for key, text in prints.items() if key != "t.x.all.n"}
    assert outcomes(spread.deviations, claims(bare | {"t.total.all.n": "20"}))[0] == []
    outside = claims(prints | {"t.x.all.mean": "0.2"})
    assert outcomes(spread.deviations, outside) == ([], set(), {})


def test_errors_are_deviations_over_the_root_of_n():
    prints = {"t.x.all.mean": "3.0", "t.x.all.sd": "2.0", "t.x.all.se": "0.32", "t.x.all.n": "40"}
    assert outcomes(spread.errors, claims(prints))[0] == []
    finding = outcomes(spread.errors, claims(prints | {"t.x.all.se": "0.20"}))[0][0]
    assert (finding.expected, finding.severity) == ("0.31 to 0.32", INCONSISTENT)
    words = {"statement": {"se": "adjusted mean (SE)"}}
    assert severities(spread.errors, claims(prints | {"t.x.all.se": "0.20"}, **words)) == [NOTE]


def test_fewer_answers_make_errors_larger_only():
    prints = {"t.total.all.n": "40", "t.x.all.sd": "2.0", "t.x.all.se": "0.40"}
    assert severities(spread.errors, claims(prints)) == [NOTE]
    assert severities(spread.errors, claims(prints | {"t.x.all.se": "0.25"})) == [INCONSISTENT]


@pytest.mark.parametrize(("low", "high"), [("-0.4", "6.4"), ("-0.1", "6.1"), ("0", "6")])
def test_limits_of_a_mean_by_t_or_normal_agree(low, high):
    # 3 +- 2.365 * 4 / sqrt(8) is -0.34 to 6.34; with 1.96, 0.23 to 5.77
    prints = {
        "t.x.all.mean": "3.0", "t.x.all.sd": "4.0", "t.x.all.n": "8", "t.x.all.low": low,
        "t.x.all.high": high,
    }  # fmt: skip
    found = claims(prints, kind={"low": "limit", "high": "limit"})
    expected = [] if low != "-0.1" else [NOTE]
    assert severities(spread.limits, found) == expected
