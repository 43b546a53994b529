"""Embedded cells that are read and checked, or known to have been, by what they say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from case_review.build import made
from case_review.rendering import ast, formulas

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: What takes more than the content to check: a picture its file, formulas and titles their results.
_MORE = ('"t": "Image"', '"t": "Math"', '["title", ')
#: What is counted over the whole text.
_COUNTED = ('"t": "Cite"', '"t": "Note"')
#: What results leave in a text.
_RESULT = "cr-result"


def read(found: Manuscript, texts: dict[str, tuple[str, str]]) -> None:
    """Read the caption and the Markdown of each embedded cell, by label.

    One that was checked before is there as it was then; the others are left to `check`.
    """
    code, version = made.code(), made.version("pypandoc_binary")
    for label, both in texts.items():
        entry = made.Entry("cell", [code, version, *both])
        kept = entry.read()
        if kept is None:
            found.unchecked[label] = both, entry
        else:
            found.captions[label], found.contents[label], counted = json.loads(kept)
            _note(found, label, both, counted)
    unread = [both for both, _ in found.unchecked.values()]
    lines = [ast.on_a_line(caption) for caption, _ in unread]
    ast.parse_ahead([*lines, *(markdown for _, markdown in unread)], ast.SHOWN)
    for label, ((caption, markdown), _) in found.unchecked.items():
        found.captions[label] = ast.inlines(caption, ast.SHOWN)
        found.contents[label] = ast.parse_many([markdown], ast.SHOWN)[0]


def check(found: Manuscript, walk: Callable[[list], list], maths: list[str]) -> None:
    """Check captions and contents of the embedded cells, and note which cite or have notes.

    Parameters
    ----------
    walk
        Elements that were checked; it adds formulas to `maths`.

    Raises
    ------
    ReviewError
        Naming the line of what not all forms can show.
    """
    for label, (both, entry) in found.unchecked.items():
        found.within(label)
        before = len(found.problems)
        caption, content = found.captions[label], found.contents[label]
        given = json.dumps([caption, content])
        with found.problems.each():
            if ast.first(caption, ("Note", "Image")):
                raise found.refuse("", "a caption cannot hold a footnote or a picture.")
            found.captions[label], found.contents[label] = shown = walk(caption), walk(content)
            formulas.refuse_unreadable(found, maths)
        maths.clear()
        if len(found.problems) > before:  # what was refused is left out, and must not be kept so
            continue
        counted = any(mark in given for mark in _COUNTED)
        if any(mark in given for mark in _MORE):
            found.counted |= {label} if counted else set()
            continue
        _note(found, label, both, counted)
        entry.keep(json.dumps([*shown, counted]).encode("ascii"))
    found.within("")


def _note(found: Manuscript, label: str, both: tuple[str, str], counted: bool) -> None:
    """Note of a cell that can be kept what else it takes to show it."""
    if counted:
        found.counted.add(label)
    elif not any(_RESULT in text for text in both):
        found.plain[label] = both
