"""The release archive: complete, deterministic, and honest about what made what."""

import json
import shutil
import subprocess
import zipfile

import nbformat
import pytest
from building import copy_sources, make, note_made
from rebuild import compare

from case_review import registry
from case_review.build import freshness
from case_review.build.release import release
from case_review.errors import ReviewError
from case_review.project import Project

FINISHED = ("index.html", "index.pdf", "index.docx", "index.jats.xml")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A finished report of one notebook, committed."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-23T00:00:00Z")
    root = tmp_path / "a review"
    project = Project(root)
    cell = nbformat.v4.new_code_cell("#| label: tbl-x\n1")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    for folder in (project.notebooks, project.executed):
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "02_x.ipynb")
    nbformat.write(notebook, project.executed / "02_x.failed.ipynb")
    result = registry.Result("x.y", 1, text="1", inputs={"data/clean/patients.csv": "0" * 64})
    registry.write(project.results / "02_x.json", "02_x", {}, [result])
    project.exhibits.mkdir()
    (project.exhibits / "tbl-x.csv").write_text("n\n1\n")
    project.site.mkdir()
    for name in FINISHED:
        (project.site / name).write_text(name)
    freshness.record_site(project, project.site, "site")
    project.clean.mkdir(parents=True)
    (project.clean / "patients.csv").write_text("n\n1\n")
    (root / "params.yml").write_text("shared: {}\n")
    (root / "run").write_text("#!/bin/sh\n")
    (root / ".gitignore").write_text("report/\ndata/\n")
    note_made(project, "02_x")
    commit(root)
    return project


def rebuilt(root):
    """An unpacked release, as a build that changes nothing leaves it."""
    project = Project(root)
    freshness.record_site(project, project.site, "site")
    note_made(project, "02_x")
    return project


def commit(root):
    for arguments in (["init"], ["add", "."], ["commit", "-m", "x"]):
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def crate_of(archive):
    with zipfile.ZipFile(archive) as opened:
        name = next(n for n in opened.namelist() if n.endswith("ro-crate-metadata.json"))
        return {entity["@id"]: entity for entity in json.loads(opened.read(name))["@graph"]}


def test_the_archive_holds_sources_and_report(project, tmp_path):
    archive = release(project, tmp_path / "out")
    with zipfile.ZipFile(archive) as opened:
        names = {name.split("/", 1)[1] for name in opened.namelist()}
        modes = {i.filename.split("/", 1)[1]: i.external_attr >> 16 for i in opened.infolist()}
        record = json.loads(opened.read("case-review-0.1.0/revision.json"))
    assert {f"report/_site/{name}" for name in FINISHED} <= names
    assert {"params.yml", "notebooks/02_x.ipynb", "report/exhibits/tbl-x.csv"} <= names
    assert "report/_executed/02_x.failed.ipynb" not in names
    assert modes["run"] == 0o100755 and modes["params.yml"] == 0o100644
    assert record["clean"] and len(record["commit"]) == 40


def test_two_releases_are_identical(project, tmp_path):
    first = release(project, tmp_path / "one").read_bytes()
    assert release(project, tmp_path / "two").read_bytes() == first


def test_the_crate_says_which_notebook_made_which_file_from_which_data(project, tmp_path):
    entities = crate_of(release(project, tmp_path))
    run = entities["#run-02_x"]
    assert run["@type"] == "CreateAction"
    assert run["instrument"] == {"@id": "notebooks/02_x.ipynb"}
    assert {"@id": "params.yml"} in run["object"]
    made = {entry["@id"] for entry in run["result"]}
    assert made == {
        "data/clean/patients.csv",
        "report/_executed/02_x.ipynb",
        "report/results/02_x.json",
        "report/exhibits/tbl-x.csv",
    }
    assert {"@id": "data/clean/patients.csv"} in run["object"]
    assert entities["./"]["datePublished"] == "2026-11-23"


