"""Rows of one column whose statistics have no sizes in common: found, and what may be chance."""

import numpy as np
import pytest
from audit_claims import claims, outcomes
from scipy import stats

from case_review.audit.checks.common_sizes import sizes
from case_review.audit.findings import NOTE
from case_review.statistics import compared_means
from case_review.statistics.compared_means import Group

#: Table 3 of Sigirci and Wansink, BMC Nutr 2015 (retracted), two pieces: means, deviations, F.
TWO = {
    "overate": "4.82 2.55 3.53 2.39 2.47", "guilty": "3.44 2.48 1.68 1.42 7.13",
    "uncomfortable": "2.94 2.13 1.28 0.46 8.11", "full": "3.89 2.59 1.53 1.02 1.63",
    "more": "4.28 2.44 2.05 1.72 10.36",
}  # fmt: skip
COLUMNS = ("a.mean", "a.sd", "b.mean", "b.sd", "all.f")


def column(rows, more=()):
    prints = {
        f"t3.{row}.{name}": text
        for row, texts in rows.items()
        for name, text in zip(COLUMNS, texts.split(), strict=True)
    }
    return claims(prints | dict(more))


def test_two_f_of_the_pizza_paper_have_other_sizes_than_the_rest():
    findings, agreed, _ = outcomes(sizes, column(TWO))
    assert [one.claim_id for one in findings] == ["t3.uncomfortable.all.f", "t3.full.all.f"]
    assert {one.severity for one in findings} == {NOTE}
    assert "3 of the 5 statistics" in findings[0].explanation
    assert {"t3.overate.all.f", "t3.guilty.all.f", "t3.more.all.f"} < agreed


def test_few_rows_say_nothing():
    assert outcomes(sizes, column(dict(list(TWO.items())[:3]))) == ([], set(), {})


def test_sizes_that_are_printed_need_not_be_sought():
    known = {"t3.total.a.n": "18", "t3.total.b.n": "21"}
    assert outcomes(sizes, column(TWO, known)) == ([], set(), {})


@pytest.mark.parametrize("seed", range(20))
def test_rows_of_the_same_people_agree_also_if_some_did_not_answer(seed):
    random = np.random.default_rng(seed)
    n = random.integers(10, 60, 2)
    rows = {}
    for row in range(8):
        answered = [int(size * random.uniform(0.9, 1)) for size in n]
        arms = [random.normal(random.normal(4, 1), 2, size) for size in answered]
        f = stats.f_oneway(*arms).statistic
        numbers = [number for arm in arms for number in (arm.mean(), arm.std(ddof=1))]
        rows[f"v{row}"] = " ".join(f"{number:.2f}" for number in (*numbers, f))
    assert outcomes(sizes, column(rows))[0] == []


def test_the_grid_holds_the_f_of_every_pair_of_sizes():
    one, other = ((3.0, 3.1), (1.0, 1.1)), ((3.5, 3.7), (1.4, 1.5))
    low, high = compared_means.f_grid(Group(1, *one), Group(1, *other), 5, 7)
    assert low.shape == (4, 6)
    for n in range(2, 6):
        for m in range(2, 8):
            found = compared_means.f_statistic([Group(n, *one), Group(m, *other)])
            assert (low[n - 2, m - 2], high[n - 2, m - 2]) == pytest.approx(found)
