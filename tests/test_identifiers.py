"""Any text of the data becomes a part of an id: valid, readable where it can be, distinct."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_review import registry
from case_review.registry import identifier, identifiers
from case_review.values.identifiers import folded

READABLE = {
    "very serious": "very_serious",
    "co-trimoxazole": "co_trimoxazole",
    "IFN-α 2b": "ifn_alpha_2b",
    "Müller": "muller",
    "Größe": "grosse",
    "Øre  œuvre": "ore_oeuvre",
    "ø": "o",
    "5 µg/ml": "5_mug_ml",
    " (tapered) ": "tapered",
    "西罗莫司": "u897fu7f57u83abu53f8",
    "Staphylococcus aureus bacteraemia": "staphylococcus_aureus_bacteraemia",
    "  Ödem (Grad 2) ": "odem_grad_2",
    "α-blocker ½": "alpha_blocker_1_2",
    "x²": "x2",
    "±": "plus_minus",
    "Götz (2023)": "gotz_2023",
    "IV Ig (0.4 g/kg)": "iv_ig_0_4_g_kg",
    "тошнота": "toshnota",
    "Щёголев": "shchegolev",
    "AST > 3 ULN": "ast_gt_3_uln",
    "AST < 3 ULN": "ast_lt_3_uln",
    "≥ 65 years": "ge_65_years",
    "CD4+": "cd4_plus",
    "fever & chills": "fever_and_chills",
    "fever 🤒": "fever",
    "30.4375": "30_4375",
    "log-log": "log_log",
}


@pytest.mark.parametrize("text", READABLE)
def test_what_can_be_read_is_kept(text):
    assert identifier(text) == READABLE[text]


@pytest.mark.parametrize("text", ["", "🤒", "…", "？", "\u0301"])
def test_where_nothing_is_left_a_digest_stands(text):
    assert len(identifier(text)) == 9 and identifier(text) == identifier(text)


@given(st.text())
def test_an_identifier_is_valid_whatever_the_text(text):
    assert registry.ID_PATTERN.fullmatch(f"a.{identifier(text)}")
    assert len(identifier(text)) <= 64
    assert registry.Result(f"treatment.cotreatment.{identifier(text)}", 1, text="1", standing="")


@given(st.lists(st.text(alphabet="ab -(/é🤒", max_size=4), max_size=6), st.randoms())
def test_names_are_told_apart_in_whatever_order_they_come(texts, random):
    found = identifiers(texts)
    names = {folded(text): id for text, id in found.items()}
    assert len(set(found.values())) == len(names) == len(set(names.values()))
    assert set(found) == set(texts)
    mixed = random.sample(texts, len(texts))
    assert identifiers(mixed) == found


def test_who_reads_as_the_identifier_keeps_it():
    found = identifiers(["a-b", "a b", "c", "A  b", "Götz (2023)"])
    assert found["a b"] == found["A  b"] == "a_b" and found["c"] == "c"
    assert found["a-b"].startswith("a_b_") and found["a-b"] != "a_b"
    assert found["Götz (2023)"] == "gotz_2023"


def test_an_identifier_that_means_something_else_is_not_given():
    assert identifiers(["range"], taken=["range"])["range"].startswith("range_")


def test_a_long_text_is_cut_and_told_from_its_like():
    one, two = identifier("x" * 90), identifier("x" * 91)
    assert one != two and one[:50] == two[:50] == "x" * 50
