"""From a messy sheet to raw tables: what comes out, what is asked, and what was typed by hand."""

import argparse
import csv
import shutil
import subprocess
import sys
import time

import made_up_review
import openpyxl
import pytest
from conftest import ROOT, made_up_values

from case_review.errors import ReviewError
from case_review.living import importing
from case_review.living.importing import mapping_file
from case_review.parameters import loading
from case_review.project import Project

MESSY = ROOT / "examples" / "messy"
TABLES = ("patients", "reports", "posters", "adverse_events")
#: The choices of a review, with the words of the messy sheet.
VALUES = made_up_values() | {
    "cleaning": made_up_values()["cleaning"] | {
        "diagnoses": {"haemangioma": {}, "lymphatic malformation": {}},
        "events": dict.fromkeys(("headache", "mucositis", "oral ulcers"), "gastrointestinal"),
    }
}  # fmt: skip


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path / "review")
    made.raw.mkdir(parents=True)
    (made.root / "data" / "import").mkdir()
    return made


def imported(project, file=MESSY / "messy.xlsx", answer=None, values=VALUES, **options):
    given = {"sheet": "", "dictionary": None, "replace": False} | options
    return importing.main(project, file, values, argparse.Namespace(**given), answer)


def use_mapping(project):
    shutil.copy(MESSY / "mapping.yml", project.root / "data" / "import")


def sheet(folder, *rows, name="sheet.csv"):
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


