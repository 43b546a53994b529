"""Cells and headers as they are typed and mangled, and files that are no tables."""

import os

import pytest

from case_review.data import cells, header, intake, lines, raw_file, reading
from case_review.data.schema import TABLES
from case_review.project import Project

REPORTS = "report_id,kind,n_patients,adverse_events_reported,provenance\n"
COLUMNS = list(TABLES["reports"].columns)


def attempt(folder, content, name="reports", **more):
    path = folder / f"{name}.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    raw, problems = reading.attempt_table(folder, name, **more)
    told = [(c.row, c.column, c.before, c.after) for c in raw.changes]
    return raw.tables[name], told, [str(p).removeprefix("data/raw/reports.csv") for p in problems]


def one_cell(folder, **cells):
    """What is said of a report with these cells."""
    typed = ["R1", "publication", "2", "yes", "extracted"]
    given = dict(zip(REPORTS.strip().split(","), typed, strict=True)) | cells
    return attempt(folder, REPORTS + ",".join(f'"{cell}"' for cell in given.values()))


ERRORS = ["#N/A", "#DIV/0!", "#REF!", "#NAME?", "#NULL!", "#NV", "#N/D", "#BEZUG!", "#¡DIV/0!",
          "#¿NOMBRE?", "#VALEUR!", "#####", "Err:502", "#CALC!"]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("column", ["report_id", "n_patients", "kind"])
def test_an_error_of_a_formula_is_no_empty_cell_and_told_once(tmp_path, column, error):
    *_, said = one_cell(tmp_path, **{column: error})
    assert said == [
        f", row 2, column {column}: found '{error}'; a spreadsheet's error stands here. Type the "
        "value itself, or leave it empty."
    ]


NUMBERS = {
    "5 weeks": "a number with its unit: write the number alone, in patients.",
    "about 3": "Put units and remarks in their own columns",
    "5 weeks after the first dose": "Put units and remarks in their own columns",
    "2-3": "a range, not a number. Write the one number that is meant, or leave it empty.",
    "10–20 wk": "a range, not a number.",
    "5 to 10": "a range, not a number.",
    "<1": "a limit, not a number.",
    "12+": "a limit, not a number.",
    "60s": "a span of ten years, not a number.",
    "3/4": "a fraction or a date, not a number.",
    "~60": "a rough number. Write the one number that is meant",
    "5 Oct": "made a date of it",
    "Oct 2014": "made a date of it",
    "12 September": "made a date of it",
    "5.10.2014": "made a date of it",
    "2024-03-02": "made a date of it",
    "'5": "Remove the apostrophe before it.",
    "9" * 5000: "a number of at most 40 characters was expected",
    "1" + "0" * 5000 + ".0": "a number of at most 40 characters was expected",
    "0," + "1" * 5000: "a number of at most 40 characters was expected",
    "1e99": "",
}


@pytest.mark.parametrize("text", NUMBERS)
def test_what_is_no_number(tmp_path, text):
    *_, said = one_cell(tmp_path, n_patients=text)
    assert [NUMBERS[text] in line for line in said] == [True] * bool(NUMBERS[text])


WORDS = ["NR", "n.r.", "not reported", "n/a", "?", "-", "–", ".", "Unknown", "missing", "NA", "…",
         "not available"]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_where_no_remark_can_stand_a_word_for_missing_is_none(tmp_path, word):
    header = "patient_id,report_id,sex,age_value,diagnosis,drug,response,provenance,cotreatments\n"
    row = f"A,R1,{word},{word},x,y,yes,extracted,{word}\n"
    (tmp_path / "patients.csv").write_text(header + row, encoding="utf-8")
    raw, problems = reading.attempt_table(tmp_path, "patients")
    told = [(c.column, c.before, c.after) for c in raw.changes if c.column in ("sex", "age_value")]
    assert told == [("sex", word, ""), ("age_value", word, "")]
    kept = word.lower() in cells.UNKNOWN
    assert raw.tables["patients"]["cotreatments"].tolist() == [word if kept else ""]
    assert not [problem for problem in problems if problem.column in ("sex", "age_value")]


UNITS = ("hours", "days", "weeks", "months")
SPLIT = {
    "3 weeks": "a number with its unit: write 3 and put weeks in time_unit.",
    "3wk": "a number with its unit: write 3 and put weeks in time_unit.",
    "1,5 mo.": "a number with its unit: write 1,5 and put months in time_unit.",
    "~3 months": "a rough number with its unit: write 3 and put months in time_unit.",
    "3 y": "a number with its unit: write 3 and put y in time_unit.",
}


