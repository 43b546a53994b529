"""The texts of figures, measured once however often a layout and a drawing ask for them.

Matplotlib lays a text out anew whenever it is asked where it lies, several times for each label of
a tick, and finds the font again each time: a third of what a figure with many rows costs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager

import matplotlib as mpl
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

    Texts that wrap, turn with the plot or are set by TeX are measured every time.
    """
    measure = Text._get_layout
    _forget_unless(_settings_now())

    def measured(text: Text, renderer):
        if text.get_wrap() or text.get_usetex() or text.get_transform_rotates_text():
            return measure(text, renderer)
        key = _key(text, renderer)
        if key not in _known:
            _known[key] = measure(text, renderer)
        return _known[key]

    Text._get_layout = measured
    try:
        yield
    finally:
        Text._get_layout = measure


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
