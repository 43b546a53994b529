"""The columns of a project's tables, with what its `params.yml` says of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from case_review.data import schema, yaml_file
from case_review.data.schema import Schema
from case_review.project import Project


def of(project: Project) -> Schema:
    """The columns of a project; those of any review where it has no `params.yml`.

    What the parameters say is checked by `parameters.loading`, not here.

    Raises
    ------
    ReviewError
        If a file of parameters cannot be read.
    """
    files = dict.fromkeys((project.root / "params.yml", project.params_file))
    texts = [(project.shown(path), _text(project, path)) for path in files if path.is_file()]
    return _of(tuple(texts))


def names(project: Project) -> dict[str, list[str]]:
    """The columns of each clean and raw table, by its path from `data/`."""
    columns = of(project)
    raw = columns.tables | schema.AUDITED | schema.SHOWN | schema.FOUND
    return {
        f"{stage}/{name}": list(table.columns)
        for stage, tables in (("clean", columns.clean), ("raw", raw))
        for name, table in tables.items()
    }


def _text(project: Project, path: Path) -> str:
    return yaml_file.read_text(path, project.shown(path))


# By content, for a page asks for each of its tables.
@lru_cache(maxsize=8)
def _of(texts: tuple[tuple[str, str], ...]) -> Schema:
    cleaning: dict = {}
    outcome, exposures = None, ()
    for name, text in texts:
        content = yaml_file.plain(yaml_file.load(text, name)) or {}
        cleaning |= content.get("cleaning") or {}
        shared = content.get("shared") or {}
        outcome = shared.get("outcome", outcome)
        exposures = (shared.get("words") or {}).get("exposures") or exposures
    return schema.of(cleaning, outcome, exposures)
