"""Adverse events against the printed numbers; patients are counted once."""

import pandas as pd
import pytest
from descriptive_data import VALUES, disagreements, printed, read

from case_review.analyses import safety, safety_figure
from case_review.errors import ReviewError

EVENTS, LISTED = read("adverse_events"), VALUES["safety"]["effects"]
KNOWN = safety.denominators(read("reports"))
FOUND = safety.effects(EVENTS, LISTED, KNOWN.patients_with)
ANY = safety.overall(EVENTS, read("posters"))


def all_results():
    yield from safety.denominator_results(KNOWN)
    yield from safety.effect_results(FOUND, ANY, KNOWN.patients_with, 0.95)
    yield from safety.reported_results(EVENTS, read("patients"), VALUES["safety"]["infection"])


def test_every_printed_number_is_reproduced():
    claims = printed("safety.")
    assert len(claims) >= 20
    assert disagreements(claims, all_results()) == {}


def test_a_review_without_any_safety_data_is_refused():
    silent = read("reports").assign(adverse_events_reported="no")
    with pytest.raises(ReviewError, match="adverse_events_reported: no report gives information"):
        safety.denominators(silent)


def test_denominators_any_and_none():
    assert (KNOWN.patients_with, KNOWN.patients_without, KNOWN.reports_without) == (60, 24, 6)
    texts = {result["id"]: result["text"] for result in all_results()}
    assert texts["safety.any_event"] == "20 (33.3%)"
    assert texts["safety.no_event"] == "40 (66.7%)"
    assert texts["safety.stopped_dose"] == "1.6 mg/m²/day"


def test_exact_limits_and_bounds():
    # R: binom.test(12, 60)$conf.int is 0.1078 to 0.3233.
    table = safety.coordinates(FOUND, ANY, KNOWN, 0.95).set_index("effect")
    sores = table.loc["mouth_sores"]
    assert sores["low"] == pytest.approx(0.1078, abs=5e-5)
    assert sores["high"] == pytest.approx(0.3233, abs=5e-5)
    assert (sores["least"], sores["most"]) == (12 / 84, 36 / 84)


def test_one_patient_with_three_infections_counts_once():
    infections = next(effect for effect in FOUND if effect.id == "infections")
    assert (infections.n, infections.episodes) == (3, 5)


def test_silence_is_not_none():
    table = safety.table(FOUND, ANY, KNOWN, VALUES["safety"]["categories"], 0.95)
    asthenia = next(row for row in table.rows if row.cells[0] == "Asthenia")
    assert asthenia.cells[1] == "not mentioned"
    assert [row.cells[0] for row in table.rows[:4]] == [
        "Any adverse event", "Clinical", "Mouth sores", "Infections"
    ]  # fmt: skip


def test_an_event_that_is_not_listed_is_refused():
    other = pd.concat([EVENTS, EVENTS.tail(1).assign(event="alopecia")])
    with pytest.raises(ReviewError, match=r"found alopecia, expected one of safety\.effects"):
        safety.effects(other, LISTED, 60)


def test_more_patients_than_gave_information_are_refused():
    with pytest.raises(ReviewError, match="mouth_sores: 12 patients, expected at most the 11"):
        safety.effects(EVENTS, LISTED, 11)


def test_the_figure_says_what_line_and_bar_mean():
    points = safety.coordinates(FOUND, ANY, KNOWN, 0.95)
    figure = safety_figure.draw(points, VALUES["safety"]["categories"], 0.95)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts.count("Exact 95% CI") == texts.count("Bounds for all patients") == 1
    assert "12/60" in texts
