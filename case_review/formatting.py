"""How numbers are printed: the only place that turns a value into text."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

#: What stands where R prints NA for a limit or a median.
NOT_ESTIMABLE = "not estimable"
MINUS = "\u2212"


def round_half_away(value: float | Fraction, digits: int = 1) -> Decimal:
    """`value` rounded to `digits` decimals, halves away from zero, as R 2 and journals print it.

    Binary floats cannot hold most halves, so pass a `Fraction` (n/N) where a tie must be exact.
    """
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    else:
        exact = Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def percent(n: int, of: int, digits: int = 1) -> str:
    """The percentage n/of without its sign, e.g. `"35.7"`.

    Raises
    ------
    ValueError
        If `of` is not positive.
    """
    if of <= 0:
        raise ValueError(f"a percentage of {of} patients is not defined")
    return str(round_half_away(Fraction(int(n) * 100, int(of)), digits))


def count_percent(n: int, of: int, digits: int = 1) -> str:
    """`n (p)` as in a table cell with the heading n (%); zero is printed alone, as journals do."""
    return "0" if n == 0 else f"{n} ({percent(n, of, digits)})"


def count_percent_prose(n: int, of: int, digits: int = 1) -> str:
    """`n (p%)` as in running text; `0 of 0` where nobody could be counted."""
    return "0 of 0" if of == 0 else f"{n} ({percent(n, of, digits)}%)"


def number(value: float | None, digits: int | None = None) -> str:
    """A number without superfluous zeros (`2`, `1.5`), or `not estimable` for NaN and None.

    `digits` fixes the number of decimals; without it at most three decimals are shown. A negative
    number has a true minus sign, and zero has none.
    """
    if value is None or math.isnan(value):
        return NOT_ESTIMABLE
    rounded = round_half_away(value, 3 if digits is None else digits)
    text = f"{abs(rounded):f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if rounded < 0 else text


def ci(conf_level: float) -> str:
    """What limits of this level are called: `95% CI`."""
    return f"{number(100 * conf_level)}% CI"


def interval(low: float | None, high: float | None, digits: int | None = None) -> str:
    """`1–10`, with an en dash; `1 to not estimable` where a limit does not exist."""
    return joined(number(low, digits), number(high, digits))


def joined(low: str, high: str, word: str = "–") -> str:
    """Two printed ends as one: `1–10`; `to` stands where a dash could be misread."""
    if low == high == NOT_ESTIMABLE:
        return NOT_ESTIMABLE
    if NOT_ESTIMABLE in (low, high) or low.startswith(MINUS) or high.startswith(MINUS):
        word = " to "
    return f"{low}{word}{high}"


def estimate(
    value: float | None,
    low: float | None,
    high: float | None,
    unit: str = "",
    digits: int | None = None,
    conf_level: float = 0.95,
) -> str:
    """`2 weeks (95% CI 1–10 weeks)`; the unit may be empty (`0.61 (95% CI 0.27–1.38)`)."""
    low_text, high_text = number(low, digits), number(high, digits)
    limits = interval(low, high, digits)
    if high_text != NOT_ESTIMABLE:
        limits = with_unit(limits, unit)
    elif low_text != NOT_ESTIMABLE:
        limits = f"{with_unit(low_text, unit)} to {NOT_ESTIMABLE}"
    return f"{with_unit(number(value, digits), unit)} ({ci(conf_level)} {limits})"


def with_unit(text: str, unit: str) -> str:
    """`2 weeks`, `1 week`, `1.6 mg/m²/day`; without unit, or `not estimable`, `text` as it is."""
    if not unit or text == NOT_ESTIMABLE:
        return text
    unit = unit.replace("m2", "m²")
    return f"{text} {unit.removesuffix('s') if text == '1' else unit}"


def p_value(p: float) -> str:
    """`p = 0.241`, `p < 0.001` and `p > 0.999`, so that only certainty is written 1.000."""
    shown = p_number(p)
    return f"p {shown}" if shown[0] in "<>" else f"p = {shown}"


def p_number(p: float) -> str:
    """`0.241`, `< 0.001` or `> 0.999`: a p-value below a heading that says so."""
    if p < 0.001:
        return "< 0.001"
    return "> 0.999" if 0.9995 <= p < 1 else str(round_half_away(p, 3))
