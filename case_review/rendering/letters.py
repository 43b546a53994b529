"""Characters: those that no text may hold, and those that no font of the report can show."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from case_review.build import made
from case_review.errors import ReviewError
from case_review.exhibits.look import font_folder
from case_review.rendering import figures

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: Controls but tab and line ends, marks that reorder text, private and unassigned-for-ever codes.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0d-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff\ufdd0-\ufdef\ufff9-\ufffb"
    "\ufffe\uffff\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
#: What HTML forbids in a page.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_NO_GLYPH = re.compile(r"the text `\"(.*?)\"` could not be displayed")
_QUOTED = re.compile(r"\\u\{([0-9a-f]+)\}")
#: Tags of elements that have no end, as pandoc closes them.
_CLOSED = re.compile(
    r"(<(?:area|base|br|col|embed|hr|img|input|link|meta|source|wbr)\b[^<>]*?)\s*/>"
)
#: So many are told apart; a text in a script that no font has would fill the screen.
_MOST = 20


def text_of(path: Path, name: str) -> str:
    """The text of a file that people write.

    Raises
    ------
    ReviewError
        Naming line and column of what is no UTF-8, or of a character that no reader sees.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ReviewError(f"{name}, line {line}: is no UTF-8 text. Save it as UTF-8.") from None
    text = text.replace("\r\n", "\n")
    for match in _HIDDEN.finditer(text):
        raise _hidden(name, text, match)
    return text


def _hidden(name: str, text: str, match: re.Match) -> ReviewError:
    before = text[: match.start()]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return ReviewError(
        f"{name}, line {line}, column {column}: {named(match[0])} is not seen and may change what "
        "is read. Remove it."
    )


def named(letter: str) -> str:
    """A character by its code and its name in Unicode."""
    name = unicodedata.name(letter, "a control character")
    shown = f"{letter} " if unicodedata.category(letter)[0] in "LNPS" else ""
    return f"{shown}U+{ord(letter):04X} ({name.lower()})"


def page(name: str, text: str) -> str:
    """A page as pandoc wrote it, in the syntax of HTML.

    Raises
    ------
    ReviewError
        If it holds a character that HTML forbids.
    """
    if match := _FORBIDDEN.search(text):
        near = " ".join(text[max(0, match.start() - 40) : match.start()].split())
        raise ReviewError(
            f"the page {name} would hold {named(match[0])}, which no page may, behind '{near}'. "
            "Remove it from what the page shows."
        )
    return _CLOSED.sub(r"\1>", text)


def warn(found: Manuscript) -> None:
    """Say on standard error which characters the PDF or the figures in Word cannot show."""
    places = list(_places(found))
    used = {letter for _, text in places for letter in text if letter > "\x7f"}
    for letter in sorted(missing(frozenset(used)))[:_MOST]:
        where = "; ".join(place for place, text in places if letter in text)
        code = f"‹U+{ord(letter):04X}›"
        _say(f"{where}: no font of the PDF has {named(letter)}; it prints {code} in its place.")
    for exhibit in found.exhibits.values():
        drawn = figures.characters([exhibit.svg]) if exhibit.svg else ""
        for letter in [each for each in drawn if each > "\x7f" and ord(each) not in _drawable()]:
            if not unicodedata.category(letter).startswith(("C", "M", "Z")):
                _say(
                    f"figure {exhibit.label} of notebook {exhibit.notebook}: its font lacks "
                    f"{named(letter)}; PNG and Word show an empty box."
                )


def _say(text: str) -> None:
    print(f"warning: {text}", file=sys.stderr)


def _places(found: Manuscript) -> Iterator[tuple[str, str]]:
    """Everything that the PDF may print, each with what it is called."""
    for number, line in enumerate(found.source, 1):
        yield f"report/index.qmd, line {number}", line
    for result in found.used.values():
        yield f"result {result.id} of notebook {result.notebook}", result.text
    for shown in found.exhibits.values():
        drawn = figures.characters([shown.svg]) if shown.svg else ""
        text = "".join((shown.caption, shown.markdown or "", drawn))
        yield f"cell {shown.label} of notebook {shown.notebook}", text
    for path in found.header.sources.bibliography:
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
            yield f"report/{path.name}, line {number}", line


@lru_cache(maxsize=64)
def missing(letters: frozenset[str]) -> frozenset[str]:
    """Those of some characters for which neither Typst's fonts nor the report's have a glyph.

    Typst names one at a time, and has no other way to ask its own fonts. Marks that have no shape
    of their own are left out.
    """
    asked = {each for each in letters if unicodedata.category(each)[0] not in "CMZ"}
    fonts = sorted(path for path in font_folder().iterdir() if path.is_file())
    parts = [made.version("typst"), "".join(sorted(asked)), *fonts]
    found = made.recall("letters", parts, lambda: "".join(_lacking(asked)).encode("utf-8"))
    return frozenset(found.decode("utf-8"))


def _lacking(letters: Iterable[str]) -> list[str]:
    asked, lacking = set(letters), set()
    while asked and len(lacking) <= _MOST:
        letter = _first_missing(asked)
        if letter is None:
            break
        lacking.add(letter)
        asked.discard(letter)
    return sorted(lacking)


def _first_missing(letters: Iterable[str]) -> str | None:
    import typst  # only where something is asked: it is large

    lines = [f'#"\\u{{{ord(letter):x}}}"' for letter in sorted(letters)]
    with tempfile.TemporaryDirectory(prefix="case-review-") as folder:
        source = Path(folder) / "letters.typ"
        text = '#set document(title: "Letters")\n' + "\n\n".join(lines)
        source.write_text(text, encoding="utf-8")
        try:
            typst.compile(
                str(source),
                format="pdf",
                font_paths=[str(font_folder())],
                ignore_system_fonts=True,
                pdf_standards="ua-1",
            )
        except typst.TypstError as error:
            quoted = _NO_GLYPH.search(str(error))
            if quoted is None:
                return None
            shown = _QUOTED.sub(lambda match: chr(int(match[1], 16)), quoted[1])
            return next((each for each in shown if each in letters), None)
    return None


@cache
def _drawable() -> frozenset[int]:
    """The codes for which the font of figures has a glyph; matplotlib takes no other one."""
    font = font_folder() / "SourceSansPro-Regular.ttf"

    def make() -> bytes:
        from fontTools.ttLib import TTFont  # only where it is asked: it is large

        return json.dumps(sorted(TTFont(font).getBestCmap())).encode("ascii")

    return frozenset(json.loads(made.recall("codes", [made.version("fonttools"), font], make)))
