"""What the robustness tests share: copies of the raw data, ways to damage them, and the verdict."""

from __future__ import annotations

import csv
import functools
import io
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from case_review.audit import claims
from case_review.data import cleaning, expectations, intake, reading, rules, schema
from case_review.data.problems import DataError
from case_review.parameters import loading
from case_review.project import Project

#: Tables of which this review has no rows that could be damaged.
EMPTY = {"appraisal"}


@dataclass
class Verdict:
    """What becomes of raw data: clean tables, or the lines of the one error.

    Parameters
    ----------
    tables
        The clean tables; empty if the data were refused.
    refused
        The error's lines, without its first; empty if the data were accepted.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def judge(project: Project, terms: dict) -> Verdict:
    """What `01_cleaning` does, without a kernel; only a `DataError` counts as a refusal."""
    params = (project.root / "params.yml").resolve()
    try:
        known = terms["diagnoses"], terms["events"]
        checked = intake.check(project, *known, [claims.problems], _effects(params))
    except DataError as error:
        first, *lines = str(error).splitlines()
        assert re.fullmatch(r"[\d,]+ problems? in the raw data:", first)
        return Verdict(refused=lines)
    made = cleaning.Cleaning(checked.source, terms["diagnoses"], terms["events"], 30.4375)
    tables = made.run()
    clean = {name: table for name, table in tables.items() if name != "ledger"}
    expectations.validate(project, "clean", clean).raise_for_failures()
    return Verdict(tables)


@functools.cache
def _effects(params: Path) -> list:
    return loading.load(Project(params.parent)).values["safety"]["effects"]


def remember_checks(monkeypatch_module) -> None:
    """Let each content of a table be read, judged and compared once in this process.

    Nearly all tables of a damaged set are the same as before, and each costs a tenth of a second.
    """

    def check(stage, name, path, suite, frame):
        return _judged(stage, name, str(path), pickle.dumps((suite, frame)))

    monkeypatch_module.setattr(expectations, "_check", check)
    compared = [
        (functools.partial(_compared, rule, needed), needed) for rule, needed in _real_rules
    ]
    monkeypatch_module.setattr(rules, "_RULES", compared)
    monkeypatch_module.setattr(reading, "attempt_table", _attempted)


_real_check, _real_attempt = expectations._check, reading.attempt_table
_real_rules = rules._RULES
_readings: dict[tuple, bytes] = {}


@functools.lru_cache(maxsize=256)
def _judged(stage, name, path, pickled):
    return _real_check(stage, name, Path(path), *pickle.loads(pickled))


def _compared(rule, needed, tables):
    # Of the tables that the rule names; another would be missed.
    return pickle.loads(_held(rule, pickle.dumps({name: tables[name] for name in sorted(needed)})))


@functools.lru_cache(maxsize=1024)
def _held(rule, pickled):
    return pickle.dumps(list(rule(pickle.loads(pickled))))


def _attempted(folder, name, names=MappingProxyType({}), columns=schema.ANY):
    # All that lies there under this name: a message may name a file that is not read.
    near = (path for path in sorted(Path(folder).iterdir()) if path.stem.lower() == name.lower())
    content = tuple((path.name, path.read_bytes()) for path in near)
    used = frozenset((column, frozenset(some)) for column, some in names.items())
    key = name, content, used, repr(columns)
    if key not in _readings:
        _readings[key] = pickle.dumps(_real_attempt(folder, name, names, columns))
    return pickle.loads(_readings[key])


# -- ways to change a file -------------------------------------------------------------------------


def rows_of(content: bytes) -> list[list[str]]:
    """The rows of a CSV file, the header first."""
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def content_of(rows: list[list[str]], delimiter: str = ",") -> bytes:
    """The bytes of a CSV file of these rows."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode("utf-8")


def on_rows(change: Callable[[list[list[str]]], object]) -> Callable[[bytes], bytes]:
    """A change of bytes from one of rows, made in place."""

    def changed(content: bytes) -> bytes:
        rows = rows_of(content)
        change(rows)
        return content_of(rows)

    return changed


def cells(row: int, **values: str) -> Callable[[bytes], bytes]:
    """Set cells of a line of the file, the header being line 1."""

    def change(rows):
        for column, value in values.items():
            rows[row - 1][rows[0].index(column)] = value

    return on_rows(change)
