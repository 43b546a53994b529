"""Spreading much of the same work over processes or machines; nothing else knows of Dask.

Work is a function over chunks. Who calls `spread` gets the same bytes however many workers there
are, whichever of them die meanwhile, and whether a chunk was computed now or kept from before.
"""

from __future__ import annotations

import importlib
import itertools
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from case_review.build import kept, surroundings
from case_review.errors import ReviewError
from case_review.files import write_bytes
from case_review.project import DRAWS, STAGE_VARIABLE

#: Names a running scheduler, such as tcp://10.0.0.7:8786, whose workers are used instead of own.
ADDRESS_VARIABLE = "DASK_SCHEDULER_ADDRESS"
#: Seconds to wait for that scheduler, and then for its first worker.
PATIENCE = 10
#: Deaths of a worker that one chunk survives; beyond, the chunk itself is to blame.
DEATHS = 20
_QUIET = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application")
_CONFIGURATION = {
    "distributed.scheduler.allowed-failures": DEATHS,
    # A chunk may hold its process for longer than five minutes without giving a sign of life.
    "distributed.scheduler.worker-ttl": None,
    # A loaded machine may take long to start a process again; `_tend` replaces what is given up.
    "distributed.deploy.lost-worker-timeout": "60s",
    "distributed.scheduler.no-workers-timeout": "3m",
    "distributed.comm.timeouts.connect": "60s",
    "distributed.worker.profile.enabled": False,
    # Dask's own have glibc give memory back with every large array: a third of numpy's time.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 256 * 2**20,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 * 2**20,
}


def spread(
    function: Callable[..., dict],
    chunks: list[dict],
    *,
    keep: Path | None = None,
    progress: bool | Callable[[dict], object] | None = None,
    workers: int | None = None,
) -> list[dict]:
    """Call a function on every chunk, many at a time.

    With one worker or one chunk that is still missing, the work is done in this process; otherwise
    by processes of this machine or, where DASK_SCHEDULER_ADDRESS is set, by those of a cluster.

    Parameters
    ----------
    function
        A function at the top level of a module, which depends on its arguments alone (a seed is
        one of them) and returns a dict of arrays and of values that JSON can hold.
    chunks
        The arguments of each call by name; JSON must give them back as they are.
    keep
        A folder that finished chunks are kept in, each at once, under the hash of what they rest
        on: the sources of the function, the lock, the versions that compute, and the arguments.
    progress
        Whether a bar on standard error shows how many chunks are done; by default on a terminal,
        and never in a notebook that the build runs. Or what is called with each result.
    workers
        How many processes of this machine, at most; by default as many as it has processors.

    Returns
    -------
    list of dict
        The results in the order of the chunks.

    Raises
    ------
    ReviewError
        If the cluster cannot be reached, if its workers have other sources than this process, or
        if a chunk ends every process that takes it.
    Exception
        What the function raises, of the first chunk that fails; finished chunks stay kept.
    """
    source = kept.fingerprint(function.__module__, function.__qualname__)
    keys = [kept.key_of(source, chunk) for chunk in chunks]
    todo = dict(zip(keys, chunks, strict=True))
    stem = f"{function.__module__}.{function.__qualname__}"
    files = {key: keep / f"{stem}-{key}.npz" for key in todo} if keep else {}
    done = {key: result for key, path in files.items() if (result := kept.read(path)) is not None}
    todo = {key: chunk for key, chunk in todo.items() if key not in done}
    with _bar(function.__qualname__, progress, len(done), len(done) + len(todo)) as advance:
        for key, packed in _run(function, source, todo, workers):
            if keep:
                write_bytes(files[key], packed)
            done[key] = kept.unpack(packed)
            advance(done[key])
    if keep:
        kept.prune(keep, stem, set(files.values()))
    return [done[key] for key in keys]


