"""t and F against the means, standard deviations and sizes of the groups that they compare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from case_review.audit.checks.reported_tests import ONE_SIDED, p_span, p_text
from case_review.audit.checks.samples import (
    Size,
    gathered,
    interval,
    levels,
    populations,
    said,
    size,
    whole,
)
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import INCONSISTENT, NOTE, Checked, Finding, Outcome, Unchecked
from case_review.audit.prints import Span
from case_review.statistics import compared_means
from case_review.statistics.compared_means import Group
from case_review.statistics.p_values import p_range

#: Populations that are no group of their own: what stands there compares the others.
COMPARED = frozenset(
    ["all", "both", "overall", "total", "test", "difference", "comparison", "p", "p_value"]
)
#: Words that say that a statistic is of something else than these means.
OTHERWISE = (
    "paired|repeated|matched|adjust|covari|ancova|mixed|regress|weighted|log|transform|rank|"
    "mann|wilcoxon|kruskal|median|change|interaction"
)
_IN_WORDS = re.compile(r"\bF\s*\(\s*(\d+)\s*,\s*(?:(\d+)|[nN]\s*[-−–]\s*(\d+))\s*\)")
_SHOWN = {"t": "t", "f": "F"}


class Compared(NamedTuple):
    """The groups that a statistic compares, and the claims that tell of them."""

    groups: tuple[Group, ...]
    sizes: tuple[Size, ...]
    others: tuple[str, ...]

    @property
    def own(self) -> bool:
        """Whether all sizes are printed for these means, and not for the whole population."""
        return all(size.own for size in self.sizes)

    @property
    def freedom(self) -> int:
        """Degrees of freedom within groups."""
        return sum(group.n for group in self.groups) - len(self.groups)


def statistics(claims: Claims) -> Iterator[Outcome]:
    """Statistics t and F that no means and deviations within the rounding give."""
    yield from gathered(_statistics(claims), claims, "statistics are not of the bare means.")


def _statistics(claims: Claims) -> Iterator[Outcome]:
    for claim in claims:
        if claim.measure not in _SHOWN or claim.population not in COMPARED:
            continue
        value, found = interval(claim), compared(claims, claim)
        if value is None or found is None:
            continue
        if len(found.groups) > (2 if claim.measure == "t" else compared_means.MOST_GROUPS):
            yield Unchecked(claim.claim_id, "groups")
            continue
        yield _held(claims, claim, value, found)


def compared(claims: Claims, claim: Claim) -> Compared | None:
    """The groups beside a statistic with mean, deviation and size: populations, or levels.

    None if there are fewer than two, one lacks a size, or they are not all that there are.
    """
    beside = populations(claims, claim.place, claim.path)
    members = [one for name, one in beside.items() if name not in COMPARED and is_complete(one)]
    if len(members) < 2:
        members = [one for one in _levels(claims, claim) if is_complete(one)]
    sizes = [size(claims, one["mean"]) for one in members]
    if len(members) < 2 or any(found is None or found.n < 2 for found in sizes):
        return None
    everyone = claims.total(claim)
    if whole(everyone) and sum(found.n for found in sizes) > whole(everyone):
        return None
    groups = tuple(group_of(one, found) for one, found in zip(members, sizes, strict=True))
    ids = [one[name].claim_id for one in members for name in ("mean", "sd")]
    return Compared(groups, tuple(sizes), (*ids, *(found.claim_id for found in sizes)))


def is_complete(measures: dict[str, Claim]) -> bool:
    """Whether mean and deviation of a group are printed."""
    return all(interval(measures.get(name)) is not None for name in ("mean", "sd"))


def _levels(claims: Claims, claim: Claim) -> Iterator[dict[str, Claim]]:
    """What is printed of each level one step below a statistic, in its own population."""
    for path in levels(claims, claim.place, claim.path):
        found = populations(claims, claim.place, path).get(claim.population)
        if found:
            yield found


def group_of(measures: dict[str, Claim], of: Size) -> Group:
    """A group's size, mean and deviation as they are printed."""
    return Group(of.n, _floats(measures["mean"]), _floats(measures["sd"], least=0.0))


def _floats(claim: Claim, least: float = float("-inf")) -> tuple[float, float]:
    span = interval(claim)
    return max(float(span.low), least), float(span.high)


def _held(claims: Claims, claim: Claim, value: Span, found: Compared) -> Outcome:
    """One statistic against its groups."""
    size = Span(*sorted(map(abs, value))) if value.low > 0 or value.high < 0 else value
    size = Span(0, max(map(abs, value))) if size.low < 0 else size
    ranges = _ranges(claim, found)
    if any(size.meets(Span(*ends)) for ends in ranges.values()):
        return Checked((claim.claim_id, *found.others))
    name = _SHOWN[claim.measure]
    expected = " or ".join(
        f"{_between(low, high, max(claim.printed.digits, 2))}{words}"
        for words, (low, high) in ranges.items()
    )
    text = f"Means, deviations and sizes of the groups give {name} = {expected}."
    if any(size.meets(Span(*ends)) for ends in _ranges(claim, _as_errors(found)).values()):
        text += " It fits if the deviations are standard errors."
    doubt = _doubt(claims, claim, size, found, max(high for _, high in ranges.values()))
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, expected, "", "statistic",
        f"{text} {doubt}".strip(), found.others, NOTE if doubt else INCONSISTENT,
    )  # fmt: skip


