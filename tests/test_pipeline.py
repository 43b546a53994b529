"""The whole pipeline, by `make`, in a copy of the project whose path has blanks and accents.

The copy is built once. Every test leaves it as built, so that each can tell what its own change
caused; the order of the tests does not matter.
"""

import json
import shutil
from contextlib import contextmanager

import pytest
from building import make

pytestmark = pytest.mark.pipeline

UP_TO_DATE = "report/_site is up to date"
FINISHED = ("index.html", "index.pdf", "index.docx")
PRODUCTS = ("data/clean", "report/_executed", "report/results", "report/exhibits", "report/_site")


def ran(output):
    """The notebooks that ran, by their progress lines."""
    lines = (line.split() for line in output.splitlines())
    return [words[0] for words in lines if len(words) == 3 and words[0][:2].isdigit()]


def told(output):
    """The lines that are not make's own; those about what is wrong come last."""
    lines = output.splitlines()
    assert lines[-1].startswith("make: ***") and not lines[-2].startswith("make")
    return [line for line in lines if line and not line.startswith("make")]


def content(root, folders=PRODUCTS):
    files = (path for folder in folders for path in (root / folder).rglob("*"))
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files if p.is_file()}


@contextmanager
def changed(path, old, new):
    """Replace a text in a file for the length of a `with` block."""
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


@contextmanager
def extra_cell(path, source):
    """Append a code cell to a notebook for the length of a `with` block."""
    before = path.read_text(encoding="utf-8")
    notebook = json.loads(before)
    notebook["cells"].append(
        {
            "cell_type": "code",
            "id": "added-by-a-test",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
    )
    path.write_text(json.dumps(notebook), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


@pytest.fixture(scope="module")
def built(built_report, tmp_path_factory):
    """A copy of the built report: a build may be moved."""
    root = tmp_path_factory.mktemp("pipeline") / "a réview, copied"
    shutil.copytree(built_report.root, root, symlinks=True)
    return root


@pytest.fixture
def project(built, built_report):
    """The built copy; afterwards a fresh one is in its place, so that the next finds it current."""
    yield built
    shutil.rmtree(built)
    shutil.copytree(built_report.root, built, symlinks=True)


def test_the_report_is_complete(built):
    for name in FINISHED:
        assert (built / "report" / "_site" / name).stat().st_size > 1000
    notebooks = {p.stem for p in (built / "notebooks").glob("[0-9]*.ipynb")}
    assert {p.stem for p in (built / "report" / "_executed").glob("*.ipynb")} == notebooks


def test_a_second_report_does_nothing_and_says_so(built):
    before = content(built)
    output = make(built, "report")
    assert ran(output) == [] and UP_TO_DATE in output
    assert content(built) == before
    assert make(built, "status") == "Everything is up to date.\n"


def test_touching_files_reruns_nothing(built):
    for path in [*built.glob("data/raw/*"), *built.glob("notebooks/*"), *built.glob("*.*")]:
        path.touch()
    for path in built.glob("case_review/*.py"):
        path.touch()
    assert UP_TO_DATE in make(built, "report")


def test_a_comment_in_a_module_that_nothing_uses_reruns_nothing(project):
    module = project / "case_review" / "build" / "release.py"
    module.write_text(module.read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8")
    assert UP_TO_DATE in make(project, "report")


def test_a_dose_cut_point_reruns_treatment_and_the_audit_only(project):
    with changed(project / "params.yml", "low: 0.05, high: 0.1,", "low: 0.05, high: 0.11,"):
        status = make(project, "status")
        assert "03_treatment: params.yml: dose_groups changed" in status
        rerun = ran(make(project, "notebooks"))
    assert rerun[0] == "03_treatment" and rerun[-2:] == ["06_audit", "10_statement_places"]
    assert not {"01_cleaning", "02_characteristics", "04_safety", "05_response"} & set(rerun)


def test_an_unknown_parameter_is_refused_before_anything_runs(project):
    before = content(project)
    with changed(project / "params.yml", "conf_level:", "conf_levle:"):
        output = make(project, "report", expect=2)
    assert told(output)[-1].endswith("unknown name shared.conf_levle; did you mean conf_level?")
    assert ran(output) == [] and content(project) == before


def test_a_failing_cell_leaves_the_previous_report(project):
    before = content(project)
    source = "#| label: added\nraise ValueError('the reason')"
    with extra_cell(project / "notebooks" / "05_response.ipynb", source):
        output = make(project, "report", expect=2)
    assert told(output)[-2:] == ["cell added", "ValueError: the reason"]
    after = content(project)
    assert after.pop("report/_executed/05_response.failed.ipynb")
    assert {k: v for k, v in after.items() if k.startswith("report/_site")} == {
        k: v for k, v in before.items() if k.startswith("report/_site")
    }
    assert after["report/results/05_response.json"] == before["report/results/05_response.json"]


def test_an_older_failure_is_not_told_again(project):
    with extra_cell(project / "notebooks" / "05_response.ipynb", "1 / 0"):
        assert told(make(project, "report", expect=2))[-1].startswith("ZeroDivisionError")
    (project / "requirements.lock").rename(project / "kept.lock")
    output = make(project, "report", expect=2)
    (project / "kept.lock").rename(project / "requirements.lock")
    assert "requirements.lock: No such file" in output and "ZeroDivisionError" not in output


def test_a_renderer_that_does_not_exist_is_refused_before_anything_runs(built):
    output = make(built, "report", "RENDERER=quatro", expect=2)
    assert "RENDERER=quatro: choose auto, quarto or embedded" in output and ran(output) == []


@pytest.mark.nightly
def test_time_zone_locale_and_user_settings_do_not_matter(project, tmp_path):
    before = content(project)
    make(project, "clean")
    assert content(project) == {
        name: text for name, text in before.items() if name == "data/clean/README.md"
    }
    ipython = tmp_path / "profile_default"
    ipython.mkdir()
    (ipython / "ipython_config.py").write_text("raise SystemExit('user configuration was read')")
    make(
        project,
        "report",
        TZ="Asia/Kathmandu",
        LC_ALL="C",
        PYTHONHASHSEED="5",
        IPYTHONDIR=str(tmp_path),
        SOURCE_DATE_EPOCH="1",
    )
    assert content(project) == before
