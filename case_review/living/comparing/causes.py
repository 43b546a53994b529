"""Why a number is another: data, parameters, code or environment, by the hashes of what it had.

What a notebook was made from stands in its stamp. What other notebooks made of the raw data is no
cause of its own: it leads to theirs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from case_review.build import dependencies, facts
from case_review.build.dependencies import CLEANING, RECONSTRUCTION
from case_review.living.comparing.differences import Change
from case_review.project import Project

KINDS = ("data", "parameters", "code", "environment")
_MADE = ("data/clean/", "report/results/")


@dataclass(frozen=True)
class Causes:
    """What may be to blame, by kind, each as readers find it: a file, or an entry."""

    data: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    kinds: tuple[str, ...] = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "kinds", tuple(k for k in KINDS if getattr(self, k)))

    @property
    def said(self) -> str:
        """In words: one kind is the cause, several are possible ones."""
        if not self.kinds:
            return "no cause found"
        sure = "" if len(self.kinds) == 1 else "possibly "
        return sure + ", ".join(f"{kind} ({_few(getattr(self, kind))})" for kind in self.kinds)


def of_notebooks(before: Project, after: Project) -> dict[str, Causes]:
    """The causes of each notebook, those of what it comes after among them."""
    own = {}
    for name in {*dependencies.notebook_names(before), *dependencies.notebook_names(after)}:
        own[name] = _own(*_stamps(before, after, name))
    order = dependencies.before(after)
    found = {}
    for name, causes in own.items():
        chain = [causes, *(own[other] for other in _above(order, name) if other in own)]
        found[name] = _together(chain)
    return found


def of_change(change: Change, causes: dict[str, Causes]) -> Causes:
    """The causes of one result: its notebook's, and data only if what it had of them changed."""
    known = causes.get(change.notebook, Causes())
    if change.before is None or change.after is None or change.inputs:
        return known
    return Causes((), known.parameters, known.code, known.environment)


def _stamps(before: Project, after: Project, name: str) -> list[dict]:
    """What a notebook is made from in both states, each with the hashes of the same files.

    Which files a run has opened is known only where it ran, which an archive does not tell.
    """
    stamps = [_stamp(project, name) for project in (before, after)]
    paths = sorted({path for stamp in stamps for path in stamp.get("files", {})})
    with facts.one_look():
        return [
            stamp | {"files": dependencies.hashes(project, [project.root / p for p in paths])}
            for stamp, project in zip(stamps, (before, after), strict=True)
        ]


def _stamp(project: Project, name: str) -> dict:
    if not (project.notebooks / f"{name}.ipynb").is_file():
        return {}
    with facts.one_look():
        return json.loads(dependencies.notebook_stamp(project, name))


def _own(before: dict, after: dict) -> Causes:
    was, now = before.get("files", {}), after.get("files", {})
    files = [path for path in sorted({*was, *now}) if was.get(path) != now.get(path)]
    files = [path for path in files if not path.startswith(_MADE)]
    was, now = before.get("parameters", {}), after.get("parameters", {})
    entries = tuple(key for key in sorted({*was, *now}) if was.get(key) != now.get(key))
    data = tuple(path for path in files if path.startswith(("data/", "expectations/")))
    lock = tuple(path for path in files if path == "requirements.lock")
    code = tuple(path for path in files if path not in (*data, *lock))
    other = before.get("environment") != after.get("environment") and before and after
    return Causes(data, entries, code, lock or (("Python or a package",) if other else ()))


def _above(order: dict[str, list[str]], name: str) -> set[str]:
    """All notebooks that one comes after and reads from."""
    first = {CLEANING, RECONSTRUCTION} & set(order)
    if name == CLEANING:
        return set()
    if name == RECONSTRUCTION:
        return first - {name}
    late = [other for other in order.get(name, []) if other not in first]
    return first | set(late)


def _together(parts: Iterable[Causes]) -> Causes:
    found = {kind: {} for kind in KINDS}
    for part in parts:
        for kind in KINDS:
            found[kind] |= dict.fromkeys(getattr(part, kind))
    return Causes(**{kind: tuple(names) for kind, names in found.items()})


def _few(names: tuple[str, ...]) -> str:
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest
