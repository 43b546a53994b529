"""Tables in the OASIS exchange form of CALS (`tgroup`, `row`, `entry`), which some journals use.

https://www.oasis-open.org/specs/tm9901.html
"""

from __future__ import annotations

from lxml import etree

from case_review.audit.papers import markup
from case_review.audit.papers.document import Cell, Placed, grid


def table_rows(table: etree._Element) -> tuple[tuple[tuple[Cell, ...], ...], int | None]:
    """The grid of all `tgroup`s of a table and the number of its heading rows."""
    groups: list[list[list[Placed]]] = []
    heads = 0
    for group in table.iterfind("{*}tgroup"):
        columns = [spec.get("colname") or "" for spec in group.iterfind("{*}colspec")]
        places = {column: number for number, column in enumerate(columns) if column}
        for part in ("thead", "tbody", "tfoot"):
            for body in group.iterfind(f"{{*}}{part}"):
                rows = [_row(row, places) for row in body.iterfind("{*}row")]
                groups.append(rows)
                heads += len(rows) if part == "thead" and len(groups) == 1 else 0
    return grid(groups), heads or None


def _row(row: etree._Element, places: dict[str, int]) -> list[Placed]:
    found: list[Placed] = []
    for entry in row.iterfind("{*}entry"):
        first = places.get(entry.get("namest") or entry.get("colname") or "")
        last = places.get(entry.get("nameend") or "", first)
        width = last - first + 1 if first is not None and last is not None else 1
        below = entry.get("morerows") or "0"
        rows = 1 + (int(below) if below.isdecimal() and len(below) < 6 else 0)
        found.append(Placed(markup.cell(entry).cell, rows, max(1, width)))
    return found