@pytest.mark.parametrize("text", SPLIT)
def test_a_number_with_its_unit_is_taken_apart(text):
    assert cells.advice(text, "time_unit", UNITS) == SPLIT[text]


@pytest.mark.parametrize("name", ["NA", "Nan", "null", "nd"])
def test_a_row_may_be_called_as_missing_is_spelt(tmp_path, name):
    table, told, said = one_cell(tmp_path, report_id=name)
    assert table["report_id"].tolist() == [name] and told == [] and said == []


@pytest.mark.parametrize(("column", "text"), [("report_id", "-"), ("report_id", "n/a")])
def test_a_name_that_is_missing_is_quoted(tmp_path, column, text):
    *_, said = one_cell(tmp_path, **{column: text})
    assert said[0] == (
        f", row 2, column {column}: found '{text}'; this says that the value is missing, and "
        "every row needs one here."
    )


def test_a_patient_called_na_is_found_where_it_is_named(tmp_path):
    head = ",".join(TABLES["adverse_events"].columns) + "\n"
    content = head + "R1,NA,fever,clinical,1,,none,extracted\n"
    table, told, said = attempt(tmp_path, content, "adverse_events")
    assert table["patient_id"].tolist() == [""] and told == [(2, "patient_id", "NA", "")]
    names = {"patient_id": {"NA"}}
    table, told, said = attempt(tmp_path, content, "adverse_events", names=names)
    assert table["patient_id"].tolist() == ["NA"] and told == said == []


NAMES = {
    "R\x071": "an invisible control character",
    "R\u00a01": "a name with a blank or a sign that cannot be seen",
    "R\u200b1": "a name with a blank or a sign that cannot be seen",
    "'R1": "an apostrophe before a name",
}


@pytest.mark.parametrize("name", NAMES)
def test_what_would_part_a_row_from_those_that_name_it(tmp_path, name):
    *_, said = one_cell(tmp_path, report_id=name)
    assert NAMES[name] in said[0]


ROW = "R1,publication,2,yes,extracted\n"
SEPARATED = {
    "sep=;\n": ";",
    "SEP=,\r\n": ",",
    '"sep=\t"\n': "\t",
    "\nsep=|\n": "|",
    "\ufeffsep=;\n": ";",
    "sep=;;;;;\n": ";",
}


@pytest.mark.parametrize("first", SEPARATED)
def test_a_line_that_names_the_separator(tmp_path, first):
    rows = (REPORTS + ROW).replace(",", SEPARATED[first])
    table, told, said = attempt(tmp_path, first + rows)
    table = table.drop(columns="date_added")  # which no file needs to have
    assert said == [] and table.iloc[0].tolist() == ROW.strip().split(",")
    assert table.index[0] == 3 + first.startswith("\n")
    assert first.strip("\ufeff\r\n") in [before for *_, before, _ in told]


def test_a_separator_that_is_none(tmp_path):
    *_, said = attempt(tmp_path, "sep=:\n" + REPORTS.replace(",", ":"))
    assert said == [
        ", row 1: the first line names ':' as what separates columns. Separate them by commas, or "
        "by semicolons or tabs."
    ]


@pytest.mark.parametrize("content", ["sep=;\n", ",,\n", ";;\n;\n", '""\n'])
def test_separators_and_quotation_marks_alone_are_no_table(tmp_path, content):
    *_, said = attempt(tmp_path, content)
    assert said == [": the file is empty. It needs its header row."]


def test_line_ends_of_all_kinds(tmp_path):
    table, told, said = attempt(tmp_path, REPORTS.replace("\n", "\r\n") + ROW.replace("\n", "\r")
                                + ROW.replace("R1", "R2"))  # fmt: skip
    assert said == told == [] and table["report_id"].tolist() == ["R1", "R2"]


def test_a_header_in_capitals_gets_a_hint(tmp_path):
    *_, said = attempt(tmp_path, REPORTS.upper() + ROW)
    assert len(said) == 1 and said[0].startswith(", row 1: found 'REPORT_ID,KIND,")
    assert said[0].endswith(
        " Its names are spelt otherwise: write report_id for 'REPORT_ID', and so on."
    )
    *_, said = attempt(tmp_path, REPORTS.replace("report_id", "Report ID") + ROW)
    assert "column report_id: the column is missing. Add it, empty if need be. Is 'Report ID'" in (
        "".join(said)
    )


