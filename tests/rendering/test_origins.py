"""What a notebook's code tells of a result: the tables, the columns and the functions behind it."""

import pytest
from conftest import ROOT, write_notebook

from case_review import registry
from case_review.project import Project
from case_review.rendering import cards, code_pages, labels, origins
from case_review.rendering.called import Package

OPENING = """from case_review.analyses import response, verdicts
from case_review.exhibits import Table
from case_review.notebook import Notebook
from case_review.statistics import proportions, survival
nb = Notebook("05_x")"""
CELLS = (
    {"group_by": "onset"},
    OPENING,
    'patients, posters = nb.read("patients"), nb.read("posters")\nreports = nb.read("reports")',
    'ages = patients["age_value"]\nfor n in reports["n_patients"]:\n    total = n',
    'times = response.times(patients, "anomaly", {})',
    '#| label: median\nn = survival.kaplan_meier(times["time"], times["event"])\n'
    'nb.record("x.median", n.median())\nnb.record("x.size", len(posters["n"]))',
    '#| label: each\nfor row in nb.setting("rows"):\n'
    '    nb.record(f"x.{row}.all", (patients[row["variable"]] == row["level"]).sum())',
    '#| label: share\nvariables = ["sex", "onset", "symptoms"]\n'
    'nb.record("x.share", proportions.proportion(*patients[variables]["sex"], 0.95))',
    'judge = verdicts.Judge(nb.read("verdicts"), True)',
    '#| label: judged\nnb.record("x.judged", judge.note([], {}))',
    '#| label: whatever\nnb.record("x.whatever", nb.read_results())',
    '#| label: files\nnb.record("x.files", len(list(nb.project.raw.iterdir())))',
)
ROWS = [{"id": "male", "variable": "sex", "level": "male"}, {"id": "old", "variable": "age_unit"}]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("origins")
    (root / "case_review").symlink_to(ROOT / "case_review")
    project = Project(root)
    write_notebook(project.executed / "05_x.ipynb", *CELLS)
    write_notebook(project.notebooks / "05_x.ipynb", *CELLS)
    cells = {"x.median": "median", "x.size": "median", "x.male.all": "each", "x.old.all": "each"}
    cells |= {
        "x.judged": "judged",
        "x.share": "share",
        "x.whatever": "whatever",
        "x.files": "files",
    }
    results = [registry.Result(id, 1, text="1", cell=cell) for id, cell in cells.items()]
    path = project.results / "05_x.json"
    registry.write(path, "05_x", {"rows": ROWS}, results)
    return project


@pytest.fixture(scope="module")
def found(project):
    return origins.of(project, "05_x")


@pytest.mark.parametrize(
    ("id", "columns"),
    [
        # Not what else the notebook has read, nor what else the cell records.
        ("x.median", {"clean/patients": ["patient_id", "report_id", "time_hours", "event"]}),
        ("x.size", {"clean/posters": ["n"]}),
        # Of a layout, the row that the id names; of a list, the one that is named beside it.
        ("x.male.all", {"clean/patients": ["sex"]}),
        ("x.old.all", {"clean/patients": ["age_unit"]}),
        ("x.share", {"clean/patients": ["sex"]}),
        # What an object of the package was made of.
        ("x.judged", {"clean/verdicts": []}),
        ("x.whatever", {origins.RESULTS: []}),
        ("x.files", {origins.ANY: []}),
    ],
)  # fmt: skip
def test_a_result_rests_on_the_columns_that_lead_to_it(found, id, columns):
    assert found.columns[id] == columns


def test_a_cell_rests_on_what_all_of_it_does(found):
    assert set(found.columns["median"]) == {"clean/patients", "clean/posters"}


def test_functions_on_the_way_are_named_those_of_statistics_first(found):
    names = [each.name for each in found.behind["x.median"]]
    assert names == ["survival.kaplan_meier", "response.times"]
    assert [each.name for each in found.behind["x.size"]] == []


