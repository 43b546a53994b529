"""A made-up review with many times the patients of this one, for measuring how work grows.

    python tests/grown_review.py FOLDER TIMES

writes it over the project copy in FOLDER, as somebody does who puts in a review of their own: every
report is there TIMES times with all of its patients, their values are drawn anew from those of this
review, some patients do not respond, and all rows are called extracted. There is no printed review,
so the notebooks that audit one are deleted, and the manuscript embeds what the others show.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd

#: Columns whose values are drawn together, so that a value keeps its unit, and a sum its parts.
_TOGETHER = (
    ["sex"],
    ["age_value", "age_unit"],
    ["onset"],
    ["diagnosis", "symptoms"],
    ["dose_value", "dose_unit"],
    ["level_low_ng_ml", "level_high_ng_ml", "level_time_days"],
    ["cotreatments"],
    ["follow_up_months", "treatment_status"],
)
#: Times to response are whole numbers of these units, from the first to the last; and how often.
_TIMES = {"hours": (12, 72), "days": (2, 30), "weeks": (1, 40), "months": (1, 36)}
_SHARES = (0.05, 0.25, 0.5, 0.2)
#: How often a patient does not respond.
_FAILURES = 0.1
_WITHOUT_PRINT = ("06_audit", "09_statements", "10_statement_places")
#: Most records that a step of the search may have, as `columns.toml` bounds them.
_MOST_RECORDS = 1_000_000
_OF_PRINT = ("published", "published_checks", "audit_questions")
_EMBED = re.compile(r"^\{\{< embed _executed/(\w+)\.ipynb#[\w-]+ >\}\}$", re.MULTILINE)
_MANUSCRIPT = """---
title: "A grown review"
author: [Nobody]
lang: en-GB
---

# Results

Of {{{{< result patients.all >}}}} patients, {{{{< result response.responders >}}}} responded after
{{{{< result response.median_weeks >}}}} (@fig-km, @tbl-characteristics).

{embeds}
"""


def grow(root: Path, times: int, seed: int = 1) -> None:
    """Put a review of `times` times the patients into the copy of the project under `root`.

    The same arguments write the same bytes.
    """
    raw = root / "data" / "raw"
    rng = np.random.default_rng(seed)
    tables = {name: _read(raw, name) for name in ("reports", "patients", "posters")}
    tables["adverse_events"] = _read(raw, "adverse_events")
    tables = {
        name: _copies(table, times).assign(provenance="extracted") for name, table in tables.items()
    }
    tables["patients"] = _drawn(tables["patients"], rng)
    screening = _read(raw, "screening")
    number = pd.to_numeric(screening["n_reports"])
    screening["n_reports"] = (
        (number * times).clip(upper=_MOST_RECORDS).map("{:.0f}".format).where(number.notna(), "")
    )
    tables["screening"] = screening
    tables |= {name: _read(raw, name).iloc[:0] for name in _OF_PRINT}
    for name, table in tables.items():
        table.to_csv(raw / f"{name}.csv", index=False, lineterminator="\n")
    for name in _WITHOUT_PRINT:
        (root / "notebooks" / f"{name}.ipynb").unlink(missing_ok=True)
    manuscript = root / "report" / "index.qmd"
    manuscript.write_text(_manuscript(root, manuscript.read_text("utf-8")), encoding="utf-8")


def _read(raw: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(raw / f"{name}.csv", dtype=str, keep_default_na=False)


def _copies(table: pd.DataFrame, times: int) -> pd.DataFrame:
    """The rows `times` times, each time with other names of reports and patients."""
    frame = table.loc[np.tile(table.index, times)].reset_index(drop=True)
    copy = np.repeat(np.arange(1, times + 1), len(table)).astype(str)
    for column in frame.columns.intersection(["report_id", "patient_id"]):
        named = frame[column] != ""
        frame[column] = (frame[column] + "_" + copy).where(named, "")
    return frame


def _drawn(patients: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Patients with values drawn from those of all, and times to response of their own."""
    frame = patients.copy()
    for columns in _TOGETHER:
        frame[columns] = frame[columns].to_numpy()[rng.integers(len(frame), size=len(frame))]
    unit = rng.choice(list(_TIMES), size=len(frame), p=_SHARES)
    ends = pd.DataFrame(_TIMES).T.loc[unit].to_numpy()
    frame["response_time_unit"] = unit
    frame["response_time_value"] = rng.integers(ends[:, 0], ends[:, 1] + 1).astype(str)
    failed = rng.random(len(frame)) < _FAILURES
    failed[0] = False
    frame.loc[failed, ["response_criterion", "response_time_value", "response_time_unit"]] = ""
    frame.loc[failed, "response"] = "no"
    frame.loc[failed, "follow_up_months"] = rng.integers(1, 60, size=failed.sum()).astype(str)
    return frame


def _manuscript(root: Path, text: str) -> str:
    """What the manuscript embeds of the notebooks that are left, without its prose."""
    kept = {path.stem for path in (root / "notebooks").glob("*.ipynb")}
    # An ensemble has no exhibits where no row is reconstructed.
    kept.discard("00_reconstruction")
    embeds = [found[0] for found in _EMBED.finditer(text) if found[1] in kept]
    return _MANUSCRIPT.format(embeds="\n\n".join(embeds))


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[2].isdigit() or int(sys.argv[2]) < 1:
        sys.exit(f"usage: {Path(__file__).name} FOLDER TIMES")
    grow(Path(sys.argv[1]), int(sys.argv[2]))
