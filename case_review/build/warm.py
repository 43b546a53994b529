"""Kernels that start warm: a process that has imported what notebooks need, and is then forked.

    with warm.server(project, names):    # begins at once and imports while the caller goes on
        ...                              # kernels of the runner, and of its children, start warm

A kernel is forked only if it would be the same as one started anew: of the same sources, packages
and variables. Where anything speaks against it, kernels start as they always did, which is said
once. `forking` is the process itself, `provisioning` what asks it for a kernel.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from case_review.build import dependencies, forking, kernel, reads, surroundings
from case_review.errors import ReviewError
from case_review.project import Project

#: `CASE_REVIEW_WARM=0` (`make report WARM=0`) starts every kernel anew; the other names the socket
#: of the process that forks kernels, for the children of who started it.
VARIABLE, ADDRESS_VARIABLE = kernel.WARM_VARIABLES
#: What the kernel's specification calls `provisioning`.
PROVISIONER = "case-review"
#: Seconds to wait for an answer: for a kernel, as long as a slow machine may take to import, and
#: for whether the process is still of today's sources; one that is silent has just begun.
PATIENCE, QUICK = 120, 0.5


def possible() -> bool:
    """Whether kernels may be forked: on Linux, which tells who died, unless it is switched off."""
    wanted = os.environ.get(VARIABLE, "auto") != "0"
    return wanted and sys.platform == "linux" and hasattr(os, "pidfd_open")


def facts_of(project: Project, name: str) -> dict[str, list[str]]:
    """What is to be known of a notebook in order to fork its kernel.

    Returns
    -------
    dict
        `imports`: the modules of the package that its code imports, which bring others with them
        and which the process imports before it forks, unless it has already. `told`: all modules
        of the package that its code tells, at any depth; its kernel gets no other. A helper beside
        the notebook is among neither, nor a package that the notebook alone imports.
    """
    imported = dependencies.source(project, name).reads.modules
    files = (path for path in reads.module_files(project, imported) if path.suffix == ".py")
    parts = (path.relative_to(project.root).with_suffix("").parts for path in files)
    told = {".".join(each).removesuffix(".__init__") for each in parts}
    return {"told": sorted(told), "imports": sorted(told & imported)}


@contextmanager
def server(project: Project, names: Iterable[str]) -> Iterator[None]:
    """Let kernels be forked while the block runs, which they find by a variable.

    A process that already serves is used if it is of today's sources; otherwise one is started for
    the block, without waiting for it, and ended with it. Where kernels cannot be forked, nothing is
    done.

    Parameters
    ----------
    names
        Notebooks that run first: what they import is imported at once, the rest when it is needed.
        Of one that cannot be read its run tells.
    """
    if not possible() or is_fit():
        yield
        return
    wanted: set[str] = set()
    for name in names:
        with contextlib.suppress(ReviewError, OSError):
            wanted.update(facts_of(project, name)["imports"])
    before = os.environ.get(ADDRESS_VARIABLE)
    with contextlib.ExitStack() as stack:
        try:
            started = stack.enter_context(_started(project, sorted(wanted)))
        except OSError:  # no room for a process or a socket: kernels then say so themselves
            started = ""
        os.environ[ADDRESS_VARIABLE] = started
        try:
            yield
        finally:
            os.environ.pop(ADDRESS_VARIABLE)
            if before is not None:
                os.environ[ADDRESS_VARIABLE] = before


@contextmanager
def _started(project: Project, wanted: list[str]) -> Iterator[str]:
    surroundings.settle(project)
    with surroundings.sockets() as folder:
        address = f"{folder}/warm"
        # It ends when this end of the pipe is closed, however that comes about.
        ours, its = os.pipe()
        try:
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(address)
                listening.listen(64)
                numbers = [str(listening.fileno()), str(its)]
                process = subprocess.Popen(
                    [
                        *(sys.executable, *kernel.OPTIONS, "-m", forking.__name__),
                        *(*numbers, forking.state(project.root), *wanted),
                    ],
                    cwd=project.root,
                    stdin=subprocess.DEVNULL,
                    pass_fds=(listening.fileno(), its),
                    start_new_session=True,  # Ctrl-C is ours
                )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(its)
        try:
            yield address
        finally:
            os.close(ours)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def connect(patience: float) -> socket.socket:
    """A connection to the process that forks kernels.

    Raises
    ------
    OSError
        If none serves.
    """
    address = os.environ.get(ADDRESS_VARIABLE, "")
    if not address:
        raise FileNotFoundError("no process forks kernels")
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(patience)
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def is_fit() -> bool:
    """Whether a process serves whose kernels would run today's sources."""
    try:
        with connect(QUICK) as connection:
            forking.send(connection, {})
            return "refused" not in forking.receive(connection)
    except TimeoutError:
        return True  # it still imports, and judges for itself whenever it forks
    except OSError:
        return False
