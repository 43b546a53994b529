"""One process decides what is made, in which order, and what is kept; a stand-in runs notebooks."""

import importlib
import json
import multiprocessing
import os
import signal
import sys
import time

import pytest
from conftest import write_notebook

from case_review.build import (
    building,
    dependencies,
    environment,
    facts,
    graph,
    loaded,
    preparing,
    products,
    runner,
    running,
    summary,
    warm,
)
from case_review.build.building import Options
from case_review.build.progress import Progress
from case_review.errors import ReviewError
from case_review.files import write_text
from case_review.project import sha256

LATE = "results = nb.read_results()"


@pytest.fixture
def project(small_project, monkeypatch):
    """Five notebooks that read nothing but each other, and a runner that writes what they hold."""
    for name in ("00_reconstruction", "01_cleaning", "02_a", "03_b"):
        write_notebook(small_project.notebooks / f"{name}.ipynb", "1")
    for name in ("04_late", "10_later"):
        write_notebook(small_project.notebooks / f"{name}.ipynb", LATE)
    monkeypatch.setattr(preparing, "prepare", lambda *_: [])
    monkeypatch.setenv(warm.VARIABLE, "0")
    monkeypatch.setattr(running, "preload", lambda: None)
    monkeypatch.setattr("case_review.build.surroundings.build_font_cache", lambda _: None)
    monkeypatch.setattr(runner, "run", stand_in)
    return small_project


def stand_in(project, name, timeout=None, on_cell=None):
    """Do what a notebook's first cell says, and leave its last line but comments as its result."""
    with (project.root / "begun.txt").open("a") as stream:
        stream.write(f"{name}\n")
    on_cell(1, 1, "only")
    source = json.loads(dependencies.notebook_path(project, name).read_text())["cells"][1]["source"]
    source = source if isinstance(source, str) else "".join(source)
    if source == "fail":
        raise ReviewError(f"{name} has failed")
    if source == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if source == "hang":
        time.sleep(60)
    stamp = dependencies.notebook_stamp(project, name)
    result = "\n".join(line for line in source.splitlines() if line[0] != "#")
    outputs = {f"report/results/{name}.json": result, f"report/_executed/{name}.ipynb": source}
    for path, text in outputs.items():
        write_text(project.root / path, text)
    sums = {path: sha256(project.root / path) for path in outputs}
    write_text(products.stamp_path(project, name), stamp)
    write_text(products.manifest_path(project, name), products.manifest(stamp, sums))
    return 0.1


class Told(Progress):
    """Keeps what is told."""

    def __init__(self):
        self.lines, self.cells = [], []
        super().__init__(self.lines.append)

    def cell(self, name, *where):
        self.cells.append((name, *where))


def build(project, goal="notebooks", **options):
    told = Told()
    return building.build(project, Options(goal, **options), progress=told), told


def begun(project):
    """The notebooks that have begun, in order; the list is then empty."""
    path = project.root / "begun.txt"
    names = path.read_text().split() if path.exists() else []
    path.unlink(missing_ok=True)
    return names


def test_notebooks_run_in_order_and_once(project):
    outcome, told = build(project)
    assert begun(project) == [
        "01_cleaning", "00_reconstruction", "02_a", "03_b", "04_late", "10_later",
    ]  # fmt: skip
    assert outcome.causes["02_a"] == ["it was not made yet"]
    assert ("02_a", 1, 1, "only") in told.cells and "02_a                       0.1 s" in told.lines
    outcome, told = build(project, jobs=2)
    assert begun(project) == [] and outcome.seconds == {} and told.lines == []
    assert sorted(outcome.kept) == dependencies.notebook_names(project)
    assert list(summary.lines(project, Options("notebooks"), outcome, 0.1)) == [
        "The notebooks are up to date"
    ]
    failed = project.executed / "02_a.failed.ipynb"  # of a change that was taken back
    failed.write_text("{}")
    build(project, "data")
    assert begun(project) == [] and failed.exists()
    build(project)
    assert begun(project) == [] and not failed.exists()


def test_nothing_is_made_in_an_environment_that_is_found_wrong_meanwhile(project):
    environment.look_meanwhile(lambda: 1)
    with pytest.raises(SystemExit, match="1"):
        build(project)
    assert begun(project) == []
    environment.look_meanwhile(lambda: 0)
    build(project)
    begun(project)
    environment.look_meanwhile(lambda: 1)
    with pytest.raises(SystemExit, match="1"):  # also where nothing is to be made
        build(project)


def test_what_came_out_as_before_makes_nothing_after_it_run(project):
    build(project)
    begun(project)
    write_notebook(project.notebooks / "03_b.ipynb", "# a comment\n1")
    outcome, _ = build(project)
    assert begun(project) == ["03_b"] and "04_late" in outcome.kept
    assert outcome.causes == {"03_b": ["notebooks/03_b.ipynb changed"]}
    write_notebook(project.notebooks / "03_b.ipynb", "2")
    outcome, _ = build(project)
    assert begun(project) == ["03_b", "04_late", "10_later"]
    assert outcome.causes["10_later"] == ["report/results/03_b.json changed"]
    assert next(summary.lines(project, Options("notebooks"), outcome, 3.14)) == "Made in 3.1 s:"


