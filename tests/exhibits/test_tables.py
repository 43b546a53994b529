"""Tables as Markdown and as CSV: text stays text, in pandoc and in a spreadsheet."""

import json

import pandas as pd
import pypandoc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_review.exhibits import Markdown, Row, Table, escape, spreadsheet_safe, write_csv

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
