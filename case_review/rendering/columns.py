"""Column widths of tables: as the words need them, not as the Markdown source is laid out."""

from __future__ import annotations

from case_review.rendering import ast

#: Characters that fit on a line of a table in the PDF.
LINE = 108
#: A cell of at most so many characters is kept on one line.
SHORT = 14


def specs(table: dict) -> list:
    """The column specifications of a table: free widths if it fits on a line, else shares of it.

    A share is never less than the column's longest word needs; what is left goes, character by
    character, where it makes the table shortest.
    """
    old = table["c"][2]
    rows = [[len(text) for text in row] for row in _rows(table)]
    cells = list(zip(*_rows(table), strict=True))
    natural = [max(len(text) for text in column) for column in cells]
    if sum(natural) + 2 * len(natural) <= LINE:
        return [[align, {"t": "ColWidthDefault"}] for align, _ in old]
    widths = [max(1, *(_least(text) for text in column)) for column in cells]
    for _ in range(LINE - sum(widths) - 2 * len(widths)):
        widths[_most_wanting(rows, widths)] += 1
    shares = [width + 2 for width in widths]
    return [
        [align, {"t": "ColWidth", "c": round(share / sum(shares), 4)}]
        for (align, _), share in zip(old, shares, strict=True)
    ]


def fitted(blocks: list) -> list:
    """`blocks` whose tables all have such specifications."""

    def change(node: dict) -> None:
        if node["t"] == "Table":
            node["c"][2] = specs(node)

    return ast.walk(blocks, change)


def _most_wanting(rows: list[list[int]], widths: list[int]) -> int:
    """The column that makes the table shortest if it gets one character more."""
    gains = [0.0] * len(widths)
    for row in rows:
        heights = [size / width for size, width in zip(row, widths, strict=True)]
        tallest = max(range(len(row)), key=heights.__getitem__)
        others = max((h for i, h in enumerate(heights) if i != tallest), default=0.0)
        wider = max(1.0, others, row[tallest] / (widths[tallest] + 1))
        gains[tallest] += max(0.0, heights[tallest] - wider)
    return max(range(len(widths)), key=lambda column: (gains[column], -column))


def _rows(table: dict) -> list[list[str]]:
    _, _, _, head, bodies, _ = table["c"]
    rows = [*head[1], *(row for body in bodies for row in [*body[2], *body[3]])]
    return [[ast.text(cell[4]) for cell in row[1]] for row in rows]


def _least(text: str) -> int:
    if len(text) <= SHORT:
        return len(text)
    return max((len(word) for word in text.split()), default=0)
