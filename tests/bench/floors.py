"""The floors that builds are compared with; each is a program of its own, run in a built copy.

    python -m bench.floors one_process|by_hand

What a build does beyond them - deciding, checking, keeping records, running side by side - is what
it costs or gains. Both make the notebooks' results anew in place, and render the notebooks as the
build has left them, without anything that an earlier rendering has kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from case_review.build import dependencies
from case_review.project import Project, find_project

#: As the Makefile sets them.
SURROUNDINGS = {
    "PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC",
    "GX_ANALYTICS_ENABLED": "false", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
}  # fmt: skip
OUT = Path("report", "_floor")
_RENDER = "from bench import floors; floors.render_once()"


def render_once() -> None:
    """Render the built notebooks, in this process."""
    from case_review.rendering import render

    project = find_project()
    render(project, "embedded", project.root / OUT)


def one_process() -> None:
    """All cells of all notebooks in one process, as plain code, then one rendering in it."""
    for path in _notebooks(find_project()):
        run_cells(path)
    render_once()


def run_cells(path: Path) -> None:
    """Run the cells of one notebook in this process."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            # A cell finds its label in what the shell has stored of it.
            shell.run_cell("".join(cell["source"]), store_history=True).raise_error()


def by_hand() -> None:
    """Papermill's command for one notebook after the other, then one rendering."""
    project = find_project()
    made = project.build / "by-hand"
    made.mkdir(parents=True, exist_ok=True)
    papermill = [sys.executable, "-m", "papermill", "--no-progress-bar", "-k", "python3"]
    for path in _notebooks(project):
        subprocess.run([*papermill, str(path), str(made / path.name)], check=True)
    subprocess.run([sys.executable, "-c", _RENDER], check=True)


def _notebooks(project: Project) -> list[Path]:
    return [dependencies.notebook_path(project, name) for name in dependencies.before(project)]


if __name__ == "__main__":
    if dict(os.environ) | SURROUNDINGS != dict(os.environ):
        environment = dict(os.environ) | SURROUNDINGS
        os.execve(
            sys.executable, [sys.executable, "-m", "bench.floors", *sys.argv[1:]], environment
        )
    {"one_process": one_process, "by_hand": by_hand}[sys.argv[1]]()
