"""Exhibits of the page as HTML ahead of it: one that did not change is not made again.

What pandoc makes of an exhibit does not depend on where it stands, unless it cites or has notes,
which are counted over the page, or code; such exhibits are left to be written with the page. What
does depend on it is which of its results the page shows there first, for these bear anchors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from case_review.build import made
from case_review.project import Project
from case_review.rendering import ast, cards, columns, framing

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: Elements that pandoc counts over a whole page.
_COUNTED = re.compile(r'"t": "(?:Cite|Note|Code|CodeBlock|Header)"')
#: The name of a frame whose table has none, see `framing`.
_NAMELESS = re.compile(
    r'(<div class="table-scroll" role="region"\s+tabindex="0"\s+aria-label=")Table(?: \d+)?"'
)
#: The class of what stands in a tree for an exhibit.
_LATER = "cr-later"
#: What stands between exhibits that are written together.
_SPLIT = "<!-- case-review-split -->"
#: Everything that the HTML of an exhibit follows from, and what makes the block.
_Standing = tuple[list[made.Part], Callable[[], dict]]
#: The line of the manuscript that a result remembers, for messages.
_LINE = re.compile(r'\["line", "\d+"\]')
#: Packages that an exhibit is made with.
_PACKAGES = ("pypandoc_binary", "lxml")


@dataclass
class Later:
    """An exhibit that is known to stand by itself, and is made only if it is not kept.

    Parameters
    ----------
    make
        Its blocks.
    parts
        Everything that they follow from.
    results
        The ids of the results in it, in their order.
    first
        Those that the page shows first there.
    """

    make: Callable[[], list]
    parts: list[made.Part]
    results: list[str]
    first: list[str] = field(default_factory=list)


def later(
    project: Project, found: Manuscript, label: str, code: str | None, make: Callable[[], list]
) -> list:
    """What stands for an exhibit in the tree of the page; its blocks if they belong into it.

    Parameters
    ----------
    code
        That of this package, see `made.code`.
    make
        Its blocks.
    """
    parts = _parts(project, found, label, code)
    if None in parts:
        return make()
    entry = made.Entry("standing", parts)
    kept, blocks = entry.read(), None
    if kept is None:
        blocks = make()
        alone = len(blocks) == 1 and _alone(blocks[0])
        ids = [id for node in ast.each(blocks) if (id := result_of(node))] if alone else None
        kept = json.dumps(ids).encode("ascii")
        entry.keep(kept)
    ids = json.loads(kept)
    if ids is None:
        return blocks or make()
    found.later[label] = Later(lambda: blocks or make(), parts, ids)
    return [ast.div([], label, [_LATER])]


def name_of(node: dict) -> str:
    """The label of the exhibit that an element stands for; empty for other elements."""
    is_later = node["t"] == "Div" and _LATER in node["c"][0][1]
    return node["c"][0][0] if is_later else ""


def result_of(node: dict) -> str:
    """The id of the result that an element shows; empty for other elements."""
    marked = node["t"] in ("Link", "Span")
    return dict(node["c"][0][2]).get("data-result", "") if marked else ""


def _parts(project: Project, found: Manuscript, label: str, code: str | None) -> list[made.Part]:
    """Everything that the blocks of an exhibit follow from; a part is None if it is not known."""
    shown = found.exhibits[label]
    said = [found.captions[label], found.contents[label]]
    content = json.dumps(found.plain.get(label, said))
    if code is None or (label not in found.plain and '"t": "Image"' in content):
        return [None]
    ids = []
    if label not in found.plain and "cr-result" in content:
        nodes = [node for node in ast.each(said) if node["t"] in ("Code", "Math")]
        ids = [id for id in found.used if any(id in node["c"][1] for node in nodes)]
    behind = cards.of_exhibit(project, shown)
    files = [project.exhibits / f"{label}.{ending}" for ending in ("csv", "svg", "png")]
    about = [shown.notebook, label, shown.name, shown.alt, shown.interactive]
    about += [behind.inputs, behind.met, behind.of]
    about += [[path.is_file() for path in files], [repr(found.used[id]) for id in ids]]
    parts = [code, *map(made.version, _PACKAGES), json.dumps(about), _LINE.sub("", content)]
    parts += [project.results / f"{shown.notebook}.json", shown.svg, *shown.others, *shown.narrow]
    return [*parts, files[0]] if shown.interactive else parts


def written(blocks: list, found: Manuscript | None = None) -> list:
    """`blocks` whose exhibits are HTML where that is possible.

    Frames of tables without caption are numbered over the page, as `framing` does.
    """
    code = made.code()
    standing = [_standing(block, found, code) for block in blocks]
    ready = iter(_written([each for each in standing if each]))
    ahead = [next(ready) if each else None for each in standing]
    kept = [block for block, html in zip(blocks, ahead, strict=True) if html is None]
    number = count(1 + sum(_is_nameless(node) for node in ast.each(kept)))

    def named(match: re.Match) -> str:
        place = next(number)
        return f'{match[1]}Table{f" {place}" if place > 1 else ""}"'

    return [
        block if html is None else ast.raw("html", _NAMELESS.sub(named, html))
        for block, html in zip(blocks, ahead, strict=True)
    ]


def _standing(block: dict, found: Manuscript | None, code: str | None) -> _Standing | None:
    """An exhibit that depends on nothing beside it; None for other blocks."""
    late = found.later.get(name_of(block)) if found else None
    if late:
        from case_review.rendering.html_exhibits import anchored

        used = {id: found.used[id] for id in late.first}
        parts = [*late.parts, json.dumps(late.first)]
        return parts, lambda: anchored(late.make(), used)[0]
    if not (content := _alone(block)):
        return None
    return [code, content], lambda: block


def _written(standing: list[_Standing]) -> list[str]:
    """The HTML of exhibits; all that are not kept are written with one start of pandoc."""
    version = made.version("pypandoc_binary")
    entries = [made.Entry("exhibit", [version, *parts]) for parts, _ in standing]
    found = [entry.read() for entry in entries]
    missing = [place for place, content in enumerate(found) if content is None]
    blocks = columns.fitted([standing[place][1]() for place in missing])
    for place, html in zip(missing, _html(blocks), strict=True):
        found[place] = html.encode("utf-8")
        entries[place].keep(found[place])
    return [content.decode("utf-8") for content in found]


def _html(blocks: list) -> list[str]:
    """What pandoc makes of each block by itself."""
    names = [ast.text(each["c"][1][1]) for each in ast.each(blocks) if each["t"] == "Table"]
    names = [name for name in names if name.strip()]
    if len(blocks) > 1 and len(set(names)) < len(names):  # which `framing` would tell apart
        return [html for block in blocks for html in _html([block])]
    arguments = ["-f", "json", "-t", "html5", "--mathml", "--syntax-highlighting=none"]
    blocks = framing.framed(blocks)
    tree = ast.document([each for block in blocks for each in (block, ast.raw("html", _SPLIT))])
    parts = ast.pandoc(arguments, json.dumps(tree))[0].split(_SPLIT) if blocks else [""]
    return [part.strip("\n") for part in parts[:-1]]


def _alone(block: dict) -> str:
    """The JSON of an exhibit that depends on nothing beside it; empty for other blocks."""
    if block["t"] != "Div" or "exhibit" not in block["c"][0][1]:
        return ""
    content = json.dumps(block)
    return "" if _COUNTED.search(content) else content


def _is_nameless(node: dict) -> bool:
    return node["t"] == "Table" and not ast.text(node["c"][1][1]).strip()
