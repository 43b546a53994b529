"""The selection of reports: whether screening.csv, its diagram's boxes and the reports agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from case_review.data.cleaning import POPULATIONS
from case_review.data.problems import Problem
from case_review.data.reading import Raw

_FILE, _BOXES = "data/raw/screening.csv", "params.yml (characteristics.flow)"


def problems(
    screening: pd.DataFrame,
    populations: pd.Series | None,
    steps: Sequence[Mapping],
    included: Mapping,
    chosen: bool = False,
) -> Iterator[Problem]:
    """Every step without row or box, with parts that are more than it, or with other reports.

    Parameters
    ----------
    screening
        Steps (`step`) and numbers (`n_reports`; missing: not reported), indexed by lines.
    populations
        Those of the reports, which the last steps must count; None where they are not compared.
    steps, included
        `characteristics.flow` and `flow_included` of `params.yml`.
    chosen
        Whether reports may have been left out by choice, so that fewer are listed.
    """
    numbers = dict(zip(screening["step"], screening["n_reports"], strict=True))
    rows = dict(zip(screening["step"], screening.index, strict=True))
    parts = {step["step"]: step.get("parts", {}) for step in steps}
    placed = dict.fromkeys([*parts, *included["steps"].values()])
    placed |= dict.fromkeys(part for some in parts.values() for part in some)
    for step in (step for step in placed if step not in rows):
        message = f"the step '{step}' of {_BOXES} has no row. Add it, or remove its box there."
        yield Problem(_FILE, None, "step", "", message)
    for step in (step for step in rows if step not in placed):
        message = f"it has no box in {_BOXES}. Add one there, or remove the row."
        yield Problem(_FILE, rows[step], "step", step, message)

    def wrong(step: str, expected: str) -> Problem:
        found = "" if pd.isna(numbers[step]) else str(int(numbers[step]))
        message = f"expected {expected}. Correct whichever is wrong."
        return Problem(_FILE, rows[step], "n_reports", found, message)

    for step, some in parts.items():
        added = sum(numbers[part] for part in some if not pd.isna(numbers.get(part)))
        if step in numbers and added > numbers[step]:
            yield wrong(step, f"at least {int(added):,}, the sum of its parts ({', '.join(some)})")
    for population, step in included["steps"].items() if populations is not None else ():
        listed = int((populations == population).sum())
        if step in numbers and numbers[step] != listed and not (chosen and listed < numbers[step]):
            yield wrong(step, f"{listed}, as many {population} as data/raw/reports.csv lists")


def of_raw(values: Mapping) -> Callable[[Raw], list[Problem]]:
    """What finds the problems of the selection in raw tables, by the choices of `params.yml`.

    Where reports are left out by choice, those that are listed are not compared.
    """
    steps, included = (values["characteristics"][name] for name in ("flow", "flow_included"))
    chosen = any(values["shared"]["exclude"].values())

    def look(raw: Raw) -> list[Problem]:
        if not included or {"screening", "reports"}.intersection(raw.unsound):
            return []
        screening, kinds = raw.tables["screening"], raw.tables["reports"]["kind"]
        counted = screening.assign(n_reports=pd.to_numeric(screening["n_reports"], errors="coerce"))
        populations = None if chosen else kinds.map(POPULATIONS)
        return list(problems(counted, populations, steps, included))

    return look
