"""The building blocks of the parameter models: strict entries, texts, keys, groups, layouts."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from case_review.units import TIMES, intervals


def _check_text(text: str) -> str:
    hidden = next((c for c in text if not (c.isprintable() or c.isspace())), "")
    hidden = hidden or next((c for c in text if c.isspace() and ord(c) < 32 and c != "\n"), "")
    if hidden:
        raise _refused(f"should hold no character that cannot be seen (U+{ord(hidden):04X})")
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise _refused("should hold a character that can be seen")
    return text


def _check_label(label: str) -> str:
    if len(label.splitlines()) > 1 or label != label.strip():
        raise _refused("should be one line without blanks around it")
    return label


def _check_note(text: str) -> str:
    return _check_text(text) if text else text


def _check_fact(fact: object) -> object:
    if isinstance(fact, str):
        return _check_label(_check_text(fact))
    if not isinstance(fact, bool):
        raise _refused("should be a word, true or false")
    return fact


def _check_day(day: object) -> object:
    """A day as text; YAML reads one that bears no quotation marks as no text."""
    try:
        sound = isinstance(day, str) and date.fromisoformat(day).isoformat() == day
    except ValueError:
        sound = False
    if not sound:
        raise _refused('should be a day in quotation marks, such as "2026-01-31"')
    return day


def _refused(message: str) -> PydanticCustomError:
    return PydanticCustomError("text", "{message}", {"message": message})


#: What a note or a cell of the data says; a label of a row, a column or a group; a name in ids.
Text = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_check_text)]
Label = Annotated[
    str,
    Field(min_length=1, max_length=150),
    AfterValidator(_check_text),
    AfterValidator(_check_label),
]
#: A text that may be left empty; what a diagnosis stands for.
Note = Annotated[str, Field(max_length=2000), AfterValidator(_check_note)]
Fact = Annotated[Any, AfterValidator(_check_fact)]
#: A day, such as "2026-01-31".
Day = Annotated[str, BeforeValidator(_check_day)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
_TIMES = ", ".join(TIMES)


class Entries(BaseModel):
    """Entries whose names and types are fixed; anything else is an error."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Included(Entries):
    """A subset of a row that its footnote counts: patients with this diagnosis."""

    id: Key
    label: Label
    diagnosis: Text


class TableRow(Entries):
    """One row of a block: patients with `level` of `variable`; without a level, not reported.

    `variable` may be left out where it is the block's own.
    """

    id: Key
    label: Label
    level: Text | None = None
    variable: Key | None = None
    indent: int = Field(default=1, ge=1, le=3)
    includes: list[Included] = Field(default_factory=list)
    note: Text | None = None


class Block(Entries):
    """A block of a descriptive table. The rows of one variable add up to all patients.

    Its rows are given, or made of the entry that `groups` names: one for each group and one for the
    not reported, with `note`. Without either they are made of what the column holds: a row for each
    word, or how its numbers lie.
    """

    id: Key
    heading: Label
    variable: Key
    rows: Annotated[list[TableRow], Field(min_length=1)] | None = None
    groups: Key | None = None
    note: Text | None = None


class Effect(Entries):
    """An adverse effect that a table lists, whether or not a report mentions it."""

    id: Key
    label: Label
    category: Key


class FlowStep(Entries):
    """A box of the diagram of the selection, for a step of screening.csv.

    `aside` places it at the right, among what is left out. `parts` are the labels of further steps
    that it lists: the reasons of exclusion, or the sources of records.
    """

    stage: Label
    step: Text
    label: Label
    aside: bool = False
    parts: dict[Text, Label] = Field(default_factory=dict)


class FlowEnd(Entries):
    """The last box of that diagram: the step that ends the selection of each population."""

    stage: Label
    label: Label
    steps: dict[Key, Text] = Field(min_length=1)


