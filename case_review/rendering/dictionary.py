"""The dictionary of the data on the site: what a column holds, and what was found in it."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

from case_review import units
from case_review.build import made
from case_review.data import raw_file, schema
from case_review.data.schema import Column, Schema
from case_review.formatting import with_unit
from case_review.project import Project

#: So many different texts are listed; of more, their number.
_LISTED = 6
_TYPES = {"text": "Text", "number": "Number", "whole": "Whole number"}
#: A code, or the name of a column, of several words.
_CODE = re.compile(r"(?<![\w.])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w.])")
_UNIT = re.compile(r"(?<=/)m2\b")
_JOINED = re.compile(r";(?=\S)")
#: Ids in `report/labels.yml` that say what a code of the data is called.
_VALUE = "value."
_LARGE = re.compile(r"(?<![\w.,-])\d{5,}(?![\w-]|[.,]\d)")
#: A row of the table of files in a folder's `README.md`.
_FILES = re.compile(r"^\| (`[^|]*) \| ([^|]*) \|", re.MULTILINE)


def path(project: Project, stage: str, table: str) -> Path:
    """The file of a table."""
    folder = project.raw if stage == "raw" else project.clean
    return raw_file.path_of(folder, table) if stage == "raw" else folder / f"{table}.csv"


def rows(project: Project, stage: str, table: str) -> list[dict[str, str]] | None:
    """The rows of a table as texts; None if it is not there or cannot be read."""
    file = path(project, stage, table)
    return _rows(file, made.content(file)) if file.is_file() else None


@lru_cache(maxsize=64)
def _rows(file: Path, content: bytes) -> list[dict[str, str]] | None:
    try:
        lines = [cells for _, cells in raw_file.read_path(file).lines]
    except raw_file.FileProblem:
        return None
    return [dict(zip(lines[0], cells, strict=False)) for cells in lines[1:]]


def about(project: Project, table: str) -> str:
    """What a row of a table is, as the `README.md` beside it says."""
    files = [folder / raw_file.README for folder in (project.raw, project.clean)]
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files if file.is_file()]
    text = "\n".join(texts)
    for names, each in _FILES.findall(text):
        files, units = re.findall(r"`([^`]+)`", names), each.split(", ")
        if f"{table}.csv" in files:
            unit = units[files.index(f"{table}.csv")] if len(units) == len(files) else each
            return f"One row per {unit}." if not unit.startswith("(") else ""
    return ""


def called(columns: Schema, table: str, name: str) -> str:
    """What readers see a column called, such as `starting dose`."""
    declared = _declared(columns, table, name)
    return declared.said if declared else name.replace("_", " ")


def stage(columns: Schema, table: str, name: str) -> str:
    """The only stage, raw or clean, at which a table has a column; empty for both."""
    declared = _declared(columns, table, name)
    return declared.stage if declared else ""


def in_words(columns: Schema, known: dict[str, str], table: str, text: str) -> str:
    """A text about a table, with what its columns and codes are called, and units as printed.

    Parameters
    ----------
    columns
        The columns of this review.
    known
        The entries of `report/labels.yml`.
    """

    def said(match: re.Match) -> str:
        word = match[0]
        is_column = _declared(columns, table, word) is not None
        return called(columns, table, word) if is_column else _code(known, word)

    return with_commas(_UNIT.sub("m²", _CODE.sub(said, text)))


def _code(known: dict[str, str], text: str) -> str:
    """What a code is called, for which `report/labels.yml` may have words."""
    return known.get(f"{_VALUE}{text}") or text.replace("_", " ")


def _value(known: dict[str, str], text: str) -> str:
    """A value of a column of texts as readers see it; several in one cell are joined."""
    text = _code(known, text) if _CODE.fullmatch(text) else text
    return _JOINED.sub(" + ", units.shown(text) if "/" in text else text)


def column(columns: Schema, known: dict[str, str], table: str, name: str) -> str:
    """What a column means and what may stand in it, in words; empty if nothing declares it."""
    declared = _declared(columns, table, name)
    if declared is None:
        return ""
    parts = [declared.meaning, _holds(columns, declared, table, known)]
    if declared.required:
        parts.append("Never empty.")
    elif declared.given_with:
        other = called(columns, table, declared.given_with)
        parts.append(f"Given exactly where there is one for: {other}.")
    else:
        parts.append(f"Empty where {'there is none' if table in columns.made else 'not reported'}.")
    if declared.stage:
        parts.append("Only in the raw table." if declared.stage == "raw" else "Made by cleaning.")
    return with_commas(" ".join(part for part in parts if part).replace("`", ""))


def with_commas(text: str) -> str:
    """A text whose large whole numbers have commas, as numbers of the report have."""
    return _LARGE.sub(lambda match: f"{int(match[0]):,}", text)


def _holds(columns: Schema, declared: Column, table: str, known: dict[str, str]) -> str:
    if declared.values:
        return f"{_listed([_value(known, text) for text in declared.values])}."
    unit = declared.unit
    beside = unit in columns.order[table]
    unit = ", in the unit beside it" if beside else f", {units.shown(unit)}" if unit else ""
    limits = ""
    if declared.lowest is not None:
        limits = f", from {declared.lowest} to {declared.highest}"
    source = f" from {declared.source}" if declared.source else ""
    return f"{_TYPES[declared.type]}{unit}{limits}{source}."


def _listed(values: list[str]) -> str:
    *first, last = values
    words = f"{', '.join(first)} or {last}" if first else last
    return begun(words)


def begun(words: str) -> str:
    """Words as a sentence begins with them; a unit, such as mg/kg/day, stays as it is."""
    first = words.split(" ", 1)[0].strip(",.;:")
    return words[:1].upper() + words[1:] if first.replace("-", "").isalpha() else words


def _declared(columns: Schema, table: str, name: str) -> Column | None:
    fixed = (schema.AUDITED, schema.SHOWN, schema.FOUND)
    for tables in (columns.clean, columns.tables, *fixed, columns.made):
        if table in tables and name in tables[table].columns:
            return tables[table].columns[name]
    return None


def found(
    project: Project, columns: Schema, known: dict[str, str], stage: str, table: str, name: str
) -> str:
    """What stands in a column: in how many rows, and the ends of numbers or the texts.

    Empty if the table is not there, has no rows, or no such column.
    The others are as for `in_words`.
    """
    lines = rows(project, stage, table)
    if lines is None or not lines or name not in lines[0]:
        return ""
    given = [line for line in lines if line[name]]
    if not given:
        return f"empty in all {len(lines):,} rows"
    where = "all" if len(given) == len(lines) else f"{len(given):,} of"
    declared = _declared(columns, table, name)
    texts = [line[name] for line in given]
    if declared and declared.type != "text":
        seen = _ends(texts, [line.get(declared.unit, declared.unit) for line in given])
    else:
        seen = _counts(texts, declared.values if declared else (), known)
    return with_commas(f"{where} {len(lines):,} rows; {seen}")


def _ends(texts: list[str], units: list[str]) -> str:
    """The smallest and the largest number of each unit."""
    by_unit: dict[str, list[tuple[float, str]]] = {}
    for text, unit in zip(texts, units, strict=True):
        try:
            by_unit.setdefault(unit, []).append((float(text), text.removesuffix(".0")))
        except ValueError:
            return f"{len(set(texts)):,} different values"
    parts = []
    for unit, numbers in sorted(by_unit.items(), key=lambda each: -len(each[1])):
        least, most = min(numbers)[1], max(numbers)[1]
        least = f"{least} to " if least != most else ""
        parts.append(least + with_unit(most, unit))
    return ", ".join(parts)


def _counts(texts: list[str], order: tuple[str, ...], known: dict[str, str]) -> str:
    counts = Counter(texts)
    if not order and len(counts) == len(texts) > 1:
        return "all different"
    if len(counts) > max(_LISTED, len(order)):
        return f"{len(counts):,} different texts"
    ranks = {value: rank for rank, value in enumerate(order)}
    listed = sorted(counts.items(), key=lambda each: (ranks.get(each[0], len(ranks)), -each[1]))
    return ", ".join(f"{_value(known, text)} ({n:,})" for text, n in listed)
