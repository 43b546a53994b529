"""The order of the notebooks, as people read it: what each comes after, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator

from case_review.build import dependencies, facts
from case_review.project import Project


def lines(project: Project) -> Iterator[str]:
    """A paragraph for each notebook, in the order of their running, and one for the report."""
    with facts.one_look():
        order = dependencies.before(project)
        for name, before in order.items():
            yield name
            yield f"    comes after  {_short(before, order) or 'nothing; a build begins here'}"
            yield f"    reads        {', '.join(_read(project, name)) or 'no data'}"
    yield "the report"
    yield "    comes after  all notebooks"
    yield "    reads        the manuscript, what the notebooks made, and the raw tables"


def _short(before: list[str], order: dict[str, list[str]]) -> str:
    """Names, without those that follow from others: what comes before them has come before."""
    implied = {name for one in before for name in order[one]}
    return ", ".join(name for name in before if name not in implied)


def _read(project: Project, name: str) -> Iterator[str]:
    """The data that a notebook reads, by path; of a folder that it may read whole, the folder."""
    inputs = dependencies.inputs(project, name)
    for folder in (project.raw, project.clean, project.expectations, project.results):
        here = [path for path in inputs if path.parent == folder]
        shown = project.relative(folder)
        if len(here) > _FEW or (here and here == _all(project, folder)):
            yield f"{shown}/ ({len(here)} files)"
        else:
            yield from (project.relative(path) for path in here)


#: More files of one folder are not listed.
_FEW = 4


def _all(project: Project, folder) -> list:
    return dependencies.data_files(folder)
