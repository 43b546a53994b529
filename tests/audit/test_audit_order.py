"""Estimates lie between their limits, and measures have numbers that they can have."""

import pytest
from audit_tables import row

from case_review.audit.checks.order import order
from case_review.audit.checks.ranges import ranges
from case_review.audit.claims import from_rows
from case_review.audit.findings import Finding


def found(check, kinds=None, unit="", **prints):
    """Claim, severity and expectation of what a check finds in measures of one variable."""
    rows = [
        row(f"t.x.all.{measure}", value, "T", (kinds or {}).get(measure, "level"), unit)
        for measure, value in prints.items()
    ]
    outcomes = check(from_rows(rows, "x"))
    return [
        (one.claim_id.split(".")[-1], one.severity, one.expected)
        for one in outcomes
        if isinstance(one, Finding)
    ]


LIMITS = {"low": "limit", "high": "limit"}


@pytest.mark.parametrize(
    "prints",
    [
        {"value": "5", "low": "1", "high": "3"},
        {"hr": "0.5", "low": "0.6", "high": "0.9"},
        {"median": "−5.6", "high": "-7"},
        {"median": "5", "q1": "6", "q3": "9"},
        {"median": "5", "min": "1", "max": "4"},
        {"mean": "5", "min": "6", "max": "9"},
        {"low": "5", "high": "4"},
        {"q1": "5", "q3": "4"},
        {"q3": "5", "max": "4"},
        {"pct": "20.1", "low": "20.3", "high": "23.0"},
    ],
)
def test_what_is_out_of_order_is_found_once(prints):
    (only,) = found(order, LIMITS, **prints)
    assert only[1] == "impossible"


@pytest.mark.parametrize(
    "prints",
    [
        {"value": "2", "low": "1", "high": "3"},
        {"hr": "0.6", "low": "0.64", "high": "0.9"},  # 0.64 rounds to 0.6
        {"mean": "9", "q1": "2", "q3": "5"},
        {"mean": "9", "median": "4", "q1": "2", "q3": "5", "min": "1", "max": "40"},
        {"value": "1", "low": "1", "high": "1"},
        {"median": "5", "high": "<6"},
        {"p": "0.4", "low": "1", "high": "3"},
    ],
)
def test_what_is_in_order_as_far_as_its_digits_go_is_right(prints):
    assert found(order, LIMITS, **prints) == []


def test_a_mean_may_lie_outside_low_and_high_that_are_no_limits_of_it():
    assert found(order, {"low": "range", "high": "range"}, mean="9", low="2", high="5") == []
    assert found(order, LIMITS, mean="9", low="2", high="5")[0][0] == "high"
    # Limits beside a mean and a median are those of the mean.
    assert found(order, LIMITS, mean="4", median="9", low="2", high="5") == []


@pytest.mark.parametrize(
    ("prints", "expected"),
    [
        ({"p": "1.3"}, [("p", "impossible", "at most 1")]),
        ({"p": "-0.2"}, [("p", "impossible", "at least 0")]),
        ({"p": "0.000"}, [("p", "rounding", "<0.001")]),
        ({"p": "0.00"}, [("p", "rounding", "<0.01")]),
        ({"r": "1.2"}, [("r", "impossible", "at most 1")]),
        ({"r": "-1.2"}, [("r", "impossible", "at least −1")]),
        ({"sd": "-1"}, [("sd", "impossible", "at least 0")]),
        ({"or": "-1"}, [("or", "impossible", "at least 0")]),
        ({"f": "-1"}, [("f", "impossible", "at least 0")]),
        ({"p": "<0.001"}, []),
        ({"p": "1.000"}, []),
        ({"r": "-0.9", "t": "-3.4", "mean": "-2", "f": "0.00", "or": "0.00", "sd": "0"}, []),
    ],
)
def test_a_measure_has_numbers_that_it_can_have(prints, expected):
    assert found(ranges, **prints) == expected


def test_p_values_of_nought_are_one_finding_for_each_place():
    rows = [row(f"{place}.x{i}.all.p", value, "T", "p-value")
            for place, value in (("t1", "0.000"), ("t1", "0.00"), ("t2", "0.000"))
            for i in range(2) if (place, value, i) != ("t1", "0.00", 1)]  # fmt: skip
    rows[2]["claim_id"] = "t1.y.all.p"
    one, coarse, other = ranges(from_rows(rows, "x"))
    assert (one.claim_id, one.others) == ("t1.x0.all.p", ("t1.x1.all.p",))
    assert "2 of this place are printed so" in one.explanation
    assert (coarse.claim_id, coarse.others) == ("t1.y.all.p", ())
    assert (other.claim_id, other.others) == ("t2.x0.all.p", ("t2.x1.all.p",))


@pytest.mark.parametrize(
    ("measure", "value", "sure", "severity"),
    [
        ("sd", "-0.07", "certain", "note"),
        ("sd", "-0.07", "", "impossible"),
        ("p", "7.78", "likely", "note"),
        ("p", "1.3", "certain", "impossible"),
    ],
)
def test_what_a_program_took_for_a_measure_may_be_another(measure, value, sure, severity):
    rows = [row(f"t.x.all.{measure}", value, "T", "level") | {"sure": sure}]
    (finding,) = ranges(from_rows(rows, "x"))
    assert finding.severity == severity


def test_an_estimate_that_a_sentence_does_not_name_leads_to_a_note():
    rows = [row(f"t.x.all.{name}", value, "T", "limit") | {"sure": "likely"}
            for name, value in (("value", "1"), ("low", "12"), ("high", "2800"))]  # fmt: skip
    assert [one.severity for one in order(from_rows(rows, "x")) if isinstance(one, Finding)] == [
        "note"
    ]
