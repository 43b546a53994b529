"""The report as PDF, set by Typst."""

from __future__ import annotations

from pathlib import Path

import typst

from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast
from case_review.rendering.citations import convert
from case_review.rendering.manuscript import Manuscript
from case_review.revision import build_epoch, revision
from case_review.style import font_folder


def write(project: Project, found: Manuscript, tree: dict, work: Path, out: Path) -> None:
    """Write `index.pdf`; the same tree gives the same bytes."""
    arguments = ["-f", "json", "-t", "typst-smart", "--standalone", "--syntax-highlighting=none"]
    arguments.append(f"--template={project.report / 'styles' / 'report.typ'}")
    arguments.append(f"--variable=author-line:{_authors(tree)}")
    arguments.append(f"--variable=day:{revision(project).day.isoformat()}")
    text = convert(project, found, tree, arguments, work)
    (work / "report.typ").write_text(text, encoding="utf-8")
    try:
        content = typst.compile(
            str(work / "report.typ"),
            root=str(work),
            format="pdf",
            font_paths=[str(font_folder())],
            ignore_system_fonts=True,
            timestamp=build_epoch(project),
        )
    except typst.TypstError as error:
        raise ReviewError(f"Typst could not set the PDF: {error}") from None
    (out / "index.pdf").write_bytes(content)


def _authors(tree: dict) -> str:
    """The authors as the inside of a Typst string, for the PDF's properties."""
    listed = tree["meta"].get("author", {"c": []})["c"]
    names = (ast.text(author["c"]) for author in listed)
    return ", ".join(names).replace("\\", "\\\\").replace('"', '\\"')
