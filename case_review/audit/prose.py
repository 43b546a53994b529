"""What of a Markdown text is prose in which a number would be a result, and what is a name.

A number belongs to a name, not to a result, where it is written with letters as one word
(`mTORC1`, `COVID-19`, `5-fluorouracil`), follows a word that sorts or counts through (`grade 3`,
`type 2`, `Table 1`, `version 4.2`), or is a date, a year, a version, an identifier, an address, a
place in a cited work, or a part of a formula. `docs/manuscript.md` says so to authors.
"""

from __future__ import annotations

import re

#: Units that are written close to a number; other letters there make it a name (`2D`, `10th`).
UNITS = "mg|ng|µg|g|kg|ml|mm|h|d|w|wk|wks|mo|y|yr|yrs"
#: What number words count where they are results.
COUNTED = (
    "patients|participants|people|persons|individuals|subjects|cases|children|infants|adults|"
    "girls|boys|women|men|reports|publications|posters|articles|studies|trials|records|"
    "events|episodes|responses|responders|findings|inconsistencies|statements|"
    "hours|days|weeks|months|years|percent|per cent"
)
_MONTHS = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
#: Words after which a number is a name.
_SORTING = (
    "types?|grades?|stages?|phases?|class(?:es)?|tables?|figures?|figs?|sections?|chapters?|"
    "appendix|supplements?|box(?:es)?|panels?|equations?|eqs?|items?|steps?|versions?|volumes?|"
    "vol|issues?|no(?=\\.)|pages?|pp?(?=\\.)|chromosomes?|exons?|codons?|factor|category|"
    "categories|question|criterion|PMID|PMCID|ISBN|ISSN"
)
#: Words that lead to a place in a cited work.
_LOCATOR = (
    r"(?:pp?|pages?|chap(?:ter)?s?|secs?|sections?|figs?|figures?|tab|tables?|vols?|volumes?|nos?|"
    r"para|paragraphs?|app|appendix|lines?|ll?|nn?|notes?|cols?|columns?|parts?|eqs?|equations?|"
    r"supp|supplement|box|§+|¶+)\.?\s*"
)
_PLACE = rf"[\divxlcSe]+[a-z]?(?:\s*[-–,&]\s*(?:{_LOCATOR})?[\dSe]+[a-z]?)*"
_KEY = r"-?@(?:\{[^}\s]*\}|\w(?:[\w:.#$%&+?<>~/-]*\w)?)"
_CHAPTERED = rf"(?!\s*(?:%|per ?cent|(?:{UNITS})\b)|[.,]?\d)"
#: Comments and code, in which nothing is a shortcode.
_UNREAD = (r"<!--.*?-->", r"^(```+|~~~+).*?^\1", r"`[^`\n]*`")
#: What no reader sees as prose, in order: these, shortcodes, addresses, attributes, tags.
_UNSEEN = (
    *_UNREAD,
    r"\{\{<.*?>\}\}",
    r"\]\([^)\s]*\)",
    r"<https?://[^>]*>",
    r"https?://\S+|\bwww\.\S+",
    r"\b(?:doi:\s*)?10\.\d{4,9}/\S+",
    r"\{[^{}\n]*\}",  # attributes; but see `_READ`
)
_FORMULA = re.compile(
    r"(?<![\\$])\$\$(?:(?!\n\s*\n).)+?\$\$"
    r"|(?<![\\$])\$(?=[^\s$])(?:(?!\n\s*\n)[^$])*?(?<![\s\\])\$(?![\d$])",
    re.DOTALL,
)
#: What a formula says of a sample or a test is a result there too.
_STATED = re.compile(
    r"(?<![\\A-Za-z])(?:n|N|p|P|HR|OR|RR|CI)(?:\}|_\{?\w+\}?)?\s*"
    r"(?:=|<|>|\\leq?|\\geq?|\\approx|≤|≥|≈|\\,|\\;|\s)+\s*(?P<number>[\d.,]*\d%?)"
)
_CITED = re.compile(r"\[[^\[\]]*@[^\[\]]*\]")
_IN_BRACKETS = re.compile(
    rf"{_KEY}(?:,?\s*\{{[^}}]*\}}|,\s*(?:{_LOCATOR})?{_PLACE}(?=\s*[;\],])|,?\s+{_LOCATOR}{_PLACE})?"
)
#: Citations in the text, with what follows in brackets if it is a place.
_IN_TEXT = re.compile(rf"{_KEY}(?:\s+\[(?:{_LOCATOR})?{_PLACE}\])?")
_AFTER = (
    r"</?[a-zA-Z][^>\n]*>",
    r"^ {0,3}\d+[.)] ",
    r"\^[^^\s]{1,3}\^",
    r"~[^~\s]{1,3}~",
)
#: Numbers that are parts of names.
_NAMES = (
    r"\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b",  # an ORCID
    # One word of letters, hyphens and a number; but a time or a statistic is none.
    r"(?<![\w-])(?!(?:weeks?|days?|months?|years?|hours?|ages?|aged|n|p|hr|or|rr|ci)[-‑])"
    r"[^\W\d_]\w*(?:[-‑]\w+)*?[-‑]\d+(?:[A-Za-z]\w*)?(?![\w%]|[.,]\d)",
    rf"(?<![\w.,-])\d+(?:,\d+)*[-‑](?!(?:{COUNTED})\b|(?:patient|participant)\b)"
    r"(?:[^\W\d_]{6,}|\([A-Z])",
    r"(?<![\w.,-])\d+(?:,\d+)*\([A-Z]{2,3}\)\d*[A-Z]",  # 25(OH)D
    rf"\b(?:{_SORTING})\.?(?:\s|\u00a0)+(?:\d+(?:\.\d+)*[a-z]?\b{_CHAPTERED})"
    rf"(?:\s*(?:or|to|/|–|-|and|,|&)\s*\d{{1,3}}[a-z]?\b(?!\s+(?:{COUNTED})\b){_CHAPTERED}"
    rf"|\s*(?:or|to|/|–|-)\s*\d[a-z]?\b{_CHAPTERED})*",
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s|\u00a0)+{_MONTHS}(?:(?:\s|\u00a0)+(?:19|20)\d\d)?(?!\w)",
    rf"\b{_MONTHS}(?:\s|\u00a0)+\d{{1,2}}(?:,)?(?:\s|\u00a0)+(?:19|20)\d\d(?!\w)",
    r"\b(?:19|20)\d\d-\d\d-\d\d\b",
    rf"(?<![\w.,])(?:19|20)\d\d(?![\w%]|[.,]\d|\s+(?:{COUNTED}|{UNITS})\b)",
    r"(?<![\w.,])\d+(?:\.\d+){2,}(?![\w%])",
)
#: Attributes that readers see or hear.
_READ = re.compile(r"""(?<![\w-])(?:fig-alt|fig-cap|alt|title)\s*=\s*(["'])(.*?)\1""")


