"""The environment in use is the lock's, to the last file, or nothing is made."""

import base64
import hashlib
import os
import re
import shutil

import pytest
from conftest import ROOT

from case_review.__main__ import main
from case_review.build import bootstrap, environment

LOCK = (
    "alpha==1.0 \\\n    --hash=sha256:00\nbe.ta==2.1 ; python_full_version < '3.0' \\\n"
    "    --hash=sha256:00\nbe.ta==2.2 ; python_full_version >= '3.0' \\\n    --hash=sha256:00\n"
    "gamma==3 ; sys_platform == 'other' \\\n    --hash=sha256:00\n"
)


def put(folder, name, version, content="x = 1\n"):
    place = folder / "lib" / "python3.11" / "site-packages"
    info = place / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (place / f"{name}.py").write_text(content)
    digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=")
    (info / "RECORD").write_text(f"{name}.py,sha256={digest.decode()},6\n{info.name}/RECORD,,\n")
    return place / f"{name}.py"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "requirements.lock").write_text(LOCK)
    for name in (bootstrap.BUILD_LOCK, *bootstrap.EXTRA_LOCKS.values()):
        (tmp_path / name).write_text("")
    folder = tmp_path / ".venv"
    put(folder, "alpha", "1.0")
    put(folder, "be_ta", "2.2")
    (folder / "bin").mkdir()
    (folder / "bin" / "python").touch()
    bootstrap._write_stamp(folder, bootstrap.wanted(tmp_path, folder))
    return tmp_path


def refusal(root, monkeypatch, capsys):
    """What a set-up says of the environment; empty if it takes it."""
    monkeypatch.chdir(root)
    code = bootstrap.main([".venv"])
    said = capsys.readouterr().err
    assert code == (1 if "is not what" in said else 0), said
    return said


def test_the_lock_s_environment_is_taken_without_a_word(root, monkeypatch, capsys):
    assert "looking whether" in refusal(root, monkeypatch, capsys)  # once
    assert refusal(root, monkeypatch, capsys) == ""


@pytest.mark.parametrize(
    ("name", "version", "told"),
    [
        ("alpha", "1.1", "alpha 1.1 instead of 1.0"),
        ("be_ta", "2.0", "be-ta 2.0 instead of 2.1 or 2.2"),
    ],
)
def test_another_version_stops_with_what_mends_it(root, monkeypatch, capsys, name, version, told):
    refusal(root, monkeypatch, capsys)
    place = root / ".venv" / "lib" / "python3.11" / "site-packages"
    shutil.rmtree(next(place.glob(f"{name}-*")))
    put(root / ".venv", name, version)
    said = refusal(root, monkeypatch, capsys)
    assert f"is not what requirements.lock says: {told}" in said
    assert f"`rm -rf {root}/.venv`" in said


def test_a_missing_package_stops(root, monkeypatch, capsys):
    shutil.rmtree(next((root / ".venv").rglob("alpha-*")))
    assert "no alpha instead of 1.0" in refusal(root, monkeypatch, capsys)


def test_a_package_changed_in_place_stops_and_a_touched_one_does_not(root, monkeypatch, capsys):
    refusal(root, monkeypatch, capsys)
    path = next((root / ".venv").rglob("alpha.py"))
    os.utime(path, ns=(1, 1))
    assert "looking whether" in refusal(root, monkeypatch, capsys)
    path.write_text("x = 2\n")
    said = refusal(root, monkeypatch, capsys)
    assert "lib/python3.11/site-packages/alpha.py is missing or altered" in said
    path.write_text("x = 1\n")
    assert "is not what" not in refusal(root, monkeypatch, capsys)


def test_a_build_is_told_what_was_found_meanwhile(root, monkeypatch, capfd):
    refusal(root, monkeypatch, capfd)
    assert bootstrap.main([".venv"], ["build"]) == 0
    environment.require_looked()
    path = next((root / ".venv").rglob("alpha.py"))
    path.write_text("x = 2\n")
    assert bootstrap.main([".venv"], ["build"]) == 0
    with pytest.raises(SystemExit, match="1"):
        environment.require_looked()
    assert "alpha.py is missing or altered" in capfd.readouterr().err
    environment.require_looked()  # nothing is waited for twice
    assert bootstrap.main([".venv"], ["status"]) == 1


