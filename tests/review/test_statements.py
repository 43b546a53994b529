"""The statements of the review: none left out, each with a place and the number given there."""

import json
import re
from unittest import mock

import pandas as pd
import pytest
from conftest import ROOT
from notebook_cells import run_cells

from case_review.analyses import statements
from case_review.data.problems import DataError
from case_review.notebook import Notebook
from case_review.registry import Recorded

FILES = {"keep_default_na": False, "dtype": str}
STATEMENTS = pd.read_csv(ROOT / "data/raw/review_statements.csv", **FILES)
PUBLISHED = pd.read_csv(ROOT / "data/raw/published.csv", **FILES)
CLAIMS = list(PUBLISHED["claim_id"])
MANUSCRIPT = (ROOT / "report/index.qmd").read_text(encoding="utf-8")

#: What the review prints and no notebook computes, read from its pages by hand.
QUOTED = {
    "search_date": "12 November 2014",
    "authors_search": "one author",
    "authors_selection": "2 authors",
    "authors_table": "3 authors",
    "age_limit": "18 years",
    "age_series_1.n": "21",
    "age_series_1.median": "8 years",
    "age_series_1.range": "2 months to 13 years",
    "age_series_2.n": "21",
    "age_series_2.median": "13 months",
    "age_series_2.range": "2 weeks to 3 years",
    "reduction": "20–80%",
    "doses_a_day": "2 doses",
    "bioavailability": "15%",
    "approval_age": "13 years",
    "model_systems": "3",
    "transplant.loading_dose": "3 mg/m²",
    "transplant.maintenance_dose": "1 mg/m²",
    "transplant.combination": "3 months",
    "transplant.initial_level": "4–12 ng/ml",
    "transplant.maintenance_level": "12–20 ng/ml",
}


@pytest.fixture(scope="module")
def quoted():
    return run_cells("09_statements").results


@pytest.fixture(scope="module")
def known(quoted):
    """All results by id, those of other notebooks with their id as text."""
    held = json.loads((ROOT / "expectations/results.json").read_text(encoding="utf-8"))
    ids = {id for entry in held.values() for id in entry["results"]}
    return {id: Recorded(id, None, text=f"<{id}>", cell="x") for id in ids} | quoted


def anchors():
    """The anchors of the manuscript's headings, as pandoc makes them."""
    found = []
    for heading in re.findall(r"^#+ (.+)$", MANUSCRIPT.partition("\n---\n")[2], re.MULTILINE):
        given = re.search(r"\{#([\w-]+)", heading)
        plain = re.sub(r"\s*\{.*\}$", "", heading).lower()
        anchor = given[1] if given else re.sub(r"[^\w.-]", "", plain.replace(" ", "-"))
        found.append(f"{anchor}-{found.count(anchor)}" if anchor in found else anchor)
    return set(found)


def test_what_nothing_recomputes_is_quoted_as_printed(quoted):
    texts = {id.removeprefix("review."): result.text for id, result in quoted.items()}
    assert {id: texts.get(id) for id in QUOTED} == QUOTED
    assert (quoted["review.reduction"].low, quoted["review.reduction"].high) == (20, 80)
    assert quoted["review.transplant.loading_dose"].unit == "mg/m2"


def test_every_printed_number_belongs_to_one_statement_and_every_result_exists(known):
    assert len(statements.checked(STATEMENTS, CLAIMS, known)) > 100


def test_every_place_is_a_heading_of_the_manuscript():
    places = {place.partition("#")[2] for cell in STATEMENTS["place"] for place in cell.split(";")}
    assert len(places) > 8 and places <= anchors(), places - anchors()


def test_a_statement_names_the_results_of_its_printed_numbers():
    computed = dict(zip(PUBLISHED["claim_id"], PUBLISHED["result_id"], strict=True))
    for row in STATEMENTS.to_dict("records"):
        wanted = {computed[claim] for claim in _fitting(row)} - {""}
        assert wanted <= set(statements.parts(row["results"])), row["statement_id"]


def test_a_printed_number_without_a_number_here_says_why():
    for row in STATEMENTS.to_dict("records"):
        if row["claims"] and not row["results"]:
            assert row["note"], row["statement_id"]


