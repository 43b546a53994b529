"""A statistician changes one cell of a notebook and sees it in table, figure and results.

The rows count as extracted from reports, so that every number is an estimate from them; what is
shown of reconstructed rows is in `test_response_notebook.py`. Most changes are tried on
the cells within this process, which give what a run for the report gives.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import nbformat
import notebook_cells
import pandas as pd
import pytest
from building import ROOT, changed, surroundings
from conftest import as_before

from case_review.build import runner, warm
from case_review.exhibits.drawn import FigureOutput
from case_review.project import Project
from case_review.rendering import interactive
from case_review.rendering.cells import Notebooks
from case_review.statistics import survival

pytestmark = pytest.mark.pipeline

NAME = "05_response"


class Outcome(NamedTuple):
    """What the cells leave: the table, the texts of the figure, and the results."""

    table: str
    figure: list
    results: dict

    def row(self, name):
        lines = self.table.splitlines()
        (line,) = (line for line in lines if re.match(rf"\| (&emsp;)?{name}", line))
        return [cell.strip() for cell in line.strip("|").split("|")][1:]


@pytest.fixture(scope="module")
def project(small_report, tmp_path_factory):
    """The small review with the rows of this one, which count as extracted, and the notebook."""
    root = tmp_path_factory.mktemp("changes") / "a review"
    shutil.copytree(small_report.root, root, symlinks=True)
    for folder in ("data/raw", "expectations"):
        shutil.rmtree(root / folder)
        shutil.copytree(ROOT / folder, root / folder)
    for path in (root / "data" / "raw").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(",reconstructed\n", ",extracted\n"), encoding="utf-8")
    shutil.copy(ROOT / "params.yml", root)
    names = ("00_reconstruction", "01_cleaning", NAME)
    for name in names:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", root / "notebooks")
    project = Project(root)
    with as_before(root), warm.server(project, names):
        run(project, "01_cleaning")
        # Nothing is reconstructed, so this only says so.
        run(project, "00_reconstruction")
        yield project


@pytest.fixture(scope="module")
def change(project):
    """Run the cells, with a text of one of them replaced, and read what comes out."""
    missing = {"keep_default_na": False, "na_values": [""]}
    clean = {path.stem: pd.read_csv(path, **missing) for path in project.clean.glob("*.csv")}

    def changed(cell_id="", old="", new=""):
        def source_of(cell):
            source = real(cell)
            if cell["id"] != cell_id:
                return source
            assert source.count(old) == 1, f"cell {cell_id} does not hold {old!r} once"
            return source.replace(old, new)

        real = notebook_cells.source_of
        with mock.patch.object(notebook_cells, "source_of", source_of):
            ran = notebook_cells.run_cells(NAME, given=clean)
        drawn = FigureOutput(ran.figures["fig-km"]).svg
        return Outcome(ran.shown["tbl-response"], texts(drawn), ran.results)

    return changed


def texts(drawn):
    """The texts of a drawn figure."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", drawn)


def run(project, name=NAME):
    """Run a notebook for the report; returns what its labelled cells show."""
    with as_before(project.root):
        runner.run(project, name)
    return shown(project.executed / f"{name}.ipynb")


def shown(path):
    """What each labelled cell of an executed notebook shows, by kind."""
    found = {}
    for cell in nbformat.read(path, as_version=4).cells:
        label = re.match(r"#\| label: (\S+)", cell.source)
        for output in cell.get("outputs", []) if label else []:
            found.setdefault(label[1], {}).update(output.get("data", {}))
    return found


@pytest.fixture(scope="module")
def built(change):
    """What the cells give as they are committed."""
    return change()


@pytest.fixture(scope="module")
def reported(project):
    """What the notebook shows in the report as it is committed."""
    return run(project)


def test_cells_within_this_process_give_what_the_report_shows(built, reported):
    assert built.table == reported["tbl-response"]["text/markdown"]
    assert built.figure == texts(reported["fig-km"]["image/svg+xml"])


