"""Permutation and bootstrap against enumeration by hand and brute force."""

import math
from itertools import combinations

import numpy as np
import pytest

from case_review import values
from case_review.statistics import logrank, resampling, rmst, survival


def test_scores_add_up_to_observed_minus_expected():
    random = np.random.default_rng(1)
    time, event = random.integers(1, 9, 30), random.integers(0, 2, 30).astype(bool)
    group = random.integers(0, 2, 30)
    scores = resampling.logrank_scores(time, event)
    test = logrank.logrank(time, event, group)
    assert scores.sum() == pytest.approx(0, abs=1e-12)
    assert scores[group == 0].sum() == pytest.approx(test.observed[0] - test.expected[0])


def test_permutation_by_hand():
    # a at 1 and 2, b at 3 and 4: no other split of the six but its mirror is as extreme
    found = resampling.permutation_logrank([1, 2, 3, 4], [1] * 4, list("aabb"), 100, 1000, 0)
    assert (found.splits, found.as_extreme, found.exact) == (6, 2, True)
    assert found.p == pytest.approx(1 / 3)


@pytest.mark.parametrize("size", range(8))
@pytest.mark.parametrize("distance", [-1, 0, 0.5, 3, 6.5, 100])
def test_splits_are_counted_as_by_enumeration(size, distance):
    scores = np.array([3.0, -2, 0.5, -4, 1.5, 0.25, 0.75])
    expected = sum(abs(sum(chosen)) >= distance for chosen in combinations(scores, size))
    assert resampling.splits_as_extreme(scores, size, distance) == expected


def test_all_splits_of_the_review_are_counted():
    random = np.random.default_rng(3)
    time, group = random.integers(1, 12, 25), np.array([0] * 15 + [1] * 10)
    exact = resampling.permutation_logrank(time, [1] * 25, group, 10_000_000, 1000, 0)
    assert exact.splits == math.comb(25, 10) == 3_268_760
    sampled = resampling.permutation_logrank(time, [1] * 25, group, 10, 20_000, 0)
    assert (sampled.splits, sampled.exact) == (20_000, False)
    assert sampled.p == (sampled.as_extreme + 1) / 20_001  # the observed split is one of them
    assert sampled.p == pytest.approx(exact.p, abs=4 * math.sqrt(0.25 / 20_000))


def test_no_room_for_a_difference_gives_one():
    assert resampling.permutation_logrank([3] * 4, [1] * 4, list("aabb"), 99, 1000, 0).p == 1


def test_permutation_refusals():
    with pytest.raises(ValueError, match="at least one event"):
        resampling.permutation_logrank([1, 2], [0, 0], list("ab"), 9, 10, 0)
    with pytest.raises(ValueError, match="found 3"):
        resampling.permutation_logrank([1, 2, 3], [1, 1, 1], list("abc"), 9, 10, 0)


def test_weighted_curves_equal_curves_of_repeated_patients():
    time, event = np.array([1, 2, 2, 4, 5]), np.array([1, 1, 0, 1, 0], dtype=bool)
    weights = np.array([[2, 0, 1, 1, 3], [1, 1, 1, 1, 1]], dtype=float)
    times, found = resampling.weighted_curves(time, event, weights)
    repeated = np.repeat(np.arange(5), weights[0].astype(int))
    km = survival.curve(time[repeated], event[repeated])
    expected = [survival.survival_at(km, t).estimate for t in times]
    assert found[0] == pytest.approx(expected)


def test_restricted_means_equal_rmst():
    time, event = np.array([1, 2, 2, 4, 9]), np.ones(5, dtype=bool)
    means = resampling.restricted_means(time, event, np.vstack([np.ones(5), np.zeros(5)]), 5)
    assert means[0] == pytest.approx(rmst.restricted_mean(time, event, 5).mean)
    assert math.isnan(means[1])


def test_bootstrap_of_identical_reports_has_no_spread():
    time, group, report = [1, 5] * 6, list("ab") * 6, np.repeat(list("uvwxyz"), 2)
    found = resampling.bootstrap_by_report(time, [1] * 12, group, report, "a", 9, 200, 1, 0.95)
    assert found.difference == values.Estimate(-4.0, -4.0, -4.0)
    assert found.median == values.Estimate(3.0, 3.0, 3.0)
    assert (found.resamples, found.unusable) == (200, 0)


