"""One build at a time, and the one that waits says for whom."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

from case_review.build.locking import hold, holder

COMMAND = [sys.executable, "-m", "case_review.build.locking"]


def test_the_second_waits_and_names_the_holder(tmp_path):
    lock, done = tmp_path / "deep" / "lock", tmp_path / "done"
    with hold(lock, "make _report"):
        waiting = subprocess.Popen(
            [*COMMAND, str(lock), "--", "touch", str(done)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = waiting.stderr.readline()
        assert f"waiting for another build: process {os.getpid()} on" in line
        assert "(make _report)" in line and waiting.poll() is None and not done.exists()
    assert waiting.wait(timeout=30) == 0
    waiting.stderr.close()
    assert done.exists()


def test_the_lock_lasts_as_long_as_the_command_however_it_ends(tmp_path):
    lock = tmp_path / "lock"
    command = [*COMMAND, str(lock), "--", "sh", "-c", "echo ready; exec sleep 60"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as held:
        assert held.stdout.readline() == "ready\n"
        assert f"process {held.pid} on" in holder(lock)
        probe = ["flock", "--nonblock", str(lock), "true"]
        assert subprocess.run(probe).returncode == 1
        held.kill()
    assert subprocess.run(probe).returncode == 0


def test_the_command_s_exit_code_is_passed_on(tmp_path):
    done = subprocess.run([*COMMAND, str(tmp_path / "lock"), "--", "sh", "-c", "exit 7"], cwd=ROOT)
    assert done.returncode == 7


def test_a_lock_that_cannot_be_taken_is_told_in_one_sentence(tmp_path):
    (tmp_path / "lock").mkdir()
    done = subprocess.run(
        [*COMMAND, str(tmp_path / "lock"), "--", "true"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"{tmp_path}/lock: the build's lock cannot be taken (Is a directory). "
        "Look whether you may write there.\n"
    )


def test_an_impatient_user_sees_no_traceback(tmp_path):
    with hold(tmp_path / "lock"):
        waiting = subprocess.Popen(
            [*COMMAND, str(tmp_path / "lock"), "--", "true"],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert "waiting for another build" in waiting.stderr.readline()
        waiting.send_signal(signal.SIGINT)
        assert waiting.communicate(timeout=30)[1] == "interrupted while waiting; nothing was done\n"
        assert waiting.returncode == 130


def test_wrong_usage_is_told(tmp_path):
    done = subprocess.run([*COMMAND, "lock"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "usage" in done.stderr
    assert not Path(tmp_path / "lock").exists()


def test_a_lock_without_record_is_described_all_the_same(tmp_path):
    assert holder(tmp_path / "none") == "its holder is just starting"
