"""Each printed number by itself and beside its neighbours: percentages, print, order, agreement."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from itertools import pairwise

from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import Finding, plain, signed
from case_review.formatting import round_half_away
from case_review.units import to_base

#: A percentage as journals print it; anything else is a misprint.
_PERCENT = re.compile(r"\(?\s*\d{1,3}(?:[.,·]\d+)?\s*%?\s*\)?")
_SAID = {
    "truncation": "the digits after it were cut off",
    "rounding": "the last digit is wrong",
    "percentage": "the percentage belongs to other numbers",
}
_ORDER = ("min", "low", "median", "high", "max")


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


def agreement(claims: Claims) -> Iterator[Finding]:
    """The same number printed differently in two places.

    They are compared at the coarser of the two precisions.
    """
    reported = set()
    for members in statements(claims):
        first = members[0]
        for other in members[1:]:
            pair = (first.claim_id, other.claim_id)
            if pair in reported or agree(first, other):
                continue
            reported.add(pair)
            yield Finding(
                other.claim_id, other.location, _with_unit(other), _with_unit(first),
                signed(other.number - first.number) if first.unit == other.unit else "",
                "disagreement",
                f"The same number is {_with_unit(first)} at {first.location}.",
            )  # fmt: skip


def statements(claims: Claims) -> Iterator[list[Claim]]:
    """The claims that state the same number, in the order of the file; a claim may be in two.

    Two claims state the same number if they point to one result with one measure, or if their
    ids differ only in the place.
    """
    groups: dict[tuple, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.number is None:
            continue
        if claim.result_id:
            groups[("result", claim.result_id, claim.measure, claim.population)].append(claim)
        groups[("path", claim.path, claim.measure, claim.population)].append(claim)
    yield from groups.values()


def order(claims: Claims) -> Iterator[Finding]:
    """A median outside its limits or range, or a range with its ends exchanged."""
    groups: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in claims:
        if claim.measure in _ORDER and claim.number is not None:
            groups[(claim.place, claim.path, claim.population)][claim.measure] = claim
    for members in groups.values():
        present = [members[name] for name in _ORDER if name in members]
        for lower, upper in pairwise(present):
            low, high = to_base(lower.number, lower.unit), to_base(upper.number, upper.unit)
            if low[1] == high[1] and low[0] > high[0]:
                yield Finding(
                    upper.claim_id, upper.location, _with_unit(upper),
                    f"at least {_with_unit(lower)}", "", "order",
                    f"The {upper.measure} lies below the {lower.measure} of the same variable.",
                )  # fmt: skip


def agree(first: Claim, other: Claim) -> bool:
    """Whether two statements of a number are the same at the coarser of their precisions."""
    if first.unit != other.unit:
        return to_base(first.number, first.unit) == to_base(other.number, other.unit)
    digits = min(first.digits, other.digits)
    one, two = (round_half_away(Fraction(claim.number), digits) for claim in (first, other))
    return one == two


def _with_unit(claim: Claim) -> str:
    unit = "%" if claim.unit == "%" else f" {claim.unit}" if claim.unit else ""
    return f"{plain(claim.number)}{unit}"