def test_what_is_installed_beside_the_lock_is_known_by_its_files(root):
    path = put(root / ".venv", "extra", "0.1")
    assert environment.unlocked(root, root / ".venv")[str(path)] == "extra 0.1"


def test_what_tests_brought_is_known_by_its_modules(root):
    for name in ("extra", "alpha"):
        put(root / ".venv", name, "0.1")
    (root / "requirements-test.lock").write_text("extra==0.1 \\\nalpha==1 \\\n")
    expected = {"extra": "extra 0.1, of requirements-test.lock,"}
    assert environment.beside(root, root / ".venv") == expected
    (root / "requirements-build.lock").write_text("extra==0.1 \\\n")
    assert environment.beside(root, root / ".venv") == {}


def test_a_conda_environment_is_asked_for_the_direct_dependencies(root, monkeypatch, capsys):
    (root / ".venv" / "conda-meta").mkdir()
    (root / "pyproject.toml").write_text('[project]\ndependencies = ["be.ta>=2"]\n')
    shutil.rmtree(next((root / ".venv").rglob("alpha-*")))
    assert refusal(root, monkeypatch, capsys) == ""
    shutil.rmtree(next((root / ".venv").rglob("be_ta-*")))
    put(root / ".venv", "be_ta", "9")
    assert "`conda env update -f environment.yml`" in refusal(root, monkeypatch, capsys)


def test_the_environment_of_this_run_is_the_lock_s():
    assert environment.differences(ROOT, bootstrap.Path(bootstrap.sys.prefix)) == []


def test_nothing_is_rendered_in_another_environment(small_project, capsys):
    lock = small_project.root / "requirements.lock"
    pinned = re.sub(r"^pandas==\S+", "pandas==0.1", lock.read_text("utf-8"), flags=re.MULTILINE)
    lock.write_text(pinned, encoding="utf-8")
    assert main(["build", "report"]) == 1
    assert "instead of 0.1. Type `make report`" in capsys.readouterr().err


def test_an_environment_that_may_not_be_read_is_named_with_its_owner(root, monkeypatch, capsys):
    def forbidden(folder):
        raise PermissionError(13, "Permission denied", str(folder / bootstrap.STAMP))

    monkeypatch.setattr(bootstrap, "_read_stamp", forbidden)
    monkeypatch.chdir(root)
    assert bootstrap.main([".venv"]) == 1
    said = capsys.readouterr().err
    assert f"{root}/.venv/{bootstrap.STAMP} belongs to " in said and "VENV=another/folder" in said


@pytest.mark.parametrize(
    ("limit", "least", "told"),
    [
        ("RLIMIT_NOFILE", 32, "`ulimit -n` is 32): set `ulimit -n 256`"),
        ("RLIMIT_FSIZE", 2**20, "`ulimit -f` is 1024): set `ulimit -f 262144`"),
        ("RLIMIT_AS", 2**28, "`ulimit -v` is 262144): set `ulimit -v 4194304`"),
    ],
)
def test_limits_that_no_build_can_work_with_are_told_before(root, monkeypatch, limit, least, told):
    own = getattr(bootstrap.resource, limit)
    unlimited = (bootstrap.resource.RLIM_INFINITY,) * 2
    monkeypatch.setattr(
        bootstrap.resource, "getrlimit", lambda one: (least, least) if one == own else unlimited
    )
    with pytest.raises(bootstrap.SetupError) as caught:
        bootstrap.check_machine(root)
    assert told in str(caught.value)


def test_a_path_that_is_no_text_is_told_before(tmp_path):
    with pytest.raises(bootstrap.SetupError, match="no UTF-8 text"):
        bootstrap.check_machine(bootstrap.Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff")))
