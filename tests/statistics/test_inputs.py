"""Columns that are not what they seem: masked, of other rows, nearly equal, or impossible."""

import math

import numpy as np
import pandas as pd
import pytest

from case_review.statistics import (
    cox,
    inputs,
    interval_censored,
    logrank,
    proportions,
    resampling,
    rmst,
    small_groups,
    survival,
    weighted,
)

TIME, EVENT, GROUP = [1, 3, 2, 4, 6, 5], [1, 1, 1, 1, 0, 1], list("aabbab")
REPORT = list("uvuvuw")
#: Every function that takes patients, with the columns that it takes.
ON_PATIENTS = {
    "kaplan_meier": lambda t, e, g, r: survival.kaplan_meier(t, e, by=g),
    "curve": lambda t, e, g, r: survival.curve(t, e),
    "sign_test": lambda t, e, g, r: survival.sign_test_limits(t, e),
    "logrank": lambda t, e, g, r: logrank.logrank(t, e, g),
    "pairwise": lambda t, e, g, r: logrank.pairwise_logrank(t, e, g),
    "cox": lambda t, e, g, r: cox.hazard_ratios(t, e, g, "a"),
    "proportional": lambda t, e, g, r: cox.proportional_hazards(t, e, g, "a"),
    "restricted_mean": lambda t, e, g, r: rmst.restricted_mean(t, e, 4),
    "differences": lambda t, e, g, r: rmst.differences(t, e, g, "a", 4),
    "permutation_logrank": lambda t, e, g, r: resampling.permutation_logrank(t, e, g, 99, 9, 1),
    "permutation_mean": lambda t, e, g, r: small_groups.permutation_mean_difference(
        t, e, g, "a", 4, 99, 9, 1
    ),
    "bootstrap_t": lambda t, e, g, r: small_groups.bootstrap_t_difference(t, e, g, "a", 4, 50, 1),
    "welch": lambda t, e, g, r: small_groups.welch_difference(t, e, g, "a", 4),
    "by_report": lambda t, e, g, r: resampling.bootstrap_by_report(t, e, g, r, "a", 4, 50, 1),
}
USE_GROUP = [x for x in ON_PATIENTS if x not in ("curve", "sign_test", "restricted_mean")]


def same(one, other):
    """Whether two results are the same in print."""
    return repr(one) == repr(other)


@pytest.mark.parametrize("name", ON_PATIENTS)
def test_masked_times_and_events_are_refused_and_counted(name):
    function = ON_PATIENTS[name]
    masked = np.ma.array(TIME, mask=[0, 0, 1, 0, 0, 1])
    message = "time is masked, that is, missing, in 2 of 6 patients, first at position 2"
    with pytest.raises(ValueError, match=message):
        function(masked, EVENT, GROUP, REPORT)
    with pytest.raises(ValueError, match=r"event is masked.* in 1 of 6"):
        function(TIME, np.ma.array(EVENT, mask=[0, 1, 0, 0, 0, 0]), GROUP, REPORT)
    # an array that could hide something, and does not, is an array
    whole = np.ma.array(TIME, mask=False)
    assert same(function(whole, EVENT, GROUP, REPORT), function(TIME, EVENT, GROUP, REPORT))


@pytest.mark.parametrize("name", USE_GROUP)
def test_masked_groups_are_refused(name):
    group = np.ma.array(GROUP, mask=[0, 0, 0, 1, 0, 0])
    with pytest.raises(ValueError, match=r"(group|by) is masked.* in 1 of 6"):
        ON_PATIENTS[name](TIME, EVENT, group, REPORT)


@pytest.mark.parametrize("name", ON_PATIENTS)
def test_columns_of_different_rows_are_refused(name):
    function = ON_PATIENTS[name]
    time, event = pd.Series(TIME), pd.Series(EVENT, index=[5, 4, 3, 2, 1, 0])
    with pytest.raises(ValueError, match="time and event are columns with different indexes"):
        function(time, event, GROUP, REPORT)
    index = list("zyxwvu")
    columns = [pd.Series(column, index=index) for column in (TIME, EVENT, GROUP, REPORT)]
    assert same(function(*columns), function(TIME, EVENT, GROUP, REPORT))
    # a column with an index beside columns without one is taken by position
    assert same(function(columns[0], EVENT, GROUP, REPORT), function(TIME, EVENT, GROUP, REPORT))


@pytest.mark.parametrize("name", USE_GROUP)
def test_groups_of_different_rows_are_refused(name):
    group = pd.Series(GROUP, index=range(1, 7))
    with pytest.raises(ValueError, match=r"time and (group|by) are columns with different indexes"):
        ON_PATIENTS[name](pd.Series(TIME), EVENT, group, REPORT)


def test_reports_of_different_rows_are_refused():
    report = pd.Series(REPORT, index=range(1, 7))
    with pytest.raises(ValueError, match="time and report are columns with different"):
        resampling.bootstrap_by_report(pd.Series(TIME), EVENT, GROUP, report, "a", 4, 9, 1)


