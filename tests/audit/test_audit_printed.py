"""Planted errors are found, each by itself and nothing else; a correct table gives none."""

from decimal import Decimal

import pandas as pd
import pytest
from audit_tables import claims, printed, row, table

from case_review.__main__ import main as command_line
from case_review.audit import audit_printed
from case_review.audit.checks.declared import CHECK_COLUMNS
from case_review.audit.claims import COLUMNS, from_frame, read
from case_review.errors import ReviewError


def only(found):
    assert len(found) == 1, [finding.line() for finding in found]
    return found[0]


def test_a_correct_table_gives_no_finding():
    assert audit_printed(claims()) == []


def test_wrong_rounding_is_found():
    # 19/40 is 47.5 exactly; 21/40 is 52.5. 9/16 is 56.25: halves go away from zero, to 56.3.
    finding = only(audit_printed(claims({"table1.sex.female.publications.pct": printed("56.4")})))
    assert (finding.kind, finding.printed, finding.expected) == ("rounding", "56.4", "56.3")
    assert finding.difference == "+0.1"


@pytest.mark.parametrize("value", ["56.2", "56.3"])
def test_halves_may_be_rounded_up_or_to_the_even_digit(value):
    changes = {"table1.sex.female.publications.pct": printed(value)}
    found = audit_printed(claims(changes))
    # 9/16 stands in another row, too, as 56.3: that both ways are taken is worth a note.
    assert [(f.kind, f.severity) for f in found] == [("halves", "note")] * (value == "56.2")


def test_a_truncated_percentage_is_told_apart():
    # 4/24 is 16.667
    finding = only(audit_printed(claims({"table1.age.young.posters.pct": printed("16.6")})))
    assert finding.kind == "truncation"
    assert (finding.expected, finding.difference) == ("16.7", "−0.1")
    assert "4/24 is 16.667%" in finding.explanation


def test_a_percentage_of_other_numbers_is_told_apart():
    finding = only(audit_printed(claims({"table1.age.young.posters.pct": printed("61.7")})))
    assert finding.kind == "percentage"


def test_precision_is_that_of_the_print():
    assert audit_printed(claims({"table1.age.young.posters.pct": printed("17")})) == []


@pytest.mark.parametrize("form", ["(20).0", "20.0)%", "20..0"])
def test_misplaced_signs_are_a_misprint(form):
    change = {"table1.sex.male.all.pct": {"as_printed": form, "value": "47.5"}}
    kinds = {finding.kind for finding in audit_printed(claims(change))}
    assert "misprint" in kinds


@pytest.mark.parametrize("form", ["47.5", "(47.5)", "47.5%", "(47.5%)", "47,5", "47·5"])
def test_usual_forms_of_a_percentage_are_none(form):
    change = {"table1.sex.male.all.pct": {"as_printed": form}}
    assert audit_printed(claims(change)) == []


def test_a_value_that_is_not_what_is_printed_is_found():
    finding = only(audit_printed(claims({"table1.sex.male.all.pct": {"as_printed": "45.7"}})))
    assert (finding.kind, finding.printed, finding.expected) == ("transcription", "45.7", "47.5")


@pytest.mark.parametrize(
    ("form", "number", "digits"),
    [
        ("6,076", 6076, 0),
        ("6\u202f076.5", Decimal("6076.5"), 1),
        ("12,5", Decimal("12.5"), 1),
        ("0·241", Decimal("0.241"), 3),
        ("1.6 mg/m2/day", Decimal("1.6"), 1),
        ("one case", None, 0),
    ],
)
def test_a_print_is_read_with_any_journal_s_decimal_sign(form, number, digits):
    change = {"results.known.all.n": {"as_printed": form}}
    claim = claims(change)["results.known.all.n"]
    assert (claim.printed_number, claim.digits) == (number, digits)


def test_a_percentage_above_100_is_found_where_it_cannot_be_recomputed():
    change = {"numerator": "", "denominator": "", **printed("147.5")}
    finding = only(audit_printed(claims({"table1.sex.male.all.pct": change})))
    assert (finding.kind, finding.expected) == ("excess", "at most 100%")
    assert finding.difference == "+47.5"


