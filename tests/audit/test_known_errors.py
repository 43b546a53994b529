"""What is known to be wrong in printed papers is found, and nothing else is.

Each file of `cases/` has a table of its known errors: the number, the kind of the finding, and what
is printed. A finding that is more than a note and is not in the table fails, and so does one in the
table that is not found. `NOTES` lists notes that must come; others may.
"""

from functools import cache
from pathlib import Path

import pytest

from case_review.audit.report import audit_file

CASES = Path(__file__).with_name("cases")

KNOWN = {
    "arshad2020": [],
    "elgazzar2020": [],
    "gautret2020": [],
    "huang2020": [],
    "recovery2021": [],
    "vandermeulen2008": [],
    # 524/2744 = 19.10 %, 30343/98942 = 30.67 %, 6069/12019 = 50.495 %, 5950/12019 = 49.505 %.
    "lyratzopoulos2013": [
        ("table1.stage.stage_i.ovarian.pct", "rounding", "20%"),
        ("table1.stage.stage_ii.all.pct", "truncation", "30%"),
        ("table1.sex.men.colon.pct", "rounding", "51%"),
        ("table1.sex.women.colon.pct", "truncation", "49%"),
    ],
    # R's statcheck 1.4.0: p = .012 (two-sided) and p = .0017.
    "sandoval2017": [
        ("text.test_6.all.p", "p-value", "=0.006"),
        ("text.test_12.all.p", "p-value", "<0.001"),
    ],
    # R's scrutiny: no number of 150 gives the shares; the SD of a binary mean of 0.19 is 0.39.
    "pigs": [
        ("pigs2.share_1.all.pct", "share", "67.4"),
        ("pigs2.share_2.all.pct", "share", "54.2"),
        ("pigs2.share_4.all.pct", "share", "69.8"),
        ("pigs2.share_5.all.pct", "share", "68.1"),
        ("pigs2.share_6.all.pct", "share", "55.4"),
        ("pigs3.binary_4.all.sd", "debit", "0.35"),
    ],
    # pizzapizza: F of age 0.39-0.40, of group size 1.08-1.27. Of height, F(1, 120) = 0.76 is
    # p = 0.385. No p-value is nought.
    "just2014": [
        ("table1.age.all.F", "statistic", "0.42"),
        ("table1.height.all.p", "p-value", "0.37"),
        ("table1.group_size.all.F", "statistic", "1.34"),
        ("table2.piece2_taste.all.p", "misprint", "0.00"),  # and five others of Table 2
    ],
    # Table 3 repeats means and deviations of Table 2, some with other numbers.
    "sigirci2015": [
        (f"table3.{claim}", "disagreement", printed)
        for claim, printed in {
            "uncomfortable.p4_1.sd": "1.89",
            "uncomfortable.p8_1.mean": "1.955",
            "guilty.p4_2.sd": "2.48",
            "uncomfortable.p4_2.sd": "2.13",
            "uncomfortable.p8_2.mean": "1.28",
            "uncomfortable.p8_2.sd": "0.46",
            "full.p8_2.mean": "1.53",
            "full.p8_2.sd": "1.02",
            "more_than_should.p8_2.mean": "2.05",
            "more_than_should.p8_2.sd": "1.72",
            "guilty.p4_3.sd": "1.50",
            "uncomfortable.p8_3.mean": "2.10",
            "uncomfortable.p8_3.sd": "1.91",
            "full.p8_3.sd": "2.95",
            "more_than_should.p4_3.sd": "2.23",
            "more_than_should.p8_3.mean": "4.00",
            "more_than_should.p8_3.sd": "3.02",
        }.items()
    ],
}
NOTES = {
    "vandermeulen2008": [("table4.total.all.n", "denominators")],
    "pigs": [
        *((f"pigs1.set_{n}.all.mean", "grim") for n in (2, 3, 4, 5, 7, 9, 10, 12)),
        *((f"pigs5.set_{n}.all.mean", "grim") for n in (1, 5, 7, 9)),
        ("pigs5.set_3.all.sd", "grimmer"),
        ("pigs4.snout.pig_2.value", "repeated"),
    ],
    "just2014": [
        *((f"table2.piece2_{word}.all.F", "statistic") for word in ("taste", "satisfying")),
        ("table1.hungry_now.half_price.mean", "grim"),
        ("table2.piece2_satisfying.half_price.mean", "repeated"),
    ],
    # pizzapizza with 18 and 21 diners: 11.93-12.36 (printed 8.11), 14.62-15.01 (printed 1.63).
    "sigirci2015": [
        ("table3.uncomfortable.pieces_2.F", "statistic"),
        ("table3.full.pieces_2.F", "statistic"),
        ("table1.height.all.t", "statistic"),
        ("table1.weight.all.t", "statistic"),
        ("table1.weight.p4.mean", "grim"),
    ],
    # fisher.test of 10/20 and 1/16 gives 0.0091; 0.005 is chi-squared.
    "gautret2020": [("table2.negative.d3.all.p", "counts")],
}


@cache
def report(name):
    """The audit of a case."""
    return audit_file(CASES / f"{name}.csv")


def test_every_case_has_its_table():
    cases = {path.stem for path in CASES.glob("*.csv") if not path.stem.endswith("_checks")}
    assert cases == KNOWN.keys()


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_what_is_known_is_found_and_nothing_else(name):
    found = {(one.claim_id, one.kind, one.printed) for one in report(name).findings}
    assert found == set(KNOWN[name])


@pytest.mark.parametrize("name", sorted(NOTES))
def test_what_rests_on_an_assumption_is_a_note(name):
    assert set(NOTES[name]) <= {(one.claim_id, one.kind) for one in report(name).notes}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_number_is_accounted_for(name):
    examined = report(name).examined
    every = {claim.claim_id for claim in report(name).claims}
    assert examined.checked | examined.unchecked.keys() == every
    assert len(examined.checked) + len(examined.unchecked) == len(every)


def test_percentages_that_were_made_to_add_up_say_so():
    said = [one.explanation for one in report("lyratzopoulos2013").findings if ".colon." in
            one.claim_id]  # fmt: skip
    assert len(said) == 2 and all("made to add up to 100" in one for one in said)
