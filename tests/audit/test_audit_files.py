"""Files of printed numbers: what has one meaning is read, all that is wrong is told at once."""

import openpyxl
import pytest
from audit_tables import row, table

from case_review.__main__ import main as command_line
from case_review.audit.claims import from_rows, read
from case_review.audit.report import audit_file
from case_review.errors import ReviewError

HEAD = "claim_id,location,statement,kind,population,as_printed,value,unit,numerator,denominator"


def file(tmp_path, *lines, head=HEAD):
    """A CSV of lines."""
    path = tmp_path / "paper.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def kinds(path):
    """Kind, severity and claim of all findings and notes of a file."""
    return [(one.kind, one.severity, one.claim_id) for one in audit_file(path).examined.findings]


def test_all_problems_of_a_file_are_told_in_one_run(tmp_path, capsys):
    path = file(
        tmp_path,
        "t1.a.all.pct,T1,a,percent,all,36.9,many,%,31,84",
        "t1.b.all.n,T1,a,Count,all,5,5,,,",
        "t1.c.all.n,T1,a,nope,men,5,5,,,",
        't1.d.all.mean,T1,a,mean,all,"1,234","1,234",,,',
        "t1.b.all.n,T1,a,count,all,5,2.5,,,",
    )
    assert command_line(["audit", str(path)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0].removeprefix(f"{path}, ") for line in said] == [
        "line 2, column value",
        "line 4, column population",
        "line 4, column kind",
        "line 5, column value",
        "line 6, column claim_id",
        "line 6, column value",
    ]
    assert "'1,234' of t1.d.all.mean may be 1234 or 1.234. Write the one that is meant." in said[3]
    assert "stands already in line 3" in said[4]


def test_many_problems_are_cut_and_counted():
    rows = [row(f"t.x{i}.all.n", "many", "T", "count") for i in range(40)]
    with pytest.raises(ReviewError, match=r"line 31, .*\n\.\.\. and 10 more"):
        from_rows(rows, "x.csv")


def test_lines_are_those_of_the_file_where_it_has_blank_ones(tmp_path):
    path = file(tmp_path, "", "t1.b.all.n,T1,a,count,all,5,few,,,")
    with pytest.raises(ReviewError, match="line 3, column value"):
        read(path)


@pytest.mark.parametrize(
    ("kind", "measure", "value", "number", "relation"),
    [
        ("Count", "n", "96 032", "96032", "="),
        ("percent", "pct", "50%", "50", "="),
        ("Percent", "pct", "36,9", "36.9", "="),
        ("mean", "mean", "−5.6", "-5.6", "="),
        ("p-value", "p", "<0.001", "0.001", "<"),
        ("P-value", "p", "P<0.001", "0.001", "<"),
        ("statistic", "F", "8.16", "8.16", "="),
        ("mean", "mean", "1.234", "1.234", "="),
        ("mean", "mean", "1,234.5", "1234.5", "="),
    ],
)
def test_forms_with_one_meaning_are_read(kind, measure, value, number, relation):
    (claim,) = from_rows([row(f"t.x.all.{measure}", value, "T", kind)], "x.csv")
    assert (str(claim.number), claim.relation) == (number, relation)
    assert (claim.kind, claim.measure) == (kind.lower(), measure.lower())


def test_a_cell_with_two_numbers_holds_the_one_that_is_meant():
    cell = "31 (36.9%)"
    count, share = from_rows(
        [
            row("t.x.all.n", "31", "T", "count", as_printed=cell),
            row("t.x.all.pct", "36.9", "T", "percent", "%", 31, 84, as_printed=cell),
        ],
        "x.csv",
    )
    assert (count.printed.text, count.digits, share.printed.text, share.digits) == (
        "31", 0, "36.9%", 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "kind", "value", "text", "digits"),
    [
        ("44.16 ± 18.9", "mean", "44.16", "44.16", 2),
        ("44.16 ± 18.9", "sd", "18.9", "18.9", 1),
        ("64 (53–76)", "median", "64", "64", 0),
        ("64 (53–76)", "range", "76", "76", 0),
        ("2 104 (48·7%)", "subset", "2104", "2 104", 0),
        ("2 104 (48·7%)", "percentage", "48.7", "48·7%", 1),
        ("12/345 (3.5)", "%", "3.5", "3.5", 1),
        ("31 100%", "percent", "100", "100%", 0),
        ("100 (100.0)", "percent", "100.0", "100.0", 1),
        ("p = 0,03", "P value", "0.03", "= 0,03", 2),
    ],
)
def test_the_number_that_is_meant_is_found_in_a_cell(cell, kind, value, text, digits):
    (claim,) = from_rows([row("t.x.all.value", value, "T", kind, as_printed=cell)], "x.csv")
    assert (claim.printed.text, claim.digits) == (text, digits)
    assert claim.printed_number == claim.number


