"""The reconstructed rows: everything printed holds, a seed decides, real data are left alone."""

import shutil

import pandas as pd
import pytest
from conftest import ROOT

from case_review import reconstruction
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.reconstruction import checks, specification

RAW = ROOT / "data" / "raw"
TABLES = ("reports", "patients", "posters", "adverse_events")


@pytest.fixture(scope="module", params=[20141112, 7])
def found(request):
    return reconstruction.reconstruct(RAW, request.param, 30.4375)


def test_every_printed_number_holds(found):
    margins = checks.margins(specification.read(RAW), found, 30.4375)
    checks.refuse_differing(margins)
    with pytest.raises(ReviewError, match=r"printed as 12, the reconstructed rows .* have 11"):
        checks.refuse_differing(margins.assign(printed="12", found="11").head(1))
    differing = margins[margins["printed"] != margins["found"]]
    assert len(margins) > 75 and differing.empty, differing.to_string()


def test_sizes_and_provenance(found):
    assert [len(found[name]) for name in ("reports", "patients")] == [23, 25]
    assert found["reports"].groupby("kind")["n_patients"].sum().to_dict() == {
        "publication": 25, "poster": 59,
    }  # fmt: skip
    for table in found.values():
        assert set(table["provenance"]) == {"reconstructed"}


def test_the_patient_who_stopped_is_as_the_text_says(found):
    events = found["adverse_events"]
    (stopped,) = events[events["action"] == "stopped"].to_dict("records")
    assert stopped["event"] == "mucositis"
    patients = found["patients"].set_index("patient_id")
    patient = patients.loc[stopped["patient_id"]]
    assert (patient["diagnosis"], patient["dose_value"]) == ("lymphatic malformation", 1.6)
    assert patient["treatment_status"] == "stopped"


def test_a_biological_criterion_goes_with_very_serious_symptoms_only(found):
    patients = found["patients"]
    biological = patients[patients["response_criterion"] == "biological"]
    assert len(biological) and set(biological["symptoms"]) <= {"very serious", ""}
    assert set(biological["diagnosis"].str[:10]) == {"kaposiform"}


def test_the_patient_on_everolimus_has_no_sirolimus_dose(found):
    (patient,) = found["patients"].query("drug == 'everolimus'").to_dict("records")
    assert patient["dose_value"] == "" and patient["level_low_ng_ml"] == ""


def test_committed_rows_are_those_of_the_committed_seed():
    found = reconstruction.reconstruct(RAW, 20141112, 30.4375)
    for name in TABLES:
        text = found[name].to_csv(index=False, lineterminator="\n")
        assert (RAW / f"{name}.csv").read_text(encoding="utf-8") == text


def test_another_seed_gives_another_data_set():
    one, other = (reconstruction.reconstruct(RAW, seed, 30.4375) for seed in (7, 8))
    assert not one["patients"].equals(other["patients"])
    assert not one["reports"]["n_patients"].equals(other["reports"]["n_patients"])


def test_contradictions_are_listed_with_what_is_kept():
    listed = reconstruction.contradictions(RAW).set_index("claim_id")
    assert listed.loc["results.symptoms.all.n", ["printed", "parts"]].tolist() == [44, 43]
    assert listed.loc["results.duration_reported.all.n", ["printed", "parts"]].tolist() == [14, 12]


def copy(tmp_path) -> Project:
    shutil.copytree(RAW, tmp_path / "data" / "raw")
    return Project(tmp_path)


def test_numbers_that_cannot_hold_are_refused(tmp_path):
    project = copy(tmp_path)
    path = project.raw / "published.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[table["claim_id"] == "table1.sex.male.posters.n", "value"] = "20"
    table.to_csv(path, index=False)
    with pytest.raises(ReviewError, match="no data set agrees"):
        reconstruction.reconstruct(project.raw, 7, 30.4375)


def test_a_real_extraction_is_never_overwritten(tmp_path, found, monkeypatch):
    monkeypatch.delenv("CASE_REVIEW_STAGE", raising=False)
    project = copy(tmp_path)
    path = project.raw / "patients.csv"
    path.write_text(path.read_text().replace("reconstructed", "extracted", 1))
    before = {p.name: p.read_bytes() for p in project.raw.iterdir()}
    with pytest.raises(ReviewError, match=r"patients\.csv holds rows that are not reconstructed"):
        reconstruction.save(found, project)
    assert {p.name: p.read_bytes() for p in project.raw.iterdir()} == before
