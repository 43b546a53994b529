"""Numbers, tables and figures as the page shows them: linked to cell, data and expectations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from case_review.build import made
from case_review.project import Project
from case_review.registry import Recorded
from case_review.rendering import (
    ast,
    back,
    cards,
    columns,
    drawings,
    fragments,
    marks,
    pictures,
    provenance,
    scripts,
)
from case_review.rendering.cells import Exhibit
from case_review.rendering.forms import File, Form, Panel, plain_formula
from case_review.rendering.fragments import Later
from case_review.rendering.provenance import TableNumber
from case_review.values import VARIES


def number(result: Recorded) -> dict:
    """A number of the prose as a link to its cell; a short one stays on one line."""
    url, data = provenance.address(result), {"data-result": result.id}
    classes = ["result", *(["short"] if len(result.text) <= columns.SHORT else [])]
    classes += [marks.VARIES_CLASS] if result.standing == VARIES else []
    words = [*ast.words(result.text), *marks.in_page(result)]
    return ast.link(url, words, provenance.tooltip(result), classes, **data)


def anchored(tree, used: dict[str, Recorded], later: Mapping[str, Later] | None = None):
    """`tree` with an anchor at each place of the text that shows one of the results `used`.

    Exhibits, tables and formulas bear one only where they come first; so that `back.places` knows
    them all, places are numbered without these. The exhibits of `later` that stand in the tree by
    their name are told which of theirs are first.
    """
    taken: set[str] = set()
    seen: Counter[str] = Counter()

    def named(node: dict, name: str) -> dict | None:
        if name in taken:
            return None
        taken.add(name)
        attr, *content = node["c"]
        return {"t": node["t"], "c": [[name, *attr[1:]], *content]}

    def within(node: dict) -> dict | None:
        id = fragments.result_of(node)
        return named(node, provenance.anchor(used[id])) if id in used else None

    def change(node: dict):
        if later and (each := later.get(fragments.name_of(node))):
            first = {id: provenance.anchor(used[id]) for id in each.results if id in used}
            each.first = [id for id, name in first.items() if name not in taken]
            taken.update(first.values())
            return [node]
        if node["t"] in ("Table", "Figure") or "exhibit" in _classes(node):
            return [{"t": node["t"], "c": ast.walk(node["c"], within)}]
        id = fragments.result_of(node)
        if id not in used:
            return None
        if any(each["t"] == "Math" for each in ast.each(node["c"][1])) or node["t"] == "Span":
            return within(node)
        seen[id] += 1
        return named(node, back.place_of(provenance.anchor(used[id]), seen[id] - 1))

    return ast.walk(tree, change)


def _classes(node: dict) -> list[str]:
    return node["c"][0][1] if node["t"] == "Div" else []


def linked(blocks: list, shown: Exhibit, here: str = "") -> list:
    """`blocks` of a table whose every number leads to its cell, as one of the prose does.

    Parameters
    ----------
    here
        The notebook on whose own page the table stands, if it is not the report's.
    """
    places = {(number.row, number.column): key for key, number in shown.numbers.items()}

    def change(node: dict):
        if node["t"] != "Table":
            return None
        rows = [row[1] for body in node["c"][4] for row in body[3]]
        for (row, column), key in places.items():
            for block in rows[row][column][4]:
                if ast.text(block["c"]).strip():
                    block["c"] = [_table_number(shown.numbers[key], key, block["c"], here)]
        return [node]

    return ast.walk(blocks, change)


def _table_number(number: TableNumber, key: str, inlines: list, here: str) -> dict:
    url = provenance.address(number, key, "" if here else ast.text(inlines))
    if here:
        name, _, place = url.removeprefix("notebooks/").partition("#")
        url = f"#{place}" if here == number.notebook else f"{name}#{place}"
    # Hundreds of them stand in a page: what a card says is not said here as well.
    made = ast.link(url, marks.named(inlines, number), "", ["result"], **{"data-number": key})
    made["c"][0][0] = key if here else ""  # the report's own numbers lead there
    return made


def figure(shown: Exhibit, caption: list, folder: Path) -> list:
    """A figure as an element of the page, which loads the drawing when it comes into sight."""
    drawn = ast.div([ast.raw("html", drawings.picture(shown))], classes=["drawing"])
    return [ast.figure("", ast.numbered(shown.name, caption), drawn)]


def _inlined(image: dict, file: Path) -> dict:
    """A picture that the page holds, for it may load nothing."""
    attr, words, (_, title) = image["c"]
    return {"t": "Image", "c": [attr, words, [pictures.inlined(file), title]]}


def picture(shown: Exhibit, caption: list, image: dict, file: Path) -> list:
    """A picture file as an element of the page."""
    content = ast.plain([_inlined(image, file)])
    return [ast.figure("", ast.numbered(shown.name, caption), content)]


def panels(shown: Exhibit, caption: list, parts: list[Panel], columns: int) -> list:
    """Several pictures side by side, where there is room, with one caption below."""
    made = [
        ast.figure(each.label, each.caption, ast.plain([_inlined(each.image, each.file)]))
        for each in parts
    ]
    row = ast.div(made, classes=["panels", f"panels-{columns}"])
    return [ast.figure("", ast.numbered(shown.name, caption), row)]


def formula(math: dict, label: str, number: str, results: list[Recorded]) -> list:
    """A formula; it leads to the cell of the first result in it."""
    shown = plain_formula(math, label, number, results)
    for place, result in enumerate(results):
        data = {"data-result": result.id}
        if place:
            shown.append({"t": "Span", "c": [ast.attr(**data), []]})
        else:
            url, tip = provenance.address(result), provenance.tooltip(result)
            shown = [ast.link(url, shown, tip, ["result"], **data)]
    return shown


def table(shown: Exhibit, caption: list, table: dict, notes: list) -> list:
    """A table with its notes; the frame around both bears the label."""
    table["c"][0][0] = ""
    if caption:
        table["c"][1] = [None, [ast.plain(ast.numbered(shown.name, caption))]]
    return [table, *([ast.div(notes, classes=["exhibit-notes"])] if notes else [])]


FORM = Form(
    file="index.html",
    supplement=File("supplement.html", "Supplement", "text/html"),
    words="Report",
    media="text/html",
    result=lambda result: [number(result)],
    figure=figure,
    table=table,
    picture=picture,
    panels=panels,
    image=lambda image, file: [_inlined(image, file)],
    formula=formula,
    appendix=False,
)


def frame(project: Project, shown: Exhibit, blocks: list) -> list:
    """An exhibit's blocks in a frame that bears its label, with what lies behind it below.

    An interactive exhibit is marked as such; its data wait beside the page.
    """
    blocks = linked(blocks, shown)
    attributes = {}
    if shown.interactive == "table":
        for table in (block for block in blocks if block["t"] == "Table"):
            table["c"][0] = ast.attr("", ["interactive-table"])
    if shown.interactive == "survival":
        block = f"{shown.label}-data"
        attributes["data-survival"] = block
        data = scripts.packed(_survival(project, shown))
        blocks.append(ast.raw("html", scripts.waiting(block, data)))
    if shown.others:
        attributes["data-others"] = str(len(shown.others))
    blocks += [*others(shown), sources(project, shown)]
    return [ast.div(blocks, shown.label, ["exhibit"], **attributes)]


def _survival(project: Project, shown: Exhibit) -> dict:
    """What a survival figure's script needs, made again only if its drawing or its data changed."""

    def make() -> bytes:
        from case_review.rendering import interactive  # only where there is one

        return json.dumps(interactive.survival(project, shown)).encode("ascii")

    parts = [made.code(), shown.label, shown.svg]
    parts.append(project.exhibits / f"{shown.label}.csv")
    return json.loads(made.recall("survival", parts, make))


