"""Running a notebook for the report: checked before, staged while, promoted only after success."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from case_review.build import (
    cell_outputs,
    dependencies,
    facts,
    kernel,
    loaded,
    opened,
    products,
    promotion,
    surroundings,
    warm,
)
from case_review.build.normalising import INJECTED, TERMINAL, normalise, source
from case_review.errors import ReviewError
from case_review.files import to_json, write_if_changed, write_text
from case_review.parameters import cell_options, loading
from case_review.project import STAGE_VARIABLE, Project

#: Seconds that a whole notebook may take unless `make report TIMEOUT=...` says otherwise.
TIMEOUT = 900
TIMEOUT_VARIABLE = "CASE_REVIEW_TIMEOUT"
#: The kernel specification of this interpreter, so that none of the machine's is used.
KERNEL = "case-review"
_ENDED = "SystemExit: this cell ended the notebook, so the cells below it did not run"


class NotebookFailed(ReviewError):
    """A notebook stopped.

    Parameters
    ----------
    notebook, cell
        The notebook's name, and the label (or number) of the cell that failed.
    error
        What went wrong, e.g. `ValueError: ...`.
    """

    def __init__(self, notebook: str, cell: str, error: str):
        self.notebook, self.cell, self.error = notebook, cell, error
        super().__init__(
            f"{notebook} failed; report/_executed/{notebook}.failed.ipynb shows how far it came. "
            f"The previous report is untouched.\ncell {cell}\n{error}"
        )


def run(
    project: Project,
    name: str,
    timeout: float | None = None,
    on_cell: Callable[[int, int, str], None] | None = None,
) -> float:
    """Run a notebook and promote its output; returns the seconds that it took.

    Parameters
    ----------
    project
        The project; results, exhibits, clean tables and the executed notebook go into its folders.
    name
        The notebook's file name without ending.
    timeout
        Seconds for the whole notebook.
    on_cell
        Called when a cell begins: its number, how many there are, and its label.

    Raises
    ------
    ReviewError
        If the parameters are wrong (before any kernel starts), if the notebook fails
        (`NotebookFailed`), or if its inputs changed meanwhile. The previous output then stays.
    """
    timeout = timeout or _seconds(os.environ.get(TIMEOUT_VARIABLE, str(TIMEOUT)))
    values = loading.load(project).for_notebook(name)
    with facts.one_look():
        stamp = dependencies.notebook_stamp(project, name)
    stage = project.build / "stage" / name
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    surroundings.settle(project)
    install_kernel(project)
    started, began = time.monotonic(), time.time()
    os.environ[dependencies.UPSTREAM_VARIABLE] = json.dumps(dependencies.upstream(project, name))
    try:
        text = _execute(project, name, values, stage, started + timeout, on_cell)
    finally:
        del os.environ[dependencies.UPSTREAM_VARIABLE]
    found = opened.collect(
        project,
        name,
        stage,
        told=set(dependencies.inputs(project, name)),
        own=set(products.recorded_outputs(products.manifest_path(project, name))),
        foreign=dependencies.foreign(project, name),
        began=began,
    )
    facts.look_anew()  # for a build has forked this process while it looked
    with facts.one_look():
        if dependencies.notebook_stamp(project, name) != stamp:
            raise ReviewError(
                f"{name} ran, but its inputs were changed while it did. Type the command again."
            )
        stamp = dependencies.notebook_stamp(project, name, found)
    loaded.require_same(project.root, json.loads(stamp)["files"])
    opened.write(stage, name, found)
    write_text(products.stamp_path(project, name), stamp)
    write_text(stage / promotion.EXECUTED, text)
    promotion.promote(project, name, stage, stamp)
    return time.monotonic() - started


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ReviewError(f"TIMEOUT={text}: expected seconds for a notebook, such as TIMEOUT=900")
    return seconds


def install_kernel(project: Project) -> None:
    """Write the specification of a kernel that is this very interpreter, without history file."""
    arguments = [*kernel.OPTIONS, "-m", kernel.__name__, "-f", "{connection_file}"]
    options = ["--HistoryManager.enabled=False", "--InteractiveShell.colors=nocolor"]
    options += [f"--InteractiveShellApp.extra_extensions={cell_outputs.__name__}"]
    spec = {
        "argv": [sys.executable, *arguments, *options],
        "display_name": "Python 3",
        "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": warm.PROVISIONER}},
    }
    folder = surroundings.folders(project)["JUPYTER_DATA_DIR"] / "kernels" / KERNEL
    write_if_changed(folder / "kernel.json", to_json(spec))


def _execute(
    project: Project,
    name: str,
    values: dict,
    stage: Path,
    deadline: float,
    on_cell: Callable | None,
) -> str:
    """The executed notebook as normalised text."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    os.environ[STAGE_VARIABLE] = str(stage)
    output = stage / promotion.EXECUTED
    try:
        try:
            executed = _papermill(project, name, values, output, deadline, on_cell)
        except (DeadKernelError, RuntimeError):
            # A loaded machine may lose a kernel at its start; before the first cell, try again.
            if _last_started(output) is not None:
                raise
            executed = _papermill(project, name, values, output, deadline, on_cell)
        broken = [c for c in executed.cells if c.metadata.papermill.get("exception")]
        if not broken:
            return normalise(executed, project)
        # Papermill calls it a success if a cell ends the notebook by `sys.exit()`.
        cell, text = _label(broken[0].source), _ENDED
    except PapermillExecutionError as error:
        cell, text = _label(error.source), f"{error.ename}: {error.evalue}"
    except CellTimeoutError:
        cell = _last_started(output) or "unknown"
        text = "TimeoutError: the notebook's time is over (make report TIMEOUT=seconds gives more)"
    except DeadKernelError:
        cell = _last_started(output) or "before the first cell"
        text = "DeadKernelError: the kernel died, for example because memory ran out"
    finally:
        os.environ.pop(STAGE_VARIABLE, None)
    _keep_failed(project, name, output)
    raise NotebookFailed(name, cell, TERMINAL.sub("", text).rstrip())


