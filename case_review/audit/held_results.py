"""No result goes missing unseen: what a notebook recorded once, it records still.

Numbers of the manuscript and printed numbers are missed at once, others only by a reader who looks
for them. The list of all results is therefore kept below `expectations/`, and held against what
the notebooks record.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from case_review import registry
from case_review.errors import ReviewError
from case_review.files import to_json, write_text
from case_review.project import Project

#: The file of results that must stay recorded, below `expectations/`.
HELD = "results.json"


def accept(project: Project) -> int:
    """Write the list from the last `make notebooks`; returns the number of results."""
    held = {
        notebook: {"parameters": parameters, "results": cells}
        for notebook, parameters, cells in _recorded(project)
        if cells  # a notebook that records nothing has nothing to lose
    }
    write_text(project.expectations / HELD, to_json(held))
    return sum(len(entry["results"]) for entry in held.values())


def _recorded(
    project: Project, names: Collection[str] | None = None
) -> Iterator[tuple[str, dict, dict[str, str]]]:
    """Each notebook, or those of some names, with its parameters and the cells of its results."""
    for path in sorted(project.results.glob("*.json")):
        if names is not None and path.stem not in names:
            continue
        document = json.loads(path.read_text(encoding="utf-8"))
        cells = {result["id"]: result["cell"] for result in document["results"]}
        yield document["notebook"], document["parameters"], cells


def accepted(path: Path, needed: str) -> dict:
    """What was accepted last; if there is no such file, the error says what is `needed`."""
    if not path.is_file():
        raise ReviewError(
            f"{path} does not exist: the audit needs the {needed}. Make it with "
            "`python -m case_review.audit accept`."
        )
    return json.loads(path.read_text(encoding="utf-8"))


def hold(
    project: Project, path: Path, notebook: str, parameters: dict, own: Iterable[registry.Result]
) -> None:
    """Refuse a build in which a result is missing.

    A notebook that ran with other parameters than at acceptance is not held to its list, since
    parameters (times, month lengths) may name results.

    Parameters
    ----------
    path
        The list that `accept` has written.
    notebook, parameters, own
        The notebook that asks, which still runs, and what it has recorded.

    Raises
    ------
    ReviewError
        Naming every missing result with its notebook and cell.
    """
    held = accepted(path, "list of results that must stay recorded")
    # Of no others, for those that run later have left what they recorded last time.
    before = held.keys() - {notebook}
    now = {name: (others, cells.keys()) for name, others, cells in _recorded(project, before)}
    now[notebook] = json.loads(to_json(parameters)), {result.id for result in own}
    missing = []
    for name, entry in held.items():
        current, ids = now.get(name, (entry["parameters"], ()))
        if current == entry["parameters"]:
            lost = {id: cell for id, cell in entry["results"].items() if id not in ids}
            missing += [f"  {id}: notebooks/{name}.ipynb, cell {lost[id]}" for id in lost]
    if missing:
        raise ReviewError(
            f"{len(missing)} result(s) are no longer recorded:\n"
            + "\n".join(missing)
            + "\nRecord them again in that cell. If the change is meant, run "
            f"`python -m case_review.audit accept` and commit expectations/{path.name}."
        )
