"""The audit of one file: what was found, what was held against something, and what was not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from case_review.audit import acknowledgements, claims
from case_review.audit.acknowledgements import Acknowledged
from case_review.audit.checks import declared, order, percentages, run
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import (
    IMPOSSIBLE,
    INCONSISTENT,
    NOTE,
    REASONS,
    SEVERITIES,
    Checked,
    Finding,
    Unchecked,
)
from case_review.audit.papers.draft import Draft, Unread
from case_review.formatting import listed

#: The sureness of a drafted number on which no more than a note can rest, and of one on which
#: nothing impossible can.
_, _LIKELY, _GUESS = claims.SURE
#: Measures that some check knows.
_KNOWN = frozenset({
    "n", "denominator", "pct", "mean", "sd", "se", "median", "q1", "q3", "min", "max", "low",
    "high", "level", "hr", "or", "rr", "t", "f", "chi2", "z", "r", "df", "df1", "df2", "p",
    "items", "sided", "at_risk", "time", "value",
})  # fmt: skip
_NO_RESULT = ("cited", "date", "method")


@dataclass(frozen=True)
class Examined:
    """What the checks say of claims.

    Parameters
    ----------
    findings
        Place by place, as the file first names them, and within each in the order of the file.
    checked
        Ids of the claims that were held against others, whether they agreed or not.
    unchecked
        For each other claim the reason, a key of `REASONS`.
    """

    findings: tuple[Finding, ...]
    checked: frozenset[str]
    unchecked: Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """The audit of one file.

    Parameters
    ----------
    source, title
        The file, and the title of the paper where it is known.
    claims
        Its printed numbers.
    examined
        What the checks say of them.
    acknowledged
        Findings that somebody has looked at, with the reason why they stand; see
        `acknowledgements`.
    remarks
        What is wrong with the acknowledgements, in sentences.
    unread
        What a reader of the paper had to leave out.
    """

    source: str
    claims: Claims
    examined: Examined
    title: str = ""
    acknowledged: Sequence[Acknowledged] = ()
    remarks: Sequence[str] = ()
    unread: Sequence[Unread] = field(default=())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings that are more than notes and that nobody has acknowledged."""
        return tuple(one for one in self._open if one.severity != NOTE)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The notes that nobody has acknowledged; they fail no run."""
        return tuple(one for one in self._open if one.severity == NOTE)

    @property
    def _open(self) -> list[Finding]:
        known = {id(one.finding) for one in self.acknowledged}
        return [one for one in self.examined.findings if id(one) not in known]

    @property
    def failed(self) -> bool:
        """Whether the run fails: on a finding that is no note and not acknowledged."""
        return bool(self.findings)

    @property
    def drafted(self) -> bool:
        """Whether a program read the numbers from a paper."""
        return bool(self.unread) or any(claim.sure for claim in self.claims)

    @cached_property
    def places(self) -> dict[str, int]:
        """How many numbers each table or section has, in their order, as the paper calls it."""
        return dict(Counter(claim.location.partition(",")[0] for claim in self.claims))

    @cached_property
    def severities(self) -> dict[str, int]:
        """How many findings there are of each severity, worst first; notes not counted."""
        found = Counter(one.severity for one in self.findings)
        return {name: found[name] for name in SEVERITIES if found[name]}

    @cached_property
    def reasons(self) -> dict[str, int]:
        """How many numbers could not be held against others, by reason, most first."""
        return dict(Counter(self.examined.unchecked.values()).most_common())

    @cached_property
    def halves(self) -> tuple[int, int]:
        """How many percentages end in a half that is rounded up, and to the even digit."""
        up, even = percentages.halves_of(self.claims)
        return len(up), len(even)

    @property
    def summary(self) -> str:
        """How many numbers there are, how many could be checked, and how many findings."""
        numbers = len(self.claims)
        held, reasons = len(self.examined.checked), self.reasons
        said = f"{counted(numbers, 'printed numbers')}, {held} held against others"
        if reasons:
            why = ", ".join(counted(number, REASONS[name]) for name, number in reasons.items())
            said += f", {numbers - held} not ({why})"
        if self.unread:
            said += f"; {counted(len(self.unread), 'pieces')} of the paper not read"
        kinds = ", ".join(f"{number} {name}" for name, number in self.severities.items())
        found = [counted(len(self.findings), "findings") + (f" ({kinds})" if kinds else "")]
        found += [counted(len(self.notes), "notes")] if self.notes else []
        known = len(self.acknowledged)
        found += [f"{known} acknowledged"] if known else []
        return f"{said}; {listed(found)}."


def counted(number: int, what: str) -> str:
    """`no findings`, `1 finding`, `2 findings`: one thing has no plural."""
    return f"{number or 'no'} {singular(what) if number == 1 else what}"


def singular(what: str) -> str:
    """`estimates without limits` as `estimate without limits`."""
    return re.sub(r"(?<=[a-z])s\b", "", what, count=1)


def audit_file(path: str | Path, acknowledged: Path | None = None) -> Report:
    """The audit of one file, with the checks and acknowledgements that lie beside it.

    A paper (JATS, HTML, Word, PDF, or a table without the columns of `published.csv`) is drafted
    first.

    `<name>_checks.csv` declares further checks, `<name>_acknowledged.csv`, or the file
    `acknowledged`, says which findings are known and why they stand.

    Raises
    ------
    ReviewError
        If the file, or one of those beside it, cannot be read.
    """
    from case_review.audit import papers

    path = Path(path)
    if papers.is_paper(path):
        return of_draft(papers.draft(path), path, acknowledged)
    published = claims.read(path)
    beside = path.with_name(f"{path.stem}_checks.csv")
    checks = claims.text_table(beside) if beside.is_file() else None
    return of_claims(published, path, checks, str(beside), acknowledged=acknowledged)


def of_draft(drafted: Draft, path: Path, acknowledged: Path | None = None) -> Report:
    """The report on the claims that were drafted from a paper, with what was left unread."""
    missed = [Unread(drafted.reader, "", why) for why in drafted.missed]
    published = claims.from_rows(drafted.rows, str(path))
    left = [*missed, *drafted.unread]
    return of_claims(
        published, path, title=drafted.title, unread=left, acknowledged=acknowledged
    )


def of_claims(
    published: Claims,
    path: Path,
    checks: pd.DataFrame | None = None,
    checks_source: str = "checks",
    title: str = "",
    unread: Sequence[Unread] = (),
    acknowledged: Path | None = None,
) -> Report:
    """The report on claims that were read from a file; see `audit_file`."""
    examined = examine(published, checks, checks_source)
    beside = acknowledged or path.with_name(f"{path.stem}_acknowledged.csv")
    known, remarks = acknowledgements.of(examined.findings, beside)
    return Report(str(path), published, examined, title, known, remarks, unread)


def examine(
    published: Claims, checks: pd.DataFrame | None = None, checks_source: str = "checks"
) -> Examined:
    """What all checks, and those that are declared, say of the claims."""
    outcomes = list(run(published))
    if checks is not None:
        made = declared.declared(published, checks, checks_source)
        outcomes += [("declared", outcome) for outcome in made]
    findings = [
        _weighed(replace(outcome, check=name), published)
        for name, outcome in outcomes
        if isinstance(outcome, Finding)
    ]
    places = {claim.place: number for number, claim in reversed(list(enumerate(published)))}
    position = {claim.claim_id: (places[claim.place], claim.line) for claim in published}
    findings.sort(key=lambda finding: position[finding.claim_id])
    held = {id for one in findings for id in (one.claim_id, *one.others)}
    held |= {id for _, one in outcomes if isinstance(one, Checked) for id in one.claim_ids}
    held &= position.keys()
    said = {one.claim_id: one.reason for _, one in outcomes if isinstance(one, Unchecked)}
    unchecked = {
        claim.claim_id: said.get(claim.claim_id) or _reason(claim, published)
        for claim in published
        if claim.claim_id not in held
    }
    return Examined(tuple(findings), frozenset(held), unchecked)


def _weighed(finding: Finding, published: Claims) -> Finding:
    """A finding as it weighs on numbers that a program read, which may have misread one.

    It is a note where the program guessed one, and nothing is impossible unless it was certain.
    """
    ids: Iterable[str] = (finding.claim_id, *finding.others)
    sure = {published[id].sure for id in ids if id in published}
    if _GUESS in sure:
        return replace(finding, severity=NOTE)
    if _LIKELY in sure and finding.severity == IMPOSSIBLE:
        return replace(finding, severity=INCONSISTENT)
    return finding


def _reason(claim: Claim, published: Claims) -> str:
    """Why nothing could be held against a number, where no check has said it."""
    beside = published.siblings(claim).keys()
    if claim.kind in _NO_RESULT:
        return "no-result"
    if claim.number is None and claim.span is None:
        return "words"
    if claim.kind == "percent" and claim.measure not in ("low", "high"):
        return "denominator"
    if claim.kind == "p-value":
        return "statistic"
    if claim.measure not in _KNOWN:
        return "measure"
    if claim.measure in order.ESTIMATES and beside.isdisjoint({"low", "high", "min", "max"}):
        return "limits"
    return "alone"
