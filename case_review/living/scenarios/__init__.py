"""A review under many choices: which conclusions depend on one.

The command line calls `main`; this room imports what runs notebooks (`build`), the parameters and
the look of figures. `scenarios.yml` comes in; a page with a specification curve for each outcome,
and a table of all scenarios, go out to `report/_scenarios/`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import contextmanager

from case_review.build import locking
from case_review.living.scenarios import declared, report, running
from case_review.project import Project


def main(project: Project, count: int | None = None) -> int:
    """Run what has not run yet, write the page; returns 1 if a scenario failed.

    Parameters
    ----------
    count
        How many run at a time; by default as many as there are processors.

    Raises
    ------
    ReviewError
        If `scenarios.yml` is wrong, or the cluster that is named cannot be reached.
    """
    running.require(project)
    began = time.monotonic()
    wanted = declared.read(project)

    def wait(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    with locking.hold(project.build / "scenarios.lock", "make scenarios", wait):
        with _telling(len(wanted.scenarios)) as told:
            found = running.run(project, wanted, told, count)
        report.write(project, wanted, found, running.digest(project))
    failed = sorted(name for name, given in found.items() if "error" in given)
    for name in failed:
        print(f"\n{name}: failed\n{found[name]['error']}", file=sys.stderr)
    page = project.shown(project.report / report.FOLDER / report.PAGE)
    took = f"{time.monotonic() - began:.1f} s"
    print(f"{page}: {len(found) - len(failed)} of {len(found)} scenarios, {took}")
    if failed:
        print(f"failed: {', '.join(failed)}; the others are kept", file=sys.stderr)
    return 1 if failed else 0


@contextmanager
def _telling(total: int) -> Callable[[str, dict, bool], None]:
    """A bar on a terminal, elsewhere a line for each scenario that ran."""
    if sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(desc="scenarios", total=total, unit="scenario", file=sys.stderr) as bar:
            yield lambda name, given, known: bar.update()
        return
    done = 0

    def tell(name: str, given: dict, known: bool) -> None:
        nonlocal done
        done += 1
        if not known:
            how = "failed" if "error" in given else "done"
            print(f"{name:<28} {how} ({done} of {total})", flush=True)

    yield tell
