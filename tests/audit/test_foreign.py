"""Words of another review, and the claim that rows are reconstructed, stop the report."""

import json

import pytest

from case_review.audit import foreign
from case_review.errors import ReviewError
from case_review.project import Project

CELLS = [
    {"cell_type": "markdown", "id": "intro", "source": ["On sirolimus-like drugs."]},
    {
        "cell_type": "code",
        "id": "x",
        "source": ["#| label: tbl-one\n", '#| tbl-cap: "Vascular Tumours."\n', "sirolimus = 1"],
        "outputs": [{"data": {"text/markdown": "| a |\n\nReconstructed rows.\n"}}],
    },
    {
        "cell_type": "code",
        "id": "y",
        "source": ["#| label: fig-two\n", '#| fig-alt: "Rows that were reconstructed."'],
        "outputs": [{"data": {"image/svg+xml": "<svg><text>mTOR<tspan>s</tspan></text></svg>"}}],
    },
]


@pytest.fixture
def project(tmp_path):
    """A project of which one notebook has run; its manuscript embeds one of the two exhibits."""
    for folder in ("report/_executed", "data/clean"):
        (tmp_path / folder).mkdir(parents=True)
    text = "A text.\n\nOf sirolimus.\n\n{{< embed _executed/02_a.ipynb#tbl-one >}}\n"
    (tmp_path / "report/index.qmd").write_text(text, encoding="utf-8")
    (tmp_path / "report/_executed/02_a.ipynb").write_text(json.dumps({"cells": CELLS}), "utf-8")
    return Project(tmp_path)


def rows(project, *provenance):
    lines = ["patient_id,provenance", *(f"1,{one}" for one in provenance)]
    (project.clean / "patients.csv").write_text("\n".join(lines), encoding="utf-8")


def test_without_a_list_and_with_reconstructed_rows_nothing_is_foreign(project):
    rows(project, "reconstructed", "extracted")
    assert foreign.check(project) == []


def test_a_listed_word_is_found_wherever_readers_see_it(project):
    (project.report / "terms.yml").write_text("- sirolimus\n- vascular tumours\n- mTORs\n", "utf-8")
    found = [text.split(": found")[0] for text in foreign.check(project)]
    assert found == [
        "report/index.qmd, line 3",
        "notebooks/02_a.ipynb, cell intro, text",
        "notebooks/02_a.ipynb, cell tbl-one, tbl-cap",
        "notebooks/02_a.ipynb, cell fig-two, figure",
    ]


def test_a_word_that_the_reviews_own_choices_have_is_its_own(project):
    (project.report / "terms.yml").write_text("- Sirolimus\n- vascular tumours\n", "utf-8")
    (project.root / "params.yml").write_text(
        "cleaning: {diagnoses: {vascular tumours: {}}}\nshared: {words: {exposures: [sirolimus]}}\n"
    )
    assert foreign.check(project) == []


def test_a_word_within_another_is_not_the_word(project):
    (project.report / "terms.yml").write_text("- siro\n- tumour\n- TOR\n", encoding="utf-8")
    assert foreign.check(project) == []


def test_an_exhibit_of_extracted_rows_is_not_called_reconstructed(project):
    rows(project, "extracted", "extracted")
    (found,) = foreign.check(project)
    assert found.startswith("notebooks/02_a.ipynb, cell tbl-one, table: found 'Reconstructed'")
    rows(project, "extracted", "reconstructed")
    assert foreign.check(project) == []


@pytest.mark.parametrize("text", ["sirolimus", "- 1", "- a: b", "- ''"])
def test_a_list_that_is_none_is_refused(project, text):
    (project.report / "terms.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ReviewError, match=r"report/terms\.yml: expected a list of words"):
        foreign.check(project)


def test_the_words_of_a_review_are_those_of_its_parameters():
    words = {"exposure": "mTOR inhibitors", "exposures": ["sirolimus"], "condition": "anomalies"}
    params = {
        "shared": {"words": words, "groups": {"a": "Tumours"}},
        "cleaning": {"diagnoses": {"haemangioma": {}}},
    }
    assert foreign.terms(params) == [
        "mTOR inhibitors", "sirolimus", "anomalies", "Tumours", "haemangioma",
    ]  # fmt: skip
