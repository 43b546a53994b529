"""The process that kernels are forked from: it imports what notebooks need, and does nothing else.

    python -m case_review.build.forking SOCKET PIPE STATE MODULE...

`SOCKET` listens for requests, the other end of `PIPE` is held by who started this process, and
`STATE` is what `state` was before. It has no threads, and ends with its starter. Linux only.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import hashlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from case_review.build import environment, kernel
from case_review.build.imported import PACKAGE, PARENT_VARIABLE, Imports, Unfit

#: Of a kernel alone: where its output is staged, where its sockets lie, who has started it.
_OWN_VARIABLES = ("JUPYTER_RUNTIME_DIR", "HOME", "SOURCE_DATE_EPOCH", "MPLBACKEND")
_OWN_PREFIXES = ("CASE_REVIEW_", "JPY_")
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def state(root: Path) -> str:
    """A hash of all that an imported module is made from: the package's files, and the packages.

    Kernels are forked only while this is what it was before anything was imported, so that none
    ever runs code that has been changed since.
    """
    lines = [environment.digest(root)]
    todo = [root / PACKAGE]
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
    if rest := line[sent:]:  # to send nothing fails where the other side has answered and gone
        connection.sendall(rest)


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


# -- forking ---------------------------------------------------------------------------------------


class _Server:
    """Answers requests until its starter goes; what returns from `serve` is a kernel to be."""

    def __init__(self, listening: int, lifeline: int, began: str, imports: Imports):
        self.imports, self.unfit = imports, ""
        self.began, self.parent = began, os.getppid()
        self.root, self.lifeline = Path.cwd(), lifeline
        self.listening = socket.socket(fileno=listening)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listening, selectors.EVENT_READ)
        self.selector.register(lifeline, selectors.EVENT_READ)
        #: By the open file that tells its end: a kernel and the connection of who asked for it.
        self.kernels: dict[int, tuple[int, socket.socket]] = {}
        self.variables = _shared(os.environ)

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
        # One that was forked a moment ago has no group yet.
        os.kill(pid, signal.SIGKILL)
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
            if why := self.refusal(request):
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

    def bring(self, import_them: Callable[[], None]) -> None:
        """Import, and note why no kernel may be forked after it."""
        try:
            import_them()
        except Unfit as why:
            self.unfit = str(why)
        except BaseException as error:  # of a module; the notebook that imports it will show it
            self.unfit = traceback.format_exception_only(error)[-1].strip()

    def refusal(self, request: dict) -> str:
        """Why a kernel would not be what it is when it is started anew; empty if it would."""
        if "arguments" in request:
            if request["folder"] != str(self.root):
                return "a kernel is asked for in another folder"
            if _shared(request["variables"]) != self.variables:
                return "other variables are set than when it began"
            if not self.unfit:
                self.bring(lambda: self.imports.add(request["imports"]))
                self.imports.parse()  # again only where they were saved meanwhile
        if not self.unfit and state(self.root) != self.began:
            self.unfit = "the package or its environment was changed after it had been imported"
        return self.unfit

    def become_kernel(self, connection: socket.socket, files: list[int]) -> None:
        """Give a forked process the open files, the session and the end of a kernel."""
        try:
            parent = int(os.environ[PARENT_VARIABLE])
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


def main(listening: str, lifeline: str, began: str, *modules: str) -> None:
    """Import, then fork until the starter goes; goes on as a kernel in each forked process."""
    gc.set_threshold(kernel.LOOK_AFTER)
    recorder = kernel.Recorder()
    imports = Imports(recorder)
    server = _Server(int(listening), int(lifeline), began, imports)
    kernel.clear_variables()
    kernel.leave_folder()
    kernel.hide_what_is_beside()
    # Whom a kernel is to die with, which ipykernel asks when it is imported.
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    sys.addaudithook(recorder)
    server.bring(imports.begin)
    if not server.unfit:
        server.bring(lambda: imports.add(list(modules)))
    if not server.unfit:
        server.bring(imports.parse)
    request = server.serve()
    imports.renew(request)
    sys.argv = [kernel.__file__, *request["arguments"]]
    kernel.main(request["arguments"], imports)


if __name__ == "__main__":
    main(*sys.argv[1:])
