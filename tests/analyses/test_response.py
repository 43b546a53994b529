"""Summaries, words, table and figure of the time to response."""

import math
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from case_review import values
from case_review.analyses import km_figure, response, response_report
from case_review.errors import ReviewError
from case_review.exhibits import labelling
from case_review.notebook import FigureOutput
from case_review.statistics import logrank

GROUPS = {"t": "Tumours", "m": "Malformations"}
TICKS = [0, 1, 2, 4, 8, 12, 26]


def _patients(n=25):
    """Times with the review's printed order statistics: x9 = 1, x13 = 2, x19 = 10 weeks."""
    weeks = [1 / 7] * 2 + [3 / 7] * 6 + [1] * 3 + [1.5] + [2] * 3 + [4] * 3 + [10] * 4 + [13] * 2
    weeks.append(26)
    return pd.DataFrame(
        {
            "patient_id": [f"R{i:02d}-1" for i in range(n)],
            "report_id": [f"R{i % 14:02d}" for i in range(n)],
            "anomaly": ["t" if i % 5 < 3 else "m" for i in range(n)],
            "time_hours": [round(168 * w) for w in weeks],
            "event": 1,
            "response_time_value": [24, *weeks[1:-1], 6],
            "response_time_unit": ["hours", *["weeks"] * (n - 2), "months"],
        }
    )


@pytest.fixture
def patients():
    return _patients()


@pytest.fixture
def frame(patients):
    return response.times(patients, "anomaly", GROUPS)


@pytest.fixture
def found(frame):
    return response.summaries(frame, GROUPS, [1, 2, 4], "log", 0.95)


@pytest.fixture
def compared(frame):
    return response.compare(frame, GROUPS, 0.95)


def test_summaries(found):
    assert [(s.key, s.n, s.events) for s in found] == [
        ("overall", 25, 25),
        ("t", 15, 15),
        ("m", 10, 10),
    ]
    assert found[0].median == values.Estimate(2.0, 1.0, 10.0)
    assert found[0].landmarks[1].estimate == pytest.approx(11 / 25)
    low, high = found[0].landmarks[1].lower, found[0].landmarks[1].upper
    assert low < 11 / 25 < high


def test_median_is_recorded_as_printed(found):
    results = {r["id"]: r for r in response_report.median_results(found, 0.95)}
    main = results["response.median_weeks"]
    assert main["text"] == "2 weeks (95% CI 1–10 weeks)"
    assert (main["value"], main["low"], main["high"]) == (2, 1, 10)
    assert results["response.median_weeks_value"]["text"] == "2 weeks"
    assert results["response.median_weeks_ci"]["text"] == "1–10 weeks"
    assert "response.median_weeks.m" in results


def test_range_keeps_the_reported_units(patients):
    results = {r["id"]: r for r in response_report.range_results(patients)}
    assert results["response.time_min"]["text"] == "24 h"
    assert results["response.time_max"]["text"] == "6 months"
    assert results["response.time_range"]["text"] == "24 h to 6 months"
    assert results["response.time_range"]["low"] == 24


def test_responders_have_exact_limits(frame):
    results = {r["id"]: r for r in response_report.responder_results(frame, GROUPS, 0.95)}
    assert results["response.responders"]["text"] == "25 (100.0%)"
    assert results["response.n.m"]["value"] == 10
    assert results["response.proportion.overall"]["low"] == pytest.approx(0.025 ** (1 / 25))


def test_comparison(compared, frame):
    results = {r["id"]: r for r in response_report.comparison_results(compared, 0.95)}
    assert (compared.first, compared.second) == ("t", "m")
    chisq = logrank.logrank(frame["time"], frame["event"], frame["group"]).chisq
    assert results["response.logrank_chisq"]["value"] == chisq
    assert re.fullmatch(r"p = 0\.\d{3}", results["response.logrank_p"]["text"])


def test_what_cannot_be_estimated_is_said():
    nan = math.nan
    assert response_report.median_text(values.Estimate(4, 1, nan)) == (
        "4 weeks (95% CI 1 week to not estimable)"
    )
    assert response_report.median_cell(values.Estimate(nan, nan, nan)) == (
        "not estimable (not estimable)"
    )
    assert response_report.percent_cell(values.Estimate(1, nan, nan)) == "100.0 (not estimable)"
    assert response_report.percent_text(values.Estimate(nan, nan, nan)) == "not estimable"


@pytest.mark.parametrize(
    "value, unit, text",
    [(24, "hours", "24 h"), (1, "weeks", "1 week"), (1.5, "months", "1.5 months")],
)
def test_reported_times(value, unit, text):
    assert response_report.reported_time(value, unit) == text


def test_an_unknown_unit_is_refused():
    with pytest.raises(ReviewError, match="'fortnights', expected one of hours"):
        response_report.reported_time(1, "fortnights")


def test_a_patient_without_group_or_time_is_named(patients):
    wrong = patients.copy()
    wrong.loc[3, "anomaly"] = "other"
    with pytest.raises(ReviewError, match=r"line 5, column anomaly, patient R03-1: found 'other'"):
        response.times(wrong, "anomaly", GROUPS)
    wrong = patients.assign(time_hours=patients["time_hours"].astype(float))
    wrong.loc[0, "time_hours"] = np.nan
    with pytest.raises(ReviewError, match="line 2, column time_hours"):
        response.times(wrong, "anomaly", GROUPS)
    with pytest.raises(ReviewError, match="no column 'arm'"):
        response.times(patients, "arm", GROUPS)


