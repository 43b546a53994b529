"""Running the scenarios: each in a copy of the sources, many at a time, none twice.

What a scenario gives is kept under the hash of all that it is made from. So a finished one is never
run again until something changes, and whoever is killed meanwhile loses what he was doing, no more.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from case_review import registry
from case_review.build import alternative, dependencies, kept, workers
from case_review.errors import ReviewError
from case_review.files import to_json, write_if_changed, write_text
from case_review.living.scenarios.declared import FILE, Declared, Scenario
from case_review.project import PARAMS_VARIABLE, Project

#: In the build's folder: a copy for each scenario, and what finished ones gave.
FOLDER = "scenarios"
#: The lines of a failed build that are told.
_LINES = 12
#: Most finished scenarios that are kept.
_KEPT = 5000


def run(
    project: Project, declared: Declared, told: Callable[[str, dict, bool], None], count: int | None
) -> dict[str, dict]:
    """What every scenario gives, by its name: `results`, or `error` in words.

    Parameters
    ----------
    told
        Called with the name of a scenario, what it gave, and whether it was known from before.
    count
        How many run at a time; by default as many as there are processors.

    Raises
    ------
    ReviewError
        If the cluster that is named cannot be reached or ends every process.
    """
    sources = digest(project)
    keys = {one.name: _key(one, declared.notebooks, sources) for one in declared.scenarios}
    folder = project.build / FOLDER / "kept"
    found = {}
    for name, key in keys.items():
        if (known := _read(folder / f"{key}.json")) is not None:
            found[name] = known
            told(name, known, True)
    todo = [one for one in declared.scenarios if one.name not in found]

    def finished(result: dict) -> None:
        name = result.pop("name")
        found[name] = result
        if "error" not in result:
            write_text(folder / f"{keys[name]}.json", to_json(result))
        told(name, result, False)

    chunks = [
        {"name": one.name, "params": _text(one)}
        | {"notebooks": declared.notebooks, "sources": sources}
        for one in todo
    ]
    workers.spread(make, chunks, progress=finished, workers=count)
    _prune(folder, {f"{key}.json" for key in keys.values()})
    return {one.name: found[one.name] for one in declared.scenarios}


def make(name: str, params: str, notebooks: list[str], sources: str) -> dict:
    """Build the notebooks of one scenario, and take what they recorded.

    It runs in a worker, in the checkout that the worker was started in.

    Parameters
    ----------
    name
        Of the scenario and of its copy of the sources.
    params
        Its `params.yml`.
    notebooks
        Those that are wanted; they run with all that they come after.
    sources
        The digest of the sources that it is meant to be made from.

    Returns
    -------
    dict
        `name`, and `results` by id, or `error`: the last lines of the build that failed.
    """
    project = Project(kept.ROOT)
    copy = Project(project.build / FOLDER / name)
    wanted = _wanted(project, notebooks)
    alternative.follow(project, copy, leave_out=[*_left_out(project, wanted), "params.yml"])
    write_if_changed(copy.root / "params.yml", params)
    if digest(project) != sources:
        return {"name": name, "error": "the sources changed meanwhile; type the same again"}
    given = {key: value for key, value in os.environ.items() if key != PARAMS_VARIABLE}
    command = [sys.executable, "-m", "case_review", "build", "notebooks", "--jobs", "1"]
    done = subprocess.run(
        command, cwd=copy.root, env=given, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        return {"name": name, "error": "\n".join(lines[-_LINES:]) or "the build was ended"}
    return {"name": name, "results": dict(_recorded(copy, notebooks))}


def _recorded(project: Project, notebooks: list[str]) -> Iterator[tuple[str, dict]]:
    """What the notebooks recorded: the numbers of each result, and its words."""
    fields = ("value", "low", "high", "unit", "text", "standing", "least", "most")
    for name in notebooks:
        path = project.results / f"{name}.json"
        registry.read(path)  # which refuses a damaged one
        for one in json.loads(path.read_text(encoding="utf-8"))["results"]:
            yield one["id"], {key: one.get(key) for key in fields}


def _wanted(project: Project, notebooks: list[str]) -> set[str]:
    """The notebooks and all that they come after."""
    order, wanted, todo = dependencies.before(project), set(), list(notebooks)
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo += order.get(name, [])
    return wanted


def _left_out(project: Project, wanted: set[str]) -> list[str]:
    names = dependencies.notebook_names(project)
    return [f"notebooks/{name}.ipynb" for name in names if name not in wanted]


def digest(project: Project) -> str:
    """The SHA-256 of all sources that a scenario is made from, but for parameters."""
    sums = [
        (relative.as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
        for relative, path in sorted(alternative.sources(project).items())
        if relative.parts[0] != "report" and relative.as_posix() not in ("params.yml", FILE)
        and relative.suffix != ".md"
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(sums).encode()).hexdigest()


def _key(one: Scenario, notebooks: list[str], sources: str) -> str:
    text = json.dumps([one.values, notebooks, sources], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(one: Scenario) -> str:
    """The `params.yml` of a scenario: YAML that is JSON keeps every number as it is."""
    return json.dumps(one.values, indent=1, ensure_ascii=False) + "\n"


def _read(path: Path) -> dict | None:
    """What is kept of a finished scenario, if it can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "results" in found else None


def _prune(folder: Path, used: set[str]) -> None:
    """Remove what no scenario asks for any longer once it is much."""
    others = [path for path in folder.glob("*.json") if path.name not in used]
    others.sort(key=lambda path: path.stat().st_mtime)
    for path in others[: max(0, len(others) - _KEPT)]:
        path.unlink(missing_ok=True)


def require(project: Project) -> None:
    """Refuse to run in a copy that another parameter file or a scenario has.

    Raises
    ------
    ReviewError
        If `PARAMS=` names another file.
    """
    if alternative.is_other(project):
        raise ReviewError("make scenarios is for params.yml: leave out PARAMS=.")
