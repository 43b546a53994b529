"""What a run has opened beyond what its code tells: inputs like all others, or refused.

`dependencies` reads from a notebook's code which tables and modules it needs. What the code does
not tell - a helper beside the notebook, `open("file")`, a table of a computed name - the kernel
keeps in a record, which is judged here.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sys
import sysconfig
from dataclasses import asdict, dataclass
from pathlib import Path

from case_review.build import environment, kernel
from case_review.errors import ReviewError
from case_review.files import to_json
from case_review.parameters import cell_options
from case_review.project import Project, sha256

#: Where a system keeps what its libraries look up: fonts, time zones, kinds of files.
_SYSTEM = (
    *("/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/lib/", "/lib64/", "/run/", "/var/", "/opt/"),
    *("/nix/", "/System/", "/Library/", "/private/var/", "/private/etc/"),
)
_HERE = ("127.", "::1", "localhost", "0.0.0.0")
_SCHEDULER = "DASK_SCHEDULER_ADDRESS"


@dataclass(frozen=True)
class Opened:
    """What a notebook reads, as its last run has shown, and its code does not tell.

    Parameters
    ----------
    files, folders
        Paths from the project's root: of files, and of folders that it has listed.
    """

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


def path_of(project: Project, name: str) -> Path:
    """Where the record of a notebook's last successful run is kept."""
    return project.build / "opened" / f"{name}.json"


def kept(project: Project, name: str) -> Opened:
    """What a notebook's last successful run has opened; nothing if that is not known."""
    try:
        found = json.loads(path_of(project, name).read_text(encoding="utf-8"))
        return Opened(tuple(map(str, found["files"])), tuple(map(str, found["folders"])))
    except (OSError, ValueError, KeyError, TypeError):
        return Opened()


def write(stage: Path, name: str, found: Opened) -> None:
    """Leave the record in a staging folder, from which it is promoted with the run's output."""
    path = stage / "opened" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(to_json(asdict(found)), encoding="utf-8")


def collect(
    project: Project,
    name: str,
    stage: Path,
    *,
    told: set[Path],
    own: set[str],
    foreign: dict[str, str],
    began: float,
) -> Opened:
    """Judge the record that a run's kernel has left in `stage`.

    Parameters
    ----------
    told
        The inputs that the notebook's code tells.
    own
        Paths of what the notebook's last run has made.
    foreign
        By path of what it may not open: the notebook that makes it, perhaps later.
    began
        When the run began, in seconds since 1970.

    Raises
    ------
    ReviewError
        If the notebook reads what lies outside the project and its environment, a package that is
        not locked, what another notebook makes for the report, or what was changed while it ran;
        or if it writes into the project.
    """
    try:
        record = json.loads((stage / kernel.RECORD).read_text("utf-8", "surrogateescape"))
    except FileNotFoundError:  # no cell of code
        return Opened()
    judge = _Judge(project, record, told, own, foreign, began)
    judge.refuse_writing()
    files = {project.relative(path) for path in judge.files() if path not in told}
    if judge.problems:
        raise ReviewError("\n".join([f"{name} ran, but:", *dict.fromkeys(judge.problems)]))
    if judge.changed:
        raise ReviewError(
            f"{name} ran, but {', '.join(sorted(judge.changed))} was changed while it did. "
            "Type the command again."
        )
    return Opened(tuple(sorted(files)), tuple(sorted(judge.folders())))


def _source(path: str) -> Path:
    """A file, or the source that a compiled module was made from."""
    if path.endswith(".pyc"):
        with contextlib.suppress(ValueError):  # without its source it is read for what it is
            return Path(importlib.util.source_from_cache(path))
    return Path(path)


