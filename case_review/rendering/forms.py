"""What each form of the report makes of a number, a reference, an exhibit and a framed text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from case_review.registry import Recorded
from case_review.rendering.cells import Exhibit


@dataclass(frozen=True)
class Form:
    """The places where the forms of the report differ; all else is pandoc's.

    Parameters
    ----------
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
    """

    result: Callable[[Recorded], list]
    figure: Callable[[Exhibit, list, Path], list]
    table: Callable[[Exhibit, list, dict, list], list]
    reference: Callable[[dict], list | None] = lambda link: None
    framed: Callable[[dict], list | None] = lambda div: None
    appendix: bool = True
