"""What of the project's data the site and a release may show: what is declared or was made.

What somebody has put beside them - a list of names, a copy, a link - stays out, and is named.
"""

from __future__ import annotations

from pathlib import Path

from case_review.build import facts
from case_review.build.dependencies import data_files, notebook_names, source
from case_review.build.products import manifest_path, recorded_outputs
from case_review.build.reads import PACKAGE, module_files
from case_review.data import raw_file
from case_review.project import Project


def raw(project: Project) -> list[Path]:
    """The raw tables and the documents beside them that columns.toml or the dictionary declare."""
    others = set(undeclared(project))
    return [path for path in data_files(project.raw) if path not in others]


def data(project: Project) -> list[Path]:
    """The data files that are published: raw ones, then clean tables."""
    return [*raw(project), *made(project, project.clean)]


def code(project: Project) -> list[Path]:
    """The modules of the package that notebooks load, at any depth, sorted by path."""

    def find() -> list[Path]:
        names = notebook_names(project)
        asked = {module for name in names for module in source(project, name).reads.modules}
        found = module_files(project, asked)
        inside = (project.root / PACKAGE).resolve()
        own = (path for path in found if path.resolve().is_relative_to(inside))
        return sorted(path for path in own if path.suffix == ".py")

    return list(facts.once(("code", project.root), find))


def undeclared(project: Project) -> list[Path]:
    """The files beside the raw data that nothing declares; what is declared is a kept fact."""
    here = Path(raw_file.__file__)
    rest_on = [project.raw / raw_file.README, here, here.with_name("schema.py")]
    rest_on.append(here.with_name("columns.toml"))
    known = facts.of(project)
    key = f"declared {' '.join(facts.sha256(p) if p.is_file() else '' for p in rest_on)}"
    if not known.knows(key):
        known.keep(key, sorted(raw_file.declared(project.raw)))
    return raw_file.undeclared(project.raw, known.get(key))


def made(project: Project, *folders: Path) -> list[Path]:
    """The files below some folders that the notebooks have made, sorted by path."""
    return list(facts.once(("made", project.root, folders), lambda: _made(project, folders)))


def _made(project: Project, folders: tuple[Path, ...]) -> list[Path]:
    within = tuple(f"{project.relative(folder)}/" for folder in folders)
    names = notebook_names(project)
    found = {o for n in names for o in recorded_outputs(manifest_path(project, n))}
    paths = sorted(project.root / output for output in found if output.startswith(within))
    return [path for path in paths if path.is_file()]


def unknown(project: Project) -> list[str]:
    """What lies among the data and exhibits and is neither declared nor made, by path."""
    made_here = set(made(project, project.clean, project.exhibits))
    found = undeclared(project)
    for folder in (project.clean, project.exhibits):
        for path in folder.rglob("*") if folder.is_dir() else ():
            is_known = path in made_here or path.name == "README.md" or path.name[0] == "."
            if not is_known and (path.is_symlink() or not path.is_dir()):
                found.append(path)
    return sorted(path.relative_to(project.root).as_posix() for path in found)
