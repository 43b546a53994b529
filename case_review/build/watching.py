"""`make watch`: build whenever something was saved, and show what came of it.

One process, without threads, waits here. It has imported what a build needs, and forks one for
every build, so that each begins at once and from the same state. Beside it runs the server of
`serving`, which also looks at the files. When the package itself was saved, this process replaces
itself, for what it has imported is then no longer what lies there.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing import connection
from pathlib import Path

from case_review.build import dependencies, loaded, running, serving, surroundings, warm, watched
from case_review.build.watch_children import ENDING, Build, Make, Sidecar
from case_review.project import Project

PORT = 8000
#: Seconds without a save before forms other than the page are made.
QUIET = 2.0
#: Seconds in which a save may still arrive that explains why a build has failed.
LATE = 0.3
#: Seconds between two looks at whether make still runs.
_LOOK = 1.0
#: Tells the process that takes the place of this one where the page was.
_PORT_VARIABLE = "CASE_REVIEW_WATCH_PORT"
#: What must be importable for this process to go on; all else may fail and is then shown.
_OWN = "case_review.__main__, case_review.build.watching, case_review.build.serving"


class Watching:
    """Waits for saves, and has one build at a time made of them.

    Parameters
    ----------
    sidecar
        The server.
    make
        What makes the report.
    forms
        The forms that are wanted; the first is made at once, the others when there is time.
    replace
        Called when the package itself was saved; returns what is wrong with it, if it returns.
    package
        The folder of the package.
    quiet
        Seconds without a save before forms other than the page are made.
    late
        Seconds in which a save may still arrive that explains why a build has failed.
    ending
        A file that can be read from as soon as all this is to end.

    Attributes
    ----------
    ended
        Whether it is to end.
    """

    def __init__(
        self,
        sidecar,
        make: Make,
        forms: tuple[str, ...],
        replace: Callable[[Watching], str],
        package: Path,
        quiet: float = QUIET,
        late: float = LATE,
        ending: int | None = None,
    ):
        self._sidecar, self._make, self._forms = sidecar, make, forms
        self._replace, self._package = replace, package
        self._quiet, self._late = quiet, late
        self._ending, self.ended = ending, False
        self.build: Build | None = None
        #: The forms to make next, and from when on; None if nothing is to be made.
        self._next: tuple[str, ...] | None = None
        self._when = 0.0

    def want(self, forms: tuple[str, ...], seconds: float = 0.0) -> None:
        """Have some forms made, after a time, in place of what was wanted before."""
        self._next, self._when = forms, time.monotonic() + seconds

    def step(self) -> None:
        """Wait until something happens, and do what follows from it."""
        now = time.monotonic()
        if self.build is None and self._next is not None and now >= self._when:
            self._begin()
        soon = self._when - now if self.build is None and self._next is not None else _LOOK
        things = [self._sidecar] + ([] if self._ending is None else [self._ending])
        if self.build is not None:
            things += [self.build.sentinel, self.build.receiving]
        ready = connection.wait(things, max(0.0, min(soon, _LOOK)))
        if self._ending in ready:
            self.ended = True
            return
        if self._sidecar in ready:
            self._saved(self._sidecar.news())
        if self.build is None:
            return
        self.build.press()
        for text in self.build.heard():
            self._sidecar.tell("building", text)
        if self.build.sentinel in ready:
            self._ended()

    def end(self) -> None:
        """Leave no build behind."""
        if self.build is not None:
            self.build.end()
            self.build = None

    def fail(self, message: str) -> None:
        """Show what is wrong until something is saved."""
        self._next = None
        print(message, file=sys.stderr, flush=True)
        self._sidecar.tell("failed", message)

    def _begin(self) -> None:
        forms, self._next = self._next, None
        self._sidecar.tell("building")
        self.build = Build(self._make, forms, self._sidecar.forget)

    def _saved(self, news: list[dict]) -> None:
        """Build again, in place of what is being built."""
        saved = [item["saved"] for item in news if "saved" in item]
        if not saved:
            return
        paths = sorted({Path(path) for some in saved for path in some})
        if any(path.is_relative_to(self._package) for path in paths):
            if self.build is not None:
                self.build.cancel()
            self.fail(self._replace(self))
            return
        self.want(self._forms[:1])
        if paths:
            print(f"saved: {', '.join(path.name for path in paths[:5])}", flush=True)
            if self.build is not None:
                self.build.cancel()

    def _ended(self) -> None:
        build, self.build = self.build, None
        code = build.close()
        if build.cancelled:
            return
        message = build.message
        if message is None:
            message = (
                f"The build ended without a word (exit code {code}), for example because memory "
                "ran out. Save a file to try again."
            )
        if not message:
            self._sidecar.tell("ready")
            if build.forms != self._forms and self._next is None:
                self.want(self._forms, self._quiet)
        # What was saved while it ran is no error: the build that follows will be right.
        elif connection.wait([self._sidecar], self._late):
            self._saved(self._sidecar.news())
        elif self._next is None:
            self.fail(message)


def watch(
    project: Project, make: Make, out: Path, forms: tuple[str, ...], port: int, needed: list[str]
) -> int:
    """Build the report and show it, again and again, until Ctrl-C.

    Parameters
    ----------
    make
        What makes the report, called in a process of its own.
    out
        The finished report.
    forms
        The forms that are wanted, the page first.
    port
        The port of the server, or the first that is tried.
    needed
        Modules that a build imports, imported here once for all.
    """
    running.die_with_parent()
    parent = os.getppid()
    ending = _signals()
    again = os.environ.pop(_PORT_VARIABLE, "")
    sidecar = Sidecar(project, out, int(again or port))

    def replace(watching: Watching) -> str:
        """Become the package as it is now, or say why it cannot be imported."""
        if wrong := _wrong_with_package(project):
            return wrong
        watching.end()
        kernels.close()
        sidecar.end()
        os.environ[_PORT_VARIABLE] = str(sidecar.port)
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])

    watching = Watching(sidecar, make, forms, replace, project.root / "case_review", ending=ending)
    # One process forks the kernels of all builds; a build that finds it outdated has its own.
    kernels = contextlib.ExitStack()
    try:
        wrong = _load(project, needed)
        sidecar.start()
        if not again:
            place = f"http://{serving.ADDRESS}:{sidecar.port}/"
            print(f"{place} shows the report, made again whenever a file is saved", flush=True)
        if wrong:
            watching.fail(wrong)
        elif loaded.changed(project.root, dependencies.hashes(project, _package(project))):
            watching.fail(replace(watching))
        else:
            surroundings.build_font_cache(project)
            kernels.enter_context(warm.server(project, dependencies.notebook_names(project)))
            watching.want(forms[:1])
        while not watching.ended and os.getppid() == parent:
            watching.step()
    except EOFError:
        print("The server of `make watch` has ended; type the same command again.", file=sys.stderr)
        return 1
    finally:
        watching.end()
        kernels.close()
        sidecar.end()
    return 0


def _signals() -> int:
    """Take signals that ask to end for something to be read, from the file that is returned.

    An exception that a signal raises can be lost, for example where it meets a fork.
    """
    told, telling = os.pipe()
    os.set_blocking(telling, False)
    signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
    for number in ENDING:
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, lambda *_: None)
    return told


def _load(project: Project, needed: list[str]) -> str:
    """Import what a build needs; returns what is wrong with the package, if anything."""
    try:
        for name in needed:
            importlib.import_module(name)
    except Exception as error:
        return _told(project, error)
    # What is imported is never to be looked at again, so that forked processes share it.
    gc.collect()
    gc.freeze()
    return ""


def _told(project: Project, error: Exception) -> str:
    """An error at the import of a module, with the file and line that it comes from."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    file, line, message = last.filename, last.lineno, str(error)
    if isinstance(error, SyntaxError) and error.filename:
        file, line, message = error.filename, error.lineno, error.msg
    return f"{project.shown(Path(file))}, line {line}\n{type(error).__name__}: {message}"


def _wrong_with_package(project: Project) -> str:
    """Why this process could not be begun again with the package as it is; empty if it could."""
    command = [sys.executable, "-c", f"import {_OWN}"]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else ""


def _package(project: Project) -> list[Path]:
    """The files of the package."""
    found = (project.root / "case_review").rglob("*")
    return [
        p for p in found if p.is_file() and watched.is_source(p.relative_to(project.root).parts)
    ]
