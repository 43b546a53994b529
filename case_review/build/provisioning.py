"""How Jupyter gets a kernel of the build: forked from a warm process if there is one, else anew.

A kernel provisioner is where `jupyter_client` lets kernels come from elsewhere; papermill and
nbclient know nothing of it. The kernel's specification names it, see `runner.install_kernel`. How
papermill goes through the cells is told by an engine of its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import List, Unicode

from case_review.build import forking, kernel, warm

#: By which papermill knows `Engine`.
ENGINE = "case-review"


def register() -> None:
    """Let Jupyter and papermill find provisioner and engine, installed as a package or not."""
    papermill_engines.register(ENGINE, Engine)
    group = KernelProvisionerFactory.GROUP_NAME
    entry = EntryPoint(warm.PROVISIONER, f"{__name__}:{WarmProvisioner.__name__}", group)
    KernelProvisionerFactory.provisioners[warm.PROVISIONER] = entry


class Engine(NBClientEngine):
    """Writes the executed notebook when it has ended, in whatever way, not at each of its cells."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **settings):
        """Execute; the manager, which papermill calls `nb_man`, saves again afterwards."""
        save, nb_man.save = nb_man.save, lambda **_: None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **settings)
        finally:
            nb_man.save = save


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel from the process of `warm.server`; starts it as usual where there is none."""

    #: See `warm.facts_of`.
    told = List(Unicode()).tag(config=True)
    imports = List(Unicode()).tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs):
        """Launch a kernel with a command."""
        try:
            self.process = _fork(cmd, kwargs, {"told": self.told, "imports": self.imports})
        except (OSError, ValueError, _Refused) as why:
            _say_once(why)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = Path.cwd()
        return self.connection_info


class _Refused(Exception):
    """Why no kernel was forked."""


def _fork(command: list[str], settings: dict, facts: dict) -> _Forked:
    """Ask for the kernel that a command would start."""
    start = [sys.executable, *kernel.OPTIONS, "-m", kernel.__name__]
    if command[: len(start)] != start or settings.get("cwd") or not warm.possible():
        raise ValueError("another command")
    connection = warm.connect(warm.PATIENCE)
    try:
        # As for a process that Jupyter starts: nothing to read, the same places to write to.
        reading, writing = os.pipe()
        os.close(writing)
        request = facts | {
            "arguments": command[len(start) :],
            "folder": str(Path.cwd()),
            "variables": kernel.kept_variables(settings["env"]),
        }
        try:
            forking.send(connection, request, (reading, 1, 2))
        finally:
            os.close(reading)
        answer = forking.receive(connection)
        if "refused" in answer:
            raise _Refused(answer["refused"])
    except BaseException:
        connection.close()
        raise
    return _Forked(answer["pid"], connection)


def _say_once(why: Exception) -> None:
    """Say why kernels start anew, if that was not meant; one of a build's processes does."""
    address = os.environ.get(warm.ADDRESS_VARIABLE, "")
    if not warm.possible() or not address:
        return
    with contextlib.suppress(OSError):
        Path(f"{address}.said").touch(exist_ok=False)
        print(f"note: kernels are started anew, which takes longer: {why}", flush=True)


class _Forked:
    """A forked kernel as `subprocess.Popen` would show it; its end is told by who forked it."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, connection: socket.socket):
        self.pid, self.returncode = pid, None
        self._connection = connection

    def poll(self) -> int | None:
        return self._ask(0)

    def wait(self, timeout: float | None = None) -> int:
        status = self._ask(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(kernel.__name__, timeout)
        return status

    def _ask(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            try:
                self._connection.settimeout(timeout)
                self.returncode = forking.receive(self._connection)["status"]
            except (BlockingIOError, TimeoutError):
                return None
            except OSError:  # the process that forked it is gone, and its kernels with it
                self.returncode = -signal.SIGKILL
            self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
