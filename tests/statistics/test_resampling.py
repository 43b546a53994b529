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
    assert found.p_value.prose == "p = 0.333"


def labellings(sizes):
    """Every way to give patients the groups 0, 1, ... of these sizes."""
    if not any(sizes):
        return [[]]
    return [
        [group, *rest]
        for group, size in enumerate(sizes)
        if size
        for rest in labellings([s - (i == group) for i, s in enumerate(sizes)])
    ]


def quadratic_form(time, event, group):
    """(O - E)' V⁻ (O - E), with V the covariance of O - E over all relabellings of the patients."""
    scores = resampling.logrank_scores(time, event)
    inside = np.equal.outer(np.unique(group), group).astype(float)
    n, sizes = len(time), inside.sum(axis=1)
    share = np.diag(n * sizes) - np.outer(sizes, sizes)
    variance = (scores**2).sum() / (n * (n - 1)) * share
    distance = inside @ scores
    return float(distance @ np.linalg.pinv(variance, hermitian=True) @ distance)


@pytest.mark.parametrize("sizes", [(2, 3, 3), (3, 1, 4), (1, 2, 2, 2), (3, 4)])
@pytest.mark.parametrize("seed", range(3))
def test_permutation_of_several_groups_equals_brute_force(sizes, seed):
    random = np.random.default_rng(seed)
    time, event = random.integers(1, 7, sum(sizes)), random.integers(0, 2, sum(sizes)).astype(bool)
    event[0] = True
    group = random.permutation(np.repeat(range(len(sizes)), sizes))
    found = resampling.permutation_logrank(time, event, group, 10_000, 0, 0)
    observed = quadratic_form(time, event, group)
    every = [quadratic_form(time, event, np.array(x)) for x in labellings(sizes)]
    assert (found.splits, found.exact) == (len(every), True)
    assert found.as_extreme == sum(x >= observed - 1e-9 for x in every)


def test_permutation_of_several_groups_may_be_sampled():
    random = np.random.default_rng(2)
    time, group = random.integers(1, 9, 12), np.array(list("abc") * 4)
    exact = resampling.permutation_logrank(time, [1] * 12, group, 34_650, 0, 0)
    assert (exact.splits, exact.exact) == (34_650, True)
    sampled = resampling.permutation_logrank(time, [1] * 12, group, 34_649, 20_000, 0)
    assert (sampled.splits, sampled.exact) == (20_000, False)
    assert sampled.p == pytest.approx(exact.p, abs=4 * math.sqrt(0.25 / 20_000))


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
    with pytest.raises(ValueError, match="two groups; there is only 'a'"):
        resampling.permutation_logrank([1, 2], [1, 1], list("aa"), 9, 10, 0)


def test_weighted_curves_equal_curves_of_repeated_patients():
    time, event = np.array([1, 2, 2, 4, 5]), np.array([1, 1, 0, 1, 0], dtype=bool)
    weights = np.array([[2, 0, 1, 1, 3], [1, 1, 1, 1, 1]], dtype=float)
    times, found = resampling.weighted_curves(time, event, weights)
    repeated = np.repeat(np.arange(5), weights[0].astype(int))
    km = survival.kaplan_meier(time[repeated], event[repeated])
    expected = [km.without_event(t).estimate for t in times]
    assert found[0] == pytest.approx(expected)


def test_restricted_means_equal_rmst():
    time, event = np.array([1, 2, 2, 4, 9]), np.ones(5, dtype=bool)
    means = resampling.restricted_means(time, event, np.vstack([np.ones(5), np.zeros(5)]), 5)
    assert means[0] == pytest.approx(rmst.restricted_mean(time, event, 5).estimate)
    assert math.isnan(means[1])


def test_bootstrap_of_identical_reports_has_no_spread():
    time, group, report = [1, 5] * 6, list("ab") * 6, np.repeat(list("uvwxyz"), 2)
    found = resampling.bootstrap_by_report(time, [1] * 12, group, report, "b", 9, 200, 1, 0.95)
    assert found.differences["a"] == values.Estimate(-4.0, -4.0, -4.0)
    assert found.median == values.Estimate(3.0, 3.0, 3.0)
    assert found.unusable == {"a": 0}


