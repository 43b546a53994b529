"""The columns of the raw and the clean tables, as `columns.toml` declares them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path

from case_review.errors import ReviewError

#: Where the columns are declared, as messages name it.
FILE = "case_review/data/columns.toml"

#: What a column can hold; numbers are not negative.
TYPES = ("text", "number", "whole")


@dataclass(frozen=True)
class Column:
    """One column; an empty cell means not reported.

    Parameters
    ----------
    name, meaning
        What it is called, and in one sentence what it holds.
    type
        `text`, `number` or `whole` (a whole number).
    unit
        Of a number, or the column that names it.
    values, source
        All values that it may have, or where they come from; empty where any will do.
    lowest, highest
        Bounds of a number, or None.
    required
        Whether it is never empty.
    given_with
        A column that is given exactly where this one is.
    stage
        `raw` for one that cleaning drops, `clean` for one that it adds, else empty.
    label
        What readers see it called; without one, its name with blanks.
    """

    name: str
    meaning: str
    type: str = TYPES[0]
    unit: str = ""
    values: tuple[str, ...] = ()
    source: str = ""
    lowest: float | None = None
    highest: float | None = None
    required: bool = False
    given_with: str = ""
    stage: str = ""
    label: str = ""

    @property
    def said(self) -> str:
        """What readers see it called."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True)
class TableSchema:
    """The shape of one table.

    Parameters
    ----------
    columns
        All columns by name, in order.
    key
        Columns that together name a row; empty where rows have no key.
    """

    columns: dict[str, Column]
    key: tuple[str, ...] = ()

    @property
    def numbers(self) -> list[str]:
        """Columns that hold numbers."""
        return [name for name, column in self.columns.items() if column.type != TYPES[0]]

    @property
    def whole(self) -> list[str]:
        """Columns that hold whole numbers."""
        return [name for name, column in self.columns.items() if column.type == "whole"]


def parse(text: str, stage: str) -> dict[str, TableSchema]:
    """The tables that a text like `columns.toml` declares, as they are at a stage: raw or clean.

    Raises
    ------
    ReviewError
        If it is no TOML, or a column has an entry that there is none of, or lacks its meaning.
    """
    try:
        declared = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReviewError(f"{FILE}: {error}. Correct it there.") from None
    return {name: _table(name, entry, stage) for name, entry in declared.items()}


def _table(table: str, entry: dict, stage: str) -> TableSchema:
    columns = {name: _column(table, name, facts) for name, facts in entry["columns"].items()}
    named = [entry.get("key", []), entry.get("clean_key", [])]
    named += [[column.given_with] for column in columns.values() if column.given_with]
    for name in (name for names in named for name in names if name not in columns):
        raise ReviewError(f"{FILE}, {table}: there is no column {name}. Correct its name.")
    key = entry.get("key", ())
    return TableSchema(
        {name: column for name, column in columns.items() if column.stage in ("", stage)},
        tuple(entry.get("clean_key", key) if stage == "clean" else key),
    )


def _column(table: str, name: str, facts: dict) -> Column:
    place, known = f"{FILE}, {table}.{name}", [field.name for field in fields(Column)][1:]
    for fact in (fact for fact in facts if fact not in known):
        raise ReviewError(f"{place}: found '{fact}', expected one of {', '.join(known)}.")
    if not facts.get("meaning"):
        raise ReviewError(f"{place}: the meaning is missing. Say in a sentence what stands there.")
    column = Column(name, **{**facts, "values": tuple(facts.get("values", ()))})
    if column.type not in TYPES:
        expected = ", ".join(TYPES)
        raise ReviewError(f"{place}: found the type '{column.type}', expected one of {expected}.")
    return column


def _chosen(tables: dict[str, TableSchema], names: str) -> dict[str, TableSchema]:
    return {name: tables[name] for name in names.split()}


_TEXT = Path(__file__).with_name("columns.toml").read_text(encoding="utf-8")
_RAW, _CLEAN = parse(_TEXT, "raw"), parse(_TEXT, "clean")
_CLEANED = "reports patients posters adverse_events screening later_evidence"

#: The names of each table's columns, raw and clean ones, in the order in which they are declared.
ORDER = {name: list(entry["columns"]) for name, entry in tomllib.loads(_TEXT).items()}
#: Raw tables that have suites; cleaning uses all but the printed numbers.
TABLES = _chosen(_RAW, f"{_CLEANED} published")
#: Raw tables that only the audit reads, as they stand.
AUDITED = _chosen(_RAW, "published_checks audit_questions")
#: Raw tables that a notebook shows as they stand; a review may do without.
_LISTS = "pathway reporting_items appraisal_items appraisal certainty review_statements"
SHOWN = _chosen(_RAW, _LISTS)
#: Raw tables that the reconstruction writes: the extreme sets it checks as it reads them.
FOUND = _chosen(_RAW, "extreme_sets contradictions")
#: The tables that cleaning makes, apart from its ledger.
CLEAN = _chosen(_CLEAN, _CLEANED)
#: Further tables that notebooks make; the other patients have the columns of the clean ones.
MADE = _chosen(_CLEAN, "ledger standing verdicts ensemble_curves other_patients")
MADE["other_patients"].columns.update(CLEAN["patients"].columns)
ORDER["other_patients"] = list(MADE["other_patients"].columns)

#: What posters are counted by; a review may do without some of them.
POSTER_VARIABLES = TABLES["posters"].columns["variable"].values

#: Stands for all patients beside the keys of groups, so that no group may be called so.
OVERALL = "overall"
#: What cleaning derives from a diagnosis, so that no later step needs the dictionary.
DERIVED = ("anomaly", "type", "lymphatic")
CLEAN["posters"].columns["variable"] = replace(
    CLEAN["posters"].columns["variable"], values=POSTER_VARIABLES + DERIVED
)
#: The columns of the clean patients.
CLEAN_PATIENTS = tuple(CLEAN["patients"].columns)


def text_columns(table: str, columns: Iterable[str]) -> list[str]:
    """Those of the columns of a clean table that hold text, whatever it looks like."""
    if table not in CLEAN:
        return []
    return [name for name in columns if name not in CLEAN[table].numbers]
