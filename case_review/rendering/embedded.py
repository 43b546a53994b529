"""The embedded renderer: pandoc and Typst from the lock, no network, the same bytes every time."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypandoc
import typst

from case_review.build import published
from case_review.project import Project
from case_review.rendering import (
    ast,
    data_page,
    docx,
    html,
    jats,
    letters,
    manuscript,
    pdf,
    pictures,
    provenance,
)
from case_review.rendering.assemble import assemble

#: The page comes last, for it links to the other forms.
_WRITERS = {"typst": pdf.write, "docx": docx.write, "jats": jats.write, "html": html.write}


def render_into(project: Project, out: Path) -> None:
    """Write the page, the PDF, the Word file, the notebooks' pages and the exhibits into `out`."""
    found = manuscript.read(project)
    letters.warn(found)
    versions = f"pandoc {pypandoc.get_pandoc_version()}, Typst {typst.__version__}"
    foot = provenance.footer(project, f"the embedded renderer ({versions})")
    others = (shown.others for shown in found.exhibits.values() if not shown.svg)
    ast.parse_ahead(text for texts in others for text in texts)
    with tempfile.TemporaryDirectory(prefix="case-review-") as folder, _no_search_for_cycles():
        work = Path(folder)
        html.prepare(project, found, foot, work)
        for form, write in _WRITERS.items():
            write(project, found, assemble(project, found, form, work, foot), work, out)
    pictures.copy(found.pictures, out)
    data_page.copy(published.made(project, project.exhibits), project.report, out)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Trees are large and have no cycles; looking for some takes a quarter of Python's time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
