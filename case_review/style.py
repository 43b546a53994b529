"""One visual language for all figures: font, palette, sizes, and byte-identical output."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import font_source_sans_pro
import matplotlib as mpl
from matplotlib import font_manager

#: The colours of Okabe and Ito (2008), safe for colour blindness.
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW, BLACK = "#56B4E9", "#CC79A7", "#F0E442", "#1a1a1a"
GREY, LIGHT = "#6b6b6b", "#d9d9d9"
#: (colour, line style) of the groups of a comparison, in order.
GROUP_STYLES = ((VERMILLION, "-"), (BLUE, (0, (5, 1.5))), (GREEN, (0, (1, 1))), (PURPLE, "-."))
OVERALL_STYLE = (BLACK, "-")

#: Width in inches of a journal's full text block and of one column.
FULL_WIDTH, COLUMN_WIDTH = 6.7, 3.35
FONT = "Source Sans Pro"


def font_folder() -> Path:
    """The folder of the figure font, from a package of the lock, not of the machine."""
    return Path(font_source_sans_pro.__file__).parent / "files"


@cache
def use() -> None:
    """Set matplotlib up: the font, text kept as text in SVG, and no time stamps or random ids."""
    for weight in ("Regular", "Semibold", "Bold", "It"):
        font_manager.fontManager.addfont(font_folder() / f"SourceSansPro-{weight}.ttf")
    mpl.use("agg")
    mpl.rcParams.update(
        {
            "font.family": FONT,
            "font.size": 9,
            "axes.titlesize": 10,
            "axes.labelsize": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": GREY,
            "axes.linewidth": 0.8,
            "xtick.color": GREY,
            "ytick.color": GREY,
            "xtick.labelcolor": BLACK,
            "ytick.labelcolor": BLACK,
            "legend.frameon": False,
            "figure.dpi": 100,
            "savefig.dpi": 300,
            "svg.fonttype": "none",
            "svg.hashsalt": "case-review",
            "figure.constrained_layout.use": True,
        }
    )
