"""Whatever a review calls its drugs, events and reports: results have it, or validation says no."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from case_review import registry
from case_review.data import names, reading

#: As reading leaves a cell: printable, without blanks around it, and no spelling of missing.
CELLS = st.text(
    alphabet=st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30
).map(str.strip)
PLACES = (("patients", "cotreatments"), ("patients", "drug"), ("reports", "report_id"))
ODD = ["Götz (2023)", "IV Ig (0.4 g/kg)", "тошнота", "AST > 3 ULN", "🤒", "'", '"', "a|b", "*",
       "<b>&amp;", "vitamin NaN", "NA", "inf", "{{< x >}}", "`", "a. b", "\\", "%s",
       "=1+1"]  # fmt: skip


@pytest.fixture(scope="module")
def whole(made_up):
    return reading.read(made_up.raw)


def with_cell(whole, table, column, value):
    tables = dict(whole.tables)
    tables[table] = tables[table].copy()
    tables[table].loc[2, column] = value
    return reading.Raw(tables)


def recordable(texts, section):
    """That each text has a result of its own, which may say what it is called."""
    found = registry.identifiers(texts)
    assert len(set(found.values())) == len({names.folded(text) for text in found})
    for text, id in found.items():
        registry.Result(f"{section}.{id}", 1, text=text, label=text)


@pytest.mark.parametrize(("table", "column"), PLACES)
@settings(max_examples=40, deadline=None)
@given(value=CELLS)
def test_any_name_is_recordable_or_told(whole, table, column, value):
    holds(whole, table, column, value)


@pytest.mark.parametrize(("table", "column"), PLACES)
@pytest.mark.parametrize("value", ODD)
def test_odd_names_are_recordable_or_told(whole, table, column, value):
    holds(whole, table, column, value)


def holds(whole, table, column, value):
    raw = with_cell(whole, table, column, value)
    if names.problems(raw):
        return
    texts = [text for text in raw.tables[table][column].unique() if text]
    if column == "cotreatments":
        texts = [name for text in names.lists(raw)[0][table].unique() for name in text.split(";")]
    recordable([text for text in texts if text], f"treatment.{column}")


@settings(max_examples=100)
@given(st.lists(CELLS.filter(bool), max_size=5))
@example(ODD[:6])
def test_any_events_are_recordable(events):
    found = registry.identifiers(["mouth sores", "Mouth  sores", "mouth-sores", *events])
    assert found["mouth sores"] == found["Mouth  sores"] == "mouth_sores" != found["mouth-sores"]
    for id in found.values():
        registry.Result(f"safety.reported.{id}", 1, text="1")
