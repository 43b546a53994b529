"""Every printed number has one verdict, by what supports it; one that stands must go on so."""

import json

import pandas as pd
import pytest
from audit_tables import row

from case_review.audit.claims import from_frame
from case_review.audit.findings import Finding
from case_review.audit.reproduction import (
    VERDICTS,
    compare,
    frame,
    hold_baseline,
    numbers,
    summary,
    write_baseline,
)
from case_review.errors import ReviewError
from case_review.registry import Result

RESULTS = {
    result.id: result
    for result in (
        Result("a.male", 30, n=30, of=84, unit="patients", text="30 (35.7%)"),
        Result("a.median", 2, low=1, high=10, unit="weeks", text="2 weeks"),
        Result("a.open", 2, low=1, high=float("nan"), unit="weeks", text="2 weeks"),
        Result("a.p", 0.24113, text="p = 0.241"),
        Result("a.longest", 4383, unit="hours", text="6 months"),
        Result("a.dose", 1.6, unit="mg/m²/day", text="1.6 mg/m²/day"),
        Result("a.upper", 15, unit="ng/ml", text="15 ng/ml"),
        Result("a.name", "steroids", text="steroids"),
    )
}


def verdict(measure, value, result_id, unit="", as_printed=None, kind="dose", **options):
    one = row(f"results.x.all.{measure}", value, "Results, sentence 1", kind, unit,
              as_printed=as_printed)  # fmt: skip
    one["result_id"] = result_id
    (only,) = compare(from_frame(pd.DataFrame([one])), RESULTS, **options)
    return only


@pytest.mark.parametrize(
    ("measure", "value", "result_id", "unit"),
    [
        ("n", "30", "a.male", "patients"),
        ("pct", "35.7", "a.male", "%"),
        ("pct", "36", "a.male", "%"),
        ("median", "2", "a.median", "weeks"),
        ("median", "14", "a.median", "days"),
        ("low", "1", "a.median", "weeks"),
        ("high", "10", "a.median", "weeks"),
        ("high", "15", "a.upper", "ng/ml"),
        ("p", "0.241", "a.p", ""),
        ("p", "0.24", "a.p", ""),
        ("max", "6", "a.longest", "months"),
        ("value", "1.6", "a.dose", "mg/m2/day"),
        ("value", "steroids", "a.name", ""),
    ],
)
def test_numbers_that_agree_at_their_precision_are_recomputed(measure, value, result_id, unit):
    assert verdict(measure, value, result_id, unit).verdict == "recomputed"


@pytest.mark.parametrize(
    ("measure", "value", "result_id", "unit", "computed"),
    [
        ("n", "31", "a.male", "patients", "30"),
        ("pct", "35.8", "a.male", "%", "35.7"),
        ("median", "3", "a.median", "weeks", "2"),
        ("high", "9", "a.median", "weeks", "10"),
        ("p", "0.242", "a.p", "", "0.241"),
        ("max", "7", "a.longest", "months", "6"),
        ("value", "1.5", "a.dose", "mg/m2/day", "1.6"),
    ],
)
def test_numbers_that_do_not_agree_differ(measure, value, result_id, unit, computed):
    found = verdict(measure, value, result_id, unit)
    assert (found.verdict, found.computed.cell) == ("differs", computed)
    assert round(found.computed.value, found.claim.digits) == float(computed)
    assert found.reason == f"The data give {computed}, the paper prints {value}."


def test_a_number_that_differs_takes_its_reason_from_the_findings():
    finding = Finding("results.x.all.pct", "", "35.6", "35.7", "", "truncation", "Cut off.")
    found = verdict("pct", "35.6", "a.male", "%", findings=[finding])
    assert found.reason == "Truncated, not rounded. Cut off."
    assert (found.finding, found.remarked) == ("truncation", False)
    # What is only cut off elsewhere is no remark on a number that the data give as well.
    again = verdict("pct", "35.7", "a.male", "%", findings=[finding])
    assert (again.verdict, again.reason, again.remarked) == ("recomputed", "", False)


