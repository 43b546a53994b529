"""Columns of a review's own: what params.yml must say of those that an import keeps."""

from __future__ import annotations

from case_review.living.importing.facts import Facts
from case_review.living.importing.mapping import Mapping


def tell(mapping: Mapping, facts: Facts) -> None:
    """Print what to put into params.yml for columns that it does not declare yet."""
    lines = list(snippet(mapping, facts))
    if lines:
        print("\nPut this into params.yml, below `cleaning`, and say what the columns mean:")
        print("  columns:", *lines, sep="\n")


def snippet(mapping: Mapping, facts: Facts):
    """The lines of `cleaning.columns` for own columns that are not declared."""
    for entry in mapping["columns"].values():
        if entry["to"] != "own" or entry["name"] in facts.columns:
            continue
        unit = f", unit: {entry['unit']}" if entry.get("unit") else ""
        label = entry["header"].replace('"', "'")
        yield f'    {entry["name"]}: {{type: {entry["type"]}{unit}, meaning: "{label}"}}'
