"""The example reviews of `examples/`: made as `make new` makes one, with files of their own, built.

`make examples` writes their reports to `report/_examples/`, which `make docs` takes into its site.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from case_review.build import explaining
from case_review.data import yaml_file
from case_review.errors import ReviewError
from case_review.living import starting
from case_review.parameters import writing
from case_review.project import KEPT_VARIABLE, Project, find_project

#: In `report/`: the finished reports by the names of their examples.
FOLDER = "_examples"
#: What `make new` is answered for an example; a folder with this file is one.
ANSWERS = "answers.yml"


def listed(project: Project) -> list[Path]:
    """The folders of the examples, in alphabetical order; a review made by `new` has none."""
    return sorted(path.parent for path in (project.root / "examples").glob(f"*/{ANSWERS}"))


def make(template: Project, example: Path, folder: Path) -> Project:
    """Make an example a review of its own: what `new` writes, and the example's files over it.

    Parameters
    ----------
    template
        The project whose last commit serves as the template.
    example
        Folder with the answers and with files that replace those of the new review.
    folder
        Where the review goes; must not exist, or be empty.

    Raises
    ------
    ReviewError
        If `new` refuses, or suites cannot be written from the example's columns.
    """
    name = f"examples/{example.name}/{ANSWERS}"
    answers = yaml_file.plain(yaml_file.load(yaml_file.read_text(example / ANSWERS, name), name))
    starting.start(template, folder, answers, ask=False)
    for path in (folder / "data" / "raw").glob("*.csv"):  # rows that are made up for a beginning
        path.unlink()
    ignored = shutil.ignore_patterns(ANSWERS)
    shutil.copytree(example, folder, ignore=ignored, dirs_exist_ok=True)
    review = Project(folder.resolve())
    starting.renew(review)
    writing.into_notebooks(review)
    starting.commit(review.root)
    return review


def build(project: Project, example: Path) -> Project:
    """Build an example in a folder of the build's, and put its report into `report/_examples/`.

    Returns
    -------
    Project
        The review that was made and built.

    Raises
    ------
    ReviewError
        If it cannot be made or does not build, with the last lines that were printed.
    """
    folder = project.build / "examples" / example.name
    shutil.rmtree(folder, ignore_errors=True)
    review = make(project, example, folder)
    # What is kept by content is true for all; of this make's own variables the other knows nothing.
    given = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    given = {name: value for name, value in given.items() if not name.startswith("CASE_REVIEW")}
    given |= {KEPT_VARIABLE: str(project.kept.resolve())}
    command = ["make", "-C", str(review.root), "report", f"VENV={sys.prefix}"]
    done = subprocess.run(
        command, env=given, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        last = done.stdout.strip().splitlines()[-12:]
        raise ReviewError("\n".join([f"examples/{example.name} does not build:", *last]))
    site = project.report / FOLDER / example.name
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(review.site, site)
    return review


def main(project: Project) -> int:
    """Build all of them and say where their reports are; returns 0."""
    if not listed(project):
        raise ReviewError(
            "There are no examples here: they lie in the project that this review was made from "
            "(`.copier-answers.yml` names it). Type `make examples` there."
        )
    for example in listed(project):
        print(f"examples/{example.name}: made and built (a minute)", flush=True)
        build(project, example)
        print(f"report/{FOLDER}/{example.name}: the report is ready, open index.html", flush=True)
    return 0


if __name__ == "__main__":
    here = find_project()
    try:
        sys.exit(main(here))
    except Exception as error:
        sys.exit(explaining.explain(here, error))
