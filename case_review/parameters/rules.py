"""What parameters of different sections must agree on, so that no notebook stumbles over it.

`parameters` checks each entry by itself; these rules run once all entries are sound.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from case_review.data.schema import CLEAN_PATIENTS, DERIVED, OVERALL

#: Which groups a variable of a table is made of: section, entry, variable.
_GROUPED = (
    ("characteristics", "age_groups", "age_group"),
    ("treatment", "dose_groups", "dose_group"),
    ("treatment", "level_groups", "level_group"),
)

#: A place in the parameters, and what is wrong there.
Finding = tuple[tuple, str]


def findings(values: Mapping) -> Iterator[Finding]:
    """Everything that the sections disagree on; `values` are sound by themselves."""
    yield from _comparison(values["shared"], values["cleaning"]["diagnoses"])
    for section, entry, variable in _GROUPED:
        yield from _rows(values, section, entry, variable)
    for section in ("characteristics", "treatment"):
        yield from _row_ids(section, values[section]["blocks"])
    yield from _events(values["cleaning"]["events"], values["safety"])


def nearest(name: object, known: Iterable[str]) -> str:
    """A suggestion for a misspelt name, or nothing."""
    near = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def _comparison(shared: Mapping, diagnoses: Mapping) -> Iterator[Finding]:
    column = shared["group_by"]
    if column not in CLEAN_PATIENTS:
        text = f"shared.group_by: {column} is no column of the clean patients"
        yield ("shared", "group_by"), text + nearest(column, CLEAN_PATIENTS)
    if OVERALL in shared["groups"]:
        text = f"shared.groups: {OVERALL} is what all patients are called; name the group otherwise"
        yield ("shared", "groups", OVERALL), text
    if column not in DERIVED:
        return
    possible = {_text(entry[column]) for entry in diagnoses.values()}
    for group in shared["groups"]:
        if group not in possible:
            yield (
                ("shared", "groups", group),
                f"shared.groups: nobody can belong to {group}, for no diagnosis of "
                f"cleaning.diagnoses has this {column}" + nearest(group, possible),
            )


def _text(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def _rows(values: Mapping, section: str, entry: str, variable: str) -> Iterator[Finding]:
    """Each group has a row in the table, and each row of the table a group."""
    groups = [group["id"] for group in values[section][entry]]
    shown = []
    for i, block in enumerate(values[section]["blocks"]):
        for j, row in enumerate(block["rows"]):
            level = row.get("level")
            if row.get("variable", block["variable"]) != variable or level is None:
                continue
            shown.append(level)
            if level not in groups:
                yield (
                    (section, "blocks", i, "rows", j),
                    f"{section}.blocks: row {row['id']} is for {variable} {level}, which "
                    f"{section}.{entry} does not define" + nearest(level, groups),
                )
    for i, group in enumerate(groups):
        if shown and group not in shown:
            yield (
                (section, entry, i),
                f"{section}.{entry}: {group} has no row in {section}.blocks, where its patients "
                "would be missing",
            )


def _row_ids(section: str, blocks: list) -> Iterator[Finding]:
    seen = set()
    for i, block in enumerate(blocks):
        for j, row in enumerate(block["rows"]):
            if row["id"] in seen:
                yield (
                    (section, "blocks", i, "rows", j),
                    f"{section}.blocks: the row id {row['id']} stands twice",
                )
            seen.add(row["id"])


def _events(events: Mapping, safety: Mapping) -> Iterator[Finding]:
    effects = [effect["id"] for effect in safety["effects"]]
    for term, event in events.items():
        if event not in effects:
            yield (
                ("cleaning", "events", term),
                f"cleaning.events: {term} counts as {event}, which safety.effects does not list"
                + nearest(event, effects),
            )
    if safety["infection"] not in effects:
        text = f"safety.infection: {safety['infection']} is not listed in safety.effects"
        yield ("safety", "infection"), text + nearest(safety["infection"], effects)
    for i, effect in enumerate(safety["effects"]):
        if effect["category"] not in safety["categories"]:
            yield (
                ("safety", "effects", i),
                f"safety.effects: {effect['id']} has the category {effect['category']}, which "
                "safety.categories does not name"
                + nearest(effect["category"], safety["categories"]),
            )
