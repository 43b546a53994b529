"""Certainty follows from where evidence starts and from what lowers it."""

import pandas as pd
import pytest
from conftest import ROOT
from notebook_cells import run_cells

from case_review.analyses import certainty, reporting_checklist
from case_review.data.problems import DataError

RAW = pd.read_csv(ROOT / "data/raw/certainty.csv", dtype=str, keep_default_na=False)
NONE = dict.fromkeys(certainty.DOMAINS, "not serious")


@pytest.mark.parametrize(
    ("start", "concerns", "expected"),
    [
        ("high", {}, "high"),
        ("high", {"imprecision": "serious"}, "moderate"),
        ("high", {"imprecision": "very serious"}, "low"),
        ("high", {"imprecision": "serious", "risk_of_bias": "very serious"}, "very low"),
        ("low", {}, "low"),
        ("low", {"publication_bias": "serious"}, "very low"),
        ("low", dict.fromkeys(certainty.DOMAINS, "very serious"), "very low"),
    ],
)
def test_each_concern_lowers_by_one_level_a_very_serious_one_by_two(start, concerns, expected):
    assert certainty.level(start, NONE | concerns) == expected


def test_the_concerns_are_said_with_the_worst_first():
    concerns = NONE | {"imprecision": "serious", "risk_of_bias": "serious"}
    assert certainty.lowered_for(concerns) == "serious: risk of bias, imprecision"
    concerns["publication_bias"] = "very serious"
    worst_first = "very serious: publication bias; serious: risk of bias, imprecision"
    assert certainty.lowered_for(concerns) == worst_first
    assert certainty.lowered_for(NONE) == "nothing"


@pytest.mark.parametrize(
    ("start", "concerns", "message"),
    [
        ("good", NONE, "start: found 'good', expected one of high, moderate"),
        ("low", {}, "risk_of_bias: found None, expected not serious"),
        ("low", NONE | {"imprecision": "some"}, "imprecision: found 'some'"),
    ],
)
def test_words_that_mean_nothing_are_refused(start, concerns, message):
    with pytest.raises(ValueError, match=message):
        certainty.level(start, concerns)


def test_each_conclusion_of_the_review_is_judged_and_recorded():
    ran = run_cells("08_background", only=("setup", "certainty", "certainty-reasons"))
    found = {id: result.text for id, result in ran.results.items()}
    assert found == {f"certainty.{id}": "very low" for id in RAW["id"]}
    assert RAW["id"].tolist() == ["response", "speed", "groups", "safety", "dose"]
    shown = [row.cells[0] for row in ran.tables["tbl-certainty"].rows]
    assert shown == RAW["conclusion"].tolist()
    # As many reasons as concerns, so that each stands for one domain.
    assert (RAW["reasons"].str.count(";") == len(certainty.DOMAINS) - 1).all()


def test_a_concern_in_other_words_is_refused_with_its_place():
    raw = RAW.copy()
    raw.loc[1, "imprecision"] = "some"
    with pytest.raises(DataError, match=r"certainty.csv, row 3, column imprecision: found 'some'"):
        reporting_checklist.checked(raw, "certainty")
