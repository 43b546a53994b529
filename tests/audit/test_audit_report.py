"""The report on one file: nothing is silent, findings weigh, and every format says the same."""

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import pytest
from audit_tables import printed, row, table

from case_review.__main__ import main as command_line
from case_review.audit import reports
from case_review.audit.claims import from_rows
from case_review.audit.findings import KINDS, REASONS, SEVERITIES, SEVERITY, Finding
from case_review.audit.report import Unread, audit_file, counted, examine, of_claims
from case_review.errors import ReviewError

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "audit.schema.json"
WRONG = {"table1.age.young.posters.pct": printed("16.6")}


def report(*rows, path=Path("x.csv")):
    """The report on rows."""
    return of_claims(from_rows(rows, str(path)), path)


def written(tmp_path, changes=None, extra=(), acknowledged=None):
    """The report on the correct table with changes, and with a file of acknowledgements."""
    path = tmp_path / "paper.csv"
    table(changes, extra=extra).to_csv(path, index=False)
    if acknowledged is not None:
        (tmp_path / "paper_acknowledged.csv").write_text(acknowledged)
    return audit_file(path)


def test_every_number_is_held_or_has_a_reason_and_never_both(tmp_path):
    made = written(tmp_path, WRONG)
    examined = made.examined
    every = {claim.claim_id for claim in made.claims}
    assert examined.checked | examined.unchecked.keys() == every
    assert examined.checked.isdisjoint(examined.unchecked)
    assert set(examined.unchecked.values()) <= REASONS.keys()


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (row("a.x.all.pct", "61", "A", "percent", "%"), "denominator"),
        (row("a.x.all.p", "0.04", "A", "p-value"), "statistic"),
        (row("a.x.all.hr", "1.4", "A", "ratio"), "limits"),
        (row("a.x.all.date", "2014-11", "A", "date"), "no-result"),
        (row("a.x.all.value", "many", "A", "level"), "words"),
        (row("a.x.all.score", "4.2", "A", "level"), "measure"),
        (row("a.x.all.n", "4", "A", "subset"), "alone"),
    ],
)
def test_what_could_not_be_checked_is_named(claim, reason):
    assert dict(report(claim).examined.unchecked) == {claim["claim_id"]: reason}


def test_ends_in_different_units_are_not_compared_and_named():
    units = (("low", "mg"), ("high", "g"))
    rows = [row(f"a.x.all.{end}", "4", "A", "limit", unit) for end, unit in units]
    assert report(*rows).examined.unchecked["a.x.all.high"] == "unit"


def test_the_summary_says_of_how_many():
    rows = [row(f"a.x{i}.all.pct", "61", "A", "percent", "%") for i in range(3)]
    rows += [row("a.y.all.pct", "50", "A", "percent", "%", 1, 2)]
    said = "4 printed numbers, 1 held against others, 3 not (3 percentages without a denominator)"
    assert report(*rows).summary == f"{said}; no findings."
    rows[-1] |= {"as_printed": "60", "value": "60"}
    assert report(*rows).summary == f"{said}; 1 finding (1 inconsistent)."
    assert [counted(n, "printed numbers") for n in (0, 1, 2)] == [
        "no printed numbers", "1 printed number", "2 printed numbers",
    ]  # fmt: skip


def test_halves_are_counted_by_the_way_they_are_rounded():
    rows = [row(f"a.x{i}.all.pct", v, "A", "percent", "%", 1, 8)
            for i, v in enumerate(("12", "13", "13"))]  # fmt: skip
    made = report(*rows)
    assert made.halves == (2, 1)
    said = "3 percentages end in a half before rounding: 2 rounded up, 1 to the even digit."
    assert said in reports.text(made)
    assert [one.kind for one in made.notes] == ["halves"] and not made.failed
    # 27/200 = 13.5 % is 14 in both ways.
    assert report(row("a.x.all.pct", "14", "A", "percent", "%", 27, 200)).halves == (0, 0)
    only_up = report(*rows[1:])
    assert only_up.notes == () and "rounded up." in reports.text(only_up)