def test_interval_ends_of_different_rows_and_masked_ones_are_refused():
    left, right = pd.Series([0.0, 1]), pd.Series([1.0, 2], index=[1, 0])
    with pytest.raises(ValueError, match="left and right are columns with different indexes"):
        interval_censored.curve(left, right)
    with pytest.raises(ValueError, match=r"right is masked.* in 1 of 2"):
        interval_censored.median(left, np.ma.array([1.0, 2], mask=[0, 1]), 9, 1)


# -- times that differ by rounding alone -----------------------------------------------------------


@pytest.mark.parametrize("name", ON_PATIENTS)
def test_times_that_differ_by_rounding_are_one_time(name):
    near, equal = [0.1 + 0.2, 0.3, 0.7, 0.8, 0.9, 0.5], [0.3, 0.3, 0.7, 0.8, 0.9, 0.5]
    assert near[0] != near[1]
    function = ON_PATIENTS[name]
    if name == "welch":
        return  # the horizon of 4 is beyond them, and one is censored
    try:
        expected = function(equal, EVENT, GROUP, REPORT)
    except ValueError as error:
        with pytest.raises(ValueError, match="horizon"):
            function(near, EVENT, GROUP, REPORT)
        assert "horizon" in str(error)
        return
    assert same(function(near, EVENT, GROUP, REPORT), expected)


def test_merged_times_are_those_of_r():
    # R: aeqSurv(Surv(c(0.1 + 0.2, 0.3, 1, 1 + 1e-9, 1 + 3e-8, 2)))[, 1]
    found = inputs.merged(np.array([0.1 + 0.2, 0.3, 1, 1 + 1e-9, 1 + 3e-8, 2]))
    assert found.tolist() == [0.3, 0.3, 1, 1, 1 + 3e-8, 2]
    # relative to the mean of the distinct times: at a million a hundredth is rounding, 0.02 is not
    large = np.array([1e6, 1e6 + 0.01, 1e6 + 0.03, 1e6 + 1])
    assert inputs.merged(large).tolist() == [1e6, 1e6, 1e6 + 0.03, 1e6 + 1]


def test_whole_numbers_stay_apart_however_large():
    whole = np.array([1e9, 1e9 + 1, 1e9 + 2])
    assert inputs.merged(whole) is whole
    assert survival.curve(whole, [1, 1, 1])["time"].tolist() == whole.tolist()


# -- numbers that make no sense --------------------------------------------------------------------


@pytest.mark.parametrize("horizon", [math.inf, math.nan, 0, -1])
def test_an_impossible_horizon_is_refused(horizon):
    columns, event = (TIME, [1] * 6, GROUP), np.ones(6, dtype=bool)
    calls = [
        lambda: rmst.restricted_mean(TIME, [1] * 6, horizon),
        lambda: rmst.differences(*columns, "a", horizon),
        lambda: resampling.bootstrap_by_report(*columns, REPORT, "a", horizon, 9, 1),
        lambda: small_groups.permutation_mean_difference(*columns, "a", horizon, 99, 9, 1),
        lambda: small_groups.bootstrap_t_difference(*columns, "a", horizon, 9, 1),
        lambda: small_groups.welch_difference(*columns, "a", horizon),
        lambda: small_groups.followed_up(TIME, [1] * 6, horizon),
        lambda: weighted.restricted_means(np.array(TIME), event, np.ones((1, 6)), horizon),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="horizon must be finite and greater than 0"):
            call()


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_impossible_weights_are_refused(wrong):
    weights, event = np.array([[1.0, wrong, 1.0]]), np.ones(3, dtype=bool)
    time, left, right = np.array([1.0, 2, 3]), [0, 1, 2], [1, 2, 3]
    calls = [
        lambda: weighted.weighted_curves(time, event, weights),
        lambda: weighted.restricted_means(time, event, weights, 2),
        lambda: resampling.restricted_means(time, event, weights, 2),
        lambda: interval_censored.estimate(left, right, weights[0]),
        lambda: interval_censored.medians(left, right, weights),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=f"1 of 3 are not, the first is {wrong}"):
            call()


def test_weights_of_nobody_or_of_other_patients_are_refused():
    with pytest.raises(ValueError, match="in which somebody counts"):
        interval_censored.estimate([0, 1], [1, 2], [0, 0])
    with pytest.raises(ValueError, match="at least one patient must count"):
        interval_censored.medians([0, 1], [1, 2], [[1, 1], [0, 0]])
    with pytest.raises(ValueError, match=r"shape \(3,\) do not fit 2 patients"):
        interval_censored.estimate([0, 1], [1, 2], [1, 1, 1])


