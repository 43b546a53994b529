"""Units of several parts stay on one line, and a page is the same however its exhibits are made."""

import pytest

from case_review.rendering import assemble, ast, manuscript, unbroken


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("0.1 mg/kg/day", ["mg/kg/day"]),
        ("(mg/m²/day; mg/kg/day)", ["mg/m²/day", "mg/kg/day"]),
        ("mg/kg/day–mg/m²/day", ["mg/kg/day", "mg/m²/day"]),
        ("and/or, data/raw", []),
    ],
)
def test_every_unit_of_a_word_is_kept_once(text, units):
    made = unbroken.kept([ast.para(*ast.words(text))], "html")
    spans = [node for node in ast.each(made) if node["t"] == "Span"]
    assert [ast.text(span["c"][1]) for span in spans] == units
    assert ast.text(made[0]["c"]) == text
    assert unbroken.kept(made, "html") == made


def test_nothing_is_added_to_an_exhibit_that_stands_in_the_page(built_report, tmp_path):
    """Whether it does depends on what is kept from before, and must not be seen."""
    found = manuscript.read(built_report)
    seen = 0
    for label, shown in found.exhibits.items():
        made = assemble.exhibit(built_report, found, label, "html", tmp_path, lambda node: None)
        assert unbroken.kept(made, "html") == made, label
        seen += bool(shown.others)
    assert seen > 1
