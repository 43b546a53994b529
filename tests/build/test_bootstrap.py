"""Set-up: refused in one sentence where it cannot work, begun again where it was interrupted."""

import shutil

import pytest
from conftest import ROOT

from case_review.build import bootstrap, environment

EXTRA = list(bootstrap.EXTRA_LOCKS.values())


@pytest.fixture
def root(tmp_path):
    for name in (bootstrap.LOCK, bootstrap.BUILD_LOCK, *EXTRA):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def calls(monkeypatch):
    """The commands that set-up would run; creating an environment makes its folder."""
    made = []

    def call(command, must_succeed=True):
        made.append(command)
        if "venv" in command:
            packages = bootstrap.Path(command[-1]) / "lib" / "python3.11" / "site-packages"
            packages.mkdir(parents=True)
            (bootstrap.Path(command[-1]) / "bin").mkdir()
            (bootstrap.Path(command[-1]) / "bin" / "python").touch()

    monkeypatch.setattr(bootstrap, "_call", call)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    return made


def test_too_old_a_python_is_told_in_one_sentence():
    with pytest.raises(bootstrap.SetupError, match=r"This Python is 3\.9.*needs 3\.11 or newer"):
        bootstrap.check_python((3, 9, 2))


def test_a_python_without_venv_needs_uv(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(bootstrap.SetupError, match="apt install python3-venv"):
        bootstrap.check_python((3, 11, 0), has_venv=False)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/uv")
    bootstrap.check_python((3, 11, 0), has_venv=False)


def test_what_builds_is_installed_before_the_rest(root, calls):
    bootstrap.set_up(root, root / ".venv")
    create, build, main, compiled = calls
    assert create[1:] == ["-m", "venv", str(root / ".venv")]
    assert build[-1].endswith("requirements-build.lock") and main[-1].endswith("requirements.lock")
    assert "compileall" in compiled
    pth = root / ".venv/lib/python3.11/site-packages/case_review_project.pth"
    assert pth.read_bytes().isascii() and repr(str(root)) in pth.read_text()


@pytest.mark.parametrize("uv", [True, False])
@pytest.mark.parametrize("extra", [[], EXTRA])
def test_every_way_of_installing_checks_hashes_and_builds_nothing_else(
    root, calls, monkeypatch, uv, extra
):
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/uv" if uv else None)
    monkeypatch.setattr(environment, "differences", lambda *_: [])
    bootstrap.set_up(root, root / ".venv", extra)
    installs = [command for command in calls if "install" in command]
    assert len(installs) == 2 + len(extra)
    for command in installs:
        assert (command[0] == "uv") is uv
        assert {"--require-hashes", "--no-deps", "--no-build-isolation"} <= set(command)
        assert command[command.index("--only-binary") + 1] == ":all:"
        assert command[command.index("--no-binary") + 1] == bootstrap.SOURCE_ONLY
        assert command[command.index("-r") + 1].endswith(".lock")


def test_every_locked_package_has_its_hashes_and_the_source_only_one_its_builder():
    for name in (bootstrap.LOCK, bootstrap.BUILD_LOCK, *EXTRA):
        entries = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        pinned = [line for line in entries if line and line[0] not in "#- "]
        assert pinned and all("==" in line and "--hash=sha256:" in line for line in pinned), name
    assert f"\n{bootstrap.SOURCE_ONLY}==" in (ROOT / bootstrap.LOCK).read_text(encoding="utf-8")


def test_a_finished_set_up_is_not_repeated_an_interrupted_one_is(root, calls, monkeypatch):
    folder = root / ".venv"
    want = bootstrap.wanted(root, folder)
    with monkeypatch.context() as patched:
        patched.setattr(bootstrap, "_write_stamp", lambda *_: None)
        bootstrap.set_up(root, folder)
    assert not bootstrap.is_ready(folder, want)
    (folder / "pyvenv.cfg").touch()
    (folder / "half-installed").touch()
    bootstrap.set_up(root, folder)
    assert bootstrap.is_ready(folder, want) and not (folder / "half-installed").exists()
    (root / bootstrap.LOCK).write_text("# another lock")
    assert not bootstrap.is_ready(folder, bootstrap.wanted(root, folder))


def test_an_environment_that_was_killed_before_it_had_its_mark_is_made_again(
    root, calls, monkeypatch
):
    folder = root / ".venv"

    def killed(*_):
        (folder / "lib").mkdir(parents=True)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(bootstrap, "_call", killed)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.set_up(root, folder)
    assert not (folder / "pyvenv.cfg").exists() and any(folder.iterdir())
    bootstrap.set_up(root, folder)
    assert bootstrap.is_ready(folder, bootstrap.wanted(root, folder))
    assert not (root / bootstrap.BEGUN).exists()


def test_a_removal_cut_short_does_not_pass_for_an_environment(root, calls, monkeypatch):
    folder = root / ".venv"
    want = bootstrap.wanted(root, folder)
    bootstrap.set_up(root, folder)
    (folder / "pyvenv.cfg").touch()
    (folder / "bin" / "python").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", lambda _: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            bootstrap.set_up(root, folder)
    (folder / "bin" / "python").touch()
    assert not bootstrap.is_ready(folder, want)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (OSError(28, "No space left on device", "lib"), 1, "stopped at lib: No space left on dev"),
        (KeyboardInterrupt(), 130, "was interrupted. Type the same command again"),
        (bootstrap.SetupError("the reason"), 1, "the reason"),
    ],
)
def test_what_stops_a_set_up_is_told_without_a_traceback(
    root, monkeypatch, capsys, error, code, told
):
    def stop(*_):
        raise error

    monkeypatch.chdir(root)
    monkeypatch.setattr(bootstrap, "set_up", stop)
    assert bootstrap.main([".venv"]) == code
    assert told in capsys.readouterr().err


