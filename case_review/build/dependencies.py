"""What the build's products depend on, by content: their stamps.

A stamp lists the SHA-256 of everything that a product is made from, so that exactly that is made
again which has a cause. What a notebook depends on is read from its code, without running it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from case_review.build import environment, facts, opened, reads
from case_review.build.products import MISSING, manifest_path, recorded_outputs
from case_review.build.reads import PACKAGE, module_files
from case_review.data import raw_file
from case_review.errors import ReviewError
from case_review.files import to_json
from case_review.parameters import params_file
from case_review.parameters.params_file import SHARED
from case_review.project import Project

#: Set by the runner: as JSON, the notebooks whose results the one that runs may read.
UPSTREAM_VARIABLE = "CASE_REVIEW_UPSTREAM"
#: The notebook that makes the clean tables from the raw ones.
CLEANING = "01_cleaning"
#: The notebook that tells all others what is known of their results.
RECONSTRUCTION = "00_reconstruction"
#: Those that come before all others, which rest on what they write.
FIRST = (RECONSTRUCTION, CLEANING)
#: The table in `data/clean/` of what is known of results, from which every other notebook takes it.
STANDING = "standing"
#: Shape every executed notebook, whatever it imports.
_RUNNING = tuple(
    f"build/{name}.py"
    for name in (
        *("runner", "kernel", "imported", "environment", "cell_outputs", "normalising"),
        "surroundings",
    )
)
#: A notebook's connection reads only what its methods are asked for, which `reads` finds.
_CONNECTION = ("notebook.py", "build/dependencies.py")


def notebook_names(project: Project) -> list[str]:
    """The notebooks of the build, in reading order."""
    return sorted(path.stem for path in project.notebooks.glob("[0-9]*.ipynb"))


def check_names(project: Project) -> None:
    """Refuse notebooks whose names make could not pass on.

    Raises
    ------
    ReviewError
        For a name with anything but letters, digits, `_` and `-`.
    """
    problems = [
        f"notebooks/{name}.ipynb: rename it, for a notebook's name may have letters, digits, _ "
        "and - only, such as {}.ipynb".format(re.sub(r"[^\w-]+", "_", name))
        for name in notebook_names(project)
        if not re.fullmatch(r"[\w-]+", name)
    ]
    if problems:
        raise ReviewError("\n".join(problems))


def notebook_path(project: Project, name: str) -> Path:
    """Where a notebook's source lies."""
    return project.notebooks / f"{name}.ipynb"


def source(project: Project, name: str) -> reads.Source:
    """What a notebook's source tells, read once in a look."""
    path = notebook_path(project, name)
    return facts.once(("source", path), lambda: reads.notebook(project, path))


def upstream(project: Project, name: str) -> list[str]:
    """The notebooks whose results `name` may read: all that read none, and earlier ones that do.

    A notebook that runs is told by the build, so that it opens no other notebook's source.
    """
    if told := os.environ.get(UPSTREAM_VARIABLE):
        return json.loads(told)
    names = notebook_names(project)
    late = [other for other in names if source(project, other).reads.results]
    if name not in late:
        return []
    return [n for n in names if n not in late or n < name]


def before(project: Project) -> dict[str, list[str]]:
    """The notebooks of the build in the order of their running; for each, what it comes after.

    Cleaning comes first, for it checks the raw data; then what is known of all results; then those
    that read no other's results, side by side; and last, one by one, those that do.
    """
    names = notebook_names(project)
    found: dict[str, list[str]] = {}
    for name in [n for n in (CLEANING, RECONSTRUCTION) if n in names]:
        found[name] = list(found)
    first = list(found)
    late = [n for n in names if n not in first and upstream(project, n)]
    found |= {n: first for n in names if n not in first and n not in late}
    for name in late:
        found[name] = sorted(found)
    return found


def inputs(project: Project, name: str) -> list[Path]:
    """Every file that a notebook is made from, whether or not it exists, sorted.

    A module that goes to `project.raw`, `project.clean` or `project.expectations` by itself may
    read any file there.
    """
    found = source(project, name).reads
    modules = module_files(project, found.modules)
    files = {notebook_path(project, name), project.root / "requirements.lock", *modules}
    files.update(project.root / PACKAGE / module for module in _RUNNING)
    own = (read for path, read in modules.items() if not path.as_posix().endswith(_CONNECTION))
    folders = found.folders.union(*(read.folders for read in own))
    if name == CLEANING:
        folders = (folders | {"raw", "expectations"}) - {"clean"}
    elif name == RECONSTRUCTION:
        folders = {"raw"}
    if "expectations" in folders:
        files.update(project.expectations.glob("*.json"))
    files.update(_tables(project.raw, found.raw | ({"*"} if "raw" in folders else set())))
    clean = found.clean | ({"*"} if "clean" in folders else set())
    # Their own output: `raw.read(...)` looks like reading a clean table of a computed name.
    files.update(_tables(project.clean, set() if name in FIRST else clean | {STANDING}))
    files.update(project.results / f"{other}.json" for other in upstream(project, name))
    return sorted(files)


