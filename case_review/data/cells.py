"""What cells of text hold: spellings of missing, numbers, and what spreadsheets make of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import pandas as pd

_MISSING = {
    "na", "n/a", "nan", "null", "-", "–", "—", "?", "n.a.", "nd", "nr", "n.r.", "n/r",
    "not reported", "not stated",
}  # fmt: skip
#: What says so besides in a column of numbers or of listed values; elsewhere it may be a remark.
UNKNOWN = (
    "not given", "not known", "not available", "not specified", "not documented", "not mentioned",
    "not described", "no data", "unknown", "unclear", "missing", "nk", "n.k.", "n.d.", ".", "..",
    "...", "…", "??", "--",
)  # fmt: skip
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")
#: `1,250` may be a thousand and more, or one and a quarter; `0,125` can only be the latter.
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")
#: Most characters of a number; no measurement has as many.
_LONGEST = 40
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_MONTHS = f"{_MONTH}[a-z]{{0,6}}"
_DATE = re.compile(
    rf"\d{{1,2}}[-/. ]{_MONTHS}(?:[-/. ]\d{{2,4}})?|{_MONTHS}[-/. ]\d{{2,4}}"
    r"|\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}|\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ].*)?",
    re.I,
)
_AMOUNT = r"[0-9]+(?:[.,][0-9]+)?"
_UNIT = r"[^\W\d_]\S{0,20}"
#: A number with its unit, a rough one perhaps: `3 weeks`, `~3 months`.
_WITH_UNIT = re.compile(rf"(?P<rough>[~≈]?)\s*(?P<number>{_AMOUNT})\s*(?P<unit>{_UNIT})")
_ONE = "Write the one number that is meant, or leave it empty."
#: What is no number in a way that can be said, in this order.
_ODD = (
    (re.compile(rf"[~≈]?\s*{_AMOUNT}\s*(?:[-–—]|to)\s*{_AMOUNT}(?:\D.*)?"),
     "a range, not a number"),
    (re.compile(rf"(?:[<>≤≥]|up to|at least|over|under)\s*{_AMOUNT}(?:\D.*)?|{_AMOUNT}\s*\+"),
     "a limit, not a number"),
    (re.compile(r"[0-9]+\s*/\s*[0-9]+"), "a fraction or a date, not a number"),
    (re.compile(r"[1-9]?[0-9]0'?s"), "a span of ten years, not a number"),
    (re.compile(rf"[~≈]\s*{_AMOUNT}"), "a rough number"),
)  # fmt: skip
#: What spreadsheets make of `5-10` in a cell of text.
_MANGLED = re.compile(rf"\d{{1,2}}-{_MONTH}|{_MONTH}-\d{{2}}|\d{{4}}-\d\d-\d\d 00:00:00", re.I)
#: `#N/A` and its like, also as spreadsheets of other languages write them.
SHEET_ERROR = re.compile(
    r"#[¡¿]?[A-ZÄÖÜÁÉÍÓÚ]+(?:/0)?[!?]|#(?:N/[AVDB]|NV|N/DISP|GETTING_DATA|#+)|Err:\d{3}"
)
#: Characters that no keyboard types, and that neither XML nor a reader can bear.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def each(values: pd.Series, test: Callable[[str], object]) -> pd.Series:
    """What `test` says of each text; it looks once at each that is different."""
    return values.isin([value for value in values.unique() if test(value)])


def missing(values: pd.Series, may_name: bool, more: Iterable[str] = ()) -> pd.Series:
    """Which values say that there is none; a word of letters may be a name: `NA`, `Nan`, `Null`.

    `more` are further words that say so.
    """
    words = _MISSING | {word.strip().lower() for word in more}

    def says(value: str) -> bool:
        lower = value.lower()
        return lower in words and not (may_name and lower.isalpha())

    return each(values, says)


def is_number(values: pd.Series) -> pd.Series:
    """Which values are numbers as they stand."""
    return each(values, lambda v: _NUMBER.fullmatch(v) and len(v) <= _LONGEST)


def is_error(values: pd.Series) -> pd.Series:
    """Which values are a spreadsheet's errors."""
    return each(values, SHEET_ERROR.fullmatch)


def damages(values: pd.Series, number: bool, name: bool) -> Iterator[tuple[str, pd.Series]]:
    """What spreadsheets and editors did to the cells of a column: a message and its cells each.

    Parameters
    ----------
    number, name
        Whether the column holds numbers, which are looked at on their own, or names of rows, in
        which what cannot be seen would part a row from those that name it.
    """
    yield (
        "a spreadsheet's error stands here. Type the value itself, or leave it empty.",
        values[is_error(values)],
    )
    yield (
        "an invisible control character stands here. Remove it.",
        values[each(values, _CONTROL.search)],
    )
    if not number:
        yield (
            "a spreadsheet seems to have made a date of it. Type it again in a cell formatted as "
            "text.",
            values[each(values, _MANGLED.fullmatch)],
        )
    if name:
        yield (
            "a name with a blank or a sign that cannot be seen. Type it again.",
            values[~each(values, str.isprintable)],
        )
        yield (
            "an apostrophe before a name, by which spreadsheets mark text. Remove it.",
            values[values.str.startswith("'")],
        )


def advice(value: str, unit: str = "", units: Sequence[str] = ()) -> str:
    """What is wrong with a text that is no number, and what to do; of `1,5` nothing is.

    Parameters
    ----------
    unit, units
        The unit of the column, or the column that names it and what may stand there.
    """
    if len(value) > _LONGEST:
        return (
            f"a number of at most {_LONGEST} characters was expected. Correct it, or leave it "
            "empty."
        )
    if _AMBIGUOUS.fullmatch(value):
        return (
            "the comma may separate thousands or decimals. Write the number with a decimal point "
            "and without other signs."
        )
    if _DECIMAL_COMMA.fullmatch(value):
        return ""
    if _DATE.fullmatch(value):
        return (
            "a number was expected; a spreadsheet seems to have made a date of it. "
            "Type the number again in a cell formatted as text."
        )
    if value[:1] in "'’":
        return "a number was expected. Remove the apostrophe before it."
    if value[:1] in "-−":
        return "a number of zero or more was expected. Correct it, or leave it empty."
    for form, what in _ODD:
        if form.fullmatch(value):
            return f"{what}. {_ONE}"
    if found := _WITH_UNIT.fullmatch(value):
        return _without_unit(found["number"], found["unit"].strip(), found["rough"], unit, units)
    return "a number was expected. Put units and remarks in their own columns, or leave it empty."


def _without_unit(number: str, own: str, rough: str, unit: str, units: Sequence[str]) -> str:
    what = "a rough number with its unit" if rough else "a number with its unit"
    if units:
        return f"{what}: write {number} and put {_meant(own, units)} in {unit}."
    return f"{what}: write the number alone" + (f", in {unit}." if unit else ".")


def _meant(own: str, units: Sequence[str]) -> str:
    """The unit that an abbreviation stands for, if it can only be one: `wk` is `weeks`."""

    def shortens(name: str) -> bool:
        letters = iter(name)
        return name[0] == own[0].lower() and all(c in letters for c in own.lower().strip("."))

    fitting = [name for name in units if shortens(name)]
    return fitting[0] if len(fitting) == 1 else own
