"""Many patients: the same numbers as one by one, and no row or mark for each of them."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_review.analyses import dose_figure, response, sensitivity_figures, swimmer
from case_review.data import cells
from case_review.exhibits import Table, listing
from case_review.statistics import left_out, splits, survival, weighted

PATIENT = st.tuples(
    st.integers(0, 6), st.booleans(), st.sampled_from(["a", "b", None]), st.integers(0, 3)
)


@given(st.lists(PATIENT, min_size=2, max_size=14))
@settings(max_examples=40, deadline=None)
def test_without_each_report_as_if_it_were_not_there(patients):
    frame = pd.DataFrame(patients, columns=["time", "event", "group", "report_id"])
    columns = (frame[name] for name in ("time", "event", "group", "report_id"))
    found = left_out.without_each(*columns)
    every = [r for r in sorted(frame["report_id"].unique()) if (frame["report_id"] != r).any()]
    assert list(found) == every
    for report, one in found.items():
        rest = frame[frame["report_id"] != report]
        curve, test = survival.kaplan_meier(rest["time"], rest["event"]), response.log_rank(rest)
        assert one.n == curve.n
        ends = (("estimate", "lower", "upper"), (one.median, curve.median()))
        for name in ends[0]:
            here, there = (getattr(median, name) for median in ends[1])
            assert here == pytest.approx(there, nan_ok=True)
        assert one.test.df == test.df
        assert one.test.p == pytest.approx(test.p, nan_ok=True)


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_patients_who_are_alike_count_together(patients):
    time, event = (np.array(column) for column in zip(*patients, strict=True))
    weights = np.random.default_rng(1).integers(0, 3, (4, len(time)))
    first, kind = weighted.alike(time, event)
    merged = weighted.together(weights, kind)
    apart = weighted.restricted_moments(time.astype(float), event, weights, 4)
    same = weighted.restricted_moments(time[first].astype(float), event[first], merged, 4)
    np.testing.assert_array_equal(apart, same)


def test_samples_of_many_are_those_of_few(monkeypatch):
    kinds = [np.array([0, 1, 1, 0, 2]), np.array([0, 0, 1])]
    whole = weighted.resampled_kinds(kinds, 50, 3)
    monkeypatch.setattr(weighted, "_KEPT", 20)  # so that they are drawn in parts
    for one, other in zip(whole, weighted.resampled_kinds(kinds, 50, 3), strict=True):
        np.testing.assert_array_equal(one, other)
    assert whole[0][0].tolist() == [2, 2, 1]


def test_random_splits_are_hypergeometric():
    often, sizes = np.array([4, 1, 5]), (3, 5, 2)
    drawn = list(splits.random_splits(often, sizes, 20_000, np.random.default_rng(2)))
    parts = [np.vstack(part) for part in zip(*drawn, strict=True)]
    assert (sum(parts) == often).all()
    for part, size in zip(parts, sizes, strict=True):
        assert (part.sum(axis=1) == size).all()
        assert part.mean(axis=0) == pytest.approx(size * often / 10, abs=0.03)
        share = often / 10
        spread = size * share * (1 - share) * (10 - size) / 9
        assert part.var(axis=0) == pytest.approx(spread, abs=0.03)


def test_each_asks_once():
    asked = []

    def test(value):
        asked.append(value)
        return value == "x"

    assert cells.each(pd.Series(["x", "y", "x"], index=[5, 6, 7]), test).tolist() == [1, 0, 1]
    assert sorted(asked) == ["x", "y"]


def patients(n):
    return pd.DataFrame(
        {
            "patient_id": [f"p{i}" for i in range(n)],
            "anomaly": ["tumour", "malformation"] * (n // 2) + ["tumour"] * (n % 2),
            "dose_value": 1.6, "dose_unit": "mg/m2/day",
            "level_low_ng_ml": 5.0, "level_high_ng_ml": np.resize([15.0, 10.0, math.nan], n),
            "time_hours": np.arange(1, n + 1) * 24, "event": 1,
            "follow_up_months": 6.0, "treatment_status": "ongoing",
        }
    )  # fmt: skip


GROUPS = {"tumour": "Tumours", "malformation": "Malformations"}


def written(figure):
    texts = [
        text.get_text()
        for axes in figure.axes
        for text in (*axes.texts, axes.title, axes._left_title)
    ]
    texts += [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    texts += [figure._suptitle.get_text()] if figure._suptitle else []
    plt.close(figure)
    return " | ".join(texts)


@pytest.mark.parametrize("n", [listing.MOST_DRAWN, listing.MOST_DRAWN + 1])
def test_more_than_a_page_has_room_for_have_no_marks_of_their_own(n):
    courses = swimmer.courses(patients(n), "anomaly", GROUPS, 30.4375)
    said = written(swimmer.draw_courses(courses, GROUPS, "Weeks", [0, 4]))
    assert ("too many for a bar each" in said) == (n > listing.MOST_DRAWN) == ("p7" not in said)
    points = dose_figure.dose_points(patients(n), "anomaly", GROUPS)
    titles = {"dose_title": "{unit}", "level_title": "Level", "level_label": "ng/ml"}
    said = written(dose_figure.draw_doses(points, [], [], GROUPS, **titles))
    assert ("Too many patients" in said) == (n > listing.MOST_DRAWN) == ("n\u00a0=" in said)


def test_dose_points_are_those_of_each_patient_in_order():
    given = patients(3).assign(
        dose_value=[1.6, math.nan, 2.0], level_low_ng_ml=[5.0, 1.0, math.nan]
    )
    found = dose_figure.dose_points(given, "anomaly", GROUPS)
    assert found["patient_id"].tolist() == ["p0", "p0", "p1", "p2"]
    assert found["panel"].tolist() == ["mg/m2/day", "level", "level", "mg/m2/day"]
    assert found["low"].tolist() == [1.6, 5.0, 1.0, 2.0]


def test_condensed_counts_and_quartiles():
    frame = pd.DataFrame({"sex": ["f", "f", "m", None], "age": [1.0, 2.0, 3.0, math.nan]})
    own = {
        "All": frame["sex"].isin(["f", "m", None]),
        "First": pd.Series([True, True, False, False]),
    }
    rows = listing.condensed({"Sex": frame["sex"], "Age": frame["age"]}, own)
    shown = [[getattr(cell, "cell", cell) for cell in row.cells] for row in rows]
    assert shown[0] == ["Cases, n", "4", "2"] and shown[1] == ["Sex"]
    assert [row[0] for row in shown[2:5]] == ["f", "m", "Not reported"]
    assert [cell.n for cell in rows[2].cells[1:]] == [2, 2] and rows[4].cells[2].n == 0
    assert shown[5] == ["Age", "2 (1.5–2.5), n\u00a0=\u00a03", "1.5 (1.25–1.75), n\u00a0=\u00a02"]
    Table(["", *own], rows).markdown()


def test_of_many_reports_the_most_extreme_are_drawn():
    n = listing.MOST + 50
    rows = pd.DataFrame({"name": [f"r{i}" for i in range(n)], "p": np.linspace(0, 1, n)})
    rows = pd.concat([rows, pd.DataFrame({"name": ["All"], "p": [0.5]})], ignore_index=True)
    kept = sensitivity_figures.most_changed(rows, row="name", main="All", estimates=["p"])
    assert len(kept) == 21 and kept["name"].iloc[-1] == "All"
    assert {"r0", f"r{n - 1}"} < set(kept["name"]) and "r75" not in set(kept["name"])
    few = rows.iloc[:50]
    assert sensitivity_figures.most_changed(few, row="name", main="All", estimates=["p"]) is few
