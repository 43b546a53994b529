"""Judgements of data that are kept, so that nothing is judged again that did not change.

Great Expectations takes seconds to import and seconds to judge. What it said of a table or a suite
is kept under the hash of everything that this rests on: what was judged, the code of this room, and
the versions of what computes. A kept judgement is so never out of date, only no longer asked for.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import pandas as pd

from case_review.files import write_bytes

#: Kept judgements beyond which the oldest go; a review has some thirty in force.
KEPT = 400
_STEM = "judged"
_JUDGING = ("great_expectations", "numpy", "pandas", "pydantic")
_ROOM = Path(__file__).parent


def once(keep: Path | None, what: str, given: object, judge: Callable[[], object]):
    """What `judge` returns, from where it is kept if it was asked before.

    Parameters
    ----------
    keep
        A folder; None to keep nothing. One that cannot be written to is as good as none.
    what
        The kind of judgement.
    given
        Everything but code and versions that the judgement follows from, as JSON can hold it.
    judge
        Its result must come back from JSON as it was.
    """
    if keep is None:
        return judge()
    text = json.dumps([what, given, _surroundings()], ensure_ascii=True)
    path = keep / f"{_STEM}-{hashlib.sha256(text.encode()).hexdigest()}.json"
    found = _read(path)
    if found is None:
        found = [judge()]
        content = json.dumps(found)
        with suppress(OSError):
            write_bytes(path, f"{_sum(content)}\n{content}".encode())
            _prune(keep)
    return found[0]


def content_of(table: pd.DataFrame) -> list:
    """Names, types and values of a table in a form in which no two tables are the same."""
    columns = [table.iloc[:, number] for number in range(table.shape[1])]
    return [
        repr(list(table.index)),
        *([repr(c.name), str(c.dtype), repr(c.tolist())] for c in columns),
    ]


@lru_cache
def _surroundings() -> list:
    """The code and the versions that judge, taken once in a process, as they are loaded once."""
    files = sorted(path for path in _ROOM.iterdir() if path.suffix in (".py", ".toml"))
    code = [[path.name, hashlib.sha256(path.read_bytes()).hexdigest()] for path in files]
    versions = [[name, metadata.version(name)] for name in _JUDGING]
    return [code, versions, list(sys.version_info[:3])]


def _sum(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _read(path: Path) -> list | None:
    """What a file keeps, in a list; None if there is none or if it is damaged."""
    try:
        told, _, content = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    if told != _sum(content):
        return None
    with suppress(OSError):
        path.touch()  # so that what is used is not pruned as old
    return json.loads(content)


def _prune(keep: Path) -> None:
    """Remove the oldest judgements beyond `KEPT`, and what a killed run left half."""
    by_age = sorted(keep.glob(f"{_STEM}-*.json"), key=lambda path: path.stat().st_mtime)
    half = [p for p in keep.glob(f".{_STEM}-*") if p.stat().st_mtime < time.time() - 3600]
    for path in [*by_age[: max(0, len(by_age) - KEPT)], *half]:
        path.unlink(missing_ok=True)
