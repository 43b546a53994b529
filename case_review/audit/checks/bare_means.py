"""P-values without a statistic against the means and deviations of the groups beside them."""

from __future__ import annotations

from collections.abc import Iterator

from case_review.audit.checks.group_means import COMPARED, OTHERWISE, Compared, compared
from case_review.audit.checks.reported_tests import TESTS, p_span, p_text
from case_review.audit.checks.samples import gathered, said
from case_review.audit.claims import Claims
from case_review.audit.findings import NOTE, Checked, Finding, Outcome
from case_review.audit.prints import Span
from case_review.statistics import compared_means
from case_review.statistics.p_values import p_range, z_of

#: Other tests (of ranks, adjusted, of logarithms) may give another z: so many times as large, and
#: so much more.
_TIMES, _MORE = 2, 1


def p_values(claims: Claims) -> Iterator[Outcome]:
    """P-values that are far from what the groups' means and deviations give."""
    yield from gathered(_p_values(claims), claims, "p-values are far from those of the means.")


def _p_values(claims: Claims) -> Iterator[Outcome]:
    for claim in claims:
        if claim.measure != "p" or claim.population not in COMPARED:
            continue
        if {*TESTS, "low", "hr", "or", "rr"} & set(claims.siblings(claim)):
            continue
        span, found = p_span(claim), compared(claims, claim)
        if span is None or found is None or len(found.groups) > compared_means.MOST_GROUPS:
            continue
        if not found.own or said(claim, OTHERWISE):
            continue
        p = _range(found)
        if _far(span, p):
            text = f"Means, deviations and sizes of the groups give p = {p_text(*p)}."
            yield Finding(
                claim.claim_id, claim.location, claim.as_printed, p_text(*p), "", "p-value",
                f"{text} A test of ranks or an adjusted one would hardly be so far from it.",
                found.others, NOTE,
            )  # fmt: skip
        else:
            yield Checked((claim.claim_id, *found.others))


def _range(found: Compared) -> tuple[float, float]:
    """Smallest and largest p-value by the analysis of variance, or by Welch's t for two groups."""
    between, within = len(found.groups) - 1, found.freedom
    ends = list(
        p_range(
            "f", compared_means.f_statistic(found.groups), (between,) * 2, (float(within),) * 2
        )
    )
    if between == 1:
        df = compared_means.welch_df(*found.groups)
        ends += p_range("t", compared_means.welch_t(*found.groups), df2=df)
    return min(ends), max(ends)


def _far(printed: Span, p: tuple[float, float]) -> bool:
    """Whether no usual test can be so far from what the means give."""
    small, large = z_of(p[1]), z_of(p[0])
    low, high = z_of(printed.high), z_of(printed.low)
    return low > _TIMES * large + _MORE or high < (small - _MORE) / _TIMES
