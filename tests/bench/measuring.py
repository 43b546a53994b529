"""One command measured: by the clock, in processor time, in memory, and until its page is there."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from case_review.errors import ReviewError

#: From <linux/prctl.h>: processes whose parent has ended become children of this one.
_PR_SET_CHILD_SUBREAPER = 36
#: Seconds between two looks at the page, and at the memory.
_LOOK, _WEIGH = 0.005, 0.2
#: Seconds that processes may take to end after the command has ended.
_GRACE = 3.0


@dataclass(frozen=True)
class Measured:
    """What one run took.

    Parameters
    ----------
    seconds
        By the clock, from the start of the command to its end.
    page_seconds
        By the clock, until the page was another than before; None if it stayed as it was.
    cpu_seconds
        Of the processor, user and system, of the command and all that it started.
    peak_mb
        Most memory of all these processes at one time, shared pages counted once, in 10^6 bytes;
        looked at five times a second. None where the system does not tell.
    """

    seconds: float
    page_seconds: float | None
    cpu_seconds: float
    peak_mb: float | None


def medians(runs: Iterable[Measured]) -> Measured:
    """The median of each quantity over the runs that have it."""
    runs = list(runs)

    def median(name: str) -> float | None:
        values = [getattr(run, name) for run in runs if getattr(run, name) is not None]
        return statistics.median(values) if values else None

    return Measured(*(median(name) for name in Measured.__dataclass_fields__))


def measure(command: Sequence[str], folder: Path, page: Path, environment: Mapping) -> Measured:
    """Run a command in a folder.

    Raises
    ------
    ReviewError
        If it fails, with the last lines of what it said, or leaves a process behind.
    """
    adopt_orphans()
    before, began = _cpu(), time.monotonic()
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        look = Look(process.pid, page, began)
        try:
            code = process.wait()
        finally:
            seconds = time.monotonic() - began
            look.stop()
            left = end_of_all()
    said = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    if code:
        raise ReviewError(f"`{' '.join(map(str, command))}` failed in {folder}:\n{said}")
    if left:
        raise ReviewError(f"`{' '.join(map(str, command))}` left {left} processes behind")
    return Measured(seconds, look.page_seconds, _cpu() - before, look.peak_mb)


def _cpu() -> float:
    """Processor seconds of all children that have ended and were waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def adopt_orphans() -> None:
    """Wait for what a build leaves without a parent as well, so that its time is counted."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_of_all() -> int:
    """Wait for all children; returns how many had to be killed after a grace."""
    deadline, killed = time.monotonic() + _GRACE, set()
    with contextlib.suppress(ChildProcessError):
        while True:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                if time.monotonic() > deadline:
                    killed |= (late := set(_below(os.getpid())))
                    for pid in late:
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                time.sleep(_LOOK)
    return len(killed)


class Look:
    """Looks at the page and at the memory from a thread, until it is stopped."""

    def __init__(self, pid: int, page: Path, began: float):
        self.page_seconds: float | None = None
        self.peak_mb: float | None = None
        self._pid, self._page, self._began = pid, page, began
        self._before, self._ended = _mark(page), threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()
        self._see()

    def _look(self) -> None:
        weighed = 0.0
        while not self._ended.wait(_LOOK):
            self._see()
            if time.monotonic() - weighed > _WEIGH:
                weight = sum(map(_proportional, [self._pid, *_below(self._pid)])) / 1e6
                self.peak_mb = max(self.peak_mb or 0.0, weight) or None
                weighed = time.monotonic()

    def _see(self) -> None:
        if self.page_seconds is None and _mark(self._page) not in (None, self._before):
            self.page_seconds = time.monotonic() - self._began


def _mark(page: Path) -> tuple | None:
    """What tells one version of a file from the next; None while there is none."""
    try:
        facts = page.stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


def cpu_of_tree(pid: int) -> float:
    """Processor seconds of a process, of those below it, and of all that they have waited for."""
    ticks = 0
    for each in (pid, *_below(pid)):
        with contextlib.suppress(OSError):
            fields = Path("/proc", str(each), "stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _below(pid: int) -> list[int]:
    """The processes that a process has started, and that these have, as /proc tells."""
    found = []
    for path in Path("/proc", str(pid), "task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, path.read_text().split()):
                found += [child, *_below(child)]
    return found


def _proportional(pid: int) -> float:
    """Bytes of a process, with each shared page divided among those that share it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc", str(pid), "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1]) * 1024
    return 0.0
