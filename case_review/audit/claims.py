"""The printed numbers of a review, one claim per row of a `published.csv`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import pandas as pd

from case_review import units
from case_review.audit import prints
from case_review.audit.prints import Printed, Span
from case_review.data import raw_file
from case_review.data.problems import Problem, visible
from case_review.data.reading import Raw
from case_review.data.schema import TABLES
from case_review.errors import ReviewError
from case_review.values import PRINTED, Text

COLUMNS = tuple(TABLES["published"].columns)
#: What a printed number can be; `cited`, `date` and `method` say why it is no result of the paper.
KINDS = TABLES["published"].columns["kind"].values
#: The path of the row that holds a table's column totals.
TOTAL = ("total",)

_COUNTED = ("count", "subset")
_ID_PART = re.compile(r"\w+", re.ASCII)
# Exponents and digits without end would keep exact arithmetic busy for ever.
_VALUE = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?", re.ASCII)
#: Columns that a file may have besides: of which cohort a number is where a paper has several, and,
#: in drafts, how sure the reader of the paper is (one of `SURE`).
OPTIONAL = ("cohort", "sure")
SURE = ("certain", "likely", "guess")


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

    @property
    def place(self) -> str:
        """Where in the paper: the first part of the id (`table1`, `abstract`, ...)."""
        return self.claim_id.split(".")[0]

    @property
    def path(self) -> tuple[str, ...]:
        """Variable and levels, without place, population and measure."""
        return tuple(self.claim_id.split(".")[1:-2])

    @property
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
        return self.printed.span if self.printed else None

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
        """The first number in `as_printed`, or None where it is written in words."""
        # Of `(20).0` the brackets are misplaced.
        return prints.read(self.as_printed.replace("(", "").replace(")", ""))

    @property
    def printed_number(self) -> Decimal | None:
        """That number as an exact decimal."""
        return self.printed.number if self.printed else None


def with_unit(claim: Claim) -> str:
    """A claim's number with its unit."""
    unit = "%" if claim.unit == "%" else f" {claim.unit}" if claim.unit else ""
    return f"{claim.number.normalize():f}{unit}"


class Claims:
    """All claims of a paper, found by id or by their parts."""

    def __init__(self, claims: Iterable[Claim], source: str = "published.csv"):
        self.source = source
        self.claims = tuple(claims)
        self._by_id = {claim.claim_id: claim for claim in self.claims}
        self._siblings: dict[tuple, dict[str, Claim]] = defaultdict(dict)
        self._across: dict[tuple, dict[str, Claim]] = defaultdict(dict)
        for claim in self.claims:
            self._siblings[claim.place, claim.path, claim.population][claim.measure] = claim
            self._across[claim.place, claim.path, claim.measure][claim.population] = claim

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
        return self._siblings[claim.place, claim.path, claim.population]

    def across(self, claim: Claim) -> Mapping[str, Claim]:
        """The same measure of the same thing at the same place, by population."""
        return self._across[claim.place, claim.path, claim.measure]

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
    found = from_frame(text_table(Path(path)), str(path))
    if not len(found):
        raise ReviewError(f"{path} holds no printed numbers below its header row. Add them.")
    return found


def text_table(path: Path) -> pd.DataFrame:
    """The cells of a CSV file or spreadsheet as text.

    Raises
    ------
    ReviewError
        If the file is missing or unreadable, a row has more or fewer cells than the header, or
        nobody can tell what a cell of a spreadsheet means.
    """
    try:
        found = raw_file.read_path(path)
    except raw_file.FileProblem as problem:
        place = f"{path}, line {problem.row}" if problem.row else path
        raise ReviewError(f"{place}: {problem.message}") from None
    header, rows = found.lines[0][1], found.lines[1:]
    for cell in found.wrong[:1]:
        column = header[cell.position] if cell.position < len(header) else "beside the table"
        raise ReviewError(
            f"{path}, line {cell.line}, column {column}: found '{visible(cell.value)}'; "
            f"{cell.message}"
        )
    for line, cells in rows:
        if len(cells) != len(header):
            raise ReviewError(
                f"{path}, line {line}: found {len(cells)} cells where the header has "
                f"{len(header)}. A cell that holds a comma needs quotation marks around it."
            )
    return pd.DataFrame([cells for _, cells in rows], columns=header, dtype=str)


