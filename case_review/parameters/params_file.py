"""Reading `params.yml` and what a notebook declares, without judging either.

Kept apart from `parameters`, which checks the values, so that the build's stamps need no pydantic.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from case_review.data import yaml_file
from case_review.data.problems import visible
from case_review.errors import ReviewError
from case_review.project import Project

#: The section whose keys any notebook may declare.
SHARED = "shared"
#: What an entry is that a review may leave out, by section.
OPTIONAL: dict[str, dict] = {
    SHARED: {
        "exclude": {"reports": [], "patients": {}},
        "response_criteria": [],
        "previous_until": None,
        "outcome": {
            "event": "response",
            "time": "response_time_value",
            "unit": "weeks",
            "noun": "response",
            "past": "responded",
        },
    },
    "reconstruction": {"sets": 1000, "others": 10},
    "cleaning": {"diagnoses": {}, "events": {}, "columns": {}, "missing": []},
    "characteristics": {
        "age_groups": [],
        "percent_of_reported": False,
        "exact_limits": False,
        "abbreviations": "",
        "flow": [],
        "flow_included": None,
    },
    "treatment": {
        "dose_groups": [],
        "level_groups": [],
        "percent_of_reported": False,
        "exact_limits": False,
        "blocks": [],
    },
    "response": {"adjust_for": {}},
    "safety": {"categories": {}, "infection": None, "effects": []},
    "audit": {
        "hold_baseline": True,
        "safety_claims": None,
        "safety_events": {},
        "safety_known": {},
        "not_computable": [],
    },
}
_SETTING = re.compile(r"\bnb\.setting\(\s*[\"']([\w.]+)[\"']")


@dataclass(frozen=True)
class Document:
    """One YAML file with the positions of its entries.

    Parameters
    ----------
    name
        The file as messages name it.
    content
        The sections; ruamel's mappings and lists, which remember their lines.
    """

    name: str
    content: dict

    def holds(self, path: tuple) -> bool:
        """Whether the file itself says something about section and key of `path`."""
        section = self.content.get(path[0]) if path else None
        return section is not None and (len(path) < 2 or path[1] in section)

    def line(self, path: tuple) -> int:
        """The line (from 1) of the entry at `path`, or of the nearest entry around it."""
        node, line = self.content, 1
        for step in path:
            listed = isinstance(node, list) and isinstance(step, int) and step < len(node)
            if not listed and not (isinstance(node, dict) and step in node):
                break
            line = yaml_file.line(node, step, line)
            node = node[step]
        return line


def read(path: Path, name: str) -> Document:
    """Parse a parameter file.

    Raises
    ------
    ReviewError
        If the file is missing, is no YAML, names an entry twice, goes beyond the limits of
        `yaml_file`, or a section holds no entries.
    """
    try:
        content = yaml_file.load(yaml_file.read_text(path, name), name)
    except FileNotFoundError:
        raise ReviewError(
            f"{name} does not exist. PARAMS= takes a path as seen from the project folder."
        ) from None
    content = {} if content is None else content
    _require_sections(name, content)
    return Document(name, content)


def _require_sections(name: str, content) -> None:
    if not isinstance(content, dict):
        raise ReviewError(f"{name}, line 1: expected sections such as `shared:`, found none")
    problems = []
    for section, entries in content.items():
        place = f"{name}, line {yaml_file.line(content, section)}"
        if not isinstance(section, str):
            problems.append(f"{place}: {shown(section)} is no name of a section")
        elif entries is None:
            content[section] = {}
        elif not isinstance(entries, dict):
            problems.append(
                f"{place}: section {visible(section)} should hold `name: value` entries, found "
                f"{shown(entries)}"
            )
    if problems:
        raise ReviewError("\n".join(problems))


def shown(value: object) -> str:
    """A value as a message quotes it: what is long is cut."""
    text = repr(yaml_file.plain(value))
    return text if len(text) <= 60 else text[:57] + "..."


def documents(project: Project) -> list[Document]:
    """The files in force, the one that decides first: `PARAMS=file`, then `params.yml`."""
    default = project.root / "params.yml"
    files = [default] if project.params_file == default else [project.params_file, default]
    return [read(path, project.shown(path)) for path in files]


def merge(found: list[Document]) -> dict:
    """The sections in force as plain dicts, lists and scalars, completed entry by entry.

    An entry (`section.key`) comes whole from the first file that has it; its value is not merged.
    One that no file has may be `OPTIONAL`.
    """
    merged: dict = deepcopy(OPTIONAL)
    for document in reversed(found):
        for section, entries in document.content.items():
            merged.setdefault(str(section), {}).update(yaml_file.plain(entries))
    return merged


def in_force(project: Project) -> dict:
    """The sections in force, unchecked; what a review may leave out where there is no file."""
    return merge(documents(project) if (project.root / "params.yml").is_file() else [])


def section_of(notebook: str) -> str:
    """The section of a notebook: `05_response` reads `response`."""
    return notebook.partition("_")[2] or notebook


def setting_of(notebook: str, key: str) -> tuple[str, str]:
    """Section and entry of `nb.setting(key)`: of its own section, or `section.entry` of another."""
    section, _, entry = key.rpartition(".")
    return section or section_of(notebook), entry


def declared(path: Path) -> dict | None:
    """Names and literal values of a notebook's cell tagged `parameters`; None without such a cell.

    Raises
    ------
    ReviewError
        If the file is no notebook, or the cell holds anything but plain literals.
    """
    for cell in cells(path):
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            return _literals(path, source_of(cell))
    return None


def overruled(project: Project, notebook: str) -> list[str]:
    """What a notebook's cell tagged `parameters` says otherwise than `params.yml`.

    A sentence for each name: papermill gives the notebook what the file says, whatever stands in
    the cell, and nobody should have to find that out from the numbers. The cell is held against
    `params.yml` whichever file is in force, for that is what it repeats.
    """
    path = project.notebooks / f"{notebook}.ipynb"
    document = documents(project)[-1]
    values, section = merge([document]), section_of(notebook)
    said = []
    for name, written in (declared(path) or {}).items():
        place = (section if name in values.get(section, {}) else SHARED, name)
        decides = values.get(place[0], {}).get(name, written)
        if written != decides:
            said.append(
                f"notebooks/{path.name}, cell parameters: {name} = {shown(written)} was not used; "
                f"{document.name}, line {document.line(place)}, decides and says {shown(decides)}"
                " (`make parameters` writes what it says into the cells)"
            )
    return said


def given(path: Path, namespace: Mapping) -> dict:
    """The values now of the names in a notebook's cell tagged `parameters`, if it has a file."""
    names = declared(path) or {} if path.is_file() else {}
    return {name: namespace[name] for name in names if name in namespace}


