"""Data sets drawn from the stated distribution: consistent, decided by seed and number, spread."""

import math
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from conftest import ROOT
from scipy import stats

from case_review.errors import ReviewError
from case_review.reconstruction import checks, sampling, specification, tables

MONTH = 30.4375
SPEC = specification.read(ROOT / "data" / "raw")


@pytest.fixture(scope="module")
def sampler():
    return sampling.Sampler(SPEC, MONTH)


@pytest.fixture(scope="module")
def drawn(sampler):
    return [sampler.draw(7, index) for index in range(60)]


@pytest.mark.parametrize(("seed", "index"), [(1, 0), (1, 5), (2, 0), (99, 3), (20141112, 1000)])
def test_every_printed_number_holds_in_every_set(sampler, seed, index):
    margins = checks.margins(SPEC, tables.tables(sampler, seed, index, MONTH), MONTH)
    differing = margins[margins["printed"] != margins["found"]]
    assert len(margins) > 75 and differing.empty, differing.to_string()


def test_seed_and_number_decide_a_set(sampler, drawn):
    again = sampler.draw(7, 3)
    assert np.array_equal(again.hours, drawn[3].hours)
    assert all(np.array_equal(again.levels[v], drawn[3].levels[v]) for v in again.levels)
    assert again.reduced == drawn[3].reduced and again.stopped == drawn[3].stopped
    assert len({data.hours.tobytes() + data.second.tobytes() for data in drawn}) == len(drawn)


def test_reports_have_many_sizes_and_known_sex_differs_within_them(drawn):
    publications = SPEC.number(SPEC["reports"]["publications"])
    sizes = [tuple(sorted(data.sizes[:publications])) for data in drawn]
    assert len(set(sizes)) > 15
    assert all(sum(one) == 25 and min(one) >= 1 for one in sizes)
    mixed = 0
    for data in drawn:
        for report in range(publications):
            own = data.levels["sex"][data.report == report]
            mixed += len(set(own) - {""}) > 1
    # A report of two known patients is mixed about every second time.
    assert mixed > len(drawn)


def test_any_event_may_be_what_a_dose_was_reduced_for(drawn):
    put_down = Counter(event for data in drawn for event in data.reduced.values())
    assert sum(put_down.values()) == 4 * len(drawn)
    assert {"mouth_sores", "hypercholesterolaemia", "liver_enzymes"} <= set(put_down)
    assert "infections" not in put_down  # treatment went on unchanged, says the text
    assert len({list(data.reduced.values()).count("mouth_sores") for data in drawn}) >= 4
    for data in drawn:
        for patient, event in data.reduced.items():
            assert patient in data.events[event] and patient != data.stopped


def test_series_that_the_print_describes_are_posters_without_ages(drawn):
    for data in drawn:
        for number in np.flatnonzero(data.sizes == 21):
            assert set(data.levels["age_group"][data.report == number]) == {""}


def test_group_and_diagnosis_agree(drawn):
    groups = list(SPEC["response"]["groups"])
    for data in drawn:
        diagnoses = data.levels["diagnosis"][: len(data.hours)]
        assert [groups.index(SPEC.group_of(d)) for d in diagnoses] == data.second.tolist()


def test_every_choice_of_reports_with_the_sum_is_equally_likely():
    sizes = np.array([1, 2, 3, 4, 5, 6])
    wanted = [c for c in combinations(range(6), 3) if sizes[list(c)].sum() == 10]
    rng = np.random.default_rng(1)
    found = Counter(
        tuple(np.flatnonzero(sampling.choose_with_sum(sizes, 3, 10, rng))) for _ in range(3000)
    )
    assert sorted(found) == sorted(wanted) and len(wanted) == 3
    assert stats.chisquare(list(found.values())).pvalue > 0.001


def test_no_choice_has_a_sum_that_cannot_be():
    assert sampling.choose_with_sum(np.array([2, 2, 2]), 2, 5, np.random.default_rng(1)) is None


def test_a_patient_may_be_in_any_report(drawn):
    """Where the patients of publications are spread evenly, nobody is tied to a time or a sex."""
    sizes = np.array([data.sizes[:14] for data in drawn])
    assert sizes.mean(axis=0) == pytest.approx(np.full(14, 25 / 14), abs=0.7)
    first = np.mean([data.second[0] for data in drawn])
    assert math.isclose(first, 10 / 25, abs_tol=0.25)


def test_levels_that_cannot_be_spread_are_refused():
    rng = np.random.default_rng(1)
    with pytest.raises(ReviewError, match="cannot be spread over the levels of other drugs"):
        sampling._shared("other drugs", 20, ["a", "b"], 7, rng)
    assert sampling._shared("symptoms", 1, ["other"], None, rng) == {"other": 1}
