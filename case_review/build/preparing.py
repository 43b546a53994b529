"""What a build does before the notebooks and after them: checks, and the report's publication."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from case_review.build import (
    dependencies,
    environment,
    facts,
    freshness,
    loaded,
    output,
    promotion,
    revision,
)
from case_review.build.reads import PACKAGE, module_files
from case_review.errors import ReviewError
from case_review.project import Project


def prepare(project: Project, out: Path | None = None) -> list[str]:
    """Check what every build begins with, and remove what notebooks have left that are gone.

    Parameters
    ----------
    out
        The folder of the report that is to be made.

    Returns
    -------
    list of str
        The names of the notebooks that are gone.

    Raises
    ------
    ReviewError
        For an environment other than the lock's, an output folder that a report must not replace,
        a notebook's name that cannot be, a missing cleaning, or parameters that do not hold.
    """
    environment.require(project.root)
    if out is not None:
        output.refuse(project, out)
    dependencies.check_names(project)
    check_parameters(project)
    if dependencies.CLEANING not in dependencies.notebook_names(project):
        name = f"notebooks/{dependencies.CLEANING}.ipynb"
        raise ReviewError(f"{name} is missing: put it back, for every build begins with it")
    return promotion.prune(project)


def check_parameters(project: Project) -> None:
    """Check the parameters of all notebooks, unless these very ones have been found right before.

    Raises
    ------
    ReviewError
        With every problem.
    """
    known, key = facts.of(project), _parameters_key(project)
    if known.knows(key):
        return
    from case_review.parameters import loading

    checked = loading.load(project)
    for name in dependencies.notebook_names(project):
        checked.for_notebook(name)
    facts.look_anew()
    if _parameters_key(project) == key:
        known.keep(key, True)


def _parameters_key(project: Project) -> str:
    """A hash of all that the check of the parameters rests on."""
    with facts.one_look():
        sources = module_files(project, [f"{PACKAGE}.parameters.loading"])
        notebooks = (
            dependencies.notebook_path(project, name)
            for name in dependencies.notebook_names(project)
        )
        files = sorted({project.params_file, project.root / "params.yml", *notebooks, *sources})
        sums = [f"{path} {facts.sha256(path) if path.is_file() else ''}" for path in files]
        text = "\n".join([dependencies.environment_of(project), *sums])
    return f"parameters {hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"


def publish(
    project: Project, out: Path, renderer: str, formats: Sequence[str], render: Callable
) -> None:
    """Render the report into `out`, from one state of the project that is looked at once more.

    What the present look has shown, if there is one, need not be looked at again before.

    Raises
    ------
    ReviewError
        If a notebook is not up to date, if anything was changed meanwhile, or if `render` fails.
    """
    if revision.note_output(project, out):
        facts.look_anew()  # for a report in `out` was taken for a change of the sources before
    os.environ["SOURCE_DATE_EPOCH"] = str(revision.revision(project).epoch)

    def state() -> str:
        """The stamp of what is there, which is found to be up to date."""
        with facts.one_look():
            freshness.require_current(project)
            return freshness.site_stamp(project, renderer, formats)

    stamp = state()
    loaded.require_same(project.root, freshness.files_of(stamp))

    def confirm() -> None:
        """Nothing is published of sources that were changed since they were read."""
        facts.look_anew()
        if state() != stamp:
            raise ReviewError(
                "The report was rendered while its sources were changed, so it was not published. "
                "Type the command again."
            )

    render(project, renderer=renderer, out=out, confirm=confirm, formats=formats)
    facts.look_anew()  # for the present look may know the report that was there before
    freshness.record_site(project, out, stamp)
