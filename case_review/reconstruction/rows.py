"""From solved levels to rows: the values that a report of such a patient may have printed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from case_review.reconstruction.model import Solution
from case_review.reconstruction.specification import Specification
from case_review.units import to_hours

PROVENANCE = "reconstructed"
#: A month must not be longer than the longest that is considered, so that a stated duration of
#: treatment is never shorter than the time to response.
_MONTH_HOURS = 28 * 24


def as_reported(hours: int, month_days: float) -> tuple[int, str]:
    """Value and unit in which a report would state a time: 24 hours, 3 days, 2 weeks, 6 months."""
    if hours == 24:
        return 24, "hours"
    for unit in ("weeks", "months", "days"):
        value = max(1, round(hours / to_hours(1, unit, month_days)))
        if to_hours(value, unit, month_days) == hours:
            return value, unit
    return hours, "hours"


def report_ids(solution: Solution, publications: int) -> list[str]:
    """`R01`, ... for publications and `P01`, ... for posters, in the order of the solution."""
    others = len(solution.sizes) - publications
    first = [f"R{i:02}" for i in range(1, publications + 1)]
    return first + [f"P{i:02}" for i in range(1, others + 1)]


def reports(solution: Solution, ids: list[str]) -> pd.DataFrame:
    """The table `reports.csv`."""
    return pd.DataFrame(
        {
            "report_id": ids,
            "kind": ["publication" if i.startswith("R") else "poster" for i in ids],
            "n_patients": solution.sizes,
            "adverse_events_reported": ["yes" if h else "no" for h in solution.with_safety],
            "provenance": PROVENANCE,
        }
    )


def patients(
    spec: Specification, solution: Solution, ids: list[str], hours: list[int], month_days, rng
) -> pd.DataFrame:
    """The table `patients.csv`, from the solution and each patient's time to response."""
    names = [
        (f"{report}-{k}", report)
        for report, size in zip(ids, solution.sizes, strict=True)
        if report.startswith("R")
        for k in range(1, size + 1)
    ]
    follow_up = _follow_up(spec, solution, hours, rng)
    timed = rng.choice([i for i, levels in enumerate(solution.patients) if levels["level_group"]])
    level_time = spec.number(spec["follow_up"]["level_time"])
    rows = []
    for i, (levels, (patient, report)) in enumerate(zip(solution.patients, names, strict=True)):
        age = _pick(spec, "age_group", levels, rng)
        dose = _pick(spec, "dose_group", levels, rng)
        low, high = _pick(spec, "level_group", levels, rng)
        value, unit = as_reported(hours[i], month_days)
        months, status = follow_up.get(i, ("", ""))
        rows.append(
            {
                "patient_id": patient, "report_id": report, "sex": levels["sex"],
                "age_value": age[0], "age_unit": age[1], "onset": levels["onset"],
                "diagnosis": levels["diagnosis"], "symptoms": levels["symptoms"],
                "drug": levels["drug"], "dose_value": dose[0], "dose_unit": dose[1],
                "level_low_ng_ml": low, "level_high_ng_ml": high,
                "level_time_days": level_time if i == timed else "",
                "cotreatments": levels["cotreatments"], "response": "yes",
                "response_criterion": _criterion(spec, levels, rng),
                "response_time_value": value, "response_time_unit": unit,
                "follow_up_months": months, "treatment_status": status,
                "provenance": PROVENANCE,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _pick(spec: Specification, variable: str, levels: dict, rng) -> tuple:
    """One of the values that a report may give at a level; empty where it is not reported."""
    options = spec["values"][variable].get(levels[variable])
    return tuple(options[rng.integers(len(options))]) if options else ("", "")


def _criterion(spec: Specification, levels: dict, rng) -> str:
    response = spec["response"]
    options = response["criteria_by_diagnosis"].get(levels["diagnosis"], response["criteria"])
    excluded = {
        criterion
        for criterion, levels_without in response["criteria_not_with"].items()
        if any(levels[variable] in values for variable, values in levels_without.items())
    }
    drawn = options[rng.integers(len(options))]
    return drawn if drawn not in excluded else next(o for o in options if o not in excluded)


def _follow_up(spec: Specification, solution: Solution, hours: list[int], rng) -> dict[int, tuple]:
    """Months of follow-up and status of treatment of the patients for whom they are known."""
    entry, number = spec["follow_up"], spec.number
    shortest, longest = number(entry["shortest"]), number(entry["longest"])
    ongoing, reported = number(entry["ongoing"]), number(entry["reported"])
    others = [i for i in range(len(hours)) if i != solution.stopped]
    # Whoever was followed for the shortest time had responded by then.
    early = [i for i in others if hours[i] <= shortest * _MONTH_HOURS]
    first = int(rng.choice(early))
    chosen = [int(i) for i in rng.permutation([i for i in others if i != first])]
    known = [first, *chosen][: reported - 1]
    months = {i: int(rng.integers(_months(hours[i]), longest)) for i in known}
    months[known[0]], months[known[1]] = shortest, longest
    found = {i: (months[i], "ongoing" if k < ongoing else "") for k, i in enumerate(known)}
    least = _months(hours[solution.stopped])
    found[solution.stopped] = (int(rng.integers(least, longest)), "stopped")
    return found


def _months(hours: int) -> int:
    return -(-hours // _MONTH_HOURS)


def posters(solution: Solution, ids: list[str]) -> pd.DataFrame:
    """The table `posters.csv`; counts of zero are left out."""
    rows = []
    all_reports = zip(ids, solution.sizes, solution.with_safety, strict=True)
    posters = [report for report in all_reports if report[0].startswith("P")]
    for k, (report, size, safety) in enumerate(posters):
        counts, some = dict(solution.posters[k]), solution.poster_events[k]["any"]
        counts["adverse_events"] = {"any": some, "none": size - some} if safety else {"": size}
        rows += [
            {"report_id": report, "variable": variable, "level": level, "n": n}
            for variable, levels in counts.items()
            for level, n in levels.items()
            if n
        ]
    return pd.DataFrame(rows).assign(provenance=PROVENANCE)


def adverse_events(
    spec: Specification, solution: Solution, table: pd.DataFrame, ids: list[str], rng
) -> pd.DataFrame:
    """The table `adverse_events.csv`, from the solution and the rows of `patients.csv`."""
    safety = spec["safety"]
    told = iter(rng.permutation(np.arange(len(safety["told"]["patients"]))))
    rows = []
    for i, events in enumerate(solution.events):
        report, patient = table.loc[i, ["report_id", "patient_id"]]
        acted = False
        for key in events:
            if key == safety["told"]["event"]:
                terms = safety["told"]["patients"][int(next(told))]
            else:
                terms = {_term(spec, solution, i, key, rng): ""}
            for term, episodes in terms.items():
                action = "none" if acted else _action(spec, solution, i, key)
                acted |= action != "none"
                rows.append((report, patient, term, key, 1, episodes, action))
    posters = [report for report in ids if report.startswith("P")]
    for report, counts in zip(posters, solution.poster_events, strict=True):
        for key, n in counts.items():
            if key != "any" and n:
                term = _term(spec, solution, -1, key, rng)
                rows.append((report, "", term, key, n, "", "none"))
    columns = ["report_id", "patient_id", "event", "category", "n_patients", "n_episodes", "action"]
    category = {key: entry["category"] for key, entry in safety["events"].items()}
    found = pd.DataFrame(rows, columns=columns)
    return found.assign(category=found["category"].map(category), provenance=PROVENANCE)


def _term(spec: Specification, solution: Solution, i: int, key: str, rng) -> str:
    if i == solution.stopped and key == spec["stopped"]["event"]:
        return spec["stopped"]["term"]
    terms = spec["safety"]["events"][key]["terms"]
    return terms[rng.integers(len(terms))]


def _action(spec: Specification, solution: Solution, i: int, key: str) -> str:
    if i == solution.stopped:
        return "stopped" if key == spec["stopped"]["event"] else "none"
    return "dose reduced" if i in solution.reduced else "none"
