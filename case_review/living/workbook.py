"""An empty workbook to extract reports into, with a list to choose from wherever values are listed.

A sheet for each table that a reviewer fills in, with the very columns that are read; what a column
means stands in a note on its head. The same choices give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from lxml import etree
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from case_review.data.schema import Column, TableSchema
from case_review.errors import ReviewError
from case_review.files import write_bytes
from case_review.rendering import word

#: What a reviewer fills in, in the order of the sheets.
SHEETS = ("reports", "patients", "adverse_events", "posters", "screening", "appraisal")
#: The sheet that holds what is chosen from.
LISTS = "lists"
#: What is named in one sheet, and so can be chosen in the others.
_NAMED = {"report_id": "reports.report_id", "patient_id": "patients.patient_id"}
#: Rows that have lists to choose from.
ROWS = 2000
#: No moment of the making shows in the file.
_MOMENT = datetime(2000, 1, 1)
_HEAD = PatternFill("solid", fgColor="DCE6F0")


def write(path: Path, tables: Mapping[str, TableSchema], terms: Mapping[str, Sequence[str]]):
    """Write the workbook to a new file.

    Parameters
    ----------
    path
        Where to; it should end in `.xlsx`.
    tables
        The raw tables of the review by name; those of `SHEETS` get a sheet.
    terms
        What a column's values are listed as elsewhere, by `table.column`: a list that grows with
        the review, so that another value may be typed, after a question.

    Raises
    ------
    ReviewError
        If the file has another ending, or is there already: it may hold somebody's work.
    """
    if path.suffix.lower() != ".xlsx":
        better = path.with_suffix(".xlsx").name
        raise ReviewError(f"{path}: a workbook ends in .xlsx. Choose a name such as {better}.")
    if path.exists():
        raise ReviewError(f"{path} is there already, and stays. Choose another name, or move it.")
    write_bytes(path, made({name: tables[name] for name in SHEETS if name in tables}, terms))


def made(tables: Mapping[str, TableSchema], terms: Mapping[str, Sequence[str]]) -> bytes:
    """The workbook's bytes; see `write`."""
    book = Workbook()
    book.properties.created = book.properties.modified = _MOMENT
    book.properties.creator = "case_review"
    book.remove(book.active)
    sheets = {name: book.create_sheet(name) for name in tables}
    lists = book.create_sheet(LISTS)
    for name, table in tables.items():
        for place, column in enumerate(table.columns.values(), 1):
            _head(sheets[name], place, column)
            listed = terms.get(f"{name}.{column.name}", ())
            rule = _rule(book, lists, f"{name}.{column.name}", column, listed)
            if rule is not None:
                letter = get_column_letter(place)
                rule.add(f"{letter}2:{letter}{ROWS}")
                sheets[name].add_data_validation(rule)
        sheets[name].freeze_panes = "B2"
    lists.sheet_state = "hidden"
    return _without_moment(book)


def _head(sheet, place: int, column: Column) -> None:
    cell = sheet.cell(1, place, column.name)
    cell.font, cell.fill = Font(bold=True), _HEAD
    cell.alignment = Alignment(vertical="top")
    unit = f" Unit: {column.unit}." if column.unit else ""
    never_empty = " Never empty." if column.required else " Empty if it is not reported."
    cell.comment = Comment(column.meaning + unit + never_empty, "case_review", 120, 320)
    letter = get_column_letter(place)
    sheet.column_dimensions[letter].width = max(12, len(column.name) + 3)
    if column.type == "text":  # a report called 007 keeps its name, and 1-2 is no date
        sheet.column_dimensions[letter].number_format = "@"


def _rule(book, lists, name: str, column: Column, terms: Sequence[str]) -> DataValidation | None:
    """What a spreadsheet program lets somebody type into a column, and what it says otherwise."""
    look = {"errorTitle": column.name, "showErrorMessage": True, "allow_blank": True}
    if column.values:
        look["formula1"] = _listed(book, lists, name, column.values)
        look["error"] = "Choose from the list, or leave the cell empty if it is not reported."
    elif column.name in _NAMED and _NAMED[column.name] != name:
        sheet, _, _ = _NAMED[column.name].partition(".")
        look["formula1"] = f"{sheet}!$A$2:$A${ROWS}"
        look["error"] = f"Not in the sheet {sheet}. Add it there first."
    elif terms:
        look["formula1"] = _listed(book, lists, name, terms)
        look["error"] = "Not in the list so far: keep it only if it is no other spelling."
        look["errorStyle"] = "warning"
    elif column.type != "text":
        low, high = (column.lowest or 0), (column.highest or 10**9)
        look |= {"operator": "between", "formula1": str(low), "formula2": str(high)}
        look["error"] = f"A number from {low} to {high}, without its unit."
        return DataValidation(type="whole" if column.type == "whole" else "decimal", **look)
    else:
        return None
    return DataValidation(type="list", **look)


def _listed(book, lists, name: str, values: Sequence[str]) -> str:
    """Put values into a column of the hidden sheet, and name it for a rule."""
    place = lists.max_column + (lists.cell(1, 1).value is not None)
    for row, text in enumerate([name, *values], 1):
        lists.cell(row, place, text).number_format = "@"
    letter, called = get_column_letter(place), "list_" + name.replace(".", "_")
    there = f"{LISTS}!${letter}$2:${letter}${len(values) + 1}"
    book.defined_names[called] = DefinedName(called, attr_text=there)
    return called


def _without_moment(book: Workbook) -> bytes:
    """The file, without the time of day that openpyxl and the archive would write into it."""
    saved = io.BytesIO()
    book.save(saved)
    parts = word.parts_of(saved.getvalue())
    core = etree.fromstring(parts["docProps/core.xml"])
    for moment in core.iterfind("{http://purl.org/dc/terms/}modified"):
        moment.text = core.findtext("{http://purl.org/dc/terms/}created")
    parts["docProps/core.xml"] = etree.tostring(core, xml_declaration=True, encoding="UTF-8")
    return word.packed(parts)
