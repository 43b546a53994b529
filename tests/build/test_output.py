"""A report goes only where nothing is lost, and shows only what was declared or made."""

import errno
import os
import socket
import subprocess

import pytest
from building import ROOT
from conftest import write_notebook

from case_review.__main__ import main
from case_review.build import facts, freshness, output, preparing, products, published
from case_review.errors import ReviewError
from case_review.files import move, write_text
from case_review.project import sha256

INSIDE = (
    "report/exhibits", "report/exhibits/x", "case_review/site", "data/raw", "data", "report", ".",
    "..", "notebooks/a/b", ".git/x", "report/styles", "report/_build/x", "report/_site/inner",
)  # fmt: skip


def said(project, given):
    try:
        output.refuse(project, output.folder(project, given))
    except ReviewError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("given", INSIDE)
def test_no_folder_that_the_project_uses_is_replaced(small_project, given):
    assert said(small_project, given).startswith(f"OUT={output.folder(small_project, given)}: ")


@pytest.mark.parametrize("given", ["new", "report/for june", "a/b/c", "report/_site"])
def test_a_missing_folder_will_do(small_project, given):
    assert said(small_project, given) == ""


def test_only_an_empty_folder_or_a_report_is_replaced(small_project):
    out = small_project.root / "out"
    out.mkdir()
    assert said(small_project, "out") == ""
    (out / "index.html").touch()
    assert "would replace what is there, such as index.html" in said(small_project, "out")
    for name in ("notebooks/index.html", "data/SHA256SUMS"):
        assert "would replace what is there, such as" in said(small_project, "out")
        (out / name).parent.mkdir()
        (out / name).touch()
    assert said(small_project, "out") == ""
    (out / "thesis.txt").touch()
    assert "such as thesis.txt" in said(small_project, "out")


def test_devices_pipes_sockets_files_and_dangling_links_are_refused(small_project, tmp_path):
    root = small_project.root
    os.mkfifo(root / "pipe")
    (root / "file").touch()
    (root / "dangling").symlink_to(root / "nowhere")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")  # the fixture has put us into the project
    for given in ("pipe", "file", "socket", "/dev/null"):
        assert "it is no folder" in said(small_project, given), given
    assert "is no folder" in said(small_project, "file/below")
    assert "a link that leads to no folder" in said(small_project, "dangling")


def test_a_link_to_a_folder_stands_for_the_folder(small_project, tmp_path):
    (tmp_path / "www").mkdir()
    (small_project.root / "link").symlink_to(tmp_path / "www")
    assert output.folder(small_project, "link") == tmp_path / "www"
    assert said(small_project, "link") == ""


def test_wrong_forms_and_jobs_are_told_in_one_sentence(small_project, capsys):
    assert main(["build", "report", "--formats", "html,epub"]) == 1
    told = "FORMATS=html,epub: there is no epub; choose some of html, pdf, docx, jats\n"
    assert capsys.readouterr().err == told
    assert main(["build", "report", "--jobs", "many"]) == 1
    assert capsys.readouterr().err == "JOBS=many: expected a number, such as JOBS=2\n"


def test_a_wrong_place_is_told_before_anything_runs(small_project, capsys):
    write_notebook(small_project.notebooks / "01_cleaning.ipynb", "1")
    assert main(["build", "report", "--out", "report/exhibits"]) == 1
    assert "the project keeps report/exhibits there" in capsys.readouterr().err


def test_what_was_seen_before_a_folder_is_noted_does_not_count(small_project, monkeypatch):
    seen = []

    def stamp(*_):
        seen.append(facts.once(("seen",), lambda: "anew"))
        return "{}"

    monkeypatch.setattr(freshness, "require_current", lambda project: None)
    monkeypatch.setattr(freshness, "site_stamp", stamp)
    monkeypatch.setattr(freshness, "record_site", lambda *_: None)
    for _ in range(2):
        with facts.one_look():
            facts.once(("seen",), lambda: "before")
            out = small_project.root / "shown"
            preparing.publish(small_project, out, "embedded", ("html",), lambda *_, **__: None)
    assert seen == ["anew", "before"]


def made(project, name, *paths):
    write_notebook(project.notebooks / f"{name}.ipynb", "1")
    for path in paths:
        write_text(project.root / path, f"of {path}")
    stamp = freshness.dependencies.notebook_stamp(project, name)
    sums = {path: sha256(project.root / path) for path in paths}
    write_text(products.manifest_path(project, name), products.manifest(stamp, sums))
    write_text(products.stamp_path(project, name), stamp)


