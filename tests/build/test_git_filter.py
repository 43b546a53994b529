"""Running and saving a notebook by hand leaves no trace in git, and makes nothing out of date."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT

from case_review.build import dependencies, git_filter, revision
from case_review.project import Project

NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
FOLDER = Path(sys.executable).parent.parent


def git(root, *arguments):
    done = subprocess.run(
        ["git", "-C", str(root), "-c", "user.name=n", "-c", "user.email=e", *arguments],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def clone(tmp_path):
    root = tmp_path / "a clone"
    (root / "notebooks").mkdir(parents=True)
    git(root, "init", "-q")
    for path in NOTEBOOKS:
        shutil.copy(path, root / "notebooks")
    shutil.copy(ROOT / ".gitattributes", root)
    git_filter.install(root, FOLDER)
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root


def saved_as_jupyter_does(path):
    """Run by hand and saved: outputs, counts, an editor's notes."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.13.1"}
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.execution_count = number + 1
            cell.outputs = [nbformat.v4.new_output("stream", text=f"shown {number}\n")]
            cell.metadata["scrolled"] = True
    nbformat.write(notebook, path)


def test_a_notebook_that_was_run_and_saved_is_no_change_for_git(clone):
    for path in clone.glob("notebooks/*.ipynb"):
        saved_as_jupyter_does(path)
        assert '"outputs": []' not in path.read_text(encoding="utf-8")
    assert git(clone, "diff") == ""
    assert revision.revision(Project(clone)).clean
    git(clone, "add", ".")
    assert git(clone, "status", "--porcelain") == ""


def test_a_change_of_a_cell_is_one(clone):
    path = clone / "notebooks" / "01_cleaning.ipynb"
    saved_as_jupyter_does(path)
    path.write_text(path.read_text("utf-8").replace("# Cleaning", "# Cleaned"), encoding="utf-8")
    assert git(clone, "diff", "--stat").count("|") == 1
    assert not revision.revision(Project(clone)).clean
    assert "+    " in git(clone, "diff") and "shown" not in git(clone, "diff")


def test_the_filter_is_written_once_and_again_for_another_environment(clone):
    before = (clone / ".git" / "config").stat().st_mtime_ns
    git_filter.install(clone, FOLDER)
    assert (clone / ".git" / "config").stat().st_mtime_ns == before
    git_filter.install(clone, "/another place/.venv")
    found = git(clone, "config", "--get", f"filter.{git_filter.NAME}.clean")
    assert found.startswith("'/another place/.venv/bin/python' -m nbstripout ")
    git_filter.install(clone, "/another place/.venv")
    assert git(clone, "config", "--get-all", f"filter.{git_filter.NAME}.clean") == found


def test_without_git_there_is_nothing_to_do(tmp_path):
    git_filter.install(tmp_path, FOLDER)
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_counts_by_what_was_written_in_it(clone):
    project = Project(clone)
    path = clone / "notebooks" / NOTEBOOKS[-1].name

    def stamp():
        return dependencies.hashes(project, [path])

    first = stamp()
    saved_as_jupyter_does(path)
    assert stamp() == first
    document = json.loads(path.read_text(encoding="utf-8"))
    for change in (
        lambda cell: cell["source"].append("\n1"),
        lambda cell: cell["metadata"].update(tags=["parameters"]),
        lambda cell: cell.update(cell_type="raw"),
        lambda cell: cell.update(id="another"),
    ):
        other = json.loads(json.dumps(document))
        change(other["cells"][2])
        path.write_text(json.dumps(other), encoding="utf-8")
        assert stamp() != first
    path.write_text("no notebook", encoding="utf-8")
    assert stamp() != first


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_filter_changes_no_committed_notebook(path):
    command = git_filter.command(FOLDER)
    done = subprocess.run(command, shell=True, input=path.read_bytes(), capture_output=True)
    assert done.stdout == path.read_bytes()