def rows(project, name="patients"):
    with (project.raw / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def change(project, patient, column, value):
    path = project.raw / "patients.csv"
    table = rows(project)
    next(row for row in table if row["patient_id"] == patient)[column] = value
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, table[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


# -- the messy example -----------------------------------------------------------------------------


def test_the_messy_sheet_gives_exactly_these_files_again_and_again(project):
    use_mapping(project)
    for _ in range(2):
        assert imported(project) == 0
        for name in TABLES:
            expected = (MESSY / f"{name}.csv").read_text(encoding="utf-8")
            assert (project.raw / f"{name}.csv").read_text(encoding="utf-8") == expected, name
        folder = project.root / "data" / "import"
        for name in ("ledger.csv", "unread.csv", "mapping.yml"):
            assert (folder / name).read_bytes() == (MESSY / name).read_bytes(), name


def test_the_messy_sheet_is_made_by_its_script_with_the_same_bytes(tmp_path):
    made = tmp_path / "messy.xlsx"
    subprocess.run([sys.executable, MESSY / "make.py", made], check=True)
    assert made.read_bytes() == (MESSY / "messy.xlsx").read_bytes()


def test_a_first_run_drafts_a_mapping_asks_what_is_not_plain_and_writes_no_table(project, capsys):
    assert imported(project) == 1
    said = capsys.readouterr()
    assert "columns > K > codes > cr" in said.err and "Time to respons" in said.out
    assert list(project.raw.iterdir()) == []
    drafted = mapping_file.read(project.root / "data" / "import" / "mapping.yml")
    assert drafted["columns"]["D"]["unit"] == "years"
    assert drafted["columns"]["K"]["codes"]["pr"] == "?"
    assert drafted["columns"]["R"]["to"] == "?"


def test_on_a_terminal_the_questions_are_asked(project, tmp_path):
    path = sheet(tmp_path, ["Study", "Dx", "Drug", "Response", "Shoe"],
                 ["A", "haemangioma", "sirolimus", "CR", "42"])  # fmt: skip
    answers = {"'cr'": "yes", "Shoe": "own", "event": "no", "adverse": "no"}

    def answer(question):
        return next((said for word, said in answers.items() if word in question), "")

    assert imported(project, path, answer) == 0
    assert rows(project)[0]["response"] == "yes" and rows(project)[0]["shoe"] == "42"


# -- corrections by hand ---------------------------------------------------------------------------


def test_corrections_by_hand_stay_and_are_listed(project, capsys):
    use_mapping(project)
    imported(project)
    change(project, "Cedar 2017-2", "age_value", "1.25")
    capsys.readouterr()
    assert imported(project) == 0
    assert "Cedar 2017-2, age_value: '1.25' by hand stays" in capsys.readouterr().out
    (corrected,) = (row for row in rows(project) if row["patient_id"] == "Cedar 2017-2")
    assert corrected["age_value"] == "1.25"


def test_a_conflict_between_hand_and_sheet_is_told(project, tmp_path, capsys):
    use_mapping(project)
    imported(project)
    change(project, "Elder 2019-a", "age_value", "13")
    path = tmp_path / "messy.xlsx"
    book = openpyxl.load_workbook(MESSY / "messy.xlsx")
    book.active["D15"] = 14
    book.save(path)
    capsys.readouterr()
    assert imported(project, path) == 0
    said = capsys.readouterr().out
    assert "Elder 2019-a, age_value: conflict. The sheet had '12' and now has '14'" in said
    assert rows(project)[-1]["age_value"] == "13"


def test_rows_that_come_from_no_import_are_not_replaced_unasked(project):
    use_mapping(project)
    (project.raw / "patients.csv").write_text("patient_id,provenance\n1,reconstructed\n", "utf-8")
    before = (project.raw / "patients.csv").read_bytes()
    with pytest.raises(ReviewError, match=r"come from no import .reconstructed"):
        imported(project)
    assert [path.name for path in project.raw.iterdir()] == ["patients.csv"]
    assert (project.raw / "patients.csv").read_bytes() == before
    assert imported(project, replace=True) == 0
    assert len(rows(project)) == 6


# -- exports and other sheets ----------------------------------------------------------------------


def test_a_redcap_export_of_raw_codes_is_read_with_its_dictionary(project, tmp_path):
    dictionary = sheet(
        tmp_path,
        ["Variable / Field Name", "Form Name", "Field Type", "Field Label",
         "Choices, Calculations, OR Slider Labels"],
        ["study", "f", "text", "Study", ""],
        ["sx", "f", "radio", "<b>Sex</b>", "1, Male | 2, Female"],
        ["dx", "f", "text", "Diagnosis", ""],
        ["drg", "f", "dropdown", "Drug", "1, Sirolimus | 9, Everolimus"],
        ["resp", "f", "yesno", "Response", "1, Yes | 0, No"],
        name="dictionary.csv",
    )  # fmt: skip
    path = sheet(
        tmp_path, ["record_id", "redcap_event_name", "study", "sx", "dx", "drg", "resp"],
        ["1", "baseline_arm_1", "Alder", "2", "haemangioma", "9", "1"],
    )  # fmt: skip
    assert imported(project, path, dictionary=dictionary) == 1
    mapping = project.root / "data" / "import" / "mapping.yml"
    said = mapping.read_text(encoding="utf-8")
    assert "to: ignore" in said
    said = said.replace("to: '?'", "to: patient", 1).replace("reported: '?'", "reported: no")
    mapping.write_text(said, encoding="utf-8")
    assert imported(project, path) == 0
    (row,) = rows(project)
    assert [row[name] for name in ("sex", "drug", "response")] == ["female", "everolimus", "yes"]


def test_of_a_covidence_export_the_consensus_alone_is_read(project, tmp_path):
    head = ["Covidence #", "Study ID", "Reviewer Name", "Diagnosis", "Drug", "Response"]
    path = sheet(tmp_path, head, ["12", "Alder 2015", "Ann", "haemangioma", "sirolimus", "no"],
                 ["12", "Alder 2015", "Consensus", "haemangioma", "sirolimus", "yes"])  # fmt: skip

    def answer(question):
        words = {"'Reviewer Name'; ": "only", "which value": "Consensus", "adverse": "no"}
        return next((said for word, said in words.items() if word in question), "")

    assert imported(project, path, answer) == 0
    assert [row["response"] for row in rows(project)] == ["yes"]


def completed(question):
    """Answers to what a sheet without adverse events and units leaves open."""
    words = {"adverse": "no", "which unit": "years", "above": "as above"}
    return next((said for word, said in words.items() if word in question), "")


def test_rows_without_a_report_are_of_the_one_above_if_the_mapping_says_so(project, tmp_path):
    path = sheet(
        tmp_path, ["Study", "Sex", "Dx", "Drug", "Response"],
        ["A", "m", "haemangioma", "sirolimus", "yes"], ["", "f", "haemangioma", "sirolimus", "no"],
        ["Second part"], ["B", "f", "haemangioma", "sirolimus", "no"],
    )  # fmt: skip
    assert imported(project, path) == 1
    assert imported(project, path, completed) == 0
    assert [row["patient_id"] for row in rows(project)] == ["A-1", "A-2", "B-1"]
    unread = (project.root / "data" / "import" / "unread.csv").read_text(encoding="utf-8")
    assert "A4,,,Second part,a heading or a note between rows" in unread


def test_a_code_may_say_what_a_number_in_words_is(project, tmp_path):
    path = sheet(tmp_path, ["Study", "Age", "Dx", "Drug", "Response"],
                 ["A", "newborn", "haemangioma", "sirolimus", "yes"],
                 ["B", "5", "haemangioma", "sirolimus", "yes"])  # fmt: skip
    assert imported(project, path, completed) == 0
    assert [row["age_value"] for row in rows(project)] == ["", "5"]
    mapping = project.root / "data" / "import" / "mapping.yml"
    said = mapping.read_text(encoding="utf-8")
    said = said.replace("unit: years", "unit: years\n    codes: {Newborn: 0 days}")
    mapping.write_text(said, encoding="utf-8")
    assert imported(project, path) == 0
    assert [(row["age_value"], row["age_unit"]) for row in rows(project)] == [
        ("0", "days"), ("5", "years"),
    ]  # fmt: skip


def test_a_wrong_answer_on_a_terminal_is_asked_for_again(project, tmp_path):
    path = sheet(tmp_path, ["Study", "Sex", "Dx", "Drug", "Response"],
                 ["A", "x", "haemangioma", "sirolimus", "yes"])  # fmt: skip
    given = iter(["no", "woman", "female"])
    asked = []

    def answer(question):
        asked.append(question)
        return next(given)

    assert imported(project, path, answer) == 0
    assert asked[2].startswith("'woman' is none of these") and rows(project)[0]["sex"] == "female"


def test_a_report_of_more_patients_than_are_listed_is_told(project, tmp_path):
    path = sheet(tmp_path, ["Study", "N patients", "Age", "Dx", "Drug", "Response"],
                 ["A", "3", "1,5", "haemangioma", "sirolimus", "yes"],
                 ["A", "3", "1.250", "haemangioma", "sirolimus", "yes"])  # fmt: skip
    assert imported(project, path, completed) == 0
    unread = (project.root / "data" / "import" / "unread.csv").read_text(encoding="utf-8")
    assert "n_patients,3,the sheet lists 2 patients of this report" in unread
    assert "1.250,the point may separate thousands or decimals" in unread
    assert [row["age_value"] for row in rows(project)] == ["1.5", ""]


def test_columns_of_its_own_are_read_as_the_review_declares_them(project, tmp_path):
    own = {
        "score": {"type": "whole", "highest": 10, "meaning": "Score."},
        "centre": {"type": "text", "values": ["north", "south"], "meaning": "Centre."},
    }
    values = VALUES | {"cleaning": dict(VALUES["cleaning"]) | {"columns": own}}
    path = sheet(tmp_path, ["Study", "Dx", "Drug", "Response", "Score", "Centre"],
                 ["A", "haemangioma", "sirolimus", "yes", "7", "North"],
                 ["B", "haemangioma", "sirolimus", "yes", "12", "N"],
                 ["C", "haemangioma", "sirolimus", "yes", "7.5", "south"])  # fmt: skip

    def answer(question):
        return "north" if "'n' in 'Centre'" in question else completed(question)

    assert imported(project, path, answer, values) == 0
    assert [(row["score"], row["centre"]) for row in rows(project)] == [
        ("7", "north"), ("", "north"), ("", "south"),
    ]  # fmt: skip


def test_another_review_comes_out_of_the_sheet_of_its_group(tmp_path):
    """The made-up review, typed as a group may have it; patients are named after their report."""
    project = Project(tmp_path / "made up")
    made_up_review.write(project.root)
    ours, events = rows(project), rows(project, "adverse_events")
    head = ["Study", "Case", "Gender", "Age (yrs)", "Diagnosis", "Drug", "Dose",
            "Dose unit", "Symptoms", "Target level ng/ml",
            "Other treatments", "Response", "Response by",
            "Time to response", "FU (months)", "Treatment status", "AEs",
            "Action taken"]  # fmt: skip
    path = tmp_path / "group.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerows([["Extraction 2026"], head])
        for row in ours:
            told = [event for event in events if event["patient_id"] == row["patient_id"]]
            writer.writerow([
                row["report_id"], row["patient_id"], row["sex"][0].upper(), row["age_value"],
                row["diagnosis"], row["drug"].title(), row["dose_value"].replace(".", ","),
                row["dose_unit"], row["symptoms"],
                f"{row['level_low_ng_ml']}-{row['level_high_ng_ml']}", row["cotreatments"],
                {"yes": "CR", "no": "SD"}[row["response"]], row["response_criterion"],
                f"{row['response_time_value']} wk" if row["response_time_value"] else "n/a",
                row["follow_up_months"], row["treatment_status"],
                "; ".join(event["event"] for event in told) or "none",
                told[0]["action"] if told else "",
            ])  # fmt: skip

    def answer(question):
        return "yes" if "'cr'" in question else "no" if "'sd'" in question else ""

    values = loading.load(project).values
    assert imported(project, path, answer, values, replace=True) == 0
    names = {row["patient_id"]: f"{row['report_id']}-{row['patient_id']}" for row in ours}
    for before, after in ((ours, rows(project)), (events, rows(project, "adverse_events"))):
        renamed = [row | {"patient_id": names[row["patient_id"]]} for row in before]
        assert [{key: row.get(key, "") for key in after[0]} for row in renamed] == after


@pytest.mark.parametrize("found, said, message", [
    ("unit: years", "unit: yers", "columns > D > unit: found 'yers', expected one of hours, days"),
    ("name: weight_kg", "name: age_value", "columns > R > name: found 'age_value'"),
    ("variable: sex", "variable: sexes", "columns > U > variable: found 'sexes'"),
    ("ranges: unread", "ranges: guess", "settings > ranges: found 'guess', expected one of unread"),
    ("fixed: {}", "fixed: {response: perhaps}", "fixed > response: found 'perhaps', expected one"),
])  # fmt: skip
def test_what_a_mapping_cannot_say_is_refused_with_its_place(project, found, said, message):
    use_mapping(project)
    path = project.root / "data" / "import" / "mapping.yml"
    text = path.read_text(encoding="utf-8")
    assert found in text
    path.write_text(text.replace(found, said, 1), encoding="utf-8")
    with pytest.raises(ReviewError) as error:
        imported(project)
    assert message in str(error.value)
    assert list(project.raw.iterdir()) == []


def test_two_columns_for_one_of_ours_are_a_question(project, tmp_path, capsys):
    path = sheet(tmp_path, ["Study", "Sex", "Gender", "Dx"], ["A", "m", "m", "haemangioma"])
    assert imported(project, path) == 1
    said = capsys.readouterr().err
    assert "what is 'Sex'; it is like sex" in said and "what is 'Gender'" in said


def test_a_unit_that_may_be_two_is_a_question(project, tmp_path, capsys):
    path = sheet(tmp_path, ["Study", "Age (m)", "Dx"], ["A", "5", "haemangioma"])
    assert imported(project, path) == 1
    assert "which unit does 'Age (m)' have" in capsys.readouterr().err


def test_a_new_code_in_a_later_sheet_is_a_question_and_columns_may_move(project, tmp_path, capsys):
    use_mapping(project)
    imported(project)
    book = openpyxl.load_workbook(MESSY / "messy.xlsx")
    book.active["K15"] = "nearly"
    path = tmp_path / "messy.xlsx"
    book.save(path)
    before = (project.raw / "patients.csv").read_bytes()
    assert imported(project, path) == 1
    assert "columns > K > codes > nearly" in capsys.readouterr().err
    assert (project.raw / "patients.csv").read_bytes() == before


def test_headers_of_two_rows_and_cells_merged_over_rows_are_understood(project, tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["Study", "Dose", None, "Sex", "Dx", "Drug", "Response"],
        [None, "value", "unit", None, None, None, None],
        ["A", 1.6, "mg/m2/d", "male", "haemangioma", "sirolimus", "yes"],
        [None, 0.1, "mg/kg/d", "female", "haemangioma", "sirolimus", "no"],
    ):
        book.active.append(row)
    for place in ("A1:A2", "B1:C1", "D1:D2", "A3:A4"):
        book.active.merge_cells(place)
    path = tmp_path / "two.xlsx"
    book.save(path)

    def answer(question):
        return "all" if "merged" in question else completed(question)

    assert imported(project, path, answer) == 0
    names = ("patient_id", "dose_value", "dose_unit", "sex")
    assert [tuple(row[name] for name in names) for row in rows(project)] == [
        ("A-1", "1.6", "mg/m2/day", "male"), ("A-2", "0.1", "mg/kg/day", "female"),
    ]  # fmt: skip


def test_rows_of_a_visit_are_joined_where_an_export_leaves_the_report_out(project, tmp_path):
    path = sheet(
        tmp_path, ["Study", "Patient", "Dx", "Drug", "Response", "Follow-up (months)"],
        ["A", "1", "haemangioma", "sirolimus", "", ""], ["", "1", "", "", "yes", "12"],
        ["A", "2", "haemangioma", "sirolimus", "no", "3"], ["", "2", "", "", "yes", "6"],
    )  # fmt: skip
    assert imported(project, path, completed) == 0
    first, second = rows(project)
    assert (first["response"], first["follow_up_months"]) == ("yes", "12")
    assert (second["response"], second["follow_up_months"]) == ("", "")
    unread = (project.root / "data" / "import" / "unread.csv").read_text(encoding="utf-8")
    assert '"E4, E5",A-2,response,E4: no; E5: yes,rows of this patient differ' in unread


def test_a_sheet_without_a_header_and_a_wrong_mapping_are_refused(project, tmp_path):
    with pytest.raises(ReviewError, match="no row looks like a header"):
        imported(project, sheet(tmp_path, ["1", "2"], ["3", "4"]))
    path = project.root / "data" / "import" / "mapping.yml"
    path.write_text("columns: [", encoding="utf-8")
    with pytest.raises(ReviewError, match=r"mapping\.yml, line 1: "):
        imported(project)
    path.write_text(
        (MESSY / "mapping.yml").read_text(encoding="utf-8").replace("to: sex", "to: sexx"),
        encoding="utf-8",
    )
    with pytest.raises(ReviewError, match="C > to: found 'sexx', expected one of"):
        imported(project)


def test_many_rows_are_read_in_well_under_a_minute(project, tmp_path):
    head = ["Study", "Sex", "Age (y)", "Dx", "Drug", "Response", "Time to response", "Side effects"]
    row = ["m", "3,5", "haemangioma", "sirolimus", "yes", "3 weeks", "none"]
    path = sheet(tmp_path, head, *([f"S{n}", *row] for n in range(100_000)))
    began = time.process_time()
    assert imported(project, path, lambda question: "none") == 0
    assert time.process_time() - began < 30
    assert len(rows(project)) == 100_000


def test_an_outcome_that_is_no_response_goes_to_its_own_columns(project, tmp_path):
    shutil.copy(ROOT / "examples" / "herbal-liver" / "params.yml", project.root)
    path = project.root / "params.yml"
    path.write_text(path.read_text("utf-8").replace("missing: []", "missing: [nn]"), "utf-8")
    values = loading.load(project).values
    head = ["Study", "Sex", "Age (y)", "Diagnosis", "Herb", "Died", "Time to death (days)",
            "Follow-up (days)"]  # fmt: skip
    file = sheet(
        tmp_path, head,
        ["Grau 2001", "m", "71", "acute hepatitis", "kava", "n", "nn", "60"],
        ["Grau 2001", "nn", "52", "acute liver failure", "Kava", "y", "22", "60"],
        ["Hill 2004", "f", "nn", "acute liver failure", "kava", "y", "3 wk", "60"],
    )  # fmt: skip

    def answer(question):
        return "drug" if "'Herb'" in question else "yes"

    assert imported(project, file, answer, values) == 0
    found = [[row[name] for name in ("sex", "age_value", "died", "died_value", "died_unit")]
             for row in rows(project)]  # fmt: skip
    assert found == [
        ["male", "71", "no", "", ""], ["", "52", "yes", "22", "days"],
        ["female", "", "yes", "3", "weeks"],
    ]  # fmt: skip
    assert not any(name.startswith("response_time") or name == "response"
                   for name in rows(project)[0])  # fmt: skip
    ledger = (project.root / "data" / "import" / "ledger.csv").read_text("utf-8")
    assert "died" in ledger and "response" not in ledger
    assert "nn" not in (project.root / "data" / "import" / "unread.csv").read_text("utf-8")
