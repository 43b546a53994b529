"""Chunks of work that are done: what each rests on, its bytes, and the files that keep it.

`workers` calls this. A kept file is named after the hash of all that its content follows from, so
it is never out of date, only no longer asked for.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import io
import json
import math
import os
import sys
import zipfile
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import numpy as np

from case_review import files
from case_review.build import dependencies, products
from case_review.project import Project, sha256

#: The checkout that this package was imported from.
ROOT = Path(__file__).resolve().parents[2]
#: Kept chunks of one function that other sources or arguments made, beyond which the oldest go.
KEPT = 200
#: Changes when kept files are written in another way.
_FORMAT = 2
#: The entry of a kept file that says what else is in it.
_INDEX = "index.json"
#: Packages whose version may change a number without a change of the lock, in a foreign worker.
_COMPUTING = ("numpy", "scipy", "pandas", "ortools")


@lru_cache
def fingerprint(module: str, name: str) -> str:
    """The SHA-256 of everything but the arguments that a function's result rests on.

    It is taken once in a process, as its modules are loaded once.
    """
    project = Project(ROOT)
    sources = [ROOT / "requirements.lock", *dependencies.module_files(project, [module])]
    found = {
        "function": f"{module}.{name}",
        "format": _FORMAT,
        "own": sha256(inspect.getsourcefile(importlib.import_module(module))),
        "files": dependencies.hashes(project, sources),
        "versions": {"python": "{}.{}".format(*sys.version_info[:2])}
        | {package: _version(package) for package in _COMPUTING},
    }
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return products.MISSING


def key_of(source: str, chunk: dict) -> str:
    """The hash that names a chunk: of the function's `fingerprint` and of the arguments.

    Raises
    ------
    TypeError
        If an argument does not come back from JSON as it was.
    """
    text = json.dumps(chunk, sort_keys=True)
    if json.loads(text) != chunk:
        raise TypeError(f"JSON does not give these arguments back as they are: {chunk!r}")
    return hashlib.sha256(f"{source}{text}".encode()).hexdigest()


def pack(result: dict) -> bytes:
    """The bytes of an .npz file with the arrays of a result and, as JSON, its other values.

    Equal results have equal bytes.

    Raises
    ------
    TypeError, ValueError
        If the result is no dict, or holds what is neither an array of numbers or text nor JSON.
    """
    if not isinstance(result, dict):
        raise TypeError(f"expected a dict of arrays and values, found {type(result).__name__}")
    arrays = {name: value for name, value in result.items() if isinstance(value, np.ndarray)}
    others = {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in result.items()
        if name not in arrays
    }
    # One member per type, for a header and an entry of the archive take longer than their numbers.
    blocks: dict[np.dtype, list[np.ndarray]] = {}
    for array in arrays.values():
        blocks.setdefault(array.dtype, []).append(array.ravel())
    members = {kind: f"{number}.npy" for number, kind in enumerate(blocks)}
    places = {name: [members[array.dtype], array.shape] for name, array in arrays.items()}
    index = {"order": list(result), "arrays": places, "values": others}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        # A ZipInfo of its own, because the default carries the time of day.
        archive.writestr(zipfile.ZipInfo(_INDEX), json.dumps(index))
        for kind, parts in blocks.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.concatenate(parts, dtype=kind), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(members[kind]), member.getvalue())
    return content.getvalue()


def unpack(content: bytes) -> dict:
    """The result that `pack` made these bytes of."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        index = json.loads(archive.read(_INDEX))
        found, blocks = index["values"], {}
        for name, (member, shape) in index["arrays"].items():
            if member not in blocks:
                array = io.BytesIO(archive.read(member))
                blocks[member] = np.lib.format.read_array(array, allow_pickle=False)
            size = math.prod(shape)
            found[name] = blocks[member][:size].reshape(shape)
            blocks[member] = blocks[member][size:]
    return {name: found[name] for name in index["order"]}


def read(path: Path) -> dict | None:
    """A kept result; None if there is none or if its file is damaged."""
    try:
        result = unpack(path.read_bytes())
        os.utime(path)  # so that what is used is not pruned as old
        return result
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, NotImplementedError):
        return None


def prune(folder: Path, stem: str, used: set[Path]) -> None:
    """Remove the oldest files of the function beyond `KEPT`, and what a killed run left half."""
    files.prune(folder, stem, ".npz", KEPT, used)
