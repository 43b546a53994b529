"""The benchmark of builds: its arithmetic, its files, what its rows change. Nothing is timed."""

import ast
import os
import subprocess
import sys

import pytest
from bench import measuring, page, rows
from bench.measuring import Measured
from building import ROOT
from conftest import write_notebook


def run(row, number, seconds, cpu, begun="2026-01-02T03:04", shown=None, peak=None):
    return page.Run(begun, row, number, Measured(seconds, shown, cpu, peak))


RUNS = [
    *(run("full rebuild", i, s, 3 * s, shown=s / 2, peak=500) for i, s in enumerate((9, 10, 30))),
    run(rows.ONE_PROCESS, 1, 40, 20),
    run(rows.BY_HAND, 1, 80, 60),
    run(rows.UNGROWN, 1, 5, 6),
    run("grown review: 10 x the patients", 1, 10, 12),
    run("nothing to do", 1, 0.3, 0.25, begun="2025-12-31T03:04"),
]


def test_medians_leave_out_what_was_not_measured():
    runs = [Measured(s, page, s, None) for s, page in ((3, None), (1, 0.5), (8, 0.7))]
    assert measuring.medians(runs) == Measured(3, 0.6, 3, None)


def test_ratios_are_to_the_floors_of_the_same_benchmark_only():
    cells = {line.split(" | ")[0].strip("| "): line.split(" | ")[1:] for line in page.table(RUNS)}
    assert cells["full rebuild"] == ["3", "5.0", "10.0", "30.0", "500", "1.50", "0.12", "– |"]
    assert cells["grown review: 10 x the patients"][-1] == "2.00 |"
    assert cells["nothing to do"] == ["1", "–", "0.30", "0.25", "–", "–", "–", "– |"]


def test_runs_are_written_read_and_measured_again_by_row(tmp_path):
    page.write(tmp_path, RUNS)
    assert page.read(tmp_path / "runs.csv") == RUNS
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert page.machine() in text and "2025-12-31 and 2026-01-02" in text
    assert "full rebuild" in (tmp_path / "runs.svg").read_text(encoding="utf-8")
    again = run("full rebuild", 1, 7, 8, begun="2026-02-02T03:04")
    merged = page.merged(RUNS, [again])
    assert [r for r in merged if r.row == "full rebuild"] == [again]
    assert len(merged) == len(RUNS) - 2 and merged[0] == again
    assert page.merged([run("a row of long ago", 1, 1, 1)], []) == []


def test_rows_are_chosen_by_words_of_their_names():
    assert [row.name for row in rows.chosen("Caption; nothing")] == [
        "nothing to do", "a caption of 04", "a caption of 04, in make watch",
    ]  # fmt: skip
    everyday = {row.name for row in rows.chosen("")}
    assert {"full rebuild", rows.ONE_PROCESS, rows.BY_HAND, rows.UNGROWN} <= everyday
    assert not everyday & {"first build, with set-up", "make test"}
    with pytest.raises(ValueError, match="no row is called captoin"):
        rows.chosen("captoin")
    assert len({row.name for row in rows.ROWS}) == len(rows.ROWS)


MEASURE = """
import os, sys
from pathlib import Path
from bench import measuring
from case_review.errors import ReviewError
measuring._GRACE = float(sys.argv[3])
folder = Path(sys.argv[1])
try:
    command = [sys.executable, "-c", sys.argv[2]]
    print(vars(measuring.measure(command, folder, folder / "page", os.environ)))
except ReviewError as error:
    print(error)
"""


def measured(tmp_path, code, grace=60, program=MEASURE):
    """What is said of a command, in a process of its own: it waits for all of its children."""
    folder = tmp_path / "copy"
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", program, str(folder), code, str(grace)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    return subprocess.run(command, env=environment, capture_output=True, text=True).stdout


BURN = "import time\nwhile time.process_time() < 0.2: pass\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans on")
def test_time_of_processes_without_a_parent_counts_and_the_page_is_seen(tmp_path):
    # The middle process ends at once, so that the one that burns time has no parent.
    inner = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BURN!r}])"
    code = (
        f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {inner!r}]);"
        "open('page', 'w').close(); time.sleep(0.5)"
    )
    found = Measured(**ast.literal_eval(measured(tmp_path, code)))
    assert found.cpu_seconds >= 0.2
    assert 0 < found.page_seconds < found.seconds
    assert found.peak_mb > 1


WATCH = """
import os, signal, sys, time
from functools import partial
from pathlib import Path
from bench import watched
from case_review.errors import ReviewError
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in the background of a shell
watched._IDLE = 0
folder = Path(sys.argv[1])
save = lambda root: (root / "saved").touch()
try:
    command = [sys.executable, "-c", sys.argv[2]]
    print(vars(watched.measure(command, folder, folder / "page", os.environ, save)))
except ReviewError as error:
    print(error)
"""
WATCHING = f"""
import os, time
{BURN}
print("report/_site is up to date", flush=True)
try:
    while not os.path.exists("saved"): time.sleep(0.01)
    until = time.process_time() + 0.1
    while time.process_time() < until: pass
    open("page", "w").close(); time.sleep(0.3)
    print("report/_site: the report is ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("ended")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of other processes")
def test_in_make_watch_time_counts_from_the_save_on(tmp_path):
    found = Measured(**ast.literal_eval(measured(tmp_path, WATCHING, program=WATCH)))
    assert 0.08 <= found.cpu_seconds < 0.2  # what burnt before does not count
    assert 0 < found.page_seconds <= found.seconds - 0.2
    assert (tmp_path / "copy.log").read_text().endswith("ended\n")
    said = measured(tmp_path, "print('no such luck')", program=WATCH)
    assert said == "`make watch` has made no page:\nno such luck\n"


def test_a_failure_and_a_process_left_behind_are_told(tmp_path):
    said = measured(tmp_path, "raise SystemExit('no such luck')")
    assert "failed in" in said and said.endswith("\nno such luck\n")
    left = "import subprocess; subprocess.Popen(['sleep', '60'])"
    assert measured(tmp_path, left, grace=0.2).endswith("left 1 processes behind\n")


def test_the_floor_runs_cells_as_a_build_does(tmp_path):
    label = "from case_review.parameters.cell_options import running_label\n"
    source = f"#| label: tbl-one\n{label}print(running_label())"
    write_notebook(tmp_path / "a.ipynb", source)
    program = (
        "from pathlib import Path; from bench import floors; floors.run_cells(Path('a.ipynb'))"
    )
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("tbl-one\n", 0), done.stderr
