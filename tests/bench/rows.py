"""The rows of the benchmark, as data: a new one is one more entry of `ROWS`.

A row has a copy of the project (which rows that name the same share, in their order), something
that is done to it before each run and not measured, and the command that is measured. The run's
number goes into each change, so that no run can take over what another has made.
"""

from __future__ import annotations

import json
import re
import shutil
import string
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import grown_review

from case_review.files import write_text

#: What 00_reconstruction draws in a minute. It is kept by content for every copy and floor alike:
#: what is measured is a build as people repeat it.
DRAWN = "case_review.reconstruction.*"
MAKE = ("make", "report", f"VENV={sys.prefix}", f"PYTHON={sys.executable}")
ONE_PROCESS, BY_HAND = "cells in one process, one render", "papermill by hand, one render"
UNGROWN = "grown review: 1 x the patients"
SENTENCE = "A sentence more, for the benchmark's run {}."


def nothing(root: Path, run: int) -> None:
    """Leave the copy as it is."""


def kept(root: Path) -> Path:
    """The folder that a copy keeps finished work in by content (`CASE_REVIEW_KEPT`)."""
    return root.with_name(f"{root.name}-kept")


def unmake(root: Path, run: int) -> None:
    """Remove what builds have made, but for the data sets that were drawn."""
    subprocess.run(["make", "--quiet", "clean", *MAKE[2:]], cwd=root, check=True)
    forget(root, run)


def forget(root: Path, run: int) -> None:
    """Remove what is kept by content, but for the data sets that were drawn."""
    drawn = set(kept(root).glob(DRAWN))
    for path in set(kept(root).iterdir()) - drawn:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def undo_set_up(root: Path, run: int) -> None:
    """Leave nothing but the sources."""
    subprocess.run(["git", "clean", "-ffdxq"], cwd=root, check=True)
    shutil.rmtree(kept(root))
    kept(root).mkdir()


def grown(times: int) -> Callable[[Path], None]:
    """Put a made-up review with so many times the patients into a new copy."""
    return lambda root: grown_review.grow(root, times)


def substituted(name: str, pattern: str, text: str) -> Callable[[Path, int], None]:
    """Replace the one place in a file that matches; `{run}` and `{letter}` are the run's."""

    def change(root: Path, run: int) -> None:
        path, new = root / name, text.format(run=run, letter=string.ascii_lowercase[run])
        before = path.read_text(encoding="utf-8")
        after, count = re.subn(
            pattern, lambda found: found.expand(new), before, count=1, flags=re.M
        )
        if not count or after == before:
            raise ValueError(f"{name}: nothing to change at {pattern}")
        write_text(path, after)

    return change


def in_cell(notebook: str, label: str, pattern: str, text: str) -> Callable[[Path, int], None]:
    """The same within the cell of a notebook that has the label."""

    def change(root: Path, run: int) -> None:
        path = root / "notebooks" / f"{notebook}.ipynb"
        content = json.loads(path.read_text(encoding="utf-8"))
        (cell,) = (c for c in content["cells"] if f"#| label: {label}\n" in c["source"])
        new = text.format(run=run, letter=string.ascii_lowercase[run])
        cell["source"] = re.sub(pattern, new, "".join(cell["source"]), count=1, flags=re.M)
        cell["source"] = cell["source"].splitlines(keepends=True)
        write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    return change


@dataclass(frozen=True)
class Row:
    """One line of the benchmark.

    Parameters
    ----------
    name
        What is measured, as the table says it.
    change
        Done before each run to the copy, with the run's number, and not measured but for
        `make watch`.
    command
        What is measured, in the copy; `make watch` from the save of the change on.
    copy
        Which copy of the project.
    begin
        Done once to a new copy, before anything else.
    built
        Whether a new copy is built before its first row is measured.
    on_request
        Whether the row is left out unless it is named.
    """

    name: str
    change: Callable[[Path, int], None] = nothing
    command: tuple[str, ...] = MAKE
    copy: str = "project"
    begin: Callable[[Path], None] | None = None
    built: bool = True
    on_request: bool = False

    @property
    def is_watched(self) -> bool:
        """Whether the change is saved, and measured, while the command runs."""
        return "watch" in self.command


def _grown(times: int) -> Row:
    name = f"grown review: {times:,} x the patients"
    return Row(name, unmake, copy=f"grown-{times}", begin=grown(times), built=False)


def _watched(row: Row) -> Row:
    """The same change, saved while `make watch` runs."""
    command = ("make", "watch", *MAKE[2:], "FORMATS=html")
    return replace(row, name=f"{row.name}, in make watch", command=command, copy="watched")


FLOOR = (sys.executable, "-m", "bench.floors")
#: What people change between two looks at the paper.
EDITS = (
    Row(
        "a sentence of the manuscript",
        substituted("report/index.qmd", r"^# ", SENTENCE.format("{letter}") + "\n\n# "),
    ),
    Row(
        "a caption of 04",
        in_cell("04_safety", "tbl-adverse-events", r'tbl-cap: "(\w: )?', 'tbl-cap: "{letter}: '),
    ),
    Row(
        "a comment in 04",
        in_cell(
            "04_safety", "safety-denominators", r"(?<=denominators\n)(# \w\n)?", "# {letter}\n"
        ),
    ),
    Row(
        "a parameter of 03",
        substituted("params.yml", r"(id: dose_5, .*low: )[\d.]+", r"\g<1>2.0{run}"),
    ),
    Row(
        "a cell of the data",
        substituted("data/raw/patients.csv", r"^(R01-1,R01,male,)[\d.]+", r"\g<1>13.{run}"),
    ),
)
ROWS = (
    Row("full rebuild", unmake),
    Row(ONE_PROCESS, forget, (*FLOOR, "one_process"), copy="floors"),
    Row(BY_HAND, forget, (*FLOOR, "by_hand"), copy="floors"),
    Row("nothing to do"),
    *EDITS,
    *map(_watched, EDITS),
    *map(_grown, (1, 10, 100, 1000)),
    Row("first build, with set-up", undo_set_up, ("make", "report"), "new", None, False, True),
    Row("make test", command=("make", "test", *MAKE[2:]), on_request=True),
)


def chosen(names: str, rows: tuple[Row, ...] = ROWS) -> list[Row]:
    """The rows whose names hold one of the given words (with `;` between them).

    Without words, all but those that are measured on request only.

    Raises
    ------
    ValueError
        For words that are in no row's name.
    """
    words = [word.strip().lower() for word in names.split(";") if word.strip()]
    for word in words:
        if not any(word in row.name for row in rows):
            known = "; ".join(row.name for row in rows)
            raise ValueError(f"ROWS={names}: no row is called {word}. There are: {known}")
    if not words:
        return [row for row in rows if not row.on_request]
    return [row for row in rows if any(word in row.name for word in words)]
