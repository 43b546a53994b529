"""The lists of figures and tables, which readers of a long report look for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from case_review.rendering import ast
from case_review.rendering.manuscript import Manuscript
from case_review.rendering.supplement import Part, names

#: Longer first sentences of captions are cut.
_LONGEST = 110
_SENTENCE = re.compile(r"(.+?[.!?])(?=\s+[A-Z(]|$)", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """An exhibit in a list.

    Parameters
    ----------
    label, name
        Where it is, and what it is called, such as `Table 1`.
    words
        The first sentence of its caption; empty without one.
    """

    label: str
    name: str
    words: str


def lists(found: Manuscript) -> dict[str, list[Entry]]:
    """Figures and tables of a manuscript, each list in the order of the text; none if empty."""
    captions = {**_own(found), **found.captions}
    made: dict[str, list[Entry]] = {"Figures": [], "Tables": []}
    for label, name in found.names.items():
        if name.exhibit:
            words = _first(found.in_words(captions.get(label, [])))
            made[f"{name.kind}s"].append(Entry(label, str(name), words))
    return {title: entries for title, entries in made.items() if entries}


def _own(found: Manuscript) -> dict[str, list]:
    """The captions of the manuscript's own pictures and tables, by label."""
    captions: dict[str, list] = {}

    def collect(node: dict) -> None:
        if node["t"] in ("Figure", "Table") and node["c"][1][1]:
            captions[node["c"][0][0]] = node["c"][1][1][0]["c"]
        elif node["t"] == "Div" and "cr-panels" in node["c"][0][1]:
            captions[node["c"][0][0]] = node["c"][1][-1]["c"]

    ast.walk(found.tree["blocks"], collect)
    return captions


def _first(text: str) -> str:
    """The first sentence of a text, without its point, cut at a word if it is long."""
    text = " ".join(text.split())
    sentence = match[1].rstrip(".") if (match := _SENTENCE.match(text)) else text
    if len(sentence) <= _LONGEST:
        return sentence
    return f"{sentence[:_LONGEST].rpartition(' ')[0].rstrip(',;:')} …"


def meta(found: Manuscript, here: set[str], parts: Iterable[Part]) -> dict:
    """The same as metadata for a template: lists with `title` and `entries`, each with its `href`.

    Parameters
    ----------
    here
        The names of what stands on the page that is made.
    parts
        All pages of the report.
    """
    elsewhere = {name: part.file for part in parts for name in names(part.blocks) - here}
    return {
        "t": "MetaList",
        "c": [
            {
                "t": "MetaMap",
                "c": {"title": ast.said(title), "entries": _listed(entries, elsewhere)},
            }
            for title, entries in lists(found).items()
        ],
    }


def _listed(entries: list[Entry], elsewhere: dict[str, str]) -> dict:
    def entry(each: Entry) -> dict:
        href = f"{elsewhere.get(each.label, '')}#{each.label}"
        parts = {"href": href, "name": each.name, "words": each.words}
        return {"t": "MetaMap", "c": {k: ast.said(v) for k, v in parts.items() if v}}

    return {"t": "MetaList", "c": [entry(each) for each in entries]}
