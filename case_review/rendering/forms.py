"""The forms of the report: their files, and what each makes of numbers, exhibits and frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from case_review.registry import Recorded
from case_review.rendering.cells import Exhibit

#: Classes of the fenced Divs that a manuscript may use, with Word's style of their paragraphs.
FRAMES = {
    "audit-line": "Statement",
    "key-points": "Boxed Text",
    "note": "Boxed Text",
    "reconstructed": "Statement",
    "small": "Small Text",
    "standing-key": "Statement",
    "summary": "Boxed Text",
}


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
    reference
        Inlines of a reference to an exhibit, from the link that the manuscript made of it.
    framed
        Blocks of a fenced Div, from its classes and content.
    appendix
        Whether the numbers' origins and the footer are added as sections at the end.
    by_quarto
        Whether Quarto makes it as well.
    """

    file: str
    words: str
    media: str
    result: Callable[[Recorded], list]
    figure: Callable[[Exhibit, list, Path], list]
    table: Callable[[Exhibit, list, dict, list], list]
    reference: Callable[[dict], list | None] = lambda link: None
    framed: Callable[[dict], list | None] = lambda div: None
    appendix: bool = True
    by_quarto: bool = True
