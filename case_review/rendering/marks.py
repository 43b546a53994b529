"""The mark behind a number that says what it rests on, and the same in words."""

from __future__ import annotations

from case_review.registry import Recorded
from case_review.rendering import ast
from case_review.rendering.provenance import TableNumber
from case_review.values import MARKS

#: Of a link in the page, whose number varies.
VARIES_CLASS = "varies"


def superscript(result: Recorded) -> list:
    """The mark as inlines of any form; nothing where a number needs none."""
    letter = MARKS[result.standing]
    return [{"t": "Superscript", "c": [{"t": "Str", "c": letter}]}] if letter else []


def in_page(result: Recorded | TableNumber) -> list:
    """The mark as an element of a page.

    It is named by the whole word, for those who hear it.
    """
    letter = MARKS[result.standing]
    if not letter:
        return []
    element = (
        f'<sup class="standing" data-standing="{result.standing}" role="img" '
        f'aria-label="({result.standing})">{letter}</sup>'
    )
    return [{"t": "RawInline", "c": ["html", element]}]


def named(inlines: list, number: TableNumber) -> list:
    """The content of a table's cell whose mark, if it ends in one, is that of a page."""
    if superscript(number) == inlines[-1:]:
        return [*inlines[:-1], *in_page(number)]
    return inlines


def marked(result: Recorded) -> list:
    """The text of a number with its mark, as inlines of any form."""
    return [*ast.words(result.text), *superscript(result)]