def _papermill(
    project: Project,
    name: str,
    values: dict,
    output: Path,
    deadline: float,
    on_cell: Callable | None,
):
    """Execute with papermill in the project's root, whatever characters its path has."""
    from papermill import execute_notebook
    from traitlets.config import Config

    from case_review.build import provisioning  # imports Jupyter

    provisioning.register()
    logging.getLogger("papermill").setLevel(logging.ERROR)
    # After a time-out it would print how the connection to the kernel ended.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    # Papermill takes braces in a path for parameters, so it gets a notebook and a relative path.
    os.chdir(project.root)
    notebook = source(dependencies.notebook_path(project, name))
    spec = {"name": KERNEL, "display_name": "Python 3", "language": "python"}
    notebook.metadata.setdefault("kernelspec", spec)
    with surroundings.sockets() as folder:
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        return execute_notebook(
            notebook,
            output.relative_to(project.root),
            parameters=values,
            engine_name=provisioning.ENGINE,
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            start_timeout=120,
            timeout_func=lambda cell: max(1, int(deadline - time.monotonic())),
            shutdown_kernel="immediate",
            on_cell_start=_telling(notebook, on_cell),
            config=Config(
                KernelManager={"transport": "ipc", "ip": f"{folder}/kernel"},
                WarmProvisioner=warm.facts_of(project, name),
            ),
        )


def _telling(notebook, on_cell: Callable | None) -> Callable | None:
    """What nbclient calls at the beginning of a cell, to tell of cells of code as they are read."""
    if on_cell is None:
        return None
    ids = [cell.id for cell in notebook.cells if cell.cell_type == "code"]

    def begun(cell, cell_index: int) -> None:
        if cell.id in ids:
            on_cell(ids.index(cell.id) + 1, len(ids), cell_options.label(cell.source) or "")

    return begun


def _label(source: str) -> str:
    first = source.strip().partition("\n")[0]
    return cell_options.label(source) or f"without a label, beginning `{first}`"


def _last_started(output: Path) -> str | None:
    """The label of the cell that ran when a kernel was lost; None if none had begun."""
    if not output.is_file():
        return None
    notebook = json.loads(output.read_text(encoding="utf-8"))
    started = [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("papermill", {}).get("start_time")
        and cell["cell_type"] == "code"
        and INJECTED not in cell["metadata"].get("tags", [])
    ]
    return _label("".join(started[-1]["source"])) if started else None


def _keep_failed(project: Project, name: str, output: Path) -> None:
    if output.is_file():
        target = promotion.failed_notebook(project, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        output.replace(target)
