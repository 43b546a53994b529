"""A change measured while `make watch` runs: from the save of a file to the page that holds it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench import measuring
from bench.measuring import Measured
from case_review.errors import ReviewError

#: What a build says at its end.
_ENDED = re.compile(r"is up to date|the report is ready|^make: \*\*\*", re.MULTILINE)
#: Seconds between two looks, for a build, and for what is imported while nothing is saved.
_LOOK, _PATIENCE, _IDLE = 0.01, 900.0, 5.0


def measure(
    command: Sequence[str],
    folder: Path,
    page: Path,
    environment: Mapping,
    change: Callable[[Path], None],
) -> Measured:
    """Run a command that watches, save a change, and end it by Ctrl-C.

    Seconds are counted from the save, processor time as well; the start of the command, which is
    typed once in a day, is not.

    Raises
    ------
    ReviewError
        If a build does not end, or if a process is left behind.
    """
    measuring.adopt_orphans()
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_heed_ctrl_c,
        )  # fmt: skip
        try:
            _wait_for_build(process, log, 1)
            time.sleep(_IDLE)
            used, began = measuring.cpu_of_tree(process.pid), time.monotonic()
            look = measuring.Look(process.pid, page, began)
            try:
                change(folder)
                _wait_for_build(process, log, 2)
                seconds = time.monotonic() - began
                used = measuring.cpu_of_tree(process.pid) - used
            finally:
                look.stop()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            process.wait()
            left = measuring.end_of_all()
    if left:
        raise ReviewError(f"`{' '.join(map(str, command))}` left {left} processes behind")
    return Measured(seconds, look.page_seconds, used, look.peak_mb)


def _heed_ctrl_c() -> None:
    """A shell lets what it runs in the background ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait_for_build(process: subprocess.Popen, log: Path, builds: int) -> None:
    """Wait until so many builds have ended since the start."""
    until = time.monotonic() + _PATIENCE
    while True:
        said = log.read_text(encoding="utf-8", errors="replace")
        if len(_ENDED.findall(said)) >= builds:
            return
        if process.poll() is not None or time.monotonic() > until:
            last = "\n".join(said.splitlines()[-15:])
            raise ReviewError(f"`make watch` has made no page:\n{last}")
        time.sleep(_LOOK)
