"""The lock, environment.yml and pyproject.toml agree; the lock can be enforced."""

import re
import tomllib

from conftest import ROOT
from ruamel.yaml import YAML

from case_review.build import bootstrap

#: What conda-forge calls a package of PyPI.
CONDA_NAMES = {
    "matplotlib-base": "matplotlib",
    "seaborn-base": "seaborn",
    "ortools-python": "ortools",
    "ruamel.yaml": "ruamel-yaml",
}
#: Programs and Python itself, which no lock of Python packages can hold.
PROGRAMS = {"python", "make", "git", "quarto", "typst", "librsvg", "pip"}


def locked(name="requirements.lock"):
    text = (ROOT / name).read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)", text, re.MULTILINE))


def wanted():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]["test"]
    names = [re.match(r"[A-Za-z0-9._-]+", entry)[0] for entry in project["dependencies"] + extras]
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
    lock = locked()
    assert packages == {name: lock[name] for name in wanted()}
    assert {"quarto", "typst", "librsvg", "python"} <= programs


def test_every_locked_file_has_a_hash():
    for name in (bootstrap.LOCK, bootstrap.BUILD_LOCK, bootstrap.EDIT_LOCK):
        entries = re.split(r"^(?=[a-z0-9])", (ROOT / name).read_text(), flags=re.MULTILINE)
        entries = [entry for entry in entries if "==" in entry]
        assert entries and all("--hash=sha256:" in entry for entry in entries), name


def test_editing_changes_no_version_of_the_report():
    lock, edit = locked(), locked("requirements-edit.lock")
    assert "jupyterlab" in edit and "jupyterlab" not in lock
    differing = {n: (lock[n], v) for n, v in edit.items() if lock.get(n, v) != v}
    assert differing == {}
