"""The appraisal of each report: what is refused, what is counted, and what the lights show."""

import pandas as pd
import pytest

from case_review.analyses import appraisal, traffic_light
from case_review.data import reading
from case_review.data.problems import DataError
from case_review.data.schema import SHOWN
from case_review.exhibits import plain

REPORTS = ["Götz (2023)", "Sato 2020", "007"]
ASKED = {"1": "Treatment well ascertained", "2": "Other causes ruled out"}
GIVEN = {
    "Götz (2023)": ("yes", "no"),
    "Sato 2020": ("partly", "unclear"),
    "007": ("yes", "not applicable"),
}


def answers(**changes):
    """Answers of three reports to two questions; `changes` are cells by `column_row`."""
    rows = [
        {"report_id": report, "tool": "murad", "item": item, "question": ASKED[item],
         "answer": GIVEN[report][int(item) - 1], "reason": ""}
        for report in REPORTS
        for item in ASKED
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(SHOWN["appraisal"].columns))
    for place, cell in changes.items():
        column, _, row = place.rpartition("_")
        frame.loc[int(row) - 2, column] = cell
    return frame


def refused(frame, reports=REPORTS):
    with pytest.raises(DataError) as error:
        appraisal.checked(frame, reports)
    return str(error.value)


def test_sound_answers_pass_as_they_are():
    frame = answers()
    pd.testing.assert_frame_equal(appraisal.checked(frame, REPORTS), frame)
    assert appraisal.checked(frame[:0], REPORTS).empty


def test_an_unknown_answer_names_its_row_and_what_may_stand_there():
    said = refused(answers(answer_4="perhaps"))
    assert "appraisal.csv" in said and "row 4" in said and "perhaps" in said
    assert "yes, partly, no, unclear, not applicable" in said


def test_an_empty_cell_says_what_belongs_there():
    assert "What is asked" in refused(answers(question_3=""))


def test_an_answer_in_capitals_is_told_in_the_spelling_that_is_meant():
    assert "not applicable. Is 'partly' meant?" in refused(answers(answer_4="Partly"))


def test_a_report_that_is_none_is_told():
    said = refused(answers(report_id_2="Gotz 2023"))
    assert "Gotz 2023" in said and "no such report" in said


def test_a_question_in_other_words_is_told():
    said = refused(answers(question_5="Other causes"))
    assert "row 3 asks question 2 of murad in other words: Other causes ruled out" in said


def test_a_report_without_an_answer_is_told_with_the_questions():
    said = refused(answers()[:-1])
    assert "007 has no answer to 2 of murad" in said
    said = refused(answers(), [*REPORTS, "Lind 2018"])
    assert "Lind 2018 has no answer to 1, 2 of murad" in said


def test_the_grid_keeps_the_order_of_the_file():
    table = appraisal.grid(answers(), "murad")
    assert list(table.index) == REPORTS
    assert list(table.columns) == ["1", "2"]
    assert table.loc["Sato 2020", "2"] == "unclear"


def test_every_report_is_counted_under_each_question():
    counted = appraisal.counts(appraisal.grid(answers(), "murad"))
    assert {word: count.n for word, count in counted["1"].items()} == {
        "yes": 2, "partly": 1, "no": 0, "unclear": 0, "not applicable": 0,
    }  # fmt: skip
    assert all(sum(count.n for count in one.values()) == 3 for one in counted.values())
    assert all(count.of == 3 for one in counted.values() for count in one.values())
    first, _ = appraisal.rows(ASKED, counted)
    assert first.cells[:2] == ["1", "Treatment well ascertained"]
    assert [cell.n for cell in first.cells[2:]] == [2, 1, 0, 0, 0]


@pytest.mark.parametrize("narrow", [False, True])
def test_each_light_has_the_colour_and_the_sign_of_its_answer(narrow):
    figure = traffic_light.draw_lights(appraisal.grid(answers(), "murad"), "Question", narrow)
    (axes,) = figure.axes
    signs = {text.get_position(): text.get_text() for text in axes.texts}
    assert [signs[0, row] for row in (0, -1, -2)] == ["+", "~", "+"]
    assert [signs[1, row] for row in (0, -1, -2)] == ["−", "?", ""]
    lights = {
        tuple(spot): collection.get_label()
        for collection in axes.collections
        for spot in collection.get_offsets().astype(int).tolist()
    }
    assert lights[1, 0] == "no" and lights[1, -2] == "not applicable"
    assert [label.get_text() for label in axes.get_yticklabels()] == REPORTS
    assert len({colour for colour, _ in traffic_light.LIGHTS.values()}) == 5


@pytest.mark.parametrize("narrow", [False, True])
def test_the_bars_of_a_question_add_up_to_all_reports(narrow):
    table = appraisal.grid(answers(), "murad")
    figure = traffic_light.draw_shares(table, ASKED, "Reports", narrow)
    (axes,) = figure.axes
    widths = {}
    for bar in axes.patches:
        place = round(bar.get_y() + bar.get_height() / 2)
        widths[place] = widths.get(place, 0) + bar.get_width()
    assert widths == pytest.approx({0: 1, -1: 1})
    (legend,) = figure.legends
    assert len(legend.texts) == 5
    assert plain.coordinates(figure) is not None


def test_the_raw_tables_are_judged_where_there_is_an_appraisal(tmp_path):
    (tmp_path / "reports.csv").write_text(
        "report_id,kind,n_patients,adverse_events_reported,provenance\n"
        "Sato 2020,publication,1,no,extracted\n",
        encoding="utf-8",
    )
    assert appraisal.of_raw(reading.attempt(tmp_path)[0]) == []
    answers().to_csv(tmp_path / "appraisal.csv", index=False)
    found = appraisal.of_raw(reading.attempt(tmp_path)[0])
    assert {problem.value for problem in found} == {"Götz (2023)", "007"} and len(found) == 4
    answers()[2:4].to_csv(tmp_path / "appraisal.csv", index=False)
    assert appraisal.of_raw(reading.attempt(tmp_path)[0]) == []
