"""Permutation, bootstrap-t and Welch for restricted means, and the first reconstruction."""

import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from case_review.statistics import cox, logrank, resampling, rmst, small_groups

#: 25 patients of the first reconstruction of the review, kept because `data/raw` is drawn anew.
FIRST = pd.read_csv(Path(__file__).parent / "first-reconstruction" / "patients.csv")
WEEKS, EVENT, GROUP = FIRST["hours"] / 168, [1] * len(FIRST), FIRST["group"]
AGAINST = ("malformation", 12)


# -- the first reconstruction ----------------------------------------------------------------------


def test_hazards_are_not_proportional_in_the_first_reconstruction():
    found = cox.proportional_hazards(FIRST["hours"], EVENT, GROUP, "malformation")
    # cox.zph of R 4.2.2, survival 3.5-3
    assert (found.chisq, found.df) == (pytest.approx(7.38625831653, abs=1e-9), 1)
    assert found.p == pytest.approx(0.00657240721191, abs=1e-12)
    assert round(found.p, 4) == 0.0066
    assert found.summary.prose == "χ² = 7.39 (1 df), p = 0.007"
    assert found.p_value.p == found.p
    ratio = cox.hazard_ratios(FIRST["hours"], EVENT, GROUP, "malformation")["tumour"]
    assert ratio.estimate == pytest.approx(0.59748710499677, rel=1e-12)


def test_four_ways_to_judge_the_difference_of_the_first_reconstruction():
    normal = rmst.differences(WEEKS, EVENT, GROUP, *AGAINST)["tumour"]
    numbers = (normal.estimate, normal.lower, normal.upper)
    assert [round(x, 1) for x in numbers] == [3.7, 0.3, 7.1] and round(normal.p, 3) == 0.033
    welch = small_groups.welch_difference(WEEKS, EVENT, GROUP, *AGAINST)["tumour"]
    assert (round(welch.lower, 1), round(welch.upper, 1)) == (-0.1, 7.5)
    permutation = small_groups.permutation_mean_difference(
        WEEKS, EVENT, GROUP, *AGAINST, 10_000_000, 0, 0
    )["tumour"]
    assert permutation.exact and permutation.splits == 3_268_760
    assert round(permutation.p, 3) == 0.055
    drawn = small_groups.bootstrap_t_difference(WEEKS, EVENT, GROUP, *AGAINST, 4000, 1)["tumour"]
    assert drawn.estimate == pytest.approx(normal.estimate, abs=1e-12)
    assert drawn.lower < 0 < drawn.upper and drawn.method == "bootstrap-t"
    assert logrank.logrank(WEEKS, EVENT, GROUP).summary.prose == "χ² = 1.37 (1 df), p = 0.241"


def test_the_permutation_does_not_depend_on_the_unit():
    hours = small_groups.permutation_mean_difference(
        FIRST["hours"], EVENT, GROUP, "malformation", 12 * 168, 10_000_000, 0, 0
    )["tumour"]
    weeks = small_groups.permutation_mean_difference(
        WEEKS, EVENT, GROUP, *AGAINST, 10_000_000, 0, 0
    )["tumour"]
    assert hours == weeks


# -- permutation -----------------------------------------------------------------------------------


def by_brute_force(time, event, first, horizon):
    """Splits at least as extreme, and those without a difference, by `rmst` itself."""
    time, event, n = np.asarray(time), np.asarray(event), len(time)

    def difference(own):
        try:
            means = [
                rmst.mean_and_variance(time[who], event[who], horizon)[0] for who in (own, ~own)
            ]
        except ValueError:
            return math.nan
        return abs(means[0] - means[1])

    splits = [np.isin(range(n), chosen) for chosen in combinations(range(n), int(sum(first)))]
    found = np.array([difference(own) for own in splits])
    least = difference(np.asarray(first)) - 1e-9
    return int((found >= least).sum()), int(np.isnan(found).sum()), len(found)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("censoring", [0, 0.35])
def test_splits_are_counted_as_by_brute_force(seed, censoring):
    random = np.random.default_rng(seed)
    while True:
        time = random.integers(1, 12, 9)
        event = (random.random(9) >= censoring).astype(int)
        group = random.permutation(list("aaaabbbbb"))
        try:
            rmst.differences(time, event, group, "b", 7)
            break
        except ValueError:
            continue
    found = small_groups.permutation_mean_difference(time, event, group, "b", 7, 126, 0, 0)["a"]
    hits, unusable, splits = by_brute_force(time, event, group == "a", 7)
    assert (found.as_extreme, found.unusable, found.splits) == (hits, unusable, splits)
    assert found.exact and found.p == pytest.approx(hits / (splits - unusable))
    sampled = small_groups.permutation_mean_difference(time, event, group, "b", 7, 1, 8000, 3)["a"]
    assert not sampled.exact and sampled.splits == 8000
    assert sampled.p == pytest.approx(found.p, abs=4 * math.sqrt(0.25 / 8000))
    again = small_groups.permutation_mean_difference(time, event, group, "b", 7, 1, 8000, 3)["a"]
    assert again == sampled


