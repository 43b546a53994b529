"""P-values beside means alone: what any usual test may give, and what none gives."""

import pytest
from audit_claims import claims, outcomes

from case_review.audit.checks.bare_means import p_values
from case_review.audit.findings import NOTE

#: Welch's t of these is 3.16, p = 0.0026 (R: tsum.test).
ROW = {
    "t.x.a.mean": "10.0", "t.x.a.sd": "2.0", "t.x.a.n": "30", "t.x.b.mean": "11.8",
    "t.x.b.sd": "2.4", "t.x.b.n": "30",
}  # fmt: skip


@pytest.mark.parametrize("p", ["0.002", "0.01", "0.04", "<0.001", "<0.05", "ns"])
def test_p_values_that_some_test_may_give_agree(p):
    findings, agreed, _ = outcomes(p_values, claims(ROW | {"t.x.all.p": p}))
    assert findings == [] and "t.x.all.p" in agreed


@pytest.mark.parametrize("p", ["0.52", "0.9", "<0.00000000000001"])
def test_p_values_far_from_the_means_are_a_note(p):
    finding = outcomes(p_values, claims(ROW | {"t.x.all.p": p}))[0][0]
    assert (finding.kind, finding.severity) == ("p-value", NOTE)
    assert finding.expected == "0.0012 to 0.0068"


def test_three_groups():
    row = ROW | {"t.x.c.mean": "10.9", "t.x.c.sd": "2.2", "t.x.c.n": "30"}
    assert outcomes(p_values, claims(row | {"t.x.all.p": "0.01"}))[0] == []
    assert outcomes(p_values, claims(row | {"t.x.all.p": "0.95"}))[0]


def test_other_tests_sizes_of_the_whole_and_estimates_are_left_alone():
    row = ROW | {"t.x.all.p": "0.90"}
    words = {"statement": {"p": "Mann–Whitney"}}
    assert outcomes(p_values, claims(row, **words)) == ([], set(), {})
    assert outcomes(p_values, claims(row | {"t.x.all.t": "0.1"})) == ([], set(), {})
    totals = {"t.total.a.n": "30", "t.total.b.n": "30"}
    bare = {key: text for key, text in row.items() if not key.endswith(".n")}
    assert outcomes(p_values, claims(bare | totals)) == ([], set(), {})
