"""Entries of `params.yml` that a message names, with the line that they stand in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from case_review.data import yaml_file
from case_review.data.problems import Problem
from case_review.errors import ReviewError
from case_review.project import Project

#: How messages name an entry: `params.yml (cleaning.diagnoses)`.
_NAMED = re.compile(r"params\.yml \(([a-z0-9_.]+)\)")


def numbered(project: Project) -> Callable[[Problem], Problem]:
    """What adds the line to each entry of the parameters that a problem's message names.

    An entry is looked for in the file in force and in `params.yml`, and stands for those in it that
    are not there yet; one of which nothing is there is named without a line.
    """
    files = dict.fromkeys([project.params_file, project.root / "params.yml"])
    contents = {project.shown(path): _content(project, path) for path in files}
    known: dict[str, str] = {}

    def told(match: re.Match) -> str:
        entry = match[1]
        if entry not in known:
            places = [(*_line(content, entry), name) for name, content in contents.items()]
            depth, line, name = max(places, key=lambda place: place[0])
            known[entry] = f"{name}, line {line} ({entry})" if depth else match[0]
        return known[entry]

    return lambda problem: replace(problem, message=_NAMED.sub(told, problem.message))


def _content(project: Project, path):
    """The parameters as they are written; nothing where they cannot be read, told elsewhere."""
    name = project.shown(path)
    try:
        return yaml_file.load(yaml_file.read_text(path, name), name)
    except (FileNotFoundError, ReviewError):
        return None


def _line(content, entry: str) -> tuple[int, int]:
    """How many keys of an entry such as `cleaning.diagnoses` there are, and the last's line."""
    depth = line = 0
    for key in entry.split("."):
        if not hasattr(content, "lc") or key not in content:
            break
        depth, line = depth + 1, content.lc.key(key)[0] + 1
        content = content[key]
    return depth, line
