"""Kaplan–Meier, quantiles and log-rank against R, hand calculation, lifelines and statsmodels."""

import math
from pathlib import Path

import lifelines
import numpy as np
import pandas as pd
import pytest
from fitted_once import fit_once  # noqa: F401 (for all tests here)
from hypothesis import given, settings
from hypothesis import strategies as st

from case_review import values
from case_review.statistics import logrank, survival

FIXTURE = Path(__file__).parent / "r-survival"
TYPES = {"log": "log", "log-log": "loglog", "plain": "plain"}


@pytest.fixture(scope="module")
def sets():
    return dict(list(pd.read_csv(FIXTURE / "data.csv").groupby("set")))


@pytest.fixture(scope="module")
def expected():
    return pd.read_csv(FIXTURE / "expected.csv").set_index("set")


def test_fixture_is_whole(sets, expected):
    assert len(sets) == len(expected) == 149
    assert all(len(sets[i]) == expected.n[i] for i in sets)
    assert all(sets[i].event.sum() == expected.events[i] for i in sets)


@pytest.mark.parametrize("conf_type", TYPES)
def test_medians_and_limits_equal_r_exactly(sets, expected, conf_type):
    for i, data in sets.items():
        found = survival.kaplan_meier(data.time, data.event, conf_type=conf_type).median()
        row = expected.loc[i, [f"{x}_{TYPES[conf_type]}" for x in ("median", "lower", "upper")]]
        # the fixture holds 15 significant digits, R's way of writing a double
        printed = [float(f"{x:.15g}") for x in (found.estimate, found.lower, found.upper)]
        np.testing.assert_array_equal(printed, row.to_numpy(float), f"set {i}")


def test_logrank_equals_r(sets, expected):
    compared = 0
    for i, data in sets.items():
        if data.group.nunique() < 2 or math.isnan(expected.chisq[i]):
            continue
        found = logrank.logrank(data.time, data.event, data.group)
        compared += 1
        if not found.df:
            # R prints 0 on 0 degrees of freedom; here that is no comparison
            assert expected.chisq[i] == 0 and math.isnan(found.p) and len(found.left_out) == 1
            continue
        assert found.chisq == pytest.approx(expected.chisq[i], abs=1e-8), f"set {i}"
        assert found.p == pytest.approx(expected.p[i], abs=1e-8), f"set {i}"
    assert compared == expected.chisq.notna().sum() > 100


@pytest.mark.parametrize(
    "n, median, lower, upper",
    [(25, 13, 9, 19), (15, 8, 5, 13), (10, 5.5, 3, math.nan)],
)
def test_without_censoring_the_rule_is_order_statistics(n, median, lower, upper):
    found = survival.kaplan_meier(range(1, n + 1), [1] * n).median()
    np.testing.assert_array_equal(
        [found.estimate, found.lower, found.upper], [median, lower, upper]
    )


def test_curve_by_hand():
    # 1, 2, 2+, 4: S = 3/4, 1/2, 1/2, 0; Greenwood 1/12, 1/12 + 1/6
    fitted = survival.curve([4, 2, 1, 2], [1, 0, 1, 1])
    assert fitted.time.tolist() == [1, 2, 4]
    assert fitted.at_risk.tolist() == [4, 3, 1]
    assert fitted.events.tolist() == [1, 1, 1]
    assert fitted.censored.tolist() == [0, 1, 0]
    assert fitted.survival.to_numpy() == pytest.approx([0.75, 0.5, 0])
    assert fitted.se_log.to_numpy()[:2] ** 2 == pytest.approx([1 / 12, 1 / 12 + 1 / 6])
    assert fitted.lower[1] == pytest.approx(0.5 * math.exp(-1.959963985 * 0.5))
    assert fitted.upper[0] == 1.0
    assert math.isnan(fitted.lower[2]) and math.isnan(fitted.upper[2])


def test_plain_and_log_log_bands_by_hand():
    s, se = np.array([0.75]), np.array([math.sqrt(1 / 12)])
    lower, upper = survival.band(s, se, "plain")
    assert lower[0] == pytest.approx(0.75 - 1.959963985 * 0.75 / math.sqrt(12))
    assert upper[0] == 1.0
    lower, upper = survival.band(s, se, "log-log")
    theta = 1.959963985 / (math.sqrt(12) * math.log(0.75))
    assert [lower[0], upper[0]] == pytest.approx(
        [0.75 ** math.exp(-theta), 0.75 ** math.exp(theta)]
    )


def test_a_curve_is_fitted_once_and_stays_whatever_is_done_with_it(monkeypatch):
    fits, fitter = [], lifelines.KaplanMeierFitter
    monkeypatch.setattr(lifelines, "KaplanMeierFitter", lambda: (fits.append(1), fitter())[1])
    rows = [3.25, 5.5, 8.125], [1, 0, 1]
    kinds = ("log", "log-log", "plain")
    first = {kind: survival.curve(*rows, kind) for kind in kinds}
    assert len(fits) == 1
    assert not first["log"].equals(first["plain"])
    kept = first["log"].copy()
    for name in first["log"]:
        first["log"].loc[:, name] = 0
    pd.testing.assert_frame_equal(survival.curve(*rows, "log"), kept)
    survival.curve(rows[0], [1, 1, 1])
    assert len(fits) == 2


