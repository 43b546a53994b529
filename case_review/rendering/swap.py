"""Putting a finished folder in the place of another in one step."""

from __future__ import annotations

import ctypes
import glob
import os
import shutil
from pathlib import Path

_AT_FDCWD = -100
_EXCHANGE = 2


def swap_in(fresh: Path, out: Path) -> None:
    """Make `fresh` the folder `out`; what was there before is removed afterwards.

    Where the system can exchange two names at once, a reader always finds a whole folder; elsewhere
    two renames leave a gap of microseconds, and a failure of the second puts the old folder back.
    """
    if not out.exists():
        fresh.rename(out)
        return
    if _exchange(fresh, out):
        shutil.rmtree(fresh, ignore_errors=True)
        return
    old = fresh.with_name(f"{fresh.name}.old")
    out.rename(old)
    try:
        fresh.rename(out)
    except BaseException:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def clear_up(out: Path) -> None:
    """Remove what a killed build left beside `out`; put back a report that was moved aside."""
    for leftover in sorted(out.parent.glob(f".{glob.escape(out.name)}.*")):
        if leftover.name.endswith(".old") and not out.exists():
            leftover.rename(out)
        else:
            shutil.rmtree(leftover, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders' names through renameat2; False where the system has no such call."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    names = os.fsencode(first), os.fsencode(second)
    return call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE) == 0
