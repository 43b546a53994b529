"""The manuscript as the embedded renderer reads it: a checked document tree.

Only what Quarto and this renderer turn into the same thing is admitted; anything else is refused
with file and line, so that nothing is ever dropped silently.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from case_review import registry
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast, header, headlines, letters, links
from case_review.rendering.cells import Exhibit, Notebooks
from case_review.rendering.forms import FRAMES

_NAME = "report/index.qmd"
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_SHORTCODE = re.compile(r"(?P<tick>`+).*?(?P=tick)|\{\{<\s*(?P<call>.*?)\s*>\}\}")
_EMBED = re.compile(r"(?:_executed/)([\w-]+)\.ipynb#([\w-]+)")
_KINDS = {"tbl": "Table", "fig": "Figure"}
#: Prefixes that Quarto takes for cross-references and this renderer does not support.
_OTHER = frozenset(
    re.findall(r"\w+", "eq sec lst thm lem cor prp cnj def exm exr sol rem alg nte tip wrn imp cau")
)


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
    header
        Its header, checked.
    """

    tree: dict
    source: list[str]
    exhibits: dict[str, Exhibit] = field(default_factory=dict)
    used: dict[str, registry.Recorded] = field(default_factory=dict)
    header: header.Header = field(default_factory=header.Header)

    def refuse(self, needle: str, message: str) -> ReviewError:
        """An error at the first line that holds `needle`."""
        lines = (n for n, line in enumerate(self.source, 1) if needle and needle in line)
        return self.refuse_at(next(lines, 1), message)

    def refuse_at(self, line: int, message: str) -> ReviewError:
        """An error at a line."""
        return _error(line, message)


def read(project: Project) -> Manuscript:
    """Read and check `report/index.qmd`.

    Raises
    ------
    ReviewError
        Naming file and line of an unknown construct, label, result or cell, or of a number that
        varies and stands without its range where conclusions are drawn.
    """
    path = project.report / "index.qmd"
    if not path.is_file():
        raise ReviewError(f"{_NAME} does not exist. Write the manuscript there.")
    source = letters.text_of(path, _NAME).splitlines()
    found = Manuscript({}, source, header=header.read(project, source))
    results, notebooks = registry.load(project.results), Notebooks(project)
    lines, fence = [], ""
    for number, line in enumerate(source, 1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark.group(1).startswith(fence)):
            if not fence and re.match(r"\{(python|r|julia|=)", line.strip().lstrip("`~")):
                raise _error(number, "the manuscript runs no code and takes no raw output.")
            fence = "" if fence else mark.group(1)
        elif not fence:
            line = _shortcodes(found, results, notebooks, line, number)
        lines.append(line)
    found.tree = ast.parse("\n".join(lines) + "\n")
    found.tree = ast.walk(found.tree, lambda node: _checked(found, node))
    found.tree["meta"] = found.header.settle(found.tree["meta"])
    headlines.refuse_bare(found)
    links.check(project, found)
    return found


def _error(number: int, message: str) -> ReviewError:
    return ReviewError(f"{_NAME}, line {number}: {message}")


def _shortcodes(found: Manuscript, results, notebooks: Notebooks, line: str, number: int) -> str:
    def replace(match: re.Match) -> str:
        if match["tick"]:
            return match[0]
        name, *arguments = match["call"].split()
        if name == "result" and len(arguments) == 1:
            return _result(found, results, arguments[0], number)
        if name == "embed" and len(arguments) == 1 and line.strip() == match[0]:
            return _embed(found, notebooks, arguments[0], number)
        raise _error(
            number,
            f"{match[0]} is not supported. Write {{{{< result ID >}}}}, or alone on a line "
            "{{< embed _executed/NOTEBOOK.ipynb#LABEL >}}.",
        )

    return _SHORTCODE.sub(replace, line)


def _result(found: Manuscript, results: Mapping, id: str, number: int) -> str:
    if id not in results:
        near = difflib.get_close_matches(id, results, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise _error(number, f"no notebook recorded a result {id}.{hint}")
    found.used.setdefault(id, results[id])
    # Without quotation marks, for it may stand inside those of the header.
    return f"`{id}`{{.cr-result line={number}}}"


def _embed(found: Manuscript, notebooks: Notebooks, target: str, number: int) -> str:
    match = _EMBED.fullmatch(target)
    if not match:
        raise _error(number, f"'{target}' should read _executed/NOTEBOOK.ipynb#LABEL.")
    notebook, label = match.groups()
    if label in found.exhibits:
        raise _error(number, f"{label} is embedded twice.")
    try:
        exhibit = notebooks.exhibit(notebook, label)
    except ReviewError as error:
        raise _error(number, str(error)) from None
    kind = label.split("-")[0]
    if kind in _KINDS:
        before = sum(other.split("-")[0] == kind for other in found.exhibits)
        exhibit.name = f"{_KINDS[kind]} {before + 1}"
    found.exhibits[label] = exhibit
    return f'\n::: {{.cr-embed label="{label}"}}\n:::\n'


def _checked(found: Manuscript, node: dict) -> list | None:
    """What replaces an element: nothing for a comment, links for references to exhibits."""
    kind = node["t"]
    if kind in ("RawBlock", "RawInline"):
        format, text = node["c"]
        if text.lstrip().startswith("<!--"):
            return []
        text = text.strip()
        raise found.refuse(text.split("\n")[0], f"raw {format} ({text[:40]}) is refused.")
    if kind == "Div":
        id, classes, _ = node["c"][0]
        unknown = [name for name in classes if name not in {*FRAMES, "cr-embed"}]
        if unknown or not (classes or id == "refs"):
            shown = "".join(f".{name}" for name in unknown) or f"#{id}"
            raise found.refuse(
                (unknown or [id])[0],
                f"the fenced div {shown} is not known. Known are "
                f"{', '.join(f'.{name}' for name in sorted(FRAMES))} and #refs.",
            )
    return _crossref(found, node) if kind == "Cite" else None


def _crossref(found: Manuscript, node: dict):
    ids = [citation["citationId"] for citation in node["c"][0]]
    prefixes = [id.split("-")[0] if "-" in id else "" for id in ids]
    for id, prefix in zip(ids, prefixes, strict=True):
        if prefix in _OTHER:
            raise found.refuse(f"@{id}", f"cross-references @{prefix}- are not supported.")
        if prefix in _KINDS and id not in found.exhibits:
            raise found.refuse(f"@{id}", f"@{id}: no embedded cell has this label.")
    if not any(prefix in _KINDS for prefix in prefixes):
        return None
    if not all(prefix in _KINDS for prefix in prefixes):
        raise found.refuse(f"@{ids[0]}", "cite articles and exhibits in separate brackets.")
    links: list = []
    for id in ids:
        links += ast.words(", ") if links else []
        name = found.exhibits[id].name.replace(" ", "\u00a0")
        links.append(ast.link(f"#{id}", [{"t": "Str", "c": name}], classes=["crossref"]))
    return links