def test_a_german_print_is_the_number_that_the_file_says():
    (claim,) = from_rows([row("t.x.all.n", "1234", "T", "count", as_printed="1.234")], "x.csv")
    assert claim.printed_number == 1234 and claim.digits == 0


def test_columns_that_are_absent_are_empty_ones(tmp_path):
    path = file(tmp_path, "t1.a.all.n,T1,count,5,5", head="Claim_ID,location,Kind,as_printed,value")
    (claim,) = read(path)
    assert (claim.population, claim.unit, claim.cohort, claim.result_id) == ("all", "", "", "")


def test_a_percent_cell_of_a_spreadsheet_is_what_it_shows(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEAD.split(","))
    book.active.append(["t1.x.all.pct", "T1", "a", "percent", "all", 31 / 84, 31 / 84, "%", 31, 84])
    for cell in ("F2", "G2"):
        book.active[cell].number_format = "0.0%"
    book.save(tmp_path / "paper.xlsx")
    (claim,) = read(tmp_path / "paper.xlsx")
    assert (claim.as_printed, str(claim.number), claim.digits) == ("36.9%", "36.9", 1)
    assert kinds(tmp_path / "paper.xlsx") == []


def test_a_bound_of_a_count_is_no_number_of_it():
    (claim,) = from_rows([row("t.x.all.n", "<5", "T", "count")], "x.csv")
    assert claim.number is None and claim.span.high == 5


def test_the_digits_of_a_number_in_words_are_those_of_the_file():
    (claim,) = from_rows([row("t.x.all.n", "1", "T", "subset", as_printed="one case")], "x.csv")
    assert claim.printed is None and 1 in claim.span and 2 not in claim.span


# -- small files, each with one thing in it --------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("t1.x.all.pct", "36.9*", "36.9", 31, 84)], []),
        ([("t1.x.all.pct", "31 (36.9%)", "36.9", 31, 84)], []),
        ([("t1.x.all.pct", "<1", "1", 3, 1000)], []),
        ([("t1.x.all.pct", "<1", "1", 13, 1000)], [("percentage", "inconsistent")]),
        ([("t1.x.all.pct", "~37%", "37", 31, 84)], []),
        ([("t1.x.all.pct", "12", "12", 1, 8), ("t1.y.all.pct", "12", "12", 1, 8)], []),
        ([("t1.x.all.pct", "13", "13", 1, 8), ("t1.y.all.pct", "12", "12", 1, 8)],
         [("halves", "note")]),
        ([("t1.x.all.pct", "11", "11", 1, 8)], [("percentage", "inconsistent")]),
        ([("t1.x.all.pct", "96 032", "96032", "", "")], [("excess", "impossible")]),
    ],
)  # fmt: skip
def test_small_files_of_percentages(rows, expected):
    from case_review.audit import audit_printed

    made = [
        row(id, value, "T1", "percent", "%", of, total, as_printed=shown)
        for id, shown, value, of, total in rows
    ]
    found = audit_printed(from_rows(made, "x.csv"))
    assert [(one.kind, one.severity) for one in found] == expected


@pytest.mark.parametrize(
    ("shares", "severities"),
    [
        (("36.9", "25.0", "50.0"), []),
        (("36.9", "25.0", "52.4"), ["inconsistent"]),  # 44/84
        (("38.3", "26.9", "52.5"), ["note"] * 3),  # of fewer: answers are missing
    ],
)
def test_percentages_beside_counts_are_of_the_total_where_most_are(shares, severities):
    from case_review.audit.checks.percentages import beside
    from case_review.audit.findings import Finding

    rows = [row("t.total.all.n", 84, "T", "count")]
    for name, count, share in zip("abc", (31, 21, 42), shares, strict=True):
        rows += [row(f"t.{name}.all.n", count, "T", "subset"),
                 row(f"t.{name}.all.pct", share, "T", "percent", "%")]  # fmt: skip
    found = [one for one in beside(from_rows(rows, "x.csv")) if isinstance(one, Finding)]
    assert [one.severity for one in found] == severities
    assert all(one.kind == "percentage" for one in found)


def test_a_change_may_be_more_than_all_there_was():
    from case_review.audit import audit_printed

    rows = [row("t.weight_change.all.pct", "150", "T", "percent", "%"),
            row("t.weight.all.pct", "150", "T", "percent", "%")]  # fmt: skip
    found = audit_printed(from_rows(rows, "x.csv"))
    assert [one.claim_id for one in found] == ["t.weight.all.pct"]


def test_a_file_with_nothing_wrong_says_of_how_many(tmp_path, capsys):
    table().to_csv(tmp_path / "paper.csv", index=False)
    assert command_line(["audit", str(tmp_path / "paper.csv")]) == 0
    said = capsys.readouterr().out
    assert "64 printed numbers, 61 held against others, 3 not (3 numbers beside which" in said
