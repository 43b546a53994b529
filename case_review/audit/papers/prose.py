"""Numbers in sentences, where the sentence says what they are: `12 of 84 patients (14.3%)`.

Test statistics are read in the forms that the APA asks for, as R's statcheck reads them (Nuijten et
al. 2016, doi 10.3758/s13428-015-0664-2). A number that stands for itself is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from case_review.audit import prints
from case_review.audit.papers.document import Passage
from case_review.audit.papers.draft import LONGEST, Draft
from case_review.audit.papers.labels import said
from case_review.audit.papers.numbers import NUMBER
from case_review.values.identifiers import identifier

_N = rf"(?:{NUMBER})"
_X = rf"[-−–]?\s?(?:{NUMBER}|[.·]\d+)"
_POWER = r"(?:\s?[×x]\s?10\s?\^?\s?[-−–⁻]\s?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]+|[eE][-−–]\d+)"
_P = (
    r"p(?:\s*[-–]?\s*values?)?\s*"
    rf"(?P<p>[<>=≤≥]\s*(?:\d*[.·]\d+{_POWER}?|\d{_POWER}|0|1))"
)
_TO = r"\s*(?:–|—|-|−|to|,|;|and)\s*"
#: Between an estimate and its interval, and between that and its p-value.
_BETWEEN = r"\s*%?\s*[,;:]?\s*[(\[]?\s*"
_CI = (
    rf"(?:(?P<level>\d{{2}}(?:[.·]\d)?)\s?%\s*)?(?:c\.?\s?i\.?s?|confidence\s+intervals?(?:\s*\(ci\))?)"
    rf"\s*[:=,]?\s*(?:of\s+|from\s+|was\s+|is\s+|ranged?\s+from\s+)?[(\[]?\s*"
    rf"(?P<low>{_X})\s?%?{_TO}(?P<high>{_X})\s?%?"
)
_PEOPLE = r"(?:\s+(?:[a-z][\w-]*\s+){0,3}?[a-z][\w-]*)?"
_SPREAD = r"SD|SE|SEM|standard deviation|standard error"
_ENDS = r"IQR|interquartile range|range|q1[-–]q3"
_SHARE = rf"(?P<pct>{_N})\s?%"
#: The words of ratios, in text and in brackets.
_RATIO = (
    r"(?P<ratio>(?:adjusted\s+)?(?:odds\s+ratio|hazards?\s+ratio|risk\s+ratio|relative\s+risk|rate\s+ratio)"
    r"(?:\s*[(\[]a?(?:OR|HR|RR)[)\]])?|\ba?(?:OR|HR|RR)\b)"
)
_FORMS: tuple[tuple[str, re.Pattern], ...] = tuple(
    (name, re.compile(form, re.IGNORECASE if name not in ("ratio", "statistic") else 0))
    for name, form in (
        ("statistic", (
            rf"(?<![\w.])(?P<name>t|F|χ\s?2|χ²|[Xx]2|X²|[Cc]hi-?[Ss]quared?|Q[bw]?|r|z|Z)"
            rf"(?:\s*[(\[]\s*(?:df\s*=\s*)?(?P<df1>{_N})(?:\s*,\s*(?:N\s*=\s*(?P<of>{_N})|(?P<df2>{_N})))?"
            rf"\s*[)\]])?\s*=\s*(?P<value>{_X})"
            rf"(?:\s*[,;]\s*(?:[Dd]\.?[Ff]\.?\s*=\s*(?P<df>{_N})\s*[,;]\s*)?"
            rf"(?:[^.;=<>]{{0,12}}[,;]\s*)?\s*[(\[]?\s*(?i:{_P}))?"
        )),
        ("share", (
            rf"(?<![\w.,/–-])(?P<n>{_N})\s*(?:/|(?:out\s+)?of\s+(?:the\s+|all\s+|a\s+total\s+of\s+)?)\s*"
            rf"(?P<of>{_N}){_PEOPLE}\s*[(\[,]\s*{_SHARE}(?:{_BETWEEN}{_CI})?"
        )),
        ("share", (
            rf"(?<![\w.,/–-])(?P<n>{_N}){_PEOPLE}\s*[(\[]\s*{_SHARE}\s*[)\]]\s*(?:out\s+)?of\s+"
            rf"(?:the\s+|all\s+)?(?P<of>{_N})(?=[\s,;.)])"
        )),
        ("share", (
            rf"(?<![\w.]){_SHARE}\s*[(\[]\s*(?:n\s*=\s*)?(?P<n>{_N})\s*(?:/|(?:out\s+)?of)\s*(?P<of>{_N})"
        )),
        ("ratio", (
            rf"{_RATIO}(?:\s*[(\[]\s*95\s?%\s*CI\s*[)\]])?\s*[,:=]?\s*(?:of\s+|was\s+|is\s+|=\s*)?"
            rf"(?P<value>{_X}){_BETWEEN}(?i:{_CI})(?:\s*[)\]]?\s*[,;]\s*(?i:{_P}))?"
        )),
        ("mean", (
            rf"\bM\s*=\s*(?P<mean>{_X})\s*[,;]\s*SD\s*=\s*(?P<sd>{_X})"
        )),
        ("mean", (
            rf"\b(?:means?|averages?)\b[^.;()\d]{{0,60}}?"
            rf"(?:\(\s*(?:±\s*)?(?P<said>{_SPREAD})\s*\)[^.;()\d]{{0,40}}?)?"
            rf"(?P<mean>{_X})(?:\s+[a-z/%²]+(?:/[a-z²]+)?)?\s*"
            rf"(?:\(\s*(?:±\s*)?(?P<named>{_SPREAD})?\s*[:=,]?\s*(?:of\s+)?|±\s*)"
            rf"(?P<sd>{_N})(?=\s*[)\],;.]|\s+[a-z])"
        )),
        ("median", (
            rf"\bmedians?\b[^.;()\d]{{0,60}}?"
            rf"(?:[(\[]\s*(?P<said>{_ENDS})\s*[)\]][^.;()\d]{{0,40}}?)?(?P<median>{_X})(?:\s+[a-z]+)?\s*[(\[]\s*"
            rf"(?P<named>{_ENDS})?\s*(?:\(iqr\)\s*)?[:=,]?\s*(?:of\s+)?"
            rf"(?P<low>{_X}){_TO}(?P<high>{_X})"
        )),
        ("mean", (
            rf"(?<![\w.,/–−-])(?P<mean>{_X})(?:\s+[a-z/%²]+)?\s*[(\[,]\s*(?:±\s*)?"
            rf"(?P<named>SD|standard deviation)\s*(?:\[SD\]\s*)?[:=]?\s*(?P<sd>{_N})"
        )),
        ("estimate", (
            rf"(?<![\w.,/–−-])(?P<value>{_X})\s?%?(?:\s+[a-z][\w-]*){{0,6}}\s*"
            rf"[(\[]\s*{_P}\s*[,;]\s*{_CI}"
        )),
        ("estimate", (
            rf"(?<![\w.,/–−-])(?P<value>{_X}){_BETWEEN}{_CI}(?:\s*[)\]]?\s*[,;]\s*{_P})?"
        )),
        ("count", (
            rf"(?<![\w.,/–−<>≤≥=±$-])(?P<n>{_N})(?P<whom>{_PEOPLE})\s*"
            rf"[(\[]\s*{_SHARE}\s*[)\],;]"
        )),
        ("size", rf"\b[nN]\s*=\s*(?P<n>{_N})(?![\w.]*%)"),
        ("p", rf"(?<!\w){_P}"),
    )
)  # fmt: skip
#: A number behind such a word is a name and counts nobody.
_NAMES = re.compile(
    r"\b(?:grades?|stages?|tables?|fig(?:ure)?s?\.?|types?|class|days?|weeks?|months?|years?|phase|"
    r"levels?|scores?|refs?\.?|version|chapter|aged?|category|at|over|under|than|and|least|most|about|"
    r"approximately|around|nearly|almost|step|group|item|question|model|in|from|since|by|to|or|"
    r"(?:of|among)(?:\s+(?:the|all|these|those|other))*)\s*$",
    re.IGNORECASE,
)
_STATISTICS = {"t": "t", "F": "f", "r": "r", "z": "z", "Z": "z"}
#: Characters of a sentence that its claim quotes, and that are looked at.
_LONGEST, _MOST = 200, 2_000


def draft(passages: list[Passage], into: Draft) -> None:
    """Add the claims of a paper's sentences to a draft."""
    from case_review.audit.papers.sentences import sentences

    number, within, section = 0, 0, None
    for passage in passages:
        if passage.section != section:
            section, within = passage.section, 0
        for sentence in sentences(passage.text):
            number, within = number + 1, within + 1
            if re.search(r"\d", sentence):
                _Sentence(sentence[:_MOST], passage.section, number, within, into).read()


