"""Word files: tables with merged cells, captions, notes and superscripts."""

import io

import pytest
from docx import Document
from docx.shared import Pt

from case_review.audit import papers

HEADS = ["", "Sirolimus (n = 12)", "Placebo (n = 13)"]


@pytest.fixture
def document():
    made = Document()
    made.core_properties.title = "unused"
    made.add_heading("A made-up trial", 0)
    made.add_heading("Results", 1)
    made.add_paragraph("Of these, 12/84 (14.3%) died.")
    made.add_paragraph("Table 2. Who took part")
    table = made.add_table(rows=4, cols=3)
    for cell, text in zip(table.rows[0].cells, HEADS, strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(1, 2)).text = "Sex, n (%)"
    rows = ["Male", "3 (25.0)", "4 (30.8)"], ["Female", "9 (75.0)", "9 (69.2)"]
    for row, texts in enumerate(rows):
        for cell, text in zip(table.rows[row + 2].cells, texts, strict=True):
            cell.text = text
        table.cell(row + 2, 0).paragraphs[0].paragraph_format.left_indent = Pt(9)
    run = table.cell(2, 1).paragraphs[0].add_run("a")
    run.font.superscript = True
    made.add_heading("References", 1)
    made.add_paragraph("Others saw 7 of 9 patients (78%).")
    return made


def drafted(document, tmp_path):
    path = tmp_path / "paper.docx"
    document.save(path)
    return papers.draft(path)


def test_tables_with_their_captions_and_sentences_are_drafted(document, tmp_path):
    draft = drafted(document, tmp_path)
    assert (draft.title, draft.reader) == ("A made-up trial", "Word")
    found = {row["claim_id"]: (row["as_printed"], row["kind"]) for row in draft.rows}
    assert found["table2.sex.male.sirolimus.n"] == ("3", "count")
    assert found["table2.sex.female.placebo.pct"] == ("69.2", "percent")
    assert found["table2.total.placebo.n"] == ("13", "count")
    assert found["results.s1.share1.all.pct"] == ("14.3", "percent")
    assert not any("78" in row["as_printed"] for row in draft.rows)  # a reference's
    assert draft.cells == draft.cells_read == 4


def test_cells_merged_downwards_stand_in_all_their_rows(tmp_path):
    made = Document()
    table = made.add_table(rows=3, cols=3)
    for cell, text in zip(table.rows[0].cells, ["Species", "Sex", "n"], strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "Goats"
    for row, texts in enumerate((["Female", "345"], ["Male", "104"])):
        for cell, text in zip(table.rows[row + 1].cells[1:], texts, strict=True):
            cell.text = text
    draft = drafted(made, tmp_path)
    assert {row["claim_id"]: row["value"] for row in draft.rows} == {
        "unlabelled1.goats.female.all.n": "345", "unlabelled1.goats.male.all.n": "104",
    }  # fmt: skip


def test_a_document_without_tables_or_text_gives_an_empty_draft(tmp_path):
    stream = io.BytesIO()
    Document().save(stream)
    (tmp_path / "empty.docx").write_bytes(stream.getvalue())
    assert papers.draft(tmp_path / "empty.docx").rows == []
