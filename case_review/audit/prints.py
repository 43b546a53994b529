"""How papers print numbers: thousands, decimal signs, minus signs, limits, footnote marks.

`read` gives the first number of a text with the digits that are printed; what the number may have
been before it was rounded is its `span`, from which every tolerance of the audit follows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

#: The blanks that part thousands: ordinary, no-break, thin, narrow no-break, figure.
_BLANK = " \u00a0\u2009\u202f\u2007"
# A separator parts thousands only where a whole number is written so from its first group to its
# last. A single point is the decimal sign of most papers (`1.234`), unless a comma follows.
_GROUPS = (
    rf"[1-9]\d{{0,2}}(?:(?P<sep>[{_BLANK},'’])\d{{3}}(?:(?P=sep)\d{{3}})*"
    r"|(?:\.\d{3}){2,}|\.\d{3}(?=,\d))(?!\d)"
)
_DECIMALS = r"[.,·]\d{1,17}"
# Blanks belong to a sign before them, so that a text of nothing else is passed over at once.
_RELATION = r"(?:(?P<relation><=|>=|[<>≤≥⩽⩾~∼≈=]|&lt;|&gt;)\s*+)?"
_SMALL = r"(?:(?:\s?[×x]\s?10\s?\^?|[eE])(?P<small>[-−–⁻]\s?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))?"
_MARKS = r"(?P<marks>\s?[*†‡§¶‖#]+|[ᵃ-ᶿ⁰¹²³⁴⁵⁶⁷⁸⁹]+|[a-zA-Z](?:,[a-zA-Z])*(?![\w.·-]))?"
_NUMBER = re.compile(
    rf"{_RELATION}(?P<sign>[-−–‐‑+]\s*+)?(?<![\w.·])"
    rf"(?:(?P<grouped>{_GROUPS})(?P<rest>[.,·]\d{{1,17}})?"
    rf"|(?P<whole>\d{{1,15}})(?P<part>{_DECIMALS})?|(?P<bare>[.·]\d{{1,17}}))(?!\d)"
    rf"{_SMALL}(?P<percent>\s?%)?{_MARKS}",
    re.ASCII,
)
_RELATIONS = {None: "=", "&lt;": "<", "&gt;": ">", "≈": "~", "∼": "~"}
_RELATIONS |= {"<=": "≤", ">=": "≥", "⩽": "≤", "⩾": "≥"}
#: `1,234` and `1.234`, which are read as 1234 and 1.234, and which others mean the other way.
_OTHERWISE = re.compile(r"(?<![\d.,])([1-9]\d{0,2})([,.])(\d{3})(?![.,]?\d)", re.ASCII)
#: A sign between a bracket and its digits, as in `(20).0`.
_TORN = re.compile(r"\(\s*(\d+)\s*\)(?=[.,·]\d)", re.ASCII)
_ODD = re.compile(r"[.,·]{2,}|%\s*%")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Span(NamedTuple):
    """A closed interval of exact numbers; an end is infinite where the print sets none."""

    low: Fraction | float
    high: Fraction | float

    def __contains__(self, number) -> bool:
        return self.low <= number <= self.high

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Span) -> Span:
        return Span(self.low - other.high, self.high - other.low)

    def meets(self, other: Span) -> bool:
        """Whether the two have a number in common."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class Printed:
    """A number as a paper prints it.

    Parameters
    ----------
    text
        The piece of the print that it was read from.
    relation
        `=`, or what the print says instead: `<`, `>`, `≤`, `≥`, `~`.
    number
        Exact, with its sign.
    digits
        Decimals printed: they decide at what precision the number agrees with others.
    percent
        Whether a percent sign stands behind it.
    marks
        Footnote marks behind it.
    """

    text: str
    relation: str
    number: Decimal
    digits: int
    percent: bool = False
    marks: str = ""

    @cached_property
    def span(self) -> Span:
        """What the unrounded number may be: half a unit of the last digit to either side.

        Both ends belong to it, because halves are rounded up by some programs and to the even digit
        by others. What is said to be about so much may be off by a unit of the last digit.
        """
        number, unit = Fraction(self.number), Fraction(1, 10**self.digits)
        if self.relation in "<≤":
            return Span(-math.inf, number)
        if self.relation in ">≥":
            return Span(number, math.inf)
        reach = unit if self.relation == "~" else unit / 2
        return Span(number - reach, number + reach)


def read(text: str) -> Printed | None:
    """The first number in a text, or None where it is written in words."""
    return next(_all(text), None)


def numbers(text: str) -> list[Printed]:
    """All numbers of a text, in their order."""
    return list(_all(text))


def readings(text: str) -> list[Printed]:
    """All numbers of a text, then what else its separators can mean: `1,234` is 1.234 in German."""
    found = numbers(text)
    other = _OTHERWISE.sub(lambda m: f"{m[1]}{'.' if m[2] == ',' else ','}{m[3]}", text)
    apart = re.sub(rf"(?<=\d)[{_BLANK}](?=\d)", "; ", text)
    return found + [one for again in (other, apart) if again != text for one in numbers(again)]


def misprinted(text: str) -> bool:
    """Whether the signs around a number cannot be meant so: `(20).0`, `20.0)`, `20..0`, `5%%`."""
    unequal = any(text.count(one) != text.count(other) for one, other in ("()", "[]"))
    return bool(unequal or _TORN.search(text) or _ODD.search(text))


def _all(text: str) -> Iterator[Printed]:
    text = _TORN.sub(r"\1", text)
    for found in _NUMBER.finditer(text):
        sign = _sign(text, found)
        if sign is None:
            continue
        if found["grouped"]:
            digits = re.sub(r"\D", "", found["grouped"]) + (found["rest"] or "")
        else:
            digits = f"{found['whole'] or '0'}{found['part'] or found['bare'] or ''}"
        digits = re.sub(r"[,·]", ".", digits)
        small = re.sub(r"\D", "", (found["small"] or "").translate(_SUPERSCRIPT))
        number = Decimal(sign + digits).scaleb(-int(small or 0))
        joined = found["sign"] and not sign and "+" not in found["sign"]
        yield Printed(
            text[found.end("sign") : found.end()].strip() if joined else found[0].strip(),
            _RELATIONS.get(found["relation"], found["relation"]),
            number,
            len(digits.partition(".")[2]) + int(small or 0),
            bool(found["percent"]),
            (found["marks"] or "").strip(),
        )


def _sign(text: str, found: re.Match) -> str | None:
    """`-` or nothing; None where the number is part of a name, such as the 19 of COVID-19."""
    if not found["sign"] or "+" in found["sign"]:
        return ""
    before = text[: found.start("sign")]
    if before[-1:].isalpha():
        return None
    # A dash between two numbers joins them, and one with blanks around it parts two phrases.
    stands = before.rstrip()[-1:]
    joins = stands.isdigit() or (stands and stands in "%)]*†‡§¶")
    phrase = found["sign"] != found["sign"].strip() and (stands.isalpha() or stands in tuple(".,;"))
    return "" if joins or phrase else "-"
