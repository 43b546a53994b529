"""What a hurried reader takes away must not be the number of one data set among many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from case_review.rendering import ast, shortcodes
from case_review.values import VARIES

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: Entries of the header that are read without the text.
_HEADERS = ("title", "subtitle", "abstract")
#: What a section that concludes is called.
_CONCLUSIONS = frozenset(("conclusion", "conclusions"))
#: Boxes that are read in place of the text, by class.
_BOXES = {"key-points": "the key points", "summary": "the summary"}


def refuse_bare(found: Manuscript) -> None:
    """Refuse a number that varies and has no range where a hurried reader looks.

    That is in title, abstract, headings, conclusion, key points and summary. A result that varies
    is shown as its range over all data sets; where it is not known how far it varies, its text is
    the value in one data set, which no conclusion may rest on.

    Raises
    ------
    ReviewError
        Naming the line, the result and the part of the manuscript.
    """
    for part, nodes in _parts(found.tree):
        for id, line in _results(nodes):
            result = found.used[id]
            if result.standing == VARIES and result.least is None and result.most is None:
                error = found.refuse_at(
                    line,
                    f"{{{{< result {id} >}}}} varies between the data sets that agree with the "
                    f"print, and stands in {part} without its range: '{result.text}' is its value "
                    "in one of them. Show it in the text instead, or have its range found "
                    "(data/clean/standing.csv).",
                )
                found.problems.note(error)


def _parts(tree: dict) -> Iterator[tuple[str, list | dict]]:
    """The parts that are read first, each with what it is called."""
    for key in _HEADERS:
        if key in tree["meta"]:
            yield f"the {key}", tree["meta"][key]
    level = 0
    for block in tree["blocks"]:
        if block["t"] == "Header":
            depth, _, words = block["c"]
            yield "a heading", words
            if level and depth > level:  # a section within the conclusion
                continue
            level = depth if ast.text(words).strip(" .:").casefold() in _CONCLUSIONS else 0
        elif level:
            yield "the conclusion", [block]
        yield from _boxes(block)


def _boxes(block: dict) -> Iterator[tuple[str, list]]:
    """Boxes of such a class, also within others."""
    if block["t"] == "Div":
        (_, classes, _), blocks = block["c"]
        yield from ((_BOXES[name], [block]) for name in classes if name in _BOXES)
        for each in blocks:
            yield from _boxes(each)


def _results(nodes: list | dict) -> Iterator[tuple[str, int]]:
    """Id and line of each result shown in `nodes`."""
    shown: list[tuple[str, int]] = []

    def collect(node: dict) -> None:
        if shortcodes.is_result(node):
            shown.append((node["c"][1], int(dict(node["c"][0][2])["line"])))
        elif node["t"] == "Math":
            shown.extend(shortcodes.in_formula(node["c"][1]))

    ast.walk([nodes], collect)
    yield from shown
