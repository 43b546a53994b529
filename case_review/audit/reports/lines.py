"""The report as lines of plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from case_review.audit.report import Report, Unread, counted

#: As many pieces that were not read are all told; of more, the first of each table or section.
_ALL = 12
#: Characters of such a piece.
_WIDE = 60


def text(report: Report) -> str:
    """The report as text, its last line saying of how many numbers what was found."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    found = [*report.findings, *report.notes]
    for number, finding in enumerate(found, start=1):
        yield f"{number:>3}. {finding.severity}: {finding.line()}"
    for one in report.acknowledged:
        yield f"  -  acknowledged: {one.finding.line()} It stands because: {one.reason}"
    yield from report.remarks
    if report.drafted:
        read = ", ".join(f"{where} ({number})" for where, number in report.places.items())
        yield f"Read: {read or 'nothing with numbers'}."
    yield from unread(report.unread)
    if sentence := halves(report):
        yield sentence
    yield f"{report.source}: {report.summary}"


def unread(pieces: Sequence[Unread]) -> Iterator[str]:
    """What of a paper was not read: all if that is little, else the first of each place."""
    if len(pieces) <= _ALL:
        for one in pieces:
            yield f"Not read: {one.place}: ‘{_short(one.text)}’: {one.why}."
        return
    for _, among in groupby(pieces, key=lambda one: one.place.partition(",")[0]):
        first, *others = among
        more = f", and {len(others)} more" if others else ""
        yield f"Not read: {first.place}: ‘{_short(first.text)}’{more}: {first.why}."


def _short(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[:_WIDE]}…"


def halves(report: Report) -> str:
    """Which way the paper rounds percentages that end in a half; empty where none does."""
    up, even = report.halves
    if not up + even:
        return ""
    of = counted(up + even, "percentages")
    verb = "ends" if up + even == 1 else "end"
    if not up or not even:
        way = "to the even digit" if even else "up"
        return f"{of} {verb} in a half before rounding: rounded {way}."
    return f"{of} {verb} in a half before rounding: {up} rounded up, {even} to the even digit."
