"""The building blocks of the parameter models: strict entries, texts, keys and table layouts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

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
