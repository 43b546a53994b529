"""From solved levels to rows: the values that a report of such a patient may have printed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from case_review.reconstruction.sampling import DataSet
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


def report_ids(data: DataSet, publications: int) -> list[str]:
    """`R01`, ... for publications and `P01`, ... for posters, in the order of the set."""
    others = len(data.sizes) - publications
    first = [f"R{i:02}" for i in range(1, publications + 1)]
    return first + [f"P{i:02}" for i in range(1, others + 1)]


def reports(data: DataSet, ids: list[str]) -> pd.DataFrame:
    """The table `reports.csv`."""
    return pd.DataFrame(
        {
            "report_id": ids,
            "kind": ["publication" if i.startswith("R") else "poster" for i in ids],
            "n_patients": data.sizes,
            "adverse_events_reported": np.where(data.with_safety, "yes", "no"),
            "provenance": PROVENANCE,
        }
    )


def patients(
    spec: Specification, data: DataSet, ids: list[str], month_days: float, rng
) -> pd.DataFrame:
    """The table `patients.csv`, with values that reports of such patients may give."""
    hours = data.hours.tolist()
    numbers = data.report[: len(hours)]
    begins = np.searchsorted(numbers, numbers)
    names = [f"{ids[r]}-{i - begins[i] + 1}" for i, r in enumerate(numbers)]
    everybody = [{v: x[i] for v, x in data.levels.items()} for i in range(len(hours))]
    follow_up = _follow_up(spec, data.stopped, hours, rng)
    timed = rng.choice([i for i, levels in enumerate(everybody) if levels["level_group"]])
    level_time = spec.number(spec["follow_up"]["level_time"])
    rows = []
    for i, levels in enumerate(everybody):
        age = _pick(spec, "age_group", levels, rng)
        dose = _pick(spec, "dose_group", levels, rng)
        low, high = _pick(spec, "level_group", levels, rng)
        value, unit = as_reported(hours[i], month_days)
        months, status = follow_up.get(i, ("", ""))
        rows.append(
            {
                "patient_id": names[i], "report_id": ids[numbers[i]], "sex": levels["sex"],
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


def _follow_up(spec: Specification, stopped: int, hours: list[int], rng) -> dict[int, tuple]:
    """Months of follow-up and status of treatment of the patients for whom they are known."""
    entry, number = spec["follow_up"], spec.number
    shortest, longest = number(entry["shortest"]), number(entry["longest"])
    ongoing, reported = number(entry["ongoing"]), number(entry["reported"])
    others = [i for i in range(len(hours)) if i != stopped]
    # Whoever was followed for the shortest time had responded by then.
    early = [i for i in others if hours[i] <= shortest * _MONTH_HOURS]
    first = int(rng.choice(early))
    chosen = [int(i) for i in rng.permutation([i for i in others if i != first])]
    known = [first, *chosen][: reported - 1]
    months = {i: int(rng.integers(_months(hours[i]), longest)) for i in known}
    months[known[0]], months[known[1]] = shortest, longest
    found = {i: (months[i], "ongoing" if k < ongoing else "") for k, i in enumerate(known)}
    found[stopped] = (int(rng.integers(_months(hours[stopped]), longest)), "stopped")
    return found


def _months(hours: int) -> int:
    return -(-hours // _MONTH_HOURS)


def posters(data: DataSet, ids: list[str]) -> pd.DataFrame:
    """The table `posters.csv`; counts of zero are left out."""
    some = np.unique(np.concatenate(list(data.events.values())))
    rows = []
    for number, report in enumerate(ids):
        if not report.startswith("P"):
            continue
        own = data.report == number
        counts = {v: _counted(found[own]) for v, found in data.levels.items()}
        size, with_event = int(own.sum()), int(own[some].sum())
        known = {"any": with_event, "none": size - with_event}
        counts["adverse_events"] = known if data.with_safety[number] else {"": size}
        rows += [
            {"report_id": report, "variable": variable, "level": level, "n": n}
            for variable, levels in counts.items()
            for level, n in levels.items()
            if n
        ]
    return pd.DataFrame(rows).assign(provenance=PROVENANCE)


def _counted(levels: np.ndarray) -> dict[str, int]:
    found, counts = np.unique(levels.astype(str), return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def adverse_events(
    spec: Specification, data: DataSet, table: pd.DataFrame, ids: list[str], rng
) -> pd.DataFrame:
    """The table `adverse_events.csv`, from the data set and the rows of `patients.csv`."""
    safety = spec["safety"]
    told = iter(rng.permutation(np.arange(len(safety["told"]["patients"]))))
    rows = []
    for i, (report, patient) in enumerate(
        zip(table["report_id"], table["patient_id"], strict=True)
    ):
        for key in (key for key, had in data.events.items() if i in had):
            if key == safety["told"]["event"]:
                terms = safety["told"]["patients"][int(next(told))]
            else:
                terms = {_term(spec, data, i, key, rng): ""}
            for term, episodes in terms.items():
                action = _action(spec, data, i, key)
                rows.append((report, patient, term, key, 1, episodes, action))
    for number, report in enumerate(ids):
        for key, had in data.events.items() if report.startswith("P") else ():
            if n := int((data.report[had] == number).sum()):
                term = _term(spec, data, -1, key, rng)
                rows.append((report, "", term, key, n, "", "none"))
    columns = ["report_id", "patient_id", "event", "category", "n_patients", "n_episodes", "action"]
    category = {key: entry["category"] for key, entry in safety["events"].items()}
    found = pd.DataFrame(rows, columns=columns)
    return found.assign(category=found["category"].map(category), provenance=PROVENANCE)


def _term(spec: Specification, data: DataSet, i: int, key: str, rng) -> str:
    if i == data.stopped and key == spec["stopped"]["event"]:
        return spec["stopped"]["term"]
    terms = spec["safety"]["events"][key]["terms"]
    return terms[rng.integers(len(terms))]


def _action(spec: Specification, data: DataSet, i: int, key: str) -> str:
    if i == data.stopped and key == spec["stopped"]["event"]:
        return "stopped"
    return "dose reduced" if data.reduced.get(i) == key else "none"