def _compiled(patterns: tuple[str, ...], flags: int = 0) -> list[re.Pattern]:
    return [re.compile(pattern, re.DOTALL | re.MULTILINE | flags) for pattern in patterns]


_COMMENTS_AND_CODE = _compiled(_UNREAD)
_BEFORE_FORMULAS, _AFTER_CITATIONS = _compiled(_UNSEEN), _compiled(_AFTER)
_PARTS_OF_NAMES = _compiled(_NAMES, re.IGNORECASE)


def read(content: str) -> str:
    """A Markdown text with blanks for comments and code; lines and columns stay."""
    for pattern in _COMMENTS_AND_CODE:
        content = pattern.sub(lambda match: _blanks(match[0]), content)
    return content


def prose(content: str) -> str:
    """A Markdown text with blanks for what is no prose or a name; lines and columns stay."""
    for pattern in _BEFORE_FORMULAS:
        content = pattern.sub(_blank, content)
    content = _FORMULA.sub(_blank_formula, content)
    content = _CITED.sub(lambda match: _IN_BRACKETS.sub(_blank, match[0]), content)
    content = _IN_TEXT.sub(_blank, content)
    for pattern in (*_AFTER_CITATIONS, *_PARTS_OF_NAMES):
        content = pattern.sub(_blank, content)
    return content


def _blank(match: re.Match) -> str:
    """Blanks in place of a piece that is no prose, but for what its attributes say to readers."""
    text = match.group(0)
    blank = list(_blanks(text))
    for said in _READ.finditer(text) if text.startswith("{") else ():
        blank[said.start(2) : said.end(2)] = said.group(2)
    return "".join(blank)


def _blanks(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _blank_formula(match: re.Match) -> str:
    text = match[0]
    blank = list(_blanks(text))
    for stated in _STATED.finditer(text):
        start, end = stated.span("number")
        blank[start:end] = stated["number"]
    return "".join(blank)
