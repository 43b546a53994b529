"""Where the numbers come from: tooltips, cards, the appendix table, and the words of the footer."""

from __future__ import annotations

import hashlib
from pathlib import Path

from case_review.build.dependencies import data_files
from case_review.build.revision import revision
from case_review.project import Project, sha256
from case_review.registry import Recorded
from case_review.rendering import ast

#: Word allows no longer names of bookmarks.
_LONGEST = 40


def tooltip(result: Recorded) -> str:
    """What a reader without scripts sees on pointing at a number."""
    parts = [f"{result.id} = {_number(result.value)} {result.unit}".strip()]
    if interval := _interval(result):
        parts.append(f"interval {interval}")
    if count := _count(result):
        parts.append(f"n = {count}")
    parts.append(f"notebook {result.notebook}, cell {result.cell}")
    if result.inputs:
        parts.append(inputs(result))
    return "; ".join(parts)


def card(result: Recorded) -> list[list[str]]:
    """The lines of the card that opens at a number: pairs of a term and what it says."""
    lines = [
        ["Result", result.id],
        ["Value", f"{_number(result.value)} {result.unit}".strip()],
        ["Interval", _interval(result)],
        ["n", _count(result)],
        ["Cell", f"{result.notebook}, {result.cell}"],
        *(["Input", f"{path}, SHA-256 {sum[:8]}"] for path, sum in result.inputs.items()),
    ]
    return [line for line in lines if line[1]]


def inputs(result: Recorded) -> str:
    """The data files behind a result, each with the start of its SHA-256."""
    return ", ".join(f"{path.split('/')[-1]} {sum[:8]}" for path, sum in result.inputs.items())


def _interval(result: Recorded) -> str:
    if result.low is None and result.high is None:
        return ""
    return f"{_number(result.low)} to {_number(result.high)}"


def _count(result: Recorded) -> str:
    if result.n is None:
        return ""
    return f"{result.n}" + (f" of {result.of}" if result.of is not None else "")


def _number(value) -> str:
    if value is None:
        return "not estimable"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.1f}"
    return str(value)


def anchor(result: Recorded) -> str:
    """The name of a number's row in the appendix, for links within a document."""
    name = f"number-{result.id.replace('.', '-')}"
    if len(name) <= _LONGEST:
        return name
    return f"number-{hashlib.sha1(result.id.encode()).hexdigest()[:16]}"


def cell_address(result: Recorded) -> str:
    """The notebook cell that computed a number, as an address beside the report."""
    return f"notebooks/{result.notebook}.html#{result.cell}"


def appendix(used: dict[str, Recorded]) -> list:
    """The section "Where the numbers come from", for the forms that have no tooltips.

    A table of numbers, grouped by notebook, and a key to the numbered files behind them.
    """
    if not used:
        return []
    sums = {path: sum for result in used.values() for path, sum in result.inputs.items()}
    keys = {path: number for number, path in enumerate(sorted(sums), 1)}
    words = (
        "Each number of the text, the notebook cell that computed it, and the files that were "
        "read for it, by their numbers in the second table."
    )
    files = [[str(number), path, sums[path][:16]] for path, number in keys.items()]
    columns = ["Result", "As shown", "Cell", "Files"]
    key_table = ast.table(["File", "Path", "Start of its SHA-256"], files, [0.08, 0.62, 0.3])
    return [
        ast.header(1, "Where the numbers come from", "where-the-numbers-come-from"),
        ast.para(*ast.words(words)),
        ast.table(columns, _numbers(used, keys), [0.34, 0.28, 0.26, 0.12]),
        key_table,
    ]


def _numbers(used: dict[str, Recorded], keys: dict[str, int]) -> list[list]:
    rows: list[list] = []
    for notebook in sorted({result.notebook for result in used.values()}):
        page = ast.link(f"notebooks/{notebook}.html", ast.words(f"Notebook {notebook}"))
        rows.append([[{"t": "Strong", "c": [page]}], "", "", ""])
        rows += [_number_row(r, keys) for r in used.values() if r.notebook == notebook]
    return rows


def _number_row(result: Recorded, keys: dict[str, int]) -> list:
    return [
        [ast.span(ast.words(_breakable(result.id)), anchor(result))],
        result.text,
        [ast.link(cell_address(result), ast.words(_breakable(result.cell)))],
        _ranges([keys[path] for path in result.inputs]),
    ]


def _ranges(numbers: list[int]) -> str:
    """Numbers in order, three or more in a row as a range: 1–4, 7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(parts)


def _breakable(text: str) -> str:
    """`text` with invisible places to break a line after dots, hyphens and underscores."""
    return "".join(c + "\u200b" if c in "._-" else c for c in text)


def footer(project: Project, renderer: str) -> list[str]:
    """The sentences at the foot of every form of the report."""
    files = [path for folder in (project.raw, project.clean) for path in data_files(folder)]
    sentences = [f"Rendered by {renderer}.", f"Sources: {revision(project)}."]
    if project.params_file != project.root / "params.yml":
        sentences.append(f"Parameters: {_named(project, project.params_file)}.")
    sums = "; ".join(_named(project, path) for path in files)
    return [*sentences, f"Data files and the start of their SHA-256: {sums or 'none'}."]


def _named(project: Project, path: Path) -> str:
    """A file, as messages name it, with the start of its SHA-256."""
    return f"{project.shown(path)} {sha256(path)[:8]}"
