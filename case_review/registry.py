"""The result registry: every number that prose may show, with where it came from.

`report/results/<notebook>.json` holds the results of one notebook. Nothing else in the project
carries a computed number into the manuscript.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path

from case_review import values
from case_review.errors import ReviewError
from case_review.files import to_json, write_text
from case_review.values import Spread, Value, Varying
from case_review.values.identifiers import identifier, identifiers

__all__ = ["identifier", "identifiers"]  # which notebooks and other modules know from here

ID_PATTERN = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_LONGEST_ID, _LONGEST_TEXT = 200, 2000
#: The largest whole number that every program which reads the registry holds exactly.
_LARGEST = 2**53
#: What is written where a number was expected and there was none.
NO_NUMBER = re.compile(r"(?<![\w.-])[-+\u2212]?(?:nan|NaN|NaT|<NA>|inf)(?![\w.-])|^None$")


class RegistryError(ReviewError):
    """A result that cannot be recorded, or that is asked for and does not exist."""


def check_given(id: str, value, text: str | None = None, details: Iterable[str] = ()) -> None:
    """Refuse what is neither a value of `case_review.values` nor a plain number or text.

    Raises
    ------
    RegistryError
        Also for a number that is none: what cannot be estimated says so as an `Estimate`; for a
        `text` that prose could not show, and for `details` that are no fields of a result.
    """
    if text is not None:
        check_text(id, text)
    if unknown := sorted(set(details) - {field.name for field in fields(Result)}):
        raise RegistryError(f"result {id}: {', '.join(unknown)} is no part of a result")
    if isinstance(value, Value):
        if any(isinstance(part, float) and math.isinf(part) for part in vars(value).values()):
            raise RegistryError(
                f"result {id}: {value!r} is infinite somewhere; what is not estimable is NaN there"
            )
        return
    number = value.item() if hasattr(value, "item") and not getattr(value, "ndim", 0) else value
    if isinstance(number, bool) or not isinstance(number, int | float | str):
        raise RegistryError(
            f"result {id}: value is {repr(value)[:80]} ({type(value).__name__}); record a plain "
            "number, a text, or a value of case_review.values, such as Count(25, of=84)"
        )
    if isinstance(number, float) and not math.isfinite(number):
        raise RegistryError(
            f"result {id}: value is {number}. Something was worked out from nothing, such as the "
            "mean of an empty column: look at what it was made from. Where it is right that there "
            "is no estimate, record Number(math.nan) or Estimate(math.nan, math.nan, math.nan) of "
            "case_review.values, which print `not estimable`"
        )
    if not isinstance(number, str) and abs(number) > _LARGEST:
        raise RegistryError(
            f"result {id}: value has more digits than can be kept (above 2^53); give it in a "
            "larger unit"
        )


def check_text(id: str, text) -> None:
    """Refuse a text that prose could not show, or that says that there is no number."""
    if not isinstance(text, str):
        raise RegistryError(
            f"result {id}: text is {text!r} ({type(text).__name__}); give it as text, such as "
            f'text="{text}", or leave it out: the value then prints itself'
        )
    if not text.strip():
        raise RegistryError(f"result {id} has no text: prose could not show it")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text):
        raise RegistryError(
            f"result {id}: text is {text[:200]!r}; prose shows one line without control "
            "characters: write it without"
        )
    if len(text) > _LONGEST_TEXT:
        raise RegistryError(
            f"result {id}: text has {len(text):,} characters; prose takes {_LONGEST_TEXT:,} at most"
        )
    if found := NO_NUMBER.search(text):
        raise RegistryError(
            f"result {id}: text is {text!r}, and {found[0]} is no number. Look at what it was made "
            "from; what is not estimable is said by a value of case_review.values without `text`"
        )


@dataclass(frozen=True)
class Result:
    """One recorded number.

    Parameters
    ----------
    id
        Dotted name, e.g. `response.median_weeks`.
    value, low, high
        The estimate and its confidence limits; None where there is none (R's NA).
    unit
        Unit of `value`, `low` and `high` (`patients`, `weeks`, `hours`, ...; empty for none).
    n, of
        Numerator and denominator, or the number of patients behind an estimate (`n`).
    text
        The only form that prose may show.
    label
        What it is, in plain words for readers; empty where nobody said.
    cell
        Label of the notebook cell that computed it.
    inputs
        SHA-256 of every data file read for it, by path.
    standing
        What it rests on, one of `values.STANDINGS`.
    least, most
        Of a number that varies, its ends over all data sets that agree with the print.
    proved
        Whether an optimiser proved that no data set lies outside these ends; None where there are
        none.
    """

    id: str
    value: float | int | str | None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    n: int | None = None
    of: int | None = None
    text: str = ""
    label: str = ""
    cell: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    standing: str = ""
    least: float | None = None
    most: float | None = None
    proved: bool | None = None

    @property
    def mark(self) -> str:
        """The letter beside the number that says what it rests on."""
        return values.MARKS[self.standing]

    def __post_init__(self):
        known = isinstance(self.id, str) and ID_PATTERN.fullmatch(self.id)
        if not known or len(self.id) > _LONGEST_ID:
            raise RegistryError(
                f"{str(self.id)[:100]!r} is not a result id: write lower-case words joined by "
                f"dots, such as response.median_weeks, at most {_LONGEST_ID} characters"
            )
        check_text(self.id, self.text)
        if self.label:
            check_text(f"{self.id}, its label", self.label)
        if self.standing not in values.MARKS:
            raise RegistryError(
                f"result {self.id}: standing is {self.standing!r}; it is one of "
                f"{', '.join(values.STANDINGS)}"
            )
        for name in ("value", "low", "high", "n", "of", "least", "most"):
            value = _plain(getattr(self, name))
            if not isinstance(value, int | float | str | None):
                raise RegistryError(
                    f"result {self.id}: {name} is {value!r} ({type(value).__name__}); record a "
                    "plain number, a text or None"
                )
            object.__setattr__(self, name, value)


def _plain(value):
    """A JSON-safe scalar: numpy types unwrapped, NaN (R's NA) as None."""
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


@dataclass(frozen=True)
class Recorded(Result):
    """A result as read back, with the notebook that recorded it."""

    notebook: str = ""


def write(
    path: Path,
    notebook: str,
    parameters: dict,
    results: Iterable[Result],
    **exhibits: Mapping,
) -> None:
    """Write one notebook's results, and what its `tables` and `figures` show, as JSON, atomically.

    `tables` has an entry per table, by the label of its cell, with its `inputs` and its `cells`:
    row and column (from 0), the result that the cell shows if it was recorded, what that is called
    in plain words, which part of the value it shows, and the fields of the value. `figures` has the
    `inputs` of each, and whether it shows `ends` of what varies.
    """
    document = {"notebook": notebook, "parameters": parameters}
    document["results"] = [asdict(result) for result in results]
    document |= {name: dict(entries) for name, entries in exhibits.items() if entries}
    write_text(path, to_json(document))


def read(path: Path) -> list[Recorded]:
    """The results of one notebook, taken apart once: every exhibit of a page asks."""
    return list(_results(Path(path).read_bytes()))


@lru_cache(maxsize=64)
def _results(content: bytes) -> list[Recorded]:
    document = json.loads(content)
    return [Recorded(**entry, notebook=document["notebook"]) for entry in document["results"]]


def read_tables(path: Path) -> dict[str, dict]:
    """The numbers in the tables of one notebook, by label; see `write`."""
    return json.loads(Path(path).read_text(encoding="utf-8")).get("tables", {})


def load(folder: Path) -> dict[str, Recorded]:
    """All results under `folder`, by id.

    Raises
    ------
    RegistryError
        If two notebooks recorded the same id.
    """
    results: dict[str, Recorded] = {}
    for path in sorted(Path(folder).glob("*.json")):
        for result in read(path):
            if result.id in results:
                other = results[result.id]
                raise RegistryError(
                    f"{result.id} is recorded twice: by {other.notebook} (cell {other.cell}) and "
                    f"by {result.notebook} (cell {result.cell}). Rename one of them."
                )
            results[result.id] = result
    return results


# -- what is known of results before they are recorded ---------------------------------------------

#: Columns of the table of standings, which `00_reconstruction` writes to `data/clean/`.
STANDING_COLUMNS = (
    "result_id", "standing", "value", "half", "least", "middle", "most", "lower", "upper", "proved",
)  # fmt: skip

#: Stands in that table for every result that a notebook would call determined by the print.
ANY = "*"


@dataclass(frozen=True)
class Known:
    """What is known of a result before it is recorded: that it is printed, or how it varies.

    Parameters
    ----------
    standing
        `printed` or `varies`.
    value, half
        The printed number in the unit of the result, and half a unit of its last digit; NaN where
        the print is not held against the result here.
    spread, limits
        Of a result that varies, over all data sets.
    """

    standing: str
    value: float = math.nan
    half: float = math.nan
    spread: Spread | None = None
    limits: Spread | None = None

    def of(self, found: Value) -> Value | None:
        """`found` with this standing; None if it is called printed and is another number."""
        given = found.fields()["value"]
        if self.standing == values.VARIES:
            # Words, such as that there is no comparison, have no ends.
            spread = () if isinstance(given, str) else (self.spread, self.limits)
            return Varying(found, *spread)
        if not math.isnan(self.value) and isinstance(given, int | float):
            # A five at the end may have been rounded either way; binary fractions miss it narrowly.
            near = abs(given - self.value) <= self.half + 1e-9 * max(1.0, abs(self.value))
            if not near:
                return None
            # The print knows no further digits of a p-value, and those of one data set are its own.
            found = found.at(self.value) if isinstance(found, values.PValue) else found
        return found.stands(self.standing)


def read_known(path: Path) -> dict[str, Known]:
    """The table of standings by result id; nothing if the file does not exist."""
    if not Path(path).is_file():
        return {}
    import pandas as pd  # not needed to read results, and large

    known = {}
    for row in pd.read_csv(path).to_dict("records"):
        varies = row["standing"] == values.VARIES
        spread = Spread(row["least"], row["most"], row["middle"], bool(row["proved"] == "yes"))
        # A limit that some set has not is not estimable over all of them: NaN.
        ends = row["lower"], row["upper"]
        limits = None if all(map(pd.isna, ends)) else Spread(*ends)
        known[row["result_id"]] = Known(
            row["standing"], row["value"], row["half"],
            spread if varies else None, limits if varies else None,
        )  # fmt: skip
    return known
