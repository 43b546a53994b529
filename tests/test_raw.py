"""Raw files as people leave them: read rightly with a line in the ledger, or refused clearly."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from case_review import raw
from case_review.raw import DataError

RAW = Path(__file__).parents[1] / "data" / "raw"


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "raw"
    shutil.copytree(RAW, target)
    return target


def edit(path: Path, change) -> None:
    path.write_bytes(change(path.read_bytes()))


def cell(folder, row: int, column: str, value: str, name: str = "patients") -> None:
    """Set one cell; `row` is the line of the file."""
    table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    table.loc[row - 2, column] = value
    table.to_csv(folder / f"{name}.csv", index=False)


REPAIRED = {
    "byte order mark": (lambda d: b"\xef\xbb\xbf" + d, "byte order mark"),
    "CRLF": (lambda d: d.replace(b"\n", b"\r\n"), None),
    "semicolons": (lambda d: d.replace(b";", b"/").replace(b",", b";"), "semicolons"),
    "tabs": (lambda d: d.replace(b",", b"\t"), "tabs"),
    "trailing empty lines": (lambda d: d + b"\n\n", None),
    "empty last rows of a spreadsheet": (lambda d: d + b"," * 20 + b"\n", None),
}


@pytest.mark.parametrize("case", REPAIRED)
def test_repaired_files_read_as_the_original(folder, case):
    change, noted = REPAIRED[case]
    expected = raw.read(folder).tables["patients"]
    edit(folder / "patients.csv", change)
    found = raw.read(folder)
    table = found.tables["patients"].replace(";", "/", regex=True)
    pd.testing.assert_frame_equal(table, expected.replace(";", "/", regex=True))
    assert [c.before for c in found.changes] == ([noted] if noted else [])


CELLS = {
    "trailing blank": ("sex", "female  ", "female"),
    "NA": ("sex", "NA", ""),
    "n/a": ("onset", "n/a", ""),
    "dash": ("dose_value", "-", ""),
    "NaN": ("dose_value", "NaN", ""),
    "decimal comma": ("dose_value", "1,6", "1.6"),
}


@pytest.mark.parametrize("case", CELLS)
def test_repaired_cells_are_in_the_ledger(folder, case):
    column, before, after = CELLS[case]
    cell(folder, 3, column, before)
    found = raw.read(folder)
    assert found.tables["patients"].at[3, column] == after
    (change,) = found.changes
    assert (change.row, change.column, change.before, change.after) == (3, column, before, after)


REFUSED_CELLS = {
    "text in a number": ("dose_value", "1.6 mg", "a number was expected"),
    "negative": ("age_value", "-3", "zero or more"),
    "infinite": ("age_value", "inf", "a number was expected"),
    "date for a level": ("level_low_ng_ml", "5-Oct", "made a date"),
    "date for a time": ("response_time_value", "2014-11-12", "made a date"),
    "key there twice": ("patient_id", "R01-1", "there twice"),
    "no key": ("patient_id", "", "every row needs a value"),
}


@pytest.mark.parametrize("case", REFUSED_CELLS)
def test_refused_cells_name_file_row_and_column(folder, case):
    column, value, message = REFUSED_CELLS[case]
    cell(folder, 3, column, value)
    with pytest.raises(DataError, match=message) as caught:
        raw.read(folder)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row) == ("data/raw/patients.csv", 3)
    assert problem.column.startswith(column)


REFUSED_FILES = {
    "missing column": (lambda d: d.replace(b",sex,", b",", 1), "column sex: the column is missing"),
    "extra column": (lambda d: d.replace(b"sex,", b"sex,gender,", 1), "column gender: unknown"),
    "doubled header": (lambda d: d.replace(b"onset,", b"sex,", 1), "names this column twice"),
    "Latin-1": (lambda d: d.replace(b"steroids", "st\xe9roids".encode("latin-1"), 1), "not UTF-8"),
    "empty": (lambda d: b"", "the file is empty"),
    "a comma too many": (
        lambda d: d.replace(b",yes,", b",yes,,", 1),
        "23 cells where the header has 22",
    ),
}


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_refused_files_say_what_to_do(folder, case):
    change, message = REFUSED_FILES[case]
    edit(folder / "patients.csv", change)
    with pytest.raises(DataError, match=message):
        raw.read(folder)


def test_a_missing_file_is_named(folder):
    (folder / "posters.csv").unlink()
    with pytest.raises(DataError, match=r"data/raw/posters\.csv: the file is missing"):
        raw.read(folder)


def test_all_problems_of_all_files_come_at_once(folder):
    cell(folder, 3, "dose_value", "much")
    cell(folder, 5, "age_value", "old")
    (folder / "screening.csv").unlink()
    with pytest.raises(DataError) as caught:
        raw.read(folder)
    assert len(caught.value.problems) == 3


def test_a_spreadsheet_in_place_of_the_csv_is_read(folder):
    path = folder / "reports.csv"
    expected = raw.read(folder).tables["reports"]
    pd.read_csv(path).to_excel(folder / "reports.xlsx", index=False)
    with pytest.raises(DataError, match="Keep one of the two"):
        raw.read(folder)
    path.unlink()
    found = raw.read(folder)
    pd.testing.assert_frame_equal(found.tables["reports"], expected)
    assert found.changes[0].before == "reports.xlsx"


def test_a_hundred_thousand_rows_are_read(folder):
    path = folder / "adverse_events.csv"
    header, first, *_ = path.read_text().splitlines()
    rest = first.split(",", 2)[2]
    rows = [f"R01,R01-{i},{rest}" for i in range(100_000)]
    path.write_text("\n".join([header, *rows]) + "\n")
    assert len(raw.read(folder).tables["adverse_events"]) == 100_000
