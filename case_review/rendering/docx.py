"""The report as a Word file."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from case_review import __version__
from case_review.build.revision import revision
from case_review.files import write_bytes
from case_review.project import Project
from case_review.registry import Recorded
from case_review.rendering import ast, bylines, figures, marks, pictures, provenance, word
from case_review.rendering.cells import Exhibit
from case_review.rendering.citations import converted
from case_review.rendering.contents import Entry
from case_review.rendering.forms import FRAMES, Form, Panel
from case_review.rendering.manuscript import Manuscript

#: The most that a figure may be high, as a share of the text's width: one that has no room leaves
#: the rest of the page white.
_HIGHEST = 0.56
#: Word allows no longer names of bookmarks.
_LONGEST = 40


def write(project: Project, found: Manuscript, tree: dict, work: Path, out: Path) -> None:
    """Write `index.docx`; the same tree gives the same bytes."""
    dated = " · ".join(reference(project, tree["meta"], work / "reference.docx"))
    tree["meta"]["date"] = ast.said(dated)
    tree["blocks"][:0] = _facts(tree["meta"])
    pictures.copy(found.pictures, work)
    arguments = ["-f", "json", "-t", "docx", "--syntax-highlighting=none", "-o", "-"]
    arguments += ["--reference-doc=reference.docx", *bylines.in_word(tree["meta"], work)]
    content = converted(project, found, tree, arguments, work)
    (out / FORM.file).write_bytes(word.finish(content))


def reference(project: Project, meta: dict, target: Path) -> tuple[str, str]:
    """Write the document that Word's styles, running head and foot are taken from.

    Returns
    -------
    tuple of str
        The day and the version that it states.
    """
    version = revision(project)
    day, state = f"{version.day.day} {version.day:%B %Y}", f"Version {__version__}, {version}"
    words = {"title": ast.meta_text(meta.get("title")), "day": day, "version": state}
    word.reference(project.report / "styles" / "word.xml", words, target)
    return day, state


def _facts(meta: dict) -> list:
    """Keywords and licence below the abstract."""
    keywords = "; ".join(ast.meta_texts(meta.get("keywords")))
    licence = ast.words(ast.meta_text(meta.get("licence-text")))
    if licence and "licence-link" in meta:
        licence = [ast.link(ast.meta_text(meta["licence-link"]), licence)]
    facts = {"Keywords": ast.words(keywords), "Licence": licence}
    lines = [ast.para(*ast.numbered(name, words)) for name, words in facts.items() if words]
    return [ast.div([line], **{"custom-style": "Keywords"}) for line in lines]


def _raw(text: str) -> dict:
    return {"t": "RawInline", "c": ["openxml", text]}


def _result(result: Recorded) -> list:
    return [ast.link(f"#{provenance.anchor(result)}", marks.marked(result))]


def bookmark(label: str) -> str:
    """The name of the bookmark around an exhibit's number, which references point to."""
    name = "ref_" + re.sub(r"\W", "_", label)
    return name if len(name) <= _LONGEST else f"ref_{hashlib.sha1(label.encode()).hexdigest()[:30]}"


def _caption(shown: Exhibit, caption: list) -> list:
    """The caption with a number that Word counts, inside a bookmark."""
    if not shown.name:
        return caption
    kind, number = shown.name.split(" ")
    bold = "<w:b/><w:bCs/>"
    counter = word.field(rf"SEQ {kind} \* ARABIC", number, bold)
    # Pandoc numbers its bookmarks from 1; the report has far fewer than ten thousand.
    key = int(number) + (10_000 if kind == "Table" else 20_000)
    counted = (
        f'<w:bookmarkStart w:id="{key}" w:name="{bookmark(shown.label)}"/>'
        f'<w:r><w:rPr>{bold}</w:rPr><w:t xml:space="preserve">{kind} </w:t></w:r>'
        f'{counter}<w:bookmarkEnd w:id="{key}"/><w:r><w:rPr>{bold}</w:rPr><w:t>:</w:t></w:r>'
    )
    return [_raw(counted), {"t": "Space"}, *caption]


def _reference(link: dict) -> list:
    """A reference that Word can update and follow."""
    _, inlines, (target, _) = link["c"]
    code = rf"REF {bookmark(target.removeprefix('#'))} \h \* MERGEFORMAT"
    return [_raw(word.field(code, ast.text(inlines), '<w:rStyle w:val="Hyperlink"/>'))]


def _figure(shown: Exhibit, caption: list, folder: Path) -> list:
    write_bytes(folder / f"{shown.label}.png", shown.png)
    size = {side: float(length) for side, length in figures.size_on_screen(shown.svg).items()}
    share = figures.share_of_width(shown.svg)
    if size:
        share = min(share, _HIGHEST * size["width"] / size["height"])
    image = ast.image(f"{shown.label}.png", figures.plain(shown.alt), width=f"{share:.0%}")
    return [ast.figure(shown.label, _caption(shown, caption), image)]


def _picture(shown: Exhibit, caption: list, image: dict, file: Path) -> list:
    label = shown.label if shown.name else ""
    return [ast.figure(label, _caption(shown, caption), ast.plain([image]))]


def _panels(shown: Exhibit, caption: list, panels: list[Panel], columns: int) -> list:
    """The pictures one below another, which no version of Word moves apart."""
    made = [ast.figure(each.label, each.caption, ast.plain([each.image])) for each in panels]
    said = ast.div([ast.para(*_caption(shown, caption))], **{"custom-style": "Image Caption"})
    return [ast.div([*made, said], shown.label)]


def _table(shown: Exhibit, caption: list, table: dict, notes: list) -> list:
    table["c"][0] = ast.attr(shown.label if shown.name else "")
    if caption:
        table["c"][1] = [None, [ast.plain(_caption(shown, caption))]]
    noted = ast.div(notes, classes=["exhibit-notes"], **{"custom-style": "Exhibit Notes"})
    return [table, *([noted] if notes else [])]


def _framed(div: dict) -> list:
    _, classes, _ = div["c"][0]
    style = next(FRAMES[name] for name in classes if name in FRAMES)
    return [ast.div(div["c"][1], **{"custom-style": style})]


def _contents(entries: list[Entry]) -> list:
    """References that Word can update and follow, each with what the exhibit shows."""

    def line(entry: Entry) -> dict:
        (name,) = _reference(ast.link(f"#{entry.label}", ast.words(entry.name)))
        return ast.para(name, {"t": "Space"}, *ast.words(entry.words))

    return [ast.div([line(each) for each in entries], **{"custom-style": "Small Text"})]


FORM = Form(
    file="index.docx",
    words="Word",
    media="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    result=_result,
    figure=_figure,
    table=_table,
    picture=_picture,
    panels=_panels,
    reference=_reference,
    framed=_framed,
    listed=_contents,
)
