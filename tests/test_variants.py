"""A made-up review, and what real data sets have otherwise: each variant builds its notebooks."""

import json

import pytest
from building import make
from made_up_review import VARIANTS, write

pytestmark = pytest.mark.pipeline


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_builds_its_notebooks(tmp_path, variant):
    root = tmp_path / "made up"
    write(root, variant)
    make(root, "notebooks")
    results = json.loads((root / "report/results/02_characteristics.json").read_text("utf-8"))
    patients = [one for one in results["results"] if one["id"] == "patients.all"]
    assert [one["value"] for one in patients] == [12]
