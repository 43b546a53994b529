"""What stands below the curves of time to response: medians with limits, and numbers at risk."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import seaborn as sns

from case_review.exhibits import style
from case_review.values import Estimate

#: Lines of the table for one curve: its name, three rows, and a gap.
_BLOCK = 4.35
#: Most curves that have room; more are set tighter, or the figure would not fit on a page.
_MOST_ROOMY = 5
#: Share of the width up to which a median is written beside its line, and not above it.
_BESIDE = 0.55


@dataclass(frozen=True)
class Spaces:
    """Heights in inches of a table's line and a median's row, and size of their text in points."""

    line: float
    row: float
    size: float

    def table(self, curves: int, noted: bool) -> float:
        """Height of the table of so many curves, with a note below it or not."""
        return self.line * (_BLOCK * curves + noted)


def spaces(curves: int, narrow: bool) -> Spaces:
    """What room there is for so many curves; in a narrow figure names stand above the medians."""
    if narrow:
        return Spaces(0.148, 0.46, 8)
    return Spaces(0.148, 0.33, 8) if curves <= _MOST_ROOMY else Spaces(0.12, 0.26, 7)


def medians(
    strip, found: Mapping[str, Estimate], labels, looks, spaces: Spaces, narrow: bool
) -> None:
    """Each median with its limits on a line of its own, in the colour of its curve.

    What is written stands on its line or close above it, farther from all others.
    """
    for position, (key, median) in enumerate(found.items()):
        right = _line(strip, median, -position, looks[key][0])
        said = {"color": looks[key][0], "size": spaces.size}
        text, (left, end) = f"median {median.prose}", strip.get_xlim()
        share = strip.transLimits.transform(strip.transScale.transform((right, 0)))[0]
        if narrow:
            text = f"{labels[key]}\n{text}"
            style.write_beside(strip, text, (left, -position), (0, 3), va="bottom", **said)
        elif share < _BESIDE:
            style.write_beside(strip, text, (right, -position), (6, 0), va="center", **said)
        else:
            look = {"ha": "right", "va": "bottom"} | said
            style.write_beside(strip, text, (end, -position), (0, 1.5), **look)
    strip.set_ylim(-len(found) + 0.6, 0.9 if narrow else 0.6)
    names = [] if narrow else [labels[key] for key in found]
    strip.set_yticks([-i for i in range(len(names))], names)
    for label, key in zip(strip.get_yticklabels(), found, strict=False):
        label.set_color(looks[key][0])
    strip.tick_params(length=0, labelbottom=False)
    sns.despine(ax=strip, left=True, bottom=True)


def _line(strip, median: Estimate, y: float, colour: str) -> float:
    """Draw a median with its limits; returns how far they reach, 0 where nothing is estimable."""
    if math.isnan(median.estimate):
        return 0.0
    low = 0.0 if math.isnan(median.lower) else median.lower
    right = strip.get_xlim()[1] if math.isnan(median.upper) else median.upper
    strip.plot([low, right], [y, y], color=colour, lw=1.6, solid_capstyle="butt")
    strip.plot(median.estimate, y, "o", color=colour, ms=5)
    if math.isnan(median.upper):
        strip.plot(right, y, ">", color=colour, ms=5, clip_on=False)
    return right


def at_risk(
    axes, counts: Mapping[str, pd.DataFrame], labels, looks, spaces: Spaces, note: str
) -> None:
    """Three rows of numbers per curve, in axes that share the time axis, and a note below."""
    axes.set_ylim(_BLOCK * len(counts) + bool(note), 0)
    left = {"xycoords": axes.get_yaxis_transform(), "va": "center", "size": spaces.size}
    for number, (key, own) in enumerate(counts.items()):
        top = number * _BLOCK + 0.6
        bold = {"color": looks[key][0], "weight": "semibold"}
        style.write_beside(axes, labels[key], (0, top), (-42, 0), **left, **bold)
        for line, name in enumerate(own, start=1):
            style.write_beside(axes, name, (0, top + line), (-6, 0), ha="right", **left)
            for tick, value in own[name].items():
                axes.text(tick, top + line, str(value), ha="center", va="center", size=spaces.size)
    if note:
        small = left | {"size": style.SMALL, "color": style.MUTED}
        style.write_beside(axes, note, (0, _BLOCK * len(counts) + 0.5), (0, 0), **small)
    axes.set_axis_off()
