"""The clean tables and the printed numbers, for the tests of the descriptive notebooks."""

import ast
import csv
import io
import shutil
from fractions import Fraction
from functools import cache

import pandas as pd
from conftest import ROOT

from case_review import intervals
from case_review.analyses import descriptive
from case_review.data import cleaning, reading
from case_review.formatting import round_half_away
from case_review.parameters import loading, params_file
from case_review.project import Project

VALUES = loading.load(Project(ROOT)).values


@cache
def clean_tables():
    """What 01_cleaning would write, made here because the tests run before any report is built."""
    values = VALUES["cleaning"]
    source = reading.read(ROOT / "data" / "raw")
    tables = cleaning.Cleaning(
        source, values["diagnoses"], values["events"], VALUES["shared"]["month_days"]
    ).run()
    files = {name: io.StringIO(table.to_csv(index=False)) for name, table in tables.items()}
    return {
        name: pd.read_csv(file, keep_default_na=False, na_values=[""])
        for name, file in files.items()
    }


def read(name):
    return clean_tables()[name].copy()


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
