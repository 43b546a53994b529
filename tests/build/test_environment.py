"""The lock, environment.yml and pyproject.toml agree; the lock can be enforced."""

import re
import tomllib

import pytest
from conftest import ROOT
from packaging.markers import Marker
from ruamel.yaml import YAML

from case_review.build import bootstrap, environment

#: What conda-forge calls a package of PyPI.
CONDA_NAMES = {
    "matplotlib-base": "matplotlib",
    "seaborn-base": "seaborn",
    "ortools-python": "ortools",
    "ruamel.yaml": "ruamel-yaml",
}
#: Programs and Python itself, which no lock of Python packages can hold.
PROGRAMS = {"python", "make", "git", "quarto", "typst", "librsvg", "pip"}


EXTRA = tuple(bootstrap.EXTRA_LOCKS.values())
ALL = (bootstrap.LOCK, bootstrap.BUILD_LOCK, *EXTRA)


def locked(name="requirements.lock"):
    text = (ROOT / name).read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)", text, re.MULTILINE))


def wanted(group=None):
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text())
    entries = entries["dependency-groups"][group] if group else entries["project"]["dependencies"]
    names = [re.match(r"[A-Za-z0-9._-]+", entry)[0] for entry in entries]
    return {name.lower().replace(".", "-").replace("_", "-") for name in names}


def of_conda():
    entries = YAML(typ="safe").load((ROOT / "environment.yml").read_text())["dependencies"]
    conda = dict(entry.partition("=")[::2] for entry in entries if isinstance(entry, str))
    (pip,) = (entry["pip"] for entry in entries if isinstance(entry, dict))
    programs = {name for name in conda if name in PROGRAMS}
    packages = {CONDA_NAMES.get(n, n): v for n, v in conda.items() if n not in PROGRAMS}
    return programs, packages | dict(entry.split("==") for entry in pip)


def test_conda_gives_every_direct_dependency_at_the_locked_version():
    programs, packages = of_conda()
    lock = locked() | locked("requirements-test.lock")
    assert packages == {name: lock[name] for name in wanted() | wanted("test")}
    assert {"quarto", "typst", "librsvg", "python"} <= programs


def test_every_locked_file_has_a_hash():
    for name in ALL:
        entries = re.split(r"^(?=[a-z0-9])", (ROOT / name).read_text(), flags=re.MULTILINE)
        entries = [entry for entry in entries if "==" in entry]
        assert entries and all("--hash=sha256:" in entry for entry in entries), name


def test_each_group_has_a_lock_of_its_own():
    for group in ("test", "edit", "build"):
        assert wanted(group) <= locked(f"requirements-{group}.lock").keys()
    alone = wanted("test") - wanted() - {"beautifulsoup4"}  # which nbconvert needs too
    assert not (alone | wanted("edit")) & locked().keys()


@pytest.mark.parametrize("name", EXTRA)
def test_testing_and_editing_change_no_version_of_the_report(name):
    lock, extra = locked(), locked(name)
    assert {n: (lock[n], v) for n, v in extra.items() if lock.get(n, v) != v} == {}


def in_use(name, machine):
    """The packages of a lock that are installed on a machine."""
    pins = re.findall(r"^([a-z0-9.-]+)==[^ ]+ (?:; (.*?) )?\\$", (ROOT / name).read_text(), re.M)
    return {package for package, marker in pins if not marker or Marker(marker).evaluate(machine)}


@pytest.mark.parametrize("python", ["3.11.0", "3.11.7", "3.12.4", "3.13.1"])
@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_testing_and_editing_add_nothing_that_counts_as_the_report_s(system, python):
    # Such a package would make the report out of date by being installed.
    machine = {"sys_platform": system, "os_name": "posix", "python_full_version": python}
    report = in_use(bootstrap.LOCK, machine)
    assert "pandas" in report and ("appnope" in report) is (system == "darwin")
    for name in EXTRA:
        counted = environment.locked(ROOT / bootstrap.LOCK).keys()
        assert in_use(name, machine) & counted <= report
