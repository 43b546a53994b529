"""What results are called in plain words: on their cards, and in the lists below cells."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache

from case_review.build import made
from case_review.data import yaml_file
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.registry import Recorded

#: The file of labels, below `report/`.
FILE = "labels.yml"
_NAME = f"report/{FILE}"


def labelled(project: Project, results: dict[str, Recorded]) -> dict[str, Recorded]:
    """Results by id, each with the label that readers see.

    The first entry of `report/labels.yml` that fits its id; else what it was recorded with; else
    the words of its id.
    """
    known = read(project)
    return {id: replace(result, label=_label(known, result)) for id, result in results.items()}


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

    return json.loads(made.recall("labels", [made.code(), path], find))


def _label(known: dict[str, str], result: Recorded) -> str:
    for pattern, label in known.items():
        if match := _compiled(pattern).fullmatch(result.id):
            return label.replace("*", ", ".join(map(words, match.groups())))
    return result.label or words(result.id)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern:
    return re.compile("(.+)".join(re.escape(part) for part in pattern.split("*")))


def words(id: str) -> str:
    """The words of an id: `median_weeks.overall` as `median weeks, overall`."""
    return id.replace(".", ", ").replace("_", " ")