class _Judge:
    """One record, with what is wrong about it."""

    def __init__(self, project: Project, record: dict, told, own, foreign, began: float):
        self.project, self.record, self.began = project, record, began
        self.told, self.own, self.foreign = told, own, foreign
        self.written = set(record["written"])
        self.problems = [
            f"it connects to {host}. Nothing is fetched while a report is made: put the data into "
            "data/raw/ and read them there."
            for host in record["hosts"]
            if not host.startswith(_HERE) and host not in os.environ.get(_SCHEDULER, "")
        ]
        self.changed: set[str] = set()
        self._environment = {
            os.path.realpath(place)
            for place in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values())
        } | {sys.prefix, sys.base_prefix}

    def refuse_writing(self) -> None:
        """A notebook leaves nothing in the project but through its connection to the report."""
        for path in sorted(self.written):
            inside = self._inside(path)
            if inside and not self._provided(path) and "__pycache__" not in path:
                self.problems.append(
                    f"it writes {self.project.relative(inside)}. Leave tables and figures by "
                    "nb.table, nb.figure and nb.write_clean: what they write joins the report when "
                    "the whole notebook has succeeded. Undo what was written."
                )

    def files(self):
        """The files of the project that are inputs."""
        unlocked = environment.unlocked(self.project.root, Path(sys.prefix))
        for path, about in self.record["files"].items():
            if unlocked and (package := unlocked.get(str(_source(path)))):
                self.problems.append(
                    f"{self._cell(about)} imports {package}, which stands in no lock file, so that "
                    "nobody else has the same. Add it as CONTRIBUTING.md says."
                )
            if self._provided(path) or self._made(path) or Path(path).is_dir():
                continue
            inside = self._inside(path)
            if inside is None:
                self._outside(path, about)
            elif self._counts(inside, about, is_compiled=path != str(_source(path))):
                yield inside

    def _made(self, path: str) -> bool:
        """Whether the run itself has written a path, or a folder that it lies in."""
        return any(str(place) in self.written for place in (path, *Path(path).parents))

    def folders(self):
        """The folders of the project that were listed, where that is not the package's doing."""
        for path in self.record["folders"]:
            inside = self._inside(path)
            if inside is not None and not self._provided(path) and inside != self.project.root:
                yield self.project.relative(inside)

    def _provided(self, path: str) -> bool:
        """Whether a path is of Python, its packages, or the build's own workings."""
        places = (*self._environment, str(self.project.build), str(self.project.root / ".git"))
        return any(path == place or path.startswith(place + os.sep) for place in places)

    def _inside(self, path: str) -> Path | None:
        for found in (_source(path), Path(os.path.realpath(_source(path)))):
            if self.project.root in found.parents or found == self.project.root:
                return found
        return None

    def _counts(self, path: Path, about: dict, is_compiled: bool) -> bool:
        relative = self.project.relative(path)
        if path in (self.project.params_file, self.project.root / "params.yml"):
            return False  # of which a stamp holds the entries that the notebook uses
        if not path.is_file():
            return about["by_cell"]  # so that its appearance is noticed
        if relative in self.own:
            return False
        if path not in self.told and (maker := self.foreign.get(relative)):
            self.problems.append(
                f"{self._cell(about)} opens {relative}, which {maker} makes. Take its numbers by "
                "nb.read_results(), so that the notebooks run in the right order."
            )
        # The hash of a compiled module is not its source's, which Python reads as well.
        if about["sha256"] and not is_compiled and about["sha256"] != sha256(path):
            self.changed.add(relative)
        return True

    def _outside(self, path: str, about: dict) -> None:
        if not about["by_cell"] and path.startswith(_SYSTEM):
            return
        try:
            if Path(path).stat().st_mtime >= self.began:
                return  # made during the run, such as a worker's file for temporary data
        except OSError:
            if not about["by_cell"]:
                return  # looked for and not found
        self.problems.append(
            f"{self._cell(about)} reads {path}, which lies outside the project, so that nobody "
            "would notice its change. Copy it into the project, for example into data/raw/, and "
            "read it there."
        )

    def _cell(self, about: dict) -> str:
        source = self.record["cells"][about["cell"]]
        label = cell_options.label(source)
        return f"cell {label}" if label else f"the cell that begins `{source.strip()[:50]}`"
