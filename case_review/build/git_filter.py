"""A filter of git's that takes the outputs out of notebooks, so that running one changes no source.

`.gitattributes` names it for notebooks; what it does stands in a clone's own configuration, which
git never copies, so set-up writes it there. Runs under any Python 3.
"""

import shlex
import subprocess
from pathlib import Path

#: Its name in .gitattributes.
NAME = "notebook-source"
#: What is taken out besides outputs: what an editor notes down about itself and about runs.
_KEYS = "metadata.language_info metadata.widgets cell.metadata.scrolled cell.metadata.execution"


def command(folder):
    """The filter's command, with the Python of the environment in `folder`."""
    python = shlex.quote(str(Path(folder) / "bin" / "python"))
    return f"{python} -m nbstripout --keep-id --extra-keys {shlex.quote(_KEYS)}"


def install(root, folder):
    """Write the filter into the configuration of the clone in `root`; nothing where there is none.

    A clone without it works as well: git then takes notebooks as they are.
    """
    own, wanted = Path(root) / ".git", command(folder)
    if not own.exists() or _is_there(own, wanted):
        return
    for key, value in (("clean", wanted), ("smudge", "cat"), ("required", "false")):
        call = ["git", "-C", str(root), "config", f"filter.{NAME}.{key}", value]
        try:
            subprocess.run(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except OSError:  # no git: there is nothing that it could do
            return


def _is_there(own, wanted):
    """Whether the configuration holds the filter already; git is asked only in a worktree."""
    if own.is_dir():
        try:
            text = (own / "config").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return True  # which nobody here may write either
        return NAME in text and wanted.replace("\\", "\\\\").replace('"', '\\"') in text
    call = ["git", "-C", str(own.parent), "config", "--get", f"filter.{NAME}.clean"]
    try:
        found = subprocess.run(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return True
    return found.stdout.decode("utf-8", "replace").strip() == wanted
