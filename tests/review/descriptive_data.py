"""The clean tables and the printed numbers, for the tests of notebooks.

What `00_reconstruction` tells the other notebooks comes from a few sets with few resamples, so its
ranges are narrower than those of the report.
"""

import ast
import csv
import io
import shutil
import tempfile
from dataclasses import asdict, fields
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from conftest import ROOT

from case_review import reconstruction
from case_review.analyses import descriptive
from case_review.audit import claims
from case_review.data import cleaning, declared, reading
from case_review.formatting import round_half_away
from case_review.parameters import loading, params_file
from case_review.project import Project
from case_review.reconstruction import ensemble, known, outcomes, sampling, specification
from case_review.reconstruction.tables import tables as drawn_tables
from case_review.units import intervals

RAW = ROOT / "data" / "raw"
VALUES = loading.load(Project(ROOT)).values
COLUMNS = declared.of(Project(ROOT))
#: Sets of the ensemble in tests, those among them whose patients are kept, and resamples in each.
SETS, OTHERS, FEW = 20, 3, 100
#: The tables that `00_reconstruction` writes.
KNOWN = ("standing", "verdicts", "ensemble_curves", "other_patients")


def clean_tables():
    """What 00 and 01 would write, made here because the tests run before any report is built."""
    return cleaned() | known_tables()


@cache
def cleaned():
    """What `01_cleaning` would write of the rows in data/raw."""
    return _cleaned(reading.read(RAW, COLUMNS))


def drawn(index):
    """The same of another data set that agrees with the print: of the set with this number."""
    shared, source = VALUES["shared"], reading.read(RAW, COLUMNS)
    sampler = sampling.Sampler(specification.read(RAW), shared["month_days"])
    found = drawn_tables(sampler, shared["seed"], index, shared["month_days"])
    text = {name: table.astype(str) for name, table in found.items()}
    return _cleaned(reading.Raw({**source.tables, **text}, columns=COLUMNS))


def _cleaned(source):
    values = VALUES["cleaning"]
    tables = cleaning.Cleaning(
        source, values["diagnoses"], values["events"], VALUES["shared"]["month_days"]
    ).run()
    return {name: _written(table) for name, table in tables.items()}


def _written(table):
    """A table as it is read back from its file."""
    file = io.StringIO(table.to_csv(index=False))
    return pd.read_csv(file, keep_default_na=False, na_values=[""])


@cache
def an_ensemble():
    """A few data sets that agree with the print, analysed as in the report but for `FEW`."""
    found = VALUES["shared"] | VALUES["response"] | VALUES["sensitivity"]
    few = ("max_splits", "permutation_samples", "npmle_resamples", "bootstrap_resamples")
    found |= dict.fromkeys(few, FEW) | {"groups": list(found["groups"])}
    choices = {field.name: found[field.name] for field in fields(outcomes.Choices)}
    part = ensemble.analyse(
        claims.text_table(RAW / "published.csv").to_dict("records"),
        specification.read(RAW).content,
        asdict(outcomes.Choices(**choices)),
        1,
        SETS + 1,
    )
    hours, second = part.pop("hours"), part.pop("second")
    nobody = np.empty((0, hours.shape[1]))
    return ensemble.Ensemble(
        pd.DataFrame(part), hours, second, pd.DataFrame(), nobody.astype(int), nobody > 0
    )


@cache
def known_tables():
    """What `00_reconstruction` would write, of `an_ensemble`."""
    shared, found = VALUES["shared"], an_ensemble()
    published = claims.from_frame(claims.text_table(RAW / "published.csv"))
    others = reconstruction.other_patients(
        RAW, shared["seed"], OTHERS, VALUES["cleaning"], shared["month_days"]
    )
    tables = (
        known.standings(found, published),
        known.verdict_counts(found),
        known.curves(found, list(shared["groups"]), shared["month_days"]),
        others,
    )
    return {name: _written(table) for name, table in zip(KNOWN, tables, strict=True)}


