"""Authors, their institutions and how they are reached, as the header says them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from case_review.rendering.entries import Entries

_AUTHOR = ("name", "orcid", "email", "corresponding", "affiliations", "affiliation", "roles")
_NAME = ("given", "family")
#: The parts of an institution in the order in which they are printed.
PLACE = ("department", "name", "address", "city", "region", "postal-code", "country")
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_EMAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\".]+")
#: What Markdown would read as markup; names are shown as they are written.
_MARKUP = re.compile(r"[*`$\[\]{}<>^\\]")


@dataclass(frozen=True)
class Author:
    """One author.

    Parameters
    ----------
    name
        As it is printed.
    given, family
        Its parts, if the header tells them apart.
    orcid
        Its sixteen characters with their hyphens.
    email
        An address.
    corresponding
        Whether readers may write to it.
    places
        The author's institutions as numbers, from 1.
    roles
        What the author did.
    """

    name: str
    given: str = ""
    family: str = ""
    orcid: str = ""
    email: str = ""
    corresponding: bool = False
    places: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def orcid_url(self) -> str:
        """The address of the record; empty without one."""
        return f"https://orcid.org/{self.orcid}" if self.orcid else ""

    @property
    def marks(self) -> str:
        """What stands raised behind the name."""
        return ",".join([*map(str, self.places), *("*" if self.corresponding else "")])


@dataclass(frozen=True)
class People:
    """All authors.

    Parameters
    ----------
    authors
        In the order of the header.
    places
        Their institutions, each as a mapping of its parts.
    """

    authors: list[Author] = field(default_factory=list)
    places: list[dict[str, str]] = field(default_factory=list)


def read(entries: Entries) -> People:
    """The authors of a header.

    Raises
    ------
    ReviewError
        Naming the line of what is not known, of an ORCID whose check digit is wrong, of an address
        that is none, or of an institution that nobody described.
    """
    content = entries.content
    if "author" in content and "authors" in content:
        raise entries.error(content, "authors", "`author` stands there already; write one of them.")
    key = "authors" if "authors" in content else "author"
    reader = _Reader(entries)
    if "affiliations" in content:
        reader.declare(content["affiliations"])
    if key not in content:
        return People()
    listed, place = content[key], None
    if not isinstance(listed, list):
        listed, place = content, key
    elif not listed:
        raise entries.error(content, key, f"`{key}` is empty. Write a name, or remove it.")
    places = range(len(listed)) if place is None else [place]
    found = [reader.author(listed, place) for place in places]
    unused = [id for id, (_, _, number) in reader.declared.items() if not number]
    if unused:
        node, at, _ = reader.declared[unused[0]]
        message = f"no author has the affiliation {unused[0]}. Write `ref: {unused[0]}` below one."
        raise entries.error(node, at, message)
    return People(found, reader.places)


class _Reader:
    """Reads authors one after another, and numbers their institutions as they appear."""

    def __init__(self, entries: Entries):
        self.entries = entries
        self.places: list[dict[str, str]] = []
        #: By id: the list and place where it is described, and its number, 0 until it is used.
        self.declared: dict[str, tuple[object, object, int]] = {}

    def declare(self, listed) -> None:
        """Read the institutions that authors refer to by their ids."""
        content = self.entries.content
        if not isinstance(listed, list) or not all(isinstance(e, dict) for e in listed):
            raise self.entries.error(
                content, "affiliations",
                "`affiliations` is a list of entries with `id` and `name`, to which authors refer "
                "by `ref: ID`.",
            )  # fmt: skip
        for at, entry in enumerate(listed):
            self.entries.known(entry, ("id", *PLACE), "an affiliation")
            if "id" not in entry:
                message = "this affiliation has no `id` by which authors can refer to it."
                raise self.entries.error(listed, at, message)
            id = self.entries.text(entry, "id")
            if id in self.declared:
                raise self.entries.error(entry, "id", f"the affiliation {id} stands there twice.")
            self.declared[id] = (listed, at, 0)

    def author(self, node, key) -> Author:
        """The author that is the entry `key` of `node`."""
        if not isinstance(node[key], dict):
            return Author(self._single(node, key))
        entry = node[key]
        if not {"name", *_NAME} & set(entry):
            raise self.entries.error(node, key, "this author has no `name`.")
        self.entries.known(entry, (*_AUTHOR, *_NAME), "an author")
        name, given, family = self._name(entry)
        email = self._plain(entry, "email") if "email" in entry else ""
        if email and not _EMAIL.fullmatch(email):
            raise self.entries.error(entry, "email", f"{email!r} is no e-mail address.")
        corresponding = entry.get("corresponding", False)
        if not isinstance(corresponding, bool):
            message = f"`corresponding` is true or false, found {corresponding!r}."
            raise self.entries.error(entry, "corresponding", message)
        if corresponding and not email:
            message = f"{name} is a corresponding author without an `email`. Write it below."
            raise self.entries.error(entry, "corresponding", message)
        roles = self.entries.texts(entry, "roles") if "roles" in entry else []
        orcid = self._orcid(entry) if "orcid" in entry else ""
        places = self._places(entry)
        return Author(name, given, family, orcid, email, corresponding, places, tuple(roles))

    def _single(self, node, key) -> str:
        """A name in one piece."""
        name = self._plain(node, key)
        if "," in name or ";" in name:
            raise self.entries.error(
                node, key,
                f"'{name}' holds more than a name. Write several authors as a list, and parts of a "
                "name as `name: {given: …, family: …}`.",
            )  # fmt: skip
        return name

    def _name(self, entry: dict) -> tuple[str, str, str]:
        parts = entry.get("name", entry)
        if not isinstance(parts, dict):
            return self._single(entry, "name"), "", ""
        if parts is not entry:
            self.entries.known(parts, _NAME, "a name")
        given, family = (self._plain(parts, key) if key in parts else "" for key in _NAME)
        if not family:
            at = (entry, "name") if "name" in entry else (entry, "given")
            raise self.entries.error(*at, "this name has no `family`. Or write `name: …` in one.")
        return f"{given} {family}".strip(), given, family

    def _plain(self, node, key) -> str:
        text = self.entries.text(node, key).replace("'", "\u2019")
        if _MARKUP.search(text):
            raise self.entries.error(
                node, key,
                f"'{text}' is shown as it is written, without markup. Institutions, addresses and "
                "ORCID have entries of their own: affiliations, email, orcid.",
            )  # fmt: skip
        return text

    def _orcid(self, entry: dict) -> str:
        text = self.entries.text(entry, "orcid")
        form = _ORCID.fullmatch(text)
        if not form or form[1][-1] != _check_digit(form[1].replace("-", "")[:-1]):
            why = "its last character does not follow from the others" if form else "it is not read"
            message = f"'{text}' is no ORCID: {why}. Write it as 0000-0002-1825-0097."
            raise self.entries.error(entry, "orcid", message)
        return form[1]

    def _places(self, entry: dict) -> tuple[int, ...]:
        if "affiliation" in entry and "affiliations" in entry:
            message = "`affiliations` stands there already; write one of them."
            raise self.entries.error(entry, "affiliation", message)
        key = "affiliation" if "affiliation" in entry else "affiliations"
        if key not in entry:
            return ()
        listed = entry[key]
        if isinstance(listed, list):
            numbers = [self._number(listed, at) for at in range(len(listed))]
        else:
            numbers = [self._number(entry, key)]
        return tuple(dict.fromkeys(numbers))

    def _number(self, node, key) -> int:
        """The number of an institution: an equal one has one already."""
        value = node[key]
        if isinstance(value, dict) and "ref" in value:
            self.entries.known(value, ("ref",), "a reference to an affiliation")
            id = self.entries.text(value, "ref")
            if id not in self.declared:
                known = ", ".join(self.declared) or "none"
                message = f"`affiliations` of the header has no id {id}; it has {known}."
                raise self.entries.error(value, "ref", message)
            listed, at, _ = self.declared[id]
            number = self._add({k: self._plain(listed[at], k) for k in listed[at] if k != "id"})
            self.declared[id] = (listed, at, number)
            return number
        if not isinstance(value, dict):
            text = self._plain(node, key)
            if text in self.declared:
                raise self.entries.error(node, key, f"write `ref: {text}` for that affiliation.")
            return self._add({"name": text})
        self.entries.known(value, PLACE, "an affiliation")
        if "name" not in value:
            raise self.entries.error(node, key, "this affiliation has no `name`.")
        return self._add({part: self._plain(value, part) for part in value})

    def _add(self, place: dict[str, str]) -> int:
        if place not in self.places:
            self.places.append(place)
        return self.places.index(place) + 1


def _check_digit(digits: str) -> str:
    """The last character of an ORCID (ISO 7064 MOD 11-2)."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)
