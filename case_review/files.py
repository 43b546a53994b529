"""Writing files so that a reader sees either the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

#: Seconds after which an unfinished file is that of a process that was killed.
ABANDONED = 3600
_DIGEST = hashlib.sha256().digest_size


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


def keep(path: Path, content: bytes) -> None:
    """Write what `read_kept` gives back; a full disk or a folder that is closed keeps nothing."""
    with contextlib.suppress(OSError):
        write_bytes(path, _checksum(path, content) + content)


def read_kept(path: Path) -> bytes | None:
    """What `keep` wrote; None if there is nothing, or if it is damaged.

    What was read counts as new for `prune`.
    """
    try:
        content = path.read_bytes()
    except OSError:
        return None
    told, content = content[:_DIGEST], content[_DIGEST:]
    if told != _checksum(path, content):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return content


def _checksum(path: Path, content: bytes) -> bytes:
    """It is wrong for damaged content, and for content under another name."""
    return hashlib.sha256(path.name.encode() + content).digest()


def prune(folder: Path, stem: str, ending: str, most: int, used: Collection[Path] = ()) -> None:
    """Remove the oldest files of a kind beyond `most`, and those that a killed process left half.

    Parameters
    ----------
    folder
        Where they lie.
    stem, ending
        How the names of the kind begin and end.
    most
        How many stay.
    used
        Files that stay in any case, and are not counted.
    """
    begun = time.time() - ABANDONED
    with contextlib.suppress(OSError):  # of another process that removes them, too
        others = [path for path in folder.glob(f"{stem}-*{ending}") if path not in used]
        others.sort(key=lambda path: path.stat().st_mtime)
        half = [path for path in folder.glob(f".{stem}-*") if path.stat().st_mtime < begun]
        for path in [*others[: max(0, len(others) - most)], *half]:
            path.unlink(missing_ok=True)


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
