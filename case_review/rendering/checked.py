"""Embedded cells that are checked, or known to have been, by their content."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from case_review.build import made
from case_review.rendering import ast, formulas

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: What takes more than the content to check: a picture its file, a formula its results.
_MORE = ('"t": "Image"', '"t": "Math"')
#: What is counted over the whole text.
_COUNTED = ('"t": "Cite"', '"t": "Note"')


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
    code = made.code()
    for label in found.exhibits:
        found.within(label)
        caption, content = found.captions[label], found.contents[label]

        def cell(caption: list = caption, content: list = content) -> bytes:
            if ast.first(caption, ("Note", "Image")):
                raise found.refuse("", "a caption cannot hold a footnote or a picture.")
            both = [walk(caption), walk(content)]
            formulas.refuse_unreadable(found, maths)
            maths.clear()
            return json.dumps(both).encode("ascii")

        given = json.dumps([caption, content])
        if code and not any(mark in given for mark in _MORE):
            parts = [code, made.version("pypandoc_binary"), given]
            both = made.recall("checked", parts, cell)
        else:
            both = cell()
        found.captions[label], found.contents[label] = json.loads(both)
        if any(mark in given for mark in _COUNTED):
            found.counted.add(label)
    found.within("")
