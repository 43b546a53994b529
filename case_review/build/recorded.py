"""What the notebooks have recorded, as a list for the person who writes the text."""

from __future__ import annotations

import shutil
from fnmatch import fnmatch

from case_review import registry
from case_review.build import dependencies
from case_review.errors import ReviewError
from case_review.project import Project


def lines(project: Project, pattern: str = "", width: int | None = None) -> list[str]:
    """One line for each result: its id, what prose shows of it, and the cell that records it.

    Parameters
    ----------
    pattern
        With `*` or `?` an id as a whole, such as `response.*`; otherwise a part of an id, of what
        is shown or of its label, whatever the case.
    width
        Characters of a line; by default those of the terminal. What does not fit is cut.

    Raises
    ------
    ReviewError
        If nothing was recorded yet, or nothing fits.
    """
    every = [
        result
        for name in dependencies.notebook_names(project)
        if (path := project.results / f"{name}.json").is_file()
        for result in registry.read(path)
    ]
    if not every:
        raise ReviewError("No notebook has recorded a result yet. Run `make notebooks` first.")
    found = [result for result in every if _fits(result, pattern)]
    if not found:
        raise ReviewError(
            f"None of {len(every):,} results fits {pattern!r}: it may be part of an id or of what "
            "is shown, or an id with * in it, such as 'response.*'"
        )
    ids = max(len(result.id) for result in found)
    width = width or shutil.get_terminal_size((120, 24)).columns
    return [_cut(f"{x.id:<{ids}}  {x.text}  [{x.notebook}#{x.cell}]", width) for x in found]


def _fits(result: registry.Recorded, pattern: str) -> bool:
    if any(sign in pattern for sign in "*?"):
        return fnmatch(result.id, pattern)
    said = (result.id, result.text, result.label)
    return any(pattern.casefold() in text.casefold() for text in said)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"
