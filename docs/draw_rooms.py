"""Draw `docs/rooms.svg`: the rooms of the package, and which of them imports which.

    .venv/bin/python docs/draw_rooms.py

The layers are those of `pyproject.toml`, the arrows are read from the code, and what stands in a
room is the first sentence of its docstring. An arrow that follows from others is left out.
"""

from __future__ import annotations

import ast
import sys
import textwrap
import tomllib
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "rooms.svg"
PACKAGE = "case_review"
#: The layers from here downwards are the ground, drawn as one.
GROUND = "exhibits"
#: All lengths in pixels.
WIDTH, BOX, HEIGHT, GAP, LINE = 900, 260, 84, 44, 16
STYLE = (
    "text{font:13px sans-serif;fill:#222}.name{font:bold 14px monospace}"
    "rect{fill:#f4f6f8;stroke:#45617d}.arrow{stroke:#7a8794;fill:none;marker-end:url(#tip)}"
)


def layers() -> list[list[str]]:
    """The rooms from the top layer to the lowest, as import-linter is told."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = project["tool"]["importlinter"]["contracts"]
    return [[room.strip() for room in layer.split("|")] for layer in contract["layers"]]


def imports(rooms: list[str]) -> dict[str, set[str]]:
    """Which rooms each room imports, at any depth of its modules."""
    sys.path.insert(0, str(ROOT))
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    for room in rooms:
        graph.squash_module(f"{PACKAGE}.{room}")
    return {
        room: {
            module.split(".")[1]
            for module in graph.find_modules_directly_imported_by(f"{PACKAGE}.{room}")
            if "." in module
        }
        - {room}
        for room in rooms
    }


def needed(found: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The arrows that do not follow from others."""

    def beyond(room: str) -> set[str]:
        return {far for near in found[room] for far in {near} | beyond(near)}

    return [
        (room, other)
        for room, others in found.items()
        for other in sorted(others)
        if not any(other in beyond(between) for between in others - {other})
    ]


def purpose(room: str) -> str:
    """The first sentence of a room's docstring."""
    path = ROOT / PACKAGE / room
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split()).replace("`", "").split(". ")[0].removesuffix(".") + "."


def box(x: float, y: float, width: float, name: str, lines: list[str]) -> str:
    """A room at its upper left corner."""
    texts = "".join(
        f'<text x="{x + 12:g}" y="{y + 22 + LINE * (i + 1):g}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{HEIGHT}" rx="4"/>'
        f'<text class="name" x="{x + 12:g}" y="{y + 20:g}">{escape(name)}</text>{texts}'
    )


def draw() -> str:
    """The picture as SVG, the same for the same code."""
    ordered = layers()
    first = next(i for i, layer in enumerate(ordered) if GROUND in layer)
    upper, ground = ordered[:first], [room for layer in ordered[first:] for room in layer]
    found = imports([room for layer in ordered for room in layer])
    joined = {
        room: {"the ground" if other in ground else other for other in found[room]}
        for layer in upper
        for room in layer
    }
    arrows = needed(joined | {"the ground": set()})
    shapes, places = [], {"the ground": (WIDTH / 2, GAP / 2 + len(upper) * (HEIGHT + GAP))}
    for depth, layer in enumerate(upper):
        y = GAP / 2 + depth * (HEIGHT + GAP)
        for i, room in enumerate(layer):
            center = WIDTH * (2 * i + 1) / (2 * len(layer))
            places[room] = (center, y)
            lines = textwrap.wrap(purpose(room), 38)
            shapes.append(box(center - BOX / 2, y, BOX, room, lines[:3]))
    lines = [", ".join(layer) for layer in ordered[first:]]
    lines = textwrap.wrap("from above: " + "; ".join(lines), 120)
    shapes.append(box(20, places["the ground"][1], WIDTH - 40, "the ground", lines))
    paths = []
    for room, other in arrows:
        (x, y), (to, below) = places[room], places[other]
        to = x if other == "the ground" else to + (x - to) / 8
        x += (to - x) / 8
        paths.append(f'<path class="arrow" d="M{x:g} {y + HEIGHT:g}L{to:g} {below - 2:g}"/>')
    height = places["the ground"][1] + HEIGHT + GAP / 2
    tip = (
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0L8 4L0 8z" fill="#7a8794"/></marker>'
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}">',
            "<title>Rooms of the package and their imports</title>",
            f"<style>{STYLE}</style><defs>{tip}</defs>",
            f'<path d="M0 0H{WIDTH}V{height:g}H0z" fill="#fff"/>',
            *paths,
            *shapes,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
