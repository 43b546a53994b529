"""Counting the reconstructed rows again, without the solver, against what binds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from case_review.errors import ReviewError
from case_review.reconstruction import times
from case_review.reconstruction.specification import POPULATIONS, Specification
from case_review.statistics import logrank, survival
from case_review.units import to_hours

#: Where the rows hold a number, the column that tells whether a grouped variable is reported.
_UNGROUPED = {
    "age_group": "age_value",
    "dose_group": "dose_value",
    "level_group": "level_low_ng_ml",
}


def margins(
    spec: Specification, tables: Mapping[str, pd.DataFrame], month_days: float
) -> pd.DataFrame:
    """Every printed number that binds the rows, beside what the rows give.

    Returns
    -------
    pandas.DataFrame
        Columns `claim_id`, `printed`, `found`; both numbers as text at the printed precision.
    """
    counted = [*_levels(spec, tables), *_safety(spec, tables), *_follow_up(spec, tables)]
    rows = [(claim, spec.number(claim), int(found)) for claim, found in counted]
    rows += _response(spec, tables["patients"], month_days)
    return pd.DataFrame(rows, columns=["claim_id", "printed", "found"]).astype(str)


def refuse_differing(found: pd.DataFrame) -> None:
    """Stop where rows that were made to agree with the print do not.

    Parameters
    ----------
    found
        As `margins` gives it.

    Raises
    ------
    ReviewError
        Naming each number, as it is printed and as the rows have it.
    """
    differing = found[found["printed"] != found["found"]]
    if differing.empty:
        return
    lines = [
        f"data/raw/published.csv, {one.claim_id}: printed as {one.printed}, the reconstructed rows "
        f"in data/raw/ have {one.found}"
        for one in differing.itertuples()
    ]
    done = "Undo what was changed in the rows, or write them anew by `make reconstruct`."
    raise ReviewError("\n".join([*lines, done]))


def in_raw(raw: Path) -> dict[str, pd.DataFrame]:
    """The four tables that lie in a folder of raw data, as `tables.reconstruct` makes them."""
    counts = {"reports": "n_patients", "patients": None, "posters": "n"}
    counts["adverse_events"] = "n_patients"
    found = {}
    for name, column in counts.items():
        table = pd.read_csv(raw / f"{name}.csv", dtype=str, keep_default_na=False)
        found[name] = table if column is None else table.astype({column: int})
    return found


def _levels(spec: Specification, tables) -> Iterator[tuple]:
    """Patients at the levels of each variable."""
    patients = tables["patients"]
    reported = {
        variable: patients[column].ne("").map({True: "reported", False: ""})
        for variable, column in _UNGROUPED.items()
    }
    patients = patients.assign(**reported)[spec.variables].melt(value_name="level").assign(n=1)
    both = pd.concat([patients, tables["posters"]], keys=POPULATIONS, names=["population"])
    counted = both.groupby(["population", "variable", "level"])["n"].sum()
    for claim, variable, values, population in spec.margins():
        if variable in _UNGROUPED and population == "publications" and values != [""]:
            continue  # values are grouped again by the analysis notebooks, tested there
        populations = POPULATIONS if population == "all" else [population]
        yield claim, sum(counted.get((p, variable, x), 0) for p in populations for x in values)


def _safety(spec: Specification, tables) -> Iterator[tuple]:
    """Patients by what is known of their adverse events."""
    safety, events, posters = spec["safety"], tables["adverse_events"], tables["posters"]
    reports = tables["reports"].groupby("adverse_events_reported")["n_patients"]
    number, patients = reports.size(), reports.sum()
    yield spec["reports"]["without_safety"], number["no"]
    yield safety["patients_without_data"], patients["no"]
    own, others = events[events["patient_id"] != ""], events[events["patient_id"] == ""]
    of_posters = posters.query("variable == 'adverse_events' and level == 'any'")["n"].sum()
    yield safety["no_event"], patients["yes"] - own["patient_id"].nunique() - of_posters
    told = {term for patient in safety["told"]["patients"] for term in patient}
    for key, entry in safety["events"].items():
        terms = told if key == safety["told"]["event"] else entry["terms"]
        own_with = own.loc[own["event"].isin(terms), "patient_id"].nunique()
        yield entry["claim"], own_with + others.loc[others["event"].isin(terms), "n_patients"].sum()
    reduced = own["action"] == "dose reduced"
    yield safety["dose_reduced"], own.loc[reduced, "patient_id"].nunique()


def _follow_up(spec: Specification, tables) -> Iterator[tuple]:
    """How many patients were followed, how many are still treated, and for how many months."""
    entry, known = spec["follow_up"], tables["patients"].query("follow_up_months != ''")
    ongoing = known.loc[known["treatment_status"] == "ongoing", "follow_up_months"].astype(int)
    yield entry["reported"], len(known)
    yield entry["ongoing"], len(ongoing)
    yield entry["shortest"], ongoing.min()
    yield entry["longest"], ongoing.max()


def _response(spec: Specification, patients: pd.DataFrame, month_days: float) -> Iterator[tuple]:
    """The times to response and the log-rank p; each row holds the printed number as well."""
    ids = spec["response"]["ids"]
    reported = patients[["response_time_value", "response_time_unit"]].itertuples(index=False)
    hours = [to_hours(value, unit, month_days) for value, unit in reported]
    event, group = [1] * len(hours), patients["diagnosis"].map(spec.group_of)
    printed = times.read_printed(spec.claims, ids, month_days)
    median = survival.kaplan_meier(hours, event).median()
    found = {
        "shortest": min(hours), "low": median.lower, "median": median.estimate,
        "high": median.upper, "longest": max(hours),
    }  # fmt: skip
    for name, value in found.items():
        yield ids[name], f"{getattr(printed, name)} hours", f"{value:.0f} hours"
    p = logrank.logrank(hours, event, group).p
    yield ids["p"], f"{printed.p:.{printed.p_digits}f}", f"{p:.{printed.p_digits}f}"
