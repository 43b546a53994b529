"""Spreading work: the same bytes however many workers there are, and whatever happens to them."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import chunk_work
import numpy as np
import pytest
from chunk_work import chunks
from conftest import ROOT

from case_review.build import kept, workers
from case_review.errors import ReviewError


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch):
    monkeypatch.delenv(workers.ADDRESS_VARIABLE, raising=False)


@pytest.fixture(scope="module")
def cluster():
    """A cluster that somebody else started."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as running:
        yield running


@pytest.fixture
def taken(tmp_path):
    folder = tmp_path / "taken"
    folder.mkdir()
    return folder


def numbers_of(folder):
    """Which chunks were taken up, each as often as it was."""
    return sorted(int(path.name.partition("-")[0]) for path in folder.iterdir())


def processes(folder):
    return {int(path.name.split("-")[1]) for path in folder.iterdir()}


def packed(results):
    return [kept.pack(result) for result in results]


def undisturbed(count=4):
    return packed(workers.spread(chunk_work.draw, chunks(count), workers=1))


def test_results_do_not_depend_on_the_number_of_workers(taken, tmp_path):
    before = dict(os.environ)
    work = chunks(folder=str(taken), pause=0.2)
    results = workers.spread(chunk_work.draw, work, workers=2, keep=tmp_path / "kept")
    assert packed(results) == undisturbed()
    assert len(processes(taken)) == 2 and os.getpid() not in processes(taken)
    assert packed(workers.spread(chunk_work.draw, work, keep=tmp_path / "kept")) == packed(results)
    assert numbers_of(taken) == [0, 5, 10, 15]
    assert dict(os.environ) == before


def test_a_result_comes_back_as_it_was():
    (result,) = workers.spread(chunk_work.draw, chunks(1))
    expected = chunk_work.draw(**chunks(1)[0])
    assert list(result) == list(expected)
    for name in ("numbers", "above", "names"):
        assert result[name].dtype == expected[name].dtype
        np.testing.assert_array_equal(result[name], expected[name])
    assert result["mean"] == expected["mean"] and type(result["mean"]) is float
    assert result["n"] == 5 and type(result["n"]) is int and result["missing"] is None


def test_a_worker_that_is_killed_changes_no_byte(taken):
    work = [*chunks(1, folder=str(taken), deaths=2), *chunks(folder=str(taken), deaths=1)[1:]]
    assert packed(workers.spread(chunk_work.draw, work, workers=2)) == undisturbed()
    assert numbers_of(taken).count(0) >= 3 and numbers_of(taken).count(15) >= 2


def test_a_chunk_that_no_worker_survives_is_named(monkeypatch):
    monkeypatch.setitem(workers._CONFIGURATION, "distributed.scheduler.allowed-failures", 0)
    with pytest.raises(ReviewError, match=r"end_process\(start=[12]\) ended every process"):
        workers.spread(chunk_work.end_process, [{"start": 1}, {"start": 2}], workers=2)


