"""Percentages against their numerators and denominators, and how numbers are printed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from case_review.audit import prints
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import NOTE, Checked, Finding, Outcome, plain, signed
from case_review.formatting import round_half_away

_SAID = {
    "truncation": "the digits after it were cut off",
    "rounding": "the last digit is wrong",
    "percentage": "the percentage belongs to other numbers",
}
_CHANGE = re.compile(r"chang|increas|decreas|reduc|declin|growth|relative|baseline", re.IGNORECASE)
#: From so many on, percentages that do not fit are no slips of single ones.
_FEW = 3
#: Of these kinds `as_printed` need not show the number that is meant.
_IN_OTHER_WORDS = ("subset", "cited", "method", "date")


def percentages(claims: Claims) -> Iterator[Outcome]:
    """Percentages that are not numerator over denominator at the printed precision.

    Halves may be rounded away from zero or to the even digit. A value cut off instead of rounded is
    told apart from one that is off by one in the last digit and from one that belongs to other
    numbers. Where a program read them and most of a column do not fit, they are shares of something
    else, which is one note.
    """
    columns: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.kind == "percent" and claim.checkable:
            columns[claim.place, claim.population if claim.sure else ""].append(claim)
    for column in columns.values():
        wrong = [claim for claim in column if not is_given(claim)]
        if column[0].sure and len(wrong) >= _FEW and 2 * len(wrong) > len(column):
            yield _of_something_else(wrong, len(column))
            continue
        for claim in column:
            yield Checked((claim.claim_id,)) if is_given(claim) else _wrong(claim, claims)


def _of_something_else(wrong: list[Claim], of: int) -> Finding:
    first, *others = wrong
    return Finding(
        first.claim_id, first.location, first.as_printed, f"{round_half_away(exact(first), 1)}", "",
        "percentage",
        f"{len(wrong)} of the {of} percentages of this column are not those of their counts and "
        "the size of the group. They may run across the row, be weighted, or be of those who "
        "answered.", others=tuple(one.claim_id for one in others), severity=NOTE,
    )  # fmt: skip


def _wrong(claim: Claim, claims: Claims) -> Finding:
    whole = exact(claim)
    given = round_half_away(whole, claim.digits)
    unit = Decimal(1).scaleb(-claim.digits)
    cut = (Decimal(whole.numerator) / whole.denominator).quantize(unit, rounding=ROUND_DOWN)
    close = abs(claim.number - given) <= unit
    kind = "truncation" if claim.number == cut else "rounding" if close else "percentage"
    added = _made_to_add_up(claim, claims) if close else ""
    ratio = f"{plain(claim.numerator)}/{plain(claim.denominator)}"
    said = f"{ratio} is {_precise(whole, claim.digits)}%, "
    if claim.relation == "=":
        said += f"so {given} should stand here: {_SAID[kind]}.{added}"
    else:
        kind, said = "percentage", f"{said}which is not {claim.printed.text}."
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, f"{given}",
        signed(claim.number - given), kind, said,
    )  # fmt: skip


def exact(claim: Claim) -> Fraction:
    """A percentage from its numerator and denominator, unrounded."""
    return Fraction(claim.numerator) * 100 / Fraction(claim.denominator)


def is_given(claim: Claim) -> bool:
    """Whether numerator and denominator give a percentage at its printed precision."""
    return exact(claim) in claim.span


def _precise(whole: Fraction, digits: int) -> Decimal:
    """With two digits more, or as many as show on which side of a half it lies."""
    for more in range(2, 7):
        shown = round_half_away(whole, digits + more)
        half = Fraction(shown) * 2 * 10**digits % 2 == 1
        if not half or Fraction(shown) == whole:
            break
    return shown


def _made_to_add_up(claim: Claim, claims: Claims) -> str:
    """A sentence where a block adds up to 100 as it is printed, though not all are rounded so."""
    block = [
        one
        for one in claims
        if (one.place, one.path[:-1], one.population, one.kind)
        == (claim.place, claim.path[:-1], claim.population, "percent")
    ]
    if len(claim.path) < 2 or not all(one.checkable for one in block):
        return ""
    rounded = sum(round_half_away(exact(one), one.digits) for one in block)
    wrong = sum(not is_given(one) for one in block)
    if sum(one.number for one in block) != 100 or (rounded == 100 and wrong < 2):
        return ""
    return " The percentages of this block may have been made to add up to 100."


def beside(claims: Claims) -> Iterator[Outcome]:
    """Percentages without numerator and denominator, beside a count in a table with a total.

    One that is not the count's share of the total is wrong where most of the others are; else the
    denominators may change from row to row, and it is a note.
    """
    columns: dict[tuple, list[tuple[Claim, Claim, Claim]]] = defaultdict(list)
    for claim in claims:
        if (claim.kind, claim.measure) != ("percent", "pct") or claim.number > 100:
            continue
        count, total = claims.siblings(claim).get("n"), claims.total(claim)
        known = count and total and count.number is not None and total.number
        if known and claim.denominator is None:
            columns[claim.place, claim.population].append((claim, count, total))
    for rows in columns.values():
        right = [_share(count, total) in claim.span for claim, count, total in rows]
        for (claim, count, total), fits in zip(rows, right, strict=True):
            if fits:
                yield Checked((claim.claim_id, count.claim_id))
                continue
            share = round_half_away(_share(count, total), claim.digits)
            usual = 2 * sum(right) > len(right)
            yield Finding(
                claim.claim_id, claim.location, claim.as_printed, f"{share}",
                signed(claim.number - share), "percentage",
                f"{plain(count.number)} of all {plain(total.number)} are {share}%; this may be of "
                "fewer.", others=(count.claim_id, total.claim_id),
                severity="" if usual else NOTE,
            )  # fmt: skip


def _share(count: Claim, total: Claim) -> Fraction:
    return Fraction(count.number) * 100 / Fraction(total.number)


def halves(claims: Claims) -> Iterator[Outcome]:
    """A note where a paper rounds some halves up and others to the even digit."""
    up, even = halves_of(claims)
    rare, usual = sorted((up, even), key=len)
    if rare:
        claim, other = rare[0], usual[0]
        ways = ("up", "to the even digit")
        this, that = ways if rare is up else ways[::-1]
        yield Finding(
            claim.claim_id, claim.location, claim.as_printed, "all halves rounded alike", "",
            "halves",
            f"{_ratio(claim)} is rounded {this} here, {_ratio(other)} {that} at {other.location}. "
            "Both are usual, so neither is wrong; one program would do it in one way.",
            others=(other.claim_id,),
        )  # fmt: skip


def halves_of(claims: Claims) -> tuple[list[Claim], list[Claim]]:
    """The percentages that end in a half before rounding: rounded up, and to the even digit.

    Those of which both ways give the same number tell nothing and are left out.
    """
    up: list[Claim] = []
    even: list[Claim] = []
    for claim in claims:
        if claim.kind != "percent" or not claim.checkable or claim.relation != "=":
            continue
        whole = exact(claim)
        unit = Decimal(1).scaleb(-claim.digits)
        decimal = Decimal(whole.numerator) / whole.denominator
        away = round_half_away(whole, claim.digits)
        to_even = decimal.quantize(unit, ROUND_HALF_EVEN)
        if away != to_even and claim.number in (away, to_even):
            (up if claim.number == away else even).append(claim)
    return up, even


def _of_a_change(claim: Claim) -> bool:
    """Whether a percentage tells of a change, which may be more than all there was."""
    return _CHANGE.search(f"{claim.claim_id} {claim.statement}") is not None


def _ratio(claim: Claim) -> str:
    ratio = f"{plain(claim.numerator)}/{plain(claim.denominator)}"
    return f"{ratio} = {_precise(exact(claim), claim.digits).normalize():f}%"


def print_errors(claims: Claims) -> Iterator[Outcome]:
    """Percentages with misplaced signs, and values that are not what `as_printed` shows."""
    for claim in claims:
        if claim.number is None:
            continue
        if claim.kind == "percent" and prints.misprinted(claim.as_printed):
            proper = round_half_away(claim.number, claim.digits)
            yield Finding(
                claim.claim_id, claim.location, claim.as_printed, f"({proper})", "form only",
                "misprint",
                f"The signs are misplaced; the number meant is most likely {proper}.",
            )  # fmt: skip
            continue
        shown = claim.printed_number
        if claim.kind not in _IN_OTHER_WORDS and shown is not None and shown != claim.number:
            yield Finding(
                claim.claim_id, claim.location, claim.as_printed, plain(claim.number),
                signed(shown - claim.number), "transcription",
                f"The file holds {plain(claim.number)} where the paper prints {claim.as_printed}.",
            )  # fmt: skip


def numerators(claims: Claims) -> Iterator[Outcome]:
    """Percentages of another number than the count beside them, or of more than the whole."""
    for claim in (claim for claim in claims if claim.kind == "percent"):
        alone = claim.sure and "n" not in claims.siblings(claim)
        if not claim.checkable and claim.number > 100 and not _of_a_change(claim) and not alone:
            yield Finding(
                claim.claim_id, claim.location, claim.as_printed, "at most 100%",
                signed(claim.number - 100), "excess", "More than the whole is counted.",
            )  # fmt: skip
        if claim.numerator is None:
            continue
        count = claims.find(claim.place, claim.path, claim.population, "n")
        if count is not None and count.number == claim.numerator:
            yield Checked((claim.claim_id, count.claim_id))
        elif count is not None and count.number is not None:
            yield Finding(
                claim.claim_id, claim.location, plain(claim.numerator), plain(count.number),
                signed(claim.numerator - count.number), "numerator",
                f"The percentage is of {plain(claim.numerator)}, the count beside it is "
                f"{plain(count.number)}.", others=(count.claim_id,),
            )  # fmt: skip
        if claim.denominator is not None and claim.numerator > claim.denominator:
            yield Finding(
                claim.claim_id, claim.location, plain(claim.numerator),
                f"at most {plain(claim.denominator)}", signed(claim.numerator - claim.denominator),
                "excess", "More are counted than there are.",
            )  # fmt: skip