def _run(function, source, todo: dict, workers: int | None) -> Iterator[tuple[str, bytes]]:
    """Key and packed result of each chunk as it is done."""
    count = min(_processors() if workers is None else workers, len(todo))
    elsewhere = bool(os.environ.get(ADDRESS_VARIABLE)) and workers != 1
    if len(todo) <= 1 or (count <= 1 and not elsewhere):
        for key, chunk in todo.items():
            try:
                packed = kept.pack(function(**chunk))
            except Exception as error:
                _name(error, function.__qualname__, chunk)
                raise
            yield key, packed
        return
    with (
        tempfile.TemporaryDirectory(prefix="review-", ignore_cleanup_errors=True) as folder,
        _apart(folder),
        _client(count, folder) as client,
    ):
        yield from _collect(client, function, source, todo)


def _collect(client, function, source, todo: dict) -> Iterator[tuple[str, bytes]]:
    from distributed import as_completed
    from distributed.scheduler import KilledWorker, NoValidWorkerError, NoWorkerError

    module, name = function.__module__, function.__qualname__
    keys = list(todo)
    futures = {
        client.submit(_work, module, name, source, todo[key], key=f"{name}-{key}"): number
        for number, key in enumerate(keys)
    }
    failed: dict[int, BaseException] = {}
    completed = as_completed(list(futures), loop=client.loop, with_results=True, raise_errors=False)
    for future, result in completed:
        number = futures.pop(future)
        if future.status == "finished":
            yield keys[number], result
        elif future.status == "error" and number < min(failed, default=len(keys)):
            # As in one process, the first chunk that fails decides: later ones need not be done.
            failed[number] = future.exception()
            client.cancel([other for other, place in futures.items() if place > number])
        future.release()
        if failed and not any(place < min(failed) for place in futures.values()):
            break
    if failed:
        error, chunk = failed[min(failed)], todo[keys[min(failed)]]
        if isinstance(error, NoValidWorkerError | NoWorkerError):
            raise ReviewError(
                f"{name}({_arguments(chunk)}) waited three minutes in vain for a worker process. "
                "Finished chunks are kept: look for what stops processes on this machine (memory, "
                "limits, a full disk) or its cluster, and type the same command again."
            )
        if isinstance(error, KilledWorker):
            raise ReviewError(
                f"{name}({_arguments(chunk)}) ended every process that took it up, most likely "
                "because memory ran out. Finished chunks are kept: take smaller chunks or fewer "
                "workers, and type the same command again."
            )
        _name(error, name, chunk)
        raise error


def _work(module: str, name: str, source: str, chunk: dict) -> bytes:
    """Call the function in a worker, if its sources are the caller's."""
    try:
        function = importlib.import_module(module)
        for part in name.split("."):
            function = getattr(function, part)
        if kept.fingerprint(module, name) != source:
            raise ReviewError(
                f"A worker found other sources of {module}.{name} in {kept.ROOT}, or other "
                "versions of what computes, than this process has. Give every worker the same "
                "checkout and environment; in a notebook, restart the kernel after a change."
            )
        return kept.pack(function(**chunk))
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            if isinstance(error, ReviewError):
                raise ReviewError(str(error)) from None
            raise RuntimeError(f"{type(error).__name__}: {error}") from None
        raise


# -- the cluster -----------------------------------------------------------------------------------


def _processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _apart(folder: str) -> Iterator[None]:
    """Let Dask, here and in the workers, find no configuration of the user or the machine."""
    before = dict(os.environ)
    own = {name for name in before if name.startswith("DASK_") and name != ADDRESS_VARIABLE}
    empty = str(Path(folder, "empty"))
    quiet = {f"DASK_LOGGING__{name.upper()}": "critical" for name in ("distributed", "tornado")}
    try:
        for name in own:
            del os.environ[name]
        os.environ |= surroundings.CONSTANT | quiet
        # HOME, because a file below ~/.config/dask is read whatever the variables say.
        os.environ |= {"DASK_CONFIG": empty, "DASK_ROOT_CONFIG": empty, "HOME": empty}
        import dask

        dask.config.refresh(paths=[], env=quiet)
        yield
    finally:
        os.environ.clear()
        os.environ |= before


