"""Write what follows from the columns anew: their part of every suite, and the dictionary.

    make expectations

The columns are those of `case_review/data/columns.toml` and of `params.yml` (`cleaning.columns`),
the dictionary is `data/raw/README.md`; rules that somebody has added to a suite stay as they are.
"""

from __future__ import annotations

import json
import re

from case_review.data import declared as columns_of
from case_review.data.schema import AUDITED, FOUND, SHOWN, Column, Schema, TableSchema
from case_review.data.suites import declared, is_declared
from case_review.files import to_json, write_text
from case_review.project import Project, find_project

_NAMES = {"whole": "whole number"}
_HEADINGS = "| column | holds | values | given | meaning |\n| --- | --- | --- | --- | --- |\n"


def renewed(suite: dict, name: str, stage: str, columns: Schema) -> dict:
    """A suite with the expectations that follow from the columns, and its own rules after them."""
    implied = declared(name, stage, columns)
    known = [(one["type"], one["kwargs"]) for one in implied]
    own = [
        one
        for one in suite["expectations"]
        if not is_declared(one) and (one["type"], one["kwargs"]) not in known
    ]
    return {**suite, "expectations": [*implied, *own]}


def dictionary(text: str, columns: Schema) -> str:
    """The text of `data/raw/README.md` with the table of columns below each of its marks."""
    for name, table in (columns.tables | AUDITED | SHOWN | FOUND).items():
        mark = f"<!-- columns of {name} -->\n"
        rows = "".join(_row(column, table) for column in table.columns.values())
        text = re.sub(rf"{mark}(\|.*\n)*", lambda _, new=mark + _HEADINGS + rows: new, text)
    return text


def _row(column: Column, table: TableSchema) -> str:
    unit = f"`{column.unit}`" if column.unit in table.columns else column.unit
    holds = ", ".join(filter(None, [_NAMES.get(column.type, column.type), unit]))
    values = ", ".join(column.values) or column.source
    if column.lowest is not None:
        values = f"{column.lowest} to {column.highest}"
    given = "always" if column.required else ""
    given = f"with `{column.given_with}`" if column.given_with else given
    cells = [f"`{column.name}`", holds, values, given, column.meaning]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def write(project: Project) -> None:
    """Renew all suites of tables, and the dictionary."""
    columns = columns_of.of(project)
    for stage in ("raw", "clean"):
        for path in sorted(project.expectations.glob(f"*_{stage}.json")):
            suite = json.loads(path.read_text(encoding="utf-8"))
            suite = renewed(suite, path.stem.removesuffix(f"_{stage}"), stage, columns)
            write_text(path, to_json(suite))
    path = project.raw / "README.md"
    write_text(path, dictionary(path.read_text(encoding="utf-8"), columns))


if __name__ == "__main__":
    write(find_project())
