"""Suites of expectations as JSON files: read, and refused where Great Expectations cannot use one.

Everything that is wrong with any suite is told at once, by file, number and type of expectation.
"""

from __future__ import annotations

import difflib
import inspect
import json
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pandas as pd

from case_review.data.schema import CLEAN, FILE, TABLES, Column, TableSchema
from case_review.errors import ReviewError

#: Marks, in an expectation's `meta`, that it follows from the columns.
MARK = "declared"
#: Writes all suites and the dictionary anew, from the columns.
_RENEW = ".venv/bin/python -m expectations.renew"
_WHOLE = ["Int64Dtype", "int64"]
_NUMBERS = [*_WHOLE, "Float64Dtype", "float64"]


def great_expectations():
    """The package, which takes seconds to import, so only where data are checked."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    return gx


def read(paths: Mapping[str, Path], frames: Mapping[str, pd.DataFrame], stage: str) -> dict:
    """The suites of a stage by the name of their table.

    Parameters
    ----------
    frames
        The tables that they are for.

    Raises
    ------
    ReviewError
        With everything that makes any of them unusable.
    """
    found, problems = {}, []
    for name, path in paths.items():
        try:
            found[name] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            problems.append(
                f"{place(path)}: this is no JSON ({error}). Look there for a comma too many, or "
                "for a quotation mark or bracket that is missing."
            )
            continue
        problems += _problems(path, found[name], name, stage, frames[name].columns)
    if problems:
        raise ReviewError("\n".join(problems))
    return found


def place(path: Path, number: int | None = None, type: str = "") -> str:
    """A suite, or one of its expectations counted from 1, as messages name it."""
    suite = f"expectations/{path.name}"
    return f"{suite}, expectation {number} ({type})" if number else suite


def _problems(path: Path, suite, name: str, stage: str, columns: Collection[str]) -> Iterator[str]:
    shape = {"name": str, "expectations": list}
    if not _has(suite, great_expectations().ExpectationSuite, shape):
        yield f"{place(path)}: expected an object with `name`, `expectations` and `meta`. Mend it."
        return
    # A table that lacks a declared column is told of by the expectation on its columns.
    known = {*columns, *_tables(stage).get(name, TableSchema({})).columns}
    found = [
        f"{place(path, number, _type(one))}: {problem}"
        for number, one in enumerate(suite["expectations"], 1)
        for problem in _of_expectation(one, known)
    ]
    yield from found
    own = [one for one in suite["expectations"] if not found and is_declared(one)]
    if not found and own != declared(name, stage):
        yield (
            f"{place(path)}: what it says of columns differs from what {FILE} declares. "
            f"Declare it there, and `{_RENEW}` writes it anew."
        )


def _of_expectation(one, columns: Collection[str]) -> Iterator[str]:
    from great_expectations.exceptions import ExpectationNotFoundError
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    if not _has(one, ExpectationConfiguration, {"type": str, "kwargs": dict}):
        yield (
            "expected an object with `type` (`expectation_type` before Great Expectations 1.0), "
            "`kwargs` and `meta`. Mend it."
        )
        return
    for name in named(one["type"], one["kwargs"]):
        if name not in columns:
            yield f"the table has no column '{name}'.{_meant(name, columns)} Correct it."
    try:
        ExpectationConfiguration(**one).to_domain_obj()
    except ExpectationNotFoundError:
        hint = _meant(one["type"], list_registered_expectation_implementations())
        yield f"Great Expectations has no expectation of this type.{hint} Correct it."
    except Exception as error:  # of pydantic, or of whatever the type makes of its kwargs
        details = error.errors() if hasattr(error, "errors") else []
        told = [f"{' '.join(map(str, d['loc']))}: {d['msg']}" for d in details] or [str(error)]
        yield f"its kwargs do not fit ({'; '.join(told)}). Correct them."


def _has(entry, kind: type, shape: dict[str, type]) -> bool:
    """Whether an entry of JSON is an object of this shape, with nothing that `kind` has not."""
    return (
        isinstance(entry, dict)
        and set(entry) <= set(inspect.signature(kind).parameters)
        and all(isinstance(entry.get(key), expected) for key, expected in shape.items())
    )


def _type(one) -> str:
    return str(one.get("type", one.get("expectation_type"))) if isinstance(one, dict) else "none"


def named(type: str, kwargs: Mapping) -> list[str]:
    """The columns whose values an expectation is about; none for one on the table itself."""
    if str(type).startswith("expect_table"):
        return []
    found = [kwargs.get(key) for key in ("column", "column_A", "column_B")]
    return [name for name in [*found, *kwargs.get("column_list", [])] if isinstance(name, str)]


def _meant(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f" Is '{near[0]}' meant?" if near else ""


# -- what follows from the columns -----------------------------------------------------------------


def _tables(stage: str) -> dict[str, TableSchema]:
    return TABLES if stage == "raw" else CLEAN


def declared(name: str, stage: str) -> list[dict]:
    """What the columns of a table imply, as its suite holds it; nothing for other suites."""
    table = _tables(stage).get(name)
    return [
        {"type": f"expect_{type}", "kwargs": kwargs, "meta": {"notes": notes, MARK: True}}
        for type, notes, kwargs in (_of_table(name, table, stage) if table else ())
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
