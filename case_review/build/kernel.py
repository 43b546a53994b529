"""The kernel that notebooks of a build run in: free of the user's settings, keeping a record.

    python -m case_review.build.kernel -f CONNECTION_FILE

is ipykernel without the configuration of user and machine, without variables that could change a
result, and without any port. After each cell it writes to the staging folder which files the
notebook has opened so far, so that a change of one of them is a cause to run it again.
"""

# The hook runs at every opening of a file, where paths should stay texts.
# ruff: noqa: PTH100, PTH109, PTH113, PTH119, PTH120
from __future__ import annotations

import gc
import hashlib
import json
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from case_review.build import environment, surroundings

#: Written to the staging folder; `opened` reads it.
RECORD = "opened.json"
#: What a run may know of its surroundings; all else is taken away before anything is loaded.
_KEPT = frozenset(
    (
        *("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "TMPDIR"),
        *("DASK_SCHEDULER_ADDRESS", "PYTHONDONTWRITEBYTECODE"),
        *surroundings.CONSTANT,
        *surroundings.FOLDERS,
    )
)
_KEPT_PREFIXES = ("CASE_REVIEW_", "JPY_")
#: Of `warm`, and no business of a kernel's.
WARM_VARIABLES = ("CASE_REVIEW_WARM", "CASE_REVIEW_WARM_SOCKET")
#: The interpreter's own options for a kernel.
OPTIONS = ("-Xfrozen_modules=off",)
#: So many objects more than have gone let Python look for what is left over. With its own 700 it
#: looks again and again through modules that are just imported and figures that are still drawn, a
#: tenth and a twentieth of what they cost.
LOOK_AFTER = 200_000
#: The working folder of a run is the project's root.
_PROJECT = os.getcwd() + os.sep
_PYTHON = (sys.prefix + os.sep, sys.base_prefix + os.sep)
#: Where the code of Python itself lies; packages may lie below it.
_STANDARD = os.path.dirname(os.__file__) + os.sep
_PACKAGE = "case_review"
_WRITES = os.O_WRONLY | os.O_RDWR


#: Where each event that matters names its path (or address).
_NOTED = {
    **dict.fromkeys(("open", "os.listdir", "os.scandir", "os.mkdir"), 0),
    **dict.fromkeys(("os.rename", "os.link", "os.symlink", "socket.connect"), 1),
}
_MAKES = ("os.mkdir", "os.rename", "os.link", "os.symlink")


class Recorder:
    """An audit hook that keeps which files were opened, which folders listed, and who was called.

    Nothing is refused here, for a library may look anywhere; `opened` judges after the run.
    """

    def __init__(self):
        self._busy = threading.local()
        self.forget()

    def forget(self) -> None:
        """Begin anew, as if nothing had been opened."""
        #: By path: the number of the cell that opened it first, and its hash after that cell.
        self.files: dict[str, dict] = {}
        self.written: set[str] = set()
        #: Sources of the cells that opened something.
        self._cells: list[str] = []
        self.new: dict[str, bool] = {}
        self._folders: set[str] = set()
        self.hosts: set[str] = set()

    def __call__(self, event: str, arguments: tuple) -> None:
        """Take note of an event; see `sys.addaudithook`."""
        if event not in _NOTED:
            return
        if getattr(self._busy, "here", False):
            return
        self._busy.here = True
        try:
            self._note(event, arguments, sys._getframe(1))
        finally:
            self._busy.here = False

    def _note(self, event: str, arguments: tuple, caller) -> None:
        given = arguments[_NOTED[event]]
        if event == "socket.connect":
            self.hosts |= {str(given[0])} if isinstance(given, tuple) else set()
            return
        given = "." if given is None else given
        if not isinstance(given, str | bytes | os.PathLike):
            return  # an open file, which was named when it was opened
        path = os.path.abspath(os.fsdecode(given))
        if event in _MAKES:
            self.written.add(path)
        elif event != "open":
            if _by_cell(caller, packages=True):
                self._folders.add(path)
        elif isinstance(arguments[2], int) and arguments[2] & _WRITES:
            self.written.add(path)
        elif path not in self.written and path not in self.files:
            self.new[path] = self.new.get(path, False) or _by_cell(caller)

    def drain(self, source: str = "") -> None:
        """Give what is new to the cell that has just run."""
        self._cells.append(source)
        self._busy.here = True
        try:
            # Other threads may open files meanwhile.
            new, self.new = self.new, {}
            for path, by_cell in new.items():
                self.files[path] = {
                    "cell": len(self._cells) - 1,
                    "by_cell": by_cell or _names(source, os.path.basename(path)),
                    "sha256": _hash(path),
                }
        finally:
            self._busy.here = False

    def write(self, stage: Path) -> None:
        """Write the record as JSON, as far as it goes by now."""
        found = {
            "cells": self._cells,
            "files": self.files,
            "written": sorted(self.written.copy()),
            "folders": sorted(self._folders.copy()),
            "hosts": sorted(self.hosts.copy()),
        }
        partial = stage / f"{RECORD}.partial"
        partial.write_text(json.dumps(found), encoding="utf-8", errors="surrogateescape")
        partial.replace(stage / RECORD)


def _hash(path: str) -> str:
    """The SHA-256 of a file of the project; others are judged by their names alone."""
    try:
        if path.startswith(_PROJECT) and not path.startswith(_PYTHON) and os.path.isfile(path):
            return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        pass
    return ""


def _names(source: str, name: str) -> bool:
    """Whether a text in a cell ends with the name of a file, whoever opens it then."""
    return any(f"{name}{quote}" in source for quote in "'\"")


def _by_cell(frame, packages: bool = False) -> bool:
    """Whether a cell, or a helper of the project's, has called what runs in a frame.

    It may have done so through Python's own library and, if that is asked, through other packages;
    an import and the package of this module are no cell's doing, for the code tells what they read.
    """
    while frame is not None:
        name = frame.f_code.co_filename
        if "ipykernel_" in name:
            return True
        of_package = "site-packages" in name
        if not (packages if of_package else name.startswith(_STANDARD)):
            own = f"{os.sep}{_PACKAGE}{os.sep}" in name
            return name.startswith(_PROJECT) and not own and not of_package
        frame = frame.f_back
    return False


def clear_variables() -> None:
    """Take away every variable that is not known to leave results alone."""
    for name in os.environ.keys() - kept_variables(os.environ).keys():
        del os.environ[name]
    # Programs that look for a user's files find those of the build.
    os.environ["HOME"] = os.environ["IPYTHONDIR"]


def kept_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that a kernel may know."""
    return {
        name: value
        for name, value in variables.items()
        if (name in _KEPT or name.startswith(_KEPT_PREFIXES)) and name not in WARM_VARIABLES
    }


def load_plotting() -> None:
    """Load matplotlib where no `matplotlibrc` lies; it looks into the working folder first."""
    before = Path.cwd()
    os.chdir(os.environ["MPLCONFIGDIR"])
    try:
        import matplotlib  # noqa: F401
    finally:
        os.chdir(before)


class _Beside:
    """Finds no module that only tests or editing brought, so that a report is the same without.

    Libraries use some of them where they are there: seaborn looks for statsmodels.
    """

    def __init__(self, modules: Mapping[str, str]):
        self._modules = modules

    def find_spec(self, name: str, path=None, target=None) -> None:
        """See `importlib.abc.MetaPathFinder`."""
        if name in self._modules:
            raise ModuleNotFoundError(
                f"{self._modules[name]} is there for tests or editing only: "
                "to use it in a report, add it to the dependencies as CONTRIBUTING.md says",
                name=name,
            )


def hide_what_is_beside() -> None:
    """Let a kernel import what stands in the report's lock, whatever else is installed."""
    modules = environment.beside(Path.cwd(), Path(sys.prefix))
    sys.meta_path.insert(0, _Beside({m: w for m, w in modules.items() if m not in sys.modules}))


def leave_folder() -> None:
    """Let no module of the project take the place of a library's, as ipykernel_launcher has it."""
    if sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]


