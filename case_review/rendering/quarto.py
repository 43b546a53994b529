"""Rendering with Quarto, where it is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import manuscript, provenance


def render_into(project: Project, out: Path) -> None:
    """Let Quarto render the manuscript project into `out`.

    The manuscript is first read as the embedded renderer does, for its checks name file and line.

    Raises
    ------
    ReviewError
        If Quarto is missing or fails, with the end of what it said.
    """
    program = shutil.which("quarto")
    if not program:
        raise ReviewError("Quarto is not installed. Use RENDERER=embedded.")
    used = manuscript.read(project).used
    version = _run([program, "--version"], project.report).strip()
    lines = provenance.footer(project, f"Quarto {version}")
    with tempfile.TemporaryDirectory(prefix="case-review-") as folder:
        extra = Path(folder) / "provenance.json"
        rows = [
            [r.id, r.text, f"{r.notebook}, {r.cell}", provenance.inputs(r)] for r in used.values()
        ]
        extra.write_text(json.dumps({"footer": lines, "results": rows}), encoding="utf-8")
        metadata = ["--metadata", f"case-review-provenance:{extra}"]
        _run([program, "render", ".", "--output-dir", str(out), *metadata], project.report)
    if not (out / "index.html").is_file():
        raise ReviewError("Quarto wrote no index.html.")
    if project.exhibits.is_dir():
        shutil.copytree(project.exhibits, out / "exhibits", dirs_exist_ok=True)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise ReviewError(f"Quarto could not render the manuscript:\n{said}")
    return done.stdout
