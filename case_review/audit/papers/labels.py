"""What the words of a label, a heading or a footnote say of the numbers beside or below them.

`Age, mean (SD), years` says that the numbers are a mean and a standard deviation, and is about
`Age, years`; `Placebo (n = 12)` names a group and how many are in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from case_review.audit.papers.numbers import NUMBER, value_of

_CI = (
    r"(?:\d{2}(?:[.·]\d)?\s?%\s*)?"
    r"(?:c\.?\s?i\.?|c\.?l\.?|confidence\s+(?:intervals?|limits?|ranges?))(?!\w)"
)
_IQR = (
    r"i\.?q\.?r\.?(?!\w)|inter-?\s?quartile(?:\s+ranges?)?|quartiles?(?!\w)|q1\s*(?:,|–|-|to|;)\s*q3"
    r"|(?:25th|25%|p25|25(?=\W+75))\W+(?:(?:percentiles?|and|to)\W+)*(?:75th|75%|p75|75)(?!\d)"
    r"(?:\s+(?:per)?centiles?)?"
    r"|(?:1st|first|lower)\s+quartile\W+(?:3rd|third|upper)\s+quartile"
)
_COUNTED = (
    r"(?:\s+of\s+(?:the\s+)?(?:patients|participants|subjects|cases|individuals|people|persons))?"
)
#: Characters of a label, and of the notes of a table, that are looked at.
_LONGEST, _LONGEST_NOTES = 400, 5_000
#: How labels name what a number is, by the name of it; the first that fits counts.
_WORDS: tuple[tuple[str, str], ...] = (
    ("ci", _CI),
    ("iqr", _IQR),
    ("limits", r"limits?\s+of\s+agreement"),
    ("sd", r"(?<!-)s\.?\s?d\.?s?(?![\w-])"
           r"|st(?:andar)?d\.?\s+dev(?:iation)?s?(?!\w)\.?|stdev(?!\w)"),
    ("se", r"(?<!-)s\.?\s?e\.?\s?(?:m\.?)?(?![\w-])"
           r"|st(?:andar)?d\.?\s+err(?:or)?s?(?!\w)(?:\s+of\s+the\s+mean)?"),
    ("range", r"ranges?(?!\w)|min(?:imum)?\.?\s*(?:,|–|-|to|and|;)\s*max(?:imum)?\.?(?!\w)"),
    ("median", r"medians?(?!\w)|mdn(?!\w)"),
    ("mean", r"(?:arithmetic\s+)?means?(?!\w)|averages?(?!\w)"),
    ("hr", r"hazards?\s+ratios?(?!\w)|a?hrs?(?!\w)"),
    ("or", r"odds\s+ratios?(?!\w)"),
    ("rr", r"risk\s+ratios?(?!\w)|relative\s+risks?(?!\w)|rate\s+ratios?(?!\w)"),
    ("p", r"p(?:\s*[-–]?\s*values?)(?!\w)|p\s+(?:for\s+)?(?:trend|interaction|difference)(?!\w)"
          r"|p[-–](?:trend|interaction)(?!\w)|significance\s*\(p\)"),
    ("pct", r"(?<!\d)(?<!\d\s)%(?![\w\s]*c\.?i)|per\s?cent(?:age)?s?(?!\w)"),
    ("n", r"(?:no\.|numbers?)(?!\w)" + _COUNTED + r"|counts?(?!\w)|frequenc(?:y|ies)(?!\w)"),
)  # fmt: skip
_FOUND = [(measure, re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE)) for measure, words in _WORDS]
#: Letters that mean something only where nothing else stands in their part of the label.
_ALONE = {
    "n": "n", "no": "n", "#": "n", "p": "p", "t": "t", "f": "f", "z": "z", "r": "r", "df": "df",
    "d.f.": "df", "χ2": "chi2", "χ²": "chi2", "m": "mean", "or": "or", "aor": "or",
    "rr": "rr", "arr": "rr", "chi-square": "chi2", "chi-squared": "chi2", "t-value": "t",
    "t value": "t", "f value": "f", "f-value": "f", "z value": "z", "z-value": "z",
    "t statistic": "t", "f statistic": "f",
}  # fmt: skip
#: As `_ALONE`, but only in capitals, for `or` is a word.
_CAPITALS = {"OR": "or", "aOR": "or", "AOR": "or", "RR": "rr", "aRR": "rr", "HR": "hr", "M": "mean"}
#: Names of tests before the letter of their statistic.
_TEST = re.compile(r"^(?:anova|ancova|student['’]?s?|welch['’]?s?|wald)\s+(?=\S)", re.IGNORECASE)
# Of other things than people there may be more than there are people.
_THINGS = re.compile(
    r"(?:total\s+)?(?:numbers?|no\.?|counts?|frequency)\s+(?:of\s+)?(?:the\s+)?(?!(?:\w+\s+)?(?:patients|"
    r"participants|subjects|cases|individuals|people|persons|women|men|children|infants|adults|"
    r"respondents|controls|deaths|survivors)\b)[^\W\d]{2}",
    re.IGNORECASE,
)
_TOTAL = re.compile(rf"[(\[]?\s*\b[nN]\s*[=:]\s*({NUMBER})\s*[)\]]?")
_TOTAL_BEHIND = re.compile(rf"^\s*(?:n|N|no\.?|No\.?)\s*\(\s*({NUMBER})\s*\)\s*$")
_OF_TOTAL = re.compile(rf"\bof\s+({NUMBER})\s*$")
_SPLIT = re.compile(r"[()\[\],;:±/|]|\+/-|\band\b|\bor\b(?=\s*(?:n|no|number|mean|median)\b)")
_ALL = re.compile(
    r"(?:all|overall|total|entire|whole)(?:\s+(?:patients|participants|subjects|cases|cohort|sample|"
    r"group|population|study|women|men|children|individuals))*",
    re.IGNORECASE,
)
# Means of differences are no means of whole numbers in a group.
_CHANGE = re.compile(r"\b(?:difference|change|(?:de|in)crease|reduction|ratio)s?\b", re.IGNORECASE)
_HOLLOW = re.compile(r"[(\[][\s\x00,;:±/–-]*(?:and|or|of|as|in)?[\s\x00,;:±/–-]*[)\]]")


@dataclass(frozen=True)
class Said:
    """What a label says.

    Parameters
    ----------
    measures
        What its numbers are, in the order of the words: `("mean", "sd")`; empty if it does not say.
    about
        The label without these words.
    total
        How many are in the group, as printed, or empty.
    things
        Whether it counts other things than people, of which each may have several.
    """

    measures: tuple[str, ...] = ()
    about: str = ""
    total: str = ""
    things: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it names everybody: `Total`, `All patients`, `Overall`."""
        return bool(_ALL.fullmatch(self.about.strip(" .,:")))


