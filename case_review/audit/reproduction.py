"""One verdict on each printed number: what supports it, that it differs, or why neither is known.

A number that the rows give again is supported by them only if they were not made from it. What the
other printed numbers give, what the rows were made to satisfy, and what was recomputed are
therefore kept apart. Rows that somebody extracted recompute whatever they give.
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pandas as pd

from case_review.audit import held_results
from case_review.audit.checks import percentages
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import KINDS, Finding
from case_review.errors import ReviewError
from case_review.files import to_json, write_text
from case_review.formatting import round_half_away
from case_review.registry import Result
from case_review.units import hours_in
from case_review.values import EXTRACTED, VARIES, Text

#: The other printed numbers give it, without any patient; see `confirmation`.
CONFIRMED = "confirmed"
#: Reconstructed rows give it because they were made to; nothing else does.
BOUND = "bound"
#: The rows give it, and were not made from it.
RECOMPUTED = "recomputed"
DIFFERS, NOT_COMPUTABLE = "differs", "not computable"
VERDICTS = (CONFIRMED, BOUND, RECOMPUTED, DIFFERS, NOT_COMPUTABLE)
#: Those of a number that stands, which it must go on doing.
REPRODUCED = VERDICTS[:3]
#: Why a claim of this kind has no result; settings may give other reasons.
WHY_NOT = {
    "cited": "Cited from other work; not a result of this review.",
    "date": "A date of the search, not a result.",
    "method": "Tells how the review was made; not a result.",
}
_VARIES = "The result varies between data sets that agree with the print."
#: Findings about what a number is said of; a reproduced number keeps them as a remark.
_REMARKS = ("misprint", "denominator", "unsupported")


@dataclass(frozen=True)
class Verdict:
    """What the data say about one printed number.

    Parameters
    ----------
    claim
        The printed number.
    verdict
        One of `VERDICTS`.
    computed
        The number that the rows or the print give, at the printed precision; None where a number
        is not computable, or confirmed in print alone.
    reason
        Why it differs or is not computable; empty for most others.
    finding
        Kind of the finding that the reason is taken from, if there is one.
    basis
        Of a confirmed number, what confirms it.
    """

    claim: Claim
    verdict: str
    computed: Text | None = None
    reason: str = ""
    finding: str = ""
    basis: str = ""

    @property
    def place(self) -> str:
        """Table or section of the paper: what the claim's location begins with."""
        return self.claim.location.partition(",")[0]

    @property
    def remarked(self) -> bool:
        """Whether the number stands and something must be said of it all the same."""
        return self.verdict in REPRODUCED and bool(self.finding)


def compare(
    claims: Claims,
    results: Mapping[str, Result],
    findings: Iterable[Finding] = (),
    reasons: Sequence[Mapping[str, str]] = (),
    *,
    confirmed: Mapping[str, str] | None = None,
    bound: Collection[str] = (),
) -> list[Verdict]:
    """One verdict per claim, none left out.

    A result that extracted rows give is recomputed. Of other results the first that applies counts:
    confirmed by print, bound, recomputed. A result that is known to vary between data sets is
    compared with nothing, since the one set that was read says nothing of the print.

    Parameters
    ----------
    claims
        The printed numbers.
    results
        Recorded results by id.
    findings
        Findings of the printed-number audit: they explain a number that differs.
    reasons
        `{"claims": pattern, "reason": sentence}` with shell wildcards: why claims without a result
        cannot be computed. The first match counts.
    confirmed
        What `confirmation.confirmations` found.
    bound
        Ids of the claims that reconstructed rows were made to satisfy. Other statements of the
        same numbers are bound as well, unless they are confirmed.
    """
    explained: dict[str, Finding] = {}
    for finding in findings:
        explained.setdefault(finding.claim_id, finding)
        if finding.kind == "unsupported" and finding.claim_id in claims:
            # What the data cannot bear, they cannot bear where it is said again.
            for again in claims.restatements(claims[finding.claim_id]):
                explained.setdefault(again.claim_id, finding)
    support = {other.claim_id: (BOUND, "") for id in bound if id in claims
               for other in (claims[id], *claims.restatements(claims[id]))}  # fmt: skip
    support |= {id: (CONFIRMED, basis) for id, basis in (confirmed or {}).items()}
    return [
        _verdict(claim, results, explained.get(claim.claim_id), reasons, support)
        for claim in claims
    ]


def _verdict(claim: Claim, results, finding: Finding | None, reasons, support) -> Verdict:
    by, basis = support.get(claim.claim_id, (RECOMPUTED, ""))
    result, reason = results.get(claim.result_id), ""
    if result is None and claim.result_id:
        reason = f"No notebook records the result {claim.result_id}."
    elif result is not None and _is_open(result, by):
        result, reason = None, _VARIES
    if result is not None:
        if result.standing == EXTRACTED:
            by, basis = RECOMPUTED, ""
        computed = recomputed(claim, result)
        if claim.number is not None and computed is not None:
            return _compared(claim, computed, finding, by, basis)
        if claim.as_printed == result.text:
            return Verdict(claim, by, Text(result.text), basis=basis)
        reason = f"The result {claim.result_id} holds no {claim.measure} to compare."
    if by == CONFIRMED and claim.kind not in WHY_NOT:
        return _remarked(Verdict(claim, by, basis=basis), finding)
    if claim.kind == "percent" and claim.checkable and not percentages.is_given(claim):
        return _compared(claim, percentages.exact(claim), finding, by, basis)
    return Verdict(claim, NOT_COMPUTABLE, reason=reason or _why_not(claim, reasons))


