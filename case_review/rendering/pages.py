"""Notebook pages: every cell of an executed notebook, with its label as an anchor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from case_review import registry
from case_review.parameters import cell_options
from case_review.project import Project
from case_review.rendering import ast, html_exhibits, narrative, outputs
from case_review.rendering.cells import Exhibit, Node, Notebooks
from case_review.rendering.recorded_pages import Recorded

#: What papermill's tags on a cell say to a reader.
_ROLES = {"parameters": "Default parameters", "injected-parameters": "Parameters of this run"}


def page(
    notebooks: Notebooks,
    name: str,
    exhibits: dict,
    numbers: dict,
    recorded: Recorded,
    on_site: Callable[[str], str] = lambda path: "",
) -> dict:
    """The document tree of one notebook's page.

    Parameters
    ----------
    exhibits
        The cells that the report embeds, by label.
    numbers
        The numbers in the notebook's own tables, by label, see `provenance.table_numbers`.
    recorded
        What the notebook recorded and called.
    on_site
        Where a file of the project, by its path, lies on the site; empty if it does not.
    """
    cells = notebooks.notebook(name).cells
    said = iter(narrative.parse([text for cell in cells for text in _narrated(cell)]))
    tables = iter(ast.parse_many([text for cell in cells for text in _tabled(cell)]))
    anchors = narrative.anchors(notebooks, name)
    blocks = _reads(notebooks.project, name)
    seen: set[str] = set()
    title: list = []
    for number, cell in enumerate(cells, 1):
        place = narrative.Place(notebooks, name, number, anchors, on_site, cell.get("attachments"))
        if cell.cell_type == "markdown":
            for block in place.settled(next(said)):
                if not title and block["t"] == "Header" and block["c"][0] == 1:
                    title = block["c"][2]
                else:
                    blocks += ast.walk([block], _section)
        elif cell.cell_type == "code":
            given = cell_options.options(cell.source)
            label = given.get("label", "")
            if label in seen:
                label = ""
            seen.add(label)
            shown = exhibits.get(label)
            if shown is None or shown.notebook != name:
                shown = Exhibit(name, label, given.get(f"{label.split('-')[0]}-cap", ""))
                shown.numbers = numbers.get(label, {})
            parsed = tables if _tabled(cell) else said
            blocks.append(_code(cell, place, parsed, shown, recorded))
        elif cell.source.strip():
            blocks.append(ast.code(cell.source, "output"))
    return document(blocks, title or ast.words(f"Notebook {name}"), f"Notebook {name}")


def _narrated(cell: Node) -> list[str]:
    """What a cell says in Markdown as Jupyter shows it."""
    if cell.cell_type == "markdown":
        return [cell.source]
    return [] if _tabled(cell) else outputs.markdown(cell)


def _tabled(cell: Node) -> list[str]:
    """What a cell shows as a table of the report, whose characters are what they are."""
    tabled = cell.cell_type == "code" and cell_options.label(cell.source).startswith("tbl-")
    # Without its end, as the report shows it, so that a text is parsed once for both.
    return [text.rstrip() for text in outputs.markdown(cell)] if tabled else []


def document(blocks: list, title: list, kicker: str) -> dict:
    """The tree of a page that is not the report's own; `kicker` stands above its title."""
    named = {"t": "MetaInlines", "c": title}
    return ast.document(blocks, title=named, kicker=ast.said(kicker))


def index(notebooks: Notebooks) -> dict:
    """The page that lists the notebooks, each with its title and first paragraph."""
    blocks: list = []
    firsts = []
    for name in notebooks.names():
        cells = notebooks.notebook(name).cells
        firsts.append(next((cell.source for cell in cells if cell.cell_type == "markdown"), ""))
    read = narrative.parse(firsts, ast.SAFE)
    for name, found in zip(notebooks.names(), read, strict=True):
        title = next((b["c"][2] for b in found if b["t"] == "Header"), ast.words(name))
        heading = [ast.link(f"{name}.html", [*ast.words(f"{name}: "), *title])]
        blocks.append({"t": "Header", "c": [1, ast.attr(name, ["unnumbered"]), heading]})
        blocks += [block for block in found if block["t"] == "Para"][:1]
    return document(blocks, ast.words("Notebooks"), "Where every number is computed")


