"""Ratios against their limits, and p-values against the estimate with limits beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from case_review.audit.checks import count_tables
from case_review.audit.checks.reported_tests import (
    ALPHA,
    ONE_SIDED,
    TESTS,
    is_smallest,
    p_span,
    p_text,
)
from case_review.audit.checks.samples import gathered, interval, levels, populations, said
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import INCONSISTENT, NOTE, Checked, Finding, Outcome
from case_review.audit.prints import Span
from case_review.statistics.inputs import normal_quantile
from case_review.statistics.p_values import p_range, z_of

RATIOS = ("hr", "or", "rr")
_NAMED = re.compile(
    r"\b(?:[Hh]azards?|[Oo]dds|[Rr]isk|[Rr]ate|[Ii]ncidence|[Pp]revalence)[- ][Rr]atio|"
    r"\b(?:a?HR|a?OR|a?RR|IRR|SHR)\b"
)
_LEVEL = re.compile(r"\b(\d{2}(?:\.\d+)?)\s*%\s*(?:CI|[Cc]onfidence|[Cc]redib)")
#: Tests of something else than the estimate in whose row they stand.
_OTHERWISE = f"trend|interact|heterogen|inferior|equivalen|global|overall|{ONE_SIDED}"
#: Tests that are made beside an estimate that is adjusted or of another model.
_BESIDE = "log-?rank|fisher|chi|χ|unadjusted|crude|mann|wilcoxon"
#: Nearer to a limit than this part of the interval no usual method puts an estimate, and by less
#: than this factor do usual tests (Wald, likelihood ratio, score, exact) differ in z.
_QUARTER, _ALIKE = 0.25, 0.75


class Limited(NamedTuple):
    """An estimate with limits: each what it may have been before it was rounded."""

    claim: Claim
    estimate: Span
    low: Span
    high: Span
    level: float
    others: tuple[str, ...]


def midway(claims: Claims) -> Iterator[Outcome]:
    """Ratios that do not lie midway between their limits on the scale of logarithms."""
    yield from gathered(_midway(claims), claims, "ratios lie off the middle of their limits.")


def _midway(claims: Claims) -> Iterator[Outcome]:
    for found in _limited(claims):
        if not _is_ratio(found.claim) or found.low.low <= 0:
            continue
        square = Span(found.estimate.low**2, found.estimate.high**2)
        product = Span(found.low.low * found.high.low, found.low.high * found.high.high)
        if square.meets(product):
            yield Checked((found.claim.claim_id, *found.others))
        elif found.estimate.low > 0:
            yield _off_centre(found, product)


def _limited(claims: Claims) -> Iterator[Limited]:
    for claim in claims:
        if claim.measure not in (*RATIOS, "value", "median"):
            continue
        siblings = claims.siblings(claim)
        ends = [siblings.get(name) for name in ("low", "high")]
        spans = [interval(one) for one in (claim, *ends)]
        # Of a median without the word ratio, `low` and `high` are often quartiles.
        if None in spans or any(one.kind == "range" for one in ends):
            continue
        # A 1 marks the group of reference, whose row may hold limits of another; an estimate
        # outside its limits is out of order, which is told of elsewhere.
        if claim.printed.number == 1:
            continue
        inside = spans[1].low <= spans[0].high and spans[0].low <= spans[2].high
        if inside and spans[1].high <= spans[2].low:
            ids = tuple(one.claim_id for one in ends)
            yield Limited(claim, *spans, level_of(claims, claim), ids)


def _is_ratio(claim: Claim) -> bool:
    text = f"{claim.statement} {claim.location}"
    return claim.measure in RATIOS or claim.kind == "ratio" or bool(_NAMED.search(text))


def level_of(claims: Claims, claim: Claim) -> float:
    """The level of the limits in percent: that printed beside or in words, else 95."""
    siblings = claims.siblings(claim)
    beside = interval(siblings.get("level"))
    if beside is not None and 50 < siblings["level"].printed.number < 100:
        return float(siblings["level"].printed.number)
    for one in (claim, *(siblings[name] for name in ("low", "high") if name in siblings)):
        if words := _LEVEL.search(f"{one.statement} {one.location}"):
            return float(words[1])
    return 95.0


def _off_centre(found: Limited, product: Span) -> Finding:
    claim, digits = found.claim, max(found.claim.printed.digits, 2)
    low, high = (math.sqrt(end) for end in product)
    expected = f"{low:.{digits}f}" if f"{low:.{digits}f}" == f"{high:.{digits}f}" else (
        f"{low:.{digits}f} to {high:.{digits}f}"
    )  # fmt: skip
    text = f"Midway between the limits on the scale of logarithms lies {expected}."
    doubled = Span(2 * found.estimate.low, 2 * found.estimate.high)
    if doubled.meets(Span(found.low.low + found.high.low, found.low.high + found.high.high)):
        text += " The estimate lies midway on the natural scale, which is not usual for ratios."
    else:
        text += " Exact, profile and bootstrap limits need not have it there."
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, expected, "", "limits", text,
        found.others, INCONSISTENT if _far(found) else NOTE,
    )  # fmt: skip


def _far(found: Limited) -> bool:
    """Whether the estimate lies in the first or last quarter of its limits, however rounded."""
    low, high = (tuple(math.log(end) for end in span) for span in (found.low, found.high))
    near, far = (math.log(end) for end in found.estimate)
    below = far < low[0] + _QUARTER * (high[0] - low[0])
    above = near > high[1] - _QUARTER * (high[1] - low[1])
    return below or above


def p_values(claims: Claims) -> Iterator[Outcome]:
    """P-values that contradict the estimate and limits beside them."""
    yield from gathered(_p_values(claims), claims, "p-values do not go with the limits.")


def _p_values(claims: Claims) -> Iterator[Outcome]:
    for found in _limited(claims):
        claim = claims.siblings(found.claim).get("p")
        span = p_span(claim) if claim else None
        ratio = _is_ratio(found.claim)
        if span is None or set(TESTS) & set(claims.siblings(claim)):
            continue
        if not (ratio or said(found.claim, "difference")) or said(claim, _OTHERWISE):
            continue
        z = _z(found, ratio)
        if z is None:
            continue
        p = Span(*p_range("z", z))
        less = is_smallest(claim) and p.high < span.low
        # A p-value of the bare counts stands beside limits of their ratio by another method.
        if less or p.meets(span) or not _apart(span, z) or count_tables.gives(claims, claim):
            yield Checked((claim.claim_id, found.claim.claim_id, *found.others))
        else:
            yield _contradiction(claims, claim, found, p, 1 if ratio else 0)


def _z(found: Limited, ratio: bool) -> tuple[float, float] | None:
    """Smallest and largest size of estimate over standard error, from the width of the limits."""
    if ratio and (found.low.low <= 0 or found.estimate.low <= 0):
        return None
    scale = math.log if ratio else float
    low, high, estimate = (
        [scale(end) for end in span] for span in (found.low, found.high, found.estimate)
    )
    least = 0.0 if estimate[0] <= 0 <= estimate[1] else min(map(abs, estimate))
    widths = high[0] - low[1], high[1] - low[0]
    if widths[0] <= 0:
        return None
    quantile = 2 * normal_quantile(found.level / 100)
    return quantile * least / widths[1], quantile * max(map(abs, estimate)) / widths[0]


def _apart(p: Span, z: tuple[float, float]) -> bool:
    """Whether a printed p-value belongs to a z that no usual test would have here."""
    return z_of(p.low) < z[0] * _ALIKE or z_of(p.high) > z[1] / _ALIKE


def _contradiction(claims: Claims, claim: Claim, found: Limited, p: Span, null: int) -> Finding:
    holds = found.low.high < null < found.high.low
    leaves_out = null < found.low.low or found.high.high < null
    text = f"Estimate and limits give about p = {p_text(*map(float, p))}."
    span = p_span(claim)
    against = found.level == 95 and (
        (holds and span.high < ALPHA) or (leaves_out and span.low > ALPHA)
    )
    if against:
        inside = "hold" if holds else "leave out"
        text += f" The limits {inside} {null}, which is not what this p-value says."
    shared = _may_be_shared(claims, found.claim)
    if shared:
        text += " It may be of all levels of the variable."
    beside = said(claim, _BESIDE)
    if beside:
        text += " It is said to be of another test."
    crude = count_tables.is_crude(claims, found.claim)
    if crude:
        text += " No usual test of the counts, of which the ratio is, gives it either."
    sure = (against or crude) and null == 1 and not shared and not beside
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, p_text(*map(float, p)), "", "p-interval",
        text, (found.claim.claim_id, *found.others), INCONSISTENT if sure else NOTE,
    )  # fmt: skip


def _may_be_shared(claims: Claims, claim: Claim) -> bool:
    """Whether other levels of the same variable stand there without a p-value of their own.

    In a drafted table any row may be a level.
    """
    if len(claim.path) < 2 and not claim.sure:
        return False
    rows = (
        populations(claims, claim.place, path).get(claim.population, {})
        for path in levels(claims, claim.place, claim.path[:-1])
        if path != claim.path
    )
    return any({claim.measure, "low"} <= row.keys() and "p" not in row for row in rows)
