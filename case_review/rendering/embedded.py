"""The embedded renderer: pandoc and Typst from the lock, no network, the same bytes every time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from case_review.build import made, published
from case_review.build.surroundings import uncollected
from case_review.files import write_text
from case_review.project import Project
from case_review.rendering import (
    ast,
    citations,
    data_page,
    docx,
    html,
    jats,
    letters,
    manuscript,
    pdf,
    pictures,
    provenance,
    side_by_side,
)
from case_review.rendering.assemble import FORMS, assemble
from case_review.rendering.converter import Program

#: What writes each form beside the page.
_WRITERS = {"typst": pdf.write, "docx": docx.write, "jats": jats.write}


def render_into(
    project: Project,
    out: Path,
    writers: Sequence[str] = tuple(FORMS),
    show: Callable[[], Path] | None = None,
    program: Program | None = None,
) -> None:
    """Write the page, the notebooks' pages, the exhibits and the other forms into `out`.

    Parameters
    ----------
    writers
        The forms that are made, the page among them.
    show
        Called when all but the other forms is in `out`; returns the folder that these are put
        into, and the page that offers them. Without it all goes to `out`.
    program
        What writes the forms in pandoc's place.
    """
    found = replace(manuscript.read(project), program=program)
    name, typesetter = "the embedded renderer", f"Typst {made.version('typst')}"
    versions = [typesetter] if program else [f"pandoc {_pandoc_version()}", typesetter]
    name = program.name if program else name
    foot = provenance.footer(project, f"{name} ({', '.join(versions)})")
    others = [form for form in writers if form in _WRITERS]
    # Trees are large and have no cycles; looking for some takes a quarter of Python's time.
    unsearched = uncollected(before=False)
    with tempfile.TemporaryDirectory(prefix="case-review-") as folder, unsearched:
        base = Path(folder)

        def work(name: str) -> Path:
            (base / name).mkdir()
            return base / name

        def copy() -> None:
            pictures.copy(found.pictures, out)
            data_page.copy(published.made(project, project.exhibits), project.report, out)

        def write(form: str, ready: Path) -> None:
            own = work(form)
            _WRITERS[form](project, found, assemble(project, found, form, own, foot), own, ready)

        ready, own = work("ready"), work("html")

        def resolve() -> None:
            nonlocal found
            found = citations.resolved(project, found, own)

        if any(FORMS[form].appendix for form in others):
            # Read once, before the forms that end with it are made side by side.
            provenance.ending(found.used, foot, meanwhile=resolve)
        else:
            resolve()
        # They are begun first, for a process that has used Typst cannot be forked any more.
        with side_by_side.started([partial(write, form, ready) for form in others]) as wait:
            letters.warn(found)
            html.prepare(project, found, foot, own)
            tree = assemble(project, found, "html", own, foot)
            html.write(project, found, tree, own, out, writers, copy)
            if show and others:
                page = out / html.FORM.file
                shutil.copyfile(page, ready / html.FORM.file)
                write_text(page, html.without(page.read_text(encoding="utf-8"), others))
                out = show()
            wait()
        for path in sorted(ready.iterdir()):
            shutil.copyfile(path, out / path.name)


def _pandoc_version() -> str:
    return ast.pandoc(["--version"], "")[0].split()[1]
