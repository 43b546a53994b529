"""Labels are read as intervals; gaps and overlaps of a scale are named in its own words."""

import math

import pandas as pd
import pytest
from audit_tables import row

from case_review.audit import labels
from case_review.audit.checks.categories import coverage
from case_review.audit.claims import from_frame
from case_review.units.intervals import find

HOURS = 730.5  # a month


@pytest.mark.parametrize(
    ("label", "low", "high", "low_closed", "high_closed"),
    [
        ("< 2 months", 0, 2 * HOURS, True, False),
        ("2 months–2 years", 2 * HOURS, 24 * HOURS, True, True),
        ("2-13 years", 24 * HOURS, 156 * HOURS, True, True),
        ("> 18 years", 216 * HOURS, math.inf, False, False),
        ("≥ 18 years", 216 * HOURS, math.inf, True, False),
        ("dose ≤0.5 mg/kg/day", 0, 0.5, True, True),
        ("5 to 15 ng/ml", 5, 15, True, True),
    ],
)
def test_labels_become_intervals(label, low, high, low_closed, high_closed):
    interval = find(label)
    assert (float(interval.low), float(interval.high)) == (low, high)
    assert (interval.low_closed, interval.high_closed) == (low_closed, high_closed)


@pytest.mark.parametrize("label", ["Male", "Not reported", "Kind 2", "n = 84", "2 patients"])
def test_other_labels_are_none(label):
    assert find(label) is None


def found(*labels, variable="age", statement="A number"):
    rows = [
        row(f"t.{variable}.g{i}.all.n", 1, f"Table I, row {label}, column All", "count")
        for i, label in enumerate(labels)
    ]
    frame = pd.DataFrame(rows).assign(statement=statement)
    return list(coverage(from_frame(frame)))


def differences(*labels, **options):
    return [(finding.kind, finding.difference) for finding in found(*labels, **options)]


def test_categories_that_cover_a_scale_once_give_nothing():
    assert differences("< 2 years", "2–13 years", "> 13 years") == []
    assert differences("≥ 5 mg", "< 5 mg") == []
    assert differences("0–4 years", "5–9 years", "≥ 10 years") == []  # completed years


def test_values_between_categories_are_a_gap():
    assert differences("< 1.0 mg/m2", "1.5–1.6 mg/m2", "> 2.0 mg/m2") == [
        ("gap", "from 1.0 mg/m2 and below 1.5 mg/m2"),
        ("gap", "above 1.6 mg/m2 and up to 2.0 mg/m2"),
    ]


def test_a_single_value_can_be_missed():
    assert differences("< 5 mg", "> 5 mg") == [("gap", "exactly 5 mg")]


def test_ends_of_the_scale_can_be_missed():
    assert differences("1–5 ng/ml", "5–15 ng/ml") == [
        ("gap", "below 1 ng/ml"),
        ("overlap", "exactly 5 ng/ml"),
        ("gap", "above 15 ng/ml"),
    ]


def test_a_range_can_lie_in_two_categories():
    assert differences("< 3 years", "2–13 years", "> 13 years") == [
        ("overlap", "from 2 years to 3 years")
    ]


def test_scales_are_judged_apart():
    assert differences("< 1 mg/kg", "≥ 1 mg/kg", "< 30 mg/m²", "≥ 30 mg/m2") == []


def test_units_of_time_are_compared():
    assert differences("< 12 months", "1–2 years", "> 24 months") == []
    assert differences("< 11 months", "1–2 years", "> 24 months") == [
        ("gap", "from 11 months and below 1 years")
    ]


@pytest.mark.parametrize(
    ("label", "low", "high", "closed"),
    [
        ("60+", "60", "", (True, False)),
        ("85 plus", "85", "", (True, False)),
        ("60+ years", "60", "", (True, False)),
        ("≥65", "65", "", (True, False)),
        (">= 65", "65", "", (True, False)),
        ("65 and over", "65", "", (True, False)),
        ("65 years or older", "65", "", (True, False)),
        ("older than 13", "13", "", (False, False)),
        ("at least 5 lines", "5", "", (True, False)),
        ("under 2", "", "2", (True, False)),
        ("younger than 2 years", "", "2", (True, False)),
        ("up to 5", "", "5", (True, True)),
        ("5 or fewer", "", "5", (True, True)),
        ("2–13", "2", "13", (True, True)),
        ("2 to 13", "2", "13", (True, True)),
        ("2–<13 years", "2", "13", (True, False)),
        ("≥2 to <13 years", "2", "13", (True, False)),
        (">2 to 13", "2", "13", (False, True)),
        ("3rd tertile (>21)", "21", "", (False, False)),
        ("37.3–38.0 °C", "37.3", "38.0", (True, True)),
        ("fever > 38 °C", "38", "", (False, False)),
        ("4–10 × 10⁹/L", "4", "10", (True, True)),
    ],
)
def test_labels_name_intervals_in_words_and_signs_with_a_unit_or_without(label, low, high, closed):
    interval = labels.read(label)
    assert (interval.low_printed, interval.high_printed) == (low, high)
    assert (interval.low_closed, interval.high_closed) == closed


