"""The printed numbers of a review, one claim per row of a `published.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import count
from pathlib import Path

import pandas as pd

from case_review import units
from case_review.audit import prints
from case_review.audit.prints import Printed, Span
from case_review.audit.rows import COUNTED, kind_of, number_of
from case_review.audit.rows import problems as row_problems
from case_review.audit.tables import refuse, require_columns, text_table
from case_review.data.problems import Problem
from case_review.data.reading import Raw
from case_review.data.schema import TABLES
from case_review.errors import ReviewError
from case_review.values import PRINTED, Text

COLUMNS = tuple(TABLES["published"].columns)
#: The path of the row that holds a table's column totals.
TOTAL = ("total",)

_DIGITS = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
#: Columns that a file must have; of the others an absent one is taken for an empty one.
REQUIRED = ("claim_id", "location", "kind", "as_printed", "value")
#: Columns that a file may have besides: of which cohort a number is where a paper has several, and,
#: in drafts, how sure the reader of the paper is (one of `SURE`).
OPTIONAL = ("cohort", "sure")
SURE = ("certain", "likely", "guess")
#: What follows it in a place is the cohort, as in `table2__validation`.
_COHORT = "__"


@dataclass(frozen=True)
class Claim:
    """One printed number.

    Parameters
    ----------
    line
        Line of the CSV file, the header being line 1.
    claim_id
        `<place>.<variable>[.<level>[.<sublevel>]].<population>.<measure>`.
    number, numerator, denominator
        Exact decimals as printed; None where the cell is empty or holds no number (a date).
    cohort
        Of whom it is said, where a paper speaks of several groups of people; else empty.
    sure
        How sure a reader of papers is of it, one of `SURE`; empty where a person typed it.
    """

    line: int
    claim_id: str
    location: str
    statement: str
    kind: str
    population: str
    as_printed: str
    value: str
    unit: str
    number: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    result_id: str
    cohort: str = ""
    sure: str = ""

    @cached_property
    def place(self) -> str:
        """Where in the paper: the first part of the id (`table1`, `abstract`, ...)."""
        return self.claim_id.split(".")[0]

    @cached_property
    def path(self) -> tuple[str, ...]:
        """Variable and levels, without place, population and measure."""
        return tuple(self.claim_id.split(".")[1:-2])

    @cached_property
    def measure(self) -> str:
        """What is printed of it, in lower case: n, pct, median, low, high, min, max, p, value."""
        return self.claim_id.split(".")[-1].lower()

    @property
    def digits(self) -> int:
        """Decimals printed (`35.7` has one); they decide at what precision a number agrees."""
        return self.printed.digits if self.printed else len(self.value.partition(".")[2])

    @property
    def span(self) -> Span | None:
        """What the number may have been before it was rounded; None where there is none."""
        if self.printed and self.number in (None, self.printed.number):
            return self.printed.span
        if self.number is None:
            return None
        # A print in words, or another number than the file holds, tells nothing of the digits.
        digits = len(self.value.partition(".")[2])
        return Printed(self.value, "=", self.number, digits).span

    @property
    def relation(self) -> str:
        """What the print says of the number: `=`, or `<`, `>`, `≤`, `≥`, `~`."""
        return self.printed.relation if self.printed else "="

    @property
    def rounded(self) -> bool:
        """Whether its digits may be rounded; a count is what it is."""
        return self.measure not in ("n", "denominator", "at_risk") and self.kind not in COUNTED

    @property
    def checkable(self) -> bool:
        """Whether a percentage can be recomputed: of so many, among more than none."""
        return self.numerator is not None and bool(self.denominator)

    def quoted(self, words: str = "") -> Text:
        """The print as a value, marked as such; other `words` about the claim stay words.

        Units are written as the report writes them.
        """
        shown = units.shown(words or self.as_printed)
        if self.number is None or words not in ("", self.as_printed):
            return Text(shown, standing=PRINTED)
        return Text(shown, float(self.number), unit=self.unit, standing=PRINTED)

    @cached_property
    def printed(self) -> Printed | None:
        """The number in `as_printed` that is meant, or None where it is written in words.

        A cell may print several, as `31 (36.9%)` does: that one is meant which the file holds.
        """
        found = prints.readings(self.as_printed or self.value)
        same = [one for one in found if one.number == self.number]
        digits = len(self.value.partition(".")[2])
        same.sort(key=lambda one: (one.percent != (self.kind == "percent"), one.digits != digits))
        return next(iter(same or found), None)

    @property
    def printed_number(self) -> Decimal | None:
        """That number as an exact decimal."""
        return self.printed.number if self.printed else None


def with_unit(claim: Claim) -> str:
    """A claim's number with its unit, and with as many digits as are printed."""
    unit = "%" if claim.unit == "%" else f" {claim.unit}" if claim.unit else ""
    shown = claim.printed if claim.printed_number == claim.number else None
    return f"{shown.number if shown else claim.number.normalize():f}{unit}"


