"""What a piece of code reads, as far as its source tells, without running it."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from case_review.build import facts
from case_review.parameters import params_file
from case_review.project import Project

PACKAGE = "case_review"


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

    def to_fact(self) -> dict:
        """As plain JSON."""
        return {name: sorted(v) if isinstance(v, set) else v for name, v in vars(self).items()}

    @classmethod
    def of_fact(cls, fact: dict) -> Reads:
        """From plain JSON."""
        return cls(**{name: set(v) if isinstance(v, list) else v for name, v in fact.items()})


@dataclass(frozen=True)
class Source:
    """What the source of a notebook tells.

    Parameters
    ----------
    reads
        What it reads.
    declared
        The names that its cell tagged `parameters` declares.
    settings
        The entries that it reads by `nb.setting`.
    """

    reads: Reads
    declared: tuple[str, ...]
    settings: tuple[str, ...]


def notebook(project: Project, path: Path) -> Source:
    """What the source of a notebook tells.

    Raises
    ------
    ReviewError
        If the file is missing, is no notebook, or declares anything but plain literals.
    """

    def find(content: bytes) -> list:
        found = Reads()
        for cell in params_file.cells(path):
            if cell["cell_type"] == "code":
                _scan(params_file.source_of(cell), PACKAGE, found)
        declared = list(params_file.declared(path) or {})
        return [found.to_fact(), declared, sorted(params_file.settings(path))]

    if not path.is_file():
        params_file.cells(path)  # says so
    fact, declared, settings = facts.of(project).about(path, "notebook", find)
    return Source(Reads.of_fact(fact), tuple(declared), tuple(settings))


def _module(project: Project, path: Path, package: str) -> Reads:
    """What a module inside `package` reads."""

    def find(content: bytes) -> dict:
        found = Reads()
        _scan(content.decode("utf-8"), package, found)
        return found.to_fact()

    return Reads.of_fact(facts.of(project).about(path, f"module in {package}", find))


@lru_cache(maxsize=4096)
def parsed(source: str) -> ast.AST:
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
    for node in ast.walk(parsed(source)):
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
    there = facts.once(("package", project.root), lambda: _sources(project.root / PACKAGE))
    name = module.replace(".", "/")
    for file in (f"{name}/__init__.py", f"{name}.py"):
        if file in there:
            return project.root / file
    return None


def _sources(package: Path) -> set[str]:
    """The modules of the package as paths from the project's root."""
    start = len(str(package.parent)) + 1
    walk = os.walk(package, followlinks=True)
    return {f"{folder[start:]}/{n}" for folder, _, names in walk for n in names if n[-3:] == ".py"}


@facts.one_look()
def module_files(project: Project, modules: Iterable[str]) -> dict[Path, Reads]:
    """The files of `modules` and of every module of the package that they import, at any depth.

    Imports inside functions count. A package brings its data files (templates, filters) with it.

    Returns
    -------
    dict
        What each file reads; of a data file nothing.
    """
    found: dict[Path, Reads] = {}
    todo, seen = list(modules), set()
    while todo:
        module = todo.pop()
        if module in seen or module.partition(".")[0] != PACKAGE:
            continue
        seen.add(module)
        parent = module.rpartition(".")[0]
        todo.append(parent)
        read = facts.once(("module", project.root, module), lambda m=module: _files(project, m))
        found |= read
        todo.extend(name for each in read.values() for name in each.modules)
    return found


def _files(project: Project, module: str) -> dict[Path, Reads]:
    """The file of one module, and of a package its data files; nothing of what is no module."""
    path = _module_file(project, module)
    if path is None:
        return {}
    if path.name != "__init__.py":
        return {path: _module(project, path, module.rpartition(".")[0])}
    data = {file: Reads() for file in _package_data(path.parent)}
    return {path: _module(project, path, module), **data}


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
