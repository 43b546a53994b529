"""The embedded renderer: pandoc and Typst from the lock, no network, the same bytes every time."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypandoc
import typst

from case_review.project import Project
from case_review.rendering import ast, docx, html, jats, manuscript, pdf, provenance
from case_review.rendering.assemble import assemble

#: The page comes last, for it links to the other forms.
_WRITERS = {"typst": pdf.write, "docx": docx.write, "jats": jats.write, "html": html.write}


def render_into(project: Project, out: Path) -> None:
    """Write the page, the PDF, the Word file, the notebooks' pages and the exhibits into `out`."""
    found = manuscript.read(project)
    versions = f"pandoc {pypandoc.get_pandoc_version()}, Typst {typst.__version__}"
    foot = provenance.footer(project, f"the embedded renderer ({versions})")
    ast.parse_ahead(_texts(found))
    with tempfile.TemporaryDirectory(prefix="case-review-") as folder, _no_search_for_cycles():
        work = Path(folder)
        html.prepare(project, found, foot, work)
        for form, write in _WRITERS.items():
            write(project, found, assemble(project, found, form, work, foot), work, out)
    if project.exhibits.is_dir():
        shutil.copytree(project.exhibits, out / "exhibits")


def _texts(found: manuscript.Manuscript) -> Iterator[str]:
    """The Markdown of all exhibits, which every form needs."""
    for shown in found.exhibits.values():
        yield shown.caption
        if not shown.svg:
            yield from (shown.markdown, *shown.others)


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
