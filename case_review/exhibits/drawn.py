"""A figure as a notebook shows it: the same bytes every time, in the forms the report needs."""

from __future__ import annotations

import io


class FigureOutput:
    """A matplotlib figure as SVG (HTML, PDF) and PNG (DOCX), drawn free of dates and closed.

    It keeps its width, so that text has the size that the style gives it.
    """

    def __init__(self, figure):
        import matplotlib.pyplot as plt

        from case_review.exhibits import style

        svg, png = io.StringIO(), io.BytesIO()
        frame = style.frame(figure)
        figure.savefig(svg, format="svg", bbox_inches=frame, metadata={"Date": None})
        figure.savefig(png, format="png", bbox_inches=frame, metadata={"Software": None})
        plt.close(figure)
        self.svg, self.png = svg.getvalue(), png.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": self.svg, "image/png": self.png}
