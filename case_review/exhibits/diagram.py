"""Diagrams of boxes and arrows, drawn from a list of elements with places in millimetres.

A box is as high as its text needs. An arrow runs straight between two boxes: upright or level where
they face each other, else from centre to centre.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from case_review.errors import ReviewError
from case_review.exhibits import style

_MM = 1 / 25.4
#: Height of a line of text, and the space around a box's text, in mm.
_LINE, _PAD = 3.7, 1.4
#: Face, edge and line style of each kind of box; text weight and colour.
_KINDS = {
    "main": ("white", style.BLUE, "-", "normal", style.BLACK),
    "strong": ("#e8f1f8", style.BLUE, "-", "semibold", style.BLACK),
    "accent": ("#fbeade", style.VERMILLION, "-", "semibold", style.BLACK),
    "muted": ("white", style.GREY, (0, (3, 2)), "normal", style.MUTED),
    "band": ("#ececec", "none", "-", "semibold", style.BLACK),
    "text": ("none", "none", "-", "normal", style.MUTED),
}
#: What an arrow can mean, with the head and the line that say so.
EFFECTS = {
    "activates": ("-|>", "-"),
    "inhibits": ("|-|, widthA=0, widthB=0.32", "-"),
    "forms": ("-|>", (0, (3, 2))),
}


@dataclass(frozen=True)
class Box:
    """A box with its text.

    Parameters
    ----------
    id
        The name by which arrows find it.
    text
        What it says; wrapped to the width, a line feed starts a new line.
    x, y
        Its centre in mm from the left and from the top.
    width
        In mm.
    kind
        `main`, `strong`, `accent` (set apart in colour), `muted` (dashed), `band` (shaded, without
        frame) or `text` (no frame at all).
    height
        In mm; by default what the text needs.
    upright
        Whether the text reads from bottom to top.
    """

    id: str
    text: str
    x: float
    y: float
    width: float
    kind: str = "main"
    height: float = 0
    upright: bool = False

    def __post_init__(self):
        if self.kind not in _KINDS:
            raise ReviewError(
                f"diagram, box {self.id}: found the kind {self.kind!r}, expected one of "
                f"{', '.join(_KINDS)}"
            )
        if not self.height:
            object.__setattr__(self, "height", _LINE * len(self.lines()) + 2 * _PAD)

    def lines(self) -> list[str]:
        """The text as it is broken into lines.

        Raises
        ------
        ReviewError
            If a word is wider than the box.
        """
        room = (self.height if self.upright else self.width) - 2 * _PAD
        return [line for part in self.text.split("\n") for line in self._wrapped(part, room)]

    def _wrapped(self, part: str, room: float) -> list[str]:
        weight = _KINDS[self.kind][3]
        lines: list[str] = []
        for word in part.split():
            if style.text_width(word, weight=weight) > room:
                raise ReviewError(
                    f"diagram, box {self.id}: {word!r} is wider than the box ({self.width:g} mm); "
                    "widen the box or shorten the word"
                )
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and style.text_width(longer, weight=weight) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def span(self, axis: str) -> tuple[float, float]:
        """Where it begins and ends along `x` or `y`, in mm."""
        middle, size = (self.x, self.width) if axis == "x" else (self.y, self.height)
        return middle - size / 2, middle + size / 2


@dataclass(frozen=True)
class Arrow:
    """An arrow between two boxes, by their ids; `effect` is a key of `EFFECTS`."""

    start: str
    end: str
    effect: str = "activates"


def elements(rows: Sequence[Mapping[str, str]]) -> tuple[list[Box], list[Arrow]]:
    """Boxes and arrows from the rows of a table, all values being text.

    A row with `id` is a box and has text, x_mm, y_mm, width_mm and kind; a row without is an arrow
    and has from, to and effect.

    Raises
    ------
    ReviewError
        If a kind is unknown, or a place is no number.
    """
    boxes, arrows = [], []
    for line, row in enumerate(rows, start=2):
        if not row["id"]:
            arrows.append(Arrow(row["from"], row["to"], row["effect"]))
            continue
        try:
            place = [float(row[name]) for name in ("x_mm", "y_mm", "width_mm")]
        except ValueError:
            raise ReviewError(
                f"diagram, row {line}, box {row['id']}: x_mm, y_mm and width_mm should be numbers"
            ) from None
        boxes.append(Box(row["id"], row["text"], *place, row["kind"]))
    return boxes, arrows


def _check(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> None:
    known = {box.id for box in boxes}
    for arrow in arrows:
        for end in (arrow.start, arrow.end):
            if end not in known:
                raise ReviewError(
                    f"diagram, arrow from {arrow.start} to {arrow.end}: there is no box {end!r}"
                )
        if arrow.effect not in EFFECTS:
            raise ReviewError(
                f"diagram, arrow from {arrow.start} to {arrow.end}: found the effect "
                f"{arrow.effect!r}, expected one of {', '.join(EFFECTS)}"
            )


def draw_diagram(boxes: Sequence[Box], arrows: Sequence[Arrow], width: float):
    """The figure, `width` mm wide and as high as its boxes; a key tells effects apart.

    Raises
    ------
    ReviewError
        If an arrow names a box or an effect that there is not.
    """
    style.use()
    _check(boxes, arrows)
    shown = [effect for effect in EFFECTS if any(arrow.effect == effect for arrow in arrows)]
    keyed = len(shown) > 1
    bottom = max(box.span("y")[1] for box in boxes)
    height = bottom + (7 if keyed else 1)
    figure = plt.figure(figsize=(width * _MM, height * _MM))
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    for box in boxes:
        _box(axes, box)
    named = {box.id: box for box in boxes}
    for arrow in arrows:
        _arrow(axes, *ends(named[arrow.start], named[arrow.end]), arrow.effect)
    if keyed:
        _key(axes, bottom + 4, shown)
    return figure


def ends(start: Box, end: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where an arrow leaves one box and meets the other, in mm."""
    for axis in ("x", "y"):
        low = max(start.span(axis)[0], end.span(axis)[0])
        high = min(start.span(axis)[1], end.span(axis)[1])
        if low < high:
            # Upright (or level), in the middle of the narrower of the two.
            across = min((start, end), key=lambda box: box.span(axis)[1] - box.span(axis)[0])
            place = min(max(across.x if axis == "x" else across.y, low), high)
            other = "y" if axis == "x" else "x"
            forward = bool(start.span(other)[0] < end.span(other)[0])
            first, last = start.span(other)[forward], end.span(other)[not forward]
            return (
                ((place, first), (place, last)) if axis == "x" else ((first, place), (last, place))
            )
    return _border(start, end), _border(end, start)