@lru_cache(maxsize=4096)
def said(label: str) -> Said:
    """What a label, a heading or a part of one says."""
    text = " ".join(label[:_LONGEST].split())
    total = ""
    if found := _TOTAL_BEHIND.match(text):
        return Said(("n",), "", value_of(found[1]))
    if found := _TOTAL.search(text):
        total = value_of(found[1])
        text = f"{text[: found.start()]} {text[found.end() :]}"
    elif found := _OF_TOTAL.search(text):
        total, text = value_of(found[1]), text[: found.start()]
    found_at: dict[int, str] = {}
    for measure, words in _FOUND:
        while found := words.search(text):
            found_at[found.start()] = measure
            text = text[: found.start()] + "\x00" * len(found[0]) + text[found.end() :]
    text = _letters(text, found_at)
    measures = tuple(dict.fromkeys(found_at[at] for at in sorted(found_at)))
    if measures[:1] == ("ci",) and set(measures[1:]) <= {"or", "hr", "rr", "pct"}:
        measures = ("ci",)  # `95% CI (OR)`: of which ratio, or in which unit, the interval is
    if {"mean", "median"} & set(measures):
        # In `mean number of lesions (SD)` and `median % change (IQR)` these are no forms.
        measures = tuple(one for one in measures if one not in ("n", "pct"))
    if measures == ("pct", "n") and re.search(r"[(\[]\s*N\s*[)\]]", label):
        measures = ("pct", "denominator")  # `% (N)`: of how many
    about = _tidy(text)
    if "mean" in measures and _CHANGE.search(about):
        measures = tuple("value" if one == "mean" else one for one in measures)
    return Said(measures, about, total, bool(_THINGS.match(label.strip())))


