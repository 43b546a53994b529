"""Exhibits of the page as HTML ahead of it: one that did not change is not written again.

What pandoc makes of an exhibit does not depend on where it stands, unless it cites or has notes,
which are counted over the page, or code; such exhibits are left to be written with the page.
"""

from __future__ import annotations

import json
import re
from itertools import count
from pathlib import Path

from case_review.build import made
from case_review.rendering import ast, columns

#: Elements that pandoc counts over a whole page.
_COUNTED = re.compile(r'"t": "(?:Cite|Note|Code|CodeBlock|Header)"')
#: The name of a frame whose table has none, see `report/styles/tables.lua`.
_NAMELESS = re.compile(
    r'(<div class="table-scroll" role="region"\s+tabindex="0"\s+aria-label=")Table(?: \d+)?"'
)


def written(blocks: list, filter: Path) -> list:
    """`blocks` whose exhibits are HTML where that is possible; `filter` writes tables.

    Frames of tables without caption are numbered over the page, as the filter does.
    """
    ahead = [_alone(block) for block in blocks]
    kept = [block for block, content in zip(blocks, ahead, strict=True) if not content]
    number = count(1 + sum(_is_nameless(node) for node in ast.each(kept)))

    def named(match: re.Match) -> str:
        place = next(number)
        return f'{match[1]}Table{f" {place}" if place > 1 else ""}"'

    found, code = [], made.code()
    for block, content in zip(blocks, ahead, strict=True):
        if content:
            html = _html(block, content, filter, code)
            found.append(ast.raw("html", _NAMELESS.sub(named, html)))
        else:
            found.append(block)
    return found


def _html(block: dict, content: str, filter: Path, code: str | None) -> str:
    def make() -> bytes:
        tree = ast.document(columns.fitted([block]))
        return ast.pandoc(arguments, json.dumps(tree))[0].strip("\n").encode("utf-8")

    arguments = ["-f", "json", "-t", "html5", "--mathml", f"--lua-filter={filter}"]
    arguments.append("--syntax-highlighting=none")
    if code is None:
        return make().decode("utf-8")
    parts = [code, made.version("pypandoc_binary"), filter, content]
    return made.recall("exhibit", parts, make).decode("utf-8")


def _alone(block: dict) -> str:
    """The JSON of an exhibit that depends on nothing beside it; empty for other blocks."""
    if block["t"] != "Div" or "exhibit" not in block["c"][0][1]:
        return ""
    content = json.dumps(block)
    return "" if _COUNTED.search(content) else content


def _is_nameless(node: dict) -> bool:
    return node["t"] == "Table" and not ast.text(node["c"][1][1]).strip()
