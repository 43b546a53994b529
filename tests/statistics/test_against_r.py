"""Curves, quantiles, log-rank, Cox, proportional hazards and restricted means against R.

`r-survival-2/make.R` made the fixture: a hundred random sets with ties, censoring and two to five
groups. R is not needed to run the tests.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fitted_once import fit_once  # noqa: F401 (for all tests here)

from case_review.statistics import cox, logrank, rmst, survival

FIXTURE = Path(__file__).parent / "r-survival-2"
TYPES = {"log": "log", "log-log": "loglog", "plain": "plain"}


def read(name):
    return pd.read_csv(FIXTURE / f"{name}.csv")


@pytest.fixture(scope="module")
def data():
    return dict(list(read("data").groupby("set")))


@pytest.fixture(scope="module")
def sets():
    return read("sets").set_index("set")


def close(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True)


def test_the_fixture_has_what_the_tests_are_about(data, sets):
    assert len(data) == len(sets) == 100
    assert set(sets["k"]) == {2, 3, 4, 5}
    tied = [d for d in data.values() if d.loc[d["event"] == 1, "time"].duplicated().any()]
    assert len(tied) > 80
    assert sum((d["event"] == 0).any() for d in data.values()) > 50


def test_curves_numbers_at_risk_and_bands_equal_r(data):
    for i, rows in read("curves").groupby("set"):
        d = data[i]
        for conf_type, name in TYPES.items():
            fitted = survival.kaplan_meier(d["time"], d["event"], conf_type=conf_type)
            found = fitted.curve
            assert found["time"].tolist() == close(rows["time"].tolist()), i
            assert found["at_risk"].tolist() == rows["n_risk"].tolist(), i
            assert found["events"].tolist() == rows["n_event"].tolist(), i
            for column in ("survival", "lower", "upper"):
                expected = rows["survival" if column == "survival" else f"{column}_{name}"]
                # R leaves the log-log limits missing where survival is 1, and so does the curve
                np.testing.assert_allclose(found[column], expected, rtol=1e-9, atol=1e-12)
        at = [fitted.at_risk(when) for when in found["time"]]
        assert at == rows["n_risk"].tolist()


@pytest.mark.parametrize("conf_type", TYPES)
def test_medians_and_limits_equal_what_r_prints(data, sets, conf_type):
    for i, d in data.items():
        found = survival.kaplan_meier(d["time"], d["event"], conf_type=conf_type).median()
        names = [f"{name}_{TYPES[conf_type]}" for name in ("median", "lower", "upper")]
        numbers = [found.estimate, found.lower, found.upper]
        assert numbers == close(sets.loc[i, names].tolist()), i


def test_restricted_means_and_their_errors_equal_r(data, sets):
    for i, d in data.items():
        mean, variance = rmst.mean_and_variance(d["time"], d["event"], sets.tau[i])
        assert (mean, math.sqrt(variance)) == close((sets.rmean[i], sets.rmean_se[i])), i


def test_logrank_of_up_to_five_groups_equals_r(data, sets):
    for i, d in data.items():
        found = logrank.logrank(d["time"], d["event"], d["group"])
        assert (found.chisq, found.df, found.p) == close(tuple(sets.loc[i, ["chisq", "df", "p"]]))


def test_hazard_ratios_equal_r_to_nine_places(data):
    finite = infinite = 0
    for i, rows in read("ratios").groupby("set"):
        d = data[i]
        found = cox.hazard_ratios(d["time"], d["event"], d["group"], "a")
        assert list(found) == rows["group"].tolist()
        for row in rows.itertuples():
            one = found[row.group]
            numbers = (one.estimate, one.lower, one.upper)
            assert numbers == close((row.ratio, row.lower, row.upper)), (i, row.group)
            finite, infinite = finite + (row.ratio > 0), infinite + math.isnan(row.ratio)
    assert finite > 200 and infinite > 5


def test_proportional_hazards_equal_cox_zph(data, sets):
    compared = 0
    for i, d in data.items():
        if math.isnan(sets.zph_chisq[i]):
            continue
        found = cox.proportional_hazards(d["time"], d["event"], d["group"], "a")
        expected = tuple(sets.loc[i, ["zph_chisq", "zph_df", "zph_p"]])
        assert (found.chisq, found.df, found.p) == pytest.approx(expected, rel=1e-7), i
        compared += 1
    assert compared > 70
