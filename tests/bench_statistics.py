"""How long the statistics take: on many patients beside other packages, and on 25 patients.

Thousands of small data sets are analysed, so the second table gives microseconds per call.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd

from case_review import values
from case_review.parameters import loading
from case_review.project import Project
from case_review.reconstruction import ensemble, outcomes
from case_review.statistics import (
    cox,
    interval_censored,
    logrank,
    resampling,
    rmst,
    small_groups,
    survival,
)

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


def small_tasks(patients: int = 25, seed: int = 1) -> list[tuple[str, Callable]]:
    """(what, function) of every statistic on a few uncensored patients of two groups."""
    random = np.random.default_rng(seed)
    t = random.choice([24, 48, 72, 96, 168, 336, 504, 1008, 1680, 2016, 4383], patients)
    e, g = np.ones(patients, dtype=bool), np.array(["a", "b"])[np.arange(patients) % 5 // 3]
    visit = np.maximum(0.0, t - np.where(t < 168, 24, np.where(t < 2100, 168, 730)))
    report = random.integers(0, 14, patients)
    week, means = t / 168, (g, "a", 12)
    samples = random.multinomial(patients, np.full(patients, 1 / patients), 1000)
    return [
        ("median with limits", lambda: survival.kaplan_meier(t, e).median()),
        ("curves of groups", lambda: survival.kaplan_meier(t, e, by=g)),
        ("log-rank", lambda: logrank.logrank(t, e, g)),
        ("hazard ratio", lambda: cox.hazard_ratios(t, e, g, "a")),
        ("proportional hazards", lambda: cox.proportional_hazards(t, e, g, "a")),
        ("difference of means", lambda: rmst.differences(week, e, *means)),
        ("Welch", lambda: small_groups.welch_difference(week, e, *means)),
        (
            "permutation log-rank, exact",
            lambda: resampling.permutation_logrank(t, e, g, 10**7, 0, 0),
        ),
        (
            "permutation of means, exact",
            lambda: small_groups.permutation_mean_difference(week, e, *means, 10**7, 0, 0),
        ),
        (
            "bootstrap-t, 2000",
            lambda: small_groups.bootstrap_t_difference(week, e, *means, 2000, 1),
        ),
        (
            "bootstrap by report, 2000",
            lambda: resampling.bootstrap_by_report(week, e, g, report, "a", 12, 2000, 1),
        ),
        (
            "bootstrap by report, BCa",
            lambda: resampling.bootstrap_by_report(
                week, e, g, report, "a", 12, 2000, 1, limits="BCa"
            ),
        ),
        ("Turnbull, one estimate", lambda: interval_censored.estimate(visit, t)),
        ("Turnbull, 1000 medians", lambda: interval_censored.medians(visit, t, samples)),
    ]


def small(seconds: float = 0.3, patients: int = 25) -> int:
    """Print a table of microseconds per call, the best of as many calls as fit in `seconds`."""
    print(f"{patients} patients\n")
    print(f"{'task':<28} {'microseconds':>12}")
    for what, function in small_tasks(patients):
        function()
        until, best = time.perf_counter() + seconds, float("inf")
        while True:
            start = time.perf_counter()
            function()
            end = time.perf_counter()
            best = min(best, end - start)
            if end > until:
                break
        print(f"{what:<28} {1e6 * best:>12,.0f}")
    return 0


def sets(number: int = 1000) -> int:
    """Print the seconds that so many reconstructed data sets take with all analyses."""
    project = Project(Path(__file__).parents[1])
    found = loading.load(project).values
    found = found["shared"] | found["response"] | found["sensitivity"]
    found |= {"groups": list(found["groups"])}
    choices = outcomes.Choices(
        **{field.name: found[field.name] for field in fields(outcomes.Choices)}
    )
    start = time.perf_counter()
    drawn = ensemble.draw(project.raw, choices, number)
    seconds = time.perf_counter() - start
    print(f"{len(drawn):,} data sets with all analyses on {os.cpu_count()} cores: {seconds:.1f} s")
    return 0


def _shown(outcome) -> str:
    if isinstance(outcome, values.Estimate | rmst.Difference):
        return f"{outcome.estimate:g} ({outcome.lower:g}–{outcome.upper:g})"
    if isinstance(outcome, tuple):
        return "(" + "–".join(f"{float(x):g}" for x in outcome) + ")"
    return f"{float(outcome):g}"


if __name__ == "__main__":
    raise SystemExit(main() or print() or small() or print() or sets())
