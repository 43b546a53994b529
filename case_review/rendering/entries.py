"""Entries of a YAML text that know their lines, and messages that name them."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from case_review.build import made
from case_review.errors import ReviewError

#: Deeper than any header needs; readers of YAML recurse.
_DEEPEST = 20


@dataclass(frozen=True)
class Entries:
    """The mapping that a YAML text holds.

    Parameters
    ----------
    name
        Its file as messages name it.
    content
        ruamel's mapping, which remembers its lines.
    """

    name: str
    content: dict

    @classmethod
    def of(cls, name: str, text: str) -> Entries:
        """Read a text.

        Raises
        ------
        ReviewError
            With line and column, if it is no YAML, uses aliases, or is no mapping.
        """
        empty = cls(name, {})
        try:
            # What was found to be plain right before need not be taken apart twice.
            parts = [Path(__file__), made.version("ruamel.yaml"), text]
            made.recall("entries", parts, lambda: empty._refuse_deep(text) or b"plain")
            content = YAML(pure=True).load(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f", column {mark.column + 1}" if mark else ""
            problem = str(error.problem or error.context).split("\n")[0].rstrip(".")
            message = f"this is no YAML{where}: {problem}. Quote texts that hold `: `, `#` or `@`."
            raise empty.refuse(mark.line + 1 if mark else 1, message) from None
        except YAMLError as error:
            raise empty.refuse(1, f"this is no YAML: {' '.join(str(error).split())}") from None
        except ValueError as error:
            raise empty.refuse(1, f"a value cannot be read ({error}). Quote it.") from None
        if content is None:
            return empty
        if not isinstance(content, dict):
            raise empty.refuse(2, "expected entries such as `title: …`.")
        return cls(name, content)

    def _refuse_deep(self, text: str) -> None:
        depth = 0
        for event in YAML(pure=True).parse(text):
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            line = event.start_mark.line + 1
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
                raise self.refuse(line, "anchors and aliases (`&`, `*`) are not supported. Quote "
                                  "a text that begins with one, or write it out.")  # fmt: skip
            if depth > _DEEPEST:
                raise self.refuse(line, f"entries are nested more than {_DEEPEST} deep.")

    def refuse(self, line: int, message: str) -> ReviewError:
        """An error at a line."""
        return ReviewError(f"{self.name}, line {line}: {message}")

    def error(self, node, key, message: str) -> ReviewError:
        """An error at an entry of a mapping or a list."""
        return self.refuse(self.line(node, key), message)

    def line(self, node, key) -> int:
        """The line (from 1) of an entry of a mapping or a list."""
        lines = getattr(node, "lc", None)
        if lines is None:
            return 1
        found = lines.item(key) if isinstance(node, list) else lines.key(key)
        return found[0] + 1

    def text(self, node, key) -> str:
        """An entry that must be a text.

        Raises
        ------
        ReviewError
            Naming its line, if it is empty or anything else.
        """
        value = node[key]
        shown = f"`{key}`" if isinstance(key, str) else "this entry"
        if not isinstance(value, str):
            # A number or a date would be printed in another form than it is written in.
            kind = {
                "NoneType": "nothing", "CommentedMap": "entries", "CommentedSeq": "a list",
                "date": "a date", "TimeStamp": "a date", "bool": "true or false",
            }.get(type(value).__name__, "a number")  # fmt: skip
            message = f"{shown} must be a text, found {kind}. Put quotation marks around it."
            raise self.error(node, key, message)
        if not value.strip():
            raise self.error(node, key, f"{shown} is empty. Write its text, or remove it.")
        return value.strip()

    def texts(self, node, key) -> list[str]:
        """An entry that must be a text or a list of texts."""
        value = node[key]
        if not isinstance(value, list):
            return [self.text(node, key)]
        if not value:
            raise self.error(node, key, f"`{key}` is empty. Write its text, or remove it.")
        return [self.text(value, place) for place in range(len(value))]

    def known(self, node: dict, keys: Collection[str], what: str) -> None:
        """Refuse an entry of a mapping that is none of `keys`."""
        for key in node:
            if key not in keys:
                near = difflib.get_close_matches(str(key), keys, 1, 0.5)
                hint = f" Did you mean `{near[0]}`?" if near else ""
                message = f"`{key}` of {what} is not known.{hint} Known are {', '.join(keys)}."
                raise self.error(node, key, message)
