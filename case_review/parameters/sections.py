"""What each section of `params.yml` may hold, with types and bounds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from case_review.parameters.params_file import SHARED
from case_review.parameters.types import (
    DISTINCT,
    INCREASING,
    Blocks,
    Day,
    Effect,
    Entries,
    Fact,
    FlowEnd,
    FlowStep,
    Groups,
    Increasing,
    Key,
    Label,
    Note,
    Text,
    Ticks,
    TimeGroups,
)


class Words(Entries):
    """What captions call the treatment and the disease; any other word has a place as well."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Key, Label]

    exposure: Label
    exposures: list[Label] = Field(min_length=1)
    condition: Label
    grouping: Label


class Exclude(Entries):
    """Who is left out: reports by id, and patients by values of columns of the clean patients."""

    reports: Annotated[list[Text], DISTINCT]
    patients: dict[Key, Annotated[list[Text], Field(min_length=1), DISTINCT]]


class Outcome(Entries):
    """What patients are followed for: its columns, the unit of its time in results, and words."""

    event: Key
    time: Key
    unit: Literal["hours", "days", "weeks", "months", "years"]
    noun: Label
    past: Label


class Shared(Entries):
    """What several notebooks use."""

    month_days: float = Field(gt=27, lt=32)
    conf_level: float = Field(ge=0.5, lt=1)
    percent_decimals_from: int = Field(ge=0, le=1000)
    conf_type: Literal["log", "log-log", "plain"]
    seed: int = Field(ge=0, lt=2**32)
    group_by: Key
    words: Words
    exclude: Exclude
    response_criteria: Annotated[list[Text], DISTINCT]
    previous_until: Day | None
    groups: dict[Label, Label] = Field(max_length=6)  # none, or as many as a figure can tell apart
    outcome: Outcome


class Reconstruction(Entries):
    """The data sets that agree with the print."""

    sets: int = Field(ge=20, le=1_000_000)
    others: int = Field(ge=0, le=20)


class OwnColumn(Entries):
    """A column of one's own in patients.csv, or what a known one is in this review."""

    type: Literal["text", "number", "whole"] | None = None
    unit: Label | None = None
    values: list[Label] | None = None
    label: Label | None = None
    meaning: Text | None = None
    lowest: float | None = Field(default=None, ge=0)
    highest: float | None = Field(default=None, ge=0)
    required: bool | None = None


class Cleaning(Entries):
    """The dictionaries of cleaning: reported terms and what they stand for."""

    diagnoses: dict[Text, dict[Key, Fact]]
    events: dict[Text, Key]
    columns: dict[Key, OwnColumn]
    missing: list[Label]


class Characteristics(Entries):
    """The table of characteristics."""

    age_groups: TimeGroups
    percent_of_reported: bool
    exact_limits: bool
    blocks: Blocks
    abbreviations: Note
    flow: list[FlowStep]
    flow_included: FlowEnd | None


class Treatment(Entries):
    """The table of treatment."""

    dose_groups: Groups
    level_groups: Groups
    percent_of_reported: bool
    exact_limits: bool
    blocks: Blocks


class Safety(Entries):
    """The table of adverse events."""

    categories: dict[Key, Label]
    effects: list[Effect]
    infection: Key | None


class Response(Entries):
    """Time to response."""

    landmarks: Increasing
    ticks: Ticks
    few_at_risk: int = Field(ge=0, le=1000)
    time_axis: Literal["linear", "square root"]
    adjust_for: dict[Key, Label]


class Conclusions(Entries):
    """The conclusions that are put to the test, each by its heading; one left out is not tested."""

    median: Label | None = None
    difference: Label | None = None
    proportion: Label | None = None


class Sensitivity(Entries):
    """The sensitivity analyses of time to the outcome."""

    conclusions: Conclusions

    conf_types: Annotated[
        list[Literal["log", "log-log", "plain"]],
        Field(min_length=1),
        DISTINCT,
    ]
    max_splits: int = Field(ge=1, le=50_000_000)
    permutation_samples: int = Field(ge=1000, le=10_000_000)
    rmst_horizon: float = Field(ge=0.1, le=10_000)
    visit_gap: float = Field(ge=0.01, le=1000)
    npmle_resamples: int = Field(ge=100, le=100_000)
    bootstrap_resamples: int = Field(ge=100, le=100_000)
    month_lengths_days: Annotated[
        list[Annotated[float, Field(gt=27, lt=32)]],
        Field(min_length=1, max_length=20),
        INCREASING,
    ]
    publication_odds: float = Field(ge=0.001, le=1)
    doubtful_most: int = Field(ge=1, le=1000)
    response_targets: Annotated[
        list[Annotated[float, Field(gt=0, lt=1)]],
        Field(min_length=1),
        DISTINCT,
    ]


class NotComputable(Entries):
    """Why the claims that fit a pattern have no result."""

    claims: Text
    reason: Text


class SafetyClaims(Entries):
    """The claims about how adverse events were reported, for two populations."""

    first_reports: Text
    second_reports: Text
    first_patients: Text
    second_patients: Text
    missing_reports: Text
    missing_patients: Text
    no_event: Text


class Audit(Entries):
    """The audit of the printed numbers."""

    hold_baseline: bool
    safety_claims: SafetyClaims | None
    safety_events: dict[Text, Text]
    safety_known: dict[Text, Text]
    not_computable: list[NotComputable]


#: The section of a notebook of one's own: whatever a notebook can be given and JSON can keep.
Own = dict[str, JsonValue]

#: The section of params.yml that each model checks.
SECTIONS: dict[str, type[Entries]] = {
    SHARED: Shared,
    "reconstruction": Reconstruction,
    "cleaning": Cleaning,
    "characteristics": Characteristics,
    "treatment": Treatment,
    "safety": Safety,
    "response": Response,
    "sensitivity": Sensitivity,
    "audit": Audit,
}
