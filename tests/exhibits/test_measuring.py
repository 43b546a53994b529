"""Texts and ticks are found again only if something that they follow from is another."""

import contextlib

import matplotlib.pyplot as plt
import pytest
from matplotlib.axis import Axis, XAxis, YAxis
from matplotlib.text import Text

from case_review.exhibits import drawn, measuring, style


@pytest.fixture
def figure():
    figure, axes = style.panels(2)
    axes.set_yticks([0, 1], ["one\nof two lines", "another"])
    axes.set_title("a title", loc="left", rotation=0)
    yield figure
    plt.close(figure)


def extents(figure):
    renderer = figure.canvas.get_renderer()
    return [text.get_window_extent(renderer).bounds for text in figure.findobj(Text)]


CHANGES = {
    "text": lambda f: f.axes[0].set_title("a longer title", loc="left"),
    "size": lambda f: f.axes[0].yaxis.get_ticklabels()[0].set_size(20),
    "weight": lambda f: f.axes[0].yaxis.get_ticklabels()[1].set_weight("bold"),
    "rotation": lambda f: f.axes[0].yaxis.get_ticklabels()[0].set_rotation(90),
    "alignment": lambda f: f.axes[0].yaxis.get_ticklabels()[0].set_va("top"),
    "spacing": lambda f: f.axes[0].yaxis.get_ticklabels()[0].set_linespacing(3),
    "dots": lambda f: setattr(f, "dpi", 3 * f.dpi),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_measured_as_without_it(figure, change):
    assert_found_as_without_it(extents, figure, change)


def assert_found_as_without_it(find, figure, change):
    """What is found once is found again after a change, as it is where nothing is kept."""
    with measuring.once():
        before = find(figure)
        assert find(figure) == before
        change(figure)
        found = find(figure)
    assert found == find(figure) != before


def test_a_font_or_a_setting_that_is_added_counts(figure):
    with measuring.once():
        extents(figure)
    assert measuring._known
    with plt.rc_context({"font.sans-serif": ["DejaVu Sans"]}), measuring.once():
        assert not measuring._known


def test_matplotlib_is_left_as_it_was(figure):
    before = [{**vars(kind)} for kind in (Text, Axis, XAxis, YAxis)]
    with pytest.raises(ZeroDivisionError), measuring.once():
        changed = [{**vars(kind)} for kind in (Text, Axis, XAxis, YAxis)]
        assert all(now != then for now, then in zip(changed, before, strict=True))
        1 / 0  # noqa: B018
    assert [{**vars(kind)} for kind in (Text, Axis, XAxis, YAxis)] == before


def ticks_of(figure):
    axes = [axis for each in figure.axes for axis in (each.xaxis, each.yaxis)]
    return [[(tick.get_loc(), tick.label1.get_text()) for tick in a._update_ticks()] for a in axes]


VIEWS = {
    "limits": lambda f: f.axes[0].set_xlim(0, 1000),
    "limits of axes that share it": lambda f: f.axes[1].set_ylim(0, 1000),
    "data": lambda f: f.axes[0].plot([0, 1e6], [0, 1]),
    "scale": lambda f: f.axes[1].set_xscale("log"),
    "places": lambda f: f.axes[0].set_xticks([0.25, 0.75]),
    "names": lambda f: f.axes[0].xaxis.set_major_formatter("{x} weeks"),
    "small places": lambda f: f.axes[0].minorticks_on(),
    "room": lambda f: f.set_size_inches(0.8, 0.8),
    "dots": lambda f: setattr(f, "dpi", f.dpi / 8) or f.axes[0].set_xlim(0, 3),
}


@pytest.mark.parametrize("change", VIEWS.values(), ids=VIEWS)
def test_ticks_are_found_as_without_it(change):
    figure, axes = style.panels(2, widths=[1, 1], sharey=True)
    for each in axes:
        each.plot([1, 20], [1, 20])
    assert_found_as_without_it(ticks_of, figure, change)
    plt.close(figure)


def test_ticks_are_found_once_for_a_layout_and_once_for_a_drawing(figure, monkeypatch):
    found, find = [], Axis._update_ticks
    monkeypatch.setattr(Axis, "_update_ticks", lambda axis: (found.append(axis), find(axis))[1])
    drawn.as_svg(figure)
    # Before and after each of the layout's two passes, and with the fewer dots of the SVG.
    assert max(found.count(axis) for axis in found) <= 4


def places_of(figure):
    """Where the layout and a drawing have left the names of axes and of ticks."""
    renderer = figure.canvas.get_renderer()
    figure.get_tightbbox(renderer)
    axes = [axis for each in figure.axes for axis in (each.xaxis, each.yaxis)]
    found = [axis._get_ticklabel_bboxes(axis._update_ticks(), renderer) for axis in axes]
    boxes = [box.bounds for sides in found for side in sides for box in side]
    return boxes, [axis.label.get_position() for axis in axes]


MOVES = {
    "place": lambda f: f.axes[0].set_position([0.25, 0.5, 0.25, 0.25]),
    "side": lambda f: f.axes[1].set_position([0.1, 0.5, 0.3, 0.3]),
    "size": lambda f: f.set_size_inches(5, 2),
    "dots": lambda f: setattr(f, "dpi", 2 * f.dpi),
    "limits": lambda f: f.axes[0].set_ylim(0, 1e6),
}


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_names_are_placed_as_without_it(move, aligned):
    figure, axes = style.panels(2, widths=[1, 1])
    figure.set(layout_engine=None, size_inches=(8, 4), dpi=100)
    for each in axes:
        each.plot([1, 20], [1, 20])
        each.set(xlabel="weeks", ylabel="patients", position=[0.125, 0.25, 0.25, 0.25])
    axes[1].set_xticks([0, 1], ["one\nof two lines", "another"])
    if aligned:
        figure.align_labels()
    assert_found_as_without_it(places_of, figure, move)
    plt.close(figure)


def test_names_are_measured_once_for_each_place(figure, monkeypatch):
    found, find = [], Axis._get_ticklabel_bboxes
    monkeypatch.setattr(
        Axis,
        "_get_ticklabel_bboxes",
        lambda axis, *more: (found.append(axis), find(axis, *more))[1],
    )
    drawn.as_svg(figure)
    # In each of the layout's two passes, after it, and with the fewer dots of the SVG.
    assert max(found.count(axis) for axis in found) <= 4


def several():
    figure, axes = style.panels(2, widths=[2, 1, 1])
    axes[0].set_yticks([0, 1], ["one\nof two lines", "another"])
    axes[0].inset_axes([0.5, 0.5, 0.4, 0.4]).semilogx([1, 2e5], [0.001, 0.002])
    axes[1].twinx().plot([0, 3], [0, 3e-7])
    axes[2].figure.colorbar(axes[2].pcolormesh([[1, 2], [3, 4]]), ax=axes[2])
    for each in axes:
        each.set(xlabel="weeks", ylabel="patients", title="a title")
    figure.align_labels(axes[1:])
    figure.add_subplot(projection="polar").plot([0, 1], [1, 2])
    return figure


def test_a_drawing_has_the_same_bytes(monkeypatch):
    first = drawn.as_svg(several())
    for name in ("_key", "_view"):
        monkeypatch.setattr(measuring, name, lambda *_: object())
    assert drawn.as_svg(several()) == first
    monkeypatch.setattr(measuring, "once", contextlib.nullcontext)
    assert drawn.as_svg(several()) == first
    plt.close("all")
