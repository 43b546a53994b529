"""Calls in forked processes, side by side with what this process does meanwhile."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from case_review.errors import ReviewError

_PR_SET_PDEATHSIG = 1
#: How much what runs beside this process stands back for it.
_NICE = 5


@contextmanager
def started(calls: list[Callable[[], None]]) -> Iterator[Callable[[], None]]:
    """Start `calls`, each in a process of its own; the function waits until all are done.

    Each call finds everything as it was when it was started; what it has to tell, it writes to
    files. Where a process cannot be forked safely, the calls are made one after the other when the
    function is called. Called again, it does nothing. None outlives the block.

    Raises
    ------
    ReviewError, OSError
        From the function: the first error of a call, in their order, as the call raised it.
    """
    if not _is_safe():
        left = list(calls)

        def one_after_the_other() -> None:
            while left:
                left.pop(0)()

        yield one_after_the_other
        return
    context = multiprocessing.get_context("fork")
    running = []
    try:
        for call in calls:
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(call, theirs, os.getpid()), daemon=True)
            process.start()
            theirs.close()
            running.append((process, ours))
        waiting = list(running)

        def wait() -> None:
            while waiting:
                _raise_from(*waiting.pop(0))

        yield wait
    finally:
        for process, ours in running:
            process.kill()
            process.join()
            ours.close()


def _is_safe() -> bool:
    """Whether a fork has all that this process has: no thread of Python or of a library is lost."""
    tasks = Path("/proc/self/task")
    if sys.platform != "linux" or not tasks.is_dir():
        return False
    return threading.active_count() == 1 and len(list(tasks.iterdir())) == 1


def _run(call: Callable[[], None], told, parent: int) -> None:
    """In the new process: make the call, and tell how it ended."""
    # At Ctrl-C the first process says what there is to say; if it is killed, this one ends as well.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    problem: BaseException | None = None
    try:
        call()
    except BaseException as error:
        problem = error
    told.send_bytes(_packed(problem))


def _packed(problem: BaseException | None) -> bytes:
    """An error with its causes, by which the command line tells what the user can mend."""
    chain: list[BaseException] = []
    while problem is not None and problem not in chain:
        chain.append(problem)
        problem = problem.__cause__ or problem.__context__
    try:
        content = pickle.dumps(chain)
        pickle.loads(content)
        return content
    except Exception:
        return pickle.dumps([RuntimeError(f"{type(e).__name__}: {e}") for e in chain])


def _raise_from(process, ours) -> None:
    try:
        chain = pickle.loads(ours.recv_bytes())
    except EOFError:
        process.join()
        raise ReviewError(
            f"A process that made a part of the report was ended from outside "
            f"({_ended(process.exitcode)}). Type the command again; if it happens again, the "
            "machine has too little memory."
        ) from None
    for error, cause in pairwise(chain):
        error.__cause__ = cause
    if chain:
        raise chain[0]


def _ended(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