@contextmanager
def _client(count: int, folder: str) -> Iterator:
    """A client of the cluster that the environment names, or of one of `count` new processes."""
    import logging
    import warnings

    import dask
    from distributed import Client, LocalCluster

    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    address = os.environ.get(ADDRESS_VARIABLE)
    # Uncollected: a client that found no scheduler ends when it is collected, under the same lock.
    with dask.config.set(_CONFIGURATION), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions that differ: the sources' check says it
        if address:
            try:
                with surroundings.uncollected():
                    client = Client(address, timeout=PATIENCE, set_as_default=False)
            except (OSError, ValueError, RuntimeError) as error:
                raise ReviewError(
                    f"{ADDRESS_VARIABLE}={address}: no scheduler answered within {PATIENCE} "
                    "seconds. Expected the address that `dask scheduler` prints, such as "
                    f"tcp://10.0.0.7:8786; unset {ADDRESS_VARIABLE} to use this machine alone."
                ) from error
            with client:
                try:
                    client.wait_for_workers(1, timeout=PATIENCE)
                except TimeoutError as error:
                    raise ReviewError(
                        f"{ADDRESS_VARIABLE}={address}: the scheduler has no workers. Start one "
                        f"in the project's folder by `dask worker {address}`."
                    ) from error
                yield client
            return
        with ExitStack() as stack:
            with surroundings.uncollected():
                cluster = LocalCluster(
                    n_workers=0,  # `_tend` starts them
                    threads_per_worker=1,
                    host="127.0.0.1",
                    protocol="tcp",
                    dashboard_address=None,
                    local_directory=folder,
                    memory_limit=0,
                    silence_logs=logging.CRITICAL,
                    preload=[__name__],
                )
                stack.enter_context(cluster)
                client = stack.enter_context(Client(cluster, set_as_default=False))
            stack.enter_context(_tend(cluster, count))
            with suppress(TimeoutError):  # all of them, so that the first does not get every chunk
                client.wait_for_workers(count, timeout=60)
            yield client


@contextmanager
def _tend(cluster, count: int) -> Iterator[None]:
    """Ask for the full number of workers again and again.

    Dask starts a dead worker again, but gives it up if it dies while it starts.
    """
    from distributed.core import Status

    over = threading.Event()

    def forget() -> None:
        for name, nanny in list(cluster.workers.items()):
            if nanny.status in (Status.failed, Status.closed):
                del cluster.workers[name]

    def ask() -> None:
        while True:
            cluster.loop.add_callback(forget)
            cluster.scale(count)
            if over.wait(2):
                return

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def dask_setup(worker) -> None:
    """Leave Ctrl-C to the process that began the work (Dask calls this in each local worker)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _bar(name: str, shown, done: int, total: int) -> Iterator[Callable[[dict], object]]:
    if stage := os.environ.get(STAGE_VARIABLE):
        yield _telling(Path(stage) / DRAWS, name, done, total)
        (Path(stage) / DRAWS).unlink(missing_ok=True)
        return
    if callable(shown) or not (sys.stderr.isatty() if shown is None else shown):
        yield shown if callable(shown) else lambda _: None
        return
    from tqdm import tqdm

    with tqdm(desc=name, initial=done, total=total, unit="chunk", file=sys.stderr) as bar:
        yield lambda _: bar.update()


def _telling(path: Path, name: str, done: int, total: int) -> Callable[[dict], object]:
    """What tells the build, which shows it on a terminal, how far a notebook's work has come."""
    count = itertools.count(done)

    def advance(_=None) -> None:
        with suppress(OSError):  # the work itself needs no such file
            path.write_text(f"{name}: {next(count)} of {total} chunks", encoding="utf-8")

    advance()
    return advance


# -- errors ----------------------------------------------------------------------------------------


def _arguments(chunk: dict) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in chunk.items())


def _name(error: BaseException, name: str, chunk: dict) -> None:
    error.add_note(f"in {name}({_arguments(chunk)})")
