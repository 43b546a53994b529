"""Scenarios: what is declared, what runs, what is kept after a kill, and what the page says."""

import csv
import io
import os
import re
import signal
import subprocess
import time

import pandas as pd
import pytest
from building import command, make, surroundings

from case_review.errors import ReviewError
from case_review.living.scenarios import compared, declared
from case_review.living.scenarios.declared import Outcome
from case_review.project import Project

SMALL = """notebooks: [03_summary]
outcomes:
  - {result: "summary.*", label: Other doses, axis: linear}
scenarios:
  - name: cut
    reason: Nobody knows where a low dose ends.
    vary: {doses.low: [0.05, 0.1, 0.2]}
  - name: broken
    label: A cut-point that is a word
    set: {doses.low: high}
  - name: month
    vary: {shared.month_days: [28, 30], doses.low: [0.05, 0.2]}
"""


def declared_in(root, text):
    (root / "scenarios.yml").write_text(text, encoding="utf-8")
    return declared.read(Project(root))


def refused(root, text):
    with pytest.raises(ReviewError) as error:
        declared_in(root, text)
    return str(error.value).splitlines()


# -- what is declared ------------------------------------------------------------------------------


def test_every_combination_is_a_scenario_but_none_twice(small):
    found = declared_in(small, SMALL)
    # A cut-point of 0.1 is that of the review itself.
    assert [one.name for one in found.scenarios] == [
        "main", "cut-1", "cut-3", "broken", "month-1", "month-2", "month-3", "month-4",
    ]  # fmt: skip
    assert found.scenarios[1].label == "low 0.05"
    assert found.scenarios[5].choices == {"shared.month_days": 28, "doses.low": 0.2}
    assert found.scenarios[5].values["doses"]["low"] == 0.2
    assert declared.settings(found)["doses.low"] == [0.1, 0.05, 0.2, "high"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("name: month", "name: cut", 11, "'cut' stands twice"),
        ("shared.month_days: [28", "shared.month_days: [40", 12, "month_days"),
        ("shared.month_days", "shared.month_day", 12, "did you mean month_days?"),
        ("{doses.low: high}", "{dosis.low: 1}", 10, "there is no section dosis"),
        ("vary: {doses.low: [0.05, 0.1, 0.2]}", "vary: {doses.low: 0.1}", 7, "give a list"),
        ("03_summary", "04_summary", 1, "there is no notebook 04_summary"),
        ("axis: linear", "axis: root", 3, "linear or log"),
        ("label: A cut", "lable: A cut", 9, "unknown name lable"),
        ("name: broken", "name: 1 2", 8, "is no name"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(small, old, new, line, said):
    lines = refused(small, SMALL.replace(old, new, 1))
    assert lines[0].startswith(f"scenarios.yml, line {line}: ")
    assert said in lines[0]


def test_all_that_is_wrong_is_told_at_once(small):
    text = SMALL.replace("name: month", "name: cut").replace("03_summary", "09_no")
    assert len(refused(small, text)) == 2
    assert "expected a list `scenarios:`" in refused(small, "notebooks: [03_summary]\n")[0]
    (small / "scenarios.yml").unlink()
    with pytest.raises(ReviewError, match="does not exist"):
        declared.read(Project(small))


# -- what is compared ------------------------------------------------------------------------------


def result(value, low=None, high=None, least=None, most=None, text=""):
    found = {"value": value, "low": low, "high": high, "least": least, "most": most}
    return found | {"text": text, "unit": "", "standing": ""}


def test_estimates_stand_in_order_and_ranges_by_their_middle():
    found = {
        "a": {"results": {"x.hr.tumour": result(2, 1, 4)}},
        "b": {"results": {"x.hr.male": result(None, least=0.5, most=1.5)}},
        "c": {"results": {"x.hr.tumour": result(0.5, 0.1, None)}},
        "d": {"results": {"y": result(1)}},
        "e": {"error": "no"},
    }
    points = compared.points(Outcome("x.hr.*", "Ratio"), found)
    assert [one.scenario for one in points] == ["c", "b", "a"]
    assert [one.ranges for one in points] == [False, True, False]
    assert (points[1].low, points[1].high) == (0.5, 1.5)


def test_a_verdict_depends_on_what_alone_changes_it(small):
    found = declared_in(small, SMALL)
    settings = declared.settings(found)

    def said(text):
        return {one.name: text(one) for one in found.scenarios}

    by_low = said(lambda one: "holds" if one.values["doses"]["low"] == 0.1 else "does not hold")
    assert compared.depends_on(by_low, found, settings) == ["doses.low"]
    by_both = said(lambda one: f"{one.values['shared']['month_days'] > 29} holds")
    assert compared.depends_on(by_both, found, settings) == ["shared.month_days"]
    counts = said(lambda one: f"holds in {hash(one.name) % 1000:,} of 1,000 sets")
    assert compared.depends_on(counts, found, settings) == []
    assert compared.title("sensitivity.months.verdict_median") == ("months", "median")


def test_a_verdict_that_was_not_counted_is_no_other_one():
    said = {"main": "holds in all 1,000 sets drawn", "one_drug": "not counted"}
    assert compared.judged(said) == {"main": "holds in all 1,000 sets drawn"}


# -- what runs -------------------------------------------------------------------------------------


def rows_of(root):
    text = (root / "report/_scenarios/scenarios.csv").read_text(encoding="utf-8")
    return {row["scenario"]: row for row in csv.DictReader(io.StringIO(text))}


def kept_of(root):
    folder = root / "report/_build/scenarios/kept"
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.json")}


def others(root, low):
    """Patients whose daily dose is known and not below a cut-point."""
    patients = pd.read_csv(root / "data/raw/patients.csv")
    doses = patients.loc[patients["dose_unit"] == "mg/kg/day", "dose_value"]
    return int((doses >= low).sum())


@pytest.mark.pipeline
def test_a_run_reports_what_failed_and_keeps_what_is_done(small):
    (small / "scenarios.yml").write_text(SMALL, encoding="utf-8")
    first = make(small, "scenarios", "JOBS=2", expect=2)
    assert "broken: failed" in first and "02_doses" in first
    assert "failed: broken; the others are kept" in first
    rows, kept = rows_of(small), kept_of(small)
    assert len(kept) == 7
    assert "02_doses" in rows["broken"]["error"]
    for name, low in (("main", 0.1), ("cut-1", 0.05), ("cut-3", 0.2), ("month-4", 0.2)):
        assert rows[name]["summary.*.value"] == str(others(small, low))
        assert rows[name]["doses.low"] == str(low)
    page = (small / "report/_scenarios/index.html").read_text(encoding="utf-8")
    assert "7 of 8 scenarios ran to their end" in page
    assert page.count("<svg") == 2
    assert not re.search(r"""(src|href)=["']?(?!#)""", page.split("</style>")[1])
    # Again: only what failed is tried, and mended it is all that runs.
    text = SMALL.replace("doses.low: high", "doses.low: 0.3")
    (small / "scenarios.yml").write_text(text, encoding="utf-8")
    again = make(small, "scenarios", "JOBS=2")
    assert "broken" in again and "cut-1" not in again
    assert kept.items() <= kept_of(small).items()
    assert rows_of(small)["broken"]["summary.*.value"] == str(others(small, 0.3))
    before = (small / "report/_scenarios/index.html").stat().st_mtime_ns
    assert "done" not in make(small, "scenarios")
    assert (small / "report/_scenarios/index.html").stat().st_mtime_ns == before
    # What everything rests on has changed: all of it runs again.
    with (small / "data/raw/screening.csv").open("a", encoding="utf-8") as stream:
        stream.write("asked authors,3,\n")
    table = (small / "report/_scenarios/scenarios.csv").read_bytes()
    assert make(small, "scenarios", "JOBS=1").count("done") == 8
    assert (small / "report/_scenarios/scenarios.csv").read_bytes() == table


def children(pid):
    """All processes below one, with what they run."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    found, todo = {}, [str(pid)]
    while todo:
        parent = todo.pop()
        below = {own: text for own, above, text in rows if above == parent}
        found |= below
        todo += below
    return found


@pytest.mark.pipeline
def test_a_killed_worker_and_a_killed_run_lose_nothing(small):
    text = SMALL.replace("doses.low: high", "doses.low: 0.3")
    (small / "scenarios.yml").write_text(text, encoding="utf-8")
    words = command("scenarios", "JOBS=2")
    look = {"cwd": small, "env": surroundings(), "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, start_new_session=True, stderr=subprocess.STDOUT, **look) as run:
        while len(kept_of(small)) < 2:
            assert run.poll() is None, run.stdout.read()
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGKILL)
    kept = kept_of(small)
    assert 2 <= len(kept) < 8
    with subprocess.Popen(words, start_new_session=True, stderr=subprocess.STDOUT, **look) as run:
        killed = False
        while run.poll() is None and not killed:
            for pid, args in children(run.pid).items():
                busy = any("case_review build" in text for text in children(pid).values())
                if "multiprocessing.spawn" in args and busy and not killed:
                    os.kill(int(pid), signal.SIGKILL)
                    killed = True
            time.sleep(0.02)
        said = run.stdout.read()
    assert killed and run.returncode == 0, said
    assert len(kept_of(small)) == 8 and kept.items() <= kept_of(small).items()
    assert "8 of 8 scenarios" in said
