"""Tables of a page: cells that say what they head, and a frame that scrolls by itself."""

from __future__ import annotations

import string
from collections import Counter

from case_review.rendering import ast, columns

#: What stands, unseen, in a corner that has no heading of its own.
_CORNER = "Row"
#: The name of a table without caption; no two frames of a page may bear the same name.
_NAMELESS = "Table"
#: A table of words: the most columns that it has, and the letters of a cell beyond which a narrow
#: screen shows its rows one below the other, each value beside the name of its column.
_COLUMNS, _WORDY = 6, 40
#: What stands between two sides that no line break is to divide.
_SIGNS = ("=", "<", ">", "≤", "≥")
#: What indents the label of a row, and the deepest indent that the style knows.
_EM, _DEEPEST = "\u2003", 3


def framed(blocks: list) -> list:
    """A copy of `blocks` whose tables are framed, with cells that name their scope.

    The frame bears the table's caption as its name, numbered where another table has it too.
    """
    names: Counter[str] = Counter()

    def change(node: dict) -> dict | None:
        if node["t"] != "Table":
            return None
        table = {"t": "Table", "c": ast.walk(node["c"], change)}
        _settle(table)
        _stack(table)
        name = ast.text(table["c"][1][1]) or _NAMELESS
        names[name] += 1
        if names[name] > 1:
            name = f"{name} {names[name]}"
        # The role makes the name count; the index lets the keyboard scroll. The script takes both
        # away from a table that fits.
        region = {"role": "region", "tabindex": "0", "aria-label": name}
        return ast.div([table], classes=["table-scroll"], **region)

    return ast.walk(blocks, change)


def _settle(table: dict) -> None:
    """Say what each cell heads, and cut the bodies before each row that opens a block."""
    _, _, specs, (_, heads), bodies, _ = table["c"]
    _align(specs, [*heads, *(row for body in bodies for rows in body[2:] for row in rows)])
    for _, cells in heads:
        for cell in cells:
            _head(cell)
    shared = any(width["t"] == "ColWidth" for _, width in specs)
    # Where a cell takes several columns or rows, no column holds just the headings of rows.
    rows = [row for body in bodies for row in body[3]]
    headed = all(tall == wide == 1 for _, cells in rows for _, _, tall, wide, _ in cells)
    groups: list = []
    for _, _, above, own in bodies:
        group = None
        for row in own:
            opens = _settle_row(row[1], headed, shared)
            if opens or group is None:
                group = [ast.attr(), int(headed), above if group is None else [], []]
                groups.append(group)
            group[3].append(row)
    table["c"][4] = groups


def _stack(table: dict) -> None:
    """Let a table of words say in each cell of its body which column that belongs to."""
    (_, classes, _), _, specs, (_, heads), bodies, _ = table["c"]
    rows = [row[1] for body in bodies for row in body[3]]
    if len(heads) != 1 or not 1 < len(specs) <= _COLUMNS or not all(body[1] for body in bodies):
        return
    if all(len(ast.text(cell[4])) <= _WORDY for row in rows for cell in row[1:]):
        return
    classes.append("stacked")
    names = [ast.text(cell[4]) for cell in heads[0][1]]
    for row in rows:
        for cell, name in zip(row[1:], names[1:], strict=True):
            cell[0][2].append(["data-of", name])


def _align(specs: list, rows: list) -> None:
    """Say in a class which cells are aligned to the right, for the style aligns all others left.

    Pandoc would repeat it as a style of each cell, as it does where a cell takes several columns.
    """
    if any(tall > 1 or wide > 1 for _, cells in rows for _, _, tall, wide, _ in cells):
        return
    for _, cells in rows:
        for cell, (column, _) in zip(cells, specs, strict=False):
            align = column if cell[1]["t"] == "AlignDefault" else cell[1]
            if align["t"] == "AlignRight":
                cell[0][1].append("end")
            if align["t"] != "AlignCenter":
                cell[1] = {"t": "AlignDefault"}
    for spec in specs:
        if spec[0]["t"] != "AlignCenter":
            spec[0] = {"t": "AlignDefault"}


def _settle_row(cells: list, headed: bool, shared: bool) -> bool:
    """Settle the cells of a row of the body; returns whether it opens a block.

    Such a row has bold text in its first cell and nothing in the others. Where the columns have
    `shared` the line, their widths leave room for short cells, which are kept on one line.
    """
    texts = [ast.text(blocks) for *_, blocks in cells]
    for (attr, *_, blocks), text in zip(cells, texts, strict=True):
        _keep_equations(blocks)
        if shared and len(text) <= columns.SHORT:
            attr[1].append("short")
    if not headed or not cells:
        return False
    _indent(cells[0])
    first = _first(cells[0])
    is_bold = bool(first) and first[0]["t"] == "Strong"
    opens = is_bold and len(cells) > 1 and all(map(_is_empty, texts[1:]))
    if not _is_empty(ast.text(cells[0][4])):
        _set_scope(cells[0], "rowgroup" if opens else "row")
    return opens


def _head(cell: list) -> None:
    _set_scope(cell, "col")
    _keep_equations(cell[4])
    if _is_empty(ast.text(cell[4])):
        cell[4] = [ast.plain([ast.hidden(_CORNER)])]


def _keep_equations(nodes) -> None:
    """Keep equations, such as `n = 84` and `p < 0.05`, on one line."""
    if isinstance(nodes, dict):
        nodes = list(nodes.values())
    for place, node in enumerate(nodes):
        if isinstance(node, dict) and node.get("t") == "Str" and node["c"].endswith(_SIGNS):
            for beside in nodes[max(0, place - 1) : place + 2]:
                if beside["t"] == "Space":
                    beside |= {"t": "Str", "c": "\u00a0"}
        if isinstance(node, dict | list):
            _keep_equations(node)


def _indent(cell: list) -> None:
    """Indent the label of a row by a class: a line may break after a blank, not after that."""
    inlines = _first(cell)
    if not inlines or inlines[0]["t"] != "Str":
        return
    text = inlines[0]["c"]
    inlines[0]["c"] = text.lstrip(_EM)
    if depth := len(text) - len(inlines[0]["c"]):
        cell[0][1].append(f"indent-{min(depth, _DEEPEST)}")


def _first(cell: list) -> list:
    """The words that a cell begins with."""
    blocks = cell[4]
    return blocks[0]["c"] if blocks and blocks[0]["t"] in ("Plain", "Para") else []


def _set_scope(cell: list, scope: str) -> None:
    pairs = cell[0][2]
    pairs[:] = [*(pair for pair in pairs if pair[0] != "scope"), ["scope", scope]]


def _is_empty(text: str) -> bool:
    return not text.strip(string.whitespace)
