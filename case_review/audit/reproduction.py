"""Each printed number against the registry: reproduced, differs, or not computable, and why."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import pandas as pd

from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import KINDS, Finding
from case_review.errors import ReviewError
from case_review.exhibits import Row, Table
from case_review.files import to_json, write_text
from case_review.formatting import round_half_away
from case_review.registry import Result
from case_review.units import hours_in

REPRODUCED, DIFFERS, NOT_COMPUTABLE = "reproduced", "differs", "not computable"
VERDICTS = (REPRODUCED, DIFFERS, NOT_COMPUTABLE)
#: Findings about what a number is said of; a reproduced number keeps them as a remark.
_REMARKS = tuple(KINDS[kind] for kind in ("misprint", "denominator", "unsupported"))
_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")


@dataclass(frozen=True)
class Verdict:
    """What the data say about one printed number.

    Parameters
    ----------
    claim_id, location, as_printed, result_id
        The claim and the result it was held against (empty where there is none).
    computed
        The recomputed number at the printed precision, as text; empty if not computable.
    verdict
        One of `VERDICTS`.
    reason
        Why it differs or is not computable; empty for most reproduced numbers.
    """

    claim_id: str
    location: str
    as_printed: str
    result_id: str
    computed: str
    verdict: str
    reason: str


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
    explained: dict[str, str] = {}
    for finding in findings:
        reason = f"{KINDS[finding.kind]}. {finding.explanation}"
        explained.setdefault(finding.claim_id, reason)
        if finding.kind == "unsupported" and finding.claim_id in claims:
            # What the data cannot bear, they cannot bear where it is said again.
            for again in claims.restatements(claims[finding.claim_id]):
                explained.setdefault(again.claim_id, reason)
    return [_verdict(claim, results, explained, reasons) for claim in claims]


def _verdict(claim: Claim, results, explained, reasons) -> Verdict:
    def give(verdict, computed="", reason=""):
        return Verdict(
            claim.claim_id, claim.location, claim.as_printed, claim.result_id,
            computed, verdict, reason,
        )  # fmt: skip

    if not claim.result_id:
        return give(NOT_COMPUTABLE, reason=_why_not(claim, reasons))
    if claim.result_id not in results:
        return give(NOT_COMPUTABLE, reason=f"No notebook records the result {claim.result_id}.")
    computed = recomputed(claim, results[claim.result_id])
    if claim.number is None or computed is None:
        same = claim.as_printed == results[claim.result_id].text
        if same:
            return give(REPRODUCED, results[claim.result_id].text)
        return give(
            NOT_COMPUTABLE,
            reason=f"The result {claim.result_id} holds no {claim.measure} to compare.",
        )
    rounded = round_half_away(computed, claim.digits)
    printed = round_half_away(Fraction(claim.number), claim.digits)
    text = str(rounded)
    if rounded == printed:
        return give(REPRODUCED, text, _remark(claim, explained))
    default = f"The data give {text}, the paper prints {claim.as_printed}."
    return give(DIFFERS, text, explained.get(claim.claim_id, default))


def _remark(claim: Claim, explained: Mapping[str, str]) -> str:
    """What must be said of a number although the data give the same."""
    reason = explained.get(claim.claim_id, "")
    return reason if reason.startswith(_REMARKS) else ""


def _why_not(claim: Claim, reasons) -> str:
    for entry in reasons:
        if fnmatch.fnmatchcase(claim.claim_id, entry["claims"]):
            return entry["reason"]
    if claim.kind == "cited":
        return "Cited from other work; not a result of this review."
    if claim.kind == "date":
        return "A date of the search, not a result."
    if claim.kind == "method":
        return "Tells how the review was made; not a result."
    return "The extracted data hold no variable for this number."


def recomputed(claim: Claim, result: Result) -> Fraction | None:
    """The recomputed number in the claim's unit, unrounded; None if the result does not hold it."""
    if claim.measure == "pct" or (claim.unit == "%" and result.of):
        return _percentage(result)
    # A result that is itself one end of an interval has no limits of its own.
    is_interval = result.low is not None or result.high is not None
    field = claim.measure if is_interval and claim.measure in ("low", "high") else "value"
    value = getattr(result, field)
    if value is None:
        return None
    unit = result.unit
    if isinstance(value, str):
        value, unit = _leading_number(value)
        if value is None:
            return None
    number = Fraction(str(value))
    ours, theirs = hours_in(unit), hours_in(claim.unit)
    if ours and theirs:
        return number * ours / theirs
    return number