def _fitting(row):
    patterns = [re.escape(p).replace(r"\*", ".*") for p in statements.parts(row["claims"])]
    return [claim for claim in CLAIMS if any(re.fullmatch(p, claim) for p in patterns)]


def test_the_manuscript_quotes_what_nothing_recomputes(quoted):
    # The month of the abstract and the readers of full texts stand in the table alone.
    table_only = {"search_month", "authors_full_text", "curves", "severe_symptoms"}
    for id in quoted:
        if id.removeprefix("review.") not in table_only:
            assert f"{{{{< result {id} >}}}}" in MANUSCRIPT, id


@pytest.mark.parametrize(
    "words",
    [
        "mTOR inhibitor, sirolimus, everolimus, temsirolimus and deforolimus",
        "angioma, hemangioma, Kasabach-Merritt, hemangioendothelioma, glomangioma, vascular, "
        "venous, capillary, lymphatic, lymphedema, lymphangioma and arteriovenous",
        "information specialist",
        "third dermatologist",
        "most complete report was kept",
        "first author was contacted",
        "R 2.15.2",
        "pain, trouble with feeding, a limb losing its function, fractures",
        "judged subjectively",
        "platelet counts",
        "withdrawn gradually",
        "propranolol and co-trimoxazole",
        "against *Pneumocystis*",
        "febrile neutropaenia",
        "*Staphylococcus aureus*",
        "influenza, soon followed by bacteraemia",
        "diffuse microcystic lymphatic malformation",
        "no meta-analysis was possible",
        "heterogeneous",
        "doses by weight and age",
    ],
)
def test_the_manuscript_says_what_the_review_reports(words):
    assert words in " ".join(MANUSCRIPT.split())


def test_the_table_shows_statement_place_and_number(known):
    with mock.patch.object(Notebook, "read_results", lambda _: known):
        table = run_cells("10_statement_places").tables["tbl-statements"]
    lines = {row.cells[0]: row.cells for row in table.rows}
    biological = next(cells for text, cells in lines.items() if text.startswith("Biological"))
    assert biological[1:] == ["[Response](#response-to-treatment)", ""]
    clinical = next(cells for text, cells in lines.items() if text.startswith("Clinical criteria:"))
    assert clinical[2] == "20–80%"
    assert lines["Sex: male"][2] == (
        "<characteristics.male.all>; <characteristics.male.publications>; "
        "<characteristics.male.posters>"
    )
    assert len(table.data) == len(STATEMENTS)


def one(**change):
    row = {
        "statement_id": "dose",
        "section": "Results",
        "statement": "The dose was reduced",
        "place": "Safety#safety",
        "results": "safety.dose_reduced",
        "claims": "results.dose_reduced.*",
        "note": "",
    }
    return {**row, **change}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([one(place="")], "row 2, column place: a place such as Safety#safety is missing"),
        ([one(place="Safety")], "row 2, column place: found 'Safety'; expected places"),
        ([one(results="safety.nothing")], "found 'safety.nothing'; no notebook records this"),
        (
            [one(), one(statement_id="other", claims="results.x*")],
            "row 3, column claims: found 'results.x*'; no printed number",
        ),
        ([one(claims="")], "results.dose_reduced.all.n belongs to no statement"),
        (
            [one(), one(statement_id="other", claims="results.*.n")],
            "results.dose_reduced.all.n belongs to dose, other",
        ),
    ],
)
def test_a_statement_that_cannot_be_shown_is_refused(rows, message):
    claims = ["results.dose_reduced.all.n"]
    with pytest.raises(DataError, match=re.escape(message)):
        statements.checked(pd.DataFrame(rows), claims, {"safety.dose_reduced"})


def test_all_printed_numbers_that_are_left_out_are_named():
    claims = ["results.a.all.n", "results.b.all.n"]
    with pytest.raises(DataError) as caught:
        statements.checked(pd.DataFrame([one(claims="")]), claims, {"safety.dose_reduced"})
    assert all(claim in str(caught.value) for claim in claims)


def test_a_place_cannot_smuggle_in_a_link():
    assert statements.links("[x](javascript:y)#safety") == "[x(javascript:y)](#safety)"
