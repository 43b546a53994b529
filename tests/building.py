"""Building a copy of the project by `make`, as somebody does who has just cloned it."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup

from case_review.build.products import manifest, manifest_path
from case_review.files import write_text
from case_review.project import KEPT_VARIABLE, sha256

ROOT = Path(__file__).resolve().parent.parent
#: What a build says that had nothing to do.
UP_TO_DATE = "report/_site is up to date"
#: The embedded one; by the name that `make report` has for it, so that a finished report is of it.
RENDERER = "embedded" if shutil.which("quarto") else "auto"
PRODUCTS = ("data/clean", "report/_executed", "report/results", "report/exhibits", "report/_site")


def copy_sources(target):
    """Copy what is tracked, and what is new and not ignored, as it stands in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


def as_committed(target):
    """Make a folder of the present commit, which a report names; without its files."""
    if (ROOT / ".git").exists():
        for words in (["clone", "--quiet", "--shared", "--no-checkout", ROOT, target],
                      ["-C", target, "reset", "--quiet"]):  # fmt: skip
            subprocess.run(["git", *words], check=True)


def command(goal, *settings):
    """The words of a call of make with the environment of this test run."""
    return ["make", goal, f"VENV={sys.prefix}", f"RENDERER={RENDERER}", *settings]


def surroundings(**others):
    """The environment of somebody who types `make`, not that of this test run."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k == KEPT_VARIABLE or not k.startswith(("MAKE", "CASE_REVIEW", "PYTE"))
    }
    kept.pop("MFLAGS", None)
    return kept | others


def make(root, goal, *settings, expect=0, through=(), **environment):
    """Run make, or a command that runs it, and return all that was printed."""
    done = subprocess.run(
        [*through, *command(goal, *settings)],
        cwd=root,
        env=surroundings(**environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == expect, done.stdout
    return done.stdout


def ran(output):
    """The notebooks that ran, by their progress lines."""
    lines = (line.split() for line in output.splitlines())
    return [words[0] for words in lines if len(words) == 3 and words[0][:2].isdigit()]


def told(output):
    """The lines that are not make's own; those about what is wrong come last."""
    lines = output.splitlines()
    assert lines[-1].startswith("make: ***") and not lines[-2].startswith("make")
    return [line for line in lines if line and not line.startswith("make")]


def content(root, folders=PRODUCTS):
    """The bytes of every file that a build has made, by its path from the root."""
    files = (path for folder in folders for path in (root / folder).rglob("*"))
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files if p.is_file()}


def site(root):
    """The bytes of every file of the finished report."""
    return content(root, ["report/_site"])


@cache
def report_pages(site):
    """The pages that the manuscript is shown on: the paper's and its supplement's."""
    return [site / "index.html", site / "supplement.html"]


def parsed(path):
    """The tree of a finished page, which is there to be read: to parse the report takes seconds."""
    return BeautifulSoup(path.read_bytes(), "lxml")


def waiting(page, name):
    """The texts that wait by a name in a file beside a page, by the page's own list."""
    address = json.loads(parsed(page).select_one("#beside").string)[name]
    content = (page.parent / address).read_text(encoding="utf-8")
    start = f'window.beside.put("{name}", '
    assert content.startswith(start) and content.endswith(");\n")
    return json.loads(content[len(start) : -3])


@contextmanager
def changed(path, old, new):
    """Replace a text in a file for the length of a `with` block."""
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


@contextmanager
def extra_cell(path, source):
    """Append a code cell to a notebook for the length of a `with` block."""
    before = path.read_text(encoding="utf-8")
    notebook = json.loads(before)
    notebook["cells"].append(
        {
            "cell_type": "code",
            "id": "added-by-a-test",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
    )
    path.write_text(json.dumps(notebook), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def note_made(project, name):
    """Let everything that lies in the folders of a project's output pass for what `name` made."""
    folders = (project.clean, project.executed, project.results, project.exhibits)
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    sums = {project.relative(path): sha256(path) for path in files if "failed" not in path.name}
    write_text(manifest_path(project, name), manifest("{}", sums))
