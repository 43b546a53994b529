"""Text to sentences, without taking the point of an abbreviation for an end."""

from __future__ import annotations

import re

_ENDS = re.compile(r"(?<=[.!?])[\"'”’)\]]?\s+(?=[\"'“‘(\[]?[A-Z0-9ÄÖÜÉÅØ])")
_SHORT = re.compile(
    r"(?:^|[\s(\[])(?:e\.g|i\.e|cf|vs|al|ca|approx|resp|no|nos|fig|figs|tab|dr|prof|st|ref|refs|eq|"
    r"sect|vol|p|pp|ed|eds|min|max|sd|s\.d|s\.e|c\.i|d\.f|a\.m|p\.m|etc|incl|[A-Z])\.$",
    re.IGNORECASE,
)
#: More characters than the longest abbreviation has.
_LONGEST = 10


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, in their order."""
    found: list[str] = []
    start = 0
    for end in _ENDS.finditer(text):
        if not _SHORT.search(text[max(start, end.start() - _LONGEST) : end.start()]):
            found.append(text[start : end.start()].strip())
            start = end.end()
    return [*found, text[start:].strip()] if text[start:].strip() else found
