"""Which version of the project a report was built from."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime

from case_review.project import Project

#: Written into a release archive, which has no git history of its own.
RECORD = "revision.json"


@dataclass(frozen=True)
class Revision:
    """A version of the sources.

    Parameters
    ----------
    commit
        The commit's hash, or an empty text where none is known.
    clean
        Whether the tracked files are exactly that commit's (untracked sources count as changes).
    epoch
        Seconds since 1970 of the commit, the only date that a build ever prints.
    """

    commit: str
    clean: bool
    epoch: int

    @property
    def day(self) -> date:
        """The day of `epoch`, in UTC."""
        return datetime.fromtimestamp(self.epoch, UTC).date()

    def __str__(self) -> str:
        if not self.commit:
            return "no commit known"
        return f"commit {self.commit[:10]}, {'clean' if self.clean else 'with local changes'}"


def revision(project: Project) -> Revision:
    """The version of `project`: from git, else from a release's record, else from CITATION.cff."""
    commit = _git(project, "rev-parse", "HEAD")
    top = _git(project, "rev-parse", "--show-cdup")
    # A project unpacked inside another repository is not that repository's commit.
    if commit and top == "":
        clean = _git(project, "status", "--porcelain") == ""
        return Revision(commit, clean, int(_git(project, "show", "-s", "--format=%ct", "HEAD")))
    record = project.root / RECORD
    if record.is_file():
        return Revision(**json.loads(record.read_text(encoding="utf-8")))
    return Revision("", False, _release_epoch(project))


def build_epoch(project: Project) -> int:
    """The time that files bear: SOURCE_DATE_EPOCH where it is set, else the commit's."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or revision(project).epoch)


def _git(project: Project, *arguments: str) -> str | None:
    """The output of a git command, or None where git or a repository is missing."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=project.root, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _release_epoch(project: Project) -> int:
    citation = project.root / "CITATION.cff"
    text = citation.read_text(encoding="utf-8") if citation.is_file() else ""
    found = re.search(r"^date-released:\s*['\"]?(\d{4}-\d{2}-\d{2})", text, re.MULTILINE)
    day = date.fromisoformat(found.group(1)) if found else date(1980, 1, 1)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
