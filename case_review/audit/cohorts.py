"""Whether two places of a paper speak of the same people, and of the same comparison of them.

The same row in two tables is the same number only then. A column `cohort` says it; without one it
is told by what the places print.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from case_review.audit.claims import TOTAL, Claim, Claims
from case_review.units import to_base

_RATIOS = frozenset({"hr", "or", "rr"})
#: Measures of a comparison between groups: they depend on which groups are compared.
TESTS = frozenset({"p", "t", "f", "chi2", "z", "r", "df", "df1", "df2"}) | _RATIOS
_ENDS = ("low", "high", "level")
#: Places that speak of what the tables show.
_PROSE = re.compile(
    r"abstract|summary|text|intro|background|method|result|discussion|conclusion|highlight|page"
    r"|key_?point|sentence|paragraph",
    re.IGNORECASE,
)


class Cohorts:
    """Which claims of a paper can be the same number."""

    def __init__(self, claims: Claims):
        self.claims = claims
        self._populations: dict[tuple, set[str]] = {}
        self._shared: dict[str, dict[tuple, Claim]] = {}
        for claim in claims:
            self._populations.setdefault((claim.place, claim.path), set()).add(claim.population)
            if claim.number is not None and claim.path != TOTAL:
                key = (claim.path, claim.population, claim.measure)
                self._shared.setdefault(claim.place, {})[key] = claim
        self._apart = cache(self._apart)

    def same(self, one: Claim, other: Claim) -> bool:
        """Whether two claims of one path, population and measure are the same number.

        Not if their cohorts differ, nor the totals of different tables, nor where the places print
        other totals for their population, nor where nearly all that both print differs: then they
        speak of other people. Results of tests are the same only between the same groups.
        """
        if one.cohort != other.cohort or one.path == TOTAL:
            return False
        test = self._of_a_test(one)
        if test and not self._same_groups(one, other):
            return False
        if one.cohort:
            return True
        totals = self.claims.total(one), self.claims.total(other)
        if None not in totals and not test:
            return totals[0].number == totals[1].number
        return not self._apart(one.place, other.place, test)

    @staticmethod
    def is_prose(claim: Claim) -> bool:
        """Whether it stands in a text, which speaks of what tables show."""
        return _PROSE.match(claim.place) is not None

    def certain(self, one: Claim, other: Claim) -> bool:
        """Whether something says that two claims that differ are meant to be the same number.

        A text speaks of what the tables show; two tables say it by their totals, or by another
        number that both print.
        """
        if one.cohort or self.is_prose(one) or self.is_prose(other):
            return True
        totals = self.claims.total(one), self.claims.total(other)
        if None not in totals:
            return totals[0].number == totals[1].number
        pairs = [*self._pairs(one.place, other.place, True)]
        pairs += self._pairs(one.place, other.place, False)
        return any(agree(*pair) for pair in pairs)

    def _of_a_test(self, claim: Claim) -> bool:
        beside = self.claims.siblings(claim).keys()
        ends = claim.measure in _ENDS and not _RATIOS.isdisjoint(beside)
        return claim.measure in TESTS or claim.kind == "ratio" or ends

    def _same_groups(self, one: Claim, other: Claim) -> bool:
        groups = [self._populations[claim.place, claim.path] for claim in (one, other)]
        # A text names a test without the numbers of its groups.
        alone = any(
            self.is_prose(claim) and len(found) == 1
            for claim, found in zip((one, other), groups, strict=True)
        )
        return alone or groups[0] == groups[1]

    def _apart(self, one: str, other: str, test: bool) -> bool:
        """Whether nearly all numbers that two places share differ."""
        pairs = list(self._pairs(one, other, test))
        counts = [pair for pair in pairs if pair[0].measure == "n"]
        differing = [not agree(*pair) for pair in counts or pairs]
        if _PROSE.match(one) or _PROSE.match(other):
            return len(differing) > 2 and all(differing)
        return len(differing) > 1 and 2 * sum(differing) > len(differing)

    def _pairs(self, one: str, other: str, test: bool) -> Iterator[tuple[Claim, Claim]]:
        here, there = self._shared.get(one, {}), self._shared.get(other, {})
        for key, claim in here.items():
            if key in there and self._of_a_test(claim) == test:
                yield claim, there[key]


def agree(first: Claim, other: Claim) -> bool:
    """Whether two statements of a number are the same as far as their printed digits go."""
    if first.unit == other.unit and first.number == other.number:
        return True
    if first.measure == "n" and first.unit == other.unit:
        return False  # a count is not rounded
    scales = {to_base(1, claim.unit)[1] for claim in (first, other)}
    if len(scales) > 1:
        return False
    one, two = (
        [end if end in (float("inf"), -float("inf")) else to_base(end, claim.unit)[0] for end in
         claim.span]
        for claim in (first, other)
    )  # fmt: skip
    # Two that share no more than an end were rounded from one number in two ways at most.
    return max(one[0], two[0]) < min(one[1], two[1])
