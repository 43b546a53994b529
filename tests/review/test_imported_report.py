"""From the messy example sheet to a report: the same one as from the tables that it holds."""

import shutil

import pytest
from building import ROOT, content, copy_sources, make
from made_up_review import MANUSCRIPT, WITHOUT
from ruamel.yaml import YAML

pytestmark = pytest.mark.pipeline

MESSY = ROOT / "examples" / "messy"
TABLES = ("patients", "reports", "adverse_events", "posters")
#: Raw tables of this review that a review with other reports has not.
OURS = ("published", "published_checks", "audit_questions", "later_evidence", "screening")
WEIGHT = {"type": "number", "unit": "kg", "highest": 300, "meaning": "Weight at start."}
#: Made from what the columns hold, for a poster that counts nothing but sex leaves the rest open.
BLOCKS = [
    {"id": name, "heading": name.capitalize(), "variable": name}
    for name in ("sex", "diagnosis", "weight_kg")
]


def start(root):
    """A copy of this project without what belongs to its printed review."""
    copy_sources(root)
    shutil.rmtree(root / "tests")
    for name in WITHOUT:
        (root / "notebooks" / f"{name}.ipynb").unlink()
    for name in (*TABLES, *OURS):
        path = root / "data" / "raw" / f"{name}.csv"
        path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    params = YAML().load((root / "params.yml").read_text("utf-8"))
    params["cleaning"]["columns"]["weight_kg"] = WEIGHT
    params["characteristics"] |= {"blocks": BLOCKS, "flow": [], "flow_included": None}
    params["treatment"]["blocks"] = [{"id": "drug", "heading": "Drug", "variable": "drug"}]
    with (root / "params.yml").open("w", encoding="utf-8") as stream:
        YAML().dump(params, stream)
    make(root, "expectations")
    (root / "report" / "index.qmd").write_text(MANUSCRIPT, "utf-8")
    (root / "expectations" / "results.json").unlink()
    (root / "expectations" / "reproduced.json").unlink()


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    root = tmp_path_factory.mktemp("sheet") / "review"
    start(root)
    shutil.copy(MESSY / "messy.xlsx", root)
    make(root, "import", "FILE=messy.xlsx", expect=2)  # which drafts a mapping, with questions
    assert "?" in (root / "data/import/mapping.yml").read_text("utf-8")
    shutil.copy(MESSY / "mapping.yml", root / "data" / "import" / "mapping.yml")
    make(root, "import", "FILE=messy.xlsx", "REPLACE=1")
    make(root, "report", "FORMATS=html")
    return root


def test_the_report_of_a_sheet_is_that_of_its_tables(imported, tmp_path):
    root = tmp_path / "review"
    start(root)
    for name in TABLES:
        shutil.copy(MESSY / f"{name}.csv", root / "data" / "raw")
    make(root, "report", "FORMATS=html")
    folders = ("data/raw", "data/clean", "report/results", "report/exhibits", "report/_site")
    made, expected = (content(one, folders) for one in (imported, root))
    assert len(made) > 50
    assert made == expected


def test_the_suites_hold_for_what_was_imported(imported):
    assert "expectations met" in make(imported, "validate")
