"""The outcomes of a drawn data set are what 05_response and 07_sensitivity record of its rows."""

import re
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from descriptive_data import RAW, VALUES, drawn, nothing_known, project_of, run_notebook

from case_review.reconstruction import (
    ensemble,
    known,
    outcomes,
    sampling,
    specification,
)
from case_review.reconstruction.outcomes import VERDICTS
from case_review.statistics import survival

#: Resamples, and splits of the patients: all of these are counted here, as in the report.
FEW = {"npmle_resamples": 150, "bootstrap_resamples": 200, "permutation_samples": 1000}
INDEX = 3


@pytest.fixture(scope="module")
def choices():
    found = VALUES["shared"] | VALUES["response"] | VALUES["sensitivity"] | FEW
    found |= {"groups": list(found["groups"])}
    names = outcomes.Choices.__dataclass_fields__
    return outcomes.Choices(**{name: found[name] for name in names})


@pytest.fixture(scope="module")
def data_set(choices):
    sampler = sampling.Sampler(specification.read(RAW), choices.month_days)
    return sampler.draw(choices.seed, INDEX)


@pytest.fixture(scope="module")
def found(data_set, choices):
    return outcomes.of_set(data_set, choices)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """What the notebooks record of the rows of the set, taken as extracted ones; by notebook."""
    folder = tmp_path_factory.mktemp("set")
    params = (ROOT / "params.yml").read_text(encoding="utf-8")
    for name, number in FEW.items():
        params, times = re.subn(rf"(\b{name}:) *\d+", rf"\1 {number}", params)
        assert times == 1
    project = project_of(folder, params)
    tables = drawn(INDEX) | nothing_known()
    for name, table in tables.items():
        if "provenance" in table:
            table = table.assign(provenance="extracted")
        table.to_csv(project.clean / f"{name}.csv", index=False)

    def of(name):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            return {result.id: result for result in run_notebook(project, name)[0].recorded}

    return {name: of(name) for name in ("05_response", "07_sensitivity")}


def numbers(result):
    """Value, lower and upper limit of a result, as outcomes name them."""
    names = {"": result.value, ":lower": result.low, ":upper": result.high}
    return {end: np.nan if number is None else number for end, number in names.items()}


@pytest.mark.parametrize("name, least", [("05_response", 20), ("07_sensitivity", 40)])
def test_outcomes_are_what_the_notebooks_record(recorded, found, name, least):
    compared = 0
    for id, result in recorded[name].items():
        own = numbers(result)
        for end in own:
            if f"{id}{end}" in found and not isinstance(own[end], str):
                expected = pytest.approx(own[end], rel=1e-6, abs=1e-9, nan_ok=True)
                assert found[f"{id}{end}"] == expected, f"{id}{end}"
                compared += 1
    assert compared >= least


def test_every_outcome_of_a_sensitivity_analysis_is_a_result(recorded, found):
    ids = {name.partition(":")[0] for name in found if not name.startswith("verdict:")}
    own = {id for id in ids if id.startswith("sensitivity.")}
    assert len(own) > 30 and own <= set(recorded["07_sensitivity"])


def test_verdicts_are_those_of_the_notebook(recorded, found):
    verdicts = {name for name in found if name.startswith("verdict:")}
    compared = set()
    for name in verdicts:
        analysis, conclusion = name.removeprefix("verdict:").split(".")
        result = recorded["07_sensitivity"].get(f"sensitivity.{analysis}.verdict_{conclusion}")
        if result is not None:
            assert result.text == VERDICTS[int(found[name])].lower(), name
            compared.add(f"{analysis}.{conclusion}")
    # Interval types are counted apart as well; the normal approximation decides nothing in print.
    assert compared == {
        "permutation.difference", "intervals.median", "rmst.difference",
        "interval_censored.median", "months.median", "months.difference",
        "leave_one_out.median", "leave_one_out.difference", "bootstrap.median",
        "bootstrap.difference",
    }  # fmt: skip


def test_without_reports_the_other_outcomes_stay_as_they_are(data_set, found, choices):
    alone = outcomes.of_times(data_set.hours, data_set.second, choices)
    for name, value in alone.items():
        assert value == pytest.approx(found[name], nan_ok=True), name
    missing = set(found) - set(alone)
    assert missing and all("leave_one_out" in name or "bootstrap" in name for name in missing)


def test_a_limit_at_the_last_time_is_none_but_for_the_sign_test():
    # The last three of 15 are tied, so that the curve is 0, without a band, at the 13th time.
    times = tuple([float(t) for t in range(1, 13)] + [13.0] * 3)
    fitted = survival.kaplan_meier(times, [1] * 15).median()
    found = outcomes.order_median(times, "log", 0.95)
    assert np.isnan(fitted.upper) and np.isnan(found.upper)
    assert (found.estimate, found.lower) == (fitted.estimate, fitted.lower) == (8, 5)
    exact = outcomes.order_median(times, "sign test", 0.95)
    assert exact.upper == survival.sign_test_limits(times, [1] * 15).upper == 12


def test_the_order_of_patients_changes_nothing(data_set, found, choices):
    order = np.random.default_rng(1).permutation(len(data_set.hours))
    report = data_set.report.copy()
    report[: len(order)] = report[order]
    other = replace(
        data_set, hours=data_set.hours[order], second=data_set.second[order], report=report
    )
    again = outcomes.of_set(other, choices)
    assert again.keys() == found.keys()
    for name, value in again.items():
        assert value == pytest.approx(found[name], rel=1e-9, abs=1e-12, nan_ok=True), name


def test_conclusions_are_counted_over_the_sets_that_say_something():
    drawn_sets = pd.DataFrame(
        {"verdict:a_b.median": [0, 2, 2, np.nan], "verdict:rmst.difference": [1, 1, 2, 2], "x": 1.0}
    )
    hours = np.ones((4, 2))
    made = ensemble.Ensemble(drawn_sets, hours, hours > 0, pd.DataFrame(), hours[:0], hours[:0] > 0)
    counts = known.verdict_counts(made)
    assert counts.to_numpy().tolist() == [
        ["a_b", "median", 1, 0, 2, 3, False],
        ["rmst", "difference", 0, 2, 2, 4, False],
    ]
    assert counts.columns[2:].tolist() == ["fails", "reserved", "holds", "sets", "beyond"]


@pytest.mark.parametrize(
    ("drawn", "searched", "beyond", "said"),
    [
        ([2, 2, np.nan], [2, 2], False, "all 2"),
        ([2, 2], [2, 1], True, "all 2 (yet not in all possible ones)"),
        ([2, 2], [np.nan], False, "all 2"),
        ([1, 0], [1, 2], True, "none of 2 (yet in some possible ones)"),
        ([1, 0], [1, 1], False, "none of 2"),
        ([2, 0], [0, 2], False, "1 of 2"),
    ],
)
def test_sets_that_a_search_found_may_say_otherwise_than_all_that_were_drawn(
    drawn, searched, beyond, said
):
    name, none = "verdict:months.difference", np.ones((0, 2))
    frames = [pd.DataFrame({name: values}, dtype=float) for values in (drawn, searched)]
    made = ensemble.Ensemble(frames[0], none, none > 0, frames[1], none, none > 0)
    (row,) = known.verdict_counts(made).itertuples()
    assert row.beyond == beyond
    n, found = known.in_sets(made, name, lambda codes: codes == 2)
    assert (n.n, n.of, found) == (row.holds, row.sets, beyond)
    assert known.of_sets(n, found) == said


def test_choices_travel_to_workers_as_plain_fields(choices):
    assert outcomes.Choices(**asdict(choices)) == choices
