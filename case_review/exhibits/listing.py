"""Tables that list cases one by one: values as reported, a dash where a report gives none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from case_review.exhibits.tables import Row
from case_review.values import Number, Range, Text, Value


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
