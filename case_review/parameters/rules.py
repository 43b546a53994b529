"""What parameters of different sections must agree on, so that no notebook stumbles over it.

`parameters` checks each entry by itself; these rules run once all entries are sound.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from case_review.data import schema
from case_review.data.problems import visible
from case_review.data.schema import OVERALL, OWN, TYPES, Schema

#: Columns of patients that no review declares otherwise.
_FIXED = (
    "patient_id", "report_id", "population", "age_hours", "time_hours", "event", "provenance",
)  # fmt: skip
#: A place in the parameters, and what is wrong there.
Finding = tuple[tuple, str]


def findings(values: Mapping) -> Iterator[Finding]:
    """Everything that the sections disagree on; `values` are sound by themselves."""
    yield from _columns(values["cleaning"]["columns"])
    columns = schema.of(values["cleaning"], values["shared"]["outcome"])
    yield from _outcome(values["shared"]["outcome"], columns)
    yield from _comparison(values["shared"], values["cleaning"]["diagnoses"], columns)
    yield from _chosen(values["shared"], columns)
    yield from _covariates(values["response"]["adjust_for"], columns)
    for section in ("characteristics", "treatment"):
        yield from _blocks(section, values[section])
    yield from _labels(values)
    yield from _events(values["cleaning"]["events"], values["safety"])


def nearest(name: object, known: Iterable[str]) -> str:
    """A suggestion for a misspelt name, or nothing."""
    near = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def _known(place: tuple, name: str, known: Iterable[str], problem: str) -> Iterator[Finding]:
    """A finding, with a suggestion, where a name is none of the known ones."""
    if name not in known:
        yield place, f"{'.'.join(place[:2])}: {problem}{nearest(name, known)}"


def _columns(own: Mapping) -> Iterator[Finding]:
    """Columns of one's own that cleaning makes itself, or that say what their type cannot have."""
    for name, entry in own.items():
        place, says = ("cleaning", "columns", name), f"cleaning.columns.{name}"
        text = entry.get("type", schema.TABLES["patients"].type_of(name)) == TYPES[0]
        if name in _FIXED:
            yield place, f"{says}: this column is the same in every review; name yours otherwise"
        elif text and {"lowest", "highest"} & set(entry):
            yield place, f"{says}: a text has no `lowest` and `highest`; give it `type: number`"
        elif not text and entry.get("values"):
            yield place, f"{says}: a number has no `values`; give it `lowest` and `highest`"
        elif entry.get("lowest", 0) > entry.get("highest", float("inf")):
            yield place, f"{says}: `lowest` is above `highest`"


def _outcome(outcome: Mapping, columns: Schema) -> Iterator[Finding]:
    """The outcome has a column of yes and no, and one of its time with a column of the unit."""
    known = columns.tables["patients"].columns
    for fact, wanted in (("event", "with the values yes and no"), ("time", "that is a number")):
        name = outcome[fact]
        problem = f"{name} is no column of patients.csv. Declare it in {OWN}"
        yield from _known(("shared", "outcome", fact), name, known, problem)
        if name not in known:
            continue
        column = known[name]
        is_event = set(column.values) == {"yes", "no"}
        if not (is_event if fact == "event" else column.type != TYPES[0] and column.unit in known):
            unit = ", whose `unit` is the column of its unit" if fact == "time" else ""
            text = f"shared.outcome.{fact}: {name} should be a column {wanted}{unit}. See {OWN}"
            yield ("shared", "outcome", fact), text


def _comparison(shared: Mapping, diagnoses: Mapping, columns: Schema) -> Iterator[Finding]:
    column = shared["group_by"]
    problem = f"{column} is no column of the clean patients"
    yield from _known(("shared", "group_by"), column, columns.clean["patients"].columns, problem)
    if OVERALL in shared["groups"]:
        text = f"shared.groups: {OVERALL} is what all patients are called; name the group otherwise"
        yield ("shared", "groups", OVERALL), text
    if column not in columns.facts:
        return
    possible = {_text(entry.get(column)) for entry in diagnoses.values()}
    for group in shared["groups"]:
        problem = f"nobody can belong to {group}, for no diagnosis of cleaning.diagnoses has this "
        yield from _known(("shared", "groups", group), group, possible, problem + column)


def _chosen(shared: Mapping, columns: Schema) -> Iterator[Finding]:
    """Patients are left out by columns that exist; whether somebody has a value the data say."""
    for column in shared["exclude"]["patients"]:
        place = ("shared", "exclude", "patients", column)
        problem = f"{column} is no column of the clean patients"
        yield from _known(place, column, columns.clean["patients"].columns, problem)
    criteria = columns.tables["patients"].columns["response_criterion"].values
    for i, name in enumerate(shared["response_criteria"]):
        problem = f"{name} is no value of response_criterion"
        yield from _known(("shared", "response_criteria", i), name, criteria or [name], problem)


