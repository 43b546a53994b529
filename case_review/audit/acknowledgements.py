"""Findings that somebody has looked at: a file beside the audited one says why they stand.

An author may know that a number is right all the same, or that it cannot be changed any more. The
file has the columns `claim_id`, `kind` and `reason`, and may have `printed`: then the entry holds
only as long as that is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from case_review.audit.findings import KINDS, Finding
from case_review.audit.tables import require_columns, text_table

COLUMNS = ("claim_id", "kind", "reason")


class Acknowledged(NamedTuple):
    """A finding, and the reason why it stands."""

    finding: Finding
    reason: str


def of(findings: Sequence[Finding], path: Path) -> tuple[list[Acknowledged], list[str]]:
    """The findings that a file acknowledges, and what is wrong with its other entries.

    An entry without a reason acknowledges nothing. One that no finding matches, or none any more,
    is told, so that it can be taken out.

    Raises
    ------
    ReviewError
        If there is such a file and it cannot be read.
    """
    if not path.is_file():
        return [], []
    table = text_table(path)
    require_columns(table, COLUMNS, str(path))
    known: dict[int, Acknowledged] = {}
    remarks = []
    for line, entry in zip(table.index, table.to_dict("records"), strict=True):
        claim_id, kind, reason = (entry[name].strip() for name in COLUMNS)
        place = f"{path.name}, line {line}"
        matched = [
            one
            for one in findings
            if (one.claim_id, one.kind) == (claim_id, kind)
            and entry.get("printed", "").strip() in ("", one.printed)
        ]
        if kind not in KINDS:
            remarks.append(
                f"{place}: '{kind}' is no kind of finding. Write one of {', '.join(KINDS)}."
            )
        elif not matched:
            remarks.append(
                f"{place}: nothing is found of {claim_id} that is of the kind {kind}"
                + (" and printed so. " if entry.get("printed", "").strip() else ". ")
                + "Take the entry out, or correct it."
            )
        elif not reason:
            remarks.append(f"{place}: {claim_id} has no reason. Say why the finding stands.")
        else:
            known |= {id(one): Acknowledged(one, reason) for one in matched}
    return [known[id(one)] for one in findings if id(one) in known], remarks
