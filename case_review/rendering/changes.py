"""The page that says what has changed from release to release, for those who read the report."""

from __future__ import annotations

import html
from itertools import chain
from pathlib import Path

from case_review.rendering import ast, letters, narrative, pages
from case_review.rendering.site import Site

#: The project's list, and its page.
SOURCE, PAGE = "CHANGELOG.md", "changes.html"
#: The heading within a release, in words of any case, whose section is meant for readers; what else
#: the release brought is folded below it. A release without one is shown as it is.
READERS = "for readers"
_FOLDED = "What else changed"


def write(root: Path, site: Site) -> None:
    """Write the page, if the project that lies at `root` has such a list."""
    path = root / SOURCE
    if not path.is_file():
        return
    text = letters.text_of(path, SOURCE)
    if page := site.kept(PAGE, [text]):
        blocks = _shown(ast.walk(narrative.parse([text])[0], _of_the_web))
        title, kicker = ast.words("What has changed"), "From release to release"
        site.write(PAGE, pages.document(blocks, title, kicker), page=page)


def _shown(blocks: list) -> list:
    """Release by release: what readers want to know, and the rest folded."""
    made = [ast.para(*ast.words("What each release brought, the newest release first."))]
    above, releases = _sections(blocks, 2)
    # The page has a title of its own.
    made += [block for block in above if block["t"] != "Header"]
    for head, *own in releases:
        before, parts = _sections(own, 3)
        theirs = [part for part in parts if ast.text(part[0]["c"][2]).lower() == READERS]
        others = [part for part in parts if part not in theirs]
        made.append(_raised(head))
        made += [_raised(block, 2) for part in theirs for block in part[1:]]
        summary = _FOLDED
        if theirs and not before and len(others) == 1:
            summary = ast.text(others[0].pop(0)["c"][2])
        rest = [_raised(block) for block in (*before, *chain.from_iterable(others))]
        made += _folded(summary, rest) if theirs and rest else rest
    return made


def _folded(summary: str, blocks: list) -> list:
    start = ast.raw("html", f"<details><summary>{html.escape(summary)}</summary>")
    return [start, *blocks, ast.raw("html", "</details>")]


def _sections(blocks: list, level: int) -> tuple[list, list[list]]:
    """What stands before the first heading of a level, and the sections that these begin."""
    before: list = []
    parts: list[list] = []
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] == level:
            parts.append([block])
        else:
            (parts[-1] if parts else before).append(block)
    return before, parts


def _raised(block: dict, levels: int = 1) -> dict:
    """A heading so many levels higher, as those above it are no part of the page."""
    if block["t"] != "Header":
        return block
    level, (id, *rest), words = block["c"]
    return {"t": "Header", "c": [max(1, level - levels), [f"section-{id}", *rest], words]}


def _of_the_web(node: dict) -> list | None:
    """Links and pictures that lead to no address of the web as their words."""
    if node["t"] not in ("Link", "Image") or (
        node["t"] == "Link" and node["c"][2][0].startswith(("https://", "http://"))
    ):
        return None
    return ast.walk(node["c"][1], _of_the_web)
