"""Blocks of a descriptive table that are made of what a column holds: its words or numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from case_review import registry
from case_review.analyses.descriptive import POPULATIONS, Block, Line, within
from case_review.exhibits import Row
from case_review.formatting import number
from case_review.statistics import balance, summaries
from case_review.values import VARIES, Count, Range, Text, Value

#: What a patient has in the column of a number, so that patients with and without are counted.
KNOWN = "known"
#: How a number is summed up: its key in ids, and the label of its row.
_SUMMARIES = {"median": "Median (quartiles)", "mean": "Mean (SD)", "range": "Range"}


def populations(reports: pd.DataFrame) -> dict[str, int]:
    """Patients by population; of one kind of report alone there is but the total."""
    of = {name: int(within(reports, name)["n_patients"].sum()) for name in POPULATIONS}
    return of if all(of.values()) else {"all": of["all"]}


def said(of: Mapping[str, int]) -> str:
    """The populations as captions name them."""
    return "in all reports" + ", in publications and in posters" * (len(of) > 1)


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers; one without any value holds none."""
    return pd.api.types.is_numeric_dtype(values) and values.notna().any()


def variables(layout: Sequence[Mapping], also: Sequence[str], patients: pd.DataFrame) -> list[str]:
    """The columns that the blocks are about, and those of `also` that patients have."""
    names = [row.get("variable", block["variable"]) for block in layout
             for row in [block, *block.get("rows", [])]]  # fmt: skip
    return list(dict.fromkeys([*names, *(name for name in also if name in patients.columns)]))


def told(patients: pd.DataFrame, variables: Sequence[str]) -> pd.DataFrame:
    """Patients whose columns of numbers say only of whom the number is known."""
    numbers = [name for name in variables if is_number(patients[name])]
    known = {name: patients[name].notna().map({True: KNOWN, False: None}) for name in numbers}
    return patients.assign(**known)


def with_silent(
    frame: pd.DataFrame, posters: pd.DataFrame, variables: Sequence[str]
) -> pd.DataFrame:
    """The long form, with the patients of posters as not reported where no poster counts them."""
    sizes = posters.groupby(["report_id", "variable"])["n"].sum().groupby("report_id").max()
    added = [frame]
    for variable in variables:
        silent = sizes.drop(posters.loc[posters["variable"] == variable, "report_id"].unique())
        rows = {"report_id": silent.index, "population": "posters", "variable": variable}
        added.append(pd.DataFrame({**rows, "level": None, "n": silent.to_numpy()}, dtype=object))
    found = pd.concat([one for one in added if len(one)] or [frame], ignore_index=True)
    return found.astype({"n": int})


def laid_out(layout: Sequence[Mapping], patients: pd.DataFrame) -> list[dict]:
    """The blocks, those without `rows` and `groups` with the rows that their columns need.

    The levels of words come by their frequency, the most frequent first.
    """
    return [
        dict(block) if "rows" in block or "groups" in block else _made(block, patients)
        for block in layout
    ]


def _made(block: Mapping, patients: pd.DataFrame) -> dict:
    id, values = block["id"], patients[block["variable"]]
    if is_number(values):
        rows = [{"id": f"{id}_known", "label": "Known", "level": KNOWN}]
    else:
        often = values.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        names = registry.identifiers(map(str, often.index))
        rows = [
            {"id": f"{id}_{name}", "label": level, "level": level} for level, name in names.items()
        ]
    rows.append({"id": f"{id}_not_reported", "label": "Not reported"})
    return {**block, "rows": rows}


def with_summaries(found: Sequence[Block], patients: pd.DataFrame) -> None:
    """Put the rows that sum a number up before those that count of whom it is known."""
    for block in found:
        variable = block.lines[0].variable
        if is_number(patients[variable]) and block.lines[0].level == KNOWN:
            block.lines[:0] = [
                Line(f"{block.id}_{how}", label, variable, summary=how)
                for how, label in _SUMMARIES.items()
            ]


def summed(values: pd.Series, how: str) -> Value | str:
    """The numbers of these patients as one cell; a dash where none is known.

    Parameters
    ----------
    values
        One per patient, in one unit.
    how
        `median`, with quartiles; `mean`, with the standard deviation (n - 1 below); or `range`.
    """
    known = values.dropna().astype(float)
    if known.empty:
        return "–"
    if how == "median":
        return summaries.quartiles(known)
    if how == "range":
        return Range(float(known.min()), float(known.max()), most=2)
    mean, spread = float(known.mean()), float(known.std(ddof=1)) if len(known) > 1 else np.nan
    return Text(f"{number(mean, 1)} ({number(spread, 1)})", round(mean, 6), n=len(known))


# -- by group --------------------------------------------------------------------------------------


def by_group(found: Sequence[Block], patients: pd.DataFrame, own: pd.Series, groups: Mapping):
    """Headings and rows of the table by group, of the patients with individual data.

    Parameters
    ----------
    found
        The blocks of the table of characteristics.
    patients
        Those with individual data, with the grouped variables added.
    own
        The group of each, missing for one who is in none.
    groups
        The groups and their names in printing order; without any, all patients are one.

    Returns
    -------
    tuple
        Headings, among them the standardised difference where groups are compared, and rows.
    """
    shown = {name: own.eq(key) for key, name in groups.items()}
    shown = shown or {"All patients": pd.Series(True, patients.index)}
    heads = [f"{name} (n = {hit.sum()})" for name, hit in shown.items()]
    compared = len(groups) > 1
    rows = []
    for block in found:
        first = patients[block.lines[0].variable]
        gap = _gap(first, own.where(own.isin(list(groups)))) if compared else None
        rows.append(Row([block.heading, *[""] * len(shown), *([gap] * compared)], heading=True))
        for line in block.lines:
            values = patients[line.variable]
            cells = [_cell(line, values[hit]) for hit in shown.values()]
            rows.append(Row([line.label, *cells, *([""] * compared)], indent=line.indent))
    return ["", *heads, *(["Standardised difference"] * compared)], rows


def _cell(line: Line, values: pd.Series) -> Value | str:
    if line.summary:
        found = summed(values, line.summary)
        return found.stands(VARIES) if isinstance(found, Value) else found
    if line.level is None:
        hit = values.isna()
    else:
        hit = values.notna() if line.level == KNOWN and is_number(values) else values == line.level
    return Count(int(hit.sum()), len(values)).stands(VARIES) if len(values) else "–"


def _gap(values: pd.Series, own: pd.Series) -> Value | str:
    """The difference of the groups; a dash where it is not defined."""
    found = balance.difference(values, own)
    return "–" if np.isnan(found.value) else found.stands(VARIES)
