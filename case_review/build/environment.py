"""The installed packages as an input: their versions, and whether somebody has changed them.

Uses only the standard library, so that set-up can ask before the environment is complete.
"""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Set
from functools import lru_cache
from pathlib import Path

from case_review.errors import ReviewError

LOCK, BUILD_LOCK = "requirements.lock", "requirements-build.lock"
#: A version that a lock gives; what Windows alone needs is no part of a report made elsewhere.
_PIN = re.compile(
    r"^([A-Za-z0-9][\w.-]*)==(?!\S+ ; sys_platform == 'win32')([^\s;\\]+)[ \t]*(;?)", re.MULTILINE
)
#: A file that makes a module of its own, and the module's name.
_MODULE = re.compile(r"/site-packages/(\w+)(?:/__init__)?(?:\.[\w-]+)?\.(?:py|so)$")
#: Most packages or files that a message names.
_NAMED = 5
#: Names the process that looks at the environment while a build begins.
_LOOKING = "CASE_REVIEW_LOOKING"


def normal(name: str) -> str:
    """A package's name as environments compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def packages(folder: Path) -> Iterator[Path]:
    """The folders of an environment that packages are installed in."""
    yield from sorted(folder.glob("lib/python3.*/site-packages"))


def installed(folder: Path) -> dict[str, str]:
    """Version of each package that is installed in an environment."""
    found = {}
    for place in packages(folder):
        for entry in place.glob("*-*.dist-info"):
            name, version = _title(entry)
            found[name] = version
    return found


def _title(entry: Path) -> tuple[str, str]:
    """Name and version of a package, from the folder that describes it."""
    name, _, version = entry.name.removesuffix(".dist-info").rpartition("-")
    return normal(name), version


@lru_cache(maxsize=8)
def _pins(text: str) -> list[tuple[str, str, str]]:
    return _PIN.findall(text)


def locked(path: Path) -> dict[str, tuple[set[str], bool]]:
    """By package: the versions that a lock file admits, and whether every machine has it."""
    found: dict[str, tuple[set[str], bool]] = {}
    if not path.is_file():  # set-up and stamps say so
        return found
    for name, version, marker in _pins(path.read_text(encoding="utf-8")):
        versions, always = found.get(normal(name), (set(), True))
        found[normal(name)] = ({*versions, version}, always and not marker)
    return found


def digest(root: Path) -> str:
    """A hash of Python's version and of those of the locked packages that are in use."""
    have, lock = installed(Path(sys.prefix)), locked(root / LOCK)
    used = [f"{name}=={have[name]}" for name in sorted(lock) if name in have]
    python = "python=={}.{}.{}".format(*sys.version_info[:3])
    return hashlib.sha256("\n".join([python, *used]).encode()).hexdigest()


def differences(root: Path, folder: Path) -> list[str]:
    """What an environment has other than the lock says, in words; empty if it is the lock's.

    Of a conda environment only the project's direct dependencies are asked for, for conda-forge
    decides on the others.
    """
    have, lock = installed(folder), locked(root / LOCK)
    if (folder / "conda-meta").is_dir():
        import tomllib  # not needed elsewhere, and each command asks

        entries = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        direct = {normal(re.match(r"[\w.-]+", e)[0]) for e in entries["project"]["dependencies"]}
        lock = {name: pin for name, pin in lock.items() if name in direct}
    found = []
    for name, (versions, always) in sorted(lock.items()):
        wanted = " or ".join(sorted(versions))
        if name in have and have[name] not in versions:
            found.append(f"{name} {have[name]} instead of {wanted}")
        elif name not in have and always:
            found.append(f"no {name} instead of {wanted}")
    return found


def require(root: Path) -> None:
    """Refuse to go on in an environment other than the lock's, however it was entered.

    Raises
    ------
    ReviewError
        Naming what differs.
    """
    if wrong := differences(root, Path(sys.prefix)):
        raise ReviewError(
            f"{sys.prefix} is not what {LOCK} says: {listed(wrong)}. Type `make report`, which "
            "sets up an environment of the project's own or says how to mend this one."
        )


