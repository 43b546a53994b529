"""P-values, odds ratios and risk ratios against the counts of the groups that they compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from case_review.audit.checks.group_means import COMPARED
from case_review.audit.checks.reported_tests import ONE_SIDED, TESTS, p_span
from case_review.audit.checks.samples import (
    Groups,
    gathered,
    interval,
    levels,
    populations,
    said,
    whole,
)
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import INCONSISTENT, NOTE, Checked, Finding, Outcome, Unchecked
from case_review.audit.prints import Span
from case_review.formatting import listed
from case_review.statistics import contingency
from case_review.statistics.contingency import Table

#: Measures beside which a p-value belongs to an estimate, not to bare counts.
_ESTIMATES = frozenset(["hr", "or", "rr", "low", "high", "mean", "sd", *TESTS]) - {"chi2"}
_NAMED = "fisher|chi|χ|exact test|pearson|yates"
_CRUDE = "crude|unadjusted|univaria"
#: What a reader calls the ratios that counts give.
_OWN = {"or": "odds ratio", "rr": "risk ratio"}
#: Below this expected count chi-squared is poor (Cochran's rule).
_FEW = 5


class Counted(NamedTuple):
    """Counts of groups in rows, and the claims that tell of them."""

    table: Table
    own: bool
    others: tuple[str, ...]


def p_values(claims: Claims) -> Iterator[Outcome]:
    """P-values that none of the usual tests gives for the counts beside them."""
    yield from gathered(_p_values(claims), claims, "p-values are of no usual test of the counts.")


def _p_values(claims: Claims) -> Iterator[Outcome]:
    for claim in claims:
        span = p_span(claim) if claim.measure == "p" and claim.population in COMPARED else None
        if span is None or _ESTIMATES & set(claims.siblings(claim)):
            continue
        tables = [one for one in _tables(claims, claim) if contingency.p_values(one.table)]
        if not tables:
            continue
        fitting = _fitting(span, tables)
        accepted = _accepted(claim, fitting)
        if not accepted:
            yield _no_p(claim, tables, fitting)
        elif note := _poor(claim, tables[0], accepted):
            yield note
        else:
            yield Checked((claim.claim_id, *tables[0].others))


def gives(claims: Claims, claim: Claim) -> bool:
    """Whether a usual test of the counts beside a p-value gives it."""
    tables = [one for one in _tables(claims, claim) if contingency.p_values(one.table)]
    return bool(_accepted(claim, _fitting(p_span(claim), tables)))


def _fitting(span: Span, tables: list[Counted]) -> set[str]:
    """The tests that give a p-value within the span, of all groups or of two of them."""
    return {
        name
        for one in (*tables, *_pairs(tables))
        for name, p in contingency.p_values(one.table).items()
        if span.meets(Span(p, p))
    }


def _accepted(claim: Claim, fitting: set[str]) -> set[str]:
    """Those of them that may be meant: what the print names, and one side only if it says so."""
    if said(claim, "fisher") and not said(claim, "chi|χ"):
        fitting = {name for name in fitting if name.startswith(contingency.EXACT)}
    one_sided = f"{contingency.EXACT}, one-sided"
    return fitting if said(claim, ONE_SIDED) else fitting - {one_sided}


def _tables(claims: Claims, claim: Claim) -> Iterator[Counted]:
    """The tables that a p-value may be of: its row, the rows below it, or the block around it."""
    row = _row(claims, claim.place, claim.path)
    if row is not None:
        yield Counted([(n, of - n) for n, of in row.table], row.own, row.others)
    for parent in (claim.path, claim.path[:-1] if len(claim.path) > 1 else None):
        if parent is not None and (block := _block(claims, claim.place, parent)) is not None:
            yield block


def _row(claims: Claims, place: str, path: tuple[str, ...]) -> Counted | None:
    """How many of how many in each group, for a row with at least two groups."""
    members = {
        name: one
        for name, one in populations(claims, place, path).items()
        if name not in COMPARED and whole(one.get("n")) is not None and "mean" not in one
    }
    sized = [_of_how_many(claims, one) for one in members.values()]
    if len(members) < 2 or None in sized:
        return None
    counts = [whole(one["n"]) for one in members.values()]
    if not all(0 <= n <= of for n, (of, _, _) in zip(counts, sized, strict=True)):
        return None
    ids = (*(one["n"].claim_id for one in members.values()), *(size[2] for size in sized))
    table = [(n, of) for n, (of, _, _) in zip(counts, sized, strict=True)]
    return Counted(table, all(size[1] for size in sized), tuple(dict.fromkeys(ids)))


def _of_how_many(claims: Claims, measures: dict[str, Claim]) -> tuple[int, bool, str] | None:
    """Of how many a count is, whether that is printed beside it, and where."""
    beside = whole(measures.get("denominator"))
    if beside and beside > 0:
        return beside, True, measures["denominator"].claim_id
    for name in ("n", "pct"):
        if name in measures and measures[name].denominator:
            return int(measures[name].denominator), True, measures[name].claim_id
    total = claims.total(measures["n"])
    count = whole(total)
    return (count, False, total.claim_id) if count else None


def _block(claims: Claims, place: str, parent: tuple[str, ...]) -> Counted | None:
    """All levels below a path as columns, if in each group they sum to all of it."""
    rows = [populations(claims, place, path) for path in levels(claims, place, parent)]
    names = [name for name in (rows[0] if rows else ()) if name not in COMPARED]
    if len(rows) < 2 or len(names) < 2 or not all(_has_counts(row, names) for row in rows):
        return None
    table = [tuple(whole(row[name]["n"]) for row in rows) for name in names]
    sizes = [_of_how_many(claims, rows[0][name]) for name in names]
    if any(size is None or sum(row) != size[0] for row, size in zip(table, sizes, strict=True)):
        return None
    ids = tuple(row[name]["n"].claim_id for row in rows for name in names)
    return Counted(table, True, ids)


def _has_counts(row: Groups, names: Iterable[str]) -> bool:
    return all(name in row and whole(row[name].get("n")) is not None for name in names)


def _pairs(tables: list[Counted]) -> Iterator[Counted]:
    """Each two of several groups."""
    for one in tables:
        if len(one.table) > 2:
            for pair in combinations(one.table, 2):
                if contingency.p_values(pair):
                    yield Counted(pair, one.own, one.others)


def _no_p(claim: Claim, tables: list[Counted], fitting: set[str]) -> Outcome:
    table = tables[0]
    found = contingency.p_values(table.table)
    few = contingency.smallest_expected(table.table) < _FEW
    if contingency.EXACT not in found and few and not fitting:
        return Unchecked(claim.claim_id, "tables")
    shown = [f"{_shown(found[name])} ({name})" for name in contingency.USUAL if name in found]
    expected, named = " or ".join(shown), said(claim, _NAMED)
    text = f"The counts {_counts(table)} give p = {expected}."
    if fitting:
        text += f" The printed value is that of {listed(sorted(fitting))}."
    elif not named:
        text += " Another test, or one adjusted for other variables, may be meant."
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, expected, "", "counts", text,
        table.others, INCONSISTENT if named and table.own and len(tables) == 1 else NOTE,
    )  # fmt: skip


def _poor(claim: Claim, table: Counted, fitting: set[str]) -> Finding | None:
    """A note on a p-value of chi-squared, or of one side, where the exact test gives another."""
    exact = contingency.p_values(table.table).get(contingency.EXACT)
    few = contingency.smallest_expected(table.table)
    if exact is None or contingency.EXACT in fitting or few >= _FEW:
        return None
    names = listed(sorted(fitting))
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, f"{_shown(exact)} ({contingency.EXACT})",
        "", "counts",
        f"The counts {_counts(table)} give this p-value by {names}, and {_shown(exact)} by "
        f"{contingency.EXACT}, which is the usual one where a count of {few:.1f} is expected.",
        table.others, NOTE,
    )  # fmt: skip


def _counts(counted: Counted) -> str:
    """`10/20 and 1/16`, or the counts of each group for more columns."""
    if len(counted.table[0]) == 2:
        return " and ".join(f"{row[0]}/{sum(row)}" for row in counted.table)
    return " and ".join("–".join(map(str, row)) for row in counted.table)


def _shown(p: float) -> str:
    return f"{p:.2g}" if p >= 0.0001 else "less than 0.0001"


def ratios(claims: Claims) -> Iterator[Outcome]:
    """Odds ratios and risk ratios of two groups that their counts do not give."""
    yield from gathered(_held_ratios(claims), claims, "ratios are not those of the counts.")


def _held_ratios(claims: Claims) -> Iterator[Outcome]:
    for claim in claims:
        row = _two(claims, claim)
        if row is None:
            continue
        found = _ratios([(n, of - n) for n, of in row.table])
        fitting, own = _given(claim, found), _OWN[claim.measure]
        if own in fitting:
            yield Checked((claim.claim_id, *row.others))
        elif own in found:
            yield _no_ratio(claim, row, own, found, fitting)


def is_crude(claims: Claims, claim: Claim) -> bool:
    """Whether a ratio is that of the counts of two groups beside it, adjusted for nothing."""
    row = _two(claims, claim)
    found = _ratios([(n, of - n) for n, of in row.table]) if row else {}
    return row is not None and _OWN[claim.measure] in _given(claim, found)


def _two(claims: Claims, claim: Claim) -> Counted | None:
    """How many of how many in the two groups that an odds or risk ratio compares."""
    if claim.measure not in _OWN or claim.population not in COMPARED or interval(claim) is None:
        return None
    row = _row(claims, claim.place, claim.path)
    return row if row is not None and len(row.table) == 2 else None


def _given(claim: Claim, found: dict[str, tuple[float, ...]]) -> list[str]:
    """Which of the ratios of the counts a printed one may be."""
    span = interval(claim)
    return [name for name, values in found.items() if any(map(span.__contains__, values))]


def _ratios(table: Table) -> dict[str, tuple[float, ...]]:
    """Odds ratio and risk ratio in either direction, also of the other outcome."""
    other = [tuple(reversed(row)) for row in table]
    risks = [contingency.risk_ratio(one) for one in (table, other)]
    values = {"odds ratio": [contingency.odds_ratio(table)], "risk ratio": risks}
    return {
        name: tuple(value for found in some if found for value in (found[0], 1 / found[0]))
        for name, some in values.items()
        if any(some)
    }


def _no_ratio(claim: Claim, row: Counted, own: str, found: dict, fitting: list[str]) -> Finding:
    digits = max(claim.printed.digits, 2)
    expected = " or ".join(f"{value:.{digits}f}" for value in found[own][:2])
    crude = said(claim, _CRUDE)
    text = f"The counts {' and '.join(f'{n}/{of}' for n, of in row.table)} give {expected}."
    if fitting:
        text += f" What is printed is their {fitting[0]}."
    elif not crude:
        text += " One that is adjusted for other variables may be meant."
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, expected, "", "ratio", text, row.others,
        INCONSISTENT if crude and row.own else NOTE,
    )  # fmt: skip
