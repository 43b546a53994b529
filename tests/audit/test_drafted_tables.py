"""What a program read of a paper is held to less than what a person typed: it may be misread."""

import pytest

from case_review.audit.claims import from_rows
from case_review.audit.findings import INCONSISTENT, NOTE
from case_review.audit.report import examine


def drafted(claim_id, value, kind="percent", numerator="", denominator="", sure="certain"):
    """One row of a draft."""
    return {
        "claim_id": claim_id, "location": "Table 1", "statement": "x", "kind": kind,
        "population": claim_id.split(".")[-2], "as_printed": value, "value": value,
        "numerator": numerator, "denominator": denominator, "sure": sure,
    }  # fmt: skip


def findings(*rows):
    """What the checks find in drafted rows."""
    return examine(from_rows(list(rows), "paper.xml")).findings


def column(printed, sure="certain"):
    """A column of percentages of 821, each with the count from which it was computed or not."""
    return [
        drafted(f"table1.x{number}.all.pct", share, numerator=count, denominator="821", sure=sure)
        for number, (count, share) in enumerate(printed)
    ]


#: Percentages across the row: 451 of 11,066 in another column are 4.1 %.
ACROSS = [("451", "4.1"), ("370", "3.8"), ("617", "3.8"), ("204", "24.8")]


def test_a_column_of_other_percentages_is_one_note():
    (note,) = findings(*column(ACROSS))
    assert note.severity == NOTE and "3 of the 4 percentages of this column" in note.explanation
    assert len(note.others) == 2


def test_what_a_person_typed_is_told_one_by_one():
    found = findings(*column(ACROSS, sure=""))
    assert len(found) == 3 and all(one.severity == INCONSISTENT for one in found)


def test_one_wrong_percentage_of_a_column_that_fits_is_told():
    printed = [("451", "54.9"), ("370", "45.1"), ("617", "75.2"), ("204", "28.4")]
    (found,) = findings(*column(printed))
    assert (found.severity, found.expected) == (INCONSISTENT, "24.8")


def test_limits_beside_a_ratio_are_not_those_of_a_mean():
    rows = [
        drafted("table1.age.all.mean", "38.5", "mean"),
        drafted("table1.age.all.or", "1.07", "ratio"),
        drafted("table1.age.all.low", "1.00", "limit"),
        drafted("table1.age.all.high", "1.14", "limit"),
    ]
    assert findings(*rows) == ()
    rows[1]["value"] = rows[1]["as_printed"] = "1.27"
    assert [one.claim_id for one in findings(*rows)] == ["table1.age.all.high"]


@pytest.mark.parametrize(("sure", "found"), [("certain", 0), ("", 1)])
def test_a_large_percentage_alone_in_a_paper_may_be_no_share(sure, found):
    assert len(findings(drafted("table1.gfp.otx2.pct", "305.3", sure=sure))) == found


@pytest.mark.parametrize(
    ("sure", "severity"),
    [("certain", "impossible"), ("likely", "inconsistent"), ("guess", "note")],
)
def test_nothing_is_impossible_on_a_number_that_was_not_read_for_certain(sure, severity):
    rows = [drafted("table1.t.all.median", "9", "median", sure=sure),
            drafted("table1.t.all.q1", "10", "range", sure=sure)]  # fmt: skip
    assert [one.severity for one in findings(*rows)] == [severity]


def test_a_bare_nought_is_printed_as_smaller_than_something():
    (found,) = findings(drafted("table1.t.all.p", "0", "p-value"))
    assert found.expected == "<0.001"


@pytest.mark.parametrize(("sure", "found"), [("certain", 0), ("", 1)])
def test_what_another_column_counts_is_no_part_of_the_first(sure, found):
    rows = [drafted("table1.mice.all.n", "86", "subset", sure=sure),
            drafted("table1.mice.markers.all.n", "177", "subset", sure=sure)]  # fmt: skip
    assert len(findings(*rows)) == found


def test_more_than_the_whole_table_counts_is_found_in_a_draft():
    rows = [drafted("table1.total.all.n", "150", "count"),
            drafted("table1.examined.no.all.n", "159", "subset")]  # fmt: skip
    assert [one.kind for one in findings(*rows)] == ["excess"]
