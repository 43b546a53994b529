"""Judgements of data that are kept, so that nothing is judged again that did not change.

Great Expectations takes seconds to import and seconds to judge. What it said of a table or a suite
is kept under the hash of everything that this rests on: what was judged, the code of this room, and
the versions of what computes. A kept judgement is so never out of date, only no longer asked for.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import pandas as pd

from case_review import files

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
    known = files.read_kept(path)
    if known is not None:
        return json.loads(known)
    found = judge()
    files.keep(path, json.dumps(found).encode())
    files.prune(keep, _STEM, ".json", KEPT)
    return found


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
