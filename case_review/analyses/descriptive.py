"""Tables that describe patients: counts by population, every block adding up to all patients.

Individual patients and group-level reports meet in one long form (`tidy`): a row per report,
variable and level, with the number of patients. Empty levels mean not reported.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from case_review import formatting
from case_review.analyses.grouping import ACROSS, UNCLASSIFIED
from case_review.errors import ReviewError
from case_review.exhibits import Row, Table
from case_review.statistics import proportions

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
    """A row of a descriptive table with its counts by population.

    `reported` counts the patients with data on the row's variable; `level` is empty in the row of
    those without.
    """

    id: str
    label: str
    indent: int
    counts: Mapping[str, int]
    reported: Mapping[str, int]
    note: str = ""
    level: str = ""


def tidy(
    patients: pd.DataFrame,
    posters: pd.DataFrame,
    variables: Sequence[str],
    labels: Mapping[str, Sequence[Mapping]] | None = None,
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
    labels
        Groups by variable: posters give a group's printed label, which becomes its id.

    Raises
    ------
    ReviewError
        If a poster gives a label that no group has.
    """
    frames = []
    for variable in variables:
        own = patients[["report_id", "population"]].assign(
            variable=variable, level=patients[variable].astype(object), n=1
        )
        other = posters.loc[
            posters["variable"] == variable, ["report_id", "population", "variable", "level", "n"]
        ]
        if labels and variable in labels:
            other = other.assign(level=_ids(other, variable, labels[variable]))
        frames += [own, other.astype({"level": object})]
    return pd.concat(frames, ignore_index=True)


def _ids(rows: pd.DataFrame, variable: str, groups: Sequence[Mapping]) -> pd.Series:
    known = {group["label"]: group["id"] for group in groups}
    unknown = rows["level"].dropna()[lambda x: ~x.isin(known)]
    if len(unknown):
        row = unknown.index[0]
        raise ReviewError(
            f"data/clean/posters.csv, row {row + 2}, level of {variable}: found "
            f"{unknown.iloc[0]!r}, expected one of {', '.join(known)}; correct "
            "data/raw/posters.csv or the labels in params.yml"
        )
    return rows["level"].map(known)


def totals(reports: pd.DataFrame) -> dict[str, int]:
    """Patients by population, from the reports."""
    return {name: int(_within(reports, name)["n_patients"].sum()) for name in POPULATIONS}


def count(frame: pd.DataFrame, variable: str, level: str | None, population: str = "all") -> int:
    """Patients with `level` of `variable`; None counts those of whom it is not reported."""
    rows = _within(frame[frame["variable"] == variable], population)
    hit = rows["level"].isna() if level is None else rows["level"] == level
    return int(rows.loc[hit, "n"].sum())


def _within(frame: pd.DataFrame, population: str) -> pd.DataFrame:
    return frame if population == "all" else frame[frame["population"] == population]


def lines(block: Mapping, frame: pd.DataFrame, of: Mapping[str, int]) -> list[Line]:
    """The rows of one block; a value outside all groups gets a row of its own.

    Raises
    ------
    ReviewError
        If a level of the data has no row, or the rows of a variable do not add up to `of`.
    """
    rows = list(block["rows"])
    variable = block["variable"]
    for level, name, label in _OUTSIDE:
        if count(frame, variable, level):
            extra = {"id": f"{block['id']}_{name}", "label": label, "level": level}
            rows.insert(_last_level(rows), extra)
    _check(block, rows, frame, of)
    return [
        Line(
            row["id"],
            row["label"],
            row.get("indent", 1),
            {p: count(frame, row.get("variable", variable), row.get("level"), p) for p in of},
            {p: of[p] - count(frame, row.get("variable", variable), None, p) for p in of},
            row.get("note", ""),
            row.get("level", ""),
        )
        for row in rows
    ]


def _last_level(rows: Sequence[Mapping]) -> int:
    """Where the rows with a level end and those of the not reported begin."""
    return 1 + max(i for i, row in enumerate(rows) if row.get("level"))


def _check(block: Mapping, rows: Sequence[Mapping], frame: pd.DataFrame, of: Mapping) -> None:
    for variable in dict.fromkeys(row.get("variable", block["variable"]) for row in rows):
        levels = [
            row.get("level") for row in rows if row.get("variable", block["variable"]) == variable
        ]
        found = frame.loc[frame["variable"] == variable, "level"].dropna().unique()
        for level in set(found) - set(levels):
            raise ReviewError(
                f"params.yml, blocks, {block['id']}: the data hold {variable} = {level!r}, which "
                "has no row; add a row with this level"
            )
        for population, patients in of.items():
            added = sum(count(frame, variable, level, population) for level in levels)
            if added != patients:
                raise ReviewError(
                    f"{variable}, {population}: the rows of block {block['id']} add up to {added}, "
                    f"expected {patients} patients; add a row without level for the not reported, "
                    "or correct the numbers in data/clean/posters.csv"
                )


def results(prefix: str, found: Sequence[Line], of: Mapping[str, int]) -> Iterator[dict]:
    """What is recorded of the lines: `<prefix>.<row>.<population>`, patients of all patients."""
    for line in found:
        for population, n in line.counts.items():
            yield patients_result(f"{prefix}.{line.id}.{population}", n, of[population])


def patients_result(id: str, n: int, of: int) -> dict:
    """A recorded number of patients out of others, written `30 (35.7%)`."""
    text = formatting.count_percent_prose(n, of)
    return {"id": id, "value": n, "text": text, "unit": "patients", "n": n, "of": of}


