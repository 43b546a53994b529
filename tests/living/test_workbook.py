"""The workbook that reports are extracted into: its lists, its bytes, and that it is read."""

import csv
import io
import time

import openpyxl
import pandas as pd
import pytest

from case_review import __main__
from case_review.data import reading
from case_review.data.schema import SHOWN, TABLES
from case_review.errors import ReviewError
from case_review.living import workbook

ALL = {name: (TABLES | SHOWN)[name] for name in workbook.SHEETS}
TERMS = {"patients.diagnosis": ["B-ALL", "FL", "AST > 3 ULN"], "adverse_events.event": ["nausea"]}


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(workbook.made(ALL, TERMS)))


def rules(book, sheet):
    """The rules of a sheet by the name of their column."""
    heads = {cell.column_letter: cell.value for cell in book[sheet][1]}
    found = book[sheet].data_validations.dataValidation
    return {heads[str(rule.sqref).split("2:")[0]]: rule for rule in found}


def choices(book, rule):
    """What a rule lets somebody choose from."""
    if rule.formula1 not in book.defined_names:
        return rule.formula1
    sheet, _, cells = book.defined_names[rule.formula1].attr_text.partition("!")
    return [cell.value for (cell,) in book[sheet][cells.replace("$", "")]] if ":" in cells else None


def test_each_table_has_a_sheet_with_the_very_columns_that_are_read(book):
    assert book.sheetnames == [*workbook.SHEETS, workbook.LISTS]
    assert book[workbook.LISTS].sheet_state == "hidden"
    for name, table in ALL.items():
        assert [cell.value for cell in book[name][1]] == list(table.columns)
        assert all(cell.comment.text for cell in book[name][1])


def test_what_has_listed_values_is_chosen_from_these(book):
    for name, table in ALL.items():
        found = rules(book, name)
        for column in table.columns.values():
            if column.values:
                rule = found[column.name]
                assert (rule.type, rule.showErrorMessage) == ("list", True)
                assert rule.errorStyle in (None, "stop")
                expected = choices(book, rule)
                expected = [expected] if isinstance(expected, str) else expected
                assert expected == list(column.values)


def test_terms_of_the_review_may_be_added_to_after_a_question(book):
    rule = rules(book, "patients")["diagnosis"]
    assert choices(book, rule) == TERMS["patients.diagnosis"]
    assert rule.errorStyle == "warning"
    assert rules(book, "adverse_events")["event"].errorStyle == "warning"


def test_a_report_is_chosen_from_the_sheet_that_names_it(book):
    assert "report_id" not in rules(book, "reports")
    assert rules(book, "patients")["report_id"].formula1 == "reports!$A$2:$A$2000"
    assert rules(book, "adverse_events")["patient_id"].formula1 == "patients!$A$2:$A$2000"


def test_numbers_keep_within_their_bounds(book):
    rule = rules(book, "patients")["age_value"]
    assert (rule.type, rule.operator) == ("decimal", "between")
    age = ALL["patients"].columns["age_value"]
    assert [float(rule.formula1), float(rule.formula2)] == [age.lowest, age.highest]
    assert rules(book, "reports")["n_patients"].type == "whole"


def test_the_same_choices_give_the_same_bytes():
    first = workbook.made(ALL, TERMS)
    time.sleep(1.1)  # the file would tell seconds
    assert workbook.made(ALL, TERMS) == first


def test_a_filled_workbook_is_read_as_the_csv_is(made_up, tmp_path):
    made = workbook.made(ALL, TERMS)
    for name in ("reports", "patients", "adverse_events"):
        book = openpyxl.load_workbook(io.BytesIO(made))
        with (made_up.raw / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            for row, cells in enumerate(csv.reader(stream), 1):
                for place, text in enumerate(cells, 1):
                    book[name].cell(row, place, text or None)
        # The file leaves out columns that may be left out.
        book[name].delete_cols(len(cells) + 1, book[name].max_column)
        book.save(tmp_path / f"{name}.xlsx")
        found = reading.read_table(tmp_path, name)
        pd.testing.assert_frame_equal(found, reading.read_table(made_up.raw, name))


def test_a_file_that_is_there_stays(tmp_path):
    path = tmp_path / "extraction.xlsx"
    workbook.write(path, ALL, TERMS)
    before = path.read_bytes()
    with pytest.raises(ReviewError, match="is there already"):
        workbook.write(path, ALL, {})
    assert path.read_bytes() == before
    with pytest.raises(ReviewError, match=r"Choose a name such as extraction\.xlsx"):
        workbook.write(tmp_path / "extraction.ods", ALL, {})


def test_the_command_takes_diagnoses_and_events_from_the_parameters(
    made_up, monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(made_up.root)
    path = tmp_path / "extraction.xlsx"
    assert __main__.main(["workbook", str(path)]) == 0
    assert "extraction.xlsx" in capsys.readouterr().out
    book = openpyxl.load_workbook(path)
    assert choices(book, rules(book, "patients")["diagnosis"]) == ["B-ALL", "RA", "ANCA vasculitis"]
    assert choices(book, rules(book, "adverse_events")["event"])[0] == "nausea"
    assert __main__.main(["workbook", str(path)]) == 1
    assert "is there already" in capsys.readouterr().err
