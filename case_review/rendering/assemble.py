"""The document tree of each form: results, exhibits, appendix and footer put in their places."""

from __future__ import annotations

from pathlib import Path

from case_review import quality
from case_review.errors import ReviewError
from case_review.files import write_bytes, write_text
from case_review.project import Project
from case_review.rendering import ast, columns, figures, provenance
from case_review.rendering.cells import Exhibit
from case_review.rendering.manuscript import Manuscript

#: A table of at most so many rows is never broken over pages of the PDF.
_WHOLE = 20


def assemble(project: Project, found: Manuscript, form: str, folder: Path, foot: list[str]) -> dict:
    """The tree of the manuscript for `form` (html, typst or docx).

    Parameters
    ----------
    folder
        Where figure files for pandoc and Typst are written.
    foot
        Sentences of the footer.
    """

    def place(node: dict):
        if node["t"] == "Code" and "cr-result" in node["c"][0][1]:
            return _result(found, node["c"][1], form)
        if node["t"] == "Div" and "cr-embed" in node["c"][0][1]:
            label = dict(node["c"][0][2])["label"]
            return exhibit(project, found.exhibits[label], form, folder)
        return None

    tree = ast.walk(found.tree, place)
    tree["meta"].pop("format", None)
    _authors(tree["meta"])
    if form == "html":
        return tree
    tree["blocks"] += provenance.appendix(found.used)
    tree["blocks"].append(ast.header(1, "About this document", "about-this-document"))
    tree["blocks"] += [ast.para(*ast.words(sentence)) for sentence in foot]
    return tree


def _authors(meta: dict) -> None:
    """Authors as names, whether they are written as names or as Quarto's maps."""
    entry = meta.get("author") or meta.get("authors")
    meta.pop("authors", None)
    if not entry:
        return
    listed = entry["c"] if entry["t"] == "MetaList" else [entry]
    meta["author"] = {"t": "MetaList", "c": [_name(author) for author in listed]}


def _name(author: dict) -> dict:
    while author["t"] == "MetaMap":
        parts = author["c"]
        if "name" in parts:
            author = parts["name"]
        else:
            names = [parts[key]["c"] for key in ("given", "family") if key in parts]
            joined = [part for name in names for part in [{"t": "Space"}, *name]][1:]
            author = {"t": "MetaInlines", "c": joined}
    return author


def _result(found: Manuscript, id: str, form: str) -> list:
    result = found.used[id]
    shown = ast.words(result.text)
    if form != "html":
        return shown
    url = f"notebooks/{result.notebook}.html#{result.cell}"
    data = {"data-result": id, "data-notebook": result.notebook, "data-cell": result.cell}
    return [ast.link(url, shown, provenance.tooltip(result), ["result"], **data)]


def exhibit(project: Project, shown: Exhibit, form: str, folder: Path) -> list:
    """An embedded cell as blocks."""
    caption = ast.inlines(shown.caption)
    if shown.name:
        number = {"t": "Strong", "c": ast.words(f"{shown.name}:")}
        caption = [number, {"t": "Space"}, *caption]
    if shown.svg and shown.label.startswith("fig-"):
        blocks = _FIGURES[form](shown, caption, folder)
    else:
        blocks = _table(shown, caption, form)
    if form == "html":
        blocks.append(_sources(project, shown))
        return [ast.div(blocks, id=shown.label, classes=["exhibit"])]
    return blocks


def _table(shown: Exhibit, caption: list, form: str) -> list:
    blocks = ast.parse_many([shown.markdown])[0]
    at = next((i for i, block in enumerate(blocks) if block["t"] == "Table"), None)
    if at is None:
        if shown.name:
            raise ReviewError(f"cell {shown.label} of {shown.notebook} shows no Markdown table.")
        return blocks
    # In the page the frame around the exhibit bears the label, for it holds the notes too.
    blocks[at]["c"][0] = ast.attr("" if form == "html" else shown.label)
    blocks[at]["c"][2] = columns.specs(blocks[at])
    if caption:
        blocks[at]["c"][1] = [None, [{"t": "Plain", "c": caption}]]
    before, notes = blocks[: at + 1], blocks[at + 1 :]
    if form == "typst" and columns.rows(blocks[at]) <= _WHOLE:
        keep = "#[#show figure.where(kind: table): set block(breakable: false)"
        before = [*blocks[:at], ast.raw("typst", keep), blocks[at], ast.raw("typst", "]")]
    if not notes:
        return before
    if form == "typst":
        return [*before, ast.raw("typst", "#exhibit-notes["), *notes, ast.raw("typst", "]")]
    return [*before, ast.div(notes, classes=["exhibit-notes"], **{"custom-style": "Exhibit Notes"})]


def _html_figure(shown: Exhibit, caption: list, folder: Path) -> list:
    svg = figures.inline_svg(shown.svg, shown.label, figures.plain(shown.alt))
    body = [ast.raw("html", svg)]
    return [{"t": "Figure", "c": [ast.attr(), [None, [{"t": "Plain", "c": caption}]], body]}]


def _typst_figure(shown: Exhibit, caption: list, folder: Path) -> list:
    figures.inline_svg(shown.svg, shown.label, "")  # refuses active content here too
    write_text(folder / f"{shown.label}.svg", shown.svg)
    alt = figures.plain(shown.alt).replace("\\", "\\\\").replace('"', '\\"')
    start = f'#figure(image("{shown.label}.svg", alt: "{alt}"), kind: image, caption: ['
    end = ast.raw("typst", f"]) <{shown.label}>")
    return [ast.raw("typst", start), {"t": "Plain", "c": caption}, end]


def _docx_figure(shown: Exhibit, caption: list, folder: Path) -> list:
    write_bytes(folder / f"{shown.label}.png", shown.png)
    alt = ast.words(figures.plain(shown.alt))
    image = [ast.attr(width="100%"), alt, [f"{shown.label}.png", ""]]
    body = [{"t": "Plain", "c": [{"t": "Image", "c": image}]}]
    captions = [None, [{"t": "Plain", "c": caption}]]
    return [{"t": "Figure", "c": [ast.attr(shown.label), captions, body]}]


_FIGURES = {"html": _html_figure, "typst": _typst_figure, "docx": _docx_figure}


def _sources(project: Project, shown: Exhibit) -> dict:
    """The line below an exhibit with what lies behind it."""
    files = [f"{shown.label}.{ending}" for ending in ("csv", "svg", "png")]
    found: list = []
    for name in files:
        if (project.exhibits / name).is_file():
            kind = name.rsplit(".", 1)[1].upper()
            found += [ast.link(f"exhibits/{name}", ast.words(kind)), *ast.words(" · ")]
    page = f"notebooks/{shown.notebook}.html#{shown.label}"
    found.append(ast.link(page, ast.words(f"notebook {shown.notebook}")))
    if quality.outcomes_file(project).is_file():
        words = ast.words("expectations on the data")
        found += [*ast.words(" · "), ast.link("quality/index.html", words)]
    return ast.div([ast.para(*found)], classes=["exhibit-sources"])
