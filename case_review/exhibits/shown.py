"""Figures of a notebook's cells: each belongs to the cell that draws it, and is shown there.

As in Jupyter, a figure appears where `plt.show()` or `display` is called or as the last value of
its cell, and any other at the cell's end. Then all are closed, so that none reaches the next cell.
"""

from __future__ import annotations

import sys
from weakref import WeakSet

from case_review.exhibits import drawn

#: The matplotlib backend of a run, by which `plt.show()` shows figures at once.
BACKEND = "module://case_review.exhibits.backend"
#: Characters of SVG from which on a figure that is no exhibit is shown as PNG alone.
_LARGE = 2_000_000
#: The base class of altair's charts, by module; it is imported by notebooks that use it.
_CHARTS = ("altair.vegalite.v6.api", "altair.vegalite.v5.api")

#: The shells that show their figures so, and the figures that the running cell has shown.
_shells: WeakSet = WeakSet()
_shown: WeakSet = WeakSet()


def register(shell) -> None:
    """Let an IPython shell show the figures of its cells and close them; once is enough."""
    if shell in _shells:
        return
    _shells.add(shell)
    bundles = shell.display_formatter.mimebundle_formatter
    bundles.for_type_by_name("matplotlib.figure", "Figure", _figure)
    for module in _CHARTS:
        bundles.for_type_by_name(module, "TopLevelMixin", _chart)
    shell.events.register("post_run_cell", lambda result: _finish(shell, result))


def show() -> None:
    """Show the open figures that this cell has not shown yet, and close them."""
    from IPython.display import publish_display_data

    for figure in _open():
        if figure not in _shown and drawn.has_content(figure):
            publish_display_data(_figure(figure))
        drawn.close(figure)


def _open() -> list:
    """The figures that pyplot holds open, if the notebook uses it at all."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    managers = pyplot._pylab_helpers.Gcf.get_all_fig_managers() if pyplot else []
    return [manager.canvas.figure for manager in managers]


def _finish(shell, result) -> None:
    """Show and close what a cell has left open; a figure that cannot be drawn fails the cell."""
    try:
        if result.success and _is_ours():
            show()
    except Exception as error:
        shell.showtraceback()
        result.error_in_exec = error
    finally:
        for figure in _open() if _is_ours() else ():
            drawn.close(figure)
        _shown.clear()


def _is_ours() -> bool:
    """Whether nobody else shows figures: by hand Jupyter's own backend does, or a window."""
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        return False
    backend = str(matplotlib.get_backend(auto_select=False)).lower()
    return backend in ("agg", "svg", "pdf", "ps", "cairo", BACKEND)


def _figure(figure, include=None, exclude=None) -> dict:
    _shown.add(figure)
    svg, png = drawn.as_svg(figure), drawn.as_png(figure)
    return {"image/png": png} | ({"image/svg+xml": svg} if len(svg) < _LARGE else {})


def _chart(chart, include=None, exclude=None) -> dict | None:
    """An altair chart as a picture; None if it needs data from the network."""
    import altair
    import vl_convert

    version = ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    try:
        svg = vl_convert.vegalite_to_svg(chart.to_dict(), vl_version=version, allowed_base_urls=[])
    except ValueError:
        return None
    return {"image/svg+xml": svg}