def test_a_statement_beyond_the_data_is_so_in_every_place():
    said = {"unsupported": "Statement beyond the data. Too few.", "misprint": ""}
    for kind, again in said.items():
        rows = [
            row(f"{place}.x.all.{measure}", 30, place, "count", "patients")
            for place, measure in (("results", "n"), ("abstract", "n"), ("discussion", "max"))
        ]
        for one in rows:
            one["result_id"] = "a.male"
        finding = Finding("results.x.all.n", "", "30", "84", "", kind, "Too few.")
        _, elsewhere, other = compare(from_frame(pd.DataFrame(rows)), RESULTS, [finding])
        assert (elsewhere.verdict, elsewhere.reason) == ("recomputed", again)
        assert elsewhere.remarked == bool(again)
        assert other.reason == ""


def test_what_cannot_be_computed_says_why():
    assert "No notebook records the result a.gone" in verdict("n", "3", "a.gone").reason
    assert "holds no high" in verdict("high", "9", "a.open", "weeks").reason
    assert verdict("value", "9", "", kind="cited").reason.startswith("Cited from other work")
    assert verdict("value", "9", "", kind="method").reason.startswith("Tells how the review was")
    reasons = [{"claims": "results.x.*", "reason": "Not extracted."}]
    assert verdict("value", "9", "", reasons=reasons).reason == "Not extracted."
    assert {verdict("n", "3", "a.gone").verdict, verdict("value", "9", "").verdict} == {
        "not computable"
    }


# -- what supports a number ------------------------------------------------------------------------

ID = "results.x.all.n"


def standing(kind, value=30, **fields):
    """The result of the printed 30 with what it rests on."""
    return {"a.male": Result("a.male", value, text=f"{value}", standing=kind, **fields)}


def supported(results=RESULTS, value="30", **options):
    """The verdict on a printed number of patients."""
    one = row(ID, value, "Results, sentence 1", "count") | {"result_id": "a.male"}
    (only,) = compare(from_frame(pd.DataFrame([one])), results, **options)
    return only.verdict


def test_what_supports_a_number_counts_once_and_print_counts_first():
    both = {"confirmed": {ID: "Sum."}, "bound": {ID}}
    for kind in ("printed", "determined", ""):
        results = standing(kind)
        assert supported(results) == "recomputed"
        assert supported(results, bound={ID}) == "bound"
        assert supported(results, confirmed={ID: "Sum."}) == "confirmed"
        assert supported(results, **both) == "confirmed"
        assert supported(results, "31", **both) == "differs"


def test_extracted_rows_recompute_whatever_they_give():
    both = {"confirmed": {ID: "Sum."}, "bound": {ID}}
    assert supported(standing("extracted"), **both) == "recomputed"
    assert supported(standing("extracted"), "31", **both) == "differs"


def test_a_number_is_not_held_against_one_of_many_data_sets():
    for value in (30, 31):  # whether or not the one set happens to have the printed number
        results = standing("varies", value, least=28, most=33)
        (only,) = compare(from_frame(pd.DataFrame([
            row(ID, "30", "Results, sentence 1", "count") | {"result_id": "a.male"}
        ])), results)  # fmt: skip
        assert only.verdict == "not computable" and only.computed is None
        assert only.reason == "The result varies between data sets that agree with the print."
        # the other printed numbers support it all the same
        assert supported(results, confirmed={ID: "Sum."}) == "confirmed"
    assert supported(standing("varies", 31)) == "not computable"


def test_rows_that_break_what_binds_them_are_not_taken_for_one_of_many():
    assert supported(standing("varies", 31), bound={ID}) == "differs"
    assert supported(standing("varies", 31), confirmed={ID: "Sum."}) == "differs"


def test_other_statements_of_a_bound_number_are_bound_too():
    rows = [row(f"{place}.x.all.n", 30, place, "count") | {"result_id": "a.male"}
            for place in ("results", "abstract")]  # fmt: skip
    published = from_frame(pd.DataFrame(rows))
    found = compare(published, RESULTS, bound={ID})
    assert [v.verdict for v in found] == ["bound", "bound"]
    found = compare(published, RESULTS, bound={ID}, confirmed={"abstract.x.all.n": "Again."})
    assert [v.verdict for v in found] == ["bound", "confirmed"]
    assert [v.basis for v in found] == ["", "Again."]


