"""What is wrong with a manuscript, all of it in one message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from case_review.errors import ReviewError
from case_review.rendering import ast

_LINE = re.compile(r", line (\d+): ")


class Problems:
    """Problems in the order in which a manuscript is read, by stages.

    What is wrong at a line in one stage often makes what a later one finds there, so that of each
    line only those of the first stage count.

    Attributes
    ----------
    lost
        Labels of what was refused, and so is missing where others lead to it.
    """

    def __init__(self):
        self.lost: set[str] = set()
        self._found: dict[str, int] = {}
        self._lines: dict[int, int] = {}
        self._stage = 0

    def __len__(self) -> int:
        return len(self._found)

    @contextmanager
    def stage(self) -> Iterator[None]:
        """Within the block what is wrong is noted; a stage that cannot go on ends with it.

        Raises
        ------
        ReviewError
            If a stage fails in a way of its own after an earlier one had found something.
        """
        self._stage += 1
        try:
            yield
        except ReviewError as error:
            self.note(error)
        except Exception:
            self.stop()  # for what was refused before may be the reason
            raise

    @contextmanager
    def each(self) -> Iterator[None]:
        """Within the block of one thing among several what is wrong with it is noted."""
        try:
            yield
        except ReviewError as error:
            self.note(error)

    def note(self, error: ReviewError) -> None:
        """Add a problem."""
        text = str(error)
        line = _line(text)
        if self._lines.setdefault(line, self._stage) == self._stage or not line:
            self._found.setdefault(text, line)

    def walking(self, change: Callable[[dict], list | dict | None]) -> Callable:
        """`change` for `ast.walk`, which leaves out what it refuses and goes on."""

        def safe(node: dict) -> list | dict | None:
            try:
                return change(node)
            except ReviewError as error:
                self.note(error)
                self.lost |= set(_ids(node))
                return []

        return safe

    def stop(self) -> None:
        """Stop if anything is wrong.

        Raises
        ------
        ReviewError
            With all of it, in the order of lines.
        """
        if self._found:
            raise ReviewError("\n".join(sorted(self._found, key=self._found.get)))


def _line(text: str) -> int:
    match = _LINE.search(text)
    return int(match[1]) if match else 0


def _ids(node: dict) -> Iterator[str]:
    """The ids of an element and of what stands in it, and the labels of embedded cells."""
    for each in ast.each([node]):
        content = each.get("c")
        attributes = content[1] if each["t"] == "Header" else content[0] if content else None
        if isinstance(attributes, list) and len(attributes) == 3:
            id, _, pairs = attributes
            yield from [id] if isinstance(id, str) and id else []
            if isinstance(pairs, list):
                yield from (pair[1] for pair in pairs if pair[0] == "label")
