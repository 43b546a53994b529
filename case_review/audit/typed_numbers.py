"""Results typed by hand: numbers in the manuscript, captions and alt texts outside the registry.

A number in prose must come from `{{< result ID >}}`. Whatever else is a number (a confidence level,
a year, a dose cited from other work) stands in `report/typed-numbers.yml` with the reason why it
may be typed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from case_review import registry
from case_review.audit.prose import COUNTED, UNITS, prose, read
from case_review.data import yaml_file
from case_review.errors import ReviewError
from case_review.parameters import cell_options, params_file
from case_review.project import Project

MANUSCRIPT = "index.qmd"
ALLOWED = "typed-numbers.yml"
#: Entries of the manuscript's YAML header that readers see as prose.
PROSE_KEYS = ("title", "subtitle", "abstract", "keywords")

_RESULT = re.compile(r"\{\{<\s*result\s+([^\s>]+)[^>]*>\}\}")
_NUMERAL = re.compile(
    r"(?<![\w.,])[-−]?(?:\d++(?:[,. \u202f]\d{3}(?!\d))*+(?:\.\d++)?+|\.\d++)(?:\s?%)?+"
    rf"(?:(?![A-Za-z])|(?=(?:{UNITS})(?![A-Za-z])))"
)
_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    "seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|"
    "thousand|million|dozen"
)
_PART = "half|third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_WHOM = (
    r"(?:of\s+)?(?:(?:the|all|these|those|our|their|its)\s+)?(?:(?!of\b)[a-z-]+\s+)?"
    rf"(?:{COUNTED})\b"
)
#: Number words count as results only where they count something: "two groups" is plain English.
_NUMBER_WORD = re.compile(
    rf"\b(?:{_WORDS})(?:[- ](?:{_WORDS}|one))?\s+(?:of\s+the\s+|(?!of\b)[a-z-]+\s+)?"
    rf"(?:{COUNTED})\b"
    # Fractions: "two thirds", "a third of", "half of the patients", "one in five".
    rf"|\b(?:{_WORDS})[- ](?:halves|(?:{_PART})s?)\b"
    rf"|\b(?:a|one|the other)[- ](?:{_PART})\s+of\b"
    rf"|\bhalf\s+(?:of\s+(?:them|those)\b|{_WHOM})"
    rf"|\b(?:{_WORDS}|one)\s+(?:in|out\s+of)\s+(?:every\s+)?(?:{_WORDS})\b"
    rf"|\b(?:{_WORDS})[- ]?fold\b|\btwice\s+as\s+(?:many|much|often|likely|long)\b",
    re.IGNORECASE,
)
#: Options of a cell that readers see or hear.
_CAPTIONS = ("fig-cap", "fig-alt", "tbl-cap", "fig-subcap", "tbl-subcap")


@dataclass(frozen=True)
class Problem:
    """Something typed that should have come from the registry.

    Parameters
    ----------
    file, line
        Where, the line counted from 1; for a notebook the line within the named cell.
    text
        The number or the id.
    message
        What is wrong and what to do.
    """

    file: str
    line: int
    text: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.message}"


def check(project: Project, captions: bool = True) -> list[Problem]:
    """All typed results and unknown result ids of a project's manuscript, captions and alt texts.

    Unknown ids are reported once results are recorded; before that none can be known.

    Parameters
    ----------
    captions
        Whether captions and alt texts are read; not where it is known that nothing is wrong there.
    """
    allowed, problems = read_allowed(project.report / ALLOWED)
    allowed += _names(project)
    known = registry.load(project.results)
    for file, content in (*_manuscript(project), *(_captions(project) if captions else ())):
        problems += typed(file, content, allowed)
        problems += _unknown(file, content, known) if known else ()
    return problems


def read_allowed(path: Path) -> tuple[list[re.Pattern], list[Problem]]:
    """The allow-list as patterns of what may be typed, and what is wrong with it.

    The file is a list of entries with `text` (literal) or `pattern` (regular expression), and a
    `reason`. No file means that nothing is allowed.
    """
    if not path.is_file():
        return [], []
    name = f"{path.parent.name}/{path.name}"
    try:
        entries = yaml_file.load(yaml_file.read_text(path, name), name) or []
    except ReviewError as error:
        return [], [Problem(name, 1, "", f"is not readable as YAML: {error}")]
    if not isinstance(entries, list):
        return [], [Problem(name, 1, "", "should be a list of entries with text and reason.")]
    allowed, problems = [], []
    for index, entry in enumerate(entries):
        line = yaml_file.line(entries, index)
        try:
            allowed.append(_allowed(entry))
        except (ValueError, re.error) as error:
            problems.append(Problem(name, line, "", f"this entry {error}"))
    return allowed, problems


def _names(project: Project) -> list[re.Pattern]:
    """What groups and exposures are called, `IV Ig (0.4 g/kg)`: such a number is no result."""
    shared = params_file.in_force(project)[params_file.SHARED]
    exposures = (shared.get("words") or {}).get("exposures") or []
    names = {str(name) for pair in shared.get("groups", {}).items() for name in pair}
    names |= {str(name) for name in exposures}
    return [
        _exactly(name, re.IGNORECASE)
        for name in sorted(names)
        if any(sign.isdigit() for sign in name) and not name.isdigit()
    ]


def _allowed(entry) -> re.Pattern:
    if not isinstance(entry, dict) or set(entry) not in ({"text", "reason"}, {"pattern", "reason"}):
        raise ValueError("should have `text` or `pattern`, and a `reason`, and nothing else.")
    if not str(entry["reason"] or "").strip():
        raise ValueError("has an empty reason; say why this number may be typed.")
    if "pattern" in entry:
        return re.compile(str(entry["pattern"]))
    return _exactly(str(entry["text"]))


def _exactly(text: str, flags: int = 0) -> re.Pattern:
    """A text and nothing longer: one that ends in a digit is not the beginning of a number."""
    return re.compile(rf"(?<![\w.]){re.escape(text)}(?!\w|\.\d)", flags)


def typed(file: str, content: str, allowed: Collection[re.Pattern] = ()) -> list[Problem]:
    """The result-like numbers of a piece of Markdown that no entry of the allow-list covers."""
    content = prose(content)
    problems = []
    for number, line in enumerate(content.split("\n"), start=1):
        covered = [match.span() for pattern in allowed for match in pattern.finditer(line)]
        found = [*_NUMERAL.finditer(line), *_NUMBER_WORD.finditer(line)]
        for match in sorted(found, key=re.Match.start):
            text, start = match.group(0), match.start()
            end = start + len(text.rstrip("% \u00a0"))
            if any(low <= start and end <= high for low, high in covered):
                continue
            message = (
                f"'{text}' is typed, not taken from the registry. Write {{{{< result ID >}}}}, or, "
                f"if it is no result of this report, add it to report/{ALLOWED} with the reason."
            )
            problems.append(Problem(file, number, text, message))
    return problems


def _manuscript(project: Project) -> Iterator[tuple[str, str]]:
    """(file, Markdown): the manuscript with its header blanked but for `PROSE_KEYS`."""
    path = project.report / MANUSCRIPT
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    ends = [i for i, line in enumerate(lines) if i and line.strip() in ("---", "...")]
    header, kept = ends[0] if lines[0].strip() == "---" and ends else -1, False
    for i in range(header + 1):
        if key := re.match(r"([A-Za-z][\w-]*)\s*:", lines[i]):
            kept = key.group(1) in PROSE_KEYS
        lines[i] = lines[i] if kept else ""
    yield project.relative(path), "\n".join(lines)


def _captions(project: Project) -> Iterator[tuple[str, str]]:
    """Captions and alt texts of the notebooks' cells, each with the line within its cell."""
    for path in sorted(project.notebooks.glob("*.ipynb")):
        name = project.relative(path)
        for cell in params_file.cells(path):
            if cell.get("cell_type") == "code":
                source = params_file.source_of(cell)
                where = cell_options.label(source) or cell.get("id", "?")
                lines = cell_options.lines(source)
                kept = [text if option in _CAPTIONS else "" for option, text in lines]
                yield f"{name}, cell {where}", "\n".join(kept)


def _unknown(file: str, content: str, known: dict) -> Iterator[Problem]:
    for number, line in enumerate(read(content).split("\n"), start=1):
        for match in _RESULT.finditer(line):
            name = match.group(1).strip("\"'")
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                message = f"no notebook records the result {name}.{hint}"
                yield Problem(file, number, name, message)
