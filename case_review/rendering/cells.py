"""Executed notebooks: labelled cells, their options and what they show."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from case_review.data.problems import visible
from case_review.errors import ReviewError
from case_review.exhibits.drawn import read_brief, read_narrow, read_others
from case_review.parameters.cell_options import options
from case_review.project import Project
from case_review.rendering.provenance import TableNumber, table_numbers


@dataclass
class Exhibit:
    """A cell that the manuscript embeds.

    Parameters
    ----------
    notebook, label
        Where it comes from.
    caption, alt
        Markdown of the caption; plain text that describes a figure.
    markdown, svg, png
        What the cell shows; empty where it does not.
    name
        `Table 1` or the like; empty for a cell that is neither table nor figure.
    interactive
        What the page adds to it (`table`, `survival`); empty for nothing.
    numbers
        The numbers in a table, by the key of their cards.
    others
        The same, SVG or Markdown, of other data sets that agree with the print.
    narrow
        Drawings of a figure for narrow screens: its own, then those of the others; or nothing.
    brief
        The drawing of a figure for the head of the page; or empty.
    aside
        The caption as inlines for a page beside the report; empty until the manuscript is read.
    """

    notebook: str
    label: str
    caption: str = ""
    alt: str = ""
    markdown: str = ""
    svg: str = ""
    png: bytes = b""
    name: str = ""
    interactive: str = ""
    numbers: dict[str, TableNumber] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    narrow: list[str] = field(default_factory=list)
    brief: str = ""
    aside: list = field(default_factory=list)


class Node(dict):
    """A part of a notebook, whose entries are attributes as well, as nbformat has them.

    What is read here was written by nbformat a moment ago; to import it takes longer than to read.
    """

    def __getattr__(self, name: str):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def _notebook(content: bytes) -> Node:
    """An executed notebook, the lines of its texts put together."""
    found = json.loads(content, object_hook=Node)
    for cell in found.cells:
        cell["source"] = _joined(cell["source"])
        bundles = [*cell.get("attachments", {}).values()]
        for output in cell.get("outputs", []):
            bundles.append(output.get("data", {}))
            if "text" in output:
                output["text"] = _joined(output["text"])
        for bundle in bundles:
            for kind in [kind for kind in bundle if not kind.endswith(("/json", "+json"))]:
                bundle[kind] = _joined(bundle[kind])
    return found


def _joined(lines):
    is_text = isinstance(lines, list) and all(isinstance(line, str) for line in lines)
    return "".join(lines) if is_text else lines


class Notebooks:
    """The executed notebooks of a project, each read once.

    Attributes
    ----------
    asked
        Files of the project that a page leads to or shows, by their paths, and what they are.
    said
        What the user was told of a page's pictures and links.
    """

    def __init__(self, project: Project):
        self.project = project
        self.asked: dict[str, str] = {}
        self.said: list[str] = []
        self._content: dict[str, bytes] = {}
        self._read: dict[str, Node] = {}
        self._labelled: dict[str, dict[str, tuple[dict[str, str], Node]]] = {}
        self._numbers: dict[str, dict[str, dict[str, TableNumber]]] = {}

    def names(self) -> list[str]:
        """Names of all executed notebooks, without what a failed run left."""
        paths = self.project.executed.glob("*.ipynb")
        return sorted(path.stem for path in paths if not path.stem.endswith(".failed"))

    def content(self, name: str) -> bytes:
        """The bytes of an executed notebook that is there."""
        if name not in self._content:
            self._content[name] = (self.project.executed / f"{name}.ipynb").read_bytes()
        return self._content[name]

    def notebook(self, name: str) -> Node:
        """One executed notebook.

        Raises
        ------
        ReviewError
            If it is missing or its run failed.
        """
        if name not in self._read:
            path = self.project.executed / f"{name}.ipynb"
            if not path.is_file():
                source = self.project.notebooks / f"{name}.ipynb"
                remedy = f"There is no notebooks/{name}.ipynb: correct the name or leave it out."
                if source.is_file():
                    remedy = "Run `make notebooks` first."
                raise ReviewError(f"report/_executed/{name}.ipynb does not exist. {remedy}")
            found = _notebook(self.content(name))
            for cell in found.cells:
                if any(output.output_type == "error" for output in cell.get("outputs", [])):
                    raise ReviewError(f"report/_executed/{name}.ipynb is from a failed run.")
            self._read[name] = found
        return self._read[name]

    def exhibit(self, name: str, label: str) -> Exhibit:
        """The cell `label` of notebook `name` as an exhibit.

        Raises
        ------
        ReviewError
            If there is no such cell, or it shows nothing, lacks a caption or alt text, or asks for
        an interaction that does not exist or does not fit.
        """
        if name not in self._labelled:
            own: dict[str, tuple[dict[str, str], Node]] = {}
            for cell in self.notebook(name).cells:
                given = options(cell.source) if cell.cell_type == "code" else {}
                own.setdefault(given.get("label", ""), (given, cell))
            self._labelled[name] = own
            self._numbers[name] = table_numbers(self.project, name)
        if label not in self._labelled[name]:
            raise ReviewError(f"notebook {name} has no cell labelled {label}.")
        given, cell = self._labelled[name][label]
        found = _exhibit(name, label, given, cell)
        found.numbers = self._numbers[name].get(label, {})
        found.others = read_others(self.project.exhibits, label)
        found.narrow = read_narrow(self.project.exhibits, label)
        found.brief = read_brief(self.project.exhibits, label)
        if found.others and found.interactive == "survival":
            raise ReviewError(
                f"cell {label} of notebook {name} has `others` and is interactive: a page "
                "cannot show both. Leave out one of them."
            )
        return found


def _exhibit(name: str, label: str, given: dict[str, str], cell) -> Exhibit:
    kind = label.split("-")[0]
    found = Exhibit(name, label, given.get(f"{kind}-cap", ""), given.get("fig-alt", ""))
    found.interactive = given.get("interactive", "")
    for output in cell.outputs:
        data = output.get("data", {})
        found.markdown += str(data.get("text/markdown", "")).rstrip() + "\n\n"
        found.svg = found.svg or data.get("image/svg+xml", "")
        if "image/png" in data and not found.png:
            found.png = base64.b64decode(data["image/png"])
    found.markdown = found.markdown.strip()
    drawn = sum("image/svg+xml" in o.get("data", {}) for o in cell.outputs)
    where = f"cell {label} of notebook {name}"
    if kind == "fig" and not (found.svg and found.png):
        raise ReviewError(f"{where} shows no figure as SVG and PNG{_instead(label, cell)}")
    if kind == "fig" and drawn > 1:
        raise ReviewError(
            f"{where} shows {drawn} figures, and an exhibit is one: draw the others in a cell of "
            "their own, or close them with `plt.close()`."
        )
    if kind != "fig" and not found.markdown:
        raise ReviewError(f"{where} shows no Markdown{_instead(label, cell)}")
    if found.interactive not in ("", "survival" if found.svg else "table"):
        raise ReviewError(
            f"{where}: `#| interactive: {found.interactive}` is not possible. Known are `table` "
            "for a table, `survival` for a survival figure."
        )
    for option in {"fig": ("fig-cap", "fig-alt"), "tbl": ("tbl-cap",)}.get(kind, ()):
        if not given.get(option):
            raise ReviewError(f"{where} has no `#| {option}:` line.")
    return found


def _instead(label: str, cell) -> str:
    """What a cell says in place of an exhibit, and what to do; a full stop if it says nothing."""
    said = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    text = " ".join(filter(None, said)).strip("'\"")
    if not text:
        return "."
    return (
        f"; it says '{visible(text)}' Take the line out, with what refers to @{label}, or give the "
        "notebook what it shows."
    )
