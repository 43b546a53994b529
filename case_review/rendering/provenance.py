"""Where the numbers come from: addresses, tooltips, the appendix table, the words of the footer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from case_review import registry
from case_review.build import published
from case_review.build.revision import revision
from case_review.exhibits import escape
from case_review.formatting import MINUS, NOT_ESTIMABLE
from case_review.project import Project, sha256
from case_review.registry import Recorded
from case_review.rendering import ast, data_page, quantities
from case_review.values import EXTRACTED, MARKS, METHOD, PRINTED, SAID, SAID_OF_COUNT, VARIES

#: What a number that does not vary rests on, in words.
_STANDING = {
    "": "",
    **SAID,
    EXTRACTED: "computed from rows that were extracted from publications",
    METHOD: "a property of the method: chosen, judged, or counted over the data sets drawn",
}
#: What the words in the list of numbers mean.
_KEY = {kind: words for kind, words in _STANDING.items() if kind}
#: The list of the data files with their sums, on the site.
_SUMS = f"data/{data_page.SUMS}"
#: What a reader looks for where a link ends.
_SHOWN = re.compile(rf"{MINUS}?\d+(?:[.,]\d+)*|{NOT_ESTIMABLE}")
#: Word allows no longer names of bookmarks.
_LONGEST = 40


@dataclass(frozen=True)
class TableNumber:
    """A number in a table, with what `Recorded` says of a number in the prose.

    Parameters
    ----------
    row, column
        Its place in the body of the table, from 0.
    id, label, text
        The result that it is, if it was recorded, what it is called in plain words, and its prose.
    part
        Which part of the value the cell shows, such as `limits`; empty for all of it.
    value, low, high, unit, n, of, notebook, cell, inputs, standing, least, most, proved
        As for `Recorded`; the cell is the one that recorded it, else the one that shows it.
    """

    row: int
    column: int
    id: str
    value: float | int | str | None
    low: float | None
    high: float | None
    unit: str
    n: int | None
    of: int | None
    notebook: str
    cell: str
    inputs: dict[str, str] = field(compare=False)
    label: str = ""
    text: str = ""
    part: str = ""
    standing: str = ""
    least: float | None = None
    most: float | None = None
    proved: bool | None = None


def table_numbers(project: Project, notebook: str) -> dict[str, dict[str, TableNumber]]:
    """The numbers in a notebook's tables, by label and by the key of their cards.

    Words without a number behind them are left out.
    """
    path = project.results / f"{notebook}.json"
    if not path.is_file():
        return {}
    recorded = {result.id: result for result in registry.read(path)}
    return {
        label: {
            f"{label}:{number.row}:{number.column}": number
            for number in _numbers_of(notebook, label, table, recorded)
        }
        for label, table in registry.read_tables(path).items()
    }


def _numbers_of(notebook: str, label: str, table: dict, recorded) -> Iterator[TableNumber]:
    for cell in table["cells"]:
        facts = {name: entry for name, entry in cell.items() if name != "result"}
        if isinstance(facts["value"], str) and facts["low"] is facts["high"] is facts["n"] is None:
            continue
        known = recorded.get(cell["result"])
        origin = {"cell": known.cell if known else label}
        origin["inputs"] = known.inputs if known else table["inputs"]
        facts |= {"label": known.label} if known and known.label else {}
        facts |= {"text": known.text} if known else {}
        yield TableNumber(**facts, **origin, id=cell["result"], notebook=notebook)


def tooltip(result: Recorded) -> str:
    """What a reader without scripts sees on pointing at a number."""
    name = f"{result.id} = "
    own, limits = quantities.value(result), quantities.interval(result)
    if found := quantities.ends(result):
        parts = [f"{name}{found}{f', middle {own}' if own else ''}"]
    else:
        parts = [f"{name}{own or limits}"]
    if limits and (own or found):
        parts.append(f"{'outermost limits' if found else 'interval'} {limits}")
    if found := quantities.counted(result):
        parts.append(f"n = {found}")
    if result.standing:
        parts.append(said(result))
    parts.append(f"notebook {result.notebook}, cell {result.cell}")
    if result.inputs:
        parts.append(inputs(result))
    return "; ".join(parts)


def inputs(result: Recorded) -> str:
    """The data files behind a result, each with the start of its SHA-256."""
    return ", ".join(f"{path.split('/')[-1]} {sum[:8]}" for path, sum in result.inputs.items())


def said(result: Recorded | TableNumber) -> str:
    """What a number rests on, in words; empty where that was not recorded."""
    if result.standing == PRINTED and quantities.is_count(result):
        return SAID_OF_COUNT
    if result.standing != VARIES:
        return _STANDING[result.standing]
    if not quantities.has_ends(result):
        return f"{SAID[VARIES]}; this is its value in one of them"
    if result.proved:
        return f"{SAID[VARIES]}; it is proved that none lies outside the range"
    return f"{SAID[VARIES]}; the range is the widest found"


def short(result: Recorded) -> str:
    """The same in a word or two, for a narrow column."""
    if result.standing != VARIES:
        return result.standing
    if not quantities.has_ends(result):
        return "varies, one set"
    return "varies, proved" if result.proved else "varies, found"


def anchor(result: Recorded) -> str:
    """The name of a number's row in the appendix, for links within a document."""
    name = f"number-{result.id.replace('.', '-')}"
    if len(name) <= _LONGEST:
        return name
    return f"number-{hashlib.sha1(result.id.encode()).hexdigest()[:16]}"


