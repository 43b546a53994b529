"""Pandoc as a parser and a writer, and the few elements of its document tree that are built here.

The tree is pandoc's JSON: `{"t": type, "c": content}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

from case_review.rendering import converter

#: What a cell may say: Markdown without any way to smuggle in HTML, TeX or Typst.
SAFE = "markdown-raw_html-raw_attribute-raw_tex-citations-tex_math_dollars-yaml_metadata_block"
#: The same for captions and tables that the report shows, which may also cite, refer and calculate.
SHOWN = "markdown-raw_html-raw_attribute-raw_tex-yaml_metadata_block"
#: What only `SHOWN` takes for more than words: citations and formulas.
_MORE = re.compile(r"[@$]")
_SPLIT = "case-review-split"
#: Beginnings of headings, rules, definitions, fences, numbered examples; footnotes; a last escape.
_BEARING = re.compile(r"^\s*[-#=%:\[({@`~<\\]|\[\^|\\\s*\Z", re.MULTILINE)
#: Trees as JSON by text and reader, all forgotten when there are more than so many.
_known: dict[tuple[str, str], str] = {}
_MOST_KNOWN = 4096


def pandoc(
    arguments: Iterable[str],
    text: str,
    folder: Path | None = None,
    epoch: int | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> tuple[str, str]:
    """What pandoc makes of `text` and what it warns of; see `converter.run`."""
    content, warnings = converter.run(arguments, text, folder, epoch, meanwhile)
    return as_text(content), warnings


def as_text(content: bytes) -> str:
    """What pandoc has written, with one kind of line ends."""
    return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, reader: str = "markdown", meanwhile: Callable[[], None] | None = None) -> dict:
    """The document tree of a Markdown text; `meanwhile` is called until pandoc is done."""
    # As JSON, for every form of the report asks for the same captions and tables.
    if (key := _key(text, reader)) not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = pandoc(["-f", reader, "-t", "json"], text, meanwhile=meanwhile)[0]
    elif meanwhile:
        meanwhile()
    return json.loads(_known[key])


def _key(text: str, reader: str) -> tuple[str, str]:
    """Where `_known` has the tree of a text, for which another reader may stand."""
    other = (text, SHOWN)
    return (
        other if reader == SAFE and other in _known and not _MORE.search(text) else (text, reader)
    )


def parse_ahead(texts: Iterable[str], reader: str = SAFE) -> None:
    """Let `parse` know the trees of texts that it will be asked for, with one start of pandoc.

    Texts that could bear on one another in one document are left to it.
    """
    chosen = [text for text in dict.fromkeys(texts) if text and not _BEARING.search(text)]
    empty = parse("", reader)
    for text, blocks in zip(chosen, parse_many(chosen, reader), strict=True):
        _known.setdefault((text, reader), json.dumps({**empty, "blocks": blocks}))


def parse_many(texts: list[str], reader: str = SAFE) -> list[list]:
    """The blocks of several Markdown texts, with one start of pandoc where that is possible."""
    alone = not any(_BEARING.search(text) for text in texts)
    known = {text for text in texts if alone and _key(text, reader) in _known}
    read = iter(_parsed_together([text for text in texts if text not in known], reader))
    return [parse(text, reader)["blocks"] if text in known else next(read) for text in texts]


def _parsed_together(texts: list[str], reader: str) -> list[list]:
    if not texts:
        return []
    divider = f"\n\n```{{.{_SPLIT}}}\n```\n\n"
    parts: list[list] = [[]]
    for block in parse(divider.join(texts), reader)["blocks"]:
        if block["t"] == "CodeBlock" and _SPLIT in block["c"][0][1]:
            parts.append([])
        else:
            parts[-1].append(block)
    if len(parts) != len(texts):  # a text with an open code fence swallowed a divider
        return [parse(text, reader)["blocks"] for text in texts]
    return parts


def walk(node, change: Callable[[dict], list | dict | None]):
    """A copy of `node` in which `change` replaced elements: None keeps one, a list splices."""
    if isinstance(node, dict):
        return {
            key: walk(value, change) if type(value) in _NODES else value
            for key, value in node.items()
        }
    if not isinstance(node, list):
        return node
    found: list = []
    for item in node:
        # Most of a tree are words and empty attributes, so they take the shortest way.
        kind = type(item)
        if kind is dict:
            new = change(item) if "t" in item else walk(item, change)
            if new is None:
                new = {**item}
                if type(inner := new.get("c")) in _NODES:
                    new["c"] = walk(inner, change)
            if type(new) is list:
                found += new
            else:
                found.append(new)
        elif kind is list:
            found.append(walk(item, change) if item else [])
        else:
            found.append(item)
    return found


#: What other nodes stand in.
_NODES = (dict, list)


def each(node) -> Iterator[dict]:
    """The elements of a tree at any depth, in order; nothing is copied."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if type(node) is dict:
            if "t" in node:
                yield node
            node = node.values()
        waiting += [inner for inner in node if type(inner) in _NODES][::-1]


def first(nodes: list, kinds: tuple[str, ...]) -> dict | None:
    """The first element of some kinds, at any depth."""
    return next((node for node in each(nodes) if node["t"] in kinds), None)


def attr(id: str = "", classes: Iterable[str] = (), **pairs: str) -> list:
    """An element's id, classes and attributes."""
    return [id, list(classes), [[name, value] for name, value in pairs.items()]]


def words(text: str) -> list:
    """Plain text as inlines."""
    found: list = []
    for index, word in enumerate(text.split(" ")):
        found += [{"t": "Space"}] if index else []
        found += [{"t": "Str", "c": word}] if word else []
    return found


