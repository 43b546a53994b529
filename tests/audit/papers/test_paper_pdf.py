"""PDFs: tagged ones cell by cell, others as far as their words tell, none silently."""

import io
import sys

import pypdf
import pytest
import typst

from case_review.audit import papers
from case_review.audit.papers import pdf
from case_review.errors import ReviewError

TABLE = """
#set document(title: "A made-up trial")
= Results
In all 12 of 84 patients (14.3%) died#super[a]. The mean age was 43.5#super[p] years (SD 13.2).
#figure(
  table(columns: 4, align: (left, right, right, right),
    table.header([], [Total (n = 25)], [Sirolimus (n = 12)], [Placebo (n = 13)]),
    table.cell(colspan: 4)[*Sex, n (%)*],
    h(9pt) + [Male], [7#super[†] (28.0)], [3 (25.0)], [4 (30.8)],
    h(9pt) + [Female#super[b]], [18 (72.0)], [9 (75.0)], [9 (69.2)],
    [Age, mean (SD)], [], [43.4 (13.2)], [40.1 (9.0)],
  ),
  caption: [Who took part], kind: table, supplement: [Table],
)
Cells are numbers of patients.

= References
Others saw 7 of 9 patients (78%).
"""


@pytest.fixture(scope="module")
def tagged():
    return typst.compile(TABLE.encode())


def drafted(content, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    return papers.draft(path)


def test_a_tagged_pdf_is_read_cell_by_cell_without_its_marks(tagged, tmp_path):
    draft = drafted(tagged, tmp_path)
    assert (draft.title, draft.reader) == ("A made-up trial", "PDF (tagged)")
    found = {row["claim_id"]: (row["as_printed"], row["kind"]) for row in draft.rows}
    assert found["table1.sex.male.all.n"] == ("7", "count")
    assert found["table1.sex.male.all.pct"] == ("28.0", "percent")
    assert found["table1.sex.female.placebo.pct"] == ("69.2", "percent")
    # The empty cell before it is not in the file; its place tells the column.
    assert found["table1.age.sirolimus.mean"] == ("43.4", "mean")
    assert found["table1.age.placebo.sd"] == ("9.0", "sd")
    assert (draft.cells, draft.cells_read) == (8, 8)
    assert found["results.s1.share1.all.pct"] == ("14.3", "percent")
    assert found["results.s2.mean1.all.mean"] == ("43.5", "mean")
    assert not any("78" in row["as_printed"] for row in draft.rows)  # a reference's


def untagged(source):
    """The PDF of a Typst source without its structure, as most programs write PDFs."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(typst.compile(source.encode())))
    for name in ("/StructTreeRoot", "/MarkInfo"):
        del writer.root_object[name]
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


CAPTION_ABOVE = "#show figure.where(kind: table): set figure.caption(position: top)\n"


def test_tables_of_an_untagged_pdf_are_found_by_where_words_stand(tmp_path):
    draft = drafted(untagged(CAPTION_ABOVE + TABLE), tmp_path)
    assert draft.reader == "PDF (untagged)" and "no tags" in draft.missed[0]
    found = {row["claim_id"]: (row["as_printed"], row["sure"]) for row in draft.rows}
    assert found["table1.sex.male.all.n"] == ("7", "likely")  # where its column is was found
    assert found["table1.sex.female.placebo.pct"] == ("69.2", "likely")
    assert found["table1.age.sirolimus.mean"] == ("43.4", "likely")
    assert found["table1.total.placebo.n"] == ("13", "likely")
    assert (draft.cells, draft.cells_read) == (8, 8)
    assert found["page_1.s1.share1.all.pct"] == ("14.3", "certain")
    assert not any("78" in row["as_printed"] for row in draft.rows)  # a reference's


def test_of_two_columns_each_has_its_tables_and_its_text(tmp_path):
    text = "So it went on for a while, and nobody saw an end of it. " * 9
    source = f'''#set page(columns: 2)\n#set text(9pt)\n{CAPTION_ABOVE}#set document(title: "T")
{text} #figure(table(columns: 2, table.header([], [A (n = 12)]), [Male], [3 (25.0)], [Female],
[9 (75.0)], [Old], [1 (8.3)]), caption: [First], kind: table, supplement: [Table])
{text} {text} #colbreak() {text} Of these, 12 of 84 patients (14.3%) died. {text}
#figure(table(columns: 2, table.header([], [B (n = 10)]), [Male], [4 (40.0)], [Female], [6 (60.0)],
[Old], [2 (20.0)]), caption: [Second], kind: table, supplement: [Table]) {text}'''
    draft = drafted(untagged(source), tmp_path)
    found = {row["claim_id"]: row["as_printed"] for row in draft.rows}
    assert found["table1.female.a.n"] == "9" and found["table2.old.b.pct"] == "20.0"
    assert {name.split(".")[0] for name in found} == {"table1", "table2", "page_1"}
    assert [row["as_printed"] for row in draft.rows if row["cohort"] == "page_1"] == ["12", "14.3"]


def test_a_table_goes_on_on_the_next_page(tmp_path):
    rows = "\n".join(f"[Row {n}], [{n} ({n}.0)]," for n in range(1, 61))
    content = typst.compile((
        '#set document(title: "T")\n#show figure: set block(breakable: true)\n#figure('
        'caption: [C], kind: table, supplement: "Table", table(columns: 2, '
        f"table.header([], [All (n = 100)]), {rows}))"
    ).encode())  # fmt: skip
    draft = drafted(content, tmp_path)
    shares = [row for row in draft.rows if row["kind"] == "percent"]
    assert [row["value"] for row in shares] == [f"{n}.0" for n in range(1, 61)]
    assert {row["claim_id"].split(".")[0] for row in draft.rows} == {"table1"}


def test_without_pdfium_the_text_is_read_and_what_is_missed_is_said(tagged, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    draft = drafted(tagged, tmp_path)
    assert draft.reader == "PDF (text alone)"
    assert any("only the text of a PDF is read" in one for one in draft.missed)
    assert any(row["as_printed"] == "14.3" for row in draft.rows)
    assert not any(row["claim_id"].startswith("table") for row in draft.rows)


@pytest.mark.parametrize("installed", [True, False])
def test_a_damaged_pdf_is_refused_with_one_message(installed, tmp_path, monkeypatch):
    if not installed:
        monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(ReviewError, match="no PDF that can be opened"):
        drafted(b"%PDF-1.7\nnothing", tmp_path)


def test_a_volume_of_too_many_pages_is_refused(tagged, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "MOST_PAGES", 0)
    with pytest.raises(ReviewError, match="more than the 0 that are read"):
        drafted(tagged, tmp_path)
