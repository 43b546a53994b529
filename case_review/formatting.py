"""How numbers are printed: the only place that turns a value into text."""

from __future__ import annotations

import math
from collections.abc import Sequence
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


def number(value: float | None, digits: int | None = None, most: int = 3) -> str:
    """A number without superfluous zeros (`2`, `1.5`), or `not estimable` for NaN and None.

    `digits` fixes the number of decimals; without it at most `most` are shown, and whole numbers
    have their thousands parted (`1,234`). A negative number has a true minus sign, and zero none.
    """
    if value is None or math.isnan(value):
        return NOT_ESTIMABLE
    if digits is None and isinstance(value, int):
        return f"{value:,}".replace("-", MINUS)
    rounded = round_half_away(value, most if digits is None else digits)
    text = f"{abs(rounded):f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if rounded < 0 else text


def ci(conf_level: float) -> str:
    """What limits of this level are called: `95% CI`."""
    return f"{number(100 * conf_level)}% CI"


def joined(low: str, high: str, word: str = "–", unit: str = "") -> str:
    """Two printed ends as one, `1–10 weeks`, or `1 week to not estimable`.

    `to` stands where a dash could be misread.
    """
    if low == high == NOT_ESTIMABLE:
        return NOT_ESTIMABLE
    if NOT_ESTIMABLE in (low, high) or low.startswith(MINUS) or high.startswith(MINUS):
        word = " to "
    if high == NOT_ESTIMABLE:
        return f"{with_unit(low, unit)}{word}{high}"
    return with_unit(f"{low}{word}{high}", unit)


def with_unit(text: str, unit: str) -> str:
    """`2 weeks`, `1 week`, `5%`; without unit, or `not estimable`, `text` as it is."""
    if not unit or text == NOT_ESTIMABLE:
        return text
    if unit == "%":
        return f"{text}%"
    unit = unit.replace("m2", "m²")
    return f"{text} {unit.removesuffix('s') if text == '1' else unit}"


def in_sentence(label: str) -> str:
    """A label within a sentence: `Vascular tumours` as `vascular tumours`, `B-ALL` as it is."""
    first = label.split(" ")[0]
    plain = first[1:].replace("-", "").islower()
    return label[:1].lower() + label[1:] if plain else label


def listed(names: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; empty for none."""
    *others, end = names or [""]
    return f"{', '.join(others)} {last} {end}" if others else end


def p_value(p: float) -> str:
    """`p = 0.241`, `p < 0.001` and `p > 0.999`, so that only certainty is written 1.000."""
    shown = p_number(p)
    return f"p {shown}" if shown[0] in "<>" else f"p = {shown}"


def p_number(p: float) -> str:
    """`0.241`, `< 0.001` or `> 0.999`: a p-value below a heading that says so."""
    if p < 0.001:
        return "< 0.001"
    return "> 0.999" if 0.9995 <= p < 1 else str(round_half_away(p, 3))
