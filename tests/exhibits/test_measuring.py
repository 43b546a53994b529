"""A text is measured again only if something that its layout follows from is another."""

import matplotlib.pyplot as plt
import pytest
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
    with measuring.once():
        before = extents(figure)
        assert extents(figure) == before
        change(figure)
        found = extents(figure)
    assert found == extents(figure) != before


def test_a_font_or_a_setting_that_is_added_counts(figure):
    with measuring.once():
        extents(figure)
    assert measuring._known
    with plt.rc_context({"font.sans-serif": ["DejaVu Sans"]}), measuring.once():
        assert not measuring._known


def test_matplotlib_is_left_as_it_was(figure):
    measure = Text._get_layout
    with pytest.raises(ZeroDivisionError), measuring.once():
        assert Text._get_layout is not measure
        1 / 0  # noqa: B018
    assert Text._get_layout is measure


def test_a_drawing_has_the_same_bytes(figure, monkeypatch):
    first = drawn.as_svg(figure)
    monkeypatch.setattr(measuring, "_key", lambda *_: object())
    assert drawn.as_svg(figure) == first
