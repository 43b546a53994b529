"""`make watch`: which files count, what a save leads to, and that nothing is left behind."""

import http.client
import json
import multiprocessing
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from building import command, copy_sources, surroundings

from case_review.build import opened, watching
from case_review.build.watched import Watch, is_source, places
from case_review.build.watching import Watching
from case_review.files import write_text

ALL = ("html", "pdf")


# -- which files count -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        ".ipynb_checkpoints/05_response-checkpoint.ipynb", ".~05_response.ipynb",
        "05_response.ipynb~", ".05_response.ipynb.swp", "4913", "#patients.csv#", ".#patients.csv",
        ".~lock.patients.csv#", "~$patients.xlsx", "lu2134.tmp",
        "__pycache__/helper.cpython-311.pyc", ".git/index",
    ],
)  # fmt: skip
def test_what_editors_leave_is_nobodys_work(path):
    assert not is_source(Path(path).parts)


@pytest.mark.parametrize("path", ["05_response.ipynb", "patients.csv", "helpers/fit.py", "a~b.csv"])
def test_everything_else_counts(path):
    assert is_source(Path(path).parts)


def counts(project, path, site=None):
    return places(project, site or project.site).counts(project.root / path)


def test_sources_of_a_report_count_and_what_a_build_writes_does_not(small_project):
    project, site = small_project, small_project.report / "_mine"
    for folder in ("styles", "_extensions/result", "_build/stage", "_mine", "exhibits"):
        (project.report / folder).mkdir(parents=True)
    sources = [
        "notebooks/05_response.ipynb", "notebooks/helper.py", "data/raw/patients.csv", "params.yml",
        "expectations/patients_raw.json", "report/index.qmd", "report/references.bib",
        "report/styles/report.css", "report/_extensions/result/result.lua", "report/_quarto.yml",
        "CITATION.cff", "requirements.lock", "case_review/data/columns.toml", "report/new",
    ]  # fmt: skip
    others = [
        "report/_mine/index.html", "report/._mine.abcdefgh/index.html", "report/_build/lock",
        "report/_site", "report/exhibits/fig-km.svg", "data/clean/patients.csv", "README.md",
        "notebooks/.ipynb_checkpoints/a.ipynb", "case_review/data/__pycache__/a.pyc", "docs/x.md",
    ]  # fmt: skip
    assert [path for path in sources if not counts(project, path, site)] == []
    assert [path for path in others if counts(project, path, site)] == []


def test_what_notebooks_open_by_themselves_counts(small_project, monkeypatch):
    project = small_project
    (project.root / "more" / "deep").mkdir(parents=True)
    write_text(project.notebooks / "02_own.ipynb", "{}")
    found = {"files": ["docs/codes.csv"], "folders": ["more", "."]}
    write_text(opened.path_of(project, "02_own"), json.dumps(found))
    monkeypatch.setenv("CASE_REVIEW_PARAMS", "../mine.yml")
    assert counts(project, "docs/codes.csv") and counts(project, "more/deep/a.csv")
    assert places(project, project.site).counts(project.root.parent / "mine.yml")
    assert not counts(project, "README.md")  # of the root only what is named


# -- that they are looked at -----------------------------------------------------------------------


@pytest.fixture
def seen(small_project):
    """A watch on a small project, and what it tells."""
    told = queue.Queue()
    watch = Watch(small_project, small_project.site, told.put)
    yield watch, told
    watch._stop.set()


def test_a_burst_of_saves_is_told_once(small_project, seen):
    _, told = seen
    project = small_project
    for number in range(20):
        write_text(project.raw / f"{number}.csv", "a")
        (project.notebooks / ".hidden.ipynb").write_text("x")
    # As editors do it: the file is replaced.
    (project.root / ".params.new").write_text("a: 1\n")
    (project.root / ".params.new").replace(project.root / "params.yml")
    found = set()
    while "params.yml" not in {Path(path).name for path in found}:
        found |= set(told.get(timeout=10))
    names = {Path(path).name for path in found}
    assert names - {f"{number}.csv" for number in range(20)} == {"params.yml"}
    time.sleep(0.2)
    assert told.qsize() <= 1  # of deep and single folders, at most one each


