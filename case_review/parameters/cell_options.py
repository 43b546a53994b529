"""The `#| name: value` lines at the top of a notebook cell, as Quarto reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPTION = re.compile(r"#\|\s?([\w-]+)\s*:\s*(.*)")
#: A line that goes on with the option above: indented, or an entry of a list.
_MORE = re.compile(r"#\|\s+(?:(?<=\s\s)|(?=- ))(.*)")
#: What announces that the text begins on the next line.
_BLOCK = ("|", "|-", ">", ">-")


def lines(source: str) -> Iterator[tuple[str, str]]:
    """Each line of a cell from the top to its last option: the option's name and its text there."""
    name = ""
    for line in source.splitlines():
        if match := _OPTION.fullmatch(line):
            name, text = match.groups()
        elif name and (match := _MORE.fullmatch(line)):
            text = match[1]
        elif line.strip():
            return
        else:
            name, text = "", ""
        yield name, text


def options(source: str) -> dict[str, str]:
    """The options of a cell by name, with quotes around a value removed."""
    found: dict[str, str] = {}
    for name, text in lines(source):
        before = found.get(name, "")
        found[name] = f"{'' if before in _BLOCK else before} {text}".strip()
    found.pop("", None)
    return {name: _unquoted(value) for name, value in found.items()}


def label(source: str) -> str:
    """The cell's `label`, which results and exhibits are named after; empty without one."""
    return options(source).get("label", "")


def without(source: str) -> str:
    """The cell's code alone."""
    return "\n".join(source.splitlines()[len(list(lines(source))) :]).strip("\n")


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value