def plain_result(id: str, value, unit: str, text: str | None = None) -> dict:
    """A recorded number without denominator."""
    return {"id": id, "value": value, "text": str(value) if text is None else text, "unit": unit}


def included(blocks: Sequence[Mapping], frame: pd.DataFrame) -> dict[str, int]:
    """Patients of every subset that a footnote names, by its id."""
    return {
        item["id"]: count(frame, "diagnosis", item["diagnosis"])
        for block in blocks
        for row in block["rows"]
        for item in row.get("includes", [])
    }


def table(
    blocks: Sequence[Mapping],
    frame: pd.DataFrame,
    of: Mapping[str, int],
    percent_of_reported: bool = False,
    closing: str = "",
    limits: float | None = None,
) -> Table:
    """The table with a heading per block, indented rows and footnotes a, b, c ...

    Parameters
    ----------
    blocks, frame, of
        Layout, patients (from `tidy`) and their totals by population.
    percent_of_reported
        A second column for each population with the percentage of those with data; a block's
        heading then says how many these are.
    closing
        A last note without mark (abbreviations).
    limits
        Confidence level of exact limits behind every percentage; None for no limits.
    """
    marks, notes = iter(string.ascii_lowercase), []
    rows, data = [], []
    counts = included(blocks, frame)
    for block in blocks:
        found = lines(block, frame, of)
        rows.append(_heading(block["heading"], found, of, percent_of_reported))
        subsets = {row["id"]: row.get("includes", []) for row in block["rows"]}
        for line in found:
            subset = _including(subsets.get(line.id, []), counts)
            text = " ".join(part for part in (subset, line.note) if part)
            mark = next(marks) if subset else NOTE_MARK if text else ""
            if text:
                notes.append((mark, text))
            cells = [c for p in of for c in _cells(line, p, of[p], percent_of_reported, limits)]
            rows.append(Row([line.label, *cells], indent=line.indent, mark=mark))
            data += [_numbers(block["heading"], line, p, of[p], limits) for p in of]
    notes.append(("", f"{_cells_note(percent_of_reported, limits)} {closing}".strip()))
    return Table(_columns(of, percent_of_reported), rows, pd.DataFrame(data), notes)


def _columns(of: Mapping[str, int], percent_of_reported: bool) -> list[str]:
    if not percent_of_reported:
        return ["", *(f"{POPULATIONS[population]} (n = {n})" for population, n in of.items())]
    columns = [""]
    for population, n in of.items():
        # These headings take two lines, which should not part a number from its letter.
        columns += [f"{POPULATIONS[population]} (n\u00a0=\u00a0{n})", "% of known"]
    return columns


def _heading(text: str, found: Sequence[Line], of: Mapping[str, int], with_data: bool) -> Row:
    """A block's first row; with the number of patients with data where some have none."""
    if not with_data:
        return Row([text, *[""] * len(of)], heading=True)
    cells = []
    for population, n in of.items():
        reported = min(line.reported[population] for line in found)
        cells += ["", f"of {reported}" if reported < n else ""]
    return Row([text, *cells], heading=True)


def _cells(
    line: Line, population: str, of: int, percent_of_reported: bool, limits: float | None
) -> Iterator[str]:
    n, reported = line.counts[population], line.reported[population]
    yield _count_percent(n, of, limits)
    if percent_of_reported:
        missing = reported == of or n > reported or reported == 0 or not line.level
        yield "" if missing else _percent(n, reported, limits)


def _count_percent(n: int, of: int, limits: float | None) -> str:
    if limits is None or not of:
        return formatting.count_percent(n, of)
    return f"{n} ({_percent(n, of, limits).replace(' (', '; ').rstrip(')')})"


def _percent(n: int, of: int, limits: float | None) -> str:
    text = formatting.percent(n, of)
    if limits is None:
        return text if n else "0"
    low, high = (100 * limit for limit in proportions.exact(n, of, limits))
    return f"{text} ({formatting.interval(low, high, 1)})"


def _numbers(heading: str, line: Line, population: str, of: int, limits: float | None) -> dict:
    """The exhibit's numbers of one cell, limits as fractions of 1."""
    n, reported = line.counts[population], line.reported[population]
    found = {"block": heading, "row": line.id, "label": line.label, "population": population}
    found |= {"n": n, "of": of, "of_reported": reported}
    if limits is not None and of:
        found["low"], found["high"] = proportions.exact(n, of, limits)
        if n <= reported and reported:
            low, high = proportions.exact(n, reported, limits)
            found |= {"low_of_reported": low, "high_of_reported": high}
    return found


def _cells_note(percent_of_reported: bool, limits: float | None) -> str:
    text = "Cells are n (%)"
    if limits is not None:
        level = formatting.number(100 * limits)
        text += f", with exact {level}% confidence limits of each percentage"
    if percent_of_reported:
        text += (
            "; % of known is of the patients with data, whose number stands in the first line of "
            "each block, and is left out where nothing is missing"
        )
    return f"{text}."


def _including(subsets: Sequence[Mapping], counts: Mapping[str, int]) -> str:
    """`Including 1 patient with X and 1 with Y.`, empty without subsets."""
    parts = []
    for item in subsets:
        n = counts[item["id"]]
        noun = "" if parts else (" patient" if n == 1 else " patients")
        parts.append(f"{n}{noun} with {item['label']}")
    return f"Including {' and '.join(parts)}." if parts else ""
