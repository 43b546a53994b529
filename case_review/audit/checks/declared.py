"""Checks that only a reader of the paper can know to make, declared as sums of claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from case_review.audit.checks.categories import label_interval
from case_review.audit.claims import Claims, require_columns
from case_review.audit.findings import KINDS, Checked, Finding, Outcome, plain, signed
from case_review.audit.prints import Span
from case_review.data.schema import AUDITED
from case_review.errors import ReviewError

CHECK_COLUMNS = tuple(AUDITED["published_checks"].columns)
_RELATIONS = {
    "=": Span.meets,
    "<=": lambda left, right: left.low <= right.high,
    ">=": lambda left, right: left.high >= right.low,
}
_TERM = re.compile(r"(?:^|\s)([+-])?\s*([^\s+-][^\s]*)")
_SUM = re.compile(r"\S+(?:\s+[+-]\s+\S+)*")


class Sum(NamedTuple):
    """A sum of claims: with the printed numbers, with what they may have been, and in words."""

    total: Decimal
    span: Span
    words: str


def declared(claims: Claims, checks: pd.DataFrame, source: str) -> Iterator[Outcome]:
    """Checks that only a reader of the paper can know to make, declared as sums of claims.

    Parameters
    ----------
    checks
        Text cells with the columns of `CHECK_COLUMNS`; `left` and `right` are sums, e.g.
        `results.ongoing.all.n + results.stopped.all.n` (see `add_up`), the relation is `=`, `<=`
        or `>=`. Counts must agree exactly, rounded numbers as far as their digits go. A check that
        does not hold becomes a finding about `claim_id`; `expected` and
        `explanation` are its words, in which `{left}` and `{right}` stand for the two sums and
        `{difference}` for how much they differ by.
    """
    require_columns(checks, CHECK_COLUMNS, source)
    for line, check in enumerate(checks.to_dict("records"), start=2):
        for column, known in (("relation", _RELATIONS), ("kind", KINDS)):
            if check[column] not in known:
                raise ReviewError(
                    f"{source}, line {line}, column {column}: '{check[column]}' of "
                    f"{check['check_id']} is unknown; write one of {', '.join(known)}."
                )
        claim = claims[check["claim_id"]]
        left, right = (add_up(check[side], claims) for side in ("left", "right"))
        used = _claims_in(f"{check['left']} {check['right']}", claims)
        if _RELATIONS[check["relation"]](left.span, right.span):
            yield Checked(tuple(used))
            continue
        difference = left.total - right.total
        words = {"left": left.words, "right": right.words, "difference": plain(abs(difference))}
        yield Finding(
            claim.claim_id, claim.location, claim.as_printed,
            _fill(check["expected"], words, line, source), signed(difference),
            check["kind"], _fill(check["explanation"], words, line, source),
            others=tuple(id for id in used if id != claim.claim_id),
        )  # fmt: skip


def holding(claims: Claims, checks: pd.DataFrame) -> Iterator[str]:
    """The claims that a declared check gives from others: it holds, and they are one side of it."""
    for check in checks.to_dict("records"):
        sides = check["left"].strip(), check["right"].strip()
        others = sides[sides[0] == check["claim_id"]]
        given = check["relation"] == "=" and check["claim_id"] in sides
        if given and Span.meets(*(add_up(side, claims).span for side in sides)):
            # A check against a number alone, or against itself, says nothing of other claims.
            terms = _claims_in(others, claims)
            if terms and check["claim_id"] not in terms:
                yield check["claim_id"]


def _claims_in(text: str, claims: Claims) -> list[str]:
    terms = (term.partition("@")[0] for _, term in _TERM.findall(text.strip()))
    return list(dict.fromkeys(term for term in terms if term in claims))


def _fill(text: str, words: dict[str, str], line: int, source: str) -> str:
    try:
        return text.format(**words)
    except (KeyError, IndexError, ValueError):
        raise ReviewError(
            f"{source}, line {line}: '{text}' may hold {{left}}, {{right}} and {{difference}} in "
            "braces, nothing else. Correct the braces."
        ) from None


def add_up(text: str, claims: Claims) -> Sum:
    """A sum of claims and numbers; in words it reads with their values, e.g. `11 + 1 = 12`.

    Parameters
    ----------
    text
        Claim ids and numbers joined by ` + ` and ` - `; a claim id may end in `@low` or `@high`,
        which means that end of the interval its category is named after.

    Raises
    ------
    ReviewError
        If it is anything else, or a claim holds no number.
    """
    if not _SUM.fullmatch(text.strip()):
        raise ReviewError(
            f"'{text.strip()}' is not a sum of claims: write claim ids or whole numbers joined by "
            "' + ' or ' - ' with blanks around the sign."
        )
    terms = [(sign, *_value(term, claims)) for sign, term in _TERM.findall(text.strip())]
    total, span = Decimal(0), Span(Fraction(0), Fraction(0))
    for sign, value, reach in terms:
        total = total - value if sign == "-" else total + value
        span = span - reach if sign == "-" else span + reach
    words = " ".join(f"{'−' if sign == '-' else '+'} {plain(value)}" for sign, value, _ in terms)
    words = words.removeprefix("+ ")
    return Sum(total, span, f"{words} = {plain(total)}" if len(terms) > 1 else words)


def _value(term: str, claims: Claims) -> tuple[Decimal, Span]:
    """A term's number, and what it may have been before it was rounded."""
    if re.fullmatch(r"\d+(\.\d+)?", term):
        return _exactly(Decimal(term))
    claim_id, _, end = term.partition("@")
    claim = claims[claim_id]
    if end:
        number = getattr(label_interval(claim), f"{end}_printed", "")
        if not number:
            raise ReviewError(
                f"{term}: the category has no such end; use @low or @high of a category that is "
                "named after an interval."
            )
        return _exactly(Decimal(number))
    if claim.number is None:
        raise ReviewError(
            f"{claims.source}, line {claim.line}: {claim_id} has the value '{claim.value}', "
            "which cannot be added up. Use another claim."
        )
    return (claim.number, claim.span) if claim.rounded else _exactly(claim.number)


def _exactly(number: Decimal) -> tuple[Decimal, Span]:
    return number, Span(Fraction(number), Fraction(number))
