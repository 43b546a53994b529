"""A page of its own: one file in the look of the report, which loads nothing and prints well."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from urllib.parse import quote

from case_review import __version__

#: The page around the parts, and how it looks.
_FORM, _STYLE = (Path(__file__).with_name(f"sheet.{kind}") for kind in ("html", "css"))


def page(
    title: str,
    kicker: str,
    parts: Iterable[str],
    made_from: str = "",
    source: str = " from recorded results",
) -> str:
    """A whole page of parts in HTML.

    Parameters
    ----------
    made_from
        A hash of what it was made from, for who asks whether it is up to date.
    source
        Its last line says this after the program's name.
    """
    return Template(_FORM.read_text(encoding="utf-8")).substitute(
        title=escape(title),
        kicker=escape(kicker),
        body="\n".join(parts),
        style=_STYLE.read_text(encoding="utf-8"),
        made_from=escape(made_from),
        version=__version__,
        source=escape(source),
    )


def escape(text: object) -> str:
    """Text as HTML shows it."""
    return html.escape(str(text))


def heading(text: str, level: int = 2, id: str = "") -> str:
    """A heading, which may be led to."""
    named = f' id="{escape(id)}"' if id else ""
    return f"<h{level}{named}>{escape(text)}</h{level}>"


def para(text: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def table(heads: Sequence[str], rows: Iterable[Sequence], caption: str = "", numbers=()) -> str:
    """A table; `numbers` are the positions of columns that are set to the right.

    A cell may be a `Mark`, which stands out, or a `Link`, which leads somewhere.
    """
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(
        f'<th scope="col"{" class=n" if place in numbers else ""}>{escape(one)}</th>'
        for place, one in enumerate(heads)
    )
    body = "".join("<tr>" + _cells(row, numbers) + "</tr>\n" for row in rows)
    made = f"<table>{above}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>"
    return f'<div class="scroll">{made}</div>'


class Mark(str):
    """Text that stands out."""


@dataclass(frozen=True)
class Link:
    """Text that leads to a file beside the page, whatever characters its name has."""

    text: str
    name: str

    def __str__(self) -> str:
        return self.text


def _cells(row: Sequence, numbers) -> str:
    made = []
    for place, cell in enumerate(row):
        kinds = ["n"] * (place in numbers) + ["bad"] * isinstance(cell, Mark)
        tag = "th scope=row" if place == 0 else "td"
        kind = f' class="{" ".join(kinds)}"' if kinds else ""
        text = escape(cell)
        if isinstance(cell, Link):
            text = f'<a href="{quote(cell.name)}">{text}</a>'
        made.append(f"<{tag}{kind}>{text}</{tag.split()[0]}>")
    return "".join(made)


def figure(wide: str, narrow: str, caption: str, alt: str) -> str:
    """A drawing for wide screens and print, and one for phones; both SVG."""

    def drawn(svg: str, kind: str) -> str:
        said = f'<svg role="img" aria-label="{escape(alt)}"'
        inside = svg[svg.index("<svg") :].replace("<svg", said, 1)
        return f'<div class="{kind}">{inside}</div>'

    both = drawn(wide, "wide") + drawn(narrow, "narrow")
    return f"<figure>{both}<figcaption>{escape(caption)}</figcaption></figure>"
