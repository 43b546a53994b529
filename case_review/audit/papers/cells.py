"""What the numbers of one cell are: its shape, held against what labels and headings say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from case_review.audit.papers import numbers
from case_review.audit.papers.labels import said
from case_review.audit.prints import Printed

#: Two ends that a label may declare, with the names of the ends.
ENDS = {
    "iqr": ("q1", "q3"), "range": ("min", "max"), "ci": ("low", "high"), "limits": ("from", "to"),
}  # fmt: skip
#: Estimates whose limits are understood to be those of a confidence interval.
RATIOS = ("hr", "or", "rr")
_LONGEST = 200
_DIGIT = re.compile(r"\d")
_NOTHING = re.compile(r"(?:n\.?/?a\.?|nd|nr|ns|ref(?:erence)?\.?|[–—−*†‡§#.,\s-])*", re.IGNORECASE)
#: Words beside a number that change nothing about it.
_BESIDE = re.compile(
    r"\s*\(?(?:ref(?:erence|erent)?\.?|ns|n\.s\.|years?|yrs?|y|mo(?:nths?)?|weeks?|days?)\)?$"
    r"|^p(?= ?[<>=≤≥N])",
    re.IGNORECASE,
)
#: Words between a number and its bracket: a unit, or that a test found nothing.
_BETWEEN = re.compile(
    r"(?<=N) (?:years?|yrs?|y|months?|mo|weeks?|wk|days?|d|h|hours?|min|minutes?|kg|cm|mm|mg|g|ml"
    r"|l|points?|ns|n\.s\.)(?= [(N]|±)",
    re.IGNORECASE,
)
_TWO = re.compile(r"(N±N) (N \(N(?:–|,| to )N\))")
_P = re.compile(r"p(?:[\s-]?value)?\s*[<>=≤≥]", re.IGNORECASE)
_CI_INSIDE = re.compile(r"N \((?:N%\s?)?c\.?i\.?:?\s?(.*)\)", re.IGNORECASE)
_NAMED_INSIDE = re.compile(r"N \((iqr|range|sd|se|s\.d\.|s\.e\.)[:=]?\s?(.*)\)", re.IGNORECASE)
_PAIRS = {"N (N)", "N (N%)", "N% (N)", "N% (N%)", "N±N", "N (±N)", "N N%", "N,N%", "N;N", "N%±N%"}
_OF = {"N/N", "N/N (N)", "N/N (N%)", "N/N,N%", "N/N;N%", "N/N N%"}
_TWO_ENDS = re.compile(r"N%?(?:–| to |,|;|/)N%?")


@dataclass(frozen=True)
class Told:
    """Measures that a label, a heading or notes declare, and how sure that makes the reader.

    Parameters
    ----------
    of_pairs
        Whether it says nothing of a number that stands alone, as notes on a whole table do not.
    sign
        `±` if it says so of numbers that this sign joins, and of no others.
    """

    measures: tuple[str, ...]
    sure: str
    of_pairs: bool = False
    sign: str = ""


@dataclass(frozen=True)
class Read:
    """The numbers of a cell with what they are.

    Parameters
    ----------
    values
        Measure and number, in the order of the print.
    sure
        How sure the reader is: `certain`, `likely` or `guess`.
    left
        Why a number of the cell was left out, or empty.
    """

    values: tuple[tuple[str, Printed], ...]
    sure: str
    left: str = ""


def holds_number(text: str) -> bool:
    """Whether a cell holds digits."""
    return bool(_DIGIT.search(text))


def is_empty(text: str) -> bool:
    """Whether a cell holds nothing but dashes, marks, or words such as `n/a`."""
    return bool(_NOTHING.fullmatch(text.strip()))


def read(text: str, told: Sequence[Told], points: bool) -> Read | str:
    """The numbers of a cell, or why they cannot be told.

    Parameters
    ----------
    text
        The cell; each of its lines may hold numbers of its own.
    told
        What is declared of it, the nearest first.
    points
        Whether the table has decimal points, so that a comma is no decimal sign.
    """
    if len(text) > _LONGEST:
        return "too long for a result"
    # Numbers on two lines are two numbers, `20 372` above `100%`.
    whole = _read(text.replace("\n", f" {numbers.LINE} "), told, points)
    if not isinstance(whole, str) or "\n" not in text:
        return whole
    lines = [_read(line, told, points) for line in text.split("\n")]
    found = [line for line in lines if not isinstance(line, str)]
    if len(found) < len(lines):
        return whole
    values = tuple(value for line in found for value in line.values)
    if len({measure for measure, _ in values}) < len(values):
        return whole
    return Read(values, min((line.sure for line in found), key=_LEAST.index))


_LEAST = ["guess", "likely", "certain"]


def _read(text: str, told: Sequence[Told], points: bool) -> Read | str:
    shape = numbers.shape(text, points)
    form = _plainer(shape.form)
    if not shape.numbers:
        return "no number that can be read"
    if len(shape.numbers) == 1 and _P.match(text.strip()):
        return Read((("p", shape.numbers[0]),), "certain")
    named = _named_inside(form, shape)
    if named:
        return named
    fitting = [(one, _fits(form, shape.numbers, one.measures)) for one in told]
    fitting = [(one, values) for one, values in fitting if values and _applies(one, form)]
    if fitting and not fitting[0][0].of_pairs:
        return Read(fitting[0][1], fitting[0][0].sure)
    if len({values for _, values in fitting}) > 1:
        return f"the notes declare several forms that ‘{text}’ may have"
    if fitting:
        return Read(fitting[0][1], fitting[0][0].sure)
    if values := _plain(form, shape.numbers, told):
        return values
    if re.search(r"\d,\d{1,2}(?!\d)", text):
        other = numbers.shape(text, not points)
        for one in told:
            if values := _fits(_plainer(other.form), other.numbers, one.measures):
                return Read(values, "likely")
        if values := _plain(_plainer(other.form), other.numbers, told):
            return values
    if both := _TWO.fullmatch(form):
        parts = [_parts(both[n], shape.numbers[a:b], told) for n, a, b in ((1, 0, 2), (2, 2, 5))]
        if all(parts):
            return Read(parts[0] + parts[1], "likely")
    if form == "N":
        return Read((("value", shape.numbers[0]),), "likely")
    return f"neither label, heading nor notes say what the numbers of ‘{text}’ are"


def _applies(one: Told, form: str) -> bool:
    """Whether what is declared may be said of a number of this form at all."""
    alone = one.of_pairs and form == "N" and "pct" not in one.measures
    return not alone and (not one.sign or one.sign in form)


def _plainer(form: str) -> str:
    """A shape without units, `NS` and a bracket that was never opened."""
    form = _BETWEEN.sub("", _BESIDE.sub("", form)).strip()
    return form[:-1] if form.count(")") > form.count("(") and form.endswith(")") else form


def _parts(form: str, found: tuple[Printed, ...], told: Sequence[Told]):
    fitting = (_fits(form, found, one.measures) for one in told if _applies(one, form))
    return next((values for values in fitting if values), ())


def _named_inside(form: str, shape: numbers.Shape) -> Read | None:
    """Numbers that the cell itself names: `43 (IQR 34–52)`, `0.9 (95% CI 0.8–1.0)`."""
    if (found := _CI_INSIDE.fullmatch(form)) and _TWO_ENDS.fullmatch(found[1]):
        first, low, high = shape.numbers[0], *shape.numbers[-2:]
        return Read((("value", first), ("low", low), ("high", high)), "certain")
    if not (found := _NAMED_INSIDE.fullmatch(form)):
        return None
    inside = said(found[1]).measures
    if inside and inside[0] in ENDS and _TWO_ENDS.fullmatch(found[2]):
        names = ("median" if inside[0] == "iqr" else "value", *ENDS[inside[0]])
        return Read(tuple(zip(names, shape.numbers, strict=True)), "likely")
    if inside and inside[0] in ("sd", "se") and found[2] == "N":
        return Read(tuple(zip(("mean", inside[0]), shape.numbers, strict=True)), "certain")
    return None


def _fits(form: str, found: tuple[Printed, ...], measures: tuple[str, ...]):
    """The measures of the numbers, if a declared form fits the shape; else an empty tuple."""
    if not measures:
        return ()
    names: tuple[str, ...] = ()
    if form in ("N", "N%", "<N", ">N", "≤N", "≥N", "~N", "<N%", ">N%", "≤N%", "≥N%"):
        names = _single(found[0], measures)
    elif form in _PAIRS:
        names = _pair(form, found, measures)
    elif form in _OF and measures[0] == "n":
        if found[0].number <= found[1].number:
            names = ("n", "denominator", "pct")[: len(found)]
    elif re.fullmatch(r"N%? \(N%?(?:–| to |,|;)N%?\)|N%? N%?(?:–| to )N%?", form):
        names = _with_ends(measures)
    elif re.fullmatch(r"\(?N%?(?:–| to |,|;)N%?\)?", form) or form == "(N–N)":
        names = next((ENDS[one] for one in measures if one in ENDS), ())
        names = () if len(measures) > 1 else names
    elif form in ("N (N) (N–N)", "N (N;N–N)", "N (N,N–N)") and len(measures) == 3:
        names = (*measures[:2], *ENDS[measures[2]]) if measures[2] in ENDS else ()
    elif re.fullmatch(r"N \(N%\) \(N%?(?:–| to |,)N%?\)", form) and "ci" in measures:
        names = ("n", "pct", "low", "high")
    elif form == "N±N (N)" and measures[-1] == "n" and {"sd", "se"} & set(measures[:-1]):
        names = ("value", *measures) if len(measures) == 2 else measures
    names = tuple(name or "value" for name in names)
    return tuple(zip(names, found, strict=True)) if len(names) == len(found) else ()


def _single(number: Printed, measures: tuple[str, ...]) -> tuple[str, ...]:
    first = measures[0]
    if set(measures) == {"n", "pct"}:
        first = "pct" if number.percent else "n" if not number.digits else ""
    if number.percent and first != "pct":
        return ("pct",) if "pct" in measures else ()
    if first == "n" and (number.digits or number.number < 0):
        return ()
    if first == "p" and not 0 <= number.number <= 1:
        return ()
    return () if first in ENDS or not first else (first,)


def _pair(form: str, found: tuple[Printed, ...], measures: tuple[str, ...]) -> tuple[str, ...]:
    if any(measure in ENDS for measure in measures):
        return ()
    if measures == ("n",) and found[1].percent:
        measures = ("n", "pct")
    if measures == ("pct",) and found[0].percent and not found[1].digits:
        measures = ("pct", "n")
    if measures in (("sd",), ("se",)):
        measures = ("value", *measures)
    if len(measures) != 2 or ("±" in form and not {"sd", "se"} & set(measures)):
        return ()
    if set(measures) == {"n", "pct"}:
        count = found[measures.index("n")]
        signs = [number.percent for number in found]
        if count.digits or count.percent or (any(signs) and not signs[measures.index("pct")]):
            return ()
    return measures


def _with_ends(measures: tuple[str, ...]) -> tuple[str, ...]:
    if len(measures) == 2 and measures[1] in ENDS and measures[0] not in ENDS:
        # `β (SD), 95% CI`: in units of the standard deviation.
        first = "value" if measures[0] in ("sd", "se", "p") else measures[0]
        return (first, *ENDS[measures[1]])
    if measures == ("ci",):
        return ("value", "low", "high")
    if measures == ("iqr",):
        return ("median", "q1", "q3")
    if len(measures) == 1 and measures[0] in RATIOS:
        return (measures[0], "low", "high")
    return ()


def _plain(form: str, found: tuple[Printed, ...], told: Sequence[Told]) -> Read | None:
    """What the print shows by itself: a percent sign, a plus-minus sign, `12/84 (14.3%)`."""
    first = found[0]
    counts = not first.digits and first.number >= 0 and not first.percent
    if form in ("N (N%)", "N N%") and counts:
        return Read((("n", first), ("pct", found[1])), "certain")
    if form in ("N%", "<N%", ">N%"):
        return Read((("pct", first),), "likely")
    if form in _OF - {"N/N", "N/N (N)"} and counts and first.number <= found[1].number:
        return Read(tuple(zip(("n", "denominator", "pct"), found, strict=True)), "certain")
    if form == "N% (N)" or (form == "N% (N%)" and not told):
        reason = "nothing says what the number in brackets is"
        return Read((("pct", first),), "likely", reason)
    if form == "N±N":
        reason = "the number behind ± may be a standard deviation, an error or half an interval"
        return Read((("mean", first),), "likely", reason)
    if form == "N (N)" and any(one.measures == ("mean",) for one in told):
        reason = "nothing says what the number in brackets is"
        return Read((("mean", first),), "likely", reason)
    medians = any(one.measures == ("median",) for one in told)
    if medians and re.fullmatch(r"N \(N(?:–|,| to )N\)", form):
        reason = "the numbers in brackets may be quartiles or a range"
        return Read((("median", first),), "likely", reason)
    return None
