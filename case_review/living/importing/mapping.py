"""The mapping: which column of a sheet is which of ours, in a file that people read and complete.

What cannot be understood in one way is an open question, `?`. It is never answered here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from case_review.data.schema import TABLES
from case_review.living.importing import headers, values
from case_review.living.importing.facts import DATES, LEVEL, NEEDED, PAIRS, SINGLE, WORDS, Facts
from case_review.living.importing.sheet import Sheet

OPEN = "?"
NOT_REPORTED = "not reported"
#: What may be said of a column that is none of ours.
OTHER = ("own", "ignore", "only", "count")
#: Settings, with what they may be; the first is what a draft says of those that need no answer.
SETTINGS = {
    "ranges": ("unread", "low", "middle", "high"),
    "approximate": ("unread", "number"),
    "limits": ("unread", "number"),
    "conflicts": ("unread", "first", "last"),
    "merged": ("all", "first"),
    "blank_reports": ("as above", "unread"),
    "doses": ("per day", "unread"),
    "dates": ("day first", "month first"),
    "event_action": (),
    "adverse_events_reported": ("yes", "no"),
}
#: Words that stand for a value whatever the review; others are asked about.
_PLAIN = {
    "sex": {"m": "male", "male": "male", "man": "male", "boy": "male", "f": "female",
            "female": "female", "woman": "female", "girl": "female"},
    "yes no": {"y": "yes", "yes": "yes", "n": "no", "no": "no"},
    "event_action": {"none": "none", "reduced": "dose reduced", "dose reduction": "dose reduced",
                     "discontinued": "stopped"},
}  # fmt: skip
AMOUNTS = (*PAIRS, *SINGLE, LEVEL)
_SPLIT = re.compile(r"\s*[;,\n]\s*")
Mapping = dict[str, Any]


def update(mapping: Mapping, sheet: Sheet, facts: Facts) -> None:
    """Draft what a mapping does not say yet: everything of a new one, or new columns and codes."""
    columns = mapping["columns"] = _placed(mapping.get("columns", {}), sheet)
    for letter, header in sheet.columns.items():
        if not columns[letter]:
            columns[letter] = _column(header, facts)
    _part_rivals(columns)
    for letter, entry in columns.items():
        _details(letter, entry, sheet, facts, {other["to"] for other in columns.values()})
    _settings(mapping, sheet, facts)


def texts(sheet: Sheet, letter: str) -> list[str]:
    """The different texts of a column, the most frequent first."""
    found = (row[letter].text for row in sheet.rows.values() if letter in row)
    return [text for text, _ in Counter(found).most_common()]


def column_of(entry: Mapping) -> str:
    """The column that an entry's words are for: its own, or what it goes to."""
    return entry.get("name", "") if entry["to"] == "own" else entry["to"]


def parts(text: str) -> list[str]:
    """The single words of a list in a cell."""
    return [part for part in _SPLIT.split(text.strip()) if part]


def _placed(said: dict[str, Mapping], sheet: Sheet) -> dict[str, Mapping]:
    """What was said of columns, by where they stand now; a header may have moved."""
    left, placed = dict(said), {}
    for letter, header in sheet.columns.items():
        same = [place for place, entry in left.items() if entry.get("header", "") == header]
        at = letter if letter in same else same[0] if same else None
        placed[letter] = left.pop(at) if at else {}
    return placed


def _column(header: str, facts: Facts) -> Mapping:
    entry: Mapping = {"header": header}
    if not header:
        return entry | {"to": OPEN}
    if target := facts.called.get(headers.folded(headers.split_unit(header)[0])):
        return entry | {"to": target, "sure": "100%"}
    own = {headers.folded(n): n for n in facts.columns if n not in TABLES["patients"].columns}
    if name := own.get(headers.folded(header)):
        return entry | {"to": "own", "name": name, "type": facts.columns[name].type}
    ranked = headers.meant(header)
    if ranked[:1] != ((1.0, "n_patients"),) and (what := headers.counted(header)):
        return entry | {"to": "count", **_counted(what, facts)}
    if ranked and ranked[0][0] >= headers.SURE and len(_best(ranked)) == 1:
        return entry | {"to": ranked[0][1], "sure": f"{ranked[0][0]:.0%}"}
    return entry | {"to": OPEN} | ({"perhaps": [target for _, target in ranked]} if ranked else {})


def _best(ranked) -> list[str]:
    return [target for alike, target in ranked if alike == ranked[0][0]]


def _counted(what: str, facts: Facts) -> Mapping:
    known = {
        level.casefold(): (variable, level)
        for variable, levels in facts.levels.items()
        for level in levels
    }
    plain = _PLAIN["sex"].get(what.casefold(), what.casefold())
    variable, level = known.get(plain, (OPEN, what))
    return {"variable": variable, "level": level}


def _part_rivals(columns: dict[str, Mapping]) -> None:
    """Two columns for one of ours: which is meant is a question, unless one was answered."""
    often = Counter(entry["to"] for entry in columns.values())
    for target in (t for t in often if often[t] > 1 and t not in (*OTHER, OPEN)):
        for entry in columns.values():
            if entry["to"] == target and "sure" in entry:
                entry |= {"to": OPEN, "perhaps": [target]}
                del entry["sure"]


