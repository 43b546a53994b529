"""Notebooks without anything that differs between two runs of the same content."""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from case_review.errors import ReviewError
from case_review.parameters import cell_options
from case_review.project import Project

if TYPE_CHECKING:
    import nbformat

#: The id of the cell that papermill injects, which it would draw at random.
INJECTED = "injected-parameters"
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_KERNEL_FILE = re.compile(r"(?<!\S)\S*/ipykernel_\d+/\d+\.py")
#: Names that programs draw at random for what they show, and what stands for each of a kind.
_RANDOM = {
    re.compile(r"\bT_[0-9a-f]{5}(?=[\"' _{#.])"): "T_{:05d}",
    re.compile(r"\baltair-viz-[0-9a-f]{32}\b"): "altair-viz-{:032d}",
    re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b"): (
        "00000000-0000-4000-8000-{:012d}"
    ),
    re.compile(r"(?<=\bdata-)[0-9a-f]{32}\b"): "{:032d}",
    re.compile(r"(?<=IPY_MODEL_)[0-9a-f]{32}\b"): "{:032d}",
}
#: What tqdm says of time and speed, which is another in every run.
_SPEED = re.compile(r" \[\d+(?::\d\d)+<[^\]\n]*\]")
#: The most characters of one text; the kernel keeps to a similar end, see `cell_outputs`.
_MOST = 1_000_000
_CUT = "\n[output cut: a notebook keeps {most:,} characters of a text]\n"
#: What tells a terminal about colours, links, titles and the place of the next character.
TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[@-Z\\-_=>])"
)
#: Characters without a sign, which no page may hold; line ends and tabs stay.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def source(path: Path) -> nbformat.NotebookNode:
    """A notebook as somebody wrote it, in today's format, with an id for each cell.

    Cells of old formats have none; theirs are counted, so that every run gives the same.

    Raises
    ------
    ReviewError
        If the file is no notebook, or a cell's label is none or another's.
    """
    import nbformat  # not needed to render, and long to import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of missing ids
            notebook = nbformat.read(path, as_version=4)
        given = [cell.get("id") for cell in json.loads(path.read_text("utf-8")).get("cells", [])]
    except (ValueError, AttributeError, nbformat.ValidationError) as error:
        raise ReviewError(f"notebooks/{path.name} is not a Jupyter notebook: {error}") from None
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        own = given[number] if number < len(given) else None
        if not isinstance(own, str) or not _CELL_ID.fullmatch(own) or own in seen:
            own = next(id for id in _counted(number) if id not in {*given, *seen})
        seen.add(own)
        cell["id"] = own
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    cell_options.refuse_labels(((c.cell_type, c.source) for c in notebook.cells), path.stem)
    return notebook


def _counted(number: int) -> Iterator[str]:
    yield f"cell-{number}"
    yield from (f"cell-{number}-{other}" for other in range(2, 1000))


def normalise(notebook: nbformat.NotebookNode, project: Project) -> str:
    """The notebook as JSON text; paths below the project are written relative to it."""
    import nbformat

    notebook.metadata = nbformat.from_dict({"kernelspec": _KERNEL, "language_info": _LANGUAGE})
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
        if cell.cell_type == "code":
            for output in cell.outputs:
                words = output.get("metadata", {}).pop("words", {})
                cell.source = cell_options.filled(cell.source, words)
            cell.outputs = [_clean(output, project) for output in _merged(cell.outputs)]
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return nbformat.writes(notebook) + "\n"


def _merged(outputs: list) -> Iterator[nbformat.NotebookNode]:
    """Neighbouring streams as one of each name: how they interleave is chance."""
    import nbformat

    for is_stream, run in groupby(outputs, key=lambda output: output.output_type == "stream"):
        if not is_stream:
            yield from run
            continue
        streams = list(run)
        for name in sorted({stream.name for stream in streams}, reverse=True):
            text = "".join(stream.text for stream in streams if stream.name == name)
            yield nbformat.v4.new_output("stream", name=name, text=text)


def _clean(output: nbformat.NotebookNode, project: Project) -> nbformat.NotebookNode:
    if output.output_type == "stream":
        output.text = _text(_SPEED.sub("", last_state(output.text)), project)
    for kind, content in output.get("data", {}).items():
        if kind.startswith("text/") and isinstance(content, str):
            output.data[kind] = _text(content, project)
        elif isinstance(content, dict) and "model_id" in content:
            # Of a widget, which lives in the kernel alone; its text stands beside it.
            output.data[kind] = content | {"model_id": ""}
    return output


def last_state(text: str) -> str:
    """What a terminal would show of a text: progress bars as they ended, without colours."""
    text = TERMINAL.sub("", text.replace("\r\n", "\n"))
    text = _taken_back(text) if "\b" in text else text
    return "\n".join(_overwritten(line) if "\r" in line else line for line in text.split("\n"))


def _taken_back(text: str) -> str:
    """A text without the characters that a backspace takes back, within their line."""
    kept: list[str] = []
    for sign in text:
        if sign != "\b":
            kept.append(sign)
        elif kept and kept[-1] not in "\n\r":
            kept.pop()
    return "".join(kept)


def _overwritten(line: str) -> str:
    shown = ""
    for part in line.split("\r"):
        shown = part + shown[len(part) :]
    return shown.rstrip()


def printable(text: str) -> str:
    """A text without control characters, which no page and no XML may hold."""
    return _CONTROL.sub("", text)


def _text(text: str, project: Project) -> str:
    if len(text) > _MOST:
        text = text[:_MOST] + _CUT.format(most=_MOST)
    for folder, name in ((sys.prefix, ".venv"), (str(project.root), ".")):
        text = text.replace(f"{folder}/", f"{name}/")
    text = printable(_ADDRESS.sub("0x0", _KERNEL_FILE.sub("cell", text)))
    for pattern, counted in _RANDOM.items():
        found = dict.fromkeys(pattern.findall(text))
        names = {name: counted.format(number) for number, name in enumerate(found)}
        text = pattern.sub(lambda match, names=names: names[match.group()], text)
    return text