def address(result: Recorded | TableNumber, key: str = "", shown: str = "") -> str:
    """Where a notebook's page shows a number: its row below the cell that recorded it.

    A number in a table is shown by that table, in the place `key`, if it was not recorded or if
    its row does not have the numbers that are `shown`, such as limits or a middle.
    """
    numbers = set(_SHOWN.findall(shown))
    if result.id and numbers <= set(_SHOWN.findall(result.text)):
        return f"notebooks/{result.notebook}.html#{anchor(result)}"
    return f"notebooks/{result.notebook}.html#{key or result.cell}"


def cell_address(result: Recorded | TableNumber) -> str:
    """The notebook cell that computed a number, as an address beside the report."""
    return f"notebooks/{result.notebook}.html#{result.cell}"


def ending(
    used: dict[str, Recorded], foot: list[str], meanwhile: Callable[[], None] | None = None
) -> list:
    """The sections at the end of the forms that have no tooltips, the last block being the footer.

    "Where the numbers come from" has a table of numbers, grouped by notebook; the files behind
    them are listed on the site.

    Parameters
    ----------
    foot
        The sentences of the footer.
    meanwhile
        Called while pandoc reads the tables.
    """
    parts = []
    if used:
        parts = [
            "# Where the numbers come from {#where-the-numbers-come-from .unnumbered}",
            "Each number of the text, and the notebook cell that computed it. The data files are "
            f"listed with their SHA-256 in [{_SUMS}]({_SUMS}), beside this file on the site."
            + _key(used),
            _numbers(used),
        ]
    parts += ["# About this document {#about-this-document .unnumbered}", "::: small"]
    text = "\n\n".join([*parts, said_at_foot(foot), ":::"])
    return ast.parse(text, meanwhile=meanwhile)["blocks"]


def _key(used: dict[str, Recorded]) -> str:
    """What the words in the column of standings mean; nothing where there is no such column."""
    found = {result.standing for result in used.values()}
    told = dict(_KEY)
    if any(result.standing == PRINTED and quantities.is_count(result) for result in used.values()):
        told[PRINTED] = SAID_OF_COUNT
    kinds = [f"*{kind}*{_mark(kind)}: {words}" for kind, words in told.items() if kind in found]
    if not kinds:
        return ""
    ends = (
        " A number that varies is shown as its range over these sets: the widest that was *found*, "
        "or one that none is *proved* to leave; where no range is known, as its value in *one set*."
    )
    return f" Its standing: {'; '.join(kinds)}.{ends if VARIES in found else ''}"


def _mark(standing: str) -> str:
    return f" ^{MARKS[standing]}^" if MARKS[standing] else ""


def _numbers(used: dict[str, Recorded]) -> str:
    """The table of numbers; without a column of standings where none was recorded."""
    columns = {"Result": 36, "As shown": 34, "Cell": 30}
    if has_standing := any(result.standing for result in used.values()):
        columns = {"Result": 33, "As shown": 30, "Standing": 14, "Cell": 23}
    rows: list[list[str]] = []
    for notebook in sorted({result.notebook for result in used.values()}):
        head = f"**[{escape(f'Notebook {notebook}')}](notebooks/{notebook}.html)**"
        rows.append([head, *[""] * (len(columns) - 1)])
        rows += [
            [
                f"[{_breakable(result.id)}]{{#{anchor(result)}}}",
                escape(result.text) + _mark(result.standing).strip(),
                *([short(result)] if has_standing else []),
                f"[{_breakable(result.cell)}]({cell_address(result)})",
            ]
            for result in used.values()
            if result.notebook == notebook
        ]
    return ast.pipe_table(columns, rows)


def _breakable(text: str) -> str:
    """`text` as Markdown that may break a line after dots, hyphens and underscores."""
    return re.sub("([._-])", "\\1\u200b", escape(text))


def said_at_foot(foot: list[str], up: str = "") -> str:
    """The sentences of the footer as Markdown, in which the list of sums is a link.

    `up` leads from where they stand to the site's own folder.
    """
    path = f"data/{data_page.SUMS}"
    link = f"[{path}]({up}data/index.html)"
    return "\n\n".join(escape(sentence).replace(path, link) for sentence in foot)


def footer(project: Project, renderer: str) -> list[str]:
    """The sentences at the foot of every form of the report, the last one naming the data."""
    sentences = [f"Rendered by {renderer}.", f"Sources: {revision(project)}."]
    if project.params_file != project.root / "params.yml":
        named = f"{project.shown(project.params_file)} {sha256(project.params_file)[:8]}"
        sentences.append(f"Parameters: {named}.")
    files, sums = len(published.data(project)), data_page.sums(project)
    if not files:
        return [*sentences, "Data: none."]
    start = hashlib.sha256(sums.encode("utf-8")).hexdigest()[:16]
    return [
        *sentences,
        f"Data: {files} files, whose SHA-256 are listed in data/{data_page.SUMS} on the site; that "
        f"of the list begins with {start}.",
    ]
