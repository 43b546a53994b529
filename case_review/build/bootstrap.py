"""Setting up the project's own Python environment, with nothing but a bare Python.

    python3 -m case_review.build.bootstrap .venv [--test] [--edit] [--docs] [--new] [-- COMMAND ...]

installs exactly what the lock files list, each file checked against its hash, and nothing if that
was done before; then it becomes `python -m case_review COMMAND` of that environment. The stamp is
written last, so an interrupted set-up is begun again. Runs under any Python 3, if only to refuse.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import pwd
import resource
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from case_review.build import git_filter

OLDEST = (3, 11)
STAMP = "case-review-setup.json"
LOCK = "requirements.lock"
#: Builds the one package of the lock that is published as source only, and installs the rest.
BUILD_LOCK = "requirements-build.lock"
EXTRA_LOCKS = {f"--{name}": f"requirements-{name}.lock" for name in ("test", "edit", "docs", "new")}
SOURCE_ONLY = "autograd-gamma"
#: Paths of modules that no report imports: packages' own tests, and what installs.
NEVER_IMPORTED = r"/site-packages/(.*/tests?/|pip/|setuptools/)"
#: Stands for the project's folder where the environment lies outside it and may be shared.
ELSEWHERE = "elsewhere"
#: Names the folder that a set-up has begun to fill, so that the next may remove what is in it.
BEGUN = Path("report", "_build", "set-up-begun.txt")
#: Limits of a process, with the shell's flag, the least that a build needs, and what it is.
LIMITS = {
    "RLIMIT_NOFILE": ("-n", 256, "open files"),
    "RLIMIT_FSIZE": ("-f", 256 * 2**20, "room for a file"),
    "RLIMIT_AS": ("-v", 4 * 2**30, "memory"),
}
#: What to do after a set-up that stopped.
AGAIN = (
    "Mend that - a missing network, a full disk, a right - and type the same command again; "
    "nothing needs to be removed."
)


class SetupError(Exception):
    """The set-up cannot go on; the message says what to do."""


def check_python(version=sys.version_info, has_venv=None):
    """Refuse a Python that cannot carry the project.

    Raises
    ------
    SetupError
        If it is older than 3.11, or if neither uv nor the `venv` and `ensurepip` modules exist.
    """
    if tuple(version[:2]) < OLDEST:
        raise SetupError(
            "This Python is {}.{}, and the project needs 3.11 or newer: install one, or name it "
            "with `make report PYTHON=/path/to/python3`.".format(*version[:2])
        )
    if has_venv is None:
        has_venv = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    if not has_venv and not shutil.which("uv"):
        raise SetupError(
            "This Python comes without the venv module: install it (Debian, Ubuntu: "
            "`apt install python3-venv`) or install uv, then type the same command again."
        )


def wanted(root, folder, extra=()):
    """What the stamp of a finished set-up says: hashes of the locks, and the place."""
    locks = [LOCK, BUILD_LOCK, *extra]
    return {
        "locks": {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in locks},
        "root": str(root) if root in folder.parents else ELSEWHERE,
    }


def is_ready(folder, want):
    """Whether the environment in `folder` is complete and serves `want`.

    A conda environment is complete as it is: environment.yml made it, not the lock. Raises
    `SetupError` if it may not be read.
    """
    if (folder / "conda-meta").is_dir():
        return True
    try:
        kept = _read_stamp(folder)
        (folder / "bin" / "python").stat()
    except PermissionError as error:
        raise SetupError(_forbidden(error.filename)) from None
    except FileNotFoundError:
        return False
    locks = kept.get("locks", {})
    return all(locks.get(name) == digest for name, digest in want["locks"].items()) and want[
        "root"
    ] in (kept.get("root"), ELSEWHERE)


def _read_stamp(folder):
    """What a finished set-up has noted; nothing of a file that is no such note."""
    try:
        kept = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) and isinstance(kept.get("locks", {}), dict) else {}


def _forbidden(name):
    """What to say of a file that may not be read."""
    try:
        owner = Path(name).stat().st_uid
    except OSError:
        owner = Path(name).parent.stat().st_uid
    try:
        owner = pwd.getpwuid(owner).pw_name
    except KeyError:
        owner = f"user {owner}"
    return (
        f"{name} belongs to {owner}, and you may not read it. Ask for the right "
        "(`chmod -R a+rX` on that folder), or make an environment of your own: VENV=another/folder."
    )


def check(root, folder):
    """Refuse, by a `SetupError`, an environment that is not the lock's to the last file."""
    from case_review.build import environment

    wrong = environment.differences(root, folder)
    if (folder / "conda-meta").is_dir():
        if wrong:
            raise SetupError(
                f"{folder} is not what {LOCK} says: {environment.listed(wrong)}. Mend it with "
                "`conda env update -f environment.yml`, then type the same command again."
            )
        return
    kept, now = _read_stamp(folder), environment.fingerprint(folder)
    if not wrong and kept.get("files") != now:
        say(f"looking whether {folder.name} is still what was installed (once)")
        wrong = [f"{name} is missing or altered" for name in environment.altered(folder)]
    if wrong:
        raise SetupError(
            f"{folder} is not what {LOCK} says: {environment.listed(wrong)}. Nothing was made. "
            f"Set it up again: `rm -rf {shlex.quote(str(folder))}`, then the same command."
        )
    if kept.get("files") != now:
        with contextlib.suppress(OSError):  # a shared one, which is looked at every time
            _write_stamp(folder, {**kept, "files": now})


