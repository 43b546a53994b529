"""A CSV or workbook that holds a paper's table as it is printed, and no transcription."""

from __future__ import annotations

from pathlib import Path

from case_review.audit import tables
from case_review.audit.papers.document import Cell, Paper, Placed, Table, grid
from case_review.data import raw_file

#: Two of these columns make a file a transcription; one may be a heading of any table.
_COLUMNS = {"claim_id", "location", "statement", "kind", "population", "as_printed", "value"}


def is_transcription(path: Path) -> bool:
    """Whether a file has the columns of `published.csv`; also where it cannot be read.

    What is wrong with it is then told as for a transcription, with line and column.
    """
    try:
        lines = raw_file.read_path(path).lines
    except raw_file.FileProblem:
        return True
    return not lines or len(_COLUMNS & {cell.strip().casefold() for cell in lines[0][1]}) > 1


def read(path: Path) -> Paper:
    """The grid of a file whose first line holds headings.

    Raises
    ------
    ReviewError
        If it cannot be read.
    """
    rows = [[Placed(_cell(text)) for text in cells] for _, cells in tables.lines(path).lines]
    return Paper("table", "", [Table(path.stem, "", "", grid([rows]))])


def _cell(text: str) -> Cell:
    return Cell("\n".join(text.split("\n")).strip(), indent=len(text) - len(text.lstrip()))
