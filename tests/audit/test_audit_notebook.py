"""06_audit with other groups than the two that the review compares, and what its tables hold."""

import json
import re
import shutil

import pytest

from case_review import registry
from case_review.build import runner
from case_review.project import Project

#: Entries of `shared` in params.yml: none, one and three groups.
OTHERS = {
    "none": "{}",
    "one": "{tumour: Vascular tumours}",
    "three": "{a: First, b: Second, c: Third}\n  group_by: sex",
}


@pytest.fixture(scope="module")
def document(built_report):
    return json.loads((built_report.results / "06_audit.json").read_text(encoding="utf-8"))


def test_the_tables_lead_to_what_was_recorded(document):
    results = {result["id"]: result for result in document["results"]}
    tables = document["tables"]
    last = max(cell["row"] for cell in tables["tbl-reproduction"]["cells"])
    total = {c["column"]: c for c in tables["tbl-reproduction"]["cells"] if c["row"] == last}
    assert total[1]["result"] == "audit.printed"
    assert [total[column]["result"] for column in (2, 3, 4)] == [
        "audit.reproduced", "audit.differs", "audit.not_computable",
    ]  # fmt: skip
    assert sum(total[column]["value"] for column in (2, 3, 4)) == total[1]["value"]
    for column in (1, 2, 3, 4):
        cells = [c["value"] for c in tables["tbl-reproduction"]["cells"] if c["column"] == column]
        assert sum(cells) == 2 * total[column]["value"]
    for label, prefix in (
        ("tbl-bounds", "audit.bounds."),
        ("tbl-consistent-curves", "audit.curves."),
    ):
        shown = {c["result"] for c in tables[label]["cells"] if c["result"]}
        known = {id for id in results if id.startswith(prefix)} - {"audit.curves.sets"}
        assert shown == known
    differing = tables["tbl-reproduction-differences"]["cells"]
    assert len({c["row"] for c in differing}) >= total[3]["value"]


@pytest.mark.pipeline
@pytest.mark.parametrize("number", OTHERS)
def test_without_two_groups_there_is_no_comparison(built_report, tmp_path, number, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(built_report.root, tmp_path / "p")
    project = Project(tmp_path / "p")
    path = project.root / "params.yml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"  group_by: .*\n", "", text) if number == "three" else text
    text = re.sub(r"  groups:.*\n(    .*\n)+", f"  groups: {OTHERS[number]}\n", text, count=1)
    path.write_text(text, encoding="utf-8")
    runner.run(project, "06_audit")
    ids = {result.id for result in registry.read(project.results / "06_audit.json")}
    assert "audit.reproduced" in ids and not any(id.startswith("audit.curves") for id in ids)
    executed = (project.executed / "06_audit.ipynb").read_text(encoding="utf-8")
    assert executed.count("no comparison") >= 2
