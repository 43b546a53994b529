"""The patients with individual data, one by one: a table, and the course of each (swimmer plot)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from case_review import formatting
from case_review.analyses.treatment import dose_text
from case_review.exhibits import Row, Table, style
from case_review.units import to_hours

_WEEK = 168
#: Axis ticks in weeks, up to the longest course.
_TICKS = (0, 1, 4, 12, 26, 52, 104, 156, 208, 260, 520)
_HEADINGS = (
    "Patient",
    "Sex",
    "Age",
    "Diagnosis",
    "Drug",
    "Daily dose",
    "Target level, ng/ml",
    "Time to response",
    "Follow-up",
    "Status",
)
#: What stands for a value that a report does not give.
MISSING = "–"
#: What ends a course, by treatment status at the last follow-up, and how it is drawn.
_ENDS = (("ongoing", ">", "Treatment going on"), ("stopped", "X", "Treatment stopped"))
_UNKNOWN = ("|", "Last follow-up, status not reported")


def table(patients: pd.DataFrame) -> Table:
    """A row per patient of the clean table; the CSV also holds times in hours and the provenance.

    Values stand as reported, in their own units.
    """
    rows = [Row(list(_shown(patient).values())) for patient in patients.to_dict("records")]
    notes = [
        ("", "A patient's number begins with that of the report. Daily dose: at the start. Target "
         "level: of the drug in blood. Status: of treatment, at the last follow-up. "
         f"{MISSING}: not reported, or no response."),
    ]  # fmt: skip
    return Table(_HEADINGS, rows, _numbers(patients), notes, align="l" * len(_HEADINGS))


def _shown(patient: Mapping) -> dict[str, str]:
    given = {key: value for key, value in patient.items() if not pd.isna(value)}
    low, high = given.get("level_low_ng_ml"), given.get("level_high_ng_ml")
    return {
        "patient": given["patient_id"],
        "sex": given.get("sex", MISSING),
        "age": _amount(given.get("age_value"), given.get("age_unit")),
        "diagnosis": given.get("diagnosis", MISSING),
        "drug": given.get("drug", MISSING),
        "dose": _dose(given.get("dose_value"), given.get("dose_unit")),
        "level": MISSING if None in (low, high) else formatting.interval(low, high),
        "response": _amount(given.get("response_time_value"), given.get("response_time_unit")),
        "follow_up": _amount(given.get("follow_up_months"), "months"),
        "status": given.get("treatment_status", MISSING),
    }


def _dose(value: float | None, unit: str | None) -> str:
    # The column's heading says that it is daily.
    return MISSING if value is None else dose_text(value, unit or "").removesuffix("/day")


def _amount(value: float | None, unit: str | None) -> str:
    return MISSING if value is None else formatting.with_unit(formatting.number(value), unit or "")


def _numbers(patients: pd.DataFrame) -> pd.DataFrame:
    wanted = (
        "patient_id report_id sex age_value age_unit age_hours onset diagnosis anomaly type drug "
        "dose_value dose_unit level_low_ng_ml level_high_ng_ml cotreatments response "
        "response_criterion response_time_value response_time_unit time_hours event "
        "follow_up_months treatment_status provenance"
    )
    return patients[wanted.split()]


def courses(
    patients: pd.DataFrame, group_by: str, groups: Mapping[str, str], month_days: float
) -> pd.DataFrame:
    """A row per patient in weeks, the earliest time first.

    Columns: patient_id, group, response_weeks (missing without response), end_weeks (the later of
    that time and the last follow-up), follow_up_known, status.
    """
    follow_up = [
        0 if pd.isna(months) else to_hours(months, "months", month_days)
        for months in patients["follow_up_months"]
    ]
    found = pd.DataFrame(
        {
            "patient_id": patients["patient_id"],
            "group": patients[group_by].where(patients[group_by].isin(groups)),
            "response_weeks": (patients["time_hours"] / _WEEK).where(patients["event"] == 1),
            "end_weeks": np.maximum(patients["time_hours"], follow_up) / _WEEK,
            "follow_up_known": patients["follow_up_months"].notna(),
            "status": patients["treatment_status"],
            "hours": patients["time_hours"],
        }
    )
    found = found.sort_values(["hours", "end_weeks", "patient_id"], kind="stable")
    return found.drop(columns="hours").reset_index(drop=True)


def draw(found: pd.DataFrame, groups: Mapping[str, str]):
    """The figure of `courses`: a block per group, the first response on top.

    Time is on a square-root scale, so that days and years are both legible.
    """
    style.use()
    blocks = [(name, found[found["group"] == key]) for key, name in groups.items()]
    blocks.append(("In no group", found[found["group"].isna()]))
    blocks = [(name, rows) for name, rows in blocks if len(rows)]
    lines = len(found) + len(blocks)
    figure, axes = plt.subplots(figsize=(style.FULL_WIDTH, 0.75 + 0.165 * lines))
    ticks: list[tuple[float, str]] = []
    for (name, rows), colour in zip(blocks, _colours(len(blocks)), strict=True):
        y = -len(ticks)
        ticks.append((y, name))
        places = y - 1 - np.arange(len(rows))
        ticks += zip(places, rows["patient_id"], strict=True)
        _block(axes, rows, places, colour)
    _scale(axes, float(found["end_weeks"].max()))
    axes.set_yticks([y for y, _ in ticks], [text for _, text in ticks])
    axes.set_ylim(-lines + 0.3, 0.7)
    axes.tick_params(axis="y", length=0)
    _label(axes, [name for name, _ in blocks])
    _key(figure)
    return figure


def _colours(number: int) -> Sequence[str]:
    return [*(colour for colour, _ in style.GROUP_STYLES), style.GREY][:number]


def _label(axes, headings: Sequence[str]) -> None:
    """Patients in small print, headings of blocks in bold."""
    for tick in axes.get_yticklabels():
        heading = tick.get_text() in headings
        tick.set(size=style.TEXT if heading else style.SMALL)
        tick.set_weight("semibold" if heading else "normal")


def _block(axes, rows: pd.DataFrame, places: np.ndarray, colour: str) -> None:
    axes.barh(places, rows["end_weeks"], height=0.42, color=colour, alpha=0.35)
    axes.scatter(rows["response_weeks"], places, s=26, c=colour, ec="white", lw=0.6, zorder=4)
    known = rows["follow_up_known"].to_numpy()
    for status, marker, _ in _ENDS:
        _mark(axes, rows, places, known & (rows["status"] == status).to_numpy(), marker)
    _mark(axes, rows, places, known & rows["status"].isna().to_numpy(), _UNKNOWN[0])


def _mark(axes, rows: pd.DataFrame, places: np.ndarray, hit: np.ndarray, marker: str) -> None:
    axes.scatter(
        rows.loc[hit, "end_weeks"], places[hit], marker=marker, s=26, c=style.BLACK, zorder=3
    )


def _scale(axes, longest: float) -> None:
    axes.set_xscale("function", functions=(lambda x: np.sqrt(np.maximum(x, 0)), np.square))
    axes.set_xlim(0, longest * 1.06)
    axes.set_xticks([tick for tick in _TICKS if tick <= longest * 1.06])
    axes.set_xlabel("Weeks since start of treatment (square-root scale)")


def _key(figure) -> None:
    axes = figure.axes[0]
    shown = [("o", "Response"), *(end[1:] for end in _ENDS), _UNKNOWN]
    for marker, label in shown:
        axes.scatter([], [], marker=marker, s=26, c=style.BLACK, label=label)
    figure.legend(loc="outside upper center", ncols=len(shown), fontsize=style.SMALL)
