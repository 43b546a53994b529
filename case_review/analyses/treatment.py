"""How patients were treated: doses, target levels, duration and other drugs given along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from case_review import formatting
from case_review.analyses.descriptive import count, patients_result, plain_result
from case_review.analyses.grouping import group_of, interval_group

#: What stands in `cotreatments` if a report says that nothing else was given.
NO_COTREATMENT = "none"


def grouped(
    patients: pd.DataFrame, dose_groups: Sequence[Mapping], level_groups: Sequence[Mapping]
) -> pd.DataFrame:
    """`patients` with the columns `dose_group` and `level_group`, missing where not reported."""
    doses = zip(patients["dose_value"], patients["dose_unit"], strict=True)
    levels = zip(patients["level_low_ng_ml"], patients["level_high_ng_ml"], strict=True)
    return patients.assign(
        dose_group=[group_of(value, unit, dose_groups) for value, unit in doses],
        level_group=[interval_group(low, high, level_groups) for low, high in levels],
    )


def dose_text(value: float, unit: str) -> str:
    """A dose as printed, e.g. `1.6 mg/m²/day`."""
    return f"{formatting.number(value)} {unit.replace('m2', 'm²')}"


def dose_results(patients: pd.DataFrame, frame: pd.DataFrame, of: int) -> Iterator[dict]:
    """Patients whose dose is known (of `of`), and the most common dose among them.

    `frame` is the long form of `descriptive.tidy`. Doses of posters are groups, so they count in
    the denominator but cannot be the single most common value. No dose known, no result for it.
    """
    reported = of - count(frame, "dose_group", None)
    yield patients_result("treatment.dose_reported.all", reported, of)
    sizes = patients.groupby(["dose_value", "dose_unit"]).size()
    if len(sizes):
        value, unit = sizes.idxmax()
        yield patients_result("treatment.dose_most_common.all", int(sizes.max()), reported)
        yield plain_result(
            "treatment.dose_most_common_value", float(value), unit, dose_text(value, unit)
        )


def level_results(
    patients: pd.DataFrame, frame: pd.DataFrame, groups: Sequence[Mapping], of: int
) -> Iterator[dict]:
    """Targets known, the most common group with its limits, and when levels were measured."""
    reported = of - count(frame, "level_group", None)
    yield patients_result("treatment.level_reported.all", reported, of)
    if reported:
        group = max(groups, key=lambda g: count(frame, "level_group", g["id"]))
        n = count(frame, "level_group", group["id"])
        yield patients_result("treatment.level_most_common.all", n, reported)
        for end in ("low", "high"):
            if end in group:
                id = f"treatment.level_most_common_{end}"
                text = formatting.number(group[end])
                yield plain_result(id, group[end], group["unit"], text)
    days = patients["level_time_days"].dropna()
    yield patients_result("treatment.level_time_reported.all", len(days), of)
    if len(days):
        text = formatting.with_unit(formatting.number(days.median()), "days")
        yield plain_result("treatment.level_time_days", float(days.median()), "days", text)


def duration_results(patients: pd.DataFrame, of: int) -> Iterator[dict]:
    """Patients followed for a known time (of `of`), and what had become of their treatment."""
    known = patients[patients["follow_up_months"].notna()]
    yield patients_result("treatment.duration_reported.all", len(known), of)
    if known.empty:
        return
    ongoing = known[known["treatment_status"] == "ongoing"]
    stopped = int((known["treatment_status"] == "stopped").sum())
    unknown = int(known["treatment_status"].isna().sum())
    yield patients_result("treatment.ongoing.all", len(ongoing), len(known))
    yield patients_result("treatment.stopped.all", stopped, len(known))
    yield patients_result("treatment.status_not_reported.all", unknown, len(known))
    for end in ("min", "max"):
        if len(ongoing):
            months = float(getattr(ongoing["follow_up_months"], end)())
            text = formatting.with_unit(formatting.number(months), "months")
            yield plain_result(f"treatment.ongoing_follow_up_months_{end}", months, "months", text)


def cotreatments(frame: pd.DataFrame) -> pd.Series:
    """Patients by combination of other drugs, most frequent first; nothing given is left out."""
    rows = frame[(frame["variable"] == "cotreatments") & frame["level"].notna()]
    sizes = rows[rows["level"] != NO_COTREATMENT].groupby("level")["n"].sum()
    return sizes.sort_index().sort_values(ascending=False, kind="stable")


def cotreatment_results(frame: pd.DataFrame, of: int) -> Iterator[dict]:
    """Patients with information on other drugs, with any, with the commonest combination.

    The ids `treatment.cotreatment.<drug>` count the patients given a drug, alone or with others.
    """
    reported = of - count(frame, "cotreatments", None)
    yield patients_result("treatment.cotreatment_reported.all", reported, of)
    sizes = cotreatments(frame)
    if not reported:
        return
    yield patients_result("treatment.cotreated.all", int(sizes.sum()), reported)
    if len(sizes):
        name = sizes.index[0].replace(";", " and ")
        n = int(sizes.iloc[0])
        yield patients_result("treatment.cotreatment_most_common.all", n, int(sizes.sum()))
        yield plain_result("treatment.cotreatment_most_common_name", name, "")
    drugs = sorted({drug for level in sizes.index for drug in level.split(";")})
    for drug in drugs:
        n = int(sum(n for level, n in sizes.items() if drug in level.split(";")))
        id = drug.lower().replace("-", "_").replace(" ", "_")
        yield patients_result(f"treatment.cotreatment.{id}", n, reported)
