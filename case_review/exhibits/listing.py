"""Tables that list cases one by one: values as reported, a dash where a report gives none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from case_review.exhibits.tables import Row
from case_review.values import Number, Range, Text, Value


def amounts(column: Iterable, units: Iterable | str) -> list[Text | None]:
    """Numbers with their units, each with its own or one for all: `24 hours`, `1 month`."""
    values = list(column)
    each = [units] * len(values) if isinstance(units, str) else list(units)
    return [_amount(value, unit) for value, unit in zip(values, each, strict=True)]


def _amount(value, unit) -> Text | None:
    if pd.isna(value):
        return None
    unit = "" if pd.isna(unit) else unit
    return Text(Number(value, unit).prose, value, unit=unit)


def ranges(low: Iterable, high: Iterable, unit: str = "") -> list[Range | None]:
    """Ranges without their unit, which the heading has; none where an end is not reported."""
    return [
        None if pd.isna(start) or pd.isna(end) else Range(start, end, unit)
        for start, end in zip(low, high, strict=True)
    ]


def rows(columns: Mapping[str, Iterable], missing: str = "–") -> list[Row]:
    """A row per case from columns of values and text, `missing` standing for what is not given."""
    return [
        Row([_cell(cell, missing) for cell in cells])
        for cells in zip(*columns.values(), strict=True)
    ]


def _cell(cell, missing: str) -> Value | str:
    if isinstance(cell, Value):
        return cell
    return missing if pd.isna(cell) else str(cell)
