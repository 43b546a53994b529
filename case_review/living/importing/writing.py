"""Writing what an import made: corrections by hand stay, and nothing else is replaced unasked.

What an import wrote last is kept beside the mapping. What lies in data/raw and differs from it was
changed by hand.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from case_review.data import raw_file
from case_review.data.lines import FileProblem
from case_review.data.schema import TABLES
from case_review.errors import ReviewError
from case_review.files import write_if_changed
from case_review.living.importing.imported import WRITTEN, Row

_KEPT = "written"


def write(raw: Path, folder: Path, tables: dict[str, list[Row]], replace: bool) -> list[str]:
    """Write the tables to `raw`; returns what was changed by hand and stays, a line for each.

    Parameters
    ----------
    raw, folder
        `data/raw`, and the folder of the mapping, in which copies are kept.
    tables
        What the sheet gives.
    replace
        Whether rows that come from no import, and corrections by hand, may go.

    Raises
    ------
    ReviewError
        If a table holds rows that come from no import; nothing is written then.
    """
    found, remarks = {}, []
    for name in WRITTEN:
        path, kept = raw / f"{name}.csv", folder / _KEPT / f"{name}.csv"
        if (sheet := path.with_suffix(".xlsx")).exists():
            raise ReviewError(f"{sheet}: it lies in place of {path.name}. Move it away first.")
        now, base = _read(path), _read(kept)
        if not replace and base is None and now:
            raise ReviewError(
                f"{path}: its {len(now)} rows come from no import ({_origin(now)}). Add --replace "
                "(make import FILE=... REPLACE=1) to have the import's in their place; git keeps "
                "what was committed."
            )
        rows = tables[name]
        if base is not None and now is not None and not replace:
            rows, said = _merged(name, base, now, rows)
            remarks += said
        found[path] = as_csv(rows, _header(name, rows))
        found[kept] = as_csv(tables[name], _header(name, tables[name]))
    for path, text in found.items():  # each whole, and not before all are known
        write_if_changed(path, text)
    return remarks


def _origin(rows: list[Row]) -> str:
    return ", ".join(sorted({row.get("provenance") or "without provenance" for row in rows}))


def _header(name: str, rows: list[Row]) -> list[str]:
    used = set().union(*rows) if rows else set(TABLES[name].columns)
    ours = [column for column in TABLES[name].columns if column in used]
    return list(dict.fromkeys([*ours, *(key for row in rows for key in row)]))


def as_csv(rows: Sequence[Row], header: Sequence[str]) -> str:
    """Rows as the text of a CSV file."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _read(path: Path) -> list[Row] | None:
    """The rows of a table; None without a file."""
    if not path.is_file():
        return None
    try:
        (_, header), *lines = raw_file.read_path(path).lines
    except FileProblem as problem:
        raise ReviewError(f"{path}: {problem.message}") from None
    return [dict(zip(header, cells, strict=False)) for _, cells in lines]


def _merged(name: str, base: list[Row], now: list[Row], new: list[Row]):
    """What the sheet gives now, with what was changed by hand since the last import."""
    before, ours, theirs = ({_key(name, row): row for row in rows} for rows in (base, now, new))
    rows, said = [], []
    for key, row in theirs.items():
        if key in before and key not in ours:
            said.append(f"{name}, {_said(key)}: the row was deleted by hand, and stays so")
        elif key not in before and key in ours:
            rows.append(ours[key])
            said.append(f"{name}, {_said(key)}: added by hand and now in the sheet; yours stays")
        elif key not in before:
            rows.append(row)
        else:
            rows.append(_merged_row(f"{name}, {_said(key)}", before[key], ours[key], row, said))
    for key, row in ours.items():
        if key in theirs:
            continue
        if key not in before:
            rows.append(row)
            said.append(f"{name}, {_said(key)}: the row was added by hand, and stays")
        elif row != before[key]:
            rows.append(row)
            said.append(
                f"{name}, {_said(key)}: conflict. It was changed by hand and is no longer in the "
                "sheet; it stays. Delete it, if it should go"
            )
    return rows, said


def _merged_row(place: str, base: Row, ours: Row, theirs: Row, said: list[str]) -> Row:
    row = dict(theirs)
    for column in dict.fromkeys([*theirs, *ours]):
        was, hand, sheet = (r.get(column, "") for r in (base, ours, theirs))
        if hand == was:
            continue
        row[column] = hand
        if sheet == hand:
            continue  # the sheet was corrected as well, or the last import was cut off
        if sheet == was:
            said.append(f"{place}, {column}: '{hand}' by hand stays (the sheet has '{sheet}')")
        else:
            said.append(
                f"{place}, {column}: conflict. The sheet had '{was}' and now has '{sheet}', by "
                f"hand stands '{hand}', which stays. Type the right one in both"
            )
    return row


def _key(name: str, row: Row) -> tuple[str, ...]:
    return tuple(row.get(column, "") for column in TABLES[name].key)


def _said(key: tuple[str, ...]) -> str:
    return " ".join(filter(None, key))
