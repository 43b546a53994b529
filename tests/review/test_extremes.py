"""The ends over all consistent sets: against brute force, and every kept set checked by itself."""

import re
import shutil
from itertools import combinations
from itertools import combinations_with_replacement as multisets
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from case_review.errors import ReviewError
from case_review.parameters import loading
from case_review.project import Project
from case_review.reconstruction import extreme_sets, extremes, many_sets, specification
from case_review.reconstruction import lattice as lattices
from case_review.reconstruction.lattice import Lattice
from case_review.reconstruction.times import read_printed
from case_review.statistics import cox, logrank, rmst, survival

ROOT = Path(__file__).parents[2]
RAW = ROOT / "data" / "raw"
VALUES = loading.load(Project(ROOT)).values
SPEC = specification.read(RAW)
GROUPS = list(SPEC["response"]["groups"])
FIRST, SECOND = GROUPS
PRINTED = read_printed(SPEC.claims, SPEC["response"]["ids"], VALUES["shared"]["month_days"])
ONES = np.ones(PRINTED.n)

#: Widest ranges that an earlier search found, in weeks where they have a unit.
AT_LEAST = {
    f"response.hazard_ratio.{FIRST}": (0.54, 1.98),
    "sensitivity.rmst.difference": (-5.1, 5.2),
    f"response.median_weeks.{FIRST}": (0.57, 10.0),
    f"response.median_weeks.{SECOND}": (0.29, 16.5),
}

SMALL_GRID = [24, 48, 72, 120, 168, 336, 504, 672]
SMALL_ANCHORS = {0: 24, 3: 168, 6: 672}
SMALL_SIZES = (4, 3)


@pytest.fixture(scope="module")
def kept():
    return extreme_sets.read(RAW, PRINTED, GROUPS)


def one_by_one(row, times, second):
    """The value of a row by the functions that analyse one data set, in which censoring may be."""
    group = np.where(second, SECOND, FIRST)
    of = row.statistic.rpartition(".")[2]
    if "hazard_ratio" in row.statistic:
        return cox.hazard_ratios(times, ONES, group, SECOND)[FIRST].estimate
    if row.statistic == "sensitivity.rmst.difference":
        horizon = row.horizon_weeks * 168
        return rmst.differences(times, ONES, group, SECOND, horizon)[FIRST].estimate / 168
    own = times if of == "overall" else times[group == of]
    if ".rmst." in row.statistic:
        return rmst.restricted_mean(own, np.ones(len(own)), row.horizon_weeks * 168).estimate / 168
    curve = survival.kaplan_meier(own, np.ones(len(own)))
    if "median" in row.statistic:
        return curve.median().estimate / 168
    weeks = float(row.statistic.split("_")[1])
    return curve.with_event(weeks * 168).estimate


def test_every_kept_set_agrees_with_the_print_and_has_its_value(kept):
    month = VALUES["shared"]["month_days"]
    allowed = set(extreme_sets.grid(SPEC["response"]["grid"], month).tolist())
    sets = zip(kept.table.itertuples(), kept.sets.times, kept.sets.second, strict=True)
    for row, times, second in sets:
        overall = survival.kaplan_meier(times, ONES).median()
        assert (overall.estimate, overall.lower, overall.upper) == (336, 168, 1680)
        assert (times.min(), times.max(), len(times), second.sum()) == (24, 4383, 25, 10)
        assert set(times.tolist()) <= allowed
        assert round(logrank.logrank(times, ONES, second).p, 3) == 0.241
        assert one_by_one(row, times, second) == pytest.approx(row.value, abs=2e-6)


def test_all_statistics_are_kept_with_both_ends_in_order(kept):
    landmarks = VALUES["response"]["landmarks"]
    horizon = VALUES["sensitivity"]["rmst_horizon"]
    wanted = extremes.statistics(GROUPS, PRINTED.sizes, landmarks, horizon)
    assert list(kept.table["statistic"]) == [one.id for one in wanted for _ in range(2)]
    for one in wanted:
        least, most, _ = kept.ends(one.id)
        assert least < most
    horizons = kept.table.loc[kept.table["statistic"].str.contains("rmst"), "horizon_weeks"]
    assert set(horizons) == {horizon}


@pytest.mark.parametrize("name", AT_LEAST)
def test_the_ends_are_at_least_as_wide_as_those_found_before(kept, name):
    least, most, _ = kept.ends(name)
    assert least <= round(AT_LEAST[name][0], 2) + 0.005
    assert most >= AT_LEAST[name][1]


def brute_force(window):
    """Every set of the small example whose chi-square lies in the window."""
    early = [time for time in SMALL_GRID if time <= 168]
    late = [time for time in SMALL_GRID if time >= 168]
    vectors = [
        [24, *first, 168, *last, 672]
        for first in multisets(early, 2)
        for last in multisets(late, 2)
    ]
    members = [np.isin(np.arange(7), chosen) for chosen in combinations(range(7), 3)]
    times = np.repeat(np.array(vectors), len(members), axis=0)
    second = np.tile(np.array(members), (len(vectors), 1))
    score, variance = many_sets.logrank_parts(times, second)
    chisq = score**2 / variance
    fits = (chisq >= window[0]) & (chisq <= window[1])
    return times[fits], second[fits]


def as_patients(times, second):
    """A set without the order of those who respond at one time."""
    return tuple(sorted(zip(times.tolist(), second.tolist(), strict=True)))


