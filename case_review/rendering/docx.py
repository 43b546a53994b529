"""The report as a Word file."""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path

from case_review.files import write_bytes
from case_review.project import Project
from case_review.rendering import ast, figures
from case_review.rendering.cells import Exhibit
from case_review.rendering.citations import convert
from case_review.rendering.forms import Form
from case_review.rendering.manuscript import Manuscript
from case_review.revision import build_epoch

#: The style that pandoc makes for exhibits' notes, which it gives no size.
_SMALL = re.compile(rb'(w:styleId="ExhibitNotes"(?:(?!</w:style>).)*)(</w:style>)', re.DOTALL)


def write(project: Project, found: Manuscript, tree: dict, work: Path, out: Path) -> None:
    """Write `index.docx`; the same tree gives the same bytes."""
    target = work / "index.docx"
    arguments = ["-f", "json", "-t", "docx", "--syntax-highlighting=none", "-o", str(target)]
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(build_epoch(project))
    try:
        convert(project, found, tree, [*arguments, "--metadata=lang:en-GB"], work)
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
    (out / "index.docx").write_bytes(normalised_zip(target.read_bytes()))


def normalised_zip(content: bytes) -> bytes:
    """A zip archive with sorted entries and fixed times, so that equal content is equal bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        # Word wants the list of content types first.
        for entry in sorted(old.namelist(), key=lambda name: (name[0] != "[", name)):
            info = zipfile.ZipInfo(entry, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            content = old.read(entry)
            if entry == "word/styles.xml":
                content = _SMALL.sub(rb'\1<w:rPr><w:sz w:val="17"/></w:rPr>\2', content)
            new.writestr(info, content)
    return stream.getvalue()


def _figure(shown: Exhibit, caption: list, folder: Path) -> list:
    write_bytes(folder / f"{shown.label}.png", shown.png)
    alt = ast.words(figures.plain(shown.alt))
    image = [ast.attr(width="100%"), alt, [f"{shown.label}.png", ""]]
    body = [{"t": "Plain", "c": [{"t": "Image", "c": image}]}]
    captions = [None, [{"t": "Plain", "c": ast.numbered(shown.name, caption)}]]
    return [{"t": "Figure", "c": [ast.attr(shown.label), captions, body]}]


def _table(shown: Exhibit, caption: list, table: dict, notes: list) -> list:
    table["c"][0] = ast.attr(shown.label)
    table["c"][1] = [None, [{"t": "Plain", "c": ast.numbered(shown.name, caption)}]]
    noted = ast.div(notes, classes=["exhibit-notes"], **{"custom-style": "Exhibit Notes"})
    return [table, *([noted] if notes else [])]


FORM = Form(lambda r: ast.words(r.text), _figure, _table)
