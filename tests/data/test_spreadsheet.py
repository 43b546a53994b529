"""Sheets as programs and people leave them: what stands there, or one clear sentence."""

import io

import pytest
from openpyxl import Workbook
from workbooks import archive, book, cell, parts_of, row, sheet

from case_review.data import reading, schema, spreadsheet
from case_review.data.lines import FileProblem

HEAD = row(1, "id", "sex", "dose")
ONE, TWO = row(2, "A", "male", 1.6), row(3, "B", "female", 2)
TABLE = [["id", "sex", "dose"], ["A", "male", "1.6"], ["B", "female", "2"]]
PLAIN = sheet(HEAD, ONE, TWO)


def read(content, name="patients"):
    return spreadsheet.read(content, name)


def cells_of(found):
    return [cells for _, cells in found.lines]


def remarks_of(found):
    return [(before, reason) for before, _, reason in found.remarks[1:]]


READ = {
    "as it should be": sheet(HEAD, ONE, TWO),
    "a size of one cell": sheet(HEAD, ONE, TWO, before='<dimension ref="A1"/>'),
    "a size without the last row": sheet(HEAD, ONE, TWO, before='<dimension ref="A1:C2"/>'),
    "a size of everything": sheet(HEAD, ONE, TWO, before='<dimension ref="A1:XFD1048576"/>'),
    "a formatted cell at the far end": sheet(
        HEAD, ONE, TWO, row(1048576, cell("XFD1048576", None, "n", 1))
    ),
    "formatted rows below": sheet(
        HEAD, ONE, TWO, *[row(n, cell(f"A{n}", None, "n", 1)) for n in range(4, 40)]
    ),
    "blanks below and beside": sheet(HEAD, ONE, TWO, row(9, cell("H9", "  "))),
    "rows in another order": sheet(TWO, HEAD, ONE),
    "cells in another order": sheet(
        HEAD, row(2, cell("C2", 1.6, "n"), cell("B2", "male"), cell("A2", "A")), TWO
    ),
    "no places": sheet(
        *["<row>" + "".join(cell("", text) for text in line) + "</row>" for line in TABLE]
    ),
    "numbers kept as text": sheet(HEAD, row(2, "A", "male", "1.6"), TWO),
    "a computed formula": sheet(
        HEAD, row(2, "A", "male", cell("C2", "1.6", "n", more="<f>0.8*2</f>")), TWO
    ),
    "decimals that the cell rounds": sheet(
        HEAD, row(2, "A", "male", cell("C2", "1.6000000000000001", "n", 7)), TWO
    ),
    "merged cells far below": sheet(
        HEAD, ONE, TWO, after='<mergeCells><mergeCell ref="A20:C20"/></mergeCells>'
    ),
    "what openpyxl does not know": sheet(
        HEAD, ONE, TWO, after='<pageSetup paperSize="x"/><conditionalFormatting odd="1"/>'
    ),
}


@pytest.mark.parametrize("case", READ)
def test_every_row_and_cell_is_read(case):
    found = read(book({"patients": READ[case]}))
    assert cells_of(found) == TABLE and found.wrong == []


def test_shared_strings_and_shared_formulas():
    made = Workbook()
    for line in TABLE:
        made.active.append(line)
    stream = io.BytesIO()
    made.save(stream)
    assert cells_of(read(stream.getvalue())) == TABLE
    formulas = [
        cell("C2", "1.6", "n", more='<f t="shared" ref="C2:C3" si="0">D2*2</f>'),
        cell("C3", "2", "n", more='<f t="shared" si="0"/>'),
    ]
    shared = sheet(HEAD, row(2, "A", "male", formulas[0]), row(3, "B", "female", formulas[1]))
    found = read(book({"patients": shared}))
    assert cells_of(found) == TABLE
    assert remarks_of(found) == [
        ("2 formulas", "cells hold formulas; the values computed last were read")
    ]


