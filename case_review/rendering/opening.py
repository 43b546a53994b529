"""What a reader of the page sees first: the abstract, and beside it one figure and what to know.

The frames that a manuscript opens with are not stacked on the text: those that say what the numbers
are stand in one quiet column beside the abstract, others, such as key points, below it.
"""

from __future__ import annotations

from itertools import takewhile

from case_review.rendering import ast, drawings
from case_review.rendering.forms import STATEMENTS, is_frame
from case_review.rendering.manuscript import Manuscript

#: The header's entry that names the figure which tells the result.
KEY = "graphical-abstract"


def set_apart(found: Manuscript, tree: dict) -> list[dict]:
    """Take frames before the first paragraph out of the text of `tree`, and place the figure.

    Returns these frames; without an abstract they stay in the text.

    Raises
    ------
    ReviewError
        Naming the line of a figure that the manuscript does not show as a drawing.
    """
    meta, blocks = tree["meta"], tree["blocks"]
    frames = list(takewhile(is_frame, blocks))
    if graphic := _graphic(found):
        meta["graphic"] = {"t": "MetaBlocks", "c": [ast.raw("html", graphic)]}
    if "abstract" not in meta:
        if graphic:
            message = f"`{KEY}` stands beside the abstract, and there is none. Write `abstract`."
            raise found.header.entries.error(found.header.entries.content, KEY, message)
        return frames
    tree["blocks"] = blocks[len(frames) :]
    beside = [frame for frame in frames if set(STATEMENTS).intersection(frame["c"][0][1])]
    below = [frame for frame in frames if frame not in beside]
    for name, found_here in (("beside", beside), ("below", below)):
        if found_here:
            meta[name] = {"t": "MetaBlocks", "c": found_here}
    return frames


def _graphic(found: Manuscript) -> str:
    """The figure of the abstract as a link to the figure in the text, which describes it."""
    entries = found.header.entries
    label = entries.content.get(KEY)
    if label is None:
        return ""
    shown = found.exhibits.get(label)
    if shown is None or not shown.svg or not label.startswith("fig-"):
        message = f"`{KEY}: {label}` names no drawing that the text embeds. Write a label of one."
        raise entries.error(entries.content, KEY, message)
    words = f"The result in one figure: {shown.name}"
    return f'<a class="graphic" href="#{label}">{drawings.graphic(shown)}<span>{words}</span></a>'
