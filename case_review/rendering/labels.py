"""What results are called in plain words: on their cards, and in the lists below cells."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from case_review.build import made
from case_review.data import yaml_file
from case_review.errors import ReviewError
from case_review.project import Project

#: The file of labels, below `report/`.
FILE = "labels.yml"
_NAME = f"report/{FILE}"


def of(known: dict[str, str], id: str, label: str) -> str:
    """What readers see a result called.

    The first of the entries `known` that fits its id; else the `label` that it was recorded with;
    else the words of its id.
    """
    for pattern, words in known.items() if id else ():
        if match := _compiled(pattern).fullmatch(id):
            return words.replace("*", ", ".join(map(spelt, match.groups())))
    return label or spelt(id)


def read(project: Project) -> dict[str, str]:
    """The entries of `report/labels.yml`; none if there is no such file.

    Raises
    ------
    ReviewError
        If it holds anything but texts by ids.
    """
    path = project.report / FILE
    if not path.is_file():
        return {}

    return _read(path, made.content(path))


@lru_cache(maxsize=4)  # for every page asks
def _read(path: Path, content: bytes) -> dict[str, str]:
    def find() -> bytes:
        content = yaml_file.plain(yaml_file.load(yaml_file.read_text(path, _NAME), _NAME)) or {}
        texts = isinstance(content, dict) and all(
            isinstance(part, str) and part for entry in content.items() for part in entry
        )
        if not texts:
            raise ReviewError(
                f"{_NAME}: expected lines such as `a.result: What it is`. Correct it."
            )
        return json.dumps(content).encode("ascii")

    return json.loads(made.recall("labels", [made.code(), content], find))


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern:
    return re.compile("(.+)".join(re.escape(part) for part in pattern.split("*")))


def spelt(id: str) -> str:
    """The words of an id: `median_weeks.overall` as `median weeks, overall`."""
    return id.replace(".", ", ").replace("_", " ")