def main(arguments: list[str], imports=None) -> None:
    """Run a kernel until it is told to end.

    Parameters
    ----------
    arguments
        As on the command line.
    imports
        What this process had imported before it became a kernel, see `imported.Imports`.
    """
    gc.set_threshold(LOOK_AFTER)
    clear_variables()
    stage = Path(os.environ["CASE_REVIEW_STAGE"])
    leave_folder()
    if not imports:
        hide_what_is_beside()
    from ipykernel.iostream import IOPubThread
    from ipykernel.kernelapp import IPKernelApp

    class BuildKernelApp(IPKernelApp):
        """A kernel that reads no configuration, runs no start-up files, and listens on no port."""

        def load_config_file(self, *_, **__):
            """Read none."""

        def _run_startup_files(self):
            pass

        def init_iopub(self, context):
            """As ipykernel does, without the port for what forked processes print."""
            piped = IOPubThread.__init__

            def unpiped(thread, socket, pipe=False, session=False):
                piped(thread, socket, False, session)

            IOPubThread.__init__ = unpiped
            try:
                super().init_iopub(context)
            finally:
                IOPubThread.__init__ = piped

    app = BuildKernelApp.instance()
    app.initialize(arguments)
    load_plotting()
    recorder = imports.recorder if imports else Recorder()

    def after_cell(result) -> None:
        info = getattr(result, "info", None)
        recorder.drain(getattr(info, "raw_cell", None) or "")
        recorder.write(stage)

    app.shell.events.register("post_run_cell", after_cell)
    if imports:
        imports.catch_up()
        recorder.forget()
    else:
        sys.addaudithook(recorder)
    app.start()


if __name__ == "__main__":
    main(sys.argv[1:])
