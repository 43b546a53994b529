"""Parts of a Word file that pandoc leaves open: styles, page, running head, fields, tables."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

from case_review.errors import ReviewError
from case_review.rendering import ast

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
#: A4 with margins that leave a block of text 17 cm wide; in twentieths of a point.
_PAGE = (
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1418" w:right="1134" w:bottom="1304" w:left="1134" '
    'w:header="680" w:footer="624" w:gutter="0"/>'
)
#: The width of that block.
_TEXT_WIDTH = 9638
#: What a letter of a table takes on average, and a cell's margins.
_LETTER, _CELL = 95, 160
#: The same for a column that holds just its longest word: a long one is near the average, and a
#: short one may be of wide or bold letters.
_WORD_LETTER, _WORD_CELL = 86, 220
#: What indents the label of a row, and by how much.
_EM, _INDENT = "\u2003", 180
#: A table of at most so many rows is kept on one page.
_WHOLE = 45


def tag(name: str) -> str:
    """The full name of an element or attribute of WordprocessingML."""
    return f"{{{W}}}{name}"


def field(code: str, shown: str, properties: str = "") -> str:
    """A field that Word can update, showing `shown` until then; `properties` format its runs."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""

    def run(content: str) -> str:
        return f"<w:r>{look}{content}</w:r>"

    return (
        run('<w:fldChar w:fldCharType="begin"/>')
        + run(f'<w:instrText xml:space="preserve"> {escape(code)} </w:instrText>')
        + run('<w:fldChar w:fldCharType="separate"/>')
        + run(f'<w:t xml:space="preserve">{escape(shown)}</w:t>')
        + run('<w:fldChar w:fldCharType="end"/>')
    )


def reference(styles: Path, head: tuple[str, str], foot: str, target: Path) -> None:
    """Write the document that pandoc takes styles, page, running head and foot from.

    Parameters
    ----------
    styles
        An XML file of `w:style` elements, which replace those of pandoc's own document.
    head
        The left and the right end of the running head.
    foot
        The left end of the foot; the page number stands at the right.
    """
    if not styles.is_file():
        raise ReviewError(f"report/styles/{styles.name} is missing. Restore it from the project.")
    command = [ast.pandoc_path(), "--print-default-data-file", "reference.docx"]
    parts = parts_of(subprocess.run(command, capture_output=True, check=True).stdout)
    parts["word/styles.xml"] = _styled(parts["word/styles.xml"], styles.read_bytes())
    page = field("PAGE", "1")
    pages = field("NUMPAGES", "1")
    count = f'{page}<w:r><w:t xml:space="preserve"> / </w:t></w:r>{pages}'
    parts["word/header1.xml"] = _margin("hdr", "Header", head[0], _text(head[1]))
    parts["word/footer1.xml"] = _margin("ftr", "Footer", foot, count)
    _join(parts, "header1", "header")
    _join(parts, "footer1", "footer")
    document = parts["word/document.xml"].decode("utf-8")
    start = document.rindex("<w:sectPr")
    section = (
        f'<w:sectPr xmlns:r="{_R}"><w:headerReference w:type="default" r:id="header1"/>'
        f'<w:footerReference w:type="default" r:id="footer1"/>'
        f'<w:footerReference w:type="first" r:id="footer1"/>{_PAGE}<w:titlePg/></w:sectPr>'
    )
    parts["word/document.xml"] = (document[:start] + section + "</w:body></w:document>").encode()
    target.write_bytes(packed(parts))


def finish(content: bytes) -> bytes:
    """A Word file with tables that stay together; equal content gives equal bytes."""
    parts = parts_of(content)
    document = etree.fromstring(parts["word/document.xml"])
    for table in document.iter(tag("tbl")):
        _settle(table)
    _point_at_results(document)
    parts["word/document.xml"] = _written(document)
    settings = etree.fromstring(parts["word/settings.xml"])
    _modern(settings)
    parts["word/settings.xml"] = _written(settings)
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


def _styled(old: bytes, new: bytes) -> bytes:
    """Pandoc's styles with ours in their places."""
    root = etree.fromstring(old)
    for style in etree.fromstring(new).findall(tag("style")):
        for other in root.findall(tag("style")):
            if other.get(tag("styleId")) == style.get(tag("styleId")):
                root.remove(other)
        root.append(style)
    return _written(root)


