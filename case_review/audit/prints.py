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
from typing import NamedTuple

#: The blanks that part thousands: ordinary, no-break, thin, narrow no-break, figure.
_BLANK = " \u00a0\u2009\u202f\u2007"
# A blank parts thousands only where a whole number is written so from its first to its last group.
_GROUPS = rf"[1-9]\d{{0,2}}(?P<sep>[{_BLANK},'’])\d{{3}}(?:(?P=sep)\d{{3}})*(?!\d)"
_PLAIN = r"\d{1,12}"
_DECIMALS = r"[.,·]\d{1,9}"
_NUMBER = re.compile(
    rf"(?P<relation>[<>≤≥~≈=]|&lt;|&gt;)?\s*(?P<sign>[-−–+])?\s*"
    rf"(?:(?P<grouped>{_GROUPS})(?P<rest>[.·]\d{{1,9}})?|(?P<whole>{_PLAIN})(?P<part>{_DECIMALS})?"
    rf"|(?P<bare>[.·]\d{{1,9}}))"
    rf"(?P<percent>\s?%)?(?P<marks>[*†‡§¶#]+|[a-zA-Z](?![\w.]))?",
)
_RELATIONS = {"&lt;": "<", "&gt;": ">", "≈": "~", None: "="}


class Span(NamedTuple):
    """A closed interval of exact numbers; an end is infinite where the print sets none."""

    low: Fraction | float
    high: Fraction | float

    def __contains__(self, number) -> bool:
        return self.low <= number <= self.high

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

    @property
    def span(self) -> Span:
        """What the unrounded number may be: half a unit of the last digit to either side.

        Both ends belong to it, because halves are rounded up by some programs and to the even digit
        by others.
        """
        number, half = Fraction(self.number), Fraction(1, 2 * 10**self.digits)
        if self.relation in "<≤":
            return Span(-math.inf, number)
        if self.relation in ">≥":
            return Span(number, math.inf)
        return Span(number - half, number + half)


def read(text: str) -> Printed | None:
    """The first number in a text, or None where it is written in words."""
    return next(_all(text), None)


def numbers(text: str) -> list[Printed]:
    """All numbers of a text, in their order."""
    return list(_all(text))


def _all(text: str) -> Iterator[Printed]:
    for found in _NUMBER.finditer(text):
        # A dash between two numbers joins them, and a letter before a digit makes it a name.
        before = text[: found.start("sign")].rstrip() if found["sign"] else ""
        sign = "" if before and (before[-1].isdigit() or before[-1] in "%)") else found["sign"]
        if found["grouped"]:
            digits = re.sub(r"\D", "", found["grouped"]) + (found["rest"] or "")
        else:
            digits = f"{found['whole'] or '0'}{found['part'] or found['bare'] or ''}"
        digits = re.sub(r"[,·]", ".", digits)
        number = Decimal(digits)
        relation = _RELATIONS.get(found["relation"], found["relation"])
        yield Printed(
            found[0].strip(),
            relation,
            -number if sign in ("-", "−", "–") else number,
            len(digits.partition(".")[2]),
            bool(found["percent"]),
            found["marks"] or "",
        )
