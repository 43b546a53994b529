"""Limits of percentages against those of the usual methods."""

from __future__ import annotations

from collections.abc import Iterator

from case_review.audit.checks.estimates import level_of
from case_review.audit.checks.samples import NO_SHARE, Size, gathered, interval, said, size, whole
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import INCONSISTENT, NOTE, Checked, Finding, Outcome
from case_review.audit.prints import Span
from case_review.statistics import granularity
from case_review.statistics.proportion_limits import all_limits


def limits(claims: Claims) -> Iterator[Outcome]:
    """Limits of a percentage that no usual method gives for its counts."""
    yield from gathered(_limits(claims), claims, "percentages have limits of no usual method.")


def _limits(claims: Claims) -> Iterator[Outcome]:
    for claim in claims:
        if claim.measure != "pct":
            continue
        siblings = claims.siblings(claim)
        ends = [siblings.get(name) for name in ("low", "high")]
        spans = [interval(end) for end in ends]
        of = size(claims, claim)
        if None in spans or of is None or any(end.kind == "range" for end in ends):
            continue
        numerators = _numerators(claim, siblings.get("n"), of)
        if numerators:
            yield _held(claims, claim, spans, numerators, of)


def _numerators(claim: Claim, beside: Claim | None, of: Size) -> list[int]:
    """How many the percentage may be of: those printed, or those that give it."""
    count = claim.numerator if claim.numerator is not None else whole(beside)
    if count is not None:
        return [int(count)] if count <= of.n else []
    span = interval(claim)
    found = granularity.counts(span, of.n) if span else range(0)
    return list(found) if len(found) <= 3 else []


def _held(claims: Claims, claim: Claim, spans: list[Span], numerators, of: Size) -> Outcome:
    """Limits against every method, for every number that the percentage may be of."""
    level = level_of(claims, claim)
    siblings = claims.siblings(claim)
    others = tuple(siblings[name].claim_id for name in ("low", "high"))
    found = [all_limits(count, of.n, level / 100) for count in numerators]
    every = [pair for methods in found for pair in methods.values()]
    if any(100 * low in spans[0] and 100 * high in spans[1] for low, high in every):
        return Checked((claim.claim_id, *others))
    shown = _shown(found[0], claim, siblings["low"])
    narrow = 2 * (spans[1].high - spans[0].low) < min(100 * (high - low) for low, high in every)
    text = f"For {numerators[0]} of {of.n} the usual {level:g}% limits are {shown}{of.condition}."
    if narrow:
        text += " Those printed are less than half as wide as any of them."
    else:
        text += " Limits of clustered, weighted or adjusted data differ from them."
    sure = narrow and of.own and not said(claim, NO_SHARE)
    return Finding(
        claim.claim_id, claim.location, _range(siblings["low"], siblings["high"]), shown, "",
        "interval", text, others, INCONSISTENT if sure else NOTE,
    )  # fmt: skip


def _range(low: Claim, high: Claim) -> str:
    return f"{low.as_printed} to {high.as_printed}"


def _shown(methods: dict, claim: Claim, low: Claim) -> str:
    """The limits by the two methods that papers use most."""
    digits = max(low.printed.digits, 1)
    ends = {name: [f"{100 * end:.{digits}f}" for end in methods[name]] for name in methods}
    named = ("exact (Clopper–Pearson)", "Wilson", "Wald")
    return ", ".join(f"{ends[name][0]} to {ends[name][1]} ({name})" for name in named)
