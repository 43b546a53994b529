"""What a comparison of groups may be adjusted for: who has it, how often, and how it is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from case_review import registry
from case_review.statistics import adjusted
from case_review.values import Count

#: The column of the analysed patients that says to which group each of them belongs.
GROUP = "group"


def known(frame: pd.DataFrame, facts: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The analysed patients with some facts beside them; who lacks one of them is left out.

    Parameters
    ----------
    frame
        The patients that are analysed; see `response.times`.
    facts
        One row for each patient of the review, with `patient_id`.
    columns
        Those of `facts` that are wanted, or `group`, which `frame` has.
    """
    own = [name for name in columns if name != GROUP]
    found = frame.merge(facts[["patient_id", *own]], on="patient_id", how="left", validate="1:1")
    return found.dropna(subset=[*columns]).reset_index(drop=True)


@dataclass(frozen=True)
class Level:
    """A row of the table of a model: a level of words, or a number as a whole.

    Parameters
    ----------
    name
        The coefficient, as `adjusted.coded` names it.
    label
        Of the row; empty where that of the covariate is enough.
    patients, events
        Who has the level, and how many of them had the outcome.
    reference
        Whether the others are compared with it, so that it has no coefficient.
    """

    name: tuple[str, object]
    label: str
    patients: Count
    events: Count
    reference: bool

    @property
    def id(self) -> str:
        """The last part of the id of its result, before those of all are told apart."""
        return " ".join(str(part) for part in self.name if part != "")


def levels(
    frame: pd.DataFrame, columns: Iterable[str], reference: object, groups: Mapping[str, str]
) -> dict[str, list[Level]]:
    """The rows of each covariate, the reference first, with the patients and events of each.

    Parameters
    ----------
    frame
        As `known` gives it.
    columns
        The covariates.
    reference
        Of the groups, where there are any.
    groups
        Labels of the groups; levels of other columns are their own.
    """
    found = {}
    for column in columns:
        values = frame[column]
        if pd.api.types.is_numeric_dtype(values):
            found[column] = [_level(frame, (column, ""), "", values.notna(), False)]
            continue
        first = reference if column == GROUP and values.eq(reference).any() else None
        labels = groups if column == GROUP else {}
        found[column] = [
            _level(frame, (column, level), labels.get(level, str(level)), values.eq(level), not i)
            for i, level in enumerate(adjusted.levels_of(values, first))
        ]
    return found


def _level(frame, name, label, own, reference) -> Level:
    patients, events = int(own.sum()), int(frame.loc[own, "event"].sum())
    return Level(name, label, Count(patients), Count(events, of=patients), reference)


def coded(frame: pd.DataFrame, found: Mapping[str, Iterable[Level]]) -> pd.DataFrame:
    """The columns of the model's coefficients, with the references of these levels."""
    first = {
        column: level.name[1] for column, own in found.items() for level in own if level.reference
    }
    return adjusted.coded(frame[[*found]], first)


def identifiers(found: Mapping[str, Iterable[Level]]) -> dict[tuple[str, object], str]:
    """The ids of the coefficients by their names; any text can be a level."""
    named = {level.name: level.id for own in found.values() for level in own if not level.reference}
    ids = registry.identifiers(named.values(), taken=["patients", "events"])
    return {name: ids[id] for name, id in named.items()}
