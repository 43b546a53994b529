"""Consistent response times agree with the print, and their statistics with other programs."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from audit_tables import row
from lifelines import CoxPHFitter
from scipy import stats

from case_review.audit.claims import from_frame
from case_review.errors import ReviewError
from case_review.reconstruction import extremes, outcomes
from case_review.reconstruction import many_sets as cs
from case_review.reconstruction import times as curves
from case_review.statistics import cox, inputs, logrank, resampling, rmst, survival

PRINTED = curves.Printed((15, 10), 24, 168, 336, 1680, 4383, 0.241, 3)
GRID = curves.grid({"days": 13, "weeks": 26, "months": 6}, 30.4375)
LABELS = ("Group one", "Group two")


def consistent_sets(printed, grid, number, seed):
    """Sets that agree with the print, each with a generator of its own."""
    anchors = printed.anchors()
    drawn = [
        curves.draw(printed, anchors, grid, np.random.default_rng([seed, index]))
        for index in range(number)
    ]
    return curves.ConsistentSets(*(np.array(part) for part in zip(*drawn, strict=True)))


@pytest.fixture(scope="module")
def sets():
    return consistent_sets(PRINTED, GRID, 40, seed=5)


def median_limits(times, kind):
    """Limits of the median of each set."""
    found = [outcomes.order_median(tuple(own), kind, 0.95) for own in times.tolist()]
    return np.array([(one.lower, one.upper) for one in found]).T


def test_order_statistics_are_those_of_r():
    assert curves.median_positions(25) == (8, 12, 18)
    assert curves.median_positions(15) == (4, 7, 12)
    assert curves.median_positions(10) == (2, 4, None)


def test_the_grid_holds_what_reports_state():
    made = curves.grid({"days": 2, "weeks": 1, "months": 2}, 30.4375)
    assert made.tolist() == [24, 48, 168, 731, 1461]  # a month is 730.5 h, rounded half away


def test_the_print_is_read_from_its_claims():
    rows = [
        row("t.one.a.n", 15, "T", "count"),
        row("t.two.a.n", 10, "T", "count"),
        *(
            row(f"t.time.a.{measure}", value, "T", "median", unit)
            for measure, value, unit in [
                ("min", 24, "hours"), ("low", 1, "weeks"), ("median", 2, "weeks"),
                ("high", 10, "weeks"), ("max", 6, "months"), ("p", "0.241", ""),
            ]
        ),
    ]  # fmt: skip
    ids = {"first_group": "t.one.a.n", "second_group": "t.two.a.n"}
    names = {"shortest": "min", "longest": "max"}
    for key in ("shortest", "low", "median", "high", "longest", "p"):
        ids[key] = f"t.time.a.{names.get(key, key)}"
    assert curves.read_printed(from_frame(pd.DataFrame(rows)), ids, 30.4375) == PRINTED


def test_every_set_agrees_with_everything_printed(sets):
    assert len(sets) == 40
    for times, second in zip(sets.times, sets.second, strict=True):
        overall = survival.kaplan_meier(times, np.ones(25)).median()
        assert (overall.estimate, overall.lower, overall.upper) == (336, 168, 1680)
        assert (times.min(), times.max()) == (24, 4383)
        assert (len(second), second.sum()) == (25, 10)
        test = logrank.logrank(times, np.ones(25), second)
        assert round(test.p, 3) == 0.241


def test_sets_differ(sets):
    assert (
        len({(t.tobytes(), s.tobytes()) for t, s in zip(sets.times, sets.second, strict=True)})
        == 40
    )


def test_sets_do_not_depend_on_how_many_are_drawn(sets):
    fewer = consistent_sets(PRINTED, GRID, 7, seed=5)
    assert np.array_equal(fewer.times, sets.times[:7])
    assert np.array_equal(fewer.second, sets.second[:7])
    other = consistent_sets(PRINTED, GRID, 7, seed=6)
    assert not np.array_equal(other.times, fewer.times)


def test_contradictions_in_the_print_are_named(monkeypatch):
    backward = curves.Printed((15, 10), 24, 500, 336, 1680, 4383, 0.241, 3)
    with pytest.raises(ReviewError, match="contradict each other"):
        consistent_sets(backward, GRID, 1, seed=1)
    # one patient against 24 cannot reach a chi-square above 24
    monkeypatch.setattr(curves, "_ATTEMPTS", 1)
    impossible = curves.Printed((24, 1), 24, 168, 336, 1680, 4383, 1e-9, 9)
    with pytest.raises(ReviewError, match="no set of response times agrees"):
        consistent_sets(impossible, GRID, 1, seed=1)
    with pytest.raises(ReviewError, match="no upper limit"):
        curves.Printed((5, 5), 24, 168, 336, 1680, 4383, 0.2, 1).anchors()


def test_logrank_equals_the_survival_module(sets):
    score, variance = cs.logrank_parts(sets.times, sets.second)
    for i in range(10):
        expected = logrank.logrank(sets.times[i], np.ones(25), sets.second[i])
        assert score[i] ** 2 / variance[i] == pytest.approx(expected.chisq, abs=1e-10)
    shared, _ = cs.logrank_parts(sets.times[0], sets.second[:1])
    assert shared[0] == pytest.approx(score[0], abs=1e-12)


def test_hazard_ratios_equal_lifelines(sets):
    ratio, low, high = cs.hazard_ratios(sets.times, sets.second)
    for i in range(3):
        frame = pd.DataFrame({"t": sets.times[i], "e": 1, "x": sets.second[i].astype(int)})
        fit = CoxPHFitter().fit(frame, "t", "e")
        limits = np.exp(fit.confidence_intervals_.to_numpy()[0])
        assert ratio[i] == pytest.approx(fit.hazard_ratios_.iloc[0], rel=1e-5)
        assert (low[i], high[i]) == pytest.approx(tuple(limits), rel=1e-5)


def test_medians_and_restricted_means_by_hand():
    times = np.array([[1, 2, 3, 10, 20]])
    second = np.array([[True, False, True, False, True]])
    assert cs.group_medians(times, second, True).tolist() == [3]
    assert cs.group_medians(times, second, False).tolist() == [6]
    # second: (1 + 3 + 12)/3; first: (2 + 10)/2
    difference = rmst.differences(times[0], np.ones(5), second[0], False, 12)[True]
    assert difference.estimate == pytest.approx(16 / 3 - 6)
    # the search takes the first group minus the second, in weeks
    searched = extremes.statistic("sensitivity.rmst.difference", ["a", "b"], (2, 3), 12)
    assert searched.values(times * 168, second).tolist() == [pytest.approx(6 - 16 / 3)]


def test_restricted_means_equal_the_module_that_knows_censoring(sets):
    searched = extremes.statistic("sensitivity.rmst.difference", ["a", "b"], (15, 10), 12)
    difference = -168 * searched.values(sets.times, sets.second)
    for i in range(5):
        found = rmst.differences(sets.times[i], np.ones(25), sets.second[i], False, 12 * 168)[True]
        assert difference[i] == pytest.approx(found.estimate)
        # without censoring Greenwood's variance is that of the times cut off, over their number
        capped = np.minimum(sets.times[i], 12 * 168)
        groups = capped[sets.second[i]], capped[~sets.second[i]]
        half = stats.norm.isf(0.025) * np.sqrt(sum(g.var() / len(g) for g in groups))
        limits = difference[i] - half, difference[i] + half
        assert limits == pytest.approx((found.lower, found.upper))


@pytest.mark.parametrize("kind", [*inputs.CONF_TYPES, "sign test"])
@pytest.mark.parametrize("patients", [25, 10])
def test_limits_of_the_median_equal_the_survival_module(sets, kind, patients):
    times = sets.times[:10, -patients:]
    lower, upper = median_limits(times, kind)
    for i, own in enumerate(times):
        event = np.ones(patients)
        found = (
            survival.sign_test_limits(own, event)
            if kind == "sign test"
            else survival.kaplan_meier(own, event, conf_type=kind).median()
        )
        np.testing.assert_array_equal([lower[i], upper[i]], [found.lower, found.upper])


def test_the_permutation_test_agrees_with_the_scores_of_all_splits():
    times = np.array([1, 2, 2, 3, 5, 5, 8, 9])
    second = np.array([False, True, False, False, True, False, True, True])
    labels = np.zeros((70, 8), dtype=bool)
    for line, members in zip(labels, combinations(range(8), 4), strict=True):
        line[list(members)] = True
    scores = np.abs(cs.logrank_parts(times, labels)[0])
    observed = abs(cs.logrank_parts(times, second[None, :])[0][0])
    found = resampling.permutation_logrank(times, np.ones(8), second, 100, 0, 0)
    assert found.as_extreme == np.sum(scores >= observed - 1e-9)
    assert 0 < found.p < 1


def test_the_set_in_use_is_compared_as_the_main_analysis_compares(sets):
    used = curves.ConsistentSets(sets.times[3:4], sets.second[3:4])
    # the ratio of the first group against the second
    data = used.times[0], np.ones(25), used.second[0]
    ratio, _, _ = cs.hazard_ratios(used.times, ~used.second)
    assert ratio[0] == pytest.approx(cox.hazard_ratios(*data, True)[False].estimate, rel=1e-5)
    p = cs.logrank_p(used.times, used.second)[0]
    assert stats.chi2.isf(p, 1) == pytest.approx(logrank.logrank(*data).chisq)
    assert 0 < resampling.permutation_logrank(*data, 10_000_000, 1, 0).p < 1


def test_conclusions_hold_in_all_or_in_some_sets(sets):
    p = cs.logrank_p(sets.times, sets.second)
    assert 0.2405 <= p.min() <= p.max() <= 0.2415
    # the printed limits are those of type log; other types may give others
    low, high = median_limits(sets.times, "log")
    lower, upper = median_limits(sets.times, "sign test")
    assert 0 < np.sum((low <= lower) & (upper <= high)) < 40
    # a p of 0.241 says nothing about the direction
    assert 0 < np.sum(cs.hazard_ratios(sets.times, ~sets.second)[0] > 1) < 40
