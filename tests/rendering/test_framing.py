"""Tables of a page: which cells head what, and the names of their frames."""

import json

import pytest
from bs4 import BeautifulSoup

from case_review.rendering import ast, columns, framing

LONG = "A text that is so long that no line of a page has room for it beside another one. " * 2


def shown(text, reader="markdown"):
    """The page's elements of a text in Markdown."""
    tree = ast.parse(text, reader)
    tree["blocks"] = framing.framed(columns.fitted(tree["blocks"]))
    html, _ = ast.pandoc(["-f", "json", "-t", "html5"], json.dumps(tree))
    return BeautifulSoup(html, "html.parser")


def test_rows_and_columns_are_headed():
    found = shown(
        "|  | n = 84 | **All** |\n|---|---|---|\n| **Sex** |  |  |\n| \u2003\u2003Male | 1 | 2 |\n"
        "|  | 3 | 4 |\n| **Age** |  |  |\n| \u2003\u2003\u2003\u2003Old | 5 | 6 |\n"
    )
    assert [(cell["scope"], cell.get_text()) for cell in found.select("thead th")] == [
        ("col", "Row"), ("col", "n\u00a0=\u00a084"), ("col", "All"),
    ]  # fmt: skip
    assert found.thead.th.span["class"] == ["visually-hidden"]
    bodies = [[row.th for row in body.select("tr")] for body in found.select("tbody")]
    assert [[(th.get("scope"), th.get_text()) for th in body] for body in bodies] == [
        [("rowgroup", "Sex"), ("row", "Male"), (None, "")],
        [("rowgroup", "Age"), ("row", "Old")],
    ]
    assert [row["class"] for row in (bodies[0][1], bodies[1][1])] == [["indent-2"], ["indent-3"]]
    assert not found.select(".short")


def test_short_cells_stay_on_a_line_where_the_columns_share_it():
    found = shown(f"| a | b |\n|---|---|\n| 14 characters. | {LONG} |\n| 15 characters.. | x |\n")
    assert [cell.get_text() for cell in found.select(".short")] == ["14 characters.", "x"]


def test_a_table_of_words_says_in_each_cell_which_column_it_belongs_to():
    found = shown(
        f"|  | **Odds** ratio | c |\n|---|---|---|\n| **Sex** |  |  |\n| a | 1 | {LONG} |\n"
    )
    assert found.table["class"] == ["stacked"]
    assert [cell["data-of"] for cell in found.select("tbody tr:last-child td")] == [
        "Odds ratio", "c",
    ]  # fmt: skip
    assert all(cell.get("data-of") is None for cell in found.select("th"))


@pytest.mark.parametrize(
    "table",
    [
        f"| a | b |\n|---|---|\n| {LONG} | 1 |\n",  # only the names of rows are long
        f"|{' a |' * 7}\n|{'---|' * 7}\n| {LONG} |{' 1 |' * 5} {LONG} |\n",
    ],
)
def test_tables_of_numbers_and_those_of_many_columns_stay_tables(table):
    found = shown(table)
    assert not found.table.get("class") and not found.select("[data-of]")


def test_signs_stay_with_what_they_compare():
    found = shown("| p < 1 |\n|---|\n| [0.35 [< 0.001–0.9]](#a) |\n| a = b - c |\n")
    assert [cell.get_text() for cell in found.select("th, td")] == [
        "p\u00a0<\u00a01", "0.35\u00a0[<\u00a00.001–0.9]", "a\u00a0=\u00a0b - c",
    ]  # fmt: skip


def test_no_cell_heads_a_row_where_cells_span_several():
    html = '<table><tr><th>a</th><th>b</th></tr><tr><td rowspan="2">c</td><td>d</td></tr>'
    found = shown(f"{html}<tr><td>e</td></tr></table>", "html")
    assert not found.select("tbody th")
    assert len(found.select("tbody td")) == 3


@pytest.mark.parametrize("head", ["<tbody><tr><th>Between</th><th>x</th></tr>", "<tbody>"])
def test_no_row_of_a_body_is_lost(head):
    table = "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
    found = shown(f"{table}{head}<tr><td>c</td><td>d</td></tr></tbody></table>", "html")
    assert ("Between" in found.get_text()) == ("Between" in head)
    assert found.get_text().split()[-2:] == ["c", "d"]


def test_no_two_frames_have_one_name():
    table = "| a |\n|---|\n| 1 |\n"
    found = shown("\n".join([table, f"{table}\n: One.\n", table, f"{table}\n: One.\n"]))
    frames = found.select("div.table-scroll")
    assert [frame["aria-label"] for frame in frames] == ["Table", "One.", "Table 2", "One. 2"]
    assert {(frame["role"], frame["tabindex"]) for frame in frames} == {("region", "0")}
