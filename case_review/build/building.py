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
from dataclasses import dataclass, field
from pathlib import Path

from case_review.build import dependencies, facts, freshness, output, preparing, surroundings, warm
from case_review.build.freshness import FORMATS
from case_review.build.locking import hold
from case_review.build.progress import Progress, choose
from case_review.build.running import Runs, preload
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
    formats: tuple[str, ...] = FORMATS
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


def alone(project: Project, command: str) -> contextlib.AbstractContextManager:
    """Hold the project's lock: whoever else builds it waits, and is told for whom."""
    return hold(
        project.build / "lock", command, lambda text: print(text, file=sys.stderr, flush=True)
    )


class _Build:
    """One build."""

    def __init__(self, project: Project, options: Options, rendering, progress: Progress):
        self.project, self.options, self.progress = project, options, progress
        self.rendering = rendering
        self.outcome = Outcome()
        self.wants_report = options.goal in ("report", "release")
        if self.wants_report:
            self.outcome.out = output.folder(project, options.out)

    def make(self) -> Outcome:
        surroundings.settle(self.project)
        for name in preparing.prepare(self.project, self.outcome.out):
            self.progress.write(f"{name:<24} removed: its notebook no longer exists")
        order = dependencies.before(self.project)
        if self.options.goal == "data":
            order = {dependencies.CLEANING: []}
        if failed := self._run(order):
            raise ReviewError("\n\n".join(failed))
        if self.wants_report:
            self._publish()
        if self.options.goal == "release":
            from case_review.build.release import release

            self.outcome.archive = release(self.project)
        return self.outcome

    def _run(self, order: dict[str, list[str]]) -> list[str]:
        """Run what is out of date, in order; returns what failed, in words."""
        waiting, settled, failed = dict(order), set(), []
        due: list[str] = []
        with contextlib.ExitStack() as stack:
            runs = stack.enter_context(Runs(self.project, self.progress, self.options.timeout))
            while waiting or due or runs:
                if not failed or self.options.keep_going:
                    ready = [n for n, before in waiting.items() if settled.issuperset(before)]
                    with facts.one_look():
                        causes = {n: freshness.of_notebook(self.project, n) for n in ready}
                    for name, found in causes.items():
                        del waiting[name]
                        if found:
                            self.outcome.causes[name] = found
                            due.append(name)
                        else:
                            self.outcome.kept.append(name)
                            settled.add(name)
                    if ready and len(settled.intersection(ready)):
                        continue  # what was kept may let others begin
                    if due and not self._is_prepared:
                        self._prepare_runs(stack, due)
                    while due and len(runs) < self.options.jobs:
                        runs.start(due.pop(0))
                if not runs:
                    break  # what still waits comes after what failed
                if not waiting and not due:
                    self._load_rendering()
                name, seconds, error = runs.next()
                if seconds is None:
                    failed.append(error)
                else:
                    self.outcome.seconds[name] = seconds
                    settled.add(name)
        return failed

    _is_prepared = False

    def _prepare_runs(self, stack: contextlib.ExitStack, names: list[str]) -> None:
        """What is needed only if a notebook runs; `names` are those that run first."""
        self._is_prepared = True
        surroundings.build_font_cache(self.project)
        stack.enter_context(warm.server(self.project, names))
        preload()

    def _load_rendering(self) -> None:
        """Import what renders while the last notebooks run."""
        if self.wants_report:
            self.rendering()

    def _publish(self) -> None:
        """Render the report if it is out of date."""
        out, options = self.outcome.out, self.options
        more = options.enough
        if more and not freshness.of_site(self.project, out, options.renderer, more):
            return
        causes = freshness.of_site(self.project, out, options.renderer, options.formats)
        if not causes:
            return
        began = time.monotonic()
        self.outcome.causes["report"] = causes
        self.progress.started("report")
        preparing.publish(self.project, out, options.renderer, options.formats, self.rendering())
        self.outcome.seconds["report"] = time.monotonic() - began
        self.progress.ended("report", self.outcome.seconds["report"])
