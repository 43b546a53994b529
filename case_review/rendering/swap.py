"""Putting a finished folder in the place of another in one step, and back if need be."""

from __future__ import annotations

import ctypes
import glob
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType

_AT_FDCWD = -100
_EXCHANGE = 2
#: The order in which files join a site: the page last, for it offers the others.
_PAGE = "index.html"


class Renewal:
    """A folder `fresh` that takes the place of `out`, at first perhaps without its last files.

    As a context it ends well only after `finish`; otherwise what was in `out` is put back, and in
    any case nothing is left beside it. A killed process leaves a whole folder in `out`, and beside
    it what `clear_up` removes.
    """

    def __init__(self, out: Path):
        self.out = out
        clear_up(out)
        self.fresh = _hidden(out)
        #: Files that join those that are shown already.
        self.later = _hidden(out)
        #: Where the previous folder lies; None if there was none.
        self._previous: Path | None = None
        self._shown = self._finished = False

    def __enter__(self) -> Renewal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._shown and not self._finished:
                self._put_back()
        finally:
            for folder in (self.fresh, self.later, self._previous):
                if folder:
                    shutil.rmtree(folder, ignore_errors=True)

    def show(self) -> Path:
        """Put `fresh` in the place of `out`, and keep what was there; returns `later`."""
        self._previous = swap_in(self.fresh, self.out)
        self._shown = True
        return self.later

    def finish(self) -> None:
        """Show what there is, with the files of `later`; the previous folder is not put back."""
        if not self._shown:
            self.show()
        for path in sorted(self.later.iterdir(), key=lambda path: path.name == _PAGE):
            path.replace(self.out / path.name)
        self._finished = True

    def _put_back(self) -> None:
        if self._previous:
            self._previous = swap_in(self._previous, self.out)
        else:
            self.out.rename(self.fresh)


def _hidden(out: Path) -> Path:
    """A new folder beside `out`."""
    out.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    made.chmod(0o755)
    return made


def swap_in(fresh: Path, out: Path) -> Path | None:
    """Make `fresh` the folder `out`; returns where what was there before lies now.

    Where the system can exchange two names at once, a reader always finds a whole folder; elsewhere
    two renames leave a gap of microseconds, and a failure of the second puts the old folder back.
    """
    if not out.exists():
        fresh.rename(out)
        return None
    if _exchange(fresh, out):
        return fresh
    old = fresh.with_name(f"{fresh.name}.old")
    out.rename(old)
    try:
        fresh.rename(out)
    except BaseException:
        old.rename(out)
        raise
    return old


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
