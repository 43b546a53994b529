"""The document tree of each form: results, exhibits, appendix and footer put in their places."""

from __future__ import annotations

from pathlib import Path

from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast, columns, docx, figures, html_exhibits, jats, pdf, provenance
from case_review.rendering.cells import Exhibit
from case_review.rendering.forms import FRAMES
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
    made = FORMS[form]

    def place(node: dict):
        kind, content = node["t"], node.get("c")
        if kind == "Code" and "cr-result" in content[0][1]:
            return made.result(found.used[content[1]])
        if kind == "Link" and "crossref" in content[0][1]:
            return made.reference(node)
        if kind == "Div" and "cr-embed" in content[0][1]:
            label = dict(content[0][2])["label"]
            return exhibit(project, found.exhibits[label], form, folder)
        if kind == "Div" and FRAMES.keys() & set(content[0][1]):
            return made.framed({"t": "Div", "c": [content[0], ast.walk(content[1], place)]})
        return None

    end = provenance.ending(found.used, foot) if made.appendix else []
    return ast.walk({**found.tree, "blocks": [*found.tree["blocks"], *end]}, place)


def exhibit(project: Project, shown: Exhibit, form: str, folder: Path) -> list:
    """An embedded cell as blocks."""
    caption = ast.inlines(shown.caption)
    if shown.svg and shown.label.startswith("fig-"):
        figures.inline_svg(shown.svg, shown.label, "")  # refuses active content in every form
        blocks = FORMS[form].figure(shown, caption, folder)
    else:
        blocks = _table(shown, caption, form)
    return html_exhibits.frame(project, shown, blocks) if form == "html" else blocks


def _table(shown: Exhibit, caption: list, form: str) -> list:
    blocks = ast.parse_many([shown.markdown])[0]
    at = next((i for i, block in enumerate(blocks) if block["t"] == "Table"), None)
    if at is None:
        if shown.name:
            raise ReviewError(f"cell {shown.label} of {shown.notebook} shows no Markdown table.")
        return blocks
    table = blocks[at]
    table["c"][2] = columns.specs(table)
    return [*blocks[:at], *FORMS[form].table(shown, caption, table, blocks[at + 1 :])]


#: The forms by the name of pandoc's writer.
FORMS = {
    "html": html_exhibits.FORM,
    "typst": pdf.FORM,
    "docx": docx.FORM,
    "jats": jats.FORM,
}