class _Sentence:
    """One sentence while its numbers are drafted."""

    def __init__(self, text: str, section: str, number: int, within: int, into: Draft):
        self.text, self.into = text, into
        self.place = identifier(section.split(",")[0])[:24].strip("_") or "text"
        self.path = f"s{number}"
        self.location = f"{section}, sentence {within}"
        self.found = 0

    def read(self) -> None:
        """Add what is found, each character read once, the longest forms first."""
        text = self.text
        for name, form in _FORMS:
            for match in form.finditer(text):
                if "\x00" not in match[0] and self._add(name, match):
                    text = text[: match.start()] + "\x00" * len(match[0]) + text[match.end() :]

    def _add(self, name: str, match: re.Match) -> bool:
        values = list(_VALUES[name](match))
        if not values or any(number is None for _, number in values):
            return False
        self.found += 1
        path = (self.path, f"{name}{self.found}")
        claims = {}
        sure = "likely" if name in ("count", "estimate", "p", "size") else "certain"
        for measure, number in values:
            claims[measure] = self.into.add(
                self.place, path, "all", measure, number, self.location, self._shown(match), sure
            )
        counts = match.groupdict()
        if claims.get("pct") and counts.get("n") and counts.get("of"):
            n, of = (_number(counts[key]).number for key in ("n", "of"))
            if n <= of:
                claims["pct"] |= {"numerator": f"{n:f}", "denominator": f"{of:f}"}
        return True

    def _shown(self, match: re.Match) -> str:
        """The sentence, or what stands around the numbers of a long one."""
        if len(self.text) <= _LONGEST:
            return self.text
        first = max(0, min(match.start() - 80, len(self.text) - _LONGEST))
        return f"…{self.text[first : first + _LONGEST].strip()}…"


