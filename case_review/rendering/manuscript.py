"""The manuscript as the embedded renderer reads it: a checked document tree.

Only what Quarto and this renderer turn into the same thing is admitted (`docs/manuscript.md` lists
it); anything else is refused with file and line, so that nothing is ever dropped silently.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from case_review import registry
from case_review.build import made
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import (
    ast,
    checked,
    constructs,
    converter,
    crossrefs,
    declarations,
    header,
    headlines,
    letters,
    links,
    shortcodes,
)
from case_review.rendering.cells import Exhibit, Notebooks
from case_review.rendering.problems import Problems
from case_review.rendering.shortcodes import Call

if TYPE_CHECKING:
    from case_review.rendering import fragments

_NAME = "report/index.qmd"
_EMBED = re.compile(r"(?:_executed/)([\w-]+)\.ipynb#([\w-]+)")
#: Where a warning of pandoc's reader leads to, and the warning itself.
_WARNING = re.compile(r"^\[WARNING\] (.+)$", re.MULTILINE)
_AT = re.compile(r" ?(?:at |defined at )?(?:\(?-\)? )?line (\d+) column \d+")


@dataclass
class Manuscript:
    """A manuscript that was read.

    Parameters
    ----------
    tree
        Pandoc's document tree; embeds are Divs of class `cr-embed`, results Code of class
        `cr-result` with their line.
    source
        Its lines, for messages.
    exhibits
        What it embeds by label, in order, with names such as `Table 1`.
    used
        The results that it shows, in order.
    captions, contents
        By label, the caption of each embedded exhibit as inlines, and its Markdown as blocks.
    names
        What each label is called, see `crossrefs`.
    pictures
        The picture files that it shows, by their address in the tree.
    prose
        Its lines without comments and code, in which messages look for a place.
    embeds
        The line on which each exhibit is embedded.
    header
        Its header, checked.
    cited
        Whether citations stand in the tree as readers see them.
    counted
        The labels of embedded cells that cite or have notes.
    unchecked
        By label, the embedded cells that must be checked: their texts, and where they are kept.
    plain
        By label, caption and Markdown of embedded cells that follow from these words alone.
    later
        By label, the exhibits of the page that stand in its tree by their name only.
    program
        What writes its forms, if it is not pandoc by itself.
    problems
        What is wrong with it, while it is read.
    """

    tree: dict
    source: list[str]
    exhibits: dict[str, Exhibit] = field(default_factory=dict)
    used: dict[str, registry.Recorded] = field(default_factory=dict)
    header: header.Header = field(default_factory=header.Header)
    captions: dict[str, list] = field(default_factory=dict)
    contents: dict[str, list] = field(default_factory=dict)
    names: dict[str, crossrefs.Name] = field(default_factory=dict)
    pictures: dict[str, Path] = field(default_factory=dict)
    prose: list[str] = field(default_factory=list)
    embeds: dict[str, int] = field(default_factory=dict)
    cited: bool = False
    counted: set[str] = field(default_factory=set)
    unchecked: dict[str, tuple[tuple[str, str], made.Entry]] = field(default_factory=dict)
    plain: dict[str, tuple[str, str]] = field(default_factory=dict)
    later: dict[str, fragments.Later] = field(default_factory=dict)
    program: converter.Program | None = None
    problems: Problems = field(default_factory=Problems)
    _within: str = ""

    def refuse(self, needle: str, message: str) -> ReviewError:
        """An error at the first line that holds `needle`."""
        if self._within:
            shown = self.exhibits[self._within]
            where = f"in cell {shown.label} of notebook {shown.notebook}: "
            return self.refuse_at(self.embeds[self._within], where + message)
        both = (self.prose, self.source)
        found = (n for lines in both for n, line in enumerate(lines, 1) if needle in line)
        return self.refuse_at(next(found, 1) if needle else 1, message)

    def in_words(self, nodes: list) -> str:
        """The plain text of inlines, with the texts of the results among them."""

        def said(node: dict) -> list | None:
            is_one = shortcodes.is_result(node)
            return ast.words(self.used[node["c"][1]].text) if is_one else None

        return ast.text(ast.walk(nodes, said))

    def refuse_at(self, line: int, message: str) -> ReviewError:
        """An error at a line."""
        return _error(line, message)

    @property
    def inside(self) -> str:
        """The embedded cell that is read; empty for the text."""
        return self._within

    def within(self, label: str) -> None:
        """From now on errors are those of the embedded cell `label`; of the text again for ''."""
        self._within = label


def read(project: Project) -> Manuscript:
    """Read and check `report/index.qmd`.

    Raises
    ------
    ReviewError
        Naming file and line of every unknown construct, label, result or cell, and of every number
        that varies and stands without its range where conclusions are drawn.
    """
    path = project.report / "index.qmd"
    if not path.is_file():
        raise ReviewError(f"{_NAME} does not exist. Write the manuscript there.")
    source = letters.text_of(path, _NAME)
    lines = source.splitlines()
    found = Manuscript({}, lines, header=header.read(project, lines))
    results, notebooks = registry.load(project.results), Notebooks(project)
    embeds: dict[str, str] = {}

    def replace(call: Call) -> str:
        if call.in_address:
            raise _error(call.line, f"{call.shown} cannot stand in the address of a link.")
        if call.name == "result" and len(call.arguments) == 1:
            return _result(found, results, call.arguments[0], call.line)
        if call.name == "embed" and len(call.arguments) == 1 and not call.beside:
            return _embed(found, embeds, call.arguments[0], call.line)
        if call.name == "meta" and call.arguments[:1] in [[key] for key in declarations.SHOWN]:
            return found.header.declared.said(call.arguments[0])
        raise _error(
            call.line,
            f"{call.shown} is not supported here. Write {{{{< result ID >}}}}, or alone on a line, "
            "from its first column, {{< embed _executed/NOTEBOOK.ipynb#LABEL >}}; of the header "
            f"{{{{< meta KEY >}}}} shows {', '.join(declarations.SHOWN)}.",
        )

    problems = found.problems

    def tried(call: Call) -> str:
        with problems.each():
            return replace(call)
        return "x" if call.in_address else ""

    text = shortcodes.replaced(source.replace("\r\n", "\n"), tried, _error)
    found.prose = text.prose
    found.tree = _parsed(found, text, lambda: _open_exhibits(found, embeds, notebooks, results))
    with problems.stage():
        constructs.check(project, found)
    with problems.stage():
        crossrefs.name_all(found)
        crossrefs.refer(found)
        found.tree["meta"] = found.header.settle(found.tree["meta"])
    with problems.stage():
        headlines.refuse_bare(found)
        links.check(project, found)
    problems.stop()
    return found


def _parsed(found: Manuscript, text: shortcodes.Replaced, meanwhile: Callable[[], None]) -> dict:
    """The tree; what pandoc warns of would be lost or moved, and is refused."""
    arguments = ["-f", "markdown", "-t", "json"]
    content, warnings = ast.pandoc(arguments, text.text, meanwhile=meanwhile)
    if warning := _WARNING.search(warnings):
        places = [int(number) for number in _AT.findall(warning[1])]
        line = text.lines[min(places[0], len(text.lines)) - 1] if places else 1
        if named := re.search(r"'\[?(.+?)\]?'", warning[1]):  # pandoc is ahead of what it names
            above = range(min(line, len(text.prose)), 0, -1)
            line = next((n for n in above if named[1] in text.prose[n - 1]), line)
        said = _AT.sub("", warning[1]).rstrip(".")
        if said.startswith("Div unclosed"):
            said = "this fenced div is never closed. Write ::: below its content"
        found.problems.note(_error(line, f"{said}."))
    tree = json.loads(content)
    abstract = tree["meta"].get("abstract")
    if abstract and abstract["t"] in ("MetaInlines", "MetaString"):
        inlines = abstract["c"] if abstract["t"] == "MetaInlines" else ast.words(abstract["c"])
        tree["meta"]["abstract"] = {"t": "MetaBlocks", "c": [ast.para(*inlines)]}
    return tree


def _error(number: int, message: str) -> ReviewError:
    return ReviewError(f"{_NAME}, line {number}: {message}")


def _result(found: Manuscript, results: Mapping, id: str, number: int) -> str:
    if id not in results:
        near = difflib.get_close_matches(id, results, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise _error(number, f"no notebook recorded a result {id}.{hint}")
    found.used.setdefault(id, results[id])
    return shortcodes.mark(id, number)


def _embed(found: Manuscript, embeds: dict[str, str], target: str, number: int) -> str:
    match = _EMBED.fullmatch(target)
    if not match:
        raise _error(number, f"'{target}' should read _executed/NOTEBOOK.ipynb#LABEL.")
    notebook, label = match.groups()
    if label in embeds:
        raise _error(number, f"{label} is embedded twice.")
    embeds[label], found.embeds[label] = notebook, number
    return f'\n::: {{.cr-embed label="{label}"}}\n:::\n'


def _open_exhibits(
    found: Manuscript, embeds: dict[str, str], notebooks: Notebooks, results: Mapping
) -> None:
    """Read embedded cells; their captions and Markdown may say all that the text may."""
    for label, notebook in embeds.items():
        try:
            found.exhibits[label] = notebooks.exhibit(notebook, label)
        except ReviewError as error:
            found.problems.note(_error(found.embeds[label], str(error)))
            found.problems.lost.add(label)
            found.exhibits[label] = Exhibit(notebook, label)
    texts: dict[str, tuple[str, str]] = {}
    for label, shown in found.exhibits.items():
        line = found.embeds[label]

        def replace(call: Call, line: int = line, shown: Exhibit = shown) -> str:
            where = f"in cell {shown.label} of notebook {shown.notebook}: "
            if call.name != "result" or len(call.arguments) != 1:
                raise _error(line, f"{where}{call.shown} is not supported. Known is result.")
            try:
                return _result(found, results, call.arguments[0], line)
            except ReviewError as error:
                raise _error(line, where + str(error).split(": ", 1)[1]) from None

        def refuse(_: int, message: str, line: int = line, shown: Exhibit = shown) -> ReviewError:
            return _error(line, f"in cell {shown.label} of notebook {shown.notebook}: {message}")

        def opened(text: str, replace=replace, refuse=refuse) -> str:
            if shortcodes.has_none(text):
                return text
            return shortcodes.replaced(text, replace, refuse).text

        texts[label] = "", ""
        with found.problems.each():
            texts[label] = opened(shown.caption), opened(shown.markdown)
            shown.alt = shortcodes.unmarked(opened(shown.alt), lambda id: found.used[id].text)
    checked.read(found, texts)
