"""Sums: parts against their whole, populations against all, and checks declared for one paper."""

from __future__ import annotations

import operator
import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pandas as pd

from case_review.audit.checks.categories import label_interval
from case_review.audit.claims import TOTAL, Claim, Claims, require_columns
from case_review.audit.findings import KINDS, Finding, plain, signed
from case_review.data.schema import AUDITED
from case_review.errors import ReviewError

#: The population that the others make up.
WHOLE = "all"
CHECK_COLUMNS = tuple(AUDITED["published_checks"].columns)
_ROW = re.compile(r"(.*\b)row (.*?)((?:, column .*)?)")
_RELATIONS = {"=": operator.eq, "<=": operator.le, ">=": operator.ge}
_TERM = re.compile(r"(?:^|\s)([+-])?\s*([^\s+-][^\s]*)")
_SUM = re.compile(r"\S+(?:\s+[+-]\s+\S+)*")


def blocks(claims: Claims) -> Iterator[Finding]:
    """Categories (kind `count`) that do not sum to the count one level up."""
    for whole, parts in blocks_of(claims):
        total = sum((part.number for part in parts), Decimal(0))
        if total == whole.number:
            continue
        missing = whole.number - total
        terms = " + ".join(plain(part.number) for part in parts)
        outcome = "leaves {} out" if missing > 0 else "counts {} too many"
        yield Finding(
            whole.claim_id, _block(whole, parts), f"{plain(whole.number)} = {terms}",
            f"a sum of {plain(whole.number)}", signed(total - whole.number),
            "sum",
            f"The parts printed sum to {plain(total)}, not {plain(whole.number)}, which "
            f"{outcome.format(plain(abs(missing)))}.",
        )  # fmt: skip


def blocks_of(claims: Claims) -> Iterator[tuple[Claim, list[Claim]]]:
    """Each whole with the categories (kind `count`) that partition it; one whole may have several
    blocks."""
    siblings: dict[tuple, list[Claim]] = defaultdict(list)
    for claim in claims:
        is_part = claim.kind == "count" and claim.measure == "n" and claim.path != TOTAL
        if is_part and claims.parent(claim) is not None:
            siblings[claim.place, claim.path[:-1], claim.population].append(claim)
    for parts in siblings.values():
        yield claims.parent(parts[0]), parts


def _block(whole: Claim, parts: list[Claim]) -> str:
    """Where a block stands: a column's total belongs to many, so its rows are named instead."""
    first, last = _ROW.fullmatch(parts[0].location), _ROW.fullmatch(parts[-1].location)
    if whole.path != TOTAL or not first or not last:
        return whole.location
    place, row, column = first.groups()
    return f"{place}rows {row} to {last.group(2)}{column}"


def parts_within(claims: Claims) -> Iterator[Finding]:
    """Sub-counts (kind `subset`) that are larger than the count they are taken from."""
    for claim in claims:
        whole = claims.parent(claim) if (claim.kind, claim.measure) == ("subset", "n") else None
        if whole is not None and claim.number > whole.number:
            yield Finding(
                claim.claim_id, claim.location, plain(claim.number),
                f"at most {plain(whole.number)}", signed(claim.number - whole.number), "excess",
                f"The count is larger than the {plain(whole.number)} it is a part of.",
            )  # fmt: skip


def populations(claims: Claims) -> Iterator[Finding]:
    """Rows in which the single populations do not sum to the column of all."""
    for whole, parts in populations_of(claims):
        total = sum((part.number for part in parts), Decimal(0))
        if total != whole.number:
            terms = " + ".join(f"{plain(part.number)} {part.population}" for part in parts)
            yield Finding(
                whole.claim_id, whole.location, plain(whole.number), plain(total),
                signed(whole.number - total), "populations",
                f"{terms} makes {plain(total)}, not the {plain(whole.number)} printed for all.",
            )  # fmt: skip


def populations_of(claims: Claims) -> Iterator[tuple[Claim, list[Claim]]]:
    """Each count of all with the counts of every single population, where these are printed."""
    groups: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in claims:
        if claim.measure == "n" and claim.number is not None:
            groups[(claim.place, claim.path)][claim.population] = claim
    every = {claim.population for claim in claims} - {WHOLE}
    for members in groups.values():
        parts = [members[name] for name in sorted(every) if name in members]
        # A row that prints only one of the populations says nothing about their sum.
        if WHOLE in members and len(parts) >= max(2, len(every)):
            yield members[WHOLE], parts


