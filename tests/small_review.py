"""A small review that is built in seconds: three notebooks, a table, a tiny figure, a short text.

It is the made-up review (`made_up_review`), whatever review lies in this project, with smaller
doses; one notebook counts patients by dose, and one that follows it reads what that has recorded.
"""

from __future__ import annotations

import re
from pathlib import Path

import made_up_review
from conftest import opening, write_notebook

CLEANING, ANALYSIS, LAST = NOTEBOOKS = ("01_cleaning", "02_doses", "03_summary")
#: What is put behind params.yml, for the section of the second notebook.
SECTION = "\ndoses:\n  low: 0.1                     # mg/kg/day; below it a dose is low\n"
_COUNTS = """#| label: counts
doses = patients.loc[patients["dose_unit"] == "mg/kg/day", "dose_value"].dropna()
given = nb.record("doses.given", Count(len(doses), of=len(patients)))
below = nb.record("doses.low", Count(int((doses < low).sum()), of=len(doses)))"""
_TABLE = """#| label: tbl-doses
#| tbl-cap: "Patients by dose."
nb.table(Table(["", "n (%)"], [Row(["Dose given", given]), Row(["Low", below], indent=1)]))"""
_FIGURE = """#| label: fig-doses
#| fig-cap: "Doses in order."
#| fig-alt: "A line that rises."
import matplotlib.pyplot as plt
from case_review.exhibits import style
style.use()
figure, axes = plt.subplots(figsize=(2, 1))
axes.plot(sorted(doses))
nb.figure(figure, doses.to_frame())"""
_SUMMARY = """#| label: summary
found = nb.read_results()
low, given = (found[f"doses.{name}"].n for name in ("low", "given"))
nb.record("summary.other", Count(given - low, of=given))"""
_IMPORTS = "\nfrom case_review.exhibits import Row, Table\nfrom case_review.values import Count"
MANUSCRIPT = """---
title: "A small review"
author: [Nobody]
lang: en-GB
bibliography: references.bib
---

# Results

A dose was reported of {{< result doses.given >}} patients (@tbl-doses, @fig-doses); it was not low
in {{< result summary.other >}} [@somebody2015].

{{< embed _executed/02_doses.ipynb#tbl-doses >}}

{{< embed _executed/02_doses.ipynb#fig-doses >}}
"""
BIBLIOGRAPHY = """@article{somebody2015, author={Somebody, A.}, title={Doses}, year={2015},
  journal={A Journal}, volume={1}, pages={1--2}}
"""


def write(root: Path) -> None:
    """Put the sources of the small review into a folder, which is made."""
    made_up_review.write(root)
    path = root / "data" / "raw" / "patients.csv"
    dose = re.compile(r"([\d.]+)(?=,mg/kg/day)")
    text = dose.sub(lambda found: f"{float(found[0]) / 10:g}", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    for path in (root / "notebooks").glob("*.ipynb"):
        if path.stem not in NOTEBOOKS:
            path.unlink()
    counting = opening(ANALYSIS) + _IMPORTS + '\npatients = nb.read("patients")'
    cells = ({"low": 0.1}, counting, _COUNTS, _TABLE, _FIGURE)
    write_notebook(root / "notebooks" / f"{ANALYSIS}.ipynb", *cells)
    write_notebook(root / "notebooks" / f"{LAST}.ipynb", opening(LAST) + _IMPORTS, _SUMMARY)
    with (root / "params.yml").open("a", encoding="utf-8") as stream:
        stream.write(SECTION)
    (root / "report" / "index.qmd").write_text(MANUSCRIPT, encoding="utf-8")
    (root / "report" / "references.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")
