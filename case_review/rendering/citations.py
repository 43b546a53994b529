"""Pandoc, or Quarto in its place, on a tree of the manuscript, with its citations."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from case_review.build.revision import build_epoch
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast, converter, shortcodes
from case_review.rendering.manuscript import Manuscript

#: Blocks whose inlines belong together.
_TEXTS = frozenset(("Header", "LineBlock", "Para", "Plain"))
#: What only a tree as JSON holds, not its words: there a quotation mark has a backslash before it.
_COUNTED = ('"t": "Cite"', '"t": "Note"')
_MARKS = (*_COUNTED, '"cr-embed"', '"refs"')
_MISSING = re.compile(r"Citeproc: citation (\S+) not found")


def sources(found: Manuscript) -> dict[str, list[Path]]:
    """The files that `bibliography` and `csl` name."""
    named = found.header.sources
    return {"bibliography": named.bibliography, "csl": named.csl}


def _options(listed: dict[str, list[Path]], tree: dict, work: Path) -> list[str]:
    """Pandoc's options for citations; the files are copied, for Word files record their paths."""
    if not listed["bibliography"]:
        if '"t": "Cite"' in json.dumps(tree):
            raise ReviewError(
                "report/index.qmd cites, but names no references. Write `bibliography: FILE.bib` "
                "in its header or in report/_quarto.yml."
            )
        return []
    arguments = ["--citeproc", "--metadata=link-citations"]
    for key, paths in listed.items():
        for path in paths:
            shutil.copy(path, work)
            arguments.append(f"--{key}={path.name}")
    return arguments


def resolved(project: Project, found: Manuscript, work: Path) -> Manuscript:
    """`found` with citations and references as readers see them, which serves every form.

    Citations are processed once, and of the text only what holds citations or notes: so a sentence
    that cites nothing changes nothing here. A text without a place for its references is returned
    as it is, for these then follow what a form has at its end.

    Raises
    ------
    ReviewError
        For a citation of what the files of references do not have.
    """
    listed = sources(found)
    if not listed["bibliography"] or not any(_is_list(node) for node in found.tree["blocks"]):
        return found
    parts: list[dict] = []

    def collect(node: dict) -> list:
        parts.append(node)
        return [node]

    _replaced(found, collect)
    lang = {"lang": ast.said(found.header.lang)}
    document = {**found.tree, "meta": {**lang, **found.tree["meta"]}}
    # Without the lines of results: each would change with a line more before it.
    document["blocks"] = ast.walk([ast.div([_as_block(part)]) for part in parts], _without_line)
    arguments = [*_options(listed, document, work), "-f", "json", "-t", "json"]
    made = json.loads(_run(project, found, document, arguments, work))
    ready = iter(made["blocks"])

    def fill(node: dict) -> list:
        (block,) = _bare(next(ready)["c"][1])
        if node["t"] != "Header":
            return [block]
        return [{"t": "Header", "c": [*node["c"][:2], block["c"]]}]

    blocks, captions, contents = _replaced(found, fill)
    meta = {name: _bare(made["meta"][name]) for name in found.tree["meta"] if name in made["meta"]}
    tree = {**found.tree, "meta": meta, "blocks": blocks}
    return replace(found, tree=tree, captions=captions, contents=contents, cited=True)


def settled(project: Project, found: Manuscript, tree: dict, work: Path) -> tuple[Manuscript, dict]:
    """A form's tree whose citations are as readers see them, and `found`, which then says so.

    For a form that looks into its tree before pandoc writes it.
    """
    listed = sources(found)
    if found.cited or not listed["bibliography"]:
        return found, tree
    arguments = [*_options(listed, tree, work), "-f", "json", "-t", "json"]
    return replace(found, cited=True), json.loads(_run(project, found, tree, arguments, work))


def _is_list(node: dict) -> bool:
    """Whether a block is the place of the references."""
    return node["t"] == "Div" and node["c"][0][0] == "refs"


def _without_line(node: dict) -> list | None:
    if not shortcodes.is_result(node):
        return None
    (id, classes, _), text = node["c"]
    return [{"t": "Code", "c": [[id, classes, []], text]}]


def _as_block(part: dict) -> dict:
    return ast.plain(part["c"][2]) if part["t"] == "Header" else part


def _replaced(found: Manuscript, change: Callable[[dict], list]) -> tuple[list, dict, dict]:
    """Blocks, captions and contents in which `change` replaced what holds citations or notes."""
    captions, contents = {}, {}

    def each(node: dict) -> list | None:
        if node["t"] == "Div" and "cr-embed" in node["c"][0][1]:
            label = dict(node["c"][0][2])["label"]
            if label not in found.counted:
                captions[label], contents[label] = found.captions[label], found.contents[label]
                return [node]
            ((caption,), contents[label]) = (
                ast.walk([ast.plain(found.captions[label])], each),
                ast.walk(found.contents[label], each),
            )
            captions[label] = caption["c"]
            return [node]
        marks = json.dumps(node)
        if not any(mark in marks for mark in _MARKS):
            return [node]
        is_text = node["t"] in _TEXTS and any(mark in marks for mark in _COUNTED)
        return change(node) if is_text or _is_list(node) else None

    return ast.walk(found.tree["blocks"], each), captions, contents


def _bare(node):
    """A tree whose citations no longer hold the words that were put into what they say."""

    def change(node: dict) -> list | None:
        if node["t"] != "Cite":
            return None
        cited, inlines = node["c"]
        bare = [{**each, "citationPrefix": [], "citationSuffix": []} for each in cited]
        return [{"t": "Cite", "c": [bare, ast.walk(inlines, change)]}]

    return ast.walk(node, change)


def converted(
    project: Project,
    found: Manuscript,
    tree: dict,
    arguments: list[str],
    work: Path,
    meanwhile: Callable[[], None] | None = None,
) -> bytes:
    """What pandoc makes of a tree, citations resolved; an unknown citation is refused.

    `meanwhile` is called until pandoc is done.
    """
    if found.program:
        found, tree = settled(project, found, tree, work)
    cited = _options(sources(found), tree, work)
    if found.cited:
        cited = [argument for argument in cited if argument != "--citeproc"]
    arguments = [*cited, *arguments]
    return _run(project, found, tree, arguments, work, meanwhile, found.program)


def _run(
    project: Project,
    found: Manuscript,
    tree: dict,
    arguments: list[str],
    work: Path,
    meanwhile: Callable[[], None] | None = None,
    program: converter.Program | None = None,
) -> bytes:
    text, epoch = json.dumps(tree), build_epoch(project)
    content, warnings = converter.run(arguments, text, work, epoch, meanwhile, program)
    if missing := _MISSING.search(warnings):
        key = missing[1]
        names = " and ".join(project.shown(path) for path in sources(found)["bibliography"])
        raise found.refuse(f"@{key}", f"{names} has no entry {key}.")
    return content
