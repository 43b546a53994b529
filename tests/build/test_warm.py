"""A forked kernel is what one started anew is, and none outlives who asked for it."""

import contextlib
import itertools
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from building import ROOT
from conftest import opening, write_notebook

from case_review.build import forking, imported, kernel, opened, provisioning, runner, warm

pytestmark = pytest.mark.skipif(not warm.possible(), reason="kernels are forked on Linux only")

#: What a notebook could see of how its kernel came to be.
SURROUNDINGS = (
    "import gc, os, signal, sys, threading, warnings\nimport matplotlib as mpl",
    "print(sorted(os.environ), os.getcwd(), os.environ['HOME'], sys.path, sys.argv[0])",
    "print([str(f) for f in warnings.filters], sys.flags, sys._xoptions)",
    "print(*mpl.rcParams.items(), sep='\\n')",
    "print(sorted(t.name[:7] for t in threading.enumerate()))",
    "print([signal.getsignal(s) for s in sorted(signal.valid_signals())], __name__)",
    "print(os.getpgrp() == os.getsid(0) == os.getpid(), gc.isenabled(), gc.get_threshold())",
    "print(sorted(os.readlink(f'/proc/self/fd/{n}').split(':')[0] for n in (0, 1, 2)))",
    "import case_review.registry, case_review.exhibits.diagram",
    "import pandas as pd, numpy as np, matplotlib.pyplot as plt",
    "for k in sorted(pd._config.config._registered_options): print(k, pd.get_option(k))",
    "print(np.geterr(), np.get_printoptions(), sorted(map(str, mpl.units.registry)))",
    "print(plt._REPL_DISPLAYHOOK, plt.isinteractive(), plt.rcParams == mpl.rcParams)",
    "print({k: len(v) for k, v in get_ipython().events.callbacks.items()})",
    "print(sorted(n for n in sys.modules if 'case_review' in n))",
)
#: One that would use what only tests have: a library does so where it can, a cell by its name.
TESTS_ONLY = (
    "import sys\nimport seaborn\nprint('statsmodels' in sys.modules)",
    "try:\n    import statsmodels\nexcept ModuleNotFoundError as error:\n    print(error)",
)
#: One that imports what its code does not tell.
HIDDEN = ("import importlib\nprint(importlib.import_module('case_review.' + 'registry').__name__)",)

#: One that reads the parameters, and says whether it had to parse them.
PARAMETERS = (
    "from case_review.data import yaml_file\nfrom case_review.parameters import params_file",
    "from case_review.project import find_project\nbefore = yaml_file.load.cache_info().misses",
    "for document in params_file.documents(find_project()):\n"
    "    print('decimals from', document.content['shared']['percent_decimals_from'])",
    "print('parsed', yaml_file.load.cache_info().misses - before)",
)


@pytest.fixture
def project(small_project, monkeypatch):
    monkeypatch.delenv(warm.VARIABLE, raising=False)
    monkeypatch.delenv(warm.ADDRESS_VARIABLE, raising=False)
    return small_project


@pytest.fixture
def forked(monkeypatch):
    """The kernels that were forked."""
    found, fork = [], provisioning._fork

    def note(*arguments):
        found.append(fork(*arguments))
        return found[-1]

    monkeypatch.setattr(provisioning, "_fork", note)
    return found


def run(project, name):
    """A notebook's output, and what it has opened."""
    runner.run(project, name)
    return (project.executed / f"{name}.ipynb").read_text(), opened.kept(project, name)