def test_the_type_of_confidence_interval(project, built, change):
    found = change("estimates", '"conf_type": conf_type', '"conf_type": "log-log"')
    patients = pd.read_csv(project.clean / "patients.csv")
    fitted = survival.kaplan_meier(
        patients["time_hours"], patients["event"], conf_type="log-log", per=168, unit="weeks"
    )
    median, early = fitted.median(), fitted.with_event(1)
    assert found.results["response.median_weeks"].text == median.prose
    assert f"median {median.prose}" in found.figure
    assert found.row("Median time")[0] == median.cell
    assert found.row("1 week")[0] == early.cell != built.row("1 week")[0]


def test_a_third_group(built, change):
    groups = {"khe_ta": "KHE/TA", "haemangioma": "Haemangioma", "lymphatic": "Lymphatic"}
    old = "frame = response.times(patients, group_by, groups)"
    new = f'groups = {groups}\nframe = response.times(patients, "type", groups)'
    found = change("patients", old, new)
    labels = ["All patients", *groups.values()]
    assert found.table.splitlines()[0].split(" | ")[1:] == [*labels, "Comparison |"]
    assert set(labels) <= set(found.figure) and found.figure.count("At risk") == 4
    assert not {"Vascular tumours"} & set(found.figure)
    sizes = [int(cell) for cell in found.row("Patients, n") if cell]
    without = sizes[0] - sum(sizes[1:])
    assert without > 0 and f"counted among all only: {without}." in found.table
    assert "(2 df)" in found.row("Log-rank statistic")[-1]
    assert "(2 df)" in found.row("Proportional hazards, statistic")[-1]
    ratio = found.results["response.hazard_ratio.khe_ta"]
    assert found.row("Hazard ratio")[3] == "1 (reference)"
    assert found.row("Hazard ratio")[1].startswith(f"{ratio.value:.2f} (")
    assert f"KHE/TA {ratio.text}; Haemangioma " in found.results["response.hazard_ratio"].text
    assert "response.median_weeks.lymphatic" in found.results
    assert "counted among all only" not in built.table
    assert found.results["response.median_weeks"] == built.results["response.median_weeks"]


def test_a_further_landmark(built, change):
    found = change("landmarks", "in landmarks", "in sorted([*landmarks, 6])")
    share = found.results["response.at_6_weeks.overall"]
    cell = found.row("6 weeks")[0]
    assert share.text.startswith(f"{cell.partition(' ')[0]}% (95% CI ")
    assert found.row("4 weeks") == built.row("4 weeks")
    assert "6 weeks" not in built.table
    lines = found.table.splitlines()
    order = [re.search(r"emsp;(\d+) week", line) for line in lines]
    assert [int(match[1]) for match in order if match] == [1, 2, 4, 6, 8, 12]


def test_the_title_of_an_axis(project, reported):
    path = project.notebooks / f"{NAME}.ipynb"
    title = r'style.time_axis(unit, nb.words[\"origin\"])'  # as it stands in JSON
    with changed(path, title, "'Weeks of treatment'"):
        found = texts(run(project)["fig-km"]["image/svg+xml"])
    before = texts(reported["fig-km"]["image/svg+xml"])
    assert "Weeks of treatment" in found and "Weeks of treatment" not in before
    exhibit = Notebooks(project).exhibit(NAME, "fig-km")
    assert interactive.survival(project, exhibit)["titles"]["x"] == "Weeks of treatment"


@pytest.mark.parametrize("folder", [".", "notebooks"])
def test_opened_by_hand_it_shows_what_the_report_shows(project, reported, tmp_path, folder):
    """By `jupyter execute`, in the folder of the project or in that of the notebooks."""
    here = project.root / folder
    path = (project.notebooks / f"{NAME}.ipynb").relative_to(here)
    executed = tmp_path / "by hand.ipynb"
    jupyter = Path(sys.executable).with_name("jupyter")
    words = [str(jupyter), "execute", str(path), f"--output={executed}"]
    environment = surroundings(PYTHONPATH=str(project.root))
    subprocess.run(words, cwd=here, env=environment, timeout=300, check=True)
    by_hand = shown(executed)
    for label, kind in (("tbl-response", "text/markdown"), ("fig-km", "image/svg+xml")):
        assert by_hand[label][kind] == reported[label][kind], label
