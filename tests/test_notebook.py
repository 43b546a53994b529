"""What a notebook records and shows, run in a real IPython shell without a kernel."""

import json

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from conftest import write_notebook
from IPython.core.interactiveshell import InteractiveShell

from case_review import registry
from case_review.exhibits import Row, Table
from case_review.exhibits.tables import RECONSTRUCTED_NOTE
from case_review.project import STAGE_VARIABLE, sha256


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data" / "clean").mkdir(parents=True)
    (tmp_path / "params.yml").write_text("shared: {}\n")
    patients = tmp_path / "data" / "clean" / "patients.csv"
    patients.write_text("patient_id,sex,provenance\nR01-1,,reconstructed\nR01-2,male,printed\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shell(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def run(shell):
    def run_cell(source):
        outcome = shell.run_cell(source, store_history=True)
        outcome.raise_error()
        return outcome.result

    return run_cell


@pytest.fixture
def staged(project, monkeypatch, run):
    stage = project / "report" / "_build" / "stage"
    monkeypatch.setenv(STAGE_VARIABLE, str(stage))
    write_notebook(project / "notebooks" / "05_response.ipynb", {"seed": 1, "unused": 2})
    run("seed = 3\nfrom case_review.notebook import Notebook\nnb = Notebook('05_response')")
    return stage


def test_the_registry_keeps_the_parameters_as_they_were_given(staged, run):
    run("#| label: one\nnb.record('a.b', 1, '1')")
    kept = json.loads((staged / "results" / "05_response.json").read_text(encoding="utf-8"))
    assert kept["parameters"] == {"seed": 3}


def test_recorded_results_carry_cell_and_inputs(project, staged, run):
    run("frame = nb.read('patients')")
    run("#| label: count-patients\nnb.record('patients.all', 2, '2', unit='patients')")
    (result,) = registry.read(staged / "results" / "05_response.json")
    assert result.cell == "count-patients"
    path = project / "data" / "clean" / "patients.csv"
    assert result.inputs == {"data/clean/patients.csv": sha256(path)}


def test_text_is_text_whatever_it_looks_like(project):
    from case_review.notebook import Notebook

    path = project / "data" / "clean" / "patients.csv"
    path.write_text(
        "patient_id,report_id,symptoms,age_hours,dose_value,provenance\n"
        "007,1,,24,0.5,printed\n7,1,,,,printed\n"
    )
    patients = Notebook("x").read("patients")
    assert list(patients["patient_id"]) == ["007", "7"] and list(patients["report_id"]) == ["1"] * 2
    assert patients["symptoms"].isna().all() and patients["symptoms"].dtype == object
    assert patients["age_hours"].sum() == 24 and patients["dose_value"].sum() == 0.5


def test_a_cell_without_label_cannot_record(staged, run):
    with pytest.raises(registry.RegistryError, match="label"):
        run("nb.record('patients.all', 2, '2')")


def test_an_id_is_recorded_once(staged, run):
    run("#| label: one\nnb.record('patients.all', 2, '2')")
    with pytest.raises(registry.RegistryError, match="already recorded by cell one"):
        run("#| label: two\nnb.record('patients.all', 3, '3')")


def test_a_table_is_markdown_only_and_says_that_rows_are_reconstructed(staged, run):
    run("from case_review.exhibits import Row, Table\nimport pandas as pd")
    make = "nb.table(Table(['A', 'n'], [Row(['x', '1'])], pd.DataFrame({'n': [1]})))"
    plain = run(f"#| label: tbl-before\n{make}")
    assert set(plain._repr_mimebundle_()) == {"text/markdown"}
    assert RECONSTRUCTED_NOTE not in plain.text
    run("nb.read('patients')")
    assert RECONSTRUCTED_NOTE in run(f"#| label: tbl-after\n{make}").text
    assert (staged / "exhibits" / "tbl-after.csv").read_text() == "n\n1\n"


def test_a_figure_is_written_twice_with_identical_bytes(staged, run):
    source = (
        "import matplotlib.pyplot as plt\nfrom case_review.exhibits import style\nstyle.use()\n"
        "f, a = plt.subplots(); a.plot([0, 1], [0, 1], label='x'); a.legend()\n"
        "nb.figure(f, pd.DataFrame({'x': [0, 1]}))"
    )
    run("import pandas as pd")
    first = run(f"#| label: fig-one\n{source}")
    second = run(f"#| label: fig-two\n{source}")
    assert first.svg == second.svg and first.png == second.png
    assert "<text" in first.svg and "<dc:date>" not in first.svg
    assert sorted(p.name for p in (staged / "exhibits").glob("fig-one.*")) == [
        "fig-one.csv", "fig-one.png", "fig-one.svg",
    ]  # fmt: skip


def test_by_hand_nothing_is_written(project, monkeypatch):
    monkeypatch.delenv(STAGE_VARIABLE, raising=False)
    from case_review.notebook import Notebook

    nb = Notebook("05_response")
    nb.read("patients")
    nb.record("a.b", 1, "1")
    nb.record("a.b", 2, "2")  # running a cell again is what people do
    nb.table(Table(["A"], [Row(["x"])], pd.DataFrame()))
    nb.figure(plt.figure(), pd.DataFrame())
    assert not (project / "report").exists()


def test_a_missing_table_says_what_to_run(project):
    from case_review.notebook import Notebook

    with pytest.raises(FileNotFoundError, match=r"data/clean/reports\.csv.*make data"):
        Notebook("x").read("reports")


def test_a_part_of_an_estimate_in_a_table_leads_to_its_result(staged, run):
    run(
        "#| label: tbl-one\nfrom case_review.exhibits import Row, Table\n"
        "from case_review.values import Estimate\n"
        "found = nb.record('a.b', Estimate(2, 1, 10, 'weeks'))\n"
        "nb.table(Table(['A', 'B'], [Row([found.point, found.limits.spelled])]))"
    )
    kept = registry.read_tables(staged / "results" / "05_response.json")["tbl-one"]["cells"]
    assert [cell["result"] for cell in kept] == ["a.b", "a.b"]
