"""What is met is judged shortly, and nothing that is said differs from what is said in full."""

import gc
from pathlib import Path

import pandas as pd
import pytest

from case_review.data import expectations, judging, reading
from case_review.project import KEPT_VARIABLE

FRAME = pd.DataFrame(
    {
        "file_row": range(2, 8),
        "text": ["x", "y", "x", None, "z", "x"],
        "number": [1.0, 2.5, None, 4.0, 5.0, 6.0],
        "whole": [1, 2, 3, 4, 5, 6],
        "nothing": [None] * 6,
        "mixed": ["1", "b", 3, None, 2.5, True],
    }
)
X = {"row_condition": 'text == "x"', "condition_parser": "pandas"}
NOBODY = {"row_condition": 'text == "q"', "condition_parser": "pandas"}
#: Expectations that every row of the frame meets, so that nothing is to be listed.
MET = [
    ("column_values_to_not_be_null", {"column": "whole"}),
    ("column_values_to_not_be_null", {"column": "text", **X}),
    ("column_values_to_be_null", {"column": "nothing"}),
    ("column_values_to_be_unique", {"column": "number"}),
    ("column_values_to_be_in_set", {"column": "text", "value_set": ["x", "y", "z"]}),
    ("column_values_to_be_in_set", {"column": "text", "value_set": ["x"], **X}),
    ("column_values_to_be_in_set", {"column": "text", "value_set": ["x"], **NOBODY}),
    ("column_values_to_be_in_set", {"column": "nothing", "value_set": ["x"]}),
    ("column_values_to_be_between", {"column": "number", "min_value": 1}),
    ("column_values_to_be_in_type_list", {"column": "whole", "type_list": ["int64"]}),
    ("column_values_to_be_in_type_list", {"column": "text", "type_list": ["str"]}),
    ("column_values_to_match_regex", {"column": "text", "regex": "^.$"}),
    ("column_pair_values_a_to_be_greater_than_b", {"column_A": "file_row", "column_B": "whole"}),
    ("column_pair_values_to_be_equal", {"column_A": "whole", "column_B": "whole"}),
    ("compound_columns_to_be_unique", {"column_list": ["text", "whole"]}),
    ("column_mean_to_be_between", {"column": "whole", "min_value": 1, "max_value": 6}),
    ("table_row_count_to_be_between", {"max_value": 6}),
    ("table_columns_to_match_ordered_list", {"column_list": list(FRAME)}),
]
#: Those that are not, or not by every row.
REST = [
    ("column_values_to_not_be_null", {"column": "text"}),
    ("column_values_to_not_be_null", {"column": "text", "mostly": 0.5}),
    ("column_values_to_not_be_null", {"column": "nothing"}),
    ("column_values_to_be_unique", {"column": "text"}),
    ("column_values_to_be_in_set", {"column": "mixed", "value_set": []}),
    ("column_values_to_be_in_set", {"column": "text", "value_set": ["x", "y"], "mostly": 0.6}),
    ("column_values_to_be_between", {"column": "number", "min_value": 1, "strict_min": True}),
    ("column_values_to_be_in_type_list", {"column": "number", "type_list": ["int64"]}),
    ("column_values_to_be_in_type_list", {"column": "mixed", "type_list": ["str"]}),
    ("column_values_to_match_regex", {"column": "text", "regex": "^x$"}),
    ("column_pair_values_a_to_be_greater_than_b", {"column_A": "whole", "column_B": "number"}),
    ("compound_columns_to_be_unique", {"column_list": ["text", "nothing"]}),
    ("column_mean_to_be_between", {"column": "whole", "max_value": 2}),
    ("table_row_count_to_be_between", {"min_value": 7}),
    ("table_columns_to_match_ordered_list", {"column_list": ["text"]}),
]


def suite_of(*entries):
    listed = [{"type": f"expect_{type}", "kwargs": kwargs} for type, kwargs in entries]
    return {"name": "some_raw", "expectations": listed, "meta": {}}


def told(suite, frame=FRAME):
    return expectations._check("raw", "some", Path("some_raw.json"), suite, frame)


@pytest.fixture
def asked(monkeypatch):
    """The numbers of the expectations that are judged in full."""
    numbers = []

    def in_full(name, suite, frame, judge=judging.in_full):
        numbers.extend(one["meta"][judging.NUMBER] for one in suite["expectations"])
        return judge(name, suite, frame)

    monkeypatch.setattr(judging, "in_full", in_full)
    return numbers


@pytest.fixture
def only_in_full(monkeypatch):
    def switch():
        monkeypatch.setattr(judging, "met", lambda suite, frame: [])

    return switch


@pytest.mark.parametrize("rows", [6, 0])
def test_what_is_said_is_what_is_said_in_full(rows, asked, only_in_full):
    suite = suite_of(*MET, *REST)
    shortly = told(suite, FRAME[:rows])
    if rows:
        assert asked == [n + 1 for n in range(len(MET), len(MET) + len(REST))]
    only_in_full()
    assert told(suite, FRAME[:rows]) == shortly
    assert all(isinstance(one, expectations.Outcome) for one in shortly)


@pytest.mark.parametrize("wrong", [
    ("column_values_to_be_between", {"column": "text", "min_value": 3}),
    ("column_values_to_be_in_set", {"column": "text", "value_set": [1], "row_condition": "=",
                                    "condition_parser": "pandas"}),
])  # fmt: skip
def test_what_cannot_be_applied_is_told_as_in_full(wrong, only_in_full):
    suite = suite_of(("column_values_to_not_be_null", {"column": "whole"}), wrong)
    shortly = told(suite)
    assert shortly[0].success and "expectation 2 (expect_column_values" in shortly[1]
    only_in_full()
    assert told(suite) == shortly


def test_whole_tables_are_judged_shortly(asked, made_up, only_in_full, monkeypatch, tmp_path):
    project, tables = made_up, reading.read(made_up.raw).tables
    monkeypatch.setenv(KEPT_VARIABLE, str(tmp_path / "one"))
    shortly = expectations.validate(project, "raw", tables)
    assert not asked
    only_in_full()
    monkeypatch.setenv(KEPT_VARIABLE, str(tmp_path / "other"))
    assert expectations.validate(project, "raw", tables) == shortly


def test_the_package_leaves_the_collector_as_it_was():
    judging.great_expectations()
    assert gc.isenabled()
    gc.disable()
    try:
        judging.great_expectations()
        assert not gc.isenabled()
    finally:
        gc.enable()