def test_bootstrap_counts_samples_without_one_group():
    # two reports, one per group: half of the samples draw the same report twice
    found = resampling.bootstrap_by_report(
        [1, 2, 3, 4], [1] * 4, list("aabb"), list("uuvv"), "a", 9, 400, 1, 0.95
    )
    assert 150 < found.unusable < 250
    assert found.difference == values.Estimate(-2.0, -2.0, -2.0)


def test_bootstrap_refusals():
    def bootstrap(group="aabb", report=("u", "v", "u", "v"), of="a", level=0.95):
        return resampling.bootstrap_by_report(
            [1, 2, 3, 4], [1] * 4, list(group), report, of, 9, 10, 1, level
        )

    assert bootstrap().resamples == 10
    with pytest.raises(ValueError, match="one of them 'a'; found a, b, c"):
        bootstrap(group="aabc")
    with pytest.raises(ValueError, match="one of them 'z'; found a, b"):
        bootstrap(of="z")
    with pytest.raises(ValueError, match="4 patients needs a report; 3 have one"):
        bootstrap(report=("u", None, "u", "v"))
    with pytest.raises(ValueError, match="4 patients needs a report; 3 have one"):
        bootstrap(report=("u", "v", "u"))
    with pytest.raises(ValueError, match="not 95"):
        bootstrap(level=95)


def test_bootstrap_does_not_depend_on_the_order_of_patients():
    random = np.random.default_rng(8)
    columns = [random.integers(1, 20, 30), [1] * 30, random.integers(0, 2, 30)]
    columns.append(random.choice(list("uvwxyz"), 30))
    order = random.permutation(30)
    first = resampling.bootstrap_by_report(*columns, 0, 12, 200, 1, 0.95)
    shuffled = (np.asarray(column)[order] for column in columns)
    second = resampling.bootstrap_by_report(*shuffled, 0, 12, 200, 1, 0.95)
    assert second.median == first.median
    found = [first.difference.estimate, first.difference.lower, first.difference.upper]
    other = [second.difference.estimate, second.difference.lower, second.difference.upper]
    assert other == pytest.approx(found)


@pytest.mark.parametrize("seed", range(3))
def test_scores_equal_their_definition(seed):
    random = np.random.default_rng(seed)
    time, event = random.integers(0, 9, 30), random.integers(0, 2, 30).astype(bool)
    for i, score in enumerate(resampling.logrank_scores(time, event)):
        moments = {t for t, e in zip(time, event, strict=True) if e and t <= time[i]}
        hazard = sum(((time == t) & event).sum() / (time >= t).sum() for t in moments)
        assert score == pytest.approx(event[i] - hazard)


def test_bootstrap_equals_samples_written_out():
    random = np.random.default_rng(5)
    time, event = random.integers(1, 15, 24), (random.random(24) < 0.6).astype(int)
    group, report = random.choice(list("ab"), 24), random.choice(list("uvwxyz"), 24)
    found = resampling.bootstrap_by_report(time, event, group, report, "a", 9, 200, 4, 0.95)
    names = np.unique(report)
    drawn = np.random.default_rng(4).multinomial(6, np.full(6, 1 / 6), 200)
    medians, differences, refused = [], [], 0
    for counts in drawn:
        who = np.concatenate(
            [np.repeat(np.flatnonzero(report == r), k) for r, k in zip(names, counts, strict=True)]
        )
        medians.append(np.nan_to_num(survival.median(time[who], event[who]).estimate, nan=99))
        try:
            # a group without patients, or not followed to the horizon, has no restricted mean
            differences.append(rmst.difference(time[who], event[who], group[who], "a", 9).estimate)
        except ValueError:
            refused += 1
    assert 0 < refused == found.unusable
    # of 200 samples the 5th and the 195th
    assert sorted(medians)[4] == found.median.lower
    last = sorted(medians)[194]
    assert math.isnan(found.median.upper) if last == 99 else found.median.upper == last
    share = len(differences) * np.array([0.025, 0.975])
    low, high = np.ceil(np.round(share, 9)).astype(int) - 1
    limits = np.sort(differences)[[low, high]]
    assert [found.difference.lower, found.difference.upper] == pytest.approx(limits)


def test_a_bootstrap_without_usable_samples_has_no_limits():
    # two reports, one for each group, and a single sample: seed 3 draws one of them twice
    found = resampling.bootstrap_by_report(
        [1, 2, 3, 4], [1] * 4, list("aabb"), list("uuvv"), "a", 9, 1, 3, 0.95
    )
    assert found.unusable == 1
    assert found.difference.estimate == -2
    assert math.isnan(found.difference.lower) and math.isnan(found.difference.upper)
