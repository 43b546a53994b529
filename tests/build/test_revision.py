"""The version that a report names is the one it was built from."""

import json
import subprocess

import pytest

from case_review.build.revision import note_output, revision
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
    out.mkdir(parents=True)
    for name in ("index.html", "index.docx"):
        (out / name).write_text("x")
    assert not revision(project).clean
    note_output(project, out)
    assert revision(project).clean
    (out.parent / "notes.txt").write_text("not of the report")
    assert not revision(project).clean
    (out.parent / "notes.txt").unlink()
    (out / "index.docx").unlink()  # no report, so no output of ours
    assert not revision(project).clean


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
    assert str(revision(project)) == "commit 0000000000, clean"
    assert revision(project).epoch == 86400


def test_without_either_the_citation_file_gives_the_date(project):
    (project.root / "CITATION.cff").write_text("date-released: 2026-11-23\n")
    assert revision(project).day.isoformat() == "2026-11-23"
    assert str(revision(project)) == "no commit known"
