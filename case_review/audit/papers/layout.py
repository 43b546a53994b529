"""From a grid to rows and columns: which cells head columns, label rows, or name a section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from case_review.audit.papers import cells, numbers
from case_review.audit.papers.document import Cell, Table
from case_review.audit.papers.labels import said

_TIMES = re.compile(
    r"(?:time(?:\s?points?)?|months?|weeks?|days?|years?|visits?|follow-?up)(?:\s*[(,].*)?",
    re.IGNORECASE,
)
#: Most columns that label rows; a table of words has more of them.
_MOST_STUBS = 3
_LEVELS = re.compile(r"levels?|categor(?:y|ies)|sub-?groups?|class(?:es)?|variables?", re.I)
_TOTAL_CELL = re.compile(rf"\(?\s*[nN]\s*=\s*(?:{numbers.NUMBER})\s*\)?")


@dataclass(frozen=True)
class Row:
    """A row that holds numbers.

    Parameters
    ----------
    labels
        Sections and the row's own label, from the outside.
    cells
        Its cells by column, without those that label it.
    heads
        Headings that stand in the body above it, by column, from the top.
    number
        Which row of the grid it is.
    """

    labels: tuple[str, ...]
    cells: dict[int, Cell]
    heads: dict[int, tuple[str, ...]]
    number: int


@dataclass(frozen=True)
class Laid:
    """A table laid out.

    Parameters
    ----------
    stubs
        Number of columns at the left that label rows.
    columns
        The headings of each other column, from the top; each once.
    rows
        Rows with numbers.
    notes
        Rows below all others that hold one text.
    """

    stubs: int
    columns: dict[int, tuple[str, ...]]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    corner: str = ""


def lay(table: Table) -> Laid:
    """Rows and columns of a table."""
    first = next((n for n, row in enumerate(table.rows) if any(cell.text for cell in row)), None)
    if first is None:
        return Laid(0, {}, (), ())
    grid = table.rows[first:]
    width = len(grid[0])
    heads = _head_rows(grid, table.heads)
    stubs = _stub_columns(grid[heads:], grid[:heads], width)
    body, notes = _without_notes(grid[heads:])
    columns = {c: _headings(grid[:heads], c) for c in range(stubs, width)}
    corner = " ".join(_headings(grid[:heads], 0))
    return Laid(stubs, columns, tuple(_rows(body, stubs, width)), notes, corner)


# -- headings --------------------------------------------------------------------------------------


def _head_rows(grid: Sequence[tuple[Cell, ...]], told: int | None) -> int:
    """How many rows head the table: those that the file names, and those that go on with them."""
    count = min(told, len(grid)) if told else 1 if _heads(grid[0]) else 0
    while count > 1 and _is_wide(grid[count - 1]):
        count -= 1  # a section, which some files count among the headings
    while 0 < count < len(grid) and _goes_on(grid[count], told is not None):
        count += 1
    return count


def _heads(row: tuple[Cell, ...]) -> bool:
    """Whether a first row holds headings and no numbers of its own."""
    others = [cell.text for cell in row[1:] if cell.text]
    numeric = sum(re.match(r"[\d<>.−-]", text) is not None for text in others)
    return all(cell.head for cell in row if cell.text) or not others or numeric * 2 < len(others)


def _goes_on(row: tuple[Cell, ...], has_head: bool) -> bool:
    """Whether a row below headings is one of them: no label, and words or group sizes only."""
    others = [cell.text for cell in row[1:] if cell.text]
    if row[0].text or not others:
        return False
    sizes = all(_TOTAL_CELL.fullmatch(text) for text in others)
    return sizes or (not has_head and not any(cells.holds_number(text) for text in others))


def _headings(heads: Sequence[tuple[Cell, ...]], column: int) -> tuple[str, ...]:
    """The headings over a column from the top, one that spans rows once."""
    seen: dict[tuple[int, int], str] = {}
    for row in heads:
        if row[column].text:
            seen.setdefault(row[column].at, row[column].text.replace("\n", " "))
    return tuple(seen.values())


# -- labels ----------------------------------------------------------------------------------------


def _stub_columns(body: Sequence[tuple[Cell, ...]], heads, width: int) -> int:
    """How many columns at the left label the rows: the first, and those of words beside it."""
    count = 1
    rows = [row for row in body if len({cell.at for cell in row if cell.text}) > 1]
    while count < min(width - 1, _MOST_STUBS):
        column = [row[count].text for row in rows]
        words = [text for text in column if text and not cells.is_empty(text)]
        heading = " ".join(_headings(heads, count))
        lenient = not heading or bool(_LEVELS.match(heading))
        named = sum(_is_name(text, lenient) for text in words)
        times = bool(_TIMES.fullmatch(heading)) and not any("." in text for text in words)
        # A group that is named like a time is no label: its cells hold more than one number.
        times = times and all(re.fullmatch(r"[\d–-]+\w*", text) for text in words)
        if not words or (named * 3 < len(words) * 2 and not times):
            break
        count += 1
    return count


def _is_name(text: str, lenient: bool) -> bool:
    """Whether a cell says something in words; below no heading or `Level` also `0–6 months`."""
    words = lenient and re.search(r"[^\W\d]", numbers.shape(text).form.replace("N", ""))
    return bool(words) or not re.match(r"[<>≤≥~]?\s*[-−–+]?\s*[\d.(\[]", text)


def _without_notes(body: Sequence[tuple[Cell, ...]]) -> tuple[list[tuple[Cell, ...]], tuple]:
    """The rows without those at the end that hold one text right across."""
    rows = list(body)
    notes: list[str] = []
    while rows and (_is_wide(rows[-1]) or not any(cell.text for cell in rows[-1])):
        notes.insert(0, rows.pop()[0].text)
    return rows, tuple(notes)


def _rows(body: Sequence[tuple[Cell, ...]], stubs: int, width: int) -> Iterator[Row]:
    """The rows that hold numbers, each below its sections."""
    labels = _Labels(stubs)
    heads: dict[int, tuple[str, ...]] = {}
    headed = -1
    for number, row in enumerate(body):
        shown = {c: row[c] for c in range(stubs, width)}
        own = _stub_labels(row, stubs)
        deeper = _is_set_in(body, number, row[0].indent)
        if not any(cell.text for cell in row):
            if number and not _is_section(body[number - 1], stubs):
                labels.sections.clear()
        elif _is_section(row, stubs):
            labels.section(own, row[0].indent, deeper, _is_wide(row))
        elif not any(own) and _heads_again(shown):
            told = {c: (cell.text.replace("\n", " "),) for c, cell in shown.items() if cell.text}
            above = heads if heads and number - 1 == headed else {}
            heads = {c: above.get(c, ()) + told.get(c, ()) for c in {**above, **told}}
            headed = number
        else:
            found = labels.of(own, row[0].indent, deeper, number)
            yield Row(found, shown, dict(heads), number)


class _Labels:
    """The labels and sections that hold for a row, while a table is read downwards."""

    def __init__(self, stubs: int):
        self.stubs = stubs
        #: Sections with how far each is set in.
        self.sections: list[tuple[float, str]] = []
        #: The labels of the row above, and a section in the last of several columns of labels.
        self.above, self.under = [""] * stubs, ""

    def section(self, own: list[str], indent: float, deeper: bool, wide: bool) -> None:
        """Take over a row that holds labels alone."""
        if self.stubs > 1 and not wide:
            last = max(n for n, label in enumerate(own) if label)
            self.above = [*_inherited([*own[:last], ""], self.above[: last + 1])[:-1], own[last]]
            self.above += [""] * (self.stubs - len(self.above))
            self.under = own[last] if last == self.stubs - 1 else ""
            return
        self.sections = [one for one in self.sections if one[0] < indent - 0.5]
        # Without indentation a section reaches to the next one.
        self.sections.append((indent if deeper else indent - 0.5, " ".join(filter(None, own))))
        self.above, self.under = [""] * self.stubs, ""

    def of(self, own: list[str], indent: float, deeper: bool, number: int) -> tuple[str, ...]:
        """Sections and labels of a row with numbers, from the outside."""
        self.sections = [one for one in self.sections if one[0] < indent]
        if self.sections and self._is_another(own[0], indent):
            self.sections.pop()
        names = tuple(words for _, words in self.sections)
        if self.stubs == 1:
            label = own[0] or f"row {number + 1}"
            if deeper:
                self.sections.append((indent, label))  # rows set in below it are parts of it
            return (*names, label)
        found = _inherited(own, self.above)
        if found[:-1] != self.above[:-1]:
            self.under = ""
        self.above = found
        return (*names, *filter(None, (*found[:-1], self.under, found[-1])))


    def _is_another(self, label: str, indent: float) -> bool:
        """Whether a row that is not set in declares another form than the section above it.

        `Height, mean (SD)` is no part of a section `CKD stage, n (%)`.
        """
        level, section = self.sections[-1]
        forms = said(section).measures, said(label).measures
        return level == indent - 0.5 and all(forms) and forms[0] != forms[1]


def _stub_labels(row: tuple[Cell, ...], stubs: int) -> list[str]:
    seen: set[tuple[int, int]] = set()
    found = []
    for cell in row[:stubs]:
        found.append("" if cell.at in seen else cell.text.replace("\n", " "))
        seen.add(cell.at)
    return found


def _inherited(labels: list[str], above: list[str]) -> list[str]:
    """Labels of a row with several label columns: what is left empty is what stands above."""
    found, changed = [], False
    for label, before in zip(labels[:-1], above[:-1], strict=True):
        changed = changed or (bool(label) and label != before)
        found.append(label or ("" if changed else before))
    return [*found, labels[-1]]


def _is_section(row: tuple[Cell, ...], stubs: int) -> bool:
    """Whether a row holds a label and nothing beside it, or one text right across."""
    if _is_wide(row):
        return bool(row[0].text)
    beside = [cell for cell in row[stubs:] if re.search(r"\w", cell.text) and cell.at != row[0].at]
    return any(cell.text for cell in row[:stubs]) and not beside


def _is_wide(row: tuple[Cell, ...]) -> bool:
    return len(row) > 1 and len({cell.at for cell in row}) == 1


def _is_set_in(body: Sequence[tuple[Cell, ...]], number: int, indent: float) -> bool:
    """Whether the next row is set in further than this one."""
    after = body[number + 1] if number + 1 < len(body) else None
    return after is not None and bool(after[0].text) and after[0].indent > indent


def _heads_again(shown: dict[int, Cell]) -> bool:
    """Whether a row of the body that has no label is one of headings: words and no numbers."""
    texts = [cell.text for cell in shown.values() if cell.text]
    return bool(texts) and not any(
        cells.holds_number(text) and not _TOTAL_CELL.fullmatch(text) and not _is_form(text)
        for text in texts
    )


def _is_form(text: str) -> bool:
    """Whether a text with digits names a form, such as `Odds ratio (95% CI)`."""
    return "ci" in said(text).measures and re.match(r"[^\W\d]", text) is not None
