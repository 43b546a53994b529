"""Percentages: of their numerators and denominators, as they are printed, within their whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import Finding, plain, signed
from case_review.formatting import round_half_away

#: A percentage as journals print it; anything else is a misprint.
_PERCENT = re.compile(r"\(?\s*\d{1,3}(?:[.,·]\d+)?\s*%?\s*\)?")
_SAID = {
    "truncation": "the digits after it were cut off",
    "rounding": "the last digit is wrong",
    "percentage": "the percentage belongs to other numbers",
}


def percentages(claims: Claims) -> Iterator[Finding]:
    """Percentages that are not numerator over denominator at the printed precision.

    Halves are rounded away from zero. A value cut off instead of rounded is told apart from one
    that is off by one in the last digit and from one that belongs to other numbers.
    """
    for claim in claims:
        if claim.kind != "percent" or not claim.checkable:
            continue
        if is_given(claim):
            continue
        whole = exact(claim)
        given = round_half_away(whole, claim.digits)
        unit = Decimal(1).scaleb(-claim.digits)
        cut = (Decimal(whole.numerator) / whole.denominator).quantize(unit, rounding=ROUND_DOWN)
        close = abs(claim.number - given) <= unit
        kind = "truncation" if claim.number == cut else "rounding" if close else "percentage"
        ratio = f"{plain(claim.numerator)}/{plain(claim.denominator)}"
        precise = round_half_away(whole, claim.digits + 2)
        yield Finding(
            claim.claim_id, claim.location, claim.as_printed, f"{given}",
            signed(claim.number - given), kind,
            f"{ratio} is {precise}%, so {given} should stand here: {_SAID[kind]}.",
        )  # fmt: skip


def exact(claim: Claim) -> Fraction:
    """A percentage from its numerator and denominator, unrounded."""
    return Fraction(claim.numerator) * 100 / Fraction(claim.denominator)


def is_given(claim: Claim) -> bool:
    """Whether numerator and denominator give a percentage at its printed precision."""
    return claim.number == round_half_away(exact(claim), claim.digits)


def print_errors(claims: Claims) -> Iterator[Finding]:
    """Percentages with misplaced signs, and values that are not what `as_printed` shows."""
    for claim in claims:
        if claim.number is None:
            continue
        unusual = not _PERCENT.fullmatch(claim.as_printed.strip())
        if claim.kind == "percent" and unusual and re.search(r"\d", claim.as_printed):
            proper = round_half_away(claim.number, claim.digits)
            yield Finding(
                claim.claim_id, claim.location, claim.as_printed, f"({proper})", "form only",
                "misprint",
                f"The signs are misplaced; the number meant is most likely {proper}.",
            )  # fmt: skip
            continue
        shown = claim.printed_number
        if claim.kind in ("count", "percent") and shown is not None and shown != claim.number:
            yield Finding(
                claim.claim_id, claim.location, claim.as_printed, plain(claim.number),
                signed(shown - claim.number), "transcription",
                f"The file holds {plain(claim.number)} where the paper prints {claim.as_printed}.",
            )  # fmt: skip


def numerators(claims: Claims) -> Iterator[Finding]:
    """Percentages of another number than the count beside them, or of more than the whole."""
    for claim in (claim for claim in claims if claim.kind == "percent"):
        if not claim.checkable and claim.number > 100:
            yield Finding(
                claim.claim_id, claim.location, claim.as_printed, "at most 100%",
                signed(claim.number - 100), "excess", "More than the whole is counted.",
            )  # fmt: skip
        if claim.numerator is None:
            continue
        count = claims.find(claim.place, claim.path, claim.population, "n")
        if count is not None and count.number != claim.numerator:
            yield Finding(
                claim.claim_id, claim.location, plain(claim.numerator), plain(count.number),
                signed(claim.numerator - count.number), "numerator",
                f"The percentage is of {plain(claim.numerator)}, the count beside it is "
                f"{plain(count.number)}.",
            )  # fmt: skip
        if claim.denominator is not None and claim.numerator > claim.denominator:
            yield Finding(
                claim.claim_id, claim.location, plain(claim.numerator),
                f"at most {plain(claim.denominator)}", signed(claim.numerator - claim.denominator),
                "excess", "More are counted than there are.",
            )  # fmt: skip