def test_a_forked_kernel_is_what_one_started_anew_is(project, forked):
    write_notebook(project.notebooks / "20_a.ipynb", *SURROUNDINGS)
    write_notebook(project.notebooks / "21_b.ipynb", *HIDDEN)
    write_notebook(project.notebooks / "22_c.ipynb", *TESTS_ONLY)
    names = ("20_a", "21_b", "22_c")
    with warm.server(project, ["20_a"]):
        found = [run(project, name) for name in names]
        left = [kernel.pid for kernel in forked]
        assert len(left) == 3
    anew = [run(project, name) for name in names]
    assert len(forked) == 3
    for one, other in zip(found, anew, strict=True):
        assert one[0].splitlines() == other[0].splitlines()
        assert one[1] == other[1]
    assert "False" in found[2][0] and "of requirements-test.lock, is there for" in found[2][0]
    # What another notebook has brought into the process is still seen to be read.
    assert "case_review/registry.py" in found[1][1].files
    assert "True True (200000, 10, 10)" in found[0][0]
    assert all(not psutil.pid_exists(pid) for pid in left)
    assert warm.ADDRESS_VARIABLE not in os.environ


def test_parameters_are_parsed_once_for_all_kernels_also_when_they_were_saved(project, forked):
    write_notebook(project.notebooks / "20_a.ipynb", *PARAMETERS)
    with warm.server(project, ["20_a"]):
        for number in ("20", "30"):
            text = project.params_file.read_text()
            project.params_file.write_text(
                text.replace("decimals_from: 20", f"decimals_from: {number}")
            )
            output, _ = run(project, "20_a")
            assert f"decimals from {number}" in output and "parsed 0" in output
    assert len(forked) == 2


_ASKED = itertools.count()


def ask(project):
    """A kernel of no notebook, with a connection of its own: it ends if another has taken it."""
    connection = str(project.root / f"none-{next(_ASKED)}.json")
    command = [sys.executable, *kernel.OPTIONS, "-m", kernel.__name__, "-f", connection]
    environment = os.environ | {"CASE_REVIEW_STAGE": str(project.root)}
    return provisioning._fork(command, {"env": environment}, {"told": [], "imports": []})


def children(before=()):
    """The processes that this one has started since there were those `before`.

    Other tests may have left one: Python's own that cares for what processes share.
    """
    return [process for process in psutil.Process().children() if process not in before]