def test_a_sum_off_by_one_is_found_in_the_block_and_over_the_populations():
    change = {
        "table1.sex.male.all.n": printed(20),
        "table1.sex.male.all.pct": {"numerator": 20, **printed("50.0")},
    }
    block, populations = sorted(audit_printed(claims(change)), key=lambda f: f.kind, reverse=True)
    assert (block.kind, block.claim_id, block.difference) == ("sum", "table1.total.all.n", "+1")
    assert block.printed == "40 = 20 + 21"
    assert block.location == "Table I, rows Male to Female, column all"
    assert (populations.kind, populations.claim_id) == ("populations", "table1.sex.male.all.n")
    assert (populations.printed, populations.expected) == ("20", "19")


def test_a_subtotal_that_loses_a_patient_is_found():
    changes = {
        "table1.type.a.solid.posters.n": printed(7),
        "table1.type.a.solid.all.n": printed(11),
        "table1.type.a.solid.posters.pct": {"numerator": 7, **printed("29.2")},
        "table1.type.a.solid.all.pct": {"numerator": 11, **printed("27.5")},
    }
    found = audit_printed(claims(changes))
    assert [(f.kind, f.claim_id, f.difference) for f in found] == [
        ("sum", "table1.type.a.all.n", "−1"),
        ("sum", "table1.type.a.posters.n", "−1"),
    ]
    assert "leaves 1 out" in found[0].explanation


def test_a_gap_between_categories_is_found():
    changes = {f"table1.age.old.{p}.n": {"location": f"Table I, row > 15 years, column {p}"}
               for p in ("all", "publications", "posters")}  # fmt: skip
    finding = only(audit_printed(claims(changes)))
    assert finding.kind == "gap"
    assert finding.difference == "above 13 years and up to 15 years"
    said = "A value above 13 years and up to 15 years belongs to no category printed."
    assert finding.explanation == said


def test_an_overlap_of_categories_is_found():
    changes = {f"table1.age.young.{p}.n": {"location": f"Table I, row 0–2 years, column {p}"}
               for p in ("all", "publications", "posters")}  # fmt: skip
    finding = only(audit_printed(claims(changes)))
    assert (finding.kind, finding.difference) == ("overlap", "exactly 2 years")
    said = "A value of exactly 2 years belongs to two categories as printed."
    assert finding.explanation == said


def test_a_category_with_its_ends_exchanged_is_found_once():
    changes = {f"table1.age.middle.{p}.n": {"location": f"Table I, row 13–2 years, column {p}"}
               for p in ("all", "publications", "posters")}  # fmt: skip
    found = [(f.kind, f.claim_id, f.printed) for f in audit_printed(claims(changes))]
    assert found == [
        ("gap", "table1.age.young.all.n", "< 2 years; > 13 years"),
        ("order", "table1.age.middle.all.n", "13–2 years"),
    ]


def test_a_numerator_that_is_not_the_count_is_found():
    change = {"table1.sex.male.all.pct": {"numerator": 21, **printed("52.5")}}
    finding = only(audit_printed(claims(change)))
    assert (finding.kind, finding.printed, finding.expected) == ("numerator", "21", "19")


def test_places_that_disagree_are_found():
    finding = only(audit_printed(claims({"results.type.a.all.n": printed(28)})))
    assert (finding.kind, finding.claim_id) == ("disagreement", "results.type.a.all.n")
    assert "29 patients at Table I" in finding.explanation


def test_numbers_of_one_result_agree_over_places_and_precisions():
    rows = [
        row("abstract.share.all.pct", "47.5", "Abstract", "percent", "%"),
        row("discussion.part.all.pct", "48", "Discussion", "percent", "%"),
    ]
    for one in rows:
        one["result_id"] = "x.y"
    for rounded in ("48", "47"):  # of 47.46, for instance
        rows[1].update(printed(rounded))
        assert audit_printed(claims(extra=rows)) == []
    rows[1].update(printed("45"))
    assert only(audit_printed(claims(extra=rows))).kind == "disagreement"


def test_a_median_outside_its_range_is_found_across_units():
    finding = only(audit_printed(claims({"results.time.all.max": {"unit": "days"}})))
    assert (finding.kind, finding.claim_id) == ("order", "results.time.all.max")


