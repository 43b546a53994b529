"""Writing files so that a reader sees either the old content or the new, never a part."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with `\\n` line ends, atomically: a crash leaves the old file."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` atomically, by renaming a complete temporary file beside `path`."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes private files; the report is for everybody the umask admits.
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def move(old: Path, new: Path) -> None:
    """Put a finished file in the place of another, also on another disk, never a part of it."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        old.replace(new)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        write_bytes(new, old.read_bytes())
        old.unlink()


def write_if_changed(path: Path, text: str) -> bool:
    """Write `text` only if the file differs, so that make sees a change only where there is one.

    Returns
    -------
    bool
        Whether the file was written.
    """
    path = Path(path)
    if path.is_file() and path.read_bytes() == text.encode("utf-8"):
        return False
    write_text(path, text)
    return True


def to_json(value: object) -> str:
    """JSON as the project commits and compares it: two blanks, sorted keys only where given so."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
