"""From a table to claims: each number with its row, its group and what it is."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from case_review.audit import prints
from case_review.audit.claims import SURE
from case_review.audit.papers import cells, counts, layout, numbers
from case_review.audit.papers.columns import Column, columns
from case_review.audit.papers.document import Cell, Table
from case_review.audit.papers.draft import Draft, Line, Unread
from case_review.audit.papers.labels import Said, declared, said

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
#: Measures that belong to their column whatever the label of the row says.
_OWN = {"n", "p", "t", "f", "z", "r", "df", "chi2", "sd", "se", "mean", "median", "hr", "or", "rr"}
#: A cell that shows by itself that it is a count with its percentage.
_SHARE = re.compile(r"[\d,.\s]+\(\s?[\d.,·]+\s?%\s?\)\S?")
_LETTERS = {"t", "f", "z", "r"}
#: A heading of two counts, `No. of cases/non-cases`, of which none is a part of the other.
_HALVES = re.compile(
    r"(?:^|, )(?:numbers?|no\.?|n)\s+(?:of\s+)?([a-z][\w -]*)/\s?(?!total|patients|participants|"
    r"subjects|all|n\b)([a-z][\w -]*)$",
    re.IGNORECASE,
)
_LEVEL = re.compile(r"(\d{2}(?:[.·]\d)?)\s?%\s*(?:c\.?\s?i|conf|cred)", re.IGNORECASE)
_HEADS = {"patients", "participants", "subjects", "", "cases", "individuals", "children", "women",
          "men", "respondents", "people"}  # fmt: skip


def draft(table: Table, number: int, into: Draft) -> None:
    """Add the claims of a table to a draft.

    Parameters
    ----------
    number
        Which table of the paper it is, for one without a label.
    """
    laid = layout.lay(table)
    if not laid.rows:
        return
    place = name(table.label, number)
    label = table.label or f"table {number} of the paper"
    notes = "\n".join((table.notes, *laid.notes))
    drawing = _Drawing(table, laid, place, label, notes, into)
    drawing.totals()
    for row in laid.rows:
        drawing.row(row)
    counts.settle(drawing.lines, drawing.sizes)
    if table.found:
        _doubt(into, place)


def _doubt(into: Draft, place: str) -> None:
    """Take a step off how sure the numbers of a table are whose cells were found, not told."""
    for row in into.rows:
        if row["cohort"] == place:
            row["sure"] = SURE[min(SURE.index(row["sure"]) + 1, len(SURE) - 1)]


def name(label: str, number: int) -> str:
    """The place of a table in ids: `Table IV` and `Table 4` are `table4`, `Table S1` `tables1`."""
    found = re.search(r"\b(?:([a-z]?)(\d+)([a-z]?)|([ivxl]+))$", label.strip().lower())
    if not found:
        return f"unlabelled{number}"
    kind = "supp" if re.search("suppl|etable|additional|extended", label.lower()) else ""
    if found[4]:
        return f"{kind}table{_roman(found[4])}"
    return f"{kind}table{found[1] or ''}{found[2]}{found[3] or ''}"


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    later = [*values[1:], 0]
    return sum(-one if one < after else one for one, after in zip(values, later, strict=True))


class _Drawing:
    """A table while its claims are drafted."""

    def __init__(self, table: Table, laid, place: str, label: str, notes: str, into: Draft):
        self.laid, self.place, self.label, self.into = laid, place, label, into
        self.points = numbers.has_points(c.text for row in table.rows for c in row)
        self.general = [
            cells.Told(measures, "likely", True, sign)
            for measures, sign in declared(f"{table.caption}\n{notes}")
        ]
        self.caption = said(table.caption)
        self.columns = self._sound(columns(laid))
        self.heads: dict[int, tuple[str, ...]] = {}
        self.lines: list[Line] = []
        self.read: set[tuple[int, int]] = set()
        #: How many are in a group, by its name.
        self.sizes: dict[str, str] = {}
        self.repeated = _repeated([row.labels[-1] for row in laid.rows])
        #: Rows whose numbers are counts with percentages though nothing says so.
        self.shares: set[int] = set()

    def _sound(self, found: dict[int, Column]) -> dict[int, Column]:
        """The columns, without the word of a heading `Percent` over numbers above 100."""
        for position, column in found.items():
            texts = [row.cells[position].text for row in self.laid.rows]
            shapes = [numbers.shape(text, self.points) for text in texts]
            above = any(one.numbers and one.form == "N" and one.numbers[0].number > 100
                        for one in shapes)  # fmt: skip
            if column.measures == ("pct",) and above:
                found[position] = replace(column, measures=())
        return found

    def totals(self) -> None:
        """The sizes of the groups that the headings print, or the caption for everybody."""
        for column in self.columns.values():
            if column.total and column.population not in self.sizes:
                self._total(column.population, column.total, f"column {_words(column)}")
        if self.caption.total and {c.population for c in self.columns.values()} <= {"all"}:
            self._total("all", self.caption.total, "caption")
        self._find_shares()

    def _find_shares(self) -> None:
        """Find the rows of cells such as `12 (14.3)` of which the second is the percentage."""
        fitting: dict[int, list[bool]] = {}
        for row in self.laid.rows:
            for position, column in self.columns.items():
                shape = numbers.shape(row.cells[position].text, self.points)
                if shape.form == "N (N)" and column.population in self.sizes:
                    count, share = shape.numbers
                    whole = Decimal(self.sizes[column.population])
                    fit = not count.digits and counts.fits(count.number, share, whole)
                    fitting.setdefault(row.number, []).append(fit)
        told = any("pct" in one.measures for one in self.general)
        if sum(map(sum, fitting.values())) >= (1 if told else counts.ROWS):
            self.shares = {row for row, fit in fitting.items() if sum(fit) * 2 >= len(fit)}

    def _total(self, population: str, total: str, where: str) -> None:
        printed = prints.read(total)
        if population in self.sizes or printed is None or printed.digits:
            return
        self.sizes[population] = total
        added = self.into.add(
            self.place, ("total",), population, "n", printed,
            f"{self.label}, heading, {where}", f"Number in {where}", "certain",
        )  # fmt: skip
        if added:
            added["kind"] = "count"

    def row(self, row: layout.Row) -> None:
        """Add the numbers of a row."""
        if row.heads != self.heads:
            self.heads = row.heads
            self.columns = self._sound(columns(self.laid, row.heads))
        told = [said(label) for label in row.labels]
        for position, column in self.columns.items():
            cell = row.cells[position]
            if not cells.holds_number(cell.text):
                continue
            if self._seen(cell):
                continue
            self.into.cells += 1
            self._cell(row, told, column, cell.text)

    def _seen(self, cell: Cell) -> bool:
        """Whether a cell that spans was read where it begins."""
        seen = cell.at in self.read
        self.read.add(cell.at)
        return seen

    def _cell(self, row: layout.Row, told: list[Said], column: Column, text: str) -> None:
        location = self._location(row, column)
        if (halves := _HALVES.search(column.heading)) and re.fullmatch(r"[\d\s,]+/[\d\s,]+", text):
            for about, part in zip(halves.groups(), text.split("/"), strict=True):
                group = column.population if ", " in column.heading else "all"
                half = replace(column, about=about, measures=("n",), population=group)
                self._cell(row, told, replace(half, heading=f"Number of {about}"), part.strip())
            self.into.cells_read -= 1  # it is one cell
            return
        said_of = self._told(told, column)
        if row.number in self.shares:
            said_of = [one for one in said_of if not one.of_pairs]
            said_of.append(cells.Told(("n", "pct"), "likely"))
        elif any(_SHARE.fullmatch(cell.text) for cell in row.cells.values()):
            said_of = [*said_of, cells.Told(("n", "pct"), "likely")]
        size = self.sizes.get(column.population, "")
        if re.fullmatch(rf"\d+\s?/\s?{size}", text) and size:
            said_of = [*said_of, cells.Told(("n",), "likely")]
        found = cells.read(text, said_of, self.points)
        if isinstance(found, str):
            self.into.unread.append(Unread(location, text.replace("\n", " "), found))
            return
        if found.left:
            self.into.unread.append(Unread(location, text, found.left))
        self.into.cells_read += 1
        measures = [measure for measure, _ in found.values]
        if self._is_total(told, measures, row) and column.population not in self.sizes:
            self._total(column.population, numbers.plain(found.values[0][1]), _words(column))
            return
        labels = tuple(filter(None, (*(one.about for one in told), column.about)))
        labels = labels or (row.labels[-1],)
        # Rows such as `Mean (SD)` and `Median (IQR)` of one section are about the same.
        owner = row.number if told[-1].about else row.labels[:-1]
        path = self.into.path(self.place, labels, owner, column.population, measures)
        line = Line(row.number, tuple(one.about for one in told), column, path=path)
        words = ", ".join(filter(None, (*row.labels, column.about)))
        statement = f"{words}: {column.heading}" if column.heading else words
        for measure, number in found.values:
            added = self.into.add(
                self.place, path, column.population, measure, number, location, statement,
                found.sure,
            )  # fmt: skip
            if added:
                line.claims[measure], line.numbers[measure] = added, number
        self._level(row, column, line, location, statement)
        self.lines.append(line)

    def _level(self, row, column: Column, line: Line, location: str, statement: str) -> None:
        """The level of an interval that is no 95 % interval."""
        found = _LEVEL.search(" ".join((*row.labels, column.heading)))
        if found and "low" in line.claims and found[1] != "95":
            self.into.add(
                self.place, line.path, column.population, "level", prints.read(found[1]), location,
                statement, "certain",
            )  # fmt: skip

    def _is_total(self, told: list[Said], measures: list[str], row: layout.Row) -> bool:
        """Whether a row at the head of the table holds the sizes of the groups."""
        label = told[-1]
        return (
            measures == ["n"]
            and len(told) == 1
            and row is self.laid.rows[0]
            and label.measures == ("n",)
            and label.about.lower() in _HEADS
        )

    def _told(self, rows: list[Said], column: Column) -> list[cells.Told]:
        """What is declared of a cell, the nearest first."""
        own = [
            cells.Told(one.measures, "certain")
            for one in reversed(rows)
            if one.measures and not (one.measures == ("n",) and one.things)
            # A row that is called `f` or `r` is a variable as often as a test.
            and not (set(one.measures) <= _LETTERS and not one.about)
        ]
        heading = [cells.Told(column.measures, "certain")] if column.measures else []
        if len(column.measures) == 1 and column.measures[0] in _OWN:
            told = [*heading, *own]
        else:
            # A percent sign in a row's label is as often a unit as a share.
            shares = [one for one in own if one.measures == ("pct",)]
            told = [one for one in own if one not in shares] + heading
            told += [cells.Told(one.measures, "guess") for one in shares] if not heading else shares
        if len(column.measures) == 1 and column.measures[0] in ("sd", "se", "iqr", "range", "ci"):
            return told[:1]
        return told + self.general

    def _location(self, row: layout.Row, column: Column) -> str:
        label = row.labels[-1]
        if label in self.repeated:
            label = ", ".join(row.labels[-2:])
        return f"{self.label}, row {label}, column {_words(column)}"


def _words(column: Column) -> str:
    return column.heading or f"{column.position + 1}"


def _repeated(labels: list[str]) -> set[str]:
    return {label for label in labels if labels.count(label) > 1}