@pytest.mark.parametrize("window", [(0.3, 0.4), (1.3, 1.5), (0.0, 0.01), (3.0, 4.0)])
def test_a_small_example_has_the_ends_of_brute_force(window, monkeypatch):
    # Loose bounds leave more to enumerate, and cost less where that is little.
    monkeypatch.setattr(lattices, "_PARTS", 1)
    monkeypatch.setattr(lattices, "_ROUNDS", 4)
    lattice = Lattice(SMALL_GRID, SMALL_SIZES, SMALL_ANCHORS, window)
    times, second = brute_force(window)
    assert len(times) > 10
    known = {as_patients(*one) for one in zip(times, second, strict=True)}
    for one in extremes.statistics(GROUPS, SMALL_SIZES, [1, 2], 3):
        values = one.values(times, second)
        for end, right in zip(extremes.ENDS, (values.min(), values.max()), strict=True):
            found = extremes.find(lattice, one, end)
            assert found.proved
            assert found.value == pytest.approx(right, abs=1e-7), (one.id, end)
            assert as_patients(found.times, found.second) in known


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(("end", "sign"), [("least", -1), ("most", 1)])
def test_nothing_is_beyond_a_median_exactly_where_brute_force_has_nothing(
    group, end, sign, monkeypatch
):
    monkeypatch.setattr(lattices, "_PARTS", 1)
    monkeypatch.setattr(lattices, "_ROUNDS", 4)
    window = (1.3, 1.5)
    lattice = Lattice(SMALL_GRID, SMALL_SIZES, SMALL_ANCHORS, window)
    one = extremes.statistic(f"response.median_weeks.{group}", GROUPS, SMALL_SIZES, None)
    values = np.unique(one.values(*brute_force(window)))
    last, inside = (values[0], values[1]) if end == "least" else (values[-1], values[-2])
    assert extremes._none_beyond(lattice, one, sign, last, 30_000)
    assert not extremes._none_beyond(lattice, one, sign, inside, 30_000)


def test_an_end_whose_search_was_cut_short_is_not_called_proved(monkeypatch):
    monkeypatch.setattr(lattices, "_ROUNDS", 8)
    printed = (PRINTED.sizes, PRINTED.anchors(), PRINTED.chi_square_range())
    lattice = Lattice(extreme_sets.grid({"weeks": 26}, 30), *printed)
    one = extremes.statistic("sensitivity.rmst.difference", GROUPS, PRINTED.sizes, 12)
    wide, narrow = (extremes.find(lattice, one, "least", width) for width in (30_000, 200))
    assert wide.proved and not narrow.proved
    assert narrow.value >= wide.value


def test_a_print_that_no_set_agrees_with_is_told():
    lattice = Lattice(SMALL_GRID, SMALL_SIZES, SMALL_ANCHORS, (30.0, 31.0))
    one = extremes.statistics(GROUPS, SMALL_SIZES, [1], 3)[0]
    with pytest.raises(ReviewError, match=r"no set of response times .* published\.csv"):
        extremes.find(lattice, one, "most")


def other_time(cell):
    return re.sub(r"\b336\b", "504", cell)


def other_member(cell):
    return "1;" + cell[2:] if cell.startswith("0") else "0;" + cell[2:]


@pytest.mark.parametrize(
    ("column", "tamper", "message"),
    [
        ("times_hours", other_time, "found 504 h in place 13, expected 336 h there"),
        ("times_hours", lambda cell: cell[3:], "found 24 times, expected 25"),
        ("times_hours", lambda cell: cell.replace("24", "a day", 1), "whole numbers joined by ;"),
        ("second_group", other_member, "expected 10 times 1 and 15 times 0"),
        ("second_group", lambda cell: ";".join(sorted(cell.split(";"))), "a log-rank p of 0.0"),
        ("value", lambda cell: str(float(cell) + 0.001), "which the set has"),
        ("proved", lambda cell: "perhaps", "found 'perhaps', expected yes or no"),
        ("end", lambda cell: "biggest", "found 'biggest', expected least or most"),
        ("statistic", lambda cell: "response.mode", "none of the statistics"),
    ],
)
def test_a_tampered_set_is_refused_by_line_and_column(tmp_path, column, tamper, message):
    table = pd.read_csv(RAW / extreme_sets.NAME, dtype=str, keep_default_na=False)
    table.loc[2, column] = tamper(table.loc[2, column])
    table.to_csv(tmp_path / extreme_sets.NAME, index=False)
    with pytest.raises(ReviewError) as caught:
        extreme_sets.read(tmp_path, PRINTED, GROUPS)
    assert f"extreme_sets.csv, line 4, column {column}: " in str(caught.value)
    assert message in str(caught.value)
    assert str(caught.value).endswith("Run `make extremes`.")


def test_sets_do_not_outlive_the_print(tmp_path):
    shutil.copy(RAW / extreme_sets.NAME, tmp_path)
    changed = type(PRINTED)(**{**vars(PRINTED), "p": 0.25})
    with pytest.raises(ReviewError, match=r"line 2, .* rounds to the printed 0\.25"):
        extreme_sets.read(tmp_path, changed, GROUPS)


def test_a_missing_file_says_how_it_is_made(tmp_path):
    with pytest.raises(ReviewError, match="make extremes"):
        extreme_sets.read(tmp_path, PRINTED, GROUPS)