def test_only_what_is_declared_or_made_is_published_and_the_rest_named(small_project, tmp_path):
    project = small_project
    made(project, "01_cleaning", "data/clean/patients.csv", "report/exhibits/tbl-x.csv")
    (tmp_path / "secret").write_text("x")
    (project.raw / "README.md").write_text("| `own.csv` | row |\n")
    for path in ("raw/patients.csv", "raw/names (private).xlsx", "raw/~$small.xlsx",
                 "clean/left.csv", "clean/README.md"):  # fmt: skip
        (project.root / "data" / path).write_text("x")
    (project.exhibits / "stray.svg").write_text("x")
    (project.exhibits / "link.csv").symlink_to(tmp_path / "secret")
    assert [path.name for path in published.raw(project)] == ["patients.csv"]
    shown = published.made(project, project.clean, project.exhibits)
    assert [path.name for path in shown] == ["patients.csv", "tbl-x.csv"]
    assert published.unknown(project) == [
        "data/clean/left.csv",
        "data/raw/names (private).xlsx",
        "data/raw/~$small.xlsx",
        "report/exhibits/link.csv",
        "report/exhibits/stray.svg",
    ]


def test_nothing_is_published_over_what_is_stale_altered_or_was_not_made(small_project):
    project = small_project
    made(project, "01_cleaning", "data/clean/patients.csv")
    made(project, "30_x", "report/results/30_x.json")
    freshness.require_current(project)
    (project.raw / "patients.csv").write_text("changed after the notebook ran")
    with pytest.raises(ReviewError, match=r"01_cleaning: data/raw/patients.csv is new"):
        freshness.require_current(project)
    (project.raw / "patients.csv").unlink()
    write_notebook(project.notebooks / "30_x.ipynb", "1 / 0")  # which then failed, ignored
    with pytest.raises(ReviewError, match=r"30_x: notebooks/30_x.ipynb changed"):
        freshness.require_current(project)
    made(project, "30_x", "report/results/30_x.json")
    (project.results / "30_x.json").write_text("{}")
    with pytest.raises(ReviewError, match=r"30_x: report/results/30_x.json was altered"):
        freshness.require_current(project)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00garbage", b"[]", b'"text"', b'{"files": 3}'])
def test_a_stamp_that_is_garbage_is_a_cause(small_project, content):
    made(small_project, "01_cleaning", "data/clean/patients.csv")
    for path in (products.stamp_path(small_project, "01_cleaning"),
                 products.manifest_path(small_project, "01_cleaning")):  # fmt: skip
        path.write_bytes(content)
    assert freshness.of_notebook(small_project, "01_cleaning")


def test_a_manifest_names_nothing_outside_the_project(small_project):
    path = products.manifest_path(small_project, "x")
    write_text(path, '{"stamp": "", "outputs": {"../../a": "", "/etc/b": "", "data/c": ""}}')
    assert products.recorded_outputs(path) == {"data/c": ""}


def make(*words):
    done = subprocess.run(["make", "-n", *words], cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stderr


@pytest.mark.parametrize("sign", ['"', "'", "`", "$$", "\\"])
@pytest.mark.parametrize("name", ["OUT", "PARAMS", "VENV"])
def test_what_would_end_a_quotation_is_refused_by_make(name, sign):
    code, told = make("help", f"{name}=a{sign}b")
    assert code == 2 and f"*** {name}=a{sign}b: a name with " in told


@pytest.mark.parametrize("flags", [["-i"], ["-ki"], ["-j2", "--ignore-errors"]])
def test_errors_of_a_build_cannot_be_ignored(flags):
    code, told = make(*flags, "report")
    assert code == 2 and "errors cannot be ignored" in told
    assert make("-k", "help")[0] == 0


def test_linked_data_are_followed_and_named_by_their_place(small_project, tmp_path):
    project = small_project
    project.raw.rmdir()
    (tmp_path / "raw").mkdir()
    (tmp_path / "one.csv").write_text("a\n")
    (tmp_path / "raw" / "reports.csv").write_text("b\n")
    project.raw.symlink_to(tmp_path / "raw")
    (project.raw / "patients.csv").symlink_to(tmp_path / "one.csv")
    assert [project.relative(path) for path in published.raw(project)] == [
        "data/raw/patients.csv",
        "data/raw/reports.csv",
    ]
    sums = freshness.dependencies.hashes(project, published.raw(project))
    assert sums["data/raw/patients.csv"] == sha256(tmp_path / "one.csv")


def test_a_file_is_moved_to_another_disk(small_project, tmp_path, monkeypatch):
    old, new = tmp_path / "old", tmp_path / "there" / "new"
    old.write_text("content")
    whole = type(old).replace

    def replace(path, target):
        if path == old:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return whole(path, target)

    monkeypatch.setattr(type(old), "replace", replace)
    move(old, new)
    assert new.read_text() == "content" and not old.exists()