def others(shown: Exhibit) -> list:
    """The exhibit of other data sets, which wait beside the page for `others.js`."""
    found: list = []
    if not shown.svg:
        ast.parse_ahead(shown.others)
    for number, text in enumerate(shown.others, 1):
        if shown.svg:
            alt = f"Another data set, number {number} of {len(shown.others)}, drawn in the same way"
            drawn = drawings.other(shown, number, f"{shown.label}-other-{number}", alt)
            blocks = [ast.raw("html", drawn)]
        else:
            body, *notes = ast.parse_many([text])[0]
            # The caption stands in the page once; the script copies it.
            blocks = table(replace(shown, name=""), [], body, notes)
        opened, closed = scripts.waiting(f"{shown.label}-others", "\n").split("\n")
        found += [ast.raw("html", opened), *blocks, ast.raw("html", closed)]
    return found


def sources(project: Project, shown: Exhibit) -> dict:
    """The line below an exhibit with what lies behind it."""
    of = f" of {shown.name}" if shown.name else ""

    def files(*endings: str) -> list:
        names = {ending: f"{shown.label}.{ending}" for ending in endings}
        return [
            ast.link(f"exhibits/{name}", _said(ending.upper(), of))
            for ending, name in names.items()
            if (project.exhibits / name).is_file()
        ]

    cell = f"notebooks/{shown.notebook}.html#{shown.label}"
    behind = cards.of_exhibit(project, shown)
    inputs = [
        ast.link(url, _said(words, "" if words == "others" else of)) for words, url in behind.inputs
    ]
    checks = f"{behind.met} of {behind.of} met"
    groups = {
        "Values shown": files("csv"),
        "Figure": files("svg", "png"),
        "Inputs": inputs,
        "Notebook": [ast.link(cell, _said(shown.notebook, of))],
        "Checks of the inputs": [ast.link("quality/index.html", _said(checks, of))]
        if behind.of
        else [],
    }
    # Spans, which the style sets apart: a sign between them would hang at the end of a line.
    found: list = []
    for name, links in groups.items():
        words = ast.words(f"{name}:\u00a0")
        for position, link in enumerate(links):
            words += [*(ast.words(", ") if position else []), link]
        if links:
            found += [*([{"t": "Space"}] if found else []), ast.span(words, "behind")]
    return ast.div([ast.para(*found)], classes=["exhibit-sources"])


def _said(text: str, unseen: str = "") -> list:
    """The words of a link; `unseen` tells it apart from others where it is read out alone."""
    return [*ast.words(text), *([ast.hidden(unseen)] if unseen else [])]
