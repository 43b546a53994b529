"""What a result rests on, as far as its notebook's code tells: tables, columns, and functions.

The code is read, not run. From the statement that records a result the names that it uses are
followed back to the statements that give them, as far as the tables that are read. Which columns
are meant is told by the texts in these statements and in the functions that they call.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from case_review.build import made, reads
from case_review.data import declared
from case_review.parameters import cell_options
from case_review.project import Project
from case_review.rendering.called import Called, Package, chain_of, imported, loaded, texts, walked

#: By these a notebook goes to files without naming them, and to results of other notebooks.
ANY, RESULTS = "project", "read_results"
#: From so many texts on, a list is one of alternatives.
_ALTERNATIVES = 3


@dataclass(frozen=True)
class Origins:
    """What the code of one notebook tells.

    Parameters
    ----------
    calls
        By the number of a cell (from 0), the functions of the package that it calls, in order.
    columns
        By a result's id or a cell's label, the columns that it rests on, by stage and name of
        their table, such as `clean/patients`; there are none where the code names none. `ANY`
        and `RESULTS` are among them where the code goes to files so.
    behind
        By the same, the functions that the statements behind it call: those of statistics first,
        and of each kind the nearest.
    """

    calls: dict[int, list[Called]]
    columns: dict[str, dict[str, list[str]]]
    behind: dict[str, list[Called]]


@dataclass
class _Statement:
    """A statement at the top level of a notebook's cell, and what it gives and uses."""

    cell: int
    label: str
    node: ast.AST
    gives: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    records: list[re.Pattern] = field(default_factory=list)


def of(project: Project, name: str) -> Origins:
    """What the code of an executed notebook tells; nothing if it was not executed."""
    executed, results = project.executed / f"{name}.ipynb", project.results / f"{name}.json"
    if not executed.is_file():
        return Origins({}, {}, {})
    recorded = made.content(results) if results.is_file() else b""
    known = json.dumps(declared.names(project)).encode()
    return _of(project.root, made.content(executed), recorded, known)


@lru_cache(maxsize=64)  # for every exhibit of a page asks
def _of(root: Path, content: bytes, recorded: bytes, known: bytes) -> Origins:
    def find() -> bytes:
        found = _found(_package(root, made.code()), content, recorded, known)
        return json.dumps(found).encode("ascii")

    told = json.loads(made.recall("origins", [made.code(), content, recorded, known], find))
    calls = {int(at): [Called(*each) for each in found] for at, found in told["calls"].items()}
    behind = {key: [Called(*each) for each in found] for key, found in told["behind"].items()}
    return Origins(calls, told["columns"], behind)


@lru_cache(maxsize=2)  # for all notebooks
def _package(root: Path, _: str | None) -> Package:
    return Package(root)


def _found(package: Package, content: bytes, recorded: bytes, known: bytes) -> dict:
    cells = json.loads(content)["cells"]
    sources = ["".join(c["source"]) if c["cell_type"] == "code" else "" for c in cells]
    trees = [reads.parsed(source) for source in sources]
    imports = {name: target for tree in trees for name, target in imported(tree).items()}
    statements = [
        _statement(number, cell_options.label(source), node)
        for number, (source, tree) in enumerate(zip(sources, trees, strict=True))
        for node in _apart(tree.body)
    ]
    classes = _instances(statements, imports, package)
    slicing = _Slicing(statements, imports, classes, package)
    told = json.loads(recorded) if recorded else {"parameters": {}, "results": []}
    slicing.settings, slicing.tables = told["parameters"], json.loads(known)
    aims = {result["id"]: (result["cell"], result["id"]) for result in told["results"]}
    aims |= {each.label: (each.label, "") for each in statements if each.label}
    columns = {key: slicing.columns(*aim) for key, aim in aims.items()}
    behind = {key: slicing.functions(*aim) for key, aim in aims.items()}
    calls = {
        number: [list(vars(each).values()) for each in _calls(tree, imports, classes, package)]
        for number, tree in enumerate(trees)
    }
    calls = {number: found for number, found in calls.items() if found}
    return {"calls": calls, "columns": columns, "behind": behind}


