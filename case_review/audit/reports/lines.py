"""The report as lines of plain text, for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from case_review.audit.report import Report, counted


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
    for why, number in Counter(one.why for one in report.unread).most_common():
        yield f"Not read, {counted(number, 'pieces')} of the paper: {why}."
    if sentence := halves(report):
        yield sentence
    yield f"{report.source}: {report.summary}"


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
