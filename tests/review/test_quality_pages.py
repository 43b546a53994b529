"""The data-quality pages say what is in every table and what was checked, and hide nothing."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from descriptive_data import COLUMNS

from case_review import registry
from case_review.project import Project
from case_review.rendering import cards, dictionary, labels, quality_pages
from case_review.rendering.cells import Exhibit


def outcome(suite, table, success=True, observed="0 of 3 rows unexpected", unexpected=(), **facts):
    return {
        "suite": suite, "table": table, "column": "sex", "description": "sex is a|b",
        "success": success, "observed": observed, "unexpected": list(unexpected),
        "element_count": 3, "unexpected_count": len(unexpected), "counted": "rows", **facts,
    }  # fmt: skip


PATIENTS = """patient_id,sex,age_value,age_unit,dose_value,dose_unit
R1-1,male,2,months,0.8,mg/m2/day
R1-2,,14,months,,
R2-1,female,12.5,years,1.6,mg/m2/day
"""


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    path = quality_pages.outcomes_file(project)
    path.parent.mkdir(parents=True)
    odd = [["row 3", "<b>*x*"]]
    key = {"column": "patient_id / sex", "description": "patient_id, sex name one row"}
    kind = {"column": "age_value", "description": "age_value holds whole numbers"}
    none = {"element_count": None, "unexpected_count": None}
    stages = {
        "raw": [
            outcome("patients_raw", "patients", **key),
            outcome("patients_raw", "patients", description="sex is given in 12345 rows"),
            outcome("patients_raw", "patients", False, "1 of 3", odd),
            outcome("reports_raw", "reports"),
            outcome("across_raw", "across", column="found", element_count=1058),
        ],
        "clean": [
            outcome("patients_clean", "patients", False, "int64", **kind, **none),
            outcome("reports_clean", "reports"),
        ],
    }
    path.write_text(json.dumps(stages), encoding="utf-8")
    for folder in (project.raw, project.clean):
        folder.mkdir(parents=True)
        (folder / "patients.csv").write_text(PATIENTS, encoding="utf-8")
        (folder / "reports.csv").write_text("report_id\nR1\n", encoding="utf-8")
    (project.raw / "pathway.csv").write_text("id,text\n", encoding="utf-8")
    text = "| file | one row per | origin |\n| --- | --- | --- |\n"
    text += "| `reports.csv`, `patients.csv` | report, patient | here |\n"
    (project.raw / "README.md").write_text(text, encoding="utf-8")
    return project


def record(project, **cells):
    results = [
        registry.Result(f"a.{cell}", 1, text="1", cell=cell, inputs=dict.fromkeys(inputs, "0" * 64))
        for cell, inputs in cells.items()
    ]
    registry.write(project.results / "05_x.json", "05_x", {}, results)


def test_without_checked_data_there_are_no_suites(tmp_path):
    assert quality_pages.suites(Project(tmp_path)) == []


def test_overview_counts_and_links_every_table(project):
    text = quality_pages.overview(project, quality_pages.suites(project))
    assert "5 of 7 checks are met" in text
    assert "| [patients](patients.html) | 3 | 2 of 3 | 3 | 0 of 1 |" in text
    assert "| Sex is a\\|b | met in all 1,058 comparisons |" in text
    assert "| **All** |  | 4 of 5 |  | 1 of 2 |" in text
    assert "| [between the tables](#across) |  | 1 of 1 |  |  |" in text
    assert "[pathway](pathway.html)" in text and "[published](" not in text


def test_what_files_call_by_codes_is_called_by_words(project):
    known = {"value.spindle_cell": "spindle cell tumour"}
    told = dictionary.column(COLUMNS, known, "patients", "dose_unit")
    assert told.startswith("Unit of the dose. mg/kg/day or mg/m²/day. Given exactly where there is")
    assert told.endswith(": starting dose.")
    text = "patient_id, dose_value in mg/m2/day or spindle_cell, other_code"
    said = "patient, starting dose in mg/m²/day or spindle cell tumour, other code"
    assert dictionary.in_words(COLUMNS, known, "patients", text) == said
    for value, shown in (
        ("spindle_cell", "spindle cell tumour"),
        ("other_code", "other code"),
        ("steroids;sirolimus", "steroids + sirolimus"),
    ):
        (project.clean / "patients.csv").write_text(f"cotreatments\n{value}\n", encoding="utf-8")
        seen = dictionary.found(project, COLUMNS, known, "clean", "patients", "cotreatments")
        assert seen == f"all 1 rows; {shown} (1)"


def rows_of(text):
    lines = (line for line in text.splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_page_of_a_table_goes_through_its_columns_in_their_order(project):
    text = quality_pages.page(project, "patients", quality_pages.suites(project))
    assert text.startswith("One row per patient. 4 checks, **2** met.")
    assert "[raw table](../data/raw/patients.csv)" in text
    firsts = [row[0] for row in rows_of(text)]
    named = [first for first in firsts if "{#column-" in first]
    assert named[0] == "**[Patient]{#column-patient_id}** `patient_id`"
    assert named[-1] == "**[Provenance]{#column-provenance}**"
    places = [named.index(each) for each in (
        "**[Sex]{#column-sex}**", "**[Age]{#column-age_value}** `age_value`",
        "**[Starting dose]{#column-dose_value}** `dose_value`")]  # fmt: skip
    assert places == sorted(places)
    # Before the table there are links to all of its columns.
    jump = next(line for line in text.splitlines() if line.startswith("[patient]("))
    led = re.findall(r"\]\(#([\w-]+)\)", jump)
    assert led == [re.search(r"\{#([\w-]+)\}", each)[1] for each in named]
    assert "[starting dose](#column-dose_value)" in jump
    assert firsts.index("**The table as a whole**") < firsts.index(named[0])
    assert "int64" not in text and "whole numbers" in text


def test_what_was_found_and_checked_is_said_in_words(project):
    text = quality_pages.page(project, "patients", quality_pages.suites(project))
    rows = dict(rows_of(text))
    told = r"raw table: **not met**, in 1 of 3 rows: row 3: \<b\>\*x\*"
    assert rows[r"Is a\|b"] == told
    assert rows["Is given in 12,345 rows"] == "raw table: met in all 3 rows"
    assert rows["Holds whole numbers"] == "clean table: **not met**, whole numbers"
    assert rows["Patient, sex name one row"] == "raw table: met in all 3 rows"
    assert rows["**[Sex]{#column-sex}**"] == "*Sex. Male or female. Empty where not reported.*"
    lines = rows_of(text)
    # Both tables have the column, or only one of them can have it.
    assert lines[lines.index(next(row for row in lines if row[0].startswith("**[Age]"))) + 1] == [
        "Found", "all 3 rows; 2 to 14 months, 12.5 years"]  # fmt: skip
    assert "clean table" not in dict(rows_of(text.partition("#column-event}")[2]))["Found"]


def test_every_table_of_the_site_says_what_its_columns_hold(built_report):
    """Also those that notebooks make for one another; words begin with a capital letter."""
    page = (built_report.site / "data" / "index.html").read_text(encoding="utf-8")
    rows = [row.select("td, th") for row in BeautifulSoup(page, "html.parser").select("tbody tr")]
    tables = {cells[0].a["href"]: cells[2].a for cells in rows if ".csv" in cells[0].a["href"]}
    assert len(tables) > 25 and all(tables.values())
    for file, link in tables.items():
        text = (built_report.site / "data" / link["href"]).read_text(encoding="utf-8")
        columns = (built_report.site / "data" / file).read_text(encoding="utf-8-sig")
        named = [head["id"] for head in BeautifulSoup(text, "html.parser").select("[id^=column-]")]
        for column in columns.split("\n", 1)[0].strip().split(","):
            assert f"column-{column}" in named, (file, column)
    assert dictionary.begun("follow-up in months") == "Follow-up in months"


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("patient_id", "all 3 rows; all different"),
        ("sex", "2 of 3 rows; male (1), female (1)"),
        ("age_value", "all 3 rows; 2 to 14 months, 12.5 years"),
        ("dose_value", "2 of 3 rows; 0.8 to 1.6 mg/m²/day"),
        ("drug", ""),
    ],
)
def test_the_worst_that_was_found_stands_beside_what_may_be(project, column, found):
    assert dictionary.found(project, COLUMNS, {}, "raw", "patients", column) == found


def test_a_column_is_explained_without_words_of_programming(project):
    told = dictionary.column(COLUMNS, {}, "patients", "age_hours")
    assert told.startswith("Age at start of treatment, converted. Whole number, hours")
    assert "964,260" in told and told.endswith("Made by cleaning.")
    assert dictionary.column(COLUMNS, {}, "patients", "nothing") == ""


def test_checks_of_a_column_are_counted(project):
    suites = quality_pages.suites(project)
    assert quality_pages.guarded(suites, "raw", "patients", ["sex"]) == (2, 3)
    assert quality_pages.guarded(suites, "raw", "patients", ["patient_id"]) == (1, 1)
    assert quality_pages.guarded(suites, "clean", "patients", ["sex"]) == (0, 0)
    assert quality_pages.guarded(suites, "clean", "patients") == (0, 1)


def test_an_exhibit_rests_on_what_its_notebook_read_where_no_code_tells(project):
    record(project, one=["data/clean/patients.csv"], two=["data/raw/reports.csv"])
    behind = cards.of_exhibit(project, Exhibit("05_x", "fig-other"))
    assert [words for words, _ in behind.inputs] == ["patients.csv", "reports.csv"]
    assert (behind.met, behind.of) == (3, 5)
    assert cards.of_exhibit(project, Exhibit("09_none", "fig-other")).of == 0


def test_no_two_columns_of_a_table_are_called_alike():
    for table, columns in COLUMNS.order.items():
        words = [dictionary.called(COLUMNS, table, name) for name in columns]
        assert len(set(words)) == len(words) and not any("_" in each for each in words), table


def test_codes_with_words_of_their_own_stand_in_the_data(built_report):
    """An entry of `report/labels.yml` that names no code would explain nothing."""
    codes = [id[6:] for id in labels.read(built_report) if id.startswith("value.")]
    values = {
        value
        for table in ("patients", "posters", "adverse_events")
        for row in dictionary.rows(built_report, "clean", table)
        for value in row.values()
    }
    assert codes and set(codes) <= values
    page = (built_report.site / "quality" / "patients.html").read_text(encoding="utf-8")
    text = " ".join(BeautifulSoup(page, "html.parser").main.get_text().split())
    assert "khe_ta" not in text and "mg/m2" not in text and "mg/m²/day" in text
    assert "kaposiform haemangioendothelioma / tufted angioma (" in text
