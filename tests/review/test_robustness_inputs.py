"""Raw files as people leave them: the right result with a line in the ledger, or one clear error.

`FORM` is tried on every raw file, `CONTENT` on the file that it names. Reading, expectations,
dictionaries and cleaning run as in `01_cleaning`, without a kernel. A refusal is the whole message,
line by line: nothing more may be said, and nothing less.
"""

import shutil

import pandas as pd
import pytest
from conftest import ROOT
from robustness import EMPTY, cells, content_of, judge, on_rows, remember_checks, rows_of

from case_review.data import raw_file, reading
from case_review.data.schema import AUDITED, SHOWN, TABLES
from case_review.parameters import loading
from case_review.project import Project

READ = sorted({*TABLES, *AUDITED, *SHOWN} - EMPTY)
KEYED = [name for name in READ if (TABLES | AUDITED | SHOWN)[name].key]


@pytest.fixture(scope="module", autouse=True)
def quick():
    with pytest.MonkeyPatch.context() as patch:
        remember_checks(patch)
        yield


@pytest.fixture(scope="module")
def terms():
    return loading.load(Project(ROOT)).values["cleaning"]


@pytest.fixture(scope="module")
def whole(terms):
    """What undamaged data give."""
    return judge(Project(ROOT), terms).tables


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "data" / "raw")
    (tmp_path / "expectations").symlink_to(ROOT / "expectations")
    (tmp_path / "params.yml").symlink_to(ROOT / "params.yml")
    return Project(tmp_path)


def change(project, name, how):
    path = project.raw / f"{name}.csv"
    path.write_bytes(how(path.read_bytes()))


# -- the form of a file ----------------------------------------------------------------------------


def repaired(*before):
    """The file reads as the original; the ledger gains one line for each of `before`."""
    return ("repaired", before)


def refused(*lines):
    """Refused with exactly these lines; FILE, FIRST (column) and WIDTH stand for the file's own."""
    return ("refused", lines)


def separated(delimiter):
    return lambda content: content_of(rows_of(content), delimiter)


def quoted(content):
    return b"\n".join(
        b",".join(b'"%s"' % cell.encode().replace(b'"', b'""') for cell in row)
        for row in rows_of(content)
    )


def without_first_column(rows):
    for row in rows:
        del row[0]


def with_extra_column(rows):
    for number, row in enumerate(rows):
        row.append("remark" if number == 0 else "x")


