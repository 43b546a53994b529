"""Counting the reconstructed rows again, without the solver, against what binds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from case_review.audit import curves
from case_review.reconstruction.specification import POPULATIONS, Specification
from case_review.statistics import logrank, survival
from case_review.units import to_hours

COLUMNS = ("claim_id", "printed", "found")


def margins(
    spec: Specification, tables: Mapping[str, pd.DataFrame], month_days: float
) -> pd.DataFrame:
    """Every printed number that binds the rows, beside what the rows give.

    Returns
    -------
    pandas.DataFrame
        Columns `claim_id`, `printed`, `found`; both numbers as text at the printed precision.
    """
    rows = [
        *_by_population(spec, tables),
        *_in_total(spec, tables),
        *_safety(spec, tables),
        *_follow_up(spec, tables),
        *_response(spec, tables, month_days),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"printed": str, "found": str})


def _count(tables, variable: str, values, population: str) -> int:
    total = 0
    if population != "posters":
        total += int(_level(tables["patients"], variable).isin(values).sum())
    if population != "publications":
        posters = tables["posters"]
        chosen = (posters["variable"] == variable) & posters["level"].isin(values)
        total += int(posters.loc[chosen, "n"].sum())
    return total


def _level(patients: pd.DataFrame, variable: str) -> pd.Series:
    """A patient's level; of grouped variables only whether anything is reported (see below)."""
    if variable in patients:
        return patients[variable]
    column = {
        "age_group": "age_value",
        "dose_group": "dose_value",
        "level_group": "level_low_ng_ml",
    }
    return patients[column[variable]].map(lambda cell: "" if cell == "" else "reported")


def _by_population(spec: Specification, tables) -> Iterator[tuple]:
    for variable, entry in spec["by_population"].items():
        within = spec.within(variable)
        grouped = variable not in tables["patients"]
        for population in POPULATIONS:
            for level, path in entry["levels"].items():
                if grouped and level and population == "publications":
                    continue  # values are grouped again by the analysis notebooks, tested there
                values = [level, *(v for v, (upper, _) in within.items() if upper == level)]
                claim = f"{entry['claim']}.{path}.{population}.n"
                yield claim, spec.number(claim), _count(tables, variable, values, population)
        for value, path in entry.get("within", {}).items():
            claim = f"{entry['claim']}.{path}.all.n"
            yield claim, spec.number(claim), _count(tables, variable, [value], "all")


def _in_total(spec: Specification, tables) -> Iterator[tuple]:
    for variable, entry in spec["in_total"].items():
        values = list(entry["levels"])
        yield (
            entry["reported"],
            spec.number(entry["reported"]),
            _count(tables, variable, values, "all"),
        )
        for value, claim in entry["levels"].items():
            if claim:
                yield claim, spec.number(claim), _count(tables, variable, [value], "all")
        if "treated" in entry:
            treated = [value for value in values if value != "none"]
            found = _count(tables, variable, treated, "all")
            yield entry["treated"], spec.number(entry["treated"]), found


def _safety(spec: Specification, tables) -> Iterator[tuple]:
    safety, events, reports = spec["safety"], tables["adverse_events"], tables["reports"]
    silent = reports[reports["adverse_events_reported"] == "no"]
    claim = spec["reports"]["without_safety"]
    yield claim, spec.number(claim), len(silent)
    claim = safety["patients_without_data"]
    yield claim, spec.number(claim), int(silent["n_patients"].sum())
    with_event = events.loc[events["patient_id"] != "", "patient_id"].nunique()
    with_data = reports.loc[reports["adverse_events_reported"] == "yes", "n_patients"].sum()
    claim = safety["no_event"]
    found = int(with_data) - with_event - _count(tables, "adverse_events", ["any"], "posters")
    yield claim, spec.number(claim), found
    told = {term for patient in safety["told"]["patients"] for term in patient}
    for key, entry in safety["events"].items():
        terms = told if key == safety["told"]["event"] else set(entry["terms"])
        chosen = events[events["event"].isin(terms)]
        own = chosen.loc[chosen["patient_id"] != "", "patient_id"].nunique()
        others = int(chosen.loc[chosen["patient_id"] == "", "n_patients"].sum())
        yield entry["claim"], spec.number(entry["claim"]), own + others
    reduced = events.loc[events["action"] == "dose reduced", "patient_id"].nunique()
    yield safety["dose_reduced"], spec.number(safety["dose_reduced"]), reduced


def _follow_up(spec: Specification, tables) -> Iterator[tuple]:
    entry, patients = spec["follow_up"], tables["patients"]
    known = patients[patients["follow_up_months"] != ""]
    ongoing = known[known["treatment_status"] == "ongoing"]
    months = ongoing["follow_up_months"].astype(int)
    for name, found in (
        ("reported", len(known)),
        ("ongoing", len(ongoing)),
        ("shortest", months.min()),
        ("longest", months.max()),
    ):
        yield entry[name], spec.number(entry[name]), int(found)


def _response(spec: Specification, tables, month_days: float) -> Iterator[tuple]:
    ids, patients = spec["response"]["ids"], tables["patients"]
    hours = [
        to_hours(value, unit, month_days)
        for value, unit in zip(
            patients["response_time_value"], patients["response_time_unit"], strict=True
        )
    ]
    group = patients["diagnosis"].map(spec.group_of)
    printed = curves.read_printed(spec.claims, ids, month_days)
    median = survival.kaplan_meier(hours, [1] * len(hours)).median()
    found = {
        "shortest": min(hours), "low": int(median.lower), "median": int(median.estimate),
        "high": int(median.upper), "longest": max(hours),
    }  # fmt: skip
    for name, value in found.items():
        yield ids[name], f"{getattr(printed, name)} hours", f"{value} hours"
    p = logrank.logrank(hours, [1] * len(hours), group).p
    yield ids["p"], f"{printed.p:.{printed.p_digits}f}", f"{p:.{printed.p_digits}f}"
