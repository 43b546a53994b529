"""Where everything lies: the folders of a project and how to find its root."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

#: Set by the runner: the folder that a notebook run writes to before its output is promoted.
STAGE_VARIABLE = "CASE_REVIEW_STAGE"
#: In that folder: how far the long work of a cell has come, in words.
DRAWS = "draws.txt"
#: Set by the Makefile when `PARAMS=file` names another parameter file.
PARAMS_VARIABLE = "CASE_REVIEW_PARAMS"
#: Names a folder for finished chunks of work that several copies of a project share.
KEPT_VARIABLE = "CASE_REVIEW_KEPT"


class Project:
    """The folders of one review.

    Parameters
    ----------
    root
        The folder that holds `params.yml`, `data/`, `notebooks/` and `report/`.

    Attributes
    ----------
    raw
        Immutable inputs.
    clean
        Tables written by `01_cleaning`.
    notebooks
        Notebook sources, without outputs.
    expectations
        Great Expectations suites as JSON.
    report
        The manuscript and everything generated for it.
    executed
        Executed notebooks.
    results
        The result registry, one JSON file per notebook.
    exhibits
        A CSV behind every table and figure, and each figure as SVG and PNG.
    build
        Stamps, staging areas and locks of the build; never published.
    site
        The finished report.
    """

    def __init__(self, root: Path):
        self.root = root
        self.raw = root / "data" / "raw"
        self.clean = root / "data" / "clean"
        self.notebooks = root / "notebooks"
        self.expectations = root / "expectations"
        self.report = root / "report"
        self.executed = self.report / "_executed"
        self.results = self.report / "results"
        self.exhibits = self.report / "exhibits"
        self.build = self.report / "_build"
        self.site = self.report / "_site"

    @property
    def params_file(self) -> Path:
        """The parameter file in force (`params.yml` unless `PARAMS=file` says otherwise)."""
        return self.root / os.environ.get(PARAMS_VARIABLE, "params.yml")

    @property
    def kept(self) -> Path:
        """Finished chunks of work: in the build folder, or in the one of `CASE_REVIEW_KEPT`."""
        named = os.environ.get(KEPT_VARIABLE)
        return Path(named) if named else self.build / "kept"

    def relative(self, path: Path) -> str:
        """`path` as it is named in messages and provenance: relative to the root, with slashes.

        A file is named by its place in the project, wherever links lead from there.
        """
        place = Path(os.path.normpath(Path(path).absolute()))
        for root in (self.root.absolute(), self.root.resolve()):
            if place.is_relative_to(root):
                return place.relative_to(root).as_posix()
        return place.resolve().relative_to(self.root.resolve()).as_posix()

    def shown(self, path: Path) -> str:
        """`path` as `relative` names it if it lies in the project, else as it is."""
        try:
            return self.relative(path)
        except ValueError:
            return str(path)


def find_project(start: Path | None = None) -> Project:
    """The project that `start` (default: the working folder) lies in.

    Raises
    ------
    FileNotFoundError
        If no folder from `start` upwards holds `params.yml` and `notebooks/`.
    """
    start = Path(start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "notebooks").is_dir() and (folder / "params.yml").is_file():
            return Project(folder)
    raise FileNotFoundError(
        f"{start} lies in no case-review project: no folder from here upwards has a "
        "params.yml and a notebooks/ folder. Change into the project and try again."
    )


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
