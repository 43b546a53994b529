"""Column widths of tables: as the words need them, not as the Markdown source is laid out."""

from __future__ import annotations

from functools import lru_cache
from operator import gt

from case_review.rendering import ast

#: Characters that fit on a line of a table in the PDF.
LINE = 108
#: A cell of at most so many characters is kept on one line.
SHORT = 14


def specs(table: dict, line: int = LINE) -> list:
    """The column specifications of a table: free widths if it fits on a line, else shares of it.

    A share is never less than the column's longest word needs; what is left goes, character by
    character, where it makes the table shortest.
    """
    old = table["c"][2]
    rows = tuple(
        tuple((len(text), _least(text)) for text in _apart(row)) for row in _rows(table, len(old))
    )
    shares = _shares(rows, len(old), line)
    if shares is None:
        return [[align, {"t": "ColWidthDefault"}] for align, _ in old]
    return [
        [align, {"t": "ColWidth", "c": share}]
        for (align, _), share in zip(old, shares, strict=True)
    ]


def spread(table: dict, line: int) -> list:
    """The specifications of a table that spans a line of so many characters in any case.

    What its words leave of the line is shared equally.
    """
    old = specs(table, line)
    if any(width["t"] == "ColWidth" for _, width in old):
        return old
    columns = zip(*_rows(table, len(old)), strict=True)
    sizes = [
        2 + max((len(text) for text, wide in each if wide == 1), default=1) for each in columns
    ]
    left = max(0, line - sum(sizes)) / len(sizes)
    line = max(line, sum(sizes))
    return [
        [align, {"t": "ColWidth", "c": round((size + left) / line, 4)}]
        for (align, _), size in zip(old, sizes, strict=True)
    ]


@lru_cache(maxsize=1024)
def _shares(
    rows: tuple[tuple[tuple[int, int], ...], ...], width: int, line: int
) -> tuple[float, ...] | None:
    """The columns' shares of a line, from the length of each cell and that of its longest word.

    None if the table fits on a line. The same table is asked for again by each form.
    """
    columns = list(zip(*rows, strict=True)) or [((0, 0),)] * width
    natural = [max(size for size, _ in column) for column in columns]
    if sum(natural) + 2 * len(natural) <= line:
        return None
    widths = [max(1, *(least for _, least in column)) for column in columns]
    sizes = [[size for size, _ in row] for row in rows]
    for _ in range(line - sum(widths) - 2 * len(widths)):
        # A row that is on one line stays so, and no column makes it shorter.
        sizes = [row for row in sizes if any(map(gt, row, widths))]
        widths[_most_wanting(sizes, widths)] += 1
    shares = [size + 2 for size in widths]
    return tuple(round(share / sum(shares), 4) for share in shares)


def excess(table: dict) -> int:
    """How many letters of a table's longest words have no room on a line, with some tolerance."""
    cells = [_apart(row) for row in _rows(table, len(table["c"][2]))]
    needed = sum(2 + max(map(_least, column)) for column in zip(*cells, strict=True))
    return max(0, needed - LINE - LINE // 6)


def fitted(blocks: list) -> list:
    """`blocks` whose tables all have such specifications, and at least one row."""

    def change(node: dict) -> None:
        if node["t"] == "Table":
            fill(node)
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


def fill(table: dict) -> None:
    """Let a table without rows say so, for no form may have an empty one."""
    bodies = table["c"][4]
    if bodies and not any(body[2] or body[3] for body in bodies):
        texts = ["No rows.", *[""] * (len(table["c"][2]) - 1)]
        made = [[ast.plain(ast.words(text))] if text else [] for text in texts]
        cells = [[ast.attr(), {"t": "AlignDefault"}, 1, 1, blocks] for blocks in made]
        bodies[0][3] = [[ast.attr(), cells]]


def _rows(table: dict, width: int) -> list[list[tuple[str, int]]]:
    """By row and column, the text of the cell that begins there, and how many columns it takes.

    A column that a cell of another column or row takes has an empty text.
    """
    _, _, _, head, bodies, foot = table["c"]
    parts = [head[1], *(part for body in bodies for part in (body[2], body[3])), foot[1]]
    found = []
    for part in parts:
        below = [0] * width  # how many rows the cells above still take
        for row in part:
            places: list[tuple[str, int]] = [("", 1)] * width
            column = 0
            for _, _, tall, wide, blocks in row[1]:
                while column < width and below[column]:
                    column += 1
                if column < width:
                    places[column] = (ast.text(blocks), wide)
                below[column : column + wide] = [tall] * len(below[column : column + wide])
                column += wide
            below = [max(0, left - 1) for left in below]
            found.append(places)
    return found


def _apart(row: list[tuple[str, int]]) -> list[str]:
    """The texts of a row; one that takes several columns is spread over them."""
    texts = [text for text, _ in row]
    for column, (text, wide) in enumerate(row):
        for part in range(wide if wide > 1 else 0):
            share = -(-len(text) // wide)
            texts[column + part] = text[part * share : (part + 1) * share]
    return texts


def _least(text: str) -> int:
    if len(text) <= SHORT:
        return len(text)
    return max((len(word) for word in text.split()), default=0)
