"""The words that captions ask for."""

import pandas as pd
import pytest

from case_review import formatting
from case_review.analyses import safety_figure, swimmer, words

GIVEN = {"exposure": "zinc", "exposures": ["zinc", "copper", "tin"], "condition": "rickets"}


def test_words_of_a_review():
    found = words.of(GIVEN, {"a": "B-ALL", "b": "Other leukaemia"})
    assert found["arms"] == "B-ALL and other leukaemia"
    assert found["exposures"] == "zinc, copper and tin"
    assert words.of(GIVEN | {"arms": "the Dutch and others"}, {"a": "Dutch"})["arms"] == (
        "the Dutch and others"
    )
    assert words.of(GIVEN, {})["arms"] == "all patients"
    outcome = {"event": "died", "noun": "death", "past": "died"}
    assert words.of(GIVEN, {}, outcome)["noun"] == "death"


@pytest.mark.parametrize(
    "label, said",
    [("Vascular tumours", "vascular tumours"), ("B-ALL", "B-ALL"), ("AVM, deep", "AVM, deep"),
     ("X", "X"), ("Non-small cell", "non-small cell"), ("mTOR", "mTOR")],
)  # fmt: skip
def test_labels_in_a_sentence(label, said):
    assert formatting.in_sentence(label) == said


COURSES = pd.DataFrame(
    {
        "patient_id": ["1", "2"],
        "group": ["a", "a"],
        "event_time": [2.0, 3.0],
        "end_time": [10.0, 3.0],
        "unit": "weeks",
        "follow_up_known": [True, False],
        "status": ["ongoing", None],
    }
)


def test_a_figure_of_courses_is_described_from_the_data():
    said = swimmer.described(COURSES, {"a": "Women"})
    assert "in a block for each group: women" in said and "A circle on every bar" in said
    assert "arrow" in said and "cross" not in said
    assert "every bar marks the death" in swimmer.described(COURSES, {}, "death")
    without = swimmer.described(COURSES.assign(event_time=float("nan")), {})
    assert "in one block" in without and "No bar has" in without
    many = pd.concat([COURSES] * 60, ignore_index=True)
    assert swimmer.described(many, {}).startswith("How the times to response and")


def test_a_figure_of_events_is_described_from_the_data():
    points = pd.DataFrame(
        [("", "Any adverse event", 0.5, 0.9, 0.2, 0.95), ("Clinical", "Rash", 0.1, 0.4, 0.1, 0.3)],
        columns=["block", "label", "low", "high", "least", "most"],
    )
    said = safety_figure.described(points)
    assert said.startswith("The most frequent are rash among clinical events.")
    assert "by more than chance" not in said


def test_words_hold_no_place_that_nobody_fills():
    texts = [text for text in vars(words).values() if isinstance(text, str)]
    texts += [words.of_ratio("died", known) for known in (True, False)]
    assert [text for text in texts if "{" in text] == []
    assert words.of_ratio("died", True).endswith("a group died sooner.")
    assert words.of_ratio("died", False).endswith("sooner; the print does not say which did.")
