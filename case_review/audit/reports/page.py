"""The report as a page for an author or editor: what is printed, what was expected, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from case_review.audit.findings import (
    IMPOSSIBLE,
    INCONSISTENT,
    KINDS,
    NOTE,
    REASONS,
    ROUNDING,
    SEVERITIES,
    Finding,
)
from case_review.audit.report import Report, counted
from case_review.audit.reports.lines import halves
from case_review.exhibits import sheet

#: What each severity asks of an author.
_ASKS = {
    IMPOSSIBLE: "No data can give this. Correct it.",
    INCONSISTENT: "These numbers cannot all be right. Look them up in the data.",
    ROUNDING: "Round it anew, from the number before rounding.",
    NOTE: "Look whether it is meant so; if it is, say so in the paper.",
}
#: What a kind asks where it is no question of the numbers in the data.
_ASKS_OF_KIND = {
    "gap": "Word the labels so that each value has a category.",
    "overlap": "Word the labels so that each value has one category only.",
    "disagreement": "Look up which is right, and print it at both places.",
    "misprint": "Correct the print.",
    "transcription": "Correct the file, or the paper.",
}


def html(report: Report) -> str:
    """The page: one file, without scripts, for phones and for paper."""
    name = Path(report.source).name
    return sheet.page(
        report.title or name, "Audit of printed numbers", _parts(report),
        source=f" from {name}",
    )  # fmt: skip


def _parts(report: Report) -> Iterator[str]:
    yield sheet.para(f"{Path(report.source).name}: {report.summary}")
    if sentence := halves(report):
        yield sheet.para(sentence)
    yield sheet.para(
        "A finding says that printed numbers contradict one another, or cannot be. Most are slips "
        "that change no conclusion. What could not be checked is listed at the end.", "note",
    )  # fmt: skip
    yield sheet.heading("Findings")
    if not report.findings:
        yield sheet.para("None.")
    worst_first = sorted(report.findings, key=lambda one: SEVERITIES.index(one.severity))
    yield from _cards(tuple(worst_first))
    if report.notes:
        yield sheet.heading("Worth a look")
        yield from _cards(report.notes, first=len(report.findings) + 1)
    if report.acknowledged:
        yield sheet.heading("Known, and why they stand")
        for one in report.acknowledged:
            yield _card(one.finding, "", f"It stands because: {one.reason}")
    for remark in report.remarks:
        yield sheet.para(remark, "note")
    yield from _not_checked(report)


def _cards(findings: tuple[Finding, ...], first: int = 1) -> Iterator[str]:
    for number, finding in enumerate(findings, start=first):
        asked = _ASKS[finding.severity]
        if finding.severity != NOTE:
            asked = _ASKS_OF_KIND.get(finding.kind, asked)
        yield _card(finding, f"{number}. ", asked)


def _card(finding: Finding, number: str, asked: str) -> str:
    terms = [("Printed", finding.printed), ("Expected", finding.expected)]
    terms += [("Difference", finding.difference)] if finding.difference else []
    listed = "".join(
        f"<div><dt>{term}</dt><dd>{sheet.escape(said)}</dd></div>" for term, said in terms
    )
    what = f"{finding.severity}: {KINDS[finding.kind].lower()}"
    return "\n".join([
        '<section class="finding">',
        sheet.heading(f"{number}{finding.location}", 3),
        sheet.para(what, "bad" if finding.severity != NOTE else "note"),
        f"<dl>{listed}</dl>",
        sheet.para(finding.explanation),
        sheet.para(asked),
        sheet.para(f"Number: {finding.claim_id}; check: {finding.check}", "note"),
        "</section>",
    ])  # fmt: skip


def _not_checked(report: Report) -> Iterator[str]:
    yield sheet.heading("What was checked")
    held = len(report.examined.checked)
    yield sheet.para(f"{held} of {counted(len(report.claims), 'printed numbers')} could be held "
                     "against others that are printed.")  # fmt: skip
    if report.examined.unchecked:
        yield sheet.heading("What could not be checked", 3)
    for reason, number in report.reasons.items():
        claims = (report.claims[id] for id, why in report.examined.unchecked.items()
                  if why == reason)  # fmt: skip
        yield sheet.para(f"{counted(number, REASONS[reason])}:", "note")
        yield from _gathered((claim.location, claim.as_printed) for claim in claims)
    if report.drafted:
        yield sheet.heading("What was read", 3)
        yield sheet.para(
            "A program read these numbers from the file. How sure it is of each stands in the "
            "draft that `audit draft` writes."
        )
        yield sheet.table(["Place", "Numbers"], report.places.items(), numbers=(1,))
    if report.unread:
        yield sheet.heading("What was not read", 3)
    # What is quoted differs from piece to piece.
    reasons = [re.sub(r"‘[^’]*’", "‘…’", one.why) for one in report.unread]
    for reason in dict.fromkeys(reasons):
        left = (one for one, why in zip(report.unread, reasons, strict=True) if why == reason)
        yield sheet.para(f"{counted(reasons.count(reason), 'pieces')}, because {reason}:", "note")
        yield from _gathered((one.place, one.text) for one in left)


def _gathered(pieces: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A paragraph for each table or section, with all that stands in it behind its own place.

    Rows of a table would not break where a page of paper ends.
    """
    found: dict[str, list[str]] = {}
    for place, text in pieces:
        where, _, inside = place.partition(", ")
        found.setdefault(where, []).append(f"{inside}: {text}" if inside else text)
    for where, texts in found.items():
        yield f"<p><strong>{sheet.escape(where)}</strong> {sheet.escape('; '.join(texts))}</p>"
