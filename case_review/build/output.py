"""What a report is made as, and the folder for it: a new one, or one with a report and no more."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from case_review.errors import ReviewError
from case_review.project import Project

#: What lies at the top of a finished report; whatever else is there is somebody's own.
_REPORT = frozenset(
    ("index.html", "supplement.html", "index.pdf", "supplement.pdf", "index.docx",
     "index.jats.xml", "index.bib", "index.ris", "changes.html", "data", "exhibits", "notebooks",
     "quality", "pictures", "scripts", "code")
)  # fmt: skip
#: What a build writes into `report/`, and what Quarto leaves where somebody starts it by hand.
GENERATED = frozenset(
    ("_executed", "results", "exhibits", "_site", "_build", "_freeze", "_quarto-site",
     "index_files", "index.html", "index.pdf", "index.docx", "index.typ", "site_libs")
)  # fmt: skip
#: The forms of a report; the page, which offers the others, is always made.
FORMATS = ("html", "pdf", "docx", "jats")
#: Each of them is in every report.
_ALWAYS = ("index.html", "notebooks/index.html", "data/SHA256SUMS")


def formats(named: Collection[str]) -> tuple[str, ...]:
    """The forms of a report for which these are named: in order, and the page among them.

    Raises
    ------
    ReviewError
        For a form that does not exist.
    """
    if unknown := [name for name in named if name not in FORMATS]:
        raise ReviewError(
            f"FORMATS={','.join(named)}: there is no {unknown[0]}; choose some of "
            f"{', '.join(FORMATS)}"
        )
    return tuple(name for name in FORMATS if name in named or name == FORMATS[0])


def folder(project: Project, given: str) -> Path:
    """The output folder that `OUT=` names; of a link, the folder that it leads to."""
    out = Path(os.path.normpath((project.root / given).absolute()))
    return out.resolve() if out.is_symlink() and out.is_dir() else out


def refuse(project: Project, out: Path) -> None:
    """Refuse a place that a report must not replace.

    The project's own `report/_site` is generated in any case, also where somebody has deleted a
    part of it.

    Raises
    ------
    ReviewError
        With what stands there and what to name instead.
    """
    if problem := _problem(project, out):
        raise ReviewError(f"OUT={out}: {problem}. Name a new folder, an empty one, or a report's.")


def _problem(project: Project, out: Path) -> str:
    root = project.root.absolute()
    if out.is_symlink():
        return "it is a link that leads to no folder"
    for parent in (out, *out.parents):
        if parent.exists() and not parent.is_dir():
            return f"{parent} is no folder" if parent != out else "it is no folder"
    if out == root or out in root.parents:
        return "the report would replace what is there"
    if project.site.absolute() in out.parents:
        return "it lies within report/_site, which is replaced as a whole"
    for used in _used(project):
        if out == used or used in out.parents or out in used.parents:
            return f"the project keeps {used.relative_to(root).as_posix()} there"
    if out != project.site.absolute():
        names = {path.name for path in out.iterdir()} if out.is_dir() else set()
        whole = all((out / name).is_file() for name in _ALWAYS)
        if names and not (whole and names <= _REPORT):
            others = sorted(names - _REPORT) or sorted(names)
            return f"the report would replace what is there, such as {others[0]}"
    return ""


def _used(project: Project) -> list[Path]:
    """The folders of the project that are no place for a report: all but new ones."""
    root, report = project.root.absolute(), project.report.absolute()
    own = {"data", "notebooks", "expectations", "case_review", "docs", "tests", "examples", ".git"}
    own |= {path.name for path in root.iterdir() if path.is_dir() and path.name.startswith(".")}
    own_of_report = GENERATED - {"_site"} | {"styles", "_extensions"}
    return [root / name for name in sorted(own)] + [report / name for name in sorted(own_of_report)]
