"""What checks need to know of a printed number: its interval, of how many it is, and of what data.

None of it is a check of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from case_review.audit.claims import TOTAL, Claim, Claims
from case_review.audit.findings import NOTE, Finding, Outcome
from case_review.audit.prints import Span

#: Units of what is counted one by one; a mean of such data is a sum of whole numbers over n.
_COUNTED = re.compile(
    r"children|births?|events?|episodes?|visits?|admissions?|teeth|cigarettes?|"
    r"drinks?|pieces?|slices?|times|doses?|cycles?|persons?|people|patients?|drugs?|lesions?|"
    r"seizures?"
)
#: Units of what is measured, besides all that have a digit, a stroke or a sign in them.
_MEASURED = re.compile(
    r"[kmµμn]?g|[kcmµμn]?m|[dmµμ]?l|mmhg|k?pa|cmh2o|[cfk]|[mµμn]?mol|m?eq|i?u|ppm|kcal|k?j|[wv]|mv|"
    r"hz|bpm|hr?s?|hours?|min(ute)?s?|m?s|sec(ond)?s?|d|m?gy|inch(es)?|feet|foot|ft|lbs?|stone|"
    r"ratio|sds?"
)
_ODD = re.compile(r"[\d/%°²³^·×]")

#: Claims of a row by population and measure.
Groups = dict[str, dict[str, Claim]]

#: Words that say that a percentage is more than a count over a count.
NO_SHARE = (
    "weight|adjust|pooled|meta|surviv|kaplan|cumulative|bootstrap|cluster|standardi|predict|"
    "change|reduction|increase|sensitiv|specific|cut-?off|threshold"
)


class Size(NamedTuple):
    """Of how many people a number is.

    Parameters
    ----------
    n
        How many.
    claim_id
        Where that is printed.
    own
        Whether it is printed for this very number, and not for all of the population, some of whom
        may not have answered.
    """

    n: int
    claim_id: str
    own: bool

    @property
    def condition(self) -> str:
        """What a sentence adds where the size is that of the whole population."""
        return "" if self.own else f" if all {self.n} answered"


def interval(claim: Claim | None) -> Span | None:
    """What a number may have been before it was rounded; None if the print does not say exactly.

    Limits (`<0.05`) and guesses (`~37`) are left out, and a print whose first number is another
    than the claim's.
    """
    return claim.printed.span if _is_exact(claim) else None


def _is_exact(claim: Claim | None) -> bool:
    printed = claim.printed if claim is not None else None
    if printed is None or printed.relation != "=":
        return False
    return claim.number is None or claim.number == printed.number


def whole(claim: Claim | None) -> int | None:
    """The whole number that a claim prints, or None."""
    if not _is_exact(claim) or claim.printed.digits or claim.printed.percent:
        return None
    return int(claim.printed.number)


def size(claims: Claims, claim: Claim) -> Size | None:
    """Of how many a mean, percentage or statistic is, or None where that is not printed."""
    siblings = claims.siblings(claim)
    # Beside a percentage the count is what it is the share of, not of how many.
    names = ("denominator",) if claim.measure == "pct" else ("n", "denominator")
    for name in names:
        count = whole(siblings.get(name))
        if count and count > 0:
            return Size(count, siblings[name].claim_id, True)
    if claim.denominator and claim.denominator > 0:
        return Size(int(claim.denominator), claim.claim_id, True)
    total = claims.total(claim) or _only_total(claims, claim)
    count = whole(total)
    return Size(count, total.claim_id, False) if count and count > 0 else None


def _only_total(claims: Claims, claim: Claim) -> Claim | None:
    """The total of the population at another place, if all places of the cohort print one."""
    found = _totals(claims).get((claim.population, claim.cohort), [])
    return found[0] if len({other.number for other in found}) == 1 else None


def totals(claims: Claims) -> list[Claim]:
    """All totals of populations that are printed."""
    return [claim for members in _totals(claims).values() for claim in members]


@lru_cache(maxsize=1)
def _totals(claims: Claims) -> dict[tuple[str, str], list[Claim]]:
    """The totals of all places, by population and cohort; those of one paper are kept."""
    found: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        if claim.path == TOTAL and claim.measure == "n":
            found.setdefault((claim.population, claim.cohort), []).append(claim)
    return found


def populations(claims: Claims, place: str, path: tuple[str, ...]) -> Groups:
    """What is printed of one thing at one place: by population, and then by measure."""
    return claims.rows.get((place, path), {})


def levels(claims: Claims, place: str, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The paths one step below a path at one place, in the order of the file."""
    return _below(claims).get((place, path), [])


@lru_cache(maxsize=1)
def _below(claims: Claims) -> dict[tuple[str, tuple[str, ...]], list[tuple[str, ...]]]:
    found: dict[tuple[str, tuple[str, ...]], list[tuple[str, ...]]] = {}
    for place, path in claims.rows:
        found.setdefault((place, path[:-1]), []).append(path)
    return found


def said(claim: Claim, words: str) -> bool:
    """Whether statement, place or unit of a claim hold one of some words (a regular expression)."""
    text = f"{claim.statement} {claim.location} {claim.unit}"
    return re.search(rf"\b(?:{words})", text, re.IGNORECASE) is not None


def is_counted(claims: Claims, claim: Claim) -> bool | None:
    """Whether the data behind a mean are whole numbers: yes, no (measured), or None: not said."""
    if "items" in claims.siblings(claim):
        return True
    unit = claim.unit.strip().lower()
    if _COUNTED.fullmatch(unit):
        return True
    if _MEASURED.fullmatch(unit) or _ODD.search(unit):
        return False
    return None


def items(claims: Claims, claim: Claim) -> int:
    """Of how many items each value is the mean; 1 where nothing is said."""
    return max(whole(claims.siblings(claim).get("items")) or 1, 1)


def gathered(outcomes: Iterable[Outcome], claims: Claims, words: str) -> Iterator[Outcome]:
    """Several notes on drafted numbers of one place as one; all else as it is.

    Of a table that a program has read, nobody has said what data are behind its means; so what
    would be a note for every row is one for the table. `words` begins its explanation, after the
    number of notes.
    """
    notes: dict[str, list[Finding]] = {}
    for outcome in outcomes:
        drafted = isinstance(outcome, Finding) and outcome.severity == NOTE
        if drafted and claims[outcome.claim_id].sure:
            notes.setdefault(claims[outcome.claim_id].place, []).append(outcome)
        else:
            yield outcome
    for first, *more in notes.values():
        if more:
            ids = tuple(one.claim_id for one in more)
            text = f"{len(ids) + 1} {words} The first: {first.explanation}"
            first = replace(first, explanation=text, others=(*first.others, *ids))
        yield first


def near(value: Fraction, digits: int) -> str:
    """A value to so many decimals and half of the last one up, as it would be printed."""
    scaled = value * 10**digits
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = f"{abs(rounded):0{digits + 1}d}"
    text = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    return f"−{text}" if rounded < 0 else text
