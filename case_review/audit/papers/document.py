"""A paper as the readers of all file formats hand it on: tables as grids, text by paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: Most rows and columns of one table that are read; a hostile span asks for millions.
MOST_ROWS, MOST_COLUMNS = 5_000, 400


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Parameters
    ----------
    text
        What is printed, without footnote marks; line breaks inside the cell are newlines.
    marks
        The superscript marks that were taken off.
    indent
        How far the text is set in. Only the order means anything: the unit is the file's.
    head
        Whether the file calls it a heading.
    at
        Row and column of its upper left corner; a cell that spans stands in several places.
    """

    text: str = ""
    marks: str = ""
    indent: float = 0
    head: bool = False
    at: tuple[int, int] = (-1, -1)


@dataclass(frozen=True)
class Placed:
    """A cell as a file lists it, with the rows and columns that it spans; 0 rows: to the end."""

    cell: Cell
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Table:
    """A table of a paper.

    Parameters
    ----------
    label, caption, notes
        As printed: `Table 1`, what stands over it, and the footnotes below it.
    rows
        The grid, all rows of one length; a cell that spans stands wherever it reaches.
    heads
        Number of heading rows, or None where the file does not tell.
    found
        Whether rows and columns were found by where words stand, and not told by the file.
    """

    label: str
    caption: str
    notes: str
    rows: tuple[tuple[Cell, ...], ...]
    heads: int | None = None
    found: bool = False


@dataclass(frozen=True)
class Passage:
    """The text of one paragraph, and the title of the section that it stands in."""

    section: str
    text: str


@dataclass
class Paper:
    """What a file holds that can be audited.

    Parameters
    ----------
    reader
        What read it, in words: `JATS`, `HTML`, `PDF (tagged)`.
    missed
        What the reader knows that it may have missed, each a sentence.
    """

    reader: str
    title: str = ""
    tables: list[Table] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def grid(groups: Iterable[Sequence[Sequence[Placed]]]) -> tuple[tuple[Cell, ...], ...]:
    """The rectangular grid of rows of cells, some of which span.

    Parameters
    ----------
    groups
        Groups of rows (head, body, foot); a span ends with its group, as in HTML
        (https://html.spec.whatwg.org/multipage/tables.html#forming-a-table).
    """
    filled: dict[tuple[int, int], Cell] = {}
    first = 0
    for group in groups:
        last = min(first + len(group), MOST_ROWS)
        for row, cells in enumerate(group[: last - first], start=first):
            column = 0
            for placed in cells:
                while (row, column) in filled:
                    column += 1
                cell = Cell(**{**vars(placed.cell), "at": (row, column)})
                below = last if placed.rows == 0 else min(row + placed.rows, last)
                right = min(column + placed.columns, MOST_COLUMNS)
                for place in ((r, c) for r in range(row, below) for c in range(column, right)):
                    filled.setdefault(place, cell)
                column = right
        first = last
    width = 1 + max((column for _, column in filled), default=-1)
    return tuple(
        tuple(filled.get((row, column), Cell(at=(row, column))) for column in range(width))
        for row in range(first)
    )
