"""Curves against numbers at risk, and values that repeat: what cannot be, and what may."""

import pytest
from audit_claims import claims, outcomes

from case_review.audit.checks import repeated, survival
from case_review.audit.findings import INCONSISTENT, NOTE


def curve(*points, words="Survival"):
    prints = {}
    for number, (time, at_risk, share) in enumerate(points):
        prints |= {
            f"f1.os.y{number}.all.time": time, f"f1.os.y{number}.all.at_risk": at_risk,
            f"f1.os.y{number}.all.pct": share,
        }  # fmt: skip
    return claims(prints, statement={"pct": words})


def found(check, some):
    return outcomes(check, some)[0]


def test_a_curve_that_its_numbers_at_risk_allow_agrees():
    some = curve(("0", "100", "100"), ("12", "70", "80.0"), ("24", "40", "60.5"), ("36", "9", "41"))
    findings, agreed, _ = outcomes(survival.at_risk, some)
    assert findings == [] and len(agreed) == 8


def test_times_are_sorted_as_numbers():
    some = curve(("12", "70", "80.0"), ("6", "90", "92.0"), ("0", "100", "100"))
    assert found(survival.at_risk, some) == []


def test_survival_cannot_rise_but_what_happens_to_people_can():
    points = ("0", "100", "40.0"), ("12", "70", "45.0")
    finding = found(survival.at_risk, curve(*points))[0]
    assert (finding.kind, finding.severity) == ("curve", INCONSISTENT)
    assert found(survival.at_risk, curve(*points, words="Cumulative incidence")) == []
    falling = curve(("0", "100", "45.0"), ("12", "70", "40.0"), words="Mortality")
    assert found(survival.at_risk, falling)[0].kind == "curve"


def test_a_curve_of_unknown_events_goes_the_way_of_its_ends():
    rising = ("0", "100", "10.0"), ("6", "60", "30.0"), ("12", "40", "45.0")
    assert found(survival.at_risk, curve(*rising, words="Response")) == []
    turning = ("0", "100", "10.0"), ("6", "60", "30.0"), ("12", "40", "25.0")
    assert found(survival.at_risk, curve(*turning, words="Response"))[0].severity == NOTE
    assert found(survival.at_risk, curve(*turning, words="Relapse"))[0].severity == INCONSISTENT


def test_more_cannot_be_at_risk_later():
    finding = found(survival.at_risk, curve(("0", "60", "100"), ("12", "70", "90.0")))[0]
    assert (finding.kind, finding.expected) == ("at-risk", "at most 60")


def test_a_curve_falls_at_most_to_the_share_still_at_risk():
    # 80 of 100 still at risk: at least 80 % are alive, but for deaths at month 12 itself
    finding = found(survival.at_risk, curve(("0", "100", "100"), ("12", "80", "70.0")))[0]
    assert finding.severity == NOTE and finding.expected == "at least 79.6"
    points = ("0", "100", "100"), ("12", "80", "70.0"), ("24", "75", "69.0")
    assert found(survival.at_risk, curve(*points))[0].severity == INCONSISTENT


ROWS = {
    "one": "6.89 1.39 7.44 1.60", "two": "7.08 1.30 7.45 1.71", "three": "6.68 1.49 7.97 1.21",
    "four": "6.68 1.49 7.97 1.21", "five": "6.15 1.89 7.58 1.38",
}  # fmt: skip


def rows(table):
    columns = ("half.mean", "half.sd", "full.mean", "full.sd")
    return claims(
        {
            f"t2.{row}.{column}": text
            for row, texts in table.items()
            for column, text in zip(columns, texts.split(), strict=True)
        }
    )


def test_two_equal_rows_of_the_pizza_paper_are_told_of():
    finding = found(repeated.rows, rows(ROWS))[0]
    assert finding.severity == NOTE and finding.printed == "6.68, 1.49, 7.97, 1.21"
    assert finding.claim_id == "t2.four.half.mean" and len(finding.others) == 7


@pytest.mark.parametrize("row", ["6.68 1.49 7.97 1.22", "6.68 1.49 7.97 1.2"])
def test_rows_that_differ_anywhere_are_not(row):
    assert found(repeated.rows, rows(ROWS | {"four": row})) == []


def test_equal_rows_of_coarse_values_may_be_chance():
    coarse = {"a": "1.1 0.2 1.2 0.3", "b": "1.1 0.2 1.2 0.3", "c": "1.3 0.4 1.1 0.2",
              "d": "1.2 0.3 1.4 0.4"}  # fmt: skip
    assert found(repeated.rows, rows(coarse)) == []


#: Data set pigs4 of R's scrutiny (Jung), whose duplicate_count finds 5.17, 4.22 and 8.13.
PIGS4 = "4.73 6.88 6.09 8.13 7.33 8.27 4.22 5.17 4.40 4.22 7.57 5.92 5.17 8.13 5.17"


def test_values_that_recur_too_often_are_told_of():
    prints = {f"t.v{i}.pig.value": text for i, text in enumerate(PIGS4.split())}
    finding = found(repeated.values, claims(prints))[0]
    assert finding.printed == "8.13 (2 times), 4.22 (2 times), 5.17 (3 times)"
    assert "5 equal pairs" in finding.explanation and len(finding.others) == 6
    both = {f"t.v{i}.{side}.value": f"{i}.{i}7" for i in range(1, 9) for side in "ab"}
    assert found(repeated.values, claims(both)) == []  # a table that says all twice
    crowded = {f"t.v{i}.pig.value": f"0.6{i % 4}" if i < 60 else f"9{i}.15" for i in range(64)}
    assert found(repeated.values, claims(crowded)) == []  # equal because they lie close together
    prints |= {"t.v3.pig.value": "8.14", "t.v9.pig.value": "4.23", "t.v7.pig.value": "5.16"}
    assert found(repeated.values, claims(prints)) == []
