"""Values that repeat more often than chance lets them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, combinations, takewhile

from case_review.audit.checks.samples import interval
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import NOTE, Checked, Finding, Outcome
from case_review.statistics.many_values import poisson_at_least

#: Measures of which equal ones are told of; counts and percentages are often equal for a reason.
_MEASURES = ("mean", "sd", "se", "median", "value")
#: Less likely than this, by chance, a repetition is told of.
_UNLIKELY = 1e-3
#: Fewer values of one kind say nothing of how far apart they lie.
_FEWEST = 8
#: Units of the last digit within which values count as close together.
_NEAR = 10
#: So many times what is expected is asked for besides.
_TIMES = 3


def rows(claims: Claims) -> Iterator[Outcome]:
    """Two rows of a table with the same values throughout, where chance is unlikely."""
    for table in _tables(claims).values():
        columns = _columns(table)
        pairs = len(table) * (len(table) - 1) / 2
        same: dict[tuple, list[tuple[str, ...]]] = defaultdict(list)
        for path, row in table.items():
            same[tuple(sorted((key, claim.as_printed) for key, claim in row.items()))].append(path)
        for paths in same.values():
            for one, other in combinations(paths, 2):
                chance = pairs * math.prod(columns[key] for key in table[one])
                if len(table[one]) > 1 and chance < _UNLIKELY:
                    yield _same(list(table[one].values()), list(table[other].values()))


def _tables(claims: Claims) -> dict[str, dict[tuple[str, ...], dict[tuple, Claim]]]:
    """By place and row the numbers printed with decimals, by population and measure."""
    found: dict[str, dict] = defaultdict(lambda: defaultdict(dict))
    for claim in claims:
        if claim.measure in _MEASURES and interval(claim) and claim.printed.digits:
            found[claim.place][claim.path][claim.population, claim.measure] = claim
    return found


def _columns(table: Mapping[tuple, Mapping[tuple, Claim]]) -> dict[tuple, float]:
    """For each column the chance that two of its values are equal, from how far they lie apart."""
    values: dict[tuple, list[Claim]] = defaultdict(list)
    for row in table.values():
        for key, claim in row.items():
            values[key].append(claim)
    return {key: _chance(members) for key, members in values.items()}


def _chance(members: Sequence[Claim]) -> float:
    """The chance that two values are printed alike: a unit of the last digit over their spread.

    Of a normal distribution two values lie within one unit with a chance of unit / (2 sd √π); that
    of a uniform one over the range is taken if it is larger, and twice of either, to be careful.
    """
    numbers = [float(claim.printed.number) for claim in members]
    unit = 10.0 ** -min(claim.printed.digits for claim in members)
    mean = sum(numbers) / len(numbers)
    sd = math.sqrt(sum((number - mean) ** 2 for number in numbers) / max(len(numbers) - 1, 1))
    spread = max(numbers) - min(numbers)
    if len(set(numbers)) < 3:
        return 1.0
    return min(1.0, 2 * unit * max(1 / (2 * math.sqrt(math.pi) * sd), 1 / spread))


def _same(one: list[Claim], other: list[Claim]) -> Finding:
    printed = ", ".join(claim.as_printed for claim in other)
    return Finding(
        other[0].claim_id, other[0].location, printed, "values of its own", "", "repeated",
        f"All {len(other)} values are those of {'.'.join(one[0].path)} ({one[0].location}), which "
        "chance would hardly bring about; a row may have been copied.",
        tuple(claim.claim_id for claim in (*other[1:], *one)), NOTE,
    )  # fmt: skip


def values(claims: Claims) -> Iterator[Outcome]:
    """Single values (`value`) with two decimals or more that recur more often than by chance."""
    found: dict[tuple, list[Claim]] = defaultdict(list)
    for claim in claims:
        # What has one significant digit is often the least that is printed, or a round number.
        if claim.measure == "value" and interval(claim) and _precise(claim):
            found[claim.place, claim.kind, claim.unit].append(claim)
    for members in found.values():
        if len(members) < _FEWEST:
            continue
        often = Counter(claim.printed.number for claim in members)
        pairs = sum(math.comb(times, 2) for times in often.values())
        if set(often.values()) == {2}:
            continue  # a table that says everything twice, as one of all pairs does
        expected = max(math.comb(len(members), 2) * _chance(members), _expected(members))
        ids = tuple(claim.claim_id for claim in members)
        # Values in clusters vary by more than a Poisson distribution does.
        if pairs < max(2, _TIMES * expected) or poisson_at_least(pairs, expected) >= _UNLIKELY:
            yield Checked(ids)
            continue
        twice = [claim for claim in members if often[claim.printed.number] > 1]
        shown = ", ".join(
            f"{number} ({times} times)" for number, times in often.items() if times > 1
        )
        yield Finding(
            twice[0].claim_id, twice[0].location, shown, f"about {expected:.1f} equal pairs", "",
            "repeated",
            f"Of {len(members)} values {shown} recur: {pairs} equal pairs, where chance brings "
            f"about {expected:.1f}.", tuple(claim.claim_id for claim in twice[1:]), NOTE,
        )  # fmt: skip


def _precise(claim: Claim) -> bool:
    number = claim.printed.number.normalize().as_tuple()
    return claim.printed.digits > 1 and len(number.digits) > 1


def _expected(members: Sequence[Claim]) -> float:
    """Equal pairs to be expected from how many lie close together, wherever values are dense.

    Of a smooth distribution as many pairs lie 1, 2, ... units apart, and half as many 0. That is
    asked of the distances up to 1, up to 2, and so on; twice the most is taken, to be careful.
    """
    digits = min(claim.printed.digits for claim in members)
    numbers = sorted(int(claim.printed.number * 10**digits) for claim in members)
    apart = Counter(
        other - one
        for at, one in enumerate(numbers)
        for other in takewhile(lambda later, one=one: later <= one + _NEAR, numbers[at + 1 :])
    )
    within = list(accumulate(apart[distance] for distance in range(1, _NEAR + 1)))
    shares = [close / (2 * units) for units, close in enumerate(within, start=1)]
    return 2 * max(*shares, 1 / (2 * _NEAR))
