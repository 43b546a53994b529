"""A proportion with report as a random effect: metafor, lme4, and the integral itself."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats

from case_review.statistics import pooled

FIXTURE = Path(__file__).parent / "r-pooled"
FITS = pd.read_csv(FIXTURE / "fits.csv").set_index("set")
DATA = dict(list(pd.read_csv(FIXTURE / "data.csv").groupby("set")))
#: Sets in which no report has patients of both kinds; R prints numbers for them.
NOTHING = [3, 9, 15, 18]


def patients(counts):
    event = np.concatenate([[1] * x + [0] * (n - x) for x, n in counts])
    return event, np.repeat(np.arange(len(counts)), [n for _, n in counts])


def of_set(number):
    return patients([*zip(DATA[number]["x"], DATA[number]["n"], strict=True)])


@pytest.mark.parametrize("number", sorted(set(DATA) - set(NOTHING)))
def test_with_as_many_points_it_equals_lme4_and_metafor(number):
    found, expected = pooled.proportion(*of_set(number), points=25), FITS.loc[number]
    logit = special.logit(found.proportion.estimate)
    assert logit == pytest.approx(expected["glmer_beta"], abs=5e-5)
    assert math.sqrt(found.tau2) == pytest.approx(expected["glmer_tau"], abs=1e-4)
    # metafor ends the search of lme4 a little early.
    assert found.proportion.estimate == pytest.approx(special.expit(expected["beta"]), abs=1e-4)
    limits = found.proportion.lower, found.proportion.upper
    assert limits == pytest.approx((expected["lower"], expected["upper"]), abs=2e-4)
    assert found.reports == len(DATA[number]) and found.estimable


@pytest.mark.parametrize("number", NOTHING)
def test_where_no_report_has_patients_of_both_kinds_nothing_is_estimable(number):
    found = pooled.proportion(*of_set(number))
    assert not found.estimable and math.isnan(found.proportion.estimate)
    assert found.p_value.prose == "not estimable"


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda t: (min(t), t[1])),
             min_size=1, max_size=6),
    st.floats(-3, 3), st.floats(0.01, 4),
)  # fmt: skip
def test_the_likelihood_is_the_integral(counts, mu, sigma):
    x, n = np.array(counts, dtype=float).T
    expected = 0.0
    for events, of in counts:
        def chance(z, events=events, of=of):
            p = special.expit(mu + sigma * z)
            return p**events * (1 - p) ** (of - events) * stats.norm.pdf(z)
        expected += math.log(integrate.quad(chance, -12, 12, epsabs=1e-13, limit=200)[0])
    assert pooled._likelihood(mu, sigma, x, n, 101) == pytest.approx(expected, abs=1e-6)


def test_reports_that_do_not_differ_give_the_plain_proportion():
    found = pooled.proportion(*patients([(3, 4), (3, 4), (3, 4)]))
    assert found.proportion.estimate == pytest.approx(0.75) and found.tau2 == 0
    half = 1.959963984540054 / math.sqrt(12 * 0.75 * 0.25)
    limits = special.expit(special.logit(0.75) + np.array([-half, half]))
    assert (found.proportion.lower, found.proportion.upper) == pytest.approx(tuple(limits))
    assert found.chisq == 0 and found.p_value.p == 1


def test_the_outcome_turned_round_turns_the_proportion_round():
    event, report = of_set(1)
    one, other = pooled.proportion(event, report), pooled.proportion(1 - event, report)
    assert other.proportion.estimate == pytest.approx(1 - one.proportion.estimate, abs=1e-6)
    assert other.proportion.lower == pytest.approx(1 - one.proportion.upper, abs=1e-6)
    assert other.tau2 == pytest.approx(one.tau2, abs=1e-5)


def test_what_differs_much_between_reports_is_seen():
    found = pooled.proportion(*patients([(9, 10), (1, 10), (10, 10), (0, 10), (8, 9), (2, 11)]))
    assert found.tau2 > 2 and found.p_value.p < 0.001 and found.single == 0
    assert found.proportion.lower < 0.5 < found.proportion.upper


def test_what_cannot_be_pooled_is_refused():
    with pytest.raises(ValueError, match="there are no patients"):
        pooled.proportion([], [])
    with pytest.raises(ValueError, match="report is missing in 1 patients"):
        pooled.proportion([1, 0], ["a", None])
    with pytest.raises(ValueError, match="event is neither 0 nor 1: 2"):
        pooled.proportion([1, 2], ["a", "b"])
    with pytest.raises(ValueError, match="confidence level"):
        pooled.proportion([1, 0], ["a", "a"], 95)
