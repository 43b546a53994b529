"""`scenarios.yml`: named sets of parameters, checked as `params.yml` is.

A scenario sets entries of `params.yml`; a family varies some of them, in every combination. Each
scenario has the parameters of the review but for these entries.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from case_review.data import yaml_file
from case_review.errors import ReviewError
from case_review.parameters import loading, params_file
from case_review.parameters.rules import nearest
from case_review.project import Project

#: The file, at the top of the project.
FILE = "scenarios.yml"
#: The review as it stands, which every scenario is compared with.
MAIN = "main"
#: More would keep two processors busy for hours.
MOST = 2000
_TOP = ("notebooks", "outcomes", "scenarios")
_OUTCOME = ("result", "label", "null", "axis")
_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True)
class Outcome:
    """A result that the scenarios are compared by.

    Parameters
    ----------
    result
        Its id; `*` stands for any end, so that it may be that of whichever group is first.
    label
        What readers see it called.
    null
        The value that would mean no effect, which the figure marks; None where there is none.
    axis
        `linear` or `log`.
    """

    result: str
    label: str
    null: float | None = None
    axis: str = "linear"


@dataclass(frozen=True)
class Scenario:
    """One set of parameters.

    Parameters
    ----------
    name, label, reason
        Its name; what readers see it called; why somebody might have chosen so.
    choices
        What it sets, by `section.entry`.
    values
        All parameters, by section.
    """

    name: str
    label: str
    reason: str = ""
    choices: dict[str, object] = field(default_factory=dict)
    values: dict[str, dict] = field(default_factory=dict)


@dataclass(frozen=True)
class Declared:
    """What the file declares; the first scenario is the review as it stands."""

    notebooks: list[str]
    outcomes: list[Outcome]
    scenarios: list[Scenario]


def read(project: Project) -> Declared:
    """Read the file, and check every scenario.

    Raises
    ------
    ReviewError
        With all that is wrong, each with its line: a name that is unknown or stands twice, an entry
        that `params.yml` cannot have, a notebook that does not exist.
    """
    path = project.root / FILE
    try:
        content = yaml_file.load(yaml_file.read_text(path, FILE), FILE)
    except FileNotFoundError:
        raise ReviewError(
            f"{FILE} does not exist. docs/scenarios.md shows what stands in it."
        ) from None
    return _Reader(project, content).declared()


class _Reader:
    """Reads one file and keeps all problems."""

    def __init__(self, project: Project, content):
        self.project, self.content = project, content
        self.main = loading.load(project).values
        self.problems: list[tuple[int, str]] = []

    def declared(self) -> Declared:
        if not isinstance(self.content, dict) or not self.content.get("scenarios"):
            raise ReviewError(f"{FILE}, line 1: expected a list `scenarios:`, found none.")
        self._only(self.content, _TOP, "")
        notebooks = [str(one) for one in self.content.get("notebooks", [])]
        for name in notebooks:
            if not (self.project.notebooks / f"{name}.ipynb").is_file():
                self._refuse(self.content, "notebooks", f"there is no notebook {name}")
        if not notebooks:
            self._refuse(self.content, "scenarios", "`notebooks` is missing: say what is run")
        outcomes = list(self._outcomes())
        found = self._distinct([Scenario(MAIN, "The review", values=self.main), *self._scenarios()])
        if len(found) > MOST:
            self.problems.append((1, f"{len(found):,} scenarios; at most {MOST:,} are run"))
        if self.problems:
            told = sorted((line, text.rstrip(".")) for line, text in self.problems)
            ended = ((line, text if text[-1] == "?" else f"{text}.") for line, text in told)
            lines = [f"{FILE}, line {line}: {text}" for line, text in ended]
            raise ReviewError("\n".join(dict.fromkeys(lines)))
        return Declared(notebooks, outcomes, found)

    def _refuse(self, node, key, text: str) -> None:
        self.problems.append((yaml_file.line(node, key), text))

    def _only(self, node: dict, known: tuple[str, ...], where: str) -> None:
        for key in node:
            if key not in known:
                self._refuse(node, key, f"unknown name {where}{key}{nearest(str(key), known)}")

    def _outcomes(self) -> Iterator[Outcome]:
        given = self.content.get("outcomes", [])
        if not given:
            self._refuse(self.content, "scenarios", "`outcomes` is missing: say what is compared")
        for one in given:
            if not isinstance(one, dict) or not one.get("result") or not one.get("label"):
                self._refuse(self.content, "outcomes", "an outcome has a `result` and a `label`")
                continue
            self._only(one, _OUTCOME, "")
            if one.get("axis", "linear") not in ("linear", "log"):
                self._refuse(one, "axis", f"an axis is linear or log, not {one['axis']}")
                continue
            yield Outcome(**{key: one[key] for key in _OUTCOME if key in one})

    def _scenarios(self) -> Iterator[Scenario]:
        names: dict[str, int] = {MAIN: 0}
        for one in self.content["scenarios"]:
            if not isinstance(one, dict) or not {"set", "vary"} & set(one):
                text = "a scenario has a `name`, and `set` or `vary` with entries of params.yml"
                self._refuse(self.content, "scenarios", text)
                continue
            self._only(one, ("name", "label", "reason", "set", "vary"), "")
            name = str(one.get("name", ""))
            if not _NAME.fullmatch(name) or name in names:
                why = "stands twice" if name in names else "is no name: letters, digits, _ and -"
                self._refuse(one, "name", f"'{name}' {why}")
                continue
            names[name] = 1
            yield from self._of_entry(one, name)

    def _of_entry(self, one: dict, name: str) -> Iterator[Scenario]:
        fixed, varied = one.get("set") or {}, one.get("vary") or {}
        if not isinstance(fixed, dict) or not isinstance(varied, dict):
            self._refuse(one, "set" if "set" in one else "vary", "expected `section.entry: value`")
            return
        for key, values in varied.items():
            if not isinstance(values, list) or not values:
                self._refuse(varied, key, f"{key} is varied: give a list of values")
                return
        reason, plain = str(one.get("reason", "")), yaml_file.plain
        combined = list(itertools.product(*(plain(values) for values in varied.values())))
        for number, some in enumerate(combined, 1):
            choices = plain(fixed) | dict(zip(varied, some, strict=True))
            said = "; ".join(f"{_short(key)} {shown(value)}" for key, value in choices.items())
            label = one.get("label") or said
            if varied:
                told = [key for key, values in varied.items() if len(values) > 1]
                label = "; ".join(f"{_short(key)} {shown(choices[key])}" for key in told)
                label = ": ".join(filter(None, [one.get("label"), label])) or said
            values = self._values(choices, fixed, varied)
            called = name if not varied else f"{name}-{number}"
            yield Scenario(called, str(label), reason, choices, values)

    def _values(self, choices: dict, fixed: dict, varied: dict) -> dict[str, dict]:
        """All parameters with these choices, checked."""
        values = {section: dict(entries) for section, entries in self.main.items()}
        lines: dict[tuple, tuple] = {}
        for key, value in choices.items():
            section, _, entry = str(key).partition(".")
            node = varied if key in varied else fixed
            if section not in values or not entry:
                hint = nearest(section, list(values))
                self._refuse(node, key, f"{key}: there is no section {section}{hint}")
                continue
            values[section][entry] = value
            lines[section, entry] = (node, key)
        for path, text in loading.findings(self.project, values):
            node, key = lines.get(tuple(path[:2])) or next(iter(lines.values()), (None, None))
            if node is not None:
                self._refuse(node, key, text)
        return values

    def _distinct(self, found: list[Scenario]) -> list[Scenario]:
        """The scenarios without those that say the same as an earlier one."""
        known: list[dict] = []
        kept = []
        for one in found:
            if one.values not in known:
                known.append(one.values)
                kept.append(one)
        return kept


def settings(declared: Declared) -> dict[str, list]:
    """Every entry that a scenario sets, with all values that it has in any; the review's first."""
    found: dict[str, list] = {}
    keys = dict.fromkeys(key for one in declared.scenarios for key in one.choices)
    for key in keys:
        section, _, entry = key.partition(".")
        for one in declared.scenarios:
            value = one.values[section].get(entry)
            if value not in found.setdefault(key, []):
                found[key].append(value)
    return found


def value_of(scenario: Scenario, key: str):
    """What an entry is in a scenario."""
    section, _, entry = key.partition(".")
    return scenario.values[section].get(entry)


def shown(value) -> str:
    """A value as a label has it: what is long is said by its keys or its number of entries."""
    if value in ([], {}):
        return "none"
    if isinstance(value, dict):
        if any(isinstance(one, (dict, list)) for one in value.values()) and len(value) <= 3:
            told = [f"{key} {shown(one)}" for key, one in value.items() if one]
            return "; ".join(told) or "none"
        return " v ".join(map(str, value)) if 0 < len(value) <= 3 else f"{len(value)} entries"
    if isinstance(value, list):
        simple = all(isinstance(one, (int, float, str)) for one in value)
        return ", ".join(map(str, value)) if simple and len(value) <= 4 else f"{len(value)} entries"
    return params_file.shown(value).strip("'")


def _short(key: str) -> str:
    return key.rpartition(".")[2].replace("_", " ")