def test_print_alone_decides_where_no_notebook_records_anything():
    right = row("results.x.all.pct", "25.0", "Results, sentence 1", "percent", "%", 1, 4)
    wrong = row("results.y.all.pct", "33.4", "Results, sentence 1", "percent", "%", 1, 3)
    method = row("methods.level.all.confidence", "95", "Methods, sentence 1", "method", "%")
    published = from_frame(pd.DataFrame([right, wrong, method]))
    confirmed = {right["claim_id"]: "Ratio.", method["claim_id"]: "Again."}
    found = compare(published, {}, confirmed=confirmed)
    # how a review was made is no result, however often it is told
    assert [v.verdict for v in found] == ["confirmed", "differs", "not computable"]
    assert found[1].computed.cell == "33.3"


def test_the_summary_counts_every_number_once(verdicts):
    counted = numbers(verdicts)
    assert tuple(counted) == VERDICTS and sum(counted.values()) == len(verdicts)
    assert summary(verdicts, []).prose == (
        "4 printed numbers: 0 confirmed by others, 1 recomputed, 1 different, 2 not computable; "
        "0 inconsistencies found"
    )
    rows = [row(ID, 30, "Results, sentence 1", "count") | {"result_id": "a.male"}]
    met = compare(from_frame(pd.DataFrame(rows)), RESULTS, bound={ID})
    assert "0 confirmed by others, 1 met by construction, 0 recomputed" in summary(met, []).prose


@pytest.fixture
def verdicts():
    made = []
    for i, (n, result_id) in enumerate([(30, "a.male"), (31, "a.male"), (3, "a.gone"), (4, "")]):
        one = row(f"results.x{i}.all.n", n, "Results, sentence 1", "count")
        one["result_id"] = result_id
        made.append(one)
    return compare(from_frame(pd.DataFrame(made)), RESULTS)


def test_none_is_left_out(verdicts):
    found = frame(verdicts)
    assert found["verdict"].tolist() == ["recomputed", "differs", *["not computable"] * 2]
    assert found["computed"].tolist() == ["30", "30", "", ""]
    assert set(found["place"]) == {"Results"}
    assert found["claim_id"].tolist() == [f"results.x{i}.all.n" for i in range(4)]


def test_a_print_is_quoted_with_its_number_and_other_words_stay_words(verdicts):
    claim = verdicts[0].claim
    fields = claim.quoted().fields()
    assert (claim.quoted().cell, fields["value"]) == ("30", 30)
    assert claim.quoted("2–13 years").fields()["value"] == "2–13 years"
    assert claim.quoted().standing == claim.quoted("2–13 years").standing == "printed"


def test_the_baseline_holds_and_names_what_was_lost(verdicts, tmp_path):
    path = tmp_path / "reproduced.json"
    assert write_baseline(path, verdicts) == 1
    assert json.loads(path.read_text()) == {"reproduced": ["results.x0.all.n"]}
    hold_baseline(verdicts, path)
    listed = ["results.x0.all.n", "results.x1.all.n", "results.x2.all.n", "results.x9.all.n"]
    path.write_text(json.dumps({"reproduced": listed}))
    with pytest.raises(ReviewError) as error:
        hold_baseline(verdicts, path)
    message = str(error.value)
    assert message.startswith("3 printed number(s) that used to be reproduced no longer are")
    assert (
        "results.x1.all.n (Results, sentence 1), printed 31: differs. The data give 30" in message
    )
    assert "results.x2.all.n" in message and "No notebook records the result a.gone" in message
    assert "results.x9.all.n: no longer in published.csv" in message
    assert "results.x0.all.n" not in message
    assert "case_review.audit accept" in message


def test_a_missing_baseline_says_how_to_make_one(verdicts, tmp_path):
    with pytest.raises(ReviewError, match=r"case_review\.audit accept"):
        hold_baseline(verdicts, tmp_path / "reproduced.json")
