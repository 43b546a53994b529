"""Categories that make up a whole: their counts, and their percentages where no counts stand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from case_review.audit.checks.categories import label_interval
from case_review.audit.claims import TOTAL, Claim, Claims
from case_review.audit.findings import (
    INCONSISTENT,
    NOTE,
    Checked,
    Finding,
    Outcome,
    plain,
    signed,
)
from case_review.audit.prints import Span

_ROW = re.compile(r"(.*\b)row (.*?)((?:, column .*)?)")
#: Variables of which everybody is in one category, by words of their ids.
_ONE_EACH = frozenset(
    {"sex", "gender", "age", "race", "ethnicity", "stage", "grade", "education", "marital", "ecog"}
)
#: Answers of which everybody gives one.
_OPPOSITES = tuple(
    map(frozenset, ({"m", "f"}, {"male", "female"}, {"men", "women"}, {"boys", "girls"},
                    {"yes", "no"}, {"present", "absent"}, {"alive", "dead"}))
)  # fmt: skip
#: A block that lacks more than this share of its whole may have categories that are not printed.
_FEW = Decimal("0.1")
#: Percentages that add up to more belong to questions with several answers.
_MOST = 110
#: Percentages that add up to less leave categories out.
_LEAST = 95


def blocks(claims: Claims) -> Iterator[Outcome]:
    """Categories (kind `count`) that do not sum to the count one level up.

    Where nothing says that a block of a table is complete, and the others fall short of the total
    as well, answers are missing: then a note tells that the denominators change. A block by itself
    that lacks much of its whole may have more categories than are printed, so it is a note.
    """
    found = list(blocks_of(claims))
    short: dict[str, list[tuple[Claim, list[Claim]]]] = defaultdict(list)
    for whole, parts in found:
        total = _sum(parts)
        if total == whole.number:
            yield Checked((whole.claim_id, *(part.claim_id for part in parts)))
        elif total < whole.number and len(parts) == 1:
            continue  # one category alone, such as the men
        elif total > whole.number or _says_complete(whole, parts, found, claims):
            yield _finding(whole, parts)
        elif _of_its_own_sum(parts, claims) or _others(whole, parts, found):
            short[whole.place].append((whole, parts))
        else:
            few = whole.number - total <= max(1, whole.number * _FEW)
            yield _finding(whole, parts, "" if few else NOTE)
    for members in short.values():
        yield _denominators(members)


def blocks_of(claims: Claims) -> Iterator[tuple[Claim, list[Claim]]]:
    """Each whole with the categories (kind `count`) that partition it; one whole may have several
    blocks. Blocks with a number that is only bounded (`<5`) are left out."""
    siblings: dict[tuple, list[Claim]] = defaultdict(list)
    for claim in claims:
        is_part = claim.kind == "count" and claim.measure == "n" and claim.path != TOTAL
        if is_part and claims.parent(claim) is not None:
            siblings[claim.place, claim.path[:-1], claim.population].append(claim)
    for parts in siblings.values():
        whole = claims.parent(parts[0])
        if whole.number is not None and all(part.number is not None for part in parts):
            yield whole, parts


def _finding(whole: Claim, parts: list[Claim], severity: str = "") -> Finding:
    total = _sum(parts)
    missing = whole.number - total
    terms = " + ".join(plain(part.number) for part in parts)
    outcome = "leaves {} out" if missing > 0 else "counts {} too many"
    return Finding(
        whole.claim_id, _block(whole, parts), f"{plain(whole.number)} = {terms}",
        f"a sum of {plain(whole.number)}", signed(total - whole.number),
        "sum",
        f"The parts printed sum to {plain(total)}, not {plain(whole.number)}, which "
        f"{outcome.format(plain(abs(missing)))}.",
        others=tuple(part.claim_id for part in parts), severity=severity,
    )  # fmt: skip


def _says_complete(whole: Claim, parts: list[Claim], found: list, claims: Claims) -> bool:
    """Whether something says that a block leaves nobody out.

    Shares that reach 100 do, and other blocks of the same table, if as many sum as do not.
    """
    shares = _shares(parts, claims)
    if shares and 100 in _added(shares) and not _of_its_own_sum(parts, claims):
        return True
    sums = [_sum(others) == whole.number for others in _others(whole, parts, found)]
    return any(sums) and 2 * sum(sums) >= len(sums) and not _of_its_own_sum(parts, claims)


def _of_its_own_sum(parts: list[Claim], claims: Claims) -> bool:
    """Whether the percentages of a block are of those in it, and of nobody else."""
    shares = _shares(parts, claims)
    return bool(shares) and all(share.denominator == _sum(parts) for share in shares)


def _shares(parts: list[Claim], claims: Claims) -> list[Claim]:
    """The percentages beside the parts, if each has one."""
    shares = [claims.siblings(part).get("pct") for part in parts]
    return shares if all(share and share.number is not None for share in shares) else []


def _others(whole: Claim, parts: list[Claim], found: list) -> list[list[Claim]]:
    """The other blocks of a table's total; a level's own count has none."""
    return [
        others
        for one, others in found
        if one is whole and whole.path == TOTAL and len(others) > 1 and others is not parts
    ]


def _denominators(members: list[tuple[Claim, list[Claim]]]) -> Finding:
    whole = members[0][0]
    sums = [plain(_sum(parts)) for one, parts in members if one is whole]
    others = dict.fromkeys(
        claim.claim_id for one, parts in members for claim in (one, *parts) if claim is not whole
    )
    return Finding(
        whole.claim_id, whole.location, plain(whole.number), f"blocks of {plain(whole.number)}",
        ", ".join(sums), "denominators",
        f"The blocks of this table sum to {', '.join(sums)}, not to {plain(whole.number)}. If "
        "answers are missing, say of how many each block speaks.",
        others=tuple(others),
    )  # fmt: skip


def _sum(parts: list[Claim]) -> Decimal:
    return sum((part.number for part in parts), Decimal(0))


def _added(claims: list[Claim]) -> Span:
    """What numbers add up to, before they were rounded."""
    return sum((claim.span for claim in claims), Span(Fraction(0), Fraction(0)))


def _block(whole: Claim, parts: list[Claim]) -> str:
    """Where a block stands: a column's total belongs to many, so its rows are named instead."""
    first, last = _ROW.fullmatch(parts[0].location), _ROW.fullmatch(parts[-1].location)
    if whole.path != TOTAL or not first or not last:
        return whole.location
    place, row, column = first.groups()
    return f"{place}rows {row} to {last.group(2)}{column}"


