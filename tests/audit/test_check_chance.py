"""What many values say together: uniform last digits, randomised groups, and neither."""

import numpy as np
import pytest
from audit_claims import claims, outcomes
from scipy import stats

from case_review.audit.checks import chance
from case_review.audit.findings import NOTE
from case_review.statistics.many_values import combined, last_digits_p, poisson_at_least


def found(check, some):
    return outcomes(check, some)[0]


def test_last_digits_are_held_to_a_uniform_distribution():
    often = [12, 8, 9, 11, 10, 10, 14, 6, 9, 11]
    assert last_digits_p(often) == pytest.approx(stats.chisquare(often).pvalue)
    with pytest.raises(ValueError, match="ten digits"):
        last_digits_p([1, 2, 3])


def test_p_values_combine_by_stouffer():
    p = [0.2, 0.03, 0.5, 0.7]
    assert combined(p) == pytest.approx(stats.combine_pvalues(p, method="stouffer").pvalue)
    with pytest.raises(ValueError, match="no p-values"):
        combined([])


@pytest.mark.parametrize(("number", "expected"), [(0, 2.0), (1, 0.3), (5, 0.5), (400, 90000.0)])
def test_chances_of_repetitions_are_those_of_poisson(number, expected):
    theirs = stats.poisson.sf(number - 1, expected)
    assert poisson_at_least(number, expected) == pytest.approx(theirs)


def values(digits):
    random = np.random.default_rng(1)
    return claims(
        {
            f"t.v{i}.all.value": f"{random.integers(10, 99)}.{random.integers(0, 9)}{digit}"
            for i, digit in enumerate(digits)
        }
    )


def test_invented_last_digits_are_told_of():
    random = np.random.default_rng(2)
    uniform = random.integers(0, 10, 200)
    assert found(chance.last_digits, values(uniform)) == []
    liked = np.where(random.random(200) < 0.3, 7, uniform)
    finding = found(chance.last_digits, values(liked))[0]
    assert (finding.kind, finding.severity) == ("digits", NOTE)
    assert "200 means, deviations and values" in finding.explanation
    assert outcomes(chance.last_digits, values(liked[:99])) == ([], set(), {})


def groups(shift, variables=12, words="Baseline, randomised"):
    """Means of two arms that differ by `shift` standard errors, as often up as down."""
    prints = {}
    for number in range(variables):
        error = 10 * (2 / 50) ** 0.5
        for arm, mean in (("a", 50.0), ("b", 50.0 + (-1) ** number * shift * error)):
            prints |= {
                f"t1.v{number}.{arm}.mean": f"{mean:.2f}", f"t1.v{number}.{arm}.sd": "10.00",
                f"t1.v{number}.{arm}.n": "50",
            }  # fmt: skip
    return claims(prints, statement={"mean": words})


def test_groups_that_differ_as_chance_makes_them_agree():
    assert found(chance.baseline, groups(0.7)) == []


def test_groups_too_alike_or_too_unlike_are_told_of():
    finding = found(chance.baseline, groups(0.02))[0]
    assert finding.severity == NOTE and "more alike" in finding.explanation
    assert "less alike" in found(chance.baseline, groups(2.5))[0].explanation
    # Groups that nobody randomised may well differ, and matched ones are alike.
    assert found(chance.baseline, groups(2.5, words="Baseline")) == []
    assert found(chance.baseline, groups(0.02, words="Baseline, matched")) == []


def test_few_variables_say_nothing():
    assert outcomes(chance.baseline, groups(0.02, variables=9)) == ([], set(), {})