def test_after_a_failure_nothing_new_begins_unless_that_is_asked_for(project):
    write_notebook(project.notebooks / "02_a.ipynb", "fail")
    with pytest.raises(ReviewError, match=r"^02_a has failed$"):
        build(project)
    assert begun(project)[-1] == "02_a"
    with pytest.raises(ReviewError, match=r"^02_a has failed$"):
        build(project, keep_going=True)
    assert begun(project) == ["02_a", "03_b"]  # and none that comes after what failed


def test_a_notebook_whose_process_is_killed_has_failed(project):
    write_notebook(project.notebooks / "01_cleaning.ipynb", "kill")
    with pytest.raises(ReviewError, match=r"01_cleaning ended without a word \(exit code -9\)"):
        build(project)


def test_an_interruption_leaves_no_process(project, monkeypatch):
    write_notebook(project.notebooks / "01_cleaning.ipynb", "hang")
    children = []

    class Impatient(Told):
        def cell(self, name, *where):
            children.extend(multiprocessing.active_children())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        building.build(project, Options("data"), progress=Impatient())
    assert len(children) == 1 and not children[0].is_alive()


def test_as_many_run_at_a_time_as_there_are_jobs(project):
    class Counting(Told):
        running, most = 0, 0

        def started(self, name, draws=None):
            self.running += 1
            self.most = max(self.most, self.running)

        def ended(self, name, seconds):
            self.running -= 1

    for jobs in (1, 2):
        told = Counting()
        for name in dependencies.notebook_names(project):
            products.manifest_path(project, name).unlink(missing_ok=True)
        building.build(project, Options("notebooks", jobs=jobs), progress=told)
        assert told.most == jobs


def test_the_graph_says_what_comes_after_what(project):
    assert list(graph.lines(project))[:4] == [
        "01_cleaning",
        "    comes after  nothing; a build begins here",
        "    reads        no data",
        "00_reconstruction",
    ]
    found = [line.split("after  ")[1] for line in graph.lines(project) if "after" in line]
    assert found == [
        "nothing; a build begins here", "01_cleaning", "00_reconstruction", "00_reconstruction",
        "02_a, 03_b", "04_late", "all notebooks",
    ]  # fmt: skip


# -- facts -----------------------------------------------------------------------------------------


def test_facts_are_found_once_and_a_damaged_file_counts_for_none(project, monkeypatch):
    path = dependencies.notebook_path(project, "04_late")
    before = dependencies.notebook_stamp(project, "04_late")
    facts.of(project).save()
    kept = project.build / facts.NAME
    whole = kept.read_text()

    def again():
        facts._of.clear()
        with monkeypatch.context() as patched:
            parsed = []
            patched.setattr("case_review.build.reads._scan", lambda *a: parsed.append(a))
            dependencies.source(project, "04_late")
        return len(parsed)

    assert again() == 0
    kept.write_text(whole.replace("true", "false", 1))
    assert again() == 1
    kept.write_text(whole[: len(whole) // 2])
    assert again() == 1
    kept.write_text(whole)
    write_notebook(path, LATE + "\n")
    assert again() == 1
    facts._of.clear()
    assert dependencies.notebook_stamp(project, "04_late") != before


def test_within_a_look_a_file_is_read_once_and_anew_in_the_next(tmp_path):
    path = tmp_path / "x"
    path.write_text("1")
    with facts.one_look():
        first = facts.sha256(path)
        path.write_text("2")
        assert facts.sha256(path) == first
    assert facts.sha256(path) != first


# -- what the process has loaded -------------------------------------------------------------------


def test_a_module_that_changed_since_it_was_loaded_is_noticed(tmp_path, monkeypatch):
    package = tmp_path / "case_review"
    write_text(package / "a.py", "x = 1\n")
    monkeypatch.setattr(loaded, "FOLDER", package)
    monkeypatch.setattr(loaded, "_noted", {})
    now = {"case_review/a.py": sha256(package / "a.py"), "params.yml": "0"}
    assert loaded.changed(tmp_path, now) == []  # nothing was noted
    loaded.note(package)
    assert loaded.changed(tmp_path, now) == []
    loaded.require_same(tmp_path, now)
    with pytest.raises(ReviewError, match=r"case_review/a\.py, case_review/b\.py changed while"):
        loaded.require_same(tmp_path, {"case_review/a.py": "1", "case_review/b.py": "2"})


def test_a_change_of_same_size_within_a_second_is_run(tmp_path, monkeypatch):
    package = tmp_path / "a_package"
    path = package / "a.py"
    write_text(path, "x = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr(loaded, "_noted", {})
    moment = path.stat().st_mtime_ns
    for value in (1, 2, 3):
        path.write_text(f"x = {value}\n")
        os.utime(path, ns=(moment, moment))
        loaded.note(package)
        importlib.invalidate_caches()
        assert importlib.import_module("a_package.a").x == value
        for name in ("a_package.a", "a_package"):
            sys.modules.pop(name, None)