def _is_open(result: Result, by: str) -> bool:
    """Whether the one set that was read says nothing of a print.

    Of a result without a range the set has another number than the print. That is a fault of the
    rows, or of a notebook, where the print or the reconstruction fixes it.
    """
    return result.standing == VARIES and (by == RECOMPUTED or result.least is not None)


def _compared(claim: Claim, computed: Fraction, finding, by: str, basis: str) -> Verdict:
    """The verdict on a number, beside the one that was computed."""
    rounded = round_half_away(computed, claim.digits)
    shown = Text(str(rounded), float(computed), unit=claim.unit)
    if rounded == round_half_away(Fraction(claim.number), claim.digits):
        return _remarked(Verdict(claim, by, shown, basis=basis), finding)
    if finding:
        return Verdict(claim, DIFFERS, shown, _words(finding), finding.kind)
    default = f"The data give {rounded}, the paper prints {claim.as_printed}."
    return Verdict(claim, DIFFERS, shown, default)


def _remarked(verdict: Verdict, finding: Finding | None) -> Verdict:
    """A verdict with what the print audit says of its number, if that concerns whoever reads it."""
    if finding is None or finding.kind not in _REMARKS:
        return verdict
    return replace(verdict, reason=_words(finding), finding=finding.kind)


def _words(finding: Finding) -> str:
    return f"{KINDS[finding.kind]}. {finding.explanation}"


def _why_not(claim: Claim, reasons) -> str:
    for entry in reasons:
        if fnmatch.fnmatchcase(claim.claim_id, entry["claims"]):
            return entry["reason"]
    return WHY_NOT.get(claim.kind, "The extracted data hold no variable for this number.")


def recomputed(claim: Claim, result: Result) -> Fraction | None:
    """The recomputed number in the claim's unit, unrounded; None if the result does not hold it."""
    if claim.measure == "pct" or (claim.unit == "%" and result.of):
        if result.of and result.n is not None:
            return Fraction(result.n * 100, result.of)
        is_percentage = result.unit == "%" and isinstance(result.value, int | float)
        return Fraction(str(result.value)) if is_percentage else None
    # A result that is itself one end of an interval has no limits of its own.
    is_interval = result.low is not None or result.high is not None
    field = claim.measure if is_interval and claim.measure in ("low", "high") else "value"
    value = getattr(result, field)
    if value is None or isinstance(value, str):
        return None
    number = Fraction(str(value))
    ours, theirs = hours_in(result.unit), hours_in(claim.unit)
    return number * ours / theirs if ours and theirs else number


def frame(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """One row per printed number: place, location, print, result, verdict, basis and reason."""
    columns = ("claim_id", "location", "as_printed", "result_id")
    return pd.DataFrame(
        {
            "place": v.place,
            **{name: getattr(v.claim, name) for name in columns},
            "computed": v.computed.prose if v.computed else "",
            "verdict": v.verdict,
            "basis": v.basis,
            "reason": v.reason,
        }
        for v in verdicts
    )


#: The parts of a paper in their order, by the words with which their names begin.
_PARTS = ("Abstract", "Introduction", "Methods", "Results", "Table", "Fig", "Discussion")


def in_order(place: str) -> int:
    """Where a place stands in a paper, for sorting; one of another name comes last."""
    return next((at for at, part in enumerate(_PARTS) if place.startswith(part)), len(_PARTS))


def numbers(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many printed numbers have each verdict, in the order of `VERDICTS`."""
    counted = Counter(verdict.verdict for verdict in verdicts)
    return {name: counted[name] for name in VERDICTS}


def summary(verdicts: Sequence[Verdict], findings: Sequence[Finding]) -> Text:
    """The outcome of an audit in one line; its value is the number that differ."""
    counted = numbers(verdicts)
    bound = f"{counted[BOUND]} met by construction, " if counted[BOUND] else ""
    words = (
        f"{len(verdicts)} printed numbers: {counted[CONFIRMED]} confirmed by others, {bound}"
        f"{counted[RECOMPUTED]} recomputed, {counted[DIFFERS]} different, "
        f"{counted[NOT_COMPUTABLE]} not computable; {len(findings)} inconsistencies found"
    )
    differ = counted[DIFFERS]
    return Text(words, differ, unit="numbers", n=differ, of=len(verdicts))


# -- the baseline ----------------------------------------------------------------------------------


def write_baseline(path: Path, verdicts: Iterable[Verdict]) -> int:
    """Accept the claims of `verdicts` that stand as the new baseline; returns their number."""
    ids = sorted(v.claim.claim_id for v in verdicts if v.verdict in REPRODUCED)
    write_text(path, to_json({"reproduced": ids}))
    return len(ids)


def hold_baseline(verdicts: Iterable[Verdict], path: Path) -> None:
    """Refuse a build in which a number that used to be reproduced no longer is.

    Raises
    ------
    ReviewError
        Naming every such claim, what became of it, and how to accept the change.
    """
    needed = "list of claims that must stay reproduced"
    now = {verdict.claim.claim_id: verdict for verdict in verdicts}
    lost = []
    for claim_id in held_results.accepted(path, needed)["reproduced"]:
        verdict = now.get(claim_id)
        if verdict is None:
            lost.append(f"  {claim_id}: no longer in published.csv")
        elif verdict.verdict not in REPRODUCED:
            lost.append(
                f"  {claim_id} ({verdict.claim.location}), printed {verdict.claim.as_printed}: "
                f"{verdict.verdict}. {verdict.reason}"
            )
    if lost:
        raise ReviewError(
            f"{len(lost)} printed number(s) that used to be reproduced no longer are:\n"
            + "\n".join(lost)
            + f"\nMend the notebook or the data. If the change is meant, delete the claim's line "
            f"from expectations/{path.name} (or run `python -m case_review.audit accept` after "
            "`make notebooks`) and commit it with the reason."
        )
