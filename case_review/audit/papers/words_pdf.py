"""The words of a PDF's page with their places, from which lines and pieces of lines are made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pypdfium2.raw as pdfium

#: Part of its height by which a blank between letters parts words, and one that parts cells.
_WORD, _CELL = 0.18, 0.9
#: Text lower than this part of the line's is a footnote mark if it stands above the line.
_SMALL = 0.8
_RAISED = 0.2
#: Raised digits behind a letter are exponents of a unit and no marks.
_EXPONENTS = {"2": "²", "3": "³"}
#: Signs whose ink begins below the line or above it.
_UNEVEN = set("gjpqyQ,;()[]{}/|-–—−=+~<>≤≥'’\"“”*°^·")
_MARK = re.compile(r"[\w*†‡§¶#,]{1,4}")


@dataclass(frozen=True)
class Word:
    """A word: its text, edges and height in points, the origin being below at the left."""

    text: str
    left: float
    right: float
    bottom: float
    height: float
    #: Whether a blank stands before it; not if it only begins in another size.
    spaced: bool = True

    @property
    def middle(self) -> float:
        """Where between its edges its middle is, from below."""
        return self.bottom + self.height / 2


@dataclass(frozen=True)
class Piece:
    """Words of a line that stand close together: a cell of a table, or a line of text."""

    text: str
    left: float
    right: float


@dataclass(frozen=True)
class Line:
    """A line of a page: its pieces from the left, its middle from below, and its height."""

    pieces: tuple[Piece, ...]
    middle: float
    height: float

    @property
    def text(self) -> str:
        """The line as one text."""
        return " ".join(piece.text for piece in self.pieces)


def words(page) -> list[Word]:
    """The words of a page in the order in which the file has them."""
    text = page.get_textpage()
    box = pdfium.FS_RECTF()
    found: list[Word] = []
    letters: list[tuple[str, float, float, float, float]] = []
    spaced = True
    for number in range(text.count_chars()):
        sign = chr(pdfium.FPDFText_GetUnicode(text.raw, number))
        if sign.isspace() or sign in "\x00\ufffe\u0002":
            _close(letters, found, spaced)
            spaced = True
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text.raw, number, box):
            continue
        here = (sign, box.left, box.right, box.bottom, box.top - box.bottom)
        if letters and _is_raised(text, number, len(letters), here[4]):
            if sign in _EXPONENTS and letters[-1][0].isalpha():
                letters.append((_EXPONENTS[sign], *letters[-1][1:]))
            continue  # a footnote mark in a font that has such letters
        if letters and _is_apart(letters[-1], here):
            gap = here[1] - letters[-1][2]
            _close(letters, found, spaced)
            spaced = not -here[4] < gap < _WORD * here[4]
        letters.append(here)
    _close(letters, found, spaced)
    return found


def _is_raised(text, number: int, before: int, height: float) -> bool:
    """Whether the ink of a letter stands higher than that of the letters before it in its word."""
    if not _MARK.fullmatch(chr(pdfium.FPDFText_GetUnicode(text.raw, number))):
        return False
    for other in range(number - 1, number - 1 - before, -1):
        if chr(pdfium.FPDFText_GetUnicode(text.raw, other)) not in _UNEVEN:
            return text.get_charbox(number)[1] - text.get_charbox(other)[1] > _RAISED * height
    return False


def _is_apart(before, here) -> bool:
    _, _, right, bottom, height = before
    _, left, _, low, tall = here
    gap = left - right
    return (
        not -height < gap < _WORD * height
        or abs(low + tall / 2 - bottom - height / 2) > 0.3 * height
        or not 0.75 < tall / (height or 1) < 1.34
    )


def _close(letters: list, found: list[Word], spaced: bool) -> None:
    if letters:
        height = max(one[4] for one in letters)
        found.append(Word(
            "".join(one[0] for one in letters), letters[0][1], letters[-1][2],
            min(one[3] for one in letters), height, spaced,
        ))  # fmt: skip
        letters.clear()


def lines(given: Iterable[Word]) -> list[Line]:
    """Words as lines from above, each parted where blanks are wide; footnote marks are left out."""
    rows: list[list[Word]] = []
    for word in sorted(given, key=lambda one: -one.middle):
        row = rows[-1] if rows else None
        if row and abs(row[0].middle - word.middle) < 0.5 * max(row[0].height, word.height):
            row.append(word)
        else:
            rows.append([word])
    return [line for row in rows if (line := _line(row))]


def _line(row: list[Word]) -> Line | None:
    height = max(word.height for word in row)
    low = min(word.bottom for word in row if word.height == height)
    kept: list[Word] = []
    for word in sorted(row, key=lambda one: one.left):
        small = word.height < _SMALL * height and word.bottom > low + 0.1 * height
        if not small or not _MARK.fullmatch(word.text):
            kept.append(word)
        elif word.text in _EXPONENTS and kept and kept[-1].text[-1:].isalpha():
            kept.append(replace(word, text=_EXPONENTS[word.text], spaced=False))
    pieces: list[list[Word]] = []
    for word in kept:
        if pieces and word.left - pieces[-1][-1].right < _CELL * height:
            pieces[-1].append(word)
        else:
            pieces.append([word])
    made = tuple(Piece(_joined(piece), piece[0].left, piece[-1].right) for piece in pieces)
    return Line(made, row[0].middle, height) if made else None


def _joined(piece: list[Word]) -> str:
    text = piece[0].text
    for word in piece[1:]:
        text += f" {word.text}" if word.spaced else word.text
    return text