def _details(letter: str, entry: Mapping, sheet: Sheet, facts: Facts, to: set[str]) -> None:
    target, found = entry["to"], texts(sheet, letter)
    if target != OPEN:
        entry.pop("perhaps", None)
    if target in AMOUNTS:
        if f"{target}_unit" not in to:
            _unit(entry, found)
    elif target == "own":
        entry.setdefault("name", headers.folded(entry["header"]).replace(" ", "_") or OPEN)
        entry.setdefault("type", "number" if _all_numbers(found, facts) else "text")
        for text, code in _codes(entry["name"], found, facts).items():
            entry.setdefault("codes", {}).setdefault(text, code)
        if (unit := re.search(r"[(\[](\w[\w/²]*)[)\]]$", entry["header"])) and (
            entry["type"] == "number"
        ):
            entry.setdefault("unit", unit.group(1))
    elif target == "only":
        entry.setdefault("value", OPEN)
    elif target == "count":
        entry.setdefault("variable", OPEN)
        entry.setdefault("level", headers.counted(entry["header"]) or OPEN)
    elif target in WORDS or target in ("event_action", "adverse_events"):
        for text, code in _codes(target, found, facts).items():
            entry.setdefault("codes", {}).setdefault(text, code)


def _unit(entry: Mapping, found: list[str]) -> None:
    """The unit of numbers beside which none stands: the header's, or a question."""
    known = headers.split_unit(entry["header"])[1]
    if entry.get("unit") or not (known or any(map(_bare, found))):
        return
    entry["unit"] = known or OPEN


def _bare(text: str) -> bool:
    try:
        return not values.amount(text).unit
    except values.Unread:
        return False


def _all_numbers(found: list[str], facts: Facts) -> bool:
    given = [text for text in found if not facts.is_missing(text)]
    return bool(given) and all(map(_bare, given))


def _codes(target: str, found: list[str], facts: Facts) -> dict[str, str]:
    """A value of ours for each word; a question where that is not plain."""
    allowed = {value.casefold(): value for value in facts.allowed(target)}
    events = {word.casefold() for word in facts.events} | {"none"}
    if target == "adverse_events":
        several = {part.casefold() for text in found for part in parts(text)}
        return {
            word: OPEN for word in sorted(several - events) if not facts.is_missing(word)
        }
    if not allowed:
        return {}  # any word will do, and stays as it is
    plain = _PLAIN.get(target, _PLAIN["yes no"] if set(allowed) == {"yes", "no"} else {})
    codes = {}
    for text in found:
        word = " ".join(text.split()).casefold()
        if word in allowed or facts.is_missing(word):
            continue
        code = plain.get(word, OPEN)
        codes[word] = code if code in allowed.values() else OPEN
    return dict(sorted(codes.items()))


def _settings(mapping: Mapping, sheet: Sheet, facts: Facts) -> None:
    settings, fixed = mapping.setdefault("settings", {}), mapping.setdefault("fixed", {})
    columns = mapping["columns"]
    to = {entry["to"]: letter for letter, entry in columns.items()}
    kinds: Counter[str] = Counter()
    for letter, entry in columns.items():
        if entry["to"] in AMOUNTS:
            kinds.update(_kinds(texts(sheet, letter), entry["to"]))
            found = texts(sheet, letter) + texts(sheet, to.get("dose_unit", ""))
            if entry["to"] == "dose" and _without_period(entry, found):
                settings.setdefault("doses", OPEN)
        if entry["to"] in DATES and _two_ways(texts(sheet, letter)):
            settings.setdefault("dates", OPEN)
    for kind, name in (("range", "ranges"), ("approximate", "approximate"), ("limit", "limits")):
        if kinds[kind]:
            settings.setdefault(name, SETTINGS[name][0])
    if sheet.merged:
        settings.setdefault("merged", OPEN)
    rows = [row for row in sheet.rows.values() if len(row) > 1]
    if "report" in to and any(to["report"] not in row for row in rows):
        settings.setdefault("blank_reports", OPEN)
    if "patient" in to:
        settings.setdefault("conflicts", SETTINGS["conflicts"][0])
    if "adverse_events" not in to:
        if not any(e.get("variable") == "adverse_events" for e in columns.values()):
            settings.setdefault("adverse_events_reported", OPEN)
    elif "event_action" not in to:
        settings.setdefault("event_action", OPEN)
    open_columns = any(entry["to"] == OPEN for entry in columns.values())
    for name in NEEDED:
        required = name == "report" or facts.columns[facts.column(name)].required
        if name not in to and required and not open_columns and not _only_counts(to):
            fixed.setdefault(name, OPEN)


def _only_counts(to: dict[str, str]) -> bool:
    """Whether a sheet has a row for each report, with counts, and none for single patients."""
    return "count" in to and not {"patient", "age", "sex"} & set(to)


def _kinds(found: list[str], target: str) -> Iterator[str]:
    for text in found:
        try:
            kind = values.amount(text).kind
        except values.Unread:
            continue
        if not (kind == "range" and target == LEVEL):
            yield kind


def _without_period(entry: Mapping, found: list[str]) -> bool:
    units = {values.unit(entry.get("unit", "")), *map(values.unit, found)}
    for text in found:
        try:
            units.add(values.amount(text).unit)
        except values.Unread:
            continue
    return bool(units & {"mg/m2", "mg/kg"})


def _two_ways(found: list[str]) -> bool:
    for text in found:
        try:
            values.day(text)
        except values.Unread as why:
            if "may come first" in str(why):
                return True
    return False
