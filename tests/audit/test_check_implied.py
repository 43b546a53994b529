"""Of how many percentages beside counts are: one column, one number, or a note."""

from audit_claims import claims, outcomes

from case_review.audit.checks.implied import denominators
from case_review.audit.findings import NOTE

ROWS = {"a": ("10", "20.0"), "b": ("15", "25.0"), "c": ("20", "40.0"), "d": ("5", "10.0"),
        "e": ("31", "62.0")}  # fmt: skip


def column(rows, more=(), **cells):
    prints = {f"t.{row}.all.{name}": text for row, pair in rows.items()
              for name, text in zip(("n", "pct"), pair, strict=True)}  # fmt: skip
    return claims(prints | dict(more), **cells)


def test_a_percentage_of_another_number_is_a_note():
    findings, agreed, _ = outcomes(denominators, column(ROWS))
    assert [(one.claim_id, one.severity) for one in findings] == [("t.b.all.pct", NOTE)]
    assert findings[0].explanation == (
        "4 of 5 percentages of this column can be of 50 people; 15 (25.0%) is of 60. Say of how "
        "many each speaks."
    )
    assert {"t.a.all.pct", "t.e.all.n"} < agreed


def test_columns_of_one_number_agree():
    assert outcomes(denominators, column(ROWS | {"b": ("15", "30.0")}))[0] == []


def test_where_few_rows_agree_nothing_is_said():
    mixed = ROWS | {"c": ("20", "30.0"), "d": ("5", "13.5")}
    assert outcomes(denominators, column(mixed)) == ([], set(), {})
    assert outcomes(denominators, column(dict(list(ROWS.items())[:4]))) == ([], set(), {})


def test_where_the_whole_is_printed_other_checks_hold_it():
    assert outcomes(denominators, column(ROWS, {"t.total.all.n": "50"})) == ([], set(), {})
    assert outcomes(denominators, column(ROWS, denominator={"pct": "50"})) == ([], set(), {})


def test_coarse_percentages_say_little_of_their_whole():
    assert outcomes(denominators, column(ROWS | {"b": ("1", "2")}))[0] == []
