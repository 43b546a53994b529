"""The hazard ratio against statsmodels and a case that can be solved by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from statsmodels.duration.hazard_regression import PHReg

from case_review.statistics import cox


def test_by_hand():
    # a at 1 and 3, b at 2: the likelihood r/(2r + 1) * 1/(1 + r) * 1 is largest at r = 1/sqrt(2)
    found = cox.hazard_ratios([1, 3, 2], [1, 1, 1], list("aab"), "b")["a"]
    assert found.estimate == pytest.approx(1 / math.sqrt(2), rel=1e-6)


def test_with_ties_equals_statsmodels():
    random = np.random.default_rng(5)
    time, event = random.integers(1, 9, 60), random.integers(0, 2, 60)
    group = random.integers(0, 2, 60)
    fit = PHReg(time, group[:, None].astype(float), status=event, ties="efron").fit()
    found = cox.hazard_ratios(time, event, group, 0)[1]
    half = 1.959963984540054 * fit.bse[0]
    expected = np.exp([fit.params[0], fit.params[0] - half, fit.params[0] + half])
    assert [found.estimate, found.lower, found.upper] == pytest.approx(expected, rel=1e-5)


def test_other_direction_is_the_reciprocal():
    data = [5, 3, 8, 1, 9, 4], [1, 1, 1, 1, 0, 1], list("abbaab")
    a, b = cox.hazard_ratios(*data, "b")["a"], cox.hazard_ratios(*data, "a")["b"]
    assert a.estimate * b.estimate == pytest.approx(1, rel=1e-6)
    assert a.lower * b.upper == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("event", [[1, 1, 0, 0], [1, 1, 1, 1]])
def test_without_a_maximum_it_is_not_estimable(event):
    # no event in b; then all of a before all of b
    found = cox.hazard_ratios([1, 2, 3, 4], event, list("aabb"), "b")["a"]
    assert math.isnan(found.estimate) and math.isnan(found.lower) and math.isnan(found.upper)


def test_refuses_what_cannot_be_compared():
    with pytest.raises(ValueError, match="between 0 and 1, not 95"):
        cox.hazard_ratios([1, 2], [1, 1], list("ab"), "a", 95)
    with pytest.raises(ValueError, match="the reference 'c' is none of the groups: a, b"):
        cox.hazard_ratios([1, 2], [1, 1], list("ab"), "c")


def efron_score(beta, time, event, first):
    """The derivative of Efron's log partial likelihood of two groups, written out."""
    total = 0.0
    for t in sorted({t for t, e in zip(time, event, strict=True) if e}):
        dead = [f for u, e, f in zip(time, event, first, strict=True) if u == t and e]
        risk = [f for u, f in zip(time, first, strict=True) if u >= t]
        total += sum(dead)
        for j in range(len(dead)):
            part = j / len(dead)
            ones = (sum(risk) - part * sum(dead)) * math.exp(beta)
            zeros = sum(not f for f in risk) - part * sum(not f for f in dead)
            total -= ones / (ones + zeros)
    return total


@pytest.mark.parametrize("seed", range(20))
def test_the_score_is_zero_at_the_ratio(seed):
    random = np.random.default_rng(seed)
    time, event = random.integers(1, 6, 25), random.random(25) < 0.8
    first = np.arange(25) < 10
    root = brentq(efron_score, -20, 20, args=(time, event, first), xtol=1e-14, rtol=1e-14)
    found = cox.hazard_ratios(time, event, first, False)[True]
    assert found.estimate == pytest.approx(math.exp(root), rel=1e-11)


def test_a_group_that_always_comes_first_leaves_the_other_ratio_as_it_is():
    time, event, group = [5, 3, 8, 7, 9, 4], [1, 1, 1, 1, 0, 1], list("abbaab")
    alone = cox.hazard_ratios(time, event, group, "b")["a"]
    # all events of c come before those of a and b, and none of c is left then
    found = cox.hazard_ratios([*time, 1, 2], [*event, 1, 1], [*group, *"cc"], "b")
    assert math.isnan(found["c"].estimate) and math.isnan(found["c"].upper)
    assert found["a"].estimate == pytest.approx(alone.estimate, rel=1e-12)
    assert found["a"].upper == pytest.approx(alone.upper, rel=1e-12)
    # against c nothing is estimable
    found = cox.hazard_ratios([*time, 1, 2], [*event, 1, 1], [*group, *"cc"], "c")
    assert all(math.isnan(x.estimate) for x in found.values())


rows_of_three = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 1), st.sampled_from("abc")),
    min_size=3,
    max_size=25,
).filter(lambda rows: {row[2] for row in rows} == set("abc"))


@settings(max_examples=40, deadline=None)
@given(rows_of_three)
def test_ratios_agree_whatever_the_reference(rows):
    time, event, group = zip(*rows, strict=True)
    against = {name: cox.hazard_ratios(time, event, group, name) for name in "abc"}
    for first, second in ("ab", "ac", "bc"):
        one, other = against[second][first], against[first][second]
        assert math.isnan(one.estimate) == math.isnan(other.estimate)
        if not math.isnan(one.estimate):
            assert one.estimate * other.estimate == pytest.approx(1, rel=1e-9)
            assert one.lower * other.upper == pytest.approx(1, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(rows_of_three, st.sampled_from("abc"))
def test_proportionality_does_not_depend_on_order_labels_or_reference(rows, last):
    time, event, group = zip(*rows, strict=True)
    found = cox.proportional_hazards(time, event, group)
    if found.left_out:
        return
    turned = [{"a": "b", "b": "c", "c": "a"}[name] for name in reversed(group)]
    other = cox.proportional_hazards(time[::-1], event[::-1], turned, last)
    assert (other.chisq, other.df) == pytest.approx(
        (found.chisq, found.df), rel=1e-6, abs=1e-9, nan_ok=True
    )


def test_proportionality_that_cannot_be_tested_is_not_applicable():
    no_event = cox.proportional_hazards([1, 2, 3, 4], [1, 1, 0, 0], list("aabb"), "b")
    assert (no_event.df, no_event.groups, no_event.left_out) == (0, ("b",), ("a",))
    assert math.isnan(no_event.p) and math.isnan(no_event.chisq)
    views = (no_event.statistic, no_event.p_value, no_event.summary)
    assert {view.prose for view in views} == {"not applicable"}
    one_time = cox.proportional_hazards([5, 5, 5, 5], [1, 1, 1, 0], list("aabb"), "b")
    assert one_time.df == 0
    assert cox.proportional_hazards([1, 2], [1, 1], ["a", "a"], "a").df == 0
    with pytest.raises(ValueError, match="the reference 'c' is none of the groups: a, b"):
        cox.proportional_hazards([1, 2], [1, 1], list("ab"), "c")


def test_proportionality_is_tested_among_the_groups_with_finite_ratios():
    time, event, group = [5, 3, 8, 7, 9, 4], [1, 1, 1, 1, 0, 1], list("abbaab")
    alone = cox.proportional_hazards(time, event, group)
    found = cox.proportional_hazards([*time, 1, 2], [*event, 1, 1], [*group, *"cc"])
    assert (found.groups, found.left_out, found.df) == (("a", "b"), ("c",), 1)
    assert found.chisq == pytest.approx(alone.chisq)