def test_a_finished_chunk_is_not_computed_again(taken, tmp_path):
    keep = tmp_path / "kept"
    first = workers.spread(chunk_work.draw, chunks(3, folder=str(taken)), keep=keep, workers=1)
    assert numbers_of(taken) == [0, 5, 10]
    again = workers.spread(chunk_work.draw, chunks(4, folder=str(taken)), keep=keep, workers=1)
    assert numbers_of(taken) == [0, 5, 10, 15]
    assert packed(again[:3]) == packed(first)


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "other"])
def test_a_damaged_kept_file_is_computed_again(taken, tmp_path, damage):
    work = chunks(1, folder=str(taken))
    workers.spread(chunk_work.draw, work, keep=tmp_path / "kept")
    (path,) = (tmp_path / "kept").iterdir()
    whole = bytearray(path.read_bytes())
    broken = bytearray(whole)
    broken[len(whole) // 2] ^= 4
    contents = {"cut": whole[:-9], "bit": broken, "empty": b"", "other": b"PK\x03\x04, or not"}
    path.write_bytes(contents[damage])
    assert packed(workers.spread(chunk_work.draw, work, keep=tmp_path / "kept")) == undisturbed(1)
    assert numbers_of(taken) == [0, 0] and path.read_bytes() == whole


def test_what_a_chunk_rests_on_changes_its_key(monkeypatch):
    kept.fingerprint.cache_clear()
    first = kept.fingerprint("case_review.formatting", "number")
    assert kept.fingerprint("case_review.formatting", "other") != first
    kept.fingerprint.cache_clear()
    monkeypatch.setattr(kept, "_version", lambda package: "0")
    assert kept.fingerprint("case_review.formatting", "number") != first
    kept.fingerprint.cache_clear()
    monkeypatch.undo()
    hashes = kept.dependencies.hashes
    seen = {}
    monkeypatch.setattr(
        kept.dependencies, "hashes", lambda *a: seen.setdefault("files", hashes(*a))
    )
    kept.fingerprint("case_review.data.problems", "DataError")
    assert {"requirements.lock", "case_review/data/problems.py", "case_review/errors.py"} <= set(
        seen["files"]
    )
    kept.fingerprint.cache_clear()


def test_old_kept_files_go_and_those_of_this_run_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "KEPT", 2)
    for age in range(5):
        path = tmp_path / f"chunk_work.draw-{age}.npz"
        path.touch()
        os.utime(path, (1000 - age, 1000 - age))
    (tmp_path / "chunk_work.other-1.npz").touch()
    half = tmp_path / ".chunk_work.draw-5.npz.abc"
    half.touch()
    os.utime(half, (1000, 1000))
    workers.spread(chunk_work.draw, chunks(3), keep=tmp_path, workers=1)
    left = {path.name for path in tmp_path.iterdir() if len(path.name) < 60}
    assert left == {"chunk_work.draw-0.npz", "chunk_work.draw-1.npz", "chunk_work.other-1.npz"}
    assert len(list(tmp_path.iterdir())) == 3 + 3


def test_the_first_failing_chunk_is_the_error_of_the_caller(cluster, monkeypatch):
    for address in ("", cluster.scheduler_address):
        monkeypatch.setenv(workers.ADDRESS_VARIABLE, address)
        with pytest.raises(ReviewError, match="column age: found '0'; expected years") as caught:
            workers.spread(
                chunk_work.fail,
                [{"start": i} for i in range(4)],
                workers=2 if address else 1,
            )
        assert caught.value.__notes__ == ["in fail(start=0)"]


def test_what_is_kept_comes_back_as_it_was():
    result = {
        "numbers": np.array([[1.5, np.nan], [-0.0, 2.0]]),
        "a value": {"x": [1, "two"]},
        "flags": np.array([True, False]),
        "more numbers": np.arange(3.0),
        "none": np.empty((0, 2)),
        "one": np.array(4.0),
        "text": np.array(["a", "bcd"]),
        "longer text": np.array(["abcdef"]),
        "whole": np.arange(6).reshape(2, 3).T,
        "from elsewhere": np.array([1, 2], dtype=">i4"),
    }
    found = kept.unpack(kept.pack(result))
    assert list(found) == list(result) and found["a value"] == result["a value"]
    for name, array in result.items():
        if isinstance(array, np.ndarray):
            assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
            assert found[name].tobytes() == array.tobytes() and found[name].flags.writeable


def test_what_cannot_be_kept_is_refused():
    with pytest.raises(TypeError, match="JSON does not give"):
        workers.spread(chunk_work.draw, [{"start": (1, 2)}])
    with pytest.raises(TypeError, match="expected a dict"):
        kept.pack([1])
    with pytest.raises(ValueError, match="Object arrays"):
        kept.pack({"x": np.array([object()])})


