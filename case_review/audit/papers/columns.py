"""Which group the columns of a table are about, and what their headings say of numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from case_review.audit.papers.cells import ENDS, RATIOS
from case_review.audit.papers.labels import Said, said
from case_review.audit.papers.layout import Laid
from case_review.values.identifiers import identifier

#: The population of a p-value that compares the groups of a row.
COMPARISON = "comparison"
#: Measures of which a heading may speak without naming a group.
_BESIDE = {"p", "ci", "sd", "se", "iqr", "range", "df", "pct", "n", "t", "f", "z", "r", "chi2"}


@dataclass(frozen=True)
class Column:
    """A column of numbers.

    Parameters
    ----------
    heading
        As printed, from the top.
    population
        Part of a claim's id: the group, or `all`.
    about
        What the heading adds to the labels of the rows, or empty.
    measures
        What the heading says the numbers are.
    total
        How many are in the group according to the heading, or empty.
    """

    position: int
    heading: str
    population: str
    about: str
    measures: tuple[str, ...]
    total: str


def columns(laid: Laid, extra: dict[int, tuple[str, ...]] | None = None) -> dict[int, Column]:
    """The columns of a table.

    Parameters
    ----------
    extra
        Headings in its body. They stand below those at the top, or in their place if they name
        forms themselves.
    """
    extra = extra or {}
    anew = any(said(part).measures for heading in extra.values() for part in heading)
    parts = {
        position: extra.get(position, ()) if anew else (*heading, *extra.get(position, ()))
        for position, heading in laid.columns.items()
    }
    told = {position: [said(part) for part in heading] for position, heading in parts.items()}
    alike = _are_groups(told)
    found = {
        position: _column(position, parts[position], told[position], alike) for position in parts
    }
    return _wholes(_compared(_continued(_beside(found))))


def _are_groups(told: dict[int, list[Said]]) -> bool:
    """Whether the words of the lowest headings name groups: all are followed by one form."""
    forms = {one[-1].measures for one in told.values() if one and one[-1].measures != ("p",)}
    beside = {form for form in forms if set(form) <= {"p", "ci", "t", "f", "z", "chi2", "df"}}
    return len(forms - beside - {()}) + (() in forms) <= 1


def _column(position: int, parts: tuple[str, ...], told: list[Said], alike: bool) -> Column:
    measures = next((one.measures for one in reversed(told) if one.measures), ())
    total = next((one.total for one in reversed(told) if one.total), "")
    groups: list[str] = []
    about = ""
    for level, one in enumerate(told):
        is_last = level == len(told) - 1
        if not is_last or one.total or one.is_whole or (alike and not _is_beside(one)):
            groups.append(one.about)
        else:
            about = one.about
    if about and not one.measures and groups:
        groups, about = [*groups, about], ""  # a group in a group, not a measure
    return Column(position, ", ".join(parts), _name(groups), about, measures, total)


def _is_beside(one: Said) -> bool:
    """Whether a heading names a measure beside the groups, such as a p-value."""
    return bool(one.measures) and set(one.measures) <= {"p", "t", "f", "z", "chi2", "df", "r"}


#: Headings that name no group.
_ANYTHING = {"value", "values", "result", "results", "data", "finding", "findings", "summary"}


def _name(groups: list[str]) -> str:
    words = [word for word in groups if word and word.lower() not in _ANYTHING]
    if not words:
        return "all"
    return "all" if all(said(word).is_whole for word in words) else identifier(" ".join(words))


def _beside(found: dict[int, Column]) -> dict[int, Column]:
    """Give a column that names no group that of the column at its left, to which it belongs.

    These are intervals, and percentages of which each group has a column of the same name.
    """
    names = [column.heading for column in found.values()]
    left: Column | None = None
    made: dict[int, Column] = {}
    for position, column in found.items():
        again = "pct" in column.measures and names.count(column.heading) > 1
        if left and column.population == "all" and (column.measures == ("ci",) or again):
            column = replace(
                column, population=left.population, about=column.about if again else left.about
            )
        elif column.measures != ("ci",):
            left = column
        made[position] = column
    return made


def _continued(found: dict[int, Column]) -> dict[int, Column]:
    """Give a column of a measure alone, such as `SD`, the words of the one that it goes with."""
    left: Column | None = None
    made: dict[int, Column] = {}
    for position, column in found.items():
        goes_on = (
            left is not None
            and not column.about
            and bool(set(column.measures) & {"sd", "se", *ENDS, "df"} or _follows(column, left))
            and len(column.measures) == 1
            and column.population == left.population
        )
        made[position] = replace(column, about=left.about) if goes_on else column
        if not goes_on:
            left = made[position]
    return made


def _follows(column: Column, left: Column) -> bool:
    """Whether a p-value is that of the estimate at its left."""
    return column.measures == ("p",) and bool(set(left.measures) & {*RATIOS, *ENDS, "value"})


def _compared(found: dict[int, Column]) -> dict[int, Column]:
    """Set p-values that compare groups apart from the numbers of one group."""
    groups = {c.population for c in found.values() if not _is_p(c)}
    ratios = any(set(c.measures) & {*RATIOS, "ci"} for c in found.values())
    if len(groups) < 2:
        return {
            position: replace(c, population=next(iter(groups)), about=_left(found, position))
            if _is_p(c) and groups and c.population == "all" else c
            for position, c in found.items()
        }  # fmt: skip
    return {
        position: replace(c, population=COMPARISON)
        if _is_p(c) and c.population == "all" and not ratios else c
        for position, c in found.items()
    }  # fmt: skip


def _is_p(column: Column) -> bool:
    return bool(column.measures) and set(column.measures) <= {"p", "t", "f", "z", "chi2", "df"}


def _left(found: dict[int, Column], position: int) -> str:
    before = [c.about for p, c in found.items() if p < position and not _is_p(c)]
    alike = bool(before) and len(set(before)) == 1
    return found[position].about or (before[-1] if alike else "")


def _wholes(found: dict[int, Column]) -> dict[int, Column]:
    """Keep the name `all` for a column that the others make up, where group sizes tell."""
    whole = {c.total for c in found.values() if c.population == "all" and c.total}
    groups = [c for c in found.values() if c.population not in ("all", COMPARISON)]
    parts = {c.population: c.total for c in groups}
    if len(whole) != 1 or not parts or not all(parts.values()):
        return found
    if sum(int(total) for total in parts.values() if total.isdecimal()) == int(float(whole.pop())):
        return found
    return {p: replace(c, population="overall") if c.population == "all" else c
            for p, c in found.items()}  # fmt: skip
