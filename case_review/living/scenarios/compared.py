"""What the scenarios say, side by side: estimates in order, and what a conclusion rests on."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from case_review.analyses.verdicts import NOT_COUNTED, in_a_sentence
from case_review.living.scenarios.declared import Declared, Outcome, value_of

#: Results that say whether a conclusion holds.
VERDICTS = "*.verdict_*"


@dataclass(frozen=True)
class Point:
    """An estimate of one scenario.

    Parameters
    ----------
    scenario
        Its name.
    value
        NaN where it is not estimable, or where a range has no middle.
    low, high
        Confidence limits or, where `ranges`, the ends over all data sets found.
    ranges
        Whether the number depends on rows that were reconstructed.
    text
        In words.
    """

    scenario: str
    value: float
    low: float
    high: float
    ranges: bool
    text: str

    @property
    def place(self) -> float:
        """Where it comes in the order: its value, or the middle between its ends."""
        return self.value if math.isfinite(self.value) else (self.low + self.high) / 2


def points(outcome: Outcome, found: Mapping[str, dict]) -> list[Point]:
    """The estimates of an outcome in all scenarios that have it, in their order.

    Where several results fit the outcome's pattern, such as hazard ratios of several groups, the
    first is taken.
    """
    made = []
    for name, given in found.items():
        results = given.get("results", {})
        one = next((results[id] for id in results if fnmatchcase(id, outcome.result)), None)
        if one is None:
            continue
        ranges = one["least"] is not None
        ends = ("least", "most") if ranges else ("low", "high")
        numbers = [_number(one[key]) for key in ("value", *ends)]
        if any(map(math.isfinite, numbers)):
            made.append(Point(name, *numbers, ranges, one["text"]))
    return sorted(made, key=lambda one: (not math.isfinite(one.place), one.place))


def _number(value) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan


def verdicts(found: Mapping[str, dict]) -> dict[str, dict[str, str]]:
    """Each verdict's words by scenario, in the order of the review's own."""
    ids = dict.fromkeys(
        id
        for given in found.values()
        for id in given.get("results", {})
        if fnmatchcase(id, VERDICTS)
    )
    return {
        id: {
            name: given["results"][id]["text"]
            for name, given in found.items()
            if id in given.get("results", {})
        }
        for id in ids
    }


def judged(said: Mapping[str, str]) -> dict[str, str]:
    """The scenarios that have a verdict: one that was not counted says neither yes nor no."""
    none = in_a_sentence(NOT_COUNTED)
    return {name: text for name, text in said.items() if text != none}


def alike(text: str) -> str:
    """What a verdict says but for its counts, which differ a little from draw to draw."""
    return re.sub(r"\d[\d,.]*", "n", text)


def depends_on(
    said: Mapping[str, str], declared: Declared, settings: Mapping[str, list]
) -> list[str]:
    """The settings that change what is said, all others being equal.

    Parameters
    ----------
    said
        What each scenario says of something, by name.
    settings
        All entries that are set anywhere, from `declared.settings`.
    """
    found = []
    scenarios = [one for one in declared.scenarios if one.name in said]
    for key in settings:
        others = [other for other in settings if other != key]
        groups: dict[str, set[str]] = {}
        for one in scenarios:
            same = json.dumps([value_of(one, other) for other in others], sort_keys=True)
            groups.setdefault(same, set()).add(alike(said[one.name]))
        if any(len(group) > 1 for group in groups.values()):
            found.append(key)
    return found


def title(id: str) -> tuple[str, str]:
    """The analysis and the conclusion of a verdict in words, from its id."""
    head, _, conclusion = id.rpartition(".verdict_")
    analysis = head.rpartition(".")[2]
    return analysis.replace("_", " "), conclusion.replace("_", " ").replace(".", ", ")


def as_csv(declared: Declared, settings: Mapping[str, list], found: Mapping[str, dict]) -> str:
    """A row for each scenario: what it sets, its estimates, and its verdicts."""
    known = verdicts(found)
    heads = ["scenario", "label", "reason", "error", *settings]
    parts = ("value", "low", "high", "least", "most", "text")
    heads += [f"{one.result}.{part}" for one in declared.outcomes for part in parts]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*heads, *known])
    for one in declared.scenarios:
        given = found[one.name]
        row = [one.name, one.label, one.reason, given.get("error", "")]
        row += [_plain(value_of(one, key)) for key in settings]
        for outcome in declared.outcomes:
            row += _fields(outcome, given.get("results", {}), parts)
        writer.writerow([*row, *(known[id].get(one.name, "") for id in known)])
    return text.getvalue()


def _fields(outcome: Outcome, results: Mapping[str, dict], parts: Iterable[str]) -> Iterator:
    one = next((results[id] for id in results if fnmatchcase(id, outcome.result)), {})
    return ["" if one.get(part) is None else one[part] for part in parts]


def _plain(value) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)

