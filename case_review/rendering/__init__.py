"""From the manuscript and the executed notebooks to the finished report.

Only the command line imports it; it imports `audit`, `build` and the ground. The manuscript,
executed notebooks, results and exhibits come in; the report as HTML, PDF, Word and JATS goes out
to `report/_site/`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from case_review.build import made, output
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import side_by_side
from case_review.rendering.forms import WRITERS
from case_review.rendering.swap import Renewal


def render(
    project: Project,
    renderer: str = "auto",
    out: Path | None = None,
    confirm: Callable[[], None] = lambda: None,
    formats: Sequence[str] = output.FORMATS,
) -> None:
    """Render the report into `out` (default `report/_site`); a failure leaves what was there.

    The page is shown as soon as it is made, and the report has its other formats when they are.

    Parameters
    ----------
    renderer
        What writes the forms, from the same document: `quarto`, `embedded` (pandoc of the lock), or
        `auto`, Quarto where there is one that is new enough.
    confirm
        Called each time that something is rendered and not published yet; raises to prevent that.
    formats
        What the report is made as: `html`, without which there is none, `pdf`, `docx`, `jats`.

    Raises
    ------
    ReviewError
        For a typed number, a word of another review, an unknown construct, result, cell or format,
        or a renderer that fails.
    """
    writers = [WRITERS[form] for form in output.formats(formats)]
    if renderer == "auto":
        renderer = _chosen(project)
    out = Path(out or project.site).absolute()
    output.refuse(project, out)
    # Typed numbers and the words of other reviews are looked for while the report is made of them.
    look = [partial(_refuse_typed, project), partial(_refuse_foreign, project)]
    with made.keeping(project), Renewal(out) as site, side_by_side.started(look) as refuse_typed:

        def show() -> Path:
            refuse_typed()
            confirm()
            return site.show()

        try:
            _renderer(renderer)(project, site.fresh, writers, show)
        except ReviewError:
            refuse_typed()  # which says more plainly what is wrong
            raise
        refuse_typed()
        confirm()
        site.finish()


def _chosen(project: Project) -> str:
    """Quarto if it is of use; one that is not does not stop a report for which nobody named it."""
    if not shutil.which("quarto"):
        return "embedded"
    from case_review.rendering import narrative, quarto

    try:
        quarto.found(project.report)
    except ReviewError as error:
        why = str(error).splitlines()[0]
        narrative.tell(f"note: the embedded renderer makes the report: {why}")
        return "embedded"
    return "quarto"


def _refuse_typed(project: Project) -> None:
    """Refuse numbers that are typed; captions in which there were none are not read again."""
    from case_review.audit import typed_numbers  # in the process that looks

    reviewed = project.report / typed_numbers.ALLOWED
    files = [*project.notebooks.glob("*.ipynb"), *project.results.glob("*.json"), reviewed]
    names = "\n".join(map(project.relative, sorted(files)))
    entry = made.Entry("captions", [made.code(), names, *sorted(files)])
    known = entry.read() is not None
    if problems := typed_numbers.check(project, captions=not known):
        raise ReviewError("\n".join(str(problem) for problem in problems))
    if not known:
        entry.keep(b"none")


def _refuse_foreign(project: Project) -> None:
    """Refuse words that belong to another review."""
    from case_review.audit import foreign  # in the process that looks

    if problems := foreign.check(project):
        raise ReviewError("\n".join(problems))


def _renderer(name: str):
    if name == "quarto":
        from case_review.rendering.quarto import render_into
    elif name == "embedded":
        from case_review.rendering.embedded import render_into
    else:
        raise ReviewError(f"there is no renderer '{name}': choose auto, quarto or embedded.")
    return render_into