def require_columns(frame: pd.DataFrame, expected: Sequence[str], source: str) -> None:
    """Refuse a table that lacks a column, naming it and all that are expected."""
    missing = [name for name in expected if name not in frame.columns]
    if missing:
        raise ReviewError(
            f"{source} lacks the column(s) {', '.join(missing)}; expected {', '.join(expected)}."
        )


def from_frame(frame: pd.DataFrame, source: str = "published.csv") -> Claims:
    """The claims of a table of text cells, checked as `read` does."""
    require_columns(frame, COLUMNS, source)
    return from_rows(frame.to_dict("records"), source)


def from_rows(rows: Iterable[Mapping[str, str]], source: str) -> Claims:
    """The claims of rows of text cells by column, checked as `read` does; drafts call it."""
    found: dict[str, Claim] = {}
    for line, row in enumerate(rows, start=2):
        claim = _claim(row, line, source)
        if claim.claim_id in found:
            raise ReviewError(
                f"{source}, line {line}, column claim_id: '{claim.claim_id}' stands already in "
                f"line {found[claim.claim_id].line}. Give each printed number its own id."
            )
        found[claim.claim_id] = claim
    return Claims(found.values(), source)


def problems(raw: Raw) -> list[Problem]:
    """What could not be read of the printed numbers among the raw tables, for `data.intake`."""
    source = "data/raw/published.csv"
    try:
        if "published" not in raw.unsound:
            from_frame(raw.tables["published"], source)
    except ReviewError as error:
        return [Problem(source, None, "", "", str(error).removeprefix(f"{source}, "))]
    return []


def _claim(row: Mapping[str, str], line: int, source: str) -> Claim:
    parts = row["claim_id"].split(".")
    if len(parts) < 4 or not all(map(_ID_PART.fullmatch, parts)):
        raise ReviewError(
            f"{source}, line {line}, column claim_id: '{row['claim_id']}' is not of the form "
            "place.variable[.level].population.measure, e.g. table1.sex.male.all.n."
        )
    if parts[-2] != row["population"]:
        raise ReviewError(
            f"{source}, line {line}, column population: '{row['population']}' differs from the "
            f"last but one part of the id '{row['claim_id']}'. Make them equal."
        )
    if row["kind"] not in KINDS:
        raise ReviewError(
            f"{source}, line {line}, column kind: '{row['kind']}' of {row['claim_id']} is unknown; "
            f"write one of {', '.join(KINDS)}."
        )
    # A date or a word is a value, too; only counts and percentages must be numbers.
    strict = row["kind"] in (*_COUNTED, "percent")
    return Claim(
        line=line,
        **{name: row[name] for name in COLUMNS if name not in ("numerator", "denominator")},
        number=_decimal(row, "value", line, source, strict),
        numerator=_decimal(row, "numerator", line, source, True),
        denominator=_decimal(row, "denominator", line, source, True),
        **{name: row.get(name, "") for name in OPTIONAL},
    )


def _decimal(row: dict[str, str], column: str, line: int, source: str, strict: bool):
    text = row[column].strip()
    if not text and not (strict and column == "value"):
        return None
    number = Decimal(text) if _VALUE.fullmatch(text) else None
    if not strict:
        return number
    place = f"{source}, line {line}, column {column}: '{text}' of {row['claim_id']}"
    if number is None or text.startswith("-"):
        raise ReviewError(
            f"{place} is not a number. Write digits with a decimal point, without signs or units, "
            "at most nine before and nine after the point."
        )
    if number % 1 and (column != "value" or row["kind"] in _COUNTED):
        raise ReviewError(f"{place} counts something, so it must be a whole number.")
    return number
