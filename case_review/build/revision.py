"""Which version of the project a report was built from."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from case_review.build import facts, published
from case_review.errors import ReviewError
from case_review.files import write_if_changed
from case_review.project import Project, sha256

#: Written into a release archive, which has no git history of its own.
RECORD = "revision.json"
_HEAD = ("rev-parse", "--quiet", "--verify", "HEAD^{commit}")
#: Where the sources lie that enter a report.
_ENTERING = ("data/raw", "notebooks", "expectations", "case_review", "report", "params.yml",
             "pyproject.toml", "requirements.lock", "CITATION.cff")  # fmt: skip
#: Names, in files of the build, the folders of the project that reports were rendered into.
_OUTPUTS = "outputs"


@dataclass(frozen=True)
class Revision:
    """A version of the sources.

    Parameters
    ----------
    commit
        The commit's hash, or an empty text where none is known.
    clean
        Whether the sources are exactly that commit's: nothing changed, added or, by `PARAMS=file`,
        taken from elsewhere.
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
        return f"commit {self.commit[:10]}{'' if self.clean else ', with local changes'}"


def revision(project: Project) -> Revision:
    """The version of `project`: from git, else from a release's record, else from CITATION.cff.

    Raises
    ------
    ReviewError
        If the project is a repository that git cannot read, for its version and its date are then
        not known.
    """
    key = ("revision", project.root, project.params_file)
    return facts.once(key, lambda: _revision(project))


def _revision(project: Project) -> Revision:
    # A project unpacked inside another repository is not that repository's commit.
    if (project.root / ".git").exists() and (head := _head(project)):
        clean = _has_parameters(project) and _unchanged(project) and _is_committed(project)
        return Revision(head[0], clean, head[1])
    if kept := _record(project):
        sources = kept.pop("sources", {})
        clean = kept["clean"] and _untouched(project, sources) and _has_parameters(project)
        return Revision(**kept | {"clean": clean})
    return Revision("", False, _release_epoch(project))


def _head(project: Project) -> tuple[str, int] | None:
    """The present commit and its time; None in a repository without commits."""
    first, *lines = _git(project, "cat-file", "--batch", given="HEAD^{commit}\n").split("\n")
    if first.endswith(" missing"):
        _git(project, *_HEAD, unborn=True)  # which says so if it is for another reason
        return None
    committer = next(line for line in lines if line.startswith("committer "))  # before any text
    return first.split()[0], int(committer.split()[-2])


def _unchanged(project: Project) -> bool:
    """Whether git sees no change; a rendered report is none, nor is a notebook's output.

    Of what a filter takes out git's status still says that the file is another, its diff does not.
    """
    where = ["--", ".", *(f":(exclude,literal){path}" for path in outputs(project))]
    found = _git(project, "--no-optional-locks", "status", "--porcelain", *where).splitlines()
    if any(line.lstrip()[:2] != "M " for line in found):
        return False
    return not (found and _git(project, "diff", "--no-ext-diff", "HEAD", *where))


def _is_committed(project: Project) -> bool:
    """Whether what enters the report is the commit's, also where git was told not to look.

    Git does not report a change of what is ignored, excluded, or marked assume-unchanged or
    skip-worktree.
    """
    listed = _git(project, "ls-tree", "-r", "-z", "HEAD", "--", *_ENTERING)
    entries = (line.split("\t", 1) for line in listed.split("\0") if line)
    committed = {name: facts.split() for facts, name in entries}
    other = {project.relative(path) for path in published.undeclared(project)}
    other |= {*outputs(project), project.relative(project.results)}
    other.add(project.relative(project.exhibits))
    found = (name for entry in _ENTERING for name in _below(project, entry))
    names = sorted(name for name in found if _enters(name, other))
    if names != sorted(name for name in committed if _enters(name, other)):
        return False
    # The content of a link lies elsewhere; a name with a line end cannot be asked for.
    if any((project.root / name).is_symlink() or "\n" in name for name in names):
        return False
    # What differs in its bytes may differ by its line ends only, of which git knows.
    others = [n for n in names if _blob(project.root / n) != committed[n][2]]
    if not others:
        return True
    sums = _git(project, "hash-object", "--stdin-paths", given="\n".join(others))
    return sums.split() == [committed[name][2] for name in others]