def _covariates(adjust_for: Mapping, columns: Schema) -> Iterator[Finding]:
    """A comparison is adjusted for columns that exist, each number in one unit."""
    known = columns.clean["patients"].columns
    for name in adjust_for:
        place, says = ("response", "adjust_for", name), f"response.adjust_for.{name}"
        if name == "age":  # in years, from whatever unit a report gave
            continue
        yield from _known(place, name, known, f"{name} is no column of the clean patients, nor age")
        unit = known[name].unit if name in known else ""
        if unit in known:
            yield place, f"{says}: its unit may differ by row ({unit}); give a column of one unit"


def _text(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def _blocks(section: str, values: Mapping) -> Iterator[Finding]:
    """Each block has its groups, and what is recorded of its rows has a name of its own."""
    entries = [name for name in values if name.endswith("_groups")]
    seen: set[str] = set()
    for i, block in enumerate(values["blocks"]):
        if "groups" in block:
            groups, place = block["groups"], (section, "blocks", i, "groups")
            problem = f"block {block['id']} is made of {groups}, which section {section} "
            yield from _known(place, groups, entries, problem + "does not define")
        for place, id in _ids(block, values):
            if id in seen:
                text = f"{section}.blocks: the row id {id} stands twice"
                yield (section, "blocks", i, *place), text
            seen.add(id)


def _ids(block: Mapping, values: Mapping) -> Iterator[tuple[tuple, str]]:
    """The ids of a block's rows and of the subsets that these include, with their places."""
    for j, row in enumerate(block.get("rows", [])):
        yield ("rows", j), row["id"]
        for k, subset in enumerate(row.get("includes", [])):
            yield ("rows", j, "includes", k), subset["id"]
    if "groups" in block:
        ids = [group["id"] for group in values.get(block["groups"], [])]
        yield from ((("groups",), id) for id in [*ids, f"{block['id']}_not_reported"])


def _labels(values: Mapping) -> Iterator[Finding]:
    """No two things that stand side by side have one label, or names that look alike."""
    shared, safety, flow = values["shared"], values["safety"], values["characteristics"]["flow"]
    yield from _distinct(
        ("shared", "groups"), [((key,), label) for key, label in shared["groups"].items()]
    )
    yield from _distinct(
        ("safety", "categories"), [((key,), label) for key, label in safety["categories"].items()]
    )
    effects = [((i, "label"), effect["label"]) for i, effect in enumerate(safety["effects"])]
    yield from _distinct(("safety", "effects"), effects)
    for key in ("step", "label"):
        boxes = [((i, key), box[key]) for i, box in enumerate(flow)]
        yield from _distinct(("characteristics", "flow"), boxes)
    for name in ("diagnoses", "events"):
        terms = values["cleaning"][name]
        yield from _distinct(("cleaning", name), [((term,), _recorded(term)) for term in terms])
    for section in ("characteristics", "treatment"):
        blocks, place = values[section]["blocks"], (section, "blocks")
        headings = [((i, "heading"), block["heading"]) for i, block in enumerate(blocks)]
        yield from _distinct(place, headings)
        for i, block in enumerate(blocks):
            yield from _distinct((*place, i, "rows"), _row_labels(block.get("rows", [])))


def _distinct(place: tuple, named: Iterable[tuple[tuple, str]]) -> Iterator[Finding]:
    """What has the same text as something before it, apart from capitals and blanks."""
    seen: dict[str, tuple] = {}
    for path, text in named:
        folded = " ".join(text.split()).casefold()
        if folded in seen:
            shown = visible(text if path[-1] in ("label", "heading", "step") else str(path[-1]))
            problem = f"{shown} stands twice, apart from capitals, blanks and signs"
            yield (*place, *path), f"{'.'.join(map(str, place[:2]))}: {problem}; name one otherwise"
        seen.setdefault(folded, path)


def _row_labels(rows: Sequence[Mapping]) -> Iterator[tuple[tuple, str]]:
    """Each row's label with those of the rows that it stands under, whose indent is smaller."""
    above: list[tuple[int, str]] = []
    for j, row in enumerate(rows):
        indent = row.get("indent", 1)
        above = [(depth, label) for depth, label in above if depth < indent]
        above.append((indent, row["label"]))
        yield (j, "label"), " / ".join(label for _, label in above)


def _recorded(term: str) -> str:
    """A term as results are named after it, nearly: without marks, signs and capitals."""
    plain = unicodedata.normalize("NFKD", term.casefold())
    return re.sub(r"[^\w<>≤≥]+", " ", "".join(c for c in plain if not unicodedata.combining(c)))


def _events(events: Mapping, safety: Mapping) -> Iterator[Finding]:
    effects, categories = [effect["id"] for effect in safety["effects"]], safety["categories"]
    for term, event in events.items():
        problem = f"{term} counts as {event}, which safety.effects does not list"
        yield from _known(("cleaning", "events", term), event, effects, problem)
    if infection := safety["infection"]:
        problem = f"{infection} is not listed in safety.effects"
        yield from _known(("safety", "infection"), infection, effects, problem)
    for i, effect in enumerate(safety["effects"]):
        id, category = effect["id"], effect["category"]
        problem = f"{id} has the category {category}, which safety.categories does not name"
        yield from _known(("safety", "effects", i), category, categories, problem)
