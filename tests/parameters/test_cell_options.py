"""The `#|` lines of a cell, read in one place for the runner, the registry and the renderers."""

import pytest

from case_review.errors import ReviewError
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


@pytest.mark.parametrize("label", ["fig-km", "x", "tbl-ITT_2", "a" * 80, "whether"])
def test_labels_that_name_files_and_places(label):
    assert cell_options.label_problem(label) == ""


@pytest.mark.parametrize(
    "label",
    ["../x", "fig/a", "fig a", "fig-", "tbl", "fig", "a" * 81, "NUL", "com1", "a\x07", "größe",
     "1a", "a.b", "fig:a", "fig-a # b", "-a"],
)  # fmt: skip
def test_labels_that_name_none_are_refused(label):
    assert label in cell_options.label_problem(label).replace("\\x07", "\x07")


def test_labels_that_two_cells_have_are_refused_with_both():
    cells = [("markdown", "# A"), ("code", "#| label: fig-a"), ("code", "#| label: fig-A")]
    with pytest.raises(ReviewError, match=r"05_x, cell 3: label fig-A is that of cell 2 already"):
        cell_options.refuse_labels(cells, "05_x")
    with pytest.raises(ReviewError, match=r"05_x, cell 1: '\.\./a' is no label"):
        cell_options.refuse_labels([("code", "#| label: ../a")], "05_x")


CAPTION = """#| label: fig-a
#| fig-cap: "Of {arms}. {more}"
#| fig-alt: "$x_{i}$ {none} in {arms}"
print(f"{arms}")"""


def test_words_fill_the_places_of_captions(monkeypatch):
    monkeypatch.setattr(cell_options, "running_source", lambda: CAPTION)
    words = {"arms": "women and men", "none": "", "more": "", "other": "x"}
    used = cell_options.running_words(words)
    assert used == {"arms": "women and men", "more": "", "none": ""}
    found = cell_options.filled(CAPTION, used)
    assert cell_options.options(found)["fig-cap"] == "Of women and men."
    assert cell_options.options(found)["fig-alt"] == "$x_{i}$ in women and men"
    assert found.endswith('print(f"{arms}")')
    assert cell_options.filled(CAPTION, {}) == CAPTION


def test_a_place_without_a_word_names_the_cell(monkeypatch):
    monkeypatch.setattr(cell_options, "running_source", lambda: CAPTION)
    with pytest.raises(ReviewError, match=r"cell fig-a: .* for \{more\}; .* arms, no"):
        cell_options.running_words({"arms": "a", "none": ""})


def test_braces_of_formulas_and_shortcodes_are_no_places(monkeypatch):
    source = '#| label: fig-a\n#| fig-cap: "$\\\\frac{a}{b}^{n}$ {{< result a >}} [x]{.smallcaps}"'
    monkeypatch.setattr(cell_options, "running_source", lambda: source)
    assert cell_options.running_words({}) == {}


def test_a_place_that_follows_a_word_without_a_blank_is_refused(monkeypatch):
    source = '#| label: tbl-a\n#| tbl-cap: "Limits exist{sets}. $\\\\text{sets}$"'
    monkeypatch.setattr(cell_options, "running_source", lambda: source)
    with pytest.raises(ReviewError, match=r"cell tbl-a: \{sets\} follows a word without a blank"):
        cell_options.running_words({"sets": ""})
    monkeypatch.setattr(cell_options, "running_source", lambda: source.replace("t{", "t {"))
    assert cell_options.running_words({"sets": ""}) == {"sets": ""}
