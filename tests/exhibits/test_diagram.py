"""Boxes and arrows: how they are read, where they stand, and what is refused."""


import pytest

from case_review.errors import ReviewError
from case_review.exhibits import diagram, style
from case_review.exhibits.diagram import Arrow, Box


def row(**given):
    names = ("id", "text", "x_mm", "y_mm", "width_mm", "kind", "from", "to", "effect")
    return dict.fromkeys(names, "") | given


def box(id, x, y, **given):
    return Box(id, id, x, y, 20, **given)


def test_text_is_wrapped_and_the_box_grows_with_it():
    wide = Box("a", "one two three four five six", 0, 0, 60)
    narrow = Box("a", "one two three four five six", 0, 0, 20)
    assert len(wide.lines()) == 1 and len(narrow.lines()) > 2
    assert narrow.height > 2 * wide.height
    assert all(style.text_width(line) < 20 for line in narrow.lines())
    assert Box("a", "one\ntwo", 0, 0, 60).lines() == ["one", "two"]


def test_arrows_are_upright_or_level_where_boxes_face_each_other():
    assert diagram.ends(box("a", 50, 10, height=10), box("b", 45, 40, height=10)) == (
        (50, 15),
        (50, 35),
    )
    assert diagram.ends(box("a", 50, 10, height=10), box("b", 10, 12, height=10)) == (
        (40, 10),
        (20, 10),
    )
    start, end = diagram.ends(box("a", 10, 10, height=10), box("b", 50, 40, height=10))
    assert start[1] == 15 and end[1] == 35


def test_a_key_stands_below_only_where_arrows_differ():
    boxes = [box("a", 15, 10), box("b", 15, 40)]
    assert diagram.draw_diagram(boxes, [Arrow("a", "b")], 60).axes[0].texts[-1].get_text() == ""
    keyed = diagram.draw_diagram(boxes, [Arrow("a", "b"), Arrow("b", "a", "inhibits")], 60)
    assert [t.get_text() for t in keyed.axes[0].texts if t.get_text()][-2:] == [
        "activates", "inhibits"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(id="a", text="A", x_mm="x", y_mm="1", width_mm="9", kind="main")], "row 2, box a"),
        ([row(id="a", text="A", x_mm="1", y_mm="1", width_mm="9", kind="round")], "'round'"),
        ([row(**{"from": "a", "to": "b", "effect": "activates"})], "there is no box 'a'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(rows, message):
    with pytest.raises(ReviewError, match=message):
        diagram.draw_diagram(*diagram.elements(rows), width=60)


def test_an_unknown_effect_and_a_word_too_wide_are_refused():
    boxes = [box("a", 15, 10), box("b", 15, 40)]
    with pytest.raises(ReviewError, match="effect 'helps', expected one of activates"):
        diagram.draw_diagram(boxes, [Arrow("a", "b", "helps")], 60)
    with pytest.raises(ReviewError, match="'lymphangiogenesis' is wider than the box"):
        Box("a", "lymphangiogenesis", 0, 0, 10)
