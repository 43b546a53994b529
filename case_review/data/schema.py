"""The columns of the raw and the clean tables: `columns.toml`, and what a review says of its own.

`columns.toml` declares what any review may have. A review declares further columns of its patients,
or other values of a known one, in `params.yml` (`cleaning.columns`); what a diagnosis stands for
(`cleaning.diagnoses`) and the outcome (`shared.outcome`) make columns of the clean table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from case_review.errors import ReviewError

#: Where the columns are declared, as messages name it.
FILE = "case_review/data/columns.toml"
#: Where a review declares its own, as messages name it.
OWN = "params.yml (cleaning.columns)"

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
    date
        Whether it holds days, written as 2026-01-31.
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
    date: bool = False
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
    def needed(self) -> list[str]:
        """Columns that a file must have; the others may be left out of it, and are empty then."""
        return [n for n, column in self.columns.items() if column.required or n in self.key]

    def type_of(self, name: str) -> str:
        """The type of a column; text for one that is not declared."""
        return self.columns[name].type if name in self.columns else TYPES[0]

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
    return _parsed(declared, stage)


def _parsed(declared: Mapping, stage: str) -> dict[str, TableSchema]:
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


@dataclass(frozen=True)
class Outcome:
    """What patients are followed for, as `shared.outcome` of `params.yml` says.

    Parameters
    ----------
    event, time
        The columns of `patients.csv` that say whether it came (yes or no), and when.
    unit
        The unit of time of results and axes.
    noun, past
        Words for it: "time to {noun}", "patients who {past}".
    """

    event: str = "response"
    time: str = "response_time_value"
    unit: str = "weeks"
    noun: str = "response"
    past: str = "responded"


@dataclass(frozen=True)
class Schema:
    """The columns of the tables of one review.

    Parameters
    ----------
    tables, clean
        Raw tables that have suites, and those that cleaning makes of them, apart from its ledger.
    made
        Further tables that notebooks make; the other patients have the columns of the clean ones.
    order
        The names of each table's columns, raw and clean ones, in the order of their declaration.
    facts
        What cleaning derives from a diagnosis, so that no later step needs the dictionary.
    missing
        Words by which this review says, besides the usual ones, that a value is missing.
    outcome
        What patients are followed for.
    exposures
        What the review is about, by `shared.words.exposures` of `params.yml`; empty if not said.
    """

    tables: dict[str, TableSchema]
    clean: dict[str, TableSchema]
    made: dict[str, TableSchema]
    order: dict[str, list[str]]
    facts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    outcome: Outcome = field(default_factory=Outcome)
    exposures: tuple[str, ...] = ()

    def text_columns(self, table: str, columns: Iterable[str]) -> list[str]:
        """Those of the columns of a clean table that hold text, whatever it looks like."""
        if table not in self.clean:
            return []
        return [name for name in columns if name not in self.clean[table].numbers]


def of(
    cleaning: Mapping, outcome: Mapping | None = None, exposures: Iterable[str] = ()
) -> Schema:
    """The columns of a review, from the section `cleaning`, `shared.outcome` and what it is about.

    Raises
    ------
    ReviewError
        If a column has an entry that there is none of.
    """
    declared, followed = tomllib.loads(_TEXT), Outcome(**(outcome or {}))
    facts = _facts(cleaning.get("diagnoses") or {})
    entries = _with_own(declared["patients"]["columns"], facts, cleaning.get("columns") or {})
    words = {"{noun}": followed.noun, "{past}": followed.past}
    declared["patients"]["columns"] = {name: _worded(e, words) for name, e in entries.items()}
    raw, clean = _parsed(declared, "raw"), _parsed(declared, "clean")
    own = [n for n, c in raw["patients"].columns.items() if n not in _KNOWN and c.type == TYPES[0]]
    for tables, more in ((raw, own), (clean, [*facts, *own])):
        counted = tables["posters"].columns
        values = dict.fromkeys((*POSTER_VARIABLES, *more))
        counted["variable"] = replace(counted["variable"], values=tuple(values))
    made = _chosen(clean, "ledger standing verdicts ensemble_curves other_patients")
    made["other_patients"].columns.update(clean["patients"].columns)
    order = {name: list(entry["columns"]) for name, entry in declared.items()}
    order["other_patients"] = list(made["other_patients"].columns)
    return Schema(
        _chosen(raw, f"{_CLEANED} published"), _chosen(clean, _CLEANED), made, order,
        tuple(facts), tuple(cleaning.get("missing") or ()), followed, tuple(exposures),
    )  # fmt: skip


def _facts(diagnoses: Mapping) -> dict[str, dict]:
    """The column of each thing that a diagnosis stands for, as `columns.toml` would declare it."""
    facts = {}
    for name in dict.fromkeys(name for entry in diagnoses.values() for name in entry):
        given = [entry.get(name) for entry in diagnoses.values()]
        facts[name] = {
            "stage": "clean",
            "required": None not in given,
            "source": "`cleaning.diagnoses` in `params.yml`",
            "meaning": "What the diagnosis stands for.",
        }
        if all(isinstance(one, bool) for one in given if one is not None):
            facts[name] = facts[name] | {"values": ["yes", "no"], "source": ""}
    return facts


def _with_own(columns: Mapping, facts: Mapping, own: Mapping) -> dict[str, dict]:
    """The columns of patients with those of a review, whose units are given with their numbers."""
    found: dict[str, dict] = {}
    for name, entry in columns.items():
        found |= {name: entry} | (dict(facts) if name == "diagnosis" else {})
    for name, entry in own.items():
        entry = {fact: value for fact, value in entry.items() if value is not None}
        if "highest" in entry and entry.get("type", TYPES[0]) != TYPES[0]:
            entry = {"lowest": 0} | entry
        found[name] = {"meaning": "A column of this review.", **found.get(name, {}), **entry}
    for name, entry in own.items():
        unit = entry.get("unit")
        if unit in found and "given_with" not in found[unit]:
            found[unit] = {**found[unit], "given_with": name}
    return found


def _worded(entry: Mapping, words: Mapping[str, str]) -> dict:
    """A declaration whose texts have the words of the outcome."""
    said = dict(entry)
    for fact in ("meaning", "label"):
        for place, word in words.items():
            said |= {fact: said[fact].replace(place, word)} if fact in said else {}
    return said


def _chosen(tables: dict[str, TableSchema], names: str) -> dict[str, TableSchema]:
    return {name: tables[name] for name in names.split()}


_TEXT = Path(__file__).with_name("columns.toml").read_text(encoding="utf-8")
_RAW = parse(_TEXT, "raw")
_KNOWN = tuple(_RAW["patients"].columns)
_LISTS = "pathway reporting_items appraisal_items appraisal certainty review_statements"
_CLEANED = "reports patients posters adverse_events screening later_evidence"
#: What posters are counted by; a review may do without some of them.
POSTER_VARIABLES = _RAW["posters"].columns["variable"].values
#: What any review has, before it says anything of its own.
ANY = of({})
#: Raw tables that have suites, as any review has them; cleaning uses all but the printed numbers.
TABLES, CLEAN = ANY.tables, ANY.clean
#: Raw tables without which there is no review; any other may be missing, and has no rows then.
NEEDED = ("reports", "patients")
#: Raw tables that only the audit reads, as they stand.
AUDITED = _chosen(_RAW, "published_checks audit_questions")
#: Raw tables that a notebook shows as they stand; a review may do without.
SHOWN = _chosen(_RAW, _LISTS)
#: Raw tables that the reconstruction writes: the extreme sets it checks as it reads them.
FOUND = _chosen(_RAW, "extreme_sets contradictions")

#: Stands for all patients beside the keys of groups, so that no group may be called so.
OVERALL = "overall"
