"""The two states that are compared: the project as it stands, and a commit or a release."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from case_review.build import dependencies, freshness
from case_review.build.revision import revision
from case_review.errors import ReviewError
from case_review.project import Project, sha256

#: In the build's folder: what was made of each state that something was compared with.
FOLDER = "diff"
#: Most bytes that a release may unpack to.
_MOST = 2_000_000_000


@dataclass(frozen=True)
class State:
    """One state of a review, whose notebooks have run.

    Parameters
    ----------
    name
        What it is called: a version in words.
    project
        Its folders.
    known_as, base
        What readers see it called, and what `BASE=` names it by; empty for this state.
    """

    name: str
    project: Project
    known_as: str = ""
    base: str = ""


def present(project: Project) -> State:
    """The project as it stands.

    Raises
    ------
    ReviewError
        If a notebook is out of date: what it recorded would not be that of the sources.
    """
    stale = {
        name: causes
        for name in dependencies.notebook_names(project)
        if (causes := freshness.of_notebook(project, name))
    }
    if stale:
        told = [f"{name}: {freshness.listed(causes)}" for name, causes in stale.items()]
        raise ReviewError(
            "\n".join(["These notebooks are not up to date:", *told])
            + "\nRun `make notebooks` first, then compare."
        )
    return State(f"this state ({revision(project)})", project)


def base(project: Project, given: str) -> State:
    """The state to compare with: a release's archive, or a revision of git.

    A revision is made in a clone of its own, once; an archive holds what was made.

    Raises
    ------
    ReviewError
        If there is no such archive or revision, the archive holds no review, or the notebooks of
        the revision do not run.
    """
    if not given:
        raise ReviewError(
            "Say what to compare with: BASE=v1.0 (a tag, branch or commit), or "
            "BASE=case-review-0.1.0.zip (a release)."
        )
    path = Path(given)
    if path.suffix.lower() == ".zip" or path.is_file():
        return _of_archive(project, path)
    return _of_revision(project, given)


def _of_archive(project: Project, path: Path) -> State:
    if not path.is_file():
        raise ReviewError(f"BASE={path}: there is no such file.")
    folder = project.build / FOLDER / f"release-{sha256(path)[:16]}"
    if not folder.is_dir():
        half = folder.with_name(f".{folder.name}")
        shutil.rmtree(half, ignore_errors=True)
        try:
            with zipfile.ZipFile(path) as archive:
                if sum(part.file_size for part in archive.infolist()) > _MOST:
                    raise ReviewError(f"BASE={path}: it unpacks to more than {_MOST:,} bytes.")
                archive.extractall(half)
        except (zipfile.BadZipFile, OSError) as error:
            shutil.rmtree(half, ignore_errors=True)
            raise ReviewError(f"BASE={path}: this archive cannot be read ({error}).") from None
        half.rename(folder)
    roots = [one.parent for one in sorted(folder.glob("*/params.yml"))]
    made = [root for root in roots if any((root / "report" / "results").glob("*.json"))]
    if not made:
        raise ReviewError(
            f"BASE={path}: it holds no review with results. Give an archive of `make release`."
        )
    version = path.stem.removeprefix("case-review-")
    return State(f"release {path.name}", Project(made[0]), f"release {version}", path.name)


def _of_revision(project: Project, given: str) -> State:
    commit = _git(project.root, "rev-parse", "--verify", "--quiet", f"{given}^{{commit}}")
    if commit is None:
        raise ReviewError(
            f"BASE={given}: git knows no such revision, and no such file lies here. `git tag` and "
            "`git log --oneline` list revisions."
        )
    folder = project.build / FOLDER / f"commit-{commit[:16]}"
    clone = Project(folder)
    if not (folder / ".git").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        root = str(project.root)
        if _git(folder.parent, "clone", "--quiet", "--no-checkout", root, folder.name) is None:
            raise ReviewError(f"BASE={given}: git could not clone {root}.")
    if _git(folder, "checkout", "--quiet", "--force", "--detach", commit) is None:
        raise ReviewError(f"BASE={given}: git could not check out {commit[:10]}.")
    _make(project, clone, given)
    named = given if commit.startswith(given) else f"{given}, {commit[:10]}"
    tagged = _git(project.root, "rev-parse", "--verify", "--quiet", f"refs/tags/{given}")
    known_as = given if tagged else f"commit {commit[:10]}"  # a branch will be another tomorrow
    return State(f"commit {named[:60]}", clone, known_as, given if tagged else commit[:10])


def _make(project: Project, clone: Project, given: str) -> None:
    """Run the notebooks of a clone; it says itself that they are up to date.

    One with the same lock shares this environment; another sets up its own, which takes minutes.
    """
    link = clone.build / "kept"
    if not link.exists():  # what is kept by content is true for both
        project.kept.mkdir(parents=True, exist_ok=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(project.kept.resolve())
    same = all(
        _content(clone.root / name) == _content(project.root / name)
        for name in ("requirements.lock", "requirements-build.lock")
    )
    command = ["make", "-C", str(clone.root), "notebooks"]
    command += [f"VENV={sys.prefix}"] if same else []
    if not same:
        print("its lock is another: an environment of its own is set up (minutes)", flush=True)
    told = subprocess.PIPE if same else None  # a set-up is seen as it goes
    done = subprocess.run(command, text=True, stdout=told, stderr=told, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = (done.stdout or "") + (done.stderr or "")
        lines = [line for line in said.splitlines() if line.strip()]
        raise ReviewError("\n".join([f"BASE={given}: its notebooks do not run:", *lines[-12:]]))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _git(folder: Path, *words: str) -> str | None:
    """What git says; None if it fails."""
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True)
    except OSError as error:
        raise ReviewError(f"git could not be started ({error.strerror}): install it.") from None
    return None if done.returncode else done.stdout.strip()
