"""What belongs to another review: its words, and its claim that rows are reconstructed.

A review that began as a copy of another must not print that one's drugs, groups or doubts. Its
`report/terms.yml` lists the words that may stand nowhere in it; and beside data all of whose rows
are extracted no exhibit may call them reconstructed.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from case_review.data import yaml_file
from case_review.errors import ReviewError
from case_review.parameters import cell_options, params_file
from case_review.project import Project

#: The list of words, below `report/`.
TERMS = "terms.yml"
_NAME = f"report/{TERMS}"
_MANUSCRIPT = "index.qmd"
#: Options of a cell that readers see or hear.
_CAPTIONS = ("fig-cap", "fig-alt", "tbl-cap", "fig-subcap", "tbl-subcap")
_EMBEDDED = re.compile(r"\{\{<\s*embed\s+[^\s>]*?([\w-]+)\.ipynb#([\w-]+)[^>]*>\}\}")
_DRAWN = re.compile(r"<text[^>]*>(.*?)</text>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_RECONSTRUCTED = re.compile(r"\breconstruct(?:ed|ions?)\b", re.IGNORECASE)
_EXTRACTED = "extracted"

#: A place, as messages name it, and what is read there.
_Text = tuple[str, str]


def terms(params: Mapping) -> list[str]:
    """The words that are a review's own, for the list of another that is made from it.

    Parameters
    ----------
    params
        Its sections as `params_file.merge` gives them: drugs, disease, groups and diagnoses.
    """
    shared = params["shared"]
    words = shared.get("words", {})
    own = [words.get("exposure", ""), *words.get("exposures", []), words.get("condition", "")]
    own += [*shared.get("groups", {}).values(), *params["cleaning"].get("diagnoses", {})]
    return list(dict.fromkeys(filter(None, own)))


def check(project: Project) -> list[str]:
    """A message for each place where the manuscript or a notebook shows what is another review's.

    Notebooks are read as they ran, so that the words in captions are those that readers see.

    Raises
    ------
    ReviewError
        If the list is none.
    """
    listed = _listed(project)
    extracted = _all_extracted(project)
    if not listed and not extracted:
        return []
    manuscript = _manuscript(project)
    embedded = set(_EMBEDDED.findall(manuscript))
    problems = [] if not listed else [*_terms(listed, f"report/{_MANUSCRIPT}", manuscript)]
    for path in sorted(project.executed.glob("*.ipynb")):
        if path.stem.endswith(".failed"):
            continue
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            where = f"notebooks/{path.name}, cell {_label(cell)}"
            for place, text in _shown(cell):
                problems += _terms(listed, f"{where}, {place}", text) if listed else []
                if extracted and (path.stem, _label(cell)) in embedded:
                    problems += _claims(f"{where}, {place}", text)
    return list(dict.fromkeys(problems))


def _listed(project: Project) -> dict[str, re.Pattern]:
    """The words of the list with what finds each: whole words, whatever their case."""
    path = project.report / TERMS
    if not path.is_file():
        return {}
    found = yaml_file.plain(yaml_file.load(yaml_file.read_text(path, _NAME), _NAME)) or []
    listed = found if isinstance(found, list) else [None]
    if not all(isinstance(one, str) and one.strip() for one in listed):
        raise ReviewError(f"{_NAME}: expected a list of words, such as `- aspirin`. Correct it.")
    own = _own(project)
    return {
        one: re.compile(rf"(?<!\w){re.escape(one.strip())}(?!\w)", re.IGNORECASE)
        for one in found
        if one.strip().casefold() not in own
    }


def _own(project: Project) -> set[str]:
    """The words that the review's own choices have meanwhile, which are no longer another's."""
    return {str(word).casefold() for word in terms(params_file.in_force(project))}


def _all_extracted(project: Project) -> bool:
    """Whether the clean tables say where rows come from, and all were extracted."""
    found: set[str] = set()
    for path in sorted(project.clean.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            if "provenance" in (rows.fieldnames or ()):
                found |= {row["provenance"] for row in rows} - {"", None}
        if found - {_EXTRACTED}:
            return False
    return found == {_EXTRACTED}


def _manuscript(project: Project) -> str:
    path = project.report / _MANUSCRIPT
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _label(cell: Mapping) -> str:
    source = "".join(cell["source"])
    own = cell_options.label(source) if cell["cell_type"] == "code" else ""
    return own or cell.get("id", "?")


def _shown(cell: Mapping) -> Iterator[_Text]:
    """What readers see of a cell: its text, its captions, and the words of what it shows."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield "text", source
    if cell["cell_type"] != "code":
        return
    for name, text in cell_options.options(source).items():
        if name in _CAPTIONS:
            yield name, text
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        yield "table", "".join(data.get("text/markdown", ""))
        drawn = _DRAWN.findall("".join(data.get("image/svg+xml", "")))
        yield "figure", "\n".join(_TAG.sub("", text) for text in drawn)


def _terms(listed: Mapping[str, re.Pattern], place: str, text: str) -> Iterable[str]:
    for term, pattern in listed.items():
        if match := pattern.search(text):
            at = f", line {text.count(chr(10), 0, match.start()) + 1}" if ".qmd" in place else ""
            yield (
                f"{place}{at}: found '{match[0]}', which {_NAME} lists as another review's. Write "
                f"what is meant here, or take '{term}' off the list."
            )


def _claims(place: str, text: str) -> Iterable[str]:
    if match := _RECONSTRUCTED.search(text):
        yield (
            f"{place}: found '{match[0]}', but all rows of the data are extracted. Say it only "
            "where `nb.reconstructed` is true, or take it out."
        )
