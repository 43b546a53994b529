"""The same surroundings for every run, so that nothing of machine, user or day reaches a result."""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from case_review.project import Project

#: Fixed for everything that computes or prints.
CONSTANT = {
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "GX_ANALYTICS_ENABLED": "false",
    "JUPYTER_PLATFORM_DIRS": "1",
    "JUPYTER_NO_CONFIG": "1",
}

#: A user's own ways of working, which change what is computed, drawn or printed.
_PRIVATE = (
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONWARNINGS",
    "PYTHONOPTIMIZE",
    "JUPYTER_PATH",
    "JUPYTER_CONFIG_PATH",
    "MATPLOTLIBRC",
)


#: Bytes of a folder's name that leave room for a socket's: a system allows 104 or more in all.
_LONGEST = 70

#: Variables that name the folders of `folders`.
FOLDERS = (
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "MPLCONFIGDIR",
)


def folders(project: Project) -> dict[str, Path]:
    """Where programs look for their configuration, so that the user's own is not found."""
    names = ("ipython", "jupyter-config", "jupyter", "jupyter-runtime", "matplotlib")
    return {
        variable: project.build / "private" / name
        for variable, name in zip(FOLDERS, names, strict=True)
    }


def settle(project: Project) -> None:
    """Put this process, and every one that it starts, into the project's surroundings."""
    os.environ.update(CONSTANT)
    for name, folder in folders(project).items():
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(folder)
    for name in _PRIVATE:
        os.environ.pop(name, None)
    time.tzset()


@contextmanager
def sockets() -> Iterator[str]:
    """A private folder for the sockets to a kernel: no network ports that two runs could share.

    It lies outside the project because the path of a socket may have about a hundred characters,
    and in /tmp where the folder for temporary files that the machine names is long itself.
    """
    long = len(os.fsencode(tempfile.gettempdir())) > _LONGEST
    place = "/tmp" if long else None
    with tempfile.TemporaryDirectory(
        prefix="review-", dir=place, ignore_cleanup_errors=True
    ) as folder:
        yield folder


@contextmanager
def uncollected(before: bool = True) -> Iterator[None]:
    """Collect no garbage within the block, but `before` it, so that no finaliser interrupts it.

    Where that does no harm, it is not looked for either, which takes long among large objects.
    """
    was_on = gc.isenabled()
    if before:
        gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def build_font_cache(project: Project) -> None:
    """Let matplotlib list the machine's fonts once, before kernels that would each do so.

    A kernel that takes long over it prints a warning into its notebook.
    """
    settle(project)
    cache = Path(os.environ["MPLCONFIGDIR"])
    for left in cache.glob("*.matplotlib-lock"):  # of a killed build; nobody else is building now
        left.unlink()
    if not any(cache.glob("fontlist-*.json")):
        import matplotlib.font_manager  # noqa: F401