def test_every_kind_has_a_severity():
    assert set(SEVERITY) <= set(KINDS) and set(SEVERITY.values()) <= set(SEVERITIES)
    weights = {kind: Finding("a", "", "", "", "", kind, "").severity for kind in KINDS}
    assert (weights["order"], weights["sum"]) == ("impossible", "inconsistent")
    assert (weights["truncation"], weights["halves"]) == ("rounding", "note")


@pytest.mark.parametrize(("sure", "severity"), [("guess", "note"), ("likely", "rounding")])
def test_a_guess_of_a_reader_leads_to_a_note_at_most(sure, severity):
    guessed = row("a.x.all.pct", "16.6", "A", "percent", "%", 4, 24) | {"sure": sure}
    (finding,) = examine(from_rows([guessed], "x")).findings
    assert (finding.severity, finding.check) == (severity, "percentages")


def test_what_was_not_read_is_part_of_every_report():
    unread = [Unread("Table 2, row 3", "12/13/14", "not read as a count"),
              Unread("Table 2, row 4", "15/16", "not read as a count")]  # fmt: skip
    rows = from_rows([row("a.x.all.n", "4", "A", "subset")], "x.xml")
    made = of_claims(rows, Path("x.xml"), title="A paper", unread=unread)
    assert "2 pieces of the paper not read; no findings." in made.summary
    assert "Read: A (1)." in reports.text(made)
    assert "Not read: Table 2, row 3: ‘12/13/14’: not read as a count." in reports.text(made)
    many = of_claims(rows, Path("x.xml"), unread=unread * 10)
    assert "row 3: ‘12/13/14’, and 19 more: not read as a count." in reports.text(many)
    page = reports.html(made)
    assert "12/13/14" in page and "<h1>A paper</h1>" in page
    assert json.loads(reports.json(made))["unread"][1] == list(unread[1])


# -- acknowledgements ------------------------------------------------------------------------------

HEAD = "claim_id,kind,reason\n"
ID = "table1.age.young.posters.pct"


def test_an_acknowledged_finding_is_shown_and_fails_no_run(tmp_path):
    made = written(tmp_path, WRONG, acknowledged=f"{HEAD}{ID},truncation,as in the journal\n")
    assert not made.failed and made.remarks == []
    assert made.summary.endswith("; no findings and 1 acknowledged.")
    for name in reports.FORMATS:
        assert "as in the journal" in reports.FORMATS[name](made)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (f"{ID},truncation,\n", "has no reason"),
        (f"{ID},rounding,known\n", "nothing is found of"),
        ("table1.sex.male.all.n,sum,known\n", "nothing is found of table1.sex.male.all.n"),
        (f"{ID},odd,known\n", "'odd' is no kind"),
    ],
)
def test_an_entry_that_acknowledges_nothing_is_told(tmp_path, entry, said):
    made = written(tmp_path, WRONG, acknowledged=HEAD + entry)
    assert made.failed
    assert "paper_acknowledged.csv, line 2" in made.remarks[0] and said in made.remarks[0]
    assert made.remarks[0] in reports.text(made)


def test_an_entry_may_hold_only_as_long_as_the_same_is_printed(tmp_path):
    head = "claim_id,kind,reason,printed\n"
    assert not written(tmp_path, WRONG, acknowledged=f"{head}{ID},truncation,known,16.6\n").failed
    made = written(tmp_path, WRONG, acknowledged=f"{head}{ID},truncation,known,16.5\n")
    assert made.failed and "and printed so" in made.remarks[0]


def test_a_file_of_acknowledgements_without_its_columns_is_refused(tmp_path):
    with pytest.raises(ReviewError, match=r"paper_acknowledged\.csv lacks the column\(s\) reason"):
        written(tmp_path, acknowledged="claim_id,kind\na,b\n")


# -- formats ---------------------------------------------------------------------------------------