def look_meanwhile(look: Callable[[], int]) -> int:
    """Let another process look at the environment, while this one, or what it becomes, goes on.

    Parameters
    ----------
    look
        Returns 0 if nothing is wrong, and says otherwise what is; called in that process.

    Returns
    -------
    int
        0, for nothing is wrong yet: `require_looked` tells.
    """
    child = os.fork()
    if not child:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who waits
        os._exit(look())
    os.environ[_LOOKING] = str(child)
    return 0


def require_looked() -> None:
    """Wait for the look at the environment, if one is under way, and end if anything is wrong.

    Raises
    ------
    SystemExit
        With what the other process has returned, which has said why.
    """
    child = os.environ.pop(_LOOKING, "")
    with contextlib.suppress(ValueError, ChildProcessError):  # somebody else's variable
        _, status = os.waitpid(int(child), 0)
        if code := os.waitstatus_to_exitcode(status):
            raise SystemExit(abs(code))


def unlocked(root: Path, folder: Path) -> dict[str, str]:
    """Name and version, by file, of what is installed and stands in no lock file."""
    have = installed(folder)
    known = {"pip", "setuptools", "wheel", "uv"}
    for path in root.glob("requirements*.lock"):
        known |= locked(path).keys()
    return {str(path): title for _, title, path in _files(folder, have.keys() - known)}


def _files(folder: Path, names: Set[str]) -> Iterator[tuple[str, str, Path]]:
    """By some packages: name, name with version, and path of each file that they have brought."""
    for place in packages(folder) if names else ():
        for record in place.glob("*.dist-info/RECORD"):
            name, version = _title(record.parent)
            if name in names:
                for file, _ in _recorded(record):
                    yield name, f"{name} {version}", place / file


def beside(root: Path, folder: Path) -> dict[str, str]:
    """By module: the package and the lock that brought it, of packages that no report may use.

    They are installed where somebody tests or edits, and nowhere else. A namespace that packages
    share is left alone.
    """
    used = locked(root / LOCK).keys() | locked(root / BUILD_LOCK).keys()
    others: dict[str, str] = {}
    for path in sorted(root.glob("requirements*.lock")):
        others |= {name: path.name for name in locked(path).keys() - used if name not in others}
    return {
        module[1]: f"{title}, of {others[name]},"
        for name, title, path in _files(folder, others.keys())
        if (module := _MODULE.search(path.as_posix()))
    }


def fingerprint(folder: Path) -> str:
    """A hash of the names, sizes and times of everything installed but compiled modules.

    It is asked for at each start, of many thousand files: hence one line per file, sorted within
    its folder only.
    """
    found = []
    for place in packages(folder):
        todo = [str(place)]
        while todo:
            path = todo.pop()
            lines = []
            with os.scandir(path) as entries:
                for entry in entries:
                    if not entry.is_dir(follow_symlinks=False):
                        facts = entry.stat()
                        lines.append(f"{entry.name} {facts.st_size} {facts.st_mtime_ns}")
                    elif entry.name != "__pycache__":
                        todo.append(entry.path)
            found.append("\n".join([path.removeprefix(str(folder)), *sorted(lines)]))
    return hashlib.sha256("\n".join(sorted(found)).encode("utf-8", "surrogateescape")).hexdigest()


def altered(folder: Path) -> list[str]:
    """Installed files that are missing or not as their package brought them, by its own sums."""
    found = []
    for place in packages(folder):
        for record in sorted(place.glob("*.dist-info/RECORD")):
            for name, wanted in _recorded(record):
                path = place / name
                if wanted and (not path.is_file() or _sum(path) != wanted):
                    found.append(os.path.relpath(path, folder))
    return found


def _recorded(record: Path) -> Iterator[tuple[str, str]]:
    """The files of a package, each with its SHA-256 as a RECORD writes it; empty where unknown."""
    with record.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            if len(row) > 1 and not row[0].endswith(".pyc"):
                yield row[0], row[1].removeprefix("sha256=")


def _sum(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def listed(names: list[str]) -> str:
    """The first few of many names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
