"""From a run's staging folder into the report: all of it, and only after the run has succeeded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from case_review.build import dependencies, products
from case_review.build.locking import hold
from case_review.errors import ReviewError
from case_review.files import move, write_text
from case_review.project import Project, sha256

#: The executed notebook in a staging folder.
EXECUTED = "notebook.ipynb"


def destinations(project: Project) -> dict[str, Path]:
    """Where each folder of a notebook's staging folder goes; no notebook makes raw data."""
    return {
        "clean": project.clean,
        "exhibits": project.exhibits,
        "results": project.results,
        "quality": project.build / "quality",
        "opened": project.build / "opened",
    }


def promote(project: Project, name: str, stage: Path, stamp: str) -> None:
    """Move a successful run's output into place, the executed notebook last.

    A crash in between leaves a manifest that does not hold, so the next build runs `name` again.

    Raises
    ------
    ReviewError
        If a result or an exhibit of the run belongs to another notebook already; nothing is moved.
    """
    with hold(project.build / "promotion.lock"):
        moves = dict(_moves(project, name, stage))
        executed = project.executed / f"{name}.ipynb"
        moves[stage / EXECUTED] = executed  # last: its presence says that the rest is in place
        _refuse_foreign(project, name, stage, moves)
        outputs = {project.relative(new): sha256(old) for old, new in moves.items()}
        path = products.manifest_path(project, name)
        # First what is no longer made, while the old manifest still names it.
        _remove(project, set(products.recorded_outputs(path)) - set(outputs))
        write_text(path, products.manifest(stamp, outputs))
        for old, new in moves.items():
            move(old, new)
        failed_notebook(project, name).unlink(missing_ok=True)
    shutil.rmtree(stage)


def _moves(project: Project, name: str, stage: Path) -> Iterator[tuple[Path, Path]]:
    for folder, target in destinations(project).items():
        for path in sorted((stage / folder).rglob("*")):
            if path.is_file():
                yield path, target / path.relative_to(stage / folder)


def failed_notebook(project: Project, name: str) -> Path:
    """Where the notebook of a failed run is left for inspection."""
    return project.executed / f"{name}.failed.ipynb"


def _refuse_foreign(project: Project, name: str, stage: Path, moves: dict[Path, Path]) -> None:
    from case_review import registry  # slow to import, and not needed by `prune`

    problems = []
    recorded: dict[str, registry.Recorded] = {}
    # Small and capital letters are the same in the names of files of some systems.
    mine = {project.relative(new).casefold() for new in moves.values()}
    for other in set(dependencies.notebook_names(project)) - {name}:
        owned = products.recorded_outputs(products.manifest_path(project, other))
        owned = [path for path in owned if path.casefold() in mine]
        problems += [f"{path} is an output of {other} already" for path in owned]
        path = project.results / f"{other}.json"
        if path.is_file():
            recorded.update({result.id: result for result in registry.read(path)})
    problems.sort()
    own = stage / "results" / f"{name}.json"
    problems += [
        f"it opens Notebook({path.stem!r}): write Notebook({name!r}), the name of its own file"
        for path in sorted(own.parent.glob("*.json"))
        if path != own
    ]
    for result in registry.read(own) if own.is_file() else ():
        if first := recorded.get(result.id):
            problems.append(
                f"{result.id} (cell {result.cell}) is recorded by {first.notebook} "
                f"(cell {first.cell}) already"
            )
    if problems:
        listed = "\n".join(problems)
        raise ReviewError(
            f"{name} ran, but its output cannot join the report:\n{listed}\n"
            "Give each notebook, label and result id a name of its own."
        )


def prune(project: Project) -> list[str]:
    """Remove the output of notebooks that no longer exist; returns their names."""
    names = set(dependencies.notebook_names(project))
    manifests = (project.build / "manifests").glob("[0-9]*.json")
    gone = {path.stem for path in manifests} | {p.stem for p in project.results.glob("*.json")}
    gone |= {p.name.split(".")[0] for p in project.executed.glob("*.ipynb")}
    gone -= names
    for name in sorted(gone):
        path = products.manifest_path(project, name)
        _remove(project, products.recorded_outputs(path))
        for leftover in (
            path,
            products.stamp_path(project, name),
            project.results / f"{name}.json",
            project.executed / f"{name}.ipynb",
            failed_notebook(project, name),
        ):
            leftover.unlink(missing_ok=True)
    return sorted(gone)


def _remove(project: Project, names) -> None:
    for name in names:
        (project.root / name).unlink(missing_ok=True)
