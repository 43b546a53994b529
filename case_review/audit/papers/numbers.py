"""Numbers in the text of papers: their shape in a cell, and their value with a decimal point."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from case_review.audit import prints

_BLANK = "[ \u00a0\u2009\u202f\u2007\u2008]"
#: A number without sign, as a part of other patterns.
NUMBER = rf"\d{{1,3}}(?:{_BLANK}\d{{3}})+(?!\d)|\d{{1,3}}(?:[,'’]\d{{3}})+(?!\d)|\d+(?:[.·]\d+)?"
#: A comma that parts two numbers, for a decimal sign is a point in the same table.
_PARTING = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d)|\d+[.·])")
#: Stands where a cell has a line break.
LINE = "\u21b5"
_DASHES = "-–—−‐‑"


@dataclass(frozen=True)
class Shape:
    """The numbers of a text and what stands between them: `12 (14.3%)` is `N (N%)`.

    Parameters
    ----------
    form
        The text with `N` for each number; dashes are `–`, brackets and blanks are uniform.
    numbers
        The numbers, in their order.
    """

    form: str
    numbers: tuple[prints.Printed, ...]


def value_of(printed: str) -> str:
    """The value of a printed number as the column `value` has it: digits with a decimal point."""
    found = prints.read(printed)
    return plain(found) if found else ""


def plain(number: prints.Printed) -> str:
    """Digits with a decimal point and the sign; as many decimals as are printed."""
    return f"{number.number:f}"


def has_points(texts) -> bool:
    """Whether numbers of these texts have a decimal point, so that a comma is none."""
    return any(re.search(r"\d[.·]\d", text) for text in texts)


@lru_cache(maxsize=4096)
def shape(text: str, part_commas: bool = False) -> Shape:
    """The shape of a text.

    Parameters
    ----------
    part_commas
        Whether a comma before one or two digits parts two numbers and is no decimal sign.
    """
    text = " ".join(text.split())
    if part_commas:
        text = _PARTING.sub(", ", text)
    form, numbers, end = [], [], 0
    for number in prints.numbers(text):
        start = text.find(number.text, end)
        form.append(text[end:start])
        end = start + len(number.text)
        sign = number.text[0] if number.text[0] in _DASHES else ""
        if sign and number.number >= 0 and number.relation == "=":
            form.append("–")  # it joins two numbers
        relation = "" if number.relation == "=" else number.relation
        form.append(f"{relation}N{'%' if number.percent else ''}")
        numbers.append(number)
    form.append(text[end:])
    return Shape(_uniform("".join(form)), tuple(numbers))


def _uniform(form: str) -> str:
    form = form.replace("[", "(").replace("]", ")").replace("+/-", "±")
    form = re.sub(rf"[{_DASHES}]", "–", form).replace(LINE, " ")
    form = " ".join(form.split())
    form = re.sub(r"\s*([–,;:/±])\s*", r"\1", form)
    form = re.sub(r"\s*\(\s*", " (", re.sub(r"\s*\)", ")", form))
    return form.strip(" .*†‡§¶#")
