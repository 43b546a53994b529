"""The package as this process runs it: from its very sources, and whether they are still the same.

A build goes on for minutes, and what its processes have loaded stays as it was. So it notes at its
beginning what every file of the package holds, and publishes nothing that was made from others.
"""

from __future__ import annotations

import contextlib
import py_compile
from collections.abc import Iterator, Mapping
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

from case_review.errors import ReviewError
from case_review.project import sha256

#: The package that this process imports.
FOLDER = Path(__file__).resolve().parent.parent
#: How the head of a compiled module says that its source is compared by content (PEP 552).
_CHECKED = MAGIC_NUMBER + (3).to_bytes(4, "little")
_noted: dict[str, str] = {}


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name == "__pycache__" or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def note(folder: Path = FOLDER) -> None:
    """Note what the files of the package hold, and let no compiled module hide a change of them.

    To be called before anything else is imported. Python takes a compiled module for current if its
    source has the same size and, to the second, the same time; a change within one second would
    pass. So each is compiled in the way that compares contents, once, and where it is not yet.
    """
    for path in _files(folder):
        _noted[f"{folder.name}/{path.relative_to(folder).as_posix()}"] = sha256(path)
        if path.suffix == ".py":
            _compile(path)


def _compile(path: Path) -> None:
    compiled = Path(cache_from_source(str(path)))
    try:
        with compiled.open("rb") as stream:
            if stream.read(len(_CHECKED)) == _CHECKED:
                return
    except FileNotFoundError:
        pass
    except OSError:
        return
    try:
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        py_compile.compile(str(path), doraise=True, invalidation_mode=mode)
    except (OSError, py_compile.PyCompileError):
        # A module that its import will complain of, or a folder that may not be written to.
        with contextlib.suppress(OSError):
            compiled.unlink(missing_ok=True)


def changed(root: Path, files: Mapping[str, str]) -> list[str]:
    """Which files of the package are others than were noted, of a project's with their hashes.

    None where this process has noted nothing, or runs the package of another folder.
    """
    if not _noted or (root / FOLDER.name).resolve() != FOLDER:
        return []
    prefix = f"{FOLDER.name}/"
    return sorted(n for n, d in files.items() if n.startswith(prefix) and _noted.get(n) != d)


def require_same(root: Path, files: Mapping[str, str]) -> None:
    """Refuse files of the package that are others than this process may have loaded.

    Raises
    ------
    ReviewError
        Naming them.
    """
    if others := changed(root, files):
        raise ReviewError(
            f"{', '.join(others)} changed while the build ran, so nothing was published of what it "
            "had loaded before. Type the command again."
        )
