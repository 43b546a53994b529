"""Authors in the title block of every form, and for machines that read the page."""

from __future__ import annotations

from pathlib import Path

from case_review.rendering import ast
from case_review.rendering.authors import PLACE, Author, People

#: What a paragraph of the title block is in a Word file.
_LINE = '<w:p><w:pPr><w:pStyle w:val="Author"/></w:pPr>%s</w:p>'
_SMALL = '<w:p><w:pPr><w:pStyle w:val="AuthorDetail"/></w:pPr>%s</w:p>'
#: Names with raised marks in one line, then institutions and details, for pandoc's template.
_WORD = (
    _LINE % "$for(byline)$$byline.name$$byline.raised$$sep$"
    '<w:r><w:t xml:space="preserve">, </w:t></w:r>$endfor$'
    + "$for(place)$" + _SMALL % "$place.raised$$place.words$" + "$endfor$"
    + "$for(detail)$" + _SMALL % "$detail$" + "$endfor$\n"
)  # fmt: skip


def meta(people: People) -> dict:
    """Metadata for pandoc: plain `author`, and `byline`, `place`, `detail` for templates."""
    if not people.authors:
        return {}
    made = {
        "author": [ast.said(author.name) for author in people.authors],
        "byline": [_byline(people, author) for author in people.authors],
        "place": [_place(number, place) for number, place in enumerate(people.places, 1)],
        "detail": [{"t": "MetaInlines", "c": line} for line in details(people)],
        "correspondent": [_entry(author) for author in people.authors if author.corresponding],
    }
    return {key: {"t": "MetaList", "c": entries} for key, entries in made.items() if entries}


def _byline(people: People, author: Author) -> dict:
    entry = _entry(author)
    places = ((str(n), _words(people.places[n - 1])) for n in author.places)
    listed = [_mapped({"number": n, "of": words}, "") for n, words in places]
    for key, items in (("places", listed), ("roles", [*map(ast.said, author.roles)])):
        if items:
            entry["c"][key] = {"t": "MetaList", "c": items}
    return entry


def details(people: People) -> list[list]:
    """The lines below names and institutions, as inlines."""
    groups = {
        "* Correspondence": [_reached(each) for each in people.authors if each.corresponding],
        "E-mail": [
            _reached(each) for each in people.authors if each.email and not each.corresponding
        ],
        "ORCID": [
            [*ast.words(f"{each.name} "), ast.link(each.orcid_url, ast.words(each.orcid))]
            for each in people.authors
            if each.orcid
        ],
        "Contributions": [
            ast.words(f"{each.name}, {', '.join(each.roles)}")
            for each in people.authors
            if each.roles
        ],
    }
    lines = []
    for name, items in groups.items():
        joined: list = []
        for item in items:
            joined += [*(ast.words("; ") if joined else ast.words(f"{name}: ")), *item]
        lines += [joined] if joined else []
    return lines


def described(people: People) -> list[dict]:
    """The authors in the words of schema.org."""
    found = []
    for author in people.authors:
        person: dict = {"name": author.name}
        if author.given or author.family:
            person = {"@type": "Person", **person}
            person |= {"givenName": author.given, "familyName": author.family}
        if author.orcid:
            person |= {"@type": "Person", "@id": author.orcid_url}
        person["email"] = author.email
        person["affiliation"] = [_words(people.places[number - 1]) for number in author.places]
        found.append({key: value for key, value in person.items() if value})
    return found


def _entry(author: Author) -> dict:
    parts = {
        "name": author.name,
        "given": author.given,
        "family": author.family,
        "orcid": author.orcid_url,
        "email": author.email,
        "corresponding": "yes" if author.corresponding else "",
    }
    return _mapped(parts, author.marks)


def _mapped(parts: dict[str, str], raised: str) -> dict:
    """Texts as a map of metadata, with what stands raised beside them."""
    made = {key: ast.said(text) for key, text in parts.items() if text}
    if raised:
        superscript = {"t": "Superscript", "c": ast.words(raised)}
        made["raised"] = {"t": "MetaInlines", "c": [superscript]}
    return {"t": "MetaMap", "c": made}


def _place(number: int, place: dict[str, str]) -> dict:
    parts = {"number": str(number), "words": _words(place), **place}
    return _mapped(parts, str(number))


def _words(place: dict[str, str]) -> str:
    return ", ".join(place[part] for part in PLACE if part in place)


def _reached(author: Author) -> list:
    link = ast.link(f"mailto:{author.email}", ast.words(author.email))
    return [*ast.words(f"{author.name}, "), link]


def in_word(meta: dict, work: Path) -> list[str]:
    """Pandoc's options for a Word file whose title block says more of its authors than names."""
    if not {"place", "detail"} & set(meta):
        return []
    template = ast.pandoc(["--print-default-template=openxml"], "")[0]
    start, end = template.index("$for(author)$"), template.index("$if(date)$")
    made = template[:start] + _WORD + template[end:]
    (work / "title.openxml").write_text(made, encoding="utf-8")
    return ["--template=title.openxml"]
