"""What matplotlib draws with in a run: no window, and `plt.show()` shows in the cell."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from case_review.exhibits import shown

# A notebook that saves an SVG by itself gets the same bytes every time as well.
mpl.rcParams["svg.hashsalt"] = "case-review"


class _Manager(FigureManagerBase):
    @classmethod
    def pyplot_show(cls, *, block=None):
        shown.show()

    def show(self):
        shown.show()


class FigureCanvas(FigureCanvasAgg):
    """The canvas of every figure that pyplot makes."""

    manager_class = _Manager
