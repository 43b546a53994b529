"""What was made before is kept by content, and nothing damaged or stale is ever taken."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from case_review import files
from case_review.build import made
from case_review.project import Project


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The folder of kept results, in a project that is open."""
    monkeypatch.delenv("CASE_REVIEW_KEPT", raising=False)
    with made.keeping(Project(tmp_path)):
        yield tmp_path / "report" / "_build" / "made"


class Maker:
    """Returns other bytes at each call, so that a test sees which call's it got."""

    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return b"made %d" % self.calls


def test_the_same_parts_are_made_once(place):
    make = Maker()
    assert [made.recall("x", ["a", b"b"], make) for _ in range(3)] == [b"made 1"] * 3
    assert [path.name[:2] for path in place.iterdir()] == ["x-"]


@pytest.mark.parametrize(
    "parts",
    [["ab"], ["b", "a"], ["a", "b", ""], [b"a", "b"], ["a"], [], ["a\nb"], ["text 1\na", "b"]],
)
def test_other_parts_are_made_anew(place, parts):
    make = Maker()
    made.recall("x", ["a", "b"], make)
    assert made.recall("x", parts, make) == b"made 2"
    assert made.recall("y", ["a", "b"], make) == b"made 3"


def test_what_follows_from_something_unknown_is_never_kept(place):
    make = Maker()
    assert made.recall("x", ["a", None], make) == b"made 1"
    assert made.recall("x", ["a", None], make) == b"made 2"
    assert not place.exists()


def test_a_file_counts_by_its_content(place, tmp_path):
    make, file = Maker(), tmp_path / "file"
    assert made.recall("x", [file], make) == b"made 1"  # a file that is missing counts as such
    file.write_text("one")
    assert made.recall("x", [file], make) == b"made 2"
    other = tmp_path / "other"
    other.write_text("one")
    assert made.recall("x", [other], make) == b"made 2"
    file.write_text("two")
    assert made.recall("x", [file], make) == b"made 3"


def test_what_was_made_of_a_file_that_changed_meanwhile_is_not_kept(place, tmp_path):
    file = tmp_path / "file"
    file.write_text("old")

    def make():
        file.write_text("new")
        return file.read_bytes()

    assert made.recall("x", [file], make) == b"new"
    file.write_text("old")
    assert made.recall("x", [file], lambda: b"of the old") == b"of the old"


def test_no_damage_of_a_kept_file_is_taken(place):
    make = Maker()
    made.recall("x", ["a"], make)
    made.recall("x", ["b"], make)
    path = place / f"x-{made.key(['x', 'a'])}.made"
    other = place / f"x-{made.key(['x', 'b'])}.made"
    whole = path.read_bytes()
    damaged = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    damaged += [whole[:at] for at in range(len(whole))]
    damaged += [whole + b"\0", whole + whole, other.read_bytes()]
    for number, content in enumerate(damaged, 3):
        path.write_bytes(content)
        assert made.recall("x", ["a"], make) == b"made %d" % number
        assert path.read_bytes() != content  # it is mended
    assert made.recall("x", ["a"], make) == b"made %d" % number


def test_what_fails_is_not_kept(place):
    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        made.recall("x", ["a"], fail)
    assert made.recall("x", ["a"], lambda: b"yes") == b"yes"


def test_what_cannot_be_written_is_still_returned(place):
    place.parent.mkdir(parents=True)
    place.write_text("a file in the place of the folder")
    make = Maker()
    assert made.recall("x", ["a"], make) == b"made 1"
    assert made.recall("x", ["a"], make) == b"made 2"


def test_a_full_disk_only_means_that_nothing_is_kept(place, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_bytes", full)
    assert made.recall("x", ["a"], lambda: b"content") == b"content"


def test_what_was_not_used_for_longest_goes_first(place):
    for number, name in enumerate("abcd"):
        made.recall("x", [name], lambda: bytes(1000))
        os.utime(place / f"x-{made.key(['x', name])}.made", (number, number))
    made.recall("x", ["a"], Maker())  # now the last one that was used
    made.prune(most=2_500)
    kept = {path.name for path in place.iterdir()}
    assert kept == {f"x-{made.key(['x', name])}.made" for name in "ad"}
    made.prune(most_files=1)
    assert [path.name for path in place.iterdir()] == [f"x-{made.key(['x', 'a'])}.made"]


def test_what_a_killed_process_left_half_is_removed_later(place):
    made.recall("x", ["a"], Maker())
    fresh, old = place / ".x-1.made.abc", place / ".x-2.made.tmp"
    for path in (fresh, old):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    made.prune()
    assert fresh.exists()
    assert not old.exists()


def test_nothing_is_kept_without_a_project(tmp_path, monkeypatch):
    monkeypatch.delenv("CASE_REVIEW_KEPT", raising=False)
    monkeypatch.chdir(tmp_path)
    make = Maker()
    assert [made.recall("x", ["a"], make) for _ in range(2)] == [b"made 1", b"made 2"]
    made.prune()
    assert not list(tmp_path.iterdir())


def test_copies_of_a_project_share_what_they_keep(tmp_path, monkeypatch):
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "shared"))
    make = Maker()
    for name in ("one", "two"):
        with made.keeping(Project(tmp_path / name)):
            assert made.recall("x", ["a"], make) == b"made 1"
    assert not (tmp_path / "one").exists()


def test_many_at_once_get_whole_results(place):
    content = bytes(range(256)) * 4000
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda n: made.recall("x", [str(n % 3)], lambda: content), range(60))
    assert all(each == content for each in found)
    assert len(list(place.iterdir())) == 3


def test_forked_processes_share_the_folder(place):
    child = os.fork()
    if not child:
        made.recall("x", ["a"], lambda: b"of the child")
        os._exit(0)
    os.waitpid(child, 0)
    assert made.recall("x", ["a"], lambda: b"of the parent") == b"of the child"


def test_a_key_is_the_same_in_every_process(tmp_path):
    (tmp_path / "file").write_text("content")
    code = (
        "import pathlib, sys; from case_review.build import made;"
        "print(made.key(['a', b'b', pathlib.Path(sys.argv[1])]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "file")], capture_output=True, text=True
    )
    assert done.stdout.strip() == made.key(["a", b"b", tmp_path / "file"])
