"""Limits of proportions by all methods against published tables, scipy and coverage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from case_review.statistics import proportions
from case_review.statistics.proportion_limits import all_limits

#: Newcombe, Stat Med 1998;17:857, table I: 81/263, 15/148, 0/20 and 1/29.
NEWCOMBE = {
    (81, 263): {
        "Wald": (0.2522, 0.3638), "Wald with continuity correction": (0.2503, 0.3657),
        "Wilson": (0.2553, 0.3662), "Wilson with continuity correction": (0.2535, 0.3682),
        "exact (Clopper–Pearson)": (0.2527, 0.3676), "exact with mid-P": (0.2544, 0.3658),
    },
    (15, 148): {
        "Wald": (0.0527, 0.1500), "Wald with continuity correction": (0.0494, 0.1534),
        "Wilson": (0.0624, 0.1605), "Wilson with continuity correction": (0.0598, 0.1644),
        "exact (Clopper–Pearson)": (0.0578, 0.1617), "exact with mid-P": (0.0601, 0.1581),
    },
    (0, 20): {
        "Wald": (0.0, 0.0), "Wald with continuity correction": (0.0, 0.0250),
        "Wilson": (0.0, 0.1611), "Wilson with continuity correction": (0.0, 0.2005),
        "exact (Clopper–Pearson)": (0.0, 0.1684), "exact with mid-P": (0.0, 0.1391),
    },
    (1, 29): {
        "Wald": (0.0, 0.1009), "Wald with continuity correction": (0.0, 0.1181),
        "Wilson": (0.0061, 0.1718), "Wilson with continuity correction": (0.0018, 0.1963),
        "exact (Clopper–Pearson)": (0.0009, 0.1776), "exact with mid-P": (0.0017, 0.1585),
    },
}  # fmt: skip


@pytest.mark.parametrize("counts", NEWCOMBE)
def test_limits_of_newcombe(counts):
    found = all_limits(*counts)
    for name, expected in NEWCOMBE[counts].items():
        assert found[name] == pytest.approx(expected, abs=6e-5), name


def test_limits_of_agresti_coull_and_jeffreys():
    # of 10/20 Agresti and Coull make (10 + 1.92) / (20 + 3.84) = 0.5, with an error of 0.2007
    found = all_limits(10, 20)
    assert found["Agresti–Coull"] == pytest.approx((0.2993, 0.7007), abs=6e-5)
    assert found["Jeffreys"] == pytest.approx(stats.beta.ppf([0.025, 0.975], 10.5, 10.5))
    assert found["Wald on the logit"] == pytest.approx((0.2939, 0.7061), abs=6e-5)


@given(st.integers(0, 300), st.integers(1, 300), st.sampled_from([0.9, 0.95, 0.99]))
def test_limits_lie_around_the_share_and_mirror(n, more, level):
    of = n + more
    found, mirrored = all_limits(n, of, level), all_limits(more, of, level)
    for name, (low, high) in found.items():
        assert 0 <= low <= n / of + 1e-12 and n / of - 1e-12 <= high <= 1
        if name in mirrored:
            assert mirrored[name] == pytest.approx((1 - high, 1 - low), abs=1e-9), name
    assert found["Wilson"] == pytest.approx(proportions.wilson(n, of, level), abs=1e-9)
