"""What differs between two states, as a page and as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from case_review import formatting
from case_review.exhibits import sheet
from case_review.exhibits.sheet import Mark, heading, para, table
from case_review.living.comparing import causes, differences, overlay
from case_review.living.comparing.causes import Causes
from case_review.living.comparing.differences import Cell, Change
from case_review.living.comparing.states import State

#: Most cells of exhibits in the text; the page has all.
_CELLS = 40
#: Stands for a number that there is none of.
NONE = "–"


@dataclass(frozen=True)
class Compared:
    """Everything that differs."""

    before: State
    after: State
    changes: list[Change]
    cells: list[Cell]
    causes: dict[str, Causes]

    def why(self, change: Change) -> str:
        """The causes of a change in words."""
        return causes.of_change(change, self.causes).said

    @property
    def numbers(self) -> list[Change]:
        """Results in both states whose numbers or words differ, but for verdicts."""
        return [c for c in self.changes if c.before and c.after and not c.is_verdict]

    @property
    def verdicts(self) -> list[Change]:
        """Conclusions of which something else is said."""
        return [c for c in self.changes if c.before and c.after and c.is_verdict]

    @property
    def come(self) -> list[Change]:
        """Results that are new."""
        return [change for change in self.changes if change.before is None]

    @property
    def gone(self) -> list[Change]:
        """Results that are no longer there."""
        return [change for change in self.changes if change.after is None]

    @property
    def summary(self) -> str:
        """All of it in a sentence."""
        if not (self.changes or self.cells):
            return "No recorded number and no cell of an exhibit differs."
        exhibits = len({cell.exhibit for cell in self.cells})
        return (
            f"{len(self.numbers):,} recorded results differ, {len(self.come):,} are new and "
            f"{len(self.gone):,} are gone; {len(self.verdicts):,} verdicts are others; "
            f"{len(self.cells):,} cells of {exhibits:,} exhibits differ."
        )


def compare(before: State, after: State) -> Compared:
    """Compare two states whose notebooks have run."""
    one, other = before.project, after.project
    return Compared(
        before,
        after,
        differences.results(one, other),
        differences.cells(one, other),
        causes.of_notebooks(one, other),
    )


# -- numbers in words ------------------------------------------------------------------------------


def values(change: Change, most: int = 6) -> Iterator[tuple[str, str, str, str, str]]:
    """What, before, after, difference and relative difference of each number that changed.

    A value that is a text is told by what the result says. Differences have `most` decimals, and
    two digits at least.
    """
    for name, before, after in change.numbers:
        if isinstance(before, str) or isinstance(after, str):
            continue
        told = _number(before), _number(after)
        gap, part = differences.absolute(before, after), differences.relative(before, after)
        share = NONE if part is None else f"{_signed(100 * part, 2)}%"
        yield name, *told, _signed(gap, most), share


def _number(value) -> str:
    return NONE if value is None else formatting.number(value, most=6)


def _signed(value: float | None, most: int) -> str:
    if value is None:
        return NONE
    small = abs(value) < 10**-most
    shown = f"{abs(value):.2g}" if small else formatting.number(abs(value), most=most)
    return (formatting.MINUS if value < 0 else "+") + shown


# -- text ------------------------------------------------------------------------------------------


def text(found: Compared) -> str:
    """The summary as text."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Compared) -> Iterator[str]:
    yield f"{found.before.name} -> {found.after.name}"
    yield found.summary
    if found.verdicts:
        yield "\nConclusions"
    for change in found.verdicts:
        yield f"  {change.id}: {' -> '.join(change.texts)}; because of {found.why(change)}"
    if found.numbers:
        yield "\nNumbers"
    for change in found.numbers:
        yield f"  {change.id}: {' -> '.join(change.texts)}; because of {found.why(change)}"
        for name, before, after, gap, part in values(change):
            yield f"      {name}: {before} -> {after} ({gap}, {part})"
    for title, changes in (("New", found.come), ("Gone", found.gone)):
        if changes:
            yield f"\n{title}"
        for change in changes:
            yield f"  {change.id}: {(change.after or change.before)['text']}"
    if found.cells:
        yield "\nExhibits"
    for cell in found.cells[:_CELLS]:
        yield f"  {cell.exhibit}, {cell.row}, {cell.column}: {cell.before} -> {cell.after}"
    if len(found.cells) > _CELLS:
        by_exhibit = Counter(cell.exhibit for cell in found.cells[_CELLS:])
        rest = ", ".join(f"{name} {count:,}" for name, count in by_exhibit.items())
        yield f"  and {len(found.cells) - _CELLS:,} more cells ({rest}): all stand on the page"


# -- page ------------------------------------------------------------------------------------------


def page(found: Compared) -> str:
    """The page, in one file."""
    return sheet.page("What differs", f"{found.before.name} and {found.after.name}", _parts(found))


def _parts(found: Compared) -> Iterator[str]:
    yield para(found.summary)
    every = sorted({one.said for one in found.causes.values() if one.kinds})
    if found.changes and every:
        yield para("A cause is certain where one kind of input alone differs; else it is possible.")
    if found.verdicts:
        yield heading("Conclusions of which something else is said")
        rows = [[c.id, *map(Mark, c.texts), found.why(c)] for c in found.verdicts]
        yield table(["Verdict", "Before", "Now", "Because of"], rows)
    if drawn := overlay.drawings(found.before.project, found.after.project):
        yield heading("The curves")
        caption = "Dashed and grey: before; solid: now. Where both agree only the solid line shows."
        yield sheet.figure(*drawn, caption, "Curves before and now, drawn over one another.")
    if found.numbers:
        yield heading("Numbers")
        yield table(*_numbers(found), numbers=(2, 3, 4, 5))
    for title, changes in (("New results", found.come), ("Results that are gone", found.gone)):
        if changes:
            yield heading(title)
            rows = [[c.id, (c.after or c.before)["text"], c.notebook] for c in changes]
            yield table(["Result", "Says", "Notebook"], rows)
    if found.cells:
        yield heading("Cells of tables and figures")
        by_exhibit: dict[str, list[Cell]] = {}
        for cell in found.cells:
            by_exhibit.setdefault(cell.exhibit, []).append(cell)
        for name, cells in by_exhibit.items():
            rows = [[cell.row, cell.column, cell.before, cell.after] for cell in cells]
            made = table(["Row", "Column", "Before", "Now"], rows)
            said = f"{name}: {len(cells):,} {'cell' if len(cells) == 1 else 'cells'}"
            yield f"<details><summary>{sheet.escape(said)}</summary>{made}</details>"


def _numbers(found: Compared) -> tuple[list[str], list[list[str]]]:
    heads = ["Result", "Says", "Before", "Now", "Difference", "Relative", "Because of"]
    rows = []
    for change in found.numbers:
        told = " → ".join(dict.fromkeys(change.texts)), found.why(change)
        for name, *cells in list(values(change)) or [("text", *["–"] * 4)]:
            part = "" if name in ("value", "text") else f" ({name})"
            rows.append([change.id + part, told[0], *cells, told[1]])
            told = "", ""  # of one result it is said once
    return heads, rows
