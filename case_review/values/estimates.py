"""Counts, estimates and proportions: the values that have limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from case_review import formatting
from case_review.formatting import NOT_ESTIMABLE
from case_review.values.kinds import Number, Part, Range, Value, given, part


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
    digits
        Decimals of the percentage.
    """

    n: int
    of: int | None = None
    unit: str = "patients"
    low: float | None = None
    high: float | None = None
    digits: int = field(default=1, kw_only=True, compare=False)

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
        percent = formatting.percent(self.n, self.of, self.digits)
        return f"{self.n:,} ({percent}; {self.limits.cell})"

    @property
    def point(self) -> Part:
        """The count alone, which still knows its limits: `30 (35.7%)`, in a cell `30 (35.7)`."""
        return Part(self.prose, replace(self, low=None, high=None).cell, self, "point")

    @property
    def limits(self) -> Part:
        """The limits alone, in per cent: `25.6–46.9%`, in a cell `25.6–46.9`."""
        return part(Range(100 * self.low, 100 * self.high, "%", self.digits), self, "limits")

    @property
    def share(self) -> Part:
        """The percentage alone: `35.7%`, in a cell `35.7`, with limits `35.7 (25.6–46.9)`."""
        percent = formatting.percent(self.n, self.of, self.digits)
        if self.low is None:
            return Part(f"{percent}%", percent if self.n else "0", self, "share")
        return Part(f"{percent}%", f"{percent} ({self.limits.cell})", self, "share")

    def at(self, number: float) -> Value:
        """So many, without a denominator; between two counts, such as a median, to a whole one."""
        if math.isfinite(number) and number >= 0 and number == int(number):
            return Count(int(number), unit="")
        return Number(number, digits=0)

    def framed(self, text: str, in_cell: bool) -> str:
        """`0 to 4 of 60` in prose."""
        return text if in_cell or self.of is None else f"{text} of {self.of:,}"

    def coarse(self, least: float) -> Count:
        """Whole per cent where fewer than `least` were counted."""
        return replace(self, digits=0) if self.of is not None and self.of < least else self

    def fields(self) -> dict:
        """The limits are in patients, as the value is."""
        if self.of is None:
            return given(self.n, unit=self.unit)
        ends = [None if end is None else end * self.of for end in (self.low, self.high)]
        return given(self.n, *ends, unit=self.unit, n=self.n, of=self.of)


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
        return part(Number(self.estimate, self.unit, self.digits, self.most), self, "point")

    @property
    def limits(self) -> Part:
        """The limits alone: `1–10 weeks`, `1 week to not estimable`, in a cell `1–10`."""
        return part(
            Range(self.lower, self.upper, self.unit, self.digits, self.most), self, "limits"
        )

    def at(self, number: float) -> Value:
        """In its unit, with its decimals, or two where it has no fixed number of them."""
        return Number(number, self.unit, self.digits, 2)

    def fields(self) -> dict:
        """Value, limits, unit and the patients behind them; a proportion is a fraction of 1."""
        return given(self.estimate, self.lower, self.upper, self.unit, self.n, self.of)


@dataclass(frozen=True)
class Quartiles(Value):
    """Median and quartiles of a number that some patients have.

    Parameters
    ----------
    median, q1, q3
        In `unit`; NaN where nobody has the number.
    n
        Patients who have it; `statistics.summaries.quartiles` counts them.
    digits, most
        As for `Number`.
    """

    median: float
    q1: float
    q3: float
    unit: str = field(default="", compare=False)
    n: int | None = field(default=None, compare=False)
    digits: int | None = field(default=None, compare=False)
    most: int = field(default=1, compare=False)

    @property
    def prose(self) -> str:
        """`45 years (quartiles 38–52 years)`."""
        if math.isnan(self.median):
            return NOT_ESTIMABLE
        return f"{self.point.prose} (quartiles {self.limits.prose})"

    @property
    def cell(self) -> str:
        """`45 (38–52)`."""
        if math.isnan(self.median):
            return NOT_ESTIMABLE
        return f"{self.point.cell} ({self.limits.cell})"

    @property
    def point(self) -> Part:
        """The median alone: `45 years`, in a cell `45`."""
        return part(Number(self.median, self.unit, self.digits, self.most), self, "point")

    @property
    def limits(self) -> Part:
        """The quartiles alone: `38–52 years`, in a cell `38–52`."""
        return part(Range(self.q1, self.q3, self.unit, self.digits, self.most), self, "limits")

    def at(self, number: float) -> Value:
        """In its unit, with its decimals."""
        return Number(number, self.unit, self.digits, self.most)

    def fields(self) -> dict:
        """The median as value, the quartiles as its ends, and the patients behind them."""
        return given(self.median, self.q1, self.q3, self.unit, self.n)


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
        return part(Number(100 * self.estimate, "%", self.digits, self.most), self, "point")

    @property
    def limits(self) -> Part:
        """`32.3–83.7%`, in a cell `32.3–83.7`."""
        ends = 100 * self.lower, 100 * self.upper
        return part(Range(*ends, "%", self.digits, self.most), self, "limits")

    def coarse(self, least: float) -> Proportion:
        """In whole per cent where there are fewer than `least` patients behind it."""
        behind = self.n if self.of is None else self.of
        return replace(self, digits=0) if behind is not None and behind < least else self

    def at(self, number: float) -> Value:
        """In per cent."""
        return Number(100 * number, "%", self.digits, 2)
