"""A web page of an article: its tables, and its paragraphs below their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from case_review.audit.papers import markup
from case_review.audit.papers.document import Paper, Passage, Table

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
#: What a page shows around an article, and what in an article is no sentence of its own.
_AROUND = {
    "head", "nav", "header", "footer", "aside", "form", "dialog", "noscript", "button", "figure",
    "pre", "code", "math", "svg", "blockquote",
}  # fmt: skip
_NOTES = re.compile(r"(?:^|[\s_-])(?:table-?)?(?:foot|notes?|legend|fn)|footnote", re.IGNORECASE)
_CAPTION = re.compile(r"caption|title", re.IGNORECASE)
#: A caption that begins with the number of its table.
LABEL = re.compile(
    r"((?:(?:supplement(?:ary|al)|additional|extended data)\s+)?e?tab(?:le|\.)?\s*"
    r"(?:[a-z]?\d+[a-z]?|[ivxl]+|[a-z](?=[.:]))(?:\.\d+)?)(?![\w])\s*[.:|–—-]?\s*",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"reference|bibliograph|footnote|exhibit|caption|\btw-|table-?wrap|\bfig\b", re.IGNORECASE
)
_REFERENCES = re.compile(r"references|bibliography|literature cited", re.IGNORECASE)


def read(root: etree._Element) -> Paper:
    """Tables and text of a page; of several `h1` the first is the title."""
    title = next((markup.text(e) for e in root.iter("h1")), "")
    title = title or markup.text(next(root.iter("title"), None))
    body = next((e for e in root.iter("main", "article")), root)
    tables = [_table(e) for e in body.iter("table") if _is_data(e)]
    return Paper("HTML", title, [table for table in tables if table], list(_passages(body)))


def parted(caption: str) -> tuple[str, str]:
    """The label at the head of a caption, empty without one, and the rest."""
    found = LABEL.match(caption)
    return (found[1].strip(), caption[found.end() :]) if found else ("", caption)


def _is_data(table: etree._Element) -> bool:
    """Whether a table holds cells and no table inside it, and is not there for the layout."""
    inner = next((e for e in table.iterdescendants("table")), None)
    return inner is None and table.get("role") not in ("presentation", "none")


def _table(table: etree._Element) -> Table | None:
    rows, heads = markup.table_rows(table)
    label, caption = parted(_caption(table))
    return Table(label, caption, "\n".join(_notes(table)), rows, heads) if rows else None


def _caption(table: etree._Element) -> str:
    """The `caption` of a table, or that of the figure or box that holds this table alone."""
    own = table.find("caption")
    if own is not None:
        return markup.text(own)
    part = table
    for box in (*_boxes(table), None):
        before = [markup.text(e) for e in part.itersiblings(preceding=True)]
        after = [markup.text(e) for e in part.itersiblings() if _is_caption(e)]
        if box is None:
            before, after = before[:1], []  # other things than the table stand around it
        # Number and words may stand in elements of their own: `Table 1.` and `Patients`.
        for words in (" ".join(filter(None, reversed(before))), *before, *after):
            if LABEL.match(words):
                return words
        if named := next((e for e in part.itersiblings(preceding=True) if _is_caption(e)), None):
            return markup.text(named)
        part = box
    return ""


def _is_caption(element: etree._Element) -> bool:
    return bool(_CAPTION.search(f"{markup.name(element)} {element.get('class') or ''}"))


def _boxes(table: etree._Element) -> Iterator[etree._Element]:
    """The elements around a table that hold no other, from the inside."""
    for box in table.iterancestors():
        if sum(1 for _ in box.iter("table")) > 1 or markup.name(box) in ("main", "article", "body"):
            return
        yield box


def _notes(table: etree._Element) -> Iterator[str]:
    """What stands below a table and is called notes, a legend or a foot."""
    for part in (table, *_boxes(table)):
        for after in part.itersiblings():
            if _NOTES.search(after.get("class") or "") or markup.name(after) == "tfoot":
                yield markup.lines(after)[0]


def _passages(body: etree._Element) -> Iterator[Passage]:
    section, left_out = "Text", False
    for element in body.iter(*_HEADINGS, "p", "li"):
        tag = markup.name(element)
        if tag in _HEADINGS:
            words = markup.text(element)
            if LABEL.fullmatch(words):
                continue
            section = words
            left_out = bool(_REFERENCES.fullmatch(section.strip()))
        elif not left_out and not _is_around(element):
            if tag == "li" and next(element.iterdescendants("p", "li"), None) is not None:
                continue  # its paragraphs come by themselves
            if words := markup.text(element):
                yield Passage(section, words)


def _is_around(element: etree._Element) -> bool:
    for parent in element.iterancestors():
        if markup.name(parent) in _AROUND | {"table", "caption"}:
            return True
        told = f"{parent.get('class') or ''} {parent.get('id') or ''}"
        if _ASIDE.search(told):
            return True
    return False
