"""The manuscript as Quarto gets it: read and checked here, with what Quarto is to number and set.

Quarto's own reader takes comments and code for shortcodes, loses words in references, and knows no
name for a section without a number. It is therefore given the tree that the checks were made on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from pathlib import Path

from case_review.files import write_text
from case_review.project import Project
from case_review.rendering import (
    ast,
    columns,
    figures,
    formulas,
    html_exhibits,
    marks,
    pdf,
    pictures,
    provenance,
    shortcodes,
    typst_tables,
)
from case_review.rendering.assemble import assemble
from case_review.rendering.cells import Exhibit
from case_review.rendering.forms import FRAMES, plain_formula
from case_review.rendering.manuscript import Manuscript

#: Where the drawings of notebooks stand beside the manuscript that Quarto gets.
DRAWINGS = "_drawings"
_RESULTS = {
    "html": lambda result: [_unnamed(html_exhibits.number(result))],
    "typst": pdf.FORM.result,
}
_PIXELS = re.compile(r"([\d.]+)px")
_SHORTCODE = re.compile(r"\{\{<.*?>\}\}", re.DOTALL)


def trees(project: Project, found: Manuscript, foot: list[str], folder: Path) -> dict[str, dict]:
    """The document for each of Quarto's formats, with the title and the abstract as metadata.

    Parameters
    ----------
    foot
        Sentences of the footer.
    folder
        The folder of the manuscript that Quarto gets; pictures and drawings are written there.
    """
    pictures.copy(found.pictures, folder)
    for shown in found.exhibits.values():
        if _is_drawing(shown):
            drawing = figures.standalone(shown.svg, shown.label)
            write_text(folder / DRAWINGS / f"{shown.label}.svg", drawing)
    made = {form: _tree(project, found, form, foot) for form in _RESULTS}
    return {**made, "docx": _word(assemble(project, found, "docx", folder, foot))}


def _word(tree: dict) -> dict:
    """The tree of the embedded renderer, in which Quarto finds nothing to number or to frame."""

    def change(node: dict):
        kind, content = node["t"], node.get("c")
        if kind == "Figure":
            (id, _, _), (_, caption), (image,) = ast.walk(content, change)
            # A picture alone in its paragraph is a figure to Quarto.
            drawn = ast.para(*image["c"], {"t": "RawInline", "c": ["openxml", ""]})
            return [_styled("Captioned Figure", [drawn], id), *_said("Image Caption", caption)]
        if kind == "Table":
            (id, *rest), (_, caption), *parts = ast.walk(content, change)
            bare = {"t": kind, "c": [["", *rest], [None, []], *parts]}
            return [*_said("Table Caption", caption, id), bare]
        if kind == "Div":
            (id, *rest), blocks = content
            return [{"t": kind, "c": [[_own(id), *rest], ast.walk(blocks, change)]}]
        if kind == "Link":
            attr, words, (target, title) = content
            target = f"#{_own(target[1:])}" if target.startswith("#") else target
            return [{"t": kind, "c": [attr, ast.walk(words, change), [target, title]]}]
        return _literal(node) if kind in ("Code", "CodeBlock") else None

    return ast.walk({**tree, "meta": _told(tree)}, change)


def _styled(style: str, blocks: list, id: str = "") -> dict:
    return ast.div(blocks, _own(id), **{"custom-style": style})


def _said(style: str, caption: list, id: str = "") -> list:
    """A caption as a paragraph; nothing for an empty one."""
    said = [ast.para(*words["c"]) for words in caption if words["c"]]
    return [_styled(style, said, id)] if said else []


def _own(id: str) -> str:
    """A label by which Quarto does not take something for one of its figures or tables."""
    return f"at-{id}" if id.startswith(("fig-", "tbl-")) else id


def _told(tree: dict) -> dict:
    """The parts of the header that may hold numbers and citations."""
    parts = ("title", "subtitle", "abstract")
    return {name: tree["meta"][name] for name in parts if name in tree["meta"]}


def _literal(node: dict) -> list:
    """Code in which Quarto finds no shortcode."""
    attr, text = node["c"]
    return [{"t": node["t"], "c": [attr, _SHORTCODE.sub(r"{\g<0>}", text)]}]


def _tree(project: Project, found: Manuscript, form: str, foot: list[str]) -> dict:
    place = _placing(project, found, form)
    end = provenance.ending(found.used, foot)
    if form == "html":
        end = [ast.div(end[-1:], classes=["report-footer"])]
    blocks = [*columns.fitted(found.tree["blocks"]), *end]
    tree = ast.walk({**found.tree, "meta": _told(found.tree), "blocks": blocks}, place)
    if form == "html":
        tree = html_exhibits.anchored(tree, found.used)
    if form == "typst":
        tree = {**tree, "meta": pdf.escaped(tree["meta"]), "blocks": pdf.escaped(tree["blocks"])}
    return tree


def _placing(project: Project, found: Manuscript, form: str) -> Callable:
    """What `ast.walk` asks at every element: what Quarto gets in its place."""
    panels = count(1)

    def said(id: str) -> str:
        return formulas.tex(found.used[id])

    def formula(node: dict, label: str = "") -> list:
        tex = shortcodes.filled(node["c"][1], said)
        number = found.names[label].number if label else ""
        return plain_formula({"t": "Math", "c": [node["c"][0], tex]}, label, number, [])

    def place(node: dict):
        kind, content = node["t"], node.get("c")
        if kind == "Code" and "cr-result" in content[0][1]:
            return _RESULTS[form](found.used[content[1]])
        if kind in ("Code", "CodeBlock"):
            return _literal(node)
        if kind == "Math":
            return formula(node)
        if kind == "Span" and "cr-equation" in content[0][1]:
            return formula(content[1][0], content[0][0])
        if kind == "Image":
            return [_sized(node)] if form == "typst" else None
        if kind == "Link":
            return [{"t": "Link", "c": [content[0], ast.walk(content[1], quoted), content[2]]}]
        if kind == "Figure":
            content = ast.walk(content, place)
            caption = content[1][1][0]["c"] if content[1][1] else []
            if form == "typst" and not content[0][0]:
                return _unnumbered(content[2][0], caption)
            return [_figure(content[0][0], caption, content[2][0])]
        if kind == "Table":
            return _own_table({"t": kind, "c": ast.walk(content, place)}, form)
        return div(node) if kind == "Div" else None

    def quoted(node: dict):
        """A number within a link cannot lead elsewhere."""
        if node["t"] == "Code" and "cr-result" in node["c"][0][1]:
            return marks.marked(found.used[node["c"][1]])
        return place(node)

    def div(node: dict):
        (id, classes, pairs), blocks = node["c"]
        if "cr-embed" in classes:
            return _exhibit(project, found, dict(pairs)["label"], form, place)
        if "cr-panels" in classes:
            *parts, words = blocks
            for each in parts:
                # Without a label Quarto gives a panel no letter.
                each["c"][0][0] = each["c"][0][0] or f"{id or 'fig'}-panel-{next(panels)}"
            made = ast.walk(parts, place)
            caption = ast.para(*ast.walk(words["c"], place))
            across = {"layout-ncol": dict(pairs)["columns"]}
            return [ast.div([*made, caption], id, **across)]
        if FRAMES.keys() & set(classes):
            return _framed(id, classes, ast.walk(blocks, place), form)
        return None

    return place


def _exhibit(project: Project, found: Manuscript, label: str, form: str, place) -> list:
    """An embedded cell, and on the page what lies behind it."""
    shown, caption = found.exhibits[label], ast.walk(found.captions[label], place)
    if _is_drawing(shown):
        drawn = ast.image(f"{DRAWINGS}/{label}.svg", figures.plain(shown.alt))
        blocks = [_figure(label, caption, drawn)]
    else:
        content = ast.walk(columns.fitted(found.contents[label]), place)
        content = html_exhibits.linked(content, shown) if form == "html" else content
        said = [ast.para(*caption)] if shown.name else []
        blocks = [ast.div([*content, *said], label)]
        if form == "typst" and any(_shares_width(block) for block in content):
            blocks = _within("wide", blocks)
    if form == "html":
        blocks.append(html_exhibits.sources(project, shown))
    return blocks


def _shares_width(block: dict) -> bool:
    """Whether a block is a table whose columns have shares of the width."""
    specs = block["c"][2] if block["t"] == "Table" else []
    return any(width["t"] == "ColWidth" for _, width in specs)


def _is_drawing(shown: Exhibit) -> bool:
    return bool(shown.svg) and shown.label.startswith("fig-")


def _figure(label: str, caption: list, content: dict) -> dict:
    """A figure as Quarto reads one from Markdown: its alternative text is an attribute."""
    (image,) = content["c"]
    (id, classes, pairs), words, target = image["c"]
    attr = [id, classes, [*pairs, ["fig-alt", ast.text(words)]]]
    return ast.figure(label, caption, ast.plain([{"t": "Image", "c": [attr, caption, target]}]))


def _unnumbered(drawn: dict, caption: list) -> list:
    """A picture without a label; Typst would count it as a figure."""
    said = [ast.plain(caption)] if caption else []
    return [
        ast.raw("typst", "#unnumbered["),
        drawn,
        ast.raw("typst", "]["),
        *said,
        ast.raw("typst", "]"),
    ]


def _sized(image: dict) -> dict:
    """A picture whose width Typst understands: it knows no pixels."""
    (id, classes, pairs), *rest = image["c"]
    widths = [[name, _PIXELS.sub(_points, value)] for name, value in pairs]
    return {"t": "Image", "c": [[id, classes, widths], *rest]}


def _points(pixels: re.Match) -> str:
    return f"{float(pixels[1]) * 0.75:g}pt"


def _own_table(table: dict, form: str) -> list:
    """A table of the manuscript; one with a label is what Quarto numbers."""
    (label, _, _), (_, caption), *rest = table["c"]
    if form == "typst":
        typst_tables.hang_labels(table)
    if not label:
        return [table]
    bare = {"t": "Table", "c": [ast.attr(), [None, []], *rest]}
    return [ast.div([bare, ast.para(*caption[0]["c"])], label)]


def _framed(id: str, classes: list[str], blocks: list, form: str) -> list:
    """A frame; callouts are notes with a title, for Quarto's own would look otherwise."""
    (name,) = (name for name in classes if name in FRAMES)
    if form == "typst":
        return _within("small" if name == "small" else "framed", blocks)
    return [ast.div(blocks, id, ["note" if name == "callout" else name])]


def _within(name: str, blocks: list) -> list:
    """Blocks within a function of styles/quarto.typ."""
    return [ast.raw("typst", f"#{name}["), *blocks, ast.raw("typst", "]")]


def _unnamed(link: dict) -> dict:
    """A link without the notebook's name, by which Quarto would take it for an embedded one."""
    (id, classes, pairs), *rest = link["c"]
    kept = [pair for pair in pairs if pair[0] != "data-notebook"]
    return {"t": "Link", "c": [[id, classes, kept], *rest]}
