"""One build at a time: a lock that says who holds it.

    python3 -m case_review.build.locking report/_build/lock -- make _report

takes the lock and then becomes the command, which keeps it until it ends, however it ends. Uses
only the standard library, so that it works before the project's own environment exists.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path


def acquire(path: Path, command: str, announce=None) -> int:
    """Wait for the lock file `path` and take it; returns the open file descriptor that holds it.

    The file then describes the holder. `announce` is called once with a sentence about the current
    holder if there is one to wait for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if announce:
            announce(f"waiting for another build: {holder(path)}")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    record = {
        "pid": os.getpid(),
        "host": os.uname().nodename,
        "since": time.strftime("%Y-%m-%d %H:%M:%S"),
        "command": command,
    }
    # On a full disk the lock holds all the same; it only does not say whose it is.
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, (json.dumps(record) + "\n").encode(), 0)
    return descriptor


def holder(path: Path) -> str:
    """Who holds the lock, in words."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "its holder is just starting"
    return "process {pid} on {host}, since {since} ({command})".format_map(record)


@contextlib.contextmanager
def hold(path: Path, command: str = "", announce=None) -> Iterator[None]:
    """Hold the lock `path` within a `with` block; `announce` as for `acquire`."""
    descriptor = acquire(path, command, announce)
    try:
        yield
    finally:
        os.close(descriptor)


def die_with_parent(parent: int | None = None) -> None:
    """End when the parent process is killed, so that nothing goes on behind the next build's back.

    Linux only; elsewhere an orphan ends by itself.

    Parameters
    ----------
    parent
        Its process number, where it may have ended already.
    """
    import ctypes  # not needed where there is nothing to do

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    pr_set_pdeathsig = 1
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
        if parent is not None and os.getppid() != parent:
            sys.exit(128 + signal.SIGTERM)


def main(arguments: list[str]) -> int:
    """`LOCK -- COMMAND...`: become the command with the lock held; 0 only if it succeeds."""
    if len(arguments) < 3 or arguments[1] != "--":
        print("usage: python3 -m case_review.build.locking LOCK -- COMMAND ...", file=sys.stderr)
        return 2
    path, command = Path(arguments[0]), arguments[2:]
    shown = " ".join(argument for argument in command if not argument.startswith("--no-"))
    try:
        descriptor = acquire(path, shown, lambda text: print(text, file=sys.stderr, flush=True))
        # The command inherits the open file, and with it the lock; exec keeps make's job server.
        os.set_inheritable(descriptor, True)
        os.execvp(command[0], command)
    except KeyboardInterrupt:
        print("interrupted while waiting; nothing was done", file=sys.stderr)
        return 130
    except OSError as error:
        print(
            f"{path}: the build's lock cannot be taken ({error.strerror}). "
            "Look whether you may write there.",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