@pytest.mark.parametrize("number", [0, -5, 1.5, math.nan])
def test_fewer_than_one_random_sample_is_refused(number):
    columns = (TIME, [1] * 6, GROUP)
    calls = [
        lambda: interval_censored.median([0, 1], [1, 2], number, 1),
        lambda: resampling.bootstrap_by_report(*columns, REPORT, "a", 4, number, 1),
        lambda: small_groups.bootstrap_t_difference(*columns, "a", 4, number, 1),
        lambda: resampling.permutation_logrank(*columns, 1, number, 1),
        lambda: small_groups.permutation_mean_difference(*columns, "a", 4, 1, number, 1),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"samples? must be a whole number of at least 1"):
            call()
    # where all splits are counted nothing is drawn
    assert resampling.permutation_logrank(*columns, 20, number, 1).exact


@pytest.mark.parametrize("level", [95, 0, 1, -0.95, math.nan])
def test_a_level_outside_0_and_1_is_refused_everywhere(level):
    columns = (TIME, [1] * 6, GROUP)
    calls = [
        lambda: survival.curve(*columns[:2], conf_level=level),
        lambda: survival.kaplan_meier(*columns[:2], conf_level=level),
        lambda: survival.band([0.5], [0.1], conf_level=level),
        lambda: survival.sign_test_limits(*columns[:2], level),
        lambda: cox.hazard_ratios(*columns, "a", level),
        lambda: rmst.restricted_mean(*columns[:2], 4, level),
        lambda: rmst.differences(*columns, "a", 4, level),
        lambda: interval_censored.median([0, 1], [1, 2], 9, 1, level),
        lambda: resampling.bootstrap_by_report(*columns, REPORT, "a", 4, 9, 1, level),
        lambda: small_groups.bootstrap_t_difference(*columns, "a", 4, 9, 1, level),
        lambda: small_groups.welch_difference(*columns, "a", 4, level),
        lambda: proportions.exact(1, 2, level),
        lambda: proportions.wilson(1, 2, level),
        lambda: proportions.proportion(1, 2, level),
        lambda: proportions.count(1, 2, level),
        lambda: proportions.tipping_failures(1, 2, 0.5, level),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="level must lie between 0 and 1"):
            call()


def test_masked_counts_are_no_counts():
    with pytest.raises(ValueError, match="a count is masked, that is, missing"):
        proportions.exact(np.ma.masked, 5)
    with pytest.raises(ValueError, match="a count is masked, that is, missing"):
        proportions.count(1, np.ma.array([5], mask=[1])[0])


# -- groups ----------------------------------------------------------------------------------------


def severity(values, ordered=True):
    return pd.Categorical(values, categories=["none", "mild", "severe", "fatal"], ordered=ordered)


def test_ordered_categories_keep_their_order_and_empty_ones_are_named():
    group = severity(["severe", "none", "mild", "none", "mild", "severe"])
    test = logrank.logrank(TIME, EVENT, group)
    assert (test.groups, test.left_out) == (("none", "mild", "severe"), ("fatal",))
    assert test.df == 2
    # the arrays follow the groups
    assert test.observed.tolist() == [2, 1, 2]
    assert list(survival.kaplan_meier(TIME, EVENT, by=group)) == ["none", "mild", "severe"]
    assert list(cox.hazard_ratios(TIME, EVENT, group, "mild")) == ["none", "severe"]
    assert list(rmst.differences(TIME, EVENT, group, "severe", 3)) == ["none", "mild"]
    pairs = logrank.pairwise_logrank(TIME, EVENT, pd.Series(group))
    assert list(pairs) == [("none", "mild"), ("none", "severe"), ("mild", "severe")]
    with pytest.raises(ValueError, match="the reference 'fatal' is none of the groups: none, mild"):
        cox.hazard_ratios(TIME, EVENT, group, "fatal")


def test_categories_without_an_order_are_sorted_like_text():
    group = severity(["severe", "none", "mild", "none", "mild", "severe"], ordered=False)
    test = logrank.logrank(TIME, EVENT, group)
    assert (test.groups, test.left_out) == (("mild", "none", "severe"), ("fatal",))
    text = logrank.logrank(TIME, EVENT, list(group))
    assert (text.groups, text.chisq, text.left_out) == (test.groups, test.chisq, ())


def test_a_category_missing_for_a_patient_is_a_missing_group():
    group = severity(["severe", None, "mild", "none", "mild", "severe"])
    with pytest.raises(
        ValueError, match="group is missing in 1 of 6 patients, first at position 1"
    ):
        logrank.logrank(TIME, EVENT, group)
    found = inputs.members(group, 6)
    assert {name: own.tolist() for name, own in found.items()}["none"] == [0, 0, 0, 1, 0, 0]
    assert sum(own.sum() for own in found.values()) == 5


def test_groups_of_different_kinds_have_an_order():
    found = logrank.logrank(TIME, EVENT, [1, "b", 1, "b", "a", 1])
    assert found.groups == (1, "a", "b")
