"""Pandoc on a tree of the manuscript, with its citations."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from case_review.build.revision import build_epoch
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast
from case_review.rendering.manuscript import Manuscript

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


def convert(
    project: Project, found: Manuscript, tree: dict, arguments: list[str], work: Path
) -> str:
    """The text that pandoc makes of a tree, citations resolved; an unknown citation is refused."""
    listed = sources(found)
    cited = _options(listed, tree, work)
    # Citations first, for the filters of a page read captions aloud.
    text, warnings = ast.pandoc([*cited, *arguments], json.dumps(tree), work, build_epoch(project))
    if missing := _MISSING.search(warnings):
        key = missing[1]
        names = " and ".join(project.shown(path) for path in listed["bibliography"])
        raise found.refuse(f"@{key}", f"{names} has no entry {key}.")
    return text
