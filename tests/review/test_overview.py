"""The table of patients and their courses, and the size that figures keep."""

from itertools import pairwise

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from descriptive_data import VALUES, read
from matplotlib.colors import to_hex
from notebook_cells import run_cells

from case_review.analyses import swimmer
from case_review.exhibits import style
from case_review.exhibits.tables import printed
from case_review.notebook import FigureOutput
from case_review.rendering import figures
from case_review.units import hours_in

GROUPS = VALUES["shared"]["groups"]
PATIENTS, MONTH = read("patients"), VALUES["shared"]["month_days"]
COURSES = swimmer.courses(PATIENTS, "anomaly", GROUPS, MONTH)
#: The cells that the table of patients needs.
LISTING = ("parameters", "setup", "patients-condensed", "patients-listed", "patients-table")


def draw(courses, groups):
    return swimmer.draw_courses(courses, groups, xlabel="Weeks", ticks=[0, 1, 4, 12, 26, 52, 104])


def names(figure):
    return [tick.get_text() for tick in figure.axes[0].get_yticklabels()]


def listed(patients):
    return run_cells("02_characteristics", {"patients": patients}, only=LISTING).tables[
        "tbl-patients"
    ]


def test_the_table_shows_values_as_reported():
    assert len(listed(PATIENTS).rows) == 25
    one = PATIENTS.head(1).assign(
        patient_id="R01-1", sex="male", age_value=1.0, age_unit="months", diagnosis="d", drug="x",
        dose_value=1.6, dose_unit="mg/m2/day", level_low_ng_ml=2.0, level_high_ng_ml=5.0,
        response_time_value=24.0, response_time_unit="hours", follow_up_months=10.0,
        treatment_status="stopped",
    )  # fmt: skip
    assert [printed(cell) for cell in listed(one).rows[0].cells] == [
        "R01-1", "male", "1 month", "d", "x", "1.6 mg/m²", "2–5", "24 hours", "10 months", "stopped"
    ]  # fmt: skip


def test_what_is_not_reported_is_a_dash():
    empty = PATIENTS.head(1).assign(
        sex=None, age_value=None, dose_value=None, level_low_ng_ml=None, follow_up_months=None,
        treatment_status=None, response_time_value=None,
    )  # fmt: skip
    cells = listed(empty).rows[0].cells
    assert [cells[i] for i in (1, 2, 5, 6, 7, 8, 9)] == ["–"] * 7


def test_the_data_behind_the_table_are_the_whole_clean_table():
    table = listed(PATIENTS)
    pd.testing.assert_frame_equal(table.data, PATIENTS)
    time = table.rows[0].cells[7]
    assert (time.value, time.unit) == (PATIENTS["response_time_value"][0], "weeks")


def test_courses_stand_in_a_block_per_group_first_response_on_top():
    shown = names(draw(COURSES, GROUPS))
    assert len(shown) == 27
    assert [shown.index(name) for name in GROUPS.values()] == [0, 16]
    tumours = COURSES[COURSES["group"] == "tumour"]
    assert shown[1:16] == tumours["patient_id"].tolist()
    assert tumours["event_time"].is_monotonic_increasing


@pytest.mark.parametrize("number", [0, 1, 3, 6])
def test_every_patient_has_a_course_whatever_the_groups(number):
    groups = {name: f"Type {name}" for name in PATIENTS["type"].unique()[:number]}
    found = swimmer.courses(PATIENTS, "type", groups, MONTH)
    shown = names(draw(found, groups))
    rest = "In no group" if groups else "All patients"
    others = rest in shown
    assert others == found["group"].isna().any()
    assert set(shown) == {*PATIENTS["patient_id"], *groups.values(), *[rest] * others}
    assert len(shown) == 25 + number + others


def test_a_group_without_patients_has_no_block_and_takes_no_colour():
    groups = {"none": "Nobody", "malformation": "Malformations"}
    found = swimmer.courses(PATIENTS, "anomaly", groups, MONTH)
    axes = draw(found, groups).axes[0]
    assert "Nobody" not in names(axes.figure)
    assert to_hex(axes.patches[0].get_facecolor()) == style.GROUP_STYLES[1][0].lower()


def test_the_axis_is_what_the_call_says():
    axes = swimmer.draw_courses(
        COURSES, GROUPS, xlabel="Weeks of treatment", ticks=[0, 8, 999]
    ).axes[0]
    assert axes.get_xlabel() == "Weeks of treatment"
    assert list(axes.get_xticks()) == [0, 8]


@pytest.mark.parametrize("unit", sorted(swimmer.TICKS))
def test_courses_in_any_unit_have_ticks_that_can_be_told_apart(unit):
    found = swimmer.courses(PATIENTS, "anomaly", GROUPS, MONTH, unit)
    hours = float(hours_in(unit, MONTH))
    assert found["event_time"].median() * hours == COURSES["event_time"].median() * 168
    axes = swimmer.draw_courses(found, GROUPS, unit, swimmer.TICKS[unit]).axes[0]
    ticks = list(axes.get_xticks())
    places = [tick**0.5 / axes.get_xlim()[1] ** 0.5 for tick in ticks]
    assert 4 <= len(ticks) <= 12 and ticks[0] == 0 and places[-1] > 0.6
    assert min(b - a for a, b in pairwise(places)) > 0.035
    assert swimmer.described(found, GROUPS) == swimmer.described(COURSES, GROUPS)


def test_more_than_fifty_patients_have_no_bars_of_their_own():
    many = pd.concat([PATIENTS.assign(patient_id=[f"{i}-{p}" for p in PATIENTS["patient_id"]])
                      for i in range(3)], ignore_index=True)  # fmt: skip
    found = swimmer.courses(many, "anomaly", GROUPS, MONTH)
    figure = draw(found, GROUPS)
    assert "75 patients, too many for a bar each" in figure.axes[0].get_title(loc="left")
    assert figure.get_size_inches()[1] < 5


@pytest.mark.parametrize("foot", ["", "Reconstructed data"])
def test_figures_keep_the_width_of_the_text_block(foot):
    figure = draw(COURSES, GROUPS)
    if foot:
        style.foot(figure, foot)
    # 16 cm are 453.54 points, in which text keeps its size.
    assert 'width="453.5' in FigureOutput(figure).svg.partition(">")[2][:2000]


def test_the_page_shows_figures_larger_than_print():
    svg = figures.inline_svg('<svg xmlns="http://www.w3.org/2000/svg" width="100pt"/>', "a", "b")
    assert 'width="130.00pt"' in svg


def test_small_print_stands_below_everything_else():
    figure, axes = plt.subplots()
    axes.set_xlabel("a label\nof two lines")
    style.foot(figure, "note")
    figure.draw_without_rendering()
    note = figure.texts[-1].get_window_extent()
    assert note.y1 <= axes.xaxis.label.get_window_extent().y0
    plt.close(figure)
