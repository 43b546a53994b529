"""What can happen to a build, and what is left after it: the previous report, or the new one.

`CASES` lists all failures with their outcome and the test that shows it, here or where the case
belongs. The tests below run `make` in a copy of the small review, built.
"""

import ast
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from building import (
    ROOT,
    UP_TO_DATE,
    command,
    content,
    extra_cell,
    make,
    ran,
    site,
    surroundings,
)
from robustness import cells
from small_review import ANALYSIS, CLEANING

from case_review.__main__ import main
from case_review.rendering.swap import clear_up

pytestmark = pytest.mark.pipeline

#: Failure, outcome, and the test that shows it.
CASES = {
    "a raising cell": (
        "exit 1, label and error last, previous output untouched",
        "build/test_runner.py::test_a_failed_run_leaves_the_previous_output",
    ),
    "a dying kernel": (
        "exit 1, label and error last, previous output untouched",
        "build/test_runner.py::test_a_failed_run_leaves_the_previous_output",
    ),
    "a notebook out of time": (
        "exit 1, label and error last, previous output untouched",
        "build/test_runner.py::test_a_failed_run_leaves_the_previous_output",
    ),
    "a failing cell under make": (
        "exit 2, previous report untouched",
        "test_pipeline.py::test_a_failing_cell_leaves_the_previous_report",
    ),
    "inputs that change during a run": (
        "nothing promoted; type the command again",
        "build/test_runner.py::test_inputs_that_change_during_a_run_are_noticed",
    ),
    "a promotion cut short": (
        "the product does not count as made, the next build makes it again",
        "build/test_runner.py::test_an_interrupted_promotion_does_not_pass_for_a_finished_one",
    ),
    "a full disk": (
        "one sentence, previous report untouched; with room again the next build succeeds",
        "test_robustness_failures.py::test_a_full_disk",
    ),
    "a killed make": (
        "previous report untouched, the next build succeeds",
        "test_robustness_failures.py::test_a_killed_build_is_followed_by_one_that_succeeds",
    ),
    "killed while the report is put in place": (
        "the previous or the new report, whole",
        "test_robustness_failures.py::test_what_a_killed_swap_leaves_is_cleared_up",
    ),
    "killed at twenty moments": (
        "previous or new report or the new page, whole; the next build succeeds",
        "kill_build.py::main",
    ),
    "two builds at once": (
        "the second waits, says for whom, and succeeds",
        "test_robustness_failures.py::test_two_builds_at_once",
    ),
    "damaged data": (
        "exit 2, every problem, previous report untouched; mended data build again",
        "test_robustness_failures.py::test_damaged_data_leave_the_previous_report",
    ),
    "data/raw that cannot be written": (
        "the same report",
        "test_robustness_failures.py::test_data_that_cannot_be_written",
    ),
    "a path with blanks and accents": (
        "the report",
        "test_pipeline.py::test_a_second_report_does_nothing_and_says_so",
    ),
    "a product that was altered": (
        "the same report",
        "test_robustness_failures.py::test_what_was_altered_is_made_again",
    ),
    "no network": (
        "the same report",
        "test_pipeline.py::test_two_builds_of_a_small_review_agree_wherever_they_are_made",
    ),
    "another time zone and LC_ALL=C": (
        "the same bytes",
        "test_pipeline.py::test_two_builds_of_a_small_review_agree_wherever_they_are_made",
    ),
    "too old a Python": (
        "one sentence",
        "test_robustness_failures.py::test_too_old_a_python_is_told_in_one_sentence",
    ),
    "a Python without venv": (
        "one sentence, or uv",
        "build/test_bootstrap.py::test_a_python_without_venv_needs_uv",
    ),
    "an interrupted set-up": (
        "begun again",
        "build/test_bootstrap.py::test_a_finished_set_up_is_not_repeated_an_interrupted_one_is",
    ),
    "an output folder that holds other things": (
        "refused, nothing removed",
        "test_robustness_failures.py::test_an_output_folder_with_other_files_is_refused",
    ),
    "another output folder within the repository": (
        "the report, and no change of the sources",
        "test_robustness_failures.py::test_a_report_in_another_folder_of_the_repository",
    ),
    "a time-out that is no number": (
        "refused",
        "test_robustness_failures.py::test_a_time_out_that_is_no_number_is_refused",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_case_has_its_test(case):
    name, _, function = CASES[case][1].partition("::")
    tree = ast.parse((ROOT / "tests" / name).read_text(encoding="utf-8"))
    assert function in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


def start(root, goal="report"):
    # A test run that a shell started in the background ignores SIGINT, and so would what it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        command(goal), cwd=root, env=surroundings(), start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@contextmanager
def damaged(path, how):
    """A file changed for the length of a `with` block."""
    before = path.read_bytes()
    path.write_bytes(how(before))
    try:
        yield
    finally:
        path.write_bytes(before)


def test_damaged_data_leave_the_previous_report(small):
    before = content(small)
    raw = small / "data" / "raw"
    with (
        damaged(raw / "patients.csv", cells(2, sex="femlae", age_value="old")),
        damaged(raw / "screening.csv", lambda content: b""),
    ):
        told = make(small, "report", expect=2)
        assert ran(told) == []
        last = [line for line in told.splitlines() if not line.startswith("make")][-4:]
        assert last[0].endswith("3 problems in the raw data:")
        assert [line.partition(": ")[0] for line in last[1:]] == [
            "data/raw/patients.csv, row 2, column age_value",
            "data/raw/patients.csv, row 2, column sex",
            "data/raw/screening.csv",
        ]
        assert site(small) == {k: v for k, v in before.items() if k.startswith("report/_site/")}
        told = make(small, "validate", expect=2)
        assert "3 problems in the raw data:" in told
    make(small, "report")
    assert content(small) == before


@pytest.mark.parametrize(
    "how",
    [
        signal.SIGKILL,
        pytest.param(signal.SIGTERM, marks=pytest.mark.nightly),
        pytest.param(signal.SIGINT, marks=pytest.mark.nightly),
    ],
)
def test_a_killed_build_is_followed_by_one_that_succeeds(small, how):
    before = content(small)
    with extra_cell(small / "notebooks" / f"{ANALYSIS}.ipynb", "import time\ntime.sleep(60)"):
        killed = start(small)
        stage = small / "report" / "_build" / "stage" / ANALYSIS / "notebook.ipynb"
        until = time.monotonic() + 120
        while not stage.exists() and time.monotonic() < until:
            time.sleep(0.1)
        assert stage.exists()
        os.killpg(killed.pid, how)
        killed.communicate(timeout=60)
        assert killed.returncode != 0
    assert {k: v for k, v in content(small).items() if ".failed." not in k} == before
    assert UP_TO_DATE in make(small, "report")
    assert content(small) == before


def test_what_a_killed_swap_leaves_is_cleared_up(tmp_path):
    out = tmp_path / "_site"
    half, old = tmp_path / "._site.half", tmp_path / "._site.half.old"
    for folder, text in ((half, "half"), (old, "previous")):
        folder.mkdir()
        (folder / "index.html").write_text(text)
    clear_up(out)
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]
    assert (out / "index.html").read_text() == "previous"
    half.mkdir()
    clear_up(out)
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_two_builds_at_once(small):
    before = site(small)
    (small / "report" / "_site" / "index.docx").write_bytes(b"altered")
    builds = [start(small), start(small)]
    told = [build.communicate(timeout=300)[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], told
    waited = [text for text in told if "waiting for another build: process" in text]
    assert len(waited) == 1 and UP_TO_DATE in waited[0]
    assert site(small) == before


def test_data_that_cannot_be_written(small):
    before = content(small)
    (small / "data" / "clean" / "patients.csv").unlink()
    with unwritable(small / "data" / "raw"):
        assert CLEANING in ran(make(small, "report"))
    assert content(small) == before


@contextmanager
def unwritable(folder):
    """A folder that nobody may write to; for root, who may write anywhere, a read-only mount."""
    if os.geteuid() == 0:
        if subprocess.run(["mount", "--bind", folder, folder]).returncode:
            pytest.skip("root needs a read-only mount for this, and may not mount here")
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
    else:
        folder.chmod(0o555)
    try:
        with pytest.raises(OSError, match=r"Read-only|Permission"):
            (folder / "new").touch()
        yield
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", folder], check=True)
        else:
            folder.chmod(0o755)


def test_what_was_altered_is_made_again(small):
    before = content(small)
    (small / "report" / "results" / f"{ANALYSIS}.json").unlink()
    (small / "report" / "_site" / "index.pdf").unlink()
    (small / "report" / "_site" / "index.docx").write_bytes(b"altered")
    assert ANALYSIS in ran(make(small, "report"))
    assert content(small) == before


@contextmanager
def small_disk(folder, size):
    """A file system of this size over an empty folder."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True
    )
    if done.returncode:
        pytest.skip("no right to mount a small file system")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk(small_report, tmp_path, monkeypatch):
    root = tmp_path / "small disk"
    root.mkdir()
    with small_disk(root, "60m"):
        shutil.copytree(small_report.root, root, symlinks=True, dirs_exist_ok=True)
        monkeypatch.chdir(root)
        before = content(root)
        fill(root)
        os.truncate(root / "filler", (root / "filler").stat().st_size - 200_000)
        (root / "report" / "_build" / "stamps" / "site.json").write_text("{}")
        told = make(root, "report", expect=2)
        assert "The disk is full. Make room and type the same command again" in told
        assert content(root) == before and "Traceback" not in told
        (root / "filler").unlink()
        make(root, "report")
        assert content(root) == before
        monkeypatch.chdir(tmp_path)


def fill(folder):
    """Write until nothing more goes on the disk."""
    with (folder / "filler").open("wb", buffering=0) as stream:
        for size in (2**20, 2**12, 1):
            try:
                while stream.write(b"x" * size):
                    pass
            except OSError:
                continue


def test_a_report_in_another_folder_of_the_repository(small):
    for arguments in (["init"], ["add", "."], ["commit", "-m", "x"]):
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=small, check=True, capture_output=True)
    out = "OUT=report/for june"
    assert "report/for june: the report is ready" in make(small, "report", out)
    assert "report/for june is up to date" in make(small, "report", out)
    page = (small / "report" / "for june" / "index.html").read_text(encoding="utf-8")
    assert re.search(r"Sources: commit \w{10}\.", page) and "with local changes" not in page


OLD = sorted(Path.home().glob(".pyenv/versions/*/bin/python"))


def test_too_old_a_python_is_told_in_one_sentence(tmp_path):
    old = [str(p) for p in OLD if subprocess.run([p, "-c", IS_OLD]).returncode == 0]
    for python in [*old, "/nowhere/python3"]:
        command = ["make", "report", f"PYTHON={python}", f"VENV={tmp_path}/none"]
        done = subprocess.run(command, cwd=ROOT, env=surroundings(), capture_output=True, text=True)
        assert done.returncode == 2
        first = done.stderr.splitlines()[0]
        assert first.startswith(f"{python} is missing or older than Python 3.11: install one")
        assert "Traceback" not in done.stderr and "SyntaxError" not in done.stderr
    assert not (tmp_path / "none").exists()


IS_OLD = "import sys; sys.exit(sys.version_info >= (3, 11))"


@pytest.mark.parametrize("name", ["keep.txt", "index.html"])
def test_an_output_folder_with_other_files_is_refused(small, monkeypatch, capsys, name):
    other = small.parent / "other"
    other.mkdir(exist_ok=True)
    (other / name).write_text("mine")
    monkeypatch.chdir(small)
    assert main(["build", "report", "--out", str(other)]) == 1
    assert f"OUT={other}: the report would replace what is there" in capsys.readouterr().err
    assert (other / name).read_text() == "mine"
    assert main(["build", "report", "--out", str(small)]) == 1
    assert (small / "params.yml").is_file()
    shutil.rmtree(other)


@pytest.mark.parametrize("text", ["soon", "0", "-5", "inf"])
def test_a_time_out_that_is_no_number_is_refused(small_report, monkeypatch, capsys, text):
    monkeypatch.chdir(small_report.root)
    monkeypatch.setenv("CASE_REVIEW_TIMEOUT", text)
    assert main(["run", ANALYSIS]) == 1
    assert f"TIMEOUT={text}: expected seconds" in capsys.readouterr().err
