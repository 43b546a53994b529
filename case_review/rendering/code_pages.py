"""The source of the package's modules that notebooks call: a page for each, and parts of it."""

from __future__ import annotations

import ast as syntax
import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from case_review.build import made, published
from case_review.project import Project
from case_review.rendering import ast, highlighting, origins
from case_review.rendering.called import Called, page_of
from case_review.rendering.cells import Notebooks

TITLE = "Code"
_LINE = re.compile(r'<span id="cb\d+-(\d+)"><a href="#cb[^>]*></a>(.*?)</span>(?=\n|</code>)', re.S)
#: Written with the mark of its end, for lines may be empty.
_SPLIT = "<!-- case-review-split -->"


@dataclass(frozen=True)
class Module:
    """A module that is published.

    Parameters
    ----------
    path
        From the root of the project.
    text
        Its source.
    lines
        The lines of its source with colours, as HTML.
    """

    path: str
    text: str
    lines: list[str]

    @property
    def name(self) -> str:
        """Its page in the site."""
        return page_of(self.path)

    @property
    def about(self) -> str:
        """The first sentence of what it says of itself."""
        said = syntax.get_docstring(_parsed(self.text)) or ""
        return " ".join(said.split("\n\n")[0].split())


def is_there(project: Project) -> bool:
    """Whether any executed notebook calls the package, so that the site has these pages."""
    return bool(called(project))


def called(project: Project) -> list[Called]:
    """What executed notebooks call of the modules that may be published, in their order."""
    may = set(map(project.relative, published.code(project)))
    names = Notebooks(project).names()
    found = [
        one for name in names for own in origins.of(project, name).calls.values() for one in own
    ]
    return [one for one in dict.fromkeys(found) if one.path in may]


def modules(project: Project, called: Iterable[Called]) -> dict[str, Module]:
    """The modules of some functions by their paths, with colours; all with one start of pandoc."""
    paths = sorted({each.path for each in called})
    texts = {path: (project.root / path).read_text(encoding="utf-8") for path in paths}
    version = made.version("pypandoc_binary")
    entries = {path: made.Entry("source", [version, text, "2"]) for path, text in texts.items()}
    kept = {path: entry.read() for path, entry in entries.items()}
    missing = [path for path, content in kept.items() if content is None]
    for path, lines in zip(missing, _coloured([texts[p] for p in missing]), strict=True):
        kept[path] = json.dumps(lines).encode("ascii")
        entries[path].keep(kept[path])
    return {path: Module(path, texts[path], json.loads(kept[path])) for path in paths}


def _coloured(texts: list[str]) -> list[list[str]]:
    """The lines of each text as HTML, with the classes that `report.css` gives colours to."""
    if not texts:
        return []
    blocks = [
        node for text in texts for node in (ast.code(text, "python"), ast.raw("html", _SPLIT))
    ]
    arguments = ["-f", "json", "-t", "html5", highlighting.STYLE]
    written, _ = ast.pandoc(arguments, json.dumps(ast.document(blocks)))
    found = [[line for _, line in _LINE.findall(part)] for part in written.split(_SPLIT)[:-1]]
    for text, lines in zip(texts, found, strict=True):
        if len(lines) != len(text.rstrip("\n").split("\n")):  # what nobody could read: without
            lines[:] = [html.escape(line, quote=False) for line in text.rstrip("\n").split("\n")]
    return found


def page(module: Module) -> list:
    """The blocks of a module's page; every line, and every function's lines, bear an anchor."""
    opened: dict[int, list[str]] = {}
    closed: dict[int, int] = {}
    for first, last in _definitions(module.text):
        opened.setdefault(first, []).append(f'<span id="L{first}-L{last}">')
        closed[last] = closed.get(last, 0) + 1
    rows = [
        f'{"".join(opened.get(n, []))}<span id="L{n}" class="line">{line}</span>'
        f"{'</span>' * closed.get(n, 0)}"
        for n, line in enumerate(module.lines, 1)
    ]
    said = f"Source of {module.path}, as it was when this report was made."
    about = ast.para(*ast.words(f"{module.about} {said}".strip()))
    return [about, ast.raw("html", _framed("\n".join(rows)))]


def part(module: Module, called: Called) -> str:
    """The source of a function as HTML, to stand in another page."""
    lines = module.lines[called.first - 1 : called.last]
    return _framed("\n".join(f'<span class="line">{line}</span>' for line in lines), called.first)


def _framed(lines: str, first: int = 1) -> str:
    start = f' style="--first: {first - 1}"' if first > 1 else ""
    code = f'<code class="sourceCode python">{lines}</code>'
    return f'<pre class="sourceCode source"{start}>{code}</pre>'


def _definitions(text: str) -> list[tuple[int, int]]:
    """First and last line of each function, class and method, the outer before the inner."""
    found = []
    for node in _parsed(text).body:
        inner = node.body if isinstance(node, syntax.ClassDef) else []
        for each in (node, *inner):
            if isinstance(each, syntax.FunctionDef | syntax.ClassDef):
                first = min([each.lineno, *(d.lineno for d in each.decorator_list)])
                found.append((first, each.end_lineno))
    return found


@lru_cache(maxsize=256)
def _parsed(text: str) -> syntax.Module:
    return syntax.parse(text)


def index(found: dict[str, Module]) -> list:
    """The blocks of the page that lists the modules, by room."""
    text = "The functions that the notebooks call, as they were when this report was made."
    blocks, room = [ast.para(*ast.words(text))], None
    for path, module in sorted(found.items(), key=lambda each: (each[0].count("/") > 1, each[0])):
        own = path.split("/")[1] if path.count("/") > 1 else ""
        if own != room:
            room, title = own, own.capitalize() or "Notebooks and values"
            blocks.append(
                {"t": "Header", "c": [1, ast.attr(f"room-{own or 'ground'}"), ast.words(title)]}
            )
            blocks.append({"t": "BulletList", "c": []})
        link = ast.link(module.name.partition("/")[2], ast.words(path.rpartition("/")[2]))
        entry = [link, *ast.words(f": {module.about}")] if module.about else [link]
        blocks[-1]["c"].append([ast.plain(entry)])
    return blocks
