"""What a cell of a file of printed numbers holds, where it can mean one thing only."""

from __future__ import annotations

import re
from decimal import Decimal

from case_review.audit import prints
from case_review.audit.prints import Printed

#: Whole numbers have at most so many digits: exact arithmetic is not kept busy by more.
_MOST_DIGITS = 9
_SEVERAL = re.compile(r"[-−–]?\s*[1-9]\d{0,2},\d{3}", re.ASCII)
#: What may stand before the number of a p-value or a sample size: `P<0.001`, `n = 22`.
_NAMED = re.compile(r"[pPnN]\s*(?=[=<>≤≥])")


class Unreadable(ValueError):
    """A cell that holds no number, or one that can be read in two ways; it says what to do."""


def number(text: str) -> Printed | None:
    """The number of a cell such as `36.9`, `50%`, `36,9`, `−5.6`, `<0.001` or `96 032`.

    None if the cell holds something else, such as a date or words.

    Raises
    ------
    Unreadable
        If it is a number that can be read in two ways: `1,234` is 1234 or 1.234.
    """
    text = text.strip()
    if _SEVERAL.fullmatch(text):
        whole, part = text.replace(",", ""), text.replace(",", ".")
        raise Unreadable(f"may be {whole} or {part}. Write the one that is meant.")
    bare = _NAMED.sub("", text, count=1)
    found = prints.numbers(bare)
    if len(found) != 1 or found[0].text != bare or abs(found[0].number) >= 10**_MOST_DIGITS:
        return None
    return found[0]


def count(text: str) -> Decimal | None:
    """A whole number of a cell; None if it is empty or only a bound such as `<5`.

    Raises
    ------
    Unreadable
        If it is anything else.
    """
    if not text.strip():
        return None
    found = amount(text)
    if found.number % 1:
        raise Unreadable("counts something, so it must be a whole number.")
    if found.number < 0:
        raise Unreadable("is not a number of anything: it is below nought.")
    return found.number if found.relation == "=" else None


def amount(text: str) -> Printed:
    """The number of a cell that must hold one.

    Raises
    ------
    Unreadable
        If it holds none, or one that can be read in two ways.
    """
    found = number(text)
    if found is None:
        raise Unreadable(
            "is not a number. Write digits with a decimal point, without units, at most nine "
            "before the point."
        )
    return found
