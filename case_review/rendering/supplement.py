"""The supplement as a document of its own: what follows the heading that is named `supplement`.

Exhibits, articles and numbers are called there what they are called in the whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from case_review.rendering import ast
from case_review.rendering.forms import STATEMENTS

#: The id of the heading of the first level with which the supplement begins.
NAME = "supplement"
#: The sections that every form adds at its end.
_ENDING = frozenset(("where-the-numbers-come-from", "about-this-document"))
#: Frames that both documents need to be understood.
_SHARED = ("reconstructed", "standing-key")
#: The end of a frame, which nothing else in Typst's source has.
END = "] // framed"
#: What Typst's source calls by a name that is led to, and what leads there.
_NAMED = re.compile(r'^#(?:exhibit|anchor)\("([^"]+)"|panel\("([^"]+)"|, label: "([^"]+)"')
_LEADS = re.compile(r'^#number\("([^"]+)"')


@dataclass
class Part:
    """A document that is made of a part of the manuscript.

    Parameters
    ----------
    file
        Its name.
    blocks, meta
        Its content and its metadata.
    heading
        What the supplement is called; empty for the paper.
    """

    file: str
    blocks: list
    meta: dict
    heading: str = ""


def place(blocks: list) -> int:
    """Where the supplement begins; 0 if there is none, or nothing before it."""
    heads = (i for i, block in enumerate(blocks) if block["t"] == "Header")
    return next((i for i in heads if blocks[i]["c"][0] == 1 and blocks[i]["c"][1][0] == NAME), 0)


def parts(tree: dict, paper: str, file: str) -> list[Part]:
    """The documents of a tree whose exhibits stand in it as Typst's source.

    Parameters
    ----------
    paper, file
        The names of the paper's file and of the supplement's.
    """
    frames = _leading(tree["blocks"])
    blocks, meta = _fronted(tree["blocks"], tree["meta"])
    at = place(blocks)
    if not at:
        return [Part(paper, blocks, meta)]
    before, after = blocks[:at], [_raised(block) for block in blocks[at + 1 :]]
    before, after = _with_references(before, after)
    heading = ast.text(blocks[at]["c"][2])
    own = {key: entry for key, entry in tree["meta"].items() if key != "abstract"}
    own = _with_front(own, [f for f in frames if any(name in f[0]["c"][1] for name in _SHARED)])
    made = [Part(paper, before, meta), Part(file, after, own, heading)]
    known = [names(part.blocks) for part in made]
    for part, own, others, other in zip(made, known, known[::-1], made[::-1], strict=True):
        part.blocks = _led(part.blocks, others - own, other.file)
        part.meta = _led(part.meta, others - own, other.file)
    return made


def _raised(block: dict) -> dict:
    """A heading one level higher, as its document begins below the supplement's own heading."""
    if block["t"] != "Header":
        return block
    level, *rest = block["c"]
    return {"t": "Header", "c": [max(1, level - 1), *rest]}


def is_list(block: dict) -> bool:
    """Whether a block is the list of references."""
    return block["t"] == "Div" and block["c"][0][0] == "refs"


def _with_references(before: list, after: list) -> tuple[list, list]:
    """The blocks of both documents with the references that each cites.

    What nothing cites is the paper's.
    """
    listed = next((block for block in (*before, *after) if is_list(block)), None)
    if listed is None:
        return before, after
    attr, entries = listed["c"]
    cited = [_cited(blocks) for blocks in (before, after)]
    own = [entry for entry in entries if _key(entry) in cited[1]]
    others = [e for e in entries if _key(e) not in cited[1] or _key(e) in cited[0]]
    before, head = _without_head(before)
    after, own_head = _without_head(after)
    head = head or own_head
    kept = {"t": "Div", "c": [attr, others]}
    after = [block for block in after if not is_list(block)]
    if any(map(is_list, before)):
        at = next(i for i, block in enumerate(before) if is_list(block))
        before = [*before[:at], *head, kept, *before[at + 1 :]]
    else:
        before = [*before, *head, kept]
    if own:
        ends = (i for i, b in enumerate(after) if b["t"] == "Header" and b["c"][1][0] in _ENDING)
        end = next(ends, len(after))
        after = [*after[:end], *head, {"t": "Div", "c": [attr, own]}, *after[end:]]
    return before, after


