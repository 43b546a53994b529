"""The README says what is there, on little more than a screen; so do the pages of `docs/`."""

import re
import tomllib

import pytest
from conftest import ROOT
from test_architecture import PATH

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
#: Commands and files are told on pages of their own.
TOLD = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").rglob("*.md"))}
LINKED = re.findall(r"!?\[[^\]]*\]\(([^)#]+)\)", TEXT)
#: Names of files and folders in code spans; a glob or a path that make writes is none.
SPOKEN = re.findall(r"`((?:report|data|notebooks|expectations|tests|case_review)/[\w./-]*)`", TEXT)
GENERATED = ("report/_", "report/results", "report/exhibits")
DOCUMENTS = ["docs/architecture.md", "CONTRIBUTING.md"]
#: What the build makes, or a placeholder.
MADE = ("data/clean/", "report/results/", "report/exhibits/", ".venv/", "notebooks/NN_")


def targets():
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.M))


def test_links_and_pictures_lead_somewhere():
    assert any(name.endswith(".png") for name in LINKED)
    for name in LINKED:
        if not name.startswith("http"):
            assert (ROOT / name).is_file(), name


def test_it_stays_short():
    lines = TEXT.splitlines()
    assert len(lines) <= 75, "tell it on a page of docs/, and link to that"
    assert "\nmake report " in TEXT and "(docs/tutorial.md)" in TEXT


def test_named_files_exist():
    kept = [name for name in SPOKEN if not name.startswith(GENERATED)]
    assert len(kept) > 5
    assert [name for name in kept if not (ROOT / name).exists()] == []


def test_named_targets_exist():
    named = set()
    for path, text in {ROOT / "README.md": TEXT, **TOLD}.items():
        here = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.M))
        assert here <= targets(), path
        named |= here
    assert {"report", "test", "validate", "status", "verify", "quarto-check"} <= named


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", TEXT, re.M)
    reasons = {name.strip(): why for names, why in rows for name in names.split(",")}
    for requirement in project["project"]["dependencies"] + project["dependency-groups"]["test"]:
        name = re.match(r"[\w.-]+", requirement)[0]
        assert reasons.get(name, "").strip(), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_exists(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    named = [span or link for span, link in PATH.findall(text)]
    named = [name for name in named if not name.startswith(MADE) or name == "report/_quarto.yml"]
    assert len(named) > 10
    places = (ROOT, (ROOT / document).parent)
    assert [name for name in named if not any((at / name).exists() for at in places)] == []