def _percentage(result: Result) -> Fraction | None:
    if result.of and result.n is not None:
        return Fraction(result.n * 100, result.of)
    if result.unit == "%" and isinstance(result.value, int | float):
        return Fraction(str(result.value))
    return None


def _leading_number(text: str) -> tuple[str | None, str]:
    found = _NUMBER.search(text)
    if not found:
        return None, ""
    return found.group(0).replace(",", ""), text[found.end() :].strip()


# -- the baseline ----------------------------------------------------------------------------------


def read_baseline(path: Path) -> list[str]:
    """The claims that were reproduced when the baseline was last accepted."""
    if not path.is_file():
        raise ReviewError(
            f"{path} does not exist: the audit needs the list of claims that must stay "
            "reproduced. Make it with `python -m case_review.audit accept`."
        )
    return json.loads(path.read_text(encoding="utf-8"))["reproduced"]


def write_baseline(path: Path, verdicts: Iterable[Verdict]) -> int:
    """Accept the reproduced claims of `verdicts` as the new baseline; returns their number."""
    ids = sorted(v.claim_id for v in verdicts if v.verdict == REPRODUCED)
    write_text(path, to_json({"reproduced": ids}))
    return len(ids)


def hold_baseline(verdicts: Iterable[Verdict], path: Path) -> None:
    """Refuse a build in which a number that used to be reproduced no longer is.

    Raises
    ------
    ReviewError
        Naming every such claim, what became of it, and how to accept the change.
    """
    now = {verdict.claim_id: verdict for verdict in verdicts}
    lost = []
    for claim_id in read_baseline(path):
        verdict = now.get(claim_id)
        if verdict is None:
            lost.append(f"  {claim_id}: no longer in published.csv")
        elif verdict.verdict != REPRODUCED:
            lost.append(
                f"  {claim_id} ({verdict.location}), printed {verdict.as_printed}: "
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


# -- tables ----------------------------------------------------------------------------------------


def frame(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """One row per printed number, with the columns of `Verdict`."""
    return pd.DataFrame([asdict(verdict) for verdict in verdicts])


def counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many numbers got each verdict."""
    given = [verdict.verdict for verdict in verdicts]
    return {name: given.count(name) for name in VERDICTS}


def summary_table(verdicts: Sequence[Verdict]) -> Table:
    """Verdicts by place in the paper; the CSV lists every printed number."""
    places = list(dict.fromkeys(_place(verdict) for verdict in verdicts))
    rows = [_summary_row(place, [v for v in verdicts if _place(v) == place]) for place in places]
    rows.append(_summary_row("All", verdicts, heading=True))
    columns = ["Place", "Printed", "Reproduced", "Differs", "Not computable"]
    return Table(columns, rows, frame(verdicts))


def _place(verdict: Verdict) -> str:
    return verdict.location.partition(",")[0]


def _summary_row(name: str, verdicts: Sequence[Verdict], heading: bool = False) -> Row:
    number = counts(verdicts)
    return Row([name, str(len(verdicts)), *(str(number[v]) for v in VERDICTS)], heading=heading)


def exceptions_table(verdicts: Sequence[Verdict]) -> Table:
    """The printed numbers that differ from the data or are reproduced with a remark."""
    chosen = [v for v in verdicts if v.verdict == DIFFERS or (v.reason and v.computed)]
    rows = [Row([v.location, v.as_printed, v.computed, v.verdict, v.reason]) for v in chosen]
    columns = ["Place", "Printed", "Data give", "Verdict", "Reason"]
    return Table(columns, rows, frame(chosen), align="lllll")


def reasons_table(verdicts: Sequence[Verdict]) -> Table:
    """Why numbers are not computable, with how many each reason holds for."""
    missing = [v for v in verdicts if v.verdict == NOT_COMPUTABLE]
    reasons = list(dict.fromkeys(v.reason for v in missing))
    rows = [Row([reason, str(sum(v.reason == reason for v in missing))]) for reason in reasons]
    return Table(["Reason", "Printed numbers"], rows, frame(missing), align="lr")
