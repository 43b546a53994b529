"""The checklist of a reporting guideline, with links to the places where each item is reported."""

from __future__ import annotations

import re

import pandas as pd

from case_review.errors import ReviewError
from case_review.exhibits import Markdown

_ANCHOR = re.compile(r"[a-z][a-z0-9-]*")
_COLUMNS = ["section", "item", "topic", "where", "note"]


def checked(items: pd.DataFrame) -> pd.DataFrame:
    """The items as they are, if each can be shown; see `where_reported` for their places.

    Parameters
    ----------
    items
        Text columns section, item, topic, where and note.

    Raises
    ------
    ReviewError
        If a column is missing or an item stands twice.
    """
    if list(items.columns) != _COLUMNS:
        raise ReviewError(
            f"checklist: found the columns {', '.join(items.columns)}, expected "
            f"{', '.join(_COLUMNS)}"
        )
    for item in items.loc[items["item"].duplicated(), "item"]:
        raise ReviewError(f"checklist, item {item}: it stands twice; keep one of the rows")
    return items.copy()


def _places(row) -> list[tuple[str, str]]:
    places = [place.strip().rpartition("#") for place in row.where.split(";") if place.strip()]
    for text, _, anchor in places:
        if not text or not _ANCHOR.fullmatch(anchor):
            raise ReviewError(
                f"checklist, item {row.item}, where: found {row.where!r}, expected places such as "
                "Methods#methods, joined by ;"
            )
    return [(text, anchor) for text, _, anchor in places]


def where_reported(row) -> Markdown:
    """Links to the places where one item is reported, and the note: why not, or what is missing.

    `row.where` names places as `text#anchor`, several of them joined by `;`.

    Raises
    ------
    ReviewError
        If a place has no anchor, or an item has neither place nor note.
    """
    links = ", ".join(f"[{_plain(text)}](#{anchor})" for text, anchor in _places(row))
    if not links and not row.note:
        raise ReviewError(
            f"checklist, item {row.item}: it has neither a place nor a note; say where it is "
            "reported, or that it is not"
        )
    return Markdown(". ".join(part for part in (links, _plain(row.note)) if part))


def _plain(text: str) -> str:
    """Text without what Markdown would take for marks; the checklist needs none of them."""
    return re.sub(r"[\[\]<>*_`\\]", "", text)
