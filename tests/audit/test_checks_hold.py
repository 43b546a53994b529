"""No print, however odd, breaks a check: each says something of it or nothing."""

import pytest
from audit_claims import claims
from hypothesis import given
from hypothesis import strategies as st

from case_review.audit.checks import run
from case_review.audit.findings import Checked, Finding, Unchecked

MEASURES = (
    "n", "denominator", "pct", "mean", "sd", "se", "median", "q1", "q3", "min", "max", "low",
    "high", "level", "hr", "or", "rr", "t", "F", "chi2", "z", "r", "df", "df1", "df2", "p", "items",
    "sided", "at_risk", "time", "value",
)  # fmt: skip
PRINTS = st.one_of(
    st.integers(-3, 12).map(str),
    st.integers(0, 10**9).map(str),
    st.decimals(-5, 200, places=2).map(str),
    st.decimals(-2, 2, places=6).map(str),
    st.sampled_from(
        ["0", "0.0", "0.00", "1", "1.0", "<0.001", ">0.999", "~5", "ns", "p = .05", "none", ""]
    ),
    st.sampled_from(["100", "100.0", "999999999.9", "−0.5", "31 (36.9%)", "5*", "0.5%"]),
)
PLACES = st.sampled_from(["t1.x", "t1.y", "t1.x.one", "t1.x.two", "t1.total", "t2.x"])
IDS = st.builds(
    lambda place, population, measure: f"{place}.{population}.{measure}",
    PLACES, st.sampled_from(["a", "b", "c", "all"]), st.sampled_from(MEASURES),
)  # fmt: skip
WORDS = st.sampled_from(["A number", "Binary", "Survival", "Odds ratio (95% CI)", "Baseline"])


@given(st.dictionaries(IDS, PRINTS, min_size=1, max_size=40), WORDS, st.booleans())
def test_odd_prints_break_nothing(prints, words, limits):
    prints = {key: text for key, text in prints.items() if text}
    value = dict.fromkeys(prints, "")
    kinds = dict.fromkeys(["low", "high"], "limit") if limits else {}
    plain = dict.fromkeys(["n", "denominator", "pct"], "level")
    said = dict.fromkeys(prints, words)
    some = claims(prints, kind=plain | kinds, value=value, statement=said)
    for _, one in run(some):
        assert isinstance(one, Finding | Checked | Unchecked)
        if isinstance(one, Finding):
            assert one.claim_id in some and all(other in some for other in one.others)
            assert one.explanation[0].isupper() or one.explanation[0].isdigit()
            assert one.explanation.endswith(".") and "nan" not in one.explanation.lower().split()


@pytest.mark.parametrize(
    "prints",
    [
        {"t.x.all.t": "2.0", "t.x.all.df": "0", "t.x.all.p": "0.05"},
        {"t.x.all.t": "2.0", "t.x.all.df": "0.3", "t.x.all.p": "0.05"},
        {"t.x.all.z": "2.0", "t.x.all.sided": "12", "t.x.all.p": "0.5"},
        {"t.x.all.chi2": "-1", "t.x.all.df": "2", "t.x.all.p": "0.5"},
        {"t.x.all.mean": "5.31", "t.x.all.sd": "1.3", "t.x.all.n": "-4", "t.x.all.se": "0.2"},
        {"t.x.all.mean": "5", "t.x.all.sd": "0.000", "t.x.all.n": "999999999", "t.x.all.min": "1",
         "t.x.all.max": "9"},
        {"t.x.a.n": "15", "t.x.a.denominator": "15", "t.x.b.n": "9", "t.x.b.denominator": "9",
         "t.x.all.or": "2.0"},
        {"t.x.a.n": "-1", "t.x.a.denominator": "15", "t.x.b.n": "9", "t.x.b.denominator": "9",
         "t.x.all.p": "0.5"},
        {"t.x.one.all.time": "1", "t.x.one.all.pct": "5", "t.x.two.all.time": "2",
         "t.x.two.all.pct": "-5"},
        {"t.x.all.items": "0", "t.x.all.mean": "5.31", "t.x.all.n": "7"},
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_left_alone(prints):
    kinds = dict.fromkeys(["n", "denominator", "pct"], "level")
    list(run(claims(prints, kind=kinds, value=dict.fromkeys(prints, ""))))
