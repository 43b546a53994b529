"""Another group's review, without posters or a printed source, through the same project."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from building import copy_sources, make

from case_review.formatting import percent

pytestmark = pytest.mark.pipeline

MANUSCRIPT = """---
title: "Another review"
author: [Somebody else]
lang: en-GB
---

# Results

Of {{< result patients.all >}} patients, {{< result response.responders >}} responded after
{{< result response.median_weeks >}} (@fig-km, @tbl-characteristics).

{{< embed _executed/02_characteristics.ipynb#tbl-characteristics >}}

{{< embed _executed/03_treatment.ipynb#tbl-treatment >}}

{{< embed _executed/04_safety.ipynb#tbl-adverse-events >}}

{{< embed _executed/05_response.ipynb#fig-km >}}

{{< embed _executed/07_sensitivity.ipynb#tbl-sensitivity >}}
"""


def extracted(raw):
    """Keep seven publications as if a group had extracted them; one patient did not respond.

    Reports and patients have numbers for names, and nobody noted a co-treatment.
    """

    def read(name):
        return pd.read_csv(raw / f"{name}.csv", dtype=str, keep_default_na=False)

    reports = read("reports")
    kept = reports.loc[reports["kind"] == "publication", "report_id"][:7]
    tables = {name: read(name) for name in ("reports", "patients", "adverse_events")}
    tables = {
        name: table[table["report_id"].isin(kept)].assign(provenance="extracted")
        for name, table in tables.items()
    }
    renamed = {
        "report_id": {old: f"{i:03}" for i, old in enumerate(kept, 1)},
        "patient_id": {old: str(i) for i, old in enumerate(tables["patients"]["patient_id"], 1)},
    }
    tables = {
        name: table.assign(**{c: table[c].map(renamed[c]) for c in renamed if c in table})
        for name, table in tables.items()
    }
    tables["patients"]["cotreatments"] = ""
    first = tables["patients"].index[0]
    response = ["response_criterion", "response_time_value", "response_time_unit"]
    tables["patients"].loc[first, ["response", *response, "follow_up_months"]] = (
        "no",
        "",
        "",
        "",
        "6",
    )
    for name in ("posters", "published", "published_checks", "audit_questions"):
        tables[name] = read(name).iloc[:0]
    steps = read("screening").set_index("step")
    steps.loc[["publications included", "posters included"], "n_reports"] = [str(len(kept)), "0"]
    tables["screening"] = steps.reset_index()
    for name, table in tables.items():
        table.to_csv(raw / f"{name}.csv", index=False)
    return tables["patients"]


@pytest.mark.parametrize("forms", ["html", pytest.param("", marks=pytest.mark.nightly, id="all")])
def test_another_review_needs_its_data_and_text_but_no_code(tmp_path, forms):
    root = tmp_path / "another review"
    copy_sources(root)
    patients = extracted(root / "data" / "raw")
    for name in ("06_audit", "09_statements", "10_statement_places"):
        (root / "notebooks" / f"{name}.ipynb").unlink()
    (root / "report" / "index.qmd").write_text(MANUSCRIPT, encoding="utf-8")
    make(root, "report", f"FORMATS={forms}")
    page = BeautifulSoup((root / "report/_site/index.html").read_text("utf-8"), "lxml")
    links = {link["data-result"]: link.get_text() for link in page.select("a.result[data-result]")}
    n = len(patients)
    assert links["patients.all"] == str(n) and n > 5
    assert links["response.responders"] == f"{n - 1} ({percent(n - 1, n)}%)"
    heading = page.select_one("#tbl-characteristics th:nth-of-type(2)").get_text()
    assert heading == f"Total (n\u00a0=\u00a0{n})"
    text = page.select_one("main").get_text().lower()
    assert "reconstructed" not in text
    assert "0 of 0" not in text and "nan" not in text.split()
