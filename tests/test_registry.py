"""The registry refuses what could not be traced or shown."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_review import registry
from case_review.registry import RegistryError, Result


def test_results_survive_writing_and_reading(tmp_path):
    result = Result(
        "response.median_weeks",
        np.float64(2.0),
        low=1,
        high=float("nan"),
        unit="weeks",
        n=np.int64(25),
        text="2 weeks",
        cell="median",
        inputs={"data/clean/patients.csv": "0" * 64},
    )
    registry.write(tmp_path / "05_response.json", "05_response", {"conf_level": 0.95}, [result])
    (back,) = registry.read(tmp_path / "05_response.json")
    assert (back.value, back.low, back.high, back.n) == (2.0, 1, None, 25)
    assert back.notebook == "05_response"
    document = json.loads((tmp_path / "05_response.json").read_text())
    assert list(document) == ["notebook", "parameters", "results"]
    assert list(document["results"][0]) == [
        "id", "value", "low", "high", "unit", "n", "of", "text", "cell", "inputs",
        "standing", "least", "most", "proved",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("very serious", "very_serious"),
        ("co-trimoxazole", "co_trimoxazole"),
        ("IFN-α 2b", "ifn_alpha_2b"),
        ("Müller", "muller"),
        ("Größe", "grosse"),
        ("Øre  œuvre", "ore_oeuvre"),
        ("ø", "o"),
        ("5 µg/ml", "5_mug_ml"),
        (" (tapered) ", "tapered"),
        ("西罗莫司", "ideograph"),
        ("Staphylococcus aureus bacteraemia", "staphylococcus_aureus_bacteraemia"),
        ("  Ödem (Grad 2) ", "odem_grad_2"),
        ("α-blocker ½", "alpha_blocker_1_2"),
        ("x²", "x2"),
        ("±", "uc2b1"),
        ("+", "u2b"),
        ("", "u"),
    ],
)
def test_any_text_has_an_identifier(text, id):
    found = registry.identifier(text)
    assert found == id or (id == "ideograph" and id in found)
    assert registry.ID_PATTERN.fullmatch(f"treatment.{found}")


@given(st.text())
def test_an_identifier_is_valid_whatever_the_text(text):
    assert registry.ID_PATTERN.fullmatch(f"a.{registry.identifier(text)}")


def test_texts_that_share_an_identifier_are_both_named():
    assert registry.identifiers(["a b", "c"]) == {"a b": "a_b", "c": "c"}
    with pytest.raises(RegistryError, match="'a b' and 'a-b' would both be recorded as a_b"):
        registry.identifiers(["a b", "a-b"])


@pytest.mark.parametrize("bad", ["median", "Response.median", "response..x", "response.x-y", ""])
def test_malformed_ids_are_refused(bad):
    with pytest.raises(RegistryError, match="not a result id"):
        Result(bad, 1, text="1")


def test_a_result_without_text_is_refused():
    with pytest.raises(RegistryError, match="no text"):
        Result("a.b", 1)


@pytest.mark.parametrize("value", [Fraction(1, 3), [1], {"n": 1}, np.array([1, 2])])
def test_a_value_that_no_file_could_hold_is_refused_where_it_is_recorded(value):
    with pytest.raises(RegistryError, match=r"result a\.b: value is .* record a plain number"):
        Result("a.b", value, text="1")


def test_one_id_from_two_notebooks_is_refused(tmp_path):
    for name in ("a", "b"):
        result = Result("x.y", 1, text="1", cell=f"cell-{name}")
        registry.write(tmp_path / f"{name}.json", name, {}, [result])
    with pytest.raises(RegistryError, match=r"x\.y is recorded twice: by a .*cell-a.* by b"):
        registry.load(tmp_path)
