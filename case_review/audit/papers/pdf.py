"""PDFs: by their tags where they have some, else by where words stand on the page."""

from __future__ import annotations

from pathlib import Path

from case_review.audit.papers.document import Paper, Passage
from case_review.errors import ReviewError

#: Most pages that are read.
MOST_PAGES = 500


def read(content: bytes, path: Path) -> Paper:
    """Tables and text of a PDF; the text alone where pypdfium2 is not installed.

    Raises
    ------
    ReviewError
        If it is damaged, locked, or has more than `MOST_PAGES` pages.
    """
    try:
        import pypdfium2
    except ImportError:
        return _text_alone(content, path)
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise _refusal(path, error) from None
    try:
        _require_few(path, len(document))
        from case_review.audit.papers import plain_pdf, tagged_pdf

        if tagged_pdf.is_tagged(document):
            paper = tagged_pdf.read(document)
            if paper.tables or paper.passages:
                return paper
        return plain_pdf.read(document)
    finally:
        document.close()


def _require_few(path: Path, pages: int) -> None:
    if pages > MOST_PAGES:
        raise ReviewError(
            f"{path} has {pages} pages, more than the {MOST_PAGES} that are read. Take the paper "
            "out of the volume that it stands in."
        )


def _refusal(path: Path, error: Exception) -> ReviewError:
    cause = " ".join(str(error).split())[:100] or type(error).__name__
    return ReviewError(
        f"{path} is no PDF that can be opened ({cause}). If it is locked, save it without a "
        "password; if it is damaged, load it anew."
    )


def _text_alone(content: bytes, path: Path) -> Paper:
    """The text of a PDF by pypdf, which knows of no tables."""
    import io
    import logging

    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        opened = pypdf.PdfReader(io.BytesIO(content))
        _require_few(path, len(opened.pages))
        pages = [page.extract_text() or "" for page in opened.pages]
        title = str((opened.metadata or {}).get("/Title") or "")
    except ReviewError:
        raise
    # A damaged PDF makes the library fail in any way there is.
    except Exception as error:
        raise _refusal(path, error) from None
    passages = [
        Passage(f"Page {number}", " ".join(text.split()))
        for number, text in enumerate(pages, start=1)
        if text.strip()
    ]
    missed = ["All tables: without the package pypdfium2 only the text of a PDF is read."]
    return Paper("PDF (text alone)", title, [], passages, missed)
