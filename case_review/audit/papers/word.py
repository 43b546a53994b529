"""Word files: their tables, and the paragraphs around them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from case_review.audit.papers import opening
from case_review.audit.papers.document import Cell, Paper, Passage, Placed, Table, grid
from case_review.audit.papers.html import LABEL, parted
from case_review.errors import ReviewError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADINGS = ("heading", "title", "überschrift", "titre")
_NOTES = ("note", "foot", "legend")
_LEFT_OUT = ("reference", "bibliograph", "caption", "author", "date", "code", "toc")
#: Widths of blanks and tabulators at the head of a label, in twentieths of a point as its indents.
_BLANKS = {"\u00a0": 60, "\u2003": 240, "\u2002": 120, "\t": 720}


def read(content: bytes, path: Path) -> Paper:
    """Tables and text of a `.docx`.

    Raises
    ------
    ReviewError
        If it is damaged, locked, or would unpack to more than is read.
    """
    opening.archive(content, path)
    try:
        from docx import Document

        body = list(Document(io.BytesIO(content)).element.body)
    # A damaged package makes the library fail in any way there is.
    except Exception as error:
        cause = " ".join(str(error).split())[:100] or type(error).__name__
        raise ReviewError(
            f"{path} is no Word file, or is damaged ({cause}). Open it in Word or LibreOffice and "
            "save it as .docx."
        ) from None
    blocks = [block for block in body if block.tag in (f"{_W}p", f"{_W}tbl")]
    title = next((_text(b) for b in blocks if _style(b).startswith("title")), "")
    tables = [_table(blocks, at) for at, block in enumerate(blocks) if block.tag == f"{_W}tbl"]
    return Paper("Word", title, tables, list(_passages(blocks)))


def _style(paragraph: etree._Element) -> str:
    """The identifier of a paragraph's style, in lower case; empty for a table."""
    found = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return (found.get(f"{_W}val") or "").lower() if found is not None else ""


def _table(blocks: list[etree._Element], at: int) -> Table:
    label, caption = "", ""
    for near in (*reversed(blocks[max(0, at - 2) : at]), *blocks[at + 1 : at + 2]):
        words = _text(near) if near.tag == f"{_W}p" else ""
        if LABEL.match(words):
            label, caption = parted(words)
            break
    rows = [row for row in blocks[at] if row.tag == f"{_W}tr"]
    heads = sum(row.find(f"{_W}trPr/{_W}tblHeader") is not None for row in rows)
    return Table(label, caption, "\n".join(_notes(blocks[at + 1 :])), _grid(rows), heads or None)


def _notes(after: list[etree._Element]) -> Iterator[str]:
    """The paragraphs right below a table whose style says that they are notes."""
    for block in after:
        words = _text(block) if block.tag == f"{_W}p" else ""
        told = any(note in _style(block) for note in _NOTES)
        if block.tag != f"{_W}p" or (words and not told):
            return
        yield words


def _grid(rows: list[etree._Element]) -> tuple[tuple[Cell, ...], ...]:
    """The grid of a table: Word names a cell that goes on below anew in each row."""
    listed: list[list[Placed]] = []
    open_cells: dict[int, tuple[int, int]] = {}
    for row in rows:
        cells: list[Placed] = []
        column = _number(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
        cells += [Placed(Cell())] * column
        for cell in row.iter(f"{_W}tc"):
            if cell.getparent() is not row and cell.getparent().tag != f"{_W}sdtContent":
                continue  # of a table in a cell
            width = max(1, _number(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1))
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merged is not None and merged.get(f"{_W}val") in (None, "continue")
            if goes_on and column in open_cells:
                at, number = open_cells[column]
                begun = listed[at][number]
                listed[at][number] = Placed(begun.cell, begun.rows + 1, begun.columns)
            else:
                if merged is not None:
                    open_cells[column] = (len(listed), len(cells))
                else:
                    open_cells.pop(column, None)
                cells.append(Placed(_cell(cell), 1, width))
            column += width
        listed.append(cells)
    return grid([listed])


def _number(element: etree._Element | None, default: int) -> int:
    told = element.get(f"{_W}val") if element is not None else None
    return min(int(told), 1000) if told and told.isdecimal() else default


def _cell(cell: etree._Element) -> Cell:
    lines, marks, indent = [], [], 0.0
    for number, paragraph in enumerate(cell.iter(f"{_W}p")):
        words = _text(paragraph, marks)
        lines.append(words)
        if not number:
            set_in = paragraph.find(f"{_W}pPr/{_W}ind")
            told = "0"
            if set_in is not None:
                told = set_in.get(f"{_W}left") or set_in.get(f"{_W}start") or "0"
            indent = float(told) if told.lstrip("-").isdecimal() else 0.0
            raw = "".join(piece.text or "" for piece in paragraph.iter(f"{_W}t"))
            indent += sum(_BLANKS.get(sign, 0) for sign in raw[: len(raw) - len(raw.lstrip())])
    return Cell("\n".join(filter(None, lines)), " ".join(marks), indent)


def _text(paragraph: etree._Element, marks: list[str] | None = None) -> str:
    """The words of a paragraph without superscripts, which go to `marks`, and deleted text."""
    pieces: list[str] = []
    for run in paragraph.iter(f"{_W}r"):
        raised = run.find(f"{_W}rPr/{_W}vertAlign")
        words = "".join(_pieces(run))
        if raised is not None and raised.get(f"{_W}val") == "superscript":
            before = "".join(pieces)[-1:]
            if words.strip().lstrip("-−–").isdecimal() and (before.isalpha() or before == "0"):
                pieces.append(words.translate(_POWERS))
            elif marks is not None:
                marks.append(words.strip())
        else:
            pieces.append(words)
    return "\n".join(" ".join(line.split()) for line in "".join(pieces).split("\v")).strip()


_POWERS = str.maketrans("0123456789-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻")


def _pieces(run: etree._Element) -> Iterator[str]:
    for part in run:
        if part.tag == f"{_W}t":
            yield part.text or ""
        elif part.tag == f"{_W}tab":
            yield " "
        elif part.tag == f"{_W}br":
            yield "\v"
        elif part.tag == f"{_W}noBreakHyphen":
            yield "-"


def _passages(blocks: list[etree._Element]) -> Iterator[Passage]:
    section, left_out = "Text", False
    for block in blocks:
        if block.tag != f"{_W}p":
            continue
        style, words = _style(block), " ".join(_text(block).split())
        if style.startswith(_HEADINGS) and words:
            section, left_out = words, words.lower().strip(". ") in ("references", "bibliography")
        elif words and not left_out and not any(one in style for one in (*_LEFT_OUT, *_NOTES)):
            yield Passage("Abstract" if style.startswith("abstract") else section, words)
