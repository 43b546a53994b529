"""Suites of expectations as JSON files: read, and refused where Great Expectations cannot use one.

Everything that is wrong with any suite is told at once, by file, number and type of expectation.
"""

from __future__ import annotations

import difflib
import inspect
import json
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path

from case_review.data import json_file, judged, rules
from case_review.data.judging import great_expectations
from case_review.data.problems import spelled, visible
from case_review.data.schema import ANY, FILE, OWN, Column, Schema, TableSchema
from case_review.errors import ReviewError

#: Marks, in an expectation's `meta`, that it follows from the columns.
MARK = "declared"
#: Writes all suites and the dictionary anew, from the columns.
_RENEW = "make expectations"
#: What data are checked at, in this order.
STAGES = ("raw", "clean")
#: Lists of the audit, which lie beside the suites.
_OTHERS = ("reproduced.json", "results.json")
#: The table of comparisons between the raw tables.
_COMPARISONS = TableSchema({name: Column(name, "") for name in rules.COLUMNS})
#: What a review may set otherwise for a column of its patients.
_ALLOWING = ("expect_column_values_to_be_in_set", "expect_column_values_to_be_between")
#: How a day is written.
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_WHOLE = ["Int64Dtype", "int64"]
_NUMBERS = [*_WHOLE, "Float64Dtype", "float64"]


def read(
    folder: Path, stage: str, keep: Path | None = None, columns: Schema = ANY
) -> dict[str, dict]:
    """The suites of a stage by the name of their table; those of the other stage are checked too.

    Parameters
    ----------
    keep
        A folder for what was found of each suite, so that none is checked twice; see `judged`.
    columns
        The columns that the suites should say.

    Raises
    ------
    ReviewError
        With everything that makes any of them unusable, and every suite that is missing or is of
        no table.
    """
    found, problems = {}, list(_of_no_table(folder))
    for each in STAGES:
        for name, table in _tables(each, columns).items():
            path = folder / f"{name}_{each}.json"
            try:
                suite = json_file.read(path, place(path))
                given = [path.name, suite, each, repr(table)]
                sound = partial(_sound, path, suite, name, each, columns)
                judged.once(keep, "suite", given, sound)
            except FileNotFoundError:
                problems.append(f"expectations/ has no suite {path.name}. Put it back.")
            except ReviewError as error:
                problems.append(str(error))
            else:
                found |= {name: suite} if each == stage else {}
    if problems:
        raise ReviewError("\n".join(problems))
    return found


def _of_no_table(folder: Path) -> Iterator[str]:
    """What is called like a suite, or nearly so, and belongs to no table."""
    suites = [f"{name}_{stage}.json" for stage in STAGES for name in _tables(stage, ANY)]
    for path in sorted(folder.glob("*")):
        hidden = path.name.startswith(".")
        if hidden or path.suffix.lower() != ".json" or path.name in (*suites, *_OTHERS):
            continue
        name, _, stage = path.stem.rpartition("_")
        what = f"is for a table {name}, and there is none" if stage in STAGES else "is no suite"
        hint = _meant(path.name, suites)
        yield f"{place(path)} {what}.{hint} Rename or remove it."


def place(path: Path, number: int | None = None, type: str = "") -> str:
    """A suite, or one of its expectations counted from 1, as messages name it."""
    suite = f"expectations/{path.name}"
    return f"{suite}, expectation {number} ({visible(type)})" if number else suite


def _sound(path: Path, suite, name: str, stage: str, columns: Schema) -> bool:
    """That nothing is wrong with a suite, or else a ReviewError with all of it."""
    if problems := list(_problems(path, suite, name, stage, columns)):
        raise ReviewError("\n".join(problems))
    return True


def _problems(path: Path, suite, name: str, stage: str, columns: Schema) -> Iterator[str]:
    kind, shape = great_expectations().ExpectationSuite, {"name": str, "expectations": list}
    if not _has(suite, kind, shape) or not isinstance(suite.get("meta", {}), dict):
        yield (
            f"{place(path)}: expected an object with `name`, `expectations` and `meta`."
            f"{_unknown(suite, kind)} Mend it."
        )
        return
    if suite["name"] != path.stem:
        yield f"{place(path)}: its name is '{suite['name']}', expected '{path.stem}'. Correct it."
    known = {"file_row", *_tables(stage, columns)[name].columns}
    entries = suite["expectations"]
    if not entries:
        yield f"{place(path)}: it holds no expectation. Put them back."
    found = [
        f"{place(path, number, _type(one))}: {problem}"
        for number, one in enumerate(entries, 1)
        for problem in (*_of_expectation(one, known), *_twice(one, entries, number))
    ]
    yield from found
    own = [one for one in entries if not found and is_declared(one)]
    if not found and own != (wanted := declared(name, stage, columns)):
        pairs = zip(own, wanted, strict=False)
        same = next((n for n, (one, other) in enumerate(pairs) if one != other), len(own))
        number = entries.index(own[same]) + 1 if same < len(own) else 0
        first = f" The first to differ is {_named(entries[number - 1], number)}." if number else ""
        yield (
            f"{place(path)}: what it says of columns differs from what {FILE} and {OWN} declare. "
            f"Declare it there, and `{_RENEW}` writes it anew.{first}"
        )


def _twice(one, entries: list, number: int) -> Iterator[str]:
    """Whether an expectation says again what one before it says."""
    said = [_said(other) for other in entries[: number - 1]]
    if isinstance(one, dict) and _said(one) in said:
        yield f"it says the same as expectation {said.index(_said(one)) + 1}. Remove one."


