"""A new review: made from answers, it holds nothing of this one, and builds at once."""

import csv
import json
import re
import subprocess
import sys

import pytest
from building import ROOT, make, parsed, surroundings
from ruamel.yaml import YAML

from case_review.living import starting
from case_review.living.scenarios import declared
from case_review.project import Project

pytestmark = pytest.mark.pipeline
#: Words of this review that no file of another may hold, outside the package's own examples.
OURS = re.compile(r"Nadal|vascular|haemangio|lymphatic malf|malformation", re.IGNORECASE)
#: Answers of a review of one drug, of which little is reported.
BARE = {"title": "Thalidomide: a \"first\" look", "exposures": "thalidomide", "groups": "none",
        "blocks": "sex", "doses": False, "adverse_events": False}  # fmt: skip
#: Those of a review that has everything, and three groups.
FULL = {"exposures": "Zinc, zinc with copper, diet", "levels": True, "posters": True,
        "blocks": "sex, age, diagnosis, symptoms"}  # fmt: skip
#: Those of a review whose outcome is no response, and whose groups have numbers in their names.
DEATH = {"exposures": "immunoglobulin", "groups": "IV Ig (0.4 g/kg), no Ig", "event": "death",
         "past": "died", "time_unit": "days", "blocks": "sex"}  # fmt: skip


def new(template, folder, answers):
    starting.start(template, folder, answers, ask=False)
    return folder


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def tracked(root):
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True)
    return listed.stdout.split()


@pytest.mark.parametrize("answers", [BARE, FULL, DEATH], ids=["bare", "full", "death"])
def test_a_new_review_builds_and_passes_its_tests(template, tmp_path, answers):
    root = new(template, tmp_path / "a new réview", answers)
    assert "report/_site: the report is ready" in make(root, "report", "FORMATS=html")
    status = subprocess.run(["git", "status", "--short"], cwd=root, capture_output=True, text=True)
    assert status.stdout == ""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/review"],
        cwd=root, env=surroundings(PYTHONPATH=str(root)), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    noun = answers.get("event", "response")
    assert rows(root / "data/raw/patients.csv")[0][f"{noun}_time_value"]
    assert f"time to {noun}" in parsed(root / "report/_site/index.html").main.get_text(" ").lower()


def test_a_new_review_holds_nothing_of_this_one(template, tmp_path):
    root = new(template, tmp_path / "new", BARE)
    own = [name for name in tracked(root) if name.split("/")[0] in ("data", "report", "tests")]
    own += ["params.yml", "scenarios.yml", "README.md", "CITATION.cff", "CHANGELOG.md"]
    own.remove("report/terms.yml")  # which lists what must not be shown
    texts = {name: (root / name).read_text(encoding="utf-8") for name in own}
    found = {name: OURS.findall(text) for name, text in texts.items() if OURS.search(text)}
    assert found == {}
    params = YAML(typ="safe").load(texts["params.yml"])
    assert params["shared"]["groups"] == {}
    blocks = params["characteristics"]["blocks"] + params["treatment"]["blocks"]
    assert [block["id"] for block in blocks] == ["sex", "drug"]
    assert not (root / "notebooks/04_safety.ipynb").exists()
    assert "dverse" not in texts["report/index.qmd"]
    assert all(row["dose_value"] == "" for row in rows(root / "data/raw/patients.csv"))


@pytest.mark.parametrize("answers", [BARE, DEATH], ids=["bare", "death"])
def test_a_new_review_has_scenarios_of_its_own(template, tmp_path, answers):
    root = new(template, tmp_path / "new", answers)
    found = declared.read(Project(root))
    assert len(found.scenarios) == 14 and len(found.outcomes) == 2 + (answers is DEATH)


def test_the_cells_of_parameters_hold_what_the_choices_say(template, tmp_path):
    root = new(template, tmp_path / "new", FULL)
    groups = YAML(typ="safe").load((root / "params.yml").read_text("utf-8"))["shared"]["groups"]
    assert list(groups) == ["Zinc", "zinc with copper", "diet"]
    for path in (root / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        cells = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
        values = {}
        exec("".join(cells[0]["source"]) if cells else "", values)
        assert values.get("groups", groups) == groups


def test_a_later_version_is_brought_in_and_leaves_what_is_the_reviews_own(template, tmp_path):
    root = new(template, tmp_path / "new", {})
    text = root / "report" / "index.qmd"
    text.write_text(text.read_text("utf-8").replace("To be written.", "Written."), "utf-8")
    starting.commit(root)
    changed = template.root / "case_review" / "later.py"
    changed.write_text('"""A later module."""\n', encoding="utf-8")
    starting.commit(template.root)
    words = ["-m", "copier", "update", "--defaults", "--quiet", "--vcs-ref", "HEAD"]
    done = subprocess.run([sys.executable, *words], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (root / "case_review" / "later.py").is_file()
    assert "Written." in text.read_text("utf-8")


def test_a_folder_that_holds_something_is_refused(template, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    done = run("new", str(tmp_path), "--defaults")
    assert done.returncode == 1 and "is there already" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_impossible_answer_is_refused_by_name(template, tmp_path):
    with pytest.raises(starting.ReviewError, match="blocks"):
        new(template, tmp_path / "new", {"blocks": "weather"})


def run(*words):
    """The command line of the project under test."""
    return subprocess.run(
        [sys.executable, "-m", "case_review", *words], cwd=ROOT, capture_output=True, text=True
    )
