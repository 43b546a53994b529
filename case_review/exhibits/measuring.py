"""The texts and ticks of figures, found once however often a layout and a drawing ask for them.

Matplotlib lays a text out anew whenever it is asked where it lies, several times for each label of
a tick, and finds the font again each time: a third of what a figure with many rows costs. It also
finds an axis' ticks twenty times for a figure: with the edges and titles beside it as well, and in
each pass of the layout. That is a quarter of what saving a figure costs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.axis import Axis
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

#: What the layout of a text follows from beside its font and renderer, of `Text`.
_FACTS = (
    *("_text", "_rotation", "_rotation_mode", "_horizontalalignment", "_verticalalignment"),
    *("_multialignment", "_linespacing", "_parse_math", "_features", "_language"),
)
#: Most layouts that are remembered.
_MOST = 20_000
#: The settings and fonts that hold for what is remembered, and the layouts.
_settings: Hashable = None
_known: dict[Hashable, tuple] = {}


@contextmanager
def once() -> Iterator[None]:
    """Measure a text again only if it, its font, the settings or what draws it is another.

    Texts that wrap, turn with the plot or are set by TeX are measured every time. The ticks of an
    axis are found again only if its view, its size in dots or what finds and names them is another,
    and those of other than plain axes every time; how they look must not be changed meanwhile.
    """
    measure, find = Text._get_layout, Axis._update_ticks
    ticks: dict[Axis, tuple[Hashable, list]] = {}
    _forget_unless(_settings_now())

    def measured(text: Text, renderer):
        if text.get_wrap() or text.get_usetex() or text.get_transform_rotates_text():
            return measure(text, renderer)
        key = _key(text, renderer)
        if key not in _known:
            _known[key] = measure(text, renderer)
        return _known[key]

    def found(axis: Axis):
        if axis.axes.name != "rectilinear":
            return find(axis)
        view = _view(axis)
        if axis not in ticks or ticks[axis][0] != view:
            ticks[axis] = view, find(axis)
        return ticks[axis][1]

    Text._get_layout, Axis._update_ticks = measured, found
    try:
        yield
    finally:
        Text._get_layout, Axis._update_ticks = measure, find


def _view(axis: Axis) -> Hashable:
    """What the ticks of an axis follow from; its size tells how many have room."""
    size = (*axis.axes.bbox.size, axis.get_figure(root=True).dpi)
    finders = ((ticker.locator, ticker.formatter) for ticker in (axis.major, axis.minor))
    return (*axis.get_view_interval(), *size, *finders)


def _settings_now() -> Hashable:
    named = (name for name in mpl.rcParams if name.startswith(("font.", "text.", "mathtext.")))
    return str([(name, mpl.rcParams[name]) for name in named]), len(fontManager.ttflist)


def _forget_unless(settings: Hashable) -> None:
    global _settings
    if settings != _settings or len(_known) > _MOST:
        _known.clear()
    _settings = settings


def _key(text: Text, renderer) -> Hashable:
    drawing = getattr(renderer, "_renderer", renderer)  # behind one that can draw in pixels as well
    font = tuple(vars(text.get_fontproperties()).values())
    facts = (getattr(text, name) for name in _FACTS)
    finest = (type(text), text.get_figure(root=True).dpi, getattr(renderer, "dpi", None))
    return (type(drawing), *finest, font, *facts)
