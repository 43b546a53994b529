"""Who is analysed, how a reported time reads, and the figure of the time to response."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from case_review import values
from case_review.analyses import km_figure, response
from case_review.errors import ReviewError
from case_review.exhibits import labelling, style
from case_review.exhibits.drawn import as_svg
from case_review.notebook import FigureOutput
from case_review.statistics import cox, logrank, survival

GROUPS = {"t": "Tumours", "m": "Malformations"}
LABELS = {"overall": "All patients"} | GROUPS
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
def curves(frame):
    return _curves(frame)


def _curves(frame, conf_type="log"):
    how = {"conf_type": conf_type, "per": response.HOURS_PER_WEEK, "unit": "weeks"}
    by_group = survival.kaplan_meier(frame["time"], frame["event"], by=frame["group"], **how)
    return {"overall": survival.kaplan_meier(frame["time"], frame["event"], **how)} | by_group


def _draw(curves, labels=LABELS, **options):
    options = {"ticks": TICKS, "y_label": "Patients who have responded", "few_at_risk": 5} | options
    return km_figure.draw(curves, labels, **options)


def test_curves_of_all_patients_and_of_the_groups(curves):
    assert {key: (km.n, km.events) for key, km in curves.items()} == {
        "overall": (25, 25),
        "t": (15, 15),
        "m": (10, 10),
    }
    assert curves["overall"].median() == values.Estimate(2.0, 1.0, 10.0)
    share = curves["overall"].with_event(1)
    assert share.estimate == pytest.approx(11 / 25)
    assert share.lower < 11 / 25 < share.upper


def test_the_median_is_printed_as_in_the_review(curves):
    median = curves["overall"].median()
    assert median.prose == "2 weeks (95% CI 1–10 weeks)" and median.cell == "2 (1–10)"
    assert median.fields()["unit"] == "weeks" and median.fields()["n"] == 25
    assert (median.point.prose, median.limits.prose) == ("2 weeks", "1–10 weeks")


def test_range_keeps_the_reported_units(patients):
    shortest, longest = response.shortest_and_longest(patients)
    assert (shortest.prose, longest.prose) == ("24 h", "6 months")
    assert (shortest.value, longest.value, shortest.unit) == (24, 26 * 168, "hours")
    shortest, longest = response.shortest_and_longest(patients.assign(event=0))
    assert shortest.prose == longest.prose == "nobody"


def test_times_may_stand_in_columns_of_ones_own(patients):
    own = patients.rename(columns=lambda name: name.replace("response_time", "died"))
    assert response.shortest_and_longest(own, "died_value")[0].prose == "24 h"


def _reported(value, unit):
    return pd.Series(
        {"response_time_value": value, "response_time_unit": unit, "time_hours": 24}, dtype=object
    )


@pytest.mark.parametrize(
    "value, unit, text",
    [(24, "hours", "24 h"), (1, "weeks", "1 week"), (1.5, "months", "1.5 months")],
)
def test_reported_times(value, unit, text):
    assert response.reported_time(_reported(value, unit)).prose == text


def test_an_unknown_unit_is_refused():
    with pytest.raises(ReviewError, match="'fortnights', expected one of hours"):
        response.reported_time(_reported(1, "fortnights"))


def test_who_has_no_time_or_no_outcome_is_left_out_and_counted(patients):
    gaps = patients.assign(time_hours=patients["time_hours"].astype(float))
    gaps = gaps.assign(event=gaps["event"].astype("Int64"))
    gaps.loc[3, "time_hours"] = np.nan
    gaps.loc[4, "event"] = pd.NA
    frame = response.times(gaps, "anomaly", GROUPS)
    assert "R03-1" not in set(frame["patient_id"]) and "R04-1" not in set(frame["patient_id"])
    assert len(frame) == len(response.analysed(gaps)) == 23
    assert response.left_out(gaps) == 2
    (note,) = response.notes(gaps, frame, GROUPS)
    assert note == "Left out, because the outcome or its time is not known: 2."
    with pytest.raises(ReviewError, match="of no patient are both the outcome and its time known"):
        response.times(gaps.assign(event=pd.NA), "anomaly", GROUPS)
    with pytest.raises(ReviewError, match="no column 'arm'"):
        response.times(patients, "arm", GROUPS)


def test_a_patient_without_group_stays_among_all(patients):
    other = patients.copy()
    other.loc[[3, 4], "anomaly"] = ["other", None]
    frame = response.times(other, "anomaly", GROUPS)
    assert len(frame) == 25 and frame["group"].isna().sum() == 2
    assert {key: km.n for key, km in _curves(frame).items()} == {"overall": 25, "t": 15, "m": 8}


def test_a_group_of_nobody_is_no_arm_and_is_named(patients):
    groups = GROUPS | {"x": "Nobody"}
    frame = response.times(patients, "anomaly", groups)
    assert response.arms(frame, groups) == GROUPS
    (note,) = response.notes(patients, frame, groups)
    assert note == "No patient who is analysed belongs to: Nobody."


@pytest.mark.parametrize("groups", [{}, {"t": "Tumours"}])
def test_without_two_groups_there_is_no_comparison(patients, groups):
    frame = response.times(patients, "anomaly", groups).dropna(subset="group")
    assert len(frame) == (15 if groups else 25)
    columns = frame["time"], frame["event"], frame["group"]
    ratios = cox.hazard_ratios(*columns, ["overall", *groups][-1])
    test = logrank.logrank(*columns)
    assert response.listed(ratios, groups) is test.summary is logrank.NO_COMPARISON


def test_hazard_ratios_are_listed_where_there_are_more():
    first, second = values.Estimate(0.6, 0.3, 1.2, digits=2), values.Estimate(2, 1, 4, digits=2)
    alone = response.listed({"a": first}, {"a": "A"})
    assert alone == first and alone is not first  # so that both can be results
    assert response.listed({"a": first, "b": second}, {"a": "A", "b": "B"}).prose == (
        "A 0.60 (95% CI 0.30–1.20); B 2.00 (95% CI 1.00–4.00)"
    )


# -- the figure ------------------------------------------------------------------------------------


def test_numbers_below_the_axis_add_up_to_all_patients(curves):
    for km in curves.values():
        counts = km_figure.at_ticks(km, TICKS)
        assert (counts.sum(axis=1) == km.n).all()
        after = km_figure.at_ticks(km, TICKS, "after")
        assert (after.sum(axis=1) == km.n).all()
        assert counts["At risk"].tolist() == [km.at_risk(tick) for tick in TICKS]
    counts = km_figure.at_ticks(curves["overall"], TICKS)
    after = km_figure.at_ticks(curves["overall"], TICKS, "after")
    assert after["Responded"].tolist() == [0, 11, 15, 18, 18, 22, 25]
    # who responds at a tick itself is still at risk there
    assert counts["Responded"].tolist() == [0, 8, 12, 15, 18, 22, 24]
    assert after["At risk"].iloc[1] < counts["At risk"].iloc[1]
    with pytest.raises(ValueError, match="before or after, not 'at'"):
        km_figure.at_ticks(curves["overall"], TICKS, "at")


def test_the_figure_counts_at_risk_before_the_events_of_a_tick(curves):
    counts = km_figure.at_ticks(curves["overall"], TICKS)
    below = _draw(curves).axes[2]
    lines = {}
    for text in below.texts:
        if text.get_ha() == "center":
            lines.setdefault(text.get_position()[1], []).append(text.get_text())
    drawn = list(lines.values())
    for name in ("At risk", "Responded", "Censored"):
        assert [str(n) for n in counts[name]] in drawn


def test_censored_patients_are_counted_as_such(frame):
    censored = frame.copy()
    censored.loc[censored.index[-3:], "event"] = 0
    last = km_figure.at_ticks(_curves(censored)["overall"], [*TICKS, 27]).iloc[-1]
    assert (last["At risk"], last["Responded"], last["Censored"]) == (0, 22, 3)


def test_coordinates_start_at_zero_and_rise(curves):
    points = km_figure.coordinates(curves, LABELS)
    assert list(points["group"].unique()) == ["overall", "m", "t"]
    for _, part in points.groupby("group"):
        assert part["time_weeks"].iloc[0] == 0 and part["proportion"].iloc[0] == 0
        assert part["proportion"].is_monotonic_increasing
        inside = part.dropna()
        assert (inside["lower"] <= inside["proportion"]).all()
        assert (inside["proportion"] <= inside["upper"]).all()


def _texts(figure):
    return re.findall(r"<text[^>]*>([^<]*)</text>", as_svg(figure))


def test_figure_text_is_text_and_bytes_repeat(curves):
    first, second = (FigureOutput(_draw(curves)) for _ in range(2))
    assert first.svg == second.svg
    assert first.png == second.png
    texts = _texts(_draw(curves))
    assert "Tumours" in texts and "At risk" in texts
    assert any(text.startswith("median 2 weeks (95% CI 1–10 weeks)") for text in texts)


def test_title_labels_limit_and_comparison_are_arguments(curves):
    said = {"title": "Two groups", "x_label": "Weeks", "y_label": "Response"}
    figure = _draw(curves, **said, x_limit=10, comparison=["One line", "Another"])
    assert figure.axes[0].get_xticks().tolist() == [0, 1, 2, 4, 8]
    assert {*said.values(), "One line", "Another"} <= set(_texts(figure))
    assert style.TIME_AXIS in _texts(_draw(curves))


@pytest.mark.parametrize("number", range(7))
def test_up_to_six_groups_have_colours_and_line_types_of_their_own(frame, number):
    group = [f"g{i % number}" if number else None for i in range(len(frame))]
    curves = _curves(frame.assign(group=group))
    figure = _draw(curves, {key: key.upper() for key in curves}, few_at_risk=0)
    steps = [x for x in figure.axes[0].lines if x.get_drawstyle() == "steps-post"]
    drawn = [line for line in steps if line.get_lw() > 1]  # without outlines of bands
    looks = {(line.get_color(), str(line._unscaled_dash_pattern)) for line in drawn}
    assert len(looks) == len({colour for colour, _ in looks}) == number + 1
    texts = _texts(figure)
    assert texts.count("At risk") == number + 1
    assert {key.upper() for key in curves} <= set(texts)


def test_a_seventh_group_is_refused():
    with pytest.raises(ValueError, match="7 groups cannot be told apart"):
        style.looks(["all", *"abcdefg"], "all")


def test_curves_go_on_in_two_parts_where_few_are_at_risk(curves):
    parts = list(km_figure._by_number_at_risk(km_figure.steps(curves["overall"]), 5))
    assert [few for _, few in parts] == [False, True]
    enough, few = (part for part, _ in parts)
    assert enough["at_risk"].iloc[:-1].min() >= 5
    assert few["at_risk"].max() < 5
    assert enough["time"].iloc[-1] == few["time"].iloc[0]  # the parts touch


def test_where_few_are_at_risk_a_curve_is_thin_and_pale_in_its_own_look(curves):
    figure = _draw(curves, few_at_risk=5)
    steps = [x for x in figure.axes[0].lines if x.get_drawstyle() == "steps-post"]
    for colour, line in (style.GROUP_STYLES[0], style.GROUP_STYLES[1]):
        enough, few = (x for x in steps if x.get_color() == colour)
        assert few.get_lw() < 0.7 * enough.get_lw() and few.get_alpha() < enough.get_alpha()
        patterns = [x._unscaled_dash_pattern for x in (enough, few)]
        assert patterns[0] == patterns[1] and (line == "-") == (patterns[0][1] is None)
    assert "Thin and pale: fewer than 5 patients at risk" in _texts(figure)
    assert not any(text.startswith("Thin") for text in _texts(_draw(curves, few_at_risk=0)))
    plt.close("all")


@pytest.mark.parametrize("number", [1, 2, 6])
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("time_axis", ["linear", "square root"])
def test_a_median_is_written_nearer_to_its_own_line_than_to_any_other(
    frame, number, narrow, time_axis
):
    curves = _curves(frame.assign(group=[f"g{i % number}" for i in range(len(frame))]))
    labels = {key: f"Vascular {key}" for key in curves}
    figure = _draw(curves, labels, narrow=narrow, time_axis=time_axis)
    figure.draw_without_rendering()
    strip = figure.axes[1]
    texts = [text for text in strip.texts if "median" in text.get_text()]
    assert len(texts) == number + 1
    heights = strip.transData.transform([(0, -row) for row in range(len(texts))])[:, 1]
    for row, text in enumerate(texts):
        box = text.get_window_extent()
        gaps = [max(y - box.y1, box.y0 - y, 0) for y in heights]
        others = [gap for other, gap in enumerate(gaps) if other != row]
        assert gaps[row] < 4 / 72 * figure.dpi and min(others) > 1.8 * gaps[row], text.get_text()
        dot = next(x for x in strip.lines if x.get_marker() == "o" and x.get_ydata()[0] == -row)
        assert text.get_color() == dot.get_color()
    plt.close(figure)


def test_on_an_axis_of_square_roots_the_first_week_has_room(curves):
    wide = {}
    for time_axis in ("linear", "square root"):
        axes = _draw(curves, time_axis=time_axis).axes[0]
        places = axes.transData.transform([(0, 0), (1, 0), (26, 0)])[:, 0]
        wide[time_axis] = (places[1] - places[0]) / (places[2] - places[0])
        assert axes.get_xticks().tolist() == TICKS
    assert wide == {"linear": pytest.approx(1 / 26), "square root": pytest.approx(26**-0.5)}
    with pytest.raises(ValueError, match="linear or square root, not 'log'"):
        _draw(curves, time_axis="log")
    plt.close("all")


def test_a_narrow_figure_is_as_wide_as_a_phone_and_says_the_same(curves):
    said = {"comparison": ["Hazard ratio 1", "tumours v malformations"], "time_axis": "square root"}
    wide, narrow = (as_svg(_draw(curves, **said, narrow=which)) for which in (False, True))
    assert 'width="255.118' in narrow and 'width="453.543' in wide

    def words(svg):
        return set(" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg)).split())

    assert words(wide) == words(narrow)
    plt.close("all")


@pytest.mark.parametrize("responding", [1.0, 0.15])
def test_the_comparison_stands_off_the_curves(frame, responding):
    slow = frame.assign(event=(np.arange(25) < 25 * responding).astype(int))
    slow["time"] = np.where(slow["event"] == 1, slow["time"], 4383)
    curves = _curves(slow)
    figure = _draw(curves, comparison=["Hazard ratio 1", "tumours v malformations", "p = 1.000"])
    axes = figure.axes[0]
    (text,) = (x for x in axes.texts if x.get_text().startswith("Hazard ratio"))
    box = text.get_window_extent().transformed(axes.transData.inverted())
    for key, km in curves.items():
        x, y = km_figure._dense(axes, km_figure.steps(km)).T
        inside = (box.x0 < x) & (x < box.x1) & (box.y0 < y) & (y < box.y1)
        assert not inside.any(), key
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
