"""Units of several parts, such as `mg/kg/day`, which no line break is to divide."""

from __future__ import annotations

import re

from case_review.rendering import ast

#: A short unit and what it is related to; words such as `and/or` are longer.
_UNIT = re.compile(r"(?<![\w/.])[^\W\d_]{1,2}(?:/[^\W\d_]+[²³]?)+(?![\w/])")


def kept(tree, form: str):
    """A tree of the page or the PDF, `html` or `typst`, in which such units stay on one line."""

    def change(node: dict) -> list | None:
        if node["t"] == "Span" and "unit" in node["c"][0][1]:
            return [node]
        if node["t"] != "Str" or "/" not in node["c"] or not _UNIT.search(node["c"]):
            return None
        found, place = [], 0
        for unit in _UNIT.finditer(node["c"]):
            found += [*ast.words(node["c"][place : unit.start()]), *whole(unit[0])]
            place = unit.end()
        return [*found, *ast.words(node["c"][place:])]

    def whole(unit: str) -> list:
        if form == "html":
            return [{"t": "Span", "c": [ast.attr("", ["unit"]), ast.words(unit)]}]
        opened, closed = ({"t": "RawInline", "c": [form, mark]} for mark in ("#box[", "]"))
        return [opened, *ast.words(unit), closed]

    return ast.walk(tree, change)
