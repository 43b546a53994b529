"""The diagram of the selection: every step has a box, and no number is made up."""

import pandas as pd
import pytest
from descriptive_data import VALUES, read

from case_review.analyses import prisma
from case_review.errors import ReviewError

STEPS = VALUES["characteristics"]["flow"]
INCLUDED = VALUES["characteristics"]["flow_included"]


def flow(screening=None, reports=None, steps=STEPS, chosen=False, until=None):
    screening = read("screening") if screening is None else screening
    reports = read("reports") if reports is None else reports
    return prisma.flow(screening, reports, steps, INCLUDED, chosen, until)


def test_printed_numbers_stand_in_their_boxes_and_nothing_is_worked_out():
    texts = flow()["text"].tolist()
    assert texts[0].endswith("(n = 6,076)")
    assert [text.endswith("(not reported)") for text in texts[1:-1]] == [True] * 7
    assert texts[-1].splitlines()[1:] == [
        "Publications (n = 14), with 25 patients",
        "Posters (n = 9), with 59 patients",
    ]


def test_a_number_that_becomes_known_is_shown():
    screening = read("screening")
    screening.loc[screening["step"] == "excluded in full text", "n_reports"] = 30
    row = flow(screening).set_index("box").loc["excluded in full text"]
    assert row["text"] == "Reports excluded, with reasons\n(n = 30)" and row["aside"]


def with_reasons(n, total):
    """The diagram with two reasons for exclusion in full text."""
    added = pd.DataFrame({"step": ["other drug", "no patient"], "n_reports": [n, 4]})
    screening = pd.concat([read("screening"), added], ignore_index=True)
    screening.loc[screening["step"] == "excluded in full text", "n_reports"] = total
    parts = {"other drug": "Another drug", "no patient": "No single patient"}
    steps = [
        {**step, "parts": parts} if step["step"] == "excluded in full text" else step
        for step in STEPS
    ]
    return flow(screening, steps=steps).set_index("box").loc["excluded in full text", "text"]


def test_a_box_lists_its_parts():
    text = (
        "Reports excluded, with reasons\n(n = 10)\nAnother drug (n = 6)\nNo single patient (n = 4)"
    )
    assert with_reasons(6, 10) == text
    assert "Another drug (not reported)" in with_reasons(None, 10)
    with pytest.raises(ReviewError, match=r"at least 11, .* its parts \(other drug, no patient\)"):
        with_reasons(7, 10)


def test_boxes_do_not_touch_and_what_is_left_out_is_level_with_its_step():
    figure = prisma.draw_flow(flow())
    texts = {t.get_text(): t.get_position() for t in figure.axes[0].texts if t.get_text()}
    assert texts["Records screened"][1] == texts["Records excluded"][1]
    assert texts["Records screened"][0] < texts["Records excluded"][0]
    boxes = [patch.get_window_extent() for patch in figure.axes[0].patches if patch.get_width()]
    overlapping = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)]
    assert overlapping == []


def test_a_step_without_box_or_without_row_is_refused():
    with pytest.raises(ReviewError, match="row 2, column step: found 'retrieved'; it has no box"):
        flow(steps=STEPS[1:])
    screening = read("screening")
    with pytest.raises(ReviewError, match=r"the step 'not retrieved' of params\.yml .* has no row"):
        flow(screening[screening["step"] != "not retrieved"])


def test_reports_included_must_be_those_that_are_listed():
    with pytest.raises(ReviewError, match="column n_reports: found '9'; expected 8, as many"):
        flow(reports=read("reports").iloc[:-1])


def test_reports_that_are_left_out_by_choice_are_said_to_be():
    left = flow(reports=read("reports").iloc[:-1], chosen=True)
    assert "Posters (n = 8 of 9)" in left["text"].iloc[-1]


def dated(days):
    return read("reports").assign(date_added=days)


def test_an_update_shows_what_was_there_before_and_what_is_new():
    days = ["2024-12-31"] * 20 + ["2025-01-01"] * 3
    found = flow(reports=dated(days), until="2024-12-31").set_index("box")
    assert found.index[-3:].tolist() == ["new", "previous version", "included"]
    assert found.loc["new", "text"] == "New studies included\n(n = 3)"
    before = found.loc["previous version"]
    assert before["text"] == "Studies included in previous version\n(n = 20)" and before["aside"]
    for narrow in (False, True):
        prisma.draw_flow(found.reset_index(), narrow)


def test_without_days_or_without_a_day_to_divide_them_nothing_is_shown_of_an_update():
    for days, until in ((None, "2024-12-31"), ("", "2024-12-31"), ("2024-12-31", None)):
        pd.testing.assert_frame_equal(flow(reports=dated(days), until=until), flow())


def test_of_an_update_every_report_needs_its_day():
    reports = dated(["2024-12-31"] * 22 + [""])
    with pytest.raises(ReviewError, match=r"column date_added: found nothing, expected the day"):
        flow(reports=reports, until="2024-12-31")
