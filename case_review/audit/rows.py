"""One row of a file of printed numbers: what it is called, what its cells hold, what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from case_review.audit import cells
from case_review.data.schema import TABLES

#: What a printed number can be; `cited`, `date` and `method` say why it is no result of the paper.
KINDS = TABLES["published"].columns["kind"].values
#: The kinds that count something.
COUNTED = ("count", "subset")
#: What else a kind is called where it can mean nothing else.
_SAME_KIND = {"percentage": "percent", "%": "percent", "p": "p-value", "p value": "p-value"}
_ID_PART = re.compile(r"\w+", re.ASCII)


def problems(row: Mapping[str, str], lines: Mapping[str, int]) -> Iterator[str]:
    """What is wrong with a row, each beginning with the column.

    Parameters
    ----------
    lines
        Where the ids of the rows before it stand.
    """
    claim_id, kind = row["claim_id"].strip(), kind_of(row)
    parts = claim_id.split(".")
    if len(parts) < 4 or not all(map(_ID_PART.fullmatch, parts)):
        yield (
            f"claim_id: '{claim_id}' is not of the form "
            "place.variable[.level].population.measure, e.g. table1.sex.male.all.n."
        )
    elif row.get("population", "").strip() not in ("", parts[-2]):
        yield (
            f"population: '{row['population']}' differs from the "
            f"last but one part of the id '{claim_id}'. Make them equal."
        )
    if claim_id in lines:
        yield (
            f"claim_id: '{claim_id}' stands already in "
            f"line {lines[claim_id]}. Give each printed number its own id."
        )
    if kind not in KINDS:
        known = ", ".join(KINDS)
        yield f"kind: '{row['kind']}' of {claim_id} is unknown; write one of {known}."
    for column in ("value", "numerator", "denominator"):
        try:
            number_of(row, column)
        except cells.Unreadable as error:
            yield f"{column}: '{row[column].strip()}' of {claim_id} {error}"


def kind_of(row: Mapping[str, str]) -> str:
    """The kind of a row in the spelling of `KINDS`, if it is one of them."""
    kind = row["kind"].strip().lower()
    return _SAME_KIND.get(kind, kind)


def number_of(row: Mapping[str, str], column: str) -> Decimal | None:
    """The number of a cell; only counts and percentages must be some, others may be dates.

    Raises
    ------
    Unreadable
        If it is none where it must be, or can be read in two ways.
    """
    text, kind = row.get(column, ""), kind_of(row)
    if column != "value":
        return cells.count(text)
    if kind in COUNTED:
        return cells.count(text) if text.strip() else cells.amount(text).number
    found = cells.amount(text) if kind == "percent" else cells.number(text)
    return found.number if found else None