def _reads(project: Project, name: str) -> list:
    """What the notebook's results rest on, with links to the files."""
    recorded = project.results / f"{name}.json"
    own = registry.read(recorded) if recorded.is_file() else []
    inputs = {path: sum for result in own for path, sum in result.inputs.items()}
    if not inputs:
        return []
    words: list = ast.words("Reads ")
    for path, sum in sorted(inputs.items()):
        words += ast.words(", ") if len(words) > 2 else []
        made = re.fullmatch(r"report/results/(\w+)\.json", path)
        url = f"{made[1]}.html" if made else f"../{path}"
        words += [ast.link(url, ast.words(path)), *ast.words(f" ({sum[:8]})")]
    return [ast.div([ast.para(*words)], classes=["cell-places"])]


def _into_report(node: dict) -> dict | None:
    """A link to a place of the report, which a table shows, leads there from the notebook too."""
    if node["t"] != "Link" or not node["c"][2][0].startswith("#"):
        return None
    attributes, text, (target, title) = node["c"]
    return {"t": "Link", "c": [attributes, text, [f"../index.html{target}", title]]}


def _section(node: dict) -> dict | None:
    """A heading below the page's own; its anchor must never be that of a cell's label."""
    if node["t"] != "Header":
        return None
    level, (id, classes, pairs), inlines = node["c"]
    return {"t": "Header", "c": [max(2, level), [f"section-{id}", classes, pairs], inlines]}


def _code(
    cell: Node,
    place: narrative.Place,
    parsed: Iterator[list],
    shown: Exhibit,
    recorded: Recorded,
) -> dict:
    """A code cell, known as `shown`, its outputs, the numbers it recorded and what it called."""
    label = shown.label
    source = cell_options.without(cell.source)
    blocks = [ast.code(source, "python")] if source.strip() else []
    for count, output in enumerate(cell.outputs):
        if output.get("data", {}).get("text/markdown"):
            made = next(parsed)
            if _tabled(cell):
                blocks += _table(ast.walk(made, _into_report), shown)
            else:
                blocks += ast.walk(place.settled(made), _section)
        else:
            unique = f"drawing-{place.number}-{count}"
            blocks += outputs.blocks(output, cell, place, unique, shown.narrow[:1])
    if label.startswith("fig-") and shown.caption:
        caption = ast.numbered(shown.name, shown.aside or ast.inlines(shown.caption))
        blocks.append(ast.div([ast.para(*caption)], classes=["cell-caption"]))
    role = next((_ROLES[tag] for tag in cell.metadata.get("tags", []) if tag in _ROLES), "")
    told = recorded.numbers(label) if label else ""
    functions = recorded.functions(place.number - 1, label) if not role else ""
    blocks += [ast.raw("html", text) for text in (told, functions) if text]
    if label:
        here = {"t": "Code", "c": [ast.attr(), label]}
        head = [
            ast.link(f"#{label}", [*ast.words("Cell "), here], classes=["cell-label", "behind"])
        ]
        if shown_as := recorded.exhibit(label):
            back = ast.link(f"../index.html#{shown_as[0]}", ast.words(shown_as[1]))
            head += [{"t": "Space"}, ast.span([*ast.words("In the report: "), back], "behind")]
        blocks.insert(0, ast.div([ast.para(*head)], classes=["cell-places"]))
    elif role:
        # Long, and rarely what somebody came for: folded, so that the narrative goes on.
        summary = ast.raw("html", f"<details><summary>{role}</summary>")
        blocks = [summary, *blocks, ast.raw("html", "</details>")]
    return ast.div(blocks, id=label, classes=["cell"])


def _table(blocks: list, shown: Exhibit) -> list:
    """A table between its caption and its notes, as in the report; other blocks as they are."""
    if not blocks or blocks[0]["t"] != "Table":
        return blocks
    table, *notes = blocks
    made = html_exhibits.table(shown, shown.aside or ast.inlines(shown.caption), table, notes)
    return html_exhibits.linked(made, shown, here=shown.notebook)
