"""What a published report says of itself: where code and archive are, who paid, whose interests.

The header states it once; the title block, the text by `{{< meta KEY >}}`, JATS and the page's
metadata show it. A report can be built without, and cannot be released without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from case_review.rendering import ast
from case_review.rendering.authors import People
from case_review.rendering.entries import Entries

#: Addresses, and what each is called in the title block; the report's own is not shown there.
ADDRESSES = {"code": "Code", "archive": "Archived version", "url": ""}
#: Statements that the text shows.
TEXTS = ("funding", "competing-interests", "contributions")
#: What the text shows of something that nobody has stated yet, true in whatever form it is read.
NOT_YET = (
    "Not stated yet; the group that publishes this report writes it at the head of "
    "`report/index.qmd`, as `{key}`."
)
#: What `{{< meta KEY >}}` shows.
SHOWN = (*TEXTS, "code", "archive")
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s<>\"]*")


@dataclass(frozen=True)
class Declared:
    """What the header declares.

    Parameters
    ----------
    addresses
        By key of `ADDRESSES`: of the code, of the archived version, of the page itself.
    texts
        By key of `TEXTS`: Markdown.
    """

    addresses: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def meta(self, made: dict) -> dict:
        """Metadata for templates, beside what was `made` of the authors and the statements.

        `detail` ends with the line of addresses, `author-notes` tells whether there are any.
        """
        found = {key: ast.said(url) for key, url in self.addresses.items()}
        if "contributions" in self.texts and "contributions" not in made:
            found["contributions"] = ast.said(self.texts["contributions"])
        if line := self._line():
            listed = made.get("detail", {"t": "MetaList", "c": []})["c"]
            found["detail"] = {"t": "MetaList", "c": [*listed, {"t": "MetaInlines", "c": line}]}
        if {"correspondent", "competing-interests", "contributions"} & {*made, *found}:
            found["author-notes"] = ast.said("yes")
        return found

    def _line(self) -> list:
        """The title block's line of addresses, as inlines; empty without any."""
        found: list = []
        for key, name in ADDRESSES.items():
            if name and (url := self.addresses.get(key)):
                words = url.removeprefix("https://").removeprefix("http://")
                before = ast.words(f" · {name}: " if found else f"{name}: ")
                found += [*before, ast.link(url, ast.words(words))]
        return found

    def said(self, key: str) -> str:
        """The Markdown that a text shows of one of `SHOWN`; that it is not stated yet, without."""
        if url := self.addresses.get(key):
            return f"<{url}>."
        return self.texts.get(key) or NOT_YET.format(key=key)

    def doi(self) -> str:
        """The DOI of the archived version; empty if its address holds none."""
        found = re.search(r"\b10\.\d{4,9}/\S+", self.addresses.get("archive", ""))
        return found[0] if found else ""


def read(entries: Entries, people: People) -> Declared:
    """What a header declares; contributions follow from the authors' roles if nothing says them.

    Raises
    ------
    ReviewError
        Naming the line of an address that is none, or of a statement that is no text.
    """
    content = entries.content
    # Without a stroke at the end, for files are named behind it.
    given = {key: address(entries, content, key) for key in ADDRESSES if key in content}
    addresses = {key: url.rstrip("/") for key, url in given.items()}
    texts = {key: entries.text(content, key) for key in TEXTS if key in content}
    roles = [f"{each.name}: {', '.join(each.roles)}" for each in people.authors if each.roles]
    if roles:
        texts.setdefault("contributions", f"{'; '.join(roles)}.")
    return Declared(addresses, texts)


def address(entries: Entries, node: dict, key: str) -> str:
    """An entry that must be an address of the web."""
    url = entries.text(node, key)
    if not _ADDRESS.fullmatch(url):
        message = f"`{key}` must be an address that begins with https://, found {url!r}."
        raise entries.error(node, key, message)
    return url


def missing(people: People, declared: Declared) -> Iterator[str]:
    """What a release lacks, each with what to write into the header."""
    if not people.authors:
        yield "`author` is missing: name who answers for the report"
    known = any(author.orcid for author in people.authors)
    for author in people.authors:
        # A group has none, and its name has no parts.
        if not author.orcid and (author.family or not known):
            yield f"author {author.name} has no `orcid`: write it below the name"
        if not author.roles and "contributions" not in declared.texts:
            yield f"author {author.name} has no `roles`: write those of CRediT below the name"
    wanted = {
        "funding": "say who paid, or that nobody did",
        "competing-interests": "say what they are, or that there are none",
        "code": "the address of the repository",
        "archive": "the address under which this version is deposited, best a DOI",
    }
    for key, remedy in wanted.items():
        if key not in declared.texts and key not in declared.addresses:
            yield f"`{key}` is missing: {remedy}"
