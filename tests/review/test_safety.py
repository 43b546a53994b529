"""Adverse events against the printed numbers; patients are counted once."""

import pandas as pd
import pytest
from descriptive_data import RAW, disagreements, printed, read
from notebook_cells import run_cells

from case_review.analyses import safety, safety_figure
from case_review.errors import ReviewError
from case_review.reconstruction import counted, specification
from case_review.values import Count, Range, ends, one_of

EVENTS = read("adverse_events")
ENDS = counted.ends(specification.read(RAW))


@pytest.fixture(scope="module")
def ran():
    return run_cells("04_safety")


def with_events(*rows, **changes):
    """The notebook's results after rows of events were added, or a column was changed."""
    added = [EVENTS.tail(1).assign(**row) for row in rows]
    return run_cells("04_safety", {"adverse_events": pd.concat([EVENTS, *added]).assign(**changes)})


def cells(ran, label):
    return next(r.cells for r in ran.tables["tbl-adverse-events"].rows if r.cells[0] == label)


def test_every_printed_number_is_reproduced(ran):
    claims = printed("safety.")
    assert len(claims) >= 20
    assert disagreements(claims, ran.recorded) == {}


def test_events_without_a_report_that_speaks_of_them_are_refused():
    silent = read("reports").assign(adverse_events_reported="no")
    with pytest.raises(ReviewError, match="adverse_events_reported: no report gives information"):
        run_cells("04_safety", {"reports": silent})


def test_a_review_without_any_safety_data_says_so_in_table_and_figure():
    silent = read("reports").assign(adverse_events_reported="no")
    posters = read("posters").query("variable != 'adverse_events'")
    given = {"reports": silent, "adverse_events": EVENTS[:0], "posters": posters}
    ran = run_cells("04_safety", given)
    for label in ("tbl-adverse-events", "tbl-adverse-events-groups"):
        (row,) = ran.tables[label].rows
        assert row.cells == ["No report gives information on adverse events."]
    assert "fig-adverse-events" in ran.figures
    assert "safety.any_event" not in ran.results
    assert ran.results["safety.patients_without_data"].n == 84


def test_events_by_group_count_identified_patients_once():
    patients = pd.DataFrame({"patient_id": ["1", "2", "3"]})
    events = pd.DataFrame(
        {"patient_id": ["1", "1", "3", None], "event": ["rash", "rash", "fever", "rash"]}
    )
    arms = {"One": pd.Series([True, True, False]), "Two": pd.Series([False, False, True])}
    effects = {"rash": "Rash", "fever": "Fever", "pain": "Pain"}
    rows = safety.by_group(events, patients, arms, effects)
    assert [[getattr(c, "cell", c) for c in row.cells] for row in rows] == [
        ["Any adverse event", "1 (50.0)", "1 (100.0)"],
        ["Rash", "1 (50.0)", "0"],
        ["Fever", "0", "1 (100.0)"],
    ]


def test_denominators_any_and_none(ran):
    texts = {id: result.text for id, result in ran.results.items()}
    assert texts["safety.patients_with_data"] == "60 (71.4%)"
    assert texts["safety.patients_without_data"] == "24 (28.6%)"
    assert texts["safety.reports_without_data"] == "6"
    assert texts["safety.any_event"] == "20 (33.3%)"
    assert texts["safety.no_event"] == "40 (66.7%)"
    assert texts["safety.stopped_dose"] == "1.6 mg/m²/day"


def test_exact_limits_and_bounds(ran):
    # R: binom.test(12, 60)$conf.int is 0.1078 to 0.3233.
    point, limits, *_, bounds = cells(ran, "Mouth sores")[1:]
    assert (point.cell, limits.cell, bounds.cell) == ("12 (20.0)", "10.8–32.3", "14.3–42.9")
    assert point.whole.low == pytest.approx(0.1078, abs=5e-5)
    assert point.whole.high == pytest.approx(0.3233, abs=5e-5)
    assert bounds == Range(100 * 12 / 84, 100 * 36 / 84, "%", digits=1)


def test_the_actions_of_the_row_of_any_event_are_printed_and_of_single_events_open():
    known = read("standing").set_index("result_id")
    known = known.drop(index=[id for id in ENDS if id in known.index])
    rows = [
        {"result_id": id, "standing": one.standing, "value": one.value, "half": one.half}
        | ({"least": one.spread.least, "most": one.spread.most} if one.spread else {})
        for id, one in ENDS.items()
        if id.startswith(("safety.dose", "safety.stopped"))
    ]
    ran = run_cells("04_safety", {"standing": pd.concat([known.reset_index(), pd.DataFrame(rows)])})
    nb = ran.names["nb"]
    shown = {label: [nb._known_cell(c) for c in cells(ran, label)[4:6]] for label in
             ("Any adverse event", "Mouth sores", "Headache")}  # fmt: skip
    texts = {label: [cell.cell for cell in found] for label, found in shown.items()}
    assert texts == {
        "Any adverse event": ["4", "1"], "Mouth sores": ["[0–4]", "1"], "Headache": ["[0–1]", "0"]
    }  # fmt: skip
    stands = {label: [ends(cell)["standing"] for cell in found] for label, found in shown.items()}
    assert stands == {
        "Any adverse event": ["printed", "printed"],
        "Mouth sores": ["varies", "printed"],
        "Headache": ["varies", "determined"],
    }
    assert "does not say for which event" in ran.shown["tbl-adverse-events"]


