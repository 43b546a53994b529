"""PDFs that are tagged (PDF/UA, ISO 14289): their tables stand in the file as rows and cells.

Which text belongs to which cell is told by the marked content of each page (ISO 32000, 14.7 and
14.8). pdfium reads both; it gives the structure page by page.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pypdfium2.raw as pdfium

from case_review.audit.papers.document import Cell, Paper, Passage, Placed, Table, grid
from case_review.audit.papers.html import LABEL, parted

#: Text smaller than this part of the text beside it is a footnote mark, and so are letters that
#: stand this part of their size above the line.
_MARK, _RAISED = 0.8, 0.2
_LETTERS = re.compile(r"[\w†‡§¶,]{1,3}")
#: `Table 1: Patients` is a caption, `Table 1 shows` the beginning of a sentence.
_PUNCTUATED = re.compile(r"[.:|–—]\s*$")
_HEADING = re.compile(r"H\d?|Title")
_LEFT_OUT = {"Figure", "Formula", "TOC", "TOCI", "BibEntry", "Index", "Artifact", "Code"}
_BOXES = {"Div", "Figure", "Aside", "NonStruct"}
_REFERENCES = re.compile(r"references|bibliography", re.IGNORECASE)
#: Deepest nesting of a structure that is followed.
_DEEPEST = 60


@dataclass(frozen=True)
class Piece:
    """A run of text on a page, in points: its size, left and right edge, and its height above the
    line that it stands on.
    """

    text: str
    size: float
    left: float
    right: float
    raised: float


@dataclass
class Element:
    """An element of the structure with what stands in it, in reading order."""

    kind: str
    rows: int = 1
    columns: int = 1
    parts: list[Element | Piece] = field(default_factory=list)

    def holds(self, kind: str) -> bool:
        """Whether an element of a kind stands in it, at any depth."""
        inside = [part for part in self.parts if isinstance(part, Element)]
        return any(part.kind == kind or part.holds(kind) for part in inside)

    def pieces(self) -> Iterator[Piece]:
        """All runs of text in it."""
        for part in self.parts:
            if isinstance(part, Piece):
                yield part
            else:
                yield from part.pieces()


def is_tagged(document) -> bool:
    """Whether a PDF has a structure with tables or paragraphs in it."""
    return bool(pdfium.FPDFCatalog_IsTagged(document.raw))


def read(document) -> Paper:
    """Tables and text of a tagged PDF."""
    pages = [_structure(document[number]) for number in range(len(document))]
    paper = Paper("PDF (tagged)", document.get_metadata_value("Title").strip())
    reading = _Reading(paper)
    for elements in pages:
        reading.page(elements)
    return paper


# -- the structure of a page -----------------------------------------------------------------------


def _structure(page) -> list[Element]:
    tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return []
    try:
        text = _marked(page)
        count = pdfium.FPDF_StructTree_CountChildren(tree)
        found = [pdfium.FPDF_StructTree_GetChildAtIndex(tree, n) for n in range(count)]
        return [_element(one, text, 0) for one in found if one]
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def _element(raw, text: dict[int, list[Piece]], depth: int) -> Element:
    made = Element(_string(pdfium.FPDF_StructElement_GetType, raw), *_spans(raw))
    for number in range(pdfium.FPDF_StructElement_CountChildren(raw) if depth < _DEEPEST else 0):
        marked = pdfium.FPDF_StructElement_GetChildMarkedContentID(raw, number)
        child = pdfium.FPDF_StructElement_GetChildAtIndex(raw, number)
        if marked >= 0:
            made.parts += text.get(marked, [])
        elif child:
            made.parts.append(_element(child, text, depth + 1))
    return made


def _spans(raw) -> tuple[int, int]:
    """The rows and columns that a cell spans."""
    spans = {"RowSpan": 1, "ColSpan": 1}
    for number in range(pdfium.FPDF_StructElement_GetAttributeCount(raw)):
        attributes = pdfium.FPDF_StructElement_GetAttributeAtIndex(raw, number)
        for name in spans:
            value = pdfium.FPDF_StructElement_Attr_GetValue(attributes, name.encode())
            told = ctypes.c_float()
            if value and pdfium.FPDF_StructElement_Attr_GetNumberValue(value, told):
                spans[name] = max(1, min(int(told.value), 1000))
    return spans["RowSpan"], spans["ColSpan"]


def _marked(page) -> dict[int, list[Piece]]:
    """The text of a page by its marked content."""
    found: dict[int, list[Piece]] = {}
    lines = page.get_textpage()
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        marked = pdfium.FPDFPageObj_GetMarkedContentID(item.raw)
        text = _string(pdfium.FPDFTextObj_GetText, item.raw, lines.raw)
        if marked < 0 or not text:
            continue
        size, (_, bottom, right, _) = ctypes.c_float(), item.get_bounds()
        pdfium.FPDFTextObj_GetFontSize(item.raw, size)
        # A font of size 1 may be made larger by the matrix of the text.
        matrix = item.get_matrix()
        height = size.value * (abs(matrix.d) or 1.0)
        # Where the line begins, not the ink of its first letter, says how far it is set in.
        found.setdefault(marked, []).append(
            Piece(text, height, matrix.e, right, bottom - matrix.f)
        )
    return found


def _string(function, *arguments) -> str:
    """What a function of pdfium writes into a buffer, whose length in bytes it tells first."""
    kind = ctypes.c_ushort
    is_typed = function is pdfium.FPDFTextObj_GetText
    length = function(*arguments, None, 0)
    if not length:
        return ""
    buffer = ctypes.create_string_buffer(length + 2)
    function(*arguments, ctypes.cast(buffer, ctypes.POINTER(kind)) if is_typed else buffer, length)
    return buffer.raw[:length].decode("utf-16-le", "replace").partition("\x00")[0]


# -- its tables and paragraphs ---------------------------------------------------------------------


class _Reading:
    """A document while its pages are read one after another."""

    def __init__(self, paper: Paper):
        self.paper = paper
        self.section, self.left_out = "Text", False
        self.caption = ""
        self.noted: int | None = None  # the table below which notes may stand
        self.ended_in_table = False  # the page before
        self.boxed = False  # whether table and notes stand in a box of their own

    def page(self, elements: list[Element]) -> None:
        """Take over what stands on a page."""
        blocks = [one for one in _flat(elements) if one.kind in ("Begin", "End") or one.parts]
        first = next((one for one in blocks if one.kind not in ("Begin", "End")), None)
        for element in blocks:
            self._block(element, element is first)
        shown = [one for one in blocks if one.kind not in ("Begin", "End")]
        self.ended_in_table = bool(shown) and shown[-1].kind == "Table"

    def _block(self, element: Element, is_first: bool) -> None:
        words = _words(element)
        named = LABEL.match(words)
        if element.kind in ("Begin", "End"):
            self.noted, self.boxed = None, element.kind == "Begin"
        elif element.kind == "Table":
            self._table(element, is_first)
        elif element.kind == "Caption" or (named and _PUNCTUATED.search(named[0])):
            self.caption = words if named else self.caption
            self.noted = None
        elif _HEADING.fullmatch(element.kind) and words:
            self.paper.title = self.paper.title or words
            self.section, self.noted = words, None
            self.left_out = bool(_REFERENCES.fullmatch(words.strip()))
        elif element.kind in ("Note", "P", "LBody") and words:
            self._text(words)

    def _text(self, words: str) -> None:
        if self.noted is not None:
            last = self.paper.tables[self.noted]
            notes = f"{last.notes}\n{words}".strip()
            self.paper.tables[self.noted] = replace(last, notes=notes)
            if self.boxed:
                return
            self.noted = None  # it may be the next paragraph of the text as well
        if not self.left_out:
            self.paper.passages.append(Passage(self.section, words))

    def _table(self, element: Element, is_first: bool) -> None:
        inside = [one for one in element.parts if isinstance(one, Element)]
        self.caption = next((_words(e) for e in inside if e.kind == "Caption"), self.caption)
        rows, heads = _grid(element)
        tables = self.paper.tables
        label, caption = parted(self.caption)
        self.caption = ""
        last = tables[-1] if tables and is_first and self.ended_in_table else None
        if last and rows and len(last.rows[0]) == len(rows[0]) and not (last.label and label):
            below = len(last.rows)
            more = (
                tuple(replace(cell, at=(cell.at[0] + below, cell.at[1])) for cell in row)
                for row in rows[heads:]
            )
            tables[-1] = replace(  # it goes on from the page before
                last, rows=(*last.rows, *more),
                label=last.label or label, caption=last.caption or caption,
            )  # fmt: skip
            return
        if rows:
            tables.append(Table(label, caption, "", rows, heads or None))
            self.noted = len(tables) - 1


def _flat(elements: list[Element]) -> Iterator[Element]:
    """The blocks of a structure; where what holds a table ends, its notes end."""
    for element in elements:
        if element.kind in _LEFT_OUT and not element.holds("Table"):
            continue
        if element.kind in ("Table", "Caption", "P", "Note", "LBody") or _HEADING.fullmatch(
            element.kind
        ):
            yield element
        else:
            inside = [part for part in element.parts if isinstance(part, Element)]
            boxed = element.kind in _BOXES and any(part.kind == "Table" for part in inside)
            yield from [Element("Begin")] * boxed
            yield from _flat(inside)
            yield from [Element("End")] * boxed


def _words(element: Element) -> str:
    return " ".join(_shown(list(element.pieces()))[0].split())


def _shown(pieces: list[Piece]) -> tuple[str, str]:
    """The text of runs, and the small ones among them, which are footnote marks."""
    largest = max((piece.size for piece in pieces if piece.text.strip()), default=0)
    text, marks = [], []
    for piece in pieces:
        words = piece.text.strip()
        raised = piece.raised > _RAISED * piece.size
        if (raised or piece.size < largest * _MARK) and _LETTERS.fullmatch(words):
            marks.append(words)
        else:
            text.append(piece.text)
    joined = re.sub(r"(?<=[^\W\d])[-\u00ad\u2010]\s*\u0002|\u00ad\s*", "", "".join(text))
    return joined, " ".join(filter(None, marks))


def _grid(table: Element) -> tuple[tuple[tuple[Cell, ...], ...], int]:
    """The grid of a table and its number of heading rows."""
    rows = list(_rows(table, ""))
    columns = _columns([row for row, _ in rows])
    edge = min(
        (piece.left for row, _ in rows for cell in row[:1] for piece in cell.pieces()
         if piece.text.strip()), default=0.0,
    )  # fmt: skip
    listed = [_placed(row, columns, edge) for row, _ in rows]
    return grid([listed]), sum(part == "THead" for _, part in rows)


def _columns(rows: list[list[Element]]) -> list[tuple[float, float]]:
    """From where to where the text of each column reaches; empty where columns cannot be parted."""
    width = max((sum(cell.columns for cell in row) for row in rows), default=0)
    reaches = sorted(_reach(cell) for row in rows for cell in row if cell.columns == 1)
    found: list[tuple[float, float]] = []
    for left, right in reaches:
        if left > right:
            continue  # an empty cell
        if found and left <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], right)
        else:
            found.append((left, right))
    return found if len(found) == width else []


def _reach(cell: Element) -> tuple[float, float]:
    shown = [piece for piece in cell.pieces() if piece.text.strip()]
    return (
        min((piece.left for piece in shown), default=math.inf),
        max((piece.right for piece in shown), default=-math.inf),
    )


def _placed(row: list[Element], columns: list[tuple[float, float]], edge: float) -> list[Placed]:
    """The cells of a row; programs leave out empty ones, whose places the others tell."""
    if not columns or sum(cell.columns for cell in row) >= len(columns):
        return [_cell(cell, edge if n == 0 else None) for n, cell in enumerate(row)]
    found = [Placed(Cell())] * len(columns)
    for cell in row:
        left, right = _reach(cell)
        apart = [max(low - right, left - high, 0.0) for low, high in columns]
        column = min(range(len(columns)), key=lambda n: (apart[n], abs(columns[n][1] - right)))
        found[column] = _cell(cell, edge if column == 0 else None)
    return found


def _rows(element: Element, part: str) -> Iterator[tuple[list[Element], str]]:
    for child in element.parts:
        if not isinstance(child, Element):
            continue
        if child.kind == "TR":
            cells = [one for one in child.parts if isinstance(one, Element)]
            yield [cell for cell in cells if cell.kind in ("TD", "TH")], part
        elif child.kind in ("THead", "TBody", "TFoot"):
            yield from _rows(child, child.kind)


def _cell(element: Element, edge: float | None) -> Placed:
    pieces = list(element.pieces())
    text, marks = _shown(pieces)
    lefts = [piece.left for piece in pieces if piece.text.strip()]
    indent = round(max(0.0, lefts[0] - edge)) if edge is not None and lefts else 0
    made = Cell(" ".join(text.split()), marks, indent, element.kind == "TH")
    return Placed(made, element.rows, element.columns)
