"""P-values against the test statistics and degrees of freedom printed beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from case_review.audit.checks.samples import interval, said, whole
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import (
    INCONSISTENT,
    NOTE,
    ROUNDING,
    Checked,
    Finding,
    Outcome,
    Unchecked,
)
from case_review.audit.prints import Span
from case_review.statistics.p_values import SIDED, p_range

TESTS = ("t", "f", "chi2", "z", "r")
ONE_SIDED = "one[- ]?(?:sided|tailed)|directional"
#: Words that say that a p-value is not that of its statistic alone.
_OTHERWISE = (
    r"corrected|correction|adjusted (?:p\b|for)|bonferroni|holm\b|tukey|dunn|scheff|fdr|greenhouse|"
    r"huynh|permut|bootstrap|exact (?:p\b|test)|monte carlo|simulat"
)
#: The level at which papers call a result significant.
ALPHA = 0.05
#: Under which names the degrees of freedom stand that each statistic needs: df1, then df2.
_DEGREES = {
    "t": ((), ("df2", "df", "df1")),
    "f": (("df1",), ("df2",)),
    "chi2": (("df", "df1"), ()),
    "z": ((), ()),
    "r": ((), ("df2", "df", "df1")),
}
_SIDES = {1: "one-sided", 2: "two-sided"}
_SHOWN = {"f": "F", "chi2": "χ²"}
_NOT_SIGNIFICANT = re.compile(r"\(?\s*n\.?\s*s\.?\s*\)?", re.IGNORECASE)


class Statistic(NamedTuple):
    """A printed test statistic with its degrees of freedom."""

    claim: Claim
    value: Span
    df1: tuple[float, float]
    df2: tuple[float, float]
    others: tuple[str, ...]

    def p(self, sides: int = 2) -> tuple[float, float]:
        """Smallest and largest p-value that it can have."""
        return p_range(self.claim.measure, self.value, self.df1, self.df2, sides)

    @property
    def words(self) -> str:
        """`t(18) = 2.80`."""
        name = _SHOWN.get(self.claim.measure, self.claim.measure)
        known = [float(sum(df)) / 2 for df in (self.df1, self.df2) if df != (0, 0)]
        freedom = ", ".join(f"{df:g}" for df in known)
        return f"{name}{f'({freedom})' if freedom else ''} = {self.claim.printed.number}"


def p_values(claims: Claims) -> Iterator[Outcome]:
    """P-values that the statistic beside them does not give, by the rules of R's statcheck."""
    for claim in claims:
        span = p_span(claim) if claim.measure == "p" else None
        siblings = claims.siblings(claim) if span else {}
        for name in TESTS:
            if interval(siblings.get(name)) is None:
                continue
            found = statistic(claims, siblings[name])
            if found is None:
                yield Unchecked(siblings[name].claim_id, "freedom")
            else:
                one_sided = whole(siblings.get("sided")) == 1
                yield _held(claim, span, found, 1 if one_sided else 2)


def p_span(claim: Claim) -> Span | None:
    """What a printed p-value may be; `ns` is more than 0.05."""
    if _NOT_SIGNIFICANT.fullmatch(claim.as_printed.strip()):
        return Span(ALPHA, math.inf)
    if claim.printed is None or claim.printed.number > 1 or claim.printed.relation == "~":
        return None
    return claim.printed.span


def statistic(claims: Claims, claim: Claim) -> Statistic | None:
    """A statistic with its degrees of freedom, or None where one that it needs is not printed."""
    siblings = claims.siblings(claim)
    ends, ids = [], []
    for names in _DEGREES[claim.measure]:
        printed = next((siblings[name] for name in names if name in siblings), None)
        span = interval(printed)
        if names and (span is None or printed.printed.number <= 0):
            return None
        # Whole degrees of freedom are exact; with decimals they are rounded (Welch).
        exact = span and not printed.printed.digits
        ends.append((printed.printed.number,) * 2 if exact else _positive(span or (0, 0)))
        ids += [printed.claim_id] if names else []
    if claim.measure == "r" and abs(claim.printed.number) > 1:
        return None
    return Statistic(claim, interval(claim), *ends, (claim.claim_id, *ids))


def _positive(span: tuple) -> tuple[float, float]:
    """Degrees of freedom are more than none, also where 0.3 is printed as 0."""
    return max(float(span[0]), 0.0), float(span[1])


def _held(claim: Claim, span: Span, found: Statistic, sides: int) -> Outcome:
    """A p-value against its statistic: `sides` as printed, the other number if that fits."""
    if span.meets(Span(*found.p(sides))):
        return Checked((claim.claim_id, *found.others))
    other = 3 - sides
    fits = found.claim.measure in SIDED and span.meets(Span(*found.p(other)))
    if fits and other == 1 and (said(claim, ONE_SIDED) or said(found.claim, ONE_SIDED)):
        return Checked((claim.claim_id, *found.others))
    low, high = found.p(sides)
    kind = f" ({_SIDES[sides]})" if found.claim.measure in SIDED else ""
    text = f"{found.words} gives p = {p_text(low, high)}{kind}."
    if fits:
        text += f" The printed value is the {_SIDES[other]} one."
    if (span.high <= ALPHA < low) or (high <= ALPHA < span.low):
        text += f" The two lie on different sides of {ALPHA}."
    severity = INCONSISTENT
    if is_smallest(claim) and high < span.low:
        text += f" Most likely <{claim.printed.number} is meant."
        severity = ROUNDING
    if said(claim, _OTHERWISE):
        text += " It is said to be of more than this statistic."
        severity = NOTE
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, p_text(low, high), "", "p-value",
        text, found.others, severity,
    )  # fmt: skip


def is_smallest(claim: Claim) -> bool:
    """Whether a p-value is one unit of its last digit, as `=0.001` for what should be `<0.001`."""
    printed = claim.printed
    unit = printed is not None and printed.number * 10**printed.digits == 1
    return unit and printed.relation == "=" and printed.digits > 2


def p_text(low: float, high: float) -> str:
    """One p-value, or two ends, to as many decimals as tell them from 0."""
    digits = 3 if high >= 0.0095 else 4
    ends = [f"{end:.{digits}f}" for end in (low, high)]
    if high < 0.0001:
        return "less than 0.0001"
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)
