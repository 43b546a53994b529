"""Hundreds of papers: a page for each, a ranking, and a line for what cannot be read."""

import csv
import json
import resource
import zipfile
from pathlib import Path

import made_up_papers
import pytest

from case_review.__main__ import main as command_line
from case_review.living import many_papers

BOMB = """<?xml version="1.0"?><!DOCTYPE article [<!ENTITY a "x">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<article><body><p>&d; 12 of 84 patients</p></body></article>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE article [<!ENTITY own SYSTEM "{}">]>
<article><body><p>12 of 84 patients (14.3%) &own;</p></body></article>"""


def planted(text: str) -> str:
    """A paper with one percentage that is not of its numbers."""
    of = text.index("<td>Female</td><td>") + len("<td>Female</td><td>")
    n = text[of:].split(" ")[0]
    return f"{text[:of]}{n} (3.1){text[text.index(')', of) + 1 :]}"


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """A folder of papers, sound and not, and what was written of them by two processes."""
    root = tmp_path_factory.mktemp("papers")
    made, out = root / "in", root / "out"
    made.mkdir()
    for seed in range(6):
        (made / f"sound-{seed}.xml").write_text(made_up_papers.paper(seed), encoding="utf-8")
    (made / "wrong.xml").write_text(planted(made_up_papers.paper(7)), encoding="utf-8")
    (made / "cut.xml").write_text(made_up_papers.paper(8)[:900], encoding="utf-8")
    (made / "empty.xml").write_bytes(b"")
    (made / "bomb.xml").write_text(BOMB, encoding="utf-8")
    secret = root / "secret.txt"
    secret.write_text("99 of 100 patients (1.0%)", encoding="utf-8")
    (made / "outside.xml").write_text(OUTSIDE.format(secret.as_uri()), encoding="utf-8")
    with (made / "large.xml").open("wb") as large:
        large.truncate(101_000_000)
    (made / "picture.png").write_bytes(b"\x89PNG")
    with zipfile.ZipFile(made / "zeros.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 300_000_000)
    code = many_papers.main([made, made / "picture.png"], out, 2)
    return made, out, code


def rows(out):
    """The rows of the summary by the name of the paper."""
    with (out / "summary.csv").open(encoding="utf-8", newline="") as stream:
        return {Path(row["paper"]).name: row for row in csv.DictReader(stream)}


def test_sound_papers_give_no_finding_and_a_planted_error_is_found(audited):
    _, out, code = audited
    found = rows(out)
    for seed in range(6):
        row = found[f"sound-{seed}.xml"]
        counts = [int(row[one]) for one in ("impossible", "inconsistent", "rounding")]
        assert counts == [0, 0, 0], row
        assert int(row["numbers"]) > 150 and int(row["unread"]) == 0
    assert int(found["wrong.xml"]["inconsistent"]) >= 1
    assert code == 1


def test_the_worst_paper_stands_first_and_those_not_read_last(audited):
    _, out, _ = audited
    listed = json.loads((out / "summary.json").read_text(encoding="utf-8"))["papers"]
    assert Path(listed[0]["paper"]).name == "wrong.xml"
    problems = [bool(row["problem"]) for row in listed]
    assert problems == sorted(problems)
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.index("wrong.xml") < page.index("sound-0.xml") < page.index("empty.xml")
    assert "<script" not in page


@pytest.mark.parametrize("name", ["cut.xml", "empty.xml", "large.xml", "picture.png", "zeros.docx"])
def test_what_cannot_be_read_is_a_line_and_nothing_else(audited, name):
    _, out, _ = audited
    row = rows(out)[name]
    assert row["problem"] and not row["page"] and not row["numbers"]
    assert "not understood" not in row["problem"]


def test_no_entity_is_expanded_and_no_other_file_read(audited):
    _, out, _ = audited
    for name in ("bomb.xml", "outside.xml"):
        row = rows(out)[name]
        assert row["problem"] or int(row["numbers"]) <= 3
    for path in out.glob("outside*"):
        assert "of 100 patients" not in path.read_text(encoding="utf-8")


def test_every_paper_that_was_read_has_its_page_and_its_data(audited):
    _, out, _ = audited
    for row in rows(out).values():
        if not row["problem"]:
            page = (out / row["page"]).read_text(encoding="utf-8")
            assert row["title"] in page
            data = json.loads((out / row["page"]).with_suffix(".json").read_text("utf-8"))
            assert data


def test_results_do_not_depend_on_the_number_of_processes(audited, tmp_path):
    made, out, _ = audited
    few = [made / "sound-1.xml", made / "wrong.xml", made / "sound-0.xml"]
    assert many_papers.main(few, tmp_path / "out", 1) == 1
    for name in ("wrong.xml.html", "sound-1.xml.json"):
        assert (tmp_path / "out" / name).read_bytes() == (out / name).read_bytes()


def test_a_second_audit_takes_away_the_pages_of_papers_that_are_gone(tmp_path):
    made, out = tmp_path / "in", tmp_path / "out"
    made.mkdir()
    for seed in (0, 1):
        (made / f"{seed}.xml").write_text(made_up_papers.paper(seed), encoding="utf-8")
    assert many_papers.main([made], out, 1) == 0
    (made / "1.xml").unlink()
    assert many_papers.main([made], out, 1) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "0.xml.html", "0.xml.json", "index.html", "summary.csv", "summary.json",
    ]  # fmt: skip


