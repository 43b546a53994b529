"""The forms of the report: their files, and what each makes of numbers, exhibits and frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from case_review.registry import Recorded
from case_review.rendering.cells import Exhibit

if TYPE_CHECKING:
    from case_review.rendering.contents import Entry

#: Classes of the fenced Divs that a manuscript may use, with Word's style of their paragraphs.
FRAMES = {
    "audit-line": "Statement",
    "callout": "Boxed Text",
    "key-points": "Boxed Text",
    "note": "Boxed Text",
    "reconstructed": "Statement",
    "small": "Small Text",
    "standing-key": "Statement",
    "summary": "Boxed Text",
}

#: Those that say what the numbers are, and are joined to one box where they follow one another.
STATEMENTS = ("reconstructed", "standing-key", "audit-line")


def is_frame(block: dict) -> bool:
    """Whether a block is one of `FRAMES`; an exhibit, which has a name, is none."""
    return block["t"] == "Div" and bool(FRAMES.keys() & set(block["c"][0][1]))


#: Pandoc's writer of each format, by the name that `FORMATS` takes. The page is first.
WRITERS = {"html": "html", "pdf": "typst", "docx": "docx", "jats": "jats"}


@dataclass(frozen=True)
class Panel:
    """A part of a figure.

    Parameters
    ----------
    label
        Its own; empty for none.
    caption
        Inlines, with its letter in front.
    image
        pandoc's Image, with the picture's address and alternative text.
    file
        The picture.
    """

    label: str
    caption: list
    image: dict
    file: Path


def plain_formula(math: dict, label: str, number: str, results: list[Recorded]) -> list:
    """A formula as pandoc writes it, its number to the right."""
    kind, tex = math["c"]
    shown = {"t": "Math", "c": [kind, rf"{tex} \qquad ({number})" if number else tex]}
    return [{"t": "Span", "c": [[label, [], []], [shown]]}] if label else [shown]


@dataclass(frozen=True)
class File:
    """A finished file: its name on the site, what readers call it, and its media type."""

    name: str
    words: str
    media: str


@dataclass(frozen=True)
class Form:
    """The places where the forms of the report differ; all else is pandoc's.

    Parameters
    ----------
    file, words, media
        The finished file, what readers call it, and its media type.
    result
        Inlines that show a number of the registry.
    figure
        Blocks of a figure: exhibit, caption without its number, folder for its file.
    table
        Blocks of a table: exhibit, caption without its number, pandoc's Table, notes below it.
    picture
        Blocks of a picture file with a caption: exhibit, caption, pandoc's Image, and the file.
    panels
        Blocks of a figure of several pictures: exhibit, caption, panels, and how many in a row.
    image
        Inlines of a picture within a line: pandoc's Image, and the file.
    formula
        Inlines of a formula: pandoc's Math, its label and number if it has them, and the results
        in it.
    reference
        Inlines of a reference to an exhibit, from the link that the manuscript made of it.
    framed
        Blocks of a fenced Div, from its classes and content.
    listed
        Blocks of the list of figures and tables, from its entries; None for a form without one.
    appendix
        Whether the numbers' origins and the footer are added as sections at the end.
    supplement
        The file of what follows the heading named `supplement`, if that is one of its own.
    """

    file: str
    words: str
    media: str
    result: Callable[[Recorded], list]
    figure: Callable[[Exhibit, list, Path], list]
    table: Callable[[Exhibit, list, dict, list], list]
    picture: Callable[[Exhibit, list, dict, Path], list]
    panels: Callable[[Exhibit, list, list[Panel], int], list]
    image: Callable[[dict, Path], list | None] = lambda image, file: None
    formula: Callable[[dict, str, str, list[Recorded]], list] = plain_formula
    reference: Callable[[dict], list | None] = lambda link: None
    framed: Callable[[dict], list | None] = lambda div: None
    listed: Callable[[list[Entry]], list] | None = None
    appendix: bool = True
    supplement: File | None = None
