"""What the process has imported that kernels are forked from, and whether they may be.

A process with threads, connections or open files of the project that its imports have left behind
forks no kernel, and neither does one whose imports had something to say, for that is part of a
notebook's output.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import io
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace

from case_review.build import environment, kernel
from case_review.errors import ReviewError
from case_review.project import find_project

#: Names whom a kernel is to die with.
PARENT_VARIABLE = "JPY_PARENT_PID"
PACKAGE = "case_review"
#: What the kernel itself imports, with all that it would import later.
_KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.debugger",
)
#: What modules import only when they are used, which a notebook that names them does.
_LATER = {
    f"{PACKAGE}.statistics.survival": ("lifelines",),
    f"{PACKAGE}.reconstruction.outcomes": ("lifelines",),
}
_PARAMETERS = f"{PACKAGE}.parameters.params_file"
#: Modules that ask whether they run in a terminal, and are told that they do not.
_ASKERS = {"pandas.core.config_init"}


class Unfit(Exception):
    """Why kernels are not forked, in words."""


class Imports:
    """What has been imported, so that a kernel gets of it what one started anew would have.

    Attributes
    ----------
    everywhere
        The package's modules that every kernel has, whatever its notebook imports.
    filters
        Those of warnings, as the kernel's own imports leave them.
    """

    def __init__(self, recorder: kernel.Recorder):
        self.recorder = recorder
        self.everywhere: frozenset[str] = frozenset()
        self.filters: tuple = ()
        self._later: list[tuple] = []

    def begin(self) -> None:
        """Import what every kernel does, in the order in which it does; raises as `add` does."""
        with self._watched():
            for name in _KERNEL:
                importlib.import_module(name)
            self.filters = tuple(warnings.filters)
            from case_review.build import cell_outputs

            cell_outputs.set_variables()
            kernel.load_plotting()
            own = (__name__, kernel.__name__)
            self.everywhere = frozenset(n for n in sys.modules if _of_package(n) and n not in own)

    def add(self, modules: list[str]) -> None:
        """Import modules that are not there yet, and what they import when they are used.

        Raises
        ------
        Unfit
            If that leaves anything behind that a kernel started anew would not have.
        """
        if all(name in sys.modules for name in modules):
            return
        with self._watched():
            for name in modules:
                importlib.import_module(name)
                for later in _LATER.get(name, ()):
                    importlib.import_module(later)

    def parse(self) -> None:
        """Parse the parameters, if they are read: a kernel that finds the same text need not."""
        if _PARAMETERS not in sys.modules:
            return
        if "ruamel.yaml" not in sys.modules:
            with self._watched():
                importlib.import_module("ruamel.yaml")
        with contextlib.suppress(ReviewError, OSError):  # of which the kernel tells
            sys.modules[_PARAMETERS].documents(find_project())

    @contextlib.contextmanager
    def _watched(self):
        said: list[str] = []
        printed = _Printed()
        show = warnings.showwarning
        warnings.showwarning = lambda text, *_, **__: said.append(str(text))
        self.recorder.forget()
        try:
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(printed),
                _shell_asked_for() as askers,
            ):
                yield
        finally:
            warnings.showwarning = show
        if said or printed.getvalue():
            words = (said or printed.getvalue().splitlines())[0]
            raise Unfit(f"something is said while modules are imported: {words}")
        if others := askers - _ASKERS:
            raise Unfit(f"{min(others)} asks for the notebook's shell when it is imported")
        _refuse_state(self.recorder)
        # Nothing that is there now is looked through, and so copied, in every kernel.
        gc.collect()
        gc.freeze()

    def renew(self, request: dict) -> None:
        """Take away what a kernel started anew would not have before its notebook begins."""
        own = {PARENT_VARIABLE: os.environ[PARENT_VARIABLE]}
        os.environ.clear()
        os.environ.update(request["variables"] | own)
        # What the notebook's code does not tell is imported anew, and so is seen to be opened.
        for name in [name for name in sys.modules if _of_package(name)]:
            if name not in self.everywhere and name not in request["told"]:
                parent, _, last = name.rpartition(".")
                del sys.modules[name]
                with contextlib.suppress(KeyError, AttributeError):
                    delattr(sys.modules[parent], last)
        if "numpy.random" in sys.modules:  # Python's own generator sees to it by itself
            sys.modules["numpy.random"].seed()
        self._later = [entry for entry in warnings.filters if entry not in self.filters]
        _set_filters(self.filters)

    def catch_up(self) -> None:
        """Let filters of warnings that modules have added come before those of the shell."""
        others = [entry for entry in warnings.filters if entry not in self._later]
        _set_filters([*self._later, *others])


class _Printed(io.StringIO):
    """What is printed, to a stream of the encoding that a kernel's has."""

    encoding = "UTF-8"


@contextlib.contextmanager
def _shell_asked_for() -> Iterator[set[str]]:
    """The modules that ask for IPython's shell, which a kernel has when it imports them."""
    from IPython.core.interactiveshell import InteractiveShell

    askers: set[str] = set()

    def note() -> None:
        frame = sys._getframe(2)
        while frame.f_globals["__name__"].startswith("IPython."):
            frame = frame.f_back
        askers.add(frame.f_globals["__name__"])

    def get_ipython() -> SimpleNamespace:
        note()
        return SimpleNamespace(kernel=None)

    def initialized(_) -> bool:
        note()
        return False

    InteractiveShell.initialized = classmethod(initialized)
    builtins.get_ipython = get_ipython
    try:
        yield askers
    finally:
        del InteractiveShell.initialized, builtins.get_ipython


def _set_filters(entries: Iterable[tuple]) -> None:
    entries = list(entries)
    warnings.resetwarnings()
    warnings.filters.extend(entries)


def _refuse_state(recorder: kernel.Recorder) -> None:
    if recorder.hosts:
        raise Unfit(f"a module connects to {min(recorder.hosts)} when it is imported")
    root = Path.cwd()
    package, build = (f"{root / name}{os.sep}" for name in (PACKAGE, "report/_build"))
    provided = (package, build, f"{sys.prefix}{os.sep}", f"{sys.base_prefix}{os.sep}")
    for path in (*recorder.new, *recorder.written):
        if path.startswith(f"{root}{os.sep}") and not path.startswith(provided):
            raise Unfit(f"a module opens {path} when it is imported")
    if _threads() > 1:
        raise Unfit("a module starts a thread when it is imported")
    # A kernel that imports such a package itself is refused, by the cell that does.
    if unlocked := environment.unlocked(root, Path(sys.prefix)):
        files = {getattr(module, "__file__", None) for module in [*sys.modules.values()]}
        if found := {unlocked[file] for file in files if file in unlocked}:
            raise Unfit(f"{min(found)} stands in no lock file")


def _threads() -> int:
    return len([*Path("/proc/self/task").iterdir()])


def _of_package(name: str) -> bool:
    return name == PACKAGE or name.startswith(f"{PACKAGE}.")
