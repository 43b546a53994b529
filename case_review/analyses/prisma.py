"""The flow diagram of the selection of reports, in the form that PRISMA 2020 asks for.

Page MJ and others, BMJ 2021;372:n71: bands for identification, screening and inclusion; what goes
on stands at the left, what is left out at the right. A number that is not printed is said to be
not reported, and is never worked out from others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from case_review import formatting
from case_review.data import selection
from case_review.data.problems import DataError
from case_review.errors import ReviewError
from case_review.exhibits import diagram, style
from case_review.exhibits.diagram import Arrow, Box

NOT_REPORTED = "not reported"
#: The id of the last box.
INCLUDED = "included"
#: Of a review that is updated, the ids of the boxes of what is new and of what was there before.
_NEW, _PREVIOUS = "new", "previous version"
#: The space between boxes, in mm.
_GAP = 7


@dataclass(frozen=True)
class _Columns:
    """Width of the diagram, and centre and width of its columns, in mm."""

    width: float
    band: tuple[float, float]
    main: tuple[float, float]
    aside: tuple[float, float]


_WIDE = _Columns(160, (3.5, 7), (46, 70), (124.5, 70))
_NARROW = _Columns(90, (3, 6), (27, 36), (71.5, 36))


def flow(
    screening: pd.DataFrame,
    reports: pd.DataFrame,
    steps: Sequence[Mapping],
    included: Mapping,
    chosen: bool = False,
    until: str | None = None,
) -> pd.DataFrame:
    """The boxes in order: stage, box, aside (whether it stands at the right) and the lines of text.

    Parameters
    ----------
    screening
        Clean screening table with step and n_reports (missing: not printed).
    reports
        Clean reports, for the patients behind those included.
    steps
        Boxes before the last, each with `stage`, `step`, `label` and perhaps `aside: true`, and
        `parts`: the labels of further steps that it lists, such as reasons of exclusion.
    included
        Heading of the last box (`label`), its `stage`, and `steps`: the step that ends the
        selection of each population.
    chosen
        Whether reports may have been left out by choice: the box then says of how many.
    until
        The day until which the reports of the previous version were added, such as 2026-01-31. It
        has a box of its own then, if the reports say when they were added, and so have new ones.

    Raises
    ------
    DataError
        With the problems of the selection.
    ReviewError
        If some reports alone say when they were added.
    """
    lines = screening.set_axis(range(2, len(screening) + 2))
    if found := list(selection.problems(lines, reports["population"], steps, included, chosen)):
        raise DataError(found)
    numbers = dict(zip(screening["step"], screening["n_reports"], strict=True))
    rows = []
    for step in steps:
        text = f"{step['label']}\n({_count(numbers[step['step']])})"
        text = "\n".join([text, *_parts(step, numbers)])
        rows.append((step["stage"], step["step"], bool(step.get("aside")), text))
    rows += [(included["stage"], *box) for box in _updated(reports, until)]
    last = "\n".join([included["label"], *_included(numbers, reports, included["steps"], chosen)])
    rows.append((included["stage"], INCLUDED, False, last))
    return pd.DataFrame(rows, columns=["stage", "box", "aside", "text"])


def described(found: pd.DataFrame) -> str:
    """The diagram of `flow` in words, for those who do not see it: band by band, box by box."""
    bands = []
    for stage, rows in found.groupby("stage", sort=False):
        boxes = [
            text.replace("\n(", " (").replace("\n", ", ") + " at the right" * bool(aside)
            for text, aside in zip(rows["text"], rows["aside"], strict=True)
        ]
        bands.append(f"{stage}: {'; '.join(boxes)}.")
    dashed = found["text"].str.contains(NOT_REPORTED).any()
    said = " Boxes of what is not reported are dashed." * bool(dashed)
    return f"{' '.join(bands)}{said}"


def _count(n: float) -> str:
    return NOT_REPORTED if pd.isna(n) else f"n = {int(n):,}"


def _parts(step: Mapping, numbers: Mapping) -> Iterator[str]:
    """The lines of what a step is made of, such as the reports excluded for each reason."""
    for part, label in step.get("parts", {}).items():
        yield f"{label} ({_count(numbers[part])})"


def _included(
    numbers: Mapping, reports: pd.DataFrame, steps: Mapping, chosen: bool
) -> Iterator[str]:
    for population, step in steps.items():
        listed = reports[reports["population"] == population]
        fewer = chosen and len(listed) < numbers[step]
        patients = formatting.with_unit(f"{int(listed['n_patients'].sum()):,}", "patients")
        of = f" of {int(numbers[step])}" if fewer else ""
        yield f"{population.capitalize()} (n = {len(listed)}{of}), with {patients}"


def _updated(reports: pd.DataFrame, until: str | None) -> Iterator[tuple[str, bool, str]]:
    """The boxes of new reports and of those of the previous version, where the review has one."""
    if not until or "date_added" not in reports:
        return
    added = reports["date_added"].fillna("").astype(str)
    if (added == "").all():
        return
    for name in reports.loc[added == "", "report_id"]:
        raise ReviewError(
            f"data/raw/reports.csv, report {name}, column date_added: found nothing, expected the "
            "day it was added, as shared.previous_until in params.yml divides the reports by it; "
            "give it, or leave previous_until out"
        )
    before = int((added <= until).sum())
    yield _NEW, False, f"New studies included\n({_count(len(added) - before)})"
    yield _PREVIOUS, True, f"Studies included in previous version\n({_count(before)})"


def draw_flow(found: pd.DataFrame, narrow: bool = False):
    """The figure of `flow`: a row for each box of the main column, with what is left out beside.

    `narrow` draws it for a narrow screen.
    """
    columns = _NARROW if narrow else _WIDE
    boxes, arrows, bands = [], [], []
    top = 0.5
    for stage, rows in found.groupby("stage", sort=False):
        own = list(_column(rows, top, columns))
        filled = max(box.span("y")[1] for box in own) - top
        height = max(filled, style.text_width(stage, weight="semibold") + _GAP / 2)
        for box in own:
            above = [other.id for other in boxes if other.x == columns.main[0]]
            joined = [Arrow(earlier, box.id) for earlier in above[-1:]]
            # The reports that were there before come in at the side: they join those included.
            arrows += [Arrow(_PREVIOUS, INCLUDED)] if box.id == _PREVIOUS else joined
            boxes.append(replace(box, y=box.y + (height - filled) / 2))
        (x, width), middle = columns.band, top + height / 2
        bands.append(Box(stage, stage, x, middle, width, "band", height, upright=True))
        top += height + _GAP
    return diagram.draw_diagram([*bands, *boxes], arrows, columns.width)


def _column(rows: pd.DataFrame, top: float, columns: _Columns) -> Iterator[Box]:
    """The boxes of one stage from `top` downwards; what is left out is level with its step."""
    level: list[Box] = []
    for row in rows.itertuples():
        x, width = columns.aside if row.aside else columns.main
        kind = "strong" if row.box == INCLUDED else "main"
        kind = "muted" if f"\n({NOT_REPORTED})" in row.text else kind
        box = Box(row.box, row.text, x, 0, width, kind)
        if level and not row.aside:
            yield from _levelled(level, top)
            top += max(each.height for each in level) + _GAP
            level = []
        level.append(box)
    yield from _levelled(level, top)


def _levelled(boxes: list[Box], top: float) -> list[Box]:
    """Boxes side by side, the highest of which begins at `top`."""
    middle = top + max(box.height for box in boxes) / 2
    return [replace(box, y=middle) for box in boxes]
