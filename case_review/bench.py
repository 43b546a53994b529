"""How long the survival functions take on many patients, next to lifelines and statsmodels."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from case_review import survival

PATIENTS = 100_000
#: Times are whole hours over half a year, so that ties are as common as in reported data.
_LONGEST = 4383


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
    from lifelines import KaplanMeierFitter
    from lifelines.statistics import logrank_test
    from statsmodels.duration.survfunc import SurvfuncRight, survdiff

    t, e, g = sample(patients)
    first = g == 0
    return [
        ("median with limits", "case_review", lambda: survival.median(t, e)),
        ("median", "lifelines", lambda: KaplanMeierFitter().fit(t, e).median_survival_time_),
        (
            "median with limits",
            "statsmodels",
            lambda: SurvfuncRight(t, e).quantile_ci(0.5, method="log"),
        ),
        ("log-rank", "case_review", lambda: survival.logrank(t, e, g).chisq),
        (
            "log-rank",
            "lifelines",
            lambda: logrank_test(t[first], t[~first], e[first], e[~first]).test_statistic,
        ),
        ("log-rank", "statsmodels", lambda: survdiff(t, e, g)[0]),
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
    if isinstance(outcome, survival.Estimate):
        return f"{outcome.estimate:g} ({outcome.lower:g}–{outcome.upper:g})"
    if isinstance(outcome, tuple):
        return "(" + "–".join(f"{float(x):g}" for x in outcome) + ")"
    return f"{float(outcome):.6f}"


if __name__ == "__main__":
    raise SystemExit(main())