def test_other_quantiles():
    time, event = range(1, 9), [1] * 8
    fitted = survival.kaplan_meier(time, event)
    assert fitted.quantile(0.25).estimate == 2.5  # S = 0.75 from 2 until 3
    assert fitted.quantile(0.3).estimate == 3


def test_a_plateau_within_tolerance_takes_the_midpoint():
    # 14/15 * 13/14 * ... leaves binary noise at one half; R's tolerance absorbs it
    times = np.array([1.0, 2.0, 3.0])
    assert survival.crossing(times, np.array([0.7, 0.5 + 1e-9, 0.2])) == 2.5
    assert survival.crossing(times, np.array([0.7, 0.5 + 1e-7, 0.2])) == 3
    assert survival.crossing(times, np.array([0.7, 0.5, np.nan])) == 2
    assert math.isnan(survival.crossing(times, np.array([0.9, 0.8, np.nan])))


def test_survival_at_landmarks():
    fitted = survival.kaplan_meier([1, 2, 2, 4], [1, 1, 0, 1])
    assert fitted.without_event(0.5) == values.Proportion(1.0, 1.0, 1.0)
    assert fitted.without_event(2).estimate == 0.5
    after = fitted.without_event(9)
    assert after.estimate == 0 and math.isnan(after.upper)
    beyond = survival.kaplan_meier([1, 2], [1, 0]).without_event(3)
    assert math.isnan(beyond.estimate)


def test_the_proportion_with_the_event_exchanges_the_limits():
    fitted = survival.kaplan_meier([1, 2, 2, 4], [1, 1, 0, 1])
    without, found = fitted.without_event(1), fitted.with_event(1)
    assert (found.estimate, found.n) == (pytest.approx(0.25), 4)
    assert (found.lower, found.upper) == (1 - without.upper, 1 - without.lower)


def test_logrank_by_hand():
    # a: 1, 3; b: 2, 4. E(a) = 1/2 + 1/3 + 1/2, V = 1/4 + 2/9 + 1/4
    found = logrank.logrank([1, 3, 2, 4], [1] * 4, list("aabb"))
    assert found.groups == ("a", "b")
    assert found.observed.tolist() == [2, 2]
    assert found.expected == pytest.approx([4 / 3, 8 / 3])
    assert found.variance[0, 0] == pytest.approx(13 / 18)
    assert found.chisq == pytest.approx((2 / 3) ** 2 / (13 / 18))


def test_logrank_of_three_groups_equals_lifelines():
    from lifelines.statistics import multivariate_logrank_test

    random = np.random.default_rng(3)
    time, event = random.integers(1, 20, 90), random.integers(0, 2, 90)
    group = random.integers(0, 3, 90)
    found = logrank.logrank(time, event, group)
    other = multivariate_logrank_test(time, group, event)
    assert found.df == 2
    assert found.chisq == pytest.approx(other.test_statistic, rel=1e-9)


def test_a_group_censored_before_every_event_has_no_part_in_the_test():
    time, event, group = [3, 5, 6, 8, 9, 4], [1, 1, 0, 1, 1, 1], list("abbaab")
    two = logrank.logrank(time, event, group)
    three = logrank.logrank([*time, 1, 2], [*event, 0, 0], [*group, "c", "c"])
    assert three.expected[2] == 0
    assert (three.df, three.chisq) == (1, pytest.approx(two.chisq))
    assert three.p == pytest.approx(two.p)
    assert (two.left_out, three.left_out) == ((), ("c",))
    # with only one group left there is nothing to compare
    alone = logrank.logrank([1, 5, 6], [0, 1, 1], list("abb"))
    assert (alone.df, alone.left_out) == (0, ("a",))
    assert math.isnan(alone.chisq) and math.isnan(alone.p)
    assert alone.summary is logrank.NO_COMPARISON


def test_input_may_come_in_any_form():
    expected = survival.kaplan_meier([1, 2, 3, 5], [1, 0, 1, 1]).median()
    times = pd.Series([1, 2, 3, 5], index=[9, 9, 0, -1], dtype="Int64")
    events = pd.Series([True, False, True, True], index=[9, 9, 0, -1], dtype="boolean")
    assert survival.kaplan_meier(times, events).median() == expected
    groups = pd.Categorical(["b", "a", "b", "a"], categories=["b", "a", "z"])
    found = logrank.logrank(times, events, groups)
    assert (found.groups, found.left_out) == (("a", "b"), ("z",))
    assert found.chisq == logrank.logrank([1, 2, 3, 5], [1, 0, 1, 1], [2, 1, 2, 1]).chisq


