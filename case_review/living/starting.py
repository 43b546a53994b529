"""A new review in a folder of its own: questions are asked, and a first report can be made at once.

Copier does it, by `copier.yml`, in two steps. What is the same for every review (package,
notebooks, styles, locks) comes from this project's commit, which `.copier-answers.yml` in the new
folder notes, so that `copier update` brings later versions. What is the review's own (choices,
text, data) is written once from the folder `template`, and an update leaves it alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from case_review.errors import ReviewError
from case_review.files import write_text
from case_review.parameters import writing
from case_review.project import Project

#: The questions of `copier.yml`, by name; an answer to one that begins with "whether" is yes or no.
QUESTIONS = {
    "title": "title of the review",
    "exposures": "drugs or other exposures, with commas between them",
    "condition": "what patients had, as captions name it: the disease",
    "groups": "groups to compare, with commas between them; `none` compares none",
    "event": "what patients are followed for: response, death",
    "past": "the same of those in whom it happened: responded, died",
    "time_unit": "unit of times in results: hours, days, weeks, months or years",
    "blocks": "blocks of the table of patients: sex, age, diagnosis, symptoms",
    "doses": "whether reports give doses",
    "levels": "whether reports give levels in blood",
    "posters": "whether there are reports that give counts but no single patients",
    "adverse_events": "whether reports tell of adverse events",
}
#: The folder of what is written once.
TEMPLATE = "template"
#: A rule of this review's suites that holds for no other: any text is a name there.
_OWN_RULE = "drug is written in lower case"
#: Who commits, where git has not been told a name.
_NOBODY = ("-c", "user.name=case-review", "-c", "user.email=case-review@localhost")


def add_options(command: argparse.ArgumentParser) -> None:
    """The questions as options of a command; what is not given is asked, or has a default."""
    command.add_argument("folder", type=Path, help="the new folder, such as ../my-review")
    for name, help in QUESTIONS.items():
        action = argparse.BooleanOptionalAction if help.startswith("whether") else "store"
        command.add_argument(f"--{name.replace('_', '-')}", action=action, help=help)
    command.add_argument("--defaults", action="store_true", help="ask nothing")


def main(project: Project, options) -> int:
    """Make what the options of the command ask for, and say how to go on; returns 0."""
    given = {name: getattr(options, name) for name in QUESTIONS}
    given = {name: value for name, value in given.items() if value is not None}
    start(project, options.folder, given, ask=not options.defaults and sys.stdin.isatty())
    print(f"{options.folder}: a new review, whose rows are made up; go on by")
    print(f'cd "{options.folder}"; make report')
    return 0


def start(project: Project, folder: Path, answers: Mapping[str, object], ask: bool = True) -> None:
    """Make a new review and its first commit.

    Parameters
    ----------
    project
        The project that serves as the template.
    folder
        The new one, which must not exist, or be empty.
    answers
        To questions of `copier.yml`, by their names.
    ask
        Whether the other questions are asked; without it they take their defaults.

    Raises
    ------
    ReviewError
        If the folder is not empty, an answer is not possible, or this project is no template.
    """
    if not (project.root / "copier.yml").is_file() or not (project.root / ".git").exists():
        raise ReviewError(
            f"{project.root} is no template: it lacks copier.yml or its git history. Start a new "
            "review from a clone of the project that this one was made from."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ReviewError(f"{folder} is there already. Choose a new folder, or an empty one.")
    _copy(project, folder, answers, ask)
    new = Project(folder.resolve())
    _refuse_words(project, new)
    drop_own_rule(new)
    renew(new)
    writing.into_notebooks(new)
    commit(new.root)


def _copy(project: Project, folder: Path, answers: Mapping[str, object], ask: bool) -> None:
    """Both steps of copier; the answers to the first are given to the second."""
    try:
        import copier
        from copier.errors import CopierError
    except ImportError:
        raise ReviewError(
            "A new review needs copier, which `make new FOLDER=name` installs on first use."
        ) from None
    settings = {"data": dict(answers), "defaults": not ask, "vcs_ref": "HEAD", "quiet": True}
    try:
        with copier.Worker(str(project.root), folder.resolve(), **settings) as worker:
            worker.run_copy()
            given = {name: worker.answers.combined[name] for name in worker.template.questions_data}
        copier.run_copy(str(project.root / TEMPLATE), folder, data=given, quiet=True)
    except (CopierError, ValueError) as error:
        raise ReviewError(f"{folder} could not be made: {error}") from None


def _refuse_words(project: Project, new: Project) -> None:
    """List this review's drugs, groups and diagnoses as words that the new one must not show."""
    from case_review.audit import foreign
    from case_review.parameters import loading

    files = (new.root / "params.yml", new.report / "index.qmd")
    own = " ".join(path.read_text(encoding="utf-8") for path in files).lower()
    words = foreign.terms(loading.load(project).values)
    listed = [f"- {json.dumps(word)}\n" for word in words if word.lower() not in own]
    head = "# Words of the review that this one was made from; they must stand nowhere in it.\n"
    write_text(new.report / foreign.TERMS, head + "".join(listed))
    labels = new.report / "labels.yml"
    lines = labels.read_text(encoding="utf-8").splitlines(keepends=True)
    # What codes of the data are called is the review's own; what results are called is not.
    write_text(labels, "".join(line for line in lines if not line.startswith("value.")))


def drop_own_rule(project: Project) -> None:
    """Take out of a suite the one rule that holds for this review alone."""
    path = project.root / "expectations" / "patients_raw.json"
    suite = json.loads(path.read_text(encoding="utf-8"))
    kept = [one for one in suite["expectations"] if one["meta"]["notes"] != _OWN_RULE]
    write_text(path, json.dumps(suite | {"expectations": kept}, indent=2) + "\n")


def renew(project: Project) -> None:
    """Let suites and dictionary follow from the review's own columns.

    Raises
    ------
    ReviewError
        With what was wrong, if they cannot be written.
    """
    command = [sys.executable, "-m", "expectations.renew"]
    surroundings = os.environ | {"PYTHONPATH": str(project.root)}
    done = subprocess.run(command, cwd=project.root, env=surroundings, capture_output=True)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise ReviewError(f"{project.root}: its suites could not be written: {said}")


def commit(folder: Path) -> None:
    """Commit all of a folder, which becomes a repository of its own if it is none.

    Raises
    ------
    ReviewError
        With what git said, if it refused.
    """

    def git(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True)

    known = git("config", "user.email").returncode == 0
    name = () if known else _NOBODY
    for words in (["init", "-q"], ["add", "-A"], [*name, "commit", "-q", "-m", "Start the review"]):
        done = git(*words)
        if done.returncode:
            raise ReviewError(f"{folder} is made, but git refused a commit: {done.stderr.strip()}")
