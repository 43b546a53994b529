"""Which printed numbers the others confirm, without any patient: percentages, sums, repeats.

A confirmation has a direction, so that no number stands for itself: counts give their percentage,
parts give their sum, and of a number that is stated several times one statement gives the others.
That a part can also be had as the whole less the other parts confirms nothing more, for the whole
is already the one that those parts were held against.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

import pandas as pd

from case_review.audit.checks import agreement, declared, percentages, populations, sums
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import Finding

#: Findings that say of a number itself that others contradict it.
_CONTRADICTED = ("numerator", "excess", "transcription", "disagreement", "sum", "populations")
#: What a confirmation is; the words stand beside the number.
PERCENTAGE = "Its numerator and denominator give it."
SUM = "Printed parts add up to it."
REPEAT = "It is printed again elsewhere."


def confirmations(
    claims: Claims,
    findings: Iterable[Finding] = (),
    checks: pd.DataFrame | None = None,
    sources: Collection[str] = (),
) -> dict[str, str]:
    """What confirms each printed number that others confirm: its claim id, and in what way.

    Parameters
    ----------
    claims
        The printed numbers.
    findings
        Of the audit of the print. A number that others contradict is not confirmed, and a
        statement that goes beyond the data is not confirmed by being made again.
    checks
        Declared checks; see `declared.declared`.
    sources
        Claim ids that are taken as the first statement of a number where it is stated again, such
        as those that rows were reconstructed from.
    """
    kinds = [(finding.claim_id, finding.kind) for finding in findings]
    beyond = {id for id, kind in kinds if kind == "unsupported"}
    contradicted = {id for id, kind in kinds if kind in _CONTRADICTED}
    computed = {claim.claim_id: PERCENTAGE for claim in claims if _is_ratio(claim)}
    computed |= dict.fromkeys(_sums(claims), SUM)
    if checks is not None:
        computed |= dict.fromkeys(declared.holding(claims, checks), SUM)
    repeats = {}
    for group in agreement.statements(claims):
        if not beyond.isdisjoint(claim.claim_id for claim in group):
            continue
        # A number that others give is the best source of its repeats, then one that is taken as
        # such, then the first: the same order in every group, so that no two repeat each other.
        source = min(group, key=lambda c: (c.claim_id not in computed, c.claim_id not in sources))
        agreeing = (claim.claim_id for claim in group if agreement.agree(source, claim))
        repeats |= {id: REPEAT for id in agreeing if id != source.claim_id}
    return {id: how for id, how in (repeats | computed).items() if id not in contradicted}


def _is_ratio(claim: Claim) -> bool:
    return claim.kind == "percent" and claim.checkable and percentages.is_given(claim)


def _sums(claims: Claims) -> Iterator[str]:
    """Wholes that their parts add up to, in each of their blocks and over the populations."""
    held: dict[str, bool] = {}
    for whole, parts in [*sums.blocks_of(claims), *populations.populations_of(claims)]:
        total = sum((part.number for part in parts), Decimal(0))
        id = whole.claim_id
        held[id] = held.get(id, True) and len(parts) > 1 and total == whole.number
    return (id for id, holds in held.items() if holds)
