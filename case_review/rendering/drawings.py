"""The drawings of the page: pictures beside it, of which a browser takes the one that fits."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from case_review.build import made
from case_review.exhibits.look import font_folder
from case_review.files import write_bytes
from case_review.rendering import figures
from case_review.rendering.cells import Exhibit

#: What of the full width a drawing may take to be read on a phone as it is.
_FITS = 0.75
#: Where the drawing for narrow screens is shown; report.css says it of drawings in the page.
_NARROW = "screen and (max-width: 40rem)"


def graphic(shown: Exhibit) -> str:
    """The picture of a figure at the head of the page, which is described at its place below."""
    if not shown.brief:
        return picture(shown, alt="", loading="eager")
    source = _versioned(_brief(shown), shown.brief)
    return _element("img", src=source, alt="", **figures.size_on_screen(shown.brief))


def picture(shown: Exhibit, alt: str | None = None, loading: str = "lazy") -> str:
    """The picture of a figure, whose files `write` puts beside the page.

    A browser takes the drawing for narrow screens, if there is one, where that fits. Addresses
    change with what they show, so that no browser keeps an older one.
    """
    wide, *narrow = _drawn(shown).items()
    attributes = {
        "alt": figures.plain(shown.alt) if alt is None else alt,
        **figures.size_on_screen(shown.svg),
        "loading": loading,
    }
    if not narrow and figures.share_of_width(shown.svg) <= _FITS:
        attributes["class"] = "fits"
    image = _element("img", src=_versioned(*wide), **attributes)
    if not narrow:
        return image
    sizes = figures.size_on_screen(shown.narrow[0])
    source = _element("source", media=_NARROW, srcset=_versioned(*narrow[0]), **sizes)
    return f"<picture>{source}{image}</picture>"


def _drawn(shown: Exhibit) -> dict[str, str]:
    """The drawings of a figure by their addresses: its own, then that for narrow screens if any."""
    found = {f"exhibits/{shown.label}.svg": shown.svg}
    return found | {f"exhibits/{shown.label}.narrow/0.svg": svg for svg in shown.narrow[:1]}


def _brief(shown: Exhibit) -> str:
    return f"exhibits/{shown.label}.brief/0.svg"


def _versioned(address: str, svg: str) -> str:
    return f"{address}?{hashlib.sha256(svg.encode('utf-8')).hexdigest()[:10]}"


def _element(name: str, **attributes: str) -> str:
    pairs = (f'{key}="{html.escape(text)}"' for key, text in attributes.items())
    return f"<{name} {' '.join(pairs)}>"


def write(exhibits: Iterable[Exhibit], out: Path) -> None:
    """Write the drawings of the page's figures into the site, each with the font it needs."""
    fonts = made.key(sorted(font_folder().glob("*.ttf")))
    code, versions = made.code(), (made.version("lxml"), made.version("fonttools"))
    for shown in exhibits:
        if shown.svg and shown.label.startswith("fig-"):
            brief = {_brief(shown): shown.brief} if shown.brief else {}
            for address, svg in (_drawn(shown) | brief).items():
                # Made again only if it changed, or this package's code or the fonts did.
                parts = [code, *versions, fonts, shown.label, svg]
                make = partial(_standalone, svg, shown.label)
                write_bytes(out / address, made.recall("drawing", parts, make))


def _standalone(svg: str, label: str) -> bytes:
    """The file of a drawing."""
    return figures.standalone(svg, label).encode("utf-8")


def other(shown: Exhibit, number: int, label: str, alt: str) -> str:
    """The drawing of another data set, and the one for narrow screens if any.

    Of two, the page's style shows the one that fits; the other is hidden from everybody.
    """
    svg = shown.others[number - 1]
    if len(shown.narrow) <= number:
        kind = "fits" if figures.share_of_width(svg) <= _FITS else ""
        return figures.inline_svg(svg, label, alt, kind)
    return figures.inline_svg(svg, label, alt, "wide") + figures.inline_svg(
        shown.narrow[number], f"{label}-narrow", alt, "narrow"
    )