def parts_within(claims: Claims) -> Iterator[Outcome]:
    """Sub-counts (kind `subset`) that are larger than the count they are taken from."""
    for claim in claims:
        whole = claims.parent(claim) if (claim.kind, claim.measure) == ("subset", "n") else None
        if whole is None or claim.number is None or whole.number is None:
            continue
        if claim.sure and whole.path != TOTAL:
            continue  # its path is a row and a column, which need not count parts of the row
        if claim.unit and whole.unit and claim.unit != whole.unit:
            continue  # more events than patients are no error
        if claim.number <= whole.number:
            yield Checked((claim.claim_id,))
            continue
        yield Finding(
            claim.claim_id, claim.location, plain(claim.number),
            f"at most {plain(whole.number)}", signed(claim.number - whole.number), "excess",
            f"The count is larger than the {plain(whole.number)} it is a part of.",
            others=(whole.claim_id,),
        )  # fmt: skip


def percentage_blocks(claims: Claims) -> Iterator[Outcome]:
    """Percentages of the categories of one variable that do not add up to 100.

    Only those without numerator and count, for else these are summed. That everybody is in one
    category is certain of some variables; of others it is assumed, and then it is a note.
    """
    groups: dict[tuple, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.kind == "percent" and claim.measure == "pct" and len(claim.path) > 1:
            groups[claim.place, claim.path[:-1], claim.population].append(claim)
    for parts in groups.values():
        counted = any(part.numerator is not None or "n" in claims.siblings(part) for part in parts)
        # Percentages of one row stand in its columns and are no categories.
        rows = [row.group(2) for row in map(_ROW.fullmatch, (p.location for p in parts)) if row]
        if len(parts) < 2 or counted or len(set(rows)) < len(rows):
            continue
        reach, total = _added(parts), _sum(parts)
        certain = _one_each(parts)
        if 100 in reach:
            yield Checked(tuple(part.claim_id for part in parts))
        elif (reach.low > 100 and (certain or total <= _MOST)) or (certain and total >= _LEAST):
            yield _not_hundred(parts, total, certain)


def _one_each(parts: list[Claim]) -> bool:
    variable = set(parts[0].path[-2].lower().split("_"))
    levels = frozenset(part.path[-1].lower() for part in parts)
    intervals = [label_interval(part) for part in parts]
    named = None not in intervals and len({one.label for one in intervals}) == len(parts)
    return bool(variable & _ONE_EACH) or levels in _OPPOSITES or named


def _not_hundred(parts: list[Claim], total: Decimal, certain: bool) -> Finding:
    first, over = parts[0], total > 100
    terms = " + ".join(plain(part.number) for part in parts)
    doubt = "" if certain else ", if everybody is in one category only"
    what = "which counts somebody twice" if over else "which leaves somebody out"
    return Finding(
        first.claim_id, _block(first, parts), f"{terms} = {plain(total)}%", "a sum of 100%",
        signed(total - 100), "sum",
        f"The percentages of this block add up to {plain(total)}, {what}{doubt}.",
        others=tuple(part.claim_id for part in parts[1:]),
        severity=INCONSISTENT if certain and over else NOTE,
    )  # fmt: skip
