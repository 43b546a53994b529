"""Notebook pages: every cell of an executed notebook, with its label as an anchor."""

from __future__ import annotations

import re

from case_review.rendering import ast, figures
from case_review.rendering.cells import Notebooks, options

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def page(notebooks: Notebooks, name: str) -> dict:
    """The document tree of one notebook's page."""
    cells = notebooks.notebook(name).cells
    texts: list[str] = []
    for cell in cells:
        texts += [cell.source] if cell.cell_type == "markdown" else _markdown(cell)
    parsed = iter(ast.parse_many(texts))
    blocks: list = []
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            blocks += [_section(block) for block in next(parsed)]
        elif cell.cell_type == "code":
            blocks.append(_code(cell, f"{name}-{number}", parsed, seen))
    title = {"t": "MetaInlines", "c": ast.words(f"Notebook {name}")}
    return {
        "pandoc-api-version": ast.parse("x")["pandoc-api-version"],
        "meta": {"title": title},
        "blocks": [
            ast.para(ast.link("../index.html", ast.words("Back to the report"))),
            *ast.walk(blocks, _into_report),
        ],
    }


def _into_report(node: dict) -> dict | None:
    """A link to a place of the report, which a table shows, leads there from the notebook too."""
    if node["t"] != "Link" or not node["c"][2][0].startswith("#"):
        return None
    attributes, text, (target, title) = node["c"]
    return {"t": "Link", "c": [attributes, text, [f"../index.html{target}", title]]}


def _section(block: dict) -> dict:
    """A heading's own anchor must never be that of a cell's label."""
    if block["t"] == "Header":
        block["c"][1][0] = f"section-{block['c'][1][0]}"
    return block


def _markdown(cell) -> list[str]:
    if cell.cell_type != "code":
        return []
    shown = (output.get("data", {}).get("text/markdown") for output in cell.outputs)
    return [str(text) for text in shown if text]


def _code(cell, key: str, parsed, seen: set[str]) -> dict:
    label = options(cell.source).get("label", "")
    blocks = [ast.code(cell.source, "python")] if cell.source.strip() else []
    for output in cell.outputs:
        data = output.get("data", {})
        if data.get("text/markdown"):
            blocks += next(parsed)
        elif "image/svg+xml" in data:
            alt = figures.plain(options(cell.source).get("fig-alt", "Figure"))
            svg = figures.inline_svg(data["image/svg+xml"], key, alt)
            blocks.append(ast.div([ast.raw("html", svg)], classes=["figure"]))
        elif text := _COLOUR.sub("", output.get("text", "") or data.get("text/plain", "")):
            blocks.append(ast.code(text, "output"))
    if label in seen:
        label = ""
    seen.add(label)
    return ast.div(blocks, id=label, classes=["cell"])