def settings(path: Path) -> set[str]:
    """The entries that a notebook reads by `nb.setting("entry")`, or `"section.entry"`.

    Raises
    ------
    ReviewError
        If the file is no notebook.
    """
    sources = [source_of(cell) for cell in cells(path) if cell.get("cell_type") == "code"]
    return {key for source in sources for key in _SETTING.findall(source)}


def cells(path: Path) -> list[dict]:
    """The cells of a notebook file.

    Raises
    ------
    ReviewError
        If the file is missing or is no notebook.
    """
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        if "worksheets" in document:  # as notebooks were until 2014
            return [cell for sheet in document["worksheets"] for cell in sheet["cells"]]
        return document["cells"]
    except FileNotFoundError:
        raise ReviewError(f"there is no notebook {path.parent.name}/{path.name}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ReviewError(f"{path.parent.name}/{path.name} is not a Jupyter notebook") from None


def source_of(cell: dict) -> str:
    """A cell's source as one text (the file may hold it as lines)."""
    source = cell.get("source", cell.get("input", ""))
    return source if isinstance(source, str) else "".join(source)


def _literals(path: Path, source: str) -> dict:
    values = {}
    try:
        for statement in ast.parse(source).body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            if isinstance(target, ast.Name):
                values[target.id] = ast.literal_eval(statement.value)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ReviewError(
            f"notebooks/{path.name}: the cell tagged `parameters` should hold plain "
            f"`name = value` lines ({error})"
        ) from None
    return values
