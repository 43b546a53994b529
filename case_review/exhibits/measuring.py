"""The texts and ticks of figures, found once however often a layout and a drawing ask for them.

Matplotlib lays a text out anew whenever it is asked where it lies, several times for each label of
a tick, and finds the font again each time: a third of what a figure with many rows costs. It also
finds an axis' ticks twenty times for a figure: with the edges and titles beside it as well, and in
each pass of the layout. That is a quarter of what saving a figure costs. Where the names of the
ticks and of the axis lie it asks up to six times for one place of the axes, a tenth.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.axis import Axis, XAxis, YAxis
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
    and where their names and that of the axis lie only if it has another place or renderer as well;
    those of other than plain axes every time, and the name of one that is aligned with others'. How
    they look must not be changed meanwhile.
    """
    measure, find, surround = Text._get_layout, Axis._update_ticks, Axis._get_ticklabel_bboxes
    moves = {kind: kind._update_label_position for kind in (XAxis, YAxis)}
    ticks: dict[Axis, tuple[Hashable, list]] = {}
    boxes: dict[Axis, tuple[Hashable, tuple[list, list]]] = {}
    names: dict[Axis, Hashable] = {}
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

    def surrounded(axis: Axis, shown: list, renderer):
        if axis not in ticks or shown is not ticks[axis][1]:
            return surround(axis, shown, renderer)
        place = _place(axis, renderer)
        if axis not in boxes or boxes[axis][0] != place:
            boxes[axis] = place, surround(axis, shown, renderer)
        return boxes[axis][1]

    def moving(move):
        def moved(axis: Axis, renderer):
            place = _place(axis, renderer)
            if axis not in ticks or _is_aligned(axis) or names.get(axis) != place:
                names[axis] = place
                move(axis, renderer)

        return moved

    Text._get_layout, Axis._update_ticks, Axis._get_ticklabel_bboxes = measured, found, surrounded
    for kind, move in moves.items():
        kind._update_label_position = moving(move)
    try:
        yield
    finally:
        Text._get_layout, Axis._update_ticks, Axis._get_ticklabel_bboxes = measure, find, surround
        for kind, move in moves.items():
            kind._update_label_position = move


def _view(axis: Axis) -> Hashable:
    """What the ticks of an axis follow from; its size tells how many have room."""
    size = (*axis.axes.bbox.size, axis.get_figure(root=True).dpi)
    finders = ((ticker.locator, ticker.formatter) for ticker in (axis.major, axis.minor))
    return (*axis.get_view_interval(), *size, *finders)


def _place(axis: Axis, renderer) -> Hashable:
    """What beside its looks the names of an axis and of its ticks lie by."""
    return (_view(axis), *axis.axes.bbox.min, *_drawing(renderer))


def _drawing(renderer) -> tuple[type, float | None]:
    """What draws, behind what can draw in pixels as well, and how fine."""
    return type(getattr(renderer, "_renderer", renderer)), getattr(renderer, "dpi", None)


def _is_aligned(axis: Axis) -> bool:
    groups = axis.get_figure(root=False)._align_label_groups
    return len(groups[axis.axis_name].get_siblings(axis.axes)) > 1


def _settings_now() -> Hashable:
    named = (name for name in mpl.rcParams if name.startswith(("font.", "text.", "mathtext.")))
    return str([(name, mpl.rcParams[name]) for name in named]), len(fontManager.ttflist)


def _forget_unless(settings: Hashable) -> None:
    global _settings
    if settings != _settings or len(_known) > _MOST:
        _known.clear()
    _settings = settings


def _key(text: Text, renderer) -> Hashable:
    font = tuple(vars(text.get_fontproperties()).values())
    facts = (getattr(text, name) for name in _FACTS)
    return (type(text), text.get_figure(root=True).dpi, *_drawing(renderer), font, *facts)
