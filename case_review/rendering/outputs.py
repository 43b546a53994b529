"""What a cell of a notebook showed, as blocks of its page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from case_review.build import made
from case_review.build.normalising import last_state, printable
from case_review.errors import ReviewError
from case_review.parameters import cell_options
from case_review.rendering import ast, figures, foreign, narrative
from case_review.rendering.cells import Node, Notebooks

_RASTER = ("image/png", "image/jpeg", "image/gif", "image/webp")
_SVG, _JSON, _HTML, _LATEX = "image/svg+xml", "application/json", "text/html", "text/latex"
#: What plotting calls return: words about a picture that stands beside them.
_DRAWN = re.compile(
    r"(?:array\(|[\[({\s])*<(?:Axes|Figure|matplotlib\.|seaborn\.|BarContainer)|Text\(-?[\d.]|"
    r"<case_review\.exhibits\.drawn"
)


def markdown(cell: Node) -> list[str]:
    """The outputs of a cell that are Markdown."""
    shown = (output.get("data", {}).get("text/markdown") for output in cell.get("outputs", []))
    return [str(text) for text in shown if text]


def shows_picture(cell: Node) -> bool:
    """Whether a cell shows a figure or another picture."""
    return any(kind.startswith("image/") for o in cell.outputs for kind in o.get("data", {}))


def blocks(
    output: Node, cell: Node, place: narrative.Place, unique: str, narrow: Sequence[str] = ()
) -> list:
    """An output that is no Markdown: in the best form that a page can show.

    Parameters
    ----------
    unique
        What names within a drawing begin with, for each drawing of the page another.
    narrow
        The drawing for narrow screens, if there is one.
    """
    data = output.get("data", {})
    alt = figures.plain(cell_options.options(cell.source).get("fig-alt", "")) or "Figure"
    if _SVG in data:
        return [_drawing(str(data[_SVG]), alt, unique, narrow)]
    if found := next((kind for kind in _RASTER if kind in data), None):
        return [_picture(found, data[found], alt, output.get("metadata", {}).get(found, {}))]
    if data.get(_HTML):
        found, lost = foreign.html(printable(str(data[_HTML])))
        shown = place.settled(found)
        return [*shown, narrative.left_out(lost)] if lost or not shown else shown
    if data.get(_LATEX):
        return place.settled(foreign.latex(str(data[_LATEX])))
    if _JSON in data:
        return [ast.code(json.dumps(data[_JSON], indent=2, ensure_ascii=False), "json")]
    text = output.get("text", "") or data.get("text/plain", "")
    text = printable(last_state(str(text)))
    if _DRAWN.match(text) and shows_picture(cell):
        text = ""
    shown = [ast.code(text, "output")] if text.strip() else []
    unknown = sorted(set(data) - {"text/plain"})
    return [*shown, narrative.left_out(unknown)] if unknown else shown


def letters(notebooks: Notebooks) -> str:
    """The characters of all drawings of executed notebooks that stand in pages as they are."""
    code, found = made.code(), set()
    for name in notebooks.names():

        def make(name: str = name) -> bytes:
            return figures.characters(_drawings(notebooks.notebook(name))).encode("utf-8")

        parts = [code, made.version("lxml"), notebooks.content(name)]
        content = made.recall("letters", parts, make)
        found.update(content.decode("utf-8"))
    return "".join(sorted(found))


def _drawings(notebook: Node) -> list[str]:
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    found = (output.get("data", {}).get(_SVG) for output in outputs)
    return [svg for svg in found if svg and _inline(str(svg), "x", "x")]


def _inline(svg: str, unique: str, alt: str, kind: str = "") -> str:
    try:
        return figures.inline_svg(svg, unique, alt, kind)
    except ReviewError:
        return ""


def _drawing(svg: str, alt: str, unique: str, narrow: Sequence[str]) -> dict:
    """A drawing in the page; as a picture, where nothing runs, if anything in it could."""
    if inline := _inline(svg, unique, alt, "wide" if narrow else ""):
        inline += "".join(_inline(one, f"{unique}-narrow", alt, "narrow") for one in narrow)
        return ast.div([ast.raw("html", inline)], classes=["figure", "drawing"])
    encoded = narrative.encoded(svg.encode("utf-8"))
    return ast.div([ast.image(f"data:{_SVG};base64,{encoded}", alt)], classes=["figure"])


def _picture(kind: str, data: str, alt: str, about: dict) -> dict:
    sizes = {n: str(about[n]) for n in ("width", "height") if isinstance(about.get(n), int)}
    picture = ast.image(f"data:{kind};base64,{''.join(str(data).split())}", alt, **sizes)
    return ast.div([picture], classes=["figure"])
