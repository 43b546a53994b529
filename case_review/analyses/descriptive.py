"""Tables that describe patients: counts by population, every block adding up to all patients.

Individual patients and group-level reports meet in one long form (`long_form`): a row per report,
variable and level, with the number of patients. Empty levels mean not reported.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from case_review import formatting
from case_review.analyses.grouping import ACROSS, UNCLASSIFIED, interval_group
from case_review.errors import ReviewError
from case_review.exhibits import Row
from case_review.statistics import proportions
from case_review.units import MONTH_DAYS, intervals
from case_review.units.intervals import Interval
from case_review.values import Count, Text, Value, following, one_of

#: The populations of the report and their column headings, in printing order.
POPULATIONS = {"all": "Total", "publications": "Publications", "posters": "Posters"}
#: What fits no group gets a row of its own: level, end of the row's id, label.
_OUTSIDE = (
    (ACROSS, "across", "Across two of these groups"),
    (UNCLASSIFIED, "unclassified", "In none of these groups"),
)
#: Marks a row with a remark; letters are kept for the subsets of a row.
NOTE_MARK = "†"


@dataclass(frozen=True)
class Line:
    """A row of a block: patients with `level` of `variable`; without a level, not reported.

    `includes` names subsets that a footnote counts (`id`, `label`, `diagnosis`), `note` what else
    it says. A line with a `summary` shows no patients but what their numbers are.
    """

    id: str
    label: str
    variable: str
    level: str | None = None
    indent: int = 1
    includes: Sequence[Mapping] = ()
    note: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Block:
    """A block of the table; lines may be added to it."""

    id: str
    heading: str
    lines: list[Line] = field(default_factory=list)


# -- counting --------------------------------------------------------------------------------------


def long_form(
    patients: pd.DataFrame,
    posters: pd.DataFrame,
    variables: Sequence[str],
    groups: Mapping[str, Mapping[str, Interval]] | None = None,
    month_days: float = MONTH_DAYS,
) -> pd.DataFrame:
    """Report, population, variable, level and n for the patients of both kinds of report.

    Parameters
    ----------
    patients
        Clean patients, with the grouped variables added; one row each.
    posters
        Clean posters.
    variables
        The columns of `patients` (values of `variable` in `posters`) to take.
    groups
        Groups by variable, as made by `intervals.by_id`. Posters give the printed label of their
        own group, which belongs to the group that it lies within.
    month_days
        Length of a month in those labels.

    Raises
    ------
    ReviewError
        If a poster gives a label that is no interval.
    """
    frames = []
    for variable in variables:
        own = patients[["report_id", "population"]].assign(
            variable=variable, level=patients[variable].astype(object), n=1
        )
        other = posters.loc[
            posters["variable"] == variable, ["report_id", "population", "variable", "level", "n"]
        ].astype({"level": object})
        if groups and variable in groups:
            known = other["level"].dropna()
            other["level"] = pd.Series(
                [_group(*item, variable, groups[variable], month_days) for item in known.items()],
                known.index,
                object,
            )
        frames += [own, other]
    return pd.concat(frames, ignore_index=True)


def _group(row: int, label: str, variable: str, groups: Mapping, month_days: float) -> str:
    try:
        return interval_group(intervals.parse(label, month_days), groups)
    except ValueError as error:
        raise ReviewError(
            f"data/clean/posters.csv, row {row + 2}, level of {variable}: {error}; correct it in "
            "data/raw/posters.csv"
        ) from None


def within(frame: pd.DataFrame, population: str) -> pd.DataFrame:
    """The rows of one population."""
    return frame if population == "all" else frame[frame["population"] == population]


def count(frame: pd.DataFrame, variable: str, level: str | None, population: str = "all") -> int:
    """Patients with `level` of `variable`; None counts those of whom it is not reported."""
    own = frame["variable"] == variable
    if population != "all":
        own &= frame["population"] == population
    n, levels = (frame[name][own].to_numpy() for name in ("n", "level"))
    hit = pd.isna(levels) if level is None else levels == level
    return int(n[hit].sum())


def share(n: int, of: int, limits: float | None = None) -> Count:
    """`n` of `of` patients, with exact limits of this level if one is given and there are any."""
    return Count(n, of) if limits is None or not of else proportions.count(n, of, limits)


# -- the layout ------------------------------------------------------------------------------------


def blocks(
    layout: Sequence[Mapping],
    groups: Mapping[str, Mapping[str, Interval]],
    frame: pd.DataFrame,
    of: Mapping[str, int],
) -> list[Block]:
    """The blocks of a table; a value outside all groups gets a row of its own.

    Parameters
    ----------
    layout
        `blocks` of `params.yml`. A block with rows has these; another has a row for each group of
        its variable, and one for the not reported.
    groups
        Groups by variable.
    frame, of
        Patients in long form, and their totals by population.

    Raises
    ------
    ReviewError
        If a level of the data has no row, or the rows of a variable do not add up to `of`.
    """
    found = []
    for block in layout:
        own = lines(block, groups)
        for level, name, label in _OUTSIDE:
            if count(frame, block["variable"], level):
                outside = Line(f"{block['id']}_{name}", label, block["variable"], level)
                own.insert(1 + max(i for i, line in enumerate(own) if line.level), outside)
        _check(block["id"], own, frame, of)
        found.append(Block(block["id"], block["heading"], own))
    return found


def lines(block: Mapping, groups: Mapping[str, Mapping[str, Interval]]) -> list[Line]:
    """The lines of one block as it is laid out; see `blocks`."""
    variable = block["variable"]
    if "rows" in block:
        return [Line(**{"variable": variable, **row}) for row in block["rows"]]
    known = [Line(id, group.label, variable, id) for id, group in groups[variable].items()]
    missing = f"{block['id']}_not_reported"
    return [*known, Line(missing, "Not reported", variable, note=block.get("note", ""))]


def _check(block: str, own: Sequence[Line], frame: pd.DataFrame, of: Mapping) -> None:
    for variable in dict.fromkeys(line.variable for line in own):
        levels = [line.level for line in own if line.variable == variable and not line.summary]
        found = frame.loc[frame["variable"] == variable, "level"].dropna().unique()
        for level in set(found) - set(levels):
            raise ReviewError(
                f"params.yml, blocks, {block}: the data hold {variable} = {level!r}, which "
                "has no row; add a row with this level"
            )
        for population, patients in of.items():
            added = sum(count(frame, variable, level, population) for level in levels)
            if added != patients:
                raise ReviewError(
                    f"{variable}, {population}: the rows of block {block} add up to {added}, "
                    f"expected {patients} patients; add a row without level for the not reported, "
                    "or correct the numbers in data/clean/posters.csv"
                )


# -- the table -------------------------------------------------------------------------------------


def columns(of: Mapping[str, int], percent_of_known: bool = False) -> list[str]:
    """The headings of the table: a column for each population, or two with the `% of known`."""
    # Beside others a heading takes two lines, which should not part a number from its letter.
    equals = "\u00a0=\u00a0" if percent_of_known else " = "
    beside = ["% of known"] * percent_of_known
    heads = [f"{POPULATIONS[population]} (n{equals}{n})" for population, n in of.items()]
    return ["", *(text for head in heads for text in (head, *beside))]


def missing(
    found: Sequence[Block],
    counts: Mapping[str, Mapping[str, Value]],
    variable: str,
    population: str,
) -> list[Value]:
    """The recorded numbers of patients of whom a variable is not reported.

    What is worked out from the patients with data rests on these, see `values.following`.
    """
    lines = (x for block in found for x in block.lines if x.variable == variable and not x.summary)
    return [counts[line.id][population] for line in lines if line.level is None]


def rows(
    found: Sequence[Block],
    counts: Mapping[str, Mapping[str, Value]],
    of: Mapping[str, int],
    known: Mapping | None = None,
    limits: float | None = None,
    marks: Mapping[str, str] | None = None,
) -> list[Row]:
    """All rows of the table, block by block.

    Parameters
    ----------
    counts
        The recorded numbers of patients, by line and population.
    known, limits
        As for `row`.
    marks
        Of footnotes, by line.
    """
    made = []
    for block in found:
        made.append(heading(block, of, counts, known))
        for line in block.lines:
            rest = {p: missing(found, counts, line.variable, p) for p in of}
            mark = (marks or {}).get(line.id, "")
            made.append(row(line, counts[line.id], rest, known, limits, mark))
    return made


def heading(
    block: Block,
    of: Mapping[str, int],
    counts: Mapping[str, Mapping[str, Value]],
    known: Mapping | None = None,
) -> Row:
    """A block's first row; with `known`, the patients with data where some have none.

    `known` counts by variable and population.
    """
    cells = []
    for population, n in of.items() if known is not None else ():
        fewest = min(block.lines, key=lambda line, p=population: known[line.variable][p]).variable
        with_data = known[fewest][population]
        stands = following(*missing([block], counts, fewest, population))
        shown = Text(f"of {with_data}", with_data, unit="patients", standing=stands)
        cells += ["", shown if with_data < n else ""]
    return Row([block.heading, *cells], heading=True)


def row(
    line: Line,
    counts: Mapping[str, Value],
    rest: Mapping[str, Sequence[Value]],
    known: Mapping | None = None,
    limits: float | None = None,
    mark: str = "",
) -> Row:
    """A line of the table: its counts by population, one after the other.

    With `known` (as in `heading`) the percentage of the patients with data stands beside each,
    where some have none: `rest` holds their numbers, see `missing`. `limits` is the confidence
    level of its exact limits, None for no limits.
    """
    cells = []
    for population, recorded in counts.items():
        cells.append(recorded)
        if known is not None and line.summary:
            cells.append("")
        elif known is not None:
            patients, with_data = one_of(recorded), known[line.variable][population]
            shown = line.level is not None and 0 < with_data < patients.of
            stands = following(recorded, *rest[population])
            part = share(patients.n, with_data, limits).stands(stands).share if shown else ""
            cells.append(part)
    return Row([line.label, *cells], indent=line.indent, mark=mark)


def footnotes(
    found: Sequence[Block], subsets: Mapping[str, Value]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Marks by line, and the notes they lead to; `subsets` counts those that lines include."""
    letters, marks, notes = iter(string.ascii_lowercase), {}, []
    for line in (line for block in found for line in block.lines):
        text = " ".join(part for part in (_including(line.includes, subsets), line.note) if part)
        if text:
            marks[line.id] = next(letters) if line.includes else NOTE_MARK
            notes.append((marks[line.id], text))
    return marks, notes


def cells_note(percent_of_known: bool = False, limits: float | None = None) -> str:
    """What a reader is told of the cells."""
    text = "Cells are n (%)"
    if limits is not None:
        level = formatting.number(100 * limits)
        text += f", with exact {level}% confidence limits of each percentage"
    if percent_of_known:
        text += (
            "; % of known is of the patients with data, whose number stands in the first line of "
            "each block, and is left out where nothing is missing"
        )
    return f"{text}."


def _including(subsets: Sequence[Mapping], counts: Mapping[str, Value]) -> str:
    """`Including 1 patient with X and 1 with Y.`, empty without subsets."""
    parts = []
    for item in subsets:
        n = one_of(counts[item["id"]]).n
        noun = "" if parts else (" patient" if n == 1 else " patients")
        parts.append(f"{n}{noun} with {item['label']}")
    return f"Including {' and '.join(parts)}." if parts else ""