def test_table(found, compared):
    table = response_report.table(found, compared, 0.95)
    cells = {row.cells[0]: list(row.cells[1:]) for row in table.rows}
    assert cells["Patients, n"] == ["25", "15", "10"]
    assert cells["Median time, weeks (95% CI)"][0] == "2 (1–10)"
    assert cells["1 week"][0].startswith("44.0 (")
    assert cells["Hazard ratio (95% CI)"][2] == "1 (reference)"
    assert cells["Log-rank test"][0].startswith("χ² = ")
    assert len(table.data) == 3 * 6 + 3


# -- the figure ------------------------------------------------------------------------------------


def test_numbers_below_the_axis_add_up_to_all_patients(found):
    for summary in found:
        counts = km_figure.at_ticks(summary, TICKS)
        assert (counts.sum(axis=1) == summary.n).all()
    counts = km_figure.at_ticks(found[0], TICKS)
    assert counts["Responded"].tolist() == [0, 11, 15, 18, 18, 22, 25]


def test_censored_patients_are_counted_as_such(frame):
    censored = frame.copy()
    censored.loc[censored.index[-3:], "event"] = 0
    (summary, *_) = response.summaries(censored, GROUPS, [], "log", 0.95)
    last = km_figure.at_ticks(summary, TICKS).iloc[-1]
    assert (last["At risk"], last["Responded"], last["Censored"]) == (0, 22, 3)


def test_coordinates_start_at_zero_and_rise(found):
    points = km_figure.coordinates(found)
    assert list(points["group"].unique()) == ["overall", "t", "m"]
    for _, part in points.groupby("group"):
        assert part["time_weeks"].iloc[0] == 0 and part["proportion"].iloc[0] == 0
        assert part["proportion"].is_monotonic_increasing
        inside = part.dropna()
        assert (inside["lower"] <= inside["proportion"]).all()
        assert (inside["proportion"] <= inside["upper"]).all()


def test_figure_text_is_text_and_bytes_repeat(found, compared):
    first, second = (FigureOutput.draw(km_figure.draw(found, compared, TICKS, 5)) for _ in range(2))
    assert first.svg == second.svg
    assert first.png == second.png
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", first.svg)
    assert "Tumours" in texts and "At risk" in texts
    assert any(text.startswith("Log-rank test: p = ") for text in texts)
    assert any(text.startswith("median 2 weeks (95% CI 1–10 weeks)") for text in texts)


def test_curves_turn_grey_where_few_are_at_risk(found):
    parts = list(km_figure._by_number_at_risk(km_figure.steps(found[0]), 5))
    assert [few for _, few in parts] == [False, True]
    enough, few = (part for part, _ in parts)
    assert enough["at_risk"].iloc[:-1].min() >= 5
    assert few["at_risk"].max() < 5
    assert enough["time"].iloc[-1] == few["time"].iloc[0]  # the parts touch


@pytest.mark.parametrize("responding", [1.0, 0.15])
def test_the_comparison_stands_off_the_curves(frame, responding):
    slow = frame.assign(event=(np.arange(25) < 25 * responding).astype(int))
    slow["time"] = np.where(slow["event"] == 1, slow["time"], 4383)
    found = response.summaries(slow, GROUPS, [], "log", 0.95)
    figure = km_figure.draw(found, response.compare(slow, GROUPS, 0.95), TICKS, 5)
    axes = figure.axes[0]
    (text,) = (x for x in axes.texts if x.get_text().startswith("Hazard ratio"))
    box = text.get_window_extent().transformed(axes.transData.inverted())
    for summary in found:
        x, y = km_figure._dense(km_figure.steps(summary)).T
        inside = (box.x0 < x) & (x < box.x1) & (box.y0 < y) & (y < box.y1)
        assert not inside.any(), summary.key
    plt.close(figure)


def test_labels_touch_neither_curves_nor_each_other():
    figure, axes = plt.subplots(figsize=(6, 3))
    axes.set_xlim(0, 10)
    axes.set_ylim(0, 1)
    x = np.linspace(0, 10, 300)
    curves = {"a": np.column_stack([x, x / 10]), "b": np.column_stack([x, (x / 10) ** 3])}
    found = labelling.place(axes, {"a": "Curve a", "b": "Curve b"}, curves)
    for key, (left, bottom) in found.items():
        # width and height of the text in data units, as the module estimates them
        size = axes.get_window_extent()
        right = left + 7 * 9 * 0.5 / (size.width * 72 / figure.dpi) * 10
        top = bottom + 9 * 1.1 / (size.height * 72 / figure.dpi)
        for name, line in curves.items():
            inside = (line[:, 0] > left) & (line[:, 0] < right)
            inside &= (line[:, 1] > bottom) & (line[:, 1] < top)
            assert not inside.any(), f"label {key} lies on curve {name}"
    assert found["a"][1] > found["b"][1]
    plt.close(figure)