def check_machine(root):
    """Refuse a place or limits that no build can work with, before it fails far from the cause.

    Raises
    ------
    SetupError
        With what to change.
    """
    try:
        str(root).encode("utf-8")
    except UnicodeEncodeError:
        shown = os.fsencode(root).decode("utf-8", "replace")
        raise SetupError(
            f"The project lies in {shown}, whose name holds bytes that are no UTF-8 text (shown "
            "as \N{REPLACEMENT CHARACTER}): rename the folder."
        ) from None
    for name, (flag, least, words) in LIMITS.items():
        soft, hard = resource.getrlimit(getattr(resource, name))
        if soft == resource.RLIM_INFINITY or soft >= least:
            continue
        if name == "RLIMIT_NOFILE" and (hard == resource.RLIM_INFINITY or hard >= least):
            continue  # which `make` raises by itself
        unit = 1 if name == "RLIMIT_NOFILE" else 1024
        raise SetupError(
            f"This shell allows too little {words} (`ulimit {flag}` is {soft // unit}): set "
            f"`ulimit {flag} {least // unit}` or `unlimited`, then type the same command again."
        )


def set_up(root, folder, extra=()):
    """Make the environment from scratch, or add the locks in `extra` to a finished one."""
    from case_review.build import environment

    base = wanted(root, folder)
    if not is_ready(folder, base):
        say(f"setting up {folder.name} from {LOCK} (once; a minute or two)")
        _create(root, folder)
        install = _installer(folder)
        install(root / BUILD_LOCK)
        install(root / LOCK)
        _compile(folder)
        _make_importable(root, folder)
        _write_stamp(folder, {**base, "files": environment.fingerprint(folder)})
        (root / BEGUN).unlink(missing_ok=True)
    for name in extra:
        want = wanted(root, folder, [name])
        if not is_ready(folder, want):
            say(f"adding {name} to {folder.name} (once)")
            _add(root, folder, name, want)


def _add(root, folder, name, want):
    """Install one more lock into a finished environment.

    A kill meanwhile leaves no stamp, so that what is half installed does not pass for finished;
    where nothing could be installed - no network - the environment serves as before.
    """
    from case_review.build import environment

    check(root, folder)  # for afterwards nobody could tell what was altered before
    kept = _read_stamp(folder)
    (folder / STAMP).unlink()
    try:
        _installer(folder)(root / name)
        _compile(folder)
    except (SetupError, KeyboardInterrupt):
        if environment.fingerprint(folder) == kept.get("files"):
            _write_stamp(folder, kept)
        raise
    kept |= {"locks": kept["locks"] | want["locks"], "files": environment.fingerprint(folder)}
    _write_stamp(folder, kept)


