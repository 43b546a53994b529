"""Parts of a Word file that pandoc leaves open: styles, page, running head, fields, tables."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template

from lxml import etree

from case_review.rendering import converter, scripts

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#: Parts of a Word file that have further entries, by the name of their root.
_EXTENDED = {
    "Relationships": "word/_rels/document.xml.rels",
    "Types": "[Content_Types].xml",
    "styles": "word/styles.xml",
}
#: The width of the block of text, in twentieths of a point.
_TEXT_WIDTH = 9638
#: What a letter of a table takes on average, and a cell's margins.
_LETTER, _CELL = 95, 160
#: The same for a column that holds just its longest word: a long one is near the average, and a
#: short one may be of wide or bold letters.
_WORD_LETTER, _WORD_CELL = 86, 220
#: What indents the label of a row, and by how much.
_EM, _INDENT = "\u2003", 180
#: A table of at most so many rows is kept on one page.
_WHOLE = 8


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def tag(name: str) -> str:
    """The full name of an element or attribute of WordprocessingML."""
    return f"{{{W}}}{name}"


def field(code: str, shown: str, properties: str) -> str:
    """A field that Word can update, showing `shown` until then; `properties` format its runs."""
    parts = (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {_escape(code)} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        f'<w:t xml:space="preserve">{_escape(shown)}</w:t>',
        '<w:fldChar w:fldCharType="end"/>',
    )
    return "".join(f"<w:r><w:rPr>{properties}</w:rPr>{part}</w:r>" for part in parts)


def reference(additions: Path, words: dict[str, str], target: Path) -> None:
    """Write the document that pandoc takes styles, page, running head and foot from.

    Parameters
    ----------
    additions
        The XML file of what replaces or joins the content of pandoc's own document.
    words
        What `$title`, `$day` and `$version` stand for in it.
    """
    escaped = {name: _escape(text) for name, text in words.items()}
    filled = Template(scripts.style(additions)).substitute(escaped)
    reader = etree.XMLParser(remove_blank_text=True, remove_comments=True)
    added = {
        etree.QName(part).localname: part for part in etree.fromstring(filled.encode(), reader)
    }
    parts = parts_of(converter.run(["--print-default-data-file=reference.docx"], "")[0])
    for kind, name in _EXTENDED.items():
        root = etree.fromstring(parts[name])
        replaced = {style.get(tag("styleId")) for style in added[kind].findall(tag("style"))}
        for old in root.findall(tag("style")):
            if old.get(tag("styleId")) in replaced:
                root.remove(old)
        root.extend(added[kind])
        parts[name] = _written(root)
    settings = etree.fromstring(parts["word/settings.xml"])
    settings.find(tag("rsids")).addprevious(added["compat"])
    document = etree.fromstring(parts["word/document.xml"])
    section = document.find(f"{tag('body')}/{tag('sectPr')}")
    section.getparent().replace(section, added["sectPr"])
    made = {"settings": settings, "document": document}
    made |= {"header1": added["hdr"], "footer1": added["ftr"]}
    parts |= {f"word/{name}.xml": _written(root) for name, root in made.items()}
    target.write_bytes(packed(parts))


def finish(content: bytes) -> bytes:
    """A Word file with tables that stay together; equal content gives equal bytes."""
    parts = parts_of(content)
    document = etree.fromstring(parts["word/document.xml"])
    for table in document.iter(tag("tbl")):
        _settle(table)
    _point_at_results(document)
    parts["word/document.xml"] = _written(document)
    return packed(parts)


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a zip archive by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip archive with sorted entries and fixed times, so that equal parts are equal bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        # Word wants the list of content types first.
        for entry in sorted(parts, key=lambda name: (name[0] != "[", name)):
            info = zipfile.ZipInfo(entry, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, parts[entry])
    return stream.getvalue()


def _written(root) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _made(name: str, **attributes: str):
    """An element with attributes of WordprocessingML."""
    return etree.Element(tag(name), {tag(key): value for key, value in attributes.items()})


def _properties(node, name: str):
    """The element that holds a node's properties, made where there is none."""
    if node.find(tag(name)) is None:
        node.insert(0, _made(name))
    return node.find(tag(name))


def _text(node) -> str:
    return "".join(part.text or "" for part in node.iter(tag("t")))


def _settle(table) -> None:
    """Rows that do not break; a short table stays with its notes; cells in the tables' style.

    A longer one goes on over the page, but neither its head nor that of a block stands at the foot
    of one, nor does its last row stand alone on one.
    """
    rows = table.findall(tag("tr"))
    noted = _style(_after(table)) == "ExhibitNotes"
    for number, row in enumerate(rows):
        _properties(row, "trPr").insert(0, _made("cantSplit"))
        near_an_end = number < 2 or number >= len(rows) - 3
        together = len(rows) <= _WHOLE or near_an_end or _opens(row)
        together = together and (noted or number < len(rows) - 1)
        for paragraph in row.iter(tag("p")):
            _set_style(paragraph, "TableText", together)
    _settle_notes(_after(table))
    _set_widths(table, rows)
    for row in rows[1:]:
        _indent(row.find(f"{tag('tc')}/{tag('p')}"))
    _name(table)


def _opens(row) -> bool:
    """Whether a row is the head of a block: words in its first cell, and nothing in the others."""
    first, *others = map(_text, row.findall(tag("tc")))
    return bool(first.strip() and others) and not any(text.strip() for text in others)