WRONG = {
    "percent": (cell("C2", 0.016, "n", 1), "0.016", "the cell shows 1.6 % and holds 0.016"),
    "date": (cell("C2", 41917, "n", 2), "2014-10-05 00:00:00", "made a date or a time of it"),
    "hours": (cell("C2", 1.5, "n", 6), "1 day, 12:00:00", "made a date or a time of it"),
    "an ISO date": (cell("C2", "2014-10-05", "d"), "2014-10-05", "made a date or a time"),
    "name with zeros": (cell("C2", 7, "n", 3), "7", "the cell shows 007 and holds 7"),
    "unit in the format": (cell("C2", 1.6, "n", 4), "1.6", "shows more than the number"),
    "thousands": (cell("C2", 1600, "n", 5), "1600", "the cell shows thousands"),
    "logical": (cell("C2", 1, "b"), "TRUE", "a spreadsheet made a logical value of it"),
    "too many digits": (cell("C2", "12345678901234567", "n"), "12345678901234567", "15 digits"),
    "infinite": (cell("C2", "1e999", "n"), "inf", "15 digits"),
    "not computed": (cell("C2", None, "n", more="<f>A1</f>"), "a formula", "never computed"),
    "no value": (cell("C2", "", "n", more="<f>A1</f>"), "a formula", "never computed"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_cell_that_may_mean_two_things_is_named(case):
    xml, value, message = WRONG[case]
    found = read(book({"patients": sheet(HEAD, row(2, "A", "male", xml), TWO)}))
    (wrong,) = found.wrong
    assert (wrong.line, wrong.position, wrong.value) == (2, 2, value)
    assert message in wrong.message


def test_errors_and_computed_empty_texts_are_read_as_they_stand():
    cells = cell("B2", "#N/A", "e"), cell("C2", "", "str", more='<f>""</f>')
    found = read(book({"patients": sheet(HEAD, row(2, "A", *cells), TWO)}))
    assert cells_of(found)[1] == ["A", "#N/A", ""] and found.wrong == []


def test_a_cell_beside_the_table_is_named():
    found = read(book({"patients": sheet(HEAD, ONE, row(3, "B", "", "", cell("XFD3", "x")))}))
    (wrong,) = found.wrong
    assert (wrong.line, wrong.position, wrong.value) == (3, 16383, "x")
    assert "stands beside the table, whose header ends in column C" in wrong.message


def test_the_other_date_system_is_of_no_account():
    found = read(
        book(
            {"patients": sheet(HEAD, row(2, "A", "male", cell("C2", 40455, "n", 2)))},
            workbook=parts_of(book({"patients": ""}))["xl/workbook.xml"]
            .decode()
            .replace("<sheets>", '<workbookPr date1904="1"/><sheets>'),
        )
    )
    assert found.wrong[0].value == "2014-10-05 00:00:00"


def test_what_the_sheet_hides_is_read_and_told():
    hidden = sheet(
        HEAD,
        row(2, "A", "male", 1.6, more=' hidden="1"'),
        row(3, "B", "female", 2, more=' hidden="true"'),
        before='<cols><col min="2" max="2" hidden="1"/><col min="5" max="99" hidden="1"/></cols>',
    )
    found = read(book({"patients": hidden, "notes": sheet(row(1, "x")), "empty": sheet()}))
    assert cells_of(found) == TABLE
    assert remarks_of(found) == [
        ("rows 2, 3", "hidden or filtered out in the sheet, and read as data"),
        ("columns B", "hidden in the sheet, and read as data"),
    ]


def merged(*refs):
    after = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs)
    return book({"x": sheet(HEAD, ONE, TWO, after=f"<mergeCells>{after}</mergeCells>")})


def encrypted():
    content = bytearray(book({"x": PLAIN}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    return bytes(content)


def strict():
    parts = parts_of(book({"x": PLAIN}))
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    new = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    return archive({name: part.replace(main, new) for name, part in parts.items()})


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>'
LAUGH = '<c r="A2" t="str"><v>&a11;</v></c>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/hostname">]>'
DAMAGED = "the file cannot be read: it is damaged, or no spreadsheet ("
HIDDEN = "is hidden. Show it, if it is meant, or delete it."
REFUSED = {
    "merged in one column": (merged("B2:B3"), "the sheet has merged cells (B2:B3), which hold one"),
    "merged across columns": (merged("A2:B2"), "merged cells (A2:B2)"),
    "a merged header": (merged("B1:C1"), "merged cells (B1:C1)"),
    "many merged": (merged(*[f"B{n}:D{n}" for n in range(1, 4)] * 3), "B3:D3, B1:D1, B2:D2 and 4"),
    "the only sheet hidden": (book({"x": PLAIN}, {"x": "hidden"}), f"the sheet x {HIDDEN}"),
    "very hidden": (book({"x": PLAIN, "y": sheet()}, {"x": "veryHidden"}), f"sheet x {HIDDEN}"),
    "the table's sheet hidden": (
        book({"other": PLAIN, "Patients": PLAIN}, {"Patients": "hidden"}),
        f"the sheet Patients {HIDDEN}",
    ),
    "two sheets": (book({"a": PLAIN, "b": PLAIN}), "the file has several sheets (a, b). Give the"),
    "no cells": (book({"x": sheet()}), "the file is empty. It needs its header row."),
    "a sheet of a chart": (book({"x": "<chartsheet/>"}, {"x": "chart"}), "the file is empty."),
    "a password": (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "by a password"),
    "an encrypted archive": (encrypted(), "the file is protected by a password."),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(99), "this is a workbook of the old .xls form"),
    "LibreOffice's own": (archive({"mimetype": "application/vnd.oasis"}), "an OpenDocument file"),
    "a binary workbook": (archive({"xl/workbook.bin": b"x"}), "this is a binary workbook (.xlsb)"),
    "Strict Open XML": (strict(), "this is a 'Strict Open XML' workbook. Save it as 'Excel"),
    "text": (b"id,sex\n", DAMAGED),
    "a document": (archive({"word/document.xml": "<x/>"}), DAMAGED),
    "no sheet": (book({"x": "<worksheet"}), DAMAGED),
    "another root": (book({"x": "<html/>"}), DAMAGED),
    "a row of another kind": (book({"x": PLAIN.replace("row", "raw")}), DAMAGED),
    "a cell of another kind": (book({"x": PLAIN.replace("<c ", "<d ").replace("</c>", "</d>")}),
                               DAMAGED),
    "a value of another kind": (book({"x": PLAIN.replace("v>", "w>")}), DAMAGED),
    "a cell twice": (book({"x": sheet(HEAD, ONE, row(2, "Z"))}), DAMAGED),
    "a cell of another row": (book({"x": sheet(HEAD, row(2, cell("A3", "A")))}), DAMAGED),
    "a text that is not there": (book({"x": sheet(HEAD, row(2, cell("A2", 7, "s")))}), DAMAGED),
    "a text before the first": (book({"x": sheet(HEAD, row(2, cell("A2", -1, "s")))}), DAMAGED),
    "an unknown type": (book({"x": sheet(HEAD, row(2, cell("A2", 1, "q")))}), DAMAGED),
    "an unknown format": (book({"x": sheet(HEAD, row(2, cell("A2", 1, "n", 99)))}), DAMAGED),
    "a number of 5,000 digits": (
        book({"x": sheet(HEAD, row(2, "A", "male", cell("C2", "9" * 5000, "n")))}),
        f"{DAMAGED}cell C2 of the sheet x holds no value). Open it in a spreadsheet program and",
    ),
    "entities without end": (book({"x": LAUGHS + sheet(HEAD, row(2, LAUGH))}), DAMAGED),
    "a file of the machine": (book({"x": OUTSIDE + sheet(HEAD, row(2, LAUGH))}), DAMAGED),
    "a column before the first": (
        book({"x": sheet(HEAD, before='<cols><col min="-5" max="9" hidden="1"/></cols>')}), DAMAGED
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_one_sentence_says_what_is_wrong_and_what_to_do(case):
    content, message = REFUSED[case]
    with pytest.raises(FileProblem) as refused:
        read(content)
    said = refused.value.message
    assert message in said and said.endswith((".", "'CSV UTF-8'.")) and "\n" not in said
    assert len(said) < 400


def test_the_visible_sheet_is_read_where_hidden_ones_hold_lists():
    found = read(book({"lists": sheet(row(1, "x")), "data": PLAIN}, {"lists": "hidden"}))
    assert cells_of(found) == TABLE
    assert found.remarks[0] == (
        "patients.xlsx", "patients.csv", "read from the spreadsheet's sheet data, not from lists"
    )  # fmt: skip
    assert remarks_of(found) == []


def test_a_workbook_that_unpacks_without_end_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_UNPACKED", 1000)
    with pytest.raises(FileProblem, match="unpacks to more than 0 MB, the most that is read"):
        read(book({"x": PLAIN}))


DAYS = {
    "visit_date": (["2014-10-05"], [("2014-10-05 00:00:00", "2014-10-05")], 0),
    "note": (["2014-10-05 00:00:00"], [], 1),
    "drug_updated": (["2014-10-05 00:00:00"], [], 1),
}


@pytest.mark.parametrize("column", DAYS)
def test_a_date_is_text_where_a_column_is_named_so(tmp_path, monkeypatch, column):
    columns = {name: schema.Column(name, "x") for name in ("visit", column)}
    monkeypatch.setitem(schema.SHOWN, "visits", schema.TableSchema(columns))
    rows = [row(1, "visit", column), row(2, "first", cell("B2", 41917, "n", 2))]
    (tmp_path / "visits.xlsx").write_bytes(book({"visits": sheet(*rows)}))
    raw, problems = reading.attempt_table(tmp_path, "visits")
    values, changes, refused = DAYS[column]
    assert raw.tables["visits"][column].tolist() == values and len(problems) >= refused
    assert [(c.before, c.after) for c in raw.changes if c.row] == changes
    assert all("made a date" in problem.message for problem in problems)
