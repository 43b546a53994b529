"""What the analyses of `05_response` and `07_sensitivity` give in one reconstructed data set.

Numbers have the ids of the results that they stand beside in print; `:lower` and `:upper` behind
an id are its limits, and `verdict:` before an analysis and a conclusion is its verdict. All
patients of the set responded, in two groups. Where a curve is only read at its steps, the order of
the times says all, so that a thousand sets take a minute.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from case_review import registry
from case_review.analyses import sensitivity, verdicts
from case_review.analyses.response import HOURS_PER_WEEK
from case_review.data.schema import OVERALL
from case_review.reconstruction import many_sets
from case_review.reconstruction.rows import as_reported
from case_review.reconstruction.sampling import DataSet
from case_review.statistics import (
    cox,
    interval_censored,
    logrank,
    resampling,
    rmst,
    small_groups,
    survival,
)
from case_review.values import Estimate

#: The verdicts in the order of their numbers in the table of outcomes; NaN says nothing.
VERDICTS = (verdicts.FAILS, verdicts.RESERVED, verdicts.HOLDS)


@dataclass(frozen=True)
class Choices:
    """The choices of `params.yml` that the analyses are made with; named as they are there.

    Parameters
    ----------
    groups
        Keys of the two groups; the second is the reference.
    """

    groups: list[str]
    month_days: float
    conf_level: float
    conf_type: str
    seed: int
    landmarks: list[float]
    conf_types: list[str]
    max_splits: int
    permutation_samples: int
    rmst_horizon: float
    visit_gap: float
    npmle_resamples: int
    bootstrap_resamples: int
    month_lengths_days: list[float]


def of_set(data: DataSet, choices: Choices) -> dict[str, float]:
    """Every outcome of one data set, by name."""
    report = data.report[: len(data.hours)]
    return dict(_Analyses(data.hours, data.second, report, choices).outcomes())


def of_times(hours: np.ndarray, second: np.ndarray, choices: Choices) -> dict[str, float]:
    """The outcomes that need no reports, of patients with these times and groups, by name."""
    return dict(_Analyses(hours, second, None, choices).outcomes())


class _Analyses:
    """The analyses of one set, whose patients are sorted by their times."""

    def __init__(self, hours, second, report: np.ndarray | None, choices: Choices):
        order = np.argsort(hours, kind="stable")
        self.choices = choices
        self.hours, self.second = hours[order], second[order]
        self.report = None if report is None else report[order]
        self.weeks = self.hours / HOURS_PER_WEEK
        self.event = np.ones(len(order), dtype=bool)
        first, self.reference = choices.groups
        self.group = np.where(self.second, self.reference, first)
        self.members = {OVERALL: self.event, first: ~self.second, self.reference: self.second}
        self.main = self._median(self.event, choices.conf_type)

    def _median(self, own: np.ndarray, kind: str) -> Estimate:
        """The median in weeks of some patients."""
        return order_median(tuple(self.weeks[own]), kind, self.choices.conf_level)

    def outcomes(self) -> Iterator[tuple[str, float]]:
        """Names and numbers; see the module."""
        yield from self._response()
        yield from self._comparison()
        yield from self._intervals()
        yield from self._means()
        yield from self._visits()
        yield from self._months()
        if self.report is not None:
            yield from self._leave_one_out()
            yield from self._bootstrap()

    def _response(self):
        for key, own in self.members.items():
            # The review's own median has no group in its id.
            name = "response.median_weeks" + ("" if key == OVERALL else f".{key}")
            yield from _limited(name, self._median(own, self.choices.conf_type))
            for week in self.choices.landmarks:
                by_then = int((self.weeks[own] <= week).sum())
                how = self.choices.conf_type, self.choices.conf_level
                share = responding(by_then, int(own.sum()), *how)
                yield from _limited(f"response.at_{number_name(week)}_weeks.{key}", share)

    def _comparison(self):
        columns = self.hours, self.event, self.group
        choices, test = self.choices, logrank.logrank(*columns)
        ratios = cox.hazard_ratios(*columns, self.reference, choices.conf_level)
        for key, ratio in ratios.items():
            yield from _limited(f"response.hazard_ratio.{key}", ratio)
            yield from _limited("response.hazard_ratio", ratio)
        check = cox.proportional_hazards(*columns, self.reference)
        yield "response.proportional_hazards_p", check.p
        yield "response.proportional_hazards_chisq", check.chisq
        yield "response.logrank_chisq", test.chisq
        yield "response.logrank_p", test.p
        drawing = choices.max_splits, choices.permutation_samples, choices.seed
        permutation = resampling.permutation_logrank(*columns, *drawing)
        yield "sensitivity.permutation.p", permutation.p
        yield "sensitivity.permutation.as_extreme", permutation.as_extreme
        verdict = verdicts.of_p_value(permutation.p, choices.conf_level)
        yield verdict_name("permutation", "difference"), _code(verdict)

    def _intervals(self):
        found = []
        for kind in [*self.choices.conf_types, sensitivity.SIGN_TEST]:
            name = registry.identifier(kind)
            for key, own in self.members.items():
                median = self._median(own, kind)
                yield from _limited(f"sensitivity.intervals.{name}.{key}", median)
                if key == OVERALL:
                    found.append(verdicts.of_median(median, self.main))
            yield verdict_name(f"intervals_{name}", "median"), _code(found[-1])
        yield verdict_name("intervals", "median"), _code(verdicts.of_repetitions(found))

    def _means(self):
        choices = self.choices
        how = (choices.rmst_horizon, choices.conf_level)
        for key, own in self.members.items():
            if key != OVERALL:
                mean = rmst.restricted_mean(self.weeks[own], self.event[own], *how)
                yield from _limited(f"sensitivity.rmst.{key}", mean)
        columns = (self.weeks, self.event, self.group, self.reference, choices.rmst_horizon)
        resamples = choices.bootstrap_resamples, choices.seed, choices.conf_level
        ((_, found),) = small_groups.bootstrap_t_difference(*columns, *resamples).items()
        yield from _limited("sensitivity.rmst.difference", found)
        if self.report is None:  # the same difference, which needs no reports as its limits do
            yield "sensitivity.bootstrap.difference", found.estimate
        ((_, normal),) = rmst.differences(*columns, choices.conf_level).items()
        yield from _limited("sensitivity.rmst.normal", normal)
        yield "sensitivity.rmst.p", normal.p
        ((_, welch),) = small_groups.welch_difference(*columns, choices.conf_level).items()
        yield from _limited("sensitivity.rmst.welch", welch)
        yield "sensitivity.rmst.welch_p", welch.p
        verdict = verdicts.of_interval(normal.lower, normal.upper, 0)
        yield verdict_name("rmst_normal", "difference"), _code(verdict)
        drawing = choices.max_splits, choices.permutation_samples, choices.seed
        ((_, test),) = small_groups.permutation_mean_difference(*columns, *drawing).items()
        yield "sensitivity.rmst.permutation_p", test.p
        verdict = verdicts.of_p_value(test.p, choices.conf_level)
        yield verdict_name("rmst", "difference"), _code(verdict)

    def _visits(self):
        choices = self.choices
        left, right = sensitivity.visit_intervals(
            self._as_reported, choices.month_days, choices.visit_gap
        )
        drawing = {"resamples": choices.npmle_resamples, "seed": choices.seed}
        median = interval_censored.median(
            left / HOURS_PER_WEEK, right / HOURS_PER_WEEK, **drawing, conf_level=choices.conf_level
        )
        yield from _limited("sensitivity.interval_censored.median", median)
        yield "sensitivity.interval_censored.left", median.left
        verdict = verdicts.of_median(median, self.main)
        yield verdict_name("interval_censored", "median"), _code(verdict)

    @cached_property
    def _as_reported(self) -> dict[str, Sequence]:
        """The columns of the clean table that say what was reported."""
        said = [_reported(int(hours), self.choices.month_days) for hours in self.hours]
        values, units = zip(*said, strict=True)
        n = len(said)
        found = {"response_time_value": values, "response_time_unit": units}
        return found | {
            "time_hours": self.hours.tolist(), "event": [1] * n, "follow_up_months": [math.nan] * n
        }  # fmt: skip

    def _months(self):
        found, said = {}, self._as_reported
        for days in self.choices.month_lengths_days:
            hours = np.array(sensitivity.reported_hours(said, days))
            order = np.argsort(hours, kind="stable")
            how = self.choices.conf_type, self.choices.conf_level
            median = order_median(tuple(hours[order] / HOURS_PER_WEEK), *how)
            p = float(many_sets.logrank_p(hours[order], self.second[None, order])[0])
            name = registry.identifier(f"{days:g}")
            yield from _limited(f"sensitivity.months.median_{name}", median)
            yield f"sensitivity.months.p_{name}", p
            found[days] = median, p
        yield from self._repeated("months", found)

    def _leave_one_out(self):
        found = {}
        for report in np.unique(self.report):
            kept = self.report != report
            p = float(many_sets.logrank_p(self.hours[kept], self.second[None, kept])[0])
            found[report] = self._median(kept, self.choices.conf_type), p
        yield from self._repeated("leave_one_out", found)

    def _repeated(self, key: str, found: Mapping[object, tuple[Estimate, float]]):
        """The outermost estimates, limits and p-values of an analysis that is repeated."""
        medians, p_values = zip(*found.values(), strict=True)
        outer = sensitivity.outermost_limits(medians)
        estimates = [median.estimate for median in medians]
        yield f"sensitivity.{key}.median_range:lower", min(estimates)
        yield f"sensitivity.{key}.median_range:upper", max(estimates)
        yield f"sensitivity.{key}.limits:lower", _number(outer.low)
        yield f"sensitivity.{key}.limits:upper", _number(outer.high)
        yield f"sensitivity.{key}.p_range:lower", np.nanmin(p_values)
        yield f"sensitivity.{key}.p_range:upper", np.nanmax(p_values)
        of_medians = verdicts.of_repetitions(verdicts.of_median(m, self.main) for m in medians)
        yield verdict_name(key, "median"), _code(of_medians)
        level = self.choices.conf_level
        of_p_values = verdicts.of_repetitions(verdicts.of_p_value(p, level) for p in p_values)
        yield verdict_name(key, "difference"), _code(of_p_values)

    def _bootstrap(self):
        choices = self.choices
        found = resampling.bootstrap_by_report(
            self.weeks, self.event, self.group, self.report, self.reference,
            choices.rmst_horizon, choices.bootstrap_resamples, choices.seed,
            choices.conf_level,
        )  # fmt: skip
        yield from _limited("sensitivity.bootstrap.median", found.median)
        verdict = verdicts.of_median(found.median, self.main)
        yield verdict_name("bootstrap", "median"), _code(verdict)
        for key, difference in found.differences.items():
            yield from _limited("sensitivity.bootstrap.difference", difference)
            yield "sensitivity.bootstrap.unusable", float(found.unusable[key])
            verdict = verdicts.of_interval(difference.lower, difference.upper, 0)
            yield verdict_name("bootstrap", "difference"), _code(verdict)


_reported = cache(as_reported)


def verdict_name(analysis: str, conclusion: str) -> str:
    """What the verdict of an analysis on a conclusion is called among the outcomes."""
    return f"verdict:{analysis}.{conclusion}"


def number_name(number: float) -> str:
    """A number as the part of a result id: `1_5`."""
    return f"{number:g}".replace(".", "_")


def _code(verdict: str) -> float:
    return float(VERDICTS.index(verdict)) if verdict else math.nan


def _number(value) -> float:
    return math.nan if value is None else float(value)


def _limited(name: str, found: Estimate) -> Iterator[tuple[str, float]]:
    yield name, found.estimate
    yield f"{name}:lower", found.lower
    yield f"{name}:upper", found.upper


def order_median(times: tuple[float, ...], kind: str, conf_level: float) -> Estimate:
    """The median of sorted, uncensored times with its limits, which are order statistics.

    `kind` is one of `inputs.CONF_TYPES`, or `sensitivity.SIGN_TEST`; the result is that of
    `survival.kaplan_meier(...).median()` and `survival.sign_test_limits`.
    """
    estimate, *limits = (
        math.nan if math.isnan(at) else (times[math.floor(at)] + times[math.ceil(at)]) / 2
        for at in _places(len(times), kind, conf_level)
    )
    if kind != sensitivity.SIGN_TEST:
        # Where everybody has responded the curve has no band, so that no limit lies there.
        limits = [math.nan if limit == times[-1] else limit for limit in limits]
    return Estimate(estimate, *limits, conf_level=conf_level, most=1)


@cache
def _places(n: int, kind: str, conf_level: float) -> tuple[float, float, float]:
    """Positions from 0 among n sorted times; one between two stands for their midpoint."""
    if kind == sensitivity.SIGN_TEST:
        found = survival.sign_test_limits(np.arange(1, n + 1), np.ones(n), conf_level)
    else:
        found = _curve(n, kind, conf_level).median()
    return found.estimate - 1, found.lower - 1, found.upper - 1


@cache
def _curve(n: int, conf_type: str, conf_level: float) -> survival.KaplanMeier:
    """The curve of n uncensored patients with the times 1 to n, fitted once."""
    times = np.arange(1, n + 1)
    return survival.kaplan_meier(times, np.ones(n), conf_type=conf_type, conf_level=conf_level)


@cache
def responding(by_then: int, n: int, conf_type: str, conf_level: float) -> Estimate:
    """The proportion that has responded once `by_then` of n patients have, all uncensored."""
    return _curve(n, conf_type, conf_level).with_event(by_then)
