"""Tables of the audit from a CSV file or a spreadsheet, as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from case_review.data import raw_file, shown
from case_review.data.problems import visible
from case_review.errors import ReviewError

#: Most problems that one message tells.
_MOST = 30


def text_table(path: Path) -> pd.DataFrame:
    """The cells of a CSV file or spreadsheet as text; the index holds the lines of the file.

    A spreadsheet's cell that shows a percentage holds what it shows.

    Raises
    ------
    ReviewError
        If the file is missing or unreadable, a row has more or fewer cells than the header, or
        nobody can tell what a cell of a spreadsheet means; all of it in one message.
    """
    found = lines(path)
    header, rows = found.lines[0][1], dict(found.lines[1:])
    wrong = []
    for cell in found.wrong:
        percent = shown.percentage(cell.message)
        if percent and cell.line in rows and cell.position < len(header):
            rows[cell.line][cell.position] = percent
            continue
        column = header[cell.position] if cell.position < len(header) else "beside the table"
        place = f"{path}, line {cell.line}, column {column}"
        wrong.append(f"{place}: found '{visible(cell.value)}'; {cell.message}")
    wrong += [
        f"{path}, line {line}: found {len(cells)} cells where the header has "
        f"{len(header)}. A cell that holds a comma needs quotation marks around it."
        for line, cells in rows.items()
        if len(cells) != len(header)
    ]
    refuse(wrong)
    return pd.DataFrame(list(rows.values()), index=list(rows), columns=header, dtype=str)


def lines(path: Path) -> raw_file.Lines:
    """The lines of a CSV file or spreadsheet.

    Raises
    ------
    ReviewError
        If it cannot be read.
    """
    try:
        return raw_file.read_path(path)
    except raw_file.FileProblem as problem:
        place = f"{path}, line {problem.row}" if problem.row else path
        raise ReviewError(f"{place}: {problem.message}") from None


def refuse(problems: Sequence[str]) -> None:
    """Refuse a file for all that is wrong in it, one line each; nothing if nothing is."""
    if problems:
        rest = len(problems) - _MOST
        more = [f"... and {rest} more of this kind. Mend these first."] if rest > 0 else []
        raise ReviewError("\n".join([*problems[:_MOST], *more]))


def require_columns(frame: pd.DataFrame, expected: Sequence[str], source: str) -> None:
    """Refuse a table that lacks a column, naming it and all that are expected."""
    missing = [name for name in expected if name not in frame.columns]
    if missing:
        raise ReviewError(
            f"{source} lacks the column(s) {', '.join(missing)}; expected {', '.join(expected)}."
        )