#: The marks around a quotation, in words that no style has touched.
_QUOTES = {"SingleQuote": "‘{}’", "DoubleQuote": "“{}”"}
#: Kinds of elements that are no words: what they stand for is said elsewhere, or not at all.
_SILENT = frozenset(("Note", "RawInline", "RawBlock", "HorizontalRule"))
#: Where the content of an element stands among its parts, if it is not the whole.
_INSIDE = {"Cite": 1, "Div": 1, "Figure": 2, "Header": 2, "Image": 1, "Link": 1, "Span": 1}
_INSIDE |= {"OrderedList": 1, "Quoted": 1}
#: Blocks that are apart from what follows them.
_APART = frozenset(("Plain", "Para", "Header", "CodeBlock", "LineBlock", "BulletList"))
_APART |= {"OrderedList", "DefinitionList", "BlockQuote", "Table", "Figure", "Div"}


def text(node) -> str:
    """The plain text of inlines or blocks: words only, no notes, formulas as TeX."""
    if isinstance(node, list):
        parts = [text(item) for item in node]
        ends = [" " if _is_apart(item) else "" for item in node[:-1]]
        return "".join(part + end for part, end in zip_longest(parts, ends, fillvalue=""))
    if not isinstance(node, dict):
        return ""
    kind, content = node["t"], node.get("c")
    if kind in _SILENT:
        return ""
    if kind == "Str":
        return content
    if kind in ("Code", "CodeBlock", "Math"):
        return content[1]
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind == "Table":
        rows = [*content[3][1], *(row for body in content[4] for row in [*body[2], *body[3]])]
        return " ".join(text(cell[4]) for row in rows for cell in row[1])
    if kind == "DefinitionList":
        return " ".join(text(part) for term, told in content for part in (term, *told))
    said = text(content[_INSIDE[kind]] if kind in _INSIDE else content)
    return _QUOTES[content[0]["t"]].format(said) if kind == "Quoted" else said


def _is_apart(item) -> bool:
    return isinstance(item, list) or item.get("t") in _APART


def link(url: str, inlines: list, title: str = "", classes=(), **pairs: str) -> dict:
    """A link."""
    return {"t": "Link", "c": [attr("", classes, **pairs), inlines, [url, title]]}


def para(*inlines) -> dict:
    """A paragraph."""
    return {"t": "Para", "c": list(inlines)}


def div(blocks: list, id: str = "", classes=(), **pairs: str) -> dict:
    """A block of blocks."""
    return {"t": "Div", "c": [attr(id, classes, **pairs), blocks]}


def raw(format: str, text: str) -> dict:
    """A block that a writer of `format` copies as it is."""
    return {"t": "RawBlock", "c": [format, text]}


def code(text: str, *classes: str) -> dict:
    """A code block."""
    return {"t": "CodeBlock", "c": [attr("", classes), text]}


def span(inlines: list, *classes: str) -> dict:
    """Inlines with classes for the style."""
    return {"t": "Span", "c": [attr("", classes), inlines]}


def hidden(text: str) -> dict:
    """A text that is read out but not seen."""
    return span(words(text), "visually-hidden")


def plain(inlines: list) -> dict:
    """Inlines that are no paragraph, as cells and captions hold them."""
    return {"t": "Plain", "c": inlines}


def figure(label: str, caption: list, content: dict) -> dict:
    """A figure around a block."""
    return {"t": "Figure", "c": [attr(label), [None, [plain(caption)]], [content]]}


def image(source: str, alt: str, **pairs: str) -> dict:
    """An image file with its alternative text."""
    return plain([{"t": "Image", "c": [attr(**pairs), words(alt), [source, ""]]}])


def document(blocks: list, **meta: dict) -> dict:
    """A tree of `blocks`."""
    return {**parse(""), "meta": meta, "blocks": blocks}


def said(text: str) -> dict:
    """A plain text as metadata."""
    return {"t": "MetaInlines", "c": words(text)}


def meta_texts(entry: dict | None) -> list[str]:
    """The texts of metadata that may be one, several or none."""
    if entry and entry["t"] == "MetaList":
        return [text(each["c"]) for each in entry["c"]]
    return [text(entry["c"])] if entry else []


def meta_text(entry: dict | None) -> str:
    """The text of metadata; empty for none."""
    return text(entry["c"]) if entry else ""


def numbered(name: str, caption: list) -> list:
    """A caption with the exhibit's name (`Table 1`) in front, if it has one."""
    if not name:
        return caption
    return [{"t": "Strong", "c": words(f"{name}:")}, {"t": "Space"}, *caption]


def inlines(text: str, reader: str = SAFE) -> list:
    """The inlines of one line of Markdown, such as a caption."""
    return parse(line, reader)["blocks"][0]["c"][2:] if (line := on_a_line(text)) else []


def on_a_line(text: str) -> str:
    """What `inlines` has parsed of a text, for `parse_ahead`."""
    flat = re.sub(r"\s*\n\s*", " ", text.strip())
    # With a word in front it is no heading, list or quotation, whatever it begins with.
    return f"Caption {flat}" if flat else ""


def pipe_table(columns: dict[str, str | int], rows: list[list[str]]) -> str:
    """A table in Markdown.

    Parameters
    ----------
    columns
        The heads, each with the rule below it, such as `---:`, or the column's width in percent.
    rows
        Cells that are Markdown already.
    """
    rules = [":" + "-" * (r - 1) if isinstance(r, int) else r for r in columns.values()]
    return "\n".join(f"| {' | '.join(line)} |" for line in [list(columns), rules, *rows])
