"""Data quality: what each table holds and what it had to meet, in words, by column.

A table has one page for its raw and its clean form: for each column, in their order, what it
means, what was found in it, and what was checked. Cards and exhibits lead there.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from case_review.build import made
from case_review.data import declared
from case_review.data.schema import Schema
from case_review.exhibits import escape
from case_review.project import Project
from case_review.rendering import ast, dictionary, labels

TITLE = "Data quality"
#: The table of a suite whose rules join several tables, and where its page lists them.
ACROSS = "across"
STAGES = ("raw", "clean")
#: What Great Expectations calls the types of columns, for readers who do not program.
_TYPES = {"int64": "whole numbers", "Int64": "whole numbers", "float64": "numbers"}


@dataclass(frozen=True)
class Suite:
    """The outcomes of one suite of expectations.

    Parameters
    ----------
    name, stage, table
        The suite, and which table it was held against: the `raw` or the `clean` one.
    outcomes
        One entry per expectation, as `01_cleaning` left them.
    """

    name: str
    stage: str
    table: str
    outcomes: tuple[dict, ...]

    @property
    def met(self) -> int:
        """How many expectations are met."""
        return sum(outcome["success"] for outcome in self.outcomes)

    @property
    def of(self) -> int:
        """How many expectations there are."""
        return len(self.outcomes)


def suites(project: Project) -> list[Suite]:
    """All suites as they were found when the clean tables of this report were made."""
    path = outcomes_file(project)
    return list(_suites(made.content(path))) if path.is_file() else []


# By content, for every exhibit of a page asks.
@lru_cache(maxsize=4)
def _suites(content: bytes) -> tuple[Suite, ...]:
    stages = json.loads(content)
    found: list[Suite] = []
    for stage, outcomes in stages.items():
        for name in dict.fromkeys(outcome["suite"] for outcome in outcomes):
            own = tuple(outcome for outcome in outcomes if outcome["suite"] == name)
            found.append(Suite(name, stage, own[0]["table"], own))
    return tuple(found)


def outcomes_file(project: Project) -> Path:
    """Where `01_cleaning` left what became of every expectation."""
    return project.build / "quality" / "expectations.json"


def guarded(
    suites: Iterable[Suite], stage: str, table: str, columns: Collection[str] = ()
) -> tuple[int, int]:
    """How many checks of some columns of a table are met, and of how many; by default of all."""
    found = [
        outcome["success"]
        for suite in suites
        if (suite.stage, suite.table) == (stage, table)
        for outcome in suite.outcomes
        if not columns or set(_columns(outcome)) & set(columns)
    ]
    return sum(found), len(found)


def _sums(suites: Iterable[Suite], *stages: str) -> tuple[int, int]:
    """How many checks are met, and of how many; of some stages, or of all."""
    own = [suite for suite in suites if suite.stage in (stages or STAGES)]
    return sum(suite.met for suite in own), sum(suite.of for suite in own)


def _columns(outcome: dict) -> list[str]:
    """The columns that an expectation is about; none where it is about the table."""
    return [name for name in outcome["column"].split(" / ") if name]


# -- pages -----------------------------------------------------------------------------------------


def tables(project: Project, suites: Collection[Suite]) -> list[str]:
    """The tables that have a page: those with checks, and others whose columns are declared."""
    names = dict.fromkeys([*(suite.table for suite in suites), *declared.of(project).order])
    return [name for name in names if name != ACROSS and _is_there(project, name)]


def _is_there(project: Project, table: str) -> bool:
    return any(dictionary.path(project, stage, table).is_file() for stage in STAGES)


def address(table: str, column: str = "") -> str:
    """The page of a table in the site, or the place of a column on it."""
    return f"quality/{table}.html" + (f"#{anchor(column)}" if column else "")


def called(table: str) -> str:
    """What readers see a table called, such as `adverse events`."""
    return table.replace("_", " ")


def anchor(column: str) -> str:
    """The name of a column's place on the page of its table."""
    return f"column-{column}"


def overview(project: Project, suites: Collection[Suite]) -> str:
    """The page that lists all tables with their checks, as pandoc Markdown."""
    known, all_columns = labels.read(project), declared.of(project)
    met, of = _sums(suites)
    named = tables(project, suites)
    rows = []
    for table in [name for name in named if any(suite.table == name for suite in suites)]:
        counts = []
        for stage in STAGES:
            lines = dictionary.rows(project, stage, table)
            own_met, own_of = guarded(suites, stage, table)
            counts += [str(len(lines)) if lines is not None else "", _met(own_met, own_of)]
        rows.append([f"[{called(table)}]({table}.html)", *counts])
    across = [suite for suite in suites if suite.table == ACROSS]
    if across:
        rows.append(["[between the tables](#across)", "", _met(*_sums(across, "raw")), "", ""])
    sums = [_met(*_sums(suites, stage)) for stage in STAGES]
    rows.append(["**All**", "", sums[0], "", sums[1]])
    heads = {"Table": ":---", "Raw rows": "---:", "Checks met": "---:"}
    heads |= {"Clean rows": "---:", "Checks met ": "---:"}
    parts = [
        f"What the data had to meet before anything was computed: {_met(met, of)} checks are met. "
        "Raw tables are as they were entered, clean ones as the notebooks read them. The page of a "
        "table says what its columns hold, what was found in them, and what was checked.",
        "# Tables {#tables}",
        ast.pipe_table(heads, rows),
    ]
    if across:
        told = [one for suite in across for one in suite.outcomes]
        rows = [[_said(all_columns, known, one), _result(one)] for one in told]
        parts += [
            "# Between the tables {#across}",
            "Counts and references are compared over all raw tables, and with the printed totals.",
            ast.pipe_table({"What was checked": ":---", "Result": ":---"}, rows),
        ]
    if others := [name for name in named if all(suite.table != name for suite in suites)]:
        links = "; ".join(f"[{called(name)}]({name}.html)" for name in others)
        parts += ["# Tables without checks of their own {#others}", f"Their columns: {links}."]
    return "\n\n".join(parts) + "\n"


