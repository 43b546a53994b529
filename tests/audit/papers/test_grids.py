"""Grids with spans are read back the same from JATS and HTML; sections and labels are found."""

from hypothesis import given
from hypothesis import strategies as st
from papers_made import article, page, table, wrap

from case_review.audit.papers import html, jats, layout, opening
from case_review.audit.papers.document import MOST_COLUMNS, Table


def of_jats(heads, rows):
    (found,) = jats.read(opening.xml(article(wrap(heads, rows)), "made.xml")).tables
    return found


def of_html(heads, rows):
    (found,) = html.read(opening.web_page(page(heads, rows), "made.html")).tables
    return found


@st.composite
def spans(draw):
    """A grid of 1 to 5 rows and columns that cells with spans tile, and the same as markup."""
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    owner, cells = {}, []
    for row in range(height):
        listed = []
        for column in range(width):
            if (row, column) in owner:
                continue
            free = next((c for c in range(column, width) if (row, c) in owner), width)
            right = draw(st.integers(column + 1, free))
            below = draw(st.integers(row + 1, height))
            name = f"c{row}x{column}"
            owner |= {(r, c): name for r in range(row, below) for c in range(column, right)}
            listed.append((name, below - row, right - column))
        cells.append(listed)
    return [[owner[r, c] for c in range(width)] for r in range(height)], cells


@given(spans())
def test_a_grid_with_spans_is_read_back_the_same_from_both_forms(made):
    expected, cells = made
    for found in (of_jats([], cells), of_html([], cells)):
        assert [[cell.text for cell in row] for row in found.rows] == expected


def test_a_span_ends_with_its_group_and_a_hostile_one_with_the_grid():
    found = of_jats([[("A", 9, 1), "B"]], [["1", "2"]])
    assert [[cell.text for cell in row] for row in found.rows] == [["A", "B"], ["1", "2"]]
    wide = of_html([], [[("A", 1, 999_999), "B"], ["1"]])
    assert len(wide.rows[0]) == MOST_COLUMNS


def test_marks_leave_the_text_and_exponents_stay():
    found = of_jats([], [
        ["Sex<sup>a</sup>", '25<sup>†</sup><xref ref-type="table-fn" rid="x">b</xref>'],
        ["BMI, kg/m<sup>2</sup>", "3 × 10<sup>9</sup>"],
    ])  # fmt: skip
    assert [[cell.text for cell in row] for row in found.rows] == [
        ["Sex", "25"], ["BMI, kg/m²", "3 × 10⁹"],
    ]  # fmt: skip
    assert [cell.marks for cell in found.rows[0]] == ["a", "† b"]


def test_line_breaks_stay_line_breaks_and_line_ends_of_the_source_do_not():
    found = of_jats([], [["Total\n   score", "20 372<break/><italic>100%</italic>"]])
    assert [cell.text for cell in found.rows[0]] == ["Total score", "20 372\n100%"]


def labels(heads, rows):
    return [row.labels for row in layout.lay(of_jats(heads, rows)).rows]


def test_rows_without_numbers_are_sections_as_far_as_rows_are_set_in():
    rows = [
        ["Sex", ""], ["\u2003Male", "12"], ["\u2003Female", "13"],
        ["Any event", "9"], ["\u2003Fatal", "1"], ["Smoker", "3"],
    ]  # fmt: skip
    assert labels([["", "All"]], rows) == [
        ("Sex", "Male"), ("Sex", "Female"), ("Any event",), ("Any event", "Fatal"), ("Smoker",),
    ]  # fmt: skip


def test_without_indentation_a_section_reaches_to_the_next_one_or_to_a_blank_row():
    rows = [
        [("Sex, n (%)", 1, 2)], ["Male", "12"], ["Female", "13"], ["Stage", ""], ["I", "5"],
        ["", ""], ["Smoker", "3"],
    ]  # fmt: skip
    assert labels([["", "All"]], rows) == [
        ("Sex, n (%)", "Male"), ("Sex, n (%)", "Female"), ("Stage", "I"), ("Smoker",),
    ]  # fmt: skip


def test_a_row_of_another_form_is_no_part_of_the_section_above_it():
    rows = [["CKD stage, n (%)", ""], ["CKD 1", "62 (7.5)"], ["Height, mean (SD)", "164 (7)"]]
    assert labels([["", "All"]], rows) == [("CKD stage, n (%)", "CKD 1"), ("Height, mean (SD)",)]


def test_columns_of_words_at_the_left_label_rows_and_go_on_below():
    rows = [
        [("Goats", 3, 1), "Sex", "Female", "345"], ["", "Male", "104"],
        ["Age", "0–6 months", "12"], ["Sheep", "Sex", "Female", "248"],
    ]  # fmt: skip
    assert labels([["", "", "", "Sampled"]], rows) == [
        ("Goats", "Sex", "Female"), ("Goats", "Sex", "Male"), ("Goats", "Age", "0–6 months"),
        ("Sheep", "Sex", "Female"),
    ]  # fmt: skip


