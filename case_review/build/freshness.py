"""What is out of date, and because of what."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from case_review.build import dependencies, facts, published
from case_review.build.output import FORMATS, GENERATED
from case_review.build.products import MISSING, damage, manifest, manifest_path, stamp_path
from case_review.build.revision import outputs, revision
from case_review.errors import ReviewError
from case_review.files import to_json, write_text
from case_review.project import Project

#: Most causes that `make status` names for one product.
_CAUSES = 8
_ENVIRONMENT = "the version of Python or of an installed package"
#: What the settings of the rendered report are, as people say it.
_SETTINGS = {
    "commit": "the commit",
    "clean": "the state of the working tree",
    "renderer": "the renderer",
    "formats": "the list of forms",
    "environment": _ENVIRONMENT,
    "quarto": "the Quarto program",
}
#: What the rendered report shows or quotes besides the notebooks' output.
_QUOTED = ("params.yml", "CHANGELOG.md", "CITATION.cff", "pyproject.toml", "requirements.lock")


def _kept(path: Path) -> str:
    """A kept stamp; empty if there is none, or what lies there is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def of_notebook(project: Project, name: str) -> list[str]:
    """Why a notebook is to be run; empty if its output is whole and made from what is there."""

    def find() -> list[str]:
        return _causes(project, project.root, name, dependencies.notebook_stamp(project, name))

    with facts.one_look():
        return list(facts.once(("causes", project.root, project.params_file, name), find))


def of_site(project: Project, out: Path, renderer: str, formats: Sequence[str]) -> list[str]:
    """Why the report in `out` is to be rendered; empty if it is whole and current."""
    with facts.one_look():
        stamp = site_stamp(project, renderer, formats)
        return _causes(project, out, site_key(project, out), stamp)


def site_key(project: Project, out: Path) -> str:
    """The name of a report's stamp and manifest: each output folder has its own."""
    if out == project.site.absolute():
        return "site"
    return "site-" + hashlib.sha256(os.fsencode(project.shown(out))).hexdigest()[:16]


def require_current(project: Project) -> None:
    """Refuse notebooks that were not run, failed, or ran on what has changed since.

    Whatever has led there - a notebook that failed, a table saved a moment ago - the report
    shows only what was made from one state of the project, that of the present look.

    Raises
    ------
    ReviewError
        Naming each notebook and the cause.
    """
    with facts.one_look():
        found = {n: of_notebook(project, n) for n in dependencies.notebook_names(project)}
    stale = [f"{name}: {listed(causes)}" for name, causes in found.items() if causes]
    if stale:
        raise ReviewError(
            "\n".join(["Nothing was published, for these notebooks are not up to date:", *stale])
            + "\nType the command again; if a notebook failed, mend it first."
        )


def site_stamp(project: Project, renderer: str, formats: Sequence[str] = FORMATS) -> str:
    """The content of the rendered report's stamp; `formats` says which forms it has."""
    version = revision(project)
    settings = {
        "commit": version.commit,
        "clean": version.clean,
        "renderer": renderer,
        "formats": [form for form in FORMATS if form in formats],
        "environment": dependencies.environment_of(project),
    }
    if renderer != "embedded":
        settings["quarto"] = _quarto()
    files = dependencies.hashes(project, sorted(set(_site_inputs(project))))
    return to_json({"product": "site", "settings": settings, "files": files})


def _quarto() -> str:
    """Which Quarto would be used, without starting it: its path, size and time."""
    found = shutil.which("quarto")
    if not found:
        return ""
    facts = Path(found).stat()
    return f"{found} {facts.st_size} {facts.st_mtime_ns}"


def _site_inputs(project: Project) -> Iterator[Path]:
    yield from dependencies.module_files(project, [f"{dependencies.PACKAGE}.rendering"])
    yield from (project.root / name for name in _QUOTED)
    yield from project.expectations.glob("*.json")
    yield from published.raw(project)
    yield from published.made(project, project.clean, project.exhibits)
    yield from published.code(project)
    for name in dependencies.notebook_names(project):
        yield project.executed / f"{name}.ipynb"
    for folder in (project.results, project.build / "quality"):
        yield from (path for path in folder.rglob("*") if path.is_file())
    reports = {project.root / path for path in outputs(project)}
    for folder, folders, names in os.walk(project.report):
        # Hidden files are an editor's, the system's, or what a killed build has left.
        folders[:] = [
            name
            for name in folders
            if name not in GENERATED and name[0] != "." and Path(folder, name) not in reports
        ]
        yield from (Path(folder) / name for name in names if not name.startswith("."))


def record_site(project: Project, out: Path, stamp: str) -> None:
    """Note what the rendered report in `out` consists of and what it was made from."""
    key = site_key(project, out)
    write_text(stamp_path(project, key), stamp)
    files = sorted(path for path in out.rglob("*") if path.is_file())
    outputs = {path.relative_to(out).as_posix(): facts.sha256(path) for path in files}
    write_text(manifest_path(project, key), manifest(stamp, outputs))


def status(
    project: Project, out: Path, renderer: str, formats: Sequence[str] = FORMATS
) -> list[str]:
    """One line per product that is out of date, with the cause; empty if all is current."""
    with facts.one_look():
        lines, waiting = [], set()
        for name, before in dependencies.before(project).items():
            if causes := of_notebook(project, name):
                lines.append(f"{name}: {listed(causes)}")
                waiting.add(name)
            elif later := sorted(waiting.intersection(before)):
                lines.append(f"{name}: to be checked after {', '.join(later)}")
        causes = of_site(project, out, renderer, formats)
    if causes:
        lines.append(f"{project.shown(out)}: {listed(causes)}")
    elif lines:
        lines.append(f"{project.shown(out)}: to be checked after the notebooks")
    return lines


def listed(causes: list[str]) -> str:
    """The first few of several causes."""
    more = len(causes) - _CAUSES
    return "; ".join(causes[:_CAUSES]) + (f"; and {more} more" if more > 0 else "")


def _causes(project: Project, folder: Path, name: str, stamp: str) -> list[str]:
    found = damage(folder, manifest_path(project, name), stamp)
    kept = _kept(stamp_path(project, name))
    if kept and kept != stamp:
        return differences(kept, stamp) or found
    return found


def differences(old: str, new: str) -> list[str]:
    """What two stamps differ in, in words: the files and parameters that are to blame."""
    before, after = _load(old), _load(new)
    found = []
    for part in ("files", "folders", "parameters", "settings"):
        was, now = before.get(part, {}), after.get(part, {})
        for key in sorted({*was, *now}):
            if was.get(key) != now.get(key):
                found.append(_said(part, key, was.get(key), now.get(key)))
    if before.get("environment") != after.get("environment"):
        found.append(f"{_ENVIRONMENT} changed")
    return found


def _said(part: str, key: str, was, now) -> str:
    if part == "folders":
        return f"other files are in {key}"
    if part == "files":
        verb = "is new" if was in (None, MISSING) else "changed"
        return f"{key} {'is gone' if now in (None, MISSING) else verb}"
    return f"params.yml: {key} changed" if part == "parameters" else f"{_SETTINGS[key]} changed"


def files_of(stamp: str) -> dict[str, str]:
    """The files that a stamp lists, each with its SHA-256."""
    return _load(stamp).get("files", {})


def _load(stamp: str) -> dict:
    """A stamp's content by part; nothing of what is no stamp."""
    try:
        found = json.loads(stamp)
    except ValueError:
        return {}
    parts = found.items() if isinstance(found, dict) else ()
    named = ("files", "folders", "parameters", "settings")
    return {key: part for key, part in parts if key not in named or isinstance(part, dict)}
