"""Pandoc on a tree of the manuscript, with its citations."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast
from case_review.rendering.manuscript import Manuscript

_MISSING = re.compile(r"Citeproc: citation (\S+) not found")


def _citations(project: Project, found: Manuscript, work: Path) -> list[str]:
    """Pandoc's options for citations; the files are copied, for Word files record their paths."""
    bibliography = project.report / "references.bib"
    style = project.report / "vancouver.csl"
    if not bibliography.is_file():
        if '"t": "Cite"' in json.dumps(found.tree):
            raise ReviewError("report/index.qmd cites, but report/references.bib does not exist.")
        return []
    shutil.copy(bibliography, work)
    arguments = ["--citeproc", f"--bibliography={bibliography.name}", "--metadata=link-citations"]
    if style.is_file():
        shutil.copy(style, work)
        arguments.append(f"--csl={style.name}")
    return arguments


def convert(
    project: Project, found: Manuscript, tree: dict, arguments: list[str], work: Path
) -> str:
    """The text that pandoc makes of a tree, citations resolved; an unknown citation is refused."""
    cited = _citations(project, found, work)
    for key in ("bibliography", "csl", "citeproc"):
        tree["meta"].pop(key, None)
    text, warnings = ast.pandoc([*arguments, *cited], json.dumps(tree), work)
    if missing := _MISSING.search(warnings):
        key = missing[1]
        raise found.refuse(f"@{key}", f"report/references.bib has no entry {key}.")
    return text
