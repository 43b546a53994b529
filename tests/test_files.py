"""A reader sees the old file or the new one."""

import os

import pytest

from case_review import files


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    path = tmp_path / "x.txt"
    files.write_text(path, "old")

    def broken(self, target):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", broken)
    with pytest.raises(OSError, match="disk full"):
        files.write_text(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.txt"]


def test_write_if_changed_touches_only_what_differs(tmp_path):
    path = tmp_path / "x.txt"
    assert files.write_if_changed(path, "a")
    before = path.stat().st_mtime_ns
    assert not files.write_if_changed(path, "a")
    assert path.stat().st_mtime_ns == before
    assert files.write_if_changed(path, "b")
    assert path.read_text() == "b"


def test_written_files_follow_the_umask(tmp_path):
    old = os.umask(0o022)
    try:
        files.write_text(tmp_path / "x", "a")
    finally:
        os.umask(old)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o644
