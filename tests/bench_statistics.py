"""How long the survival functions take on many patients, next to lifelines and statsmodels."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from case_review import values
from case_review.statistics import cox, logrank, rmst, survival

PATIENTS = 100_000
#: Times are whole hours over half a year, so that ties are as common as in reported data.
_LONGEST = 4383
#: Horizon in hours of the restricted means.
_HORIZON = 2016
OURS = "case_review"


def sample(patients: int = PATIENTS, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Random times in hours, events (three quarters) and two groups."""
    random = np.random.default_rng(seed)
    return (
        random.integers(1, _LONGEST, patients),
        random.random(patients) < 0.75,
        random.integers(0, 2, patients),
    )


def tasks(patients: int = PATIENTS) -> list[tuple[str, str, Callable]]:
    """(what, whose, function) of everything that is timed, on the same patients."""
    from lifelines import CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import logrank_test
    from lifelines.utils import restricted_mean_survival_time
    from statsmodels.duration.hazard_regression import PHReg
    from statsmodels.duration.survfunc import SurvfuncRight, survdiff

    t, e, g = sample(patients)
    first = g == 0
    frame = pd.DataFrame({"t": t, "e": e, "first": first.astype(float)})
    groups = (t[first], t[~first], e[first], e[~first])

    def theirs():
        return PHReg(t, frame[["first"]].to_numpy(), status=e, ties="efron").fit().params[0]

    def theirs_restricted():
        fitted = (KaplanMeierFitter().fit(t[own], e[own]) for own in (first, ~first))
        one, other = (restricted_mean_survival_time(fit, t=_HORIZON) for fit in fitted)
        return one - other

    median, ratio, mean = "median with limits", "hazard ratio", "difference of means"
    return [
        (median, OURS, lambda: survival.kaplan_meier(t, e).median()),
        ("median", "lifelines", lambda: KaplanMeierFitter().fit(t, e).median_survival_time_),
        (median, "statsmodels", lambda: SurvfuncRight(t, e).quantile_ci(0.5, method="log")),
        ("log-rank", OURS, lambda: logrank.logrank(t, e, g).chisq),
        ("log-rank", "lifelines", lambda: logrank_test(*groups).test_statistic),
        ("log-rank", "statsmodels", lambda: survdiff(t, e, g)[0]),
        (ratio, OURS, lambda: cox.hazard_ratios(t, e, g, 1)[0]),
        (ratio, "lifelines", lambda: CoxPHFitter().fit(frame, "t", "e").hazard_ratios_.iloc[0]),
        (ratio, "statsmodels", lambda: np.exp(theirs())),
        (mean, OURS, lambda: rmst.differences(t, e, g, 1, _HORIZON)[0]),
        (mean, "lifelines", theirs_restricted),
    ]


def main(patients: int = PATIENTS) -> int:
    """Print a table of seconds and results."""
    print(f"{patients:,} patients\n")
    print(f"{'task':<20} {'package':<12} {'seconds':>8}  result")
    for what, whose, function in tasks(patients):
        start = time.perf_counter()
        outcome = function()
        seconds = time.perf_counter() - start
        print(f"{what:<20} {whose:<12} {seconds:8.2f}  {_shown(outcome)}")
    return 0


def _shown(outcome) -> str:
    if isinstance(outcome, values.Estimate | rmst.Difference):
        return f"{outcome.estimate:g} ({outcome.lower:g}–{outcome.upper:g})"
    if isinstance(outcome, tuple):
        return "(" + "–".join(f"{float(x):g}" for x in outcome) + ")"
    return f"{float(outcome):g}"


if __name__ == "__main__":
    raise SystemExit(main())
