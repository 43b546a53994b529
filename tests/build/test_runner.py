"""A run is checked before, staged while, and promoted only when all of it succeeded."""

import contextlib
import errno
import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import as_before, opening, start_project, write_notebook

from case_review.__main__ import main
from case_review.build import facts, products, promotion, runner, warm
from case_review.build.runner import NotebookFailed
from case_review.errors import ReviewError

FIGURE = (
    "#| label: fig-x\nimport matplotlib.pyplot as plt, pandas as pd\n"
    "from case_review.exhibits import style\nstyle.use()\nf, a = plt.subplots()\na.plot([0, 1])\n"
    "nb.figure(f, pd.DataFrame({'x': [0, 1]}))"
)
RECORD = "#| label: count\nnb.record('response.n', {n}, '{n}')"
PARAMETERS = {"landmarks": [], "ticks": [], "few_at_risk": 0, "time_axis": "linear"}
NAME = "05_response"
GONE = ("#| label: gone\nimport os\nos._exit(9)", "gone", "DeadKernelError: the kernel died")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A project as `small_project` is one, and a process that forks its kernels, as in a build."""
    project = start_project(tmp_path_factory.mktemp("runner") / "a réview {x}")
    with as_before(project.root), warm.server(project, []):
        yield project


@pytest.fixture
def project(place):
    """The project with nothing in its folders."""
    for folder in (place.clean, place.notebooks, place.report):
        shutil.rmtree(folder)
        folder.mkdir()
    with as_before(place.root):
        yield place


def notebook(project, *cells, name=NAME):
    first = [PARAMETERS] if name == NAME else []
    write_notebook(project.notebooks / f"{name}.ipynb", *first, opening(name), *cells)


def outputs(project):
    folders = (project.executed, project.results, project.exhibits, project.clean)
    files = [path for folder in folders for path in folder.glob("*") if path.is_file()]
    return {project.relative(path): path.read_bytes() for path in files}


def test_two_runs_give_identical_bytes_and_nothing_else(project):
    clean = "(nb.stage / 'clean').mkdir()\n(nb.stage / 'clean' / 'x.csv').write_text('a')"
    where = "import sys, os\nprint(object(), os.getcwd() + '/x')\nprint('!', file=sys.stderr)"
    frame = "#| label: styled\nimport pandas as pd\npd.DataFrame({'a': [1]}).style"
    notebook(project, where, frame, clean, RECORD.format(n=3), FIGURE)
    runner.run(project, NAME)
    first = outputs(project)
    assert sorted(first) == [
        "data/clean/x.csv",
        "report/_executed/05_response.ipynb",
        "report/exhibits/fig-x.csv",
        "report/exhibits/fig-x.png",
        "report/exhibits/fig-x.svg",
        "report/results/05_response.json",
    ]
    runner.run(project, NAME)
    assert outputs(project) == first
    executed = json.loads(first["report/_executed/05_response.ipynb"])
    cells = {cell["id"]: cell for cell in executed["cells"]}
    assert "few_at_risk = 3\n" in cells["injected-parameters"]["source"]
    assert cells["cell-2"]["outputs"][0]["text"] == ["<object object at 0x0> ./x\n"]
    assert set(executed["metadata"]) == {"kernelspec", "language_info"}
    assert all("papermill" not in cell["metadata"] for cell in executed["cells"])
    assert not list((project.build / "stage").iterdir())


def test_what_a_notebook_no_longer_makes_is_removed(project):
    notebook(project, RECORD.format(n=3), FIGURE)
    runner.run(project, NAME)
    notebook(project, FIGURE.replace("fig-x", "fig-y"))
    runner.run(project, NAME)
    names = sorted(path.name for path in project.exhibits.iterdir())
    assert names == ["fig-y.csv", "fig-y.png", "fig-y.svg"]


@pytest.mark.parametrize(
    ("source", "cell", "error"),
    [
        ("#| label: ratio\n1 / 0", "ratio", "ZeroDivisionError: division by zero"),
        ("1 / 0", "without a label, beginning `1 / 0`", "ZeroDivisionError: division by zero"),
        ("#| label: half\nimport sys\nsys.exit()", "half", "SystemExit: this cell ended the"),
        GONE,
        ("#| label: slow\nwhile True: display(1)", "slow", "TimeoutError: the notebook's"),
    ],
)
def test_a_failed_run_leaves_the_previous_output(project, capsys, source, cell, error):
    notebook(project, RECORD.format(n=3))
    runner.run(project, NAME)
    before = outputs(project)
    notebook(project, RECORD.format(n=4), source, "print('the rest')")
    assert main(["run", NAME, "--timeout", "4" if "while" in source else "60"]) == 1
    *_, place, last = capsys.readouterr().err.strip().splitlines()
    assert place == f"cell {cell}" and last.startswith(error)
    after = outputs(project)
    assert after.pop("report/_executed/05_response.failed.ipynb")
    assert after == before


def test_a_kernel_that_was_started_anew_dies_alike(project, capsys, monkeypatch):
    monkeypatch.setenv(warm.VARIABLE, "0")
    test_a_failed_run_leaves_the_previous_output(project, capsys, *GONE)


def test_a_success_removes_the_remains_of_a_failure(project):
    notebook(project, "1 / 0")
    with pytest.raises(NotebookFailed):
        runner.run(project, NAME)
    assert promotion.failed_notebook(project, NAME).is_file()
    notebook(project, "1")
    runner.run(project, NAME)
    assert not promotion.failed_notebook(project, NAME).exists()


def test_a_long_name_of_the_temporary_folder_does_no_harm(project, monkeypatch, tmp_path):
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    notebook(project, RECORD.format(n=3))
    runner.run(project, NAME)
    assert "report/results/05_response.json" in outputs(project)


@pytest.mark.parametrize("look", [contextlib.nullcontext, facts.one_look])
def test_inputs_that_change_during_a_run_are_noticed(project, look):
    table = project.clean / "patients.csv"
    table.write_text("a\n1\n")
    notebook(project, "nb.read('patients')", "1")
    with look(), pytest.raises(ReviewError, match="inputs were changed while"):
        runner.run(project, NAME, on_cell=lambda *_: table.write_text("a\n2\n"))
    assert not project.executed.exists()


def test_a_notebook_that_changes_its_input_itself_is_refused(project):
    table = project.clean / "patients.csv"
    table.write_text("a\n1\n")
    notebook(project, "nb.read('patients')", f"open({str(table)!r}, 'a').write('2')")
    with pytest.raises(ReviewError, match=r"it writes data/clean/patients\.csv"):
        runner.run(project, NAME)
    assert not project.executed.exists()


# -- promotion, without kernels --------------------------------------------------------------------


def staged(project, name, exhibit, identifier="a.b"):
    """A stage as a run of notebook `name` leaves it, with one exhibit and one result."""
    notebook(project, "1", name=name)
    stage = project.build / "stage" / name
    for folder in ("exhibits", "results"):
        (stage / folder).mkdir(parents=True)
    (stage / "exhibits" / exhibit).write_text("n")
    result = {"id": identifier, "value": 1, "text": "1", "cell": f"cell-of-{name}"}
    document = {"notebook": name, "parameters": {}, "results": [result]}
    (stage / "results" / f"{name}.json").write_text(json.dumps(document))
    (stage / promotion.EXECUTED).write_text("{}")
    return stage


def test_two_notebooks_may_not_record_one_id_or_write_one_exhibit(project):
    promotion.promote(project, "02_a", staged(project, "02_a", "tbl-x.csv"), "stamp")
    before = outputs(project)
    with pytest.raises(ReviewError) as caught:
        promotion.promote(project, "03_b", staged(project, "03_b", "tbl-x.csv"), "stamp")
    text = str(caught.value)
    assert "a.b (cell cell-of-03_b) is recorded by 02_a (cell cell-of-02_a) already" in text
    assert "report/exhibits/tbl-x.csv is an output of 02_a already" in text
    assert outputs(project) == before


def test_a_notebook_opens_its_own_name(project):
    stage = staged(project, "07_a", "tbl-x.csv")
    (stage / "results" / "07_a.json").rename(stage / "results" / "03_a.json")
    with pytest.raises(ReviewError, match=r"opens Notebook\('03_a'\): write Notebook\('07_a'\)"):
        promotion.promote(project, "07_a", stage, "stamp")
    assert outputs(project) == {}


def test_an_interrupted_promotion_does_not_pass_for_a_finished_one(project, monkeypatch):
    stage = staged(project, "02_a", "tbl-x.csv")
    monkeypatch.setattr("pathlib.Path.replace", failing_at(f"{promotion.EXECUTED}"))
    with pytest.raises(OSError, match="killed"):
        promotion.promote(project, "02_a", stage, "stamp")
    assert (project.exhibits / "tbl-x.csv").is_file()
    path = products.manifest_path(project, "02_a")
    assert products.damage(project.root, path, "stamp") == [
        "report/_executed/02_a.ipynb is missing"
    ]


@pytest.mark.parametrize("moment", ["03_b.json", "tbl-new.csv", promotion.EXECUTED])
def test_a_promotion_cut_short_leaves_nothing_that_is_no_longer_made(project, moment):
    """Killed while it writes the manifest, or moves the exhibit or the notebook; then run again."""
    promotion.promote(project, "03_b", staged(project, "03_b", "tbl-old.csv"), "stamp")
    stage = staged(project, "03_b", "tbl-new.csv")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pathlib.Path.replace", failing_at(moment))
        with pytest.raises(OSError, match="killed"):
            promotion.promote(project, "03_b", stage, "new stamp")
    shutil.rmtree(stage)
    promotion.promote(project, "03_b", staged(project, "03_b", "tbl-new.csv"), "new stamp")
    assert [path.name for path in project.exhibits.iterdir()] == ["tbl-new.csv"]
    path = products.manifest_path(project, "03_b")
    assert products.damage(project.root, path, "new stamp") == []


def failing_at(name):
    """A stand-in for Path.replace that stops where a file has this name, or gets it."""
    replace = Path.replace

    def stand_in(self, target):
        if name in (self.name, Path(target).name):
            raise OSError("killed")
        return replace(self, target)

    return stand_in


def test_output_of_notebooks_that_are_gone_is_removed(project):
    promotion.promote(project, "02_a", staged(project, "02_a", "tbl-a.csv", "a.a"), "stamp")
    promotion.promote(project, "03_b", staged(project, "03_b", "tbl-b.csv", "b.b"), "stamp")
    (project.notebooks / "02_a.ipynb").unlink()
    assert promotion.prune(project) == ["02_a"]
    assert sorted(outputs(project)) == [
        "report/_executed/03_b.ipynb",
        "report/exhibits/tbl-b.csv",
        "report/results/03_b.json",
    ]
    assert promotion.prune(project) == []


def test_no_notebook_writes_raw_data(project):
    assert project.raw not in promotion.destinations(project).values()


def test_an_unforeseen_error_is_explained_and_kept(project, monkeypatch, capsys):
    monkeypatch.setattr("case_review.build.freshness.status", lambda *_: 1 / 0)
    assert main(["status"]) == 1
    text = capsys.readouterr().err
    assert text.endswith("ZeroDivisionError: division by zero\n")
    assert "report/_build/last-error.txt" in text and "Traceback" not in text
    assert "Traceback" in (project.build / "last-error.txt").read_text()


@pytest.mark.parametrize(
    ("number", "beginning"),
    [
        (errno.ENOSPC, "The disk is full. Make room"),
        (errno.EDQUOT, "The disk is full. Make room"),
        (errno.EACCES, "/a/place: Permission denied. Give yourself the right"),
        (errno.EROFS, "/a/place: Read-only file system. Give yourself the right"),
        (errno.EMFILE, "Too many files are open. Allow more (`ulimit -n 1024`)"),
        (errno.EFBIG, "A file may not become that large. Allow it (`ulimit -f unlimited`)"),
        (errno.ENOMEM, "There is too little memory. Allow more"),
        (errno.EAGAIN, "No more processes can be started. Allow more (`ulimit -u`)"),
    ],
)
def test_what_the_disk_refuses_is_told_as_such(project, monkeypatch, capsys, number, beginning):
    def refuse(*_):
        raise OSError(number, os.strerror(number), "/a/place")

    monkeypatch.setattr("case_review.build.freshness.status", refuse)
    assert main(["status"]) == 1
    assert capsys.readouterr().err.startswith(beginning)


def test_a_limit_that_a_library_wraps_is_told_as_such(project, monkeypatch, capsys):
    def refuse(*_):
        try:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        except OSError as error:
            raise RuntimeError("no kernel") from error

    monkeypatch.setattr("case_review.build.freshness.status", refuse)
    assert main(["status"]) == 1
    assert capsys.readouterr().err.startswith("Too many files are open.")
