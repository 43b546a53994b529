"""The page of the scenarios, and the table behind it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import partial

from case_review.exhibits import sheet
from case_review.exhibits.drawn import as_last_svg
from case_review.exhibits.sheet import Mark, heading, para, table
from case_review.files import write_text
from case_review.living.scenarios import compared, curve
from case_review.living.scenarios.declared import MAIN, Declared, settings, shown, value_of
from case_review.project import Project

#: The folder of the page, in `report/`.
FOLDER = "_scenarios"
PAGE, TABLE = "index.html", "scenarios.csv"


def write(project: Project, declared: Declared, found: Mapping[str, dict], code: str) -> bool:
    """Write page and table, unless they are there and made of the same; returns whether it did.

    Parameters
    ----------
    found
        What every scenario gave, from `running.run`.
    code
        The digest of the sources.
    """
    folder = project.report / FOLDER
    told = [[one.name, one.label, one.reason, one.values] for one in declared.scenarios]
    given = json.dumps([code, told, [vars(o) for o in declared.outcomes], found], sort_keys=True)
    made_from = hashlib.sha256(given.encode()).hexdigest()
    page, rows = folder / PAGE, folder / TABLE
    if page.is_file() and rows.is_file() and made_from in page.read_text(encoding="utf-8"):
        return False
    entries = settings(declared)
    write_text(rows, compared.as_csv(declared, entries, found))
    parts = list(_parts(declared, entries, found))
    write_text(page, sheet.page("Scenarios", "What depends on a choice", parts, made_from))
    return True


def _parts(declared: Declared, entries: dict, found: Mapping[str, dict]) -> Iterator[str]:
    done = {name: given for name, given in found.items() if "results" in given}
    yield para(
        f"{len(done)} of {len(found)} scenarios ran to their end. Each is the review with other "
        "parameters; what it sets stands in the last table, with the reason. Nothing here says "
        "which choice is right: it says which conclusions would be others if one had chosen so."
    )
    failed = {name: given["error"] for name, given in found.items() if "error" in given}
    if failed:
        yield heading(f"Not finished: {len(failed)}")
        for name, error in failed.items():
            yield para(name, "bad")
            yield f"<pre>{sheet.escape(error)}</pre>"
    yield from _conclusions(declared, entries, done)
    scenarios = {one.name: one for one in declared.scenarios}
    for outcome in declared.outcomes:
        yield heading(outcome.label)
        points = compared.points(outcome, done)
        if not points:
            yield para("No scenario has this result.")
            continue
        yield para(_said(points))
        draw = partial(curve.draw, outcome, points, scenarios, entries)
        drawn = [as_last_svg(draw(narrow=narrow)) for narrow in (False, True)]
        yield sheet.figure(*drawn, _caption(points), _alt(outcome, points))
    yield heading("All scenarios")
    yield _all(declared, entries, found)


def _said(points: list[compared.Point]) -> str:
    first, last = points[0], points[-1]
    main = next((one for one in points if one.scenario == MAIN), None)
    said = f"The review: {main.text}. " if main else ""
    if first.text == last.text == (main or first).text:
        return said + f"The same in all {len(points)} scenarios."
    return said + f"From {first.text} ({first.scenario}) to {last.text} ({last.scenario})."


def _caption(points: list[compared.Point]) -> str:
    ranges = any(one.ranges for one in points)
    what = "thin lines: confidence intervals"
    if ranges:
        what = "broad pale bars: ranges over all reconstructed data sets that agree with the print"
        what += "; thin lines: confidence intervals" * (not all(one.ranges for one in points))
    return (
        f"Estimates of all scenarios in order ({what}); the review itself in black. Below, a grey "
        "dot for what each scenario has set."
    )


def _alt(outcome, points: list[compared.Point]) -> str:
    return (
        f"A specification curve of {len(points)} estimates: {outcome.label}, from "
        f"{points[0].text} to {points[-1].text}, above a grid of dots for the choices."
    )


def _conclusions(declared: Declared, entries: dict, done: Mapping[str, dict]) -> Iterator[str]:
    judged = {id: compared.judged(one) for id, one in compared.verdicts(done).items()}
    said = {id: texts for id, texts in judged.items() if texts}
    if not said:
        return
    yield heading("Which conclusions depend on a choice")
    rows = []
    for id, texts in said.items():
        analysis, conclusion = compared.title(id)
        main = texts.get(MAIN, "–")
        same = sum(compared.alike(text) == compared.alike(main) for text in texts.values())
        keys = compared.depends_on(texts, declared, entries)
        on = ", ".join(key.rpartition(".")[2].replace("_", " ") for key in keys)
        rows.append(
            [f"{analysis}: {conclusion}", main, f"{same} of {len(texts)}", Mark(on) if on else "–"]
        )
    heads = ["Conclusion in an analysis", "In the review", "Scenarios that say so", "Depends on"]
    note = (
        "Scenarios that compare other patients or groups than the data sets drawn have verdicts "
        "that were not counted; they are left out. Verdicts are compared by their words; counts of "
        "the data sets drawn differ a little from scenario to scenario, and do not count. A "
        "conclusion depends on a setting if two scenarios that differ in it alone say otherwise."
    )
    yield table(heads, rows, numbers=(2,))
    yield para(note, "note")


def _all(declared: Declared, entries: dict, found: Mapping[str, dict]) -> str:
    rows = []
    for one in declared.scenarios:
        given = found[one.name]
        sets = "; ".join(
            f"{key.rpartition('.')[2].replace('_', ' ')} {shown(value_of(one, key))}"
            for key in one.choices
        )
        estimates = []
        for outcome in declared.outcomes:
            known = compared.points(outcome, {one.name: given})
            estimates.append(known[0].text if known else "–")
        failed = [Mark("not finished")] * ("error" in given)
        rows.append([one.name, sets or "as in params.yml", one.reason, *(failed or estimates)])
        rows[-1] += [""] * (3 + len(declared.outcomes) - len(rows[-1]))
    heads = ["Scenario", "Sets", "Why", *(one.label for one in declared.outcomes)]
    return table(heads, rows)
