"""Files that are broken, hostile or none at all each give one message, quickly."""

import argparse
import io
import time
import zipfile

import pandas as pd
import pytest
from papers_made import article, drafted, wrap

from case_review.audit import command, papers, report
from case_review.audit.papers import cells, labels, opening, prose
from case_review.audit.papers.document import Passage
from case_review.audit.papers.draft import Draft
from case_review.errors import ReviewError


def refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ReviewError) as error:
        papers.draft(path)
    assert str(path) in str(error.value)
    return str(error.value)


def test_a_file_that_is_not_there_empty_or_of_another_kind_is_refused(tmp_path):
    with pytest.raises(ReviewError, match="does not exist"):
        papers.draft(tmp_path / "none.xml")
    (tmp_path / "folder.xml").mkdir()
    with pytest.raises(ReviewError, match="is a folder"):
        papers.draft(tmp_path / "folder.xml")
    assert "is empty" in refused(tmp_path, "empty.xml", b" \n")
    assert "files that end in '.zip' are not read" in refused(tmp_path, "paper.zip", b"x")


def test_xml_that_is_damaged_or_no_article_is_refused_with_its_line(tmp_path):
    assert "line 1" in refused(tmp_path, "cut.xml", article("<p>Text</p>")[:-20])
    assert "no article in JATS: its root is 'feed'" in refused(tmp_path, "feed.xml", b"<feed/>")


def test_a_file_that_is_too_large_is_refused_without_being_read(tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    began = time.perf_counter()
    with pytest.raises(ReviewError, match="100 MB, more than the 50 MB"):
        papers.draft(path)
    assert time.perf_counter() - began < 0.1


@pytest.mark.parametrize("entity", [
    '<!ENTITY x SYSTEM "file:///etc/passwd">',
    '<!ENTITY a "ha"><!ENTITY x "' + "&a;" * 1000 + '">',
])  # fmt: skip
def test_entities_are_not_expanded_and_said(tmp_path, entity):
    content = f"<!DOCTYPE article [{entity}]><article><body><p>&x;</p></body></article>".encode()
    assert "declares entities of its own" in refused(tmp_path, "entities.xml", content)


def test_a_doctype_is_fine_and_loads_nothing(tmp_path, monkeypatch):
    path = tmp_path / "paper.xml"
    path.write_bytes(article("<p>Of 84 patients 12 died.</p>"))
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("asked the network"))
    assert papers.draft(path).title == "A made-up trial"


def test_a_word_file_that_is_none_locked_or_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    assert "damaged, or has the name of another kind" in refused(tmp_path, "a.docx", b"no archive")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 1_000_000)
    assert "no Word file" in refused(tmp_path, "b.docx", made.getvalue())
    monkeypatch.setattr(opening, "MOST_UNPACKED", 999_999)
    assert "unpacks to more than" in refused(tmp_path, "c.docx", made.getvalue())


def test_a_page_in_another_encoding_is_read_as_it_says(tmp_path):
    path = tmp_path / "page.html"
    words = "<h1>Étude</h1><p>Âge</p>"
    path.write_bytes(f'<meta charset="iso-8859-1">{words}'.encode("latin-1"))
    assert papers.draft(path).title == "Étude"
    path.write_bytes(words.encode())
    assert papers.draft(path).title == "Étude"


def test_a_draft_is_written_once_and_replaced_only_on_request(tmp_path):
    made = papers.Draft("T", rows=[])
    papers.write_csv(made, tmp_path / "out.csv")
    with pytest.raises(ReviewError, match="is there already"):
        papers.write_csv(made, tmp_path / "out.csv")
    papers.write_csv(made, tmp_path / "out.csv", replace=True)


def test_a_paper_is_drafted_and_audited_in_one_go(tmp_path):
    rows = [["Male, n (%)", "31 (36.9)"], ["Female, n (%)", "53 (63.9)"], ["BMI", "24.4 (3.2)"]]
    path = tmp_path / "paper.xml"
    path.write_bytes(article(wrap([["", "All (n = 84)"]], rows)))
    made = report.audit_file(path)
    (finding,) = made.findings
    assert (finding.claim_id, finding.kind) == ("table1.female.all.pct", "percentage")
    assert (made.title, made.unread[0].text) == ("A made-up trial", "24.4 (3.2)")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_without_the_columns_of_a_transcription_is_drafted(tmp_path, ending):
    path = tmp_path / f"Table 3.{ending}"
    frame = pd.DataFrame({"": ["Male, n (%)"], "All (n = 84)": ["31 (36.9)"]}, dtype=str)
    frame.to_csv(path, index=False) if ending == "csv" else frame.to_excel(path, index=False)
    assert papers.is_paper(path)
    assert [row["claim_id"] for row in papers.draft(path).rows] == [
        "table3.total.all.n", "table3.male.all.n", "table3.male.all.pct",
    ]  # fmt: skip
    told = tmp_path / "told.csv"
    told.write_text("claim_id,location,kind,as_printed,value\n", encoding="utf-8")
    assert not papers.is_paper(told)


def run(capsys, *given):
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    code = command.main(parser.parse_args([str(one) for one in given]))
    return code, capsys.readouterr().out


def test_the_command_drafts_a_csv_to_correct_which_is_then_audited(tmp_path, capsys):
    path = tmp_path / "paper.xml"
    rows = [["Male", "31 (36.9%)"], ["x", "1 (2)"]]
    path.write_bytes(article(wrap([["", "All (n = 84)"]], rows)))
    code, said = run(capsys, "draft", path)
    out = tmp_path / "paper.draft.csv"
    assert code == 0 and f"{out}: 3 numbers drafted" in said
    assert "of 2 cells with digits in tables 1 were read" in said
    assert "not read: Table 1, row x" in said
    assert run(capsys, out)[0] == 0
    with pytest.raises(ReviewError, match="is there already"):
        run(capsys, "draft", path)
    assert run(capsys, path)[0] == 0
    with pytest.raises(ReviewError, match="2 files are named"):
        run(capsys, path, path)
    with pytest.raises(ReviewError, match="Name one paper"):
        run(capsys, "draft")


@pytest.mark.parametrize("text", ["mean ", "12 (14.3%) ", "0.5 (95% CI 0.1 to ", ". A", "1,"])
def test_texts_without_end_take_no_time_without_end(text):
    draft, long = Draft(), text * 8000
    began = time.process_time()
    labels.said(long)
    labels.declared(long)
    cells.read(long, [cells.Told(("mean", "sd"), "certain")], True)
    prose.draft([Passage("Results", long)], draft)
    assert time.process_time() - began < 2


def test_many_rows_of_one_name_and_a_cell_that_spans_them_all_are_read_once():
    rows = [["Row", f"{n % 9} ({n % 9}0.0%)"] for n in range(1500)]
    began = time.process_time()
    assert len(drafted([["", "All (n = 10)"]], rows).rows) == 3001
    draft = drafted([["", ("All", 1, 300)]], [[("x", 900, 1), ("3", 900, 300)]] + [[]] * 899)
    assert (draft.cells, len(draft.rows)) == (1, 1)
    assert time.process_time() - began < 10
