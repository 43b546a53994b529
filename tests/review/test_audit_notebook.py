"""06_audit: what its tables hold, and that no drawn set decides what it finds."""

import json
import shutil

import pytest

from case_review import reconstruction, registry
from case_review.build import dependencies, runner
from case_review.project import Project

VERDICTS = ("confirmed", "bound", "recomputed", "differs", "not_computable")


@pytest.fixture(scope="module")
def document(built_report):
    return json.loads((built_report.results / "06_audit.json").read_text(encoding="utf-8"))


def test_the_tables_lead_to_what_was_recorded(document):
    results = {result["id"]: result for result in document["results"]}
    tables = document["tables"]
    last = max(cell["row"] for cell in tables["tbl-reproduction"]["cells"])
    total = {c["column"]: c for c in tables["tbl-reproduction"]["cells"] if c["row"] == last}
    assert total[1]["result"] == "audit.printed"
    columns = range(2, 7)
    assert [total[column]["result"] for column in columns] == [f"audit.{v}" for v in VERDICTS]
    assert sum(total[column]["value"] for column in columns) == total[1]["value"] == 331
    for column in (1, *columns):
        cells = [c["value"] for c in tables["tbl-reproduction"]["cells"] if c["column"] == column]
        assert sum(cells) == 2 * total[column]["value"]
    shown = {c["result"] for c in tables["tbl-bounds"]["cells"] if c["result"]}
    assert shown == {id for id in results if id.startswith("audit.bounds.")}
    differing = tables["tbl-reproduction-differences"]["cells"]
    assert len({c["row"] for c in differing}) >= total[5]["value"]


def test_the_print_decides_what_the_audit_finds(document):
    results = {result["id"]: result for result in document["results"]}
    asked = results.pop("audit.bounds_asked")  # how many questions were asked was chosen
    assert asked["standing"] == "method"
    assert {result["standing"] for result in results.values()} == {"determined"}
    for label, table in document["tables"].items():
        assert {cell["standing"] for cell in table["cells"]} <= {"printed", "determined"}, label
    # A printed number is quoted, whatever is computed beside it.
    quoted = [c for c in document["tables"]["tbl-findings"]["cells"] if c["column"] == 2]
    assert {cell["standing"] for cell in quoted} == {"printed"}
    # With reconstructed rows hardly anything is left to recompute.
    assert results["audit.recomputed"]["value"] <= 2 < results["audit.bound"]["value"]


@pytest.mark.nightly
@pytest.mark.pipeline
def test_another_drawn_set_has_the_same_verdicts(built_report, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(built_report.root, tmp_path / "p")
    project = Project(tmp_path / "p")
    before = project.raw.joinpath("patients.csv").read_bytes()
    reconstruction.main(project, 7)
    assert project.raw.joinpath("patients.csv").read_bytes() != before
    for name in dependencies.notebook_names(project):
        # The sets of the reconstruction are drawn from the seed of params.yml.
        if dependencies.CLEANING <= name <= "06_audit":
            runner.run(project, name)
    was, now = (
        {r.id: (r.value, r.low, r.high, r.n, r.of, r.text) for r in registry.read(path)}
        for path in (p.results / "06_audit.json" for p in (built_report, project))
    )
    assert was == now
    for name in ("tbl-reproduction", "tbl-reproduction-differences", "tbl-findings"):
        one, two = ((p.exhibits / f"{name}.csv").read_bytes() for p in (built_report, project))
        assert one == two
