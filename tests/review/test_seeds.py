"""No sentence depends on the seed of the reconstruction: that of another one says the same.

`make nightly` makes the whole report with another seed; `make test` runs the cells of the notebooks
that read reconstructed rows on another data set, and compares their numbers with the report's.
"""

import json
import re
import shutil

import notebook_cells
import pandas as pd
import pytest
from building import make, parsed, report_pages
from descriptive_data import drawn

from case_review import registry

pytestmark = pytest.mark.pipeline

#: What the caption of an exhibit says that draws a single data set.
ONE_OF_MANY = re.compile(r"\bone of (the )?many data sets\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def other(built_report, tmp_path_factory):
    """The report made from the first data set of another seed."""
    root = tmp_path_factory.mktemp("seeds") / "another seed"
    shutil.copytree(built_report.root, root, symlinks=True)
    before = (root / "data" / "raw" / "patients.csv").read_bytes()
    make(root, "reconstruct", "SEED=7")
    assert (root / "data" / "raw" / "patients.csv").read_bytes() != before
    make(root, "report", "FORMATS=html")
    return type(built_report)(root)


@pytest.fixture(scope="module")
def captions(built_report):
    """What is said of each exhibit of the report, by its label."""
    pages = map(parsed, report_pages(built_report.site))
    return {one["id"]: one.get_text(" ") for page in pages for one in page.select(".exhibit[id]")}


def pages_without(project, labels):
    """The words of both pages, but for exhibits with these labels and for hashes of data files.

    Nor does it matter which other forms a report has, and that of its sources the rows changed.
    """
    left = "script, style, svg, template, footer, .facts, .exhibit-sources, .others, .downloads"
    words = ""
    for page in map(parsed, report_pages(project.site)):
        for part in page.select(left):
            part.decompose()
        for one in page.select(".exhibit[id]"):
            if one["id"] in labels:
                one.decompose()
        words += f" {page.get_text(' ', strip=True)}"
    return re.sub(r"\b[0-9a-f]{8,64}\b", "", words).split()


@pytest.mark.nightly
def test_abstract_text_conclusions_and_verdicts_are_the_same(built_report, other, captions):
    one_of_many = {label for label, said in captions.items() if ONE_OF_MANY.search(said)}
    assert {"fig-swimmer", "fig-dose-level", "tbl-patients"} <= one_of_many
    assert not one_of_many & {"tbl-sensitivity", "tbl-response", "fig-km", "tbl-ensemble"}
    mine, theirs = (pages_without(project, one_of_many) for project in (built_report, other))
    assert len(mine) > 5000 and mine == theirs


@pytest.mark.nightly
def test_no_result_that_prose_may_show_differs(built_report, other):
    mine, theirs = (registry.load(project.results) for project in (built_report, other))
    assert_prose_shows_none_that_differs(built_report, mine, theirs)


def assert_prose_shows_none_that_differs(built_report, mine, theirs):
    """Where two reports record different numbers, it is not known how far these vary."""
    assert mine.keys() == theirs.keys()
    differing = {
        id
        for id, result in mine.items()
        if (result.text, result.value, result.low, result.high)
        != (theirs[id].text, theirs[id].value, theirs[id].low, theirs[id].high)
    }
    # Of these it is not known how far they vary, and the manuscript does not show them.
    assert all(mine[id].standing == "varies" and mine[id].least is None for id in differing)
    manuscript = (built_report.report / "index.qmd").read_text(encoding="utf-8")
    assert not {id for id in differing if f"result {id} " in manuscript}


@pytest.mark.parametrize(
    "name", ["02_characteristics", "03_treatment", "04_safety", "05_response", "07_sensitivity"]
)
def test_a_notebook_records_of_another_data_set_what_the_report_says(built_report, captions, name):
    exact = {"keep_default_na": False, "na_values": [""], "float_precision": "round_trip"}
    clean = {path.stem: pd.read_csv(path, **exact) for path in built_report.clean.glob("*.csv")}
    another = drawn(7)
    assert another.keys() < clean.keys() and not another["patients"].equals(clean["patients"])
    ran = notebook_cells.run_cells(name, given=clean | another)
    results, path = registry.load(built_report.results), built_report.results / f"{name}.json"
    mine = {id: result for id, result in results.items() if result.notebook == name}
    assert len(mine) > 20
    assert_prose_shows_none_that_differs(built_report, mine, ran.results)
    tables = registry.read_tables(path)
    assert tables.keys() == ran.names["nb"]._tables.keys()
    for label, table in tables.items():
        if label in captions and not ONE_OF_MANY.search(captions[label]):
            assert ran.names["nb"]._tables[label]["cells"] == table["cells"], label


@pytest.mark.nightly
def test_only_exhibits_of_one_data_set_differ(built_report, other, captions):
    for path in sorted(built_report.exhibits.glob("*.csv")):
        label = path.stem
        same = path.read_bytes() == (other.exhibits / path.name).read_bytes()
        if label in captions and not ONE_OF_MANY.search(captions[label]):
            assert same, f"{label} depends on the seed, and its caption does not say so"


def test_every_number_of_the_report_says_what_it_rests_on(built_report):
    for id, result in registry.load(built_report.results).items():
        # Of the rest later studies were extracted, and a property of the method rests on no data.
        is_later = id.startswith("sensitivity.later.")
        known = ("printed", "determined", "varies", "method", "extracted")[: 4 + is_later]
        assert result.standing in known, id
    for path in sorted(built_report.results.glob("*.json")):
        for label, table in json.loads(path.read_text(encoding="utf-8")).get("tables", {}).items():
            unmarked = [cell for cell in table["cells"] if not cell["standing"]]
            assert not unmarked, f"{path.stem}, {label}: {unmarked[:3]}"
