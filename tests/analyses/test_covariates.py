"""What a comparison is adjusted for: who is left out, and which rows its table has."""

import pandas as pd
import pytest

from case_review.analyses import covariates
from case_review.statistics import adjusted

FRAME = pd.DataFrame(
    {
        "patient_id": ["1", "2", "3", "4", "5"],
        "time": [5, 3, 9, 2, 4],
        "event": [1, 1, 0, 1, 1],
        "group": ["a", "a", "b", "b", None],
    }
)
FACTS = pd.DataFrame(
    {
        "patient_id": ["5", "4", "3", "2", "1", "0"],
        "sex": ["male", "male", "male", "female", "male", None],
        "age": [1.0, 2.0, None, 4.0, 5.0, 6.0],
    }
)


def test_who_lacks_a_fact_or_a_group_is_left_out():
    complete = covariates.known(FRAME, FACTS, ["group", "age"])
    assert complete["patient_id"].tolist() == ["1", "2", "4"]
    found = covariates.known(FRAME, FACTS, ["sex"])
    assert found["sex"].tolist() == ["male", "female", "male", "male", "male"]
    with pytest.raises(pd.errors.MergeError):
        covariates.known(FRAME, pd.concat([FACTS, FACTS]), ["sex"])


def test_rows_have_their_patients_and_events_and_the_reference_first():
    complete = covariates.known(FRAME, FACTS, ["group", "sex", "age"])
    found = covariates.levels(complete, ["group", "sex", "age"], "b", {"a": "Arm A", "b": "Arm B"})
    told = {
        column: [(one.label, one.patients.n, one.events.n, one.reference) for one in own]
        for column, own in found.items()
    }
    assert told == {
        "group": [("Arm B", 1, 1, True), ("Arm A", 2, 2, False)],
        "sex": [("male", 2, 2, True), ("female", 1, 1, False)],
        "age": [("", 3, 3, False)],
    }
    coded = covariates.coded(complete, found)
    assert list(coded) == [("group", "a"), ("sex", "female"), ("age", "")]
    assert covariates.identifiers(found) == {
        ("group", "a"): "group_a", ("sex", "female"): "sex_female", ("age", ""): "age",
    }  # fmt: skip


def test_a_reference_that_nobody_complete_belongs_to_gives_way_to_the_largest_group():
    complete = covariates.known(FRAME, FACTS, ["group", "age"]).query("group == 'a'")
    found = covariates.levels(complete.assign(sex=["x", "y"]), ["group", "sex"], "b", {"a": "A"})
    assert [one.label for one in found["group"]] == ["A"]
    matrix = covariates.coded(complete.assign(sex=["x", "y"]), found)
    assert list(matrix) == [("sex", "y")]
    assert adjusted.fit(complete["time"], complete["event"], matrix).patients == 2