def run(*arguments):
    """Exit code of the command line."""
    return command_line(["audit", *(str(argument) for argument in arguments)])


def test_a_folder_with_other_files_is_not_written_into(tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("mine")
    (tmp_path / "a.xml").write_text(made_up_papers.paper(0), encoding="utf-8")
    assert run(tmp_path / "a.xml", "--out", tmp_path / "out") == 2
    assert "holds other files (thesis.docx)" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.docx"]


def test_the_command_says_what_is_missing(tmp_path, capsys):
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_text(made_up_papers.paper(0), encoding="utf-8")
    assert run(tmp_path / "a.xml", tmp_path / "b.xml") == 2
    assert "2 files are named. Add --out FOLDER" in capsys.readouterr().err
    (tmp_path / "none").mkdir()
    assert run(tmp_path / "none", "--out", tmp_path / "out") == 2
    assert "no paper is named" in capsys.readouterr().err


def test_papers_of_one_name_in_two_folders_have_a_page_each(tmp_path):
    for folder, seed in (("a", 0), ("b", 1)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "paper.xml").write_text(made_up_papers.paper(seed), encoding="utf-8")
    named = [tmp_path / folder / "paper.xml" for folder in "ab"]
    assert run(*named, "--out", tmp_path / "out", "--jobs", 1) == 0
    pages = {path.name for path in (tmp_path / "out").glob("*.html")}
    assert pages == {"index.html", "a__paper.xml.html", "b__paper.xml.html"}


def test_of_a_folder_only_papers_are_read(tmp_path):
    made = tmp_path / "in"
    made.mkdir()
    (made / "a.xml").write_text(made_up_papers.paper(0), encoding="utf-8")
    (made / "a_acknowledged.csv").write_text("claim_id,kind,reason\n", encoding="utf-8")
    for name in (".hidden.xml", "figure.png", "a_checks.csv"):
        (made / name).write_bytes(b"x")
    assert run(made, "--out", tmp_path / "out", "--jobs", 1) == 0
    assert list(rows(tmp_path / "out")) == ["a.xml"]


def test_memory_does_not_grow_with_the_papers(tmp_path):
    made = tmp_path / "in"
    made.mkdir()
    for seed in range(40):
        (made / f"{seed:02}.xml").write_text(made_up_papers.paper(seed), encoding="utf-8")
    many_papers.main([made / "00.xml", made / "01.xml"], tmp_path / "few", 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    many_papers.main([made], tmp_path / "out", 1)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 30_000, f"{grown} kB more for 38 papers"


@pytest.mark.parametrize("seed", range(40, 60))
def test_no_number_of_a_sound_paper_is_called_wrong(tmp_path, seed):
    path = tmp_path / "paper.xml"
    path.write_text(made_up_papers.paper(seed), encoding="utf-8")
    found = many_papers.audit(str(path))
    assert found["problem"] == ""
    assert [found[one] for one in ("impossible", "inconsistent", "rounding")] == [0, 0, 0]
