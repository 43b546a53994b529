"""What was made before, kept under the hash of everything that it follows from.

For calls that are pure and dear, such as pandoc and Typst: their result is a function of its
inputs, so what is kept is never out of date, only no longer asked for. A kept file that is damaged
is as if it were not there; one that cannot be written (a full disk) is made again next time.
Nothing is kept where no project is known. `kept` does the like for chunks of drawn data sets.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from case_review import IMPORTED, files
from case_review.build import environment, products
from case_review.project import KEPT_VARIABLE, Project

#: Bytes and number of all kept results; beyond them those go that were not used for longest.
MOST = 300_000_000
MOST_FILES = 5_000
#: The folder, in that of the build or in the one that copies of a project share.
_FOLDER = "made"
#: Changes when kept files are written in another way.
_FORMAT = b"case-review made 2\n"
_ENDING = ".made"

#: The files that this package was imported from.
_PACKAGE = Path(__file__).resolve().parents[1]
#: Seconds by which the times of files may lag behind the clock.
_TICK = 0.1

#: What a result follows from: texts, bytes, and files, which count by their content. None is what
#: is not known, and a result that follows from it is never kept.
Part = str | bytes | Path | None

#: The folder of the project that is worked on. Forked processes have it too, and share its files.
_chosen: Path | None = None


@contextlib.contextmanager
def keeping(project: Project) -> Iterator[None]:
    """Keep what is made meanwhile with this project; at the end, what is too much goes."""
    global _chosen
    before, _chosen = _chosen, project.build / _FOLDER
    try:
        yield
    finally:
        prune()
        _chosen = before


def folder() -> Path | None:
    """Where results are kept; None where no project is known and no folder is named."""
    named = os.environ.get(KEPT_VARIABLE)
    return Path(named) / _FOLDER if named else _chosen


def key(parts: Iterable[Part]) -> str:
    """The SHA-256 of known parts, none of which can pass for another or for two."""
    found = hashlib.sha256(_FORMAT)
    for part in parts:
        if isinstance(part, Path):
            kind, content = b"file", _content(part)
        elif isinstance(part, str):
            kind, content = b"text", part.encode("utf-8", "surrogatepass")
        else:
            kind, content = b"bytes", part
        found.update(b"%s %d\n" % (kind, len(content)))
        found.update(content)
    return found.hexdigest()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else products.MISSING.encode()


def content(path: Path) -> bytes:
    """The bytes of a file that is asked for again and again, read anew only if it was changed."""
    facts = path.stat()
    return _read(path, facts.st_mtime_ns, facts.st_size, facts.st_ino)


@lru_cache(maxsize=64)
def _read(path: Path, *_: int) -> bytes:
    return path.read_bytes()


class Entry:
    """The place of one result among those that are kept.

    Parameters
    ----------
    stem
        What kind of result it is, such as `pandoc`: the beginning of its file's name.
    parts
        Everything that the result follows from, with the versions of the programs that make it.
    """

    def __init__(self, stem: str, parts: Iterable[Part]):
        self._parts = [stem, *parts]
        self._key = key(self._parts) if folder() and None not in self._parts else ""

    @property
    def _path(self) -> Path | None:
        place = folder()
        known = place and self._key
        return place / f"{self._parts[0]}-{self._key}{_ENDING}" if known else None

    def read(self) -> bytes | None:
        """The result; None if it is not kept or damaged."""
        path = self._path
        return files.read_kept(path) if path else None

    def keep(self, content: bytes) -> None:
        """Keep what was made of the parts, unless one was changed meanwhile or the disk is full."""
        path = self._path
        # A file that was saved meanwhile may have entered what was made.
        if path and key(self._parts) == self._key:
            files.keep(path, content)


def recall(stem: str, parts: Iterable[Part], make: Callable[[], bytes]) -> bytes:
    """What `make` returns, from an earlier call with the same parts where one is kept.

    `make` must return the same bytes for the same parts; what it raises is not kept.
    """
    entry = Entry(stem, parts)
    found = entry.read()
    if found is None:
        found = make()
        entry.keep(found)
    return found


@cache
def version(package: str) -> str:
    """The version of an installed package; `missing` if it is not installed."""
    return _installed().get(environment.normal(package), products.MISSING)


@cache
def _installed() -> dict[str, str]:
    return environment.installed(Path(sys.prefix))


def code() -> str | None:
    """The SHA-256 of this package's own code, for results that all of it may bear on.

    None if a file of it changed since the package was imported: what runs may be older then.
    """
    todo = [str(_PACKAGE)]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                if entry.is_dir() and entry.name != "__pycache__":
                    todo.append(entry.path)
                elif entry.name.endswith(".py"):
                    facts = entry.stat()
                    if max(facts.st_mtime, facts.st_ctime) > IMPORTED - _TICK:
                        return None
    return _code()


@cache  # as long as nothing changed
def _code() -> str:
    found = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        content = path.read_bytes()
        name = path.relative_to(_PACKAGE).as_posix().encode()
        found.update(b"%s %d\n" % (name, len(content)))
        found.update(content)
    return found.hexdigest()


def prune(most: int = MOST, most_files: int = MOST_FILES) -> None:
    """Remove the results that were not used for longest, beyond so many bytes and files."""
    found = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(here) if (here := folder()) else ():
            with contextlib.suppress(OSError):
                facts = entry.stat(follow_symlinks=False)
                found.append((facts.st_mtime, facts.st_size, entry))
    left = most
    found.sort(key=lambda each: each[0], reverse=True)
    for place, (used, size, entry) in enumerate(found):
        left -= size
        unfinished = not entry.name.endswith(_ENDING)
        if left < 0 or place >= most_files or (unfinished and used < time.time() - files.ABANDONED):
            with contextlib.suppress(OSError):
                Path(entry.path).unlink()
