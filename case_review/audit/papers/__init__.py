"""Papers as they are published, read to drafts of the claims that the audit checks.

Files go in, `Draft`s come out, whose rows are those of `published.csv`: `draft(path)`. Each format
has a reader that hands on tables as grids and text by paragraphs (`document`); what they say is
found by the same code for all (`layout`, `labels`, `cells`, `columns`, `counts`, `tables`).
"""

from __future__ import annotations

from pathlib import Path

from case_review.audit.claims import SURE
from case_review.audit.papers.document import Paper
from case_review.audit.papers.draft import COLUMNS, Draft, Unread
from case_review.errors import ReviewError

__all__ = ["ENDINGS", "Draft", "Unread", "draft", "is_paper", "write_csv"]

_XML = (".xml", ".nxml", ".jats")
_PAGES = (".html", ".htm", ".xhtml")
_SHEETS = (".csv", ".xlsx")
#: How the names of files end that can be read.
ENDINGS = (*_XML, *_PAGES, ".docx", ".pdf", *_SHEETS)


def is_paper(path: Path) -> bool:
    """Whether a file is to be drafted: a paper, or a table that is no transcription of one."""
    from case_review.audit.papers import sheets

    ending = path.suffix.lower()
    return ending in ENDINGS and (ending not in _SHEETS or not sheets.is_transcription(path))


def draft(path: str | Path) -> Draft:
    """The claims of a paper's tables and sentences, as far as they can be told.

    Raises
    ------
    ReviewError
        If the file is of no kind that is read, or is empty, damaged, locked or too large.
    """
    path = Path(path)
    return drafted(read(path))


def read(path: Path) -> Paper:
    """Tables and text of a file by the reader for its kind, without asking what they say."""
    from case_review.audit.papers import html, jats, opening

    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ReviewError(
            f"{path}: files that end in '{ending}' are not read. Name one that ends in "
            f"{', '.join(ENDINGS)}."
        )
    content = opening.content(path)
    if ending in _SHEETS:
        from case_review.audit.papers import sheets

        return sheets.read(path)
    if ending == ".docx":
        from case_review.audit.papers import word

        return word.read(content, path)
    if ending == ".pdf":
        from case_review.audit.papers import pdf

        return pdf.read(content, path)
    if ending in _PAGES or (ending in _XML and b"<html" in content[:2000].lower()):
        return html.read(opening.web_page(content, path))
    root = opening.xml(content, path)
    if root.tag.rpartition("}")[2] != "article" and root.find(".//{*}article") is None:
        raise ReviewError(
            f"{path} is XML, but no article in JATS: its root is '{root.tag}'. Load the article's "
            "XML from PubMed Central or Europe PMC."
        )
    return jats.read(root)


def drafted(paper: Paper) -> Draft:
    """The claims of what was read."""
    from case_review.audit.papers import prose, tables

    made = Draft(paper.title, paper.reader, missed=list(paper.missed))
    for number, table in enumerate(paper.tables, start=1):
        tables.draft(table, number, made)
    prose.draft(paper.passages, made)
    return made


def told(made: Draft) -> str:
    """How much of a paper was read, in words."""
    sure = {name: sum(row["sure"] == name for row in made.rows) for name in SURE}
    counts = ", ".join(f"{count} {name}" for name, count in sure.items() if count)
    return (
        f"{len(made.rows)} numbers drafted ({counts or 'none'}); of {made.cells} cells with digits "
        f"in tables {made.cells_read} were read."
    )


def write_csv(made: Draft, out: Path, replace: bool = False) -> None:
    """Write a draft for a person to correct, in the columns of `published.csv`.

    Raises
    ------
    ReviewError
        If the file is there already and may not be replaced.
    """
    import csv

    try:
        with out.open("w" if replace else "x", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(made.rows)
    except FileExistsError:
        raise ReviewError(
            f"{out} is there already, perhaps with corrections in it. Move it, or name another "
            "file with --output."
        ) from None
