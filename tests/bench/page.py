"""What was measured, as a CSV file of all runs, a table of medians, and a picture."""

from __future__ import annotations

import csv
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.measuring import Measured, medians
from bench.rows import BY_HAND, ONE_PROCESS, ROWS, UNGROWN

COLUMNS = ("begun", "row", "run", *Measured.__dataclass_fields__)
_HEAD = """# How long a build takes

{where}. Written by `make bench` on {days}; each run is in [`runs.csv`](runs.csv). Medians: until
the page holds the change, until the command ends, and processor seconds of all processes together;
most memory at one time. In `make watch`, all from the save of the file on, with the page only.

![Seconds of each run, by row.](runs.svg)

The floors do the same work without a build: all cells of all notebooks in one process and one
rendering; papermill's command for one notebook after the other and one rendering. Ratios are to
floors of the same run of the benchmark. The data sets that `00_reconstruction` draws in a minute
are kept by content for builds and floors alike.

"""


@dataclass(frozen=True)
class Run:
    """One run of one row, in the benchmark that was begun at a time."""

    begun: str
    row: str
    run: int
    measured: Measured


def read(path: Path) -> list[Run]:
    """The runs of a CSV file; none if it does not exist."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Run(
                line["begun"],
                line["row"],
                int(line["run"]),
                Measured(
                    *(float(line[n]) if line[n] else None for n in Measured.__dataclass_fields__)
                ),
            )
            for line in csv.DictReader(stream)
        ]


def merged(old: list[Run], new: list[Run]) -> list[Run]:
    """All runs in the order of the rows; a row that was measured again leaves its older runs."""
    again = {run.row for run in new}
    runs = [run for run in old if run.row not in again] + new
    names = [row.name for row in ROWS]
    return sorted((run for run in runs if run.row in names), key=lambda run: names.index(run.row))


def write(folder: Path, runs: list[Run]) -> None:
    """Write `runs.csv`, `runs.svg` and `README.md` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "runs.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for run in runs:
            numbers = (None if n is None else round(n, 3) for n in asdict(run.measured).values())
            writer.writerow([run.begun, run.row, run.run, *numbers])
    days = " and ".join(sorted({run.begun[:10] for run in runs}))
    head = _HEAD.format(where=machine(), days=days)
    (folder / "README.md").write_text(head + "\n".join(table(runs)) + "\n", encoding="utf-8")
    draw(runs, folder / "runs.svg")


def table(runs: list[Run]) -> list[str]:
    """The lines of a Markdown table: a row's medians, and its ratios to the floors.

    The ratios are left empty where the floor was not measured in the same benchmark.
    """
    found = {}
    for run in runs:
        found.setdefault((run.row, run.begun), []).append(run.measured)
    middle = {key: medians(measured) for key, measured in found.items()}
    lines = [
        "| | runs | to the page, s | to the end, s | CPU, s | memory, MB | "
        "CPU / one process | s / by hand | s / 1 x |",
        "| --- |" + " ---: |" * 8,
    ]
    for (row, begun), measured in middle.items():
        one, hand = middle.get((ONE_PROCESS, begun)), middle.get((BY_HAND, begun))
        small = middle.get((UNGROWN, begun)) if row.startswith("grown") else None
        cells = [
            f"{len(found[row, begun])}",
            _number(measured.page_seconds),
            _number(measured.seconds),
            _number(measured.cpu_seconds),
            _number(measured.peak_mb, 0),
            _number(measured.cpu_seconds / one.cpu_seconds if one else None, 2),
            _number(measured.seconds / hand.seconds if hand else None, 2),
            _number(measured.seconds / small.seconds if small else None, 2),
        ]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return lines


def _number(value: float | None, digits: int = 1) -> str:
    if value is None:
        return "–"
    return f"{value:,.{digits if value >= 1 else max(digits, 2)}f}"


def machine() -> str:
    """Processors, memory, system and Python, in words."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    names = info.read_text().splitlines() if info.is_file() else []
    model = next((n.partition(":")[2].strip() for n in names if n.startswith("model name")), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = f"{platform.system()}, Python {platform.python_version()}"
    return f"{cores} processors ({model}), {memory:.0f} GiB, {python}"


def draw(runs: list[Run], path: Path) -> None:
    """A line for each row: its runs to the page, to the end, and in processor seconds."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "bench", "svg.fonttype": "none"})
    from matplotlib import pyplot as plt
    from matplotlib.ticker import StrMethodFormatter

    names = list(dict.fromkeys(run.row for run in runs))
    figure, axes = plt.subplots(figsize=(9, 1.2 + 0.36 * len(names)), layout="constrained")
    kinds = (
        ("page_seconds", "to the page", "o", "#1b6ca8"),
        ("seconds", "to the end", "s", "#7a8794"),
        ("cpu_seconds", "processor", "x", "#b5542b"),
    )
    for shift, (kind, label, marker, colour) in zip((-0.2, 0, 0.2), kinds, strict=True):
        shown = [(getattr(run.measured, kind), names.index(run.row) + shift) for run in runs]
        shown = [(value, place) for value, place in shown if value is not None]
        values, places = zip(*shown, strict=True) if shown else ((), ())
        axes.plot(values, places, marker, color=colour, ms=4, ls="", label=label)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.grid(axis="x", color="#dde3e8", which="both", lw=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("Seconds")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
