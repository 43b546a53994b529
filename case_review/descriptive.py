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
from case_review.errors import ReviewError
from case_review.exhibits import Row, Table
from case_review.grouping import UNCLASSIFIED

#: The populations of the report and their column headings, in printing order.
POPULATIONS = {"all": "Total", "publications": "Publications", "posters": "Posters"}


#: Marks a row with a remark; letters are kept for the subsets of a row.
NOTE_MARK = "†"


@dataclass(frozen=True)
class Line:
    """A row of a descriptive table with its counts by population."""

    id: str
    label: str
    indent: int
    counts: Mapping[str, int]
    reported: Mapping[str, int]
    note: str = ""


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
    if count(frame, variable, UNCLASSIFIED):
        extra = {"id": f"{block['id']}_unclassified", "label": "In none of these groups"}
        rows.insert(_last_level(rows), {**extra, "level": UNCLASSIFIED})
    _check(block, rows, frame, of)
    return [
        Line(
            row["id"],
            row["label"],
            row.get("indent", 1),
            {p: count(frame, row.get("variable", variable), row.get("level"), p) for p in of},
            {p: of[p] - count(frame, row.get("variable", variable), None, p) for p in of},
            row.get("note", ""),
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
) -> Table:
    """The table with a heading per block, indented rows and footnotes a, b, c ...

    `percent_of_reported` adds the percentage of those with data after a semicolon; `closing` is a
    last note without mark (abbreviations).
    """
    marks, notes = iter(string.ascii_lowercase), []
    rows, data = [], []
    counts = included(blocks, frame)
    for block in blocks:
        rows.append(Row([block["heading"], *[""] * len(of)], heading=True))
        subsets = {row["id"]: row.get("includes", []) for row in block["rows"]}
        for line in lines(block, frame, of):
            subset = _including(subsets.get(line.id, []), counts)
            text = " ".join(part for part in (subset, line.note) if part)
            mark = next(marks) if subset else NOTE_MARK if text else ""
            if text:
                notes.append((mark, text))
            cells = [_cell(line, p, of[p], percent_of_reported) for p in of]
            rows.append(Row([line.label, *cells], indent=line.indent, mark=mark))
            data += [
                (block["heading"], line.id, line.label, p, line.counts[p], of[p], line.reported[p])
                for p in of
            ]
    columns = ["", *(f"{POPULATIONS[p]} (n = {of[p]})" for p in of)]
    names = ["block", "row", "label", "population", "n", "of", "of_reported"]
    cells_note = "Cells are n (%)" + (
        "; after the semicolon the percentage of those with data." if percent_of_reported else "."
    )
    notes.append(("", f"{cells_note} {closing}".strip()))
    return Table(columns, rows, pd.DataFrame(data, columns=names), notes)


def _cell(line: Line, population: str, of: int, percent_of_reported: bool) -> str:
    n, reported = line.counts[population], line.reported[population]
    text = formatting.count_percent(n, of)
    if percent_of_reported and 0 < n <= reported:
        text = text.removesuffix(")") + f"; {formatting.percent(n, reported)})"
    return text


def _including(subsets: Sequence[Mapping], counts: Mapping[str, int]) -> str:
    """`Including 1 patient with X and 1 with Y.`, empty without subsets."""
    parts = []
    for item in subsets:
        n = counts[item["id"]]
        noun = "" if parts else (" patient" if n == 1 else " patients")
        parts.append(f"{n}{noun} with {item['label']}")
    return f"Including {' and '.join(parts)}." if parts else ""