def test_a_permutation_by_hand():
    # a at 1 and 2, b at 3 and 4: only this split and its mirror are 2 apart
    columns = [1, 2, 3, 4], [1] * 4, list("aabb")
    found = small_groups.permutation_mean_difference(*columns, "b", 9, 6, 0, 0)["a"]
    assert (found.as_extreme, found.splits, found.p) == (2, 6, pytest.approx(1 / 3))
    # up to a horizon of 1 nobody differs
    found = small_groups.permutation_mean_difference(*columns, "b", 1, 6, 0, 0)["a"]
    assert found.p == 1
    # a patient censored after the horizon is followed up to it, and the count stays exact
    found = small_groups.permutation_mean_difference(
        [1, 2, 3, 4], [1, 1, 1, 0], list("aabb"), "b", 4, 6, 0, 0
    )["a"]
    assert (found.as_extreme, found.unusable) == (2, 0)


def test_each_group_is_permuted_with_the_reference_alone():
    random = np.random.default_rng(3)
    time, group = random.integers(1, 20, 18), np.array(list("abc") * 6, dtype=object)
    event = np.ones(18)
    found = small_groups.permutation_mean_difference(time, event, group, "b", 12, 1000, 0, 0)
    assert list(found) == ["a", "c"]
    two = np.where(group == "c", None, group)
    alone = small_groups.permutation_mean_difference(time, event, two, "b", 12, 1000, 0, 0)
    assert alone == {"a": found["a"]}
    one = small_groups.permutation_mean_difference(time, event, ["a"] * 18, "a", 12, 1000, 0, 0)
    assert one == {}


def test_a_difference_that_does_not_exist_cannot_be_permuted():
    with pytest.raises(ValueError, match="choose a shorter horizon"):
        small_groups.permutation_mean_difference(
            [1, 2, 3, 9], [1, 0, 1, 1], list("aabb"), "b", 5, 99, 9, 1
        )


# -- bootstrap-t and Welch -------------------------------------------------------------------------


def test_bootstrap_t_limits_equal_samples_written_out():
    random = np.random.default_rng(11)
    time, event = random.integers(1, 15, 22), (random.random(22) < 0.8).astype(int)
    time[[0, 12]] = 16  # so that both groups are followed up to the horizon
    group = np.array(["a"] * 12 + ["b"] * 10)
    found = small_groups.bootstrap_t_difference(time, event, group, "b", 9, 300, 5, 0.9)["a"]
    draws = np.random.default_rng(5)
    samples = {}
    for name in "ab":
        own = np.flatnonzero(group == name)
        drawn = draws.multinomial(len(own), np.full(len(own), 1 / len(own)), 300)
        samples[name] = [np.repeat(own, counts) for counts in drawn]

    def moments(who):
        try:
            return rmst.mean_and_variance(time[who], event[who], 9)
        except ValueError:
            return math.nan, math.nan

    first, second = moments(group == "a"), moments(group == "b")
    estimate, error = first[0] - second[0], math.sqrt(first[1] + second[1])
    pairs = zip(samples["a"], samples["b"], strict=True)
    moved = [(*moments(a), *moments(b)) for a, b in pairs]
    ratios = np.array([(a - b - estimate) / math.sqrt(v + w) for a, v, b, w in moved])
    known = np.sort(ratios[~np.isnan(ratios)])
    assert found.unusable == np.isnan(ratios).sum()
    low, high = (known[math.ceil(round(end * len(known), 9)) - 1] for end in (0.05, 0.95))
    expected = (estimate, estimate - high * error, estimate - low * error)
    assert (found.estimate, found.lower, found.upper) == pytest.approx(expected)
    assert (found.method, found.conf_level) == ("bootstrap-t", 0.9)


