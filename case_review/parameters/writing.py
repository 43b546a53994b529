"""Writing the choices of `params.yml` into the notebooks' cells, which repeat them."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path

from case_review.data import yaml_file
from case_review.files import write_text
from case_review.parameters import params_file
from case_review.parameters.params_file import SHARED
from case_review.project import Project

#: Most characters of a value that stands on one line of a cell.
_ONE_LINE = 90


def into_notebooks(project: Project) -> list[str]:
    """Write the values of `params.yml` into the cells tagged `parameters`; returns whose changed.

    What the file does not say stays as it is, and so do comments and everything else of a notebook.

    Raises
    ------
    ReviewError
        If the file or a notebook cannot be read, or a cell holds anything but plain values.
    """
    values = yaml_file.plain(params_file.merge([params_file.documents(project)[-1]]))
    changed = []
    for path in sorted(project.notebooks.glob("*.ipynb")):
        known = values.get(SHARED, {}) | values.get(params_file.section_of(path.stem), {})
        written = params_file.declared(path) or {}
        other = {n: known[n] for n, now in written.items() if n in known and known[n] != now}
        if other:
            _rewrite(path, other)
            changed.append(path.name)
    return changed


def main(project: Project) -> int:
    """Write them, and say which notebooks have others now; returns 0."""
    changed = into_notebooks(project)
    said = f"other values now in {', '.join(changed)}" if changed else "they have these values"
    print(f"notebooks/, cells tagged parameters: {said}")
    return 0


def _rewrite(path: Path, values: Mapping[str, object]) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            source = _assigned(params_file.source_of(cell), values)
            cell["source"] = source.splitlines(True)
    write_text(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def _assigned(source: str, values: Mapping[str, object]) -> str:
    """The source of a cell in which names have other values."""
    lines = source.splitlines()
    for statement in reversed(ast.parse(source).body):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id in values:
            comment = lines[statement.end_lineno - 1][statement.end_col_offset :]
            text = f"{target.id} = {_literal(values[target.id])}{comment}"
            lines[statement.lineno - 1 : statement.end_lineno] = text.splitlines()
    return "\n".join(lines)


def _literal(value) -> str:
    """A value as Python writes it, with double quotes, a long one on several lines."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        parts, ends = [f"{_literal(k)}: {_literal(v)}" for k, v in value.items()], "{}"
    elif isinstance(value, (list, tuple)):
        parts, ends = [_literal(one) for one in value], "[]"
    else:
        return repr(value)
    line = ends[0] + ", ".join(parts) + ends[1]
    if len(line) <= _ONE_LINE:
        return line
    return "\n".join([ends[0], *(f"    {part}," for part in parts), ends[1]])
