"""Smallest and largest counts over all data that agree with the margins, against enumeration."""

from itertools import product

import pandas as pd
import pytest
from audit_tables import claims, row

from case_review.audit.bounds import QUESTION_COLUMNS, Bound, questions, safety_bounds
from case_review.audit.claims import from_frame
from case_review.errors import ReviewError


def ask(together, population="publications", facts=(), **options):
    cells = [["question", "q", "Topic", "Question", population, together, ""]]
    cells += [["fact", f"f{i}", "", "", *fact] for i, fact in enumerate(facts)]
    made = pd.DataFrame(cells, columns=QUESTION_COLUMNS)
    (answer,) = questions(claims(**options), made, "questions.csv")
    return answer.low, answer.high, answer.of


def test_two_margins_give_the_bounds_of_frechet():
    # publications: 7 male and 9 female of 16; 11 of kind A, 5 of kind B
    assert ask("table1.sex.male & table1.type.a") == (2, 7, 16)
    assert ask("table1.sex.female & table1.type.b") == (0, 5, 16)


def test_populations_are_bounded_apart_and_added():
    # posters: 12 male of 24, 18 of kind A: at least 6
    assert ask("table1.sex.male & table1.type.a", "publications + posters") == (8, 19, 40)


def test_subcategories_and_alternatives_are_sums():
    assert ask("table1.type.a.solid | table1.type.b") == (9, 9, 16)
    assert ask("table1.sex.male & table1.type.a.solid | table1.type.b") == (0, 7, 16)


def test_a_fact_from_the_text_narrows_the_bounds():
    fact = ("publications", "table1.sex.female & table1.type.b", "results.stopped.all.n")
    assert ask("table1.sex.male & table1.type.b", facts=[fact]) == (0, 1, 16)
    # the fact concerns sex, so it reaches a question about sex and age, but narrows nothing there
    assert ask("table1.sex.male & table1.age.young", facts=[fact]) == (0, 3, 16)


def test_margins_that_contradict_each_other_are_refused():
    change = {"table1.sex.male.publications.n": {"value": 8}}
    with pytest.raises(ReviewError, match="sum to different totals in publications"):
        ask("table1.sex.male & table1.type.a", changes=change)
    fact = ("publications", "table1.sex.male & table1.type.b", "results.known.all.n")
    with pytest.raises(ReviewError, match="no data set agrees"):
        ask("table1.sex.male & table1.type.b", facts=[fact])
    with pytest.raises(ReviewError, match="prints no categories"):
        ask("table1.colour.red")


def test_an_answer_says_what_is_determined():
    known, open_ = Bound("a", "T", "One", 3, 3, 10), Bound("b", "T", "Two", 0, 4, 9, "reports")
    assert (known.prose, known.cell) == ("3", "determined: 3")
    assert open_.prose == open_.cell == "between 0 and 4"
    fields = ("value", "low", "high", "of", "unit")
    assert [known.fields()[name] for name in fields] == [3, 3, 3, 10, "patients"]
    assert [open_.fields()[name] for name in fields] == [None, 0, 4, 9, "reports"]


SAFETY = {"first_reports": 3, "second_reports": 2, "first_patients": 5, "second_patients": 6,
          "missing_reports": 2, "missing_patients": 4, "no_event": 4}  # fmt: skip
EVENTS = {"fever": 2, "pain": 2}


def safety_answers(known=0):
    numbers = {**SAFETY, **EVENTS, "known": known}
    rows = [row(f"r.{key}.all.n", n, "Results", "subset") for key, n in numbers.items()]
    ids = {key: f"r.{key}.all.n" for key in numbers}
    return safety_bounds(
        from_frame(pd.DataFrame(rows)),
        {key: ids[key] for key in SAFETY},
        {key: ids[key] for key in EVENTS},
        {"fever": ids["known"]} if known else {},
        "first",
    )


def safety(known=0):
    answers = safety_answers(known)
    return {bound.id.removeprefix("safety_"): (bound.low, bound.high) for bound in answers}


def test_every_answer_says_of_how_many():
    of = {bound.id.removeprefix("safety_"): (bound.of, bound.unit) for bound in safety_answers()}
    everybody = SAFETY["first_patients"] + SAFETY["second_patients"]
    assert of.pop("reports_missing") == (SAFETY["first_reports"], "reports")
    with_data = everybody - SAFETY["missing_patients"]
    assert of.pop("any_event_all") == (with_data, "patients") and with_data < everybody
    assert set(of.values()) == {(SAFETY["first_patients"], "patients")} and len(of) == 4
    assert all(bound.high <= bound.of for bound in safety_answers())


def enumerate_safety(known=0):
    """All ways to place the counts, by brute force."""
    s, found = SAFETY, []
    any_all = s["first_patients"] + s["second_patients"] - s["missing_patients"] - s["no_event"]
    ranges = [range(s["missing_reports"] + 1), range(s["missing_patients"] + 1),
              range(s["no_event"] + 1), range(any_all + 1),
              *(range(n + 1) for n in EVENTS.values())]  # fmt: skip
    for reports, missing, without, some, *events in product(*ranges):
        sides = [
            (s["first_reports"], s["first_patients"], reports, missing, without, some, events),
            (s["second_reports"], s["second_patients"], s["missing_reports"] - reports,
             s["missing_patients"] - missing, s["no_event"] - without, any_all - some,
             [n - e for n, e in zip(EVENTS.values(), events, strict=True)]),
        ]  # fmt: skip
        if events[0] >= known and all(_possible(*side) for side in sides):
            found.append((reports, s["first_patients"] - missing, some, *events))
    return [(min(column), max(column)) for column in zip(*found, strict=True)]


def _possible(reports, patients, no_data_reports, no_data, without, some, events):
    with_data, with_reports = patients - no_data, reports - no_data_reports
    return (
        no_data >= no_data_reports
        and with_data >= with_reports >= 0
        and (no_data == 0 or no_data_reports > 0)
        and (with_data == 0 or with_reports > 0)
        and without + some == with_data
        and max(events) <= some <= sum(events)
    )


@pytest.mark.parametrize("known", [0, 2])
def test_safety_bounds_equal_full_enumeration(known):
    found = safety(known)
    keys = ["reports_missing", "patients_with_data", "any_event", "fever", "pain"]
    assert [found[key] for key in keys] == enumerate_safety(known)
    assert found["any_event_all"] == (3, 3)
