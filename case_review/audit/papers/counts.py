"""What a percentage is a part of, and which rows make up a whole: told by the numbers themselves.

Each row is held against every count that may be meant: the size of its group, the row that it is
set in below, the sum of its block, a count that stands alone in it. The one that fits all groups is
taken; else the size of the group, and how sure the reader is depends on the rows beside it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from case_review.audit import prints
from case_review.audit.papers.draft import LONGEST, Line

#: Share of a group that may be missing from a row, so that its percentages are of fewer.
_MISSING = Decimal("0.5")
#: Share of the groups that must agree where there are many; rows of a block that are looked at for
#: runs which sum to the whole.
_NEARLY, _LONGEST = 0.8, 80
_UNKNOWN = re.compile(
    r"\b(?:missing|unknown|not (?:reported|known|available|stated|recorded|specified)|unspecified|"
    r"no (?:data|information|answer))\b",
    re.IGNORECASE,
)
#: How many groups a row needs to try the rows above it, and how many of them are tried.
_GROUPS, _ABOVE = 3, 6
#: How many rows must agree before a column is taken for what percentages are of.
ROWS = 3

_Block = tuple[tuple[str, ...], str, str]


def settle(lines: Iterable[Line], sizes: dict[str, str]) -> None:
    """Give percentages their numerators and denominators, and parts of a whole their kind.

    Parameters
    ----------
    lines
        The drafted numbers of a table, row by row.
    sizes
        How many are in each group, by its name.
    """
    lines = list(lines)
    _join_columns(lines)
    for line in lines:
        if {"pct", "denominator"} <= set(line.claims) and line.count is None:
            _set(line, None, line.numbers["denominator"].number)
            line.claims["pct"]["sure"] = "guess"  # an estimate may be no count of these
    shares = [line for line in lines if "pct" in line.claims and line.count is not None]
    wholes = _Wholes(lines, sizes)
    rows: dict[tuple, list[Line]] = defaultdict(list)
    for line in shares:
        rows[line.row, line.column.about].append(line)
    for row in rows.values():
        _denominators(row, wholes)
    _doubts(shares, wholes)
    _partitions(wholes)


class _Wholes:
    """The counts of a table that its other counts may be parts of."""

    def __init__(self, lines: list[Line], sizes: dict[str, str]):
        self.sizes = {name: Decimal(size) for name, size in sizes.items()}
        self.blocks: dict[_Block, list[Line]] = defaultdict(list)
        self.bare: dict[_Block, list[Line]] = defaultdict(list)
        self.by_labels: dict[tuple, Line] = {}
        for line in lines:
            if line.count is not None and line.count_elsewhere is None:
                self.blocks[self.block(line)].append(line)
                self.by_labels.setdefault((line.labels, line.column.population), line)
            elif line.count is None and line.whole is not None and "pct" not in line.claims:
                self.bare[self.block(line)].append(line)

    @staticmethod
    def block(line: Line) -> _Block:
        return line.labels[:-1], line.column.population, line.column.about

    def size(self, line: Line) -> Decimal | None:
        return self.sizes.get(line.column.population)

    def parent(self, line: Line) -> Decimal | None:
        """The count of the row that a line is set in below."""
        found = self.by_labels.get((line.labels[:-1], line.column.population))
        return found.count if found and found is not line else None

    def total(self, line: Line) -> Decimal:
        """The sum of the counts with percentages in the block of a line."""
        rows = [one for one in self.blocks[self.block(line)] if _has_share(one)]
        return sum((one.count for one in rows), Decimal(0)) if len(rows) > 1 else Decimal(0)

    def known(self, line: Line, unknown: int) -> Decimal | None:
        """Those of a group of whom something is known, one row of the block being the others."""
        rows = {one.row: one for one in self.rows(line) if _is_unknown(one)}
        whole = self.parent(line) or self.size(line) or self.total(line)
        return whole - rows[unknown].any if unknown in rows and not _is_unknown(line) else None

    def rows(self, line: Line) -> list[Line]:
        """The rows of a block, those without a percentage after the others."""
        return [*self.blocks[self.block(line)], *self.bare[self.block(line)]]

    def earlier(self, line: Line, row: int, unknown: int | None) -> Decimal | None:
        """The count of a row above, without those of another row if there is one."""
        rows = {one.row: one.any for one in self.rows(line)}
        if row not in rows or row >= line.row or (unknown is not None and unknown not in rows):
            return None
        return rows[row] - (rows[unknown] if unknown is not None else 0)

    def is_complete(self, line: Line) -> bool:
        """Whether a line and rows next to it sum to the size of the group: nobody is missing."""
        rows = self.blocks[self.block(line)][:_LONGEST]
        at = next((n for n, one in enumerate(rows) if one.row == line.row), None)
        whole = self.size(line)
        if at is None or whole is None:
            return False
        for first in range(at, -1, -1):
            total = Decimal(0)
            for number, one in enumerate(rows[first:], start=first):
                total += one.count
                if total == whole and number >= at and number > first:
                    return True
                if total > whole:
                    break
        return False

    def fit_block(self, line: Line, candidate: dict[int, Decimal | None]) -> bool:
        """Whether the other rows of a block are of the whole of a line, or this is its size."""
        whole = candidate.get(id(line))
        if whole in (self.size(line), self.parent(line)):
            return True
        shares = [one for one in self.blocks[self.block(line)] if _has_share(one)]
        fit = [_share_fits(one, whole) for one in shares if not _is_unknown(one)]
        return len(fit) > 1 and sum(fit) >= _NEARLY * len(fit)

    def alone(self, line: Line) -> list[tuple[int, Decimal]]:
        """Rows of the block that print a count and no percentage, with their counts."""
        return [
            (one.row, one.any) for one in self.rows(line) if not _has_share(one)
        ]


def _share_fits(line: Line, whole: Decimal | None) -> bool:
    share = line.numbers.get("pct") or line.share
    return share is not None and fits(line.count, share, whole)


def fits(count: Decimal, percentage: prints.Printed, whole: Decimal | None) -> bool:
    """Whether a count is a percentage of a whole at the precision printed."""
    if not whole:
        return False
    # In whole numbers, for this is asked often: in units of the last digit, times the whole.
    unit = 10**percentage.digits
    printed, exact = int(percentage.number * unit) * int(whole), 100 * int(count) * unit
    if percentage.relation in ("<", "≤"):
        return exact <= printed
    if percentage.relation in (">", "≥"):
        return exact >= printed
    return 2 * abs(exact - printed) <= int(whole)


def _has_share(line: Line) -> bool:
    """Whether a count has its percentage, in the same cell or beside it."""
    return "pct" in line.claims or line.shared


def _join_columns(lines: list[Line]) -> None:
    """Give a percentage that has a column of its own its count, or how many it is of.

    Of `n | %` the first is the numerator; of `n | seroprevalence (%)` it is the denominator, if
    whole numbers of so many can be these percentages.
    """
    rows: dict[tuple, list[Line]] = defaultdict(list)
    for line in lines:
        rows[line.row, line.column.population].append(line)
    pairs = _columns_that_fit(list(rows.values()))
    below: dict[int, list[tuple[Line, Decimal]]] = defaultdict(list)
    for row in rows.values():
        counts = {one.column.position: one for one in row if one.whole is not None}
        for line in row:
            if "pct" not in line.claims or line.count is not None or "denominator" in line.claims:
                continue
            position = line.column.position
            left = counts.get(position - 1)
            if found := pairs.get(position):
                if all(one in counts for one in found):
                    numerator, denominator = (counts[one].whole for one in found)
                    _set(line, numerator, denominator)
            elif left is not None and left.count is not None:
                if line.column.about == left.column.about:
                    line.count_elsewhere, left.shared = left.count, True
                    left.share = line.numbers["pct"]
                elif not left.column.about:
                    below[position].append((line, left.count))
    for column in below.values():
        possible = [_is_possible(line.numbers["pct"], whole) for line, whole in column]
        if sum(possible) >= _NEARLY * len(possible):
            for line, whole in column:
                _set(line, None, whole)


def _is_possible(percentage: prints.Printed, whole: Decimal) -> bool:
    """Whether some number of a whole is the percentage, as printed."""
    near = int(percentage.number * whole / 100)
    return any(fits(Decimal(count), percentage, whole) for count in (near, near + 1))


def _columns_that_fit(rows: list[list[Line]]) -> dict[int, tuple[int, int]]:
    """By column of percentages: the columns of whole numbers that give it in nearly all rows."""
    tried: dict[tuple[int, int, int], list[bool]] = defaultdict(list)
    for row in rows:
        whole = {one.column.position: one.whole for one in row if one.whole is not None}
        shares = [one for one in row if "pct" in one.claims and one.count is None]
        for line in shares[: 4 if len(whole) < 8 else 0]:
            for a, b in ((a, b) for a in whole for b in whole if a != b and whole[a] <= whole[b]):
                fit = fits(whole[a], line.numbers["pct"], whole[b])
                tried[line.column.position, a, b].append(fit)
    found: dict[int, tuple[int, int]] = {}
    for (position, a, b), fit in tried.items():
        if len(fit) >= ROWS and sum(fit) >= _NEARLY * len(fit):
            found.setdefault(position, (a, b))
    return found


def _denominators(row: list[Line], wholes: _Wholes) -> None:
    """Choose what the percentages of a row are of, one thing for all its groups."""
    told = [line for line in row if "denominator" in line.claims]
    for line in told:
        _set(line, line.count, Decimal(line.claims["denominator"]["value"]))
    row = [line for line in row if line not in told]
    for candidate in _candidates(row, wholes):
        fit = [fits(one.count, one.numbers["pct"], candidate.get(id(one))) for one in row]
        if len(row) == 1 and all(fit) and not wholes.fit_block(row[0], candidate):
            continue  # one percentage may be that of anything
        if row and (all(fit) or (len(fit) > 4 and sum(fit) >= _NEARLY * len(fit))):
            for line in row:
                _set(line, line.count, candidate.get(id(line)))
                for claim in line.claims.values():
                    claim["sure"] = "certain"
            return
    for line in row:
        _set(line, line.count, wholes.size(line))


def _candidates(row: list[Line], wholes: _Wholes) -> Iterator[dict[int, Decimal | None]]:
    yield {id(line): wholes.size(line) for line in row}
    yield {id(line): wholes.parent(line) for line in row}
    block = [one for line in row for one in wholes.rows(line)]
    unknown = {one.row for one in block if _is_unknown(one)}
    unknown = sorted(unknown, key=lambda number: abs(number - row[0].row))
    for number in unknown:
        yield {id(line): wholes.known(line, number) for line in row}
    yield {id(line): wholes.total(line) for line in row}
    for alone in sorted({one.row for one in block if not _has_share(one)}):
        yield {id(line): dict(wholes.alone(line)).get(alone) for line in row}
    if len(row) < _GROUPS:
        return  # so many tries would find something that fits by chance
    for above in sorted({one.row for one in block if one.row < row[0].row}, reverse=True)[:_ABOVE]:
        for number in (None, *unknown[:_ABOVE]):
            yield {id(line): wholes.earlier(line, above, number) for line in row}


def _is_unknown(line: Line) -> bool:
    return bool(_UNKNOWN.search(" ".join(line.labels[-1:])))


def _doubts(shares: list[Line], wholes: _Wholes) -> None:
    """Lower how sure the reader is where a percentage may be of fewer than its group."""
    agreeing: dict[tuple, list[bool]] = defaultdict(list)
    for line in shares:
        agreeing[line.labels[:-1]].append(_agrees(line))
    for line in shares:
        whole = wholes.size(line)
        if _agrees(line) or whole is None or "denominator" in line.claims:
            continue
        complete = wholes.is_complete(line) and _of_all(wholes.rows(line), whole)
        fit = agreeing[line.labels[:-1]]
        alone = len(fit) < ROWS or sum(fit) * 2 < len(fit)
        if not complete and (alone or _may_miss(line, whole)):
            for claim in line.claims.values():
                claim["sure"] = "guess"


def _of_all(rows: list[Line], whole: Decimal) -> bool:
    """Whether the percentages of a block are of the whole group, those of whom nothing is known
    included."""
    shares = [one for one in rows if _has_share(one)]
    if len(shares) == len(rows) and not any(map(_is_unknown, rows)):
        return True
    fit = [_share_fits(one, whole) for one in shares if not _is_unknown(one)]
    return sum(fit) * 2 > len(fit)


def _agrees(line: Line) -> bool:
    denominator = line.claims["pct"]["denominator"]
    return bool(denominator) and fits(line.count, line.numbers["pct"], Decimal(denominator))


def _may_miss(line: Line, whole: Decimal) -> bool:
    """Whether fewer than the group give the percentage, as when some have no answer."""
    least = max(line.count, whole * _MISSING)
    span = line.numbers["pct"].span
    if span.high <= 0 or not line.count:
        return False
    return any(
        fits(line.count, line.numbers["pct"], Decimal(guess))
        for guess in {int(100 * int(line.count) / end) + more for end in span if end > 0
                      for more in (-1, 0, 1)}
        if least <= guess < whole
    )  # fmt: skip


def _partitions(wholes: _Wholes) -> None:
    """Call rows parts of a whole (`count`) where their counts sum to it."""
    sections: dict[tuple, list[_Block]] = defaultdict(list)
    for labels, population, about in wholes.blocks:
        sections[labels, about].append((labels, population, about))
    for (labels, _), blocks in sections.items():
        if not labels:
            continue
        sums = {block: _left(wholes.blocks[block], wholes) for block in blocks}
        known = {block: left for block, left in sums.items() if left is not None}
        even = sum(left == 0 for left in known.values())
        if not even or even * 2 < len(known):
            continue
        for block, left in known.items():
            # Too few may be answers that are missing, too many are none.
            if left <= 0:
                for line in wholes.blocks[block]:
                    if "n" in line.claims:
                        line.claims["n"]["kind"] = "count"


def _left(rows: list[Line], wholes: _Wholes) -> Decimal | None:
    """What the counts of a block leave of their whole; None for a single row or no whole."""
    whole = wholes.parent(rows[0]) or wholes.size(rows[0])
    if len(rows) < 2 or whole is None:
        return None
    return whole - sum((line.count for line in rows), Decimal(0))


def _set(line: Line, numerator: Decimal | None, denominator: Decimal | None) -> None:
    claim = line.claims["pct"]
    given = [one for one in (numerator, denominator) if one is not None]
    if given == sorted(given) and max(given, default=0) < 10**LONGEST:
        claim["numerator"] = "" if numerator is None else f"{numerator:f}"
        claim["denominator"] = f"{denominator:f}" if denominator else ""
