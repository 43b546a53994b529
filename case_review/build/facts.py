"""What is known of files by their content, so that none is parsed twice and few are read twice.

Facts are kept on disk by the hash of the file that they are about. They are worthless for another
version of the code that finds them, and a file of facts that is damaged counts for none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from case_review import project as ground
from case_review.build import environment
from case_review.files import write_text
from case_review.project import Project

#: Name in the build's folder.
NAME = "facts.json"
#: Facts of files that are no longer there are dropped when there are more than so many.
_MOST = 5000
#: What has been looked at in the present look; None outside of one.
_look: dict | None = None


@contextlib.contextmanager
def one_look() -> Iterator[None]:
    """Within the block a file is read once: what is decided there rests on one look at the files.

    A look that is taken within another is the same look.
    """
    global _look
    if _look is not None:
        yield
        return
    _look = {}
    try:
        yield
    finally:
        _look = None


def look_anew() -> None:
    """Begin the present look anew: what follows rests on what the files hold from now on."""
    if _look is not None:
        _look.clear()


def once(key: tuple, find: Callable):
    """What `find()` gives, asked once in a look."""
    if _look is None:
        return find()
    if key not in _look:
        _look[key] = find()
    return _look[key]


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, read once in a look."""
    return once(("sha256", str(path)), lambda: ground.sha256(path))


class Facts:
    """The facts that are kept in one project.

    Parameters
    ----------
    project
        The project, whose build folder holds them.
    """

    def __init__(self, project: Project):
        self._path = project.build / NAME
        self._root = project.root
        self._kept = self._load()
        self._used: dict[str, object] = {}
        self._new = False

    def about(self, path: Path, kind: str, find: Callable[[bytes], object]):
        """What `find` says of a file's content: asked only if that is not known; plain JSON."""
        content = None
        digest = None if _look is None else _look.get(("sha256", str(path)))
        if digest is None:
            content = Path(path).read_bytes()
            digest = _remember(path, content)
        key = f"{kind} {digest}"
        if not self.knows(key):
            content = Path(path).read_bytes() if content is None else content
            key = f"{kind} {_remember(path, content)}"
            self.keep(key, find(content))
        return self._used[key]

    def knows(self, key: str) -> bool:
        """Whether a fact is known."""
        if key not in self._used and key in self._kept:
            self._used[key] = self._kept[key]
        return key in self._used

    def get(self, key: str):
        """A fact that is known."""
        return self._used[key]

    def keep(self, key: str, fact) -> None:
        """Add a fact."""
        self._used[key] = fact
        self._new = True

    def save(self) -> None:
        """Write the facts to disk if there are new ones; a disk that is full does no harm here."""
        if not self._new:
            return
        every = {**self._kept, **self._used}
        body = json.dumps(every if len(every) <= _MOST else self._used)
        with contextlib.suppress(OSError):
            write_text(self._path, f"{_sum(self._version(), body)}\n{body}\n")
        self._new = False

    def _load(self) -> dict:
        try:
            head, _, body = self._path.read_text(encoding="utf-8").partition("\n")
            if head == _sum(self._version(), body.rstrip("\n")):
                return json.loads(body)
        except (OSError, ValueError):
            pass
        return {}

    def _version(self) -> str:
        """What finds the facts: these modules, Python, and the packages that parse for it."""
        here = Path(__file__).parent
        code = (here / "facts.py", here / "dependencies.py", here / "reads.py",
                here.parent / "parameters" / "params_file.py")  # fmt: skip
        parts = [environment.digest(self._root), *map(sha256, code)]
        return " ".join(parts)


def _sum(version: str, body: str) -> str:
    return hashlib.sha256(f"{version}\n{body}".encode()).hexdigest()


def _remember(path: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    if _look is not None:
        _look["sha256", str(path)] = digest
    return digest


_of: dict[Path, Facts] = {}


def of(project: Project) -> Facts:
    """The facts of a project: one set in a process."""
    if project.build not in _of:
        _of[project.build] = Facts(project)
    return _of[project.build]
