"""Which files `make watch` looks at, and what is said when one of them was saved."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from case_review.build import opened
from case_review.build.output import GENERATED
from case_review.build.revision import outputs
from case_review.project import Project

#: Milliseconds without a further save after which those before it are one, and the longest wait.
_STEP, _LONGEST = 50, 500
#: Milliseconds after which a thread finds out that it is to end, and seconds for it to begin.
_PULSE, _BEGIN = 250, 10
#: Files beside the folders that a report is made from.
_BESIDE = ("params.yml", "CITATION.cff", "pyproject.toml", "requirements.lock")
#: Endings of what editors and office programs leave beside a file while it is being saved.
_TEMPORARY = ("~", ".tmp", ".part", ".swp", ".swx", ".bak", ".orig", ".pyc", "#")
#: The empty file by which vim finds out whether it may write into a folder.
_PROBE = "4913"


@dataclass(frozen=True)
class Places:
    """What is looked at.

    Parameters
    ----------
    deep
        Folders in which every file counts, at any depth.
    report
        The folder of the manuscript, in which every file counts that is not generated.
    single
        Files and folders that count by themselves.
    """

    deep: frozenset[Path]
    report: Path
    single: frozenset[Path]

    @property
    def flat(self) -> set[Path]:
        """Folders whose own entries are looked at: a file is often saved by replacing it."""
        wanted = {self.report, *(path.parent for path in self.single | self.deep)}
        return {folder for folder in wanted if folder.is_dir()}

    def counts(self, path: Path) -> bool:
        """Whether a report may rest on a file, as far as its name tells."""
        if path in self.single or path in self.deep:
            return True
        if path.parent == self.report:
            return is_source([path.name]) and path.name not in GENERATED
        inside = [folder for folder in self.deep if path.is_relative_to(folder)]
        return any(is_source(path.relative_to(folder).parts) for folder in inside)


def is_source(parts: Iterable[str]) -> bool:
    """Whether a file is somebody's work, by its folders and name, and not left by an editor."""
    return not any(
        part.startswith((".", "~", "#"))
        or part.endswith(_TEMPORARY)
        or part in ("__pycache__", _PROBE)
        for part in parts
    )


def places(project: Project, site: Path) -> Places:
    """What the report of a project is made from, with what its notebooks have opened by themselves.

    A folder that a notebook lists counts as a whole; `site` and other reports do not.
    """
    deep = {project.notebooks, project.raw, project.expectations, project.root / "case_review"}
    single = {project.root / name for name in _BESIDE}
    single.add(Path(os.path.normpath(project.params_file)))
    if project.report.is_dir():
        deep |= {path for path in project.report.iterdir() if path.is_dir()}
    for name in (path.stem for path in project.notebooks.glob("[0-9]*.ipynb")):
        found = opened.kept(project, name)
        single.update(project.root / path for path in found.files)
        deep.update(project.root / path for path in found.folders)
    made = [project.clean, *(project.report / name for name in GENERATED)]
    made += [site, *(project.root / path for path in outputs(project))]

    def given(path: Path) -> bool:
        """Whether it is not the build that writes there."""
        around = path in (project.root, project.report)
        hidden = path.is_relative_to(project.root) and not is_source(
            path.relative_to(project.root).parts
        )
        return not (around or hidden or any(path.is_relative_to(folder) for folder in made))

    return Places(
        frozenset(path for path in deep if given(path)),
        project.report,
        frozenset(path for path in single if given(path)),
    )


class Watch:
    """Looks at the files of a project, in threads of its own.

    Parameters
    ----------
    site
        The finished report, which may lie among them.
    tell
        Called with the paths of what was saved, once for a burst of saves.
    """

    def __init__(self, project: Project, site: Path, tell: Callable[[list[str]], None]):
        self._project, self._site, self._tell = project, site, tell
        self._begin()

    def look_again(self) -> None:
        """Look at other files if the report has come to rest on others."""
        if self._outdated or places(self._project, self._site) != self._places:
            self._stop.set()
            self._begin()
            # Something may have been saved between the two.
            self._tell([])

    def _begin(self) -> None:
        self._places, self._outdated = places(self._project, self._site), False
        self._stop = threading.Event()
        here = {folder for folder in self._places.deep if folder.is_dir()}
        ready = []
        for folders, recursive in ((here, True), (self._places.flat, False)):
            ready.append(threading.Event())
            arguments = (sorted(folders), recursive, self._places, self._stop, ready[-1])
            threading.Thread(target=self._run, args=arguments, daemon=True).start()
        for each in ready:
            each.wait(_BEGIN)

    def _run(self, folders, recursive, found: Places, stop, ready) -> None:
        from watchfiles import watch

        timing = {"step": _STEP, "debounce": _LONGEST, "rust_timeout": _PULSE}
        for changes in watch(
            *folders,
            watch_filter=lambda _, path: found.counts(Path(path)),
            recursive=recursive,
            stop_event=stop,
            yield_on_timeout=True,
            **timing,
        ):
            ready.set()
            saved = {Path(path) for _, path in changes}
            # A folder that was put in the place of another is not looked at yet.
            self._outdated |= not saved.isdisjoint(found.deep)
            if saved:
                self._tell(sorted(map(str, saved)))
