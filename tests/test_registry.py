"""The registry refuses what could not be traced or shown."""

import json
from fractions import Fraction

import numpy as np
import pytest

from case_review import registry, values
from case_review.registry import RegistryError, Result
from case_review.values import Count, Estimate, Number, Text


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
        "id", "value", "low", "high", "unit", "n", "of", "text", "label", "cell",
        "inputs", "standing", "least", "most", "proved",
    ]  # fmt: skip


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


# -- what is known of results ----------------------------------------------------------------------

STANDING = """result_id,standing,value,half,least,middle,most,lower,upper,proved
a.printed,printed,35.7,0.05,,,,,,
a.word,printed,,,,,,,,
a.ratio,varies,,,0.54,1.06,1.98,0.2,9.5,yes
a.found,varies,,,0,2,4,,,no
a.half,varies,,,1,2,3,,12,no
"""


@pytest.fixture
def known(tmp_path):
    (tmp_path / "standing.csv").write_text(STANDING, encoding="utf-8")
    return registry.read_known(tmp_path / "standing.csv")


def test_the_table_of_standings_names_its_columns():
    assert STANDING.split("\n")[0].split(",") == list(registry.STANDING_COLUMNS)


def test_without_a_table_nothing_is_known(tmp_path):
    assert registry.read_known(tmp_path / "standing.csv") == {}


def test_what_varies_has_its_range_limits_and_proof(known):
    ratio = known["a.ratio"].of(Estimate(1.3, 0.6, 2.9, digits=2))
    assert (ratio.prose, ratio.limits.cell) == ("0.54 to 1.98", "0.20–9.50")
    assert ratio.ends() == {"least": 0.54, "most": 1.98, "proved": True}
    found = known["a.found"].of(Count(1, of=60))
    assert found.prose == "0 to 4 of 60" and found.limits_spread is None
    assert found.ends()["proved"] is False
    half = known["a.half"].of(Estimate(2, 1, 9, "weeks"))
    assert half.limits.prose == "not estimable to 12 weeks"


@pytest.mark.parametrize(
    ("value", "is_printed"),
    [(35.7, True), (35.74, True), (35.65, True), (35.75, True), (35.76, False), (36, False)],
)
def test_a_number_is_called_printed_where_it_rounds_to_the_print(known, value, is_printed):
    found = known["a.printed"].of(Number(value, "%"))
    assert (found is not None and found.standing == values.PRINTED) == is_printed


def test_words_are_called_printed_without_a_comparison(known):
    assert known["a.word"].of(Text("severe")).standing == values.PRINTED


def test_a_standing_that_does_not_exist_is_refused():
    with pytest.raises(RegistryError, match=r"result a\.b: standing is 'certain'; .*printed, det"):
        Result("a.b", 1, text="1", standing="certain")


@pytest.mark.parametrize(("standing", "mark"), values.MARKS.items())
def test_a_result_has_the_mark_of_its_standing(standing, mark):
    assert Result("a.b", 1, text="1", standing=standing).mark == mark
