"""Notebooks as processes: each is run by a child forked from the build, and told of here."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from case_review.build import explaining, facts
from case_review.build.locking import die_with_parent
from case_review.build.progress import Progress
from case_review.errors import ReviewError
from case_review.parameters import params_file
from case_review.project import DRAWS, Project

#: Seconds between two looks at how far long work has come, and until a child that was told to end
#: is killed.
_TICK, _GRACE = 0.25, 10
_SIGNALLED = "Type the command again; on a machine with little memory with JOBS=1."


@dataclass
class _Run:
    process: BaseProcess
    news: Connection


class Runs:
    """The notebooks that run at present.

    Used in a `with` block, at the end of which none is left, however it ends.

    Parameters
    ----------
    progress
        Is told of what happens.
    timeout
        Seconds for each notebook; None for the usual ones.
    """

    def __init__(self, project: Project, progress: Progress, timeout: float | None = None):
        self._project, self._progress, self._timeout = project, progress, timeout
        self._runs: dict[str, _Run] = {}

    def __enter__(self) -> Runs:
        return self

    def __exit__(self, *error) -> None:
        for run in self._runs.values():
            run.process.terminate()
        until = time.monotonic() + _GRACE
        for run in self._runs.values():
            run.process.join(max(0.0, until - time.monotonic()))
            if run.process.exitcode is None:
                run.process.kill()
                run.process.join()
            run.news.close()
        self._runs.clear()

    def __len__(self) -> int:
        return len(self._runs)

    def start(self, name: str) -> None:
        """Run a notebook in a process of its own."""
        # Forked, so that nothing is imported or parsed twice; this process has no threads.
        with contextlib.suppress(ReviewError):  # of which the child tells
            params_file.documents(self._project)
        context = multiprocessing.get_context("fork")
        news, told = context.Pipe(duplex=False)
        arguments = (self._project, name, self._timeout, told, os.getpid())
        process = context.Process(target=_run, args=arguments, name=name, daemon=True)
        sys.stdout.flush()
        process.start()
        told.close()
        self._runs[name] = _Run(process, news)
        self._progress.started(name, self._project.build / "stage" / name / DRAWS)

    def next(self) -> tuple[str, float | None, str]:
        """Wait until a notebook ends: its name, its seconds (None if it failed), and the error."""
        while True:
            names = {run.news: name for name, run in self._runs.items()}
            for news in wait(list(names), _TICK):
                if ended := self._take(names[news]):
                    return ended
            self._progress.tick()

    def _take(self, name: str) -> tuple[str, float | None, str] | None:
        """Take one message of a run; returns its end if it has ended."""
        run = self._runs[name]
        try:
            kind, *content = run.news.recv()
        except EOFError:
            run.process.join()
            text = f"{name} ended without a word (exit code {run.process.exitcode}). {_SIGNALLED}"
            kind, content = "failed", [text]
        if kind == "cell":
            self._progress.cell(name, *content)
            return None
        run.process.join()
        run.news.close()
        del self._runs[name]
        seconds, error = (content[0], "") if kind == "done" else (None, content[0])
        self._progress.ended(name, seconds)
        return name, seconds, error


def _run(project: Project, name: str, timeout: float | None, told: Connection, parent: int) -> None:
    """What a child does; it tells of each cell, and of how it has ended."""
    from case_review.build import runner

    die_with_parent(parent)
    facts.look_anew()
    try:
        seconds = runner.run(project, name, timeout, lambda *cell: told.send(("cell", *cell)))
        told.send(("done", seconds))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        with contextlib.suppress(BrokenPipeError):
            told.send(("failed", explaining.explain(project, error)))


def preload() -> None:
    """Import what runs notebooks, once for all children; it starts no threads."""
    import IPython.paths  # noqa: F401
    import nbclient.exceptions  # noqa: F401
    import nbformat
    import papermill  # noqa: F401
    import traitlets.config  # noqa: F401

    from case_review.build import provisioning, runner  # noqa: F401

    nbformat.validate(nbformat.v4.new_notebook())  # which compiles the schema
