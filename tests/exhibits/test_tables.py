"""Tables as Markdown and as CSV: text stays text, in pandoc and in a spreadsheet."""

import json

import pandas as pd
import pypandoc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_review.exhibits import Markdown, Row, Table, escape, spreadsheet_safe, write_csv
from case_review.values import (
    DETERMINED,
    EXTRACTED,
    PRINTED,
    Count,
    Estimate,
    Number,
    Spread,
    Varying,
)

HOSTILE = [
    "a | b",
    "*not emphasis*",
    "<script>alert(1)</script>",
    "{{< result response.responders >}}",
    "$x^2$",
    "@fig-km",
    "[text](http://example.org)",
    '=HYPERLINK("http://example.org")',
    "\u202eright to left",
    "\U0001f9ea tube",
    "`code` and ~sub~ ^sup^",
    "R&amp;D",
    "one -- two --- three...",
    "back\\slash",
    "'quoted' \"twice\"",
    "# heading",
    "https://example.org/x",
]


def plain(markdown: str) -> str:
    """The words of a Markdown paragraph as pandoc understands them."""
    document = json.loads(pypandoc.convert_text(markdown, "json", format="markdown"))
    words = []
    for inline in document["blocks"][0]["c"]:
        assert inline["t"] in {"Str", "Space", "SoftBreak"}, inline
        words.append(inline["c"] if inline["t"] == "Str" else " ")
    return "".join(words)


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_is_shown_as_its_characters(text):
    assert plain("x " + escape(text)) == "x " + text


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1))
def test_any_ascii_text_survives_markdown(text):
    assert plain("x " + escape(text)) == "x " + text


def table(cells, **options):
    return Table(["Name", "n"], [Row(cells, **options)], pd.DataFrame({"n": [1]}))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_breaks_the_table(text):
    document = json.loads(
        pypandoc.convert_text(table([text, "1"]).markdown(), "json", format="markdown")
    )
    (block,) = document["blocks"]
    assert block["t"] == "Table"
    (body,) = block["c"][4]
    (row,) = body[3]
    assert len(row[1]) == 2


def test_a_blank_that_holds_words_together_is_kept_and_others_are_one():
    assert escape(" n\u00a0\n  b\tc ") == "n\u00a0 b c"


def test_a_cell_of_markdown_keeps_its_link_and_its_column():
    assert escape(Markdown("[a|b](#c)\n d")) == r"[a\|b](#c) d"


def test_layout_of_a_table():
    shown = Table(
        ["Sex", "Total"],
        [Row(["Sex", ""], heading=True), Row(["Male", "31 (36.9)"], indent=1, mark="a")],
        pd.DataFrame({"n": [31]}),
        notes=[("a", "A note."), ("", "Another.")],
    ).markdown()
    lines = shown.splitlines()
    assert lines[0] == "| Sex | Total |"
    assert lines[1].startswith("| :--") and lines[1].endswith("-: |")
    assert lines[2] == "| **Sex** |  |"
    assert lines[3] == "| &emsp;Male^a^ | 31 (36.9) |"
    assert lines[5] == "^a^ A note."
    assert lines[7] == "Another."


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="3 cells, the table has 2 columns"):
        table(["a", "b", "c"])


