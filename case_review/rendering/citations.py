"""Pandoc on a tree of the manuscript, with its citations."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from case_review.build.revision import build_epoch
from case_review.data import yaml_file
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast
from case_review.rendering.manuscript import Manuscript

_MISSING = re.compile(r"Citeproc: citation (\S+) not found")


def sources(project: Project, found: Manuscript) -> dict[str, list[Path]]:
    """The files that `bibliography` and `csl` name, as Quarto reads them.

    The header of `index.qmd` wins over `_quarto.yml`.

    Raises
    ------
    ReviewError
        Naming file and line of an entry whose file does not exist.
    """
    return {key: _named(project, found, key) for key in ("bibliography", "csl")}


def _named(project: Project, found: Manuscript, key: str) -> list[Path]:
    settings = project.report / "_quarto.yml"
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    for place, lines in (("index.qmd", _header(found.source)), (settings.name, text.split("\n"))):
        files = []
        for line, name in _entries("\n".join(lines), key):
            files.append(project.report / name)
            if not files[-1].is_file():
                raise ReviewError(
                    f"report/{place}, line {line}: {key}: report/{name} does not exist. Put the "
                    "file there, or correct its name."
                )
        if files:
            return files
    return []


def _header(source: list[str]) -> list[str]:
    """The YAML header of a manuscript; its lines keep their numbers."""
    if not source or source[0].strip() != "---":
        return []
    ends = (n for n, line in enumerate(source[1:], 1) if line.strip() in ("---", "..."))
    return ["", *source[1 : next(ends, 1)]]


def _entries(text: str, key: str) -> Iterator[tuple[int, str]]:
    """Line and text of an entry that may be one or a list."""
    content = yaml_file.load(text, "the YAML header of report/index.qmd or _quarto.yml") or {}
    entry = content.get(key)
    if isinstance(entry, list):
        yield from ((yaml_file.line(entry, n), str(name)) for n, name in enumerate(entry))
    elif entry is not None:
        yield yaml_file.line(content, key), str(entry)


def _options(listed: dict[str, list[Path]], tree: dict, work: Path) -> list[str]:
    """Pandoc's options for citations; the files are copied, for Word files record their paths."""
    if not listed["bibliography"]:
        if '"t": "Cite"' in json.dumps(tree["blocks"]):
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


def convert(
    project: Project, found: Manuscript, tree: dict, arguments: list[str], work: Path
) -> str:
    """The text that pandoc makes of a tree, citations resolved; an unknown citation is refused."""
    listed = sources(project, found)
    cited = _options(listed, tree, work)
    for key in ("bibliography", "csl", "citeproc"):
        tree["meta"].pop(key, None)
    # Citations first, for the filters of a page read captions aloud.
    text, warnings = ast.pandoc([*cited, *arguments], json.dumps(tree), work, build_epoch(project))
    if missing := _MISSING.search(warnings):
        key = missing[1]
        names = " and ".join(project.shown(path) for path in listed["bibliography"])
        raise found.refuse(f"@{key}", f"{names} has no entry {key}.")
    return text
