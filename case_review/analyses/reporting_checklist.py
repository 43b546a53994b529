"""Checklists of reporting standards and appraisal tools: checked, counted, and linked to places.

An item is judged in a word, with the places that show it and a note on what is missing there.
"""

from __future__ import annotations

import re

import pandas as pd

from case_review.data.problems import DataError, Problem, of_cells
from case_review.data.schema import SHOWN
from case_review.exhibits import Markdown
from case_review.values import Count

_ANCHOR = re.compile(r"[a-z][a-z0-9-]*")
#: Places without a heading that one could link to are no `text#anchor`, so they are plain words.
_LINKED = "where"
#: The columns that hold each judgement's places and note.
JUDGED = {
    "here": ("where", "note"),
    "review": ("review_place", "review_note"),
    "answer": ("place", "reason"),
}
#: What the review does not report has no place, and nobody knows why.
_NEEDS_NO_REASON = ("review", "not reported")


def checked(items: pd.DataFrame, table: str) -> pd.DataFrame:
    """The rows of `data/raw/<table>.csv` as they are, if each can be shown.

    Parameters
    ----------
    items
        The table as text, as `Notebook.read_raw` reads it.
    table
        Its name in `columns.toml`, which says what a column may hold.

    Raises
    ------
    DataError
        Naming file, row and column of every cell that is empty where it must not be, holds a word
        that is not allowed, or names a place without an anchor, and of every judgement that has
        neither place nor note, unless it says that the review does not report something.
    """
    file = f"data/raw/{table}.csv"
    problems = [*of_cells(file, items, SHOWN[table].columns.values())]
    for row, cell in enumerate(items.get(_LINKED, []), 2):
        if not all(map(_ANCHOR.fullmatch, _anchors(cell))):
            message = "expected places such as Methods#methods, joined by ;"
            problems.append(Problem(file, row, _LINKED, cell, message))
    for judged, (place, note) in JUDGED.items():
        for row, item in enumerate(items.to_dict("records") if judged in items else [], 2):
            if (judged, item[judged]) != _NEEDS_NO_REASON and not item[place] and not item[note]:
                message = f"'{item[judged]}' has neither a place in {place} nor a note. Give one."
                problems.append(Problem(file, row, note, "", message))
    if problems:
        raise DataError(problems)
    return items.copy()


def _parts(cell: str) -> list[tuple[str, str]]:
    places = [place.strip().rpartition("#") for place in cell.split(";") if place.strip()]
    return [(text, anchor) for text, _, anchor in places]


def _anchors(cell: str) -> list[str]:
    """The anchors of a cell's places; an empty one for a place without text or anchor."""
    return [anchor if text else "" for text, anchor in _parts(cell)]


def judgement(item: dict, judged: str) -> Markdown:
    """A judgement in a table: the word, the places (links where they have an anchor), the note.

    Parameters
    ----------
    item
        A row of a checked table, by column.
    judged
        One of `JUDGED`.
    """
    place, note = (item[name] for name in JUDGED[judged])
    if JUDGED[judged][0] == _LINKED:
        shown = ", ".join(f"[{_plain(text)}](#{anchor})" for text, anchor in _parts(place))
    else:
        shown = _plain(place)
    said = " – ".join(part for part in (shown, _plain(note)) if part)
    word = _plain(item[judged]).capitalize()
    return Markdown(f"**{word}:** {said}" if said else f"**{word}**")


def counts(items: pd.DataFrame, judged: str, words: tuple[str, ...]) -> dict[str, Count]:
    """How many items have each of the `words` in the column `judged`, in the order of the words.

    Raises
    ------
    ValueError
        If an item has another word, which would otherwise be in no count.
    """
    if others := sorted(set(items[judged]) - set(words)):
        raise ValueError(f"{judged}: {', '.join(others)} is counted nowhere; expected {words}")
    return {word: Count(int((items[judged] == word).sum()), unit="items") for word in words}


def _plain(text: str) -> str:
    """Text without what Markdown would take for marks; the checklists need none of them."""
    return re.sub(r"[\[\]<>*_`\\]", "", text)