def test_bootstrap_counts_samples_without_one_group():
    # two reports, one per group: half of the samples draw the same report twice
    found = resampling.bootstrap_by_report(
        [1, 2, 3, 4], [1] * 4, list("aabb"), list("uuvv"), "b", 9, 400, 1, 0.95
    )
    assert 150 < found.unusable["a"] < 250
    assert found.differences["a"] == values.Estimate(-2.0, -2.0, -2.0)


def test_bootstrap_refusals():
    def bootstrap(group="aabb", report=("u", "v", "u", "v"), reference="b", level=0.95):
        return resampling.bootstrap_by_report(
            [1, 2, 3, 4], [1] * 4, list(group), report, reference, 9, 10, 1, level
        )

    assert list(bootstrap().differences) == ["a"]
    with pytest.raises(ValueError, match="reference 'b' is none of the groups: a, c"):
        bootstrap(group="aacc")
    with pytest.raises(ValueError, match="3 entries for 4 patients"):
        bootstrap(group="aab")
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
    first = resampling.bootstrap_by_report(*columns, 1, 12, 200, 1, 0.95)
    shuffled = (np.asarray(column)[order] for column in columns)
    second = resampling.bootstrap_by_report(*shuffled, 1, 12, 200, 1, 0.95)
    assert second.median == first.median
    one, other = first.differences[0], second.differences[0]
    assert [other.estimate, other.lower, other.upper] == pytest.approx(
        [one.estimate, one.lower, one.upper]
    )


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
    found = resampling.bootstrap_by_report(time, event, group, report, "b", 9, 200, 4, 0.95)
    names = np.unique(report)
    drawn = np.random.default_rng(4).multinomial(6, np.full(6, 1 / 6), 200)
    medians, differences, refused = [], [], 0
    for counts in drawn:
        who = np.concatenate(
            [np.repeat(np.flatnonzero(report == r), k) for r, k in zip(names, counts, strict=True)]
        )
        medians.append(
            np.nan_to_num(survival.kaplan_meier(time[who], event[who]).median().estimate, nan=99)
        )
        try:
            # a group without patients, or not followed to the horizon, has no restricted mean
            one = rmst.differences(time[who], event[who], group[who], "b", 9)
            differences.append(one["a"].estimate)
        except (ValueError, KeyError):
            refused += 1
    assert {"a": refused} == found.unusable and refused > 0
    # of 200 samples the 5th and the 195th
    assert sorted(medians)[4] == found.median.lower
    last = sorted(medians)[194]
    assert math.isnan(found.median.upper) if last == 99 else found.median.upper == last
    share = len(differences) * np.array([0.025, 0.975])
    low, high = np.ceil(np.round(share, 9)).astype(int) - 1
    limits = np.sort(differences)[[low, high]]
    one = found.differences["a"]
    assert [one.lower, one.upper] == pytest.approx(limits)


def test_bootstrap_of_three_groups_compares_each_with_the_reference():
    random = np.random.default_rng(7)
    time, event = random.integers(1, 15, 30), np.ones(30, dtype=int)
    group, report = np.array(list("abc") * 10, dtype=object), random.choice(list("uvwxyz"), 30)
    how = {"reference": "c", "horizon": 9, "resamples": 200, "seed": 2, "unit": "weeks"}
    found = resampling.bootstrap_by_report(time, event, group, report, **how)
    assert list(found.differences) == list(found.unusable) == ["a", "b"]
    for name in "ab":
        # the same samples of reports, with the third group left without a group
        two = np.where(np.isin(group, [name, "c"]), group, None)
        alone = resampling.bootstrap_by_report(time, event, two, report, **how)
        assert alone.differences == {name: found.differences[name]}
        assert alone.median == found.median
    assert found.differences["a"].prose.endswith(" weeks)")
    # one group or none: a median and nothing to compare it with
    for nobody in (["c"] * 30, [None] * 30):
        alone = resampling.bootstrap_by_report(time, event, nobody, report, **how)
        assert (alone.median, alone.differences, alone.unusable) == (found.median, {}, {})


def test_a_bootstrap_without_usable_samples_has_no_limits():
    # two reports, one for each group, and a single sample: seed 3 draws one of them twice
    found = resampling.bootstrap_by_report(
        [1, 2, 3, 4], [1] * 4, list("aabb"), list("uuvv"), "b", 9, 1, 3, 0.95
    )
    assert found.unusable == {"a": 1}
    one = found.differences["a"]
    assert one.estimate == -2
    assert math.isnan(one.lower) and math.isnan(one.upper)