def page(project: Project, table: str, suites: Collection[Suite]) -> str:
    """The page of one table, as pandoc Markdown: its columns, what is in them, what was checked."""
    own = {suite.stage: suite for suite in suites if suite.table == table}
    known, all_columns = labels.read(project), declared.of(project)
    stages = [s for s in STAGES if s in own or dictionary.rows(project, s, table) is not None]
    met, of = _sums(own.values())
    about = dictionary.about(project, table)
    said = f"{of} checks, {'all' if met == of else f'**{met}**'} met."
    if not of:
        said = "What its columns hold; the table is read as it stands, and has no checks."
    files = " and ".join(
        f"[{stage} table](../data/{stage}/{path.name})"
        for stage in stages
        if (path := dictionary.path(project, stage, table)).is_file()
    )
    lines: list[list[str]] = []
    if whole := _checks(all_columns, known, own, stages, ""):
        lines += [["**The table as a whole**", ""], *whole]
    columns = all_columns.order.get(table, _named(own))
    for column in columns:
        facts = dictionary.column(all_columns, known, table, column)
        having = dictionary.stage(all_columns, table, column)
        having = [having] if having in stages else stages
        lines.append([_head(all_columns, table, column), f"*{escape(facts)}*" if facts else ""])
        told = (all_columns, known)
        found = {one: dictionary.found(project, *told, one, table, column) for one in having}
        found = {stage: escape(words) for stage, words in found.items() if words}
        lines += [["Found", _together(found, having)], *_checks(*told, own, having, column)]
    words = {c: escape(dictionary.called(all_columns, table, c)) for c in columns}
    jump = " · ".join(f"[{said}](#{anchor(c)})" for c, said in words.items())
    text = " ".join(part for part in (about, said, f"Open the {files}." if files else "") if part)
    if len(stages) > 1:
        text += " Where a result names neither, it holds for both."
    heads: dict[str, str | int] = {"Column, and what was checked": 45, "Meaning, and result": 55}
    return f"{text}\n\n::: small\n{jump}\n:::\n\n{ast.pipe_table(heads, lines)}\n"


def _together(told: dict[str, str], stages: list[str]) -> str:
    """What is told of the raw and the clean table; once, if it is the same of both."""
    if len(stages) == len(told) and len(set(told.values())) == 1:
        return next(iter(told.values()))
    return "; ".join(f"{stage} table: {words}" for stage, words in told.items()) or "–"


def _head(columns: Schema, table: str, column: str) -> str:
    """What a column is called, and its name in the files where that is another."""
    words = dictionary.called(columns, table, column)
    code = "" if words == column else f" `{column}`"
    return f"**[{escape(dictionary.begun(words))}]{{#{anchor(column)}}}**{code}"


def _named(own: dict[str, Suite]) -> list[str]:
    """The columns that suites name, where nothing else declares them."""
    named = (_columns(outcome) for suite in own.values() for outcome in suite.outcomes)
    return list(dict.fromkeys(name for names in named for name in names))


def _checks(
    columns: Schema, known: dict[str, str], own: dict[str, Suite], stages: list[str], column: str
) -> list[list[str]]:
    """The checks of a column (of the table, without one) by what they say, and their results."""
    by_words: dict[str, dict[str, str]] = {}
    for stage, suite in own.items():
        for outcome in suite.outcomes:
            named = _columns(outcome)
            is_own = named == [column] if column else len(named) != 1
            if is_own:
                done = by_words.setdefault(_said(columns, known, outcome), {})
                # Of two that say the same, the one that is not met is told.
                if stage not in done or not outcome["success"]:
                    done[stage] = _result(outcome)
    return [[words, _together(done, stages)] for words, done in by_words.items()]


def _said(columns: Schema, known: dict[str, str], outcome: dict) -> str:
    """What was checked, in words that begin without the column's name, which stands above."""
    text = outcome["description"].removeprefix(f"{outcome['column']} ")
    words = dictionary.in_words(columns, known, outcome["table"], text)
    return escape(dictionary.begun(words))


def _result(outcome: dict) -> str:
    """What became of a check: on how many rows, and all that broke it."""
    count, broken = outcome.get("element_count"), outcome.get("unexpected_count")
    what = "comparisons" if outcome["table"] == ACROSS else outcome.get("counted")
    if outcome["success"]:
        if count is None:
            return "met"
        if broken is None:
            return f"met: {count:,} {what}"
        return f"met in all {count:,} {what}" if count else "met: no such row"
    seen = _TYPES.get(outcome["observed"], outcome["observed"])
    where = "; ".join(f"{row}: {value}" for row, value in outcome["unexpected"])
    if broken is not None and count:
        seen = f"in {broken:,} of {count:,} {what}"
    return f"**not met**, {escape(seen)}" + (f": {escape(where)}" if where else "")


def _met(met: int, of: int) -> str:
    return f"{met:,} of {of:,}" if of else ""
