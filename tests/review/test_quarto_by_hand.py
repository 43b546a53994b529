"""Quarto started by hand in `report/`; skipped where it is not installed."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT

from case_review.build.output import GENERATED

pytestmark = [
    pytest.mark.quarto,
    pytest.mark.skipif(shutil.which("quarto") is None, reason="Quarto is not installed"),
]
FIRST = re.compile(r'^Type "make notebooks" first: (.+)$', re.MULTILINE)


@pytest.fixture
def folder(built_report, tmp_path):
    """A copy of what Quarto reads, with the notebooks, and a report that is not its own."""
    root = tmp_path / "a réview"
    report = root / "report"
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "report", report, ignore=shutil.ignore_patterns(*GENERATED, ".*"))
    for name in ("_executed", "results", "exhibits"):
        shutil.copytree(built_report.report / name, report / name)
    (report / "_site").mkdir()
    (report / "_site" / "index.html").write_text("The report.", encoding="utf-8")
    return root


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def quarto(root, *arguments):
    return subprocess.run(
        ["quarto", *arguments], cwd=root, capture_output=True, text=True, timeout=500
    )


def only_its_own_is_new(root, before):
    """What was there is as it was, and what is new no build looks at."""
    after = contents(root)
    assert {path: after.get(path) for path in before} == before
    tops = {path.relative_to(root / "report").parts[0] for path in after.keys() - before.keys()}
    assert {top for top in tops if not top.startswith(".")} <= GENERATED - {"_site"}


def test_after_a_build_the_draft_shows_numbers_tables_and_figures(folder):
    before = contents(folder)
    done = quarto(folder, "render", "report", "--to", "html")
    assert done.returncode == 0, done.stderr
    only_its_own_is_new(folder, before)
    draft = (folder / "report" / "_quarto-site" / "index.html").read_bytes()
    page = BeautifulSoup(draft, "lxml")
    assert len(page.select("a.result")) > 50 and len(page.select("figure")) > 20
    loaded = [e.get("src") or e.get("href") for e in page.select("script[src], img[src], link")]
    assert all(url.startswith(("data:", "#")) for url in loaded if url)


def test_all_forms_come_out(folder):
    (folder / "report" / "index.qmd").write_text(small(folder), encoding="utf-8")
    before = contents(folder)
    done = quarto(folder, "render", "report")
    assert done.returncode == 0, done.stderr
    only_its_own_is_new(folder, before)
    names = {path.name for path in (folder / "report" / "_quarto-site").iterdir()}
    assert {"index.html", "index.pdf", "index.docx"} <= names


def small(root):
    """A manuscript of a sentence with one number."""
    text = (root / "report" / "results" / "02_characteristics.json").read_text(encoding="utf-8")
    id = json.loads(text)["results"][0]["id"]
    return f"---\ntitle: Small\n---\n\nOf {{{{< result {id} >}}}} patients.\n"


@pytest.mark.parametrize("command", ["render", "preview"])
def test_before_a_build_one_line_says_what_to_type(folder, command):
    shutil.rmtree(folder / "report" / "_executed")
    before = contents(folder)
    done = quarto(folder, command, "report", *(["--no-browser"] if command == "preview" else []))
    assert done.returncode != 0
    assert FIRST.findall(done.stderr) == ["report/_executed/00_reconstruction.ipynb is missing"]
    assert "stack" not in done.stderr
    only_its_own_is_new(folder, before)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda report: (report / "_executed" / "05_response.ipynb").unlink(), "05_response"),
        (
            lambda report: (report / "_executed" / "04_safety.failed.ipynb").write_text("{}"),
            "notebook 04_safety has failed",
        ),
        (
            lambda report: (report / "index.qmd").write_text("{{< result no.such >}}"),
            "no notebook has recorded no.such",
        ),
    ],
)
def test_what_is_missing_is_named(folder, change, words):
    change(folder / "report")
    done = quarto(folder, "render", "report")
    assert done.returncode != 0
    (said,) = FIRST.findall(done.stderr)
    assert words in said


def test_the_preview_shows_the_draft_and_touches_nothing_else(folder):
    (folder / "report" / "index.qmd").write_text(small(folder), encoding="utf-8")
    before = contents(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = ["quarto", "preview", "report", "--no-browser", "--no-watch-inputs", "--port", port]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        page = fetched(f"http://localhost:{port}/index.html", process)
    finally:
        process.terminate()
        process.wait(30)
    assert "Small" in page
    only_its_own_is_new(folder, before)


def fetched(url, process):
    """A page, as soon as it is served."""
    end = time.monotonic() + 200
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read().decode("utf-8")
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the preview showed nothing")


def test_what_an_interrupted_run_leaves_is_in_nobodys_way(folder):
    """Quarto removes nothing then: git and the build must not take it for a source."""
    report = folder / "report"
    before = contents(folder)
    process = subprocess.Popen(
        ["quarto", "render", "report"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + 200
    while not (report / "index_files").exists() and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)
    assert (report / "index_files").exists()
    only_its_own_is_new(folder, before)
    shutil.copy(ROOT / ".gitignore", folder)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    listed = ["git", "status", "--porcelain", "-uall", "report"]
    told = subprocess.run(listed, cwd=folder, check=True, capture_output=True, text=True).stdout
    names = {line[3:].strip('"').removeprefix("report/") for line in told.splitlines()}
    assert names == {
        path.relative_to(report).as_posix()
        for path in before
        if path.is_relative_to(report) and path.relative_to(report).parts[0] not in GENERATED
    }
