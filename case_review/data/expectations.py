"""Great Expectations on the raw and the clean tables, with findings that name file, row and value.

The suites are JSON files in `expectations/`, one per table and stage. `across_raw` judges the
comparisons between tables that `rules` makes. A table that was judged by its suite before is not
judged again; see `judged`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from case_review.data import declared, judged, judging, reading, rules, suites
from case_review.data.problems import DataError, Problem, ordered, visible
from case_review.data.schema import Schema
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.values import Text, Value

#: Most unexpected values that a message or a page lists.
_SHOWN = 10
#: Columns that the check adds to a table, to name rows.
_ADDED = ("file_row", "row")


@dataclass(frozen=True)
class Outcome:
    """What became of one expectation.

    Parameters
    ----------
    suite, table, column
        Where it belongs; `column` is empty for the whole table.
    description
        The expectation in words.
    success
        Whether it was met.
    observed
        What was seen, as text.
    unexpected
        Up to ten pairs of (row, value) that broke it.
    problems
        Everything that broke it, each with its place; empty if it was met.
    element_count, unexpected_count
        Rows that were judged, and how many of them broke it. Where the table as a whole was judged
        by its number of rows or columns, `element_count` is that number and `unexpected_count` is
        None; where nothing was counted, both are.
    counted
        What `element_count` counts: `rows` or `columns`.
    """

    suite: str
    table: str
    column: str
    description: str
    success: bool
    observed: str
    unexpected: list[tuple[str, str]]
    problems: tuple[Problem, ...] = ()
    element_count: int | None = None
    unexpected_count: int | None = None
    counted: str = "rows"

    @property
    def seen(self) -> Value:
        """What was observed in short: `0 of 25 rows`, `8 columns`, or the text as it is."""
        of, unit = self.element_count, self.counted
        if of is None:
            return Text(self.observed)
        if self.unexpected_count is None:
            return Text(f"{of} {unit}", of, unit=unit)
        n = self.unexpected_count
        return Text(f"{n} of {of} {unit}", n, unit=unit, n=n, of=of)


@dataclass(frozen=True)
class Report:
    """All outcomes of a stage."""

    stage: str
    outcomes: list[Outcome]

    @property
    def success(self) -> bool:
        """Whether every expectation was met."""
        return all(outcome.success for outcome in self.outcomes)

    @property
    def failures(self) -> list[Outcome]:
        """The expectations that were not met."""
        return [outcome for outcome in self.outcomes if not outcome.success]

    @property
    def problems(self) -> list[Problem]:
        """Everything that broke an expectation, each with its place."""
        return ordered(problem for outcome in self.failures for problem in outcome.problems)

    def __str__(self) -> str:
        met = len(self.outcomes) - len(self.failures)
        first = f"{self.stage} data: {met} of {len(self.outcomes)} expectations met"
        return "\n".join([first, *map(str, self.problems)])

    def raise_for_failures(self) -> None:
        """Stop with every broken expectation, naming file, column, rows and values.

        Raises
        ------
        DataError
            If any expectation was not met.
        """
        if not self.success:
            raise DataError(self.problems)

    def to_frame(self) -> pd.DataFrame:
        """One row per expectation, for exhibits and pages."""
        shown = [f.name for f in fields(Outcome) if f.name != "problems"]
        rows = [{n: getattr(o, n) for n in shown} for o in self.outcomes]
        return pd.DataFrame(rows, dtype=object)  # so that counts stay whole where some are missing


def validate(
    project: Project,
    stage: str = "raw",
    frames: Mapping[str, pd.DataFrame] | None = None,
    unsound: Collection[str] = (),
) -> Report:
    """Check all tables of a stage against their suites.

    Parameters
    ----------
    stage
        `raw` or `clean`.
    frames
        The tables; read from `data/raw/` or `data/clean/` where not given.
    unsound
        Raw tables with missing rows or columns, which are left out.

    Raises
    ------
    ReviewError
        With every suite that is missing, is of no table, or cannot be used.
    """
    columns = declared.of(project)
    tables = dict(frames) if frames is not None else _read(project, stage, columns)
    if stage == "raw":
        known = [name for name in tables if name in columns.tables]
        typed = {name: _typed(tables[name], columns.tables[name].numbers) for name in known}
        typed["across"] = rules.checks(tables, unsound, columns)
        tables = typed
    else:
        tables = {name: _as_written(table) for name, table in tables.items()}
    read = suites.read(project.expectations, stage, project.kept, columns)
    if gone := ", ".join(f"{name}.csv" for name in read if name not in tables):
        raise ReviewError(f"data/{stage}/ has no {gone}. Run `make data`.")
    frames = {name: _framed(tables[name]) for name in read}
    outcomes, problems = [], []
    for name, suite in read.items():
        if name in unsound or (name == "across" and unsound and frames[name].empty):
            continue
        path = project.expectations / f"{name}_{stage}.json"
        try:
            outcomes += _judged(project.kept, stage, name, path, suite, frames[name])
        except ReviewError as error:
            problems.append(str(error))
    if problems:
        raise ReviewError("\n".join(problems))
    return Report(stage, outcomes)


def _read(project: Project, stage: str, columns: Schema) -> dict[str, pd.DataFrame]:
    if stage == "raw":
        return reading.read(project.raw, columns).tables
    paths = [path for name in columns.clean if (path := project.clean / f"{name}.csv").is_file()]
    if not paths:
        raise ReviewError("data/clean/ holds no tables. Run `make data` first.")
    tables = {p.stem: pd.read_csv(p, keep_default_na=False, na_values=[""]) for p in paths}
    # A column of whole numbers with an empty cell would be read as one of fractions.
    return {
        name: table.convert_dtypes(infer_objects=False, convert_string=False,
                                   convert_boolean=False, convert_floating=False)
        for name, table in tables.items()
    }  # fmt: skip


def _as_written(table: pd.DataFrame) -> pd.DataFrame:
    """Empty text as missing, and rows numbered by the lines of the file, below its header."""
    text = table.select_dtypes(object)
    numbered = table.set_axis(range(2, len(table) + 2))
    return numbered.assign(**text.mask(text == "", None).set_axis(numbered.index))


def _typed(table: pd.DataFrame, numbers: Collection[str]) -> pd.DataFrame:
    """Numbers as numbers, empty cells as missing: what expectations are written for."""
    frame = table.replace("", None)
    for column in numbers:
        # What is no number was refused when it was read; here it counts as missing.
        found = pd.to_numeric(frame[column], errors="coerce").astype(float)
        frame[column] = found.where(np.isfinite(found))
    return frame


def _framed(table: pd.DataFrame) -> pd.DataFrame:
    """The table as Great Expectations takes it, with the lines of the file as a column."""
    frame = table.reset_index(names="file_row") if "row" not in table.columns else table.copy()
    return frame.astype({c: object for c in frame.columns if frame[c].dtype.name == "string"})


def _judged(
    keep: Path, stage: str, name: str, path: Path, suite: dict, frame: pd.DataFrame
) -> Iterator[Outcome]:
    """What became of each expectation, now or when the same table and suite were judged before.

    One that cannot be applied is told by a ReviewError, and nothing is kept then.
    """

    def judge() -> list[dict]:
        found = _check(stage, name, path, suite, frame)
        if problems := [one for one in found if isinstance(one, str)]:
            raise ReviewError("\n".join(problems))
        return [asdict(outcome) for outcome in found]

    given = [stage, name, path.name, suite, judged.content_of(frame)]
    for one in judged.once(keep, "table", given, judge):
        unexpected = [(row, value) for row, value in one["unexpected"]]
        problems = tuple(Problem(**problem) for problem in one["problems"])
        yield Outcome(**one | {"unexpected": unexpected, "problems": problems})


def _check(
    stage: str, name: str, path: Path, suite: dict, frame: pd.DataFrame
) -> list[Outcome | str]:
    """What became of each expectation, or why it cannot be applied to the table."""
    listed = {
        number: {
            **one,
            "meta": {"notes": suites.in_words(one)}
            | (one.get("meta") or {})
            | {judging.NUMBER: number},
        }
        for number, one in enumerate(suite["expectations"], 1)
    }
    tell = partial(_outcome, stage, path, name, frame)

    def judge(some: Mapping[int, dict]) -> dict[int, Outcome]:
        found = judging.in_full(name, {**suite, "expectations": list(some.values())}, frame)
        return dict(zip(some, map(tell, found), strict=True))

    numbered = {**suite, "expectations": list(listed.values())}
    told = {judging.number_of(one): tell(one) for one in judging.met(numbered, frame)}
    rest = {number: one for number, one in listed.items() if number not in told}
    try:
        told |= judge(rest) if rest else {}
    except Exception:  # what Great Expectations, or a type of it, did not foresee: find whose it is
        for number, one in rest.items():
            told |= _alone(path, number, one, judge)
    return [told[number] for number in listed]


def _alone(path: Path, number: int, one: dict, judge) -> dict[int, Outcome | str]:
    try:
        return judge({number: one})
    except Exception as error:
        where = suites.place(path, number, one["type"])
        return {number: f"{where}: it cannot be applied to the table ({_told(error)}). Correct it."}


def _told(error: Exception) -> str:
    return visible(" ".join(str(error).split())) or type(error).__name__


def _outcome(stage: str, path: Path, name: str, frame: pd.DataFrame, result) -> Outcome:
    config, details = result.expectation_config, result.result or {}
    columns = suites.named(config.type, config.kwargs)
    joint = "column_list" in config.kwargs
    column = " / ".join(columns if joint else columns[:1])
    notes = config.meta["notes"]
    observed = details.get("observed_value")
    counts = {}
    if observed is None:
        total, odd = details.get("element_count", len(frame)), details.get("unexpected_count", 0)
        counts = {"element_count": int(total), "unexpected_count": int(odd)}
        observed = f"{odd} of {total} rows unexpected"
    elif isinstance(observed, list):
        own = [name for name in observed if name not in _ADDED]
        counts = {"element_count": len(own), "counted": "columns"}
    elif isinstance(observed, int):
        counts = {"element_count": observed}
    for error in _errors(result.exception_info or {}):
        if set(columns) <= set(frame.columns):
            raise ReviewError(error)
        observed = error
    rule, remedy = f"{notes} ({suites.place(path)})", partial(suites.remedy, path.stem, config)
    file = f"data/{stage}" if name == "across" else f"data/{stage}/{name}.csv"
    rows = [] if result.success else list(_unexpected(frame, columns, joint, details))
    if name == "across":
        problems = [_disagreement(frame.loc[index], path) for index, _ in rows]
    else:
        problems = [
            Problem(file, int(frame.at[i, "file_row"]), column, value, f"{rule}.{remedy(value)}")
            for i, value in rows
        ]
    if not result.success and not problems:
        problems = [Problem(file, None, column, "", f"{rule}; observed: {observed}.")]
    return Outcome(
        suite=path.stem,
        table=name,
        column=column,
        description=notes,
        success=bool(result.success),
        observed=str(observed),
        unexpected=[(f"row {p.row}" if p.row else p.file, p.value) for p in problems[:_SHOWN]],
        problems=tuple(problems),
        **counts,
    )


def _errors(info: Mapping) -> Iterator[str]:
    """What was raised, of one expectation or, as Great Expectations has it, of its metrics."""
    for one in [info] if "raised_exception" in info else info.values():
        if one["raised_exception"]:
            yield " ".join(str(one["exception_message"]).split())


def _unexpected(frame, names: list[str], joint: bool, details) -> Iterator[tuple[int, str]]:
    """Positions in the frame, and values, of all rows that broke an expectation.

    The values come from the frame, for Great Expectations lists no more than two hundred.
    """
    between = " / " if joint else " and "
    for index in details.get("unexpected_index_list") or []:
        if isinstance(index, int) and index in frame.index:
            yield index, between.join(_text(frame.at[index, name]) for name in names)


def _disagreement(line: pd.Series, path: Path) -> Problem:
    rule = f"{line['rule']} ({suites.place(path)})"
    message = f"expected {line['expected']}: {rule}. Correct whichever is wrong."
    return Problem(line["file"], int(line["row"]), line["column"], str(line["found"]), message)


def _text(value: object) -> str:
    """A cell as the file has it; nothing for an empty one."""
    if pd.isna(value):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
