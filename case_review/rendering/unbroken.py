"""Units of several parts, such as `mg/kg/day`, which no line break is to divide."""

from __future__ import annotations

import re

from case_review.rendering import ast

#: A short unit and what it is related to; words such as `and/or` are longer.
_UNIT = re.compile(r"(?<![\w/.])[^\W\d_]{1,2}(?:/[^\W\d_]+[²³]?)+(?![\w/])")


def kept(tree, form: str):
    """A tree of the page or the PDF, `html` or `typst`, in which such units stay on one line."""

    def change(node: dict) -> list | None:
        if node["t"] != "Str" or "/" not in node["c"] or not (unit := _UNIT.search(node["c"])):
            return None
        before, after = node["c"][: unit.start()], node["c"][unit.end() :]
        if form == "html":
            whole = [{"t": "Span", "c": [ast.attr("", ["unit"]), ast.words(unit[0])]}]
        else:
            opened, closed = ({"t": "RawInline", "c": [form, mark]} for mark in ("#box[", "]"))
            whole = [opened, *ast.words(unit[0]), closed]
        return [*ast.words(before), *whole, *ast.words(after)]

    return ast.walk(tree, change)
