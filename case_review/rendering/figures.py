"""Figures: SVG made safe to stand inside a page, and the figure font cut down to what they use."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Iterable
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
    try:
        root = _parse(svg)
    except etree.XMLSyntaxError as error:
        raise ReviewError(f"figure {label} is not readable as SVG: {error}") from None
    for node in root.findall(f"{NS}metadata"):
        root.remove(node)
    lean(root)
    nodes = []
    for node in root.iter(etree.Element):
        refs = [node.get(name) for name in _HREF if node.get(name)]
        loads = [ref for ref in refs if not ref.startswith(("#", "data:image/png"))]
        if node.tag in _ACTIVE or loads or any(name.startswith("on") for name in node.attrib):
            raise ReviewError(f"figure {label} holds active content ({node.tag}); it is refused.")
        nodes.append(node)
    own = _own(label)
    ids = [node.get("id") for node in nodes if node.get("id")]
    names = {id: f"{own}-{number}" for number, id in enumerate(ids, 1)}
    for node in nodes:
        _rename(node, names)
    share_looks(root, own)
    for name in ("width", "height"):
        if found := re.fullmatch(r"([\d.]+)pt", root.get(name, "")):
            root.set(name, f"{_ON_SCREEN * float(found[1]):.2f}pt")
    if kind:
        root.set("class", kind)
    root.set("role", "img")
    root.set("aria-label", alt)
    return etree.tostring(root, encoding="unicode", with_tail=False)


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


def font_css(used: str) -> str:
    """`@font-face` rules with the figure font inlined, holding only the characters `used`."""
    rules = []
    for name, (weight, slant) in _WEIGHTS.items():
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
