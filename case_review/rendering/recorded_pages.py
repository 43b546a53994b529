"""Below a cell of a notebook's page: the numbers that it recorded, and the functions it called."""

from __future__ import annotations

import json
from html import escape

from case_review import registry
from case_review.project import Project
from case_review.rendering import code_pages, labels, marks, provenance
from case_review.rendering.back import Places
from case_review.rendering.called import Called
from case_review.rendering.cards import FUNCTIONS
from case_review.rendering.code_pages import Module
from case_review.rendering.origins import Origins

#: Of more places than these, the others are folded.
_PLACES = 6


class Recorded:
    """What a notebook recorded and called, by cell, as HTML for its page."""

    def __init__(
        self,
        project: Project,
        name: str,
        places: Places,
        origins: Origins,
        modules: dict[str, Module],
    ):
        path = project.results / f"{name}.json"
        self._name, self._places, self._modules = name, places, modules
        self._known = labels.read(project)
        self._by_cell: dict[str, list[registry.Recorded]] = {}
        for result in registry.read(path) if path.is_file() else ():
            self._by_cell.setdefault(result.cell, []).append(result)
        self._calls, self._behind = origins.calls, origins.behind

    def parts(self) -> list[str]:
        """What these follow from, beside the results and the notebook."""
        results = [result.id for own in self._by_cell.values() for result in own]
        places = {id: self._places.results.get(id) for id in results}
        return [json.dumps([self._known, places])]

    def exhibit(self, label: str) -> tuple[str, str] | None:
        """The exhibit of the report that a cell makes: its label and its name there."""
        return self._places.exhibits.get((self._name, label))

    def numbers(self, label: str) -> str:
        """The table of the numbers that a cell recorded; empty if it recorded none."""
        own = self._by_cell.get(label, [])
        if not own:
            return ""
        rows = "\n".join(self._row(result) for result in own)
        name = f"Recorded by cell {escape(label)}"
        heads = ("Recorded here", "Value", "In the report", "Id")
        head = "".join(f'<th scope="col">{each}</th>' for each in heads)
        return (
            f'<div class="table-scroll" role="region" tabindex="0" aria-label="{name}">'
            f'<table class="recorded"><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>'
            "</table></div>"
        )

    def _row(self, result: registry.Recorded) -> str:
        label = labels.of(self._known, result.id, result.label)
        mark = "".join(raw["c"][1] for raw in marks.in_page(result))
        return (
            f'<tr id="{provenance.anchor(result)}"><th scope="row">{escape(label)}</th>'
            f"<td>{escape(result.text)}{mark}</td><td>{self._back(result.id)}</td>"
            f"<td><code>{_breakable(result.id)}</code></td></tr>"
        )

    def _back(self, id: str) -> str:
        """Links to the places of the report that show a result."""
        places = self._places.results.get(id, [])
        links = [
            f'<a href="../index.html#{escape(anchor)}">{escape(words)}</a>'
            for anchor, words in places
        ]
        shown = "; ".join(links[:_PLACES])
        if rest := links[_PLACES:]:
            folded = f"<summary>{len(rest)} more</summary>{'; '.join(rest)}"
            return f"{shown} <details>{folded}</details>"
        return shown or "not shown"

    def functions(self, number: int, label: str) -> str:
        """The functions that a cell (counted from 0) calls, each with its source folded below it.

        After them come those that cells above called to make what this one records: all that the
        cards of its numbers name. Classes, and what connects a notebook with the report, are
        linked to only.
        """
        calls = [one for one in self._calls.get(number, []) if one.path in self._modules]
        opened = [self._source(one) for one in calls if not one.is_aside]
        links = [_link(one, one.name) for one in calls if one.is_aside]
        if links:
            also = "Also calls" if opened else "Calls"
            opened.append(f'<p class="cell-places">{also} {", ".join(links)}.</p>')
        if above := [self._source(one) for one in self._above(label) if one not in calls]:
            opened += ['<p class="cell-places">Called in cells above, for what this one uses:</p>']
        return "\n".join([*opened, *above])

    def _above(self, label: str) -> list[Called]:
        """The functions behind the numbers that a cell records and those that its table shows."""
        aims = [label, *(result.id for result in self._by_cell.get(label, []))] if label else []
        named = (one for aim in aims for one in self._behind.get(aim, [])[:FUNCTIONS])
        return [one for one in dict.fromkeys(named) if one.path in self._modules]

    def _source(self, called: Called) -> str:
        source = code_pages.part(self._modules[called.path], called)
        where = _link(called, f"{called.path}, lines {called.first} to {called.last}")
        named = f"Source of <code>{escape(called.name)}</code>"
        return (
            f'<details class="called"><summary>{named}</summary>'
            f'<p class="cell-places">{where}</p>\n{source}</details>'
        )


def _breakable(id: str) -> str:
    """An id in which a line may break behind dots and underscores."""
    return escape(id).replace(".", ".<wbr>").replace("_", "_<wbr>")


def _link(called: Called, words: str) -> str:
    return f'<a href="../{called.page}#{called.anchor}">{escape(words)}</a>'