def _without_head(blocks: list) -> tuple[list, list]:
    """Blocks without the heading right before the list of references, and that heading."""
    for at, block in enumerate(blocks):
        if is_list(block) and at and blocks[at - 1]["t"] == "Header":
            return [*blocks[: at - 1], *blocks[at:]], [blocks[at - 1]]
    return blocks, []


def _key(entry: dict) -> str:
    """The key of an entry of the list of references."""
    return entry["c"][0][0].removeprefix("ref-") if entry["t"] == "Div" else ""


def _cited(blocks: list) -> set[str]:
    nodes = (node for node in ast.each(blocks) if node["t"] == "Cite")
    return {cited["citationId"] for node in nodes for cited in node["c"][0]}


def _leading(blocks: list) -> list[list]:
    """The frames with which a text begins, each with what is in it."""
    frames: list[list] = []
    depth = 0
    for block in blocks:
        text = block["c"][1] if block["t"] == "RawBlock" else ""
        if not depth:
            if not text.startswith("#framed(("):
                break
            frames.append([])
        frames[-1].append(block)
        depth += text.startswith("#framed((")
        depth -= text == END
    return frames


def _fronted(blocks: list, meta: dict) -> tuple[list, dict]:
    """A text without the frames with which it begins: they belong to its title page."""
    frames = _leading(blocks)
    front = [block for frame in frames for block in frame]
    return blocks[len(front) :], _with_front(meta, frames)


def _with_front(meta: dict, frames: list[list]) -> dict:
    """Metadata with frames for the title page: statements, and what stands beside one another."""
    parts: dict[str, list] = {"front": [], "beside": []}
    for frame in frames:
        if any(name in frame[0]["c"][1] for name in STATEMENTS):
            parts["front"] += frame
        else:
            parts["beside"] += [ast.raw("typst", "["), *frame, ast.raw("typst", "],")]
    if parts["beside"]:
        parts["beside"] = [
            ast.raw("typst", "#side-by-side("),
            *parts["beside"],
            ast.raw("typst", ")"),
        ]
    found = {name: {"t": "MetaBlocks", "c": blocks} for name, blocks in parts.items() if blocks}
    return {**meta, **found}


def names(blocks: list) -> set[str]:
    """Everything in `blocks` that can be led to."""
    found: set[str] = set()
    for node in ast.each(blocks):
        kind, content = node["t"], node.get("c")
        if kind in ("RawBlock", "RawInline"):
            found.update(name for names in _NAMED.findall(content[1]) for name in names if name)
        elif kind == "Header":
            found.add(content[1][0])
        elif kind in ("Span", "Div", "Code", "CodeBlock", "Link", "Image", "Figure", "Table"):
            found.add(content[0][0])
    return found - {""}


def _led(blocks, elsewhere: set[str], file: str):
    """Blocks or metadata in which what leads to something of the other document names its file."""

    def change(node: dict):
        if node["t"] == "RawInline":
            format, text = node["c"]
            match = _LEADS.match(text)
            if match and match[1] in elsewhere:
                led = text.replace(match[1], address(file, match[1]), 1)
                return [{"t": "RawInline", "c": [format, led]}]
        if node["t"] == "Link" and node["c"][2][0][1:] in elsewhere:
            attr, words, (target, title) = node["c"]
            if target.startswith("#"):
                led = [address(file, target[1:]), title]
                return [{"t": "Link", "c": [attr, ast.walk(words, change), led]}]
        return None

    return ast.walk(blocks, change)


def address(file: str, name: str) -> str:
    """Where something in another PDF stands, as viewers understand it (RFC 8118)."""
    return f"{file}#nameddest={name}"
