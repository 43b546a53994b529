"""The look of all figures: colours, styles of lines, sizes and the font.

Knows no matplotlib, so that who shows figures need not import what draws them.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import font_source_sans_pro

#: The colours of Okabe and Ito (2008), safe for colour blindness.
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW, BLACK = "#56B4E9", "#CC79A7", "#F0E442", "#1a1a1a"
GREY, LIGHT = "#6b6b6b", "#d9d9d9"
#: Small print in a figure; a quarter of `BLUE` on white; bands that are told apart behind marks.
MUTED, PALE, BANDS = "#555555", "#bfdcec", ("#e3e7eb", "#f1f3f5")
#: (colour, line style) of the groups of a comparison, in order.
GROUP_STYLES = (
    (VERMILLION, "-"),
    (BLUE, (0, (5, 1.5))),
    (GREEN, (0, (1, 1))),
    (PURPLE, "-."),
    (ORANGE, (0, (8, 1.5, 2, 1.5, 2, 1.5))),
    (SKY, (0, (2.5, 1))),
)
OVERALL_STYLE = (BLACK, "-")

#: What an axis of time in weeks is called; `style.time_axis` calls one in other units.
TIME_AXIS = "Weeks since start of treatment"
#: Width in inches of the report's text block (16 cm) and of a journal's column (8.5 cm).
FULL_WIDTH, COLUMN_WIDTH = 16 / 2.54, 8.5 / 2.54
#: Width in inches of a drawing for narrow screens: on a phone its text is as large as in print.
NARROW_WIDTH = 9 / 2.54
#: How an axis of time may run. Square roots give room to the first weeks, and let it begin at 0.
LINEAR, SQUARE_ROOT = "linear", "square root"
#: Sizes in points of text and of small print, in figures shown at their own width.
TEXT, SMALL = 8.5, 7.5
FONT = "Source Sans Pro"


def font_folder() -> Path:
    """The folder of the figure font, from a package of the lock, not of the machine."""
    return Path(font_source_sans_pro.__file__).parent / "files"


def looks(keys: Collection[str], overall: str) -> dict[str, tuple]:
    """Colour and line style by key: black for `overall`, for the others `GROUP_STYLES` in order.

    Raises
    ------
    ValueError
        If there are more groups than styles.
    """
    groups = [key for key in keys if key != overall]
    if len(groups) > len(GROUP_STYLES):
        raise ValueError(
            f"{len(groups)} groups cannot be told apart in one figure: at most "
            f"{len(GROUP_STYLES)} are possible"
        )
    styles = {overall: OVERALL_STYLE} | dict(zip(groups, GROUP_STYLES, strict=False))
    return {key: styles[key] for key in keys}
