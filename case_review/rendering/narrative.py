"""What a notebook says between its code: Markdown as Jupyter shows it, and where its links lead.

Formulas, pictures from files or pasted into a cell, simple HTML and links between notebooks are
shown; what a page cannot show or reach is named, on the page and on the command line.
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from case_review.parameters import cell_options
from case_review.project import Project, sha256
from case_review.rendering import ast, foreign
from case_review.rendering.cells import Notebooks

#: Markdown as Jupyter takes it: a list or a heading needs no empty line before it.
READER = (
    "markdown-citations-yaml_metadata_block-raw_attribute-implicit_figures-blank_before_header"
    "-blank_before_blockquote+lists_without_preceding_blankline+autolink_bare_uris"
)
_AS_HTML = "html+tex_math_single_backslash"
#: Definitions of notes and links, which hold for their own cell only.
_OWN = re.compile(r"^ {0,3}\[[^\]\n]+\]:", re.MULTILINE)
_SCHEMES = ("http", "https", "mailto", "doi")
_PICTURES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
    ".webp": "image/webp", ".svg": "image/svg+xml",
}  # fmt: skip
_DATA = re.compile(rf"data:(?:{'|'.join(map(re.escape, _PICTURES.values()))});base64,")
#: Bytes of a picture that a page holds at most.
_LARGEST = 5_000_000
#: Pages of the site that stand for files and folders of the project.
_PAGES = {
    "report/index.qmd": "index.html", "notebooks": "notebooks/index.html",
    "data": "data/index.html", "data/raw": "data/index.html", "data/clean": "data/index.html",
    "data/raw/README.md": "data/index.html",
}  # fmt: skip
#: Elements whose class says how they are coloured; others would take the look of report's parts.
_CODE = ("Code", "CodeBlock")


def parse(texts: list[str], reader: str = READER) -> list[list]:
    """The blocks of several texts in Markdown, without raw HTML and TeX."""
    alone = [bool(_OWN.search(text)) for text in texts]
    together = iter(
        ast.parse_many([t for t, own in zip(texts, alone, strict=True) if not own], reader)
    )
    found = [
        ast.parse(text, reader)["blocks"] if own else next(together)
        for text, own in zip(texts, alone, strict=True)
    ]
    return [_without_html(ast.walk(blocks, foreign.tex)) for blocks in found]


def _without_html(blocks: list) -> list:
    raw: list = []
    ast.walk(
        blocks, lambda node: raw.append(node) if node["t"] in ("RawInline", "RawBlock") else None
    )
    if not raw:
        return blocks
    arguments = ["-f", "json", "-t", "html-task_lists", "--mathjax", "--syntax-highlighting=none"]
    text, _ = ast.pandoc(arguments, json.dumps(ast.document(blocks)))
    found, lost = foreign.html(text, _AS_HTML)
    return [*found, left_out(lost)] if lost else found


def left_out(what: list[str]) -> dict:
    """The note that a page does not show something."""
    words = f"This page does not show what needs a program or a player ({', '.join(what)}); "
    words += "the notebook has it."
    return ast.div([ast.para(*ast.words(words))], classes=["cell-places"])


class Place:
    """A cell of a notebook: what its links and pictures mean from there.

    Parameters
    ----------
    notebooks
        All executed notebooks.
    name, number
        The notebook, and the cell's number in it from 1.
    anchors
        Places on the page by what Jupyter or pandoc calls them, see `anchors`.
    on_site
        Where a file of the project, by its path, lies on the site; empty if it does not.
    attachments
        Pictures pasted into the cell.
    """

    def __init__(
        self,
        notebooks: Notebooks,
        name: str,
        number: int,
        anchors: dict[str, str],
        on_site: Callable[[str], str],
        attachments: dict | None = None,
    ):
        self.notebooks, self.project = notebooks, notebooks.project
        self.name, self.number, self.anchors = name, number, anchors
        self.on_site, self.attachments = on_site, attachments or {}

    def settled(self, blocks: list) -> list:
        """`blocks` whose links lead to places of the site and whose pictures are in the page."""
        return _plain(ast.walk(blocks, self._settle))

    def _settle(self, node: dict) -> dict | list | None:
        if node["t"] == "Image":
            return self._picture(node)
        if node["t"] == "Link":
            attributes, text, (url, title) = node["c"]
            text = ast.walk(text, self._settle)
            target, note = self._target(url)
            if target is None:
                return [*text, *ast.words(f" ({note})")]
            return {"t": "Link", "c": [attributes, text, [target, title]]}
        return None

    def _picture(self, node: dict) -> dict | list:
        attributes, text, (url, title) = node["c"]
        data, note = self._data(url)
        if data is None:
            said = ast.text(text)
            return [*ast.words(f"[picture{f' “{said}”' if said else ''}: {note}]")]
        return {"t": "Image", "c": [attributes, text or ast.words("Picture"), [data, title]]}

    def _data(self, url: str) -> tuple[str | None, str]:
        """A picture as the address of its own content, or why it cannot be shown."""
        if _DATA.match(url):
            return url, ""
        scheme, _, rest = url.partition(":")
        if scheme == "attachment":
            kinds = self.attachments.get(unquote(rest), {})
            for kind in _PICTURES.values():
                if kind in kinds:
                    return _address(kind, "".join(kinds[kind])), ""
            return None, self._said(f"{rest} is not among the cell's attachments")
        if urlsplit(url).scheme or url.startswith("//"):
            return None, self._said(f"{url[:200]} is not in the project, and a page loads nothing")
        path, shown = self._file(url)
        kind = _PICTURES.get(posixpath.splitext(shown)[1].lower())
        if path is None or not path.is_file():
            return None, self._said(f"{shown}: there is no such file in the project")
        if kind is None:
            return None, self._said(f"{shown} is not a PNG, JPEG, GIF, WebP or SVG file")
        if path.stat().st_size > _LARGEST:
            return None, self._said(f"{shown} has more than {_LARGEST:,} bytes")
        return _address(kind, encoded(path.read_bytes())), ""

    def _target(self, url: str) -> tuple[str | None, str]:
        """Where a link leads on the site, or why it leads nowhere."""
        parts = urlsplit(url)
        if parts.scheme in _SCHEMES:
            return url, ""
        if parts.scheme or url.startswith("//"):
            return None, self._said(f"{url[:200]}: a page does not lead there")
        if not parts.path:
            anchor = self.anchors.get(key(parts.fragment))
            if anchor is None and parts.fragment:
                return None, self._said(f"#{parts.fragment}: there is no such heading or label")
            return f"#{anchor or 'top'}", ""
        path, shown = self._file(parts.path)
        if path is None or not path.exists():
            return None, self._said(f"{shown}: there is no such file in the project")
        if path.parent == self.project.notebooks and path.suffix == ".ipynb":
            return self._notebook(path.stem, parts.fragment)
        if found := _PAGES.get(shown) or self.on_site(shown):
            return f"../{quote(found)}", ""
        return None, f"{shown} in the project's folder"

    def _notebook(self, name: str, fragment: str) -> tuple[str | None, str]:
        if name not in self.notebooks.names():
            return None, self._said(f"{name}.ipynb was not run")
        if not fragment:
            return f"{name}.html", ""
        self._ask(self.project.relative(self.project.executed / f"{name}.ipynb"))
        anchor = anchors(self.notebooks, name).get(key(fragment))
        if anchor is None:
            return None, self._said(f"{name}.ipynb has no heading or label {fragment}")
        return f"{name}.html#{anchor}", ""

    def _file(self, url: str) -> tuple[Path | None, str]:
        """A file that a notebook names from its folder; None if it lies outside the project."""
        root = self.project.root
        joined = posixpath.normpath(posixpath.join("notebooks", unquote(urlsplit(url).path)))
        path = root / joined
        self._ask(joined)
        if joined.startswith(("..", "/")) or not path.resolve().is_relative_to(root.resolve()):
            return None, joined
        return path, joined

    def _ask(self, path: str) -> None:
        """Note that the page rests on what a file or folder of the project is."""
        self.notebooks.asked.setdefault(path, state(self.project, path))

    def _said(self, problem: str) -> str:
        line = f"notebook {self.name}, cell {self.number}: {problem}"
        self.notebooks.said.append(line)
        tell(line)
        return problem


def tell(line: str) -> None:
    """Tell the user what a page cannot show or reach."""
    print(line, file=sys.stderr)


def state(project: Project, path: str) -> str:
    """What a file or folder is that a page names by its path in the project."""
    place = project.root / path
    if path.startswith(("..", "/")) or not place.resolve().is_relative_to(project.root.resolve()):
        return "outside"
    return sha256(place) if place.is_file() else "folder" if place.exists() else "missing"


def encoded(content: bytes) -> str:
    """Bytes as addresses of pictures hold them."""
    return base64.b64encode(content).decode("ascii")


def _address(kind: str, data: str) -> str:
    return f"data:{kind};base64,{''.join(data.split())}"


def anchors(notebooks: Notebooks, name: str) -> dict[str, str]:
    """The places on a notebook's page: its headings and the labels of its cells, by `key`."""
    cells = notebooks.notebook(name).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    headings = [b for blocks in parse(texts) for b in blocks if b["t"] == "Header"]
    found: dict[str, str] = {}
    first = True
    for block in headings:
        level, (id, *_), inlines = block["c"]
        # The first of the highest level becomes the page's title.
        target = "top" if first and level == 1 else f"section-{id}"
        first = first and level != 1
        found.setdefault(key(ast.text(inlines)), target)
        found.setdefault(key(id), target)
    for cell in cells:
        label = cell_options.label(cell.source) if cell.cell_type == "code" else ""
        found |= {key(label): label} if label else {}
    return found


def key(text: str) -> str:
    """What headings and references to them are compared by: letters and digits alone."""
    return re.sub(r"[\W_]+", "", unquote(text).casefold())


def _plain(node):
    """A tree without the names, classes and attributes that could meet those of the page."""
    if isinstance(node, list):
        return _attributes(node) if _is_attributes(node) else [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    new = {name: _plain(value) for name, value in node.items()}
    if node.get("t") == "Header":
        new["c"][1][0] = node["c"][1][0]
    elif node.get("t") in _CODE:
        new["c"][0][1] = node["c"][0][1][:1]
    return new


def _is_attributes(node: list) -> bool:
    return (
        len(node) == 3
        and isinstance(node[0], str)
        and all(isinstance(part, list) for part in node[1:])
        and all(isinstance(name, str) for name in node[1])
        and all(isinstance(pair, list) and len(pair) == 2 for pair in node[2])
    )


def _attributes(node: list) -> list:
    kept = dict(node[2])
    style = foreign.look(kept.get("style", ""))
    sizes = [
        [name, kept[name]]
        for name in ("width", "height")
        if re.fullmatch(r"\d+(?:px|%)?", kept.get(name, ""))
    ]
    return ["", [], [*sizes, *([["style", style]] if style else [])]]
