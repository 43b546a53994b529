"""What the figures of the sensitivity analyses say in words."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from case_review.analyses import sensitivity, sensitivity_figures
from case_review.values import Estimate


@pytest.fixture
def words():
    """The texts of a figure, which is closed afterwards."""

    def of(figure):
        figure.canvas.draw()
        found = [text.get_text() for axes in figure.axes for text in axes.findobj(plt.Text)]
        plt.close(figure)
        return [text for text in found if text]

    return of


def test_the_forest_plot_names_level_counts_and_designs(words):
    columns = ["study", "year", "design", "population", "n_evaluable", "n_response"]
    evidence = pd.DataFrame([("A", 2016, "trial", "p", 57, 47)], columns=columns)
    studies = sensitivity.later_studies(evidence, 0.9)
    figure = sensitivity_figures.later(studies, Estimate(1, 0.89, 1), "Review", (25, 25), 0.9)
    found = words(figure)
    for text in ("% (90% CI)", "A 2016\ntrial", "47/57", "25/25", "100 (89–100)"):
        assert text in found
    assert "Proportion responding (exact 90% CI)" in found


def test_each_level_is_named_once_beside_its_line(words):
    surface = sensitivity.selection_surface(25, 25, np.geomspace(0.05, 1, 30), 8, 0.95)
    tipping = sensitivity.tipping_curve(25, 25, 30, 0.95)
    found = words(sensitivity_figures.publication(surface, tipping, [0.8, 0.5], 0.95))
    assert found.count("50%") == 1 and "7 failures:\nbelow 80%" in found
    # a level that the surface never reaches has no line to name
    figure = sensitivity_figures.publication(surface, tipping, [0.99, 0.5], 0.95)
    assert "99%" not in words(figure)


def test_one_row_for_each_report_and_for_all(words):
    rows = [
        sensitivity.Repetition(name, 9, Estimate(2, 1, high), p)
        for name, high, p in (("R1", 10, 0.2), ("R2", np.nan, np.nan))
    ]
    everybody = sensitivity.Repetition("All reports", 18, Estimate(2, 1, 10), 0.3)
    figure = sensitivity_figures.leave_one_out(rows, everybody, 0.9)
    left, right = figure.axes
    markers = [line.get_marker() for line in left.lines]
    assert markers.count("o") == 3 and markers.count(">") == 1
    assert sum(line.get_marker() == "o" for line in right.lines) == 2
    dashed = [line for line in right.lines if line.get_linestyle() == "--"]
    assert dashed[0].get_xdata()[0] == pytest.approx(0.1)
    assert "Median time to response, weeks (90% CI)" in words(figure)


def test_medians_that_are_never_reached_are_drawn_as_such(words):
    unknown = Estimate(np.nan, np.nan, np.nan)
    rows = [sensitivity.Repetition(name, 9, unknown, 0.4) for name in ("R1", "R2")]
    found = words(sensitivity_figures.leave_one_out(rows, rows[0], 0.95))
    assert found.count("not estimable") == 3
