"""Functions of the package: where their source stands, and which columns of tables they name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from case_review.build.reads import PACKAGE

#: Rooms whose functions go to columns of tables; the others are given what they work on.
_NAMING = tuple(f"{PACKAGE}.{room}." for room in ("analyses", "audit", "data", "reconstruction"))
#: Rooms whose functions are parts of an analysis, rather than what tables are made of.
_ANALYSING = tuple(
    f"{PACKAGE}/{room}/" for room in ("analyses", "audit", "data", "reconstruction", "statistics")
)


def page_of(path: str) -> str:
    """The page of a module in the site, by the module's path."""
    return f"code/{path.partition('/')[2].removesuffix('.py')}.html"


@dataclass(frozen=True)
class Called:
    """A function or class of the package.

    Parameters
    ----------
    name
        As a reader knows it: `survival.kaplan_meier`, `Notebook.record`.
    path
        Its module, from the root of the project.
    first, last
        The lines of its source.
    """

    name: str
    path: str
    first: int
    last: int

    @property
    def is_analysis(self) -> bool:
        """Whether it is part of an analysis: no class, and not what connects with the report."""
        return self.path.startswith(_ANALYSING) and not self.is_aside

    @property
    def is_aside(self) -> bool:
        """Whether it is a class, or a method of one: what analyses are written with."""
        return self.name[:1].isupper()

    @property
    def anchor(self) -> str:
        """The name of its lines on the page of its module."""
        return f"L{self.first}-L{self.last}"

    @property
    def page(self) -> str:
        """The page of its module in the site."""
        return page_of(self.path)


class Package:
    """The modules of the package below a project's root, each parsed once."""

    def __init__(self, root: Path):
        self._root = root
        self._modules: dict[str, _Module | None] = {}
        self._named: dict[str, frozenset[str]] = {}

    def find(self, dotted: str) -> Called | None:
        """The function, class or method of a dotted name; None if it is no such thing."""
        found = self._definition(dotted)
        if found is None:
            return None
        module, node, own = found
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            return None
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        said = own if "." in own else f"{module.name.rpartition('.')[2]}.{own}"
        said = own if isinstance(node, ast.ClassDef) or module.is_room else said
        return Called(said, module.path, first, node.end_lineno)

    def is_class(self, dotted: str) -> bool:
        """Whether a dotted name is that of a class."""
        found = self._definition(dotted)
        return found is not None and isinstance(found[1], ast.ClassDef)

    def names(self, dotted: str) -> frozenset[str]:
        """All texts that a function and those that it calls hold: names of columns among them."""
        if dotted not in self._named:
            self._named[dotted] = self._names(dotted)
        return self._named[dotted]

    def _names(self, dotted: str) -> frozenset[str]:
        todo, seen, found = [dotted], set(), set()
        while todo:
            at = self._definition(todo.pop())
            if at is None or (key := (at[0].name, at[2])) in seen:
                continue
            seen.add(key)
            module, node, _ = at
            if f"{module.name}.".startswith(_NAMING):
                found |= texts(node)
                todo += [f"{module.name}.{name}" for name in loaded(node) if name in module.defined]
                todo += [module.imports[name] for name in loaded(node) if name in module.imports]
                todo += [".".join(chain) for chain in module.reached(node)]
        return frozenset(found)

    def _definition(self, dotted: str) -> tuple[_Module, ast.AST, str] | None:
        """The module that a name is defined in, its definition, and its name there."""
        for _ in range(8):  # a name may be handed on a few times
            parts = dotted.split(".")
            for end in range(len(parts) - 1, 0, -1):
                module = self._module(".".join(parts[:end]))
                if module is not None:
                    break
            else:
                return None
            rest = parts[end:]
            if rest[0] in module.imports:
                dotted = ".".join([module.imports[rest[0]], *rest[1:]])
                continue
            node = module.defined.get(rest[0])
            if len(rest) > 1 and isinstance(node, ast.ClassDef):
                methods = {n.name: n for n in node.body if isinstance(n, ast.FunctionDef)}
                node = methods.get(rest[1])
            return (module, node, ".".join(rest[:2])) if node is not None else None
        return None

    def _module(self, name: str) -> _Module | None:
        if name not in self._modules:
            self._modules[name] = self._parsed(name)
        return self._modules[name]

    def _parsed(self, name: str) -> _Module | None:
        stem = name.replace(".", "/")
        for path in (f"{stem}/__init__.py", f"{stem}.py"):
            if name.split(".")[0] == PACKAGE and (self._root / path).is_file():
                text = (self._root / path).read_text(encoding="utf-8")
                return _Module(name, path, *_taken_apart(text))
        return None


class _Module:
    """What a module defines and imports at its top level, by name."""

    def __init__(self, name: str, path: str, defined: dict, imports: dict):
        self.name, self.path, self.defined, self.imports = name, path, defined, imports
        self.is_room = path.endswith("__init__.py")

    def reached(self, node: ast.AST) -> Iterator[list[str]]:
        """The dotted names by which a definition goes to what other modules have."""
        for each in ast.walk(node):
            chain = chain_of(each) if isinstance(each, ast.Attribute) else []
            if chain and chain[0] in self.imports:
                yield [self.imports[chain[0]], *chain[1:]]


@lru_cache(maxsize=512)
def _taken_apart(text: str) -> tuple[dict[str, ast.AST], dict[str, str]]:
    defined: dict[str, ast.AST] = {}
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined |= {each.id: node for each in targets if isinstance(each, ast.Name)}
    return defined, imported(tree)


@lru_cache(maxsize=8192)  # a statement is looked at for every result that rests on it
def walked(node: ast.AST) -> tuple[ast.AST, ...]:
    """A piece of code and all parts of it, see `ast.walk`."""
    return tuple(ast.walk(node))


def imported(tree: ast.AST) -> dict[str, str]:
    """The names that a piece of code imports, each with what it stands for."""
    found = {}
    for node in walked(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found |= {n.asname or n.name: f"{node.module}.{n.name}" for n in node.names}
        elif isinstance(node, ast.Import):
            found |= {n.asname: n.name for n in node.names if n.asname}
    return found


def chain_of(node: ast.AST) -> list[str]:
    """`a.b.c` as a list of its names; empty for what begins with no name."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute) and (before := chain_of(node.value)):
        return [*before, node.attr]
    return []


def loaded(node: ast.AST) -> set[str]:
    """The names that a piece of code uses."""
    each = (n for n in walked(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return {name.id for name in each}


def texts(node: ast.AST) -> set[str]:
    """The texts that stand in a piece of code, and the attributes that it goes to."""
    apart = {id(part) for n in walked(node) if isinstance(n, ast.JoinedStr) for part in n.values}
    found = set()
    for each in walked(node):
        if isinstance(each, ast.Attribute):
            found.add(each.attr)
        elif (
            isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in apart
        ):
            found.add(each.value)
    return found
