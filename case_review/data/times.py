"""Times in the unit that they are reported in, against bounds that no unit escapes.

Bounds of a column hold its number in any unit: 119 is an age in days, and hardly one in years.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from case_review.data.problems import Problem
from case_review.data.reading import Raw
from case_review.data.schema import FILE
from case_review.units import TIMES, to_base

#: Times of a patient besides that of the outcome: column of the number, column or name of the unit,
#: column when cleaned.
_TIMES = (
    ("age_value", "age_unit", "age_hours"),
    ("follow_up_months", "months", "time_hours"),
    ("follow_up_value", "follow_up_unit", "time_hours"),
)
#: Nothing that a report measures is smaller.
LEAST = Fraction(1, 10_000)
_HOURS_A_YEAR = Fraction("365.25") * 24


def problems(raw: Raw) -> list[Problem]:
    """Every number that is next to nothing, and every time beyond its bounds once converted."""
    return [*_of_times(raw), *_tiny(raw)]


def _of_times(raw: Raw) -> Iterator[Problem]:
    patients, columns = raw.tables["patients"], raw.columns
    time = columns.outcome.time
    followed = (time, columns.tables["patients"].columns[time].unit, "time_hours")
    for value, unit, clean in (followed, *_TIMES):
        if value not in patients:
            continue
        highest = columns.clean["patients"].columns[clean].highest
        names = patients[unit] if unit in patients else [unit] * len(patients)
        for (row, number), name in zip(patients[value].items(), names, strict=True):
            if (found := _number(number)) is None or name not in TIMES:
                continue
            hours = to_base(found, name)[0]
            if 0 < hours < Fraction(1, 2):
                message = (
                    f"{number} {name} is less than half an hour, and times are kept in whole "
                    "hours. Correct the number or its unit."
                )
            elif hours > highest:
                years = float(highest / _HOURS_A_YEAR)
                message = (
                    f"{number} {name} is more than {years:g} years ({clean} in {FILE}). Correct "
                    "the number or its unit."
                )
            else:
                continue
            yield Problem("data/raw/patients.csv", row, value, number, message)


@lru_cache(maxsize=4096)
def _number(text: str) -> Fraction | None:
    """A number as it is written; None for what reading, or a bound of the column, refuses."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return Fraction(number) if number.is_finite() and abs(number.adjusted()) <= 100 else None


def _tiny(raw: Raw) -> Iterator[Problem]:
    for table, schema in raw.columns.tables.items():
        for column in schema.numbers:
            if column not in raw.tables[table]:
                continue
            numbers = raw.tables[table][column]
            tiny = [text for text in numbers.unique() if 0 < (_number(text) or 0) < LEAST]
            for row, number in numbers[numbers.isin(tiny)].items():
                message = (
                    f"{number} is next to nothing. Write 0, or a number of at least {float(LEAST)}."
                )
                yield Problem(f"data/raw/{table}.csv", row, column, number, message)
