"""Tables as the report shows them: rows whose cells are values, and the CSV that follows from them.

A table leaves a notebook only as `text/markdown`, because that is the one form that Quarto and the
embedded renderer turn into the same table in HTML, PDF and DOCX.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from case_review.files import write_text
from case_review.values import (
    DETERMINED,
    MARKS,
    PRINTED,
    SAID,
    SAID_OF_COUNT,
    STANDINGS,
    VARIES,
    Value,
    Varying,
    ends,
    has_percentage,
)
from case_review.values.standing import SHOWN_VARYING

if TYPE_CHECKING:
    import pandas as pd

#: Said by every exhibit that rests on reconstructed rows.
RECONSTRUCTED_NOTE = (
    "Based on reconstructed patient rows that agree with the printed summaries; "
    "they are not the original patient data."
)
RECONSTRUCTED_SHORT = "Reconstructed data"

#: What is said below a table whose numbers all rest on the same, instead of a mark at each.
_ALL = {
    PRINTED: "All numbers are printed in the review",
    DETERMINED: "All numbers are the same in every data set that agrees with the print",
    VARIES: "All numbers vary between data sets that agree with the print",
}
_ALL_COUNTS = "All counts are printed in the review; percentages are computed from them"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$@^~&\"'=!])")
#: Any blank but the one that holds words together.
_BLANKS = re.compile(r"[^\S\u00a0]+")
#: The end of a heading that says in which form its numbers are.
_FORM = re.compile(r",? (?:n|%)(?: \(| \[| of |$).*|,? [(\[](?:\d[\d.]*%|n|%|range).*")
_RUNS = re.compile(r"(?<=[-.])(?=[-.])")
#: A spreadsheet takes a cell that starts so for a formula.
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")


def printed(cell: str | Value) -> str:
    """A cell as it is read."""
    return cell.cell if isinstance(cell, Value) else cell


def escape(text: str) -> str:
    """`text` as Markdown that shows exactly these characters and executes nothing.

    What is `Markdown` already keeps its marks.
    """
    flat = _BLANKS.sub(" ", str(text)).strip()
    if isinstance(text, Markdown):
        return flat.replace("|", "\\|")
    return _RUNS.sub(r"\\", _SPECIAL.sub(r"\\\1", flat))


class Markdown(str):
    """A cell that is Markdown already, such as a link, and is not escaped."""


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Parameters
    ----------
    cells
        Values and plain text, one entry per column (escaped when the table is written, unless
        `Markdown`). A row of a block's heading may have fewer: the others are empty.
    indent
        Level of a sub-row: 0 for none.
    heading
        Whether the row opens a block; its first cell is set in bold.
    mark
        Footnote mark after the first cell (`a`), or empty.
    """

    cells: Sequence[str | Value]
    indent: int = 0
    heading: bool = False
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A table for display and the numbers behind it.

    Parameters
    ----------
    columns
        Column headings, plain text.
    rows
        The body.
    data
        What the exhibit's CSV holds if that is more than the table shows, such as the whole list
        that the table counts; by default the numbers of the cells, see `numbers`.
    notes
        Footnotes below the table, as (mark, text) or as text alone; the mark may be empty.
    align
        One of `l`, `r`, `c` per column; by default the first column left, the others right.
    percent_decimals_from
        Percentages of fewer are printed without decimals, which so few cannot bear, and so are the
        others of their column, which is read downwards; the fields stay unrounded.
    """

    columns: Sequence[str]
    rows: Sequence[Row]
    data: pd.DataFrame | None = None
    notes: Sequence[tuple[str, str] | str] = field(default_factory=tuple)
    align: str = ""
    percent_decimals_from: int = 0

    def __post_init__(self):
        width = len(self.columns)
        filled = [
            replace(row, cells=[*row.cells, *[""] * (width - len(row.cells))])
            if row.heading
            else row
            for row in self.rows
        ]
        notes = [("", note) if isinstance(note, str) else note for note in self.notes]
        object.__setattr__(self, "rows", filled)
        object.__setattr__(self, "notes", notes)
        for row in self.rows:
            if len(row.cells) != width:
                raise ValueError(
                    f"row {[printed(cell) for cell in row.cells]} has {len(row.cells)} cells, "
                    f"the table has {width} columns"
                )

    def values(self) -> Iterator[tuple[int, int, Value]]:
        """Every value with its place: row of the body and column, both from 0."""
        for number, row in enumerate(self.rows):
            for column, cell in enumerate(row.cells):
                if isinstance(cell, Value):
                    yield number, column, cell

    def blocks(self) -> list[str]:
        """For each row, the heading of its block; empty before the first."""
        found, block = [], ""
        for row in self.rows:
            block = printed(row.cells[0]) if row.heading else block
            found.append(block)
        return found

    def label(self, row: int, column: int) -> str:
        """What the number at a place is, in the words of its block, row and column.

        What the headings say of its form, such as `n (%)`, is left out.
        """
        block = self.blocks()[row] if self.rows[row].indent else ""
        names = (block, printed(self.rows[row].cells[0]), self.columns[column])
        block, own, beside = (_plain(name) for name in names)
        own = ": ".join(filter(None, [block, own])) if column else block
        return f"{own} ({beside})" if own and beside else own or beside

    def numbers(self) -> pd.DataFrame:
        """A row per value, unrounded: where it stands, its fields, as shown, what it rests on."""
        import pandas as pd  # not needed where a report is only rendered, and large

        blocks, least = self.blocks(), self._least()
        lines = [
            {
                "block": blocks[number],
                "row": printed(self.rows[number].cells[0]),
                "column": self.columns[column],
                **value.fields(),
                "shown": value.coarse(least[column]).cell,
                **ends(value),
            }
            for number, column, value in self.values()
        ]
        names = ["block", "row", "column", "value", "low", "high", "unit", "n", "of", "shown"]
        names += ["standing", "least", "most", "proved"]
        frame = pd.DataFrame(lines, columns=names)
        return frame.astype(dict.fromkeys(("n", "of"), "Int64"))

    def standings(self) -> list[str]:
        """What its numbers rest on, each once, in the order of `values.STANDINGS`."""
        found = {ends(value)["standing"] for _, _, value in self.values()}
        return [standing for standing in (*STANDINGS, "") if standing in found]

    def _key(self) -> str:
        """The note that says what the marks mean, or what all numbers rest on."""
        kinds = [standing for standing in self.standings() if standing in SAID]
        if not kinds:
            return ""
        shown = any(isinstance(value, Varying) and value.spread for _, _, value in self.values())
        in_print = [value for _, _, value in self.values() if ends(value)["standing"] == PRINTED]
        said, every = dict(SAID), dict(_ALL)
        if any(map(has_percentage, in_print)):
            said[PRINTED], every[PRINTED] = SAID_OF_COUNT, _ALL_COUNTS
        said[VARIES] += f"; {SHOWN_VARYING}" if shown else ""
        if len(self.standings()) > 1:
            return f"{'; '.join(f'^{MARKS[kind]}^ {said[kind]}' for kind in kinds)}."
        return f"{every[kinds[0]]}{f' ({SHOWN_VARYING})' if shown else ''}."

    def _least(self) -> list[float]:
        """From how many on the percentages of each column have decimals."""
        least: list[float] = [self.percent_decimals_from] * len(self.columns)
        for _, column, value in self.values():
            if value.coarse(self.percent_decimals_from).cell != value.cell:
                least[column] = math.inf
        return least

    def _printed(self) -> list[Row]:
        """The rows as they are printed."""
        least = self._least()
        return [
            replace(row, cells=[
                cell.coarse(of) if isinstance(cell, Value) else cell
                for cell, of in zip(row.cells, least, strict=True)
            ])
            for row in self.rows
        ]  # fmt: skip

    def markdown(self) -> str:
        """The table as a pandoc pipe table, followed by its notes."""
        align = self.align or "l" + "r" * (len(self.columns) - 1)
        header = [escape(name) for name in self.columns]
        marked = len(self.standings()) > 1
        body = [_cells(row, marked) for row in self._printed()]
        widths = [
            max(4, *(len(line[i]) for line in [header, *body])) for i in range(len(self.columns))
        ]
        rules = [_rule(kind, width) for kind, width in zip(align, widths, strict=True)]
        lines = [_line(header), _line(rules), *(_line(cells) for cells in body)]
        notes = [f"{f'^{mark}^ ' if mark else ''}{escape(text)}" for mark, text in self.notes]
        notes += [key] if (key := self._key()) else []
        return "\n".join(lines) + "".join(f"\n\n{note}" for note in notes) + "\n"


def _plain(heading: str) -> str:
    """The words of a heading without marks of Markdown and what it says of the form."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)|[*_`^~]", r"\1", heading) if heading else ""
    return _FORM.sub("", " ".join(text.split())).strip(" :")


