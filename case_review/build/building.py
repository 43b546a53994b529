"""One process decides: what is out of date, in which order it is made, and what is kept.

    building.build(project, Options("report"), rendering)

takes the lock, checks the parameters, runs as children the notebooks that have a cause, decides
again after each, and renders. Whatever came out as it was before makes nothing after it run.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from case_review.build import (
    dependencies,
    environment,
    facts,
    freshness,
    output,
    preparing,
    promotion,
    surroundings,
)
from case_review.build.locking import die_with_parent, hold
from case_review.build.progress import Progress, choose
from case_review.errors import ReviewError
from case_review.project import Project

#: What can be made: clean tables, executed notebooks, the report, and the archive of a release.
GOALS = ("data", "notebooks", "report", "release")


@dataclass(frozen=True)
class Options:
    """What is to be made, and how.

    Parameters
    ----------
    goal
        One of `GOALS`.
    out, renderer, formats
        Folder, renderer and forms of the report.
    jobs
        How many notebooks run at a time.
    keep_going
        Whether, after a notebook has failed, those run that do not come after it.
    timeout
        Seconds for each notebook; None for the usual ones.
    enough
        Forms with which a current report is left as it is, though it has more than `formats`.
    """

    goal: str = "report"
    out: str = "report/_site"
    renderer: str = "auto"
    formats: tuple[str, ...] = output.FORMATS
    jobs: int = 1
    keep_going: bool = False
    timeout: float | None = None
    enough: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What a build has done.

    Parameters
    ----------
    seconds
        What was made, in seconds: notebooks by name, the report as `report`.
    causes
        Why each of them was made.
    kept
        The notebooks that were looked at and kept.
    out
        The folder of the report; None where none was asked for.
    archive
        That of the release, if one was packed.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    causes: dict[str, list[str]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    out: Path | None = None
    archive: Path | None = None


def build(
    project: Project,
    options: Options,
    rendering: Callable[[], Callable] | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Make what is out of date, one build at a time.

    To be called in the main thread of a process without other threads, for it forks.

    Parameters
    ----------
    rendering
        Imports and returns `rendering.render`, which this room may not import; for a report.
    progress
        Shows what happens; by default on standard output.

    Raises
    ------
    ReviewError
        If the project cannot be built, or with every notebook that failed; the previous report is
        then untouched.
    """
    progress = progress or choose()
    with alone(project, f"make {options.goal}"), progress:
        try:
            return _Build(project, options, rendering, progress).make()
        finally:
            facts.of(project).save()
            environment.require_looked()


def alone(project: Project, command: str) -> contextlib.AbstractContextManager:
    """Hold the project's lock: whoever else builds it waits, and is told for whom."""
    return hold(
        project.build / "lock", command, lambda text: print(text, file=sys.stderr, flush=True)
    )


class _Build:
    """One build."""

    def __init__(self, project: Project, options: Options, rendering, progress: Progress):
        if options.goal == "release":
            options = replace(options, formats=output.FORMATS)  # which it holds all
        self.project, self.options, self.progress = project, options, progress
        self.rendering = rendering
        self.outcome = Outcome()
        self.wants_report = options.goal in ("report", "release")
        if self.wants_report:
            self.outcome.out = output.folder(project, options.out)

    def make(self) -> Outcome:
        """Make what is out of date."""
        with facts.one_look():  # which is begun anew whenever a notebook has ended
            self._make_notebooks()
            if causes := self._causes_of_report():
                self._publish(causes)
        if self.options.goal == "release":
            from case_review.build.release import release

            self.outcome.archive = release(self.project)
        return self.outcome

    def _make_notebooks(self) -> None:
        surroundings.settle(self.project)
        for name in preparing.prepare(self.project, self.outcome.out):
            self.progress.write(f"{name:<24} removed: its notebook no longer exists")
        order = dependencies.before(self.project)
        if self.options.goal == "data":
            order = {dependencies.CLEANING: []}
        if failed := self._run(order):
            raise ReviewError("\n\n".join(failed))

    def _run(self, order: dict[str, list[str]]) -> list[str]:
        """Run what is out of date, in order; returns what failed, in words."""
        waiting, settled, failed = dict(order), set(), []
        due: list[str] = []
        with contextlib.ExitStack() as stack:
            runs = None
            while True:
                self._decide(waiting, settled, due)
                if due and runs is None:
                    runs = self._begin_runs(stack, [*due, *waiting])
                while due and len(runs) < self.options.jobs:
                    runs.start(due.pop(0))
                if not runs:  # none, or none left: what still waits comes after what failed
                    return failed
                if not waiting and not due:
                    self._load_rendering()
                name, seconds, error = runs.next()
                facts.look_anew()
                if seconds is not None:
                    self.outcome.seconds[name] = seconds
                    settled.add(name)
                    continue
                failed.append(error)
                if not self.options.keep_going:
                    waiting.clear()
                    due.clear()

    def _decide(self, waiting: dict[str, list[str]], settled: set[str], due: list[str]) -> None:
        """Look at the notebooks whose turn has come: each is kept, and settled, or due."""
        while ready := [n for n, before in waiting.items() if settled.issuperset(before)]:
            for name in ready:
                del waiting[name]
                if causes := freshness.of_notebook(self.project, name):
                    self.outcome.causes[name] = causes
                    due.append(name)
                else:
                    self.outcome.kept.append(name)
                    # What has failed since was taken back.
                    promotion.failed_notebook(self.project, name).unlink(missing_ok=True)
                    settled.add(name)

    def _begin_runs(self, stack: contextlib.ExitStack, names: list[str]):
        """What is needed only if a notebook runs; `names` are those that may.

        At its end `stack` ends first the notebooks, then what their kernels are forked from.
        """
        from case_review.build import running, warm

        environment.require_looked()
        die_with_parent()
        surroundings.build_font_cache(self.project)
        names = [name for name in names if freshness.of_notebook(self.project, name)]
        stack.enter_context(warm.server(self.project, names))  # it imports while this process does
        running.preload()
        return stack.enter_context(running.Runs(self.project, self.progress, self.options.timeout))

    def _load_rendering(self) -> None:
        """Import what renders while the last notebooks run."""
        if self.wants_report:
            self.rendering()

    def _causes_of_report(self) -> list[str]:
        out, options = self.outcome.out, self.options
        if not self.wants_report:
            return []
        more = options.enough
        if more and not freshness.of_site(self.project, out, options.renderer, more):
            return []
        return freshness.of_site(self.project, out, options.renderer, options.formats)

    def _publish(self, causes: list[str]) -> None:
        """Render the report."""
        out, options = self.outcome.out, self.options
        environment.require_looked()
        die_with_parent()
        began = time.monotonic()
        self.outcome.causes["report"] = causes
        shown = self.project.shown(out)
        self.progress.started(shown)
        preparing.publish(self.project, out, options.renderer, options.formats, self.rendering())
        self.outcome.seconds["report"] = time.monotonic() - began
        self.progress.ended(shown, self.outcome.seconds["report"])