def test_a_new_folder_and_one_that_was_replaced_are_looked_at(small_project, seen):
    watch, told = seen
    project = small_project
    (project.report / "pictures").mkdir()
    assert told.get(timeout=10) == [str(project.report / "pictures")]
    watch.look_again()
    assert told.get(timeout=10) == []  # as something may have been missed
    write_text(project.report / "pictures" / "a.svg", "a")
    assert str(project.report / "pictures" / "a.svg") in told.get(timeout=10)
    project.raw.rename(project.root / "old")
    project.raw.mkdir()
    assert str(project.raw) in told.get(timeout=10)
    watch.look_again()
    while told.get(timeout=10):
        pass
    write_text(project.raw / "patients.csv", "a")
    assert str(project.raw / "patients.csv") in told.get(timeout=10)


# -- what a save leads to --------------------------------------------------------------------------


class Beside:
    """Stands for the server: keeps what pages would be told, and says what a test has saved."""

    def __init__(self):
        self.told = []
        self._out, self._in = os.pipe()

    def fileno(self):
        return self._out

    def tell(self, state, message=""):
        self.told.append((state, message))

    def save(self, *paths):
        os.write(self._in, json.dumps({"saved": paths}).encode() + b"\n")

    def news(self):
        return [json.loads(line) for line in os.read(self._out, 1 << 16).splitlines()]

    def forget(self):
        pass


class Bench:
    """A `Watching` whose builds follow a test's orders, one word for each build."""

    def __init__(self, folder):
        self.log = folder / "log"
        self.log.touch()
        self.orders, self.beside = multiprocessing.SimpleQueue(), Beside()
        self.replaced = []
        package = folder / "case_review"
        self.watching = Watching(
            self.beside, self.make, ALL, lambda _: "no module a", package, quiet=0.05, late=0.1
        )

    def make(self, forms, told):
        order = "" if self.orders.empty() else self.orders.get()
        with self.log.open("a") as stream:
            print(*forms, file=stream)
        if order == "long":
            try:
                told(f"doing {order}")
                # In pieces, as a build waits: a signal just before one is seen after it.
                for _ in range(1200):
                    time.sleep(0.05)
            finally:
                with self.log.open("a") as stream:
                    print("cleared up", file=stream)
        told(f"doing {order}")
        if order == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return order

    @property
    def built(self):
        return self.log.read_text().splitlines()

    def until(self, condition):
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end, (self.built, self.beside.told)
            self.watching.step()


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    made.watching.end()
    assert not multiprocessing.active_children()


def test_the_page_comes_first_and_the_other_forms_when_it_is_quiet(bench):
    bench.watching.want(ALL[:1])
    bench.until(lambda: [s for s, _ in bench.beside.told].count("ready") == 2)
    assert bench.built == ["html", "html pdf"]
    assert bench.beside.told[:3] == [("building", ""), ("building", "doing "), ("ready", "")]
    for _ in range(3):
        bench.watching.step()
    assert bench.built == ["html", "html pdf"]  # nothing more without a cause


def test_a_save_ends_the_build_that_it_makes_outdated(bench):
    bench.orders.put("long")
    bench.watching.want(ALL[:1])
    bench.until(lambda: ("building", "doing long") in bench.beside.told)
    for number in range(5):
        bench.beside.save(f"{number}.csv")
    bench.until(lambda: ("ready", "") in bench.beside.told)
    assert bench.built == ["html", "cleared up", "html"]
    assert all(state != "failed" for state, _ in bench.beside.told)


def test_what_fails_is_shown_until_something_is_saved(bench):
    bench.orders.put("index.qmd, line 3: no")
    bench.watching.want(ALL[:1])
    bench.until(lambda: ("failed", "index.qmd, line 3: no") in bench.beside.told)
    for _ in range(2):
        bench.watching.step()
    assert bench.built == ["html"]
    bench.beside.save("index.qmd")
    bench.until(lambda: ("ready", "") in bench.beside.told)


def test_a_build_that_met_a_save_has_not_failed(bench):
    bench.orders.put("Its inputs were changed while it ran.")
    bench.watching._late = 20
    bench.watching.want(ALL[:1])

    def save():
        """As if the file system had been slow to tell of it."""
        while not bench.built:
            time.sleep(0.01)
        time.sleep(0.5)
        bench.beside.save("index.qmd")

    threading.Thread(target=save, daemon=True).start()
    bench.until(lambda: ("ready", "") in bench.beside.told)
    assert all(state != "failed" for state, _ in bench.beside.told)


