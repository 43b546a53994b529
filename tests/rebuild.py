"""Does the project rebuild to the same bytes?

python tests/rebuild.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from case_review.build.revision import revision
from case_review.errors import ReviewError
from case_review.project import Project, find_project, sha256

#: What a build makes and `verify` compares.
PRODUCTS = ("data/clean", "report/_executed", "report/results", "report/exhibits", "report/_site")
#: The second build's surroundings; the Makefile should not let them matter.
_ELSEWHERE = {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONHASHSEED": "17", "MPLBACKEND": "svg"}


def verify(project: Project) -> int:
    """Build the last commit twice, in different folders and surroundings, and compare every byte.

    Prints each difference; returns 0 if there is none, else 1.
    """
    if (version := revision(project)).commit and not version.clean:
        print("What is not committed is no part of this.", flush=True)
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        first, second = Path(folder) / "one", Path(folder) / "another, ünlike"
        for target, surroundings in ((first, {}), (second, _ELSEWHERE)):
            clone(project, target)
            _make(target, "report", surroundings)
        found = list(compare(first, second))
        count = sum(1 for _ in _files(first))
    print("\n".join(found) if found else f"Two builds agree in all bytes of {count} files.")
    return 1 if found else 0


def compare(first: Path, second: Path) -> Iterator[str]:
    """One sentence per product of a build that two folders do not share byte for byte."""
    ones, others = _files(first), _files(second)
    for name in sorted({*ones, *others}):
        if name not in others:
            yield f"{name} was made only the first time"
        elif name not in ones:
            yield f"{name} was made only the second time"
        elif sha256(ones[name]) != sha256(others[name]):
            yield f"{name} differs{_where(ones[name].read_bytes(), others[name].read_bytes())}"


def _files(root: Path) -> dict[str, Path]:
    found = (path for product in PRODUCTS for path in (root / product).rglob("*"))
    return {path.relative_to(root).as_posix(): path for path in found if path.is_file()}


def _where(one: bytes, other: bytes) -> str:
    """The first differing place, with a little of what stands there."""
    pairs = enumerate(zip(one, other, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
    start = max(0, at - 20)
    return f" from byte {at} on: {one[start : at + 30]!r} / {other[start : at + 30]!r}"


def clone(project: Project, target: Path) -> None:
    """Clone the project's last commit.

    Raises
    ------
    ReviewError
        If git cannot.
    """
    command = ["git", "clone", "--quiet", "--no-hardlinks", str(project.root), str(target)]
    if subprocess.run(command).returncode:
        raise ReviewError("git could not clone the project: commit it first.")


def _make(folder: Path, goal: str, surroundings: dict[str, str]) -> None:
    """Run make in a clone with this environment's packages, as a caller of its own.

    Raises
    ------
    ReviewError
        If make fails; its own messages stand above.
    """
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "CASE_REVIEW"))}
    inherited.pop("MFLAGS", None)
    command = ["make", "-C", str(folder), goal, f"VENV={sys.prefix}", f"PYTHON={sys.executable}"]
    if subprocess.run(command, env={**inherited, **surroundings}).returncode:
        raise ReviewError(f"make {goal} failed in a clean clone (see above)")


def main() -> int:
    """Verify; what the user can mend is told in one message."""
    try:
        return verify(find_project())
    except ReviewError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