def _border(box: Box, towards: Box) -> tuple[float, float]:
    """Where the line between two centres leaves `box`."""
    dx, dy = towards.x - box.x, towards.y - box.y
    scale = min(box.width / 2 / abs(dx) if dx else 1, box.height / 2 / abs(dy) if dy else 1)
    return box.x + dx * scale, box.y + dy * scale


def _box(axes, box: Box) -> None:
    face, edge, dashes, weight, colour = _KINDS[box.kind]
    corner = 0 if box.kind in ("band", "text") else 1
    axes.add_patch(
        FancyBboxPatch(
            (box.span("x")[0] + corner, box.span("y")[0] + corner),
            box.width - 2 * corner,
            box.height - 2 * corner,
            boxstyle=f"round,pad={corner},rounding_size={corner}",
            facecolor=face,
            edgecolor=edge,
            linestyle=dashes,
            linewidth=0.9,
        )
    )
    lines = box.lines()
    for number, line in enumerate(lines):
        shift = (number - (len(lines) - 1) / 2) * _LINE
        x, y = (box.x + shift, box.y) if box.upright else (box.x, box.y + shift)
        axes.text(
            x, y, line, ha="center", va="center" if box.upright else "center_baseline",
            rotation=90 * box.upright, weight=weight, color=colour, size=style.TEXT,
        )  # fmt: skip


def _arrow(axes, start, end, effect: str) -> None:
    inhibits = effect == "inhibits"
    axes.annotate(
        "",
        xy=end,
        xytext=start,
        arrowprops={
            "arrowstyle": EFFECTS[effect][0],
            "linestyle": EFFECTS[effect][1],
            "color": style.VERMILLION if inhibits else "#444444",
            "lw": 1.2 if inhibits else 0.9,
            "shrinkA": 1,
            "shrinkB": 2,
            "mutation_scale": 9,
        },
    )


def _key(axes, y: float, effects: Sequence[str]) -> None:
    for number, effect in enumerate(effects):
        x = 2 + 27 * number
        _arrow(axes, (x, y), (x + 7, y), effect)
        axes.text(x + 8.5, y, effect, va="center_baseline", color=style.MUTED)
