"""A made-up review, and what real data sets have otherwise: each variant builds its notebooks."""

import json

import pytest
from building import make
from made_up_review import VARIANTS, write

pytestmark = pytest.mark.pipeline

#: What does not build yet, and where it stops; whoever mends it takes it out.
YET = {
    "nobody_responded": "05_response: times have no range",
    "empty_group": "05_response: no patient belongs to the group",
    "group_keys_with_blanks": "ids are made of the keys of groups",
    "response_without_time": "05_response: a patient has no time",
    "response_unknown": "05_response: a patient has no time",
    "no_follow_up": "05_response: a patient has no time",
    "outcome_death": "05_response: the words of the outcome",
}


#: Those that `make test` builds; `make nightly` builds all, which takes minutes.
OFTEN = ("base", "own_columns", "own_values", "no_posters", "three_groups")


def marked(variant):
    why = YET.get(variant)
    marks = [pytest.mark.xfail(strict=False, reason=why)] if why else []
    marks += [pytest.mark.nightly] if variant not in OFTEN else []
    return pytest.param(variant, marks=marks)


@pytest.mark.parametrize("variant", map(marked, VARIANTS))
def test_a_variant_builds_its_notebooks(tmp_path, variant):
    root = tmp_path / "made up"
    write(root, variant)
    make(root, "notebooks")
    results = json.loads((root / "report/results/02_characteristics.json").read_text("utf-8"))
    patients = [one for one in results["results"] if one["id"] == "patients.all"]
    assert [one["value"] for one in patients] == [12]