def _blob(path: Path) -> str:
    """The name that git gives a file's content, unless the repository changes line ends or more."""
    content = path.read_bytes()
    head = f"blob {len(content)}\0".encode()
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()


def _below(project: Project, entry: str) -> Iterator[str]:
    """A file by its path, or all files below a folder, through links as well."""
    top = project.root / entry
    if top.is_file():
        yield entry
    for folder, folders, names in os.walk(top):
        # The build's own folders hold thousands of files.
        folders[:] = [name for name in folders if _enters(name + "/", set())]
        place = os.path.relpath(folder, project.root).replace(os.sep, "/")
        yield from (f"{place}/{name}" for name in names)


def _enters(name: str, other: set[str]) -> bool:
    """Whether a file is a source of the report: none of an editor, of the build, or undeclared."""
    *folders, last = name.split("/")
    made = any(part[:1] in (".", "_") and part != "_extensions" for part in folders)
    within = any(name == path or name.startswith(f"{path}/") for path in other)
    return not (made or within or last[:1] == "." or last.endswith("~"))


def note_output(project: Project, out: Path) -> bool:
    """Remember that a report is rendered into `out`, which so is no source of the project.

    Returns
    -------
    bool
        Whether that was not known.
    """
    path = os.path.relpath(out, project.root)
    if path.startswith(os.pardir):
        return False
    name = hashlib.sha256(path.encode("utf-8")).hexdigest()[:16]
    return write_if_changed(project.build / _OUTPUTS / name, path)


def outputs(project: Project) -> list[str]:
    """The folders that were noted and hold a report, as seen from the project's root."""
    noted = sorted((project.build / _OUTPUTS).glob("*"))
    paths = [path.read_text(encoding="utf-8", errors="replace") for path in noted]
    whole = ("index.html", "notebooks/index.html")
    return [p for p in paths if all((project.root / p / name).is_file() for name in whole)]


def _has_parameters(project: Project) -> bool:
    """Whether the parameters in force lie within the project."""
    return project.root.resolve() in project.params_file.resolve().parents


def recorded_sources(project: Project) -> dict[str, str]:
    """The sources of an unpacked release by path, each with its SHA-256; nothing elsewhere."""
    return _record(project).get("sources", {})


def _record(project: Project) -> dict:
    path = project.root / RECORD
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _untouched(project: Project, sources: dict[str, str]) -> bool:
    """Whether the sources are as released, and none was put beside them."""
    files = {project.root / path: digest for path, digest in sources.items()}
    if any(not path.is_file() or sha256(path) != digest for path, digest in files.items()):
        return False
    # The tables in data/clean are made, and at the top lies what belongs to the release itself.
    folders = {path.parent for path in files} - {project.root, project.clean}
    present = (path for folder in folders for path in folder.iterdir() if path.is_file())
    return all(path in files or path.name.startswith(".") for path in present)


def build_epoch(project: Project) -> int:
    """The time that files bear: SOURCE_DATE_EPOCH where it is set, else the commit's."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or revision(project).epoch)


def _git(project: Project, *arguments: str, given: str = "", unborn: bool = False) -> str:
    """The output of a git command; with `unborn`, an empty text in a repository without commits.

    Raises
    ------
    ReviewError
        In git's own words, or if it is not installed.
    """
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=project.root, capture_output=True, input=given.encode()
        )
    except OSError as error:
        raise ReviewError(
            f"git could not be started ({error.strerror}), and the report names the commit that it "
            "was made from: install git, or use a copy of the project without its .git folder."
        ) from None
    if done.returncode and not (unborn and not done.stderr.strip()):
        told = done.stderr.decode("utf-8", "replace").strip()
        raise ReviewError(
            f"git cannot read this repository, and the report names the commit that it was made "
            f"from. Mend what it says:\n{told or f'git {arguments[0]} failed'}"
        )
    return "" if done.returncode else done.stdout.decode("utf-8", "surrogateescape").strip()


def _release_epoch(project: Project) -> int:
    citation = project.root / "CITATION.cff"
    text = citation.read_text(encoding="utf-8") if citation.is_file() else ""
    found = re.search(r"^date-released:\s*['\"]?(\d{4}-\d{2}-\d{2})", text, re.MULTILINE)
    day = date.fromisoformat(found.group(1)) if found else date(1980, 1, 1)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
