"""However many problems there are, a person reads all kinds of them on one screen."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from case_review.data import problems
from case_review.data.problems import DataError, Problem

FILE = "data/raw/patients.csv"


def said(*found, listed="all.csv"):
    return str(DataError(found, listed)).splitlines()[1:]


def of(column, *values, message="a number was expected.", first=2, **more):
    return [Problem(FILE, n, column, v, message, **more) for n, v in enumerate(values, first)]


def test_a_single_problem_has_its_place():
    assert said(*of("dose", "x")) == [
        f"{FILE}, row 2, column dose: found 'x'; a number was expected."
    ]


def test_the_same_in_many_rows_is_one_line():
    assert said(*of("dose", *["NR"] * 57)) == [
        f"{FILE}, column dose: found 'NR' 57 times (rows 2, 3, 4 and 54 more); "
        "a number was expected.",
        "All 57, one in each row: all.csv",
    ]
    assert said(*of("dose", "", "", message="every row needs a value here.")) == [
        f"{FILE}, column dose, rows 2 and 3: every row needs a value here."
    ]


def test_a_value_is_told_however_late_it_comes():
    lines = said(*of("dose", *["NR"] * 300, "~5"), *of("sex", *["f"] * 400, "boy"))
    assert any("'~5'" in line for line in lines) and any("'boy'" in line for line in lines)


def test_many_values_of_one_kind_share_a_line():
    values = [f"x{n}" for n in range(40)]
    (line, last) = said(*of("dose", *values, "x0"))
    assert "found 'x0' 2 times, 'x1', 'x2'" in line and "and 32 other values" in line
    assert last == "All 41, one in each row: all.csv"


def test_messages_that_differ_in_what_they_quote_share_a_line():
    unknown = [
        Problem(FILE, n, "diagnosis", f"x{n}", f"not among the terms. Is 'y{n}' meant?")
        for n in range(2, 60)
    ]
    (line, _) = said(*unknown)
    assert line.endswith("for example row 2: not among the terms. Is 'y2' meant?")


def test_a_column_that_is_full_of_problems_does_not_hide_another():
    full = of("dose", *[f"{n} {n}" for n in range(500)])
    for n, one in enumerate(full):  # each of its own kind
        full[n] = Problem(FILE, one.row, "dose", one.value, f"{'x' * n} was expected")
    lines = said(*full, *of("sex", "f"))
    assert f"{FILE}, row 2, column sex: found 'f'; a number was expected." in lines
    assert len(lines) < 24


def test_a_cell_of_a_spreadsheet_is_named_as_there():
    line = said(*of("response", "CR", sheet="cases", letter="P"))[0]
    assert line.startswith(f"{FILE}, sheet cases, cell P2, column response: found 'CR'")
    line = said(*of("response", "CR", "CR", sheet="cases", letter="P"))[0]
    assert line.startswith(f"{FILE}, sheet cases, column response: found 'CR' 2 times (cells P2 ")


TEXTS = st.text(max_size=5)
PROBLEMS = st.builds(
    Problem, st.sampled_from("abc") | TEXTS, st.none() | st.integers(1, 9), TEXTS, TEXTS, TEXTS
)


@given(st.lists(PROBLEMS, max_size=60))
def test_a_message_is_never_longer_than_a_screen(found):
    assert len(said(*found)) <= 24


def test_all_are_written_one_in_each_row(tmp_path):
    found = [*of("dose", "NR", '=1+"1"'), Problem(FILE, None, "x", "", "the column is missing.")]
    problems.write(tmp_path / "build" / "problems.csv", found)
    lines = (tmp_path / "build" / "problems.csv").read_text(encoding="utf-8").splitlines()
    header, *rows = csv.reader(lines)
    assert header == ["file", "row", "column", "value", "message"]
    assert rows[0] == [FILE, "2", "dose", "NR", "a number was expected."]
    assert rows[1][3] == "'=1+\"1\"" and rows[2][:4] == [FILE, "", "x", ""]
