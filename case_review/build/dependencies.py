"""What the build's products depend on, by content: the stamps that make compares.

A stamp lists the SHA-256 of everything that a product is made from. It is rewritten only when that
list changes, or when the product itself was removed or altered, so make reruns exactly what has a
cause. What a notebook depends on is read from its code, without running it.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from case_review.build import environment, opened
from case_review.build.products import MISSING, manifest_path, recorded_outputs
from case_review.data import raw_file
from case_review.errors import ReviewError
from case_review.files import to_json
from case_review.parameters import params_file
from case_review.parameters.params_file import SHARED
from case_review.project import Project, sha256

PACKAGE = "case_review"
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
    for name in ("runner", "kernel", "cell_outputs", "normalising", "surroundings")
)
#: A notebook's connection reads only what its methods are asked for, which `reads` finds.
_CONNECTION = ("notebook.py", "build/dependencies.py")


@dataclass
class Reads:
    """What a piece of code reads, as far as its source tells.

    Parameters
    ----------
    modules
        Dotted names that may be modules of the package.
    clean, raw
        Names of tables; `*` where the name is computed, so that it may be any.
    results
        Whether it reads the results of other notebooks.
    folders
        What it takes from the project itself, such as `raw` in `project.raw`.
    """

    modules: set[str] = field(default_factory=set)
    clean: set[str] = field(default_factory=set)
    raw: set[str] = field(default_factory=set)
    results: bool = False
    folders: set[str] = field(default_factory=set)


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


def reads(path: Path) -> Reads:
    """What a notebook reads."""
    found = Reads()
    for cell in params_file.cells(path):
        if cell["cell_type"] == "code":
            _scan(params_file.source_of(cell), PACKAGE, found)
    return found


@lru_cache(maxsize=4096)
def _parse(source: str) -> ast.AST:
    """The syntax tree of a module or a cell, in which IPython's own lines (`%time`) may stand."""
    try:
        return ast.parse(source)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        try:
            return ast.parse(TransformerManager().transform_cell(source))
        except SyntaxError:
            return ast.Module([], [])  # the run will say so, naming the cell


def _scan(source: str, package: str, found: Reads) -> None:
    """Add what a piece of code inside `package` reads to what was found."""
    for node in ast.walk(_parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.modules.update(_imported(node, package))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            tables = {"read": found.clean, "read_raw": found.raw}.get(node.func.attr)
            if tables is not None and node.args:
                table = node.args[0]
                literal = isinstance(table, ast.Constant) and isinstance(table.value, str)
                tables.add(table.value if literal else "*")
            found.results |= node.func.attr == "read_results"
        elif isinstance(node, ast.Attribute) and _is_project(node.value):
            found.folders.add(node.attr)


def _is_project(node: ast.AST) -> bool:
    """Whether an expression is `project` or ends in `.project`, by its spelling."""
    return getattr(node, "id", getattr(node, "attr", None)) == "project"


def _imported(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[str]:
    """Dotted names that an import statement inside `package` may load as modules."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        parents = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*parents, base] if base else parents)
    yield base
    yield from (f"{base}.{alias.name}" for alias in node.names)


def _module_file(project: Project, module: str) -> Path | None:
    if module.partition(".")[0] != PACKAGE:
        return None
    path = project.root.joinpath(*module.split("."))
    for candidate in (path / "__init__.py", path.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


def module_files(project: Project, modules: Iterable[str]) -> dict[Path, Reads]:
    """The files of `modules` and of every module of the package that they import, at any depth.

    Imports inside functions count. A package brings its data files (templates, filters) with it.

    Returns
    -------
    dict
        What each file reads; of a data file nothing.
    """
    found: dict[Path, Reads] = {}
    todo = list(modules)
    while todo:
        module = todo.pop()
        path, parent = _module_file(project, module), module.rpartition(".")[0]
        if parent:
            todo.append(parent)
        if path is None or path in found:
            continue
        found[path], package = Reads(), parent
        if path.name == "__init__.py":
            package = module
            found |= {file: Reads() for file in _package_data(path.parent)}
        _scan(path.read_text(encoding="utf-8"), package, found[path])
        todo.extend(found[path].modules)
    return found


def _package_data(folder: Path) -> Iterator[Path]:
    """The templates and the like of one package: not a subpackage's, nor what others leave there.

    The interpreter writes to `__pycache__` at any time; hidden files and `x~` are an editor's.
    """
    for path in folder.iterdir():
        if path.name.startswith((".", "__pycache__")) or path.name.endswith("~"):
            continue
        if path.is_file() and path.suffix != ".py":
            yield path
        elif path.is_dir() and not (path / "__init__.py").is_file():
            yield from _package_data(path)


def upstream(project: Project, name: str) -> list[str]:
    """The notebooks whose results `name` may read: all that read none, and earlier ones that do."""
    names = notebook_names(project)
    late = [other for other in names if reads(notebook_path(project, other)).results]
    if name not in late:
        return []
    return [n for n in names if n not in late or n < name]


def inputs(project: Project, name: str) -> list[Path]:
    """Every file that a notebook is made from, whether or not it exists, sorted.

    A module that goes to `project.raw`, `project.clean` or `project.expectations` by itself may
    read any file there.
    """
    source = notebook_path(project, name)
    found = reads(source)
    modules = module_files(project, found.modules)
    files = {source, project.root / "requirements.lock", *modules}
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
    """The SHA-256 of each file by its path from the root; `missing` where there is none."""
    return {
        path.relative_to(project.root).as_posix(): sha256(path) if path.is_file() else MISSING
        for path in files
    }


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


def notebook_stamp(project: Project, name: str, found: opened.Opened | None = None) -> str:
    """The content of a notebook's stamp.

    Parameters
    ----------
    found
        What its run has opened; by default as its last successful run has shown.
    """
    found = found or opened.kept(project, name)
    values = params_file.merge(params_file.documents(project))
    path = notebook_path(project, name)
    declared = params_file.declared(path) or {}
    own = values.get(params_file.section_of(name), {})
    used = {k: v for k, v in values.get(SHARED, {}).items() if k in declared and k not in own}
    for key in sorted(params_file.settings(path)):
        section, entry = params_file.setting_of(name, key)
        used[key] = values.get(section, {}).get(entry)
    return to_json(
        {
            "product": name,
            "environment": environment.digest(project.root),
            "parameters": {**own, **used},
            "files": hashes(
                project, [*inputs(project, name), *(project.root / path for path in found.files)]
            ),
            "folders": listings(project, found.folders),
        }
    )
