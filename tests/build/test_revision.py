"""The version that a report names is the one it was built from."""

import json
import subprocess

import pytest

from case_review.build.revision import note_output, revision
from case_review.errors import ReviewError
from case_review.project import Project, sha256


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def git(project, *arguments):
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(
        ["git", *identity, *arguments], cwd=project.root, check=True, capture_output=True
    )


def test_a_repository_names_commit_and_state(project, monkeypatch):
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-23T00:00:00Z")
    git(project, "init")
    (project.root / "a").write_text("a")
    git(project, "add", "a")
    git(project, "commit", "-m", "a")
    found = revision(project)
    assert len(found.commit) == 40 and found.clean
    assert found.epoch == 1795392000 and found.day.isoformat() == "2026-11-23"
    (project.root / "a").write_text("b")
    assert not revision(project).clean
    assert str(revision(project)).endswith("with local changes")


def test_a_report_within_the_project_is_no_change_of_its_sources(project):
    git(project, "init")
    (project.root / ".gitignore").write_text("report/\n")
    git(project, "add", ".")
    git(project, "commit", "-m", "a")
    out = project.root / "for june" / "the [report]"
    (out / "notebooks").mkdir(parents=True)
    for name in ("index.html", "notebooks/index.html"):
        (out / name).write_text("x")
    assert not revision(project).clean
    note_output(project, out)
    assert revision(project).clean
    (out.parent / "notes.txt").write_text("not of the report")
    assert not revision(project).clean
    (out.parent / "notes.txt").unlink()
    (out / "index.html").unlink()  # no report, so no output of ours
    assert not revision(project).clean


@pytest.fixture
def committed(project):
    """A committed project with sources of every kind that enter a report."""
    git(project, "init")
    for path in ("notebooks/01_x.ipynb", "data/raw/patients.csv", "params.yml", "docs/a.md",
                 "report/index.qmd", "report/.hidden", "case_review/a.py"):  # fmt: skip
        (project.root / path).parent.mkdir(parents=True, exist_ok=True)
        (project.root / path).write_text(path)
    (project.root / ".gitignore").write_text("ignored*\nreport/_build/\nreport/results/\n*~\n")
    git(project, "add", ".")
    git(project, "commit", "-m", "a")
    assert revision(project).clean
    return project


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_git_was_told_to_overlook_is_none_of_the_commit_s(committed, flag):
    git(committed, "update-index", flag, "data/raw/patients.csv", "docs/a.md")
    (committed.root / "docs" / "a.md").write_text("changed, but not in the report")
    assert revision(committed).clean
    (committed.raw / "patients.csv").write_text("changed")
    assert not revision(committed).clean


@pytest.mark.parametrize("name", ["ignored.py", "excluded.py"])
def test_an_ignored_file_that_enters_the_report_is_none_of_the_commit_s(committed, name):
    (committed.root / ".git" / "info" / "exclude").write_text("excluded*\n")
    for harmless in ("report/results/ignored.json", "docs/ignored.md", "report/index.qmd~",
                     "data/raw/ignored (private).xlsx", "report/_build/x"):  # fmt: skip
        (committed.root / harmless).parent.mkdir(parents=True, exist_ok=True)
        (committed.root / harmless).write_text("x")
    assert revision(committed).clean
    (committed.root / "case_review" / name).write_text("import this")
    assert not revision(committed).clean


def test_a_link_leads_to_what_no_commit_holds(committed, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "patients.csv"
    other.write_text("elsewhere")
    (committed.raw / "patients.csv").unlink()
    (committed.raw / "patients.csv").symlink_to(other)
    git(committed, "add", ".")
    git(committed, "commit", "-m", "b")
    assert not revision(committed).clean


def test_a_repository_that_git_cannot_read_is_told_in_git_s_words(committed):
    (committed.root / ".git" / "HEAD").write_text("garbage")
    with pytest.raises(ReviewError, match=r"git cannot read this repository[\s\S]*fatal: "):
        revision(committed)


def test_a_missing_git_is_told(committed, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ReviewError, match=r"git could not be started.*install git"):
        revision(committed)


def test_a_repository_without_a_commit_has_none(project):
    git(project, "init")
    (project.root / "CITATION.cff").write_text("date-released: 2026-11-23\n")
    assert str(revision(project)) == "no commit known"
    assert revision(project).day.isoformat() == "2026-11-23"


def test_parameters_from_elsewhere_are_not_the_commit_s(project, monkeypatch, tmp_path_factory):
    git(project, "init")
    git(project, "commit", "--allow-empty", "-m", "a")
    assert revision(project).clean
    monkeypatch.setenv("CASE_REVIEW_PARAMS", str(tmp_path_factory.mktemp("x") / "other.yml"))
    assert not revision(project).clean


def test_a_release_that_was_changed_says_so(project):
    source = project.root / "notebooks" / "01_x.ipynb"
    source.parent.mkdir()
    source.write_text("{}")
    sums = {"notebooks/01_x.ipynb": sha256(source)}
    record = {"commit": "0" * 40, "clean": True, "epoch": 86400, "sources": sums}
    (project.root / "revision.json").write_text(json.dumps(record))
    assert revision(project).clean
    (source.parent / "02_y.ipynb").write_text("{}")
    assert not revision(project).clean
    (source.parent / "02_y.ipynb").unlink()
    source.write_text("{ }")
    assert not revision(project).clean


def test_a_release_names_its_record(project):
    (project.root / "revision.json").write_text(
        json.dumps({"commit": "0" * 40, "clean": True, "epoch": 86400})
    )
    assert str(revision(project)) == "commit 0000000000"
    assert revision(project).epoch == 86400


def test_without_either_the_citation_file_gives_the_date(project):
    (project.root / "CITATION.cff").write_text("date-released: 2026-11-23\n")
    assert revision(project).day.isoformat() == "2026-11-23"
    assert str(revision(project)) == "no commit known"
