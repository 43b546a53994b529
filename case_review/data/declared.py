"""What follows from the declared columns: a part of every suite, and the tables of the dictionary.

`python -m case_review.data.declared` writes both anew; rules that somebody has added to a suite
stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from case_review.data.schema import AUDITED, CLEAN, SHOWN, TABLES, Column, TableSchema
from case_review.files import to_json, write_text
from case_review.project import Project, find_project

#: Marks, in an expectation's `meta`, that it follows from the columns.
MARK = "declared"
_WHOLE = ["Int64Dtype", "int64"]
_NUMBERS = [*_WHOLE, "Float64Dtype", "float64"]
_NAMES = {"whole": "whole number"}
_HEADINGS = "| column | holds | values | given | meaning |\n| --- | --- | --- | --- | --- |\n"


# -- the suites ------------------------------------------------------------------------------------


def columns(name: str, stage: str) -> dict[str, Column]:
    """The columns of a table at a stage, `raw` or `clean`; none of what is no such table."""
    return (TABLES if stage == "raw" else CLEAN).get(name, TableSchema({})).columns


def expectations(name: str, stage: str) -> list[dict]:
    """What the columns of a table imply, as its suite holds it; nothing for other suites."""
    tables = TABLES if stage == "raw" else CLEAN
    return [
        {"type": f"expect_{type}", "kwargs": kwargs, "meta": {"notes": notes, MARK: True}}
        for type, notes, kwargs in (_of_table(name, tables[name], stage) if name in tables else ())
    ]


def _of_table(name: str, table: TableSchema, stage: str) -> Iterator[tuple[str, str, dict]]:
    listed = {"column_list": ["file_row", *table.columns]}
    notes = "the table has exactly its documented columns, in their order"
    yield "table_columns_to_match_ordered_list", notes, listed
    if len(table.key) == 1:
        yield "column_values_to_be_unique", f"{table.key[0]} is unique", {"column": table.key[0]}
    elif table.key:
        kwargs = {"column_list": list(table.key), "ignore_row_if": "never"}
        yield "compound_columns_to_be_unique", f"{', '.join(table.key)} name one row", kwargs
    for column in table.columns.values():
        yield from _of_column(column, stage)
    if name == "posters" and stage == "raw":
        yield from _of_levels(table.columns["variable"].values)


def _of_column(column: Column, stage: str) -> Iterator[tuple[str, str, dict]]:
    name, own = column.name, {"column": column.name}
    if column.required:
        yield "column_values_to_not_be_null", f"{name} is given in every row", own
    if column.values:
        yield _one_of(name, column, own)
    if column.lowest is not None:
        notes = f"{name} lies between {column.lowest} and {column.highest}"
        limits = {"min_value": column.lowest, "max_value": column.highest}
        yield "column_values_to_be_between", notes, own | limits
    # Raw cells are text; reading has told what is no number, and no whole one.
    if stage == "clean" and column.type != "text":
        notes, types = f"{name} holds numbers", _NUMBERS
        if column.type == "whole":
            notes, types = f"{name} holds whole numbers", _WHOLE
        yield "column_values_to_be_in_type_list", notes, own | {"type_list": types}


def _of_levels(variables: tuple[str, ...]) -> Iterator[tuple[str, str, dict]]:
    """The levels that posters count are the values that patients may have."""
    for variable in variables:
        column = TABLES["patients"].columns.get(variable)
        if column is not None and column.values:
            where = {"row_condition": f'variable == "{variable}"', "condition_parser": "pandas"}
            yield _one_of(f"the level of {variable}", column, {"column": "level"}, where)


def _one_of(what: str, column: Column, own: dict, where: dict | None = None):
    notes = f"{what} is one of: {', '.join(column.values)}"
    notes += "" if column.required else ", or empty"
    kwargs = {**own, "value_set": list(column.values), **(where or {})}
    return "column_values_to_be_in_set", notes, kwargs


def is_declared(expectation: dict) -> bool:
    """Whether an expectation of a suite follows from the columns."""
    return MARK in (expectation.get("meta") or {})


def renewed(suite: dict, name: str, stage: str) -> dict:
    """A suite with the expectations that follow from the columns, and its own rules after them."""
    declared = expectations(name, stage)
    known = [(one["type"], one["kwargs"]) for one in declared]
    own = [
        one
        for one in suite["expectations"]
        if not is_declared(one) and (one["type"], one["kwargs"]) not in known
    ]
    return {**suite, "expectations": [*declared, *own]}


# -- the dictionary --------------------------------------------------------------------------------


def dictionary(text: str) -> str:
    """The text of `data/raw/README.md` with the table of columns below each of its marks."""
    for name, table in (TABLES | AUDITED | SHOWN).items():
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
    for stage in ("raw", "clean"):
        for path in sorted(project.expectations.glob(f"*_{stage}.json")):
            suite = json.loads(path.read_text(encoding="utf-8"))
            suite = renewed(suite, path.stem.removesuffix(f"_{stage}"), stage)
            write_text(path, to_json(suite))
    path = project.raw / "README.md"
    write_text(path, dictionary(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    write(find_project())
