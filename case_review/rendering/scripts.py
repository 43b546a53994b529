"""Scripts of the pages, all inline, and the policy that admits them by their hashes only.

A page must work from `file://`, where browsers load no script beside it by hash, so nothing is
loaded from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from case_review.build import made
from case_review.errors import ReviewError
from case_review.project import Project

#: What HTML forbids: all control characters but tab, form feed and line ends.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_EXPORT = re.compile(r"\bexport\s*\{[^}]*?([\w$]+) as default[^}]*\};?")


def policy(scripts: list[str]) -> str:
    """The content security policy of a page that holds exactly these `scripts`."""
    sums = [hashlib.sha256(script.encode("utf-8")).digest() for script in scripts]
    hashes = [f"'sha256-{base64.b64encode(sum).decode('ascii')}'" for sum in sums] or ["'none'"]
    return (
        f"default-src 'none'; script-src {' '.join(hashes)}; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def chosen(project: Project, kinds: set[str]) -> list[str]:
    """The scripts of a page, in order: the report's own and those of its exhibits' kinds."""
    found = [own(project, "report.js")]
    for kind in sorted(kinds):
        found += [LIBRARIES[kind]()] if kind in LIBRARIES else []
        found.append(own(project, f"{kind}.js"))
    return found


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
    start = "window.vegaEmbed = vegaEmbed;"

    def make() -> bytes:
        import vl_convert

        return vl_convert.javascript_bundle(start).encode("utf-8")

    parts = [made.version("vl-convert-python"), start]
    return _inline(made.recall("vega", parts, make).decode("utf-8"))


@cache
def _datatables() -> str:
    """DataTables, as the package itables brings it: a module whose default export is named."""
    package = find_spec("itables")  # importing it imports pandas
    path = Path(package.origin).parent / "html" / "dt_bundle.js"
    text, count = _EXPORT.subn(r"window.DataTable=\1;", path.read_text(encoding="utf-8"))
    if count != 1:
        raise ReviewError("this version of itables bundles DataTables in another way.")
    return _inline(text)


#: What the page's own script of each kind of interactive exhibit needs, by kind.
LIBRARIES = {"survival": _vega, "table": _datatables}