class Claims:
    """All claims of a paper, found by id or by their parts.

    `rows` holds what is printed of one thing at one place, by place and path: by population, and
    then by measure.
    """

    def __init__(self, claims: Iterable[Claim], source: str = "published.csv"):
        self.source = source
        self.claims = tuple(claims)
        self._by_id = {claim.claim_id: claim for claim in self.claims}
        self.rows: dict[tuple[str, tuple[str, ...]], dict[str, dict[str, Claim]]] = {}
        for claim in self.claims:
            row = self.rows.setdefault((claim.place, claim.path), {})
            row.setdefault(claim.population, {})[claim.measure] = claim

    def __iter__(self) -> Iterator[Claim]:
        return iter(self.claims)

    def __len__(self) -> int:
        return len(self.claims)

    def __contains__(self, claim_id: str) -> bool:
        return claim_id in self._by_id

    def __getitem__(self, claim_id: str) -> Claim:
        if claim_id not in self:
            raise ReviewError(
                f"{self.source} has no claim '{claim_id}'. Correct the id where it is used, "
                "or add the printed number to the file."
            )
        return self._by_id[claim_id]

    def find(self, place: str, path: tuple[str, ...], population: str, measure: str):
        """The claim with exactly these parts, or None."""
        return self._by_id.get(".".join([place, *path, population, measure]))

    def siblings(self, claim: Claim) -> Mapping[str, Claim]:
        """What is printed of the same thing and population at the same place, by measure."""
        return self.rows[claim.place, claim.path][claim.population]

    def total(self, claim: Claim) -> Claim | None:
        """How many its population has at its place, or None where that is not printed."""
        return self.find(claim.place, TOTAL, claim.population, "n")

    def restatements(self, claim: Claim) -> list[Claim]:
        """The claims that state the same number elsewhere: of one result, or of one path."""
        return [
            other
            for other in self
            if other is not claim
            and (other.measure, other.population) == (claim.measure, claim.population)
            and (
                other.path == claim.path or (claim.result_id and other.result_id == claim.result_id)
            )
        ]

    def parent(self, claim: Claim) -> Claim | None:
        """The count that `claim` is a part of: one level up, or its table's column total."""
        upper = claim.path[:-1]
        found = self.find(claim.place, upper, claim.population, "n") if upper else None
        if found is None and len(claim.path) == 2:
            found = self.find(claim.place, TOTAL, claim.population, "n")
        return found

    def number(self, claim_id: str) -> int:
        """The value of a count, as an int."""
        claim = self[claim_id]
        if claim.number is None or claim.number != int(claim.number):
            raise ReviewError(
                f"{self.source}, line {claim.line}, column value: '{claim.value}' of {claim_id} "
                "is used as a count, so it must be a whole number."
            )
        return int(claim.number)


def read(path: Path) -> Claims:
    """The claims of a file in the format of `data/raw/published.csv`.

    Raises
    ------
    ReviewError
        If the file is missing or unreadable, lacks a column, holds no number, or a row breaks the
        format.
    """
    frame = text_table(Path(path))
    frame.columns = [name.strip().lower() for name in frame.columns]
    require_columns(frame, REQUIRED, str(path))
    found = from_rows(frame.to_dict("records"), str(path), frame.index)
    if not len(found):
        raise ReviewError(f"{path} holds no printed numbers below its header row. Add them.")
    return found


def from_frame(frame: pd.DataFrame, source: str = "published.csv") -> Claims:
    """The claims of a table of text cells, checked as `read` does."""
    require_columns(frame, REQUIRED, source)
    return from_rows(frame.to_dict("records"), source)


def from_rows(
    rows: Iterable[Mapping[str, str]], source: str, lines: Iterable[int] | None = None
) -> Claims:
    """The claims of rows of text cells by column, checked as `read` does; drafts call it.

    Parameters
    ----------
    lines
        Where the rows stand in the file; by default one after another below a header.
    """
    found: list[Claim] = []
    known: dict[str, int] = {}
    wrong: list[str] = []
    for line, row in zip(count(2) if lines is None else lines, rows, strict=False):
        told = list(row_problems(row, known))
        wrong += [f"{source}, line {line}, column {problem}" for problem in told]
        if not told:
            found.append(_claim(row, line))
            known[found[-1].claim_id] = line
    refuse(wrong)
    return Claims(found, source)


def problems(raw: Raw) -> list[Problem]:
    """What could not be read of the printed numbers among the raw tables, for `data.intake`."""
    source = "data/raw/published.csv"
    try:
        if "published" not in raw.unsound:
            from_frame(raw.tables["published"], source)
    except ReviewError as error:
        said = str(error).splitlines()
        return [Problem(source, None, "", "", one.removeprefix(f"{source}, ")) for one in said]
    return []


def _claim(row: Mapping[str, str], line: int) -> Claim:
    texts = {name: row.get(name, "").strip() for name in (*COLUMNS, *OPTIONAL)}
    numbers = {name: number_of(row, name) for name in ("value", "numerator", "denominator")}
    number = numbers.pop("value")
    texts["kind"] = kind_of(row)
    place, *_, texts["population"], _ = texts["claim_id"].split(".")
    texts["cohort"] = texts["cohort"] or place.partition(_COHORT)[2]
    if number is not None and not _DIGITS.fullmatch(texts["value"]):
        texts["value"] = f"{number:f}"
    return Claim(line=line, number=number, **(texts | numbers))