def test_a_missing_lock_file_is_named(root, monkeypatch, capsys):
    (root / bootstrap.LOCK).unlink()
    monkeypatch.chdir(root)
    assert bootstrap.main([".venv"]) == 1
    assert f"{bootstrap.LOCK}: No such file" in capsys.readouterr().err


@pytest.fixture
def finished(root, calls, monkeypatch):
    """The folder of an environment that holds what the report needs."""
    monkeypatch.setattr(environment, "differences", lambda *_: [])
    bootstrap.set_up(root, root / ".venv")
    (root / ".venv" / "pyvenv.cfg").touch()
    del calls[:]
    return root / ".venv"


def test_tests_and_jupyterlab_are_added_to_what_is_there(root, calls, finished):
    for name in EXTRA:
        bootstrap.set_up(root, finished, [name])
    installs = [command[-1] for command in calls if "install" in command]
    assert installs == [str(root / name) for name in EXTRA]
    for extra in ([], *([name] for name in EXTRA), EXTRA):
        assert bootstrap.is_ready(finished, bootstrap.wanted(root, finished, extra))
    (root / EXTRA[0]).write_text("# another lock")
    assert bootstrap.is_ready(finished, bootstrap.wanted(root, finished, EXTRA[1:]))
    assert not bootstrap.is_ready(finished, bootstrap.wanted(root, finished, EXTRA))


def test_what_was_altered_does_not_pass_for_installed_by_an_addition(root, finished, monkeypatch):
    monkeypatch.setattr(environment, "differences", lambda *_: ["alpha 2 instead of 1"])
    with pytest.raises(bootstrap.SetupError, match="alpha 2 instead of 1"):
        bootstrap.set_up(root, finished, EXTRA)


@pytest.mark.parametrize("half", [True, False])
def test_an_addition_that_failed_leaves_what_was_there_unless_it_had_begun(
    root, finished, monkeypatch, half
):
    def fail(*_):
        if half:
            (next(environment.packages(finished)) / "half.py").touch()
        raise bootstrap.SetupError("no network")

    with monkeypatch.context() as patched:
        patched.setattr(bootstrap, "_call", fail)
        with pytest.raises(bootstrap.SetupError, match="no network"):
            bootstrap.set_up(root, finished, EXTRA)
    assert bootstrap.is_ready(finished, bootstrap.wanted(root, finished)) is not half
    bootstrap.set_up(root, finished, EXTRA)
    assert bootstrap.is_ready(finished, bootstrap.wanted(root, finished, EXTRA))


def test_a_shared_environment_is_used_but_never_removed(root, calls, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared") / "env"
    bootstrap.set_up(root, folder)
    (folder / "pyvenv.cfg").touch()
    assert bootstrap.is_ready(folder, bootstrap.wanted(root, folder))
    (root / bootstrap.LOCK).write_text("# another lock")
    with pytest.raises(bootstrap.SetupError, match="name another VENV"):
        bootstrap.set_up(root, folder)
    assert (folder / "pyvenv.cfg").exists()


def test_a_folder_that_is_no_environment_is_not_removed(root, calls):
    (root / ".venv").mkdir()
    (root / ".venv" / "thesis.docx").touch()
    with pytest.raises(bootstrap.SetupError, match="is no Python environment"):
        bootstrap.set_up(root, root / ".venv")
    assert (root / ".venv" / "thesis.docx").exists()
