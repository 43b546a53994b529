"""Cells as people type them: no number that does not stand there, and unread rather than wrong."""

import re
from datetime import date
from decimal import Decimal

import pytest
from conftest import made_up_values
from hypothesis import example, given
from hypothesis import strategies as st

from case_review.data.schema import TABLES
from case_review.living.importing import converting, facts, headers, mapping, values
from case_review.living.importing.sheet import Cell, Sheet

FACTS = facts.of(made_up_values())

READ = {
    "3 weeks": ("3", "3", "weeks", "number"),
    "~3 months": ("3", "3", "months", "approximate"),
    "approx. 3 mo": ("3", "3", "months", "approximate"),
    "2-3 wk": ("2", "3", "weeks", "range"),
    "2 to 3 wks.": ("2", "3", "weeks", "range"),
    "<1": ("1", "1", "", "limit"),
    "≥ 5 d": ("5", "5", "days", "limit"),
    "5–15 ng/ml": ("5", "15", "ng/ml", "range"),
    "1,6 mg/m²/day": ("1.6", "1.6", "mg/m2/day", "number"),
    "0,125": ("0.125", "0.125", "", "number"),
    "1.6666666666666667": ("1.6666666666666667", "1.6666666666666667", "", "number"),
    "10 µg/L": ("10", "10", "ng/ml", "number"),
}
UNREAD = [
    "1,250", "-3", "3-2 weeks", "2 days - 3 weeks", "3 m", "about a year", "3 weeks?", "4/5",
    "1.2.3", "5 (baseline)", "15%", "3 weeks 2 days", "NR", "1e5", "٣", "five",
]  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_amounts_are_read_with_unit_and_kind(text):
    found = values.amount(text)
    low, high, unit, kind = READ[text]
    assert (found.low, found.high, found.unit, found.kind) == (
        Decimal(low), Decimal(high), unit, kind,
    )  # fmt: skip


@pytest.mark.parametrize("text", UNREAD)
def test_what_can_be_read_in_two_ways_or_none_is_not_read(text):
    with pytest.raises(values.Unread):
        values.amount(text)


SIGNS = ["~", "<", ">", "-", "–", " to ", ",", ".", " ", "%", "?"]
WORDS = st.sampled_from([*SIGNS, "weeks", "wk", "mo", "m", "mg/m2", "NR"])
TYPED = st.lists(st.one_of(WORDS, st.integers(0, 5000).map(str)), max_size=7).map("".join)


@given(st.one_of(TYPED, st.text(max_size=20)))
@example("1.500,5")
def test_no_number_comes_out_that_does_not_stand_in_the_text(text):
    try:
        found = values.amount(text)
    except values.Unread:
        return
    numbers = [Decimal(n.replace(",", ".")) for n in re.findall(r"[0-9]+(?:[.,][0-9]+)?", text)]
    numbers = [n for n in numbers if n != 2 or not text.replace("²", "2").endswith("m2")] or numbers
    assert {found.low, found.high} <= set(numbers)
    assert len(re.findall(r"[0-9]+(?:[.,][0-9]+)?", re.sub("m2", "", text))) <= 2


@given(st.decimals(0, 1000, places=3), st.sampled_from(sorted(values.UNITS)))
def test_what_is_read_means_the_same_when_written_again(number, unit):
    found = values.amount(f"{number} {unit}")
    assert found.low == number and found.unit == values.UNITS[unit]
    assert Decimal(values.plain(found.low)) == number


def test_dates_are_read_in_one_way_or_not_at_all():
    assert values.day("2020-03-04 00:00:00") == date(2020, 3, 4)
    assert values.day("13/04/2020") == date(2020, 4, 13)
    assert values.day("04/13/2020") == date(2020, 4, 13)
    assert values.day("03/04/2020", "month first") == date(2020, 3, 4)
    for text in ("03/04/2020", "2020-02-30", "spring 2020", "1/2/20"):
        with pytest.raises(values.Unread):
            values.day(text)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_every_day_is_read_as_itself(day):
    assert values.day(day.isoformat()) == day
    assert values.day(day.strftime("%d.%m.%Y"), "day first") == day


@pytest.mark.parametrize("word", ["NR", "n.r.", "?", "n/a", "Not  reported", "", " - "])
def test_words_for_missing(word):
    assert values.is_missing(word)


@pytest.mark.parametrize("header, name, unit", [
    ("Age (y)", "Age", "years"), ("Dose mg/m2", "Dose", "mg/m2"), ("age_weeks", "age", "weeks"),
    ("Follow-up in months", "Follow-up", "months"), ("Age (m)", "Age (m)", ""),
    ("Duration", "Duration", ""), ("[h] Time to response", "Time to response", "hours"),
])  # fmt: skip
def test_units_in_headers(header, name, unit):
    assert headers.split_unit(header) == (name, unit)


@pytest.mark.parametrize("header, target", [
    ("Sex (m/f)", "sex"), ("Dx", "diagnosis"), ("AGE (years)", "age"),
    ("Side effects", "adverse_events"), ("Time to respons", "response_time"), ("pt. ID", ""),
    ("Shoe size", ""),
    ("Response rate", ""), ("Age at onset", ""), ("Status", ""), ("Complications", ""),
])  # fmt: skip
def test_headers_in_words(header, target):
    ranked = headers.meant(header)
    sure = ranked[0][1] if ranked and ranked[0][0] >= headers.SURE else ""
    assert sure == target


def test_our_own_names_of_columns_are_understood():
    for column in TABLES["patients"].columns:
        assert headers.meant(column)[0][0] >= headers.SURE, column


COLUMNS = {"A": "Study", "B": "Age (y)", "C": "Sex", "D": "Time to response", "E": "Dx"}
CELLS = st.one_of(TYPED, st.sampled_from([*READ, *UNREAD, "m", "F", "male", "?"]))


@given(
    st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS)), min_size=1, max_size=4),
    st.sampled_from(mapping.SETTINGS["approximate"]),
)
def test_every_cell_is_in_the_tables_or_told_and_no_number_is_made_up(typed, approximate):
    cells = ({key: Cell(text) for key, text in row.items() if text.strip()} for row in typed)
    sheet = Sheet("s", [1], dict(COLUMNS), {n: row for n, row in enumerate(cells, 2) if row})
    said = {"settings": {}, "fixed": {}}
    mapping.update(said, sheet, FACTS)
    said["settings"] |= {"approximate": approximate, "blank_reports": "unread"}
    said["columns"]["D"]["unit"] = "weeks"
    made = converting.convert(sheet, said, FACTS)
    told = {place for row in made.unread for place in row["cell"].split(", ")}
    read = iter(made.tables["patients"])
    for number, row in sheet.rows.items():
        if any(f"{letter}{number}" in told for letter in row) and not _has_report(row):
            continue  # the whole row is told by its first cell
        if len(row) == 1:
            assert told & {f"{letter}{number}" for letter in row}
            continue
        patient = next(read)
        for letter, column in (("B", "age_value"), ("D", "response_time_value")):
            text, value = row[letter].text if letter in row else "", patient[column]
            if not value:
                assert values.is_missing(text) or f"{letter}{number}" in told
            elif not patient[f"{column[:-5]}unit"].startswith("months"):
                assert value in _numbers(text)


def _has_report(row):
    return "A" in row and not values.is_missing(row["A"].text)


def _numbers(text):
    found = re.findall(r"[0-9]+(?:[.,][0-9]+)?", text)
    return {values.plain(Decimal(number.replace(",", "."))) for number in found}
