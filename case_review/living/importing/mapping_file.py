"""The mapping as a file: read, written with what may be said, shown as a table, asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

from ruamel.yaml import YAML

from case_review.data import yaml_file
from case_review.errors import ReviewError
from case_review.files import write_text
from case_review.living.importing.mapping import SETTINGS, Mapping
from case_review.living.importing.questions import Question
from case_review.living.importing.sheet import Sheet

_HEAD = """\
# How the columns of a sheet become the review's tables: `make import FILE=...` reads this.
# Replace every ? by an answer. `to` names a column of ours, or one of: own (kept as a column of the
# review's own), ignore, count (a number of patients, of reports without single patients), only
# (rows with this `value` alone are read). `codes` say what words stand for.
"""


def read(path: Path) -> Mapping:
    """The mapping of a file, with text wherever people write words or numbers; empty without one.

    Raises
    ------
    ReviewError
        If it is no YAML, or not made of settings, fixed and columns.
    """
    if not path.is_file():
        return {}
    found = yaml_file.load(yaml_file.read_text(path, str(path)), str(path))
    found = _text(yaml_file.plain(found) or {})
    shape = isinstance(found, dict) and isinstance(found.get("columns", {}), dict)
    for name in ("settings", "fixed", "columns"):
        if shape and not found.get(name):
            found[name] = {}
    if not shape or not all(isinstance(e, dict) and "to" in e for e in found["columns"].values()):
        raise ReviewError(
            f"{path}: expected `settings`, `fixed` and `columns`, and `to` for each of these. "
            "Correct it, or move it away and draft it anew."
        )
    return found


def _text(value):
    """Keys and values as they were meant: `1: yes` is two words."""
    if isinstance(value, dict):
        return {str(key): _text(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_text(entry) for entry in value]
    return "" if value is None else str(value)


def write(path: Path, mapping: Mapping) -> None:
    """Write a mapping; the same mapping gives the same bytes."""
    printer = YAML()
    printer.allow_unicode = True
    printer.width = 100
    printer.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    printer.dump(mapping, stream)
    lines = []
    for line in stream.getvalue().splitlines():
        name = line.strip().split(":")[0]
        if line.startswith("  ") and not line.startswith("   ") and SETTINGS.get(name):
            line = f"{line}  # {' | '.join(SETTINGS[name])}"
        lines.append(line)
    write_text(path, _HEAD + "\n".join(lines) + "\n")


def shown(mapping: Mapping, sheet: Sheet) -> Iterator[str]:
    """What was understood, a line for each column."""
    rows = [("column", "header", "becomes", "sure", "unit and words")]
    for letter, entry in mapping["columns"].items():
        said = [entry.get(key, "") for key in ("unit", "name", "variable", "level", "value")]
        codes = [f"{word} = {code}" for word, code in entry.get("codes", {}).items()]
        said += [*codes[:3], f"and {len(codes) - 3} more" * (len(codes) > 3)]
        name = entry["header"] + " (hidden)" * (letter in sheet.hidden)
        said = ", ".join(filter(None, said))
        rows.append((letter, name, entry["to"], entry.get("sure", ""), said))
    widths = [min(36, max(len(row[n]) for row in rows)) for n in range(4)]
    for row in rows:
        cells = [row[n][: widths[n]].ljust(widths[n]) for n in range(4)]
        yield "  ".join([*cells, row[4]]).rstrip()


def ask(mapping: Mapping, asked: list[Question], answer: Callable[[str], str]) -> bool:
    """Put the questions to somebody; an empty answer leaves one open.

    Parameters
    ----------
    answer
        Shows a text, and returns what is typed.

    Returns
    -------
    bool
        Whether anything was answered.
    """
    any_said = False
    for question in asked:
        said = answer(f"{question}\n? ").strip()
        while said and not question.takes(said):
            said = answer(f"'{said}' is none of these. {question}\n? ").strip()
        if not said:
            continue
        entry = mapping
        for key in question.place[:-1]:
            entry = entry[key]
        entry[question.place[-1]] = said
        any_said = True
    return any_said
