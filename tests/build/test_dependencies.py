"""What a notebook depends on is read from its code; a stamp changes exactly when that changes."""

import json

import pytest
from conftest import opening, write_notebook

from case_review.build import dependencies, freshness, products
from case_review.build.products import damage, manifest, stamp_path
from case_review.errors import ReviewError
from case_review.files import write_text
from case_review.project import sha256


@pytest.fixture
def project(small_project):
    write_notebook(
        small_project.notebooks / "01_cleaning.ipynb", opening("01_cleaning"), "%matplotlib inline"
    )
    write_notebook(
        small_project.notebooks / "05_response.ipynb",
        {"ticks": [], "few_at_risk": 0, "landmarks": [], "conf_level": 0},
        opening("05_response"),
        "def draw():\n    from case_review import style\n",
        "patients = nb.read('patients')\nnb.read_raw('published')",
    )
    write_notebook(small_project.notebooks / "06_audit.ipynb", "found = nb.read_results()")
    write_notebook(small_project.notebooks / "00_reconstruction.ipynb", "1")
    for name in ("patients", "published", "reports"):
        (small_project.raw / f"{name}.csv").write_text(name)
    (small_project.raw / "README.md").write_text("about")
    (small_project.expectations / "patients_raw.json").write_text("{}")
    return small_project


def outputs_of(project, name, *paths):
    """Files that a notebook has made, as its manifest says."""
    for path in paths:
        write_text(project.root / path, "n")
    sums = {path: sha256(project.root / path) for path in paths}
    write_text(products.manifest_path(project, name), manifest("{}", sums))


def listed(project, name):
    return {
        path.relative_to(project.root).as_posix() for path in dependencies.inputs(project, name)
    }


def test_cleaning_depends_on_all_raw_data_and_all_suites(project):
    files = listed(project, "01_cleaning")
    assert {"data/raw/patients.csv", "data/raw/reports.csv"} <= files
    assert "expectations/patients_raw.json" in files
    assert "data/raw/README.md" not in files
    assert not any(name.startswith("data/clean/") for name in files)


def test_an_analysis_depends_on_the_tables_and_modules_it_uses(project):
    files = listed(project, "05_response")
    assert {"data/clean/patients.csv", "data/raw/published.csv", "requirements.lock"} <= files
    assert "data/raw/reports.csv" not in files and "expectations/patients_raw.json" not in files
    # notebook.py imports exhibits.py; style.py is imported inside a function
    assert {
        "case_review/notebook.py",
        "case_review/exhibits/tables.py",
        "case_review/exhibits/style.py",
    } <= files
    assert "case_review/build/release.py" not in files and "case_review/__main__.py" not in files


def test_a_computed_table_name_may_be_any(project):
    (project.clean / "patients.csv").write_text("x")
    (project.clean / "ledger.csv").write_text("x")
    write_notebook(project.notebooks / "02_x.ipynb", "[nb.read(t) for t in names]")
    assert {"data/clean/patients.csv", "data/clean/ledger.csv"} <= listed(project, "02_x")


def test_a_module_that_opens_raw_data_by_itself_is_followed(project):
    (project.root / "case_review" / "printed.py").write_text("def load(project): project.raw")
    write_notebook(project.notebooks / "02_x.ipynb", "from case_review import printed")
    assert {"case_review/printed.py", "data/raw/reports.csv"} <= listed(project, "02_x")


def test_a_package_brings_its_data_files(project):
    package = project.root / "case_review" / "pages"
    package.mkdir()
    (package / "__init__.py").write_text("from .inner import f")
    (package / "inner.py").write_text("from ..units_of import g")
    (package / "page.html").write_text("<p>")
    (project.root / "case_review" / "units_of.py").write_text("g = 1")
    write_notebook(project.notebooks / "02_x.ipynb", "import case_review.pages.inner")
    assert {
        "case_review/pages/__init__.py",
        "case_review/pages/inner.py",
        "case_review/pages/page.html",
        "case_review/units_of.py",
    } <= listed(project, "02_x")


def test_what_others_leave_in_a_package_is_no_part_of_it(project):
    package = project.root / "case_review"
    for name in ("__pycache__/units.cpython-311.pyc.140", ".units.py.swp", "units.py~"):
        write_text(package / name, "x")
    for name in ("__init__.py", "page.css"):
        write_text(package / "pages" / name, "")
    write_notebook(project.notebooks / "02_x.ipynb", "import case_review.units")
    listed_here = {name for name in listed(project, "02_x") if name.startswith("case_review/")}
    assert listed_here and all(name.endswith(".py") for name in listed_here)


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline\nfrom case_review.analyses import verdicts",
        "from case_review.analyses import verdicts\nif True:\n    %time verdicts.show()",
        "files = !ls\nfrom case_review.analyses import verdicts",
        "from case_review.analyses import verdicts\nverdicts?",
    ],
)
def test_lines_of_ipython_hide_no_import(project, cell):
    write_notebook(project.notebooks / "02_x.ipynb", cell)
    assert "case_review/analyses/verdicts.py" in listed(project, "02_x")