def _create(root, folder):
    check_python()
    begun = root / BEGUN
    if folder.exists():
        ours = begun.is_file() and begun.read_bytes() == os.fsencode(folder)
        if not ours and not (folder / "pyvenv.cfg").is_file() and any(folder.iterdir()):
            raise SetupError(f"{folder} exists and is no Python environment: move it away.")
        if root not in folder.parents and (folder / STAMP).is_file():
            raise SetupError(f"{folder} was set up from other lock files: name another VENV.")
    # From here on a part of an environment may lie there, even without its pyvenv.cfg.
    begun.parent.mkdir(parents=True, exist_ok=True)
    begun.write_text(str(folder), encoding="utf-8")
    if folder.exists():
        # The stamp first: what is half removed should not pass for finished.
        (folder / STAMP).unlink(missing_ok=True)
        shutil.rmtree(str(folder))
    if shutil.which("uv"):
        _call(["uv", "venv", "--quiet", "--no-config", "--python", _base(), str(folder)])
    else:
        _call([_base(), "-m", "venv", str(folder)])


def _base():
    """The Python that an environment is made with: not the environment's own, which is removed."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _installer(folder):
    """A function that installs a lock file, hashes enforced, building with what is locked only."""
    python = str(folder / "bin" / "python")
    if shutil.which("uv"):
        tool = ["uv", "pip", "install", "--quiet", "--python", python]
    else:
        quiet = ["--quiet", "--disable-pip-version-check", "--no-compile"]
        tool = [python, "-m", "pip", "install", *quiet]
    strict = ["--require-hashes", "--no-deps", "--no-build-isolation"]
    binary = ["--only-binary", ":all:", "--no-binary", SOURCE_ONLY]
    return lambda lock: _call([*tool, *strict, *binary, "-r", str(lock)])


def _compile(folder):
    """Compile what may be imported, on all processors; what cannot be compiled is left as it is."""
    command = [str(folder / "bin" / "python"), "-m", "compileall", "-qq", "-j", "0"]
    places = [str(place) for place in folder.glob("lib/python3.*/site-packages")]
    _call([*command, "-x", NEVER_IMPORTED, *places], must_succeed=False)


def _make_importable(root, folder):
    """Let `import case_review` find the project from any working folder.

    The line is pure ASCII, so that it does not depend on the locale of who reads it.
    """
    line = f"import sys; sys.path.append({str(root)!a})\n"
    for packages in folder.glob("lib/python3.*/site-packages"):
        (packages / "case_review_project.pth").write_text(line, encoding="ascii")


def _write_stamp(folder, content):
    partial = folder / (STAMP + ".partial")
    partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    partial.replace(folder / STAMP)


def _call(command, must_succeed=True):
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(command, env=environment)
    if done.returncode and must_succeed:
        raise SetupError(
            "Setting up stopped at `{}` (see above). {}".format(" ".join(command[:4]), AGAIN)
        )


def say(text):
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


def main(arguments, command=()):
    """`FOLDER` and names of extra locks: make the environment ready; returns 0 if it is."""
    root = Path.cwd()
    folder = root / arguments[0]
    extra = [EXTRA_LOCKS[name] for name in arguments[1:]]
    try:
        check_machine(root)
        want = wanted(root, folder, extra)
        ready = is_ready(folder, want)
        check_python(has_venv=ready or None)
        if ready and command[:1] == ["build"]:  # which asks for the outcome before it makes a thing
            from case_review.build import environment

            return environment.look_meanwhile(lambda: main(arguments))
        if not ready:
            from case_review.build.locking import hold

            with hold(root / "report" / "_build" / "setup.lock", "set-up", say):
                if not is_ready(folder, want):
                    set_up(root, folder, extra)
        check(root, folder)
        git_filter.install(root, folder)
    except SetupError as error:
        say(error)
        return 1
    except KeyboardInterrupt:
        say("Setting up was interrupted. Type the same command again; it begins anew.")
        return 130
    except OSError as error:
        place = f" at {error.filename}" if error.filename else ""
        say(f"Setting up stopped{place}: {error.strerror or error}. {AGAIN}")
        return 1
    return 0


if __name__ == "__main__":
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    command = sys.argv[end + 1 :]
    failed = main(sys.argv[1:end], command)
    if failed or not command:
        sys.exit(failed)
    python = str(Path.cwd() / sys.argv[1] / "bin" / "python")
    os.execv(python, [python, "-m", "case_review", *command])
