"""A pandas frame is a table, and a figure without data tells its own coordinates."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from case_review.errors import ReviewError
from case_review.exhibits import Row, Table, plain
from case_review.values import Count


def shown(table):
    return [list(table.columns), *([getattr(c, "cell", c) for c in r.cells] for r in table.rows)]


def test_a_frame_is_shown_as_it_stands():
    frame = pd.DataFrame(
        {"drug": ["A", None], "n": [3, 1200], "dose": [0.5, np.nan], "share": [1 / 3, 2.0]}
    )
    table = plain.table_of(frame)
    assert shown(table) == [
        ["drug", "n", "dose", "share"],
        ["A", "3", "0.5", "0.333"],
        ["–", "1,200", "–", "2"],
    ]
    assert table.align == "lrrr"
    pd.testing.assert_frame_equal(table.data, frame)


def test_names_of_rows_are_the_first_column():
    counted = pd.Series(["a", "b", "a"], name="kind").value_counts()
    assert shown(plain.table_of(counted)) == [["kind", "count"], ["a", "2"], ["b", "1"]]


def test_several_levels_of_names_are_one_line():
    frame = pd.DataFrame({"arm": ["x", "x", "y"], "sex": ["f", "m", "f"], "age": [1, 2, 4]})
    wide = frame.pivot_table(index="arm", columns="sex", values=["age"], aggfunc="sum")
    assert shown(plain.table_of(wide)) == [
        ["arm", "age, f", "age, m"], ["x", "1", "2"], ["y", "4", "–"]
    ]  # fmt: skip
    grouped = frame.groupby(["arm", "sex"]).size()
    assert shown(plain.table_of(grouped))[1] == ["x", "f", "1"]


def test_values_and_tables_stay_what_they_are():
    count = Count(1, of=4)
    table = plain.table_of(pd.DataFrame({"patients": [count]}, dtype=object))
    assert table.rows[0].cells[0] is count
    given = Table(["a"], [Row(["b"])])
    assert plain.table_of(given) is given


@pytest.mark.parametrize("given", [{"a": [1]}, [1, 2], "text", None])
def test_anything_else_is_refused_with_what_to_hand_over(given):
    with pytest.raises(ReviewError, match=f"{type(given).__name__} was given: hand over a pandas"):
        plain.table_of(given)


def test_a_figure_tells_its_lines_points_and_bars():
    figure, (left, right) = plt.subplots(1, 2)
    left.plot([0, 1], [2, 3], label="curve")
    left.scatter([5], [6])
    right.bar([1], [4], width=2, label="n")
    found = plain.coordinates(figure)
    plt.close(figure)
    assert found.to_numpy().tolist() == [
        [1, "line", "curve", 0.0, 2.0],
        [1, "line", "curve", 1.0, 3.0],
        [1, "point", "", 5.0, 6.0],
        [2, "bar", "", 2.0, 4.0],
    ]


def test_an_area_tells_its_corners():
    figure, axes = plt.subplots()
    axes.fill_between([0, 1], [0, 0], [1, 2], label="band")
    found = plain.coordinates(figure)
    plt.close(figure)
    assert set(found["kind"]) == {"area"} and set(found["label"]) == {"band"}
    assert found["y"].max() == 2 and found["x"].min() == 0