def test_a_part_larger_than_its_whole_is_found():
    extra = [row("table1.type.b.rare.all.n", 12, "Table I, footnote a", "subset")]
    assert only(audit_printed(claims(extra=extra))).kind == "excess"


def checks(left, relation, right, kind="subtotal"):
    cells = [
        "c",
        "results.known.all.n",
        kind,
        left,
        relation,
        right,
        "{left}",
        "{right} are known, {difference} lost.",
    ]
    return pd.DataFrame([dict(zip(CHECK_COLUMNS, cells, strict=True))])


SUM = "results.ongoing.all.n + results.stopped.all.n"


def test_a_declared_check_that_holds_is_no_finding():
    assert audit_printed(claims(), checks(SUM, "=", "results.known.all.n")) == []
    assert audit_printed(claims(), checks(SUM, "<=", "results.known.all.n + 1")) == []


def test_a_declared_check_that_fails_is_a_finding_in_its_own_words():
    changed = claims({"results.stopped.all.n": printed(3)})
    finding = only(audit_printed(changed, checks(SUM, "=", "results.known.all.n")))
    assert (finding.printed, finding.expected, finding.difference) == ("15", "11 + 3 = 14", "−1")
    assert finding.explanation == "15 are known, 1 lost."


def test_the_end_of_a_category_can_be_compared():
    made = checks("table1.age.middle.all.n@low", "=", "table1.age.middle.all.n@high")
    assert only(audit_printed(claims(), made)).expected == "2"


@pytest.mark.parametrize(
    ("left", "relation", "kind", "message"),
    [
        ("results.nobody.all.n", "=", "subtotal", "no claim 'results.nobody.all.n'"),
        (SUM, "~", "subtotal", "line 2, column relation: '~'"),
        (SUM, "=", "strange", "line 2, column kind: 'strange'"),
        ("a.b.all.n * 2", "=", "subtotal", "not a sum of claims"),
    ],
)
def test_a_bad_check_is_refused_by_name(left, relation, kind, message):
    made = checks(left, relation, "results.known.all.n", kind)
    with pytest.raises(ReviewError) as error:
        audit_printed(claims(), made, "published_checks.csv")
    assert message in str(error.value)


def test_other_braces_in_a_check_are_refused():
    made = checks(SUM, "=", "results.known.all.n + 1").assign(expected="{middle}")
    with pytest.raises(ReviewError, match=r"line 2: '\{middle\}' may hold \{left\}, \{right\} and"):
        audit_printed(claims(), made, "published_checks.csv")


def test_the_command_prints_findings_and_exits_1(tmp_path, capsys):
    path = tmp_path / "published.csv"
    table({"table1.age.young.posters.pct": printed("16.6")}).to_csv(path, index=False)
    assert run(path) == 1
    out = capsys.readouterr().out
    assert "table1.age.young.posters.pct" in out and "expected 16.7" in out
    assert f"{len(table())} printed numbers, 61 held against others, 3 not (3 numbers" in out
    assert out.rstrip().endswith("; 1 finding (1 rounding).")


def test_the_command_exits_0_without_findings_and_makes_declared_checks(tmp_path, capsys):
    path = tmp_path / "other.csv"
    table().to_csv(path, index=False)
    assert run(path) == 0
    assert "no findings" in capsys.readouterr().out
    checks(SUM, "=", "20").to_csv(tmp_path / "other_checks.csv", index=False)
    assert run(path) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": "many"}, "line 2, column value: 'many' of table1.total.all.n is not a number"),
        ({"value": ""}, "line 2, column value: '' of table1.total.all.n is not a number"),
        ({"population": "posters"}, "line 2, column population: 'posters' differs"),
        ({"value": "8e9999999"}, "line 2, column value: '8e9999999' of table1.total.all.n is not"),
        ({"value": "-40"}, "line 2, column value: '-40' of table1.total.all.n is not a number"),
        ({"value": "4_0"}, "line 2, column value: '4_0' of table1.total.all.n is not a number"),
        ({"value": "40.5"}, "'40.5' of table1.total.all.n counts something, so it must be a whole"),
        ({"denominator": "1" * 10}, "line 2, column denominator: '1111111111' of table1.total.all"),
        ({"kind": "cuont"}, "line 2, column kind: 'cuont' of table1.total.all.n is unknown; write"),
        ({"claim_id": "table1.n"}, "line 2, column claim_id: 'table1.n' is not of the form"),
        ({"claim_id": "table1 .total.all.n"}, "line 2, column claim_id: 'table1 .total.all.n' is"),
        ({"claim_id": "table1.total.posters.n", "population": "posters"}, "stands already in line"),
    ],
)
def test_a_broken_row_is_named_by_line_and_column(change, message):
    with pytest.raises(ReviewError) as error:
        from_frame(table({"table1.total.all.n": change}))
    assert message in str(error.value)


