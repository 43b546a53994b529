"""Each printed number against the registry: reproduced, differs, or not computable, and why."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pandas as pd

from case_review.audit import held_results
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import KINDS, Finding
from case_review.errors import ReviewError
from case_review.files import to_json, write_text
from case_review.formatting import round_half_away
from case_review.registry import Result
from case_review.units import hours_in
from case_review.values import Text

REPRODUCED, DIFFERS, NOT_COMPUTABLE = "reproduced", "differs", "not computable"
VERDICTS = (REPRODUCED, DIFFERS, NOT_COMPUTABLE)
#: Why a claim of this kind has no result; settings may give other reasons.
WHY_NOT = {
    "cited": "Cited from other work; not a result of this review.",
    "date": "A date of the search, not a result.",
    "method": "Tells how the review was made; not a result.",
}
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
        The recomputed number, shown at the printed precision; None if not computable.
    reason
        Why it differs or is not computable; empty for most reproduced numbers.
    finding
        Kind of the finding that the reason is taken from, if there is one.
    """

    claim: Claim
    verdict: str
    computed: Text | None = None
    reason: str = ""
    finding: str = ""

    @property
    def place(self) -> str:
        """Table or section of the paper: what the claim's location begins with."""
        return self.claim.location.partition(",")[0]

    @property
    def remarked(self) -> bool:
        """Whether the data give the same number and something must be said of it all the same."""
        return self.verdict == REPRODUCED and bool(self.finding)


def compare(
    claims: Claims,
    results: Mapping[str, Result],
    findings: Iterable[Finding] = (),
    reasons: Sequence[Mapping[str, str]] = (),
) -> list[Verdict]:
    """One verdict per claim, none left out.

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
    """
    explained: dict[str, Finding] = {}
    for finding in findings:
        explained.setdefault(finding.claim_id, finding)
        if finding.kind == "unsupported" and finding.claim_id in claims:
            # What the data cannot bear, they cannot bear where it is said again.
            for again in claims.restatements(claims[finding.claim_id]):
                explained.setdefault(again.claim_id, finding)
    return [_verdict(claim, results, explained.get(claim.claim_id), reasons) for claim in claims]


def _verdict(claim: Claim, results, finding: Finding | None, reasons) -> Verdict:
    if not claim.result_id:
        return Verdict(claim, NOT_COMPUTABLE, reason=_why_not(claim, reasons))
    result = results.get(claim.result_id)
    if result is None:
        reason = f"No notebook records the result {claim.result_id}."
        return Verdict(claim, NOT_COMPUTABLE, reason=reason)
    computed = recomputed(claim, result)
    if claim.number is None or computed is None:
        if claim.as_printed == result.text:
            return Verdict(claim, REPRODUCED, Text(result.text))
        reason = f"The result {claim.result_id} holds no {claim.measure} to compare."
        return Verdict(claim, NOT_COMPUTABLE, reason=reason)
    rounded = round_half_away(computed, claim.digits)
    shown = Text(str(rounded), float(computed), unit=claim.unit)
    same = rounded == round_half_away(Fraction(claim.number), claim.digits)
    verdict = REPRODUCED if same else DIFFERS
    if finding and (not same or finding.kind in _REMARKS):
        reason = f"{KINDS[finding.kind]}. {finding.explanation}"
        return Verdict(claim, verdict, shown, reason, finding.kind)
    default = f"The data give {rounded}, the paper prints {claim.as_printed}."
    return Verdict(claim, verdict, shown, "" if same else default)


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
    """One row per printed number: place, location, print, result, verdict and reason."""
    columns = ("claim_id", "location", "as_printed", "result_id")
    return pd.DataFrame(
        {
            "place": v.place,
            **{name: getattr(v.claim, name) for name in columns},
            "computed": v.computed.prose if v.computed else "",
            "verdict": v.verdict,
            "reason": v.reason,
        }
        for v in verdicts
    )


# -- the baseline ----------------------------------------------------------------------------------


def write_baseline(path: Path, verdicts: Iterable[Verdict]) -> int:
    """Accept the reproduced claims of `verdicts` as the new baseline; returns their number."""
    ids = sorted(v.claim.claim_id for v in verdicts if v.verdict == REPRODUCED)
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
        elif verdict.verdict != REPRODUCED:
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
