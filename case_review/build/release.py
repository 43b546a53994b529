"""The archive of a release: report, sources, data and an RO-Crate that says what made what."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from dataclasses import asdict
from pathlib import Path

import nbformat

from case_review import __version__, registry
from case_review.build import dependencies, opened, products, published
from case_review.build.revision import RECORD, Revision, recorded_sources, revision
from case_review.errors import ReviewError
from case_review.files import to_json, write_bytes
from case_review.parameters import cell_options
from case_review.project import Project

#: Name of the metadata file that the RO-Crate specification prescribes.
CRATE_METADATA = "ro-crate-metadata.json"
#: The archive holds no other date than the revision's; ZIP begins in 1980.
_EARLIEST = (1980, 1, 1, 0, 0, 0)
#: Key of the manifest of `report/_site`.
_SITE = "site"


def release(project: Project, folder: Path | None = None) -> Path:
    """Write `case-review-<version>.zip` and return its path.

    The archive unpacks to one folder in which `make report` gives the same report again.

    Raises
    ------
    ReviewError
        If the report is incomplete, was made with other parameters than `params.yml`, or the tree
        differs from its commit: nobody could name the version that such an archive holds.
    """
    version = revision(project)
    # What is part of a report depends on its renderer, which has listed all that it made.
    made = products.recorded_outputs(products.manifest_path(project, _SITE))
    missing = [name for name in made or ["index.html"] if not (project.site / name).is_file()]
    if missing:
        raise ReviewError(
            f"report/_site lacks {', '.join(missing)}. Run `make report` first, then release."
        )
    if project.params_file != project.root / "params.yml":
        raise ReviewError("A release is made with params.yml. Leave out PARAMS=, then release.")
    if not version.clean:
        raise ReviewError(
            f"The project has no clean commit ({version}). Commit or undo the changes that "
            "`git status` lists, run `make report`, then release."
        )
    name = f"case-review-{__version__}"
    sources = _sources(project)
    members = {path: (project.root / path).read_bytes() for path in _members(project, sources)}
    sums = {path: hashlib.sha256(members[path]).hexdigest() for path in sources}
    members[RECORD] = to_json(asdict(version) | {"sources": sums}).encode()
    members[CRATE_METADATA] = to_json(describe(project, sorted(members), version)).encode()
    target = (folder or project.build) / f"{name}.zip"
    write_bytes(target, _zip(name, members, version))
    return target


def _members(project: Project, sources: list[str]) -> list[str]:
    """Paths of everything released: the sources, and what the build has made of them."""
    paths = set(sources)
    folders = (project.clean, project.executed, project.results, project.exhibits)
    paths.update(project.relative(path) for path in published.made(project, *folders))
    site = products.recorded_outputs(products.manifest_path(project, _SITE))
    paths.update(project.relative(project.site / name) for name in site)
    return sorted(paths)


def _sources(project: Project) -> list[str]:
    """The tracked files; in an unpacked release, those that its record lists."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=project.root, capture_output=True, check=False
    )
    # An archive that was unpacked inside another repository is no part of that.
    if done.returncode == 0 and (project.root / ".git").exists():
        return sorted(name for name in done.stdout.decode().split("\0") if name)
    return sorted(recorded_sources(project))


def _zip(name: str, members: dict[str, bytes], version: Revision) -> bytes:
    moment = max((*version.day.timetuple()[:3], 0, 0, 0), _EARLIEST)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(members.items()):
            entry = zipfile.ZipInfo(f"{name}/{path}", moment)
            executable = content.startswith(b"#!")
            entry.external_attr = (0o100755 if executable else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def describe(project: Project, paths: list[str], version: Revision) -> dict:
    """The RO-Crate metadata: every file, and for each notebook what it read and what it made."""
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    crate = ROCrate()
    crate.name = "Reproducible report of a systematic review of case reports"
    crate.description = "Report, sources, data and the run that made the one from the others."
    crate.datePublished = version.day.isoformat()
    crate.license = "LICENSE"
    files = {path: crate.add_file(dest_path=path, properties=_about(path)) for path in paths}
    for notebook in sorted(project.executed.glob("[0-9]*.ipynb")):
        if notebook.stem.endswith(".failed"):
            continue
        source = f"notebooks/{notebook.name}"
        made, read = _made(project, notebook), _read(project, notebook.stem)
        action = ContextEntity(
            crate,
            f"#run-{notebook.stem}",
            {
                "@type": "CreateAction",
                "name": f"Run of {source}",
                "endTime": version.day.isoformat(),
            },
        )
        action["instrument"] = files[source]
        action["object"] = [files[path] for path in read if path in files]
        action["result"] = [files[path] for path in made if path in files]
        crate.add(action)
        crate.root_dataset.append_to("mentions", action)
    return crate.metadata.generate()


def _about(path: str) -> dict:
    kinds = {
        ".csv": "text/csv",
        ".html": "text/html",
        ".ipynb": "application/x-ipynb+json",
        ".json": "application/json",
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".xml": "application/xml",
    }
    suffix = Path(path).suffix
    about = {"name": Path(path).name}
    return about | ({"encodingFormat": kinds[suffix]} if suffix in kinds else {})


def _made(project: Project, notebook: Path) -> list[str]:
    """What a run left: what its manifest lists, and at least notebook, results and exhibits."""
    cells = nbformat.read(notebook, as_version=4).cells
    labels = {label for cell in cells if (label := cell_options.label(cell.source))}
    exhibits = [p for p in sorted(project.exhibits.glob("*")) if p.name.split(".")[0] in labels]
    made = [notebook, project.results / f"{notebook.stem}.json", *exhibits]
    listed = products.recorded_outputs(products.manifest_path(project, notebook.stem))
    return sorted({*(project.relative(path) for path in made), *listed})


def _read(project: Project, stem: str) -> list[str]:
    """What a run read: its parameters, the data that its results name, what else it may read."""
    path = project.results / f"{stem}.json"
    results = registry.read(path) if path.is_file() else []
    named = {file for result in results for file in result.inputs}
    folders = (project.raw, project.clean, project.expectations, project.results)
    open_to_it = dependencies.inputs(project, stem)
    files = {project.relative(file) for file in open_to_it if file.parent in folders}
    return ["params.yml", *sorted({*named, *files, *opened.kept(project, stem).files})]
