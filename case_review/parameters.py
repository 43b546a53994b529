"""The choices of a review, typed and bounded: `params.yml` is refused before any notebook starts.

A section per notebook (`05_response` reads `response`) and one that all may share. Another file,
`PARAMS=file`, may give some entries only; the others come from `params.yml`. A section of that name
without a model here belongs to a notebook of one's own and is passed on as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue, ValidationError, create_model
from pydantic_core import PydanticCustomError

from case_review import parameter_file, parameter_rules
from case_review.errors import ReviewError
from case_review.parameter_file import SHARED, Document
from case_review.parameter_rules import nearest
from case_review.parameter_types import Block, Effect, Entries, FlowEnd, FlowStep, Key, Text
from case_review.project import Project, find_project

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


#: Ranges that do not overlap, with ids that are unique.
Groups = Annotated[list[Group], Field(min_length=1), AfterValidator(_check_groups)]
#: Points in time or other cut-points, in increasing order.
Increasing = Annotated[
    list[Annotated[float, Field(ge=0)]], Field(min_length=1), AfterValidator(_check_increasing)
]


class Shared(Entries):
    """What several notebooks use."""

    month_days: float = Field(gt=27, lt=32)
    conf_level: float = Field(ge=0.5, lt=1)
    conf_type: Literal["log", "log-log", "plain"]
    seed: int = Field(ge=0, lt=2**32)
    group_by: Key
    groups: dict[Key, Text] = Field(min_length=2, max_length=2)  # a comparison takes two


class Reconstruction(Entries):
    """How the reconstructed rows are found."""


class Diagnosis(Entries):
    """What a reported diagnosis counts as."""

    anomaly: Key
    type: Key
    lymphatic: bool


class Cleaning(Entries):
    """The dictionaries of cleaning: reported terms and what they stand for."""

    diagnoses: dict[Text, Diagnosis] = Field(min_length=1)
    events: dict[Text, Key] = Field(min_length=1)


class Characteristics(Entries):
    """The table of characteristics."""

    age_groups: Groups
    percent_of_reported: bool
    exact_limits: bool
    blocks: list[Block] = Field(min_length=1)
    abbreviations: Text
    flow: list[FlowStep] = Field(min_length=1)
    flow_included: FlowEnd


class Treatment(Entries):
    """The table of treatment."""

    dose_groups: Groups
    level_groups: Groups
    percent_of_reported: bool
    exact_limits: bool
    blocks: list[Block] = Field(min_length=1)


class Safety(Entries):
    """The table of adverse events."""

    categories: dict[Key, Text] = Field(min_length=1)
    effects: list[Effect] = Field(min_length=1)
    infection: Key


class Response(Entries):
    """Time to response."""

    landmarks_weeks: Increasing
    ticks_weeks: Increasing
    few_at_risk: int = Field(ge=0)


def _check_distinct(values: list) -> list:
    _problems([(i, f"{v} stands twice") for i, v in enumerate(values) if v in values[:i]])
    return values


class Sensitivity(Entries):
    """The sensitivity analyses of time to response."""

    conf_types: Annotated[
        list[Literal["log", "log-log", "plain"]],
        Field(min_length=1),
        AfterValidator(_check_distinct),
    ]
    max_splits: int = Field(ge=1, le=50_000_000)
    permutation_samples: int = Field(ge=1000, le=10_000_000)
    rmst_horizon_weeks: float = Field(gt=0)
    visit_gap: float = Field(gt=0)
    npmle_resamples: int = Field(ge=100, le=100_000)
    bootstrap_resamples: int = Field(ge=100, le=100_000)
    month_lengths_days: Annotated[
        list[Annotated[float, Field(gt=27, lt=32)]],
        Field(min_length=1),
        AfterValidator(_check_increasing),
    ]
    publication_odds: float = Field(gt=0, le=1)
    doubtful_most: int = Field(ge=1, le=1000)
    response_targets: Annotated[
        list[Annotated[float, Field(gt=0, lt=1)]],
        Field(min_length=1),
        AfterValidator(_check_distinct),
    ]


class NotComputable(Entries):
    """Why the claims that fit a pattern have no result."""

    claims: Text
    reason: Text


class CurveClaims(Entries):
    """The claims that consistent response times agree with."""

    first_group: Text
    second_group: Text
    shortest: Text
    low: Text
    median: Text
    high: Text
    longest: Text
    p: Text


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
    curve_sets: int = Field(ge=1, le=100_000)
    curve_grid: dict[Literal["days", "weeks", "months"], int] = Field(min_length=1)
    curve_horizon_weeks: float = Field(gt=0)
    curve_ticks_weeks: Increasing
    curve_claims: CurveClaims
    safety_claims: SafetyClaims
    safety_events: dict[Text, Text] = Field(min_length=1)
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


@dataclass(frozen=True)
class Parameters:
    """The parameters in force, checked.

    Parameters
    ----------
    project
        Whose parameters they are.
    values
        Every section as plain values, as written (a limit that is left out stays left out).
    """

    project: Project
    values: dict[str, dict]

    def for_notebook(self, name: str) -> dict:
        """What is injected into a notebook: its section, and the shared keys it declares.

        Raises
        ------
        ReviewError
            If the notebook's cell tagged `parameters` declares a name that no section has, if it
            reads an entry by `nb.setting` that its own section lacks, or if it does neither with
            one that the section has.
        """
        path = self.project.notebooks / f"{name}.ipynb"
        declared = parameter_file.declared(path) or {}
        settings = parameter_file.settings(path)
        section = parameter_file.section_of(name)
        own, shared = self.values.get(section, {}), self.values.get(SHARED, {})
        problems = [
            f"the cell tagged `parameters` declares {key}, which is neither in section {section} "
            f"nor in {SHARED} of params.yml" + nearest(key, [*own, *shared])
            for key in declared
            if key not in own and key not in shared
        ]
        problems += [
            f'nb.setting("{key}") is not in section {section} of params.yml' + nearest(key, own)
            for key in sorted(settings)
            if key not in own
        ]
        problems += [
            f"the cell tagged `parameters` does not declare {key}, which section {section} of "
            f'params.yml sets, nor does nb.setting("{key}") read it'
            for key in own
            if key not in declared and key not in settings
        ]
        if problems:
            raise ReviewError("\n".join(f"notebooks/{path.name}: {p}" for p in problems))
        return {key: own.get(key, shared.get(key)) for key in declared}


def load(project: Project | None = None) -> Parameters:
    """Read and check the parameters in force.

    Raises
    ------
    ReviewError
        With every problem at once, one per line, each with file, line, name and value.
    """
    project = project or find_project()
    found = parameter_file.documents(project)
    values = parameter_file.merge(found)
    notebooks = [p.stem for p in sorted(project.notebooks.glob("[0-9]*.ipynb"))]
    free = {parameter_file.section_of(name) for name in notebooks} - set(SECTIONS)
    problems = sorted(set(_check(values, found, free)))
    if problems:
        raise ReviewError("\n".join(f"{f}, line {line}: {text}" for f, line, text in problems))
    return Parameters(project, values)


def _check(values: dict, found: list[Document], free: set[str]) -> Iterable[tuple[str, int, str]]:
    """(file, line, text) of everything that is wrong."""
    fields = {name: (model, ...) for name, model in SECTIONS.items()}
    fields |= {name: (Own, {}) for name in free}
    whole = create_model("Parameters", __base__=Entries, **fields)
    try:
        whole.model_validate(values)
        wrong = parameter_rules.findings(values)
    except ValidationError as error:
        wrong = (
            explained
            for problem in error.errors(include_url=False)
            for explained in _explain(problem, values, set(fields))
        )
    for path, text in wrong:
        document = next((d for d in found if d.holds(path[:2])), found[-1])
        yield document.name, document.line(path), text


def _explain(problem: dict, values: dict, sections: set[str]) -> Iterable[tuple[tuple, str]]:
    # A dictionary's bad key carries a last step "[key]" that is not in the file.
    path = tuple(step for step in problem["loc"] if step != "[key]")
    name = _dotted(path)
    if problem["type"] == "entries":
        for index, text in problem["ctx"]["problems"]:
            yield (*path, index), f"{name}: {text}"
    elif problem["type"] == "extra_forbidden":
        yield path, f"unknown name {name}" + nearest(path[-1], _siblings(path, sections))
    elif problem["type"] == "invalid-json-value":
        text = "should be a text (a date stands in quotes), a number, yes or no, or a list of these"
        yield path, f"{name} {text}, found {_short(problem['input'])}"
    elif problem["type"] == "missing":
        yield path, f"{name} is missing"
    else:
        text = problem["msg"].replace("Input should", "should").replace("String should", "should")
        text = text.replace("List should", "should").replace("Dictionary should", "should")
        yield path, f"{name} {text}, found {_short(problem['input'])}"


def _siblings(path: tuple, sections: set[str]) -> Sequence[str]:
    """The names that could have been meant at the place of an unknown one."""
    if len(path) == 1:
        return sorted(sections)
    if len(path) == 2:
        return list(SECTIONS[path[0]].model_fields)
    return [*Group.model_fields, *Diagnosis.model_fields]


def _dotted(path: tuple) -> str:
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
