"""Ways back: from a notebook's cell, and from a number it recorded, to places of the report."""

from __future__ import annotations

from dataclasses import dataclass, field

from case_review.rendering import ast, provenance, shortcodes
from case_review.rendering.manuscript import Manuscript

#: What the parts of the header are called.
_PARTS = {"title": "Title", "subtitle": "Subtitle", "abstract": "Abstract"}


@dataclass
class Places:
    """Where the report shows what notebooks made.

    Parameters
    ----------
    exhibits
        By notebook and cell, the label and the name of the exhibit that the report shows.
    results
        By id, the anchors in the report and what each place is called, in order.
    """

    exhibits: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    results: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def of_notebook(self, name: str) -> list:
        """What a notebook's page says of them, beside the places of its results."""
        return sorted([*key, *place] for key, place in self.exhibits.items() if key[0] == name)


def places(found: Manuscript) -> Places:
    """Where the report shows exhibits and results: in which section, and in which tables."""
    back = Places()
    for label, shown in found.exhibits.items():
        back.exhibits[shown.notebook, label] = label, shown.name or "this place"
    for id, section in occurrences(found):
        own = back.results.setdefault(id, [])
        own.append((place_of(provenance.anchor(found.used[id]), len(own)), section))
    for label, shown in found.exhibits.items():
        told = [found.captions.get(label, []), found.contents.get(label, [])]
        told = [] if label in found.plain else told  # which follow from their own words alone
        ids = {node["c"][1] for node in ast.each(told) if shortcodes.is_result(node)}
        ids |= {number.id for number in shown.numbers.values() if number.id}
        for id in sorted(ids):
            back.results.setdefault(id, []).append((label, shown.name or "this place"))
    for id in found.used:  # whose only place the text does not tell, such as a formula
        back.results.setdefault(id, [(provenance.anchor(found.used[id]), "the text")])
    return back


def place_of(anchor: str, before: int) -> str:
    """The anchor of a result's place in the text, of which so many come before it."""
    return f"{anchor}-{before + 1}" if before else anchor


def occurrences(found: Manuscript) -> list[tuple[str, str]]:
    """The results of the text in their order, each with the section that it stands in.

    Tables and figures of the manuscript's own are left out, as `html_exhibits.anchored` does.
    """
    told = []
    for part in found.tree["meta"]:
        own = _shown(found.tree["meta"][part])
        told += [(id, _PARTS.get(part, part.capitalize())) for id in own]
    section = "Beginning"
    for block in found.tree["blocks"]:
        if block["t"] == "Header":
            section = found.in_words(block["c"][2]) or section
        told += [(id, section) for id in _shown(block)]
    return told


def _shown(node) -> list[str]:
    """The ids of the results that stand in a part of the text."""
    ids: list[str] = []

    def look(each: dict) -> list | None:
        if shortcodes.is_result(each):
            ids.append(each["c"][1])
        return [each] if each["t"] in ("Table", "Figure") else None

    ast.walk([node], look)
    return ids
