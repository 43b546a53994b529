"""Column widths of tables: as the words need them, not as the Markdown source is laid out."""

from __future__ import annotations

from case_review.rendering import ast

#: Characters that fit on a line of a table in the PDF.
LINE = 100
#: A cell of at most so many characters is kept on one line.
SHORT = 14
#: A longer cell asks for no more than this.
LONG = 160


def specs(table: dict) -> list:
    """The column specifications of a table: free widths if it fits on a line, else shares of it.

    A share is never less than the column's longest word needs.
    """
    old = table["c"][2]
    cells = list(zip(*_rows(table), strict=True))
    natural = [max(len(text) for text in column) for column in cells]
    if sum(natural) + 2 * len(natural) <= LINE:
        return [[align, {"t": "ColWidthDefault"}] for align, _ in old]
    least = [max(_least(text) for text in column) + 2 for column in cells]
    wish = [max(0, min(size, LONG) - low) for size, low in zip(natural, least, strict=True)]
    spare = max(0, LINE - sum(least)) / (sum(wish) or 1)
    shares = [low + more * spare for low, more in zip(least, wish, strict=True)]
    return [
        [align, {"t": "ColWidth", "c": round(share / sum(shares), 4)}]
        for (align, _), share in zip(old, shares, strict=True)
    ]


def rows(table: dict) -> int:
    """How many rows a table has, its heading included."""
    return len(_rows(table))


def _rows(table: dict) -> list[list[str]]:
    _, _, _, head, bodies, _ = table["c"]
    rows = [*head[1], *(row for body in bodies for row in [*body[2], *body[3]])]
    return [[ast.text(cell[4]) for cell in row[1]] for row in rows]


def _least(text: str) -> int:
    if len(text) <= SHORT:
        return len(text)
    return max((len(word) for word in text.split()), default=0)
