"""The ends of statistics over all sets that agree with the print, kept in a file and checked.

`make extremes` writes `data/raw/extreme_sets.csv`; `read` takes the ends from there after it has
checked that each set agrees with the print and has the value it stands for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from case_review.audit.claims import require_columns
from case_review.data.schema import FOUND
from case_review.errors import ReviewError
from case_review.files import write_text
from case_review.project import Project
from case_review.reconstruction import many_sets, specification
from case_review.reconstruction.extremes import ENDS, Statistic, find, statistic, statistics
from case_review.reconstruction.lattice import Lattice
from case_review.reconstruction.times import ConsistentSets, Printed, grid, read_printed

NAME = "extreme_sets.csv"
COLUMNS = tuple(FOUND["extreme_sets"].columns)
_HORIZON, _MONTH = "horizon_weeks", "month_days"
#: Decimals of a value in the file.
_DIGITS = 6
_AGAIN = "Run `make extremes`."


def rows(
    lattice: Lattice, wanted: Sequence[Statistic], month_days: float, width: int = 30_000
) -> Iterator[tuple[dict, float]]:
    """The rows of the file one by one, each with the seconds that it took."""
    for one in wanted:
        for end in ENDS:
            start = time.perf_counter()
            best = find(lattice, one, end, width)
            row = {
                "statistic": one.id,
                "end": end,
                "value": round(best.value, _DIGITS),
                "unit": one.unit,
                "proved": "yes" if best.proved else "no",
                "times_hours": ";".join(map(str, best.times.tolist())),
                "second_group": ";".join("1" if member else "0" for member in best.second),
                _HORIZON: "" if one.horizon_weeks is None else f"{one.horizon_weeks:g}",
                _MONTH: f"{month_days:g}",
            }
            yield row, time.perf_counter() - start


@dataclass(frozen=True)
class Extremes:
    """The ends that are kept, and the sets that attain them.

    Parameters
    ----------
    table
        `statistic`, `end`, `value`, `unit`, `proved` (bool) and `horizon_weeks`, by row.
    sets
        The set of each row.
    """

    table: pd.DataFrame
    sets: ConsistentSets

    def ends(self, name: str) -> tuple[float, float, bool]:
        """Smallest and largest value of a statistic, and whether both are proved."""
        own = self.table[self.table["statistic"] == name].set_index("end")
        return *own.loc[list(ENDS), "value"], bool(own["proved"].all())


def searched_with(raw: Path, month_days: float) -> bool:
    """Whether the kept sets were searched with months of this length; see `read` for errors."""
    return bool(np.isclose(pd.to_numeric(_table(raw)[_MONTH]), month_days).all())


def _table(raw: Path) -> pd.DataFrame:
    path = Path(raw) / NAME
    if not path.is_file():
        raise ReviewError(f"{NAME} is missing in the raw data. {_AGAIN}")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    require_columns(table, COLUMNS, NAME)
    return table


def read(raw: Path, printed: Printed, groups: Sequence[str]) -> Extremes:
    """The ends that are kept in a folder of raw data, each checked.

    Parameters
    ----------
    raw
        Folder of the file.
    printed
        What the sets must agree with.
    groups
        Keys of the first and the second group.

    Raises
    ------
    ReviewError
        If a set disagrees with the print, or its value is not that of the statistic; also for a
        file that is missing or cannot be read.
    """
    table = _table(raw)
    anchors = printed.anchors()
    times, second = [], []
    for line, row in enumerate(table.to_dict("records"), start=2):
        own = [_numbers(row, column, line) for column in ("times_hours", "second_group")]
        _check_set(line, printed, anchors, *own)
        times.append(own[0])
        second.append(own[1].astype(bool))
        _check_value(row, line, printed, groups, times[-1], second[-1])
    shown = table[["statistic", "end", "value", "unit", "proved", _HORIZON]].assign(
        value=table["value"].astype(float),
        proved=table["proved"] == "yes",
        horizon_weeks=pd.to_numeric(table[_HORIZON]),
    )
    return Extremes(shown, ConsistentSets(np.array(times), np.array(second)))


def _refuse(line: int, column: str, found: object, expected: object) -> None:
    raise ReviewError(
        f"{NAME}, line {line}, column {column}: found {found}, expected {expected}. {_AGAIN}"
    )


def _numbers(row: dict, column: str, line: int) -> np.ndarray:
    try:
        return np.array([int(part) for part in row[column].split(";")])
    except ValueError:
        _refuse(line, column, f"'{row[column]}'", "whole numbers joined by ;")
        raise


def _check_set(
    line: int, printed: Printed, anchors: dict[int, int], times: np.ndarray, second: np.ndarray
) -> None:
    """Refuse a set that does not agree with the print."""
    if len(times) != printed.n or (np.diff(times) < 0).any():
        _refuse(line, "times_hours", f"{len(times)} times", f"{printed.n} in ascending order")
    if len(second) != printed.n or set(second) - {0, 1} or second.sum() != printed.sizes[1]:
        expected = f"{printed.sizes[1]} times 1 and {printed.sizes[0]} times 0"
        _refuse(line, "second_group", f"{';'.join(map(str, second))}", expected)
    for position, hours in anchors.items():
        if times[position] != hours:
            at = f"{hours} h there, which is printed"
            _refuse(line, "times_hours", f"{times[position]} h in place {position + 1}", at)
    p = float(many_sets.logrank_p(times[None], second[None].astype(bool))[0])
    if round(p, printed.p_digits) != printed.p:
        expected = f"one that rounds to the printed {printed.p}"
        _refuse(line, "second_group", f"a log-rank p of {p:.5f}", expected)


def _check_value(row: dict, line: int, printed: Printed, groups, times, second) -> None:
    """Refuse a value that the statistic does not have in its set."""
    for column, values in (("end", ENDS), ("proved", ("yes", "no"))):
        if row[column] not in values:
            _refuse(line, column, f"'{row[column]}'", " or ".join(values))
    try:
        horizon = float(row[_HORIZON]) if row[_HORIZON] else None
        known = statistic(row["statistic"], groups, printed.sizes, horizon)
    except ValueError as error:
        _refuse(line, "statistic", f"'{row['statistic']}'", f"another ({error})")
    value = float(known.values(times[None], second[None])[0])
    try:
        same = abs(float(row["value"]) - value) < 10**-_DIGITS
    except ValueError:
        same = False
    if not same:
        _refuse(line, "value", row["value"], f"{value:.{_DIGITS}f}, which the set has")


def main(project: Project) -> int:
    """`make extremes`: search all ends again and write them to `data/raw/`."""
    from case_review.parameters import loading

    values = loading.load(project).values
    spec = specification.read(project.raw)
    response, month_days = spec["response"], values["shared"]["month_days"]
    printed = read_printed(spec.claims, response["ids"], month_days)
    lattice = Lattice(
        grid(response["grid"], month_days),
        printed.sizes,
        printed.anchors(),
        printed.chi_square_range(),
    )
    groups = list(response["groups"])
    horizon = values["sensitivity"]["rmst_horizon"]
    landmarks = values["response"]["landmarks"]
    found = []
    wanted = statistics(groups, printed.sizes, landmarks, horizon)
    for row, seconds in rows(lattice, wanted, month_days):
        found.append(row)
        sure = "proved" if row["proved"] == "yes" else "found"
        name, end, value = row["statistic"], row["end"], row["value"]
        print(f"{name:<36}{end:<6}{value:>10.4f}  {sure:<7}{seconds:6.1f} s", flush=True)
    table = pd.DataFrame(found, columns=COLUMNS)
    write_text(project.raw / NAME, table.to_csv(index=False, lineterminator="\n"))
    return 0
