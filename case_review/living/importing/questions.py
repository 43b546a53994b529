"""What a mapping leaves open, and what it says that cannot be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from case_review.data.schema import TABLES, TYPES
from case_review.living.importing import headers, values
from case_review.living.importing.facts import Facts
from case_review.living.importing.mapping import (
    AMOUNTS,
    NOT_REPORTED,
    OPEN,
    OTHER,
    SETTINGS,
    Mapping,
    column_of,
)


@dataclass(frozen=True)
class Question:
    """Something that the mapping leaves open.

    Parameters
    ----------
    place, asked
        Where it stands, and what is asked.
    choices, more
        What may be said, as it is shown, and what else may; any text where nothing is shown.
    """

    place: tuple[str, ...]
    asked: str
    choices: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    def takes(self, said: str) -> bool:
        """Whether somebody may say so."""
        return not self.choices or said in (*self.choices, *self.more)

    def __str__(self) -> str:
        others = {"to": ["a name of ours"], "codes": ["an event of params.yml"] * bool(self.more)}
        key = "to" if self.place[-1] == "to" else self.place[-2]
        shown = [*self.choices, *others.get(key, ())]
        said = f" ({' | '.join(shown)})" if self.choices else ""
        return f"{' > '.join(self.place)}: {self.asked}{said}"


def left_open(mapping: Mapping, facts: Facts) -> list[Question]:
    """What is still open, in the order of the file."""
    found = [
        Question(("settings", name), _ASKED[name], SETTINGS[name] or facts.actions)
        for name, value in mapping["settings"].items()
        if value == OPEN
    ]
    found += [
        Question(("fixed", name), "no column holds it. What is it of all patients",
                 facts.allowed(name))
        for name, value in mapping["fixed"].items()
        if value == OPEN
    ]  # fmt: skip
    for letter, entry in mapping["columns"].items():
        found += _questions(letter, entry, facts)
    return found


_ASKED = {
    "ranges": "what becomes of a range such as 2-3 weeks",
    "approximate": "what becomes of a number such as ~3 months",
    "limits": "what becomes of a limit such as <1",
    "conflicts": "which counts where rows of one patient differ",
    "merged": "cells below the header are merged. Does the value hold for all of the rows",
    "blank_reports": "rows without a report. Do they belong to the one above",
    "doses": "doses in mg/m2 or mg/kg. Of what",
    "dates": "dates such as 03/04/2020. What comes first",
    "event_action": "no column says what was done about the treatment. What is it of all events",
    "adverse_events_reported": "no column holds adverse events. Do the reports tell of them",
}


def _questions(letter: str, entry: Mapping, facts: Facts) -> Iterator[Question]:
    place = ("columns", letter)
    if entry["to"] == OPEN:
        near = ", ".join(entry.get("perhaps", ()))
        said = f"what is '{entry['header'] or 'the column without a name'}'"
        said += f"; it is like {near}" if near else "; no name of ours is like it"
        yield Question((*place, "to"), said, OTHER, tuple(headers.TARGETS))
    for key in ("unit", "name", "value", "variable", "level"):
        if entry.get(key) == OPEN:
            choices = {"unit": facts.units(entry["to"]), "variable": tuple(facts.levels)}
            asked = f"which {key} does '{entry['header']}' have"
            yield Question((*place, key), asked, choices.get(key, ()))
    event = entry["to"] == "adverse_events"
    allowed = facts.categories if event else facts.allowed(column_of(entry))
    for word, code in entry.get("codes", {}).items():
        if code == OPEN:
            asked = f"what is '{word}' in '{entry['header']}'"
            choices = (*allowed, *(["none"] if event else ()), NOT_REPORTED)
            more = tuple(facts.events) if event else ()
            yield Question((*place, "codes", word), asked, choices, more)


def problems(mapping: Mapping, facts: Facts) -> Iterator[str]:
    """What a mapping says that cannot be, each in a sentence."""
    for name, value in mapping["settings"].items():
        known = SETTINGS.get(name)
        choices = facts.actions if known == () else known
        if choices is None:
            yield f"settings > {name}: there is no such setting. Expected {', '.join(SETTINGS)}."
        elif str(value) not in (*choices, OPEN):
            yield f"settings > {name}: found '{value}', expected one of {', '.join(choices)}."
    for letter, entry in mapping["columns"].items():
        target = entry["to"]
        if target not in (*headers.TARGETS, *OTHER, OPEN):
            expected = ", ".join((*headers.TARGETS, *OTHER))
            yield f"columns > {letter} > to: found '{target}', expected one of {expected}."
            continue
        events = (*facts.events, *facts.categories, "none") if target == "adverse_events" else ()
        allowed = (*facts.allowed(column_of(entry)), *events)
        for word, code in (entry.get("codes") or {}).items():
            if allowed and str(code) not in (*allowed, NOT_REPORTED, OPEN):
                yield (
                    f"columns > {letter} > codes > {word}: found '{code}', expected one of "
                    f"{', '.join(allowed)}, or '{NOT_REPORTED}'."
                )
        yield from _wrong_details(f"columns > {letter}", entry, facts)
    for name, value in mapping["fixed"].items():
        if (allowed := facts.allowed(name)) and value not in (*allowed, OPEN):
            yield f"fixed > {name}: found '{value}', expected one of {', '.join(allowed)}."
    often = Counter(entry["to"] for entry in mapping["columns"].values())
    often.update(f"own column {e['name']}" for e in mapping["columns"].values() if e["to"] == "own")
    for target in (t for t in often if often[t] > 1 and t not in (*OTHER, OPEN)):
        yield f"columns: {often[target]} of them are '{target}'. Say of all but one what they are."


def _wrong_details(place: str, entry: Mapping, facts: Facts) -> Iterator[str]:
    """What is wrong with unit, name and variable of a column."""
    unit, name = entry.get("unit", OPEN), entry.get("name", OPEN)
    if entry["to"] in AMOUNTS and unit != OPEN and not values.unit(unit):
        known = ", ".join(dict.fromkeys(values.UNITS.values()))
        yield f"{place} > unit: found '{unit}', expected one of {known}."
    if entry["to"] == "own" and name != OPEN:
        taken = name in TABLES["patients"].columns
        if taken or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield (
                f"{place} > name: found '{name}', expected small letters, digits and _, and no "
                "name of a column of ours."
            )
    if entry["to"] == "own" and entry.get("type") not in TYPES:
        yield f"{place} > type: found '{entry.get('type')}', expected one of {', '.join(TYPES)}."
    if entry["to"] == "count" and entry.get("variable") not in (*facts.levels, OPEN):
        expected = ", ".join(facts.levels)
        yield f"{place} > variable: found '{entry.get('variable')}', expected one of {expected}."
