"""Numbers that know how to print themselves: count, estimate, proportion, p-value, range, text.

Statistics return values; prose, table cells, the registry and data files are four views of one
value, all made from its own fields, so that nothing is ever read out of printed text:

    share = Count(30, of=84)
    share.prose     30 (35.7%)          in running text
    share.cell      30 (35.7)           in a table whose heading says what it is
    share.fields()  value, low, high, unit, n, of: as registry and CSV hold them, unrounded
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from case_review import formatting
from case_review.formatting import NOT_ESTIMABLE


def finite(value):
    """`value` as a plain number, or None where it is missing or not estimable (R's NA)."""
    if value is None or isinstance(value, str):
        return value
    if hasattr(value, "item"):
        value = value.item()
    return value if math.isfinite(value) else None


class Value:
    """What every value can do; the classes below say what it is.

    Attributes
    ----------
    prose
        The value in running text, with its unit.
    cell
        The value in a table cell, whose headings say unit and level.
    """

    prose: str
    cell: str

    @property
    def spelled(self) -> Part:
        """The value for a table cell that says its unit itself: `2 weeks`."""
        return Part(self.prose, self.prose, getattr(self, "whole", self))

    def fields(self) -> dict:
        """`value`, `low`, `high`, `unit`, `n` and `of`, unrounded; None where there is none."""
        raise AttributeError("fields")


def _fields(value=None, low=None, high=None, unit="", n=None, of=None) -> dict:
    numbers = {"value": value, "low": low, "high": high, "n": n, "of": of}
    return {name: finite(number) for name, number in numbers.items()} | {"unit": unit}


@dataclass(frozen=True)
class Count(Value):
    """So many of so many: patients with a feature among all whose feature is known.

    Parameters
    ----------
    n, of
        Numerator and denominator; without `of` a plain number of things.
    unit
        What is counted.
    low, high
        Limits of the proportion n/of as fractions of 1; see `statistics.proportions.count`.
    """

    n: int
    of: int | None = None
    unit: str = "patients"
    low: float | None = None
    high: float | None = None

    @property
    def prose(self) -> str:
        """`30 (35.7%)`, `84`, or `0 of 0` where nobody could be counted."""
        if self.of is None:
            return f"{self.n:,}"
        return f"{self.n:,} ({self.share.prose})" if self.of else "0 of 0"

    @property
    def cell(self) -> str:
        """`30 (35.7)`, with limits `30 (35.7; 25.6–46.9)`; zero stands alone, as journals print."""
        if not self.of:
            return f"{self.n:,}"
        if self.low is None:
            return f"{self.n:,} ({self.share.cell})" if self.n else "0"
        return f"{self.n:,} ({formatting.percent(self.n, self.of)}; {self.limits.cell})"

    @property
    def point(self) -> Part:
        """The count alone, which still knows its limits: `30 (35.7%)`, in a cell `30 (35.7)`."""
        return Part(self.prose, replace(self, low=None, high=None).cell, self)

    @property
    def limits(self) -> Part:
        """The limits alone, in per cent: `25.6–46.9%`, in a cell `25.6–46.9`."""
        return _part(Range(100 * self.low, 100 * self.high, "%", digits=1), self)

    @property
    def share(self) -> Part:
        """The percentage alone: `35.7%`, in a cell `35.7`, with limits `35.7 (25.6–46.9)`."""
        percent = formatting.percent(self.n, self.of)
        if self.low is None:
            return Part(f"{percent}%", percent if self.n else "0", self)
        return Part(f"{percent}%", f"{percent} ({self.limits.cell})", self)

    def fields(self) -> dict:
        """The limits are in patients, as the value is."""
        if self.of is None:
            return _fields(self.n, unit=self.unit)
        ends = [None if end is None else end * self.of for end in (self.low, self.high)]
        return _fields(self.n, *ends, unit=self.unit, n=self.n, of=self.of)


@dataclass(frozen=True)
class Number(Value):
    """A number with its unit.

    Parameters
    ----------
    value
        NaN or None where it is not estimable.
    unit
        Written after it in prose.
    digits
        Decimals, fixed; by default as many as it has, up to `most`.
    """

    value: float | int | None
    unit: str = ""
    digits: int | None = None
    most: int = 3

    @property
    def prose(self) -> str:
        """`12 weeks`."""
        return formatting.with_unit(self.cell, self.unit)

    @property
    def cell(self) -> str:
        """`12`."""
        return formatting.number(self.value, self.digits, self.most)

    def fields(self) -> dict:
        """Value and unit."""
        return _fields(self.value, unit=self.unit)


@dataclass(frozen=True)
class Estimate(Value):
    """An estimate with its confidence limits; NaN where R prints NA.

    Two estimates are equal if their numbers are; how they print is no part of it.

    Parameters
    ----------
    estimate, lower, upper
        In `unit`.
    digits, most
        As for `Number`.
    conf_level
        Level of the limits.
    n, of
        Patients behind it, and the denominator of a proportion that was counted.
    """

    estimate: float
    lower: float
    upper: float
    unit: str = field(default="", compare=False)
    digits: int | None = field(default=None, compare=False)
    most: int = field(default=3, compare=False)
    conf_level: float = field(default=0.95, compare=False)
    n: int | None = field(default=None, compare=False)
    of: int | None = field(default=None, compare=False)

    @property
    def prose(self) -> str:
        """`2 weeks (95% CI 1–10 weeks)`."""
        return f"{self.point.prose} ({formatting.ci(self.conf_level)} {self.limits.prose})"

    @property
    def cell(self) -> str:
        """`2 (1–10)`."""
        return f"{self.point.cell} ({self.limits.cell})"

    @property
    def point(self) -> Part:
        """The estimate alone, which still knows its limits: `2 weeks`, in a cell `2`."""
        return _part(Number(self.estimate, self.unit, self.digits, self.most), self)

    @property
    def limits(self) -> Part:
        """The limits alone: `1–10 weeks`, `1 week to not estimable`, in a cell `1–10`."""
        return _part(Range(self.lower, self.upper, self.unit, self.digits, self.most), self)

    def fields(self) -> dict:
        """Value, limits, unit and the patients behind them; a proportion is a fraction of 1."""
        return _fields(self.estimate, self.lower, self.upper, self.unit, self.n, self.of)


@dataclass(frozen=True)
class Proportion(Estimate):
    """A proportion as a fraction of 1, printed in per cent."""

    unit: str = field(default="proportion", compare=False)
    digits: int | None = field(default=1, compare=False)

    @property
    def prose(self) -> str:
        """`60.0% (95% CI 32.3–83.7%)`."""
        return NOT_ESTIMABLE if math.isnan(self.estimate) else super().prose

    @property
    def cell(self) -> str:
        """`60.0 (32.3–83.7)`."""
        return NOT_ESTIMABLE if math.isnan(self.estimate) else super().cell

    @property
    def point(self) -> Part:
        """`60.0%`, in a cell `60.0`."""
        return _part(Number(100 * self.estimate, "%", self.digits, self.most), self)

    @property
    def limits(self) -> Part:
        """`32.3–83.7%`, in a cell `32.3–83.7`."""
        return _part(Range(100 * self.lower, 100 * self.upper, "%", self.digits, self.most), self)


@dataclass(frozen=True)
class Part(Value):
    """One part of a value in print, with all its numbers behind."""

    prose: str
    cell: str
    whole: Value

    def fields(self) -> dict:
        """Those of the whole."""
        return self.whole.fields()


@dataclass(frozen=True)
class PValue(Value):
    """A p-value; NaN where there is none."""

    p: float

    @property
    def prose(self) -> str:
        """`p = 0.241`, `p < 0.001`."""
        return NOT_ESTIMABLE if math.isnan(self.p) else formatting.p_value(self.p)

    @property
    def cell(self) -> str:
        """`0.241`, `< 0.001`, below a heading that says p."""
        return NOT_ESTIMABLE if math.isnan(self.p) else formatting.p_number(self.p)

    def fields(self) -> dict:
        """The p-value, unrounded."""
        return _fields(self.p)


@dataclass(frozen=True)
class Range(Value):
    """From the smallest to the largest; its value is the distance between them.

    Parameters
    ----------
    low, high
        NaN where an end is not estimable.
    unit, digits, most
        As for `Number`.
    word
        What joins the ends; an en dash, or ` to ` where it could be misread.
    """

    low: float
    high: float
    unit: str = ""
    digits: int | None = None
    most: int = 3
    word: str = "–"

    @property
    def prose(self) -> str:
        """`1–10 weeks`, `1 week to not estimable`."""
        return self._joined(self.unit)

    @property
    def cell(self) -> str:
        """`1–10`."""
        return self._joined("")

    def _joined(self, unit: str) -> str:
        ends = (formatting.number(end, self.digits, self.most) for end in (self.low, self.high))
        return formatting.joined(*ends, self.word, unit)

    def fields(self) -> dict:
        """Distance and ends."""
        return _fields(self.high - self.low, self.low, self.high, self.unit)


@dataclass(frozen=True)
class Text(Value):
    """Words, perhaps with a number behind them: `24 h`, whose value is 24 hours."""

    text: str
    value: float | int | str | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    n: int | None = None
    of: int | None = None

    @property
    def prose(self) -> str:
        """The words, in a cell as well."""
        return self.text

    cell = prose

    def fields(self) -> dict:
        """The words themselves are the value where there is no number behind them."""
        has_number = any(x is not None for x in (self.value, self.low, self.high))
        value = self.value if has_number else self.text
        return _fields(value, self.low, self.high, self.unit, self.n, self.of)


def of(value, unit: str = "") -> Value:
    """`value` if it is one, else what a plain number or text is: a `Number` or a `Text`."""
    if isinstance(value, Value):
        return value
    return Text(value) if isinstance(value, str) else Number(value, unit)


def _part(shown: Value, whole: Value) -> Part:
    """`shown`, which leads to `whole`."""
    return Part(shown.prose, shown.cell, whole)
