"""What intervals the labels of categories name: with words or signs, with a unit or without."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from case_review.audit import prints
from case_review.units import TIMES, intervals, to_base
from case_review.units.intervals import Interval

_NUM = r"(?<![\w.,·])(\d+(?:[.,·]\d+)*)"
_UNIT = (
    r"(?:\s?((?!(?:and|or|to|of|in|with|at|the|plus|n|vs)\b)"
    r"(?:°\s?)?[A-Za-zµμ%][\w/²³%µμ·^°]*(?:-\w+)?))?"
)
_SIGN = r"(<=|>=|[<>≤≥⩽⩾])"
_BETWEEN = re.compile(
    rf"{_SIGN}?\s*{_NUM}{_UNIT}\s*(?:[–−‐-]|\bto\b|\band\b(?=\s*[<≤\d]))\s*{_SIGN}?\s*{_NUM}{_UNIT}"
)
_ONE_SIGN = re.compile(rf"{_SIGN}\s*{_NUM}{_UNIT}")
_BEFORE = re.compile(
    r"\b(under|below|less than|fewer than|lower than|younger than|shorter than"
    r"|up to|at most|no more than|not more than"
    r"|over|above|more than|greater than|higher than|older than|longer than|exceeding"
    rf"|at least|from)\s+{_NUM}{_UNIT}",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"{_NUM}(?:\s?(\+)|\s(plus)\b|{_UNIT}\s+(?:and|or)\s+"
    r"(over|older|above|more|greater|higher|longer|upwards?|up"
    r"|under|younger|below|less|fewer|lower|shorter)\b)"
    rf"{_UNIT}",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"{_NUM}{_UNIT}")
#: Units of time as tables shorten them.
_TIMES = {"y": "years", "yr": "years", "yrs": "years", "mo": "months", "mos": "months",
          "wk": "weeks", "wks": "weeks", "d": "days", "hr": "hours", "hrs": "hours"}  # fmt: skip
#: Most characters of a label.
_LONGEST = 300
_OPEN_BELOW = ("under", "below", "less", "fewer", "lower", "younger", "shorter")
_CLOSED_BELOW = ("up to", "at most", "no more", "not more")
_CLOSED_ABOVE = ("at least", "from")


def read(text: str) -> Interval | None:
    """The interval that a label names (`60+`, `≥ 65 years`, `under 2`, `2–<13`), or None.

    Without a unit its scale is empty; `of_block` gives it that of the labels beside it. A text as
    long as a paragraph is no label.
    """
    if len(text) > _LONGEST:
        return None
    if (found := _BETWEEN.search(text)) and not _plain(found):
        before, low, low_unit, sign, high, unit = found.groups()
        if before in (None, ">", "≥", ">=", "⩾") and sign in (None, "<", "≤", "<=", "⩽"):
            return _made(found[0], low, high, before != ">", sign != "<", low_unit or unit, unit)
    if known := intervals.find(text):
        units = known.low_unit, known.high_unit
        if tuple(map(_spelt, units)) == units:
            return known
        ends = known.low_printed, known.high_printed
        return _made(known.label, *ends, known.low_closed, known.high_closed, *units)
    if found and _plain(found):
        _, low, low_unit, _, high, unit = found.groups()
        return _made(found[0], low, high, True, True, low_unit or unit, unit or low_unit)
    if one := _ONE_SIGN.search(text):
        sign, number, unit = one.groups()
        below = sign in ("<", "≤", "<=", "⩽")
        return _one_sided(one[0], number, below, sign not in "<>", unit)
    if words := _BEFORE.search(text):
        word, number, unit = words.groups()
        word = word.lower()
        below = word.startswith(_OPEN_BELOW + _CLOSED_BELOW)
        closed = word.startswith(_CLOSED_BELOW + _CLOSED_ABOVE)
        return _one_sided(words[0], number, below, closed, unit)
    if behind := _BEHIND.search(text):
        number, _, _, unit, word, last = behind.groups()
        below = (word or "").lower().startswith(_OPEN_BELOW)
        return _one_sided(behind[0], number, below, True, unit or last)
    return None


def exactly(text: str) -> Interval | None:
    """The single value of a label that is nothing else (`0`, `1 line`), or None."""
    found = _ALONE.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    return _made(found[0], found[1], found[1], True, True, found[2], found[2]) if found else None


def of_block(labels: Iterable[Interval], words: str = "") -> list[Interval]:
    """The intervals of one block, those without a unit on the scale of the others.

    Parameters
    ----------
    labels
        As `read` gives them.
    words
        What else is said of the block, such as `Age, years`: where no label has a unit, it is taken
        from there.
    """
    found = list(labels)
    units = {one.high_unit or one.low_unit for one in found} - {""}
    if not units:
        units = {unit for unit in TIMES if re.search(rf"\b{unit}\b", words, re.IGNORECASE)}
    if len(units) != 1:
        return found
    unit = units.pop()
    return [one if one.scale else _rescaled(one, unit) for one in found]


def _plain(found: re.Match) -> bool:
    return not found[1] and not found[4]


def _one_sided(text: str, number: str, below: bool, closed: bool, unit: str | None):
    if below:
        return _made(text, "", number, True, closed, unit, unit)
    return _made(text, number, "", closed, False, unit, unit)


def _made(text, low, high, low_closed, high_closed, low_unit, high_unit) -> Interval | None:
    """From the ends as printed; None if they are on different scales."""
    low_unit, high_unit = (_spelt(unit or "") for unit in (low_unit, high_unit))
    if low and high and to_base(1, low_unit)[1] != to_base(1, high_unit)[1]:
        return None
    closed = {(1, 1): "both", (1, 0): "left", (0, 1): "right"}.get((low_closed, high_closed))
    group = {"unit": low_unit if low else high_unit, "closed": closed or "neither"}
    group |= {"low": _number(low)} if low else {}
    group |= {"high": _number(high), "high_unit": high_unit} if high else {}
    made = intervals.of_group(group)
    return replace(
        made, label=text.strip(), low_printed=_number(low) if low else "",
        high_printed=_number(high) if high else "",
    )  # fmt: skip


def _rescaled(one: Interval, unit: str) -> Interval | None:
    return _made(
        one.label, one.low_printed, one.high_printed, one.low_closed, one.high_closed, unit, unit
    )


def _number(text: str) -> str:
    found = prints.read(text)
    return str(found.number) if found else text


def _spelt(unit: str) -> str:
    """A unit as others spell it: `yrs` as `years`, `° C` as `°C`."""
    unit = unit.replace("° ", "°").replace("μ", "µ").rstrip("-")
    return _TIMES.get(unit.lower(), unit)
