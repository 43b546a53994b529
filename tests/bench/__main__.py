"""Measure builds: `python -m bench [--runs N] [--rows "WORDS; WORDS"] [--out FOLDER]`."""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import rebuild

from bench import page, watched
from bench.measuring import measure
from bench.rows import DRAWN, MAKE, Row, chosen, kept
from case_review.errors import ReviewError
from case_review.project import KEPT_VARIABLE, Project, find_project

_HERE = Path(__file__).resolve().parent.parent


def run_all(project: Project, rows: list[Row], runs: int, folder: Path) -> Iterator[page.Run]:
    """Measure the rows in turn, and all of them again for each run.

    Raises
    ------
    ReviewError
        If a build fails.
    """
    begun = datetime.datetime.now().isoformat(timespec="minutes")
    made: dict[str, Path] = {}
    for run in range(1, runs + 1):
        for row in rows:
            if row.copy not in made:
                made[row.copy] = _copy(project, row, folder, made)
            root = made[row.copy]
            shown = root / "report" / "_site" / "index.html"
            where = (row.command, root, shown, _environment(root))
            if row.is_watched:
                measured = watched.measure(*where, partial(row.change, run=run))
            else:
                row.change(root, run)
                measured = measure(*where)
            print(
                f"{run}  {row.name:<36} {measured.seconds:7.2f} s"
                f" {measured.cpu_seconds:7.2f} s CPU",
                flush=True,
            )
            yield page.Run(begun, row.name, run, measured)


def _copy(project: Project, row: Row, folder: Path, made: Mapping[str, Path]) -> Path:
    """A clone of the last commit, with what others have drawn; built if the row wants that."""
    root = folder / row.copy
    rebuild.clone(project, root)
    # What is new since a previous version is stale once the data are changed.
    (root / "report" / "previous.json").unlink(missing_ok=True)
    kept(root).mkdir()
    sources = [kept(other) for other in made.values()]
    sources += [Path(os.environ[KEPT_VARIABLE])] if KEPT_VARIABLE in os.environ else []
    for path in (path for source in sources for path in source.glob(DRAWN)):
        shutil.copy2(path, kept(root))
    if row.begin:
        row.begin(root)
    if row.built:
        print(f"   building {row.copy}", flush=True)
        measure(MAKE, root, root / "report" / "_site" / "index.html", _environment(root))
    return root


def _environment(root: Path) -> dict[str, str]:
    """The caller's, without what a make above sets, and with this package's modules."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "CASE_REVIEW"))}
    inherited.pop("MFLAGS", None)
    return inherited | {KEPT_VARIABLE: str(kept(root)), "PYTHONPATH": f"{root}:{_HERE}"}


def main(arguments: list[str]) -> int:
    """Measure, print the table, and write it; what fails is told in one message."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", default="", help="words of the rows' names, with ; between them")
    parser.add_argument("--out", type=Path, help="folder to write to")
    options = parser.parse_args(arguments)
    found: list[page.Run] = []
    try:
        project, rows = find_project(), chosen(options.rows)
        out = options.out or project.root / "docs" / "benchmarks"
        before = page.read(out / "runs.csv")
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            for run in run_all(project, rows, options.runs, Path(folder)):
                found.append(run)
                page.write(out, page.merged(before, found))
    except (ReviewError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(["", page.machine(), "", *page.table(found)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
