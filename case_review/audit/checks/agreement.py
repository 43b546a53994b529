"""The same number at two places of a paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from case_review.audit.claims import Claim, Claims, with_unit
from case_review.audit.cohorts import Cohorts, agree
from case_review.audit.findings import NOTE, ROUNDING, Checked, Finding, Outcome, signed


def agreement(claims: Claims) -> Iterator[Outcome]:
    """The same number printed differently in two places.

    They are compared as far as the digits of both go.
    """
    reported = set()
    cohorts = Cohorts(claims)
    for members in statements(claims):
        first = members[0]
        for other in members[1:]:
            pair = (first.claim_id, other.claim_id)
            if agree(first, other):
                yield Checked(pair)
            elif pair not in reported:
                reported.add(pair)
                yield Finding(
                    other.claim_id, other.location, with_unit(other), with_unit(first),
                    signed(other.number - first.number) if first.unit == other.unit else "",
                    "disagreement",
                    f"The same number is {with_unit(first)} at {first.location}.",
                    others=(first.claim_id,), severity=_severity(first, other, cohorts),
                )  # fmt: skip


def _severity(first: Claim, other: Claim, cohorts: Cohorts) -> str:
    named = first.result_id and first.result_id == other.result_id
    if not named and not cohorts.certain(first, other):
        return NOTE
    # Next to one another, they may be one number that was rounded in two ways.
    return ROUNDING if other.measure != "n" and first.span.meets(other.span) else ""


def statements(claims: Claims) -> Iterator[list[Claim]]:
    """The claims that state the same number, in the order of the file; a claim may be in two.

    Two claims state the same number if they point to one result with one measure, or if their
    ids differ only in the place and both places speak of the same people.
    """
    results: dict[tuple, list[Claim]] = defaultdict(list)
    paths: dict[tuple, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.number is None:
            continue
        if claim.result_id:
            results[claim.result_id, claim.measure, claim.population].append(claim)
        paths[claim.path, claim.measure, claim.population].append(claim)
    yield from results.values()
    cohorts = Cohorts(claims)
    for members in paths.values():
        yield from _alike(members, cohorts)


def _alike(members: list[Claim], cohorts: Cohorts) -> Iterator[list[Claim]]:
    """Claims of one path, apart where their places speak of other people.

    A text repeats that table with which it agrees: of two odds ratios, unadjusted and adjusted, it
    names one.
    """
    groups: list[list[Claim]] = []
    for claim in sorted(members, key=cohorts.is_prose):
        own = [group for group in groups if all(cohorts.same(one, claim) for one in group)]
        agreeing = [group for group in own if agree(group[0], claim)]
        if own:
            (agreeing or own)[0].append(claim)
        else:
            groups.append([claim])
    for group in sorted(groups, key=lambda group: min(claim.line for claim in group)):
        yield sorted(group, key=lambda claim: claim.line)


__all__ = ["agree", "agreement", "statements"]
