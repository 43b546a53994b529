"""What several test files share: a small project to build, and the project under test."""

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import hypothesis
import nbformat
import pytest
from building import PRODUCTS, ROOT, as_committed, copy_sources, make
from pypdf import PdfReader

from case_review.build import locking
from case_review.living import starting
from case_review.parameters import loading
from case_review.project import KEPT_VARIABLE, Project
from case_review.rendering import converter

#: The files that take longest, begun first so that no worker is left alone with one at the end.
#: The second needs only the small review while the first builds the real report.
LONG = (
    "test_report_in_browser", "test_robustness_failures", "test_workers", "test_pipeline",
    "test_robustness_inputs", "test_other_review", "test_notebook_changes", "test_memo",
    "test_ensemble", "test_warm", "test_runner", "test_expectations", "test_sensitivity_notebook",
    "test_seeds", "test_watching", "test_many_sets", "test_robustness_text", "test_release",
    "test_extremes", "test_notebook_zoo",
)  # fmt: skip

# How long an example takes says nothing of whether it is right, least of all on a busy machine.
# `make nightly` draws examples at random by it; `ci`, of pyproject.toml, tries the same each time.
hypothesis.settings.register_profile("untimed", deadline=None)

#: The choices of the made-up review, for tests that hold whatever review lies in this project.
PARAMS = ROOT / "tests" / "made_up_review.yml"
#: Where a finished report may lie: in this project, or in a clone, as `.ci/run` has one anyway.
BEGUN = Path(os.environ.get("CASE_REVIEW_BUILT", ROOT))


def pytest_collection_modifyitems(items):
    """Put the long files first; `make test` gives files to its workers in this order."""
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))


def write_notebook(path, *cells):
    """Write a notebook of code cells; a first cell that is a dict becomes the parameter cell."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell("# Title\n\nWhat and why.", id="title")]
    for number, source in enumerate(cells):
        tags = []
        if isinstance(source, dict):
            source = "\n".join(f"{name} = {value!r}" for name, value in source.items())
            tags = ["parameters"]
        cell = nbformat.v4.new_code_cell(source, id=f"cell-{number}", metadata={"tags": tags})
        notebook.cells.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata["kernelspec"] = kernel
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def opening(name):
    """The cell that connects a notebook with the report."""
    return f"from case_review.notebook import Notebook\nnb = Notebook({name!r})"


def start_project(root):
    """Put package, locks and made-up choices into a new folder, with empty ones for all else."""
    shutil.copytree(
        ROOT / "case_review", root / "case_review", ignore=shutil.ignore_patterns("__pycache__")
    )
    for path in ROOT.glob("requirements*.lock"):
        shutil.copy(path, root)
    shutil.copy(PARAMS, root / "params.yml")
    for folder in ("data/raw", "data/clean", "notebooks", "expectations", "report"):
        (root / folder).mkdir(parents=True)
    return Project(root)


@cache
def made_up_values():
    """All sections of the made-up choices, completed and typed."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(PARAMS, Path(folder) / "params.yml")
        return loading.load(Project(Path(folder))).values


@contextmanager
def as_before(folder):
    """Work in a folder, and leave that and the variables as they were, which runs change."""
    here, variables = Path.cwd(), dict(os.environ)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(variables)


@pytest.fixture
def small_project(tmp_path):
    """A project with the package and choices, no notebooks, in a folder with an awkward name."""
    project = start_project(tmp_path / "a réview {x}")
    with as_before(project.root):
        yield project


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A folder that all workers of this test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def kept(shared):
    """Finished work by its content, for all builds of this run; first of all what this project has.

    Where the environment names a folder for it, that is taken.
    """
    if KEPT_VARIABLE not in os.environ:
        folder, build = shared / "kept", Project(BEGUN).build
        with locking.hold(shared / "kept.lock"):
            if not folder.is_dir():
                folder.mkdir()
                for one, place in ((build / "kept", folder), (build / "made", folder / "made")):
                    if one.is_dir():
                        shutil.copytree(one, place, dirs_exist_ok=True)
        os.environ[KEPT_VARIABLE] = str(folder)


@pytest.fixture(scope="session")
def built_report(shared, kept):
    """The real project with its finished report: one build for all tests and workers.

    It is there to be read. A test that changes a file takes a copy of `built_report.root`. Where
    this project has a report, or the environment names a clone that has one, only what differs
    from it is made: nothing where that is of this very commit.
    """
    root = shared / "a built réport"
    with locking.hold(shared / "built-report.lock"):
        if not (root / "report" / "_site").is_dir():
            as_committed(root)
            if (BEGUN / "report" / "_site").is_dir():
                left = shutil.ignore_patterns("kept", "made", "*lock")
                with locking.hold(Project(BEGUN).build / "lock", "make test"):
                    for name in (*PRODUCTS, "report/_build"):
                        shutil.copytree(BEGUN / name, root / name, symlinks=True, ignore=left)
            copy_sources(root)
            make(root, "report")
    return Project(root)


@pytest.fixture
def started(monkeypatch):
    """The arguments of each start of pandoc, as it is started."""
    calls, start = [], converter._start

    def counted(arguments, *others):
        calls.append(arguments)
        return start(arguments, *others)

    monkeypatch.setattr(converter, "_start", counted)
    return calls


@pytest.fixture(scope="session")
def pdf_texts(built_report, shared):
    """The text of each page of paper and supplement, by file: read once for all workers."""
    path = shared / "index.pdf.json"
    with locking.hold(shared / "index.pdf.lock"):
        if not path.is_file():
            texts = {
                name: [page.extract_text() for page in PdfReader(built_report.site / name).pages]
                for name in ("index.pdf", "supplement.pdf")
            }
            path.write_text(json.dumps(texts), encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def made_up(shared):
    """The sources of the made-up review (`made_up_review`), to be read."""
    import made_up_review  # which needs the folder `expectations` to be found

    root = shared / "a made-up réview"
    with locking.hold(shared / "made-up.lock"):
        if not (root / "report" / "index.qmd").is_file():
            made_up_review.write(root)
    return Project(root)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """This project as it stands, in one commit, of which new reviews are made."""
    root = tmp_path_factory.mktemp("project")
    copy_sources(root)
    starting.commit(root)
    return Project(root)


@pytest.fixture(scope="session")
def small_report(shared, kept):
    """The small review (`small_review`) with its finished report, to be read; `small` is a copy."""
    import small_review  # which imports from here

    root = shared / "a small réport"
    with locking.hold(shared / "small-report.lock"):
        if not (root / "report" / "_site").is_dir():
            small_review.write(root)
            make(root, "report")
    return Project(root)


@pytest.fixture
def small(small_report, tmp_path):
    """The folder of a copy of the small review with its report, to be changed."""
    root = tmp_path / "a réview, copied"
    shutil.copytree(small_report.root, root, symlinks=True)
    return root