def test_ten_thousand_columns_too_many_are_one_line(tmp_path):
    more = "".join(f",x{n}" for n in range(10_000))
    *_, said = attempt(tmp_path, REPORTS.strip() + more + "\n")
    assert said == [
        ", row 1: 10,000 unknown columns, the first being x0, x1, x2. Of each: unknown column. "
        f"Remove it; expected are {', '.join(COLUMNS)}."
    ]


@pytest.mark.parametrize(("position", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (16383, "XFD")])
def test_columns_are_called_as_spreadsheets_do(position, letters):
    assert header.letters(position) == letters


# -- files that are none, and files that nothing declares ------------------------------------------


def refusal(path):
    with pytest.raises(raw_file.FileProblem) as refused:
        raw_file.read_path(path)
    return refused.value.message


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_is_no_file_is_not_waited_for(tmp_path, ending, monkeypatch):
    path = tmp_path / f"reports{ending}"
    assert refusal(path) == "the file does not exist. Correct its name."
    os.mkfifo(path)
    assert refusal(path).startswith("this is a pipe or a device, not a file.")
    path.unlink()
    path.symlink_to("/dev/zero")
    assert refusal(path).startswith("this is a pipe or a device, not a file.")
    path.unlink()
    path.symlink_to("gone")
    assert refusal(path).startswith("this is a link to a file that is not there.")
    assert refusal(tmp_path).startswith("this is a folder.")
    path.unlink()
    monkeypatch.setattr(lines, "MOST_BYTES", 3)
    path.write_text("abcd")
    assert refusal(path).startswith("the file is larger than 0 MB, the most that is read.")


def test_a_pipe_beside_the_spreadsheet_is_not_overlooked(tmp_path):
    os.mkfifo(tmp_path / "reports.csv")
    (tmp_path / "reports.xlsx").write_bytes(b"")
    *_, problems = reading.attempt_table(tmp_path, "reports")
    assert [p.message for p in problems] == ["reports.xlsx lies beside it. Keep one of the two."]


def test_files_that_nothing_declares_are_named(tmp_path):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "README.md").write_text(
        "# Raw\n\n| file | holds |\n| --- | --- |\n| `mine.csv`, `more.txt` | `other.csv` |\n\n"
        "## search.yml\n"
    )
    for name in ("reports.csv", "patients.xlsx", "extreme_sets.csv", "mine.csv", "more.txt",
                 "search.yml", ".DS_Store"):  # fmt: skip
        (raw / name).write_text("")
    assert raw_file.undeclared(raw) == [] == intake.notes(Project(tmp_path))
    for name in ("names (private).xlsx", "~$patients.xlsx", "other.csv", "Reports.csv",
                 ".~lock.reports.csv#"):  # fmt: skip
        (raw / name).write_text("")
    names = ["Reports.csv", "names (private).xlsx", "other.csv", "~$patients.xlsx"]
    assert [path.name for path in raw_file.undeclared(raw)] == names
    opened = "seems to be open in a spreadsheet program; what is not saved is not read."
    loose = "is not read: nothing declares it. Move it elsewhere, or describe it in data/raw/README"
    assert intake.notes(Project(tmp_path)) == [
        f"data/raw/reports.csv {opened}",
        f"data/raw/patients.xlsx {opened}",
        *[f"data/raw/{name} {loose}.md." for name in names[:-1]],
    ]
    assert raw_file.undeclared(tmp_path / "nothing") == []


def test_what_was_chosen_in_a_spreadsheet_reaches_the_ledger(tmp_path):
    from workbooks import book, cell, row, sheet

    cells = ROW.strip().split(",")
    heads = REPORTS.strip().split(",")
    rows = [row(1, *heads), row(2, *cells[:2], 2, *cells[3:], more=' hidden="1"'),
            row(3, "R2", "publication", cell("C3", 0.5, "n", 1), *cells[3:])]  # fmt: skip
    (tmp_path / "reports.xlsx").write_bytes(book({"Sheet1": sheet(*rows)}))
    raw, problems = reading.attempt_table(tmp_path, "reports")
    assert [(c.before, c.after, c.reason) for c in raw.changes] == [
        ("reports.xlsx", "reports.csv", "read from the spreadsheet's sheet Sheet1"),
        ("rows 2", "", "hidden or filtered out in the sheet, and read as data"),
    ]
    assert raw.tables["reports"]["n_patients"].tolist() == ["2", "0.5"]
    assert str(problems[0]) == (
        "data/raw/reports.xlsx, sheet Sheet1, cell C3, column n_patients: found '0.5'; the cell "
        "shows 50.0 % and holds 0.5. Give it the number format 'General' and type the number that "
        "is meant, or a text format if it is a name."
    )
