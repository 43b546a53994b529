"""Executed notebooks without anything that differs between two runs of the same content."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import groupby

import nbformat

from case_review.project import Project

#: The id of the cell that papermill injects, which it would draw at random.
INJECTED = "injected-parameters"
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
_CELL_METADATA = ("papermill", "execution", "ExecuteTime")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_KERNEL_FILE = re.compile(r"\S*/ipykernel_\d+/\d+\.py")
_STYLER = re.compile(r"\bT_[0-9a-f]{5}(?=[\"' _{#.])")


def normalise(notebook: nbformat.NotebookNode, project: Project) -> str:
    """The notebook as JSON text; paths below the project are written relative to it."""
    notebook.metadata = nbformat.from_dict({"kernelspec": _KERNEL, "language_info": _LANGUAGE})
    for cell in notebook.cells:
        for name in _CELL_METADATA:
            cell.metadata.pop(name, None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
        if cell.cell_type == "code":
            cell.outputs = [_clean(output, project) for output in _merged(cell.outputs)]
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return nbformat.writes(notebook) + "\n"


def _merged(outputs: list) -> Iterator[nbformat.NotebookNode]:
    """Neighbouring streams as one of each name: how they interleave is chance."""
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
        output.text = _text(output.text, project)
    for kind, content in output.get("data", {}).items():
        if kind.startswith("text/") and isinstance(content, str):
            output.data[kind] = _text(content, project)
    return output


def _text(text: str, project: Project) -> str:
    for folder, name in ((sys.prefix, ".venv"), (str(project.root), ".")):
        text = text.replace(f"{folder}/", f"{name}/")
    text = _ADDRESS.sub("0x0", _KERNEL_FILE.sub("cell", text))
    ids = {found: f"T_{i:05d}" for i, found in enumerate(dict.fromkeys(_STYLER.findall(text)))}
    return _STYLER.sub(lambda match: ids[match.group()], text)
