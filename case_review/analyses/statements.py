"""Where each statement of a printed review stands in the report, with the number given there."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase

import pandas as pd

from case_review.data.problems import DataError, Problem
from case_review.exhibits import Markdown
from case_review.registry import Result

_FILE = "data/raw/review_statements.csv"
_ANCHOR = re.compile(r"[a-z][a-z0-9-]*")
_MARKS = re.compile(r"[\[\]<>*_`\\]")


def parts(cell: str) -> list[str]:
    """What a cell joins by `;`."""
    return [part.strip() for part in cell.split(";") if part.strip()]


def checked(
    statements: pd.DataFrame, claims: Collection[str], results: Collection[str]
) -> pd.DataFrame:
    """The statements as they are, if each can be shown and no printed number goes without one.

    Parameters
    ----------
    statements
        Text columns statement_id, section, statement, place, results, claims and note, as
        `Notebook.read_raw` reads them.
    claims
        Ids of the printed numbers. A statement names its own by patterns with `*`.
    results
        Ids of the results that may be named.

    Raises
    ------
    DataError
        Naming every place without an anchor, every result that no notebook records, every pattern
        that fits no printed number, every statement without place, and every printed number that
        belongs to no statement or to several.
    """
    problems = []
    owners: dict[str, list[str]] = {claim: [] for claim in claims}
    for line, row in enumerate(statements.to_dict("records"), start=2):
        found = [*_unplaced(row), *_unrecorded(row, results)]
        for pattern in parts(row["claims"]):
            fitting = [claim for claim in owners if fnmatchcase(claim, pattern)]
            for claim in fitting:
                owners[claim].append(row["statement_id"])
            if not fitting:
                message = "no printed number has such an id. Correct the pattern."
                found.append(("claims", pattern, message))
        problems += [Problem(_FILE, line, *one) for one in found]
    for claim, names in owners.items():
        if len(names) != 1:
            found = ", ".join(names) if names else "no statement"
            message = f"{claim} belongs to {found}. Name it in one statement."
            problems.append(Problem(_FILE, None, "claims", "", message))
    if problems:
        raise DataError(problems)
    return statements.copy()


def _unplaced(row: dict):
    if not parts(row["place"]):
        yield "place", "", "a place such as Safety#safety is missing. Say where it stands here."
    for place in parts(row["place"]):
        text, _, anchor = place.rpartition("#")
        if not text or not _ANCHOR.fullmatch(anchor):
            yield "place", place, "expected places such as Safety#safety, joined by ;"


def _unrecorded(row: dict, results: Collection[str]):
    for id in parts(row["results"]):
        if id not in results:
            yield "results", id, "no notebook records this result. Correct the id, or record it."


def links(place: str) -> Markdown:
    """Links to the places of a statement, `Safety#safety; Discussion#discussion`."""
    named = (part.rpartition("#") for part in parts(place))
    return Markdown(", ".join(f"[{_MARKS.sub('', text)}](#{anchor})" for text, _, anchor in named))


def numbers(ids: str, results: Mapping[str, Result]) -> str:
    """What the results of a statement print, in its order: `12 (48.0%); 19 (32.2%)`."""
    return "; ".join(results[id].text for id in parts(ids))
