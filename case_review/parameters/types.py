"""The building blocks of the parameter models: strict entries, texts, keys, groups, layouts."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

Text = Annotated[str, Field(min_length=1)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Entries(BaseModel):
    """Entries whose names and types are fixed; anything else is an error."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Included(Entries):
    """A subset of a row that its footnote counts: patients with this diagnosis."""

    id: Key
    label: Text
    diagnosis: Text


class TableRow(Entries):
    """One row of a block: patients with `level` of `variable`; without a level, not reported.

    `variable` may be left out where it is the block's own.
    """

    id: Key
    label: Text
    level: Text | None = None
    variable: Key | None = None
    indent: int = Field(default=1, ge=1, le=3)
    includes: list[Included] = Field(default_factory=list)
    note: Text | None = None


class Block(Entries):
    """A block of a descriptive table. The rows of one variable add up to all patients."""

    id: Key
    heading: Text
    variable: Key
    rows: list[TableRow] = Field(min_length=1)


class Effect(Entries):
    """An adverse effect that a table lists, whether or not a report mentions it."""

    id: Key
    label: Text
    category: Key


class FlowStep(Entries):
    """A box of the diagram of the selection, for a step of screening.csv.

    `aside` places it at the right, among what is left out.
    """

    stage: Text
    step: Text
    label: Text
    aside: bool = False


class FlowEnd(Entries):
    """The last box of that diagram: the step that ends the selection of each population."""

    stage: Text
    label: Text
    steps: dict[Key, Text] = Field(min_length=1)


#: Units that are compared with one another when groups are checked for overlap, in months.
#: A month counts as 365.25 / 12 days here; the cut-points of any real grouping differ by more.
_MONTHS = {
    "hours": 1 / 24 / 30.4375,
    "days": 1 / 30.4375,
    "weeks": 7 / 30.4375,
    "months": 1.0,
    "years": 12.0,
}


class Group(Entries):
    """One range of a grouped quantity.

    `low` or `high` may be left out for an open end. `closed` says which limits belong to the
    group: `left` (the default), `right`, `both` or `neither`.
    """

    id: Key
    label: Text
    unit: Text
    low: float | None = None
    high: float | None = None
    closed: Literal["left", "right", "both", "neither"] = "left"

    def limits(self) -> tuple[str, tuple[float, int], tuple[float, int]]:
        """The scale and the two ends as (value, side), where side places open and closed ends.

        Two groups of one scale overlap exactly if each begins before or where the other ends.
        """
        factor = _MONTHS.get(self.unit)
        scale = "time" if factor else self.unit
        factor = factor or 1.0
        low = float("-inf") if self.low is None else self.low * factor
        high = float("inf") if self.high is None else self.high * factor
        return (
            scale,
            (low, 0 if self.closed in ("left", "both") else 1),
            (high, 0 if self.closed in ("right", "both") else -1),
        )


def _problems(problems: list[tuple[int, str]]) -> None:
    if problems:
        text = "; ".join(message for _, message in problems)
        raise PydanticCustomError("entries", "{text}", {"text": text, "problems": problems})


def _check_groups(groups: list[Group]) -> list[Group]:
    problems = []
    for i, group in enumerate(groups):
        scale, low, high = group.limits()
        if group.low is None and group.high is None:
            problems.append((i, f"group {group.id} has neither `low` nor `high`"))
        if low > high:
            problems.append(
                (i, f"group {group.id}: `low` ({group.low}) should be below `high` ({group.high})")
            )
        for other in groups[:i]:
            if other.id == group.id:
                problems.append((i, f"the id {group.id} stands twice"))
            other_scale, other_low, other_high = other.limits()
            if scale == other_scale and low <= other_high and other_low <= high:
                problems.append(
                    (i, f"groups {other.id} and {group.id} overlap: a value would belong to both")
                )
    _problems(problems)
    return groups


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
Groups = Annotated[list[Group], Field(min_length=1), AfterValidator(_check_groups)]
#: Points in time or other cut-points, in increasing order.
Increasing = Annotated[list[Annotated[float, Field(ge=0)]], Field(min_length=1), INCREASING]