def _letters(text: str, found_at: dict[int, str]) -> str:
    """Take single letters such as `n` and `F` for what they mean where they stand alone."""
    parts, start = [], 0
    for cut in [*_SPLIT.finditer(text), None]:
        end = cut.start() if cut else len(text)
        part = text[start:end]
        word = _TEST.sub("", part.strip(" \x00."))
        measure = _CAPITALS.get(word) or (_ALONE.get(word.lower()) if word != "or" else None)
        if word == "No" and "%" not in text and "\x00" not in text:
            measure = None  # the answer
        if "/" in text[max(0, start - 1) : start] + text[end : end + 1] and measure != "n":
            measure = None  # as in the genotype `Q/R`
        if measure:
            found_at[start] = measure
            part = "\x00" * len(part)
        parts.append(part + (text[cut.start() : cut.end()] if cut else ""))
        start = cut.end() if cut else end
    return "".join(parts)


def _tidy(text: str) -> str:
    """A label from which words were taken: without what is left of their brackets."""
    text = re.sub("\x00+", "\x00", text)
    for _ in range(3):
        text = _HOLLOW.sub("\x00", text)
    text = text.replace("\x00", " ")
    text = re.sub(r"\s+([,;:)])", r"\1", re.sub(r"(?:±|\+/-)", " ", text))
    text = re.sub(r"(?:[,;:/]\s*)+(?=[,;:/])", "", text)
    text = " ".join(text.split()).strip(" ,;:/–-")
    return re.sub(r"^(?:of|for|in)\s+|\s+(?:of|for|in|as)$", "", text)


def declared(notes: str) -> list[tuple[tuple[str, ...], str]]:
    """The forms of numbers that a caption or the notes of a table declare: `mean ± SD or n (%)`.

    Only pairs count, and `n (%)`; a word such as `mean` alone may be said of anything.

    Returns
    -------
    list of (measures, sign)
        The sign is `±` where that is what joins the two, else empty.
    """
    found: list[tuple[tuple[str, ...], str]] = []
    notes = " ".join(notes[:_LONGEST_NOTES].split())
    for match in _PAIRS.finditer(notes):
        measures = said(match[0].replace(" were ", " ").replace(" are ", " ")).measures
        sign = "±" if re.search(r"±|\+/-", match[0]) else ""
        if len(measures) == 2 and (measures, sign) not in found:
            found.append((measures, sign))
    for match in _IN_BRACKETS.finditer(notes):
        second = said(match[1]).measures
        firsts = [pair for pair, _ in found if second and second[0] in pair]
        if second and not firsts:
            found.append((("", second[0]), ""))
    return found


_ANY = "|".join(words for _, words in _WORDS)
_PAIRS = re.compile(
    rf"(?<!\w)(?:(?:{_ANY})|n)\s*(?:[(\[±,]|\+/-|and|with)\s*(?:{_ANY}|n(?!\w))",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(
    rf"(?<!\w)({_ANY})\s*(?:\w+\s+){{0,3}}?in\s+(?:parenthes[ei]s|brackets)", re.IGNORECASE
)
