"""The whole pipeline, by `make`, in copies of a project whose path has blanks and accents.

What could differ between notebooks is tested on the real report, all else on the small review.
"""

import os
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest
from building import (
    UP_TO_DATE,
    changed,
    content,
    extra_cell,
    make,
    ran,
    told,
)
from small_review import ANALYSIS

from case_review.project import KEPT_VARIABLE

pytestmark = pytest.mark.pipeline

FINISHED = ("index.html", "index.pdf", "index.docx", "index.jats.xml")


@pytest.fixture(scope="module")
def moved(built_report, tmp_path_factory):
    """A copy of the real report in another place; tests leave it as built."""
    root = tmp_path_factory.mktemp("pipeline") / "a réview, copied"
    shutil.copytree(built_report.root, root, symlinks=True)
    return root


def test_the_report_is_complete(built_report):
    for name in FINISHED:
        assert (built_report.site / name).stat().st_size > 1000
    notebooks = {p.stem for p in built_report.notebooks.glob("[0-9]*.ipynb")}
    assert {p.stem for p in built_report.executed.glob("*.ipynb")} == notebooks


def test_a_second_report_does_nothing_and_says_so(moved):
    before = content(moved)
    output = make(moved, "report")
    assert ran(output) == [] and UP_TO_DATE in output
    assert content(moved) == before
    assert make(moved, "status") == "Everything is up to date.\n"


def test_touching_files_reruns_nothing(moved):
    for path in [*moved.glob("data/raw/*"), *moved.glob("notebooks/*"), *moved.glob("*.*")]:
        path.touch()
    for path in moved.glob("case_review/*.py"):
        path.touch()
    assert UP_TO_DATE in make(moved, "report")


def test_a_comment_in_a_module_that_nothing_uses_reruns_nothing(small):
    module = small / "case_review" / "build" / "release.py"
    with changed(module, "\n", "\n# a comment\n"):
        assert UP_TO_DATE in make(small, "report")


def test_an_unknown_parameter_is_refused_before_anything_runs(small):
    before = content(small)
    with changed(small / "params.yml", "conf_level:", "conf_levle:"):
        output = make(small, "report", expect=2)
    assert told(output)[-1].endswith("unknown name shared.conf_levle; did you mean conf_level?")
    assert ran(output) == [] and content(small) == before


def test_a_failing_cell_leaves_the_previous_report(small):
    before = content(small)
    source = "#| label: added\nraise ValueError('the reason')"
    with extra_cell(small / "notebooks" / f"{ANALYSIS}.ipynb", source):
        output = make(small, "report", expect=2)
    assert told(output)[-2:] == ["cell added", "ValueError: the reason"]
    after = content(small)
    assert after.pop(f"report/_executed/{ANALYSIS}.failed.ipynb")
    assert after == before
    # The failure is not told again when something else is wrong.
    (small / "requirements.lock").unlink()
    output = make(small, "report", expect=2)
    assert "requirements.lock: No such file" in output and "ValueError" not in output


def test_a_renderer_that_does_not_exist_is_refused_before_anything_runs(small_report):
    output = make(small_report.root, "report", "RENDERER=quatro", expect=2)
    assert "RENDERER=quatro: choose auto, quarto or embedded" in output and ran(output) == []


def test_two_builds_of_a_small_review_agree_wherever_they_are_made(small, tmp_path):
    # What was judged of the same tables is taken over; all else is made anew.
    folder = tmp_path / "kept"
    folder.mkdir()
    for path in Path(os.environ[KEPT_VARIABLE]).glob("judged-*"):
        shutil.copy(path, folder)
    assert_surroundings_do_not_matter(small, tmp_path, folder)


@pytest.mark.nightly
def test_time_zone_locale_and_user_settings_do_not_matter(built_report, tmp_path):
    root = tmp_path / "a réview, copied"
    shutil.copytree(built_report.root, root, symlinks=True)
    assert_surroundings_do_not_matter(root, tmp_path, "")


def assert_surroundings_do_not_matter(root, tmp_path, folder):
    """Build once more from nothing, as somebody elsewhere without a network: the same bytes."""
    before = content(root)
    make(root, "clean")
    assert content(root) == {
        name: text for name, text in before.items() if name == "data/clean/README.md"
    }
    ipython = tmp_path / "profile_default"
    ipython.mkdir()
    (ipython / "ipython_config.py").write_text("raise SystemExit('user configuration was read')")
    elsewhere = {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONHASHSEED": "5"}
    elsewhere |= {"IPYTHONDIR": str(tmp_path), "SOURCE_DATE_EPOCH": "1"}
    elsewhere[KEPT_VARIABLE] = str(folder)
    offline = ["unshare", "-rn"]
    if subprocess.run([*offline, "true"], capture_output=True).returncode:
        warnings.warn("no right to take the network away: tried with it", stacklevel=1)
        offline = []
    make(root, "report", through=offline, **elsewhere)
    assert content(root) == before
