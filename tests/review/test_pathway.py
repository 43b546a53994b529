"""The figure of the pathway that the drugs act on, as `data/raw/pathway.csv` draws it."""

import csv
from itertools import combinations

from conftest import ROOT

from case_review.exhibits import diagram, style
from case_review.exhibits.diagram import Arrow


def pathway():
    with (ROOT / "data/raw/pathway.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_pathway_tells_where_the_drugs_act():
    boxes, arrows = diagram.elements(pathway())
    assert Arrow("complex", "mtorc1", "inhibits") in arrows
    assert Arrow("pten", "akt", "inhibits") in arrows
    # Two inhibitions in a row: AKT sets free what TSC holds back.
    assert Arrow("akt", "tsc", "inhibits") in arrows and Arrow("tsc", "rheb", "inhibits") in arrows
    linked = {end for arrow in arrows for end in (arrow.start, arrow.end)}
    assert {b.id for b in boxes} - linked == {"membrane", "membrane_label"}


def test_no_boxes_of_the_pathway_touch_or_leave_the_page():
    boxes = [b for b in diagram.elements(pathway())[0] if not b.id.startswith("membrane")]
    for a, b in combinations(boxes, 2):
        apart = any(
            a.span(axis)[1] < b.span(axis)[0] or b.span(axis)[1] < a.span(axis)[0] for axis in "xy"
        )
        assert apart, (a.id, b.id)
    assert all(b.span("x")[0] >= 0 and b.span("x")[1] <= 112 for b in boxes)


def test_the_pathway_is_legible_in_a_journal_column():
    figure = diagram.draw_diagram(*diagram.elements(pathway()), width=112)
    shrunk = style.COLUMN_WIDTH / figure.get_figwidth()
    assert min(text.get_size() for text in figure.axes[0].texts if text.get_text()) * shrunk > 6