def _cells(row: Row, marked: bool) -> list[str]:
    first, *others = (_marked_cell(cell) if marked else escape(printed(cell)) for cell in row.cells)
    if row.heading:
        first = f"**{first}**"
    if row.mark:
        first += f"^{row.mark}^"
    return ["&emsp;" * row.indent + first, *others]


def _marked_cell(cell: str | Value) -> str:
    mark = MARKS[ends(cell)["standing"]] if isinstance(cell, Value) else ""
    return escape(printed(cell)) + (f"^{mark}^" if mark else "")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule(kind: str, width: int) -> str:
    left = ":" if kind in "lc" else "-"
    right = ":" if kind in "rc" else "-"
    return left + "-" * max(2, width - 2) + right


@dataclass(frozen=True)
class MarkdownOutput:
    """A cell output that has only the Markdown form; `words` fill places in its cell's options."""

    text: str
    words: Mapping[str, str] = field(default_factory=dict)

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = {"text/markdown": self.text}
        return (data, {"words": dict(self.words)}) if self.words else data


def spreadsheet_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with an apostrophe before every text that a spreadsheet would take as a formula.

    Headings count as well. Numbers are left alone: a negative number is no formula.
    """
    texts = {name: frame[name].map(marked_cell) for name in frame.select_dtypes(object)}
    return frame.assign(**texts).rename(columns=marked_cell)


def marked_cell(cell):
    """A cell with an apostrophe before it if it is a text that begins like a formula."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def write_csv(frame: pd.DataFrame, path) -> None:
    """Write an exhibit's numbers: UTF-8, empty for missing, safe to open in a spreadsheet."""
    write_text(path, spreadsheet_safe(frame).to_csv(index=False, lineterminator="\n"))