def test_times_beside_a_label_label_rows_and_counts_do_not():
    heads = [["Analysis", "Month", "Mean"]]
    assert labels(heads, [["Mixed", "3", "9.8"], ["", "6", "9.6"]]) == [
        ("Mixed", "3"), ("Mixed", "6"),
    ]  # fmt: skip
    # Fafetine and colleagues 2013 (doi 10.1371/journal.pntd.0002065), Table 5.
    heads = [["", ("No. positive", 1, 2)], ["", "IgM", "IgG"]]
    assert labels(heads, [["September", "5", "9"], ["October", "1", "9"]]) == [
        ("September",), ("October",),
    ]  # fmt: skip


def test_headings_of_several_rows_are_joined_and_group_sizes_below_go_with_them():
    heads = [["", ("Drug", 1, 2), "Placebo"]]
    rows = [["", "n = 12", "n = 13", "n = 14"], ["Male", "3", "4", "5"]]
    laid = layout.lay(of_jats(heads, rows))
    assert laid.columns == {1: ("Drug", "n = 12"), 2: ("Drug", "n = 13"), 3: ("Placebo", "n = 14")}
    assert [row.labels for row in laid.rows] == [("Male",)]


def test_headings_inside_the_body_hold_from_there_on():
    heads = [["Analysis", "Mean", "SE"]]
    rows = [
        ["", "Drug", "Drug"], ["First", "1.0", "0.1"],
        ["", "Sham", "Sham"], ["Last", "2.0", "0.2"],
    ]  # fmt: skip
    found = layout.lay(of_jats(heads, rows)).rows
    assert [row.heads for row in found] == [
        {1: ("Drug",), 2: ("Drug",)}, {1: ("Sham",), 2: ("Sham",)},
    ]  # fmt: skip


def test_a_text_right_across_at_the_end_is_a_note():
    rows = [["Male", "3"], [("Values are n (%).", 1, 2)]]
    laid = layout.lay(of_jats([["", "All"]], rows))
    assert laid.notes == ("Values are n (%).",) and len(laid.rows) == 1


def test_a_table_of_a_page_is_labelled_by_its_caption_and_layout_tables_are_passed_over():
    content = page([["", "All"]], [["Male", "3"]], "Table IV", "Who took part", "Cells are n.")
    layout_only = b'<body><table role="presentation"><tr><td>1</td></tr></table>'
    content = content.replace(b"<body>", layout_only)
    (found,) = html.read(opening.web_page(content, "made.html")).tables
    told = found.label, found.caption, found.notes
    assert told == ("Table IV", "Who took part", "Cells are n.")


def test_number_and_words_of_a_caption_may_stand_in_elements_of_their_own():
    # As PubMed Central sets tables since 2024.
    content = f"""<html><body><main><h1>A made-up trial</h1><section class="tw xbox" id="T1">
    <h3 class="obj_head">Table 1.</h3><div class="caption p"><p>Who took part (n = 9)</p></div>
    <div class="tbl-box p">{table([["", "All"]], [["Male", "3"]])}</div>
    <div class="tw-foot p"><div class="fn"><p>Cells are n.</p></div></div></section>
    <h2>Results</h2><p>In all 3 of 9 (33%) were men.</p></main></body></html>""".encode()
    paper = html.read(opening.web_page(content, "made.html"))
    (found,) = paper.tables
    assert (found.label, found.caption) == ("Table 1", "Who took part (n = 9)")
    assert found.notes == "Cells are n."
    assert [(p.section, p.text) for p in paper.passages] == [
        ("Results", "In all 3 of 9 (33%) were men."),
    ]  # fmt: skip


def test_tables_of_the_exchange_form_are_read():
    rows = "".join(f"<row>{cells}</row>" for cells in (
        '<entry morerows="1">Male</entry><entry namest="c2" nameend="c3">12</entry>',
        "<entry>13</entry><entry>14</entry>",
    ))  # fmt: skip
    cals = (
        '<table-wrap><label>Table 1</label><table><tgroup cols="3"><colspec colname="c1"/>'
        '<colspec colname="c2"/><colspec colname="c3"/><thead><row><entry/><entry>A</entry>'
        f"<entry>B</entry></row></thead><tbody>{rows}</tbody></tgroup></table></table-wrap>"
    )
    (found,) = jats.read(opening.xml(article(cals), "made.xml")).tables
    assert isinstance(found, Table) and found.heads == 1
    assert [[cell.text for cell in row] for row in found.rows[1:]] == [
        ["Male", "12", "12"], ["Male", "13", "14"],
    ]  # fmt: skip


def test_a_table_without_cells_is_none():
    empty = b"<html><body><table></table><p>Nothing.</p></body></html>"
    assert html.read(opening.web_page(empty, "made.html")).tables == []
    assert layout.lay(Table("", "", "", (), None)).rows == ()
    assert "thead" not in table([], [["1"]])