def test_bootstrap_t_is_symmetric_in_the_groups():
    columns = (WEEKS, EVENT, GROUP)
    how = {"horizon": 12, "resamples": 500, "seed": 2, "unit": "weeks"}
    one = small_groups.bootstrap_t_difference(*columns, reference="malformation", **how)["tumour"]
    other = small_groups.bootstrap_t_difference(*columns, reference="tumour", **how)["malformation"]
    assert other.estimate == pytest.approx(-one.estimate)
    assert one.prose.endswith(" weeks)")


def test_data_that_do_not_vary_have_no_limits():
    found = small_groups.bootstrap_t_difference([1, 2], [1, 1], list("ab"), "b", 5, 9, 1)["a"]
    assert found.estimate == -1 and math.isnan(found.lower) and math.isnan(found.upper)
    found = small_groups.welch_difference([1, 2], [1, 1], list("ab"), "b", 5)["a"]
    assert found.estimate == -1 and math.isnan(found.lower) and math.isnan(found.p)


def test_welch_is_the_t_test_of_times_cut_off_at_the_horizon():
    time, group = np.array([1, 5, 9, 2, 2, 7, 30]), np.array(list("aaabbbb"))
    found = small_groups.welch_difference(time, [1] * 7, group, "b", 10, 0.9)["a"]
    capped = np.minimum(time, 10)
    test = stats.ttest_ind(capped[:3], capped[3:], equal_var=False)
    limits = test.confidence_interval(0.9)
    assert (found.lower, found.upper, found.p) == (limits.low, limits.high, test.pvalue)
    assert found.estimate == pytest.approx(capped[:3].mean() - capped[3:].mean())
    # censored at or after the horizon is followed up
    known = small_groups.welch_difference(time, [1, 1, 1, 1, 1, 1, 0], group, "b", 10, 0.9)["a"]
    assert (known.lower, known.upper) == (found.lower, found.upper)
    with pytest.raises(ValueError, match="not applicable: 2 of 7 patients are censored before"):
        small_groups.welch_difference(time, [1, 0, 1, 1, 1, 0, 1], group, "b", 10)


# -- resampled reports -----------------------------------------------------------------------------


def by_report(limits="percentile", **changed):
    how = {"reference": "malformation", "horizon": 12, "resamples": 2000, "seed": 1} | changed
    return resampling.bootstrap_by_report(
        WEEKS, EVENT, GROUP, FIRST["report"], **how, limits=limits
    )


def test_few_reports_are_named_as_such():
    found = by_report()
    assert (found.clusters, found.few_clusters, found.method) == (14, True, "percentile")
    many = resampling.bootstrap_by_report(
        range(1, 41), [1] * 40, list("ab") * 20, range(40), "a", 9, 20, 1
    )
    assert (many.clusters, many.few_clusters) == (40, False)
    with pytest.raises(ValueError, match="limits must be one of percentile, BCa, not 't'"):
        by_report("t")


def test_bca_limits_equal_those_of_scipy():
    # each patient a report and one group in all samples: the ordinary BCa bootstrap of a mean
    random = np.random.default_rng(4)
    time = np.round(random.exponential(10, 40), 2)
    capped = np.minimum(time, 15)
    group = np.array(["a"] * 20 + ["b"] * 20)
    found = resampling.bootstrap_by_report(
        time, [1] * 40, group, range(40), "b", 15, 20_000, 1, limits="BCa"
    )

    def difference(place, axis=-1):
        first, value = group[place] == "a", capped[place]
        mean = [np.where(own, value, 0).sum(axis) / own.sum(axis) for own in (first, ~first)]
        return mean[0] - mean[1]

    other = stats.bootstrap(
        (np.arange(40),), difference, n_resamples=20_000, method="BCa", rng=np.random.default_rng(2)
    ).confidence_interval
    one = found.differences["a"]
    assert (one.lower, one.upper) == pytest.approx((other.low, other.high), abs=0.1)
    assert found.method == "BCa"


def test_bca_limits_move_and_the_estimate_does_not():
    plain, corrected = by_report(), by_report("BCa")
    one, other = plain.differences["tumour"], corrected.differences["tumour"]
    assert one.estimate == other.estimate and plain.median.estimate == corrected.median.estimate
    assert other.lower < one.lower and other.upper < one.upper
    assert plain.unusable == corrected.unusable


def test_bca_limits_do_not_exist_where_one_report_carries_a_group():
    report = np.where(GROUP == "tumour", "only", FIRST["report"])
    found = resampling.bootstrap_by_report(
        WEEKS, EVENT, GROUP, report, "malformation", 12, 200, 1, limits="BCa"
    )
    one = found.differences["tumour"]
    assert one.estimate > 0 and math.isnan(one.lower) and math.isnan(one.upper)
