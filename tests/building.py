"""Building a copy of the project by `make`, as somebody does who has just cloned it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from case_review.build.products import manifest, manifest_path
from case_review.files import write_text
from case_review.project import KEPT_VARIABLE, sha256

ROOT = Path(__file__).resolve().parent.parent


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


def command(goal, *settings):
    """The words of a call of make with the environment of this test run."""
    return ["make", goal, f"VENV={sys.prefix}", "RENDERER=embedded", *settings]


def surroundings(**others):
    """The environment of somebody who types `make`, not that of this test run."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k == KEPT_VARIABLE or not k.startswith(("MAKE", "CASE_REVIEW", "PYTE"))
    }
    kept.pop("MFLAGS", None)
    return kept | others


def make(root, goal, *settings, expect=0, **environment):
    """Run make and return all that it printed."""
    done = subprocess.run(
        command(goal, *settings),
        cwd=root,
        env=surroundings(**environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == expect, done.stdout
    return done.stdout


def note_made(project, name):
    """Let everything that lies in the folders of a project's output pass for what `name` made."""
    folders = (project.clean, project.executed, project.results, project.exhibits)
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    sums = {project.relative(path): sha256(path) for path in files if "failed" not in path.name}
    write_text(manifest_path(project, name), manifest("{}", sums))
