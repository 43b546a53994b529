"""The version that a report names is the one it was built from."""

import json
import subprocess

import pytest

from case_review.project import Project
from case_review.revision import revision


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