def test_one_patient():
    assert survival.kaplan_meier([7], [1]).median().estimate == 7
    assert math.isnan(survival.kaplan_meier([7], [1]).median().lower)
    assert math.isnan(survival.kaplan_meier([7], [0]).median().estimate)


def test_all_censored_is_not_estimable():
    found = survival.kaplan_meier([1, 2, 3], [0, 0, 0]).median()
    assert all(math.isnan(x) for x in (found.estimate, found.lower, found.upper))
    with pytest.raises(ValueError, match="at least one event"):
        logrank.logrank([1, 2], [0, 0], list("ab"))


def test_all_tied():
    assert survival.kaplan_meier([5, 5, 5], [1, 1, 1]).median().estimate == 5
    found = logrank.logrank([5, 5, 5], [1, 1, 1], list("aab"))
    assert (found.chisq, found.p) == (0.0, 1.0)


def test_zero_times_are_accepted():
    assert survival.kaplan_meier([0, 0, 3], [1, 1, 1]).median().estimate == 0
    fitted = survival.curve([0, 0, 3], [1, 0, 1])
    assert fitted.at_risk.tolist() == [3, 1]
    assert fitted.survival.to_numpy() == pytest.approx([2 / 3, 0])


@pytest.mark.parametrize(
    "time, event, message",
    [
        ([], [], "no patients"),
        ([1, 2], [1], "one length"),
        ([1, -2], [1, 1], "negative in 1 of 2 patients, first at position 1"),
        ([1, math.nan], [1, 1], "missing"),
        ([1, math.inf], [1, 1], "finite"),
        ([1, 2], [1, 2], "neither 0"),
        ([1, 2], [1, None], "neither 0"),
        (["1", "soon"], [1, 1], "must be numbers: .*'soon'"),
        (pd.to_timedelta([1, 2], unit="h"), [1, 1], "not dates or durations"),
        (pd.to_datetime(["2014-11-12"] * 2), [1, 1], "not dates or durations"),
        (pd.Series([1, None], dtype="Int64"), [1, 1], r"position 1 \(nan\)"),
        ([2, -1.5], [1, 1], r"position 1 \(-1\.5\)"),
    ],
)
def test_impossible_input_is_refused(time, event, message):
    with pytest.raises(ValueError, match=message):
        survival.kaplan_meier(time, event).median()


def test_other_refusals():
    with pytest.raises(ValueError, match="log, log-log, plain"):
        survival.kaplan_meier([1], [1], conf_type="arcsin").median()
    with pytest.raises(ValueError, match="confidence level"):
        survival.kaplan_meier([1], [1], conf_level=95).median()
    with pytest.raises(ValueError, match="fraction"):
        survival.kaplan_meier([1], [1]).quantile(1)
    with pytest.raises(ValueError, match="group is missing"):
        logrank.logrank([1, 2], [1, 1], ["a", None])
    with pytest.raises(ValueError, match="3 entries for 2"):
        logrank.logrank([1, 2], [1, 1], ["a", "b", "b"])
    with pytest.raises(ValueError, match="one column"):
        logrank.logrank([1, 2], [1, 1], [["a"], ["b"]])
    with pytest.raises(ValueError, match="zero or later"):
        survival.kaplan_meier([1], [1]).without_event(-1)


patients = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 1), st.sampled_from("ab")), min_size=2, max_size=30
).filter(lambda rows: len({r[2] for r in rows}) == 2 and any(r[1] for r in rows))


def _results(rows):
    time, event, group = zip(*rows, strict=True)
    test, median = logrank.logrank(time, event, group), survival.kaplan_meier(time, event).median()
    return [median.estimate, median.lower, median.upper, test.chisq]


@settings(max_examples=40, deadline=None)
@given(patients, st.randoms(use_true_random=False))
def test_row_order_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert _results(shuffled) == pytest.approx(_results(rows), abs=1e-9, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(patients)
def test_group_labels_may_be_swapped(rows):
    swapped = [(t, e, {"a": "b", "b": "a"}[g]) for t, e, g in rows]
    assert _results(swapped) == pytest.approx(_results(rows), abs=1e-9, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(patients, st.integers(1, 1000))
def test_a_change_of_unit_scales_the_median_only(rows, factor):
    scaled = _results([(t * factor, e, g) for t, e, g in rows])
    *quantiles, chisq = _results(rows)
    assert scaled == pytest.approx([q * factor for q in quantiles] + [chisq], nan_ok=True)


@settings(deadline=None)
@given(patients)
def test_columns_without_a_table_are_those_of_the_curve(rows):
    time, event, _ = zip(*rows, strict=True)
    fitted = survival.curve(time, event)
    for name, column in survival.columns(time, event).items():
        np.testing.assert_allclose(column, fitted[name], rtol=1e-12, err_msg=name)
