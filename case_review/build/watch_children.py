"""The two processes beside that of `make watch`: the server, and a build while there is one."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from case_review.build import progress, running, serving
from case_review.project import Project

#: Seconds that a build has to end by itself: longer than it gives the notebooks that it runs.
_GRACE = 12.0
#: What asks a process to end: Ctrl-C, `kill`, and a terminal that was closed.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: Makes these forms of the report, telling how far it is; returns what is wrong, if anything.
Make = Callable[[tuple[str, ...], Callable[[str], None]], str]


class Sidecar:
    """The server, as the process that builds sees it."""

    def __init__(self, project: Project, out: Path, port: int):
        command = [sys.executable, "-m", serving.__name__, str(out), str(port)]
        self._process = subprocess.Popen(
            command, cwd=project.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._rest = b""
        self.port = 0

    def start(self) -> None:
        """Wait until it serves and looks at the files.

        Raises
        ------
        EOFError
            If it cannot.
        """
        while not self.port:
            for item in self.news():
                self.port = item.get("port", self.port)

    def fileno(self) -> int:
        """What to wait at for news."""
        return self._process.stdout.fileno()

    def tell(self, state: str, message: str = "") -> None:
        """Let the pages know: `building`, `ready` or `failed`, and what there is to say."""
        line = json.dumps({"state": state, "message": message}) + "\n"
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()

    def news(self) -> list[dict]:
        """What it has said since the last call.

        Raises
        ------
        EOFError
            If it has ended.
        """
        found = os.read(self.fileno(), 1 << 20)
        if not found:
            raise EOFError
        *lines, self._rest = (self._rest + found).split(b"\n")
        return [json.loads(line) for line in lines]

    def forget(self) -> None:
        """Let go of it in a build, whose end must not matter to it."""
        os.close(self._process.stdin.fileno())
        os.close(self.fileno())

    def end(self) -> None:
        """End it, which it does when nobody can speak to it any more."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


class Build:
    """A build that runs in a process of its own.

    Parameters
    ----------
    make, forms
        What makes the report, and which forms.
    forget
        What the process lets go of at its beginning.
    """

    def __init__(self, make: Make, forms: tuple[str, ...], forget: Callable[[], None]):
        fork = multiprocessing.get_context("fork")
        self.forms = forms
        self.cancelled = False
        #: What is wrong; None while it runs, and if it ended without a word.
        self.message: str | None = None
        self._deadline = 0.0
        self.receiving, sending = fork.Pipe(duplex=False)
        self._process = fork.Process(target=self._run, args=(make, sending, forget, os.getpid()))
        # A signal meets this process or the new one, ready for it, and nothing between the two.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        sending.close()

    def _run(self, make: Make, sending, forget, parent: int) -> None:
        # In a group of its own, of which nothing is left when it is ended by force.
        os.setpgid(0, 0)
        # A terminal may be set so that it stops whoever prints from behind.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        running.die_with_parent(parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        forget()
        self.receiving.close()
        sending.send(("end", make(self.forms, lambda text: sending.send(("doing", text)))))

    def close(self) -> int | None:
        """Let go of what it was spoken to by, after its end; returns its exit code."""
        self._process.join()
        self.receiving.close()
        code = self._process.exitcode
        self._process.close()
        return code

    @property
    def sentinel(self) -> int:
        """What to wait at for its end."""
        return self._process.sentinel

    def heard(self) -> Iterator[str]:
        """What it is doing, as far as it has said since the last call; its last word is kept."""
        with contextlib.suppress(EOFError, OSError):
            while self.receiving.poll():
                kind, text = self.receiving.recv()
                if kind == "end":
                    self.message = text
                else:
                    yield text

    def cancel(self) -> None:
        """Ask it to end, for what it makes is wanted no more."""
        if not self.cancelled:
            self.cancelled, self._deadline = True, time.monotonic() + _GRACE
            self._process.terminate()

    def press(self) -> None:
        """End it by force if it was asked to end long ago."""
        if self.cancelled and time.monotonic() > self._deadline:
            self._kill()

    def end(self) -> None:
        """End it, whatever it does; what it has begun it clears up first."""
        self.cancel()
        self._process.join(_GRACE)
        if self._process.exitcode is None:
            self._kill()
        self.close()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


class Telling(progress.Progress):
    """Shows what happens as every build does, and tells the pages of it."""

    def __init__(self, tell: Callable[[str], None]):
        self._shown, self._tell = progress.choose(), tell
        super().__init__(self._shown.write)

    def __enter__(self) -> Telling:
        self._shown.__enter__()
        return self

    def __exit__(self, *error) -> None:
        self._shown.__exit__(*error)

    def started(self, name: str, *more) -> None:
        """A notebook (or the rendering) has begun."""
        self._tell(f"Building {name} \N{HORIZONTAL ELLIPSIS}")
        self._shown.started(name, *more)

    def cell(self, name: str, number: int, of: int, label: str) -> None:
        """Cell `number` of so many has begun."""
        self._tell(f"Building {name}, cell {number} of {of}")
        self._shown.cell(name, number, of, label)

    def ended(self, name: str, seconds: float | None) -> None:
        """A notebook has ended, or failed."""
        self._shown.ended(name, seconds)

    def tick(self) -> None:
        """Called a few times in a second."""
        self._shown.tick()