def nothing_known():
    """What `00_reconstruction` would write where nothing is reconstructed: tables without rows."""
    return {name: table.iloc[:0] for name, table in known_tables().items()}


#: Kept until the tests end.
_FOLDER = tempfile.TemporaryDirectory(prefix="case-review-tests-")


@cache
def standing_file():
    """The table of standings as a file, for `registry.read_known`."""
    path = Path(_FOLDER.name) / "standing.csv"
    known_tables()["standing"].to_csv(path, index=False)
    return path


def read(name):
    return (known_tables() if name in KNOWN else cleaned())[name].copy()


def project_of(folder, params=None):
    """A project with the clean tables, to open notebooks in; `params` is the text of params.yml."""
    (folder / "notebooks").mkdir()
    (folder / "data" / "clean").mkdir(parents=True)
    text = (ROOT / "params.yml").read_text(encoding="utf-8") if params is None else params
    (folder / "params.yml").write_text(text, encoding="utf-8")
    for name, table in clean_tables().items():
        table.to_csv(folder / "data" / "clean" / f"{name}.csv", index=False)
    return Project(folder)


def run_notebook(project, name, change=None, figures=False):
    """Run the cells of a notebook of the report in `project`, with the project's parameters.

    Parameters
    ----------
    project
        From `project_of`; the working folder lies in it.
    change
        Given the source of each cell, returns what is run instead.
    figures
        Whether to draw them, which takes most of the time.

    Returns
    -------
    Notebook and dict
        The notebook with what it recorded, and what each cell ended in, by its id.
    """
    path = project.notebooks / f"{name}.ipynb"
    shutil.copy(ROOT / "notebooks" / path.name, path)
    values = {"__name__": name}
    shown = {}
    for cell in params_file.cells(path):
        source = params_file.source_of(cell)
        if cell["cell_type"] != "code" or ("nb.figure(" in source and not figures):
            continue
        *body, last = ast.parse(change(source) if change else source).body
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(body, []), path.name, "exec"), values)
            shown[cell["id"]] = eval(compile(ast.Expression(last.value), path.name, "eval"), values)
        else:
            exec(compile(ast.Module([*body, last], []), path.name, "exec"), values)
        if "parameters" in cell["metadata"].get("tags", []):
            values |= loading.load(project).for_notebook(name)
    return values["nb"], shown


def laid_out(section):
    """The rows that the table of a section has: id of the block, and line."""
    entries = {
        "age_group": "age_groups",
        "dose_group": "dose_groups",
        "level_group": "level_groups",
    }
    own = VALUES[section]
    groups = {
        variable: intervals.by_id(own[entry]) for variable, entry in entries.items() if entry in own
    }
    return [
        (block["id"], line) for block in own["blocks"] for line in descriptive.lines(block, groups)
    ]


def lines_of(output):
    """The rows of a table as it is shown: cells by their first, indented or not."""
    rows = [line[2:-2].split(" | ") for line in output.text.splitlines() if line[:1] == "|"]
    cells = [[cell.replace("&emsp;", "").replace("\\", "").strip() for cell in row] for row in rows]
    return {row[0]: row[1:] for row in cells}


def printed(prefix):
    """The claims that point to a result of this prefix."""
    with (ROOT / "data" / "raw" / "published.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["result_id"].startswith(prefix)]


def disagreements(claims, results):
    """Printed values that the results do not give at the printed precision, as claim and values."""
    fields = [result if isinstance(result, dict) else vars(result) for result in results]
    found = {result["id"]: result for result in fields}
    wrong = {}
    for claim in claims:
        result = found[claim["result_id"]]
        value = Fraction(str(result["value"]))
        if claim["unit"] == "%":
            value = Fraction(100 * result["n"], result["of"])
        digits = len(claim["value"].partition(".")[2])
        if round_half_away(value, digits) != round_half_away(Fraction(claim["value"]), digits):
            wrong[claim["claim_id"]] = (claim["value"], str(round_half_away(value, digits)))
    return wrong