def gone(pid):
    """Whether a process ends soon; not one of this process's own."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.02)
                continue
        return True
    return False


def test_no_kernel_outlives_who_asked_for_it_or_who_forked_it(project, monkeypatch):
    monkeypatch.setattr(warm, "QUICK", 20)  # the answer counts, however long it takes
    before = children()
    with warm.server(project, ["99_missing"]):  # of which its run tells
        (server,) = children(before)
        first, second, third = (ask(project) for _ in range(3))
        assert {c.pid for c in server.children()} == {first.pid, second.pid, third.pid}
        first._connection.close()
        assert gone(first.pid)
        os.killpg(second.pid, signal.SIGKILL)
        assert second.wait(20) == second.poll() == -signal.SIGKILL
        assert third.poll() is None
        # A module that has changed is run by no kernel that was imported before.
        assert warm.is_fit()
        units = project.root / "case_review" / "units" / "__init__.py"
        units.write_text(units.read_text() + "\n# changed\n")
        assert not warm.is_fit()
        with pytest.raises(provisioning._Refused, match="was changed after it had been imported"):
            ask(project)
        address = os.environ[warm.ADDRESS_VARIABLE]
        with warm.server(project, []):
            assert os.environ[warm.ADDRESS_VARIABLE] != address
        assert os.environ[warm.ADDRESS_VARIABLE] == address
        server.kill()
        assert gone(third.pid) and third.poll() == -signal.SIGKILL


def test_who_answers_at_once_and_goes_has_got_the_message(monkeypatch):
    ours, its = socket.socketpair()
    send_fds = socket.send_fds

    def answered(*arguments):
        sent = send_fds(*arguments)
        assert forking.receive(its) == {"folder": "x"}
        its.close()
        return sent

    monkeypatch.setattr(forking.socket, "send_fds", answered)
    with ours:
        forking.send(ours, {"folder": "x"})
        assert its.fileno() == -1


def test_a_kernel_is_ended_that_was_forked_a_moment_ago():
    ours, its = socket.socketpair()
    young = subprocess.Popen(["sleep", "5"])  # in this process's group, as before its own session
    watched = os.pidfd_open(young.pid)
    server = SimpleNamespace(
        kernels={watched: (young.pid, its)}, selector=selectors.DefaultSelector()
    )
    for file in (watched, its):
        server.selector.register(file, selectors.EVENT_READ, watched)
    with ours:
        forking._Server.bury(server, watched)
        assert forking.receive(ours) == {"status": -signal.SIGKILL}


def test_nothing_is_left_of_a_build_that_was_killed(project):
    code = (
        "import os, sys\nsys.path.insert(0, sys.argv[1])\nfrom test_warm import ask\n"
        "from case_review.build import warm\nfrom case_review.project import find_project\n"
        "with warm.server(find_project(), []):\n"
        "    print(ask(find_project()).pid, flush=True)\n    input()"
    )
    places = os.pathsep.join([str(project.root), str(ROOT / "tests")])
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(Path(__file__).parent)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": places}, cwd=project.root,
    )  # fmt: skip
    kernel_pid = int(starter.stdout.readline())
    (server,) = psutil.Process(starter.pid).children()
    starter.kill()
    starter.communicate()
    assert gone(server.pid) and gone(kernel_pid)


def test_where_no_process_serves_kernels_start_anew_which_is_said_once(
    project, forked, monkeypatch, tmp_path, capsys
):
    write_notebook(project.notebooks / "20_a.ipynb", opening("20_a"), "print(1)")
    monkeypatch.setenv(warm.ADDRESS_VARIABLE, str(tmp_path / "none"))
    runner.run(project, "20_a")
    provisioning._say_once(OSError("again"))
    assert not forked
    said = capsys.readouterr().out
    assert said.count("note: kernels are started anew") == 1 and "No such file" in said
    monkeypatch.setenv(warm.VARIABLE, "0")
    before = children()
    with warm.server(project, ["20_a"]):
        assert not children(before)
        with pytest.raises(ValueError):
            ask(project)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("print('hello')", "something is said while modules are imported: hello"),
        ("import warnings\nwarnings.warn('old')", "modules are imported: old"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("get_ipython()", "left asks for the notebook's shell"),
        ("import IPython\nIPython.get_ipython()", "left asks for the notebook's shell"),
        ("", "left 1 stands in no lock file"),
    ],
)
def test_a_module_that_leaves_something_behind_is_not_shared(
    project, tmp_path, monkeypatch, source, why
):
    place = tmp_path / "left.py"
    place.write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(imported.environment, "unlocked", lambda *_: {str(place): "left 1"})
    monkeypatch.setattr(imported, "_threads", lambda: 1)
    server = SimpleNamespace(unfit="")
    imports = imported.Imports(kernel.Recorder())
    forking._Server.bring(server, lambda: imports.add(["left"]))
    sys.modules.pop("left", None)
    assert why in server.unfit


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"new": ["data/raw/x.csv"]}, r"opens .*x.csv when it is imported"),
        ({"written": ["x"]}, "opens"),
        ({"hosts": ["10.0.0.1"]}, "connects to 10.0.0.1"),
        ({}, "starts a thread"),
    ],
)
def test_a_module_that_does_something_when_it_is_imported_is_not_shared(
    project, monkeypatch, found, why
):
    recorder = SimpleNamespace(**{"hosts": [], "new": [], "written": []} | found)
    for paths in (recorder.new, recorder.written):
        paths[:] = [f"{Path.cwd()}/{path}" for path in paths]
    monkeypatch.setattr(imported, "_threads", lambda: 1 if found else 2)
    with pytest.raises(imported.Unfit, match=why):
        imported._refuse_state(recorder)


def test_the_kernels_specification_names_the_provisioner(project):
    runner.install_kernel(project)
    (path,) = project.build.rglob("kernel.json")
    named = json.loads(path.read_text())["metadata"]["kernel_provisioner"]["provisioner_name"]
    entries = (ROOT / "pyproject.toml").read_text()
    assert f'{named} = "{provisioning.__name__}:WarmProvisioner"' in entries