def _as_errors(found: Compared) -> Compared:
    """The same groups if what is printed as deviations are standard errors."""
    groups = [
        group._replace(sd=(group.sd[0] * group.n**0.5, group.sd[1] * group.n**0.5))
        for group in found.groups
    ]
    return found._replace(groups=tuple(groups))


def _between(low: float, high: float, digits: int) -> str:
    """`1.08 to 1.27`, or one number where both are printed alike."""
    ends = [f"{end:.{digits}f}" for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _ranges(claim: Claim, found: Compared) -> dict[str, tuple[float, float]]:
    """Within what the statistic must lie, by the words for how it was computed."""
    if claim.measure == "f":
        ranges = {"": compared_means.f_statistic(found.groups)}
        if len(found.groups) == 2:
            low, high = compared_means.welch_t(*found.groups)
            ranges[" (Welch)"] = (low**2, high**2)
        return ranges
    return {
        " (common variance)": compared_means.pooled_t(*found.groups),
        " (Welch)": compared_means.welch_t(*found.groups),
    }


def _doubt(claims: Claims, claim: Claim, size: Span, found: Compared, most: float) -> str:
    """Why the statistic may be sound all the same, as a sentence; empty where it cannot be."""
    if said(claim, OTHERWISE):
        return "It is said to be of something else."
    same = len({group.n for group in found.groups}) == 1 and len(found.groups) == 2
    if same and claim.measure == "t" and size.meets(Span(*compared_means.paired_t(*found.groups))):
        return "It fits if the groups are the same people, measured twice."
    if not found.own and size.low <= most:
        return "Fewer answers than the groups have people would make it smaller."
    printed = _printed_freedom(claims, claim, found)
    if printed is not None and printed != found.freedom and not _is_welch(claim, found, printed):
        return f"Its degrees of freedom ({printed:g}) are not of these groups ({found.freedom})."
    if claim.measure == "f" and printed is None:
        return "It fits no analysis without covariates; with them it may be sound."
    return ""


def _printed_freedom(claims: Claims, claim: Claim, found: Compared) -> float | None:
    """The degrees of freedom within groups that are printed beside or in the statement."""
    siblings = claims.siblings(claim)
    names = ("df2",) if claim.measure == "f" else ("df2", "df", "df1")
    for name in names:
        if interval(siblings.get(name)) is not None:
            return float(siblings[name].printed.number)
    words = _IN_WORDS.search(claim.statement) if claim.measure == "f" else None
    if words is None:
        return None
    everyone = sum(group.n for group in found.groups)
    return float(words[2]) if words[2] else float(everyone - int(words[3]))


def _is_welch(claim: Claim, found: Compared, printed: float) -> bool:
    low, high = compared_means.welch_df(*found.groups[:2])
    return claim.measure == "t" and low <= printed <= high


def p_values(claims: Claims) -> Iterator[Outcome]:
    """P-values beside t or F without degrees of freedom, which follow from the groups compared."""
    for claim in claims:
        siblings = claims.siblings(claim) if claim.measure == "p" else {}
        statistic = siblings.get("f") or siblings.get("t")
        if interval(statistic) is None or claim.population not in COMPARED:
            continue
        found, span = compared(claims, statistic), p_span(claim)
        if found is None or span is None or {"df", "df1", "df2"} & siblings.keys():
            continue
        yield _held_p(claims, claim, span, statistic, found)


def _held_p(claims: Claims, claim: Claim, p: Span, statistic: Claim, found: Compared) -> Outcome:
    # Some may not have answered, covariates take degrees of freedom, and Welch's t has no fewer
    # than the smaller group; half of them is generous.
    fewest = min(found.freedom / 2, min(group.n for group in found.groups) - 1)
    within = (max(fewest, 1.0), float(found.freedom))
    between = (len(found.groups) - 1,) * 2 if statistic.measure == "f" else (0, 0)
    sides = 1 if said(claim, ONE_SIDED) or said(statistic, ONE_SIDED) else 2
    low, high = p_range(statistic.measure, interval(statistic), between, within, sides)
    ids = (statistic.claim_id, *found.others)
    if p.meets(Span(low, high)):
        return Checked((claim.claim_id, *ids))
    freedom = f"{between[0]}, {found.freedom}" if between[0] else f"{found.freedom}"
    name = f"{_SHOWN[statistic.measure]}({freedom}) = {statistic.printed.number}"
    sure = _printed_freedom(claims, statistic, found) == found.freedom or (
        found.own and statistic.measure == "t" and not said(statistic, OTHERWISE)
    )
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, p_text(low, high), "", "p-value",
        f"{name} gives p = {p_text(low, high)}.", ids, INCONSISTENT if sure else NOTE,
    )  # fmt: skip