class Group(Entries):
    """One range of a grouped quantity, from which its label, rows and bands follow.

    `low` or `high` may be left out for an open end. `high_unit` is the unit of an upper end that is
    reported in another one, `closed` says which limits belong to the group (`left` by default,
    `right`, `both` or `neither`), and `digits` how many decimals are printed at least.
    """

    id: Key
    unit: Annotated[str, Field(pattern=f"^{intervals.UNIT}$")]
    low: float | None = Field(default=None, ge=0, le=1_000_000)
    high: float | None = Field(default=None, ge=0, le=1_000_000)
    high_unit: Annotated[str, Field(pattern=f"^{intervals.UNIT}$")] | None = None
    closed: Literal["left", "right", "both", "neither"] = "left"
    digits: int = Field(default=0, ge=0, le=6)

    def interval(self) -> intervals.Interval | None:
        """The range; None if its ends are on different scales."""
        return intervals.of_group(self.model_dump(exclude_none=True))


def _problems(problems: list[tuple[int, str]]) -> None:
    if problems:
        text = "; ".join(message for _, message in problems)
        raise PydanticCustomError("entries", "{text}", {"text": text, "problems": problems})


def _check_groups(groups: list[Group]) -> list[Group]:
    problems, sound = [], {}
    for i, group in enumerate(groups):
        name = f"group {group.id}"
        if any(other.id == group.id for other in groups[:i]):
            problems.append((i, f"the id {group.id} stands twice"))
        if group.low is None and group.high is None:
            problems.append((i, f"{name} has neither `low` nor `high`"))
            continue
        interval = group.interval()
        if interval is None:
            units = f"`unit` ({group.unit}) and `high_unit` ({group.high_unit})"
            problems.append((i, f"{name}: {units} should be of one scale"))
        elif interval.empty:
            ends = f"`low` ({group.low}) should be below `high` ({group.high})"
            problems.append((i, f"{name}: {ends}"))
        else:
            problems += [
                (i, f"groups {id} and {group.id} overlap: a value would belong to both")
                for id, other in sound.items()
                if interval.overlaps(other)
            ]
            sound[group.id] = interval
    _problems(problems)
    return groups


def _check_times(groups: list[Group]) -> list[Group]:
    _problems(
        [
            (i, f"group {group.id}: unit {group.unit!r} is no unit of time; use one of {_TIMES}")
            for i, group in enumerate(groups)
            if group.unit not in TIMES
        ]
    )
    return groups


def _check_blocks(blocks: list[Block]) -> list[Block]:
    _problems(
        [
            (i, f"block {block.id} needs `rows`, or `groups` that its rows are made of, not both")
            for i, block in enumerate(blocks)
            if block.rows is not None and block.groups is not None
        ]
    )
    return blocks


def _check_increasing(values: list[float]) -> list[float]:
    _problems(
        [
            (i + 1, f"cut-points should increase: {b:g} follows {a:g}")
            for i, (a, b) in enumerate(pairwise(values))
            if b <= a
        ]
    )
    return values


def _check_distinct(values: list) -> list:
    _problems([(i, f"{v} stands twice") for i, v in enumerate(values) if v in values[:i]])
    return values


#: For lists of which no value may stand twice, or whose values must increase.
DISTINCT = AfterValidator(_check_distinct)
INCREASING = AfterValidator(_check_increasing)
#: Ranges that do not overlap, with ids that are unique.
Groups = Annotated[list[Group], AfterValidator(_check_groups)]
#: Such ranges of a time.
TimeGroups = Annotated[Groups, AfterValidator(_check_times)]
#: The blocks of a descriptive table.
Blocks = Annotated[list[Block], AfterValidator(_check_blocks)]
#: Points in time or other cut-points, in increasing order.
_Points = list[Annotated[float, Field(ge=0, le=10_000)]]
Increasing = Annotated[_Points, Field(min_length=1, max_length=50), INCREASING]
#: The ticks of an axis, of which there are two at least.
Ticks = Annotated[_Points, Field(min_length=2, max_length=50), INCREASING]
