"""The files of references and of their style that a manuscript names, checked before rendering."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast
from case_review.rendering.entries import Entries

#: Pandoc's readers of references by the ending of a file.
_READERS = {".bib": "biblatex", ".bibtex": "bibtex", ".json": "csljson"}
#: How an article with a key opens, by the ending of a file.
_ENTRY = r"@(?!comment|string|preamble)\w+\s*[{(]\s*%s\s*,"
_OPENED = {".bib": _ENTRY, ".bibtex": _ENTRY, ".json": r'"id"\s*:\s*"%s"'}
_CSL = "{http://purl.org/net/xbiblio/csl}"
_AT = re.compile(r"line (\d+), column (\d+)\):?\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Sources:
    """The files that `bibliography` and `csl` name.

    Parameters
    ----------
    bibliography, csl
        Paths; none or one for `csl`.
    """

    bibliography: list[Path] = field(default_factory=list)
    csl: list[Path] = field(default_factory=list)


def read(project: Project, entries: Entries, settings: Entries) -> Sources:
    """The files that the header or else `_quarto.yml` names, as Quarto reads them.

    Raises
    ------
    ReviewError
        Naming file and line of an entry whose file does not exist or is none of its kind, of an
        article that stands twice, and of a syntax error.
    """
    found: dict[str, list[Path]] = {}
    for key in ("bibliography", "csl"):
        owner = entries if key in entries.content else settings
        found[key] = _named(project, owner, key) if key in owner.content else []
    _refuse_twice(project, found["bibliography"])
    return Sources(**found)


def _named(project: Project, owner: Entries, key: str) -> list[Path]:
    value = owner.content[key]
    names = owner.texts(owner.content, key)
    lines = [
        owner.line(value, n) if isinstance(value, list) else owner.line(owner.content, key)
        for n in range(len(names))
    ]
    if key == "csl" and len(names) > 1:
        raise owner.refuse(lines[1], "a report has one `csl`.")
    paths: list[Path] = []
    for line, name in zip(lines, names, strict=True):
        path = project.report / name
        if not path.is_file():
            raise owner.refuse(
                line,
                f"{key}: report/{name} does not exist. Put the file there, or correct its name.",
            )
        if path.name in {other.name for other in paths}:
            raise owner.refuse(line, f"{key}: {path.name} is named twice. Rename one of them.")
        problem = _style_problem(path) if key == "csl" else _kind_problem(path)
        if problem:
            raise owner.refuse(line, f"{key}: report/{name} {problem}")
        paths.append(path)
    return paths


def _kind_problem(path: Path) -> str:
    if path.suffix.lower() in _READERS:
        return ""
    return f"is not read: references are files that end in {', '.join(_READERS)}."


def _style_problem(path: Path) -> str:
    """What keeps a file from being a style of the Citation Style Language."""
    advice = "Take a style from https://www.zotero.org/styles."
    try:
        root = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return f"is no CSL style, for it is no XML ({error.msg}). {advice}"
    style = root.getroot()
    if style.tag != f"{_CSL}style":
        return f"is no CSL style: its root is {etree.QName(style).localname}. {advice}"
    parent = style.find(f"{_CSL}info/{_CSL}link[@rel='independent-parent']")
    if style.find(f"{_CSL}citation") is None:
        if parent is not None:
            return f"only points to another style. Take that one: {parent.get('href')}"
        return f"is no CSL style: it does not say how to cite. {advice}"
    return ""


def _refuse_twice(project: Project, paths: list[Path]) -> None:
    """Of two articles with one key pandoc would take the last, without a word."""
    first: dict[str, str] = {}
    for path in paths:
        name = project.shown(path)
        text = _text(path, name)
        lines = text.split("\n")
        counted = Counter()
        for key in _keys(path, text, name):
            counted[key] += 1
            pattern = re.compile(_OPENED[path.suffix.lower()] % re.escape(key), re.IGNORECASE)
            places = [n for n, line in enumerate(lines, 1) if pattern.search(line)] or [1]
            here = f"{name}, line {places[min(counted[key], len(places)) - 1]}"
            if key in first:
                raise ReviewError(
                    f"{here}: the key {key} stands also in {first[key]}. Keep one, or rename it."
                )
            first[key] = here


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ReviewError(f"{name}, line {line}: is no UTF-8 text. Save it as UTF-8.") from None


def _keys(path: Path, text: str, name: str) -> list[str]:
    """The keys of all articles; `path` tells how to read `text`."""
    if not text.strip():
        return []
    try:
        tree = ast.parse(text, _READERS[path.suffix.lower()])
    except ReviewError as error:
        where = _AT.search(str(error))
        line, column = (where[1], f", column {where[2]}") if where else ("1", "")
        problem = " ".join((where[3] if where else str(error)).split())
        raise ReviewError(
            f"{name}, line {line}: the references cannot be read{column}: {problem}. Look for a "
            "brace or a comma that is missing in the entry before."
        ) from None
    listed = tree["meta"].get("references", {"c": []})["c"]
    return [ast.text(entry["c"]["id"]["c"]) or entry["c"]["id"]["c"] for entry in listed]