def _after(node):
    """What follows a table or a paragraph; bookmarks are no content."""
    node = node.getnext()
    while node is not None and node.tag in (tag("bookmarkStart"), tag("bookmarkEnd")):
        node = node.getnext()
    return node


def _indent(label) -> None:
    """A row's label is indented as a whole, also where it goes on in a second line."""
    text = label.find(f"{tag('r')}/{tag('t')}") if label is not None else None
    if text is None or not (text.text or "").startswith(_EM):
        return
    shown = text.text.lstrip(_EM)
    indent = _made("ind", left=str(_INDENT * (len(text.text) - len(shown))))
    text.text = shown
    align = label.find(f"{tag('pPr')}/{tag('jc')}")  # which the schema wants behind
    if align is not None:
        align.addprevious(indent)
    else:
        label.find(tag("pPr")).append(indent)


def _settle_notes(note) -> None:
    """Notes below a table stay together; what follows table and notes keeps a distance."""
    while _style(note) == "ExhibitNotes":
        after = _after(note)
        _set_style(note, "ExhibitNotes", _style(after) == "ExhibitNotes")
        note = after
    if _style(note) in ("BodyText", "FirstParagraph"):  # others have a distance of their own
        note.find(f"{tag('pPr')}/{tag('pStyle')}").addnext(_made("spacing", before="240"))


def _set_widths(table, rows: list) -> None:
    """Columns as wide as their text where all fit on the page, else the shares that pandoc set."""
    grid = table.findall(f"{tag('tblGrid')}/{tag('gridCol')}")
    total = table.find(f"{tag('tblPr')}/{tag('tblW')}")
    if total.get(tag("type")) == "auto":
        wished = [_CELL + _LETTER * most for most in _most(rows, lambda cell: len(_text(cell)))]
    else:
        wished = [int(column.get(tag("w"))) for column in grid]
    free = total.get(tag("type")) == "auto" and sum(wished) <= _TEXT_WIDTH
    scale = 1 if free else _TEXT_WIDTH / sum(wished)
    widths = _roomy([round(width * scale) for width in wished], rows)
    for column, width in zip(grid, widths, strict=True):
        column.set(tag("w"), str(width))
    total.set(tag("type"), "dxa")
    total.set(tag("w"), str(sum(widths)))
    for row in rows:
        for cell, column, wide in _cells(row):
            width = sum(widths[column : column + wide])
            _properties(cell, "tcPr").insert(0, _made("tcW", w=str(width), type="dxa"))


def _roomy(widths: list[int], rows: list) -> list[int]:
    """`widths` in which no word is broken, as far as the page has room, at the others' cost."""
    least = [_WORD_CELL + _WORD_LETTER * most for most in _most(rows, _longest)]
    lacking = sum(max(0, need - width) for need, width in zip(least, widths, strict=True))
    spare = [max(0, width - need) for need, width in zip(least, widths, strict=True)]
    # A table narrower than the page grows first.
    taken = max(0, lacking - max(0, _TEXT_WIDTH - sum(widths)))
    if taken > sum(spare):
        return widths
    return [
        max(need, width) - round(taken * own / (sum(spare) or 1))
        for need, width, own in zip(least, widths, spare, strict=True)
    ]


def _cells(row) -> Iterator[tuple]:
    """The cells of a row, each with its first column and how many columns it takes."""
    column = 0
    for cell in row.findall(tag("tc")):
        span = cell.find(f"{tag('tcPr')}/{tag('gridSpan')}")
        wide = int(span.get(tag("val"))) if span is not None else 1
        yield cell, column, wide
        column += wide


def _most(rows: list, measure: Callable) -> list[int]:
    """The largest measure of a cell in each column; one of several columns spreads over them."""
    most: dict[int, int] = {}
    for row in rows:
        for cell, column, wide in _cells(row):
            share = -(-measure(cell) // wide)
            for place in range(column, column + wide):
                most[place] = max(most.get(place, 0), share)
    return [most[place] for place in sorted(most)]


def _longest(cell) -> int:
    """The letters of a cell's longest word; an em space is as wide as two."""
    text = _text(cell)
    indent = len(text) - len(text.lstrip(_EM))
    return 2 * indent + max((len(word) for word in re.split(r"[\s\u200b]+", text)), default=0)


def _style(node) -> str:
    found = node.find(f"{tag('pPr')}/{tag('pStyle')}") if node is not None else None
    return found.get(tag("val")) if found is not None else ""


def _set_style(paragraph, style: str, keep_next: bool) -> None:
    properties = _properties(paragraph, "pPr")
    for old in properties.findall(tag("pStyle")):
        properties.remove(old)
    if keep_next:
        properties.insert(0, _made("keepNext"))
    properties.insert(0, _made("pStyle", val=style))


def _name(table) -> None:
    """Give the table its whole caption as its title, number included, for screen readers."""
    caption = table.getprevious()
    title = table.find(f"{tag('tblPr')}/{tag('tblCaption')}")
    if title is not None and _style(caption) == "TableCaption":
        title.set(tag("val"), _text(caption))


def _point_at_results(document) -> None:
    """Numbers that link to the appendix look like text, not like links."""
    for link in document.iter(tag("hyperlink")):
        if (link.get(tag("anchor")) or "").startswith("number-"):
            for style in link.iter(tag("rStyle")):
                style.set(tag("val"), "Result")