def _said(one) -> tuple | None:
    return (one.get("type"), one.get("kwargs")) if isinstance(one, dict) else None


def _named(one, number: int) -> str:
    return f"expectation {number} ({_type(one)})"


def _of_expectation(one, columns: Collection[str]) -> Iterator[str]:
    from great_expectations.exceptions import ExpectationNotFoundError
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    if not _has(one, ExpectationConfiguration, {"type": str, "kwargs": dict}):
        yield (
            "expected an object with `type` (`expectation_type` before Great Expectations 1.0), "
            f"`kwargs` and `meta`.{_unknown(one, ExpectationConfiguration)} Mend it."
        )
        return
    meta = one.get("meta") or {}
    if not isinstance(meta, dict) or not isinstance(meta.get("notes", ""), str):
        yield "`meta` should be an object, and `notes` in it a text. Correct it."
        return
    listed = one["kwargs"].get("column_list", [])
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        yield "`column_list` should be a list of names of columns. Correct it."
        return
    if "$PARAMETER" in json.dumps(one["kwargs"]):
        yield "`$PARAMETER` stands for nothing here. Write the value."
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


def _unknown(entry, kind: type) -> str:
    """The names in an entry that `kind` has not."""
    known = inspect.signature(kind).parameters
    names = [name for name in entry if name not in known] if isinstance(entry, dict) else []
    return f" Found '{visible(names[0])}', which is not understood." if names else ""


def _type(one) -> str:
    found = one.get("type", one.get("expectation_type")) if isinstance(one, dict) else "none"
    return visible(str(found))


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


def _tables(stage: str, columns: Schema) -> dict[str, TableSchema]:
    """The tables of a stage that have suites, the one of comparisons among them."""
    return columns.clean if stage == "clean" else {**columns.tables, "across": _COMPARISONS}


def declared(name: str, stage: str, columns: Schema = ANY) -> list[dict]:
    """What the columns of a table imply, as its suite holds it; nothing for other suites."""
    table = _tables(stage, columns).get(name)
    table = None if table is _COMPARISONS else table
    implied = list(_of_table(name, table, stage) if table else ())
    if name == "posters" and stage == "raw":
        implied += _of_levels(table.columns["variable"].values, columns)
    return [
        {"type": f"expect_{type}", "kwargs": kwargs, "meta": {"notes": notes, MARK: True}}
        for type, notes, kwargs in implied
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


def _of_column(column: Column, stage: str) -> Iterator[tuple[str, str, dict]]:
    name, own = column.name, {"column": column.name}
    if column.required:
        yield "column_values_to_not_be_null", f"{name} is given in every row", own
    if column.values:
        yield _one_of(name, column, own)
    if column.date:
        notes = f"{name} is a day, written as 2026-01-31, or empty"
        # The pattern alone allows 2026-02-30, the format alone 2026-1-31.
        yield "column_values_to_match_regex", notes, own | {"regex": _DAY}
        yield "column_values_to_match_strftime_format", notes, own | {"strftime_format": "%Y-%m-%d"}
    if column.lowest is not None:
        notes = f"{name} lies between {column.lowest} and {column.highest}"
        notes = f"{name} is at least {column.lowest}" if column.highest is None else notes
        limits = {"min_value": column.lowest, "max_value": column.highest}
        yield "column_values_to_be_between", notes, own | limits
    # Raw cells are text; reading has told what is no number, and no whole one.
    if stage == "clean" and column.type != "text":
        notes, types = f"{name} holds numbers", _NUMBERS
        if column.type == "whole":
            notes, types = f"{name} holds whole numbers", _WHOLE
        yield "column_values_to_be_in_type_list", notes, own | {"type_list": types}


def _of_levels(variables: tuple[str, ...], columns: Schema) -> Iterator[tuple[str, str, dict]]:
    """The levels that posters count are the values that patients may have."""
    for variable in variables:
        column = columns.tables["patients"].columns.get(variable)
        if column is not None and column.values:
            where = {"row_condition": f'variable == "{variable}"', "condition_parser": "pandas"}
            yield _one_of(f"the level of {variable}", column, {"column": "level"}, where)


def _one_of(what: str, column: Column, own: dict, where: dict | None = None):
    notes = f"{what} is one of: {', '.join(column.values)}"
    notes += "" if column.required else ", or empty"
    kwargs = {**own, "value_set": list(column.values), **(where or {})}
    return "column_values_to_be_in_set", notes, kwargs


def in_words(one: Mapping) -> str:
    """An expectation that has no `notes`: what its name says, and what it is given."""
    given = {name: value for name, value in one["kwargs"].items() if name != "column"}
    said = ", ".join(f"{name.replace('_', ' ')} {_listed(value)}" for name, value in given.items())
    words = one["type"].removeprefix("expect_").replace("_", " ")
    return visible(f"expected {words}" + (f": {said}" if said else ""), 300)


def _listed(value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def remedy(suite: str, config, value: str) -> str:
    """What to do: spell a value as it is listed, or allow more in columns of the patients."""
    hint = spelled(value, config.kwargs.get("value_set") or ())
    allowed = suite == "patients_raw" and config.type in _ALLOWING and MARK in config.meta
    return hint + (f" Correct it, or allow it in {OWN}." if allowed else "")


def is_declared(expectation: dict) -> bool:
    """Whether an expectation of a suite follows from the columns."""
    return MARK in (expectation.get("meta") or {})