def test_calls_of_a_cell_lead_to_the_lines_of_each_function(found):
    by_name = {each.name: each for own in found.calls.values() for each in own}
    assert {"Notebook", "Notebook.record", "response.times", "proportions.proportion"} <= set(
        by_name
    )
    called = by_name["survival.kaplan_meier"]
    lines = (ROOT / called.path).read_text(encoding="utf-8").splitlines()
    assert lines[called.first - 1].startswith("def kaplan_meier(")
    assert not lines[called.last].strip() and lines[called.last - 1].strip()
    assert called.page == "code/statistics/survival.html"


def test_a_name_is_followed_to_where_it_is_defined():
    package = Package(ROOT)
    assert package.find("case_review.values.Count").path == "case_review/values/estimates.py"
    assert package.find("case_review.values.DETERMINED") is None
    assert package.find("case_review.nothing.at.all") is None
    assert package.find("pandas.read_csv") is None


@pytest.mark.parametrize(
    ("read", "varies", "used"),
    [
        ({"clean/patients": ["sex"]}, False, ["data/clean/patients.csv"]),
        ({"clean/patients": []}, True, ["data/clean/standing.csv", "data/clean/patients.csv"]),
        ({origins.RESULTS: []}, False, ["report/results/05_x.json"]),
        ({}, False, ["data/clean/patients.csv", "data/raw/published.csv",
                     "report/results/05_x.json"]),
    ],
)  # fmt: skip
def test_a_card_names_the_files_that_count(read, varies, used):
    recorded = ["data/clean/standing.csv", "data/clean/patients.csv", "data/raw/published.csv"]
    recorded = dict.fromkeys([*recorded, "report/results/05_x.json"], "0")
    assert cards.used(recorded, read, varies) == used


# -- code pages ------------------------------------------------------------------------------------


def test_every_line_and_function_of_a_module_has_an_anchor(project):
    called = code_pages.called(project)
    modules = code_pages.modules(project, called)
    module = modules["case_review/statistics/survival.py"]
    html = code_pages.page(module)[-1]["c"][1]
    lines = module.text.rstrip("\n").split("\n")
    assert len(module.lines) == len(lines)
    assert all(f'<span id="L{n}" class="line">' in html for n in range(1, len(lines) + 1))
    assert html.count("<span") == html.count("</span>")
    own = [each for each in called if each.path == module.path]
    assert own and all(f'<span id="{each.anchor}">' in html for each in own)


def test_only_modules_that_notebooks_load_are_published(project, tmp_path):
    paths = {each.path for each in code_pages.called(project)}
    assert paths and all(path.startswith("case_review/") for path in paths)
    assert not any("rendering" in path for path in paths)
    (project.notebooks / "05_x.ipynb").rename(tmp_path / "away")
    try:
        assert code_pages.called(project) == []
    finally:
        (tmp_path / "away").rename(project.notebooks / "05_x.ipynb")


# -- labels ----------------------------------------------------------------------------------------


def test_the_first_entry_that_fits_names_a_result():
    known = {"a.b.all": "Everybody", "a.*.all": "All: *", "a.*": "Some: *"}
    assert labels.of(known, "a.b.all", "row") == "Everybody"
    assert labels.of(known, "a.c_d.all", "row") == "All: c d"
    assert labels.of(known, "a.c.d", "") == "Some: c, d"
    assert labels.of(known, "z.c", "Row (Column)") == "Row (Column)"
    assert labels.of(known, "z.median_weeks", "") == "z, median weeks"
    assert labels.of(known, "", "Row (Column)") == "Row (Column)"


@pytest.mark.parametrize("text", ["- a\n", "a.b: 1\n", "a.b: ''\n"])
def test_what_is_no_list_of_labels_is_refused(tmp_path, text):
    project = Project(tmp_path)
    project.report.mkdir()
    assert labels.read(project) == {}
    (project.report / labels.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(labels.ReviewError, match=r"^report/labels\.yml: expected lines such as"):
        labels.read(project)
