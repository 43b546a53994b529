"""Tables of the pages: header cells that name their scope, and a frame that scrolls by itself."""

from __future__ import annotations

import copy

from case_review.rendering import ast, columns

#: What stands, unseen, in a corner that has no heading of its own.
_CORNER = "Row"
#: What indents the label of a row.
_EM = "\u2003"
#: The deepest indent that the style knows.
_DEEPEST = 3
_FRAME = "table-scroll"
#: The name of a table without caption; no two frames of a page may bear the same name.
_NAMELESS = "Table"


def accessible(blocks: list, classes: tuple[str, ...] = ()) -> list:
    """`blocks` with every table marked up for assistive technology and put into a frame.

    Parameters
    ----------
    classes
        Further classes of the tables.
    """

    names: list[str] = []

    def change(node: dict):
        if node["t"] == "Div" and _FRAME in node["c"][0][1]:
            return [node]
        if node["t"] != "Table":
            return None
        table = copy.deepcopy(node)
        table["c"][2] = columns.specs(table)
        table["c"][0][1] = [*table["c"][0][1], *classes]
        _heads(table)
        _short(table)
        _indent(table)
        table["c"][4] = [group for body in table["c"][4] for group in _groups(body)]
        name = ast.text(table["c"][1][1]) or _NAMELESS
        names.append(name)
        if (count := names.count(name)) > 1:
            name = f"{name} {count}"
        # The role makes the name count; the index lets the keyboard scroll. The script takes both
        # away from a table that fits.
        region = {"role": "region", "tabindex": "0", "aria-label": name}
        return [ast.div([table], classes=[_FRAME], **region)]

    return ast.walk(blocks, change)


def _short(table: dict) -> None:
    """Keep short cells on one line, which the widths of the columns leave room for."""
    if not any(width["t"] == "ColWidth" for _, width in table["c"][2]):
        return
    for body in table["c"][4]:
        for cell in (cell for row in body[3] for cell in row[1]):
            if len(ast.text(cell[4])) <= columns.SHORT:
                cell[0][1] = [*cell[0][1], "short"]


def _indent(table: dict) -> None:
    """Indent the labels of rows by a class: a line may break after a blank, but not after that."""
    for body in table["c"][4]:
        for cell in (row[1][0] for row in body[3]):
            first = next((node for block in cell[4] for node in block["c"]), None)
            if first and first["t"] == "Str" and first["c"].startswith(_EM):
                label = first["c"].lstrip(_EM)
                cell[0][1] = [*cell[0][1], f"indent-{min(len(first['c']) - len(label), _DEEPEST)}"]
                first["c"] = label


def _heads(table: dict) -> None:
    for row in table["c"][3][1]:
        for cell in row[1]:
            _scope(cell, "col")
            cell[4] = _unbroken(cell[4])
            if not ast.text(cell[4]).strip():
                cell[4] = [ast.plain([ast.hidden(_CORNER)])]


def _unbroken(blocks: list) -> list:
    """`blocks` whose equations, such as `n = 84`, stay on one line."""

    def change(node: dict):
        if node["t"] not in ("Plain", "Para"):
            return None
        inlines = node["c"]
        equals = [i for i, each in enumerate(inlines) if each == {"t": "Str", "c": "="}]
        beside = {place for i in equals for place in (i - 1, i + 1)}
        held = [
            {"t": "Str", "c": "\u00a0"} if i in beside and each["t"] == "Space" else each
            for i, each in enumerate(inlines)
        ]
        return {"t": node["t"], "c": held}

    return ast.walk(blocks, change)


def _groups(body: list) -> list:
    """A body cut before each row that opens a block; first cells become row headings."""
    groups: list = []
    for row in body[3]:
        opens = _opens_block(row)
        if opens or not groups:
            groups.append([ast.attr(), 1, [], []])
        if ast.text(row[1][0][4]).strip():
            _scope(row[1][0], "rowgroup" if opens else "row")
        groups[-1][3].append(row)
    return groups


def _opens_block(row: list) -> bool:
    """Whether a row is a heading: bold text in the first cell, nothing in the others."""
    first, *others = row[1]
    bold = first[4] and first[4][0].get("c") and first[4][0]["c"][0].get("t") == "Strong"
    return bool(bold and others and not any(ast.text(cell[4]).strip() for cell in others))


def _scope(cell: list, scope: str) -> None:
    cell[0][2] = [*cell[0][2], ["scope", scope]]
