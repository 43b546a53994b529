"""The `#|` lines of a cell, read in one place for the runner, the registry and the renderers."""

from case_review.parameters import cell_options

SOURCE = '#| label: fig-a\n#| fig-alt: "One\n#|   \\"two\\": three."\n\nx = 1\n#| late: no'


def test_options_stand_at_the_top_of_a_cell():
    assert cell_options.options(SOURCE) == {"label": "fig-a", "fig-alt": 'One "two": three.'}
    assert cell_options.label(SOURCE) == "fig-a"
    assert cell_options.label("x = 1\n#| label: late") == ""
    assert cell_options.without(SOURCE) == "x = 1\n#| late: no"


def test_a_block_of_text_and_a_list_belong_to_their_option():
    block = "#| fig-cap: >-\n#|   Steps\n#|   rise.\n#| label: fig-b"
    assert cell_options.options(block) == {"fig-cap": "Steps rise.", "label": "fig-b"}
    listed = "#| fig-subcap:\n#| - One\n#| - 'Two'"
    assert list(cell_options.lines(listed)) == [
        ("fig-subcap", ""), ("fig-subcap", "- One"), ("fig-subcap", "- 'Two'"),
    ]  # fmt: skip
