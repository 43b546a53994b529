"""HTML and LaTeX that a notebook shows, read as a document: what runs or loads is left out.

Nothing of it reaches a page as it is: pandoc's tree of it does, with the colours of its cells.
"""

from __future__ import annotations

import json
import re

import lxml.html
from lxml import etree

from case_review.errors import ReviewError
from case_review.rendering import ast

#: Elements that need a program or a player, which no page has.
_ACTIVE = (
    "script", "iframe", "frame", "object", "embed", "applet", "audio", "video", "canvas", "form",
    "input", "button", "select", "textarea", "portal",
)  # fmt: skip
_UNSEEN = ("style", "template", "noscript", "head", "link", "meta", "base")
_SELECTOR = re.compile(r"#([\w-]+)(?:\s+(\w+)?(?:\.([\w-]+))?)?")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
#: What the look of a cell may say; anything that could load a file is refused by its value.
_LOOK = re.compile(
    r"(?:color|background|background-color|font-weight|font-style|text-align|text-decoration|"
    r"vertical-align|white-space|opacity|border(?:-\w+)*|padding(?:-\w+)?|width|min-width)"
)
_VALUE = re.compile(r"(?!.*url)[\w\s#%.,()+-]+", re.IGNORECASE)
#: Rows and columns that a cell is spread over at most.
_WIDEST = 200
_MATHS = re.compile(
    r"\s*\\begin\{(?:equation|align|gather|multline|eqnarray|displaymath|math)\*?\}"
)


def html(text: str, reader: str = "html") -> tuple[list, list[str]]:
    """The blocks of a text in HTML, and the names of elements in it that are left out."""
    try:
        root = lxml.html.document_fromstring(f"<div>{text}</div>")
    except (etree.LxmlError, ValueError):
        return [], []
    _styled(root)
    lost = sorted({node.tag for node in root.iter(*_ACTIVE) if not _is_data(node)})
    for node in list(root.iter(*_ACTIVE, *_UNSEEN)):
        node.drop_tree()
    for table in root.iter("table"):
        _spread(table)
    clean = lxml.html.tostring(root, encoding="unicode")
    found, _ = ast.pandoc(["-f", reader, "-t", "json", "--sandbox"], clean)
    return _unwrapped(json.loads(found)["blocks"]), lost


def latex(text: str) -> list:
    """The blocks of a text in LaTeX; its source where that cannot be read."""
    try:
        found, _ = ast.pandoc(["-f", "latex", "-t", "json", "--sandbox"], text)
    except ReviewError:
        return [ast.code(text, "latex")]
    blocks = ast.walk(json.loads(found)["blocks"], tex)
    return blocks or [ast.code(text, "latex")]


def tex(node: dict) -> dict | list | None:
    """TeX as formulas where it is one, else as the text that it is; None for other elements."""
    if node["t"] not in ("RawInline", "RawBlock") or node["c"][0] not in ("tex", "latex"):
        return None
    shown = node["c"][1].strip()
    kind = {"t": "DisplayMath"}
    made = {"t": "Math", "c": [kind, shown]} if _MATHS.match(shown) else ast.words(shown)
    if node["t"] == "RawInline":
        return made
    return ast.para(made) if isinstance(made, dict) else ast.para(*made)


def look(text: str) -> str:
    """What of a `style` attribute says how text looks, in a fixed form."""
    kept = []
    for rule in text.split(";"):
        name, _, value = (part.strip() for part in rule.partition(":"))
        value = value.removesuffix("!important").strip()
        if _LOOK.fullmatch(name) and _VALUE.fullmatch(value):
            kept.append(f"{name}: {value}")
    return "; ".join(dict.fromkeys(kept))


def _unwrapped(blocks: list) -> list:
    """`blocks` without the divisions and spans around them that say nothing of their look."""

    def inner(node: dict) -> list | None:
        if node["t"] not in ("Div", "Span") or dict(node["c"][0][2]).get("style"):
            return None
        return _unwrapped(node["c"][1])

    return ast.walk(blocks, inner)


def _is_data(node) -> bool:
    return node.tag == "script" and "json" in node.get("type", "")


def _styled(root) -> None:
    """Put the rules of style elements, such as those of pandas, on the elements that they name."""
    named = {node.get("id"): node for node in root.iter(etree.Element) if node.get("id")}
    for sheet in root.iter("style"):
        for part in _COMMENT.sub("", sheet.text or "").split("}"):
            selectors, _, rules = part.partition("{")
            for selector in selectors.split(","):
                found = _SELECTOR.fullmatch(selector.strip())
                if found and found[1] in named:
                    for node in _chosen(named[found[1]], found[2], found[3]):
                        node.set("style", f"{node.get('style', '')};{' '.join(rules.split())}")


def _chosen(node, tag: str | None, name: str | None) -> list:
    if not tag and not name:
        return [node]
    below = node.iterdescendants(tag) if tag else node.iterdescendants()
    return [each for each in below if not name or name in (each.get("class") or "").split()]


def _spread(table) -> None:
    """Give each cell its own place: one over several columns or rows stands in the first."""
    waiting: dict[int, int] = {}
    for row in list(table.iter("tr")):
        place, filled = 0, []
        for cell in [*row.iterchildren("td", "th"), None]:
            while waiting.get(place, 0) > 0:
                waiting[place] -= 1
                filled.append(etree.Element("td"))
                place += 1
            if cell is None:
                break
            columns, rows = (_number(cell.attrib.pop(n, "1")) for n in ("colspan", "rowspan"))
            filled += [cell, *(etree.Element(cell.tag) for _ in range(columns - 1))]
            for column in range(place, place + columns):
                waiting[column] = rows - 1
            place += columns
        row[:] = filled
    if not table.xpath(".//td|.//th"):
        table.drop_tree()


def _number(text: str) -> int:
    return min(max(int(text), 1), _WIDEST) if text.isdecimal() else 1
