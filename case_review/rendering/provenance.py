"""Where the numbers come from: tooltips, the appendix table, and the words of the footer."""

from __future__ import annotations

from case_review.project import Project, sha256
from case_review.registry import Recorded
from case_review.rendering import ast
from case_review.revision import revision


def tooltip(result: Recorded) -> str:
    """What a reader sees on pointing at a number."""
    parts = [f"{result.id} = {_number(result.value)} {result.unit}".strip()]
    if result.low is not None or result.high is not None:
        parts.append(f"interval {_number(result.low)} to {_number(result.high)}")
    if result.n is not None:
        parts.append(f"n = {result.n}" + (f" of {result.of}" if result.of is not None else ""))
    parts.append(f"notebook {result.notebook}, cell {result.cell}")
    if result.inputs:
        parts.append(inputs(result))
    return "; ".join(parts)


def inputs(result: Recorded) -> str:
    """The data files behind a result, each with the start of its SHA-256."""
    return ", ".join(f"{path.split('/')[-1]} {sum[:8]}" for path, sum in result.inputs.items())


def _number(value) -> str:
    if value is None:
        return "not estimable"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def appendix(used: dict[str, Recorded]) -> list:
    """The table "Where the numbers come from", for the forms that have no tooltips."""
    if not used:
        return []
    rows = [[r.id, r.text, f"{r.notebook}, {r.cell}", inputs(r)] for r in used.values()]
    columns = ["Result", "As shown", "Notebook and cell", "Data files (SHA-256)"]
    return [
        ast.header(1, "Where the numbers come from", "where-the-numbers-come-from"),
        ast.table(
            columns, [[_breakable(cell) for cell in row] for row in rows], [0.26, 0.19, 0.22, 0.33]
        ),
    ]


def _breakable(text: str) -> str:
    """`text` with invisible places to break a line after dots and underscores."""
    return "".join(c + "\u200b" if c in "._" and not text[:1].isdigit() else c for c in text)


def footer(project: Project, renderer: str) -> list[str]:
    """The sentences at the foot of every form of the report."""
    folders = (project.raw, project.clean)
    files = [path for folder in folders for path in sorted(folder.glob("*.csv"))]
    sums = "; ".join(f"{project.relative(path)} {sha256(path)[:8]}" for path in files)
    return [
        f"Rendered by {renderer}.",
        f"Sources: {revision(project)}.",
        f"Data files and the start of their SHA-256: {sums or 'none'}.",
    ]
