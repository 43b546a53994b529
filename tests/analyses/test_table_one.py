"""Table 1 of any columns: blocks made of what a column holds, and the table by group."""

import pandas as pd
import pytest

from case_review.analyses import descriptive, table_one
from case_review.values import Count

PATIENTS = pd.DataFrame(
    {
        "report_id": ["A", "A", "B", "B", "C", "C"],
        "population": "publications",
        "arm": ["x", "x", "x", "y", "y", None],
        "stage": ["B-ALL", "B-ALL", "AML", None, "B-ALL", "T-ALL"],
        "platelets": [10.0, 20.0, 30.0, None, 50.0, 60.0],
    }
)
POSTERS = pd.DataFrame(
    {"report_id": ["P"], "population": ["posters"], "variable": ["sex"], "level": ["m"], "n": [4]}
)
LAYOUT = [
    {"id": "stage", "heading": "Stage", "variable": "stage"},
    {"id": "platelets", "heading": "Platelets", "variable": "platelets"},
]


def blocks(posters, of):
    layout = table_one.laid_out(LAYOUT, PATIENTS)
    variables = table_one.variables(layout, ["arm", "absent"], PATIENTS)
    told = table_one.told(PATIENTS, variables)
    frame = descriptive.long_form(told, posters, variables)
    frame = table_one.with_silent(frame, posters, variables)
    found = descriptive.blocks(layout, {}, frame, of)
    table_one.with_summaries(found, PATIENTS)
    return found, frame, variables


def test_a_block_is_made_of_the_words_of_its_column_or_of_its_numbers():
    (stage, platelets), _, variables = blocks(POSTERS[:0], {"all": 6})
    assert [(line.id, line.label) for line in stage.lines] == [
        ("stage_b_all", "B-ALL"), ("stage_aml", "AML"), ("stage_t_all", "T-ALL"),
        ("stage_not_reported", "Not reported"),
    ]  # fmt: skip
    assert [line.id.removeprefix("platelets_") for line in platelets.lines] == [
        "median", "mean", "range", "known", "not_reported",
    ]  # fmt: skip
    assert variables == ["stage", "platelets", "arm"]


def test_patients_of_posters_that_do_not_count_a_column_are_not_reported():
    _, frame, _ = blocks(POSTERS, {"all": 10, "publications": 6, "posters": 4})
    assert descriptive.count(frame, "stage", None, "posters") == 4
    assert descriptive.count(frame, "platelets", None) == 5
    assert descriptive.count(frame, "platelets", table_one.KNOWN) == 5


def test_numbers_are_summed_up():
    known = PATIENTS["platelets"]
    assert table_one.summed(known, "median").cell == "30 (20–50)"
    assert table_one.summed(known, "range").cell == "10–60"
    assert table_one.summed(known, "mean").cell == "34.0 (20.7)"  # R: mean(x), sd(x)
    assert table_one.summed(known[3:4], "median") == "–"
    assert not table_one.is_number(known[3:4])


def test_a_table_by_group_has_medians_missing_counts_and_differences():
    found, *_ = blocks(POSTERS[:0], {"all": 6})
    heads, rows = table_one.by_group(found, PATIENTS, PATIENTS["arm"], {"x": "Early", "y": "Late"})
    assert heads == ["", "Early (n = 3)", "Late (n = 2)", "Standardised difference"]
    cells = {row.cells[0]: [getattr(c, "cell", c) for c in row.cells[1:]] for row in rows}
    assert cells["Median (quartiles)"] == ["20 (15–25)", "50 (50–50)", ""]
    assert cells["Known"][:2] == ["3 (100.0)", "1 (50.0)"]
    assert cells["Stage"][:2] == ["", ""] and cells["Stage"][2] != "–"
    assert cells["Platelets"][2] == "–"  # of one patient there is no spread


@pytest.mark.parametrize("groups", [{}, {"x": "Early"}])
def test_nothing_is_compared_with_fewer_than_two_groups(groups):
    found, *_ = blocks(POSTERS[:0], {"all": 6})
    heads, rows = table_one.by_group(found, PATIENTS, PATIENTS["arm"], groups)
    assert len(heads) == 2 and {len(row.cells) for row in rows} == {2}
    first = next(cell for row in rows for cell in row.cells if isinstance(cell, Count))
    assert first.of == (3 if groups else 6)


@pytest.mark.parametrize(
    "sizes, shown",
    [((3, 0), ["all"]), ((0, 4), ["all"]), ((3, 4), ["all", "publications", "posters"])],
)
def test_there_is_no_column_of_nobody(sizes, shown):
    populations = ["publications", "posters"]
    reports = pd.DataFrame({"population": populations, "n_patients": sizes})
    of = table_one.populations(reports[reports["n_patients"] > 0])
    assert list(of) == shown and of["all"] == sum(sizes)
    assert ("posters" in table_one.said(of)) == (len(shown) > 1)