def _number(text: str | None) -> prints.Printed | None:
    return prints.read(text) if text else None


def _pairs(match: re.Match, **measures: str) -> Iterator[tuple[str, prints.Printed | None]]:
    for group, measure in measures.items():
        if match[group]:
            yield measure, _number(match[group])


def _statistic(match: re.Match):
    name = _STATISTICS.get(match["name"], "chi2")
    of, p = match.groupdict().get("of"), match["p"]
    # Letters such as r and z have other uses; degrees of freedom or a p-value say it is a test.
    if not p and not match["df1"]:
        return
    if name == "r" and abs(_number(match["value"]).number) > 1:
        return
    if (name == "f") != bool(match["df2"]) or (of and name != "chi2"):
        return
    yield name, _number(match["value"])
    if name == "f":
        yield from _pairs(match, df1="df1", df2="df2", p="p")
    elif match["df1"]:
        yield from _pairs(match, df1="df", of="n", p="p")
    else:
        yield from _pairs(match, df="df", p="p")


def _share(match: re.Match):
    n, of, share = (_number(match[key]) for key in ("n", "of", "pct"))
    if n.digits or of.digits or n.number > of.number or share.number > 100:
        return
    if of.number >= 10**LONGEST:
        return  # what counts so many counts no people
    yield "n", n
    yield "pct", share
    limits = match.groupdict()
    if limits.get("low"):
        yield from _pairs(match, low="low", high="high")


def _ratio(match: re.Match):
    measures = set(said(match["ratio"]).measures) & {"hr", "or", "rr"}
    yield next(iter(measures), "value"), _number(match["value"])
    yield from _interval(match)


def _estimate(match: re.Match):
    if re.search(r"[<>≤≥]\s*$|\bp\s*=\s*$", match.string[: match.start()], re.IGNORECASE):
        return  # a p-value that stands before the interval
    if re.match(r"\d+\s?%\s*(?:c\.?\s?i|conf)", match[0], re.IGNORECASE):
        return  # the level of an interval without an estimate
    share = match.string[match.end("value") :].lstrip().startswith("%")
    number = _number(match["value"])
    if share and number.number >= 0:
        yield "pct", number
        yield from _pairs(match, low="low", high="high")
    else:
        yield "value", number
        yield from _interval(match)


def _interval(match: re.Match):
    yield from _pairs(match, low="low", high="high")
    if match["level"] and match["level"] != "95":
        yield from _pairs(match, level="level")
    yield from _pairs(match, p="p")


def _mean(match: re.Match):
    words = match.groupdict()
    told = (words.get("said") or words.get("named") or "").upper()
    yield "mean", _number(match["mean"])
    if "named" not in words or told in ("SD", "STANDARD DEVIATION"):
        yield "sd", _number(match["sd"])
    elif told:
        yield "se", _number(match["sd"])


def _median(match: re.Match):
    told = (match["said"] or match["named"] or "").lower()
    if told:
        ends = ("min", "max") if told == "range" else ("q1", "q3")
        yield "median", _number(match["median"])
        yield from zip(ends, (_number(match["low"]), _number(match["high"])), strict=True)


def _count(match: re.Match, names: re.Pattern = _NAMES):
    n, share = _number(match["n"]), _number(match["pct"])
    before = match.string[: match.start()]
    if n.digits or n.number > 10**7 or share.number > 100 or names.search(before):
        return
    if match["whom"] and re.match(r"\s+(?:of|%|years?|months?|weeks?|days?)\b", match["whom"]):
        return
    yield "n", n
    yield "pct", share


def _p(match: re.Match):
    yield from _pairs(match, p="p")


def _size(match: re.Match):
    number = _number(match["n"])
    if not number.digits:
        yield "n", number


_VALUES = {
    "statistic": _statistic, "share": _share, "ratio": _ratio, "mean": _mean, "median": _median,
    "estimate": _estimate, "count": _count, "size": _size, "p": _p,
}  # fmt: skip