FORM = {
    "UTF-8 BOM": (lambda d: b"\xef\xbb\xbf" + d, repaired("byte order mark")),
    "CRLF": (lambda d: d.replace(b"\n", b"\r\n"), repaired()),
    "CR of an old Macintosh": (lambda d: d.replace(b"\n", b"\r"), repaired()),
    "semicolons": (separated(";"), repaired("semicolons")),
    "tabs": (separated("\t"), repaired("tabs")),
    "vertical bars": (separated("|"), repaired("vertical bars")),
    "every cell quoted": (quoted, repaired()),
    "no line end at the end": (lambda d: d.rstrip(b"\n"), repaired()),
    "empty lines": (lambda d: b"\n" + d.replace(b"\n", b"\n\n") + b"\n", repaired()),
    "empty last rows of a spreadsheet": (
        on_rows(lambda rows: rows.extend([[""] * len(rows[0])] * 3)),
        repaired(),
    ),
    "columns in another order": (on_rows(lambda rows: [row.reverse() for row in rows]), repaired()),
    "blanks around the header": (on_rows(lambda r: r.__setitem__(0, [f" {c} " for c in r[0]])),
                                 repaired()),
    "empty": (lambda d: b"", refused("FILE: the file is empty. It needs its header row.")),
    "blank": (lambda d: b"\n  \n", refused("FILE: the file is empty. It needs its header row.")),
    "Latin-1": (
        lambda d: d.replace(b"\n", b"\n\xe9", 1),
        refused("FILE, row 2: the file is not UTF-8. Save it again as 'CSV UTF-8'."),
    ),
    "UTF-16": (
        lambda d: d.decode().encode("utf-16"),
        refused("FILE, row 1: the file is not UTF-8. Save it again as 'CSV UTF-8'."),
    ),
    "zero bytes": (lambda d: d + b"\0" * 100, refused("it holds zero bytes, so something")),
    "a wrong character set before": (
        lambda d: d.replace(b"\n", "\n\ufffd".encode(), 1),
        refused("FILE, row 2: it holds replacement characters"),
    ),
    "an .xlsx with the name of a .csv": (
        lambda d: b"PK\x03\x04" + d,
        refused("FILE: this is a spreadsheet with the name of a CSV file. Give it the"),
    ),
    "another delimiter": (
        lambda d: d.replace(b",", b":"),
        refused("FILE, row 1: found 'FIRST:"),
    ),
    "no header": (
        on_rows(lambda rows: rows.pop(0)),
        refused("this is no header of the table. It should read FIRST,"),
    ),
    "missing column": (
        on_rows(without_first_column),
        refused("FILE, row 1, column FIRST: the column is missing. Add it, empty if need be."),
    ),
    "misspelt column": (
        on_rows(lambda rows: rows[0].__setitem__(0, rows[0][0] + "s")),
        refused(
            "FILE, row 1, column FIRST: the column is missing. Add it, empty if need be. "
            "Is 'FIRSTs' meant?",
            "FILE, row 1, column FIRSTs: unknown column. ",
        ),
    ),
    "extra column": (
        on_rows(with_extra_column),
        refused("FILE, row 1, column remark: unknown column. "),
    ),
    "a column without a name": (
        on_rows(lambda rows: [row.append("") for row in rows]),
        refused("FILE, row 1, column (without a name): unknown column. "),
    ),
    "doubled header": (
        on_rows(lambda rows: [row.append(row[0]) for row in rows]),
        refused("FILE, row 1, column FIRST: the header names this column twice. Remove one."),
    ),
    "a comma too many": (
        on_rows(lambda rows: rows[2].append("")),
        refused("FILE, row 3: WIDER cells where the header has WIDTH. Quote cells that hold the"),
    ),
    "cut off in a row": (
        on_rows(lambda rows: rows[1].__delitem__(slice(1, None))),
        refused("FILE, row 2: 1 cells where the header has WIDTH. Quote cells that hold the "
                "delimiter, and look for a row that was cut off."),
    ),
    "a quotation mark left open": (
        on_rows(lambda rows: None),
        refused("the row that begins here cannot be read as CSV"),
    ),
    "a row twice": (
        on_rows(lambda rows: rows.append(rows[1])),
        refused("this row is there twice, first in row 2. Remove one"),
    ),
}  # fmt: skip
FORM["a quotation mark left open"] = (
    lambda d: d + b'"' + d.split(b"\n", 2)[1],
    FORM["a quotation mark left open"][1],
)


def attempt(project, name):
    found, problems = reading.attempt_table(project.raw, name)
    return found.tables[name], [c.before for c in found.changes], [str(p) for p in problems]


