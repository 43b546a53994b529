"""What the print confirms by itself, and in which direction; what bound the rows is no evidence."""

from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from audit_tables import claims, printed, row
from conftest import ROOT

from case_review.audit import audit_printed
from case_review.audit.claims import Claims, from_frame, read, text_table
from case_review.audit.confirmation import PERCENTAGE, REPEAT, SUM, confirmations
from case_review.audit.findings import Finding
from case_review.audit.reproduction import compare
from case_review.reconstruction import checks, specification
from case_review.registry import Result

RAW = ROOT / "data" / "raw"


def checks_of(*cells):
    """Declared checks: claim id, left, relation, right."""
    names = ["claim_id", "left", "relation", "right"]
    made = [dict(zip(names, line, strict=True)) for line in cells]
    filled = [{"check_id": "c", "kind": "sum", "expected": "", "explanation": ""} | m for m in made]
    return pd.DataFrame(filled)


def test_percentages_and_wholes_are_confirmed_and_parts_are_not():
    found = confirmations(claims())
    assert found["table1.sex.male.posters.pct"] == PERCENTAGE
    # 7 + 12 = 19 over the populations; 4 + 7 = 11 within the kind; 7 + 9 = 16 in the column
    assert found["table1.sex.male.all.n"] == SUM
    assert found["table1.type.a.publications.n"] == SUM
    assert found["table1.total.publications.n"] == SUM
    for part in ("sex.male.posters", "type.a.solid.publications", "age.old.publications"):
        assert f"table1.{part}.n" not in found
    # nothing else prints these
    assert "results.known.all.n" not in found and "results.time.all.median" not in found


def test_a_number_that_does_not_fit_is_not_confirmed():
    one = "table1.sex.male.all.pct"
    assert one not in confirmations(claims({one: printed("47.6")}))
    published = claims({"table1.sex.male.publications.n": printed(8)})
    found = confirmations(published, audit_printed(published))
    # neither the row, nor the column in which the other blocks still add up
    assert "table1.sex.male.all.n" not in found
    assert "table1.total.publications.n" not in found
    # and the percentage is of another number than the count beside it
    assert "table1.sex.male.publications.pct" not in found


def test_of_several_statements_one_stands_for_itself():
    places = ["abstract", "results", "discussion"]
    rows = [row(f"{place}.time.all.median", 2, place, "median", "weeks") for place in places]
    for one in rows:
        one["result_id"] = "a.median"
    published = from_frame(pd.DataFrame(rows))
    first, second, third = (one["claim_id"] for one in rows)
    assert confirmations(published) == {second: REPEAT, third: REPEAT}
    # what the rows were made from is the statement that the others repeat
    assert confirmations(published, sources={second}) == {first: REPEAT, third: REPEAT}
    rows[2] |= printed("3")
    published = from_frame(pd.DataFrame(rows))
    assert confirmations(published, audit_printed(published)) == {second: REPEAT}


def test_a_repeat_of_a_sum_leaves_the_sum_confirmed():
    found = confirmations(claims())
    assert (found["results.type.a.all.n"], found["table1.type.a.all.n"]) == (REPEAT, SUM)


def test_saying_again_what_goes_beyond_the_data_confirms_nothing():
    rows = [row(f"{place}.all_responded.all.pct", 100, place, "percent", "%")
            for place in ("abstract", "results")]  # fmt: skip
    published = from_frame(pd.DataFrame(rows))
    assert len(confirmations(published)) == 1
    beyond = Finding(rows[1]["claim_id"], "", "", "", "", "unsupported", "")
    assert confirmations(published, [beyond]) == {}


def test_a_declared_sum_confirms_the_number_that_is_one_side_of_it():
    known, parts = "results.known.all.n", "results.ongoing.all.n + results.stopped.all.n"
    assert confirmations(claims(), checks=checks_of((known, parts, "=", known)))[known] == SUM
    assert confirmations(claims(), checks=checks_of((known, known, "=", parts)))[known] == SUM
    for nothing in (
        (known, parts, ">=", known),
        (known, known, "=", known),
        (known, known, "=", "15"),
        (known, f"{known} - results.stopped.all.n", "=", "results.ongoing.all.n"),
        (known, "results.ongoing.all.n", "=", known),
    ):
        assert known not in confirmations(claims(), checks=checks_of(nothing)), nothing


# -- this review -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def review():
    """Its printed numbers, findings, declared checks, and what binds the reconstruction."""
    published = read(RAW / "published.csv")
    declared = text_table(RAW / "published_checks.csv")
    return published, audit_printed(published, declared), declared, specification.read(RAW)


def test_everything_that_the_rows_are_counted_against_is_bound(review):
    published, _, _, spec = review
    held = checks.margins(spec, checks.in_raw(RAW), 30.4375)["claim_id"]
    assert len(held) == 83 and set(held) <= spec.bound()
    assert all(id in published for id in [*spec.bound(), *spec["also_met"]])
    assert {claim for claim, *_ in spec.margins()} <= spec.bound()


def test_no_number_that_the_rows_were_made_from_is_called_recomputed(review):
    published, findings, declared, spec = review
    bound = spec.bound()
    found = confirmations(published, findings, declared, bound)
    # As if every number had a result of its own, which gives exactly what is printed.
    own = Claims([replace(claim, result_id=claim.claim_id) for claim in published])
    results = {
        claim.claim_id: Result(
            claim.claim_id, float(claim.number), unit=claim.unit, text="1", standing="printed"
        )
        for claim in published
        if claim.number is not None
    }
    verdicts = compare(own, results, findings, confirmed=found, bound=bound)
    by_id = {v.claim.claim_id: v.verdict for v in verdicts}
    assert len(by_id) == len(published) == 331
    assert {by_id[id] for id in bound} == {"bound", "confirmed"}
    assert by_id["results.level_most_common.all.low"] == "recomputed"
    time = "results.time_to_response.publications."
    assert not {f"{time}{name}" for name in ("median", "low", "high", "min", "max", "p")} & set(
        found
    )
    assert found["abstract.time_to_response.publications.median"] == REPEAT
    assert Counter(found.values())[PERCENTAGE] == 95
