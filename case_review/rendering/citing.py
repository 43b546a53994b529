"""How the report is cited: a sentence, files for reference managers, words for search engines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from case_review import __version__
from case_review.build import made
from case_review.build.revision import revision
from case_review.files import write_text
from case_review.project import Project
from case_review.rendering import ast
from case_review.rendering.authors import Author, People
from case_review.rendering.declarations import Declared
from case_review.rendering.header import Header

#: The files, and what the page calls them.
FILES = {"index.bib": "BibTeX", "index.ris": "RIS"}


@dataclass(frozen=True)
class Citation:
    """What a reader needs to cite the report.

    Parameters
    ----------
    title
        In plain text.
    people
        The authors.
    day
        Of the commit.
    version
        That of the package; a draft's commit is the page's to tell.
    declared
        Addresses of archive, code and page.
    language
        Such as `en-GB`.
    keywords
        Plain texts.
    """

    title: str
    people: People
    day: date
    version: str
    declared: Declared
    language: str = "en-GB"
    keywords: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where the report is found: the archived version, else the page; empty for neither."""
        known = self.declared.addresses
        return known.get("archive") or known.get("url", "")

    def sentence(self) -> str:
        """Authors, title, version, day and address."""
        names = ", ".join(author.name for author in self.people.authors)
        parts = [names, self.title, f"Version {self.version}", f"{self.day:%-d %B %Y}"]
        return f"{'. '.join(part for part in [*parts, self.address] if part)}."

    def ris(self) -> str:
        """The report in the format that reference managers exchange, as a report (RPRT)."""
        day = f"{self.day:%Y/%m/%d}"
        lines = [("TY", "RPRT"), *(("AU", _inverted(a)) for a in self.people.authors)]
        lines += [("TI", self.title), ("PY", f"{self.day:%Y}"), ("DA", day), ("ET", self.version)]
        lines += [("KW", word) for word in self.keywords]
        lines += [("LA", self.language), ("DO", self.declared.doi()), ("UR", self.address)]
        return "".join(f"{tag}  - {text}\r\n" for tag, text in lines if text) + "ER  - \r\n"

    def bibtex(self) -> str:
        """The same as BibTeX, as pandoc writes it."""
        given = {
            "id": f"report{self.day:%Y}",
            "type": "report",
            "title": _cased(self.title),
            "author": [_name(author) for author in self.people.authors],
            "issued": {"date-parts": [[self.day.year, self.day.month, self.day.day]]},
            "version": self.version,
            "note": f"Version {self.version}",
            "DOI": self.declared.doi(),
            "URL": self.address,
            "language": self.language,
        }
        text = json.dumps([{key: value for key, value in given.items() if value}])

        def make() -> bytes:
            return ast.pandoc(["-f", "csljson", "-t", "bibtex"], text)[0].encode("utf-8")

        parts: list[made.Part] = [made.version("pypandoc_binary"), text]
        return made.recall("bibtex", parts, make).decode("utf-8")

    def write(self, out: Path) -> None:
        """Write the files of `FILES` into the folder `out`."""
        write_text(out / "index.bib", self.bibtex())
        (out / "index.ris").write_bytes(self.ris().encode("utf-8"))


def of(project: Project, meta: dict, header: Header) -> Citation:
    """How a report is cited; `meta` has the texts of its results in their places."""
    return Citation(
        ast.meta_text(meta.get("title")),
        header.people,
        revision(project).day,
        __version__,
        header.declared,
        header.lang,
        tuple(ast.meta_texts(meta.get("keywords"))),
    )


def references(blocks: list) -> dict:
    """The cited works of a finished tree as metadata, each the text of its entry in the list."""
    found: list[dict] = []

    def collect(node: dict) -> list | None:
        if node["t"] != "Div" or "csl-entry" not in node["c"][0][1]:
            return None
        # Without its number, which a style sets apart.
        words = ast.walk(node["c"][1], lambda part: [] if _is_number(part) else None)
        texts = (ast.text(block["c"]) for block in words if block["t"] in ("Para", "Plain"))
        found.append(ast.said(" ".join(" ".join(texts).split())))
        return [node]

    ast.walk(blocks, collect)
    return {"t": "MetaList", "c": found}


def _is_number(part: dict) -> bool:
    return part["t"] == "Span" and "csl-left-margin" in part["c"][0][1]


def _cased(title: str) -> str:
    """A title whose first word keeps its capitals: pandoc protects those of the others alone."""
    first, blank, rest = title.partition(" ")
    if first[1:] == first[1:].lower():
        return title
    return f'<span class="nocase">{first}</span>{blank}{rest}'


def _inverted(author: Author) -> str:
    """A name as RIS wants it: family name first where the parts are known."""
    return f"{author.family}, {author.given}" if author.given else author.name


def _name(author: Author) -> dict[str, str]:
    if author.family:
        return {"family": author.family, "given": author.given}
    return {"literal": author.name}
