"""The data in the site: the tables as they are, a page that lists them, and their checksums."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from case_review.build import made, published
from case_review.exhibits import escape
from case_review.exhibits.tables import marked_cell
from case_review.project import Project, sha256
from case_review.rendering import ast

#: The list of sums that `sha256sum -c` reads, beside the page.
SUMS = "SHA256SUMS"
_STAGES = {
    "raw": "Raw tables: as they were entered",
    "clean": "Clean tables: as the notebooks read them",
}


def write_files(project: Project, out: Path) -> None:
    """Copy the tables into `out`/data and write `SHA256SUMS`, which `sha256sum -c` reads.

    A cell that a spreadsheet would compute is preceded by an apostrophe in the copy.
    """
    code = made.code()
    for path in published.data(project):
        target = out / project.relative(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_safe(path, code))
    (out / "data").mkdir(exist_ok=True)
    (out / "data" / SUMS).write_text(sums(project), encoding="utf-8")


def copy(files: list[Path], base: Path, out: Path) -> None:
    """Copy files into `out`, each with the folders that it lies in below `base`."""
    targets = {path: out / path.relative_to(base) for path in files}
    for folder in {target.parent for target in targets.values()}:
        folder.mkdir(parents=True, exist_ok=True)
    for path, target in targets.items():
        shutil.copyfile(path, target)


def _safe(path: Path, code: str | None) -> bytes:
    """The bytes of a table; of a CSV with texts that a spreadsheet would compute, marked ones.

    `code` is that of this package, see `made.code`.
    """
    content = path.read_bytes()
    return _of_csv(content, code) if path.suffix == ".csv" else content


@lru_cache(maxsize=256)  # for the page of the tables asks again
def _of_csv(content: bytes, code: str | None) -> bytes:
    return made.recall("table", [code, content], lambda: _marked_csv(content))


def _marked_csv(content: bytes) -> bytes:
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return content
    marked = [[_marked(cell) for cell in row] for row in rows]
    if marked == rows:
        return content
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(marked)
    return text.getvalue().encode("utf-8")


def _marked(cell: str) -> str:
    """A cell as `marked_cell` marks it; a number, which is a text in a file, is no formula."""
    marked = marked_cell(cell)
    if marked == cell:
        return cell
    try:
        float(cell)
    except ValueError:
        return marked
    return cell


def anchor(path: str) -> str:
    """The name of a file's place in the list of sums, by its path: `file-clean-patients-csv`."""
    return "file-" + re.sub(r"[^\w]+", "-", path.removeprefix("data/"))


def markdown(project: Project, pages: Collection[str] = ()) -> str:
    """The page that lists the tables, as pandoc Markdown.

    Parameters
    ----------
    pages
        The tables that have a page which says what their columns hold.
    """
    parts = [
        "Every table that the report rests on, with its SHA-256: a number's card leads to it here. "
        f"[{SUMS}]({SUMS}) is the same list for `sha256sum -c`."
    ]
    code, files = made.code(), published.data(project)
    changed = [f"`{path.name}`" for path in files if _safe(path, code) != path.read_bytes()]
    if changed:
        parts.append(
            "So that no spreadsheet program computes a text, an apostrophe stands before each that "
            f"begins like a formula in {' and '.join(changed)}; the SHA-256 below, and in the "
            f"cards of numbers, is that of the table as it was read, the one in `{SUMS}` that of "
            "the copy."
        )
    for stage, title in _STAGES.items():
        own = [path for path in files if path.parent.name == stage]
        rows = []
        for path in own:
            number, columns = _shape(path)
            name = f"[{escape(path.name)}]({stage}/{path.name})"
            if path.stem in pages and columns:
                columns = f"[{columns}](../quality/{path.stem}.html)"
            place = anchor(project.relative(path))
            rows.append([name, number, columns, f"[`{sha256(path)}`]{{#{place}}}"])
        heads = {"File": ":---", "Rows": "---:", "Columns": "---:", "SHA-256": ":---"}
        parts += [f"# {title}", ast.pipe_table(heads, rows)] if own else []
    return "\n\n".join(parts) + "\n"


def sums(project: Project) -> str:
    """The content of the list of sums: those of the tables as the site has them."""
    code = made.code()
    lines = (
        f"{hashlib.sha256(_safe(path, code)).hexdigest()}  {path.parent.name}/{path.name}\n"
        for path in published.data(project)
    )
    return "".join(lines)


def _shape(path: Path) -> tuple[str, str]:
    """Numbers of rows and of columns; empty for a file that is no CSV in UTF-8."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream)) if path.suffix == ".csv" else []
    except UnicodeDecodeError:
        rows = []
    return (str(len(rows) - 1), str(len(rows[0]))) if rows else ("", "")
