"""The header of the manuscript: which entries it may have, and what the report makes of them.

Every entry is obeyed in all forms of the report, or refused with its line. What stands in
`report/_quarto.yml` beside the settings of Quarto is held to the same rules.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast, authors, bibliography, bylines, declarations, letters
from case_review.rendering.entries import Entries

_NAME = "report/index.qmd"
_SETTINGS = "report/_quarto.yml"
#: What the header may say.
KEYS = (
    "title", "subtitle", "author", "authors", "affiliations", "abstract", "keywords", "lang",
    "license", "bibliography", "csl", "nocite", "graphical-abstract",
    *declarations.ADDRESSES, *declarations.TEXTS,
)  # fmt: skip
#: Entries that others know from Quarto or pandoc, and what serves instead.
_INSTEAD = {
    "date": "the report bears the day of its commit, so that one commit gives one report",
    "date-modified": "the report bears the day of its commit",
    "date-format": "days are written as 2 January 2024",
    "format": "the report has all its forms; what is particular to Quarto stands in "
    "report/_quarto.yml",
    "execute": "the manuscript runs no code",
    "jupyter": "the manuscript runs no code",
    "params": "parameters stand in params.yml",
    "toc": "the page always has its contents beside it, the other forms have theirs as bookmarks",
    "toc-depth": "the contents show three levels",
    "number-sections": "sections bear no numbers",
    "acknowledgements": "write a section with the heading Acknowledgements",
    "thanks": "write a section with the heading Acknowledgements",
    "abstract-title": "the abstract is headed Abstract",
    "description": "the first paragraph of the abstract describes the page",
    "copyright": "write it into `text` of `license`",
    "institute": "write `affiliations` below the author",
    "orcid": "write `orcid` below the author",
    "email": "write `email` below the author",
    "link-citations": "citations are always links",
    "reference-section-title": "write a heading above the place of the references, `::: {#refs}`",
    "header-includes": "the style of the report stands in report/styles/",
    "css": "the style of the report stands in report/styles/",
    "categories": "write `keywords`",
    "version": "the report bears the version of the package and its commit",
    "doi": "write the address of the deposited version, `archive: https://doi.org/…`",
    "interests": "write `competing-interests`",
    "repository": "write `code`",
}
#: Entries of report/_quarto.yml that only Quarto reads.
_QUARTO = ("project", "manuscript", "execute", "filters", "format", "quarto-required")
#: Entries there that say what the report does in any case.
_FIXED = {"date-format": "D MMMM YYYY", "link-citations": True, "number-sections": False}
#: Entries that may stand in either file; the header wins.
_SHARED = ("lang", "bibliography", "csl")
#: The report's own words are English, so only its spelling and quotation marks can be chosen.
_REGIONS = ("AU", "CA", "GB", "IE", "IN", "NZ", "US", "ZA")
_LANGUAGE = "en-GB"
_CREATIVE = re.compile(r"CC[ -](BY(?:-NC)?(?:-SA|-ND)?)(?: (\d\.\d))?")
_CC0 = re.compile(r"CC0(?: 1\.0)?")
#: What a title, a keyword and the like may hold.
_IN_TITLES = frozenset(
    ("Str", "Space", "SoftBreak", "Emph", "Strong", "Superscript", "Subscript", "SmallCaps",
     "Strikeout", "Quoted", "SingleQuote", "DoubleQuote", "Code", "Span", "Underline",
     "MetaInlines", "MetaList", "MetaString")
)  # fmt: skip
#: What an abstract may not hold, by the name of pandoc's element.
_NOT_IN_ABSTRACTS = {
    "Header": "a heading; open its paragraphs with bold words, `**Background.**`",
    "Table": "a table",
    "Figure": "a picture",
    "Image": "a picture",
    "CodeBlock": "a block of code",
    "Div": "a fenced div or an embedded cell",
    "Note": "a footnote",
    "HorizontalRule": "a rule",
}


@dataclass(frozen=True)
class Header:
    """A checked header.

    Parameters
    ----------
    entries
        Its entries, which know their lines.
    lang
        The language of the report, such as `en-GB`.
    people
        The authors and their institutions.
    licence
        Its text and its address, each empty where not stated.
    declared
        Addresses of code and archive, funding, interests and contributions.
    sources
        The files of `bibliography` and `csl`.
    """

    entries: Entries = field(default_factory=lambda: Entries(_NAME, {}))
    lang: str = _LANGUAGE
    people: authors.People = field(default_factory=authors.People)
    licence: tuple[str, str] = ("", "")
    declared: declarations.Declared = field(default_factory=declarations.Declared)
    sources: bibliography.Sources = field(default_factory=bibliography.Sources)

    def settle(self, meta: dict) -> dict:
        """The metadata of a manuscript as the templates of all forms use them.

        Raises
        ------
        ReviewError
            For a title, keyword or abstract that holds what some form cannot show there.
        """
        for key in ("title", "subtitle", "keywords", *declarations.TEXTS):
            if key in meta:
                meta = {**meta, key: _in_one(meta[key])}
            for kind in _kinds(meta.get(key, {})):
                if kind not in _IN_TITLES:
                    raise self.entries.error(
                        self.entries.content, key,
                        f"`{key}` holds plain and emphasised text and results, not a {kind} of "
                        "pandoc. Write it as text, in one paragraph, with quotation marks around "
                        "words such as yes and no.",
                    )  # fmt: skip
        for kind in _kinds(meta.get("abstract", {})):
            if kind in _NOT_IN_ABSTRACTS:
                message = f"an abstract cannot hold {_NOT_IN_ABSTRACTS[kind]}."
                raise self.entries.error(self.entries.content, "abstract", message)
        kept = ("title", "subtitle", "abstract", "keywords", "nocite", *declarations.TEXTS)
        made = {key: meta[key] for key in kept if key in meta}
        made |= bylines.meta(self.people)
        made |= self.declared.meta(made)
        made["lang"] = ast.said(self.lang)
        for key, text in zip(("licence-text", "licence-link"), self.licence, strict=True):
            if text:
                made[key] = {"t": "MetaInlines", "c": [{"t": "Str", "c": text}]}
        if self.licence[1].startswith("https://creativecommons.org/"):
            made["licence-open"] = ast.said("yes")
        return made


def _in_one(entry: dict) -> dict:
    """A text of one paragraph, which YAML's `|` and `>` make, as inlines."""
    blocks = entry["c"] if entry["t"] == "MetaBlocks" else []
    if [block["t"] for block in blocks] in (["Para"], ["Plain"]):
        return {"t": "MetaInlines", "c": blocks[0]["c"]}
    return entry


