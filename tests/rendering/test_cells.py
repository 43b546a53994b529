"""Cells that a manuscript places and that do not show what their label promises."""

import nbformat
import pytest

from case_review.errors import ReviewError
from case_review.rendering import cells

GIVEN = {"fig-cap": "A figure.", "fig-alt": "What it shows."}


def cell(*texts):
    outputs = [nbformat.v4.new_output("execute_result", {"text/plain": text}) for text in texts]
    return nbformat.v4.new_code_cell("x", outputs=outputs)


@pytest.mark.parametrize("label, shows", [("fig-a", "no figure as SVG"), ("tbl-a", "no Markdown")])
def test_a_cell_that_says_why_it_shows_nothing_is_quoted_with_what_to_do(label, shows):
    with pytest.raises(ReviewError) as error:
        cells._exhibit("08_appraisal", label, GIVEN, cell("'No report was appraised.'"))
    said = str(error.value)
    assert f"cell {label} of notebook 08_appraisal shows {shows}" in said
    assert "it says 'No report was appraised.' Take the line out" in said and f"@{label}," in said


def test_a_cell_that_shows_nothing_at_all_says_no_more():
    with pytest.raises(ReviewError, match=r"shows no figure as SVG and PNG\.$"):
        cells._exhibit("08_appraisal", "fig-a", GIVEN, cell())
