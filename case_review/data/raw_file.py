"""From a raw file's bytes to lines of cells: encodings, delimiters, and spreadsheets for CSV.

What can be understood in one way only is repaired, with a remark for the cleaning ledger; anything
else is a `FileProblem` that says what to do.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from case_review.data.lines import FileProblem, Lines, content_of

__all__ = ["FileProblem", "Lines"]  # the names that other modules know

_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SPREADSHEET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: Excel's own first line, which names the separator of those below.
_SEPARATOR = re.compile(r'\s*"?sep=(.)"?[\s,;|]*', re.IGNORECASE)
_EMPTY = "the file is empty. It needs its header row."
#: Files that programs lay beside a table while it is open in them.
_OPEN = re.compile(r"~\$(.+)|\.~lock\.(.+)#")
README = "README.md"


def path_of(folder: Path, name: str) -> Path:
    """The file that a raw table is read from: a spreadsheet where it lies in place of the CSV."""
    path, sheet = folder / f"{name}.csv", folder / f"{name}.xlsx"
    return sheet if sheet.is_file() and not path.is_file() else path


def is_missing(folder: Path, name: str) -> bool:
    """Whether a folder has no file of a table, and none of nearly its name."""
    path = folder / f"{name}.csv"
    there = any(path.with_suffix(end).is_symlink() or path.with_suffix(end).exists()
                for end in (".csv", ".xlsx"))  # fmt: skip
    return not there and not _near(path)


def read(folder: Path, name: str) -> Lines:
    """The lines of `<name>.csv`, or of `<name>.xlsx` where that lies in its place.

    Raises
    ------
    FileProblem
        If there is none or two of them, or the file cannot be understood in one way only.
    """
    path, sheet = folder / f"{name}.csv", folder / f"{name}.xlsx"
    there = [one for one in (path, sheet) if one.exists() or one.is_symlink()]
    if len(there) == 2:
        raise FileProblem(f"{sheet.name} lies beside it. Keep one of the two.")
    if not there:
        raise FileProblem(
            "the file is missing. Put it back; data/raw/README.md describes its columns."
            + _near(path)
        )
    return read_path(there[0])


def read_path(path: Path) -> Lines:
    """The lines of one file: of a spreadsheet where it ends in `.xlsx`, else of a CSV.

    Raises
    ------
    FileProblem
        If it is no file that may be read, or cannot be understood in one way only.
    """
    content = content_of(path)
    if path.suffix.lower() == ".xlsx":
        from case_review.data import spreadsheet  # slow to import, and seldom needed

        return spreadsheet.read(content, path.stem)
    return csv_lines(content)


def undeclared(folder: Path, known: Collection[str] | None = None) -> list[Path]:
    """The files of a folder that nothing declares: neither `columns.toml` nor its `README.md`.

    Hidden files do not count. `known` are the names that are `declared`, where they were asked for.
    """
    known = declared(folder) if known is None else known
    files = folder.iterdir() if folder.is_dir() else ()
    return sorted(f for f in files if f.name not in known and f.name[0] != "." and not f.is_dir())


def notes(folder: Path) -> list[str]:
    """What lies in a folder of raw data and is not read, each in a sentence."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    opened = [found.group(1) or found.group(2) for f in files if (found := _OPEN.fullmatch(f.name))]
    said = [
        f"data/raw/{name} seems to be open in a spreadsheet program; what is not saved is not read."
        for name in opened
    ]
    said += [
        f"data/raw/{file.name} is not read: nothing declares it. Move it elsewhere, or describe it "
        f"in data/raw/{README}."
        for file in undeclared(folder)
        if not _OPEN.fullmatch(file.name)
    ]
    return said


def declared(folder: Path) -> set[str]:
    """The names of files that `columns.toml` or a folder's `README.md` declares.

    A table is declared as CSV and as spreadsheet. The README declares what it names at the head of
    a section or of a table's row.
    """
    from case_review.data.schema import AUDITED, FOUND, SHOWN, TABLES  # parses columns.toml

    tables = [*TABLES, *AUDITED, *SHOWN, *FOUND]
    known = {f"{name}{ending}" for name in tables for ending in (".csv", ".xlsx")}
    readme = folder / README
    text = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else ""
    heads = re.findall(r"^#+ +(.+)$|^\|([^|]+)\|", text, re.MULTILINE)
    return known | {README} | set(_names(heading or cell for heading, cell in heads))


def _names(heads: Iterable[str]) -> Iterable[str]:
    for head in heads:
        yield from (part.strip(" `") for part in re.split(r"[,|]", head))


def _near(path: Path) -> str:
    """A hint where a file of nearly this name lies there."""
    others = sorted(path.parent.glob("*")) if path.parent.is_dir() else []
    for other in others:
        if other.stem.lower() != path.stem.lower() or other.is_dir():
            continue
        return f" {other.name} lies there; only {path.stem}.csv and {path.stem}.xlsx are read."
    return ""


def csv_lines(content: bytes) -> Lines:
    """The lines of a CSV; a `FileProblem` if it cannot be understood in one way only."""
    found = Lines()
    if content.startswith(_SPREADSHEET):
        raise FileProblem(
            "this is a spreadsheet with the name of a CSV file. Give it the ending .xlsx, or "
            "export it as 'CSV UTF-8'."
        )
    text = _text(content, found)
    delimiter, text = _delimiter(text, found)
    if delimiter != ",":
        reason = "columns are separated otherwise"
        found.remarks.append((_DELIMITERS[delimiter], "commas", reason))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            # A quoted cell may hold line breaks: the row is where it begins.
            if any(map(str.strip, cells)):
                found.lines.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileProblem(
            f"the row that begins here cannot be read as CSV ({error}). "
            "Look for a quotation mark that is not closed, or stands within a cell.",
            line,
        ) from None
    if not found.lines:  # separators and quotation marks alone
        raise FileProblem(_EMPTY)
    return found


def _delimiter(text: str, found: Lines) -> tuple[str, str]:
    """What separates the columns, and the text, in which a line that says so is now empty."""
    written = text.splitlines()
    number, first = next((n, line) for n, line in enumerate(written) if line.strip())
    named = _SEPARATOR.fullmatch(first)
    if not named:
        return next((d for d in _DELIMITERS if d in first and "," not in first), ","), text
    if named[1] not in (",", *_DELIMITERS):
        raise FileProblem(
            f"the first line names '{named[1]}' as what separates columns. Separate them by "
            "commas, or by semicolons or tabs.",
            number + 1,
        )
    found.remarks.append((first.strip(), "", "the line names the separator, and carries no data"))
    if not any(map(str.strip, written[number + 1 :])):
        raise FileProblem(_EMPTY)
    return named[1], text.replace(first, "", 1)


def _text(content: bytes, found: Lines) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        reason = "the mark of some editors carries no data"
        found.remarks.append(("byte order mark", "", reason))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileProblem("the file is not UTF-8. Save it again as 'CSV UTF-8'.", line) from None
    if not text.strip():
        raise FileProblem(_EMPTY)
    for odd, what in (("\x00", "zero bytes"), ("\ufffd", "replacement characters (\ufffd)")):
        if odd in text:
            raise FileProblem(
                f"it holds {what}, so something was lost when it was saved. Take it from where "
                "it came from, or export it again as 'CSV UTF-8'.",
                text[: text.index(odd)].count("\n") + 1,
            )
    return text
