"""What tables, figures, panels, equations and sections are called, and links to them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from case_review.rendering import ast, formulas, shortcodes

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: What things with a number are called, by the prefix of their labels.
_KINDS = {"tbl": "Table", "fig": "Figure", "eq": "Equation", "sec": "Section"}
#: Prefixes that Quarto takes for cross-references and this renderer does not support.
_OTHER = frozenset(
    re.findall(r"\w+", "lst thm lem cor prp cnj def exm exr sol rem alg nte tip wrn imp cau")
)
#: Words before a reference that stand in place of its kind: `[Fig. @fig-one]` is Fig. 1.
_IN_PLACE = re.compile(
    r"(?:fig(?:ure)?s?|tab(?:le)?s?|eqn?s?|equations?|sections?|secs?|panels?)\.?", re.IGNORECASE
)


@dataclass(frozen=True)
class Name:
    """What a labelled thing is called.

    Parameters
    ----------
    kind
        `Figure` or the like.
    number
        Its number, `1 (a)` for a panel, or the title of a section without a number.
    exhibit
        Whether it is a whole table or figure, whose number Word can count.
    """

    kind: str
    number: str
    exhibit: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


def prefix(label: str) -> str:
    """The kind of a label: `fig` of `fig-one`; empty for one without."""
    return label.split("-")[0] if "-" in label else ""


def name_all(found: Manuscript) -> None:
    """Number what is labelled, in the order of the text; embedded cells and the manuscript's own.

    Raises
    ------
    ReviewError
        Naming the line of a label that stands twice.
    """
    counts: Counter[str] = Counter()

    def add(label: str, name: Name, needle: str) -> None:
        if label in found.names:
            message = f"the label {label} stands twice. Choose another one."
            found.problems.note(found.refuse_at(_last(found, needle), message))
        found.names[label] = name

    def count(label: str, needle: str = "") -> Name | None:
        kind = _KINDS.get(prefix(label))
        if not kind:
            return None
        counts[kind] += 1
        name = Name(kind, str(counts[kind]), exhibit=kind in ("Table", "Figure"))
        add(label, name, needle or f"#{label}")
        return name

    def collect(node: dict):
        kind, content = node["t"], node.get("c")
        if kind == "Div" and "cr-embed" in content[0][1]:
            label = dict(content[0][2])["label"]
            if name := count(label, label):
                found.exhibits[label].name = str(name)
        elif kind == "Div" and "cr-panels" in content[0][1]:
            whole = count(content[0][0])
            for letter, panel in zip("abcdefghijklmnopqrstuvwxyz", content[1][:-1], strict=False):
                if id := panel["c"][0][0]:
                    add(id, Name(whole.kind, f"{whole.number} ({letter})"), f"#{id}")
            return []
        elif kind in ("Figure", "Table", "Span") and content[0][0]:
            count(content[0][0])
        elif kind == "Header":
            _, (id, _, _), title = content
            if prefix(id) == "sec":
                add(id, Name("Section", f"“{_title(found, title)}”"), f"#{id}")
        return None

    ast.walk(found.tree["blocks"], collect)


def _title(found: Manuscript, title: list) -> str:
    """The words of a heading, without the articles that it cites."""

    def change(node: dict):
        cited = node["t"] == "Cite" and not prefix(node["c"][0][0]["citationId"])
        return [] if cited else None

    return found.in_words(ast.walk(title, change)).strip()


def _last(found: Manuscript, needle: str) -> int:
    lines = [n for n, line in enumerate(found.prose or found.source, 1) if needle in line]
    return lines[-1] if lines else 1


def refer(found: Manuscript) -> None:
    """Turn citations of labels into links, in the text and in embedded cells."""

    def turned(node: dict):
        return links(found, node) if node["t"] == "Cite" else None

    change = found.problems.walking(turned)
    found.tree = ast.walk(found.tree, change)
    for label in found.exhibits:
        found.within(label)
        if label in found.counted:
            found.captions[label] = ast.walk(found.captions[label], change)
            found.contents[label] = ast.walk(found.contents[label], change)
        found.exhibits[label].aside = ast.walk(found.captions[label], _aside(found))
    found.within("")


def _aside(found: Manuscript):
    """What makes a caption fit for a page beside the report: all in it leads there."""

    def change(node: dict):
        if shortcodes.is_result(node):
            return ast.words(found.used[node["c"][1]].text)
        if node["t"] == "Math":
            said = shortcodes.filled(node["c"][1], lambda id: formulas.tex(found.used[id]))
            return [{"t": "Math", "c": [node["c"][0], said]}]
        if node["t"] == "Link" and node["c"][2][0].startswith("#"):
            return [ast.link(f"../index.html{node['c'][2][0]}", node["c"][1])]
        if node["t"] != "Cite":
            return None
        ids = [citation["citationId"] for citation in node["c"][0]]
        links = [ast.link(f"../index.html#ref-{id}", ast.words(id)) for id in ids]
        parts = [part for link in links for part in (*ast.words(", "), link)]
        return [{"t": "Str", "c": "["}, *parts[2:], {"t": "Str", "c": "]"}]

    return change


def links(found: Manuscript, node: dict) -> list | None:
    """What a citation of labels says; None for one of articles.

    Raises
    ------
    ReviewError
        Naming the line of a label that nothing has, or that stands in brackets with articles.
    """
    cited = node["c"][0]
    ids = [_known(found, citation["citationId"]) for citation in cited]
    if not any(ids):
        return None
    if not all(ids):
        raise found.refuse(
            f"@{cited[0]['citationId']}",
            "cite articles and exhibits in separate brackets, with a word or a comma between them.",
        )
    made: list = []
    for id, citation in zip(ids, cited, strict=True):
        made += ast.words(", ") if made else []
        made += _link(found, id, citation)
    return made


def _known(found: Manuscript, id: str) -> str:
    """The label that a citation means; empty for an article."""
    kind = prefix(id).lower()
    if kind in _OTHER:
        raise found.refuse(f"@{id}", f"cross-references @{kind}- are not supported.")
    if kind not in _KINDS:
        return ""
    label = id[0].lower() + id[1:]
    if label in found.problems.lost:
        found.names.setdefault(label, Name(_KINDS[kind], ""))  # what is wrong with it is said there
    if label not in found.names:
        what = "heading" if kind == "sec" else "equation" if kind == "eq" else "embedded cell"
        also = ", picture or table" if what == "embedded cell" else ""
        raise found.refuse(f"@{id}", f"@{id}: no {what}{also} has this label.")
    return label


def _link(found: Manuscript, label: str, citation: dict) -> list:
    """A link with the words around it, as the writer put them."""
    name, before = found.names[label], ast.walk(citation["citationPrefix"], _nested(found))
    after = ast.walk(citation["citationSuffix"], _nested(found))
    shown = str(name)
    if citation["citationMode"]["t"] == "SuppressAuthor":
        shown = name.number
    elif before and _IN_PLACE.fullmatch(ast.text(before).strip()):
        shown, before = f"{ast.text(before).strip()} {name.number}", []
    # Word counts the name as a whole; a part of it is an ordinary link.
    classes = ["crossref"] if name.exhibit and shown == str(name) else []
    words = [{"t": "Str", "c": shown.replace(" ", "\u00a0", 1)}]
    if name.kind == "Section" and name.number.startswith("“"):
        words = ast.words(shown)
    made = [ast.link(f"#{label}", words, classes=classes)]
    made = [*before, {"t": "Space"}, *made] if before else made
    if after and not re.match(r"[\s,.;:)]", ast.text(after)):
        after = [*ast.words(", "), *after]  # `@fig-one [panel B]`
    return [*made, *after]


def _nested(found: Manuscript):
    return lambda node: links(found, node) if node["t"] == "Cite" else None
