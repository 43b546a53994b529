"""The band of a Kaplan–Meier curve is drawn at exactly the times at which the table has limits."""

import math
from itertools import pairwise

import matplotlib.pyplot as plt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from case_review.analyses import km_figure
from case_review.exhibits import steps
from case_review.project import Project
from case_review.rendering import interactive
from case_review.rendering.cells import Exhibit
from case_review.statistics import survival

#: Weeks to response in two groups whose last patient responds long after the one before.
MALFORMATIONS = [0.14, 0.14, 0.4, 0.6, 0.8, 0.8, 0.9, 0.9, 10, 26]
TUMOURS = [0.6, 0.8, 1, 1, 2, 2, 3, 4, 6, 8, 10, 10, 12, 13, 21.7]
SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'
NAMES = ("estimate", "lower", "upper")


def fitted(weeks, event=None, conf_type="log"):
    return survival.kaplan_meier(weeks, event or [1] * len(weeks), conf_type=conf_type)


def _between(km):
    """A time within each step of the curve, and one beyond its end."""
    times = sorted({0.0, *km.curve["time"]})
    middles = [(sooner + later) / 2 for sooner, later in pairwise(times)]
    return [*middles, times[-1] + 1]


def in_print(km, few_at_risk):
    """What the drawn band covers, as boxes: from, to, lowest, highest."""
    figure, axes = plt.subplots()
    km_figure._curve(axes, km, ("red", "-"), few_at_risk, 0.2)
    boxes = []
    for path in (path for band in axes.collections for path in band.get_paths()):
        corners = path.vertices.tolist()
        times = sorted({x for x, _ in corners})
        for start, end in pairwise(times):
            level = [
                a[1]
                for a, b in pairwise(corners)
                if a[1] == b[1] and min(a[0], b[0]) <= start and max(a[0], b[0]) >= end
            ]
            boxes.append((start, end, min(level), max(level)))
    plt.close(figure)
    return boxes


def on_the_page(km, folder):
    """What the areas of the Vega chart cover, whose steps hold until the next row."""
    project = Project(folder)
    project.exhibits.mkdir(parents=True, exist_ok=True)
    data = km_figure.coordinates({"a": km}, {"a": "A"})
    data.to_csv(project.exhibits / "fig-km.csv", index=False)
    found = interactive.survival(project, Exhibit("05_response", "fig-km", svg=SVG))
    rows = [*(row for row in found["rows"] if "stretch" in row), *found["ends"]]
    boxes = []
    for stretch in {row["stretch"] for row in rows}:
        own = [row for row in rows if row["stretch"] == stretch]
        assert all(row["group"] == "a" for row in own)
        for row, later in pairwise(own):
            boxes.append((row["time"], later["time"], row["lower"], row["upper"]))
    return boxes


def check(km, boxes, tolerance):
    for when in _between(km):
        told = km.with_event(when)
        drawn = [box[2:] for box in boxes if box[0] < when < box[1]]
        if math.isnan(told.lower):
            assert drawn == [] and math.isnan(told.upper), f"drawn at {when}, where no limit is"
        else:
            assert drawn == [pytest.approx((told.lower, told.upper), abs=tolerance)], when


WEEKS = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=12)


@settings(max_examples=80)
@given(WEEKS, st.sampled_from(["log", "log-log", "plain"]), st.sampled_from([0, 3, 99]))
@example([(round(10 * week), True) for week in MALFORMATIONS], "log", 5)
@example([(2, True), (2, True)], "log", 0)
@example([(1, False), (2, True), (3, False)], "log-log", 0)
def test_the_drawn_band_covers_the_times_at_which_the_table_has_limits(patients, conf_type, few):
    weeks, event = zip(*patients, strict=True)
    km = fitted(list(weeks), [int(one) for one in event], conf_type)
    check(km, in_print(km, few), 1e-12)


@settings(max_examples=40)
@given(WEEKS, st.sampled_from(["log", "log-log", "plain"]))
@example([(round(10 * week), True) for week in TUMOURS], "log")
def test_so_do_the_rows_of_the_interactive_chart(tmp_path_factory, patients, conf_type):
    weeks, event = zip(*patients, strict=True)
    km = fitted(list(weeks), [int(one) for one in event], conf_type)
    check(km, on_the_page(km, tmp_path_factory.getbasetemp() / "bands"), 1e-6)


@pytest.mark.parametrize(
    ("weeks", "before", "end", "limits"),
    [(MALFORMATIONS, 10, 26, (0.358, 0.984)), (TUMOURS, 13, 21.7, (0.557, 0.990))],
    ids=["malformations", "tumours"],
)
def test_the_last_step_with_limits_holds_until_the_last_patient(
    weeks, before, end, limits, tmp_path
):
    km = fitted(weeks)
    for boxes in (in_print(km, 5), on_the_page(km, tmp_path)):
        (last,) = (box for box in boxes if box[0] == before)
        assert last[1] == end == max(box[1] for box in boxes)
        assert last[2:] == pytest.approx(limits, abs=0.0005)


@settings(max_examples=80)
@given(WEEKS, st.sampled_from(["log", "log-log", "plain"]))
def test_limits_are_estimable_in_pairs(patients, conf_type):
    """So no band is open at one side; `steps.held` would leave it out."""
    weeks, event = zip(*patients, strict=True)
    curve = fitted(list(weeks), [int(one) for one in event], conf_type).curve
    assert (curve["lower"].isna() == curve["upper"].isna()).all()


def test_a_band_has_both_limits_and_may_have_gaps():
    times, low = [0, 1, 2, 3, 5], [0.0, 0.1, None, 0.2, 0.3]
    assert steps.held(times, low, [0.5] * 5) == [(0, 1, 2), (3, 3, 5)]
    assert steps.held(times, [0.0] * 5, [math.nan, 1, 1, 1, 1]) == [(1, 3, 5)]
    assert steps.held([4], [0.1], [0.2]) == []
