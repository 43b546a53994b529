"""Colours in the code of notebooks' pages, found for all pages with one start of pandoc.

Reading its grammars costs pandoc half a second in each process, more than all else on a page.
"""

from __future__ import annotations

import json

from case_review.rendering import ast

#: The style of pandoc's own whose classes `report.css` gives colours to.
STYLE = "--syntax-highlighting=pygments"
_NONE = "--syntax-highlighting=none"
_SPLIT = "<!-- case-review-split -->"


def ahead(trees: list[dict]) -> None:
    """Replace code blocks in the trees of pages, in place, by the HTML that pandoc writes.

    Pandoc numbers the code blocks of a page for the anchors of their lines; the numbers are those
    that each page would have by itself. Blocks with an id of their own are left as they are.
    """
    found: list[tuple[dict, int]] = []
    for tree in trees:
        blocks = [node for node in _code(tree) if node["t"] == "CodeBlock" and not node["c"][0][0]]
        found += [(node, n) for n, node in enumerate(blocks, 1) if node["c"][0][1]]
    if not found:
        return
    together: list = []
    for node, _ in found:
        together += [{**node}, ast.raw("html", _SPLIT)]
    tree = ast.document(together)
    text, _ = ast.pandoc(["-f", "json", "-t", "html5", STYLE], json.dumps(tree))
    written = text.split(_SPLIT)[:-1]
    for place, ((node, number), html) in enumerate(zip(found, written, strict=True), 1):
        for start in ('id="cb', 'href="#cb'):
            for end in ('"', "-"):
                html = html.replace(f"{start}{place}{end}", f"{start}{number}{end}")
        node |= ast.raw("html", html.strip("\n"))


def option(tree: dict) -> str:
    """Pandoc's option for a page: grammars are read only where code of a language is left."""
    return STYLE if any(node["c"][0][1] for node in _code(tree)) else _NONE


def _code(tree: dict) -> list[dict]:
    """The code blocks and inline code of a page, in order."""
    return [node for node in ast.each(tree["blocks"]) if node["t"] in ("CodeBlock", "Code")]
