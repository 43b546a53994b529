"""What is drafted from a paper: rows as in `published.csv`, and what was left unread and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from case_review.audit import claims
from case_review.audit.papers import numbers
from case_review.audit.papers.columns import Column
from case_review.audit.prints import Printed
from case_review.values.identifiers import identifier

#: Columns of the CSV that a person corrects.
COLUMNS = (*claims.COLUMNS, *claims.OPTIONAL)
#: Kind of a claim by what it measures; counts are parts of a whole or not.
_KINDS = {
    "n": "subset", "denominator": "subset", "pct": "percent", "mean": "mean", "sd": "sd",
    "se": "sd", "median": "median", "q1": "range", "q3": "range", "min": "range", "max": "range",
    "low": "limit", "high": "limit", "hr": "ratio", "or": "ratio", "rr": "ratio", "p": "p-value",
    "t": "statistic", "f": "statistic", "chi2": "statistic", "z": "statistic", "r": "statistic",
    "df": "statistic", "df1": "statistic", "df2": "statistic",
}  # fmt: skip
#: Digits of a whole number, at most; longer ones count no people.
LONGEST = 9
_RANGE = re.compile(r"(?<=\w)\s?[–—]\s?(?=\d)|(?<=\d)-(?=\d)")


class Unread(NamedTuple):
    """Something with digits that was not read: where it stands, what is printed, and why."""

    place: str
    text: str
    why: str


@dataclass
class Draft:
    """The claims drafted from one file.

    Parameters
    ----------
    rows
        One printed number each, with the columns of `COLUMNS`.
    unread
        What holds digits and was left out.
    cells
        Cells with digits in the body of tables, and how many of them were read.
    missed
        What the reader of the file may not have seen at all.
    """

    title: str = ""
    reader: str = ""
    rows: list[dict[str, str]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    cells: int = 0
    cells_read: int = 0
    missed: list[str] = field(default_factory=list)

    def __post_init__(self):
        self._ids: set[str] = set()
        self._rows: dict[tuple, object] = {}
        self._tried: dict[tuple, int] = {}

    def path(
        self, place: str, labels: tuple[str, ...], row: object, population: str, measures
    ) -> tuple[str, ...]:
        """The path of labels, made another one if another row, or the same measures, have it.

        Parameters
        ----------
        row
            What tells rows apart.
        """
        own = [_slug(label) for label in labels]
        first = (place, *own, population)
        tried = 1
        # Where many rows have one name, those that were tried before are taken.
        if self._rows.get(first, row) != row and self._tried.get(first, 1) > 1:
            tried = self._tried[first]
            own[-1] = f"{_slug(labels[-1])}_{tried}"
        while self._rows.setdefault((place, *own, population), row) != row or any(
            self._id(place, own, population, one) in self._ids for one in measures
        ):
            tried += 1
            own[-1] = f"{_slug(labels[-1])}_{tried}"
        self._tried[first] = tried
        return tuple(own)

    @staticmethod
    def _id(place: str, path, population: str, measure: str) -> str:
        return ".".join([place, *path, population, measure])

    def add(
        self, place: str, path: tuple[str, ...], population: str, measure: str, number: Printed,
        location: str, statement: str, sure: str,
    ) -> dict[str, str] | None:  # fmt: skip
        """Add a claim; None, and a line among the unread, if its number cannot be one."""
        value = numbers.plain(number)
        if len(value.lstrip("-").partition(".")[0]) > LONGEST or number.digits > LONGEST:
            self.unread.append(Unread(location, number.text, "more digits than a result has"))
            return None
        kind = _KINDS.get(measure, "level")
        if value.startswith("-") and kind in ("count", "subset", "percent"):
            kind, measure = "level", "value" if measure != "pct" else "pct_change"
        if kind == "subset" and number.digits:
            kind, measure = "level", "value"
        claim_id = self._id(place, path, population, measure)
        if claim_id in self._ids:
            self.unread.append(Unread(location, number.text, "the same number stands there twice"))
            return None
        self._ids.add(claim_id)
        row = dict.fromkeys(COLUMNS, "") | {
            "claim_id": claim_id,
            "location": location,
            "statement": statement,
            "kind": kind,
            "population": population,
            "as_printed": printed(number),
            "value": value,
            "unit": "%" if measure in ("pct", "pct_change") else "",
            # Rows of one name in two tables are seldom the same number.
            "cohort": place,
            "sure": sure,
        }
        self.rows.append(row)
        return row


@dataclass
class Line:
    """The numbers of one cell as they were added to a draft.

    Parameters
    ----------
    labels
        Sections and label of its row, without words such as `n (%)`.
    claims, numbers
        The rows of the draft by measure, and what they were read from.
    count_elsewhere
        The count of a percentage that has a column of its own.
    shared, share
        Whether its percentage stands in a column of its own, and this percentage.
    """

    row: int
    labels: tuple[str, ...]
    column: Column
    path: tuple[str, ...] = ()
    claims: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, Printed] = field(default_factory=dict)
    count_elsewhere: Decimal | None = None
    shared: bool = False
    share: Printed | None = None

    @property
    def count(self) -> Decimal | None:
        """How many it counts, if it is a count."""
        own = self.numbers.get("n") if "n" in self.claims else None
        return own.number if own else self.count_elsewhere

    @property
    def whole(self) -> Decimal | None:
        """Its number if it is a whole one and may count something."""
        own = self.numbers.get("n") or self.numbers.get("value")
        exact = own is not None and not own.digits and own.number >= 0 and own.relation == "="
        return own.number if exact else None

    @property
    def any(self) -> Decimal:
        """Its count or whole number."""
        return self.count if self.count is not None else self.whole or Decimal(0)


def _slug(label: str) -> str:
    """A label as a part of an id; a dash between numbers is `to`."""
    return identifier(_RANGE.sub(" to ", label))


def printed(number: Printed) -> str:
    """The characters of a number, without the dash that joined it to the one before."""
    joined = number.number >= 0 and number.relation == "="
    return number.text.lstrip("-–—−‐‑ ") if joined else number.text
