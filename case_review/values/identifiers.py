"""Any text of the data as a part of a result id: readable where it can be, and no two alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from hashlib import sha256

#: Most characters of a text that an id shows; what is longer is cut, and told apart by its digest.
_LONGEST, _CUT = 64, 50
#: Signs that make another name of the same words: `AST > 3 ULN` beside `AST < 3 ULN`.
_SIGNS = {
    "<": "lt", ">": "gt", "\u2264": "le", "\u2265": "ge", "=": "eq", "\u2260": "ne", "+": "plus",
    "\u00b1": "plus_minus", "%": "percent", "\u2030": "per_mille", "&": "and", "#": "number",
    "\u2191": "up", "\u2193": "down", "\u2642": "male", "\u2640": "female",
}  # fmt: skip
_CYRILLIC = dict(zip("абвгдезиклмнопрстуфхыэіє", "abvgdeziklmnoprstufhyeie", strict=True)) | {
    "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": "",
}  # fmt: skip


def identifier(text: str) -> str:
    """The part of a result id that stands for a text of the data: `IFN-α 2b` as `ifn_alpha_2b`.

    Whatever the text holds: marks are taken off letters (`Götz (2023)` is `gotz_2023`), letters of
    other scripts are transliterated or named, signs such as `<` become words, and everything else
    becomes an underscore. Where nothing is left a digest of the text stands for it.
    """
    # A sign with a mark of its own is another sign, and is no longer one when it is taken apart.
    signed = "".join(f" {_SIGNS[c]} " if c in _SIGNS else c for c in text)
    plain = unicodedata.normalize("NFKD", signed.casefold())
    words = "".join(_letters(c) for c in plain if not unicodedata.combining(c))
    readable = re.sub("[^a-z0-9]+", "_", words).strip("_")
    if len(readable) > _LONGEST:
        return f"{readable[:_CUT].strip('_')}_{_digest(text)}"
    return readable or f"u{_digest(text)}"


def identifiers(texts: Iterable[str], taken: Collection[str] = ()) -> dict[str, str]:
    """The identifier of each text, another one for each name.

    Spellings of one name, see `folded`, share one. Where other texts do, the one that reads as the
    identifier keeps it and a digest is added to the rest, in whatever order they come.

    Parameters
    ----------
    taken
        Identifiers that already mean something else.
    """
    own = {text: identifier(text) for text in texts}
    names: dict[str, set[str]] = {}
    for text, id in own.items():
        names.setdefault(id, set()).add(folded(text))
    return {
        text: id if _keeps(text, id, names[id], taken) else f"{id}_{_digest(text)}"
        for text, id in own.items()
    }


def folded(name: str) -> str:
    """A name as it is compared: without capitals and what cannot be seen, with single blanks."""
    plain = " ".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return "".join(c for c in plain if c.isprintable()) or plain


def _keeps(text: str, id: str, sharing: Collection[str], taken: Collection[str]) -> bool:
    return id not in taken and (len(sharing) == 1 or folded(text) == id.replace("_", " "))


def _digest(text: str) -> str:
    return sha256(folded(text).encode(errors="surrogatepass")).hexdigest()[:8]


def _letters(character: str) -> str:
    if character.isascii() or not character.isalnum():
        return character
    if character in _CYRILLIC:
        return _CYRILLIC[character]
    name = unicodedata.name(character, "").lower()
    letter = re.search(r" (?:letter|ligature) (\w+)", name)
    # Whatever is no letter of an alphabet has a name that is longer than it is readable.
    return letter[1] if letter else f"u{ord(character):x}"
