"""Another parameter file has results of its own: it is built in a copy of the sources.

`make report PARAMS=mine.yml` leaves alone what `params.yml` made - clean tables, results, exhibits
and report - so that both can be looked at side by side, and neither is made again because of the
other. The copy lies in the build's folder and follows the sources; the command goes on in it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from case_review.build import output, revision
from case_review.errors import ReviewError
from case_review.files import to_json, write_if_changed
from case_review.project import PARAMS_VARIABLE, Project

#: In the build's folder: a copy for each other parameter file.
FOLDER = "params"
#: A copy may have parameters of its own.
PARAMS = "params.yml"
#: Folders at the top that no notebook or report is made from.
_APART = frozenset(("tests", "docs", "examples"))


def go_on(project: Project, command: str, arguments: list[str], out: str | None) -> None:
    """Become the same command in the copy of the parameter file in force.

    Returns at once where `params.yml` is in force, or the copy is the project.

    Parameters
    ----------
    command, arguments
        The command and what it was given.
    out
        The folder of the report that it was given, if it takes one.

    Raises
    ------
    ReviewError
        If the parameter file does not exist, the command is for `params.yml` alone, or the report
        would replace something of the project's.
    """
    if not is_other(project) or is_copy(project):
        return
    if command == "watch" or "release" in arguments:
        raise ReviewError(f"make {'watch' if command == 'watch' else 'release'} is for params.yml: "
                          "leave out PARAMS=.")  # fmt: skip
    if not project.params_file.is_file():
        raise ReviewError(
            f"{project.shown(project.params_file)} does not exist. PARAMS= takes a path as seen "
            "from the project folder."
        )
    place = [] if out is None else ["--out", _site(project, out)]
    copy = Project(project.build / FOLDER / name(project))
    inside = project.params_file.is_relative_to(project.root)
    follow(project, copy, [project.params_file] if inside else [])
    version = revision.revision(project)
    write_if_changed(copy.root / revision.RECORD, to_json(asdict(version) | {"sources": {}}))
    file = (
        project.params_file.relative_to(project.root) if inside else project.params_file.resolve()
    )
    os.environ[PARAMS_VARIABLE] = str(file)
    os.chdir(copy.root)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "case_review", command, *arguments, *place])


def is_copy(project: Project) -> bool:
    """Whether a project is such a copy."""
    return project.root.parent.parts[-3:] == ("report", "_build", FOLDER)


def is_other(project: Project) -> bool:
    """Whether another parameter file than `params.yml` is in force."""
    return os.path.normpath(project.params_file) != str(project.root / "params.yml")


def name(project: Project) -> str:
    """A name for the parameter file in force; of one that lies apart with a hash of its place."""
    path = project.params_file
    stem = re.sub(r"[^\w-]+", "_", path.stem)
    if path.parent == project.root:
        return stem
    return f"{stem}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:8]}"


def _site(project: Project, given: str, default: str = "report/_site") -> str:
    """The folder of the report: the one that `OUT=` names, or one of the parameter file's own."""
    out = output.folder(project, f"{default}_{name(project)}" if given == default else given)
    output.refuse(project, out)
    revision.note_output(project, out)
    return str(out)


def sources(project: Project) -> dict[Path, Path]:
    """All sources of a project by their place in it; see `follow`."""
    return {path.relative_to(project.root): path for path in _sources(project)}


def follow(
    project: Project,
    copy: Project,
    more: Iterable[Path] = (),
    leave_out: Collection[str] = (),
) -> None:
    """Bring the sources of a copy up to date: what is there, and nothing that is gone.

    Parameters
    ----------
    more
        Files of the project that it has besides.
    leave_out
        Places in the project that the copy does not take over; what it has there itself stays.
    """
    copy.build.mkdir(parents=True, exist_ok=True)
    wanted = sources(project) | {path.relative_to(project.root): path for path in more}
    wanted = {place: path for place, path in wanted.items() if place.as_posix() not in leave_out}
    for place in _sources(copy):
        own = place.name == revision.RECORD or place.relative_to(copy.root).as_posix() == PARAMS
        if place.relative_to(copy.root) not in wanted and not own:
            place.unlink()
    for relative, path in wanted.items():
        target = copy.root / relative
        if not _is_same(path, target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    # What is kept by content is true for both.
    for aim in (project.build / "kept", project.build / "made"):
        link = copy.root / aim.relative_to(project.root)
        if not link.exists():
            link.unlink(missing_ok=True)
            aim.mkdir(parents=True, exist_ok=True)
            link.symlink_to(aim)


def _sources(project: Project) -> Iterator[Path]:
    """All files of a project but what builds make, and what is hidden or apart."""
    made = {project.executed, project.results, project.exhibits, project.build}
    for folder, folders, files in os.walk(project.root, followlinks=True):
        place, top = Path(folder), Path(folder) == project.root
        folders[:] = [
            each
            for each in folders
            if (each[0] not in "._" or each == "_extensions")
            and place / each not in made
            and not (top and each in _APART)
            and not (place / each / "pyvenv.cfg").exists()
            and not (place / each / "notebooks" / "index.html").exists()  # a report
        ]
        if place == project.clean:
            files = [each for each in files if each == "README.md"]
        yield from (place / each for each in files if each[0] != ".")


def _is_same(path: Path, copy: Path) -> bool:
    """Whether a copy has size and time of what it was copied from."""
    try:
        one, other = path.stat(), copy.stat()
    except FileNotFoundError:
        return False
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)
