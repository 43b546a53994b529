"""Rows of several columns: the single populations against the column of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import NOTE, Checked, Finding, Outcome, plain, signed

#: The population that the others make up.
WHOLE = "all"
#: In so many rows at least, most of which do not sum, the columns do not make up that of all.
_ROWS = 3


def populations(claims: Claims) -> Iterator[Outcome]:
    """Rows in which the single populations do not sum to the column of all.

    Columns that overlap, such as women and smokers, sum nowhere: then one note says so.
    """
    tables: dict[tuple, list[tuple[Claim, list[Claim]]]] = defaultdict(list)
    for whole, parts in populations_of(claims):
        tables[whole.place, tuple(part.population for part in parts)].append((whole, parts))
    for rows in tables.values():
        wrong = [(whole, parts) for whole, parts in rows if _sum(parts) != whole.number]
        for whole, parts in rows:
            if (whole, parts) not in wrong:
                yield Checked((whole.claim_id, *(part.claim_id for part in parts)))
        if len(rows) >= _ROWS and 2 * len(wrong) > len(rows):
            yield _overlapping(wrong, len(rows))
        else:
            yield from (_finding(whole, parts) for whole, parts in wrong)


def populations_of(claims: Claims) -> Iterator[tuple[Claim, list[Claim]]]:
    """Each count of all with the counts of every single population, where these are printed.

    Which populations make up a table's column of all, its rows tell: those that stand beside one
    another in some row. A population that stands alone elsewhere belongs to none of them.
    """
    rows: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in claims:
        if claim.measure == "n" and claim.number is not None:
            rows[claim.place, claim.path][claim.population] = claim
    together: dict[str, list[set[str]]] = defaultdict(list)
    for (place, _), members in rows.items():
        _join(together[place], set(members) - {WHOLE})
    for (place, _), members in rows.items():
        parts = [members[name] for name in sorted(members) if name != WHOLE]
        # A row that prints only some of the populations says nothing about their sum.
        complete = {part.population for part in parts} in together[place]
        if WHOLE in members and len(parts) > 1 and complete:
            yield members[WHOLE], parts


def _join(groups: list[set[str]], names: set[str]) -> None:
    """Add names that stand beside one another to the groups that they have a name in common."""
    if len(names) > 1:
        met = [group for group in groups if group & names]
        groups[:] = [group for group in groups if group not in met] + [names.union(*met)]


def _sum(parts: list[Claim]) -> Decimal:
    return sum((part.number for part in parts), Decimal(0))


def _finding(whole: Claim, parts: list[Claim]) -> Finding:
    total = _sum(parts)
    terms = " + ".join(f"{plain(part.number)} {part.population}" for part in parts)
    return Finding(
        whole.claim_id, whole.location, plain(whole.number), plain(total),
        signed(whole.number - total), "populations",
        f"{terms} makes {plain(total)}, not the {plain(whole.number)} printed for all.",
        others=tuple(part.claim_id for part in parts),
    )  # fmt: skip


def _overlapping(wrong: list[tuple[Claim, list[Claim]]], rows: int) -> Finding:
    whole, parts = wrong[0]
    names = " + ".join(part.population for part in parts)
    others = [claim for one, row in wrong for claim in (one, *row) if claim is not whole]
    return Finding(
        whole.claim_id, whole.location, plain(whole.number), plain(_sum(parts)),
        signed(whole.number - _sum(parts)), "populations",
        f"{names} does not make all in {len(wrong)} of {rows} rows of this table: these columns "
        "seem to overlap, or to leave patients out.",
        others=tuple(claim.claim_id for claim in others), severity=NOTE,
    )  # fmt: skip
