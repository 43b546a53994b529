"""Sums of claims, as declared checks write them: `table1.x.all.n + table1.y.all.n - 1`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from case_review.audit.claims import Claims
from case_review.audit.quantities import plain
from case_review.errors import ReviewError

_TERM = re.compile(r"(?:^|\s)([+-])?\s*([^\s+-][^\s]*)")
_SHAPE = re.compile(r"\S+(?:\s+[+-]\s+\S+)*")


@dataclass(frozen=True)
class Sum:
    """Signed claims and constants.

    Parameters
    ----------
    terms
        (sign, claim id or number as text); a claim id may end in `@low` or `@high`, which means
        that end of the interval its category is named after.
    """

    terms: tuple[tuple[int, str], ...]

    def value(self, claims: Claims) -> Decimal:
        """The sum, from the printed values."""
        return sum((sign * _value(term, claims) for sign, term in self.terms), Decimal(0))

    def words(self, claims: Claims) -> str:
        """The sum with its numbers, e.g. `11 + 1 = 12`; one term is just its number."""
        words = []
        for sign, term in self.terms:
            operator = "−" if sign < 0 else "+"
            words += [operator, plain(_value(term, claims))]
        text = " ".join(words[1:] if words[0] == "+" else words)
        return f"{text} = {plain(self.value(claims))}" if len(self.terms) > 1 else text


def parse(text: str) -> Sum:
    """Read an expression.

    Raises
    ------
    ReviewError
        If it is anything but claim ids and numbers joined by ` + ` and ` - `.
    """
    text = text.strip()
    if not _SHAPE.fullmatch(text):
        raise ReviewError(
            f"'{text}' is not a sum of claims: write claim ids or whole numbers joined by "
            "' + ' or ' - ' with blanks around the sign."
        )
    terms = tuple((-1 if sign == "-" else 1, term) for sign, term in _TERM.findall(text))
    return Sum(terms)


def _value(term: str, claims: Claims) -> Decimal:
    if re.fullmatch(r"\d+(\.\d+)?", term):
        return Decimal(term)
    claim_id, _, end = term.partition("@")
    claim = claims[claim_id]
    if end:
        return _interval_end(claim, end)
    if claim.number is None:
        raise ReviewError(
            f"{claims.source}, line {claim.line}: {claim_id} has the value '{claim.value}', "
            "which cannot be added up. Use another claim."
        )
    return claim.number


def _interval_end(claim, end: str) -> Decimal:
    from case_review.audit.categories import label_interval

    interval = label_interval(claim)
    number = getattr(interval, f"{end}_printed", "") if interval else ""
    if not number:
        raise ReviewError(
            f"{claim.claim_id}@{end}: the category has no such end; use @low or @high of a "
            "category that is named after an interval."
        )
    return Decimal(number)