@pytest.mark.parametrize("label", ["Stage I/II", "T1–2", "Type 2 diabetes", "1A-2B", "Kind 2", "0"])
def test_names_with_numbers_are_no_intervals(label):
    assert labels.read(label) is None


def test_nobody_is_below_the_youngest_of_a_study_of_adults():
    assert differences("18–39 years", "40–64 years", "≥ 65 years") == []
    assert differences("18–39", "40–64", "65 and over") == []
    assert differences("30–49", "50–54", "85+") == [("gap", "above 54 and below 85")]


def test_what_ends_with_an_interval_is_worth_a_note_at_most():
    young, old = found("2–5 years", "6–12 years")
    assert (young.difference, young.severity) == ("below 2 years", "note")
    assert (old.difference, old.severity) == ("above 12 years", "note")
    assert found("< 2 years", "2–13 years", "> 14 years")[0].severity == "inconsistent"


def test_labels_without_a_unit_are_compared():
    labels_ = ("< 2", "2–13", "13–18")
    assert [(f.difference, f.severity) for f in found(*labels_)] == [
        ("exactly 13", "inconsistent"),
        ("above 18", "note"),
    ]
    assert differences(*labels_, variable="size")[:1] == [("overlap", "exactly 13")]


def test_a_unit_once_is_that_of_the_block():
    assert differences("< 2 years", "2–12", "13+") == []
    assert differences("< 24 months", "2–13 years", "> 13 years") == []
    said = differences("< 2", "2–13", "> 14", statement="Age, years")
    assert said == [("gap", "above 13 years and up to 14 years")]


def test_categories_of_a_temperature_are_judged_on_its_scale():
    assert differences("<37.3 °C", "37.3–38.0 °C", "38.1–39.0 °C", ">39.0 °C") == []
    assert differences("<37.3 °C", "37.5–38.0 °C", ">38.0 °C") == [
        ("gap", "from 37.3 °C and below 37.5 °C")
    ]


def test_units_of_time_are_read_as_tables_shorten_them():
    assert differences("<1 yr", "1–4 yrs", "≥5 y") == []
    gap = ("gap", "above 4 years and up to 5 years")
    assert differences("<12 mo", "1–4 yrs", ">5 yrs") == [gap]


def test_completed_units_follow_one_another_without_a_gap():
    assert differences("< 18.5", "18.5–24.9", "25–29.9", "≥30", variable="bmi") == []
    assert differences("≤ 24.9 kg/m²", "25.0–29.9 kg/m²", "≥ 30 kg/m²", variable="bmi") == []
    assert differences("< 1 month", "1–11 months", "1–4 years", "≥ 5 years") == []
    assert differences("0–27 days", "28–364 days", "1–4 years", "≥ 5 years") == []
    assert differences("< 18.5", "18.5–24.9", "26–29.9", "≥30", variable="bmi") == [
        ("gap", "above 24.9 and below 26")
    ]
    assert differences("0–10 months", "1–4 years", "≥ 5 years") == [
        ("gap", "above 10 months and below 1 years")
    ]


def test_what_is_no_scale_is_no_block():
    assert differences("fever > 38 °C", "cough", "dyspnoea", variable="symptom") == []
    assert differences("≥1 lesion", "≥2 lesions", "≥3 lesions", variable="lesions") == []
    assert differences("Grade 1–2", "Grade 3–4", variable="grade") == []
    assert differences("0", "1–2", "≥3", variable="children") == []
    odd = ("> 38 °C", "< 36 °C", "cough", "dyspnoea", "rash")
    assert differences(*odd, variable="symptom") == []


def test_a_label_that_cannot_be_read_may_take_what_is_beyond():
    assert differences("1st tertile (5)", "2nd tertile (6–8)", "3rd tertile (>8)") == []


def test_values_beyond_unknown_labels_are_missed_all_the_same():
    assert differences("< 2 years", "2–12 years", "Not reported") == [("gap", "above 12 years")]


@pytest.mark.parametrize("text", ["1" * 20000, "1–" * 10000, "≥ 1 " * 5000, "1 and " * 3000])
def test_a_text_as_long_as_a_paragraph_is_no_label(text):
    assert labels.read(text) is None and labels.exactly(text) is None
