"""Where links of the manuscript lead, and the order of its headings: checked before rendering."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from case_review.build import published
from case_review.build.dependencies import notebook_names
from case_review.project import Project
from case_review.rendering import ast, provenance

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: The page's title is its first heading, and HTML has six levels.
_DEEPEST = 5
_SCHEMES = ("http", "https", "mailto")
#: Ids that the forms of the report use themselves.
_TAKEN = frozenset(
    (
        "content",
        "toc",
        "abstract-title",
        "beside",
        "provenance",
        "provenance-card",
        "correspondence",
    )
)
_NOTE = re.compile(r"fn(ref)?\d+|aff-\d+")
#: What XML admits as an id, without its colon.
_ID = re.compile(r"[^\W\d][\w.-]*")
#: Elements that bear an id, by the place of their attributes.
_WITH_ID = frozenset(("Header", "Div", "Span", "Link", "Image", "Figure", "Table", "Code"))
#: The forms and pages of every site.
_PAGES = frozenset(
    ("index.html", "supplement.html", "index.pdf", "supplement.pdf", "index.docx",
     "index.jats.xml", "index.bib", "index.ris",
     "notebooks/index.html", "data/index.html", "data/SHA256SUMS", "quality/index.html")
)  # fmt: skip
_ATX = re.compile(r" {0,3}(#{1,6})(?:\s|$)")
_UNDERLINED = re.compile(r" {0,3}(=+|-+)\s*$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")


def check(project: Project, found: Manuscript) -> None:
    """Refuse headings out of order, ids that stand twice, and links that lead nowhere.

    Raises
    ------
    ReviewError
        Naming the line, and the nearest thing that is there.
    """
    headings = list(_headings(found.tree["blocks"]))
    lines = dict(zip(map(id, headings), _lines(found.source, headings), strict=True))
    _refuse_levels(found, headings, lines)
    ids = _ids(found, lines)
    for node in _nodes(found.tree, ("Link",)):
        (_, classes, _), words, (target, _) = node["c"]
        if "crossref" not in classes and target.removeprefix("#") not in found.problems.lost:
            with found.problems.each():
                _refuse_nowhere(project, found, ids, target, ast.text(words))


def _headings(blocks: list) -> Iterator[dict]:
    """Headings in their order; the first one in a callout is its title."""
    for block in blocks:
        if block["t"] == "Header":
            yield block
        elif block["t"] == "Div" and not any(c.startswith("callout-") for c in block["c"][0][1]):
            yield from _headings(block["c"][1])


def _lines(source: list[str], headings: list[dict]) -> list[int]:
    """The line of each heading: the next one in the source with its level and its first word."""
    places = list(_marked(source))
    found, start = [], 0
    for heading in headings:
        level, _, words = heading["c"]
        first = re.findall(r"\w+", ast.text(words))[:1]
        own = (
            n
            for n, (_, marked, text) in enumerate(places[start:], start)
            if marked == level and all(word in text for word in first)
        )
        at = next(own, None)
        found.append(places[at][0] if at is not None else places[start - 1][0] if start else 1)
        start = start if at is None else at + 1
    return found


def _marked(source: list[str]) -> Iterator[tuple[int, int, str]]:
    """Line, level and text of what looks like a heading, outside of header and code."""
    fence, ends = "", [n for n, line in enumerate(source) if n and line.rstrip() in ("---", "...")]
    for number, line in enumerate(source[ends[0] + 1 :] if ends else source):
        at = number + (ends[0] + 2 if ends else 1)
        if mark := _FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif not fence and (marks := _ATX.match(line)):
            yield at, len(marks[1]), line
        elif not fence and _UNDERLINED.match(line) and at > 1 and source[at - 2].strip():
            yield at - 1, 1 if "=" in line else 2, source[at - 2]


def _refuse_levels(found: Manuscript, headings: list[dict], lines: dict[int, int]) -> None:
    """No level is left out, which readers of screens rely on and PDF/UA demands."""
    before = 0
    for heading in headings:
        level, _, words = heading["c"]
        line, shown = lines[id(heading)], f"{'#' * level} {ast.text(words)}".strip()
        if not ast.text(words).strip():
            message = "a heading without words. Write some, or remove it."
            found.problems.note(found.refuse_at(line, message))
        if level > _DEEPEST:
            message = f"'{shown}': headings have at most {_DEEPEST} levels."
            found.problems.note(found.refuse_at(line, message))
        if level > before + 1:
            after = f"a heading of level {before}" if before else "the title, so it must be `#`"
            advice = f" Write {'#' * (before + 1)}." if before else ""
            message = f"'{shown}' skips a level: it is the first after {after}.{advice}"
            found.problems.note(found.refuse_at(line, message))
        before = level


def _nodes(node, kinds) -> Iterator[dict]:
    """All elements of some kinds, in their order."""
    return (each for each in ast.each(node) if each["t"] in kinds)


def _ids(found: Manuscript, lines: dict[int, int]) -> set[str]:
    """The ids of the manuscript, which links may lead to; one that stands twice is refused."""
    own: set[str] = set(found.exhibits)
    taken = _TAKEN | {provenance.anchor(result) for result in found.used.values()}
    nodes = list(_nodes(found.tree["blocks"], _WITH_ID))
    taken |= {f"toc-{node['c'][1][0]}" for node in nodes if node["t"] == "Header"}
    cited = {f"ref-{key}" for key in _cited(found)}
    for node in nodes:
        attributes = node["c"][1] if node["t"] == "Header" else node["c"][0]
        label = attributes[0]
        if not label or "cr-embed" in attributes[1]:
            continue
        line = lines.get(id(node)) or _line(found.source, f"#{label}", own, label)
        other = "Give it another one: `{#other}`."
        with found.problems.each():
            if label in own:
                raise found.refuse_at(line, f"the id {label} stands twice. {other}")
            if label in taken or label in cited or _NOTE.fullmatch(label):
                raise found.refuse_at(line, f"the report itself uses the id {label}. {other}")
            if not _ID.fullmatch(label):
                raise found.refuse_at(
                    line,
                    f"'{label}' is no id: it begins with a letter, and goes on with letters, "
                    "digits, hyphens, dots and underscores.",
                )
        own.add(label)
    return own | cited | {provenance.anchor(result) for result in found.used.values()}


def _line(source: list[str], needle: str, own: set[str], label: str) -> int:
    """The line of an id; that of its second place if it stands there already."""
    whole = re.compile(re.escape(needle) + r"(?![\w.-])")
    places = [n for n, line in enumerate(source, 1) if whole.search(line)]
    return places[min(label in own, len(places) - 1)] if places else 1


def _cited(found: Manuscript) -> set[str]:
    cites = _nodes([found.tree["blocks"], found.tree["meta"]], ("Cite",))
    return {citation["citationId"] for cite in cites for citation in cite["c"][0]}


def _refuse_nowhere(
    project: Project, found: Manuscript, ids: set[str], target: str, words: str
) -> None:
    text = "\n".join(found.source)
    spelt = [f"{start}{each}" for start in ("](", "](<", "") for each in (unquote(target), target)]
    needle = next((each for each in spelt if each in text), "")
    shown = f"the link '{words}'" if words else "a link without words"
    if not target:
        raise found.refuse(f"[{words}]()", f"{shown} leads nowhere. Write an address.")
    if not words.strip():
        raise found.refuse(needle, f"{shown} leads to {target}. Write what it is called.")
    try:
        parts = urlsplit(target)
    except ValueError:
        raise found.refuse(needle, f"{shown}: {target} is no address.") from None
    if target.startswith("#"):
        if unquote(target[1:]) not in ids:
            near = difflib.get_close_matches(target[1:], ids, 1)
            hint = f" Did you mean #{near[0]}?" if near else " Give the place an id: `{#id}`."
            raise found.refuse(needle, f"{shown} leads to {target}, which nothing bears.{hint}")
    elif parts.scheme or target.startswith("//"):
        problem = _address_problem(target, parts)
        if problem:
            raise found.refuse(needle, f"{shown}: {target} {problem}")
    elif not _in_site(project, unquote(parts.path)):
        raise found.refuse(
            needle,
            f"{shown} leads to {target}, which is no file of the site. Link to what the site has "
            "(exhibits/LABEL.csv, notebooks/NAME.html, data/raw/FILE, data/index.html), or to an "
            "address on the web.",
        )


def _address_problem(target: str, parts) -> str:
    if parts.scheme not in _SCHEMES:
        return f"is not admitted: addresses begin with {', '.join(_SCHEMES)}."
    if re.search(r"[\s<>\"{}|\\^`]", target):
        return "holds a character that no address has. Write it as %, and its code."
    if parts.scheme == "mailto":
        return "" if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", parts.path) else "is no address."
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no address."
    good = host and re.fullmatch(r"[^\W_](?:[\w.-]*\w)?\.?", host) and ".." not in host
    return "" if good else "names no machine."


def _in_site(project: Project, path: str) -> bool:
    """Whether the site will have a file; folders have none of their own."""
    folder, _, name = path.partition("/")
    if path in _PAGES:
        return True
    if folder == "exhibits":
        made = published.made(project, project.exhibits)
        return "/" not in name and project.exhibits / name in made
    if folder == "notebooks":
        return name in {f"{notebook}.html" for notebook in notebook_names(project)}
    if folder == "data":
        return path in {project.relative(table) for table in published.data(project)}
    return False
