"""Tables that list cases one by one: values as reported, a dash where a report gives none.

Where there are too many cases to be read one by one, `condensed` counts them instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from case_review.exhibits.tables import Row
from case_review.formatting import number
from case_review.values import Count, Number, Range, Text, Value

#: Most cases that a table lists one by one. A hundred rows are two to three
#: pages, which can still be read; of more, counts and quartiles say what a reader can take in, the
#: data file of the exhibit holds every case, and neither time nor memory grows with them.
MOST = 100
#: Most cases that a figure with a line for each of them draws; more would fill more than a page.
MOST_DRAWN = 50
#: Most values of a variable that `condensed` counts in rows of their own.
_MOST_VALUES = 10


def too_many(cases: Sequence, most: int = MOST) -> bool:
    """Whether there are more cases than are shown one by one."""
    return len(cases) > most


def said(cases: Sequence, what: str, instead: str) -> str:
    """What a reader is told where `instead` stands for `cases`, which are `what`."""
    return (
        f"{len(cases):,} {what}: more than {MOST} are not shown one by one. {instead} The data "
        "file has a row for each of them."
    )


def amounts(column: Sequence, units: Sequence | str) -> list[Text | None]:
    """Numbers with their units, each with its own or one for all: `24 hours`, `1 month`."""
    frame = pd.DataFrame({"value": column, "unit": units}).fillna({"unit": ""})
    return [
        None if pd.isna(value) else Text(Number(value, unit).prose, value, unit=unit)
        for value, unit in frame.itertuples(index=False)
    ]


def ranges(low: Sequence, high: Sequence, unit: str = "") -> list[Range | None]:
    """Ranges without their unit, which the heading has; none where an end is not reported."""
    return [
        None if pd.isna(start) or pd.isna(end) else Range(start, end, unit)
        for start, end in zip(low, high, strict=True)
    ]


def abbreviated(texts: pd.Series, abbreviations: str) -> pd.Series:
    """`texts` with the abbreviations that a note explains: `AB: alpha beta; CD: ...`.

    What is joined by a stroke stays together: `AB/CD`.
    """
    items = [item.partition(": ") for item in abbreviations.rstrip(".").split("; ")]
    short = {long: name for name, _, long in items if long}
    names = "|".join(map(re.escape, short.values()))
    joined = re.compile(rf"\b({names}) / (?=(?:{names})\b)")

    def said(text: str) -> str:
        for long, name in short.items():
            text = text.replace(long, name)
        return joined.sub(r"\1/", text) if short else text

    return texts.map(said, na_action="ignore")


def rows(columns: Mapping[str, Sequence], standing: str = "") -> list[Row]:
    """A row per case from columns of values and text, with `–` for what is not given.

    `standing` says what all the values rest on, if that is known.
    """
    frame = pd.DataFrame(columns, dtype=object)
    cells = frame.where(frame.notna(), "–").itertuples(index=False)
    return [
        Row([cell.stands(standing) if isinstance(cell, Value) else str(cell) for cell in row])
        for row in cells
    ]


def condensed(
    columns: Mapping[str, pd.Series], groups: Mapping[str, pd.Series], standing: str = ""
) -> list[Row]:
    """Counts and quartiles of many cases: a block for each column, a column for each group.

    Parameters
    ----------
    columns
        By heading, a value of each case: of numbers the median and the quartiles are shown, of
        words how many cases have each, the most frequent first, and of how many it is not reported.
    groups
        By name, which cases belong to it.
    standing
        As for `rows`.
    """
    made = [Row(["Cases, n", *(_count(own.sum(), None, standing) for own in groups.values())])]
    for heading, column in columns.items():
        of = [column[own.to_numpy()] for own in groups.values()]
        if pd.api.types.is_numeric_dtype(column):
            made.append(Row([heading, *(_quartiles(each, standing) for each in of)]))
            continue
        often = column.value_counts()
        often = often.sort_index().sort_values(ascending=False, kind="stable")
        made.append(Row([heading], heading=True))
        for value in often.index[:_MOST_VALUES]:
            made.append(_counted(str(value), [each.eq(value) for each in of], standing))
        if rest := list(often.index[_MOST_VALUES:]):
            name = f"{len(rest):,} other values"
            made.append(_counted(name, [each.isin(rest) for each in of], standing))
        if column.isna().any():
            made.append(_counted("Not reported", [each.isna() for each in of], standing))
    return made


def _counted(name: str, hits: Sequence[pd.Series], standing: str) -> Row:
    return Row([name, *(_count(hit.sum(), len(hit), standing) for hit in hits)], indent=1)


def _count(n: int, of: int | None, standing: str) -> Count | str:
    return "–" if of == 0 else Count(int(n), of).stands(standing)


def _quartiles(values: pd.Series, standing: str) -> Text | str:
    """`12 (5–40), n = 25`; a dash where nothing is known."""
    known = values.dropna().to_numpy(float)
    if not len(known):
        return "–"
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    text = f"{number(middle, most=2)} ({number(low, most=2)}–{number(high, most=2)})"
    text += f", n\u00a0=\u00a0{len(known):,}"
    return Text(text, middle, low, high, n=len(known), standing=standing)