def test_csv_is_safe_in_a_spreadsheet(tmp_path):
    frame = pd.DataFrame({"text": ["=1+1", "@x", "-plain", "fine", None], "n": [-1.5, 2, 3, 4, 5]})
    safe = spreadsheet_safe(frame)
    assert list(safe["text"][:4]) == ["'=1+1", "'@x", "'-plain", "fine"]
    assert list(safe["n"]) == [-1.5, 2, 3, 4, 5]
    write_csv(frame, tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes().splitlines()[1] == b"'=1+1,-1.5"
    assert (tmp_path / "x.csv").read_bytes().splitlines()[5] == b",5.0"


# -- what numbers rest on --------------------------------------------------------------------------

RATIO = Varying(Estimate(1.3, 0.6, 2.9, digits=2), Spread(0.54, 1.98, 1.06), Spread(0.2, 9))
PLAIN = Number(5)


def of_values(*cells):
    return Table(["Name", "n"], [Row([f"row {n}", cell]) for n, cell in enumerate(cells)])


def notes_of(shown):
    return shown.markdown().split("\n\n", 1)[1].strip() if "\n\n" in shown.markdown() else ""


def test_numbers_that_rest_on_different_things_are_marked_with_a_key_below():
    shown = of_values(
        PLAIN.stands(PRINTED), PLAIN.stands(DETERMINED), RATIO, PLAIN.stands(EXTRACTED), PLAIN, "x"
    )
    cells = [line.split(" | ")[1].removesuffix(" |") for line in shown.markdown().splitlines()[2:8]]
    assert cells == ["5^p^", "5^d^", r"1.06 \[0.54–1.98\]^v^", "5", "5", "x"]
    assert notes_of(shown) == (
        "^p^ printed in the review; ^d^ the same in every data set that agrees with the print; "
        "^v^ varies between data sets that agree with the print; the middle of the sets drawn, and "
        "in brackets the range over all sets found."
    )


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ((PLAIN.stands(PRINTED), "x"), "All numbers are printed in the review."),
        ((Count(1, of=84).stands(PRINTED), PLAIN.stands(PRINTED)), "All counts are printed in the "
         "review; percentages are computed from them."),
        ((Count(1).stands(PRINTED), "x"), "All numbers are printed in the review."),
        ((PLAIN.stands(DETERMINED),) * 2, "All numbers are the same in every data set that agrees "
         "with the print."),
        ((Varying(PLAIN), RATIO.limits), "All numbers vary between data sets that agree with the "
         "print."),
        ((RATIO,), "All numbers vary between data sets that agree with the print (the middle of "
         "the sets drawn, and in brackets the range over all sets found)."),
        ((PLAIN.stands(EXTRACTED), "x"), ""),
        ((PLAIN, "x"), ""),
    ],
)  # fmt: skip
def test_where_all_rest_on_the_same_a_sentence_says_so_instead(cells, note):
    shown = of_values(*cells)
    assert notes_of(shown) == note and "^" not in shown.markdown()


def test_the_csv_says_what_each_number_rests_on():
    frame = of_values(PLAIN.stands(PRINTED), RATIO.limits, PLAIN).numbers()
    assert list(frame["standing"]) == ["printed", "varies", ""]
    assert list(frame["least"].dropna()) == [0.54] and list(frame["most"].dropna()) == [1.98]
    assert list(frame["proved"]) == [None, False, None]
    assert list(frame["value"]) == [5, 1.06, 5]


def test_percentages_of_few_are_printed_without_decimals_but_kept_whole():
    row = Row(["Female", Count(2, of=3), Count(20, of=30)])
    table = Table(["", "Few", "More"], [row], percent_decimals_from=20)
    assert "| Female | 2 (67) | 20 (66.7) |" in table.markdown()
    numbers = table.numbers()
    assert numbers["shown"].tolist() == ["2 (67)", "20 (66.7)"]
    assert numbers[["n", "of"]].to_numpy().tolist() == [[2, 3], [20, 30]]


def test_the_percentages_of_a_column_have_as_many_decimals():
    rows = [Row(["Female", Count(2, of=3)]), Row(["All", Count(20, of=30)]), Row(["Mean", 1.25])]
    table = Table(["", "n (%)"], rows, percent_decimals_from=20)
    assert "| 2 (67) |" in table.markdown() and "| 20 (67) |" in table.markdown()
    assert table.numbers()["shown"].tolist() == ["2 (67)", "20 (67)"]
    assert "20 (66.7)" in Table(["", "n (%)"], rows[1:], percent_decimals_from=20).markdown()