def _kinds(node) -> Iterator[str]:
    """The kinds of all elements in metadata."""
    if isinstance(node, list):
        for item in node:
            yield from _kinds(item)
    elif isinstance(node, dict):
        if isinstance(node.get("t"), str):
            yield node["t"]
        for value in node.values():
            yield from _kinds(value)


def read(project: Project, source: list[str]) -> Header:
    """Read and check the header of the manuscript whose lines are `source`.

    Raises
    ------
    ReviewError
        Naming file and line of what cannot be obeyed, of an entry that is not known with the
        nearest that is, and line and column of what is no YAML.
    """
    entries = Entries.of(_NAME, _text(source))
    path = project.report / "_quarto.yml"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    settings = Entries.of(_SETTINGS, text)
    _refuse_settings(settings)
    _refuse_later_headers(entries, source)
    content = entries.content
    for key in content:
        if key not in KEYS:
            raise entries.error(content, key, _not_known(str(key), KEYS, _INSTEAD))
    if "title" not in content:
        raise entries.refuse(1, "the header has no title. Write `title: …` below its first line.")
    for key in ("title", "subtitle", "abstract", "nocite", "graphical-abstract"):
        if key in content:
            entries.text(content, key)
    _refuse_keywords(entries)
    people = authors.read(entries)
    language = settings if "lang" in settings.content and "lang" not in content else entries
    return Header(
        entries,
        _language(language),
        people,
        _licence(entries),
        declarations.read(entries, people),
        bibliography.read(project, entries, settings),
    )


def require_complete(project: Project) -> None:
    """Refuse to release a report that does not say who made it, with whose money, and where it is.

    Raises
    ------
    ReviewError
        With everything that the header of the manuscript lacks.
    """
    text = letters.text_of(project.report / "index.qmd", _NAME)
    found = read(project, text.splitlines())
    if lacks := list(declarations.missing(found.people, found.declared)):
        listed = "\n".join(f"  - {each}" for each in lacks)
        raise ReviewError(
            f"{_NAME}: a release needs in its header what readers and archives ask for:\n{listed}\n"
            "Fill it in, commit, and type `make release` again; `make report` works without."
        )