def data_files(folder: Path) -> list[Path]:
    """The data of a folder: everything but its README and hidden files."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(p for p in found if p.is_file() and p.name != "README.md" and p.name[0] != ".")


def _tables(folder: Path, names: set[str]) -> list[Path]:
    if "*" in names:
        return data_files(folder)
    return [raw_file.path_of(folder, name) for name in names]


def hashes(project: Project, files: Iterable[Path]) -> dict[str, str]:
    """The SHA-256 of each file by its path from the root; `missing` where there is none.

    A notebook counts by what somebody wrote in it: to run and save it by hand changes nothing.
    """
    found = {}
    for path in files:
        written = path.suffix == ".ipynb" and path.parent == project.notebooks
        found[path.relative_to(project.root).as_posix()] = (
            _written(project, path) if written and path.is_file() else _hash(path)
        )
    return found


def _hash(path: Path) -> str:
    return facts.once(("hash", path), lambda: facts.sha256(path) if path.is_file() else MISSING)


def _written(project: Project, path: Path) -> str:
    return facts.of(project).about(path, "written", _hash_of_cells)


def _hash_of_cells(content: bytes) -> str:
    """The SHA-256 of the cells of a notebook: kind, id, tags, source and pasted pictures."""
    try:
        document = json.loads(content)
        cells = [
            (cell["cell_type"], cell.get("id"), cell.get("metadata", {}).get("tags", []),
             "".join(cell["source"]), cell.get("attachments"))
            for cell in document["cells"]
        ]  # fmt: skip
        text = json.dumps([document.get("nbformat"), cells], sort_keys=True)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return hashlib.sha256(content).hexdigest()  # which whoever reads it says
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def listings(project: Project, folders: Iterable[str]) -> dict[str, str]:
    """A hash of the names in each folder, but hidden ones and an editor's; `missing` if gone."""
    found = {}
    for relative in folders:
        folder = project.root / relative
        found[relative] = MISSING
        if folder.is_dir():
            names = sorted(path.name for path in folder.iterdir())
            shown = [n for n in names if n[0] != "." and n[-1] != "~" and n != "__pycache__"]
            text = "\0".join(shown).encode("utf-8", "surrogateescape")
            found[relative] = hashlib.sha256(text).hexdigest()
    return found


def foreign(project: Project, name: str) -> dict[str, str]:
    """What a notebook may not open by itself, by path: what others make, and which one does.

    The clean tables of the notebooks that come first are there for all that come after them.
    """
    found = {}
    for other in set(notebook_names(project)) - {name}:
        for path in recorded_outputs(manifest_path(project, other)):
            table = (project.root / path).parent == project.clean
            if not (table and other in FIRST and name != CLEANING):
                found[path] = other
    return found


def _values(project: Project) -> dict:
    """The parameters in force, unchecked, parsed anew only if a file of them changed."""
    known = facts.of(project)
    files = (project.params_file, project.root / "params.yml")
    key = f"values {' '.join(_hash(path) for path in files)}"
    if not known.knows(key):
        values = params_file.merge(params_file.documents(project))
        try:
            is_same = repr(json.loads(json.dumps(values))) == repr(values)
        except (TypeError, ValueError):  # what no notebook could be given; the check says so
            is_same = False
        if not is_same or [_hash(path) for path in files] != key.split()[1:]:
            return values
        known.keep(key, values)
    return known.get(key)


def environment_of(project: Project) -> str:
    """A hash of the versions of Python and of the packages in use."""
    return facts.once(("environment", project.root), lambda: environment.digest(project.root))


def notebook_stamp(project: Project, name: str, found: opened.Opened | None = None) -> str:
    """The content of a notebook's stamp.

    Parameters
    ----------
    found
        What its run has opened; by default as its last successful run has shown.
    """
    found = found or opened.kept(project, name)
    values = facts.once(("values", project.params_file), lambda: _values(project))
    told = source(project, name)
    own = values.get(params_file.section_of(name), {})
    shared = values.get(SHARED, {})
    used = {k: v for k, v in shared.items() if k in told.declared and k not in own}
    for key in told.settings:
        section, entry = params_file.setting_of(name, key)
        used[key] = values.get(section, {}).get(entry)
    return to_json(
        {
            "product": name,
            "environment": environment_of(project),
            "parameters": {**own, **used},
            "files": hashes(
                project, [*inputs(project, name), *(project.root / path for path in found.files)]
            ),
            "folders": listings(project, found.folders),
        }
    )
