"""Scripts of the pages, the policy that admits them by their hashes, and what they load when asked.

What a reader may never ask for - the library of a chart, the exhibits of other data sets, where the
numbers come from - waits in files beside the page. A page must work from `file://`, where browsers
load neither modules nor data, and no script by its hash: so these are classic scripts, each of
which hands over what it holds (`report/styles/beside.js`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from case_review.build import made
from case_review.errors import ReviewError
from case_review.project import Project

#: What HTML forbids: all control characters but tab, form feed and line ends.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
#: What waits beside the page, as it stands in a page that is being made.
_WAITING = re.compile(r'<template data-beside="([\w-]+)">\n?(.*?)\n?</template>\n?', re.DOTALL)
#: The folder of the site for what waits.
_FOLDER = "scripts"


def policy(scripts: list[str]) -> str:
    """The content security policy of a page that holds exactly these `scripts`.

    By `strict-dynamic` these may load others: a script that only stands in the page may not, nor
    one that another script writes into it. Pictures come from the site itself.
    """
    sums = [hashlib.sha256(script.encode("utf-8")).digest() for script in scripts]
    hashes = [f"'sha256-{base64.b64encode(sum).decode('ascii')}'" for sum in sums]
    hashes = ["'strict-dynamic'", *hashes] if hashes else ["'none'"]
    return (
        f"default-src 'none'; script-src {' '.join(hashes)}; style-src 'unsafe-inline'; "
        "img-src 'self' file: data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def chosen(project: Project, kinds: set[str]) -> list[str]:
    """The scripts of a page, in order: those of every page, and those of its exhibits' kinds."""
    names = ["beside.js", "report.js", *(f"{kind}.js" for kind in sorted(kinds))]
    return [own(project, name) for name in names]


def own(project: Project, name: str) -> str:
    """A script of `report/styles/`."""
    return _inline(style(project.report / "styles" / name))


def style(path: Path) -> str:
    """The text of a file of `report/styles/`."""
    if not path.is_file():
        raise ReviewError(f"report/styles/{path.name} is missing. Restore it from the repository.")
    return path.read_text(encoding="utf-8")


def elements(scripts: list[str]) -> str:
    """The script elements; modules run after the page was read, each with names of its own."""
    return "".join(f'<script type="module">{script}</script>\n' for script in scripts)


def data(id: str, content) -> str:
    """A block of JSON for a script to read; nothing in it can end the element."""
    return f'<script type="application/json" id="{id}">{packed(content)}</script>\n'


def waiting(name: str, content: str) -> str:
    """A text that is to wait in a file beside the page until a script loads it by its `name`.

    Several of one name wait in one file, in their order.
    """
    return f'<template data-beside="{name}">{content}</template>'


def put_aside(page: str, kinds: set[str]) -> tuple[str, dict[str, str]]:
    """A page without what is to wait, but with a list of it; and the files, by their addresses.

    A file's name holds the start of its SHA-256, so that a page never meets one of another build.
    """
    held: dict[str, list[str]] = {}

    def take(match: re.Match) -> str:
        held.setdefault(match[1], []).append(match[2])
        return ""

    page = _WAITING.sub(take, page)
    texts = {
        name: f"window.beside.put({packed(name)}, {packed(own)});\n" for name, own in held.items()
    }
    texts |= {name: make() for name, make in (_LIBRARIES[k] for k in kinds & _LIBRARIES.keys())}
    addresses, files = {}, {}
    for name, text in sorted(texts.items()):
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()[:10]
        addresses[name] = f"{_FOLDER}/{name}-{digest}.js"
        files[addresses[name]] = text
    return page + (data("beside", addresses) if addresses else ""), files


def linked_data(content: dict) -> str:
    """A block of JSON-LD, which says to machines what a page is; browsers run none of it."""
    return f'<script type="application/ld+json">{packed(content)}</script>\n'


def packed(content) -> str:
    """JSON as the pages hold it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text).replace("<", "\\u003c")


def _inline(script: str) -> str:
    """A script that may stand inside a page, where line ends are always `\\n`."""
    if re.search(r"</script", script, re.IGNORECASE):
        raise ReviewError("a script holds '</script', so it cannot stand inside a page.")
    # Strings and patterns of libraries hold control characters, which HTML forbids.
    script = _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", script)
    return script.replace("\r\n", "\n")


@cache
def _vega() -> str:
    """Vega, Vega-Lite and Vega-Embed, as the package vl-convert brings them."""
    start = 'window.beside.put("vega", vegaEmbed);'

    def make() -> bytes:
        import vl_convert

        return vl_convert.javascript_bundle(start).encode("utf-8")

    parts = [made.version("vl-convert-python"), start]
    # In a function, for a classic script shares its names with all others.
    return f"(() => {{{made.recall('vega', parts, make).decode('utf-8')}}})();\n"


#: What the page's own script of a kind of interactive exhibit loads: a name, and what makes it.
_LIBRARIES = {"survival": ("vega", _vega)}
