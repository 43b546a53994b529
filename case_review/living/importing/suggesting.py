"""What params.yml must say of what an import brought: columns of one's own, diagnoses, events."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from case_review.living.importing.facts import Facts
from case_review.living.importing.imported import Imported
from case_review.living.importing.mapping import Mapping
from case_review.values.identifiers import identifiers

_HEADS = {
    "cleaning": {"columns": "what the columns mean", "diagnoses": "what diagnoses count as",
                 "events": "which events are the same"},
    "safety": {"effects": ""},
}  # fmt: skip


def tell(mapping: Mapping, made: Imported, facts: Facts) -> None:
    """Print what to put into params.yml for what it does not declare yet."""
    found = dict(snippets(mapping, made, facts))
    if not found:
        return
    asked = ", ".join(said for part in _HEADS.values() for n, said in part.items() if n in found)
    print(f"\nPut this into params.yml, and say there {asked.removesuffix(', ')}:")
    for section, parts in _HEADS.items():
        if own := [name for name in parts if name in found]:
            print(f"{section}:", *(f"  {name}:\n{found[name]}" for name in own), sep="\n")


def snippets(mapping: Mapping, made: Imported, facts: Facts) -> Iterator[tuple[str, str]]:
    """The lines of each entry that lacks something, by its name."""
    diagnoses = _new(made, "patients", "diagnosis", facts.levels["diagnosis"])
    events = _new(made, "adverse_events", "event", facts.events)
    rows = made.tables["adverse_events"]
    categories = {row["event"]: row["category"] for row in rows}
    ids = identifiers(events)
    kinds = identifiers(diagnoses)
    said = "type: " if "type" in facts.derived else ""
    lines = {
        "columns": list(_columns(mapping, facts)),
        "diagnoses": [
            f"{_text(name)}: {{{said}{kinds[name] if said else ''}}}" for name in diagnoses
        ],
        "events": [f"{_text(name)}: {ids[name]}" for name in events],
        "effects": [
            f"- {{id: {ids[name]}, label: {_text(name[:1].upper() + name[1:])}, "
            f"category: {categories[name]}}}"
            for name in events
        ],
    }
    for name, own in lines.items():
        if own:
            yield name, "\n".join(f"    {one}" for one in own)


def _columns(mapping: Mapping, facts: Facts) -> Iterator[str]:
    for entry in mapping["columns"].values():
        if entry["to"] != "own" or entry["name"] in facts.columns:
            continue
        unit = f", unit: {entry['unit']}" if entry.get("unit") else ""
        label = entry["header"].replace('"', "'")
        yield f'{entry["name"]}: {{type: {entry["type"]}{unit}, meaning: "{label}"}}'


def _new(made: Imported, table: str, column: str, known) -> list[str]:
    found = dict.fromkeys(row[column] for row in made.tables[table] if row[column])
    return [name for name in found if name not in known]


def _text(text: str) -> str:
    """A text as YAML reads it: as it stands, or in quotation marks."""
    return text if re.fullmatch(r"[^\W\d_][\w /().-]*[\w)]", text) else json.dumps(
        text, ensure_ascii=False)  # fmt: skip