def _text(source: list[str]) -> str:
    """The YAML header of a manuscript; its lines keep their numbers."""
    entries = Entries(_NAME, {})
    if source and source[0].startswith("\ufeff"):
        source = [source[0].removeprefix("\ufeff"), *source[1:]]
    if not source or source[0].rstrip() != "---":
        raise entries.refuse(
            1, "the manuscript must begin with a header between two lines of `---`, with its title."
        )
    ends = (n for n, line in enumerate(source[1:], 1) if line.rstrip() in ("---", "..."))
    end = next(ends, None)
    if end is None:
        raise entries.refuse(1, "the header does not end. Close it with a line of `---`.")
    return "\n".join(["", *source[1:end]])


def _refuse_later_headers(entries: Entries, source: list[str]) -> None:
    """Pandoc would let a second header, anywhere in the text, overrule the first."""
    marks = [n for n, line in enumerate(source) if line.rstrip() in ("---", "...")]
    for start, end in pairwise(marks[2:]):
        opened = source[start].rstrip() == "---" and not source[start - 1].strip()
        inside = [line for line in source[start + 1 : end] if line.strip()]
        if opened and source[start + 1].strip() and all(_SETS.match(line) for line in inside):
            raise entries.refuse(
                start + 1,
                "a second header. Move its entries into the first, or write `***` for a rule.",
            )


_SETS = re.compile(r"\s|-\s|#|[\w-]+:(\s|$)")


def _refuse_settings(settings: Entries) -> None:
    known = (*_QUARTO, *_FIXED, *_SHARED)
    for key, value in settings.content.items():
        if key in KEYS and key not in known:
            message = f"`{key}` belongs into the header of {_NAME}; here only Quarto would see it."
            raise settings.error(settings.content, key, message)
        if key not in known:
            raise settings.error(settings.content, key, _not_known(str(key), known, _INSTEAD))
        if key in _FIXED and value != _FIXED[key]:
            message = f"`{key}` cannot be changed: {_INSTEAD[key]}. Remove the entry."
            raise settings.error(settings.content, key, message)
        if key == "execute" and value != {"enabled": False}:
            message = "`execute` must say `enabled: false` alone: the manuscript runs no code."
            raise settings.error(settings.content, key, message)


def _not_known(key: str, known: tuple[str, ...], instead: dict[str, str]) -> str:
    if key in instead:
        return f"`{key}` is not supported: {instead[key]}. Remove the entry."
    near = difflib.get_close_matches(key, known, 1, 0.5)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return f"`{key}` is not known.{hint} Known are {', '.join(sorted(known))}."


def _refuse_keywords(entries: Entries) -> None:
    words = entries.content.get("keywords")
    if words is None and "keywords" not in entries.content:
        return
    if isinstance(words, str) and re.search("[,;]", words):
        message = "several `keywords` are a list: `keywords: [one, another]`."
        raise entries.error(entries.content, "keywords", message)
    entries.texts(entries.content, "keywords")


def _language(entries: Entries) -> str:
    if "lang" not in entries.content:
        return _LANGUAGE
    code = entries.text(entries.content, "lang").replace("_", "-")
    language, _, region = code.partition("-")
    if language.lower() != "en" or (region and region.upper() not in _REGIONS):
        regions = ", ".join(f"en-{region}" for region in _REGIONS)
        raise entries.error(
            entries.content, "lang",
            f"`lang: {code}` is not supported: the words that the report adds (Table, Abstract, "
            f"the names of months, the appendix) are English. Write en, {regions}.",
        )  # fmt: skip
    return f"en-{region.upper()}" if region else "en"


def _licence(entries: Entries) -> tuple[str, str]:
    """Text and address, from a text or a map of both; Creative Commons' addresses are known."""
    content = entries.content
    if "license" not in content:
        return "", ""
    if not isinstance(content["license"], dict):
        text, url = entries.text(content, "license"), ""
    else:
        parts = content["license"]
        entries.known(parts, ("text", "url"), "a licence")
        if "text" not in parts:
            raise entries.error(
                content, "license", "a licence needs its `text`, such as CC BY 4.0."
            )
        text = entries.text(parts, "text")
        url = declarations.address(entries, parts, "url") if "url" in parts else ""
    if not url and (named := _CREATIVE.fullmatch(text)):
        url = f"https://creativecommons.org/licenses/{named[1].lower()}/{named[2] or '4.0'}/"
    elif not url and _CC0.fullmatch(text):
        url = "https://creativecommons.org/publicdomain/zero/1.0/"
    return text, url
