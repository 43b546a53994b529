"""The worked examples of docs/checks/ are what the checks find, line by line."""

import csv
import re
from pathlib import Path

import pytest
from audit_claims import claims

from case_review.audit.checks import CHECKS
from case_review.audit.findings import Finding

PAGES = Path(__file__).resolve().parents[2] / "docs" / "checks"
EXAMPLE = re.compile(r"```csv\n(claim_id,as_printed.*?)```\n+```text\n(.*?)```", re.DOTALL)
EXAMPLES = [
    (page.stem, *found.groups())
    for page in sorted(PAGES.glob("*.md"))
    for found in EXAMPLE.finditer(page.read_text())
]


def lines(name, text):
    """What a check says of an example: severity, claim and explanation."""
    rows = list(csv.DictReader(text.splitlines()))
    prints = {row["claim_id"]: row["as_printed"] for row in rows}
    cells = {
        column: {row["claim_id"]: row[column] for row in rows if row[column]}
        for column in rows[0]
        if column not in ("claim_id", "as_printed")
    }
    found = claims(prints, **cells)
    for function in CHECKS[name]:
        for one in function(found):
            if isinstance(one, Finding):
                yield f"{one.severity}: {one.claim_id}: {one.explanation}"


@pytest.mark.parametrize(("name", "table", "expected"), EXAMPLES)
def test_the_example_gives_what_the_page_says(name, table, expected):
    assert list(lines(name, table)) == expected.strip().splitlines()


def test_every_check_has_a_page_with_an_example():
    assert {name for name, _, _ in EXAMPLES} == CHECKS.keys()
