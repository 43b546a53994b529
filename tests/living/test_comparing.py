"""Two states of a review: exactly what differs is told, in numbers, as text and as a page."""

import csv
import json
import shutil
import subprocess

import pytest
from bs4 import BeautifulSoup
from building import make

from case_review import __main__
from case_review.build import release
from case_review.living.comparing import causes, differences
from case_review.living.comparing.causes import Causes
from case_review.project import Project


def git(root, *words):
    who = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    done = subprocess.run(["git", *who, *words], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def recorded(root):
    return {
        one["id"]: one
        for path in (root / "report/results").glob("*.json")
        for one in json.loads(path.read_text(encoding="utf-8"))["results"]
    }


def exhibit_cells(root):
    return {
        (path.stem, row, column): cell
        for path in (root / "report/exhibits").glob("*.csv")
        for row, cells in enumerate(csv.reader(path.open(encoding="utf-8", newline="")))
        for column, cell in enumerate(cells)
    }


# -- by hand ---------------------------------------------------------------------------------------


def test_differences_have_a_sign_and_a_base():
    assert differences.absolute(4, 5) == 1
    assert differences.relative(-4, -5) == -0.25
    assert differences.relative(0, 5) is None
    assert differences.absolute(None, 5) is None


@pytest.fixture
def pair(tmp_path):
    """Two states with one notebook each, as files alone."""
    made = []
    for name in ("before", "after"):
        project = Project(tmp_path / name)
        project.results.mkdir(parents=True)
        project.exhibits.mkdir(parents=True)
        made.append(project)
    return made


def put(project, *results):
    filled = [{"value": None, "text": "", "inputs": {}} | one for one in results]
    text = json.dumps({"notebook": "05_x", "results": filled})
    (project.results / "05_x.json").write_text(text, encoding="utf-8")


def test_a_result_is_told_if_a_number_or_its_words_differ(pair):
    before, after = pair
    same = {"id": "a.same", "value": 1, "text": "1"}
    old = {"id": "a.x", "value": 2, "low": 1, "text": "2", "inputs": {"d": "1"}}
    words = {"id": "a.words", "value": 1, "text": "one"}
    put(before, same, old, words, {"id": "a.old", "value": 1, "text": "1"})
    new = {"id": "a.x", "value": 3, "low": 1, "text": "3", "inputs": {"d": "2"}}
    put(after, same, new, words | {"text": "1"}, {"id": "a.new", "value": 7, "text": "7"})
    found = {one.id: one for one in differences.results(before, after)}
    assert list(found) == ["a.x", "a.words", "a.new", "a.old"]
    assert found["a.x"].numbers == [("value", 2, 3)]
    assert found["a.x"].inputs == ["d"]
    assert found["a.words"].numbers == [] and found["a.words"].texts == ("one", "1")
    assert found["a.new"].before is None and found["a.old"].after is None


def exhibit(project, name, *rows):
    with (project.exhibits / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def test_a_cell_is_told_by_the_words_of_its_row_and_rows_may_come_and_go(pair):
    before, after = pair
    exhibit(before, "tbl-a", ["", "n"], ["Male", "1"], ["Female", "2"], ["Unknown", "3"])
    more = ["Other", "1"], ["Unknown", "3"]
    exhibit(after, "tbl-a", ["", "n"], ["Male", "1"], ["Female", "5"], *more)
    exhibit(before, "tbl-gone", ["", "n"])
    exhibit(before, "tbl-wider", ["", "n"], ["Male", "1"])
    exhibit(after, "tbl-wider", ["", "n", "m"], ["Male", "1", "2"])
    found = [(c.exhibit, c.row, c.column, c.before, c.after) for c in differences.cells(*pair)]
    assert ("tbl-gone", "(the exhibit)", "", "there", "not there") in found
    assert ("tbl-wider", "(all rows)", "m", "not there", "there") in found
    own = [one for one in found if one[0] == "tbl-a"]
    assert ("tbl-a", "Other", "(the row)", "not there", "there") in own or (
        "tbl-a", "Female", "n", "2", "5") in own  # fmt: skip
    assert not any(row in ("Male", "Unknown") for _, row, *_ in own)


def test_one_kind_of_cause_is_certain_and_several_are_possible():
    assert Causes(data=("data/raw/patients.csv",)).said == "data (data/raw/patients.csv)"
    both = Causes(data=("d",), code=("a", "b", "c", "e"))
    assert both.said == "possibly data (d), code (a, b, c and 1 more)"
    assert Causes().said == "no cause found"


# -- a planted change ------------------------------------------------------------------------------


@pytest.fixture
def review(small):
    """The small review as a repository with one commit, whose report is there."""
    shutil.rmtree(small / ".git", ignore_errors=True)
    git(small, "init", "-q", "-b", "main")
    git(small, "add", "-A")
    git(small, "commit", "-q", "-m", "First")
    make(small, "notebooks")
    return small


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def plant(root):
    """Another dose of the first patient who has one below the cut-point."""
    path = root / "data/raw/patients.csv"
    rows = list(csv.reader(path.open(encoding="utf-8", newline="")))
    value, unit = (rows[0].index(f"dose_{part}") for part in ("value", "unit"))
    row = next(r for r in rows[1:] if r[unit] == "mg/kg/day" and float(r[value]) < 0.1)
    row[value] = "0.3"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


@pytest.mark.pipeline
def test_exactly_what_a_planted_change_has_changed_is_told(review):
    before, cells = recorded(review), exhibit_cells(review)
    plant(review)
    stale = make(review, "diff", "BASE=HEAD", expect=2)
    assert "not up to date" in stale and "Run `make notebooks` first" in stale
    make(review, "notebooks")
    after = recorded(review)
    differ = {
        id for id in after
        if any(before[id].get(k) != after[id].get(k) for k in (*differences.NUMBERS, "text"))
    }  # fmt: skip
    assert 0 < len(differ) < len(after)
    said = make(review, "diff", "BASE=HEAD")
    page = BeautifulSoup((review / "report/_diff/index.html").read_text("utf-8"), "html.parser")
    numbers = next(h for h in page.find_all("h2") if h.get_text() == "Numbers")
    rows = numbers.find_next("table").tbody.find_all("tr")
    on_page = {row.th.get_text().partition(" (")[0] for row in rows}
    in_text = {line.strip().partition(":")[0] for line in said.splitlines() if "because of" in line}
    assert on_page == in_text == differ
    # Values, differences and the cause.
    old, new = before["doses.low"]["value"], after["doses.low"]["value"]
    assert new == old - 1
    assert f"value: {old} -> {new} (−1, −{100 / old:g}".partition(".")[0] in said
    assert "because of data (data/raw/patients.csv)" in said
    assert "parameters" not in said and "code (" not in said
    # Every cell of the exhibits that differs, and no other.
    now = exhibit_cells(review)
    changed = {place for place in cells if cells[place] != now[place]}
    assert changed and cells.keys() == now.keys()
    told = [line for line in said.splitlines() if line.startswith(("  tbl-", "  fig-"))]
    assert len(told) == len(changed)
    assert (review / "report/_diff/summary.txt").read_text("utf-8") in said
    assert f"{len(differ)} recorded results differ, 0 are new and 0 are gone" in said


@pytest.mark.pipeline
def test_parameters_and_code_are_told_apart_and_a_release_can_be_the_base(review, tmp_path):
    first = git(review, "rev-parse", "HEAD")
    make(review, "report")
    archive = release.release(Project(review), tmp_path)
    edit(review / "params.yml", "low: 0.1 ", "low: 0.2 ")
    git(review, "commit", "-q", "-am", "Another cut-point")
    make(review, "notebooks")
    said = make(review, "diff", f"BASE={first[:12]}")
    assert "because of parameters (low)" in said and "possibly" not in said
    assert said.partition("Numbers")[2] == make(review, "diff", f"BASE={archive}").partition(
        "Numbers")[2]  # fmt: skip
    edit(review / "notebooks/02_doses.ipynb", "len(patients)", "len(patients) + 1")
    make(review, "notebooks")
    assert "because of code (notebooks/02_doses.ipynb)" in make(review, "diff", "BASE=HEAD")
    assert "possibly parameters (low), code" in make(review, "diff", f"BASE={first}")
    make(review, "previous", f"BASE={archive}")
    told = json.loads((review / "report/previous.json").read_text(encoding="utf-8"))
    version = archive.stem.removeprefix("case-review-")
    assert (told["name"], told["base"], told["commit"]) == (
        f"release {version}", archive.name, first)  # fmt: skip
    edit(review / "notebooks/02_doses.ipynb", "len(patients) + 1", "len(patients)")
    make(review, "notebooks")
    assert "no cell of an exhibit differs" in make(review, "diff", "BASE=HEAD")


def test_what_cannot_be_compared_with_is_said(small_report, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(small_report.root)
    for base, said in (
        ("", "Say what to compare with"),
        ("no-such-tag", "git knows no such revision"),
        (str(tmp_path / "x.zip"), "there is no such file"),
    ):
        assert __main__.main(["diff", base]) == 1
        assert said in capsys.readouterr().err
    (tmp_path / "x.zip").write_bytes(b"no archive")
    assert __main__.main(["diff", str(tmp_path / "x.zip")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_what_others_made_of_the_data_is_no_cause_of_its_own():
    stamps = [
        {"files": {"data/clean/patients.csv": x, "notebooks/05_a.ipynb": "1"}, "environment": "e"}
        for x in ("1", "2")
    ]
    assert causes._own(*stamps) == Causes()
    stamps[1]["environment"] = "f"
    assert causes._own(*stamps).kinds == ("environment",)
