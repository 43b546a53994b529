"""P-values and ratios of tables of counts against R, scipy and books."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from case_review.statistics import contingency
from case_review.statistics.contingency import EXACT

#: Tables 2 and 3 of Gautret et al., Int J Antimicrob Agents 2020: counts of R 4.2's fisher.test and
#: chisq.test without and with correction, and the smaller one-sided p-value of fisher.test.
GAUTRET = [
    ([[10, 10], [1, 15]], 0.009091438, 0.004631004, 0.01360331, 0.005199781),
    ([[12, 8], [4, 12]], 0.04854787, 0.03572884, 0.07798486, 0.03798379),
    ([[13, 7], [3, 13]], 0.007908558, 0.005520171, 0.01478921, 0.006611406),
    ([[14, 6], [2, 14]], 0.0007615938, 0.0005605866, 0.0018551, 0.0006710721),
    ([[1, 15], [5, 9], [5, 1]], 0.002104908, 0.001924197, None, None),
    ([[4, 12], [7, 7], [5, 1]], 0.0480222, 0.04285213, None, None),
    ([[3, 13], [7, 7], [6, 0]], 0.002034921, 0.002537534, None, None),
    ([[2, 14], [8, 6], [6, 0]], 0.0002941603, 0.0005457264, None, None),
]


@pytest.mark.parametrize(("table", "exact", "square", "yates", "one_sided"), GAUTRET)
def test_p_values_are_those_of_r(table, exact, square, yates, one_sided):
    found = contingency.p_values(table)
    assert found[EXACT] == pytest.approx(exact, rel=1e-6)
    assert found["χ²"] == pytest.approx(square, rel=1e-6)
    if yates:
        assert found["χ² with Yates's correction"] == pytest.approx(yates, rel=1e-6)
        assert found[f"{EXACT}, one-sided"] == pytest.approx(one_sided, rel=1e-6)


counts = st.integers(0, 40)


@given(counts, counts, counts, counts)
def test_two_by_two_tables_are_those_of_scipy(a, b, c, d):
    table = [[a, b], [c, d]]
    found = contingency.p_values(table)
    if min(a + b, c + d, a + c, b + d) == 0:
        assert found == {}
        return
    assert found[EXACT] == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-6)
    assert found[EXACT] == pytest.approx(contingency.fisher(table), rel=1e-6)
    for corrected, name in ((False, "χ²"), (True, "χ² with Yates's correction")):
        theirs = stats.chi2_contingency(table, correction=corrected).pvalue
        assert found[name] == pytest.approx(theirs, rel=1e-6)


@given(st.lists(st.lists(st.integers(1, 60), min_size=3, max_size=3), min_size=2, max_size=4))
def test_larger_tables_are_those_of_scipy(table):
    found = contingency.p_values(table)
    assert EXACT not in found
    assert found["χ²"] == pytest.approx(stats.chi2_contingency(table).pvalue, rel=1e-6, abs=1e-300)
    theirs = stats.chi2_contingency(table, lambda_="log-likelihood").pvalue
    assert found["likelihood ratio"] == pytest.approx(theirs, rel=1e-6, abs=1e-300)


def test_exact_tests_of_large_counts_do_not_overflow():
    found = contingency.p_values([[900, 4000], [100, 5000]])
    assert 0 <= found[EXACT] < 1e-100
    assert contingency.fisher([[400, 400], [500, 300], [300, 500]]) is None


def test_the_smallest_expected_count():
    assert contingency.smallest_expected([[10, 10], [1, 15]]) == pytest.approx(11 * 16 / 36)


def test_ratios_with_their_limits():
    # Physicians' Health Study (N Engl J Med 1988;318:262): heart attacks 104/11037 and 189/11034
    table = [[104, 10933], [189, 10845]]
    assert contingency.odds_ratio(table) == pytest.approx((0.546, 0.429, 0.694), abs=5e-4)
    assert contingency.risk_ratio(table) == pytest.approx((0.550, 0.434, 0.698), abs=5e-4)
    assert contingency.odds_ratio([[0, 5], [3, 4]]) is None
    assert contingency.risk_ratio([[0, 5], [3, 4]]) is None
