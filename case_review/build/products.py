"""What a product of the build consists of, and whether it is still whole.

A product is a notebook's output or the rendered report. Its stamp says what it was made from, its
manifest which files it has; both are kept in `report/_build/`.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from case_review.build.facts import sha256
from case_review.files import to_json
from case_review.project import Project

#: Stands for the hash of a file that does not exist.
MISSING = "missing"


def manifest_path(project: Project, name: str) -> Path:
    """Where the list of a product's files is kept."""
    return project.build / "manifests" / f"{name}.json"


def stamp_path(project: Project, name: str) -> Path:
    """Where the stamp of a product is kept."""
    return project.build / "stamps" / f"{name}.json"


def manifest(stamp: str, outputs: dict[str, str]) -> str:
    """The content of a manifest: the stamp that the product was made from, and its files."""
    digest = hashlib.sha256(stamp.encode("utf-8")).hexdigest()
    return to_json({"stamp": digest, "outputs": dict(sorted(outputs.items()))})


def _kept_manifest(path: Path) -> tuple[str, dict[str, str]] | None:
    """Hash of the stamp, and files, of a manifest; None if there is none that can be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        outputs = {str(name): str(digest) for name, digest in kept["outputs"].items()}
        # What is listed may be removed, so nothing but the project's own is believed.
        inside = {n: d for n, d in outputs.items() if ".." not in Path(n).parts and n[:1] != "/"}
        return str(kept["stamp"]), inside
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def recorded_outputs(path: Path) -> dict[str, str]:
    """The files that a manifest lists, with their SHA-256; nothing if it cannot be read."""
    kept = _kept_manifest(path)
    return kept[1] if kept else {}


def damage(folder: Path, path: Path, stamp: str) -> list[str]:
    """Why the product of a manifest is not the whole product of `stamp`; empty if it is.

    `folder` is what the listed paths start from.
    """
    kept = _kept_manifest(path)
    if kept is None:
        return ["it was not made yet"]
    made_from, outputs = kept
    problems = []
    for name, digest in outputs.items():
        if not (folder / name).is_file():
            problems.append(f"{name} is missing")
        elif sha256(folder / name) != digest:
            problems.append(f"{name} was altered")
    if not problems and made_from != hashlib.sha256(stamp.encode("utf-8")).hexdigest():
        problems.append("it was made from other inputs")
    return problems
