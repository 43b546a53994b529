"""The kinds of values: number, p-value, range, text, and parts of a value."""

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


@dataclass(frozen=True)
class Value:
    """What every value can do; the classes below say what it is.

    Parameters
    ----------
    standing
        One of `standing.STANDINGS`: what the number rests on. Empty until it is recorded.

    Attributes
    ----------
    prose
        The value in running text, with its unit.
    cell
        The value in a table cell, whose headings say unit and level.
    """

    standing: str = field(default="", kw_only=True, compare=False)

    @property
    def spelled(self) -> Part:
        """The value for a table cell that says its unit itself: `2 weeks`."""
        return Part(self.prose, self.prose, getattr(self, "whole", self), "spelled")

    def __init_subclass__(cls) -> None:
        # Jupyter looks for it in the very class that a dataclass gives its `__repr__`.
        cls._repr_pretty_ = Value._repr_pretty_

    def _repr_pretty_(self, printer, cycle: bool) -> None:
        """What Jupyter shows of a value at the end of a cell: its prose."""
        printer.text(self.prose)

    def stands(self, standing: str) -> Value:
        """The same value, of which it is known what it rests on."""
        return replace(self, standing=standing)

    def at(self, number: float) -> Value:
        """Another number of this kind and unit, as it is printed alone."""
        return Number(number, most=2)

    def framed(self, text: str, in_cell: bool) -> str:
        """`text`, a number or a range in the place of this one, with the words that go with it."""
        return text

    def coarse(self, least: float) -> Value:
        """The same value without decimals of percentages whose denominator is below `least`."""
        return self

    def fields(self) -> dict:
        """`value`, `low`, `high`, `unit`, `n` and `of`, unrounded; None where there is none."""
        raise AttributeError("fields")


def given(value=None, low=None, high=None, unit="", n=None, of=None) -> dict:
    """The fields of a value, those that it has not as None."""
    numbers = {"value": value, "low": low, "high": high, "n": n, "of": of}
    return {name: finite(number) for name, number in numbers.items()} | {"unit": unit}


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

    def at(self, number: float) -> Value:
        """In its unit, with its decimals."""
        return Number(number, self.unit, self.digits, min(self.most, 2))

    def fields(self) -> dict:
        """Value and unit."""
        return given(self.value, unit=self.unit)


@dataclass(frozen=True)
class Part(Value):
    """One part of a value in print, with all its numbers behind.

    Parameters
    ----------
    prose, cell
        How it is printed.
    whole
        The value that it is part of.
    name
        The whole's attribute that gives this part, such as `limits`; empty for words of one's own.
    """

    prose: str
    cell: str
    whole: Value
    name: str = ""

    def of_whole(self, whole: Value) -> Value:
        """The same part of another value, or of the same one with its standing."""
        if self.name:
            return getattr(whole, self.name)
        return replace(self, whole=whole)

    def coarse(self, least: float) -> Value:
        """The same part, without such decimals; words of one's own stay."""
        return self.of_whole(self.whole.coarse(least)) if self.name else self

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

    def at(self, number: float) -> Value:
        """Another p-value."""
        return PValue(number)

    def fields(self) -> dict:
        """The p-value, unrounded."""
        return given(self.p)


@dataclass(frozen=True)
class ChiSquare(Value):
    """A chi-square statistic with its degrees of freedom."""

    chisq: float
    df: int

    @property
    def prose(self) -> str:
        """`χ² = 1.37 (1 df)`, in a cell as well."""
        return self.framed(self.at(self.chisq).cell)

    cell = prose

    def at(self, number: float) -> Value:
        """The statistic alone."""
        return Number(number, digits=2)

    def framed(self, text: str, in_cell: bool = False) -> str:
        """`χ² = 1.37 to 1.38 (1 df)`."""
        return f"χ² = {text} ({self.df} df)"

    def fields(self) -> dict:
        """The statistic."""
        return given(self.chisq)


@dataclass(frozen=True)
class Range(Value):
    """From the smallest to the largest; it has these two ends, and no value.

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

    def at(self, number: float) -> Value:
        """One of the ends, in their unit."""
        return Number(number, self.unit, self.digits, min(self.most, 2))

    def fields(self) -> dict:
        """The ends."""
        return given(None, self.low, self.high, self.unit)


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

    def at(self, number: float) -> Value:
        """In the unit of the number behind the words."""
        return Number(number, self.unit, most=2)

    def fields(self) -> dict:
        """The words themselves are the value where there is no number behind them."""
        has_number = any(x is not None for x in (self.value, self.low, self.high))
        value = self.value if has_number else self.text
        return given(value, self.low, self.high, self.unit, self.n, self.of)


def of(value, unit: str = "") -> Value:
    """`value` if it is one, else what a plain number or text is: a `Number` or a `Text`."""
    if isinstance(value, Value):
        return value
    return Text(value) if isinstance(value, str) else Number(value, unit)


def part(shown: Value, whole: Value, name: str) -> Part:
    """`shown`, which leads to `whole` as its part `name`."""
    return Part(shown.prose, shown.cell, whole, name)
