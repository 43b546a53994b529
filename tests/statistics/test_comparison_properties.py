"""What must not matter to a comparison of two groups, and what the smallest data give."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_review.statistics import cox, inputs, resampling, rmst, survival

HORIZON = 10
#: Times 0 to 12 with ties, events and two groups; everybody is followed beyond the horizon.
patients = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from("ab")), min_size=2, max_size=12
).filter(lambda rows: {group for _, group in rows} == {"a", "b"})


def difference(rows, horizon=HORIZON, of="a"):
    time, group = zip(*rows, strict=True)
    found = rmst.differences(time, [1] * len(rows), group, {"a": "b", "b": "a"}[of], horizon)[of]
    return [found.estimate, found.lower, found.upper]


def permutation(rows):
    time, group = zip(*rows, strict=True)
    found = resampling.permutation_logrank(time, [1] * len(rows), group, 10_000, 0, 0)
    assert found.exact
    return found.p


@settings(max_examples=20, deadline=None)
@given(patients, st.randoms(use_true_random=False))
def test_row_order_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert difference(shuffled) == pytest.approx(difference(rows), abs=1e-9, nan_ok=True)
    assert permutation(shuffled) == permutation(rows)


@settings(max_examples=20, deadline=None)
@given(patients)
def test_exchanged_labels_turn_a_difference_round_and_leave_p_alone(rows):
    swapped = [(time, {"a": "b", "b": "a"}[group]) for time, group in rows]
    estimate, lower, upper = difference(rows)
    turned = pytest.approx([-estimate, -upper, -lower], abs=1e-9, nan_ok=True)
    assert difference(swapped) == turned
    assert difference(rows, of="b") == turned
    assert permutation(swapped) == permutation(rows)


@settings(max_examples=20, deadline=None)
@given(patients, st.integers(1, 1000))
def test_a_change_of_unit_scales_a_difference_and_leaves_p_alone(rows, factor):
    scaled = [(time * factor, group) for time, group in rows]
    expected = [factor * x for x in difference(rows)]
    assert difference(scaled, HORIZON * factor) == pytest.approx(
        expected, abs=1e-7 * factor, nan_ok=True
    )
    assert permutation(scaled) == permutation(rows)


@settings(max_examples=20, deadline=None)
@given(patients)
def test_the_permutation_p_is_a_share_of_all_splits_that_counts_the_observed_one(rows):
    assert 0 < permutation(rows) <= 1


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 1)), min_size=1, max_size=25),
    st.sampled_from(inputs.CONF_TYPES),
    st.floats(0.05, 0.95),
)
def test_limits_enclose_their_quantile_and_bands_their_curve(rows, conf_type, p):
    time, event = zip(*rows, strict=True)
    found = survival.kaplan_meier(time, event, conf_type=conf_type).quantile(p)
    for low, high in ((found.lower, found.estimate), (found.estimate, found.upper)):
        assert math.isnan(low) or math.isnan(high) or low <= high
    curve = survival.curve(time, event, conf_type).dropna()
    assert (curve["lower"] <= curve["survival"] + 1e-12).all()
    assert (curve["survival"] <= curve["upper"] + 1e-12).all()
    counts = survival.curve(time, event)
    assert counts["events"].sum() + counts["censored"].sum() == len(rows)


def test_one_patient_in_each_group():
    assert permutation([(1, "a"), (2, "b")]) == 1
    # times that do not vary give a difference, but nothing to judge it by
    found = rmst.differences([1, 2], [1, 1], list("ab"), "b", HORIZON)["a"]
    assert found.estimate == -1
    assert all(math.isnan(x) for x in (found.lower, found.upper, found.p))
    ratio = cox.hazard_ratios([1, 2], [1, 1], list("ab"), "b")["a"]
    assert math.isnan(ratio.estimate)


def test_all_tied_and_zero_times():
    tied = [(5, "a"), (5, "b"), (5, "a")]
    assert permutation(tied) == 1
    assert difference(tied) == pytest.approx([0, math.nan, math.nan], nan_ok=True)
    zero = [(0, "a"), (0, "a"), (4, "b"), (6, "b")]
    assert difference(zero)[0] == -5
    assert permutation(zero) == pytest.approx(1 / 3)


def test_a_single_group_or_no_event_is_refused_by_name():
    with pytest.raises(ValueError, match="two groups; there is only 'a'"):
        resampling.permutation_logrank([1, 2], [1, 1], list("aa"), 9, 0, 0)
    assert cox.hazard_ratios([1, 2], [1, 1], list("aa"), "a") == {}
    assert rmst.differences([1, 2], [1, 1], list("aa"), "a", 5) == {}
    with pytest.raises(ValueError, match="all patients are censored"):
        resampling.permutation_logrank([1, 2], [0, 0], list("ab"), 9, 0, 0)
    with pytest.raises(ValueError, match="choose a shorter horizon"):
        rmst.differences([1, 2], [0, 0], list("ab"), "b", 5)
    assert math.isnan(cox.hazard_ratios([1, 2], [0, 0], list("ab"), "b")["a"].estimate)
