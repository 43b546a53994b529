"""The rows of tables as the PDF has them: labels that hang, and headings of groups."""

from __future__ import annotations

import re

from case_review.rendering import ast

#: What begins a row that is a heading, and the line of pandoc's that holds one.
_GROUP = "#group-row["
_GROUP_ROW = re.compile(r"^( *)((?:table\.cell\(.*?\))?\[#group-row\[.*\]),$", re.MULTILINE)


def hang_labels(table: dict) -> None:
    """Give the labels of rows a hanging indent, one step deeper than their own.

    A table without indented rows has texts in its first column, no labels.
    """
    rows = [row for body in table["c"][4] for row in body[3]]
    cells = [row[1][0][4] for row in rows if row[1]]
    labels = [blocks[0] for blocks in cells if [block["t"] for block in blocks] == ["Plain"]]
    depths = [len(text) - len(text.lstrip("\u2003")) for text in map(ast.text, labels)]
    if any(depths):
        for label, depth in zip(labels, depths, strict=True):
            label["c"] = [inline(f"#row-label({depth})["), *label["c"], inline("]")]


def mark_groups(table: dict) -> None:
    """Mark the rows that head others for `with_groups`: bold ones, alone or above indented rows.

    Where nothing stands beside it, such a row becomes one cell.
    """
    width = len(table["c"][2])
    rows = [row[1] for body in table["c"][4] for row in body[3] if row[1]]
    for row, below in zip(rows, [*rows[1:], None], strict=True):
        first, *others = row
        if width == 1 or len(row) != width or not _is_bold(first[4]):
            continue
        alone = not any(cell[4] for cell in others)
        if alone or (below and ast.text(below[0][4]).startswith("\u2003")):
            words = first[4][0]["c"]
            first[4] = [ast.plain([inline(_GROUP), *words, inline("]")])]
        if alone:
            row[:] = [[*first[:3], width, first[4]]]


def _is_bold(blocks: list) -> bool:
    inlines = blocks[0]["c"] if [block["t"] for block in blocks] == ["Plain"] else []
    return {node["t"] for node in inlines if node["t"] not in ("RawInline", "Space")} == {"Strong"}


def with_groups(text: str) -> str:
    """Typst's source in which rows that head others are headings of the second level.

    Such a heading never stands alone at the foot of a page, and is repeated on the next.
    """
    return _GROUP_ROW.sub(r"\1table.header(level: 2, \2),", text)


def inline(text: str) -> dict:
    """Typst's source within a line."""
    return {"t": "RawInline", "c": ["typst", text]}