def test_a_scheduler_that_does_not_answer_is_an_error(monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        monkeypatch.setenv(workers.ADDRESS_VARIABLE, address)
        with pytest.raises(ReviewError, match=f"{address}: no scheduler answered"):
            workers.spread(chunk_work.draw, chunks())


def test_an_existing_cluster_is_used_and_left(cluster, taken, monkeypatch):
    monkeypatch.setenv(workers.ADDRESS_VARIABLE, cluster.scheduler_address)
    work = chunks(folder=str(taken), pause=0.2)
    assert packed(workers.spread(chunk_work.draw, work, workers=2)) == undisturbed()
    own = processes(taken)
    assert len(own) == 2 and os.getpid() not in own
    with monkeypatch.context() as patch:
        patch.setattr(kept, "fingerprint", lambda *a: "of sources that changed since")
        with pytest.raises(ReviewError, match=r"other sources of chunk_work\.draw in"):
            workers.spread(chunk_work.draw, work)
    assert packed(workers.spread(chunk_work.draw, work)) == undisturbed()
    assert processes(taken) == own


def test_a_cluster_without_workers_is_an_error(monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(workers, "PATIENCE", 1)
    with LocalCluster(n_workers=0, dashboard_address=":0") as empty:
        monkeypatch.setenv(workers.ADDRESS_VARIABLE, empty.scheduler_address)
        with pytest.raises(ReviewError, match="the scheduler has no workers"):
            workers.spread(chunk_work.draw, chunks())


AGAIN = """
import gc, os
import chunk_work
from distributed import LocalCluster
from distributed.utils import LoopRunner
from case_review.build import workers
from case_review.errors import ReviewError

workers.PATIENCE = 1
start = LoopRunner._start_unlocked


def spread(address):
    os.environ[workers.ADDRESS_VARIABLE] = address
    try:
        workers.spread(chunk_work.draw, [{"start": 1}, {"start": 2}])
    except ReviewError as error:
        print(error)


if __name__ == "__main__":
    with LocalCluster(n_workers=0, dashboard_address=":0") as empty:
        gc.disable()
        spread("nonsense")
        # The worst moment at which garbage can be collected.
        LoopRunner._start_unlocked = lambda loop: (gc.collect(), start(loop))[1]
        spread(empty.scheduler_address)
"""


def test_after_a_scheduler_that_did_not_answer_another_is_reached(tmp_path):
    (tmp_path / "again.py").write_text(AGAIN)
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, str(tmp_path / "again.py")],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "no scheduler answered" in done.stdout, done.stderr
    assert "the scheduler has no workers" in done.stdout, done.stderr


# -- a program of its own --------------------------------------------------------------------------


@pytest.fixture
def program(taken, tmp_path):
    """A program that has finished two chunks of five, whatever its user sets up for Dask."""
    home = tmp_path / "home"
    (home / ".config" / "dask").mkdir(parents=True)
    (home / ".config" / "dask" / "broken.yaml").write_text("a: [unfinished")
    env = dict(os.environ, HOME=str(home), PYTHONPATH=f"{ROOT / 'tests'}:{ROOT}")
    env["DASK_DISTRIBUTED__SCHEDULER__PRELOAD"] = "no_such_module"
    arguments = [sys.executable, chunk_work.__file__, taken, tmp_path / "kept", "60"]
    running = subprocess.Popen(arguments, env=env, stdout=-1, stderr=-1, text=True, cwd=tmp_path)
    wait_for(lambda: running.poll() or half_done(taken, tmp_path / "kept"))
    yield running
    running.kill()
    running.communicate()


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def half_done(taken, keep):
    return len(list(keep.glob("*.npz"))) >= 2 and len(numbers_of(taken)) >= 4


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_a_program_that_is_stopped(program, taken, tmp_path, stop):
    program.send_signal(stop)
    output, errors = program.communicate(timeout=20)
    wait_for(lambda: not any(map(alive, processes(taken))), seconds=5)
    assert output == ""
    shown = re.findall(r"^\w+(?:Error|Interrupt)\b", errors, re.MULTILINE)
    assert shown == (["KeyboardInterrupt"] if stop == signal.SIGINT else []), errors
    assert program.returncode == -stop
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 2


def test_dask_is_loaded_only_where_it_is_needed():
    code = "import sys, case_review.build.workers; sys.exit('dask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
