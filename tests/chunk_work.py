"""Work for `tests/build/test_workers.py`, in a module that a worker process can load quickly."""

import os
import signal
import sys
import time
import uuid
from pathlib import Path

import numpy as np

from case_review.data.problems import DataError, Problem


def note(folder, start):
    """Leave a file that tells which process took up which chunk."""
    if folder:
        Path(folder, f"{start}-{os.getpid()}-{uuid.uuid4().hex}").touch()


def draw(start, stop, seed, folder=None, pause=0.0, deaths=0):
    """Random numbers of a chunk; its process is killed the first `deaths` times."""
    note(folder, start)
    numbers = np.random.default_rng([seed, start]).normal(size=(stop - start, 2))
    if deaths and len(list(Path(folder).glob(f"{start}-*"))) <= deaths:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(pause)
    return {
        "label": f"from {start}",
        "numbers": numbers,
        "above": numbers > 0,
        "names": np.array(["a", "bcd"]),
        "mean": numbers.mean(),
        "n": np.int64(stop - start),
        "missing": None,
    }


def environment(start):
    """What this process was started with."""
    return {"started": dict(os.environ)}


def end_process(start):
    os.kill(os.getpid(), signal.SIGKILL)


def fail(start):
    """The first chunk fails last, with an error that does not survive ordinary pickling."""
    if start == 0:
        time.sleep(0.3)
    if start < 2:
        raise DataError([Problem("patients.csv", 4, "age", str(start), "expected years")])
    return {"start": start}


def chunks(count=4, **arguments):
    return [{"start": 5 * i, "stop": 5 * i + 5, "seed": 7, **arguments} for i in range(count)]


if __name__ == "__main__":
    import chunk_work

    from case_review.build import workers

    folder, keep, pause = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    todo = chunks(2, folder=folder) + chunks(5, folder=folder, pause=pause)[2:]
    workers.spread(chunk_work.draw, todo, keep=keep, workers=2)
    print("done")
