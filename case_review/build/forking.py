"""The process that kernels are forked from: it imports what notebooks need, and does nothing else.

    python -m case_review.build.forking SOCKET PIPE STATE MODULE...

`SOCKET` listens for requests, the other end of `PIPE` is held by who started this process, and
`STATE` is what `state` was before. A process with threads, sockets or open files of the project
that its imports have left behind forks no kernel, and neither does one whose imports had something
to say, for that is part of a notebook's output. Linux only.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import hashlib
import importlib
import io
import json
import os
import selectors
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from case_review.build import environment, kernel

_PACKAGE = "case_review"
#: What the kernel itself imports, with all that it would import later.
_KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.debugger",
)
#: Of a kernel alone: where its output is staged, where its sockets lie, who has started it.
_OWN_VARIABLES = ("JUPYTER_RUNTIME_DIR", "HOME", "SOURCE_DATE_EPOCH", "MPLBACKEND")
_OWN_PREFIXES = ("CASE_REVIEW_", "JPY_")
_PARENT_VARIABLE = "JPY_PARENT_PID"
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Unfit(Exception):
    """Why kernels are not forked, in words."""


def state(root: Path) -> str:
    """A hash of all that an imported module is made from: the package's files, and the packages.

    Kernels are forked only while this is what it was before anything was imported, so that none
    ever runs code that has been changed since.
    """
    lines = [environment.digest(root)]
    todo = [root / _PACKAGE]
    while todo:
        for path in todo.pop().iterdir():
            if path.name.startswith((".", "__pycache__")) or path.name.endswith("~"):
                continue
            if path.is_dir():
                todo.append(path)
            else:
                lines.append(f"{path.relative_to(root)} {_hash(path)}")
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "surrogateescape")).hexdigest()


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # an editor's file that has just gone
        return ""


# -- messages --------------------------------------------------------------------------------------


def send(connection: socket.socket, message: dict, files: Iterable[int] = ()) -> None:
    """Send one message, a line of JSON, and open files with it."""
    line = json.dumps(message).encode() + b"\n"
    sent = socket.send_fds(connection, [line], list(files))
    connection.sendall(line[sent:])


def receive(connection: socket.socket, files: list[int] | None = None) -> dict:
    """The next message; open files that come with it are added to `files`.

    Raises
    ------
    OSError
        If the other side has gone.
    """
    line = b""
    while not line.endswith(b"\n"):
        part, came, *_ = socket.recv_fds(connection, 1 << 16, 3)
        if files is not None:
            files.extend(came)
        if not part:
            raise ConnectionResetError("the other side has gone")
        line += part
    return json.loads(line)


# -- importing -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Imported:
    """What the imports have made, so that a kernel can have it as one started anew would.

    Parameters
    ----------
    everywhere
        The package's modules that every kernel has, whatever its notebook imports.
    before, after
        The filters of warnings as the kernel's own imports leave them, and after all imports.
    """

    everywhere: frozenset[str]
    before: tuple
    after: tuple


def _import(modules: list[str], recorder: kernel.Recorder) -> _Imported:
    """Import what kernels need.

    Raises
    ------
    Unfit
        If that leaves anything behind that a kernel started anew would not have.
    """
    said: list[str] = []
    printed = io.StringIO()
    show, warnings.showwarning = warnings.showwarning, lambda text, *_, **__: said.append(str(text))
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        for name in _KERNEL:
            importlib.import_module(name)
        before = tuple(warnings.filters)
        from case_review.build import cell_outputs

        cell_outputs.set_variables()
        kernel.load_plotting()
        everywhere = frozenset(name for name in sys.modules if _of_package(name))
        for name in modules:
            importlib.import_module(name)
    warnings.showwarning = show
    if said or printed.getvalue():
        words = (said or printed.getvalue().splitlines())[0]
        raise Unfit(f"something is said while modules are imported: {words}")
    _refuse_state(recorder)
    return _Imported(everywhere, before, tuple(warnings.filters))


def _refuse_state(recorder: kernel.Recorder) -> None:
    if recorder.hosts:
        raise Unfit(f"a module connects to {min(recorder.hosts)} when it is imported")
    root = Path.cwd()
    package, build = (f"{root / name}{os.sep}" for name in (_PACKAGE, "report/_build"))
    provided = (package, build, f"{sys.prefix}{os.sep}", f"{sys.base_prefix}{os.sep}")
    for path in (*recorder.new, *recorder.written):
        if path.startswith(f"{root}{os.sep}") and not path.startswith(provided):
            raise Unfit(f"a module opens {path} when it is imported")
    if len([*Path("/proc/self/task").iterdir()]) > 1:
        raise Unfit("a module starts a thread when it is imported")
    # A kernel that imports such a package itself is refused, by the cell that does.
    if unlocked := environment.unlocked(root, Path(sys.prefix)):
        files = {getattr(module, "__file__", None) for module in [*sys.modules.values()]}
        if found := {unlocked[file] for file in files if file in unlocked}:
            raise Unfit(f"{min(found)} stands in no lock file")


def _of_package(name: str) -> bool:
    return name == _PACKAGE or name.startswith(f"{_PACKAGE}.")


# -- forking ---------------------------------------------------------------------------------------


class _Server:
    """Answers requests until its starter goes; what returns from `serve` is a kernel to be."""

    def __init__(self, listening: int, lifeline: int, began: str):
        self.began, self.parent = began, os.getppid()
        self.root, self.lifeline = Path.cwd(), lifeline
        self.listening = socket.socket(fileno=listening)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listening, selectors.EVENT_READ)
        self.selector.register(lifeline, selectors.EVENT_READ)
        #: By the open file that tells its end: a kernel and the connection of who asked for it.
        self.kernels: dict[int, tuple[int, socket.socket]] = {}
        self.variables = _shared(os.environ)
        self.unfit = ""

    def serve(self) -> dict:
        """Return in each process that is to become a kernel, with what was asked for."""
        while True:
            # Once a second it looks whether it was left behind, should the pipe not tell.
            for key, _ in self.selector.select(1):
                if key.fd == self.lifeline:
                    self.end()
                elif key.fileobj is self.listening:
                    if (request := self.accept()) is not None:
                        return request
                elif key.data in self.kernels:
                    self.bury(key.data)
            if os.getppid() != self.parent:
                self.end()

    def end(self) -> None:
        """End with all kernels."""
        for watched in list(self.kernels):
            self.bury(watched)
        os._exit(0)

    def bury(self, watched: int) -> None:
        """End a kernel with all that it has started, and tell who asked for it how it ended."""
        pid, connection = self.kernels.pop(watched)
        self.selector.unregister(watched)
        self.selector.unregister(connection)
        os.close(watched)
        # While it has not been waited for, its number is that of no other group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        with connection, contextlib.suppress(OSError):
            send(connection, {"status": os.waitstatus_to_exitcode(status)})

    def accept(self) -> dict | None:
        """Answer a request; returns in a process that is to become a kernel."""
        connection, _ = self.listening.accept()
        connection.settimeout(10)
        files: list[int] = []
        try:
            request = receive(connection, files)
            if why := self.unfit or self.refusal(request):
                send(connection, {"refused": why})
            elif "arguments" not in request:
                send(connection, {})
            else:
                pid = os.fork()
                if pid == 0:
                    self.become_kernel(connection, files)
                    return request
                self.keep(pid, connection)
                return None
        except (OSError, ValueError) as error:
            with contextlib.suppress(OSError):
                send(connection, {"refused": str(error)})
        finally:
            for number in files:
                os.close(number)
        connection.close()
        return None

    def keep(self, pid: int, connection: socket.socket) -> None:
        """Watch over a kernel, and over the connection of who asked for it."""
        watched = os.pidfd_open(pid)
        self.kernels[watched] = (pid, connection)
        self.selector.register(watched, selectors.EVENT_READ, watched)
        self.selector.register(connection, selectors.EVENT_READ, watched)
        with contextlib.suppress(OSError):
            send(connection, {"pid": pid})

    def refusal(self, request: dict) -> str:
        """Why a kernel would not be what it is when it is started anew; empty if it would."""
        if state(self.root) != self.began:
            return "the package or its environment was changed after it had been imported"
        if "arguments" not in request:
            missing = [name for name in request["modules"] if name not in sys.modules]
            return f"{missing[0]} was not imported" if missing else ""
        if request["folder"] != str(self.root):
            return "a kernel is asked for in another folder"
        if _shared(request["variables"]) != self.variables:
            return "other variables are set than when it began"
        return ""

    def become_kernel(self, connection: socket.socket, files: list[int]) -> None:
        """Give a forked process the open files, the session and the end of a kernel."""
        try:
            parent = int(os.environ[_PARENT_VARIABLE])
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)
            os.setsid()
            for watched, (_, other) in self.kernels.items():
                other.close()
                os.close(watched)
            connection.close()
            self.selector.close()
            self.listening.close()
            os.close(self.lifeline)
            for number, place in zip(files, range(3), strict=True):
                os.dup2(number, place)
        except BaseException:
            traceback.print_exc()
            os._exit(1)


def _shared(variables) -> dict[str, str]:
    """The variables that are the same for all kernels of a build."""
    kept = kernel.kept_variables(variables)
    return {
        name: value
        for name, value in kept.items()
        if name not in _OWN_VARIABLES and not name.startswith(_OWN_PREFIXES)
    }


def _renew(request: dict, imported: _Imported) -> None:
    """Take away what a kernel started anew would not have before its notebook begins."""
    own = {_PARENT_VARIABLE: os.environ[_PARENT_VARIABLE]}
    os.environ.clear()
    os.environ.update(request["variables"] | own)
    # What the notebook's code does not tell is imported anew, and so is seen to be opened.
    for name in [name for name in sys.modules if _of_package(name)]:
        if name not in imported.everywhere and name not in request["modules"]:
            parent, _, last = name.rpartition(".")
            del sys.modules[name]
            with contextlib.suppress(KeyError, AttributeError):
                delattr(sys.modules[parent], last)
    if "numpy.random" in sys.modules:  # Python's own generator sees to it by itself
        sys.modules["numpy.random"].seed()
    kernel.set_filters(imported.before)


def main(listening: str, lifeline: str, began: str, *modules: str) -> None:
    """Import, then fork until the starter goes; goes on as a kernel in each forked process."""
    server = _Server(int(listening), int(lifeline), began)
    recorder = kernel.Recorder()
    kernel.clear_variables()
    kernel.leave_folder()
    # Whom a kernel is to die with, which ipykernel asks when it is imported.
    os.environ[_PARENT_VARIABLE] = str(os.getpid())
    sys.addaudithook(recorder)
    imported = _Imported(frozenset(), (), ())
    try:
        imported = _import(list(modules), recorder)
    except Unfit as why:
        server.unfit = str(why)
    except BaseException as error:  # of a module; the notebook that imports it will show it
        server.unfit = traceback.format_exception_only(error)[-1].strip()
    # Nothing that is there now is looked through, and so copied, in every kernel.
    gc.collect()
    gc.freeze()
    request = server.serve()
    _renew(request, imported)
    sys.argv = [kernel.__file__, *request["arguments"]]
    added = [entry for entry in imported.after if entry not in imported.before]
    kernel.main(request["arguments"], recorder, added)


if __name__ == "__main__":
    main(*sys.argv[1:])