def test_a_build_that_was_killed_is_told_of(bench):
    bench.orders.put("die")
    bench.watching.want(ALL[:1])
    bench.until(lambda: any(state == "failed" for state, _ in bench.beside.told))
    assert "exit code -9" in bench.beside.told[-1][1]


def test_a_package_that_cannot_be_imported_is_told_of(bench, tmp_path):
    bench.beside.save(str(tmp_path / "case_review" / "data" / "cells.py"))
    bench.until(lambda: ("failed", "no module a") in bench.beside.told)
    assert bench.built == []


def test_an_error_of_a_module_has_its_file_and_line(small_project, monkeypatch):
    write_text(small_project.root / "broken_syntax.py", "a = 1\nb = (\n")
    write_text(small_project.root / "broken_name.py", "a = 1\n\nb = c\n")
    monkeypatch.syspath_prepend(small_project.root)
    said = watching._load(small_project, ["json", "broken_syntax"])
    assert said == "broken_syntax.py, line 2\nSyntaxError: '(' was never closed"
    said = watching._load(small_project, ["broken_name"])
    assert said == "broken_name.py, line 3\nNameError: name 'c' is not defined"


# -- the command itself ----------------------------------------------------------------------------


def processes(marker):
    """Numbers of the processes whose folder or words hold a text."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace")
            where = str((folder / "cwd").readlink())
        except OSError:
            continue
        if marker in words or marker in where:
            found.append((int(folder.name), words))
    return found


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """A project of one notebook and one sentence that is wrong, under `make watch`."""
    root = tmp_path / "a wätched project"
    copy_sources(root)
    for path in (root / "notebooks").glob("[0-9]*.ipynb"):
        if path.name != "01_cleaning.ipynb":
            path.unlink()
    header = "---\ntitle: A small report\nlang: en-GB\n---\n\n# One\n\n"
    (root / "report" / "index.qmd").write_text(header + "A {{< result no.such >}} sentence.\n")
    temporary = tmp_path / "t"
    temporary.mkdir()
    process = subprocess.Popen(
        command("watch", "PORT=8471", "FORMATS=html"),
        cwd=root,
        env=surroundings(TMPDIR=str(temporary)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process, root, temporary
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def after(process, text):
    """Read what is printed up to a text."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def gone(root, seconds=15):
    """Whether no process of a project is left, soon."""
    end = time.monotonic() + seconds
    while (left := processes(str(root))) and time.monotonic() < end:
        time.sleep(0.05)
    return left == []


@pytest.mark.pipeline
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_make_watch_shows_errors_builds_and_leaves_nothing(watched):
    process, root, temporary = watched
    port = int(re.search(r"127\.0\.0\.1:(\d+)/", after(process, "shows the report"))[1])
    pages = Pages(port)
    assert pages.until("failed")["message"].startswith("report/index.qmd, line 8: no notebook")
    assert pages.get("/")[0] == 503
    manuscript = root / "report" / "index.qmd"
    manuscript.write_text(manuscript.read_text().replace("{{< result no.such >}}", "mended"))
    assert pages.until("ready")["version"]
    status, content = pages.get("/")
    assert status == 200 and "A mended sentence." in content
    assert "data-watch" not in (root / "report" / "_site" / "index.html").read_text()
    # In the middle of a build, as with Ctrl-C at a terminal.
    manuscript.write_text(manuscript.read_text().replace("mended", "changed"))
    pages.until("building")
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert gone(root)
    assert list(temporary.iterdir()) == []
    assert "mended" in (root / "report" / "_site" / "index.html").read_text()


@pytest.mark.pipeline
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_nothing_outlives_make(watched):
    process, root, _ = watched
    after(process, "shows the report")
    assert len(processes(str(root))) >= 3
    process.kill()
    process.communicate(timeout=30)
    assert gone(root)


class Pages:
    """A browser's part: the last news of a page, and what a page is."""

    def __init__(self, port):
        self._port = port
        self._news = self._open("/_watch/events?page=/")

    def _open(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        connection.request("GET", path)
        return connection.getresponse()

    def get(self, path):
        answer = self._open(path)
        return answer.status, answer.read().decode()

    def until(self, state):
        for line in self._news:
            if line.startswith(b"data: "):
                said = json.loads(line.removeprefix(b"data: "))
                if said["state"] == state:
                    return said
        raise AssertionError(f"never {state}")