def test_the_json_has_the_form_that_is_documented(tmp_path):
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    known = f"{HEAD}{ID},truncation,known\n"
    for changes, acknowledged in ((None, None), (WRONG, None), (WRONG, known)):
        made = json.loads(reports.json(written(tmp_path, changes, acknowledged=acknowledged)))
        jsonschema.validate(made, schema)
    summary = made["summary"]
    assert summary["held"] + summary["not_held"] == summary["printed"] == len(table())
    assert len(made["held"]) == summary["held"]
    assert made["findings"][0]["acknowledged"] == "known"


def test_the_csv_has_a_row_for_each_finding_and_no_formula(tmp_path):
    rows = list(csv.DictReader(io.StringIO(reports.csv(written(tmp_path, WRONG)))))
    assert [(one["claim_id"], one["severity"], one["printed"]) for one in rows] == [
        (ID, "rounding", "16.6")
    ]
    nothing = csv.reader(io.StringIO(reports.csv(written(tmp_path))))
    assert list(nothing) == [list(rows[0])]
    evil = row("a.x.all.p", "1.3", "=HYPERLINK(1)", "p-value")
    (cells,) = csv.DictReader(io.StringIO(reports.csv(report(evil))))
    assert cells["location"] == "'=HYPERLINK(1)"


def test_the_page_says_place_printed_expected_and_why_and_loads_nothing(tmp_path):
    page = reports.html(written(tmp_path, WRONG))
    for said in ("Table I, row &lt; 2 years, column posters", "16.6", "16.7", "4/24 is 16.667%",
                 "Round it anew", "What could not be checked"):  # fmt: skip
        assert said in page
    assert not re.search(r"<script|src=|href=|@import|url\(", page)


def test_the_page_gathers_what_was_not_checked_by_reason_and_place():
    rows = [row(f"t1.x{i}.all.pct", f"6{i}", f"Table 1, row {i}", "percent", "%") for i in range(3)]
    page = reports.html(report(*rows, row("a.y.all.p", "0.04", "Abstract", "p-value")))
    assert '<p class="note">3 percentages without a denominator:</p>' in page
    assert "<p><strong>Table 1</strong> row 0: 60; row 1: 61; row 2: 62</p>" in page
    assert '<p class="note">1 p-value without a test statistic:</p>' in page


def test_the_page_asks_for_other_labels_where_labels_are_wrong():
    rows = [row(f"t.age.{i}.all.n", 1, f"T, row {label} years", "count")
            for i, label in enumerate(("< 2", "2–13", "13–18"))]  # fmt: skip
    page = reports.html(report(*rows))
    assert "Word the labels so that each value has one category only." in page
    assert "Look them up in the data" not in page


@pytest.mark.parametrize("name", sorted(reports.FORMATS))
def test_no_value_can_become_markup(name):
    evil = row("a.x.all.pct", "61", "<img src=x onerror=alert(1)>", "percent", "%", 1, 2)
    evil["as_printed"] = "61<script>"
    made = reports.FORMATS[name](report(evil))
    assert "alert(1)" in made
    if name == "html":
        assert "<img" not in made and "<script" not in made


def test_the_command_writes_every_format(tmp_path, capsys):
    table(WRONG).to_csv(tmp_path / "paper.csv", index=False)
    given = ["audit", str(tmp_path / "paper.csv")]
    assert command_line([*given, "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["summary"]["findings"] == 1
    for name in ("page.html", "findings.csv", "findings.json", "report.txt"):
        assert command_line([*given, "--output", str(tmp_path / name)]) == 1
        assert "1 finding (1 rounding)" in capsys.readouterr().out
    assert (tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")
    assert (tmp_path / "findings.csv").read_text().startswith("claim_id,")
    assert "16.6" in (tmp_path / "report.txt").read_text()


def test_notes_alone_do_not_fail_the_command(tmp_path):
    rows = [row("t.age.a.all.n", 1, "T, row 2–5 years", "count"),
            row("t.age.b.all.n", 1, "T, row 6–9 years", "count")]  # fmt: skip
    table(extra=rows).to_csv(tmp_path / "paper.csv", index=False)
    assert audit_file(tmp_path / "paper.csv").notes
    assert command_line(["audit", str(tmp_path / "paper.csv")]) == 0
