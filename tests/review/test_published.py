"""The transcription of the review: whole tables, ratios of their counts, and what the audit finds.

The review itself is not part of the project, so what can be tested is that nothing is left out of a
table, and that the findings are those which were checked against the text by hand.
"""

import json
from collections import defaultdict

import pytest
from conftest import ROOT

from case_review.audit import audit_printed, claims

POPULATIONS = ("all", "publications", "posters")

#: Claim and kind of every finding that was checked against the review's text.
CHECKED = {
    ("table1.total.all.n", "denominator"),
    ("table1.age.2_months_to_2_years.all.n", "overlap"),
    ("table1.age.2_to_13_years.all.n", "overlap"),
    ("table1.age.not_reported.posters.n", "subtotal"),
    ("table2.total.all.n", "denominator"),
    ("table2.drug.everolimus.all.pct", "truncation"),
    ("table2.dose.0_05_to_0_1_mg_kg.all.n", "gap"),
    ("table2.dose.lt_1_0_mg_m2.all.n", "gap"),
    ("table2.dose.1_5_to_1_6_mg_m2.all.n", "gap"),
    ("table2.level.5_to_15.all.n", "gap"),
    ("table2.level.5_to_15.all.pct", "truncation"),
    ("table2.level.1_to_5.all.n", "gap"),
    ("table2.level.1_to_5.all.n", "overlap"),
    ("table2.level.not_reported.all.pct", "truncation"),
    ("table2.level.not_reported.publications.pct", "misprint"),
    ("results.individual_data.posters.n", "text-table"),
    ("results.age_limit.all.max", "unsupported"),
    ("results.severe_symptoms.all.pct", "unsupported"),
    ("results.symptoms.all.n", "sum"),
    ("results.dose_most_common.all.value", "text-table"),
    ("results.duration_reported.all.n", "subtotal"),
    ("results.responders.all.pct", "unsupported"),
    ("figure1.cases.publications.n", "denominator"),
    ("discussion.lymphatic_component.all.n", "text-table"),
}


@pytest.fixture(scope="module")
def published():
    return claims.read(ROOT / "data" / "raw" / "published.csv")


@pytest.fixture(scope="module")
def cells(published):
    """(place, path) of each table row to {(population, measure): claim}; footnotes left out."""
    rows = defaultdict(dict)
    for claim in published:
        if claim.place.startswith("table") and claim.kind in ("count", "percent"):
            rows[claim.place, claim.path][claim.population, claim.measure] = claim
    return rows


def test_every_row_of_a_table_is_there_in_every_column(cells):
    assert [place for place, path in cells if path != claims.TOTAL].count("table1") == 21
    assert [place for place, path in cells if path != claims.TOTAL].count("table2") == 13
    for row, columns in cells.items():
        assert all((population, "n") in columns for population in POPULATIONS), row


def test_a_percentage_stands_beside_every_count_but_zero_and_is_of_it(cells):
    for (place, path), columns in cells.items():
        for population in POPULATIONS if path != claims.TOTAL else ():
            count, percent = columns[population, "n"], columns.get((population, "pct"))
            assert (percent is None) == (count.number == 0), count.claim_id
            if percent:
                whole = cells[place, claims.TOTAL][population, "n"]
                of = (percent.numerator, percent.denominator)
                assert of == (count.number, whole.number), percent.claim_id
                assert (percent.location, percent.result_id) == (count.location, count.result_id)


def test_every_result_that_a_claim_names_is_recorded(published):
    held = json.loads((ROOT / "expectations" / "results.json").read_text(encoding="utf-8"))
    known = {result for entry in held.values() for result in entry["results"]}
    assert {claim.result_id for claim in published if claim.result_id} <= known


def test_the_findings_are_those_that_were_checked_by_hand(published):
    checks = claims.text_table(ROOT / "data" / "raw" / "published_checks.csv")
    found = [(finding.claim_id, finding.kind) for finding in audit_printed(published, checks)]
    assert set(found) == CHECKED
    assert len(found) == len(CHECKED)
