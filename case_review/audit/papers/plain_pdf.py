"""PDFs without tags: tables by where words stand below a caption, text in the order of the file.

Lines below `Table 1.` are taken for its rows as far as they are parted into pieces; blanks that run
down through all of them part its columns. What is found so is never more than likely.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

from case_review.audit.papers.document import Cell, Paper, Passage, Placed, Table, grid
from case_review.audit.papers.html import LABEL, parted
from case_review.audit.papers.words_pdf import Line, Piece, Word, lines, words

#: Blank lines that end a table, in heights of its lines, and lines of text that do.
_APART, _TEXT = 2.6, 2
_SENTENCE, _CAPTION, _NOTES = 9, 16, 14
_ALONE = re.compile(r"[.:|–—]\s*$")
_OTHER = re.compile(r"(?:fig(?:ure)?\.?|box|scheme)\s*\d", re.IGNORECASE)
_REFERENCES = re.compile(
    r"(?:\d+\.?\s+)?(?:references|bibliography|literature cited)", re.IGNORECASE
)
_NUMBER = re.compile(r"[<>≤≥~(\[]?\s*[-−–+]?\s*\d")


def read(document) -> Paper:
    """Tables and text of a PDF without tags."""
    paper = Paper("PDF (untagged)", document.get_metadata_value("Title").strip())
    paper.missed.append(
        "The file has no tags: tables were found by where words stand. Cells may be missing or in "
        "the wrong column, so hold what is found against the page."
    )
    ended = False
    for number in range(len(document)):
        found = words(document[number])
        taken: set[int] = set()
        for area in _areas(found):
            table, used = _table(area)
            if table:
                paper.tables.append(table)
                taken |= used
        ended = _text(number + 1, [w for w in found if id(w) not in taken], paper, ended)
    return paper


# -- where tables are ------------------------------------------------------------------------------


class _Area:
    """A caption and the words below it that may belong to its table."""

    def __init__(self, caption: list[str], body: list[Line], given: list[Word]):
        self.caption, self.body, self.words = caption, body, given


def _areas(found: list[Word]) -> Iterable[_Area]:
    """The tables of a page; where a page has two columns, each within its own."""
    for side in _sides(found):
        rows = lines(side)
        heads = [n for n, line in enumerate(rows) if _is_caption(line)]
        for at, following in zip(heads, [*heads, len(rows)][1:], strict=True):
            caption, first = _caption(rows, at, following)
            body = _body(rows[first:following])
            if body:
                yield _Area(caption, body, side)


def _is_caption(line: Line) -> bool:
    label = LABEL.match(line.text)
    return bool(label) and (bool(_ALONE.search(label[0])) or label.end() == len(line.text))


def _sides(found: list[Word]) -> list[list[Word]]:
    """A page as a whole, or its wide tables and its two columns, if lines end at the middle."""
    if not found:
        return []
    left, right = min(w.left for w in found), max(w.right for w in found)
    middle = (left + right) / 2
    across = [w for w in found if w.left < middle - 3 and w.right > middle + 3]
    beside = [line for line in lines(found) if _has_gap(line, middle)]
    if len(across) * 40 > len(found) or len(beside) < 8:
        return [found]
    wide = _wide_tables(found, middle)
    rest = [w for w in found if id(w) not in {id(one) for one in wide}]
    halves = [[w for w in rest if w.right <= middle + 3], [w for w in rest if w.right > middle + 3]]
    return [side for side in (wide, *halves) if side]


def _has_gap(line: Line, middle: float) -> bool:
    return all(not p.left < middle < p.right for p in line.pieces) and len(line.pieces) > 1


def _wide_tables(found: list[Word], middle: float) -> list[Word]:
    """The words from a caption that reaches across both columns down to where these begin again."""
    rows = lines(found)
    areas: list[tuple[float, float]] = []
    for n, line in enumerate(rows):
        if _is_caption(line) and any(p.left < middle < p.right for p in line.pieces[:1]):
            _, first = _caption(rows, n, len(rows))
            body = _body(rows[first:])
            low = body[-1].middle - body[-1].height if body else line.middle
            areas.append((low, line.middle + line.height))
    return [w for w in found if any(low <= w.middle <= high for low, high in areas)]


def _caption(rows: list[Line], at: int, end: int) -> tuple[list[str], int]:
    """The text of a caption and the first line after it: where a line is parted or far below."""
    found = [rows[at].text]
    n = at + 1
    while n < min(end, at + _CAPTION):
        gap = rows[n - 1].middle - rows[n].middle
        alone = n == at + 1 and bool(LABEL.fullmatch(found[0]))
        if len(rows[n].pieces) > 1 or (gap > 1.7 * rows[n].height and not alone):
            break
        found.append(rows[n].text)
        n += 1
    beside = rows[n].pieces[0].right if n < end and _is_data(rows[n]) else math.inf
    while n > at + 1 and rows[n - 1].pieces[0].left > beside:
        n -= 1  # the heading of a table of two columns
        found.pop()
    return found, n


def _body(rows: list[Line]) -> list[Line]:
    """The lines of a table: to a wide blank, to lines of text, or to another caption."""
    found: list[Line] = []
    text = 0
    for n, line in enumerate(rows):
        gap = rows[n - 1].middle - line.middle if n else 0
        if gap > _APART * line.height or _OTHER.match(line.text):
            break
        count = len(line.text.split())
        sentence = count >= max(_SENTENCE, 4 * len(line.pieces)) and not _is_data(line)
        text = text + 1 if sentence else 0
        found.append(line)
        # Notes are set as small as the table, the text that follows is larger.
        if text >= _TEXT and (text > _NOTES or line.height > 1.2 * rows[0].height):
            break
    return found


# -- a table ---------------------------------------------------------------------------------------


def _table(area: _Area) -> tuple[Table | None, set[int]]:
    """The table of an area, and the words that it took."""
    data = [line for line in area.body if _is_data(line)]
    if len(data) < 2:
        return None, set()
    columns = _columns(data)
    first, last = area.body.index(data[0]), area.body.index(data[-1])
    if len(columns) < 2 or len(data) * 4 < last - first:
        return None, set()
    body, notes = area.body[: last + 1], area.body[last + 1 :]
    edge = None if _is_centred(data) else min(line.pieces[0].left for line in body)
    rows = [_row(line, columns, edge, n < first) for n, line in enumerate(body)]
    label, caption = parted(" ".join(area.caption))
    heads = _heads(body, first)
    table = Table(label, caption, "\n".join(line.text for line in notes), grid([rows]), heads, True)
    # What is set as small as the table is taken for its notes, and may be text all the same.
    low = body[-1].middle
    used = {id(w) for w in area.words if low - 1 <= w.middle <= body[0].middle + body[0].height}
    return table, used


def _is_data(line: Line) -> bool:
    """Whether a line has a label and numbers beside it."""
    beside = [piece for piece in line.pieces[1:] if _NUMBER.match(piece.text)]
    return len(line.pieces) > 1 and len(beside) * 2 >= len(line.pieces) - 1


def _heads(body: list[Line], first: int) -> int | None:
    """How many lines above the first with numbers are headings: down to the last in pieces."""
    parted_lines = [n for n in range(first) if len(body[n].pieces) > 1]
    return parted_lines[-1] + 1 if parted_lines else (1 if first else None)


def _columns(data: list[Line]) -> list[tuple[float, float]]:
    """From where to where each column reaches: runs that no blank through all lines parts."""
    counts = Counter(len(line.pieces) for line in data)
    usual = max(counts, key=lambda count: (counts[count], count))
    whole = [line for line in data if len(line.pieces) >= usual]
    reaches = sorted((p.left, p.right) for line in whole for p in line.pieces)
    found: list[tuple[float, float]] = []
    for left, right in reaches:
        if found and left < found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], right)
        else:
            found.append((left, right))
    return found


def _is_centred(data: list[Line]) -> bool:
    """Whether labels stand in the middle of their column, so that nothing is set in."""
    middles = [(line.pieces[0].left + line.pieces[0].right) / 2 for line in data]
    return max(middles) - min(middles) < 2


def _row(
    line: Line, columns: list[tuple[float, float]], edge: float | None, head: bool
) -> list[Placed]:
    """A line as cells: a piece stands in the column it overlaps, in headings in all of these."""
    cells: list[list[Piece]] = [[] for _ in columns]
    spans: dict[int, int] = {}
    for piece in line.pieces:
        apart = [_apart(piece, column) for column in columns]
        over = [n for n, gap in enumerate(apart) if gap < 0] or [apart.index(min(apart))]
        cells[over[0]].append(piece)
        if head and len(over) > 1:
            spans[over[0]] = len(over)
    placed: list[Placed] = []
    n = 0
    while n < len(columns):
        text = " ".join(piece.text for piece in cells[n])
        # Letters of one edge differ by a point; labels are set in by more.
        set_in = not n and cells[n] and edge is not None
        indent = round((cells[n][0].left - edge) / 4) if set_in else 0
        placed.append(Placed(Cell(text, "", indent), 1, spans.get(n, 1)))
        n += spans.get(n, 1)
    return placed


def _apart(piece: Piece, column: tuple[float, float]) -> float:
    return max(column[0] - piece.right, piece.left - column[1])


# -- its text --------------------------------------------------------------------------------------


def _text(page: int, found: list[Word], paper: Paper, ended: bool) -> bool:
    """Take over the text of a page in the order of the file, up to the references."""
    rows: list[list[Word]] = []
    for word in found:
        if rows and abs(rows[-1][-1].middle - word.middle) < 0.6 * word.height:
            rows[-1].append(word)
        else:
            rows.append([word])
    text = ""
    for row in rows:
        line = " ".join(one.text for made in lines(row) for one in made.pieces)
        if _REFERENCES.fullmatch(line.strip()):
            ended = True
        if ended:
            break
        joined = text.endswith(("-", "\u2010", "\u00ad")) and line[:1].islower()
        text = text[:-1] + line if joined else f"{text} {line}"
    if text.strip():
        paper.passages.append(Passage(f"Page {page}", text.strip()))
    return ended
