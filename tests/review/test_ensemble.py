"""The ensemble: the same whatever does the work, with sets at the ends, and what it tells."""

import dataclasses
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from descriptive_data import VALUES

from case_review.audit import claims
from case_review.reconstruction import ensemble, known, outcomes

RAW = ROOT / "data" / "raw"
FIELDS = [field.name for field in dataclasses.fields(outcomes.Choices)]
GIVEN = {**VALUES["shared"], **VALUES["response"], **VALUES["sensitivity"]}
GIVEN |= {"groups": list(GIVEN["groups"]), "npmle_resamples": 20, "bootstrap_resamples": 50}
CHOICES = outcomes.Choices(**{name: GIVEN[name] for name in FIELDS})


@pytest.fixture(scope="module")
def drawn():
    return ensemble.draw(RAW, CHOICES, 12, processes=1)


@pytest.fixture(scope="module")
def whole(drawn):
    return ensemble.with_searched(drawn, RAW, CHOICES)


def test_two_processes_draw_the_same_bytes_as_one(drawn, monkeypatch, tmp_path):
    monkeypatch.setattr(ensemble, "_CHUNK", 4)
    shared = ensemble.draw(RAW, CHOICES, 12, keep=tmp_path, processes=2)
    for name in drawn.drawn:
        assert shared.drawn[name].to_numpy().tobytes() == drawn.drawn[name].to_numpy().tobytes()
    assert np.array_equal(shared.hours, drawn.hours)
    assert np.array_equal(shared.second, drawn.second)
    assert len(list(tmp_path.glob("*.npz"))) == 3
    again = ensemble.draw(RAW, CHOICES, 8, keep=tmp_path, processes=1)
    pd.testing.assert_frame_equal(again.drawn, drawn.drawn[:8], check_exact=True)


def test_the_sets_at_the_ends_make_ranges_as_wide_as_were_ever_found(whole):
    least = {
        "response.hazard_ratio": (0.54, 1.98),
        "sensitivity.rmst.difference": (-5.1, 5.2),
        "response.median_weeks.tumour": (0.57, 10.0),
        "response.median_weeks.malformation": (0.29, 16.5),
    }
    told = known.standings(whole, claims.read(RAW / "published.csv")).set_index("result_id")
    for id, (low, high) in least.items():
        row = told.loc[id]
        assert row["least"] <= low and row["most"] >= high, id
        assert (row["standing"], row["proved"]) == ("varies", "yes")


def test_what_the_sets_of_the_search_give_is_kept(drawn, whole, monkeypatch, tmp_path):
    first = ensemble.with_searched(drawn, RAW, CHOICES, keep=tmp_path)
    pd.testing.assert_frame_equal(first.searched, whole.searched, check_exact=True)
    assert len(list(tmp_path.glob("*.npz"))) == 1
    with monkeypatch.context() as patch:
        patch.setattr(outcomes, "of_times", None)
        again = ensemble.with_searched(drawn, RAW, CHOICES, keep=tmp_path)
        pd.testing.assert_frame_equal(again.searched, whole.searched, check_exact=True)
        other = dataclasses.replace(CHOICES, conf_level=0.9)
        with pytest.raises(TypeError):
            ensemble.with_searched(drawn, RAW, other, keep=tmp_path)


def test_a_worker_loads_nothing_that_draws_figures_or_searches_for_ends():
    asked = "import sys, case_review.reconstruction.ensemble; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {"case_review.reconstruction.sampling", "matplotlib", "ortools", "scipy.optimize"}
    assert loaded & set(done.stdout.split()) == {"case_review.reconstruction.sampling"}


def test_with_months_of_another_length_no_set_of_the_search_is_used(drawn):
    other = dataclasses.replace(CHOICES, month_days=30.0)
    assert ensemble.with_searched(drawn, RAW, other) is drawn


def test_a_proof_holds_for_its_horizon_alone(drawn):
    other = dataclasses.replace(CHOICES, rmst_horizon=8)
    found = ensemble.with_searched(drawn, RAW, other)
    assert "sensitivity.rmst.difference" not in found.proved
    assert "response.median_weeks.tumour" in found.proved


def test_printed_determined_and_varying_results_are_told_apart(whole):
    told = known.standings(whole, claims.read(RAW / "published.csv")).set_index("result_id")
    assert told.loc["response.logrank_p", "standing"] == "printed"
    assert told.loc["response.median_weeks", "standing"] == "printed"
    assert told.loc["sensitivity.months.median_28", "standing"] == "determined"
    row = told.loc["response.at_1_weeks.overall"]
    assert row["standing"] == "varies"
    assert [row["least"], row["most"]] == pytest.approx([0.36, 0.48])


def test_what_needs_no_report_takes_in_the_sets_of_the_search(whole):
    told = known.standings(whole, claims.read(RAW / "published.csv")).set_index("result_id")
    same = told.loc[[f"sensitivity.{name}.difference" for name in ("rmst", "bootstrap")]]
    assert np.ptp(same[["least", "most"]].to_numpy(), axis=0) == pytest.approx(0)
    assert set(same["proved"]) == {"yes"}
    assert same.iloc[0]["least"] < whole.drawn["sensitivity.rmst.difference"].min()


@pytest.mark.parametrize(
    ("lower", "upper", "outermost"),
    [
        ([1, 0.5, 2], [4, 9, 5], [0.5, 9]),
        # A limit that a set lacks lies beyond its data.
        ([1, np.nan, 2], [4, np.nan, 5], [1, np.nan]),
        ([np.nan] * 3, [np.nan] * 3, [np.nan, np.nan]),
    ],
)
def test_outermost_limits_bound_those_of_every_set(lower, upper, outermost):
    found = of_outcomes({"x": [1, 2, 3], "x:lower": lower, "x:upper": upper})
    (row,) = known.standings(found, ()).to_dict("records")
    assert [row["lower"], row["upper"]] == pytest.approx(outermost, nan_ok=True)


def of_outcomes(outcomes):
    nothing = np.empty((0, 25))
    return ensemble.Ensemble(
        pd.DataFrame(outcomes), nothing, nothing > 0, pd.DataFrame(), nothing, nothing > 0
    )


def of_one_outcome(values):
    return of_outcomes({"x": values})


def test_a_middle_between_two_humps_is_not_told():
    rng = np.random.default_rng(1)
    apart = np.concatenate([rng.normal(0.6, 0.02, 500), rng.normal(1.65, 0.05, 500)])
    assert np.isnan(known.middle(of_one_outcome(apart), "x"))
    for values in (rng.normal(size=500), rng.uniform(size=500), rng.exponential(size=500)):
        assert known.middle(of_one_outcome(values), "x") == pytest.approx(np.median(values))


def test_verdicts_are_counted_over_the_sets_drawn(drawn):
    counts = known.verdict_counts(drawn).set_index(["analysis", "conclusion"])
    row = counts.loc[("permutation", "difference")]
    assert row["holds"] + row["reserved"] + row["fails"] == row["sets"] == 12
    assert known.verdict_counts(None).empty