def test_a_name_that_make_could_not_pass_on_is_refused(project):
    dependencies.check_names(project)
    write_notebook(project.notebooks / "07_my analysis.ipynb", "1")
    with pytest.raises(ReviewError, match=r"07_my analysis\.ipynb: .* such as 07_my_analysis"):
        dependencies.check_names(project)


def test_readers_of_results_come_after_the_others_in_order(project):
    write_notebook(project.notebooks / "08_summary.ipynb", "nb.read_results()")
    write_notebook(project.notebooks / "09_late.ipynb", "1")
    assert dependencies.upstream(project, "05_response") == []
    assert dependencies.upstream(project, "06_audit") == [
        "00_reconstruction", "01_cleaning", "05_response", "09_late",
    ]  # fmt: skip
    assert dependencies.upstream(project, "08_summary") == [
        "00_reconstruction", "01_cleaning", "05_response", "06_audit", "09_late",
    ]  # fmt: skip
    assert "report/results/05_response.json" in listed(project, "06_audit")


def test_a_stamp_holds_resolved_parameters_not_the_file(project):
    before = dependencies.notebook_stamp(project, "05_response")
    assert json.loads(before)["parameters"]["conf_level"] == 0.95
    text = (project.root / "params.yml").read_text()
    (project.root / "params.yml").write_text(
        "# a comment\n" + text.replace("high: 0.05}", "high: 0.04}").replace("seed: 2", "seed: 3")
    )
    assert dependencies.notebook_stamp(project, "05_response") == before
    (project.root / "params.yml").write_text(text.replace("conf_level: 0.95", "conf_level: 0.9"))
    after = dependencies.notebook_stamp(project, "05_response")
    assert freshness.differences(before, after) == ["params.yml: conf_level changed"]


def test_differences_name_the_file_to_blame(project):
    (project.clean / "patients.csv").write_text("1")
    before = dependencies.notebook_stamp(project, "05_response")
    (project.clean / "patients.csv").unlink()
    (project.raw / "published.csv").write_text("2")
    after = dependencies.notebook_stamp(project, "05_response")
    assert freshness.differences(before, after) == [
        "data/clean/patients.csv is gone",
        "data/raw/published.csv changed",
    ]


def made(project, name):
    """Pretend that a notebook was run."""
    stamp = dependencies.notebook_stamp(project, name)
    executed = project.executed / f"{name}.ipynb"
    write_text(executed, "executed")
    outputs = {project.relative(executed): sha256(executed)}
    write_text(products.manifest_path(project, name), manifest(stamp, outputs))
    write_text(stamp_path(project, name), stamp)
    return executed


def is_due(project, name):
    return freshness.of_notebook(project, name) != []


def test_a_notebook_is_due_only_for_a_cause(project):
    executed = made(project, "05_response")
    assert not is_due(project, "05_response")
    (project.raw / "reports.csv").write_text("not its table")
    (project.root / "case_review" / "release.py").write_text("# not its module")
    (project.notebooks / "05_response.ipynb").touch()
    assert not is_due(project, "05_response")
    executed.write_text("altered")
    assert is_due(project, "05_response")
    made(project, "05_response")
    executed.unlink()
    assert is_due(project, "05_response")
    made(project, "05_response")
    (project.raw / "published.csv").write_text("its table")
    assert is_due(project, "05_response")


def test_a_product_of_other_inputs_is_not_current(project):
    made(project, "05_response")
    path = products.manifest_path(project, "05_response")
    assert damage(project.root, path, "another stamp") == ["it was made from other inputs"]
    path.write_text("{")
    assert damage(project.root, path, "any") == ["it was not made yet"]


def test_status_names_causes_and_what_waits(project):
    for name in dependencies.notebook_names(project):
        made(project, name)
    (project.raw / "published.csv").write_text("changed")
    lines = freshness.status(project, project.site, "embedded")
    assert lines == [
        "01_cleaning: data/raw/published.csv changed",
        "00_reconstruction: data/raw/published.csv changed",
        "05_response: data/raw/published.csv changed",
        "06_audit: to be checked after 00_reconstruction, 01_cleaning, 05_response",
        "report/_site: it was not made yet",
    ]


def test_the_site_depends_on_manuscript_output_and_renderer(project):
    write_text(project.report / "index.qmd", "text")
    before = freshness.site_stamp(project, "embedded")
    write_text(project.report / "index.qmd", "other text")
    outputs_of(project, "05_response", "report/exhibits/tbl-x.csv")
    write_text(project.exhibits / "stray.csv", "nobody has made it")
    write_text(project.site / "index.html", "made, not written")
    assert freshness.differences(before, freshness.site_stamp(project, "embedded")) == [
        "report/exhibits/tbl-x.csv is new",
        "report/index.qmd changed",
    ]
    assert "the renderer changed" in freshness.differences(
        before, freshness.site_stamp(project, "quarto")
    )