def _text(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _margin(kind: str, style: str, left: str, right: str) -> bytes:
    """A running head or foot: a text at the left, runs at the right."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{kind} xmlns:w="{W}"><w:p>'
        f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>{_text(left)}<w:r><w:tab/></w:r>{right}'
        f"</w:p></w:{kind}>"
    ).encode()


def _join(parts: dict[str, bytes], name: str, kind: str) -> None:
    """Enter a part into the package's lists."""
    relations = etree.fromstring(parts["word/_rels/document.xml.rels"])
    attributes = {"Id": name, "Type": f"{_R}/{kind}", "Target": f"{name}.xml"}
    etree.SubElement(relations, f"{{{_PACKAGE}/relationships}}Relationship", attributes)
    parts["word/_rels/document.xml.rels"] = _written(relations)
    types = etree.fromstring(parts["[Content_Types].xml"])
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    entry = {"PartName": f"/word/{name}.xml", "ContentType": f"{word}.{kind}+xml"}
    etree.SubElement(types, f"{{{_PACKAGE}/content-types}}Override", entry)
    parts["[Content_Types].xml"] = _written(types)


def _settle(table) -> None:
    """Rows that do not break; a short table stays with its notes; cells in the tables' style."""
    rows = table.findall(tag("tr"))
    for number, row in enumerate(rows):
        properties = row.find(tag("trPr"))
        if properties is None:
            properties = etree.Element(tag("trPr"))
            row.insert(0, properties)
        properties.insert(0, etree.Element(tag("cantSplit")))
        near_an_end = number == 0 or number >= len(rows) - 3
        noted = _style(_after(table)) == "ExhibitNotes"
        together = (len(rows) <= _WHOLE or near_an_end) and (noted or number < len(rows) - 1)
        for paragraph in row.iter(tag("p")):
            _set_style(paragraph, "TableText", together)
    _settle_notes(_after(table))
    _set_widths(table, rows)
    for row in rows[1:]:
        _indent(row.find(f"{tag('tc')}/{tag('p')}"))
    _name(table)


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
    indent = etree.Element(tag("ind"), {tag("left"): str(_INDENT * (len(text.text) - len(shown)))})
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
        space = etree.Element(tag("spacing"), {tag("before"): "240"})
        note.find(f"{tag('pPr')}/{tag('pStyle')}").addnext(space)


def _set_widths(table, rows: list) -> None:
    """Columns as wide as their text where all fit on the page, else the shares that pandoc set."""
    grid = table.findall(f"{tag('tblGrid')}/{tag('gridCol')}")
    total = table.find(f"{tag('tblPr')}/{tag('tblW')}")
    if total.get(tag("type")) == "auto":
        texts = zip(
            *([_length(cell) for cell in row.findall(tag("tc"))] for row in rows), strict=True
        )
        wished = [_CELL + _LETTER * max(lengths) for lengths in texts]
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
        for cell, width in zip(row.findall(tag("tc")), widths, strict=True):
            properties = cell.find(tag("tcPr"))
            properties.insert(
                0, etree.Element(tag("tcW"), {tag("w"): str(width), tag("type"): "dxa"})
            )


def _roomy(widths: list[int], rows: list) -> list[int]:
    """`widths` in which no word is broken, as far as the page has room, at the others' cost."""
    words = zip(*([_longest(cell) for cell in row.findall(tag("tc"))] for row in rows), strict=True)
    least = [_WORD_CELL + _WORD_LETTER * max(lengths) for lengths in words]
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


def _longest(cell) -> int:
    """The letters of a cell's longest word; an em space is as wide as two."""
    text = "".join(node.text or "" for node in cell.iter(tag("t")))
    indent = len(text) - len(text.lstrip(_EM))
    return 2 * indent + max((len(word) for word in re.split(r"[\s\u200b]+", text)), default=0)


def _length(cell) -> int:
    return sum(len(node.text or "") for node in cell.iter(tag("t")))


def _style(node) -> str:
    found = node.find(f"{tag('pPr')}/{tag('pStyle')}") if node is not None else None
    return found.get(tag("val")) if found is not None else ""


def _set_style(paragraph, style: str, keep_next: bool) -> None:
    properties = paragraph.find(tag("pPr"))
    if properties is None:
        properties = etree.Element(tag("pPr"))
        paragraph.insert(0, properties)
    for old in properties.findall(tag("pStyle")):
        properties.remove(old)
    if keep_next:
        properties.insert(0, etree.Element(tag("keepNext")))
    properties.insert(0, etree.Element(tag("pStyle"), {tag("val"): style}))


def _name(table) -> None:
    """Give the table its whole caption as its title, number included, for screen readers."""
    caption = table.getprevious()
    title = table.find(f"{tag('tblPr')}/{tag('tblCaption')}")
    if title is not None and _style(caption) == "TableCaption":
        title.set(tag("val"), "".join(node.text or "" for node in caption.iter(tag("t"))))


def _point_at_results(document) -> None:
    """Numbers that link to the appendix look like text, not like links."""
    for link in document.iter(tag("hyperlink")):
        if (link.get(tag("anchor")) or "").startswith("number-"):
            for style in link.iter(tag("rStyle")):
                style.set(tag("val"), "Result")


def _modern(settings) -> None:
    """Keep Word from opening the file in a compatibility mode."""
    compat = etree.Element(tag("compat"))
    uri = "http://schemas.microsoft.com/office/word"
    attributes = {"name": "compatibilityMode", "uri": uri, "val": "15"}
    etree.SubElement(compat, tag("compatSetting"), {tag(k): v for k, v in attributes.items()})
    at = settings.find(tag("rsids"))
    if settings.find(tag("compat")) is None and at is not None:
        at.addprevious(compat)