def declared(claims: Claims, checks: pd.DataFrame, source: str) -> Iterator[Finding]:
    """Checks that only a reader of the paper can know to make, declared as sums of claims.

    Parameters
    ----------
    checks
        Text cells with the columns of `CHECK_COLUMNS`; `left` and `right` are sums, e.g.
        `results.ongoing.all.n + results.stopped.all.n` (see `add_up`), the relation is `=`, `<=`
        or `>=`. A check that does not hold becomes a finding about `claim_id`; `expected` and
        `explanation` are its words, in which `{left}` and `{right}` stand for the two sums and
        `{difference}` for how much they differ by.
    """
    require_columns(checks, CHECK_COLUMNS, source)
    for line, check in enumerate(checks.to_dict("records"), start=2):
        for column, known in (("relation", _RELATIONS), ("kind", KINDS)):
            if check[column] not in known:
                raise ReviewError(
                    f"{source}, line {line}, column {column}: '{check[column]}' of "
                    f"{check['check_id']} is unknown; write one of {', '.join(known)}."
                )
        claim = claims[check["claim_id"]]
        (a, left), (b, right) = (add_up(check[side], claims) for side in ("left", "right"))
        if not _RELATIONS[check["relation"]](a, b):
            words = {"left": left, "right": right, "difference": plain(abs(a - b))}
            yield Finding(
                claim.claim_id, claim.location, claim.as_printed,
                _fill(check["expected"], words, line, source), signed(a - b),
                check["kind"], _fill(check["explanation"], words, line, source),
            )  # fmt: skip


def holding(claims: Claims, checks: pd.DataFrame) -> Iterator[str]:
    """The claims that a declared check gives from others: it holds, and they are one side of it."""
    for check in checks.to_dict("records"):
        sides = check["left"].strip(), check["right"].strip()
        others = sides[sides[0] == check["claim_id"]]
        given = check["relation"] == "=" and check["claim_id"] in sides
        if given and add_up(sides[0], claims)[0] == add_up(sides[1], claims)[0]:
            # A check against a number alone, or against itself, says nothing of other claims.
            terms = {term.partition("@")[0] for _, term in _TERM.findall(others)}
            if check["claim_id"] not in terms and any(term in claims for term in terms):
                yield check["claim_id"]


def _fill(text: str, words: dict[str, str], line: int, source: str) -> str:
    try:
        return text.format(**words)
    except (KeyError, IndexError, ValueError):
        raise ReviewError(
            f"{source}, line {line}: '{text}' may hold {{left}}, {{right}} and {{difference}} in "
            "braces, nothing else. Correct the braces."
        ) from None


def add_up(text: str, claims: Claims) -> tuple[Decimal, str]:
    """A sum of claims and numbers, and what it reads with their values, e.g. `11 + 1 = 12`.

    Parameters
    ----------
    text
        Claim ids and numbers joined by ` + ` and ` - `; a claim id may end in `@low` or `@high`,
        which means that end of the interval its category is named after.

    Raises
    ------
    ReviewError
        If it is anything else, or a claim holds no number.
    """
    if not _SUM.fullmatch(text.strip()):
        raise ReviewError(
            f"'{text.strip()}' is not a sum of claims: write claim ids or whole numbers joined by "
            "' + ' or ' - ' with blanks around the sign."
        )
    terms = [(sign, _value(term, claims)) for sign, term in _TERM.findall(text.strip())]
    total = sum((-value if sign == "-" else value for sign, value in terms), Decimal(0))
    words = " ".join(f"{'−' if sign == '-' else '+'} {plain(value)}" for sign, value in terms)
    words = words.removeprefix("+ ")
    return total, f"{words} = {plain(total)}" if len(terms) > 1 else words


def _value(term: str, claims: Claims) -> Decimal:
    if re.fullmatch(r"\d+(\.\d+)?", term):
        return Decimal(term)
    claim_id, _, end = term.partition("@")
    claim = claims[claim_id]
    if end:
        number = getattr(label_interval(claim), f"{end}_printed", "")
        if not number:
            raise ReviewError(
                f"{term}: the category has no such end; use @low or @high of a category that is "
                "named after an interval."
            )
        return Decimal(number)
    if claim.number is None:
        raise ReviewError(
            f"{claims.source}, line {claim.line}: {claim_id} has the value '{claim.value}', "
            "which cannot be added up. Use another claim."
        )
    return claim.number
