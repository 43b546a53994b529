"""What the figures of the sensitivity analyses say in words."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from case_review.analyses import sensitivity
from case_review.analyses import sensitivity_figures as figures
from case_review.exhibits import style
from case_review.statistics import interval_censored, survival


@pytest.fixture
def words():
    """The texts of a figure, which is closed afterwards."""

    def of(figure):
        figure.canvas.draw()
        found = [text.get_text() for axes in figure.axes for text in axes.findobj(plt.Text)]
        plt.close(figure)
        return [text for text in found if text]

    return of


def points(axes):
    """How many points were drawn."""
    dots = [drawn for drawn in axes.collections if isinstance(drawn, PathCollection)]
    return sum(len(np.ma.compressed(drawn.get_offsets())) // 2 for drawn in dots)


@pytest.fixture
def rows():
    """Two reports and all of them; the second has no upper limit and no p-value."""
    return pd.DataFrame(
        [("R1", 2, 1, 10, 0.2), ("R2", 2, 1, np.nan, np.nan), ("All reports", 2, 1, 10, 0.3)],
        columns=["choice", "median", "low", "high", "p"],
    )


HOW = {"row": "choice", "main": "All reports"}


def test_the_forest_plot_names_level_counts_and_designs(words):
    shown = pd.DataFrame(
        [("Review", 1.0, 0.89, 1.0, 25, 25), ("A 2016\ntrial", 47 / 57, 0.72, 0.9, 47, 57)],
        columns=["name", "proportion", "low", "high", "n_response", "n_evaluable"],
    )
    figure, axes = style.panels(3)
    figures.later(axes, shown, "Review", headings=["Of", "% (90% CI)"])
    assert points(axes) == 2
    found = words(figure)
    expected = [
        "% (90% CI)",
        "A 2016\ntrial",
        "47/57",
        "25/25",
        "100 (89–100)",
    ]
    assert set(expected) < set(found)


def test_each_level_is_named_once_beside_its_line(words):
    lower = sensitivity.selection_surface(25, 25, np.geomspace(0.05, 1, 30), 8, 0.95)
    curve = sensitivity.tipping_curve(25, 25, 30, 0.95)

    def found(targets):
        figure, (left, right) = style.panels(3, widths=[1, 1])
        figures.surface(left, lower, targets, bar_label="Lower limit", xticks=[0.05, 0.1, 1])
        point_label = "{failures} failures:\nbelow {target}"
        figures.tipping(right, curve, targets, point_label, share_label="Proportion")
        return words(figure)

    assert found([0.8, 0.5]).count("50%") == 1
    assert "7 failures:\nbelow 80%" in found([0.8, 0.5])
    assert {"Lower limit", "Proportion"} <= set(found([0.8, 0.5]))
    # a level that the surface never reaches has no line to name
    assert "99%" not in found([0.99, 0.5])


def test_one_row_for_each_report_and_for_all(words, rows):
    figure, (left, right) = style.panels(3, widths=[1, 1], sharey=True)
    figures.forest(left, rows, estimate="median", **HOW)
    figures.p_values(right, rows, significant=0.1, xticks=[0.1, 1], **HOW)
    assert (points(left), points(right)) == (3, 2)
    arrows = [line for line in left.lines if line.get_marker() == ">"]
    assert [line.get_ydata()[0] for line in arrows] == [1]
    dashed = [line for line in right.lines if line.get_linestyle() == "--"]
    assert dashed[0].get_xdata()[0] == pytest.approx(0.1)
    assert {"R1", "R2", "All reports"} < set(words(figure))


def test_rows_of_one_name_stay_apart(rows):
    figure, axes = style.panels(3)
    figures.forest(axes, rows.assign(choice="R"), estimate="median", row="choice", main="")
    assert points(axes) == 3
    plt.close(figure)


def test_medians_that_are_never_reached_are_drawn_as_such(words, rows):
    figure, axes = style.panels(3)
    unknown = rows.assign(median=np.nan, low=np.nan, high=np.nan, p=np.nan)
    figures.forest(axes, unknown, estimate="median", **HOW)
    assert words(figure).count("not estimable") == 3
    figure, axes = style.panels(3)
    figures.p_values(axes, unknown, significant=0.05, xticks=[0.1], **HOW)
    assert points(axes) == 0
    plt.close(figure)


def test_the_legend_names_curve_estimate_and_its_unknown_course():
    figure, axes = style.panels(3)
    km = survival.kaplan_meier([1, 3, 5], [1, 1, 0])
    cells = interval_censored.curve([0, 2, 5], [1, 3, np.inf])
    names = ["Exact", "Intervals", "Unknown"]
    look = {"ticks": [0, 1, 2, 4, 8], "time_axis": style.SQUARE_ROOT}
    figures.interval_censored(axes, km, cells, names, **look)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == names
    assert axes.get_xticks().tolist() == [0, 1, 2, 4]  # the curve ends at 5
    assert axes.transScale.transform((4, 0))[0] == 2
    plt.close(figure)