def test_extracted_rows_give_plain_counts_by_event():
    tables = {
        name: read(name).assign(provenance="extracted")
        for name in ("reports", "patients", "posters", "adverse_events")
    }
    ran = run_cells("04_safety", tables)
    n = safety.patients_in(
        EVENTS[(EVENTS["event"] == "mouth_sores") & (EVENTS["action"] == "dose reduced")]
    )
    found = ran.results["safety.dose_reduced.mouth_sores"]
    assert (found.value, found.standing, found.least) == (n, "extracted", None)
    text = ran.shown["tbl-adverse-events"]
    assert not any(mark in text for mark in ("^p^", "^d^", "^v^", "agrees with the print"))
    assert "does not say for which event" not in text


def test_counts_and_limits_in_the_table_lead_to_their_results(ran):
    kept = ran.names["nb"]._tables["tbl-adverse-events"]["cells"]
    assert [c["result"] for c in kept if c["row"] == 0][:2] == ["safety.any_event"] * 2
    assert [c["result"] for c in kept if c["row"] == 3][:3] == [
        "safety.event.infections", "safety.event.infections", "safety.episodes.infections"
    ]  # fmt: skip


def test_one_patient_with_three_infections_counts_once(ran):
    assert ran.results["safety.event.infections"].value == 3
    assert ran.results["safety.episodes.infections"].value == 5


def test_silence_is_not_none(ran):
    (note,) = (text for _, text in ran.tables["tbl-adverse-events"].notes if "Asthenia" in text)
    assert note.startswith("Not mentioned in any report: ") and "may not have been looked" in note
    shown = {row.cells[0] for row in ran.tables["tbl-adverse-events"].rows}
    assert "Asthenia" not in shown and not any(label in note for label in shown)
    assert [row.cells[0] for row in ran.tables["tbl-adverse-events"].rows[:4]] == [
        "Any adverse event", "Clinical", "Mouth sores", "Infections"
    ]  # fmt: skip


def test_an_event_that_is_not_listed_is_refused():
    with pytest.raises(ReviewError, match=r"found alopecia, expected one of safety\.effects"):
        with_events({"event": "alopecia"})


def test_more_patients_than_gave_information_are_refused():
    with pytest.raises(ReviewError, match="mouth_sores: 12 patients, expected at most the 11"):
        safety.check_events(EVENTS, EVENTS["event"].unique(), 11)


def test_no_event_at_all_is_a_row_of_none():
    posters = read("posters")
    posters = posters[posters["level"] != "any"]
    ran = run_cells("04_safety", {"adverse_events": EVENTS.iloc[:0], "posters": posters})
    assert ran.results["safety.any_event"].text == "0 (0.0%)"
    assert ran.results["safety.effects_not_mentioned"].value == 18
    assert cells(ran, "Any adverse event")[1].cell == "0"
    assert [t.get_text() for t in ran.figures["fig-adverse-events"].axes[0].get_yticklabels()] == [
        "Any adverse event"
    ]
    assert "safety.infections_continued" not in ran.results


def test_an_event_without_action_counts_as_neither():
    ran = with_events(action=None)
    assert ran.results["safety.dose_reduced"].value == ran.results["safety.stopped"].value == 0
    assert [one_of(cell) for cell in cells(ran, "Mouth sores")[4:6]] == [Count(0), Count(0)]
    assert [cell.cell for cell in cells(ran, "Any adverse event")[4:6]] == ["0", "0"]
    assert "safety.stopped_dose" not in ran.results


def test_a_term_of_any_spelling_has_an_id():
    # Three patients of a report in each row.
    ran = with_events(
        {"event_reported": "Mundgeschwür, Größe > 1 cm", "n_patients": 3},
        {"event_reported": "MUNDGESCHWÜR,  größe > 1 cm", "n_patients": 3},
    )
    assert ran.results["safety.reported.mundgeschwur_grosse_gt_1_cm"].value == 6
    ran = with_events({"event_reported": "≥", "n_patients": 3})
    assert ran.results["safety.reported.ge"].value == 3


def test_terms_that_read_alike_are_told_apart():
    ran = with_events(
        {"event_reported": "fever (mild)", "n_patients": 3},
        {"event_reported": "fever: mild", "n_patients": 2},
    )
    found = {id: one.value for id, one in ran.results.items() if ".fever_mild" in id}
    assert sorted(found.values()) == [2, 3] and "safety.reported.fever_mild" not in found


def test_the_figure_says_what_line_and_bar_mean(ran):
    axes = ran.figures["fig-adverse-events"].axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert texts.count("Exact 95% CI") == texts.count("Bounds for all patients") == 1
    assert "12/60" in texts
    assert axes.get_xlabel() == "Patients with the event (%)"


def test_the_figure_draws_each_proportion_with_its_limits():
    row = {"block": "", "label": "a", "n": 12, "of": 60, "proportion": 0.2, "low": 0.1, "high": 0.3}
    points = pd.DataFrame([row, row | {"block": "B", "n": 3, "proportion": 0.05, "low": 0.01}])
    figure = safety_figure.draw_proportions(points.assign(least=0.1, most=0.4), "x", "line", "bar")
    axes = figure.axes[0]
    dots = {
        tuple(dot) for line in axes.lines for dot in line.get_xydata() if line.get_marker() == "o"
    }
    assert dots == {(20, 0), (5, -2)}
    spans = sorted(tuple(line.get_xdata()) for line in axes.lines if line.get_marker() != "o")
    assert [tuple(span) for span in spans] == [pytest.approx((1, 30)), pytest.approx((10, 30))]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "B", "a"]
