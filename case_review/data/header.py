"""The header row of a raw file: whether it names the columns that its table has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from case_review.data.problems import visible

#: What a column without a heading is called.
NAMELESS = "(without a name)"
#: Most columns that are told one by one, and that are named where there are more.
_LISTED, _NAMED = 10, 3
#: How a message begins that stops nothing: such columns are left out, and the others judged.
UNKNOWN = "unknown column"
#: Most unknown columns in which a name that is nearly right is looked for.
_SEARCHED = 200


def problems(
    header: Sequence[str], expected: Sequence[str], needed: Sequence[str], remove: str = "Remove it"
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a header, as (column, value, message), the first two perhaps empty.

    Parameters
    ----------
    expected
        The columns that the table has; none where any will do.
    needed
        Those that must be there; another is told only where one that is unknown may stand for it.
    remove
        What to do about a column that is unknown.
    """
    if expected and not set(header) & set(expected):
        yield (
            "",
            ",".join(header),
            (
                f"this is no header of the table. It should read {','.join(expected)} - the names "
                "of the columns in the first row, separated by commas."
                f"{_spelling(header, expected)}"
            ),
        )
        return
    twice = sorted({name for name in header if header.count(name) > 1})
    yield from _each(twice, "the header names this column twice. Remove one.", "doubled")
    missing = [name for name in expected if name not in header]
    unknown = [name for name in dict.fromkeys(header) if expected and name not in expected]
    for name in missing:
        alike = [other for other in unknown if _plain(other) == name]
        near = alike or difflib.get_close_matches(name, unknown[:_SEARCHED], 1)
        hint = f" Is '{visible(near[0])}' meant?" if near else ""
        if not near and name not in needed:
            continue
        yield name, "", f"the column is missing. Add it, empty if need be.{hint}"
    remove = f"{remove}; expected are {', '.join(expected)}."
    yield from _each(unknown, f"{UNKNOWN}. {remove}", "unknown")


def letters(position: int) -> str:
    """What a spreadsheet calls a column, the first being 0."""
    before, last = divmod(position, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def _each(names: list[str], message: str, what: str) -> Iterator[tuple[str, str, str]]:
    if len(names) <= _LISTED:
        yield from ((name or NAMELESS, "", message) for name in names)
        return
    few = ", ".join(visible(name) or NAMELESS for name in names[:_NAMED])
    yield "", "", (f"{len(names):,} {what} columns, the first being {few}. Of each: {message}")


def _spelling(header: Sequence[str], expected: Sequence[str]) -> str:
    """A hint where the names are right but for capitals and blanks."""
    alike = {_plain(name): name for name in expected}
    near = [(name, alike[_plain(name)]) for name in header if _plain(name) in alike]
    if not near:
        return ""
    found, meant = near[0]
    return f" Its names are spelt otherwise: write {meant} for '{visible(found)}', and so on."


def _plain(name: str) -> str:
    """A name in capitals or with blanks as columns are named."""
    return re.sub(r"[\s.-]+", "_", name.strip().lower())
