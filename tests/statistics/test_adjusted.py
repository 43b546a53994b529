"""Hazard ratios adjusted for one another: R's `coxph`, and what no data set can determine."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_review.statistics import adjusted, cox

FIXTURE = Path(__file__).parent / "r-adjusted"
TERMS = {("arm", "b"): "arm b", ("arm", "c"): "arm c", ("age", ""): "age",
         ("platelets", ""): "platelets", ("sex", "m"): "sex m"}  # fmt: skip


def fitted(d):
    covariates = adjusted.coded(d[["arm", "age", "platelets", "sex"]], {"arm": "a", "sex": "f"})
    return adjusted.fit(d["time"], d["event"], covariates)


def test_forty_models_equal_r():
    data = dict(list(pd.read_csv(FIXTURE / "data.csv").groupby("set")))
    sets = pd.read_csv(FIXTURE / "sets.csv").set_index("set")
    for number, rows in pd.read_csv(FIXTURE / "ratios.csv").groupby("set"):
        model, expected = fitted(data[number]), rows.set_index("term")
        z = 1.959963984540054
        for name, term in TERMS.items():
            ratio, (coef, se, p) = model.ratios[name], expected.loc[term, ["coef", "se", "p"]]
            found = [ratio.estimate, ratio.lower, ratio.upper, model.p[name]]
            # R 4.2 ends Newton's method when the likelihood settles, a little before the ratios do.
            of_r = [math.exp(coef), math.exp(coef - z * se), math.exp(coef + z * se), p]
            assert found == pytest.approx(of_r, rel=1e-7), (number, term)
        assert model.log_likelihood == pytest.approx(tuple(sets.loc[number, ["null", "loglik"]]))
        assert [model.patients, model.events] == sets.loc[number, ["n", "events"]].tolist()


@given(st.lists(st.tuples(st.integers(1, 6), st.booleans(), st.sampled_from("abc")),
                min_size=2, max_size=25))  # fmt: skip
def test_one_factor_alone_equals_the_model_of_one_factor(rows):
    time, event, group = zip(*rows, strict=True)
    frame = pd.DataFrame({"arm": group})
    if frame["arm"].nunique() < 2:
        return
    first = min(group)
    model = adjusted.fit(list(time), list(event), adjusted.coded(frame, {"arm": first}))
    for level, ratio in cox.hazard_ratios(time, event, group, first).items():
        found = model.ratios["arm", level]
        numbers = [found.estimate, found.lower, found.upper]
        expected = [ratio.estimate, ratio.lower, ratio.upper]
        assert numbers == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_a_level_without_events_is_not_estimable_and_the_others_are_those_of_the_limit():
    d = pd.read_csv(FIXTURE / "data.csv").query("set == 4").reset_index(drop=True)
    never = d["arm"] == "c"
    model = fitted(d.assign(event=d["event"].where(~never, 0)))
    assert math.isnan(model.ratios["arm", "c"].estimate)
    assert model.p_value(("arm", "c")).prose == "not estimable"
    # Nobody of arm c has the event, so in the limit they are not at risk of it.
    rest = d[~never]
    covariates = adjusted.coded(rest[["arm", "age", "platelets", "sex"]], {"arm": "a", "sex": "f"})
    expected = adjusted.fit(rest["time"], rest["event"], covariates)
    for name in (("arm", "b"), ("age", ""), ("platelets", ""), ("sex", "m")):
        assert model.ratios[name].estimate == pytest.approx(expected.ratios[name].estimate)
        assert model.p[name] == pytest.approx(expected.p[name], abs=1e-9)


def test_of_two_covariates_that_are_the_same_neither_is_estimable_and_the_third_is():
    d = pd.read_csv(FIXTURE / "data.csv").query("set == 5").reset_index(drop=True)
    covariates = pd.DataFrame({"age": d["age"], "months": 12 * d["age"] + 3,
                               "male": (d["sex"] == "m").astype(float)})  # fmt: skip
    model = adjusted.fit(d["time"], d["event"], covariates)
    assert math.isnan(model.ratios["age"].estimate) and math.isnan(model.ratios["months"].estimate)
    alone = adjusted.fit(d["time"], d["event"], covariates[["age", "male"]])
    assert model.ratios["male"].estimate == pytest.approx(alone.ratios["male"].estimate)
    assert model.log_likelihood[1] == pytest.approx(alone.log_likelihood[1])


def test_a_number_that_orders_all_events_has_no_finite_ratio():
    model = adjusted.fit([1, 2, 3, 4], [1, 1, 1, 1], pd.DataFrame({"dose": [9.0, 7, 4, 1]}))
    assert math.isnan(model.ratios["dose"].estimate) and math.isnan(model.p["dose"])


def test_without_an_event_nothing_is_estimable():
    model = adjusted.fit([1, 2], [0, 0], pd.DataFrame({"dose": [1.0, 2]}))
    assert math.isnan(model.ratios["dose"].estimate) and model.events == 0


@given(st.sampled_from([1e-6, 0.01, 3.0, 1e7]), st.sampled_from([-1e6, 0.0, 4.5]))
def test_units_of_a_covariate_change_its_ratio_alone(factor, shift):
    d = pd.read_csv(FIXTURE / "data.csv").query("set == 1").reset_index(drop=True)
    first = adjusted.fit(d["time"], d["event"], d[["age", "platelets"]])
    changed = d[["age", "platelets"]].assign(age=d["age"] * factor + shift)
    second = adjusted.fit(d["time"], d["event"], changed)
    one, other = (math.log(model.ratios["age"].estimate) for model in (first, second))
    assert other * factor == pytest.approx(one, rel=1e-4)
    assert second.p["platelets"] == pytest.approx(first.p["platelets"], rel=1e-4)


def test_words_are_coded_against_the_most_frequent_level_or_a_given_one():
    frame = pd.DataFrame({"arm": ["b", "b", "a", "c"], "age": [1, 2, 3, 4]})
    found = adjusted.coded(frame)
    assert list(found) == [("arm", "a"), ("arm", "c"), ("age", "")]
    assert found["arm", "a"].tolist() == [0, 0, 1, 0]
    assert list(adjusted.coded(frame, {"arm": "c"})) == [("arm", "b"), ("arm", "a"), ("age", "")]


def test_what_cannot_be_fitted_is_refused_by_its_name():
    with pytest.raises(ValueError, match="arm is missing in 1 of 2 patients"):
        adjusted.coded(pd.DataFrame({"arm": ["a", None]}))
    with pytest.raises(ValueError, match="reference 'z' is none of the levels"):
        adjusted.coded(pd.DataFrame({"arm": ["a", "b"]}), {"arm": "z"})
    with pytest.raises(ValueError, match="dose is not finite in 1 of 2"):
        adjusted.fit([1, 2], [1, 1], pd.DataFrame({"dose": [1, np.inf]}))
    with pytest.raises(ValueError, match="there are no covariates"):
        adjusted.fit([1, 2], [1, 1], pd.DataFrame(index=[0, 1]))
    with pytest.raises(ValueError, match="confidence level"):
        adjusted.fit([1, 2], [1, 1], pd.DataFrame({"dose": [1.0, 2]}), 95)
