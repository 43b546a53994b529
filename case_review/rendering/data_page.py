"""The data in the site: the tables as they are, a page that lists them, and their checksums."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from case_review.build.dependencies import data_files
from case_review.exhibits import escape
from case_review.project import Project, sha256
from case_review.rendering import ast

_STAGES = {
    "raw": "Raw tables: as they were entered",
    "clean": "Clean tables: as the notebooks read them",
}


def write_files(project: Project, out: Path) -> None:
    """Copy the tables into `out`/data and write `SHA256SUMS`, which `sha256sum -c` reads."""
    sums = []
    for path in _files(project):
        target = out / project.relative(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        sums.append(f"{sha256(path)}  {path.parent.name}/{path.name}\n")
    (out / "data").mkdir(exist_ok=True)
    (out / "data" / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def markdown(project: Project) -> str:
    """The page that lists the tables, as pandoc Markdown."""
    parts = [
        "Every table that the report rests on. A number's card names the table by its path and the "
        "start of its SHA-256; [all checksums in full](SHA256SUMS) can be checked with "
        "`sha256sum -c`."
    ]
    for stage, title in _STAGES.items():
        own = [path for path in _files(project) if path.parent.name == stage]
        rows = []
        for path in own:
            number, columns = _shape(path)
            name = f"[{escape(path.name)}]({stage}/{path.name})"
            rows.append([name, number, escape(columns), sha256(path)[:8]])
        heads = {"File": ":---", "Rows": "---:", "Columns": ":---", "SHA-256": ":---"}
        parts += [f"# {title}", ast.pipe_table(heads, rows)] if own else []
    return "\n\n".join(parts) + "\n"


def _files(project: Project) -> list[Path]:
    return [path for folder in (project.raw, project.clean) for path in data_files(folder)]


def _shape(path: Path) -> tuple[str, str]:
    """Number of rows and names of the columns; empty for a file that is no CSV in UTF-8."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream)) if path.suffix == ".csv" else []
    except UnicodeDecodeError:
        rows = []
    return (str(len(rows) - 1), ", ".join(rows[0])) if rows else ("", "")