def test_a_missing_column_or_file_is_named(tmp_path):
    with pytest.raises(ReviewError, match=r"lacks the column\(s\) value"):
        from_frame(table().drop(columns="value"))
    with pytest.raises(ReviewError, match="does not exist"):
        read(tmp_path / "no.csv")


def run(*arguments):
    """Exit code of the command line."""
    return command_line([str(argument) for argument in ("audit", *arguments)])


def test_the_command_line_exits_0_1_or_2_and_needs_no_project(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)  # no params.yml here or above
    table().to_csv("right.csv", index=False)
    table({"table1.sex.male.all.pct": printed("47.6")}).to_csv("wrong.csv", index=False)
    assert run("right.csv") == 0
    assert run("wrong.csv") == 1
    assert "expected 47.5" in capsys.readouterr().out
    assert run("none.csv") == 2
    assert capsys.readouterr().err == "none.csv: the file does not exist. Correct its name.\n"


def test_a_semicolon_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "german.csv"
    changes = {name: {"location": "Table I"} for name in table()["claim_id"]}
    made = table(changes, drop=[n for n in changes if ".age." in n])
    text = made.to_csv(index=False, sep=";")
    path.write_text(text.replace(",", " "), encoding="utf-8-sig")
    assert run(path) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe\x00a", "line 1: the file is not UTF-8"),
        (b"location,value\n1,2\n", "lacks the column(s) claim_id"),
        (",".join(COLUMNS).encode(), "holds no printed numbers"),
        (",".join(COLUMNS).encode() + b"\nx.y.all.n,1\n", "line 2: found 2 cells where"),
        (",".join(COLUMNS).encode() + b'\nx.y.all.n,"1\n', "line 2: the row that begins here"),
    ],
)
def test_a_file_that_cannot_be_audited_is_refused_with_2(tmp_path, capsys, content, message):
    path = tmp_path / "published.csv"
    path.write_bytes(content)
    assert run(path) == 2
    assert message in capsys.readouterr().err


def test_a_folder_and_bad_checks_are_refused_with_2(tmp_path, capsys):
    assert run(tmp_path) == 2
    assert "this is a folder" in capsys.readouterr().err
    table().to_csv(tmp_path / "published.csv", index=False)
    (tmp_path / "published_checks.csv").write_bytes(b"\xff")
    assert run(tmp_path / "published.csv") == 2
    assert "published_checks.csv, line 1: the file is not UTF-8" in capsys.readouterr().err


def test_an_error_of_the_program_does_not_pass_for_a_finding(tmp_path, capsys, monkeypatch):
    table().to_csv(tmp_path / "published.csv", index=False)
    monkeypatch.setattr("case_review.audit.report.audit_file", lambda *given: 1 / 0)
    assert run(tmp_path / "published.csv") == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_percentages_that_cannot_be_recomputed_are_counted(tmp_path, capsys):
    path = tmp_path / "published.csv"
    extra = [row("results.share.women.pct", "61", "Results, sentence 2", "percent", "%")]
    table(extra=extra).to_csv(path)
    assert run(path) == 0
    assert "1 percentage without a denominator" in capsys.readouterr().out


def test_findings_stand_place_by_place_in_the_order_of_the_file():
    changes = {
        "table1.sex.male.all.pct": printed("47.6"),
        "results.time.all.max": {"unit": "days"},
    }
    made = table(changes)
    times = made["claim_id"].str.startswith("results.time")
    early = pd.concat([made.iloc[:1], made[times], made.iloc[1:][~times.iloc[1:]]])
    found = [finding.claim_id for finding in audit_printed(from_frame(early))]
    assert found == ["table1.sex.male.all.pct", "results.time.all.max"]
