"""The choices of a review, typed and bounded: `params.yml` is refused before any notebook starts.

A section per notebook (`05_response` reads `response`) and one that all may share. Another file,
`PARAMS=file`, may give some entries only; the others come from `params.yml`. A section of that name
without a model in `parameter_sections` belongs to a notebook of one's own and is passed on as it
stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError, create_model

from case_review.data.problems import visible
from case_review.errors import ReviewError
from case_review.parameters import params_file, rules
from case_review.parameters.params_file import SHARED
from case_review.parameters.rules import nearest
from case_review.parameters.sections import SECTIONS, Own, OwnColumn
from case_review.parameters.types import Entries, Group
from case_review.project import Project, find_project


@dataclass(frozen=True)
class Parameters:
    """The parameters in force, checked.

    Parameters
    ----------
    project
        Whose parameters they are.
    values
        Every section as plain values, as written (a limit that is left out stays left out).
    """

    project: Project
    values: dict[str, dict]

    def for_notebook(self, name: str) -> dict:
        """What is injected into a notebook: its section, and the shared keys it declares.

        Raises
        ------
        ReviewError
            If the notebook's cell tagged `parameters` declares a name that no section has, if it
            reads an entry by `nb.setting` that its own section lacks, or if it does neither with
            one that the section has.
        """
        path = self.project.notebooks / f"{name}.ipynb"
        declared = params_file.declared(path) or {}
        settings = params_file.settings(path)
        section = params_file.section_of(name)
        own, shared = self.values.get(section, {}), self.values.get(SHARED, {})
        problems = [
            f"the cell tagged `parameters` declares {key}, which is neither in section {section} "
            f"nor in {SHARED} of params.yml" + nearest(key, [*own, *shared])
            for key in declared
            if key not in own and key not in shared
        ]
        for key in sorted(settings):
            place, entry = params_file.setting_of(name, key)
            known = self.values.get(place, {})
            if entry not in known:
                text = f'nb.setting("{key}") is not in section {place} of params.yml'
                problems.append(text + nearest(entry, known))
        problems += [
            f"the cell tagged `parameters` does not declare {key}, which section {section} of "
            f'params.yml sets, nor does nb.setting("{key}") read it'
            for key in own
            if key not in declared and key not in settings
            and own[key] != params_file.OPTIONAL.get(section, {}).get(key)
        ]
        if problems:
            raise ReviewError("\n".join(f"notebooks/{path.name}: {p}" for p in problems))
        return {key: own.get(key, shared.get(key)) for key in declared}


def load(project: Project | None = None) -> Parameters:
    """Read and check the parameters in force.

    Raises
    ------
    ReviewError
        With every problem at once, one per line, each with file, line, name and value.
    """
    project = project or find_project()
    found = params_file.documents(project)
    values = params_file.merge(found)
    problems = set()
    for path, text in findings(project, values):
        document = next((d for d in found if d.holds(path[:2])), found[-1])
        problems.add((document.name, document.line(path), text))
    if problems := sorted(problems):
        raise ReviewError("\n".join(f"{f}, line {line}: {text}" for f, line, text in problems))
    return Parameters(project, values)


def findings(project: Project, values: dict) -> Iterable[tuple[tuple, str]]:
    """Everything that is wrong with the sections in force: the path of the entry, and what it is.

    Parameters
    ----------
    project
        Whose notebooks say which sections there may be besides those with a model.
    values
        The sections as plain values.
    """
    notebooks = [path.stem for path in sorted(project.notebooks.glob("[0-9]*.ipynb"))]
    free = {params_file.section_of(name) for name in notebooks} - set(SECTIONS)
    fields = {name: (model, ...) for name, model in SECTIONS.items()}
    fields |= {name: (Own, {}) for name in free}
    whole = create_model("Parameters", __base__=Entries, **fields)
    try:
        whole.model_validate(values)
        return list(rules.findings(values))
    except ValidationError as error:
        return [
            explained
            for problem in error.errors(include_url=False)
            for explained in _explain(problem, values, set(fields))
        ]


def _explain(problem: dict, values: dict, sections: set[str]) -> Iterable[tuple[tuple, str]]:
    # A dictionary's bad key carries a last step "[key]" that is not in the file.
    path = tuple(step for step in problem["loc"] if step != "[key]")
    name = _dotted(path)
    if problem["type"] == "entries":
        for index, text in problem["ctx"]["problems"]:
            yield (*path, index), f"{name}: {text}"
    elif problem["type"] == "extra_forbidden":
        yield path, f"unknown name {name}" + nearest(path[-1], _siblings(path, sections))
    elif problem["type"] == "invalid-json-value":
        text = "should be a text (a date stands in quotes), a number, yes or no, or a list of these"
        yield path, f"{name} {text}, found {params_file.shown(problem['input'])}"
    elif problem["type"] == "missing":
        yield path, f"{name} is missing"
    else:
        text = re.sub("^(Input|String|List|Dictionary) should", "should", problem["msg"])
        yield path, f"{name} {text}, found {params_file.shown(problem['input'])}"


def _siblings(path: tuple, sections: set[str]) -> Sequence[str]:
    """The names that could have been meant at the place of an unknown one."""
    if len(path) == 1:
        return sorted(sections)
    if len(path) == 2:
        return list(SECTIONS[path[0]].model_fields)
    return [*Group.model_fields, *OwnColumn.model_fields]


def _dotted(path: tuple) -> str:
    text = ""
    for step in path:
        name = step if isinstance(step, int) else visible(str(step))
        text += f"[{name + 1}]" if isinstance(step, int) else f".{name}" if text else name
    return text
