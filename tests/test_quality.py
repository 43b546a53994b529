"""The data-quality page lists every expectation and hides nothing that failed."""

import json

from case_review import quality
from case_review.project import Project


def outcome(suite, success=True, observed="0 of 25 rows unexpected"):
    return {
        "suite": suite, "table": "patients", "column": "sex", "description": "sex is a|b",
        "success": success, "observed": observed, "unexpected": [],
    }  # fmt: skip


def test_without_checked_data_there_is_no_page(tmp_path):
    assert quality.markdown(Project(tmp_path)) == ""


def test_every_expectation_is_listed_with_its_outcome(tmp_path):
    project = Project(tmp_path)
    path = project.build / "quality" / "expectations.json"
    path.parent.mkdir(parents=True)
    found = {"raw": [outcome("patients_raw"), outcome("patients_raw", False, "1 of 25")]}
    path.write_text(json.dumps(found | {"clean": [outcome("patients_clean")]}))
    text = quality.markdown(project)
    assert "# Raw data: 1 of 2 expectations met" in text
    assert "# Clean data: 1 of 1 expectations met" in text
    assert r"| sex is a\|b | no | 1 of 25 |" in text
    assert "{#patients_raw}" in text and "{#patients_clean}" in text
