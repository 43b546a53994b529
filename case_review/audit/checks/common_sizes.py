"""Statistics of several rows that no common size of their groups explains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from case_review.audit.checks.group_means import COMPARED, group_of, is_complete
from case_review.audit.checks.samples import Size, interval, populations, size, totals
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import NOTE, Checked, Finding, Outcome
from case_review.statistics.compared_means import Group, f_grid

#: So many rows, and half of them all, must agree on sizes before others are told of.
_ROWS = 3
#: Groups are not sought beyond, and where no total is printed not beyond the other.
_MOST, _UNTOLD = 400, 200
#: Of those who gave the other rows at least this share is taken to have answered.
_ANSWERED = 0.8


class Row(NamedTuple):
    """A statistic with its two groups, whose sizes are not printed beside it."""

    claim: Claim
    groups: tuple[Group, Group]
    most: tuple[int, int]
    others: tuple[str, ...]


def sizes(claims: Claims) -> Iterator[Outcome]:
    """Statistics t and F that do not go with the sizes that the other rows of the table have.

    Where sizes are not printed, those of the two groups are sought with which most rows of one
    column come out. A row is told of if it does not even come out where a fifth did not answer.
    """
    for rows in _families(claims).values():
        if len(rows) > _ROWS:
            yield from _together(rows)


def _families(claims: Claims) -> dict[tuple, list[Row]]:
    """Rows by place, population of the statistic, and groups."""
    found: dict[tuple, list[Row]] = defaultdict(list)
    for claim in claims:
        if claim.measure in ("t", "f") and interval(claim) is not None:
            names = _names(claims, claim)
            row = _row(claims, claim, names) if len(names) == 2 else None
            if row is not None:
                found[claim.place, claim.population, claim.measure, *names].append(row)
    return found


def _names(claims: Claims, claim: Claim) -> list[str]:
    """The populations that a statistic compares: all of its row, or those of its column."""
    beside = populations(claims, claim.place, claim.path)
    names = [name for name in beside if name not in COMPARED and is_complete(beside[name])]
    if claim.population in COMPARED:
        return names
    return [name for name in names if beside[name]["mean"].location == claim.location]


def _row(claims: Claims, claim: Claim, names: list[str]) -> Row | None:
    rows = [populations(claims, claim.place, claim.path)[name] for name in names]
    known = [size(claims, row["mean"]) for row in rows]
    if None not in known or any(of is not None and of.own for of in known):
        return None  # held to these sizes already
    largest = max((int(one.number) for one in totals(claims) if one.number), default=_UNTOLD)
    most = tuple(min(of.n if of else largest, _MOST) for of in known)
    groups = tuple(group_of(row, Size(1, "", False)) for row in rows)
    ids = tuple(row[name].claim_id for row in rows for name in ("mean", "sd"))
    return Row(claim, groups, most, ids) if min(most) > 1 else None


def _together(rows: list[Row]) -> Iterator[Outcome]:
    """Rows of one column against the sizes that explain most of them."""
    most = tuple(max(row.most[end] for row in rows) for end in (0, 1))
    fits = np.array([_fits(row, most) for row in rows])
    often = fits.sum(axis=0)
    explained = int(often.max())
    if explained < max(_ROWS, len(rows) / 2):
        return
    best = often == explained
    first, second = (int(ends.min()) for ends in np.nonzero(best))
    example = tuple(int(end) + 2 for end in np.argwhere(best)[0])
    near = np.zeros_like(best)
    near[int(_ANSWERED * (first + 2)) - 2 :, int(_ANSWERED * (second + 2)) - 2 :] = True
    for row, fit in zip(rows, fits, strict=True):
        if (fit & near).any():
            yield Checked((row.claim.claim_id, *row.others))
        else:
            yield _odd(row, example, explained, len(rows))


def _fits(row: Row, most: tuple[int, int]) -> np.ndarray:
    """For all sizes from 2 up whether a row's statistic lies within what they allow."""
    low, high = f_grid(*row.groups, *most)
    value = interval(row.claim)
    ends = sorted(map(abs, map(float, value)))
    least, largest = (0.0 if value.low <= 0 <= value.high else ends[0]), ends[1]
    if row.claim.measure == "t":
        least, largest = least**2, largest**2
    return (low <= largest) & (high >= least)


def _odd(row: Row, example: tuple[int, int], explained: int, of: int) -> Finding:
    low, high = (float(end[-1, -1]) for end in f_grid(*row.groups, *example))
    if row.claim.measure == "t":
        low, high = low**0.5, high**0.5
    digits = max(row.claim.printed.digits, 2)
    expected = f"{low:.{digits}f} to {high:.{digits}f}"
    return Finding(
        row.claim.claim_id, row.claim.location, row.claim.as_printed, expected, "", "statistic",
        f"{explained} of the {of} statistics of this column come out with groups of, for example, "
        f"{example[0]} and {example[1]}; this one would be {expected} with these, and does not "
        "come out with four fifths of them either.", row.others, NOTE,
    )  # fmt: skip
