"""Drawings that take less room in a page and look the same.

Matplotlib writes every place with six decimals, every element on a line of its own, and a group and
a name around each. Here a hundredth of a point is fine enough, and what nobody refers to has no
name. Nothing else is changed, so that a drawing by another program comes to no harm.
"""

from __future__ import annotations

import re
from collections import Counter

NS = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
#: Elements whose white space is seen or means something.
_WORDS = frozenset(f"{NS}{name}" for name in ("text", "tspan", "style", "title", "desc"))
_NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
#: Numbers without anything between them, as other programs write them: `.5.5`, `1-2`.
_TOUCHING = re.compile(r"\d-|\.\d*\.")
_STEP = re.compile(r"([MLZz])\s*(?:(-?[\d.]+)\s+(-?[\d.]+))?\s*")
#: Attributes with places in the units of the drawing.
_PLACES = ("x", "y", "x1", "y1", "x2", "y2", "points")
#: What the texts of a drawing mostly have in common.
_SHARED = ("font-family", "font-size")


def lean(root) -> None:
    """Make a parsed SVG drawing smaller."""
    _drop_names(root)
    _unwrap(root)
    for node in root.iter(f"{NS}*"):
        _tidy(node)
    _share_font(root)


def _drop_names(root) -> None:
    """Leave an id only to what some attribute refers to."""
    if any("#" in (node.text or "") for node in root.iter(f"{NS}style")):
        return
    values = " ".join(value for node in root.iter(f"{NS}*") for value in _but_id(node))
    named = set(re.findall(r"[\w.:-]+", values))
    for node in root.iter(f"{NS}*"):
        if node is not root and node.get("id", "") not in named:
            node.attrib.pop("id", None)


def _but_id(node) -> list[str]:
    return [value for name, value in node.items() if name not in ("id", "d")]


def _unwrap(root) -> None:
    """Let the content of a group without any attribute stand in its place."""
    for group in [node for node in root.iter(f"{NS}g") if not node.attrib]:
        parent = group.getparent()
        place = parent.index(group)
        parent[place : place + 1] = list(group)


def _tidy(node) -> None:
    if node.tag not in _WORDS:
        node.text = (node.text or "").strip() or None
        for child in node:
            child.tail = (child.tail or "").strip() or None
    for name in _PLACES:
        if value := node.get(name):
            node.set(name, _rounded(value))
    if style := node.get("style"):
        node.set("style", re.sub(r"\s*([:;])\s*", r"\1", style).rstrip(";"))
    if path := node.get("d"):
        node.set("d", _path(path))
    moved = node.get("transform", "")
    if moved.startswith("rotate(-0 "):
        del node.attrib["transform"]
    elif re.fullmatch(r"(?:rotate|translate)\([^()]*\)", moved):
        node.set("transform", _rounded(moved))
    if XLINK in node.attrib:
        node.set("href", "".join(node.attrib.pop(XLINK).split()))  # matplotlib breaks pictures


def _rounded(text: str) -> str:
    if _TOUCHING.search(text):
        return text
    return _NUMBER.sub(lambda found: _short(float(found[0])), text)


def _short(value: float) -> str:
    """A number with at most two decimals, without what it can do without."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else re.sub(r"^(-?)0\.", r"\1.", text)


def _path(path: str) -> str:
    """A path of straight lines with level and upright ones said by one number; others rounded."""
    if _STEP.sub("", path):
        if re.search("[Aa]", path):  # the flags of an arc are digits that may touch a number
            return path
        return " ".join(_rounded(path).split())
    written, x, y = [], "", ""
    for command, right, down in _STEP.findall(path):
        if command in "Zz":
            written.append("z")
            x = y = ""
            continue
        before, (x, y) = (x, y), (_short(float(right)), _short(float(down)))
        if command == "M" or "" in before:
            written.append(f"{command}{x} {y}")
        elif y == before[1]:
            written.append("" if x == before[0] else f"H{x}")
        else:
            written.append(f"V{y}" if x == before[0] else f"L{x} {y}")
    return "".join(written)


def share_looks(root, own: str) -> None:
    """Write a look that several elements have once, as a class whose name begins with `own`.

    A look is what `style` and `clip-path` say; names in it must be those of the page.
    """
    looks: dict[str, list] = {}
    for node in root.iter(f"{NS}*"):
        if node is not root and node.get("style") and not node.get("class"):
            clip = f"clip-path:{node.get('clip-path')};" if node.get("clip-path") else ""
            looks.setdefault(clip + node.get("style"), []).append(node)
    shared = [(look, nodes) for look, nodes in looks.items() if len(nodes) > 1]
    for number, (_, nodes) in enumerate(shared):
        for node in nodes:
            del node.attrib["style"]
            node.attrib.pop("clip-path", None)
            node.set("class", f"{own}{_letters(number)}")
    if shared:
        rules = (f".{own}{_letters(n)}{{{look}}}" for n, (look, _) in enumerate(shared))
        made = root.makeelement(f"{NS}style")
        made.text = "".join(rules)
        root.insert(0, made)


def _letters(number: int) -> str:
    """a, b, ... z, ba, bb and so on."""
    before, last = divmod(number, 26)
    return (_letters(before) if before else "") + chr(ord("a") + last)


def _share_font(root) -> None:
    """Say once what font and size texts have, if all of them say it."""
    texts = list(root.iter(f"{NS}text", f"{NS}tspan"))
    for name in _SHARED:
        own = [re.search(rf"(?:^|;){name}:([^;]+)", node.get("style", "")) for node in texts]
        if not texts or None in own or name in root.attrib:
            continue
        most = Counter(found[1] for found in own).most_common(1)[0][0]
        root.set(name, most)
        for node, found in zip(texts, own, strict=True):
            if found[1] == most:
                left = node.get("style").replace(found[0], "", 1).lstrip(";")
                node.attrib.pop("style") if not left else node.set("style", left)
