"""The supplement as a document of its own: what follows the heading that is named `supplement`.

Exhibits, articles and numbers are called there what they are called in the whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from case_review.rendering import ast
from case_review.rendering.forms import STATEMENTS, is_frame

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: The id of the heading of the first level with which the supplement begins.
NAME = "supplement"
#: The section that lists figures and tables, and all sections that every form adds at its end.
LISTS = "list-of-figures-and-tables"
_ENDING = frozenset((LISTS, "where-the-numbers-come-from", "about-this-document"))
#: Frames that both documents need to be understood.
_SHARED = ("reconstructed", "standing-key")
#: The end of a frame, which nothing else in Typst's source has.
END = "] // framed"
#: What the source of Typst and of the page calls by a name that is led to, and what leads there.
_NAMED = {
    "typst": re.compile(r'^#(?:exhibit|anchor)\("([^"]+)"|panel\("([^"]+)"|, label: "([^"]+)"'),
    "html": re.compile(r' id="([^"]+)"'),
}
_LEADS = {"typst": re.compile(r'^(#number\(")([^"]+)'), "html": re.compile(r'( href="#)([^"]+)')}


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

    @cached_property
    def names(self) -> set[str]:
        """Everything in it that can be led to, which is asked when it stands as it is to be."""
        return names(self.blocks)


def place(blocks: list) -> int:
    """Where the supplement begins; 0 if there is none, or nothing but frames before it."""
    heads = (i for i, block in enumerate(blocks) if block["t"] == "Header")
    at = next((i for i in heads if blocks[i]["c"][0] == 1 and blocks[i]["c"][1][0] == NAME), 0)
    return at if any(not is_frame(block) for block in blocks[:at]) else 0


def parts(tree: dict, paper: str, file: str) -> list[Part]:
    """The PDFs of a tree whose exhibits stand in it as Typst's source.

    Parameters
    ----------
    paper, file
        The names of the paper's file and of the supplement's.
    """
    frames = _leading(tree["blocks"])
    blocks, meta = _fronted(tree["blocks"], tree["meta"])
    own = {key: entry for key, entry in tree["meta"].items() if key != "abstract"}
    shared = [f for f in frames if any(name in f[0]["c"][1] for name in _SHARED)]
    return _parted(blocks, (paper, meta), (file, _with_front(own, shared)))


def pages(tree: dict, frames: list, paper: str, file: str) -> list[Part]:
    """The pages of a tree, in which exhibits may stand as HTML; named as in `parts`.

    Parameters
    ----------
    frames
        Those with which the text began: the supplement opens with what both need.
    """
    made = _parted(tree["blocks"], (paper, tree["meta"]), (file, {}))
    for part in made[1:]:
        part.blocks = [f for f in frames if set(_SHARED) & set(f["c"][0][1])] + part.blocks
        of = ast.said(ast.meta_text(tree["meta"].get("title")))
        part.meta = {"title": ast.said(part.heading), "kicker": of}
    return made


def _parted(blocks: list, paper: tuple[str, dict], other: tuple[str, dict]) -> list[Part]:
    """The paper and, if there is one, its supplement, each given by its file and its metadata."""
    at = place(blocks)
    if not at:
        return [Part(paper[0], blocks, paper[1])]
    before, after = blocks[:at], [_raised(block) for block in blocks[at + 1 :]]
    before, after = _with_references(before, after)
    heading = ast.text(blocks[at]["c"][2])
    made = [Part(paper[0], before, paper[1]), Part(other[0], after, other[1], heading)]
    known = [names(part.blocks) for part in made]
    for part, own, others, beside in zip(made, known, known[::-1], made[::-1], strict=True):
        part.blocks = _led(part.blocks, others - own, beside.file)
        part.meta = _led(part.meta, others - own, beside.file)
    return made


def beside(found: Manuscript, part: Part, made: list[Part]) -> dict[str, str]:
    """Which document stands beside this one, and the exhibits that are there, for templates."""
    others = [each for each in made if each is not part]
    if not others:
        return {}
    (other,) = others
    there = other.names
    said = []
    for kind in ("Table", "Figure"):
        own = [name for label, name in found.names.items() if name.exhibit and label in there]
        numbers = [name.number for name in own if name.kind == kind]
        if numbers:
            ends = dict.fromkeys((numbers[0], numbers[-1]))
            said.append(f"{kind}{'s' if len(ends) > 1 else ''} {'–'.join(ends)}")
    words = other.heading or "Paper"
    words += f", with {' and '.join(said)}" if said else ""
    return {"other-file": other.file, "other-words": words}


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
        if kind in ("RawBlock", "RawInline") and content[0] in _NAMED:
            for match in _NAMED[content[0]].finditer(content[1]):
                found.add(next(name for name in match.groups() if name))
        elif kind == "Header":
            found.add(content[1][0])
        elif kind in ("Span", "Div", "Code", "CodeBlock", "Link", "Image", "Figure", "Table"):
            found.add(content[0][0])
    return found - {""}


def _led(blocks, elsewhere: set[str], file: str):
    """Blocks or metadata in which what leads to something of the other document names its file."""

    def lead(match: re.Match) -> str:
        start, name = match.groups()
        if name not in elsewhere:
            return match[0]
        return f"{start.removesuffix('#')}{address(file, name)}"

    def change(node: dict):
        if node["t"] in ("RawBlock", "RawInline") and node["c"][0] in _LEADS:
            format, text = node["c"]
            return [{"t": node["t"], "c": [format, _LEADS[format].sub(lead, text)]}]
        if node["t"] == "Link" and node["c"][2][0][1:] in elsewhere:
            attr, words, (target, title) = node["c"]
            if target.startswith("#"):
                led = [address(file, target[1:]), title]
                return [{"t": "Link", "c": [attr, ast.walk(words, change), led]}]
        return None

    return ast.walk(blocks, change)


def address(file: str, name: str) -> str:
    """Where something in another document stands; in a PDF, as viewers understand it (RFC 8118)."""
    return f"{file}#nameddest={name}" if file.endswith(".pdf") else f"{file}#{name}"
