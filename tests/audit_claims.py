"""Claims of a few lines, for tests of single checks."""

from case_review.audit.claims import COLUMNS, Claims, from_rows
from case_review.audit.findings import Checked, Finding, Unchecked

#: The kind of each measure, where a test does not say another.
KINDS = {"n": "subset", "denominator": "subset", "pct": "percent", "p": "p-value"}


def claims(prints: dict[str, str], **cells: dict[str, str]) -> Claims:
    """Claims from their prints by id; `unit=` and other columns give cells by id or by measure."""
    return from_rows([_row(key, text, cells) for key, text in prints.items()], "a.csv")


def _row(claim_id, text, cells):
    *_, population, measure = claim_id.split(".")
    row = dict.fromkeys(COLUMNS, "") | {
        "claim_id": claim_id, "location": "Table 1", "statement": "A number",
        "kind": KINDS.get(measure.lower(), "level"), "population": population, "as_printed": text,
        "value": text.lstrip("<>=~"),
    }  # fmt: skip
    for column, given in cells.items():
        row[column] = given.get(claim_id, given.get(measure, row.get(column, "")))
    return row


def outcomes(check, found: Claims) -> tuple[list[Finding], set[str], dict[str, str]]:
    """What a check says: findings, ids that were held and agree, and why others were not held."""
    said = list(check(found))
    agreed = {key for one in said if isinstance(one, Checked) for key in one.claim_ids}
    reasons = {one.claim_id: one.reason for one in said if isinstance(one, Unchecked)}
    return [one for one in said if isinstance(one, Finding)], agreed, reasons
