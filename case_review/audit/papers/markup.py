"""Tables and text of JATS and HTML: one reader for both, on lxml's trees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from case_review.audit.papers.document import Cell, Placed, grid

#: Elements whose text is no part of what a reader sees in the line.
_UNSEEN = {"script", "style", "tex-math", "object-id", "processing-instruction", "template"}
_HIDDEN = {"visually-hidden", "sr-only", "screen-reader-text"}
_BREAKS = {"break", "br"}
_BLOCKS = {"p", "div", "list-item", "li"}
# Exponents of units belong to the text, letters and signs in superscript are footnote marks.
_EXPONENT = re.compile(r"[-−–]?\d")
_ORDINALS = {"st", "nd", "rd", "th"}
_POWERS = str.maketrans("0123456789-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻")
_INDENT = re.compile(r"(?:padding-left|text-indent|margin-left)\s*:\s*(?:calc\()?(-?[\d.]+)")
_INDENT_CLASS = re.compile(r"(?:^|\s)indent-?(\d)")
#: Blanks by which a label is set in, with how far each goes.
_WIDTHS = {"\u00a0": 1, "\u2003": 2, "\u2002": 1, "\u2001": 2, "\u2000": 1, "\u3000": 2}


def name(element: etree._Element) -> str:
    """The name of an element in lower case, without its namespace; empty for comments and such."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def text(element: etree._Element | None, skip: frozenset[str] = frozenset()) -> str:
    """The words of an element in one line, footnote marks off."""
    return " ".join(lines(element, skip)[0].split())


def lines(element: etree._Element | None, skip: frozenset[str] = frozenset()) -> tuple[str, str]:
    """The words of an element with its line breaks, and the marks that were taken off."""
    if element is None:
        return "", ""
    pieces: list[str] = []
    marks: list[str] = []
    _gather(element, pieces, marks, skip)
    # Line ends of the source mean nothing; those that the element asks for are marked by \v.
    rows = re.sub(r"[ \t\r\n]+", " ", "".join(pieces)).split("\v")
    return "\n".join(filter(None, (row.strip() for row in rows))), " ".join(marks)


def _gather(element, pieces: list[str], marks: list[str], skip: frozenset[str]) -> None:
    tag = name(element)
    if tag in _UNSEEN or tag in skip or not tag:
        return
    if tag == "xref" and element.get("ref-type") == "bibr":
        return
    if tag == "sup" or (tag == "xref" and element.get("ref-type") in ("fn", "table-fn")):
        shown = "".join(element.itertext()).strip()
        before = "".join(pieces[-1:])[-1:]
        if tag == "sup" and before.isdigit() and shown in _ORDINALS:
            pieces.append(shown)
        elif tag == "sup" and _EXPONENT.fullmatch(shown) and (before.isalpha() or before == "0"):
            pieces.append(shown.translate(_POWERS))
        elif shown:
            marks.append(shown)
        return
    if _HIDDEN.intersection((element.get("class") or "").split()):
        return
    if tag in _BREAKS:
        pieces.append("\v")
    if tag in _BLOCKS and pieces:
        pieces.append("\v")
    pieces.append(element.text or "")
    for child in element:
        _gather(child, pieces, marks, skip)
        pieces.append(child.tail or "")
    if tag in _BLOCKS:
        pieces.append("\v")


def indent(element: etree._Element, shown: str) -> float:
    """How far the text of a cell is set in: by blanks that hold their place, by style or class."""
    told = f"{element.get('class') or ''} {element.get('content-type') or ''}"
    if found := _INDENT_CLASS.search(told):
        return float(found[1])
    if found := _INDENT.search(element.get("style") or ""):
        return max(0.0, float(found[1].strip(".") or 0))
    return sum(_WIDTHS.get(sign, 0) for sign in shown[: len(shown) - len(shown.lstrip())])


def cell(element: etree._Element) -> Placed:
    """A `td`, `th` or CALS `entry` with what it spans."""
    shown, marks = lines(element)
    first = next((piece for piece in element.itertext() if piece.strip()), "")
    first = first.lstrip(" \t\r\n")
    made = Cell(
        "\n".join(" ".join(line.split()) for line in shown.split("\n")).strip(),
        marks,
        indent(element, first),
        name(element) == "th",
    )
    return Placed(made, _span(element, "rowspan", 1), max(1, _span(element, "colspan", 1)))


def _span(element, attribute: str, default: int) -> int:
    found = re.match(r"\s*(\d{1,6})", element.get(attribute) or "")
    return int(found[1]) if found else default


def table_rows(table: etree._Element) -> tuple[tuple[tuple[Cell, ...], ...], int | None]:
    """The grid of a `table` and the number of its heading rows, None where it has no `thead`."""
    groups: list[list[list[Placed]]] = []
    heads = 0
    for group, rows in _groups(table):
        groups.append([[cell(c) for c in row if name(c) in ("td", "th")] for row in rows])
        heads += len(rows) if name(group) == "thead" else 0
    return grid(groups), heads or None


def _groups(table) -> Iterator[tuple[etree._Element, list[etree._Element]]]:
    """Row groups in their order on the page, and rows that stand in the table itself."""
    loose = [child for child in table if name(child) == "tr"]
    if loose:
        yield table, loose
    order = {"thead": 0, "tbody": 1, "tfoot": 2}
    groups = [child for child in table if name(child) in order]
    for group in sorted(groups, key=lambda child: order[name(child)]):
        yield group, [row for row in group if name(row) == "tr"]
