"""Two states of a review side by side: what differs, and because of what.

The command line calls `main`; this room imports what runs and stamps notebooks (`build`) and the
look of figures. The project and a commit or a release come in; a page and a text go out to
`report/_diff/`; what readers are to know of it to `report/previous.json`.
"""

from __future__ import annotations

import sys

from case_review.build import locking
from case_review.files import write_text
from case_review.living.comparing import previous, report, states
from case_review.project import Project

#: The folder of page and text, in `report/`.
FOLDER = "_diff"


def main(project: Project, base: str, for_readers: bool = False) -> int:
    """Compare the project with a revision or a release, and write what differs; returns 0.

    `for_readers`: note it for the report's page of what is new, too.

    Raises
    ------
    ReviewError
        If the project's notebooks are not up to date, or there is no such state.
    """

    if for_readers:
        previous.refuse(project)

    def wait(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    with locking.hold(project.build / "diff.lock", "make diff", wait):
        after = states.present(project)
        found = report.compare(states.base(project, base), after)
        text = report.text(found)
        folder = project.report / FOLDER
        write_text(folder / "summary.txt", text)
        write_text(folder / "index.html", report.page(found))
        told = previous.write(project, found) if for_readers else ""
    print(text, end="")
    print(f"\n{project.shown(folder / 'index.html')} has all of it")
    if told:
        print(told)
    return 0
