"""A spreadsheet's value as text, where its cell shows the same; else what is wrong with it."""

from __future__ import annotations

import datetime
import math
import re

#: Spreadsheets keep so many digits; what has more was changed when it was typed.
_EXACT = 10**15
_DATED = (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)
_AGAIN = "Type what is meant again in a cell formatted as text."
#: What is wrong with a date or a time, in any column that is not for dates.
DATED = f"a spreadsheet seems to have made a date or a time of it. {_AGAIN}"
#: What a number format shows literally: quoted, escaped, or a blank of some width; then colours,
#: conditions and currencies.
_LITERAL = re.compile(r'"[^"]*"|\\.')
_LAYOUT = re.compile(r"[_*].|\[[^\]]*\]")


def as_text(value, number_format: str) -> tuple[str, str]:
    """The text of a cell's value, and what is wrong with it, or an empty text.

    A number whose format shows another one, such as 0.016 as 1.6 %, cannot be taken for either.
    """
    if value is None:
        return "", ""
    if isinstance(value, str):
        return value, ""
    if isinstance(value, bool):
        shown = str(value).upper()
        return shown, f"a spreadsheet made a logical value of it. {_AGAIN}"
    if isinstance(value, _DATED):
        return str(value), DATED
    if not math.isfinite(value) or abs(value) >= _EXACT:
        return str(value), f"spreadsheets keep 15 digits, and this number has more. {_AGAIN}"
    text = str(int(value)) if value == int(value) else str(value)
    return text, _otherwise(text, value, number_format)


def _otherwise(text: str, value: float, number_format: str) -> str:
    """How the cell shows another number than it holds, if it does."""
    if number_format == "General":
        return ""
    first = number_format.split(";")[0]
    layout = _LAYOUT.sub("", first)
    plain = _LITERAL.sub("", layout)
    if "%" in plain:
        shown = f"{value * 100:.{_decimals(plain)}f} %"
    elif re.search(r"[0#?],+(?![0#?,])", plain):
        shown = "thousands"
    elif re.fullmatch("0{2,}", plain) and len(text) < len(plain):
        shown = text.zfill(len(plain))
    elif re.search(r"\w", "".join(_LITERAL.findall(layout))):
        shown = "more than the number"
    else:
        return ""
    return (
        f"the cell shows {shown} and holds {text}. Give it the number format 'General' and type "
        "the number that is meant, or a text format if it is a name."
    )


def _decimals(layout: str) -> int:
    """How many decimals a number format shows."""
    found = re.search(r"\.([0#?]+)", layout)
    return len(found[1]) if found else 0


def percentage(problem: str) -> str:
    """What a cell shows as a percentage, `36.9%`, by what is said of it; else an empty text."""
    found = re.match(r"the cell shows (-?[\d.]+) % and holds", problem)
    return f"{found[1]}%" if found else ""
