"""Figures: SVG made safe and light for pages, and the font cut down to what they write."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from lxml import etree

from case_review.build import made
from case_review.errors import ReviewError
from case_review.exhibits.look import FONT, FULL_WIDTH, font_folder
from case_review.rendering.lean_svg import NS, XLINK, lean, share_looks

#: Figures are drawn for print; on a screen their text is as large as that of tables.
_ON_SCREEN = 1.3
_HREF = ("href", XLINK)
_URL = re.compile(r"url\(#([^)]*)\)")
_ACTIVE = frozenset(f"{NS}{name}" for name in ("script", "foreignObject", "iframe"))
_OPENED = re.compile(r"<svg\b[^>]*>")
_WEIGHTS = {"Regular": (400, "normal"), "Semibold": (600, "normal"), "It": (400, "italic")}


def inline_svg(svg: str, label: str, alt: str, kind: str = "") -> str:
    """An SVG document as an element of a page: ids made unique by `label`, alt text attached.

    Parameters
    ----------
    kind
        The class of the element: `wide` or `narrow`, where a figure has two drawings, or `fits`
        for one that a phone shows as well.

    Raises
    ------
    ReviewError
        If it is no SVG, or holds anything that runs or loads something.
    """
    root = _passive(svg, label)
    nodes = list(root.iter(etree.Element))
    own = _own(label)
    ids = [node.get("id") for node in nodes if node.get("id")]
    names = {id: f"{own}-{number}" for number, id in enumerate(ids, 1)}
    for node in nodes:
        _rename(node, names)
    share_looks(root, own)
    for name, length in _on_screen(root).items():
        root.set(name, f"{length:.2f}pt")
    if kind:
        root.set("class", kind)
    root.set("role", "img")
    root.set("aria-label", alt)
    return etree.tostring(root, encoding="unicode", with_tail=False)


def standalone(svg: str, label: str) -> str:
    """A drawing as a file of its own, which brings the figure font for what it writes.

    Raises
    ------
    ReviewError
        As `inline_svg`.
    """
    # Weights and slants that stand in it; matplotlib writes both in a style, as CSS does.
    bold, italic = re.search(r"font(?:-weight)?: *(?:[67]00|bold)", svg), "italic" in svg
    styles = ["Regular", *(["Semibold"] if bold else []), *(["It"] if italic else [])]
    css = font_css(characters([svg]), styles)
    root = _passive(svg, label)
    share_looks(root, _own(label))
    text = etree.tostring(root, encoding="unicode", with_tail=False)
    return _OPENED.sub(lambda match: f"{match[0]}<style>{css}</style>", text, count=1)


def size_on_screen(svg: str) -> dict[str, str]:
    """Width and height of a drawing on a screen, in its pixels, as attributes of a picture."""
    lengths = _on_screen(_parse(svg))
    return {name: f"{length * 96 / 72:.0f}" for name, length in lengths.items()}


def _on_screen(root) -> dict[str, float]:
    """Width and height of a drawing on a screen in points, if it has them in points."""
    found = {n: re.fullmatch(r"([\d.]+)pt", root.get(n, "")) for n in ("width", "height")}
    return {name: _ON_SCREEN * float(match[1]) for name, match in found.items() if match}


def _passive(svg: str, label: str):
    """A parsed drawing of which nothing runs or loads anything, made as light as it can be."""
    try:
        root = _parse(svg)
    except etree.XMLSyntaxError as error:
        raise ReviewError(f"figure {label} is not readable as SVG: {error}") from None
    for node in root.findall(f"{NS}metadata"):
        root.remove(node)
    lean(root)
    for node in root.iter(etree.Element):
        refs = [node.get(name) for name in _HREF if node.get(name)]
        loads = [ref for ref in refs if not ref.startswith(("#", "data:image/png"))]
        if node.tag in _ACTIVE or loads or any(name.startswith("on") for name in node.attrib):
            raise ReviewError(f"figure {label} holds active content ({node.tag}); it is refused.")
    return root


def _parse(svg: str):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    return etree.fromstring(svg.encode("utf-8"), parser)


def _own(label: str) -> str:
    """What names in a drawing begin with: short, as they are many, and of no other exhibit."""
    return f"d{hashlib.sha256(label.encode('utf-8')).hexdigest()[:8]}"


def _rename(node, names: dict[str, str]) -> None:
    """Give an element and what it refers to the names that they have in the page."""
    for name, value in node.items():
        if name == "id":
            node.set(name, names[value])
        elif name in _HREF and value.startswith("#"):
            node.set(name, f"#{names.get(value[1:], value[1:])}")
        elif "url(#" in value:
            node.set(name, _URL.sub(lambda found: f"url(#{names.get(found[1], found[1])})", value))


def share_of_width(svg: str) -> float:
    """How much of the full width of the text a figure takes as it was drawn, at most all of it."""
    found = re.match(r"([\d.]+)pt", _parse(svg).get("width", ""))
    return min(1.0, float(found[1]) / (72 * FULL_WIDTH)) if found else 1.0


def characters(svgs: Iterable[str]) -> str:
    """The characters that figures write as text, sorted."""
    return "".join(sorted({*" 0123456789", *(letter for svg in svgs for letter in _letters(svg))}))


def _letters(svg: str) -> str:
    def make() -> bytes:
        return "".join(sorted(set("".join(_parse(svg).itertext())))).encode("utf-8")

    return made.recall("letters", [made.version("lxml"), svg], make).decode("utf-8")


def font_css(used: str, styles: Collection[str] = tuple(_WEIGHTS)) -> str:
    """`@font-face` rules with the figure font inlined, holding only the characters `used`."""
    rules = []
    for name in styles:
        weight, slant = _WEIGHTS[name]
        path = font_folder() / f"SourceSansPro-{name}.ttf"
        parts = [made.version("fonttools"), path, used]
        content = made.recall("font", parts, lambda path=path: _cut(path, used))
        data = base64.b64encode(content).decode("ascii")
        rules.append(
            f"@font-face{{font-family:'{FONT}';font-weight:{weight};font-style:{slant};"
            f"src:url(data:font/woff;base64,{data}) format('woff')}}"
        )
    return "\n".join(rules)


def _cut(path: Path, used: str) -> bytes:
    """A font as WOFF, with no characters but those used."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(path, recalcTimestamp=False)
    chosen = subset.Options(flavor="woff", hinting=False, drop_tables=["GSUB", "DSIG"])
    cutter = subset.Subsetter(chosen)
    cutter.populate(text=used)
    cutter.subset(font)
    font.flavor = "woff"
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


def plain(text: str) -> str:
    """A text on one line without control characters, as attributes take it."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()
