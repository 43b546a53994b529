"""What a run opens beyond what its code tells is an input or refused."""

import json
import os
import time

import pytest
from conftest import opening, write_notebook

from case_review.build import dependencies, kernel, opened, runner, surroundings
from case_review.errors import ReviewError

NAME = "30_opener"
#: One notebook that does all that its code does not tell.
CELLS = (
    "#| label: reads\nimport sys\nsys.path.append('notebooks')\nimport helper\n"
    "extra = open('data/extra.txt').read()\nr = nb.read\nr('doses')\n"
    "from pathlib import Path\nnames = sorted(p.name for p in Path('data/more').glob('*.txt'))",
    "#| label: own\nPath(nb.stage / 'note.txt').write_text('x')\n"
    "import tempfile\nwith tempfile.TemporaryDirectory() as t:\n"
    "    Path(t, 'a').write_text('a'); Path(t, 'a').read_text()",
    "#| label: surroundings\nimport os, psutil, matplotlib\n"
    "print(os.environ.get('MY_CHOICE'), matplotlib.rcParams['lines.linewidth'],"
    " 'user_has_configured' in globals(), os.path.expanduser('~').startswith(os.getcwd()),"
    " [c for c in psutil.Process().net_connections('tcp') if c.status == 'LISTEN'])",
)


@pytest.fixture
def project(small_project, monkeypatch):
    root = small_project.root
    (root / "notebooks" / "helper.py").write_text("value = 1\n")
    (root / "data" / "extra.txt").write_text("one")
    (root / "data" / "more").mkdir()
    (root / "data" / "more" / "a.txt").write_text("a")
    (root / "data" / "clean" / "doses.csv").write_text("dose\n1\n")
    (root / "matplotlibrc").write_text("lines.linewidth: 77\n")
    profile = surroundings.folders(small_project)["IPYTHONDIR"] / "profile_default"
    (profile / "startup").mkdir(parents=True)
    for name in ("ipython_config.py", "startup/00.py"):
        text = "get_config().InteractiveShellApp.exec_lines = ['user_has_configured = 1']"
        startup = "user_has_configured = 1"
        (profile / name).write_text(startup if "startup" in name else f"c = {text}")
    monkeypatch.setenv("MY_CHOICE", "a secret of the user's")
    monkeypatch.setenv("MPLBACKEND", "agg")
    return small_project


def test_what_a_notebook_opens_is_an_input_and_nothing_of_the_user_reaches_it(project):
    write_notebook(project.notebooks / f"{NAME}.ipynb", opening(NAME), *CELLS)
    told = dependencies.notebook_stamp(project, NAME)
    runner.run(project, NAME)
    assert opened.kept(project, NAME) == opened.Opened(
        ("data/clean/doses.csv", "data/extra.txt", "notebooks/helper.py"), ("data/more",)
    )
    executed = json.loads((project.executed / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    assert executed["cells"][-1]["outputs"][0]["text"] == ["None 1.5 False True []\n"]
    stamp = dependencies.notebook_stamp(project, NAME)
    assert stamp != told
    for name in opened.kept(project, NAME).files:
        path = project.root / name
        before = path.read_text()
        path.write_text(before + " ")
        assert dependencies.notebook_stamp(project, NAME) != stamp, name
        path.write_text(before)
    assert dependencies.notebook_stamp(project, NAME) == stamp
    (project.root / "data" / "more" / ".a.txt.swp").write_text("an editor's")
    assert dependencies.notebook_stamp(project, NAME) == stamp
    (project.root / "data" / "more" / "b.txt").write_text("b")
    assert dependencies.notebook_stamp(project, NAME) != stamp


@pytest.fixture
def judged(project, tmp_path_factory):
    """The outcome of a record: what was opened, or the words of the refusal."""
    stage = tmp_path_factory.mktemp("stage")
    sums = {"sha256": ""}

    def judge(*paths, by_cell=True, written=(), hosts=(), foreign=None, **facts):
        record = {
            "cells": ["#| label: here\nopen(...)"],
            "files": {str(p): {"cell": 0, "by_cell": by_cell, **sums, **facts} for p in paths},
            "written": [str(path) for path in written],
            "folders": [],
            "hosts": list(hosts),
        }
        (stage / kernel.RECORD).write_text(json.dumps(record))
        told, own = {project.notebooks / "x.ipynb"}, {"report/results/30_opener.json"}
        try:
            return opened.collect(
                project, NAME, stage, told=told, own=own, foreign=foreign or {},
                began=time.time() - 60,
            ).files  # fmt: skip
        except ReviewError as error:
            return str(error)

    return judge


def test_a_read_outside_the_project_is_refused_by_cell_and_path(judged, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a")
    os.utime(other, (1, 1))
    said = judged(other)
    assert f"cell here reads {other}, which lies outside the project" in said
    assert "Copy it into the project, for example into data/raw/" in said
    assert str(other) in judged(other, by_cell=False)
    assert "/etc/hostname" in judged("/etc/hostname")
    # What libraries look up of the system, or never find, is nobody's data.
    assert judged("/etc/hostname", "/home/nobody/.netrc", by_cell=False) == ()
    assert judged(other, written=[other]) == ()
    other.touch()
    assert judged(other) == ()  # as a worker's file for temporary data


def test_what_other_notebooks_make_and_what_changes_meanwhile_is_refused(judged, project):
    path = project.results / "02_x.json"
    path.parent.mkdir()
    path.write_text("{}")
    said = judged(path, foreign={"report/results/02_x.json": "02_x"})
    assert "opens report/results/02_x.json, which 02_x makes" in said
    extra = project.root / "data" / "extra.txt"
    assert judged(extra) == ("data/extra.txt",)
    assert "data/extra.txt was changed while it did" in judged(extra, sha256="0" * 64)


def test_the_net_is_refused_and_this_machine_is_not(judged):
    assert judged(hosts=["127.0.0.1", "::1"]) == ()
    assert "it connects to 93.184.216.34" in judged(hosts=["93.184.216.34"])


def test_parameters_own_output_and_the_build_s_workings_are_no_inputs(judged, project):
    own = project.results / "30_opener.json"
    own.parent.mkdir(exist_ok=True)
    own.write_text("{}")
    inner = project.build / "private" / "x"
    assert judged(project.root / "params.yml", own, inner, project.notebooks / "x.ipynb") == ()
    missing = project.root / "data" / "later.csv"
    assert judged(missing) == ("data/later.csv",)  # so that its appearance is noticed
    assert judged(missing, by_cell=False) == ()


def test_a_record_that_is_garbage_is_none(project):
    path = opened.path_of(project, NAME)
    path.parent.mkdir(parents=True)
    for content in (b"\xff\x00", b"[]", b'{"files": 3}', b"{"):
        path.write_bytes(content)
        assert opened.kept(project, NAME) == opened.Opened()


def test_a_package_that_is_not_locked_is_refused(judged, project, monkeypatch):
    path = project.root / "x.py"
    monkeypatch.setattr(opened.environment, "unlocked", lambda *_: {str(path): "extra 0.1"})
    said = judged(project.root / "__pycache__" / "x.cpython-311.pyc")
    assert "cell here imports extra 0.1, which stands in no lock file" in said


def test_a_notebook_writes_nothing_into_the_project_by_itself(judged, project, tmp_path):
    said = judged(written=[project.raw / "new.csv"])
    assert "it writes data/raw/new.csv. Leave tables and figures by nb.table" in said
    inner = (project.build / "stage" / "x", project.root / "__pycache__" / "x.pyc")
    assert judged(written=[*inner, tmp_path / "x"]) == ()