def _apart(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements, `a, b = x, y` as two."""
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            (target,) = node.targets[:1]
            if isinstance(target, ast.Tuple) and len(target.elts) == len(node.value.elts):
                for name, value in zip(target.elts, node.value.elts, strict=True):
                    yield ast.copy_location(ast.Assign([name], value), node)
                continue
        yield node


def _statement(cell: int, label: str, node: ast.AST) -> _Statement:
    found = _Statement(cell, label, node, uses=loaded(node))
    for each in walked(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            found.gives.add(each.id)
        elif isinstance(each, ast.Subscript | ast.Attribute) and isinstance(each.ctx, ast.Store):
            found.changes.update(chain_of(each.value)[:1])
        elif isinstance(each, ast.AugAssign):
            found.changes.update(chain_of(each.target)[:1])
        elif isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
            if each.func.attr in ("append", "extend", "update", "insert"):
                found.changes.update(chain_of(each.func)[:1])
            if each.func.attr == "record" and each.args:
                found.records.append(_pattern(each.args[0]))
    inner = [n.target for n in walked(node) if isinstance(n, ast.comprehension | ast.For)]
    own = {n.id for each in inner for n in walked(each) if isinstance(n, ast.Name)}
    own |= {argument.arg for argument in walked(node) if isinstance(argument, ast.arg)}
    found.uses -= own | _given_before(node)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        found.gives, found.changes = {node.name}, set()
    found.gives -= own if not isinstance(node, ast.For) else set()
    found.changes -= {"nb", *own}
    return found


def _given_before(node: ast.AST) -> set[str]:
    """The names that a statement of several lines gives itself before it uses them."""
    first: dict[type, dict[str, int]] = {ast.Store: {}, ast.Load: {}}
    for each in walked(node):
        if isinstance(each, ast.Name) and type(each.ctx) in first:
            lines = first[type(each.ctx)]
            lines[each.id] = min(each.lineno, lines.get(each.id, each.lineno))
    used = first[ast.Load]
    return {name for name, line in first[ast.Store].items() if line < used.get(name, 0)}


def _pattern(node: ast.AST) -> re.Pattern:
    """The ids that an expression may be."""
    if isinstance(node, ast.Constant):
        return re.compile(re.escape(str(node.value)))
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    told = (re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in parts)
    return re.compile("".join(told))


def _instances(statements: list[_Statement], imports: dict, package: Package) -> dict[str, str]:
    """Names of objects of the package's classes, as `nb = Notebook(...)` gives one."""
    found = {}
    for each in statements:
        if isinstance(each.node, ast.Assign) and isinstance(each.node.value, ast.Call):
            dotted = _dotted(each.node.value.func, imports)
            if dotted and package.is_class(dotted):
                found |= {t.id: dotted for t in each.node.targets if isinstance(t, ast.Name)}
    return found


def _dotted(node: ast.AST, known: dict[str, str]) -> str:
    """What a name of a notebook stands for in the package; empty for others."""
    chain = chain_of(node)
    return ".".join([known[chain[0]], *chain[1:]]) if chain and chain[0] in known else ""


def _calls(tree: ast.AST, imports: dict, classes: dict, package: Package) -> list[Called]:
    """The functions that a cell calls, each once, in the order of their places."""
    nodes = [node for node in walked(tree) if isinstance(node, ast.Call)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    names = dict.fromkeys(_dotted(node.func, imports | classes) for node in nodes)
    return [found for name in names if name and (found := package.find(name))]


class _Slicing:
    """The statements of a notebook that a result rests on."""

    def __init__(
        self, statements: list[_Statement], imports: dict, classes: dict, package: Package
    ):
        self._statements, self._package = statements, package
        self._known, self._apart = imports | classes, {*imports, "nb"}
        self.settings, self.tables = {}, {}
        self._told: dict[int, set[str]] = {}
        self._made: dict[str, set[str]] = {}
        for each in statements:
            for node in walked(each.node):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                    name = getattr(node.targets[0].slice, "value", None)
                    if isinstance(name, str):
                        self._made.setdefault(name, set()).update(texts(node.value))

    def columns(self, label: str, id: str = "") -> dict[str, list[str]]:
        """The columns that a result, or all of a cell, rests on, by the path of their table."""
        own, aims = self._aims(label, id)
        taken = self._behind(own or aims)
        tables, said, found = {}, set(), {}
        for number in taken:
            nodes = walked(self._statements[number].node)
            gone_to = {one.attr for one in nodes if isinstance(one, ast.Attribute)}
            found |= {name: [] for name in (ANY, RESULTS) if name in gone_to}
            if number not in self._told:
                self._told[number] = self._said(self._statements[number].node)
            said |= self._told[number]
            tables |= self._tables(self._statements[number].node)
        meant = set().union(*(texts(self._statements[n].node) for n in own)) if own else set()
        others = self._others(taken, meant, id) if own else set()
        for path, columns in tables.items():
            named = [c for c in columns if c in said]
            narrow = [c for c in named if c not in others]
            if named or not columns:
                found[path] = narrow or named
        return found or {key: [] for key in tables}

    def functions(self, label: str, id: str = "") -> list[list]:
        """The functions that are called on the way to a result, the nearest first."""
        own, aims = self._aims(label, id)
        names: dict[str, None] = {}
        for number in reversed(self._behind(own or aims)):
            for node in walked(self._statements[number].node):
                if isinstance(node, ast.Call) and (name := _dotted(node.func, self._known)):
                    names.setdefault(name)
        found = [self._package.find(n) for n in names if not self._package.is_class(n)]
        found = [one for one in found if one and one.is_analysis]
        found.sort(key=lambda one: "/statistics/" not in one.path)
        return [list(vars(one).values()) for one in found]

    def _aims(self, label: str, id: str) -> tuple[list[int], list[int]]:
        """The statements that record a result, and all of its cell."""
        cell = [n for n, one in enumerate(self._statements) if one.label == label]
        recording = [n for n in cell if any(p.fullmatch(id) for p in self._statements[n].records)]
        return recording, cell

    def _behind(self, aims: list[int]) -> list[int]:
        """The statements that others rest on, with themselves, in their order."""
        taken, todo = set(), list(aims)
        while todo:
            number = todo.pop()
            if number in taken:
                continue
            taken.add(number)
            for name in self._statements[number].uses - self._apart:
                for before in range(number - 1, -1, -1):
                    one = self._statements[before]
                    if name in one.gives | one.changes:
                        todo.append(before)
                    if name in one.gives and not isinstance(one.node, ast.For | ast.If):
                        break
        return sorted(taken)

    def _said(self, node: ast.AST) -> set[str]:
        """The texts of a statement, of the functions that it calls and of settings it reads."""
        found = texts(node)
        for each in walked(node):
            if isinstance(each, ast.Name | ast.Attribute) and (d := _dotted(each, self._known)):
                found |= self._package.names(d)
        for key in self._read(node, "setting"):
            found |= set(_leaves(self.settings.get(key)))
        return found

    def _tables(self, node: ast.AST) -> dict[str, list[str]]:
        """The columns of the tables that a statement reads, by path."""
        found = {}
        for name in self._read(node, "read"):
            found[f"clean/{name}"] = self.tables.get(f"clean/{name}", [])
        for name in self._read(node, "read_raw"):
            found[f"raw/{name}"] = self.tables.get(f"raw/{name}", [])
        return found

    def _read(self, node: ast.AST, method: str) -> Iterator[str]:
        for each in walked(node):
            if isinstance(each, ast.Call) and chain_of(each.func)[-1:] == [method] and each.args:
                name = getattr(each.args[0], "value", None)
                if isinstance(name, str):
                    yield name

    def _others(self, taken: list[int], meant: set[str], id: str) -> set[str]:
        """Columns that stand beside the meant ones in lists and layouts: alternatives to them."""
        entries = list(self._entries(taken))
        chosen = [said for name, said in entries if name and name in id.split(".")[1:]]
        meant = meant | set().union(*chosen) if chosen else meant
        meant |= set().union(*(self._made.get(name, set()) for name in meant))
        others = set().union(*(said for _, said in entries)) if chosen else set()
        for number in taken:
            for each in walked(self._statements[number].node):
                if isinstance(each, ast.List | ast.Tuple | ast.Set):
                    listed = {e.value for e in each.elts if isinstance(e, ast.Constant)}
                    if len(listed) >= _ALTERNATIVES and listed & meant:
                        others |= listed
        others |= set().union(*(self._made.get(name, set()) for name in others))
        return others - meant

    def _entries(self, taken: list[int]) -> Iterator[tuple[str, set[str]]]:
        """The entries of the layouts that statements read: the id, and the texts around it."""
        for number in taken:
            for key in self._read(self._statements[number].node, "setting"):
                yield from _within(self.settings.get(key), set(), self.settings)


def _within(node, around: set[str], settings: dict) -> Iterator[tuple[str, set[str]]]:
    if isinstance(node, list):
        for each in node:
            yield from _within(each, around, settings)
    elif isinstance(node, dict):
        own = {value for value in node.values() if isinstance(value, str)}
        own |= {column for column in node if column not in ("id", "label")}
        yield str(node.get("id", "")), around | own
        for value in node.values():
            yield from _within(value, around | own, settings)
        # Groups that stand in a setting of their own, such as those of ages.
        groups = settings.get(node.get("groups")) if isinstance(node.get("groups"), str) else None
        yield from _within(groups, around | own, settings)


def _leaves(node) -> Iterator[str]:
    """All texts of a setting, its keys among them."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            yield from _leaves(value)
    elif isinstance(node, list):
        for each in node:
            yield from _leaves(each)
    elif isinstance(node, str):
        yield node