def raw_bytes(name):
    return (ROOT / "data" / "raw" / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("case", FORM)
def test_the_form_of_each_file(project, name, case):
    how, (verdict, expected) = FORM[case]
    if case == "a row twice" and name not in KEYED:
        verdict, expected = "kept", ()
    if case == "missing column" and name == "pathway":  # no column of it must be there
        expected = ()
    before, noted_before, _ = attempt(project, name)
    change(project, name, how)
    table, noted, lines = attempt(project, name)
    if verdict == "kept":
        assert lines == [] and len(table) == len(before) + 1
        return
    if verdict == "repaired":
        assert lines == []
        pd.testing.assert_frame_equal(table.reset_index(drop=True), before.reset_index(drop=True))
        assert noted == [*expected, *noted_before]
        return
    header, *_ = rows_of(raw_bytes(name))
    assert len(lines) == len(expected), lines
    for line, text in zip(lines, expected, strict=True):
        text = text.replace("FILE", f"data/raw/{name}.csv").replace("FIRST", header[0])
        text = text.replace("WIDER", str(len(header) + 1)).replace("WIDTH", str(len(header)))
        assert text in line


@pytest.mark.parametrize("name", READ)
def test_a_missing_file(project, name):
    (project.raw / f"{name}.csv").rename(project.raw / f"{name.upper()}.CSV")
    *_, lines = attempt(project, name)
    assert lines == [
        f"data/raw/{name}.csv: the file is missing. Put it back; data/raw/README.md describes its "
        f"columns. {name.upper()}.CSV lies there; only {name}.csv and {name}.xlsx are read."
    ]


@pytest.mark.parametrize("name", READ)
def test_a_spreadsheet_in_place_of_the_csv(project, name):
    before, noted, _ = attempt(project, name)
    rows = rows_of(raw_bytes(name))
    sheet(project, name, {"Sheet1": rows})
    (project.raw / f"{name}.csv").unlink()
    table, noted_now, lines = attempt(project, name)
    assert lines == []
    pd.testing.assert_frame_equal(table.reset_index(drop=True), before.reset_index(drop=True))
    assert noted_now == [f"{name}.xlsx", *noted]
    assert raw_file.path_of(project.raw, name).name == f"{name}.xlsx"


def sheet(project, name, sheets):
    """Write a workbook; what looks like a number becomes one, as a spreadsheet would have it."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append([_typed(cell) for cell in row])
    book.save(project.raw / f"{name}.xlsx")


def _typed(cell):
    if isinstance(cell, str) and cell.isdigit() and str(int(cell)) == cell:
        return int(cell)
    return cell or None


ROWS = [["step", "n_reports", "note"], ["retrieved", "6076", ""]]
WORKBOOKS = {
    "beside the csv": ({"a": ROWS}, True, "screening.xlsx lies beside it. Keep one of the two."),
    "two sheets": ({"a": ROWS, "b": ROWS}, False, "the file has several sheets (a, b). Give"),
    "empty": ({"a": []}, False, "the file is empty. It needs its header row."),
    "a formula without a value": (
        {"a": [*ROWS, ["x", "=1+1", ""]]},
        False,
        "cell B3, column n_reports: found 'a formula'; this formula was never computed. Open the",
    ),
    "a date for a number": (
        {"a": [*ROWS, ["x", pd.Timestamp("2014-10-05").to_pydatetime(), ""]]},
        False,
        "cell B3, column n_reports: found '2014-10-05 00:00:00'; a spreadsheet seems to have made",
    ),
    "a date for text": (
        {"a": [*ROWS, [pd.Timestamp("2014-10-05").to_pydatetime(), 1, ""]]},
        False,
        "cell A3, column step: found '2014-10-05 00:00:00'; a spreadsheet seems to have made",
    ),
}


@pytest.mark.parametrize("case", WORKBOOKS)
def test_spreadsheets_that_are_not_plain(project, case):
    sheets, keep, message = WORKBOOKS[case]
    sheet(project, "screening", sheets)
    if not keep:
        (project.raw / "screening.csv").unlink()
    *_, lines = attempt(project, "screening")
    assert message in lines[0]
    assert lines[0].startswith("data/raw/screening." + ("csv" if keep else "xlsx"))


def test_a_sheet_of_the_table_s_name_is_taken(project):
    sheet(project, "screening", {"notes": [["x"]], "screening": rows_of(raw_bytes("screening"))})
    (project.raw / "screening.csv").unlink()
    table, noted, lines = attempt(project, "screening")
    assert lines == [] and noted == ["screening.xlsx"] and table["step"].iloc[0] == "retrieved"


def test_a_file_that_is_no_workbook(project):
    (project.raw / "screening.csv").rename(project.raw / "screening.xlsx")
    *_, lines = attempt(project, "screening")
    assert len(lines) == 1 and "data/raw/screening.xlsx: the file cannot be read" in lines[0]
    assert lines[0].endswith("Export the sheet as 'CSV UTF-8'.")


# -- the content of a file -------------------------------------------------------------------------


def ledger(row, column, before, after, **clean):
    """Accepted; the ledger has this line, and the clean table these values in this row."""
    return ("ledger", (row, column, before, after, clean))


def lines_of(name):
    """The rows of a raw file by the number of their line, each by column."""
    header, *rows = rows_of(raw_bytes(name))
    return {number: dict(zip(header, row, strict=True)) for number, row in enumerate(rows, 2)}


def the_first(name, which):
    """The number of the first line of a raw file of which `which` is true."""
    return next(number for number, row in lines_of(name).items() if which(row))


def the_events(column, value):
    """The numbers of the lines of all events that have this value."""
    return [number for number, row in lines_of(A).items() if row[column] == value]


def line_of(key):
    """The line of params.yml that an entry begins in."""
    lines = (ROOT / "params.yml").read_text(encoding="utf-8").splitlines()
    return 1 + next(n for n, line in enumerate(lines) if line.strip() == f"{key}:")


def together(given, value, column, found):
    """How one line tells that the same was found in all events that have this value."""
    rows = the_events(given, value)
    if len(rows) == 1:
        return f"adverse_events.csv, row {rows[0]}, column {column}: found '{found}'"
    times = f"{len(rows)} times (rows {rows[0]}, "
    return f"adverse_events.csv, column {column}: found '{found}' {times}"


NUMBER = "a number was expected"
P, R, Q, A = "patients", "reports", "posters", "adverse_events"
# The rows that these cases need are looked for: another set that is drawn has them elsewhere.
PAIR = the_first(R, lambda row: row["n_patients"] == "2")
SORE = the_first(A, lambda row: row["event"] in ("mucositis", "stomatitis", "oral ulcers"))
SORE_NAME = lines_of(A)[SORE]["event"]
SIZES = {row["report_id"]: int(row["n_patients"]) for row in lines_of(R).values()}
ILL = max(
    (row["patient_id"] for row in lines_of(A).values() if row["patient_id"]),
    key=lambda patient: len(the_events("patient_id", patient)),
)
ILL_LINE = the_first(P, lambda row: row["patient_id"] == ILL)
ILL_REPORT = lines_of(P)[ILL_LINE]["report_id"]
ILL_REPORT_LINE = the_first(R, lambda row: row["report_id"] == ILL_REPORT)
FIRST_REPORT_SIZE = SIZES[lines_of(R)[2]["report_id"]]
FIRST_POSTER_SIZE = SIZES[lines_of(Q)[2]["report_id"]]
CONTENT = {
    "trailing blanks": (P, cells(3, sex="female  "), ledger(3, "sex", "female  ", "female")),
    "a no-break blank": (P, cells(3, sex="female\u00a0"),
                         ledger(3, "sex", "female\u00a0", "female")),
    "decimal comma": (P, cells(2, dose_value="1,6"), ledger(2, "dose_value", "1,6", "1.6",
                                                            dose_value=1.6)),
    "decimal comma after a zero": (P, cells(2, dose_value="0,125"),
                                   ledger(2, "dose_value", "0,125", "0.125", dose_value=0.125)),
    "a count written 2.0": (R, cells(PAIR, n_patients="2.0"),
                            ledger(PAIR, "n_patients", "2.0", "2", n_patients=2)),
    # one wrong cell
    "a comma for thousands": (P, cells(2, follow_up_months="1,250"), refused(
        "patients.csv, row 2, column follow_up_months: found '1,250'; the comma may separate")),
    "text in a number": (P, cells(2, dose_value="1.6 mg"), refused(
        "data/raw/patients.csv, row 2, column dose_value: found '1.6 mg'; a number with its "
        "unit: write 1.6 and put mg in dose_unit.")),
    "a negative value": (P, cells(2, age_value="-3"), refused(
        "row 2, column age_value: found '-3'; a number of zero or more was expected. Correct it")),
    "a typographic minus": (P, cells(2, age_value="−3"), refused(
        "row 2, column age_value: found '−3'; a number of zero or more")),
    "an absurd dose": (P, cells(2, dose_value="1600"), refused(
        "row 2, column dose_value: found '1600'; dose_value lies between 0.001 and 100 "
        "(expectations/patients_raw.json).")),
    "an absurd age": (P, cells(2, age_value="700"), refused(
        "row 2, column age_value: found '700'; age_value lies between 0 and 120")),
    "infinity": (P, cells(2, dose_value="inf"), refused(f"found 'inf'; {NUMBER}")),
    "a number beyond all bounds": (P, cells(2, dose_value="1e99"), refused("found '1e+99'; dose_")),
    "digits of another script": (P, cells(2, age_value="٣"), refused(f"found '٣'; {NUMBER}")),
    "a range for a number": (P, cells(2, level_low_ng_ml="2–5"), refused("'2–5'; a range, not")),
    "a day and a month": (P, cells(2, level_low_ng_ml="5-Oct"), refused(
        "row 2, column level_low_ng_ml: found '5-Oct'; a number was expected; a spreadsheet seems "
        "to have made a date of it. Type the number again in a cell formatted as text.")),
    "a date": (P, cells(2, response_time_value="2014-11-12"), refused("made a date of it")),
    "a date in a text": (Q, cells(2, level="Oct-05"), refused(
        "data/raw/posters.csv, row 2, column level: found 'Oct-05'; a spreadsheet seems to have")),
    "a spreadsheet's error": (P, cells(2, response_criterion="#REF!"), refused(
        "row 2, column response_criterion: found '#REF!'; a spreadsheet's error stands here")),
    "half a patient": (R, cells(3, n_patients="2.5"), refused(
        "data/raw/reports.csv, row 3, column n_patients: found '2.5'; a whole number was")),
    "an unknown unit of dose": (P, cells(2, dose_unit="mg/m²/day"), refused(
        "row 2, column dose_unit: found 'mg/m²/day'; dose_unit is one of: mg/kg/day, mg/m2/day")),
    "an unknown unit of time": (P, cells(2, response_time_unit="wks"), refused(
        "row 2, column response_time_unit: found 'wks'; response_time_unit is one of: hours")),
    "a unit without a value": (P, cells(2, dose_value=""), refused(
        "row 2, column dose_unit: found 'given'; expected empty: dose_unit is given exactly")),
    "a level that is low above high": (
        P, cells(2, level_low_ng_ml="15", level_high_ng_ml="5"),
        refused("row 2, column level_high_ng_ml: found '5 and 15'; the upper end of a target")),
    "a response without a time": (
        P, cells(2, response_time_value="", response_time_unit=""),
        ledger(2, "response", "yes", "", event=1)),
    "a time without a response": (P, cells(2, response="no"), refused(
        "row 2, column response_time_value: found 'given'; expected empty: those without")),
    "neither response nor follow-up": (
        P, cells(2, response="no", response_time_value="", response_time_unit="",
                 follow_up_months=""),
        ledger(2, "response", "no", "", event=0)),
    "an unknown answer": (P, cells(2, sex="femlae"), refused(
        "row 2, column sex: found 'femlae'; sex is one of: male, female, or empty")),
    "an invisible character": (P, cells(2, sex="female\u200b"), refused(
        r"row 2, column sex: found 'female\u200b'; sex is one of")),
    "a misspelt diagnosis": (P, cells(2, diagnosis="lymphatic malfomation"), refused(
        "row 2, column diagnosis: found 'lymphatic malfomation'; not among the diagnoses of "
        f"params.yml, line {line_of('diagnoses')} (cleaning.diagnoses). Is 'lymphatic "
        "malformation' meant?")),
    "an unknown event": (A, cells(2, event="hiccups"), refused(
        "adverse_events.csv, row 2, column event: found 'hiccups'; not among the events of")),
    "an event of another category": (A, cells(SORE, category="laboratory"), refused(
        f"adverse_events.csv, row {SORE}, column category: found 'laboratory'; expected clinical: "
        f"{SORE_NAME} counts as mouth_sores, see params.yml, line")),
    "a misspelt category": (A, cells(SORE, category="clinicl"), refused(
        f"row {SORE}, column category: found 'clinicl'; expected clinical: {SORE_NAME} counts as "
        "mouth_")),
    "an event without a category": (A, cells(2, category=""), refused(
        "row 2, column category: category is given in every row (expectations/adverse_events_raw")),
    "a key that is empty": (P, cells(ILL_LINE, patient_id=""), refused(
        f"row {ILL_LINE}, column patient_id: every row needs a value here.",
        together("patient_id", ILL, "patient_id", f"{ILL} (not in patients.csv)"))),
    "a listed word in capitals": (P, cells(2, sex="Male", response="YES "), refused(
        "patients.csv, row 2, column sex: found 'Male'; sex is one of: male, female, or empty "
        "(expectations/patients_raw.json). Is 'male' meant? Correct it, or allow it in params.yml",
        "row 2, column response: found 'YES'; response is one of: yes, no")),
    "a patient of no report": (P, cells(ILL_LINE, report_id="R99"), refused(
        f"patients.csv, row {ILL_LINE}, column report_id: found 'R99 (not in reports.csv)'; "
        "expected R99",
        f"reports.csv, row {ILL_REPORT_LINE}, column n_patients: found '{SIZES[ILL_REPORT]}'; "
        f"expected {SIZES[ILL_REPORT] - 1}: a publication's patients",
        together("patient_id", ILL, "patient_id", f"{ILL} (of R99 in patients.csv)"))),
    "an event of no patient": (A, cells(2, patient_id="R01-9"), refused(
        "row 2, column patient_id: found 'R01-9 (not in patients.csv)'; expected R01-9: patient")),
    "events in a report without safety data": (
        R, cells(ILL_REPORT_LINE, adverse_events_reported="no"), refused(
            together("report_id", ILL_REPORT, "report_id", "no"))),
    "more events than patients": (A, cells(2, n_patients="9"), refused(
        "row 2, column n_patients: found '9'; expected 1: a row that names a patient counts this")),
    "counts that do not sum": (Q, cells(2, n="50"), refused(
        f"posters.csv, row 2, column n: found '50'; expected {FIRST_POSTER_SIZE}: counts of sex "
        "sum to the poster's")),
    "a report of the wrong size": (R, cells(2, n_patients="9"), refused(
        f"reports.csv, row 1, column n_patients: found '{25 - FIRST_REPORT_SIZE + 9}'; expected "
        "25: patients of publications",
        f"reports.csv, row 2, column n_patients: found '9'; expected {FIRST_REPORT_SIZE}: a "
        "publication's patients")),
    "a number printed in letters": ("published", cells(2, value="many"), refused(
        "published.csv: line 2, column value: 'many' of table1.total.all.n is not a number",
        "reports.csv, row 1, column n_patients: found '84'; expected many: patients of all as")),
    "more responses than patients": ("later_evidence", cells(2, n_response="58"), refused(
        "later_evidence.csv, row 2, column n_evaluable: found '57 and 58'; no more responses")),
    "a later study of another drug": ("later_evidence", cells(3, exposure="sunitinib"), refused(
        "later_evidence.csv, row 3, column exposure: found 'sunitinib'; expected one of sirolimus, "
        "everolimus, temsirolimus, deforolimus, see params.yml")),
    "a later study of a drug in capitals": ("later_evidence", cells(3, exposure="SIROLIMUS"),
        refused("(shared.words.exposures). Is 'sirolimus' meant? Correct it, remove the")),
    "a step of the search in words": ("screening", cells(2, n_reports="about 6000"), refused(
        "screening.csv, row 2, column n_reports: found 'about 6000'; a number was expected")),
}  # fmt: skip


def changes(found, name):
    """The ledger's lines about a table: row, column, before, after."""
    lines = found.tables["ledger"].query("table == @name")
    return lines[["row", "column", "before", "after"]].values.tolist()


@pytest.mark.parametrize("case", CONTENT)
def test_the_content_of_a_file(project, terms, whole, case):
    name, how, (verdict, expected) = CONTENT[case]
    change(project, name, how)
    found = judge(project, terms)
    if verdict == "ledger":
        row, column, before, after, clean = expected
        assert found.refused == []
        assert [row, column, before, after] in changes(found, name)
        for key, value in clean.items():
            assert found.tables[name][key].iloc[row - 2] == value
        assert len(found.tables[name]) == len(whole[name])
        return
    assert found.tables == {}
    assert len(found.refused) == len(expected), found.refused
    for line, text in zip(sorted(found.refused), sorted(expected), strict=True):
        assert any(text in other for other in found.refused), (text, line)


def test_spellings_of_missing(project, terms, whole):
    spelt = ("NA", "n/a", "N/A", "-", "–", "NaN", "nan", "null", "?", "n.a.")
    for row, text in enumerate(spelt, 2):
        change(project, "patients", cells(row, level_time_days=text, symptoms=text))
    found = judge(project, terms)
    lines = changes(found, "patients")
    for row, text in enumerate(spelt, 2):
        for column in ("level_time_days", "symptoms"):
            assert lines.count([row, column, text, ""]) == 1
    patients = found.tables["patients"].iloc[: len(spelt)]
    assert patients["level_time_days"].isna().all() and patients["symptoms"].eq("").all()


def test_semicolons_with_decimal_commas(project, terms, whole):
    rows = rows_of(raw_bytes("patients"))
    for row in rows[1:]:
        row[rows[0].index("dose_value")] = row[rows[0].index("dose_value")].replace(".", ",")
    (project.raw / "patients.csv").write_bytes(content_of(rows, ";"))
    found = judge(project, terms)
    pd.testing.assert_frame_equal(found.tables["patients"], whole["patients"])
    reasons = found.tables["ledger"]["reason"]
    assert (reasons == "decimal comma").sum() == sum("," in r[9] for r in rows[1:]) > 0


def test_all_problems_of_all_files_come_at_once(project, terms):
    change(project, "patients", cells(2, sex="x", dose_value="much", diagnosis="cold"))
    change(project, "patients", cells(7, age_unit="moons"))
    change(project, "posters", cells(3, n="-1"))
    change(project, "later_evidence", cells(2, year="1066"))
    (project.raw / "screening.csv").write_bytes(b"")
    (project.raw / "published_checks.csv").unlink()  # which a review may do without
    change(project, "pathway", cells(2, x_mm="left"))
    found = judge(project, terms)
    places = [line.split(": ")[0].removeprefix("data/raw/") for line in found.refused]
    assert places == [
        "later_evidence.csv, row 2, column year",
        "pathway.csv, row 2, column x_mm",
        "patients.csv, row 2, column diagnosis",
        "patients.csv, row 2, column dose_value",
        "patients.csv, row 2, column sex",
        "patients.csv, row 7, column age_unit",
        "posters.csv, row 3, column n",
        "screening.csv",
    ]


def test_a_review_that_shows_no_pathway_needs_no_file_of_it(project, terms, whole):
    for name in SHOWN:
        (project.raw / f"{name}.csv").unlink()
    assert judge(project, terms).refused == []


def test_a_table_of_one_s_own_has_no_column_twice(project):
    (project.raw / "mine.csv").write_text("a,b,a,,\n1,2,3,,\n")
    *_, lines = attempt(project, "mine")
    twice = "the header names this column twice. Remove one."
    assert lines == [
        f"data/raw/mine.csv, row 1, column (without a name): {twice}",
        f"data/raw/mine.csv, row 1, column a: {twice}",
    ]


# -- a large file ----------------------------------------------------------------------------------

EACH = 1000


def large(project, publications, how=lambda rows: None):
    """Publications of a thousand patients each, all copies of the first, responding in a week."""
    responding = cells(2, response_time_value="1", response_time_unit="weeks")
    rows = rows_of(responding(raw_bytes("patients")))
    first = rows[1][2:]
    rows[1:] = [
        [f"R{r:03}-{n}", f"R{r:03}", *first] for r in range(publications) for n in range(EACH)
    ]
    how(rows)
    (project.raw / "patients.csv").write_bytes(content_of(rows))
    reports = rows_of(raw_bytes("reports"))
    reports[1:] = [row for row in reports if row[1] == "poster"] + [
        [f"R{r:03}", "publication", str(EACH), "yes", "extracted"] for r in range(publications)
    ]
    (project.raw / "reports.csv").write_bytes(content_of(reports))
    keep(project, "adverse_events", lambda row: row[0].startswith("P"))
    keep(project, "published", lambda row: ".total." not in row[0])


def keep(project, name, which):
    rows = rows_of(raw_bytes(name))
    content = content_of([rows[0], *filter(which, rows[1:])])
    (project.raw / f"{name}.csv").write_bytes(content)


@pytest.mark.nightly
def test_a_hundred_thousand_rows(project, terms):
    large(project, 100)
    found = judge(project, terms)
    assert found.refused == []
    patients, lines = found.tables["patients"], found.tables["ledger"]
    assert len(patients) == 100_000 and patients["time_hours"].eq(168).all()
    times = lines.query("table == 'patients' and column == 'response_time_value'")
    assert len(times) == 100_000 and times["key"].iloc[-1] == "R099-999 / R099"


def test_very_many_wrong_rows_give_a_message_that_can_be_read(project, terms):
    def spoil(rows):
        for row in rows[1:]:
            row[2] = "femlae"

    large(project, 2, spoil)
    found = judge(project, terms)
    line, last = found.refused
    told = "data/raw/patients.csv, column sex: found 'femlae' 2,000 times (rows 2, 3, 4 and 1,997 "
    assert line.startswith(told)
    assert last == "All 2,000, one in each row: report/_build/problems.csv"
    assert len((project.build / "problems.csv").read_text().splitlines()) == 2001
