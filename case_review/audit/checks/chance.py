"""What many printed values say together: last digits, and groups that are too alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from case_review.audit.checks.group_means import COMPARED, group_of
from case_review.audit.checks.samples import interval, populations, said, size
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import NOTE, Checked, Finding, Outcome
from case_review.statistics import compared_means
from case_review.statistics.many_values import combined, last_digits_p
from case_review.statistics.p_values import p_range

#: With fewer values nothing is said, and less likely than this it is told of.
_VALUES, _VARIABLES, _UNLIKELY = 100, 10, 1e-4
_MATCHED = "match|propensity|stratif|weight|crossover|cross-over"


def last_digits(claims: Claims) -> Iterator[Outcome]:
    """Last digits of means, deviations and values that do not come up equally often."""
    members = [
        claim
        for claim in claims
        if claim.measure in ("mean", "sd", "value")
        and interval(claim)
        and claim.printed.digits
        and len(claim.printed.number.as_tuple().digits) > 2
    ]
    if len(members) < _VALUES:
        return
    often = Counter(claim.printed.number.as_tuple().digits[-1] for claim in members)
    p = last_digits_p([often[digit] for digit in range(10)])
    ids = tuple(claim.claim_id for claim in members)
    if p >= _UNLIKELY:
        yield Checked(ids)
        return
    shown = ", ".join(f"{digit}: {often[digit]}" for digit in range(10))
    yield Finding(
        ids[0], members[0].location, shown, f"about {len(members) / 10:.0f} each", "", "digits",
        f"The last digits of {len(members)} means, deviations and values come up unequally "
        f"(p = {p:.1g}). Values on a scale with few steps, or all of one denominator, do so too.",
        ids[1:], NOTE,
    )  # fmt: skip


def baseline(claims: Claims) -> Iterator[Outcome]:
    """Groups whose means at baseline are more alike, or if randomised less, than chance makes them.

    This is Carlisle's test with Welch's t; of the p-values that rounding leaves possible the one
    next to 0.5 is taken.
    """
    found: dict[str, list[tuple[Claim, float]]] = defaultdict(list)
    for claim in claims:
        if claim.measure == "mean" and claim.population not in COMPARED and said(claim, "baseline"):
            row = populations(claims, claim.place, claim.path)
            names = [name for name in row if name not in COMPARED and "mean" in row[name]]
            if len(names) == 2 and claim.population == names[0]:
                p = _p_value(claims, [row[name] for name in names])
                if p is not None:
                    found[claim.place].append((claim, p))
    for members in found.values():
        if len(members) >= _VARIABLES and not any(said(one, _MATCHED) for one, _ in members):
            yield _together(members)


def _p_value(claims: Claims, rows: list[dict[str, Claim]]) -> float | None:
    """The p-value of Welch's t next to 0.5 that rounding leaves possible."""
    groups = []
    for row in rows:
        of = size(claims, row["mean"])
        if of is None or of.n < 2 or not interval(row["mean"]) or not interval(row.get("sd")):
            return None
        groups.append(group_of(row, of))
    low, high = p_range(
        "t", compared_means.welch_t(*groups), df2=(sum(group.n for group in groups) - 2,) * 2
    )
    return min(max(low, 0.5), high)


def _together(members: list[tuple[Claim, float]]) -> Outcome:
    ids = tuple(claim.claim_id for claim, _ in members)
    small = combined([p for _, p in members])
    randomised = any(said(claim, "randomi") for claim, _ in members)
    alike = small > 1 - _UNLIKELY
    if not alike and not (randomised and small < _UNLIKELY):
        return Checked(ids)
    outcome = "more alike" if alike else "less alike"
    chance = 1 - small if alike else small
    return Finding(
        ids[0], members[0][0].location, f"{len(members)} means in two groups",
        "differences as chance makes them", "", "baseline",
        f"The groups are {outcome} at baseline than chance makes them ({len(members)} variables, "
        f"combined p = {chance:.1g}). Variables that depend on one another, or standard errors "
        "printed as deviations, bring that about too.", ids[1:], NOTE,
    )  # fmt: skip
