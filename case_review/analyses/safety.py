"""Adverse events: patients, not events, over the patients whose report gives safety data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from case_review import formatting
from case_review.analyses.descriptive import patients_result, plain_result
from case_review.analyses.treatment import dose_text
from case_review.errors import ReviewError
from case_review.exhibits import Row, Table
from case_review.statistics import proportions

#: The actions on treatment that have a column.
REDUCED, STOPPED = "dose reduced", "stopped"
#: What stands for an effect that no report names: silence is not absence.
NOT_MENTIONED = "not mentioned"
_NO_NUMBER = "–"


@dataclass(frozen=True)
class Denominators:
    """Patients and reports with and without information on adverse events."""

    patients_with: int
    patients_without: int
    reports_without: int

    @property
    def patients(self) -> int:
        """All patients."""
        return self.patients_with + self.patients_without


@dataclass(frozen=True)
class Effect:
    """One adverse effect, or any; `n` is None where no report mentions it.

    `episodes` is None where no report counts them.
    """

    id: str
    label: str
    category: str
    n: int | None
    episodes: int | None = None
    reduced: int = 0
    stopped: int = 0


def denominators(reports: pd.DataFrame) -> Denominators:
    """Who can be judged, from the reports' column `adverse_events_reported`.

    Raises
    ------
    ReviewError
        If no report gives information: nothing has a denominator then.
    """
    given = reports["adverse_events_reported"] == "yes"
    if not reports.loc[given, "n_patients"].sum():
        raise ReviewError(
            "data/clean/reports.csv, adverse_events_reported: no report gives information on "
            "adverse events, so that no proportion has a denominator; correct data/raw/reports.csv"
        )
    return Denominators(
        int(reports.loc[given, "n_patients"].sum()),
        int(reports.loc[~given, "n_patients"].sum()),
        int((~given).sum()),
    )


def patients_in(rows: pd.DataFrame) -> int:
    """Patients behind rows of events: an identified patient once, however many rows name them.

    Rows without `patient_id` come from reports that give numbers only; they are added up, for
    every one of them is a term with an action of its own.
    """
    return int(
        rows["patient_id"].nunique() + rows.loc[rows["patient_id"].isna(), "n_patients"].sum()
    )


def any_event(events: pd.DataFrame, posters: pd.DataFrame) -> int:
    """Patients with at least one event: identified ones, and those that posters count as such."""
    counted = posters[(posters["variable"] == "adverse_events") & (posters["level"] == "any")]
    return int(events["patient_id"].nunique() + counted["n"].sum())


def effects(events: pd.DataFrame, listed: Sequence[Mapping], of: int) -> list[Effect]:
    """The listed effects, the most frequent first, those not mentioned last.

    Raises
    ------
    ReviewError
        If the data hold an event that is not listed, or more patients than gave information.
    """
    unknown = sorted(set(events["event"]) - {item["id"] for item in listed})
    if unknown:
        raise ReviewError(
            f"data/clean/adverse_events.csv, event: found {', '.join(unknown)}, expected one of "
            "safety.effects in params.yml; add the effect with its label and category"
        )
    found = [_effect(item, events[events["event"] == item["id"]]) for item in listed]
    for effect in found:
        if (effect.n or 0) > of:
            raise ReviewError(
                f"data/clean/adverse_events.csv, event {effect.id}: {effect.n} patients, expected "
                f"at most the {of} whose reports give information; check n_patients"
            )
    return sorted(found, key=lambda effect: -1 if effect.n is None else effect.n, reverse=True)


def _effect(item: Mapping, rows: pd.DataFrame) -> Effect:
    name = (item["id"], item["label"], item["category"])
    if rows.empty:
        return Effect(*name, None)
    return Effect(*name, patients_in(rows), _episodes(rows), *_actions(rows))


def _episodes(rows: pd.DataFrame) -> int | None:
    counted = rows["n_episodes"].dropna()
    return int(counted.sum()) if len(counted) else None


def _actions(rows: pd.DataFrame) -> tuple[int, int]:
    return tuple(patients_in(rows[rows["action"] == action]) for action in (REDUCED, STOPPED))


def overall(events: pd.DataFrame, posters: pd.DataFrame) -> Effect:
    """The row for any event, where a patient counts once and episodes are not added up."""
    n = any_event(events, posters)
    return Effect("any_event", "Any adverse event", "", n, None, *_actions(events))


# -- results ---------------------------------------------------------------------------------------


def denominator_results(known: Denominators) -> Iterator[dict]:
    """Reports and patients without information, and patients with it."""
    yield plain_result("safety.reports_without_data", known.reports_without, "reports")
    yield patients_result("safety.patients_without_data", known.patients_without, known.patients)
    yield patients_result("safety.patients_with_data", known.patients_with, known.patients)


def effect_results(
    found: Sequence[Effect], any_of_them: Effect, of: int, conf_level: float
) -> Iterator[dict]:
    """Each effect mentioned, any and none, with exact limits; episodes and actions."""
    yield _proportion("safety.any_event", any_of_them.n, of, conf_level)
    yield _proportion("safety.no_event", of - any_of_them.n, of, conf_level)
    for effect in found:
        if effect.n is not None:
            yield _proportion(f"safety.event.{effect.id}", effect.n, of, conf_level)
        if effect.episodes is not None:
            yield plain_result(f"safety.episodes.{effect.id}", effect.episodes, "episodes")
    unmentioned = sum(effect.n is None for effect in found)
    yield plain_result("safety.effects_not_mentioned", unmentioned, "effects")
    yield patients_result("safety.dose_reduced", any_of_them.reduced, of)
    yield patients_result("safety.stopped", any_of_them.stopped, of)


def _proportion(id: str, n: int, of: int, conf_level: float) -> dict:
    # Limits are in patients of `of`, as the value is.
    low, high = (of * limit for limit in proportions.exact(n, of, conf_level))
    return {**patients_result(id, n, of), "low": low, "high": high}


def reported_results(
    events: pd.DataFrame, patients: pd.DataFrame, infection: str
) -> Iterator[dict]:
    """Patients and episodes by reported term, infections outlived by treatment, the dose stopped.

    `infection` is the event after which treatment may have gone on. The dose is given if all
    patients who stopped took the same.
    """
    for term, rows in events.groupby("event_reported"):
        name = re.sub(r"[^a-z0-9]+", "_", term.lower()).strip("_")
        yield plain_result(f"safety.reported.{name}", patients_in(rows), "patients")
        if _episodes(rows) is not None:
            yield plain_result(f"safety.reported_episodes.{name}", _episodes(rows), "episodes")
    infected = events[events["event"] == infection]
    ended = infected[infected["action"] == STOPPED]
    if len(infected):
        n = patients_in(infected)
        yield patients_result(f"safety.{infection}_continued", n - patients_in(ended), n)
    stopped = events.loc[events["action"] == STOPPED, "patient_id"].dropna()
    doses = patients[patients["patient_id"].isin(stopped)][["dose_value", "dose_unit"]].dropna()
    if len(doses.drop_duplicates()) == 1:
        value, unit = doses.iloc[0]
        yield plain_result("safety.stopped_dose", float(value), unit, dose_text(value, unit))


# -- the table -------------------------------------------------------------------------------------


def bounds(n: int, known: Denominators) -> tuple[float, float]:
    """The proportion of all patients if none, or all, of those without information had it."""
    return n / known.patients, (n + known.patients_without) / known.patients


def table(
    found: Sequence[Effect],
    any_of_them: Effect,
    known: Denominators,
    categories: Mapping[str, str],
    conf_level: float,
) -> Table:
    """Any event, then a block per category sorted by frequency."""
    of, level = known.patients_with, formatting.number(100 * conf_level)
    columns = [
        "",
        f"Patients, n (%) of {of}",
        f"{level}% CI, %",
        "Episodes",
        "Dose reduced",
        "Stopped",
        f"Bounds for all {known.patients}, %",
    ]
    rows = [_row(any_of_them, known, conf_level, 0)]
    for category, heading in categories.items():
        rows.append(Row([heading, *[""] * 6], heading=True))
        rows += [_row(e, known, conf_level, 1) for e in found if e.category == category]
    notes = [
        ("", f"A patient with several events counts once in each row. CI: exact limits of the "
         f"proportion of the {of} patients whose reports give information on adverse events."),
        ("", f"Bounds: none, or all, of the {known.patients_without} patients without information "
         f"had the event. {_NO_NUMBER}: not counted, or not applicable. An effect that is not "
         "mentioned may not have been looked for, so it has no proportion."),
    ]  # fmt: skip
    return Table(columns, rows, coordinates(found, any_of_them, known, conf_level), notes)


def _row(effect: Effect, known: Denominators, conf_level: float, indent: int) -> Row:
    if effect.n is None:
        return Row([effect.label, NOT_MENTIONED, *[_NO_NUMBER] * 5], indent=indent)
    limits = proportions.exact(effect.n, known.patients_with, conf_level)
    cells = [
        effect.label,
        formatting.count_percent(effect.n, known.patients_with),
        _percents(limits),
        _NO_NUMBER if effect.episodes is None else str(effect.episodes),
        str(effect.reduced),
        str(effect.stopped),
        _percents(bounds(effect.n, known)),
    ]
    return Row(cells, indent=indent)


def _percents(limits: Sequence[float]) -> str:
    return formatting.interval(100 * limits[0], 100 * limits[1], 1)


def coordinates(
    found: Sequence[Effect], any_of_them: Effect, known: Denominators, conf_level: float
) -> pd.DataFrame:
    """A row per effect: counts, and proportions as fractions of 1; empty if not mentioned."""
    rows = []
    for effect in [any_of_them, *found]:
        row = {"effect": effect.id, "label": effect.label, "category": effect.category}
        row |= {"n": effect.n, "of": known.patients_with}
        if effect.n is not None:
            low, high = proportions.exact(effect.n, known.patients_with, conf_level)
            least, most = bounds(effect.n, known)
            row |= {"proportion": effect.n / known.patients_with, "low": low, "high": high}
            row |= {"least": least, "most": most, "episodes": effect.episodes}
            row |= {"dose_reduced": effect.reduced, "stopped": effect.stopped}
        rows.append(row)
    return pd.DataFrame(rows).astype(
        dict.fromkeys(("n", "episodes", "dose_reduced", "stopped"), "Int64")
    )