def test_an_unpacked_release_can_be_released_again(project, tmp_path):
    archive = release(project, tmp_path)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "unpacked")
    again = rebuilt(tmp_path / "unpacked" / "case-review-0.1.0")
    assert release(again, tmp_path / "again").read_bytes() == archive.read_bytes()


def test_an_unpacked_release_that_was_changed_is_refused(project, tmp_path):
    with zipfile.ZipFile(release(project, tmp_path)) as opened:
        opened.extractall(tmp_path / "unpacked")
    again = Project(tmp_path / "unpacked" / "case-review-0.1.0")
    (again.root / "params.yml").write_text("shared: {seed: 1}\n")
    with pytest.raises(ReviewError, match="with local changes"):
        release(again, tmp_path / "again")


def test_a_report_of_other_parameters_is_refused(project, monkeypatch):
    monkeypatch.setenv("CASE_REVIEW_PARAMS", "other.yml")
    with pytest.raises(ReviewError, match=r"made with params\.yml"):
        release(project)


def test_an_incomplete_or_changed_project_is_refused(project):
    (project.root / "params.yml").write_text("changed")
    with pytest.raises(ReviewError, match="no clean commit"):
        release(project)
    (project.site / "index.pdf").unlink()
    with pytest.raises(ReviewError, match=r"lacks index\.pdf"):
        release(project)
    shutil.rmtree(project.site)
    shutil.rmtree(project.build)
    with pytest.raises(ReviewError, match=r"lacks index\.html"):
        release(project)


def test_a_report_of_a_renderer_that_makes_less_is_complete(project, tmp_path):
    (project.site / "index.jats.xml").unlink()
    freshness.record_site(project, project.site, "site")
    with zipfile.ZipFile(release(project, tmp_path)) as opened:
        names = {name.rpartition("/")[2] for name in opened.namelist()}
    assert {*FINISHED} - names == {"index.jats.xml"}


def test_an_archive_unpacked_inside_another_repository_lists_its_own_sources(project, tmp_path):
    archive = release(project, tmp_path)
    outer = project.root / "outer"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(outer)
    again = rebuilt(outer / "case-review-0.1.0")
    assert release(again, tmp_path / "again").read_bytes() == archive.read_bytes()


def declare(manuscript):
    """Fill in what a release needs to know of its authors and its places."""
    text = manuscript.read_text(encoding="utf-8")
    group = "  - The case-review authors\n"
    person = "  - name: Ana B\n    orcid: 0000-0002-1825-0097\n    roles: [software]\n"
    more = "funding: None.\ncompeting-interests: None.\ncode: https://example.org/code\n"
    more += "archive: https://doi.org/10.5281/zenodo.1\n"
    assert group in text
    text = text.replace(group, person).replace("lang: en-GB\n", f"lang: en-GB\n{more}", 1)
    manuscript.write_text(text, encoding="utf-8")


@pytest.mark.nightly
def test_the_whole_release_is_the_same_twice_and_rebuilds_itself(tmp_path):
    """What a stranger does with the archive: unpack it elsewhere, build, compare, release."""
    clone = tmp_path / "clone"
    copy_sources(clone)
    declare(clone / "report" / "index.qmd")
    commit(clone)
    make(clone, "release")
    (archive,) = (clone / "report" / "_build").glob("case-review-*.zip")
    first = archive.read_bytes()
    for name, started in (("kept", False), ("an other, ünlike", True)):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(tmp_path / name)
        root = tmp_path / name / archive.stem
        if started:
            make(root, "release")
            assert (root / "report" / "_build" / archive.name).read_bytes() == first
            assert list(compare(tmp_path / "kept" / archive.stem, root)) == []
    page = (root / "report" / "_site" / "index.html").read_text(encoding="utf-8")
    assert "with local changes" not in page
    entities = crate_of(archive)
    for action in (e for e in entities.values() if e["@type"] == "CreateAction"):
        assert len(action["object"]) > 1 and action["result"]
        assert all(e["@id"] in entities for e in [*action["object"], *action["result"]])
    cleaning = {e["@id"] for e in entities["#run-01_cleaning"]["result"]}
    assert "data/clean/patients.csv" in cleaning
