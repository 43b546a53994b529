"""The document tree of each form: results, exhibits, appendix and footer put in their places."""

from __future__ import annotations

from functools import partial
from itertools import count
from pathlib import Path

from case_review.build import made as built
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import (
    ast,
    columns,
    contents,
    docx,
    figures,
    formulas,
    fragments,
    html_exhibits,
    jats,
    marks,
    pdf,
    provenance,
    shortcodes,
    unbroken,
)
from case_review.rendering.cells import Exhibit
from case_review.rendering.forms import FRAMES, Panel
from case_review.rendering.manuscript import Manuscript


def assemble(project: Project, found: Manuscript, form: str, folder: Path, foot: list[str]) -> dict:
    """The tree of the manuscript for `form` (html, typst, docx or jats).

    Parameters
    ----------
    folder
        Where figure files for pandoc and Typst are written.
    foot
        Sentences of the footer.
    """
    made, unnamed = FORMS[form], count(1)
    code = built.code() if form == "html" else None
    top = {dict(n["c"][0][2]).get("label") for n in found.tree["blocks"] if n["t"] == "Div"}

    def own(label: str) -> Exhibit:
        """A table or figure of the manuscript itself."""
        name = str(found.names[label]) if label else ""
        return Exhibit("", label or f"unnamed-{next(unnamed)}", name=name)

    def said(id: str) -> str:
        return formulas.tex(found.used[id])

    def formula(node: dict, label: str = "") -> list:
        tex = shortcodes.filled(node["c"][1], said)
        results = [found.used[id] for id, _ in shortcodes.in_formula(node["c"][1])]
        number = found.names[label].number if label else ""
        return made.formula({"t": "Math", "c": [node["c"][0], tex]}, label, number, results)

    def place(node: dict):
        kind, content = node["t"], node.get("c")
        if shortcodes.is_result(node):
            return made.result(found.used[content[1]])
        if kind == "Link":
            if "crossref" in content[0][1]:
                return made.reference(node)
            # A number within a link cannot lead elsewhere.
            return [{"t": "Link", "c": [content[0], ast.walk(content[1], quoted), content[2]]}]
        if kind == "Math":
            return formula(node)
        if kind == "Span" and "cr-equation" in content[0][1]:
            return formula(content[1][0], content[0][0])
        if kind == "Image":
            return made.image(node, found.pictures[content[2][0]])
        if kind == "Figure":
            caption = ast.walk(content[1][1], place)
            image = content[2][0]["c"][0]
            file = found.pictures[image["c"][2][0]]
            words = caption[0]["c"] if caption else []
            return framed(own(content[0][0]), content[0][0], made.picture, words, image, file)
        if kind == "Table" and not content[1][1]:
            return made.table(
                Exhibit("", ""), [], {"t": "Table", "c": ast.walk(content, place)}, []
            )
        if kind == "Table":
            table = {"t": "Table", "c": ast.walk(content, place)}
            words = table["c"][1][1][0]["c"]
            return framed(own(content[0][0]), content[0][0], made.table, words, table, [])
        if kind != "Div":
            return None
        (id, classes, pairs), blocks = content
        if "cr-embed" in classes:
            label = dict(pairs)["label"]
            make = partial(exhibit, project, found, label, form, folder, within)
            late = form == "html" and label in top
            return fragments.later(project, found, label, code, make) if late else make()
        if "cr-panels" in classes:
            *figures, words = ast.walk(blocks, letters(found))
            panels = [panel(each) for each in figures]
            caption = ast.walk(words["c"], place)
            columns = int(dict(pairs)["columns"])
            return framed(own(id), id, made.panels, caption, panels, columns)
        return boxed(node)

    def boxed(node: dict):
        if node["t"] == "Div" and FRAMES.keys() & set(node["c"][0][1]):
            attr, blocks = node["c"]
            return made.framed({"t": "Div", "c": [attr, ast.walk(blocks, place)]})
        return None

    def quoted(node: dict):
        if shortcodes.is_result(node):
            return marks.marked(found.used[node["c"][1]])
        return place(node)

    def within(node: dict):
        return None if node["t"] == "Table" else place(node)

    def panel(node: dict) -> Panel:
        (label, _, _), (_, caption), blocks = node["c"]
        image = blocks[0]["c"][0]
        words = ast.walk(caption[0]["c"], place)
        return Panel(label, words, image, found.pictures[image["c"][2][0]])

    def framed(shown: Exhibit, label: str, make, *parts) -> list:
        blocks = make(shown, *parts)
        return [ast.div(blocks, label, ["exhibit"])] if form == "html" else blocks

    end = contents.section(found, made.listed) if made.listed else []
    end += provenance.ending(found.used, foot) if made.appendix else []
    blocks = columns.fitted(found.tree["blocks"])
    tree = ast.walk({**found.tree, "blocks": blocks}, place)
    tree["blocks"] += ast.walk(end, boxed)
    return unbroken.kept(tree, form) if form in ("html", "typst") else tree


def letters(found: Manuscript):
    """What puts the letter of each panel before its caption."""
    names = iter("abcdefghijklmnopqrstuvwxyz")

    def change(node: dict):
        if node["t"] != "Figure":
            return None
        attr, (_, caption), blocks = node["c"]
        words = caption[0]["c"] if caption else []
        mark = [*ast.words(f"({next(names)})"), *([{"t": "Space"}] if words else [])]
        return [{"t": "Figure", "c": [attr, [None, [ast.plain([*mark, *words])]], blocks]}]

    return change


def exhibit(
    project: Project, found: Manuscript, label: str, form: str, folder: Path, place
) -> list:
    """An embedded cell as blocks; `place` is what puts results and the like into a tree."""
    shown, caption = found.exhibits[label], ast.walk(found.captions[label], place)
    if shown.svg and shown.label.startswith("fig-"):
        figures.inline_svg(shown.svg, shown.label, "")  # refuses active content in every form
        blocks = FORMS[form].figure(shown, caption, folder)
    else:
        blocks = _table(shown, caption, ast.walk(found.contents[label], place), form)
    if form != "html":
        return blocks
    # All of it here already, for an exhibit that is kept does not stand in the tree.
    return unbroken.kept(html_exhibits.frame(project, shown, blocks), form)


def _table(shown: Exhibit, caption: list, blocks: list, form: str) -> list:
    tables = [i for i, block in enumerate(blocks) if block["t"] == "Table"]
    if not tables:
        if shown.name:
            raise ReviewError(f"cell {shown.label} of {shown.notebook} shows no Markdown table.")
        return blocks
    for at in tables:
        columns.fill(blocks[at])
        blocks[at]["c"][2] = columns.specs(blocks[at])
    # Of several tables the first is the one that has a name.
    first, end = tables[0], (*tables[1:], len(blocks))[0]
    made = FORMS[form].table(shown, caption, blocks[first], blocks[first + 1 : end])
    return [*blocks[:first], *made, *blocks[end:]]


#: The forms by the name of pandoc's writer.
FORMS = {
    "html": html_exhibits.FORM,
    "typst": pdf.FORM,
    "docx": docx.FORM,
    "jats": jats.FORM,
}
